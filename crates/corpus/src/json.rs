//! A JSON document: an array of records, read one element at a time so that its size does not matter; an object that
//! holds such an array; or one record.

use std::io::{self, BufRead, Read};
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::error::{Error, Place};
use crate::fields;
use crate::jsonl::parse;
use crate::logs::inspect;
use crate::record::{Record, Records};
use crate::source::{Reader, Source, reading_failed};

/// An object that is the whole document is held in memory, so it may be this many times longer than a record.
const DOCUMENT: usize = 16;

/// The records of a document.
pub(crate) fn records(mut source: Source, limit: usize) -> Records {
    let failed = |name: &str, error| Box::new(std::iter::once(Err(reading_failed(place(name, 1), error)))) as Records;
    let mut line = 1;
    match skip_space(&mut source.reader, &mut line) {
        Err(error) => failed(&source.name, error),
        Ok(Some(b'[')) => {
            source.reader.consume(1);
            Box::new(Elements {
                name: source.name,
                reader: source.reader,
                limit,
                line,
                state: State::Elements,
                failed: false,
                log: None,
            })
        }
        Ok(Some(b'{')) if source.reader.fill_buf().is_ok_and(inspect::is_log) => log(source, line, limit),
        Ok(_) => document(source, line, limit * DOCUMENT),
    }
}

fn place(name: &str, line: u64) -> Place {
    Place { source: name.to_string(), line: Some(line) }
}

/// A log of inspect: its header is held, its samples are read one by one.
fn log(source: Source, line: u64, limit: usize) -> Records {
    let Source { name, mut reader, .. } = source;
    let mut at = line;
    let mut members = Map::new();
    reader.consume(1);
    loop {
        match member(&mut reader, &mut at, limit) {
            Ok(Member::Samples) => break,
            Ok(Member::Other(key, value)) => {
                members.extend(serde_json::from_slice(&value).ok().map(|value| (key, value)));
            }
            Ok(Member::End) => return Box::new(std::iter::once(Err(Error::NoRecords(name)))),
            Err(error) => return Box::new(std::iter::once(Err(reading_failed(place(&name, at), error)))),
        }
    }
    let header = Some(Arc::new(Value::Object(members)));
    let limit = limit.saturating_mul(inspect::SAMPLE);
    Box::new(Elements { name, reader, limit, line: at, state: State::Elements, failed: false, log: header })
}

/// What stands next in an object.
enum Member {
    /// The list of samples, its bracket consumed.
    Samples,
    /// A key and its value, as JSON; empty where it was too long.
    Other(String, Vec<u8>),
    End,
}

fn member(reader: &mut Reader, line: &mut u64, limit: usize) -> io::Result<Member> {
    const KEPT: [&str; 2] = ["eval", "plan"];
    while skip_space(reader, line)? == Some(b',') {
        reader.consume(1);
    }
    let mut key = Vec::new();
    reader.take(limit as u64).read_until(b':', &mut key)?;
    let key = String::from_utf8_lossy(&key).trim().trim_end_matches(':').trim().trim_matches('"').to_string();
    match skip_space(reader, line)? {
        None => return Ok(Member::End),
        Some(b'[') if key == "samples" => {
            reader.consume(1);
            return Ok(Member::Samples);
        }
        Some(_) => {}
    }
    let mut value = Vec::new();
    cut_element(reader, &mut value, limit, line)?;
    if !KEPT.contains(&key.as_str()) {
        value.clear();
    }
    // A stray bracket is not consumed by the cut, and would be met again.
    if skip_space(reader, line)? == Some(b']') {
        reader.consume(1);
    }
    Ok(Member::Other(key, value))
}

/// Reads the whole document. Not an iterator of its own: what it holds is a list by then.
fn document(source: Source, line: u64, limit: usize) -> Records {
    let Source { name, reader, .. } = source;
    let place = place(&name, line);
    let mut bytes = Vec::new();
    let whole = match reader.take(limit as u64 + 1).read_to_end(&mut bytes) {
        Err(error) => Err(reading_failed(place, error)),
        Ok(n) if n > limit => Err(Error::TooLong { place, limit }),
        Ok(_) => parse(place, &bytes),
    };
    match whole {
        Err(error) => Box::new(std::iter::once(Err(error))),
        Ok(record) => inside(record),
    }
}

/// Names under which tools keep their list of records.
const LISTS: [&str; 12] = [
    "data",
    "samples",
    "records",
    "rows",
    "examples",
    "items",
    "results",
    "texts",
    "poems",
    "stories",
    "entries",
    "instances",
];

/// The records inside a document that is one object: itself, its list, or its members.
fn inside(record: Record) -> Records {
    let Value::Object(object) = record.value else {
        return Box::new(std::iter::once(Ok(record)));
    };
    let place = record.place;
    if fields::guess_text(&object).is_some() {
        return Box::new(std::iter::once(Ok(Record::new(place, Value::Object(object)))));
    }
    match list_of(object) {
        Ok(list) => {
            Box::new(list.into_iter().map(move |(id, value)| Ok(Record { id, ..Record::new(place.clone(), value) })))
        }
        Err(object) => Box::new(std::iter::once(Ok(Record::new(place, Value::Object(object))))),
    }
}

type List = Vec<(Option<String>, Value)>;

fn list_of(mut object: Map<String, Value>) -> Result<List, Map<String, Value>> {
    let is_list = |value: &Value| matches!(value, Value::Array(items) if items.iter().all(|item| item.is_object() || item.is_string()));
    let named = LISTS.iter().copied().find(|name| object.get(*name).is_some_and(is_list)).map(str::to_string);
    let only = || {
        let mut lists = object.iter().filter(|(_, value)| is_list(value));
        lists.next().filter(|_| lists.next().is_none()).map(|(name, _)| name.clone())
    };
    if let Some(name) = named.or_else(only)
        && let Some(Value::Array(items)) = object.get_mut(&name).map(Value::take)
    {
        return Ok(items.into_iter().map(|value| (None, value)).collect());
    }
    let members_are_records = object.len() > 1 && object.values().all(|value| matches!(value, Value::Object(_)));
    if members_are_records {
        Ok(object.into_iter().map(|(key, value)| (Some(key), value)).collect())
    } else {
        Err(object)
    }
}

/// Elements of an array, cut out by their brackets and only then parsed, so that one bad element costs no other.
struct Elements {
    name: String,
    reader: Reader,
    limit: usize,
    line: u64,
    state: State,
    failed: bool,
    /// The header, where the elements are the samples of a log and end with their list.
    log: Option<Arc<Value>>,
}

enum State {
    Elements,
    /// After the closing bracket.
    Closed,
}

impl Iterator for Elements {
    type Item = Result<Record, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let outcome = self.step();
        self.failed = outcome.as_ref().is_some_and(|result| matches!(result, Err(error) if !error.is_of_a_record()));
        outcome
    }
}

impl Elements {
    fn step(&mut self) -> Option<Result<Record, Error>> {
        loop {
            let first = match skip_space(&mut self.reader, &mut self.line) {
                Err(error) => return Some(Err(reading_failed(place(&self.name, self.line), error))),
                Ok(first) => first,
            };
            let here = place(&self.name, self.line);
            match (&self.state, first) {
                (State::Closed, None) => return None,
                (State::Closed, Some(_)) if self.log.is_some() => return None,
                (State::Elements, None) => {
                    self.failed = true;
                    self.state = State::Closed;
                    return Some(Err(Error::CutOff { place: here }));
                }
                (State::Closed, Some(_)) => {
                    self.drain();
                    return Some(Err(Error::NotJson {
                        place: here,
                        message: "something stands after the end of the list".to_string(),
                    }));
                }
                (State::Elements, Some(b',')) => self.reader.consume(1),
                (State::Elements, Some(b']')) => {
                    self.reader.consume(1);
                    self.state = State::Closed;
                }
                (State::Elements, Some(_)) => return Some(self.element(here)),
            }
        }
    }

    fn element(&mut self, here: Place) -> Result<Record, Error> {
        let mut bytes = Vec::new();
        match cut_element(&mut self.reader, &mut bytes, self.limit, &mut self.line) {
            Err(error) => Err(reading_failed(here, error)),
            Ok(false) => Err(Error::TooLong { place: here, limit: self.limit }),
            Ok(true) => match &self.log {
                None => parse(here, &bytes),
                Some(header) => Ok(Record { header: Some(Arc::clone(header)), ..inspect::sample(here, &bytes)? }),
            },
        }
    }

    /// Nothing after the list is looked at twice.
    fn drain(&mut self) {
        let _ = io::copy(&mut self.reader, &mut io::sink());
    }
}

/// The next byte that is no white space, not consumed.
fn skip_space(reader: &mut dyn BufRead, line: &mut u64) -> io::Result<Option<u8>> {
    loop {
        let bytes = reader.fill_buf()?;
        if bytes.is_empty() {
            return Ok(None);
        }
        let space = bytes.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(bytes.len());
        *line += bytes[..space].iter().filter(|&&byte| byte == b'\n').count() as u64;
        let found = bytes.get(space).copied();
        reader.consume(space);
        if found.is_some() {
            return Ok(found);
        }
    }
}

/// Reads one element, up to the comma or bracket after it, into `bytes`; false if it was longer than `limit` and was
/// read over. Brackets and quotation marks alone decide where it ends.
fn cut_element(reader: &mut dyn BufRead, bytes: &mut Vec<u8>, limit: usize, line: &mut u64) -> io::Result<bool> {
    let (mut depth, mut quoted, mut escaped, mut too_long) = (0usize, false, false, false);
    loop {
        let chunk = reader.fill_buf()?;
        if chunk.is_empty() {
            return Ok(!too_long);
        }
        let mut end = None;
        for (at, &byte) in chunk.iter().enumerate() {
            *line += u64::from(byte == b'\n');
            if quoted {
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' => escaped = true,
                    b'"' => quoted = false,
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => quoted = true,
                b'[' | b'{' => depth += 1,
                b',' | b']' if depth == 0 => {
                    end = Some(at);
                    break;
                }
                b']' | b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        let part = &chunk[..end.unwrap_or(chunk.len())];
        if bytes.len() + part.len() > limit {
            too_long = true;
            *bytes = Vec::new();
        }
        if !too_long {
            bytes.extend_from_slice(part);
        }
        let used = part.len();
        reader.consume(used);
        if end.is_some() {
            return Ok(!too_long);
        }
    }
}

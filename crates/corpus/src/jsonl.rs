//! JSON lines: one value a line, parsed a block at a time on all threads.

use std::collections::VecDeque;
use std::io::{self, BufRead};
use std::ops::Range;

use rayon::prelude::*;
use serde::de::DeserializeOwned;

use crate::error::{Error, Place};
use crate::line::{Line, read_line};
use crate::record::Record;
use crate::source::{Reader, Source, reading_failed};

/// Bytes of whole lines that are parsed together: enough for all threads, little to hold.
const BLOCK: usize = 2 << 20;
/// Bytes that one thread parses before it asks for more.
const SHARE: usize = 64 << 10;

/// The records of a source in order. While one block is parsed, the next is read.
pub(crate) struct Jsonl {
    name: String,
    reader: Reader,
    limit: usize,
    line: u64,
    /// Read and not yet parsed.
    block: Block,
    parsed: VecDeque<Result<Record, Error>>,
    begun: bool,
}

/// Whole lines.
#[derive(Default)]
struct Block {
    bytes: Vec<u8>,
    lines: Vec<Found>,
    last: bool,
}

struct Found {
    number: u64,
    what: What,
}

enum What {
    /// The place of the line in the block.
    Line(Range<usize>),
    TooLong,
    Failed(io::Error),
}

impl Jsonl {
    pub fn new(source: Source, limit: usize) -> Jsonl {
        Jsonl {
            name: source.name,
            reader: source.reader,
            limit,
            line: 0,
            block: Block::default(),
            parsed: VecDeque::new(),
            begun: false,
        }
    }
}

impl Iterator for Jsonl {
    type Item = Result<Record, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.parsed.is_empty() {
            if !self.begun {
                self.begun = true;
                self.block = Block::read(&mut self.reader, &mut self.line, self.limit);
            }
            let block = std::mem::take(&mut self.block);
            if block.lines.is_empty() {
                return None;
            }
            let (name, limit, last) = (&self.name, self.limit, block.last);
            let (reader, line) = (&mut self.reader, &mut self.line);
            let (parsed, next) = rayon::join(
                || block.parsed(name, limit),
                || if last { Block::default() } else { Block::read(reader, line, limit) },
            );
            (self.parsed, self.block) = (parsed.into(), next);
        }
        self.parsed.pop_front()
    }
}

impl Block {
    /// Reads lines that are not blank.
    fn read(reader: &mut dyn BufRead, line: &mut u64, limit: usize) -> Block {
        let mut block = Block::default();
        while block.bytes.len() < BLOCK {
            *line += 1;
            let from = block.bytes.len();
            let what = match read_line(reader, &mut block.bytes, limit) {
                Ok(Line::End) => {
                    block.last = true;
                    break;
                }
                Ok(Line::Whole) if block.bytes[from..].trim_ascii().is_empty() => {
                    block.bytes.truncate(from);
                    continue;
                }
                Ok(Line::Whole) => What::Line(from..block.bytes.len()),
                Ok(Line::TooLong) => What::TooLong,
                Err(error) => {
                    block.last = true;
                    What::Failed(error)
                }
            };
            block.lines.push(Found { number: *line, what });
            if block.last {
                break;
            }
        }
        block
    }

    fn parsed(self, name: &str, limit: usize) -> Vec<Result<Record, Error>> {
        let Block { bytes, lines, .. } = self;
        let share = (lines.len() * SHARE / bytes.len().max(1)).max(1);
        let record = |found: Found| {
            let place = Place { source: name.to_string(), line: Some(found.number) };
            match found.what {
                What::Line(range) => parse(place, &bytes[range]),
                What::TooLong => Err(Error::TooLong { place, limit }),
                What::Failed(error) => Err(reading_failed(place, error)),
            }
        };
        lines.into_par_iter().with_min_len(share).map(record).collect()
    }
}

/// One JSON value out of its bytes.
pub(crate) fn parse(place: Place, bytes: &[u8]) -> Result<Record, Error> {
    let value = typed(&place, bytes)?;
    Ok(Record::new(place, value))
}

/// Plain data out of JSON.
pub(crate) fn typed<T: DeserializeOwned>(place: &Place, bytes: &[u8]) -> Result<T, Error> {
    let text = crate::utf8::check(bytes, place)?;
    serde_json::from_str(text).map_err(|error| {
        let place = place.clone();
        if error.is_eof() { Error::CutOff { place } } else { Error::NotJson { message: sentence(&error), place } }
    })
}

/// serde_json's message, which counts lines from the record and not from the file, with the column alone.
fn sentence(error: &serde_json::Error) -> String {
    let message = error.to_string();
    match message.rsplit_once(" at line ") {
        Some((what, _)) => format!("{what}, column {}", error.column()),
        None => message,
    }
}

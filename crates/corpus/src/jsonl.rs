//! JSON lines: one value a line.

use crate::error::{Error, Place};
use crate::line::{Line, read_line};
use crate::record::Record;
use crate::source::{Reader, Source, reading_failed};

pub(crate) struct Jsonl {
    name: String,
    reader: Reader,
    limit: usize,
    line: u64,
    buffer: Vec<u8>,
    failed: bool,
}

impl Jsonl {
    pub fn new(source: Source, limit: usize) -> Jsonl {
        Jsonl { name: source.name, reader: source.reader, limit, line: 0, buffer: Vec::new(), failed: false }
    }
}

impl Iterator for Jsonl {
    type Item = Result<Record, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.failed {
            self.line += 1;
            let place = Place { source: self.name.clone(), line: Some(self.line) };
            match read_line(&mut self.reader, &mut self.buffer, self.limit) {
                Err(error) => {
                    self.failed = true;
                    return Some(Err(reading_failed(place, error)));
                }
                Ok(Line::End) => return None,
                Ok(Line::TooLong) => return Some(Err(Error::TooLong { place, limit: self.limit })),
                Ok(Line::Whole) if self.buffer.trim_ascii().is_empty() => {}
                Ok(Line::Whole) => return Some(parse(&self.buffer, place)),
            }
        }
        None
    }
}

/// One JSON value out of its bytes.
pub(crate) fn parse(bytes: &[u8], place: Place) -> Result<Record, Error> {
    let text = crate::utf8::check(bytes, &place)?;
    match serde_json::from_str(text) {
        Ok(value) => Ok(Record::new(place, value)),
        Err(error) if error.is_eof() => Err(Error::CutOff { place }),
        Err(error) => Err(Error::NotJson { message: sentence(&error), place }),
    }
}

/// serde_json's message, which counts lines from the record and not from the file, with the column alone.
fn sentence(error: &serde_json::Error) -> String {
    let message = error.to_string();
    match message.rsplit_once(" at line ") {
        Some((what, _)) => format!("{what}, column {}", error.column()),
        None => message,
    }
}

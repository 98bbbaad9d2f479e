//! Lines of bounded length from an unbounded source.

use std::io::{self, BufRead};

use serde_json::Value;

use crate::error::{Error, Place};
use crate::record::Record;
use crate::source::{Reader, Source, reading_failed};

/// The lines of a source that are not blank, each with its place.
pub(crate) struct Lines {
    name: String,
    reader: Reader,
    limit: usize,
    line: u64,
    failed: bool,
}

impl Lines {
    pub fn new(source: Source, limit: usize) -> Lines {
        Lines { name: source.name, reader: source.reader, limit, line: 0, failed: false }
    }
}

impl Iterator for Lines {
    type Item = Result<(Place, Vec<u8>), Error>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.failed {
            let mut bytes = Vec::new();
            self.line += 1;
            let place = || Place { source: self.name.clone(), line: Some(self.line) };
            match read_line(&mut self.reader, &mut bytes, self.limit) {
                Err(error) => {
                    self.failed = true;
                    return Some(Err(reading_failed(place(), error)));
                }
                Ok(Line::End) => return None,
                Ok(Line::TooLong) => return Some(Err(Error::TooLong { place: place(), limit: self.limit })),
                Ok(Line::Whole) if bytes.trim_ascii().is_empty() => {}
                Ok(Line::Whole) => return Some(Ok((place(), bytes))),
            }
        }
        None
    }
}

/// A line as a text of its own.
pub(crate) fn text((place, bytes): (Place, Vec<u8>)) -> Result<Record, Error> {
    let text = crate::utf8::check(&bytes, &place)?.to_string();
    Ok(Record::new(place, Value::String(text)))
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// At the end of the block, without its line end.
    Whole,
    /// Longer than the limit. It was read over, and the block is as it was.
    TooLong,
    End,
}

/// Reads up to the next line feed and adds the line to `block`, never holding more than `limit` bytes of it.
pub(crate) fn read_line(reader: &mut dyn BufRead, block: &mut Vec<u8>, limit: usize) -> io::Result<Line> {
    let start = block.len();
    let mut too_long = false;
    let mut begun = false;
    loop {
        let bytes = match reader.fill_buf() {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if bytes.is_empty() {
            break;
        }
        begun = true;
        let end = memchr::memchr(b'\n', bytes);
        let part = &bytes[..end.unwrap_or(bytes.len())];
        if block.len() - start + part.len() > limit {
            too_long = true;
            block.truncate(start);
        }
        if !too_long {
            block.extend_from_slice(part);
        }
        let used = part.len() + usize::from(end.is_some());
        reader.consume(used);
        if end.is_some() {
            break;
        }
    }
    if block.len() > start && block.last() == Some(&b'\r') {
        block.pop();
    }
    Ok(match (begun, too_long) {
        (false, _) => Line::End,
        (true, true) => Line::TooLong,
        (true, false) => Line::Whole,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::BufReader;

    proptest! {
        /// Against the slow, obvious version: split the whole.
        #[test]
        fn same_as_split(text in "[ab\r\n]{0,60}", capacity in 1usize..8, limit in 1usize..10) {
            let mut reader = BufReader::with_capacity(capacity, text.as_bytes());
            let mut expected: Vec<&str> = text.split('\n').collect();
            if expected.last() == Some(&"") {
                expected.pop();
            }
            let mut line = Vec::new();
            for whole in expected {
                line.clear();
                let found = read_line(&mut reader, &mut line, limit).unwrap();
                if whole.len() > limit {
                    prop_assert_eq!(found, Line::TooLong);
                    prop_assert!(line.is_empty());
                } else {
                    prop_assert_eq!(found, Line::Whole);
                    prop_assert_eq!(line.as_slice(), whole.strip_suffix('\r').unwrap_or(whole).as_bytes());
                }
            }
            prop_assert_eq!(read_line(&mut reader, &mut line, limit).unwrap(), Line::End);
        }
    }
}

//! Cells between separators: CSV and TSV. The first row names the columns.

use std::io::{self, BufRead};

use csv_core::{ReadRecordResult, ReaderBuilder};
use serde_json::{Map, Number, Value};

use crate::error::{Error, Place};
use crate::record::Record;
use crate::source::{Reader, Source, reading_failed};

pub(crate) struct Table {
    name: String,
    reader: Reader,
    parser: csv_core::Reader,
    columns: Option<Vec<String>>,
    limit: usize,
    line: u64,
    row: Row,
    failed: bool,
}

/// The bytes of all cells in turn, and where each ends. Both have room to grow into: only the first `n_` are the row's.
struct Row {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    n_bytes: usize,
    n_ends: usize,
}

impl Row {
    fn new() -> Row {
        Row { bytes: vec![0; 4096], ends: vec![0; 64], n_bytes: 0, n_ends: 0 }
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.n_bytes]
    }

    fn cells(&self) -> impl Iterator<Item = &[u8]> {
        let ends = &self.ends[..self.n_ends];
        let starts = std::iter::once(0).chain(ends.iter().copied());
        starts.zip(ends).map(|(start, &end)| &self.bytes[start..end])
    }
}

enum Outcome {
    Row,
    TooLong,
    End,
}

impl Table {
    /// `separator` is found in the header if not given.
    pub fn new(mut source: Source, separator: Option<u8>, limit: usize) -> Table {
        let separator = separator.unwrap_or_else(|| separator_of(&mut source.reader));
        Table {
            name: source.name,
            reader: source.reader,
            parser: ReaderBuilder::new().delimiter(separator).build(),
            columns: None,
            limit,
            line: 1,
            row: Row::new(),
            failed: false,
        }
    }

    /// Reads the next row, and gives the line on which it begins.
    fn read_row(&mut self) -> io::Result<(Outcome, u64)> {
        self.skip_line_ends()?;
        let begins = self.line;
        let mut row =
            std::mem::replace(&mut self.row, Row { bytes: Vec::new(), ends: Vec::new(), n_bytes: 0, n_ends: 0 });
        let outcome = self.fill(&mut row)?;
        self.row = if matches!(outcome, Outcome::TooLong) { Row::new() } else { row };
        Ok((outcome, begins))
    }

    fn fill(&mut self, row: &mut Row) -> io::Result<Outcome> {
        let Row { bytes, ends, n_bytes, n_ends } = row;
        (*n_bytes, *n_ends) = (0, 0);
        let mut too_long = false;
        loop {
            let input = match self.reader.fill_buf() {
                Ok(input) => input,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let (result, used, written, ended) =
                self.parser.read_record(input, &mut bytes[*n_bytes..], &mut ends[*n_ends..]);
            self.line += input[..used].iter().filter(|&&byte| byte == b'\n').count() as u64;
            self.reader.consume(used);
            *n_bytes += written;
            *n_ends += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                // A row beyond the limit is still parsed to its end, over the same bytes.
                ReadRecordResult::OutputFull if *n_bytes >= self.limit => (too_long, *n_bytes) = (true, 0),
                ReadRecordResult::OutputFull => bytes.resize(bytes.len() * 2, 0),
                ReadRecordResult::OutputEndsFull if *n_ends >= self.limit / size_of::<usize>() => {
                    (too_long, *n_ends) = (true, 0);
                }
                ReadRecordResult::OutputEndsFull => ends.resize(ends.len() * 2, 0),
                ReadRecordResult::Record if too_long => return Ok(Outcome::TooLong),
                ReadRecordResult::Record => return Ok(Outcome::Row),
                ReadRecordResult::End => return Ok(Outcome::End),
            }
        }
    }

    /// Blank lines are no rows; read over here so that a row's line is where it begins.
    fn skip_line_ends(&mut self) -> io::Result<()> {
        loop {
            let input = self.reader.fill_buf()?;
            let ends = input.iter().position(|byte| !matches!(byte, b'\n' | b'\r')).unwrap_or(input.len());
            self.line += input[..ends].iter().filter(|&&byte| byte == b'\n').count() as u64;
            let more = ends > 0 && ends == input.len();
            self.reader.consume(ends);
            if !more {
                return Ok(());
            }
        }
    }

    fn header(&self, place: Place) -> Result<Vec<String>, Error> {
        let names: Result<Vec<&str>, Error> = self.row.cells().map(|cell| crate::utf8::check(cell, &place)).collect();
        Ok(names?.into_iter().map(|name| name.trim().to_string()).collect())
    }

    fn record(&self, columns: &[String], place: Place) -> Result<Record, Error> {
        let (cells, columns_n) = (self.row.n_ends, columns.len());
        if cells > columns_n && self.row.cells().skip(columns_n).any(|cell| !cell.is_empty()) {
            return Err(Error::Row { place, cells, columns: columns_n });
        }
        crate::utf8::check(self.row.bytes(), &place)?;
        let mut object = Map::new();
        for (name, cell) in columns.iter().zip(self.row.cells()) {
            let cell = crate::utf8::check(cell, &place)?;
            // Of two columns of one name the first counts.
            if !object.contains_key(name) {
                object.insert(name.clone(), Value::from(cell));
            }
        }
        Ok(Record::new(place, Value::Object(object)))
    }
}

impl Iterator for Table {
    type Item = Result<Record, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.failed {
            let (outcome, line) = match self.read_row() {
                Ok(read) => read,
                Err(error) => {
                    self.failed = true;
                    let place = Place { source: self.name.clone(), line: Some(self.line) };
                    return Some(Err(reading_failed(place, error)));
                }
            };
            let place = Place { source: self.name.clone(), line: Some(line) };
            match (outcome, &self.columns) {
                (Outcome::End, _) => return None,
                (Outcome::TooLong, columns) => {
                    self.failed = columns.is_none();
                    return Some(Err(Error::TooLong { place, limit: self.limit }));
                }
                (Outcome::Row, Some(columns)) => return Some(self.record(columns, place)),
                (Outcome::Row, None) => match self.header(place) {
                    Ok(columns) => self.columns = Some(columns),
                    Err(error) => {
                        self.failed = true;
                        return Some(Err(error));
                    }
                },
            }
        }
        None
    }
}

/// Spreadsheets of half the world write semicolons into a .csv file.
fn separator_of(reader: &mut Reader) -> u8 {
    let Ok(head) = reader.fill_buf() else { return b',' };
    let line = head.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let count = |separator: u8| line.iter().filter(|&&byte| byte == separator).count();
    [b';', b'\t'].into_iter().find(|&other| count(b',') == 0 && count(other) > 0).unwrap_or(b',')
}

/// A cell as a label: a number where it is written as JSON would write it.
pub(crate) fn label(cell: &str) -> Value {
    match cell.parse::<Number>() {
        Ok(number) => Value::Number(number),
        Err(_) => Value::from(cell),
    }
}

//! JSON lines: one value a line.

use crate::error::{Error, Place};
use crate::record::Record;

/// One JSON value out of its bytes.
pub(crate) fn parse(place: Place, bytes: &[u8]) -> Result<Record, Error> {
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

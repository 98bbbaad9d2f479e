//! Parquet, row by row. The format keeps its table of contents at the end, so only a plain file will do.

use std::fs::File;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::reader::RowIter;
use serde_json::Value;

use crate::error::{Error, Place};
use crate::record::Record;

/// True where the file begins as a Parquet file does.
pub(crate) fn is_parquet(path: &Path) -> bool {
    let mut magic = [0; 4];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut magic));
    read.is_ok() && magic == *b"PAR1"
}

pub(crate) struct Columns {
    name: String,
    rows: Option<RowIter<'static>>,
    row: u64,
    pub n_rows: u64,
}

impl Columns {
    pub fn open(path: &Path, name: &str) -> Result<Columns, Error> {
        let damaged = |message: String| Error::Columns { source_name: name.to_string(), message };
        let file = File::open(path).map_err(|error| Error::Open { source_name: name.to_string(), error })?;
        let reader = guarded(|| SerializedFileReader::new(file)).map_err(damaged)?;
        let n_rows = reader.metadata().file_metadata().num_rows();
        let rows = guarded(|| Ok::<_, ParquetError>(reader.into_iter())).map_err(damaged)?;
        Ok(Columns { name: name.to_string(), rows: Some(rows), row: 0, n_rows: n_rows.max(0) as u64 })
    }
}

impl Iterator for Columns {
    type Item = Result<Record, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let rows = self.rows.as_mut()?;
        self.row += 1;
        let value = guarded(|| rows.next().transpose().map(|row| row.map(|row| row.to_json_value())));
        match value {
            Ok(None) => None,
            // Places count rows, as lines are counted elsewhere.
            Ok(Some(value)) => {
                let place = Place { source: self.name.clone(), line: Some(self.row) };
                Some(Ok(Record::new(place, without_nulls(value))))
            }
            Err(message) => {
                self.rows = None;
                Some(Err(Error::Columns { source_name: self.name.clone(), message }))
            }
        }
    }
}

/// Columns have a value in every row; one that is null there is a field that the record lacks.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(mut object) => {
            object.retain(|_, value| !value.is_null());
            Value::Object(object)
        }
        other => other,
    }
}

/// The parquet crate panics on types that its row reader does not know and on some damaged files.
fn guarded<T>(act: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(act)) {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => Err("it has a column of a type that is not read, or is damaged".to_string()),
    }
}

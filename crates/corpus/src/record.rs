//! What a reader of a format hands on: a value with its place, before its fields are known.

use std::sync::Arc;

use serde_json::Value;

use crate::error::{Error, Place};

pub(crate) struct Record {
    pub place: Place,
    /// An object, or a string that is the text itself.
    pub value: Value,
    /// Id that its place suggests (a file's name), for records that bring none.
    pub id: Option<String>,
    /// Folder of a file within the folder that was named.
    pub folder: Option<String>,
    /// What its source says of all its records: the header of a log.
    pub header: Option<Arc<Value>>,
}

impl Record {
    pub fn new(place: Place, value: Value) -> Record {
        Record { place, value, id: None, folder: None, header: None }
    }
}

/// The records of one source in order. After an error that is of a record alone the next can be asked for.
pub(crate) type Records = Box<dyn Iterator<Item = Result<Record, Error>> + Send>;

/// What a value is, in words.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

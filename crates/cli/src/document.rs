//! The head that every JSON document has.

use serde::Serialize;

use crate::failure::Failure;

#[derive(Serialize)]
pub struct Document<T> {
    schema: &'static str,
    doggerel: &'static str,
    seed: u64,
    #[serde(flatten)]
    body: T,
}

impl<T: Serialize> Document<T> {
    pub fn new(schema: &'static str, seed: u64, body: T) -> Document<T> {
        Document { schema, doggerel: env!("CARGO_PKG_VERSION"), seed, body }
    }

    /// As one line, with its line end.
    pub fn line(&self) -> Result<String, Failure> {
        let line = serde_json::to_string(self)
            .map_err(|error| Failure::failed(format!("a result cannot be written as JSON: {error}")))?;
        Ok(line + "\n")
    }
}

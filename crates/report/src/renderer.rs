use std::io::Write;

use measure::{Comparison, Evidence};

/// Writes a comparison for one kind of reader.
pub trait Renderer {
    /// Writes the whole document. `evidence` carries what pictures and tables need beside the numbers; a renderer may ignore it.
    fn render(&self, comparison: &Comparison, evidence: &Evidence, out: &mut dyn Write) -> Result<(), Error>;
}

/// Why a comparison could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the report could not be written: {0}")]
    Write(#[from] std::io::Error),
    #[error("the comparison could not be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the page could not be made: {0}")]
    Template(#[from] minijinja::Error),
}

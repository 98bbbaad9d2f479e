use std::io::Write;

use measure::{Comparison, Evidence};

use crate::{Error, Renderer};

/// The comparison as one JSON document (`doggerel.measure/1`), for programs. Texts stay as they are: JSON escapes control codes itself.
#[derive(Debug, Clone, Default)]
pub struct Json;

impl Json {
    /// Any document of ours, as [`Renderer::render`] writes a comparison.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn document<T: serde::Serialize>(&self, document: &T, out: &mut dyn Write) -> Result<(), Error> {
        serde_json::to_writer_pretty(&mut *out, document)?;
        out.write_all(b"\n")?;
        Ok(())
    }
}

impl Renderer for Json {
    fn render(&self, comparison: &Comparison, _: &Evidence, out: &mut dyn Write) -> Result<(), Error> {
        self.document(comparison, out)
    }
}

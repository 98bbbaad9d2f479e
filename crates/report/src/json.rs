use std::io::Write;

use measure::{Comparison, Evidence};

use crate::{Error, Renderer};

/// The comparison as one JSON document (`doggerel.measure/1`), for programs. Texts stay as they are: JSON escapes control codes itself.
#[derive(Debug, Clone, Default)]
pub struct Json;

impl Renderer for Json {
    fn render(&self, comparison: &Comparison, _: &Evidence, out: &mut dyn Write) -> Result<(), Error> {
        serde_json::to_writer_pretty(&mut *out, comparison)?;
        out.write_all(b"\n")?;
        Ok(())
    }
}

//! Lines for people and lines for programs, each where it belongs.

use crate::args::Global;
use crate::failure::{Failure, Outcome};
use crate::notes::Notes;
use crate::output::{Output, refuse_to_overwrite};

/// What a command writes as it goes: words on standard output, or JSON there; JSON to a file beside the words.
pub struct Sinks {
    words: Option<Output>,
    json: Option<Output>,
    json_file: Option<std::path::PathBuf>,
}

/// One result, made only for those who want it.
#[derive(Default)]
pub struct Made {
    pub words: Option<String>,
    pub json: Option<String>,
}

impl Sinks {
    pub fn open(global: &Global) -> Result<Sinks, Failure> {
        let json_file = global.json_file().cloned();
        let json = match &json_file {
            Some(path) => {
                if global.json_was_joined {
                    refuse_to_overwrite(path)?;
                }
                Some(Output::file(path)?)
            }
            None => global.json_to_stdout().then(Output::stdout),
        };
        let words = (!global.json_to_stdout()).then(Output::stdout);
        Ok(Sinks { words, json, json_file })
    }

    pub fn wants_json(&self) -> bool {
        self.json.is_some()
    }

    pub fn wants_words(&self) -> bool {
        self.words.is_some()
    }

    pub fn put(&mut self, made: &Made) -> Outcome {
        for (output, text) in [(&mut self.words, &made.words), (&mut self.json, &made.json)] {
            if let (Some(output), Some(text)) = (output, text) {
                output.put(text)?;
            }
        }
        Ok(())
    }

    pub fn finish(self, notes: Notes) -> Outcome {
        self.words.map_or(Ok(()), Output::finish)?;
        self.json.map_or(Ok(()), Output::finish)?;
        if let Some(path) = self.json_file {
            notes.wrote(&path);
        }
        Ok(())
    }
}

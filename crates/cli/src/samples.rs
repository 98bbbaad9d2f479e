//! From the name of a set to its readings.

use std::collections::BTreeMap;
use std::path::Path;

use measure::{ReadOptions, Samples};
use serde_json::Value;

use crate::failure::Failure;
use crate::notes::Notes;
use crate::pipeline::in_batches;

/// A set, read, and how its texts were made as far as its records say.
pub struct Gathered {
    pub samples: Samples,
    pub given: BTreeMap<String, Value>,
}

/// Labels that tell how all texts of a set were sampled.
const SETTINGS: [&str; 6] = ["temperature", "top_p", "top_k", "min_p", "max_tokens", "prompt_format"];

/// Reads a set of texts, or takes the readings that `doggerel read` stored.
pub fn gather(source: &str, options: &corpus::Options, notes: Notes) -> Result<Gathered, Failure> {
    if let Some(stored) = stored(source)? {
        return Ok(stored);
    }
    let mut texts = corpus::open(source, options)?;
    let mut progress = notes.progress();
    let mut readings = Vec::new();
    let mut settings = Settings::default();
    in_batches(&mut texts, |batch, texts| {
        batch.iter().for_each(|text| settings.see(text));
        readings.extend(measure::read(batch, &ReadOptions::default()));
        progress.at(texts.n(), texts.progress());
    })?;
    drop(progress);
    notes.of_reading(&texts);
    let skipped = texts.skipped().iter().map(|skipped| measure::Skipped {
        reason: skipped.reason.clone(),
        n: skipped.n,
        at: skipped.at.clone(),
    });
    let samples = Samples { name: texts.name().to_string(), readings, skipped: skipped.collect() };
    Ok(Gathered { samples, given: settings.shared() })
}

/// Readings in a Parquet file of ours; nothing where it is another's.
fn stored(source: &str) -> Result<Option<Gathered>, Failure> {
    let path = Path::new(source);
    if path.extension().is_none_or(|extension| extension != "parquet") || !path.is_file() {
        return Ok(None);
    }
    match measure::read_readings(path) {
        Ok(readings) => {
            let name = path.file_name().map_or_else(|| source.to_string(), |name| name.to_string_lossy().into_owned());
            let samples = Samples { name, readings, skipped: Vec::new() };
            Ok(Some(Gathered { samples, given: BTreeMap::new() }))
        }
        Err(measure::Error::NotReadings { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The value of each setting while all texts agree on it.
#[derive(Default)]
struct Settings {
    seen: bool,
    agreed: BTreeMap<&'static str, Value>,
}

impl Settings {
    fn see(&mut self, text: &corpus::Text) {
        let value = |name: &str| text.labels.get(name);
        if self.seen {
            self.agreed.retain(|name, agreed| value(name) == Some(agreed));
        } else {
            self.agreed =
                SETTINGS.into_iter().filter_map(|name| value(name).map(|value| (name, value.clone()))).collect();
            self.seen = true;
        }
    }

    fn shared(self) -> BTreeMap<String, Value> {
        self.agreed.into_iter().map(|(name, value)| (name.to_string(), value)).collect()
    }
}

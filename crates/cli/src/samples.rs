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
    /// What a trainer logged beside each text: "kl", "reward", "step".
    pub log: BTreeMap<String, Vec<f64>>,
}

/// Fields that a trainer logs.
const LOGGED: [&str; 3] = ["kl", "reward", "step"];

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
    let mut log = BTreeMap::new();
    in_batches(&mut texts, |batch, texts| {
        batch.iter().for_each(|text| {
            settings.see(text);
            see_log(text, &mut log);
        });
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
    Ok(Gathered { samples, given: settings.shared(), log })
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
            Ok(Some(Gathered { samples, given: BTreeMap::new(), log: BTreeMap::new() }))
        }
        Err(measure::Error::NotReadings { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Numbers under a name of [`LOGGED`], at the top of a record or one level down ("metrics.kl").
fn see_log(text: &corpus::Text, log: &mut BTreeMap<String, Vec<f64>>) {
    for (name, value) in &text.labels {
        let name = name.rsplit('.').next().unwrap_or(name);
        let number = value.as_f64().or_else(|| value.as_str().and_then(|words| words.trim().parse().ok()));
        if let Some(number) = number.filter(|number: &f64| LOGGED.contains(&name) && number.is_finite()) {
            log.entry(name.to_string()).or_default().push(number);
        }
    }
}

/// The values that each setting has over the texts.
#[derive(Default)]
struct Settings {
    texts: usize,
    seen: BTreeMap<&'static str, (usize, Vec<Value>)>,
}

/// Values of a setting that are listed; a set sampled in more ways is "mixed" either way.
const LISTED: usize = 32;

impl Settings {
    fn see(&mut self, text: &corpus::Text) {
        self.texts += 1;
        for name in SETTINGS {
            let Some(value) = text.labels.get(name) else { continue };
            let (n, values) = self.seen.entry(name).or_default();
            *n += 1;
            if values.len() < LISTED && !values.contains(value) {
                values.push(value.clone());
            }
        }
    }

    /// A setting that every text states: its value, or the list of its values where they differ.
    fn shared(self) -> BTreeMap<String, Value> {
        let stated = self.seen.into_iter().filter(|(_, (n, _))| *n == self.texts);
        stated
            .map(|(name, (_, mut values))| {
                values.sort_by_key(ToString::to_string);
                let value = if values.len() == 1 { values.swap_remove(0) } else { Value::Array(values) };
                (name.to_string(), value)
            })
            .collect()
    }
}

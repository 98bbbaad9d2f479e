//! A set that is read in parts, on as many machines as there are.

use std::collections::BTreeMap;

use corpus::UniqueIds;
use measure::{Asked, Contents, Skipped, Stored};
use serde::{Deserialize, Serialize};

use crate::samples::{READ, Taking, skipped};
use crate::settings::Settings;
use crate::{Along, Error, Gathered, Watch, worked_in_batches};

/// What one machine read of a set: the texts of some records that follow each other.
///
/// Parts that are merged in the order of their records give, when they are [finished](Part::finish), what [`crate::gather_texts`]
/// gives for all records together: the same ids, places, settings and readings. One thing is settled in each part by
/// itself: the names of fields, where none are given, by the first record that has a text. So the records of a set should
/// be alike, as the rows of a table are.
#[derive(Debug, Clone, Default)]
pub struct Part {
    gathered: Gathered,
    rest: Rest,
}

/// All but the readings.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Rest {
    name: String,
    /// Records, good and bad.
    records: usize,
    /// The numbers of records are their ids.
    numbered: bool,
    settings: Settings,
    skipped: Vec<Skipped>,
    /// Why there is no text, if there is none.
    none: Option<String>,
    log: BTreeMap<String, Vec<f64>>,
    keys: Vec<Option<String>>,
    asked: Vec<Option<Asked>>,
    notices: Vec<String>,
}

/// Places listed of each reason for which records are skipped.
const PLACES: usize = 5;

/// Where the bytes of a part keep what is not a reading.
const NOTE: &str = "part";

impl Part {
    /// Reads the texts of some records, which [`corpus::from_values`] opened with [`corpus::Options::repeated_ids`].
    ///
    /// # Errors
    /// If the records cannot be read; not if there is no text in them, since there may be some in another part.
    pub fn read(along: &Along, mut texts: corpus::Texts, watch: &mut dyn Watch) -> Result<Self, Error> {
        let mut taking = Taking::new(along);
        let mut none = None;
        let all = |batch: &[corpus::Text]| measure::read(batch, &READ);
        let read = worked_in_batches(&mut texts, all, |batch, readings, texts| -> Result<(), Ended> {
            taking.see(batch);
            taking.gathered.samples.readings.extend(readings);
            watch.at(texts).map_err(Ended::Stopped)
        });
        match read {
            Err(Ended::Stopped(error)) => return Err(error),
            Err(Ended::Read(error)) if holds_none(&texts) => {
                none = Some(error.to_string());
            }
            Err(Ended::Read(error)) => return Err(error.into()),
            Ok(()) => {}
        }
        let mut gathered = taking.gathered;
        let rest = Rest {
            name: texts.name().to_string(),
            records: texts.n_records(),
            numbered: texts.numbered(),
            settings: taking.settings,
            skipped: skipped(&texts),
            none,
            log: std::mem::take(&mut gathered.log),
            keys: std::mem::take(&mut gathered.keys),
            asked: std::mem::take(&mut gathered.asked),
            notices: texts.notices(),
        };
        Ok(Self { gathered, rest })
    }

    /// This part and the one whose records follow it.
    #[must_use]
    pub fn merge(mut self, later: Self) -> Self {
        if self.rest.name.is_empty() {
            return later;
        }
        let Self { gathered, rest } = later;
        let before = self.rest.records;
        let mut readings = gathered.samples.readings;
        if rest.numbered {
            readings.iter_mut().for_each(|reading| reading.id = further(&reading.id, before));
        }
        self.gathered.samples.readings.append(&mut readings);
        let mine = &mut self.rest;
        mine.records += rest.records;
        mine.numbered |= rest.numbered;
        mine.settings.merge(rest.settings);
        rest.skipped.into_iter().for_each(|skipped| merge_skipped(&mut mine.skipped, skipped, before));
        mine.none = mine.none.take().and(rest.none);
        for (name, mut values) in rest.log {
            mine.log.entry(name).or_default().append(&mut values);
        }
        mine.keys.extend(rest.keys);
        mine.asked.extend(rest.asked);
        let new: Vec<String> = rest.notices.into_iter().filter(|notice| !mine.notices.contains(notice)).collect();
        mine.notices.extend(new);
        self
    }

    /// The set that all parts together are.
    ///
    /// # Errors
    /// If there is no text in any of them.
    pub fn finish(self) -> Result<Gathered, Error> {
        let Self { mut gathered, rest } = self;
        if gathered.samples.readings.is_empty() {
            let sentence = rest.none.unwrap_or_else(|| format!("{} holds no records", rest.name));
            return Err(Error::input(sentence));
        }
        let mut ids = UniqueIds::default();
        for reading in &mut gathered.samples.readings {
            reading.id = ids.unique(std::mem::take(&mut reading.id));
        }
        gathered.samples.name = rest.name;
        gathered.samples.skipped = rest.skipped;
        gathered.given = rest.settings.shared();
        Ok(Gathered { log: rest.log, keys: rest.keys, asked: rest.asked, ..gathered })
    }

    /// What a person should know of how the records were read, as sentences.
    #[must_use]
    pub fn notices(&self) -> &[String] {
        &self.rest.notices
    }

    /// The readings of its texts.
    #[must_use]
    pub fn readings(&self) -> &[measure::Reading] {
        &self.gathered.samples.readings
    }

    /// Texts in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.gathered.samples.readings.len()
    }

    /// True where there is no text in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.gathered.samples.readings.is_empty()
    }

    /// For the way from one machine to another.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let rest = serde_json::to_string(&self.rest).map_err(Error::failed)?;
        Ok(measure::to_bytes(&self.gathered.samples.readings, Contents::Everything, &[(NOTE, rest)])?)
    }

    /// What [`Part::to_bytes`] wrote.
    ///
    /// # Errors
    /// If it did not, or another doggerel did.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, Error> {
        let Stored { readings, notes } = measure::from_bytes("a part of a set", bytes.into(), false)?;
        let rest = notes.get(NOTE).and_then(|note| serde_json::from_str(note).ok());
        let rest = rest.ok_or_else(|| Error::input("these bytes are no part of a set"))?;
        let mut part = Self { rest, ..Self::default() };
        part.gathered.samples.readings = readings;
        Ok(part)
    }
}

/// True where what could be read holds no text: there may be some in another part.
pub(crate) fn holds_none(texts: &corpus::Texts) -> bool {
    texts.n() == 0 && (texts.n_records() == 0 || !texts.skipped().is_empty())
}

/// Why the texts of a part were not read to their end.
pub(crate) enum Ended {
    Read(corpus::Error),
    Stopped(Error),
}

impl From<corpus::Error> for Ended {
    fn from(error: corpus::Error) -> Self {
        Self::Read(error)
    }
}

/// The number of a record, and of a text in it ("7", "7#2"), `before` records further on.
fn further(id: &str, before: usize) -> String {
    let (record, text) = id.find('#').map_or((id, ""), |at| id.split_at(at));
    record.parse::<usize>().map_or_else(|_| id.to_string(), |record| format!("{}{text}", record + before))
}

fn merge_skipped(mine: &mut Vec<Skipped>, later: Skipped, before: usize) {
    let place = |at: &String| match at.rsplit_once(':') {
        Some((name, line)) => format!("{name}:{}", further(line, before)),
        None => at.clone(),
    };
    let at = later.at.iter().map(place);
    match mine.iter_mut().find(|skipped| skipped.reason == later.reason) {
        Some(skipped) => {
            skipped.n += later.n;
            let room = PLACES.saturating_sub(skipped.at.len());
            skipped.at.extend(at.take(room));
        }
        None => mine.push(Skipped { at: at.collect(), ..later }),
    }
}

/// The JSON that says how a set was made; for the tests.
#[cfg(test)]
fn told(gathered: &Gathered) -> serde_json::Value {
    serde_json::json!({
        "given": gathered.given, "log": gathered.log, "keys": gathered.keys, "asked": gathered.asked,
        "skipped": gathered.samples.skipped, "name": gathered.samples.name,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::{Unwatched, gather_texts};

    fn records() -> Vec<Value> {
        let mut records: Vec<Value> = (0..40)
            .map(|i| {
                serde_json::json!({
                    "prompt": format!("Poem {}", i % 4), "temperature": if i < 30 { 0.7 } else { 1.0 }, "kl": f64::from(i) / 8.0,
                    "responses": [
                        format!("The {i} geese went over late,\nand nobody could stand and wait."),
                        format!("Nothing was said of {i},\nand the gate swung."),
                    ],
                })
            })
            .collect();
        for bad in [3, 17, 18, 19, 26, 27, 28] {
            records[bad] = serde_json::json!({"prompt": "p", "temperature": 0.7, "responses": [" "]});
        }
        records[33] = serde_json::json!(5);
        records
    }

    fn one(records: Vec<Value>) -> Gathered {
        let along = Along { field: Some("prompt"), suite: None };
        let texts = corpus::from_values(records, "set", &corpus::Options::default());
        gather_texts(&along, "set", texts, &mut Unwatched).expect("there are texts")
    }

    fn parted(records: &[Value], size: usize) -> Gathered {
        let along = Along { field: Some("prompt"), suite: None };
        let options = corpus::Options { repeated_ids: true, ..corpus::Options::default() };
        let parts = records.chunks(size).map(|records| {
            let texts = corpus::from_values(records.to_vec(), "set", &options);
            let part = Part::read(&along, texts, &mut Unwatched).expect("reads");
            Part::from_bytes(part.to_bytes().expect("writes")).expect("comes back")
        });
        parts.reduce(Part::merge).expect("there are parts").finish().expect("there are texts")
    }

    #[test]
    fn parts_give_what_one_machine_gives() {
        let with_ids: Vec<Value> = (0..30)
            .map(|i| serde_json::json!({"id": format!("q{}", i % 11), "text": format!("The {i} geese went over.")}))
            .collect();
        let only_strings: Vec<Value> = (0..30).map(|i| Value::from(format!("A gate, {i} gates."))).collect();
        for records in [records(), with_ids, only_strings] {
            let whole = one_of(&records);
            for size in [1, 3, 7, 40] {
                let parts = parted_of(&records, size);
                assert_eq!(told(&parts), told(&whole), "parts of {size}");
                assert_eq!(parts.samples.readings, whole.samples.readings, "parts of {size}");
            }
        }
    }

    fn one_of(records: &[Value]) -> Gathered {
        if records[0].get("prompt").is_some() {
            return one(records.to_vec());
        }
        let texts = corpus::from_values(records.to_vec(), "set", &corpus::Options::default());
        gather_texts(&Along::default(), "set", texts, &mut Unwatched).expect("there are texts")
    }

    fn parted_of(records: &[Value], size: usize) -> Gathered {
        if records[0].get("prompt").is_some() {
            return parted(records, size);
        }
        let options = corpus::Options { repeated_ids: true, ..corpus::Options::default() };
        let read = |records: &[Value]| {
            let texts = corpus::from_values(records.to_vec(), "set", &options);
            Part::read(&Along::default(), texts, &mut Unwatched).expect("reads")
        };
        records.chunks(size).map(read).reduce(Part::merge).expect("there are parts").finish().expect("there are texts")
    }

    #[test]
    fn parts_without_any_text_are_an_error_together() {
        let options = corpus::Options { repeated_ids: true, ..corpus::Options::default() };
        let empty = || {
            let texts = corpus::from_values([serde_json::json!({"text": ""})], "set", &options);
            Part::read(&Along::default(), texts, &mut Unwatched).expect("one part may be empty")
        };
        let error = empty().merge(empty()).finish().err().map(|e| e.to_string());
        assert!(error.is_some_and(|e| e.contains("empty")));
    }

    #[test]
    fn other_bytes_are_refused() {
        assert!(Part::from_bytes(b"PAR1 and no more".to_vec()).is_err());
        let readings = measure::to_bytes(&[], Contents::Everything, &[]).expect("writes");
        assert!(Part::from_bytes(readings).is_err_and(|e| e.to_string().contains("no part")));
    }
}

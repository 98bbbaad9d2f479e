//! From the name of a set, or texts that are open, to their readings.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use measure::{Asked, ReadOptions, Reading, Samples};
use sampling::{Filling, Suite};
use serde_json::Value;

use crate::settings::{Settings, see_log};
use crate::{Error, Watch, worked_in_batches};

/// A set, read, and how its texts were made as far as its records say.
#[derive(Debug, Clone, Default)]
pub struct Gathered {
    pub samples: Samples,
    pub given: BTreeMap<String, Value>,
    /// What a trainer logged beside each text: "kl", "reward", "step".
    pub log: BTreeMap<String, Vec<f64>>,
    /// The value of the field that groups are formed by, for every text.
    pub keys: Vec<Option<String>>,
    /// The request behind every text, as far as it is known.
    pub asked: Vec<Option<Asked>>,
}

impl Gathered {
    /// The value of a field for every text: as it was kept for this field while reading, or as readings have it.
    ///
    /// # Errors
    /// If no text has the field.
    pub fn keys_of(&self, field: &str) -> Result<Vec<Option<String>>, Error> {
        if !self.keys.is_empty() {
            return Ok(self.keys.clone());
        }
        let keys: Vec<_> = self.samples.readings.iter().map(|reading| stored_field(reading, field)).collect();
        refuse_no_keys(&keys, field, &self.samples.name, STORED.iter().map(|name| (*name).to_string()).collect())?;
        Ok(keys)
    }
}

/// What is kept of every text beside its reading.
#[derive(Default)]
pub struct Along<'a> {
    /// The field that groups are formed by.
    pub field: Option<&'a str>,
    /// The suite whose requests the texts answer.
    pub suite: Option<&'a Suite>,
}

/// Where stored readings keep how their texts were sampled.
pub const SETTINGS_NOTE: &str = "settings";

/// Reads a set of texts, or takes the readings that `doggerel read` stored.
///
/// # Errors
/// If the source cannot be read, has no field that `along` names, or answers no request of its suite.
pub fn gather(
    along: &Along,
    source: &str,
    options: &corpus::Options,
    watch: &mut dyn Watch,
) -> Result<Gathered, Error> {
    if let Some(mut found) = stored(source)? {
        if let Some(field) = along.field {
            found.keys = found.keys_of(field)?;
        }
        if let Some(suite) = along.suite {
            found.asked = stored_requests(suite, &found.samples.readings);
            let help = "stored readings keep their prompts alone: give the texts they were read from";
            refuse_unasked(&found.asked, source, help)?;
        }
        return Ok(found);
    }
    gather_texts(along, source, open(source, options)?, watch)
}

/// The same of texts that are open; `source` is what errors call them.
///
/// # Errors
/// As of [`gather`].
pub fn gather_texts(
    along: &Along,
    source: &str,
    texts: corpus::Texts,
    watch: &mut dyn Watch,
) -> Result<Gathered, Error> {
    let mut readings = Vec::new();
    let mut keep = |batch| {
        readings.extend(batch);
        Ok(())
    };
    let mut gathered = each(along, source, texts, watch, &mut keep)?;
    gathered.samples.readings = readings;
    Ok(gathered)
}

/// What is done with the readings of a batch.
pub type Take<'a> = dyn FnMut(Vec<Reading>) -> Result<(), Error> + 'a;

/// The same as [`gather`], with the readings given to `take` in batches and to nobody else: a set may be larger than memory.
///
/// # Errors
/// As of [`gather`], and those of `take`.
pub fn gather_each(
    along: &Along,
    source: &str,
    options: &corpus::Options,
    watch: &mut dyn Watch,
    take: &mut Take,
) -> Result<Gathered, Error> {
    if let Some(mut found) = stored(source)? {
        take(std::mem::take(&mut found.samples.readings))?;
        return Ok(found);
    }
    each(along, source, open(source, options)?, watch, take)
}

/// Texts of a set are packed: there may be a million.
pub(crate) const READ: ReadOptions = ReadOptions { historical: false, packed: true };

fn each(
    along: &Along,
    source: &str,
    mut texts: corpus::Texts,
    watch: &mut dyn Watch,
    take: &mut Take,
) -> Result<Gathered, Error> {
    let mut taking = Taking::new(along);
    let read = |batch: &[corpus::Text]| measure::read(batch, &READ);
    worked_in_batches(&mut texts, read, |batch, readings, texts| -> Result<(), Error> {
        taking.see(batch);
        take(readings)?;
        watch.at(texts)
    })?;
    watch.done(&texts);
    let mut gathered = taking.gathered;
    gathered.given = taking.settings.shared();
    gathered.samples.name = texts.name().to_string();
    gathered.samples.skipped = skipped(&texts);
    if let Some(field) = along.field {
        refuse_no_keys(&gathered.keys, field, source, taking.names)?;
    }
    if along.suite.is_some() {
        let help = "records are matched by a field `request` or `case`, or by their prompts (--field prompt=NAME)";
        refuse_unasked(&gathered.asked, source, help)?;
    }
    Ok(gathered)
}

pub(crate) fn skipped(texts: &corpus::Texts) -> Vec<measure::Skipped> {
    let skipped = texts.skipped().iter();
    skipped.map(|s| measure::Skipped { reason: s.reason.clone(), n: s.n, at: s.at.clone() }).collect()
}

/// The request that a text answers.
type Find<'a> = Box<dyn Fn(&corpus::Text) -> Option<Asked> + 'a>;

/// What is kept of the texts that went by.
pub(crate) struct Taking<'a> {
    field: Option<&'a str>,
    asked: Find<'a>,
    pub gathered: Gathered,
    pub settings: Settings,
    /// Names of the fields that were seen, where groups are formed by one.
    names: BTreeSet<String>,
}

impl<'a> Taking<'a> {
    pub fn new(along: &Along<'a>) -> Self {
        let asked: Find<'a> = match along.suite {
            Some(suite) => {
                let find = suite.matcher(&Filling::default());
                Box::new(move |text| {
                    find(text).map(|(request, wants)| Asked::named(request.to_string(), wants.clone(), text))
                })
            }
            None => Box::new(Asked::of),
        };
        let (gathered, settings) = (Gathered::default(), Settings::default());
        Self { field: along.field, asked, gathered, settings, names: BTreeSet::new() }
    }

    pub fn see(&mut self, batch: &[corpus::Text]) {
        let gathered = &mut self.gathered;
        for text in batch {
            self.settings.see(text);
            see_log(text, &mut gathered.log);
        }
        gathered.asked.extend(batch.iter().map(&self.asked));
        let Some(field) = self.field else { return };
        gathered.keys.extend(batch.iter().map(|text| text.field(field).map(|value| value.into_owned())));
        for text in batch {
            let new: Vec<String> = fields(text).filter(|n| !self.names.contains(*n)).map(str::to_string).collect();
            self.names.extend(new);
        }
    }
}

/// The requests of a suite behind stored readings, by their prompts.
fn stored_requests(suite: &Suite, readings: &[measure::Reading]) -> Vec<Option<Asked>> {
    let find = suite.matcher(&Filling::default());
    let of = |reading: &measure::Reading| {
        let text = corpus::Text { prompt: reading.prompt.clone(), ..corpus::Text::new(&reading.id, "") };
        find(&text).map(|(request, wants)| Asked::named(request.to_string(), wants.clone(), &text))
    };
    readings.iter().map(of).collect()
}

fn refuse_unasked(asked: &[Option<Asked>], source: &str, help: &str) -> Result<(), Error> {
    if asked.iter().any(Option::is_some) {
        return Ok(());
    }
    Err(Error::input(format!("no record of {source} answers a request of the suite")).with_help(help))
}

/// Fields that readings keep.
const STORED: [&str; 6] = ["prompt", "model", "author", "title", "year", "form"];

fn stored_field(reading: &measure::Reading, field: &str) -> Option<String> {
    match field {
        "prompt" => reading.prompt.clone(),
        "model" => reading.model.clone(),
        "author" => reading.author.clone(),
        "title" => reading.title.clone(),
        "year" => reading.year.map(|year| year.to_string()),
        "form" => reading.label.clone(),
        _ => None,
    }
}

/// The names of the fields that a text has.
fn fields(text: &corpus::Text) -> impl Iterator<Item = &str> {
    let named = [("prompt", text.prompt.is_some()), ("model", text.model.is_some())];
    let named = named.into_iter().filter_map(|(name, there)| there.then_some(name));
    named.chain(text.labels.keys().map(String::as_str))
}

fn refuse_no_keys(keys: &[Option<String>], field: &str, source: &str, names: BTreeSet<String>) -> Result<(), Error> {
    if keys.iter().any(Option::is_some) || keys.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = names.into_iter().take(12).collect();
    let help = match names.is_empty() {
        true => "its records have a text and no other field".to_string(),
        false => format!("name one of its fields: {}", names.join(", ")),
    };
    Err(Error::input(format!("no record of {source} has the field {field}, which --by asks for")).with_help(help))
}

/// The texts of any source: a run of ours, or what `corpus` reads.
///
/// # Errors
/// If it cannot be opened.
pub fn open(source: &str, options: &corpus::Options) -> Result<corpus::Texts, Error> {
    let path = Path::new(source);
    if sampling::Run::is_run(path) {
        return Ok(sampling::texts(sampling::Run::open(path)?, options)?);
    }
    Ok(corpus::open(source, options)?)
}

/// Readings in a Parquet file of ours; nothing where it is another's.
///
/// # Errors
/// If they were made with other features than this doggerel computes.
pub fn stored(source: &str) -> Result<Option<Gathered>, Error> {
    let path = Path::new(source);
    if path.extension().is_none_or(|extension| extension != "parquet") || !path.is_file() {
        return Ok(None);
    }
    match measure::read_stored(path) {
        Ok(measure::Stored { readings, notes }) => {
            let name = path.file_name().map_or_else(|| source.to_string(), |name| name.to_string_lossy().into_owned());
            let samples = Samples { name, readings, skipped: Vec::new() };
            let given = notes.get(SETTINGS_NOTE).and_then(|note| serde_json::from_str(note).ok()).unwrap_or_default();
            Ok(Some(Gathered { samples, given, log: BTreeMap::new(), keys: Vec::new(), asked: Vec::new() }))
        }
        Err(measure::Error::NotReadings { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

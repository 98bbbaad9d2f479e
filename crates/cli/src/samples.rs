//! From the name of a set to its readings.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use measure::{Asked, ReadOptions, Samples};
use sampling::{Filling, Suite};
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
    /// The value of the field that groups are formed by, for every text.
    pub keys: Vec<Option<String>>,
    /// The request behind every text, as far as it is known.
    pub asked: Vec<Option<Asked>>,
}

/// What is kept of every text beside its reading.
#[derive(Default)]
pub struct Along<'a> {
    /// The field that groups are formed by.
    pub field: Option<&'a str>,
    /// The suite whose requests the texts answer.
    pub suite: Option<&'a Suite>,
}

/// Fields that a trainer logs.
const LOGGED: [&str; 3] = ["kl", "reward", "step"];

/// Where stored readings keep how their texts were sampled.
pub const SETTINGS_NOTE: &str = "settings";

/// Labels that tell how all texts of a set were sampled.
const SETTINGS: [&str; 6] = ["temperature", "top_p", "top_k", "min_p", "max_tokens", "prompt_format"];

/// Reads a set of texts, or takes the readings that `doggerel read` stored.
pub fn gather(source: &str, options: &corpus::Options, notes: Notes) -> Result<Gathered, Failure> {
    gather_along(&Along::default(), source, options, notes)
}

/// The same, with more of every text.
pub fn gather_along(along: &Along, source: &str, options: &corpus::Options, notes: Notes) -> Result<Gathered, Failure> {
    let field = along.field;
    if let Some(mut stored) = stored(source)? {
        if let Some(field) = field {
            stored.keys = stored.samples.readings.iter().map(|reading| stored_field(reading, field)).collect();
            refuse_no_keys(&stored.keys, field, source, STORED.iter().map(|name| (*name).to_string()).collect())?;
        }
        if let Some(suite) = along.suite {
            stored.asked = stored_requests(suite, &stored.samples.readings);
            refuse_unasked(
                &stored.asked,
                source,
                "stored readings keep their prompts alone: give the texts they were read from",
            )?;
        }
        return Ok(stored);
    }
    let matcher = along.suite.map(|suite| suite.matcher(&Filling::default()));
    let asked_of = |text: &corpus::Text| match &matcher {
        Some(find) => find(text).map(|(request, wants)| Asked::named(request.to_string(), wants.clone(), text)),
        None => Asked::of(text),
    };
    let mut asked = Vec::new();
    let mut keys = Vec::new();
    let mut names = BTreeSet::new();
    let mut texts = open(source, options)?;
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
        asked.extend(batch.iter().map(&asked_of));
        if let Some(field) = field {
            keys.extend(batch.iter().map(|text| text.field(field).map(|value| value.into_owned())));
            for text in batch {
                names
                    .extend(fields(text).filter(|name| !names.contains(*name)).map(str::to_string).collect::<Vec<_>>());
            }
        }
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
    if let Some(field) = field {
        refuse_no_keys(&keys, field, source, names)?;
    }
    if along.suite.is_some() {
        let help = "records are matched by a field `request` or `case`, or by their prompts (--field prompt=NAME)";
        refuse_unasked(&asked, source, help)?;
    }
    Ok(Gathered { samples, given: settings.shared(), log, keys, asked })
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

fn refuse_unasked(asked: &[Option<Asked>], source: &str, help: &str) -> Result<(), Failure> {
    if asked.iter().any(Option::is_some) {
        return Ok(());
    }
    Err(Failure::input(format!("no record of {source} answers a request of the suite")).with_help(help))
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

fn refuse_no_keys(keys: &[Option<String>], field: &str, source: &str, names: BTreeSet<String>) -> Result<(), Failure> {
    if keys.iter().any(Option::is_some) || keys.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = names.into_iter().take(12).collect();
    let help = match names.is_empty() {
        true => "its records have a text and no other field".to_string(),
        false => format!("name one of its fields: {}", names.join(", ")),
    };
    Err(Failure::input(format!("no record of {source} has the field {field}, which --by asks for")).with_help(help))
}

/// The texts of any source: a run of ours, or what `corpus` reads.
pub fn open(source: &str, options: &corpus::Options) -> Result<corpus::Texts, Failure> {
    let path = Path::new(source);
    if sampling::Run::is_run(path) {
        return Ok(sampling::texts(sampling::Run::open(path)?, options)?);
    }
    Ok(corpus::open(source, options)?)
}

/// Readings in a Parquet file of ours; nothing where it is another's.
fn stored(source: &str) -> Result<Option<Gathered>, Failure> {
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

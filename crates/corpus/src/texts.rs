//! The one way from a source to its texts.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::archive::is_zip;
use crate::columns::{Columns, is_parquet};
use crate::error::{Error, Place};
use crate::fields::{self, Fields, Plan};
use crate::format::Format;
use crate::json;
use crate::jsonl::Jsonl;
use crate::line::{self, Lines};
use crate::logs::{Beside, Log, harness_results, inspect};
use crate::plain::{self, Folder};
use crate::record::{Record, Records, kind};
use crate::source::{Count, Source};
use crate::table::{self, Table};
use crate::text::{Labels, Text};
use crate::warc::Warc;

/// How a source is read.
#[derive(Debug, Clone)]
pub struct Options {
    /// Names of fields; those not given are guessed.
    pub fields: Fields,
    /// The format, where neither the name nor the first bytes tell it.
    pub format: Option<Format>,
    /// Make the first bad record an error, instead of skipping and counting it.
    pub strict: bool,
    /// Let empty texts through. Without it they are bad records.
    pub keep_empty: bool,
    /// The input file of a batch, from which the prompts of its output are joined by `custom_id`.
    pub prompts: Option<String>,
    /// Let an id that has occurred through as it is. Without it the later one has ~2 after it ([`UniqueIds`]): what reads a
    /// source in parts does that when they are together.
    pub repeated_ids: bool,
    /// Bytes that one record may have. What is longer is read over without being held.
    pub max_record: usize,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            fields: Fields::default(),
            format: None,
            strict: false,
            keep_empty: false,
            prompts: None,
            repeated_ids: false,
            max_record: 16 << 20,
        }
    }
}

/// Records left out for one reason.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// In two or three words: "not JSON", "empty text".
    pub reason: String,
    pub n: usize,
    /// The first places, "file:line".
    pub at: Vec<String>,
    /// What was wrong with the first, as a sentence.
    pub example: String,
}

/// Places listed of each reason.
const PLACES: usize = 5;

/// Records without any field that could be the text, after which a source is given up on rather than read to its end.
const PATIENCE: usize = 1000;

/// The texts of one source, in its order. An error ends them: it is one that no skipping can mend, or, under
/// [`Options::strict`], the first bad record.
pub struct Texts {
    name: String,
    options: Options,
    records: Records,
    plan: Option<Plan>,
    /// Whose log it is, settled by its first record, where it is one.
    log: Option<Log>,
    beside: Beside,
    /// Every value is a string, as cells of CSV are.
    table: bool,
    /// The source is one text, so there is nothing to go on with after an error.
    single: bool,
    /// An error that is not of a record ends the texts. In a folder each file stands for itself.
    errors_end: bool,
    /// Texts of a record that holds several.
    waiting: std::vec::IntoIter<Text>,
    ids: UniqueIds,
    n_records: usize,
    n_texts: usize,
    skipped: Vec<Skipped>,
    first_error: Option<Error>,
    notices: Vec<String>,
    count: Count,
    total: Total,
    /// Files of the folder that come after the one that is read.
    rest: std::vec::IntoIter<String>,
    over: bool,
}

/// What there is in all, where that is known before it is read.
#[derive(Debug, Clone, Copy)]
enum Total {
    Bytes(u64),
    Records(u64),
    Files(u64),
    Unknown,
}

/// Opens a file, a folder, or standard input (`-`).
///
/// # Errors
/// If there is no such source, it cannot be opened, it is empty, or it is no UTF-8 text in any format that is read.
pub fn open(source: &str, options: &Options) -> Result<Texts, Error> {
    let beside = match &options.prompts {
        Some(prompts) => Beside::with_requests(prompts, options.max_record)?,
        None => Beside::default(),
    };
    Ok(Texts { beside, ..opened(source, options)? })
}

fn opened(source: &str, options: &Options) -> Result<Texts, Error> {
    let count = Count::default();
    if source == "-" {
        return Texts::of(Source::stdin(options.format, &count)?, options, count, Total::Unknown);
    }
    let path = Path::new(source);
    let metadata = path.metadata().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Error::NotFound(source.to_string()),
        _ => Error::Open { source_name: source.to_string(), error },
    })?;
    if metadata.is_dir() {
        let unreadable = |error| Error::Open { source_name: source.to_string(), error };
        let files = plain::record_files(path).map_err(unreadable)?;
        if !files.is_empty() {
            return Ok(of_files(source.trim_end_matches('/'), files, options));
        }
        let folder = Folder::new(path, source, options.max_record, Count::clone(&count))?;
        let (name, total) = (source.trim_end_matches('/'), Total::Records(folder.len() as u64));
        return Ok(Texts { errors_end: false, ..Texts::new(name, Box::new(folder), options, count, total) });
    }
    if metadata.is_file() && (options.format == Some(Format::Parquet) || is_parquet(path)) {
        let columns = Columns::open(path, source)?;
        let total = Total::Records(columns.n_rows);
        return Ok(Texts::new(source, Box::new(columns), options, count, total));
    }
    if metadata.is_file() && is_zip(path) {
        let (records, n) = inspect::archive(path, source, options.max_record)?;
        let texts = Texts::new(source, records, options, count, Total::Records(n));
        return Ok(Texts { errors_end: false, ..texts });
    }
    let size = if metadata.is_file() { Total::Bytes(metadata.len()) } else { Total::Unknown };
    let texts = Texts::of(Source::file(path, source, options.format, &count)?, options, count, size)?;
    match harness_results(path) {
        Some(header) => Ok(texts.with_header(header)),
        None => Ok(texts),
    }
}

/// The texts of a folder's files, one after another, as one set. Each is opened when its turn comes.
fn of_files(folder: &str, files: Vec<String>, options: &Options) -> Texts {
    let total = Total::Files(files.len() as u64);
    let rest: Vec<String> = files.iter().map(|file| format!("{folder}/{file}")).collect();
    let texts = Texts::new(folder, Box::new(std::iter::empty()), options, Count::default(), total);
    Texts { rest: rest.into_iter(), errors_end: false, ..texts }
}

/// Reads from anything that gives bytes; `name` stands in places and, by its extension, for the format.
///
/// # Errors
/// As [`open`].
///
/// ```
/// let lines = "{\"id\": \"1\", \"text\": \"The gate is shut\"}\n";
/// let texts: Result<Vec<_>, _> = corpus::from_reader(lines.as_bytes(), "lines.jsonl", &corpus::Options::default())?.collect();
/// assert_eq!(texts?[0].text, "The gate is shut");
/// # Ok::<(), corpus::Error>(())
/// ```
pub fn from_reader(reader: impl Read + Send + 'static, name: &str, options: &Options) -> Result<Texts, Error> {
    let count = Count::default();
    Texts::of(Source::reader(Box::new(reader), name, options.format, &count)?, options, count, Total::Unknown)
}

/// Reads records that are in memory, each a string (the text) or an object; `name` stands in places, with the number of the
/// record.
///
/// ```
/// let records = [serde_json::json!({"completion": "The gate is shut", "prompt": "Begin."})];
/// let texts: Result<Vec<_>, _> = corpus::from_values(records, "records", &corpus::Options::default()).collect();
/// assert_eq!(texts?[0].prompt.as_deref(), Some("Begin."));
/// # Ok::<(), corpus::Error>(())
/// ```
pub fn from_values<I>(values: I, name: &str, options: &Options) -> Texts
where
    I: IntoIterator<Item = Value>,
    I::IntoIter: Send + 'static,
{
    let values = values.into_iter();
    let total = match values.size_hint() {
        (least, Some(most)) if least == most => Total::Records(most as u64),
        _ => Total::Unknown,
    };
    let source = name.to_string();
    let record = move |(line, value)| Ok(Record::new(Place { source: source.clone(), line: Some(line) }, value));
    Texts::new(name, Box::new((1..).zip(values).map(record)), options, Count::default(), total)
}

impl Texts {
    fn of(source: Source, options: &Options, count: Count, total: Total) -> Result<Texts, Error> {
        let name = source.name.clone();
        let (limit, format) = (options.max_record, source.format);
        if source.empty && !(options.keep_empty && format == Format::Text) {
            return Err(Error::Empty(name));
        }
        let records: Records = match format {
            Format::Jsonl => Box::new(Jsonl::new(source, limit)),
            Format::Lines => Box::new(Lines::new(source, limit).map(|line| line.and_then(line::text))),
            Format::Json => json::records(source, limit),
            Format::Csv => Box::new(Table::new(source, None, limit)),
            Format::Tsv => Box::new(Table::new(source, Some(b'\t'), limit)),
            Format::Text => Box::new(std::iter::once_with(move || plain::record(source, limit))),
            Format::Warc => Box::new(Warc::new(source, limit)),
            Format::Parquet => return Err(Error::NotText { source_name: name, what: "a Parquet file" }),
        };
        let texts = Texts::new(&name, records, options, count, total);
        Ok(Texts { table: matches!(format, Format::Csv | Format::Tsv), single: format == Format::Text, ..texts })
    }

    fn new(name: &str, records: Records, options: &Options, count: Count, total: Total) -> Texts {
        Texts {
            name: name.to_string(),
            options: options.clone(),
            records,
            plan: None,
            log: None,
            beside: Beside::default(),
            table: false,
            single: false,
            errors_end: true,
            waiting: Vec::new().into_iter(),
            ids: UniqueIds::default(),
            n_records: 0,
            n_texts: 0,
            skipped: Vec::new(),
            first_error: None,
            notices: Vec::new(),
            count,
            total,
            rest: Vec::new().into_iter(),
            over: false,
        }
    }

    /// The same texts, every record with what is known of them all.
    fn with_header(self, header: Arc<Value>) -> Texts {
        let given = move |record: Record| Record { header: Some(Arc::clone(&header)), ..record };
        Texts { records: Box::new(self.records.map(move |record| record.map(&given))), ..self }
    }

    /// The source as the person named it, without its folders.
    pub fn name(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }

    /// Records left out so far, by reason.
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// Texts given out so far.
    pub fn n(&self) -> usize {
        self.n_texts
    }

    /// Records read so far, good and bad.
    pub fn n_records(&self) -> usize {
        self.n_records
    }

    /// True where records have no ids of their own, so that their numbers are their ids.
    pub fn numbered(&self) -> bool {
        self.log.is_none() && self.plan.as_ref().is_none_or(|plan| plan.id.is_none())
    }

    /// What a person should know of how the source was read, as sentences. Complete when the texts are over.
    pub fn notices(&self) -> Vec<String> {
        let again = match self.ids.repeated {
            0 => None,
            1 => Some(format!("{}: one id occurs twice; the second has ~2 after it", self.name())),
            n => Some(format!("{}: {n} ids had occurred before; the later ones have ~2, ~3 … after them", self.name())),
        };
        self.notices.iter().cloned().chain(self.beside.notices(self.name())).chain(again).collect()
    }

    /// The share that is read, 0…1, where it is known how much there is.
    pub fn progress(&self) -> Option<f64> {
        let (done, all) = match self.total {
            Total::Bytes(all) => (self.count.load(Ordering::Relaxed), all),
            Total::Records(all) => (self.n_records as u64, all),
            Total::Files(all) => ((all - self.rest.len() as u64).saturating_sub(u64::from(!self.over)), all),
            Total::Unknown => return None,
        };
        Some(done.min(all) as f64 / all.max(1) as f64)
    }

    /// The next record that `read` makes something of, with its number; others are skipped and counted.
    pub(crate) fn next_with<T>(
        &mut self,
        read: impl Fn(Record, usize) -> Result<T, Error>,
    ) -> Option<Result<T, Error>> {
        while !self.over {
            let Some(record) = self.records.next() else {
                match self.end_of_records() {
                    Ok(()) => continue,
                    Err(error) => return Some(Err(error)),
                }
            };
            self.n_records += 1;
            match record.and_then(|record| read(record, self.n_records)) {
                Ok(made) => {
                    self.n_texts += 1;
                    return Some(Ok(made));
                }
                Err(error) => {
                    if let Err(error) = self.skip(error) {
                        self.over = true;
                        return Some(Err(error));
                    }
                }
            }
        }
        None
    }

    /// The next file of a folder, or the end.
    fn end_of_records(&mut self) -> Result<(), Error> {
        match self.rest.next() {
            Some(file) => self.go_on(&file),
            None => {
                self.over = true;
                self.ending()
            }
        }
    }

    /// Reads on in the next file of the folder, whose fields are its own. What cannot be opened is counted.
    fn go_on(&mut self, file: &str) -> Result<(), Error> {
        match opened(file, &self.options) {
            Ok(next) => {
                let Texts { records, table, single, errors_end, .. } = next;
                (self.records, self.table, self.single, self.errors_end) = (records, table, single, errors_end);
                (self.plan, self.log) = (None, None);
                Ok(())
            }
            Err(error) => {
                (self.single, self.errors_end) = (false, false);
                self.skip(error)
            }
        }
    }

    fn read_record(&mut self, record: Record) -> Result<(), Error> {
        let place = record.place.clone();
        let texts = match self.log_of(&record) {
            Some(log) => log.texts(record, &mut self.beside)?,
            None => self.named(record)?,
        };
        self.hand_on(texts, &place)
    }

    /// The log that the source is, if it is one: its first object tells, unless the person maps fields.
    fn log_of(&mut self, record: &Record) -> Option<Log> {
        if self.log.is_none()
            && self.plan.is_none()
            && self.options.fields == Fields::default()
            && let Value::Object(object) = &record.value
        {
            self.log = Log::of(object);
            let name = self.name().to_string();
            let notice = self.log.map(|log| format!("{name}: read as {}", log.name()));
            self.notices.extend(notice.filter(|notice| !self.notices.contains(notice)));
        }
        self.log
    }

    /// The texts of a record by the names of its fields.
    fn named(&mut self, record: Record) -> Result<Vec<Text>, Error> {
        let Record { place, value, id, folder, .. } = record;
        let number = self.n_records.to_string();
        match value {
            Value::String(text) => {
                let labels = folder.map(|folder| ("folder".to_string(), Value::from(folder))).into_iter().collect();
                Ok(vec![Text { labels, ..Text::new(id.unwrap_or(number), text) }])
            }
            Value::Object(object) => self.texts_of(object, &place, id.unwrap_or(number)),
            other => Err(Error::NotARecord { place, found: kind(&other) }),
        }
    }

    /// Puts the good ones among the texts of a record in line.
    fn hand_on(&mut self, texts: Vec<Text>, place: &Place) -> Result<(), Error> {
        let mut good = Vec::with_capacity(texts.len());
        for mut text in texts {
            match self.checked(&text, place) {
                Err(error) => self.skip(error)?,
                Ok(()) => {
                    if !self.options.repeated_ids {
                        text.id = self.ids.unique(text.id);
                    }
                    text.text = unix_line_ends(text.text);
                    good.push(text);
                }
            }
        }
        self.waiting = good.into_iter();
        Ok(())
    }

    fn texts_of(&mut self, object: Map<String, Value>, place: &Place, id: String) -> Result<Vec<Text>, Error> {
        if self.plan.is_none() {
            self.plan = Plan::of(&self.options.fields, &object);
            let notice = self.plan.as_ref().and_then(|plan| plan.notice(&self.options.fields, self.name()));
            self.notices.extend(notice.filter(|notice| !self.notices.contains(notice)));
        }
        let Some(plan) = &self.plan else {
            let (wanted, found) = (self.options.fields.text.clone(), object.keys().cloned().collect());
            return Err(Error::NoField { place: place.clone(), wanted, found });
        };
        let found = fields::texts(&object, plan, place)?;
        let labels = self.labels(&object, plan);
        let scalar = |name: &Option<String>| name.as_ref().and_then(|name| fields::at(&object, name)).and_then(words);
        let id = scalar(&plan.id).unwrap_or(id);
        let prompt = plan
            .prompt
            .as_ref()
            .and_then(|name| fields::at(&object, name))
            .or_else(|| fields::at(&object, &plan.text).filter(|value| !value.is_string()));
        let one = Text {
            id,
            text: String::new(),
            prompt: prompt.and_then(fields::prompt_in).filter(|prompt| !prompt.is_empty()),
            model: scalar(&plan.model),
            labels,
        };
        if found.len() == 1 {
            return Ok(found.into_iter().map(|text| Text { text, ..one.clone() }).collect());
        }
        Ok((1..).zip(found).map(|(k, text)| numbered(&one, k, text)).collect())
    }

    fn labels(&self, object: &Map<String, Value>, plan: &Plan) -> Labels {
        let labels = fields::labels(object, plan);
        if !self.table {
            return labels;
        }
        let filled = labels.into_iter().filter(|(_, cell)| cell.as_str() != Some(""));
        filled.map(|(name, cell)| (name, cell.as_str().map(table::label).unwrap_or(cell))).collect()
    }

    fn checked(&self, text: &Text, place: &Place) -> Result<(), Error> {
        if text.text.contains('\0') {
            return Err(Error::Nul { place: place.clone() });
        }
        if !self.options.keep_empty && text.text.trim().is_empty() {
            return Err(Error::EmptyText { place: place.clone() });
        }
        Ok(())
    }

    /// Counts a bad record, or gives the error back if it ends the reading.
    fn skip(&mut self, error: Error) -> Result<(), Error> {
        let hopeless = self.n_records >= PATIENCE
            && self.plan.is_none()
            && matches!(error, Error::NoField { .. } | Error::NoPair { .. })
            && self.n_texts == 0;
        if self.options.strict || self.single || (self.errors_end && !error.is_of_a_record()) {
            return Err(error);
        }
        let reason = error.reason();
        let at = self.skipped.iter().position(|skipped| skipped.reason == reason).unwrap_or_else(|| {
            let example = error.to_string();
            self.skipped.push(Skipped { reason: reason.to_string(), example, ..Skipped::default() });
            self.skipped.len() - 1
        });
        let skipped = &mut self.skipped[at];
        skipped.n += 1;
        if skipped.at.len() < PLACES {
            skipped.at.extend(error.place().map(|place| place.to_string()));
        }
        self.first_error.get_or_insert(error);
        if hopeless { self.ending() } else { Ok(()) }
    }

    /// An error where not one text was found.
    fn ending(&mut self) -> Result<(), Error> {
        if self.n_texts > 0 || !self.waiting.as_slice().is_empty() {
            return Ok(());
        }
        let n: usize = self.skipped.iter().map(|skipped| skipped.n).sum();
        let Some(first) = self.first_error.take() else { return Err(Error::NoRecords(self.name.clone())) };
        if n == 1 {
            return Err(first);
        }
        let records = format!("all {n} records were skipped");
        Err(Error::NoTexts { source_name: self.name.clone(), records, first: Box::new(first) })
    }
}

impl Iterator for Texts {
    type Item = Result<Text, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(text) = self.waiting.next() {
                self.n_texts += 1;
                return Some(Ok(text));
            }
            if self.over {
                return None;
            }
            let step = match self.records.next() {
                None => self.end_of_records(),
                Some(record) => {
                    self.n_records += 1;
                    record.and_then(|record| self.read_record(record)).or_else(|error| self.skip(error))
                }
            };
            if let Err(error) = step {
                self.over = true;
                return Some(Err(error));
            }
        }
    }
}

/// The k-th text of a record that holds several.
fn numbered(one: &Text, k: usize, text: String) -> Text {
    let mut labels = one.labels.clone();
    labels.entry("generation").or_insert_with(|| Value::from(k));
    Text { id: format!("{}#{k}", one.id), text, labels, ..one.clone() }
}

/// An id or model as words; a number is as good as a name.
pub(crate) fn words(value: &Value) -> Option<String> {
    match value {
        Value::String(words) if !words.is_empty() => Some(words.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// `\r\n`, and the `\r` of old, become `\n`.
fn unix_line_ends(text: String) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text }
}

/// Ids given out, as hashes: eight bytes for each of a million texts, whatever their ids are.
#[derive(Debug, Clone, Default)]
pub struct UniqueIds {
    seen: HashMap<u64, u32>,
    repeated: usize,
}

impl UniqueIds {
    /// The id, or the id with `~2`, `~3` … after it if it was given out before.
    pub fn unique(&mut self, id: String) -> String {
        let hash = |id: &str| {
            let mut hasher = DefaultHasher::new();
            id.hash(&mut hasher);
            hasher.finish()
        };
        let mut times = match self.seen.entry(hash(&id)) {
            Entry::Vacant(first) => {
                first.insert(1);
                return id;
            }
            Entry::Occupied(seen) => *seen.get(),
        };
        self.repeated += 1;
        loop {
            times += 1;
            let other = format!("{id}~{times}");
            if let Entry::Vacant(free) = self.seen.entry(hash(&other)) {
                free.insert(1);
                self.seen.insert(hash(&id), times);
                return other;
            }
        }
    }
}

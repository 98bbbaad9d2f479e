//! Readings on disk.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use bytes::Bytes;
use parquet::file::reader::ChunkReader;
use rayon::prelude::*;
use serde_json::json;
use sha2::{Digest, Sha256};
use verse::Kind;

use crate::portrait::MEASURES;
use crate::reading::Reading;
use crate::table::{Column, Columns, Table, TableReader, TableWriter};
use crate::{Error, prose};

/// What stands in a file of readings beside what is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contents {
    /// Texts too; content vectors are computed from them when they are asked for.
    Everything,
    /// No text: what an atlas ships.
    NoText,
}

/// Names the features of verse, their order and the normalizer: readings can be compared as verse only where it is equal.
#[must_use]
pub fn features_hash() -> String {
    let mut hash = Sha256::new();
    hash.update(verse::NORMALIZER);
    hash.update(verse::OPENING_LINES.to_le_bytes());
    for feature in verse::FEATURES {
        hash.update([0]);
        hash.update(feature.name);
    }
    for measure in MEASURES {
        hash.update([1]);
        hash.update(measure.name);
    }
    format!("{:x}", hash.finalize())[..16].to_owned()
}

/// The same of the features of prose.
#[must_use]
pub fn prose_hash() -> String {
    let mut hash = Sha256::new();
    hash.update(verse::NORMALIZER);
    hash.update(prose::VECTOR);
    for feature in prose::FEATURES.iter().chain(prose::BESIDE) {
        hash.update([0]);
        hash.update(feature.name);
    }
    format!("{:x}", hash.finalize())[..16].to_owned()
}

/// Writes readings as Parquet: one row a text; `form.NAME` for every feature of verse, `portrait.NAME` for what the portrait
/// counts, `prose.NAME` and `beside.NAME` for prose. What the readings lack (an atlas has one genre) is not written.
/// `notes` go into the file's key-value metadata.
///
/// # Errors
/// If the file cannot be written.
pub fn write_readings(
    path: &Path,
    readings: &[Reading],
    contents: Contents,
    notes: &[(&str, String)],
) -> Result<(), Error> {
    let io = |source| Error::Io { path: path.to_owned(), source };
    let bytes = to_bytes(readings, contents, notes)?;
    std::fs::File::create(path).and_then(|mut f| f.write_all(&bytes)).map_err(io)
}

/// The same as bytes.
///
/// # Errors
/// Of the Parquet library.
pub fn to_bytes(readings: &[Reading], contents: Contents, notes: &[(&str, String)]) -> Result<Vec<u8>, Error> {
    let mut writer = Writer::new(Vec::new(), contents);
    for group in readings.chunks(GROUP) {
        writer.group(group, Has::of(readings))?;
    }
    writer.finish(notes)
}

/// Readings that are written at a time.
const GROUP: usize = 1 << 14;
/// How hard figures that ship are compressed, and texts, of which there may be a gigabyte.
const SMALLEST: i32 = 9;
const FAST: i32 = 3;

/// Writes readings one batch after another, with some thousands of them in memory.
pub struct Writer<W: Write + Send> {
    out: Option<W>,
    table: Option<TableWriter<W>>,
    contents: Contents,
    has: Has,
    waiting: Vec<Reading>,
}

/// Which form vectors readings have.
#[derive(Debug, Clone, Copy, Default)]
struct Has {
    verse: bool,
    prose: bool,
}

impl Has {
    fn of(readings: &[Reading]) -> Self {
        Self { verse: readings.iter().all(|r| !r.form.is_empty()), prose: readings.iter().all(|r| !r.prose.is_empty()) }
    }

    /// The notes of a file: which features it holds, and what the caller says.
    fn notes(self, contents: Contents, more: &[(&str, String)]) -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        if contents == Contents::Everything {
            all.insert("embedder".to_owned(), embedder());
        }
        if self.verse {
            all.insert("features".to_owned(), features_hash());
        }
        if self.prose {
            all.insert("prose_features".to_owned(), prose_hash());
        }
        all.extend(more.iter().map(|(k, v)| ((*k).to_owned(), v.clone())));
        all
    }

    /// What the notes of a file say that it has.
    fn read(name: &str, notes: &BTreeMap<String, String>, shipped: bool) -> Result<Self, Error> {
        let bad = |reason: String| Error::NotReadings { name: name.to_owned(), reason };
        let (of_verse, of_prose) = (notes.get("features").cloned(), notes.get("prose_features").cloned());
        if of_verse.is_none() && of_prose.is_none() {
            return Err(bad("it names no features".into()));
        }
        for (found, expected) in [(&of_verse, features_hash()), (&of_prose, prose_hash())] {
            if let Some(found) = found.clone().filter(|found| *found != expected) {
                return Err(Error::Stale { name: name.to_owned(), found, expected, shipped });
            }
        }
        // vectors of two embedders have nothing to do with each other
        if let Some(found) = notes.get("embedder").cloned().filter(|found| *found != embedder()) {
            return Err(Error::OtherEmbedder { name: name.to_owned(), found, expected: embedder() });
        }
        Ok(Self { verse: of_verse.is_some(), prose: of_prose.is_some() })
    }
}

impl<W: Write + Send> Writer<W> {
    pub fn new(out: W, contents: Contents) -> Self {
        Self { out: Some(out), table: None, contents, has: Has::default(), waiting: Vec::new() }
    }

    /// Takes readings as [`crate::read`] makes them.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn push(&mut self, readings: Vec<Reading>) -> Result<(), Error> {
        self.waiting.extend(readings);
        while self.waiting.len() >= GROUP {
            let group: Vec<Reading> = self.waiting.drain(..GROUP).collect();
            self.group(&group, Has::of(&group))?;
        }
        Ok(())
    }

    fn group(&mut self, readings: &[Reading], has: Has) -> Result<(), Error> {
        if self.table.is_none() {
            self.has = has;
        }
        let columns = columns(readings, self.contents, self.has);
        if self.table.is_none() {
            let level = if self.contents == Contents::Everything { FAST } else { SMALLEST };
            let out = self.out.take().expect("a writer has its file until its table has it");
            self.table = Some(TableWriter::new(out, &columns, level)?);
        }
        self.table.iter_mut().try_for_each(|table| table.group(&columns))?;
        Ok(())
    }

    /// Writes what is left, and the notes.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn finish(mut self, notes: &[(&str, String)]) -> Result<W, Error> {
        let rest = std::mem::take(&mut self.waiting);
        if !rest.is_empty() || self.table.is_none() {
            self.group(&rest, Has::of(&rest))?;
        }
        let table = self.table.take().expect("a group was written");
        Ok(table.finish(&self.has.notes(self.contents, notes))?)
    }
}

/// The same as columns, for an engine that keeps them in a format of its own.
#[must_use]
pub fn to_table(readings: &[Reading], contents: Contents, notes: &[(&str, String)]) -> Table {
    let has = Has::of(readings);
    Table { columns: columns(readings, contents, has), notes: has.notes(contents, notes) }
}

fn columns(readings: &[Reading], contents: Contents, has: Has) -> Columns {
    let mut columns = Columns::new();
    let text = |f: fn(&Reading) -> Option<String>| Column::Text(readings.iter().map(f).collect());
    let int = |f: fn(&Reading) -> Option<i32>| Column::Int(readings.iter().map(f).collect());
    let mut push = |name: &str, column: Column| columns.push((name.to_owned(), column));
    push("id", text(|r| Some(r.id.clone())));
    push("prompt", text(|r| r.prompt.clone()));
    push("model", text(|r| r.model.clone()));
    push("author", text(|r| r.author.clone()));
    push("title", text(|r| r.title.clone()));
    push("year", int(|r| r.year));
    push("label", text(|r| r.label.clone()));
    push("kind", text(|r| kind_to_text(r.kind)));
    push("form_name", text(|r| Some(r.form_name.clone())));
    push("scheme", text(|r| Some(r.scheme.clone())));
    push("metre", text(|r| Some(r.metre.clone())));
    push("rhymed", int(|r| Some(i32::from(r.rhymed))));
    push("lines", int(|r| Some(r.lines as i32)));
    push("stanzas", int(|r| Some(r.stanzas as i32)));
    push("words", int(|r| Some(r.words as i32)));
    let mut reals = |block: &str, names: &mut dyn Iterator<Item = &'static str>, of: fn(&Reading) -> &Vec<f32>| {
        for (i, name) in names.enumerate() {
            push(&format!("{block}.{name}"), Column::Real(readings.iter().map(|r| of(r)[i]).collect()));
        }
    };
    if has.verse {
        reals("form", &mut verse::FEATURES.iter().map(|f| f.name), |r| &r.form);
        reals("opening", &mut verse::FEATURES.iter().map(|f| f.name), |r| &r.opening_form);
        reals("portrait", &mut MEASURES.iter().map(|m| m.name), |r| &r.measures);
    }
    if has.prose {
        reals("prose", &mut prose::FEATURES.iter().map(|f| f.name), |r| &r.prose);
        reals("beside", &mut prose::BESIDE.iter().map(|f| f.name), |r| &r.beside);
        push("prose_name", text(|r| Some(r.prose_name.clone())));
    }
    if contents == Contents::Everything {
        push("text", text(|r| Some(r.text().into_owned())));
        // most bodies are the text again
        push("body", text(|r| Some(r.body().into_owned()).filter(|body| *body != *r.text())));
        push("set_aside", text(|r| (!r.set_aside.is_empty()).then(|| json!(r.set_aside).to_string())));
        let pairs = |r: &Reading| r.rhyme_pairs.joined().map(str::to_owned).collect();
        push("rhyme_pairs", Column::Texts(readings.iter().map(pairs).collect()));
    }
    columns
}

/// Readings and the notes of their file.
pub struct Stored {
    pub readings: Vec<Reading>,
    pub notes: BTreeMap<String, String>,
}

/// Reads what [`write_readings`] wrote.
///
/// # Errors
/// If it is no such file, or was made with other features.
pub fn read_readings(path: &Path) -> Result<Vec<Reading>, Error> {
    Ok(read_stored(path)?.readings)
}

/// The same with the notes that were given when they were written; texts are [packed](Reading::pack), a group of some
/// thousands after another.
///
/// # Errors
/// As of [`read_readings`].
pub fn read_stored(path: &Path) -> Result<Stored, Error> {
    let file = std::fs::File::open(path).map_err(|source| Error::Io { path: path.to_owned(), source })?;
    from_source(&path.display().to_string(), file, false)
}

/// Readings from bytes that [`to_bytes`] made; `name` is what errors call them, `shipped` says that doggerel brings them along.
///
/// # Errors
/// As of [`read_readings`].
pub fn from_bytes(name: &str, bytes: Bytes, shipped: bool) -> Result<Stored, Error> {
    from_source(name, bytes, shipped)
}

/// Readings from the columns that [`to_table`] makes; `name` is what errors call them.
///
/// # Errors
/// If they are other columns, or were made with other features.
pub fn from_table(name: &str, table: Table) -> Result<Stored, Error> {
    let has = Has::read(name, &table.notes, false)?;
    let notes = table.notes.clone();
    Ok(Stored { readings: rows(name, table, has)?, notes })
}

fn from_source(name: &str, source: impl ChunkReader + 'static, shipped: bool) -> Result<Stored, Error> {
    let bad = |reason: String| Error::NotReadings { name: name.to_owned(), reason };
    let reader = TableReader::new(source).map_err(|e| bad(e.to_string()))?;
    let has = Has::read(name, &reader.notes, shipped)?;
    let mut readings = Vec::new();
    for group in 0..reader.groups() {
        let table = reader.group(group).map_err(|e| bad(e.to_string()))?;
        readings.append(&mut rows(name, table, has)?);
    }
    Ok(Stored { readings, notes: reader.notes })
}

/// Readings with their texts packed.
fn rows(name: &str, mut table: Table, has: Has) -> Result<Vec<Reading>, Error> {
    let bad = |reason: String| Error::NotReadings { name: name.to_owned(), reason };
    let bad = &bad;
    let mut rows = match table.columns.first() {
        Some((_, Column::Text(v))) => vec![Reading::default(); v.len()],
        _ => return Err(bad("it has no column `id`".into())),
    };
    fill_words(&mut table, &mut rows, bad)?;
    let mut reals = |block: &str, names: Vec<&str>, of: fn(&mut Reading) -> &mut Vec<f32>| -> Result<(), Error> {
        rows.iter_mut().for_each(|r| of(r).reserve_exact(names.len()));
        for name in names {
            let column = real(&mut table, &format!("{block}.{name}"), bad)?;
            rows.iter_mut().zip(column).for_each(|(r, x)| of(r).push(x));
        }
        Ok(())
    };
    if has.verse {
        reals("form", verse::FEATURES.iter().map(|f| f.name).collect(), |r| &mut r.form)?;
        reals("opening", verse::FEATURES.iter().map(|f| f.name).collect(), |r| &mut r.opening_form)?;
        reals("portrait", MEASURES.iter().map(|m| m.name).collect(), |r| &mut r.measures)?;
    }
    if has.prose {
        reals("prose", prose::FEATURES.iter().map(|f| f.name).collect(), |r| &mut r.prose)?;
        reals("beside", prose::BESIDE.iter().map(|f| f.name).collect(), |r| &mut r.beside)?;
        if let Some(Column::Text(v)) = table.take("prose_name") {
            rows.iter_mut().zip(v).for_each(|(r, x)| r.prose_name = x.unwrap_or_default());
        }
    }
    fill_content(&mut table, &mut rows);
    rows.par_iter_mut().for_each(Reading::pack);
    Ok(rows)
}

/// Which embedder the numbers that were told of the texts are of.
fn embedder() -> String {
    let embedder = embed::StaticEmbedder::builtin();
    format!("{} {}", embedder.name(), embedder.hash())
}

fn real(table: &mut Table, name: &str, bad: &impl Fn(String) -> Error) -> Result<Vec<f32>, Error> {
    match table.take(name) {
        Some(Column::Real(v)) => Ok(v),
        _ => Err(bad(format!("it has no column `{name}`"))),
    }
}

fn fill_words(table: &mut Table, rows: &mut [Reading], bad: &impl Fn(String) -> Error) -> Result<(), Error> {
    type SetText = (&'static str, fn(&mut Reading, Option<String>));
    type SetInt = (&'static str, fn(&mut Reading, Option<i32>));
    const TEXTS: [SetText; 10] = [
        ("id", |r, v| r.id = v.unwrap_or_default()),
        ("prompt", |r, v| r.prompt = v),
        ("model", |r, v| r.model = v),
        ("author", |r, v| r.author = v),
        ("title", |r, v| r.title = v),
        ("label", |r, v| r.label = v),
        ("kind", |r, v| r.kind = kind_from_text(v.as_deref())),
        ("form_name", |r, v| r.form_name = v.unwrap_or_default()),
        ("scheme", |r, v| r.scheme = v.unwrap_or_default()),
        ("metre", |r, v| r.metre = v.unwrap_or_default()),
    ];
    const INTS: [SetInt; 5] = [
        ("year", |r, v| r.year = v),
        ("rhymed", |r, v| r.rhymed = v == Some(1)),
        ("lines", |r, v| r.lines = v.unwrap_or(0) as u32),
        ("stanzas", |r, v| r.stanzas = v.unwrap_or(0) as u32),
        ("words", |r, v| r.words = v.unwrap_or(0) as u32),
    ];
    for (name, set) in TEXTS {
        let Some(Column::Text(v)) = table.take(name) else { return Err(bad(format!("it has no column `{name}`"))) };
        rows.iter_mut().zip(v).for_each(|(r, x)| set(r, x));
    }
    for (name, set) in INTS {
        let Some(Column::Int(v)) = table.take(name) else { return Err(bad(format!("it has no column `{name}`"))) };
        rows.iter_mut().zip(v).for_each(|(r, x)| set(r, x));
    }
    Ok(())
}

/// What only a file with texts has.
fn fill_content(table: &mut Table, rows: &mut [Reading]) {
    if let Some(Column::Text(v)) = table.take("text") {
        rows.iter_mut().zip(v).for_each(|(r, x)| r.text = x.unwrap_or_default());
    }
    if let Some(Column::Text(v)) = table.take("body") {
        rows.iter_mut().zip(v).for_each(|(r, x)| r.body = x.unwrap_or_else(|| r.text.clone()));
    }
    if let Some(Column::Text(v)) = table.take("set_aside") {
        let parse = |x: Option<String>| x.and_then(|x| serde_json::from_str(&x).ok()).unwrap_or_default();
        rows.iter_mut().zip(v).for_each(|(r, x)| r.set_aside = parse(x));
    }
    if let Some(Column::Texts(v)) = table.take("rhyme_pairs") {
        rows.iter_mut().zip(v).for_each(|(r, x)| r.rhyme_pairs = x.iter().filter_map(|x| x.split_once('/')).collect());
    }
}

fn kind_to_text(kind: Kind) -> Option<String> {
    serde_json::to_value(kind).ok().and_then(|v| v.as_str().map(str::to_owned))
}

fn kind_from_text(text: Option<&str>) -> Kind {
    text.and_then(|t| serde_json::from_value(json!(t)).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Reading {
        Reading {
            id: "a/1".into(),
            prompt: Some("Write a poem.".into()),
            year: Some(1855),
            text: "So long,\nso long".into(),
            kind: Kind::ProsePoem,
            form_name: "free verse".into(),
            rhymed: true,
            lines: 2,
            form: (0..verse::FEATURES.len()).map(|i| i as f32 / 3.0).collect(),
            opening_form: (0..verse::FEATURES.len()).map(|i| i as f32 / 7.0).collect(),
            measures: (0..MEASURES.len()).map(|i| i as f32).collect(),
            prose: (0..prose::FEATURES.len()).map(|i| i as f32 / 7.0).collect(),
            beside: (0..prose::BESIDE.len()).map(|i| -(i as f32)).collect(),
            prose_name: "statement and turn".into(),
            body: "So long,\nso long".into(),
            rhyme_pairs: [("day", "way")].into_iter().collect(),
            set_aside: vec![verse::SetAside { kind: "title".into(), text: "Song".into() }],
            ..Reading::default()
        }
    }

    #[test]
    fn readings_come_back_as_they_were() {
        let mut readings =
            vec![sample(), Reading { id: "b".into(), kind: Kind::Verse, body: "long".into(), ..sample() }];
        let bytes = to_bytes(&readings, Contents::Everything, &[("name", "test".into())]).expect("writes");
        let back = from_bytes("test", Bytes::from(bytes), false).expect("reads");
        readings.iter_mut().for_each(Reading::pack);
        assert_eq!(back.readings, readings);
        assert_eq!((&*back.readings[0].text(), &*back.readings[1].body()), ("So long,\nso long", "long"));
        assert_eq!(back.notes["name"], "test");
    }

    #[test]
    fn batches_come_back_in_their_order() {
        let mut writer = Writer::new(Vec::new(), Contents::Everything);
        let readings: Vec<Reading> = (0..GROUP + 100).map(|i| Reading { id: i.to_string(), ..sample() }).collect();
        readings.chunks(5000).for_each(|batch| writer.push(batch.to_vec()).expect("writes"));
        let bytes = writer.finish(&[]).expect("closes");
        let back = from_bytes("test", Bytes::from(bytes), false).expect("reads").readings;
        assert!(back.iter().map(|r| &r.id).eq(readings.iter().map(|r| &r.id)));
        assert_eq!((&back[GROUP].form, &*back[GROUP].text()), (&sample().form, "So long,\nso long"));
    }

    #[test]
    fn an_atlas_holds_no_text() {
        let bytes = to_bytes(&[sample()], Contents::NoText, &[]).expect("writes");
        assert!(!bytes.windows(7).any(|w| w == b"So long"));
        let back = from_bytes("test", Bytes::from(bytes), false).expect("reads");
        assert!(!back.readings[0].has_text() && back.readings[0].content().is_empty());
        assert_eq!(back.readings[0].form, sample().form);
    }

    #[test]
    fn an_atlas_of_prose_holds_no_verse() {
        let readings = [Reading { form: vec![], measures: vec![], ..sample() }];
        let bytes = to_bytes(&readings, Contents::NoText, &[]).expect("writes");
        let back = from_bytes("test", Bytes::from(bytes), false).expect("reads");
        assert_eq!((back.readings[0].form.len(), &back.readings[0].prose), (0, &sample().prose));
        assert!(!back.notes.contains_key("features"));
    }

    #[test]
    fn other_features_are_refused() {
        let bytes = to_bytes(&[sample()], Contents::NoText, &[("features", "0123".into())]).expect("writes");
        let error = from_bytes("old.parquet", Bytes::from(bytes), true).err().map(|e| e.to_string());
        assert!(error.is_some_and(|e| e.contains("cargo xtask atlas")), "stale files are named");
    }
}

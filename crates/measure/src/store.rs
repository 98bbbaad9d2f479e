//! Readings on disk.

use std::io::Write;
use std::path::Path;

use bytes::Bytes;
use serde_json::json;
use sha2::{Digest, Sha256};
use verse::Kind;

use crate::portrait::MEASURES;
use crate::reading::Reading;
use crate::table::{Column, Table};
use crate::{Error, prose};

/// What stands in a file of readings beside what is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contents {
    /// Texts and content vectors too.
    Everything,
    /// No text nor content vector: what an atlas ships.
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
    Ok(to_table(readings, contents, notes).write(Vec::new())?)
}

/// The same as columns, for an engine that keeps them in a format of its own.
#[must_use]
pub fn to_table(readings: &[Reading], contents: Contents, notes: &[(&str, String)]) -> Table {
    let mut table = Table::default();
    let text = |f: fn(&Reading) -> Option<String>| Column::Text(readings.iter().map(f).collect());
    let int = |f: fn(&Reading) -> Option<i32>| Column::Int(readings.iter().map(f).collect());
    table.push("id", text(|r| Some(r.id.clone())));
    table.push("prompt", text(|r| r.prompt.clone()));
    table.push("model", text(|r| r.model.clone()));
    table.push("author", text(|r| r.author.clone()));
    table.push("title", text(|r| r.title.clone()));
    table.push("year", int(|r| r.year));
    table.push("label", text(|r| r.label.clone()));
    table.push("kind", text(|r| kind_to_text(r.kind)));
    table.push("form_name", text(|r| Some(r.form_name.clone())));
    table.push("scheme", text(|r| Some(r.scheme.clone())));
    table.push("metre", text(|r| Some(r.metre.clone())));
    table.push("rhymed", int(|r| Some(i32::from(r.rhymed))));
    table.push("lines", int(|r| Some(r.lines as i32)));
    table.push("stanzas", int(|r| Some(r.stanzas as i32)));
    table.push("words", int(|r| Some(r.words as i32)));
    let (has_verse, has_prose) =
        (readings.iter().all(|r| !r.form.is_empty()), readings.iter().all(|r| !r.prose.is_empty()));
    let mut reals = |block: &str, names: &mut dyn Iterator<Item = &'static str>, of: fn(&Reading) -> &Vec<f32>| {
        for (i, name) in names.enumerate() {
            table.push(format!("{block}.{name}"), Column::Real(readings.iter().map(|r| of(r)[i]).collect()));
        }
    };
    if has_verse {
        reals("form", &mut verse::FEATURES.iter().map(|f| f.name), |r| &r.form);
        reals("opening", &mut verse::FEATURES.iter().map(|f| f.name), |r| &r.opening_form);
        reals("portrait", &mut MEASURES.iter().map(|m| m.name), |r| &r.measures);
    }
    if has_prose {
        reals("prose", &mut prose::FEATURES.iter().map(|f| f.name), |r| &r.prose);
        reals("beside", &mut prose::BESIDE.iter().map(|f| f.name), |r| &r.beside);
        table.push("prose_name", text(|r| Some(r.prose_name.clone())));
    }
    if contents == Contents::Everything {
        table.push("text", text(|r| Some(r.text.clone())));
        table.push("body", text(|r| Some(r.body.clone())));
        table.push("set_aside", text(|r| (!r.set_aside.is_empty()).then(|| json!(r.set_aside).to_string())));
        let pairs = |r: &Reading| r.rhyme_pairs.iter().map(|(a, b)| format!("{a}/{b}")).collect();
        table.push("rhyme_pairs", Column::Texts(readings.iter().map(pairs).collect()));
        table.push("content", Column::Reals(readings.iter().map(|r| r.content.clone()).collect()));
        table.push("opening_content", Column::Reals(readings.iter().map(|r| r.opening_content.clone()).collect()));
    }
    if contents == Contents::Everything {
        table.notes.insert("embedder".into(), embedder());
    }
    if has_verse {
        table.notes.insert("features".into(), features_hash());
    }
    if has_prose {
        table.notes.insert("prose_features".into(), prose_hash());
    }
    table.notes.extend(notes.iter().map(|(k, v)| ((*k).to_owned(), v.clone())));
    table
}

/// Readings and the notes of their file.
pub struct Stored {
    pub readings: Vec<Reading>,
    pub notes: std::collections::BTreeMap<String, String>,
}

/// Reads what [`write_readings`] wrote.
///
/// # Errors
/// If it is no such file, or was made with other features.
pub fn read_readings(path: &Path) -> Result<Vec<Reading>, Error> {
    Ok(read_stored(path)?.readings)
}

/// The same with the notes that were given when they were written.
///
/// # Errors
/// As of [`read_readings`].
pub fn read_stored(path: &Path) -> Result<Stored, Error> {
    let bytes = std::fs::read(path).map_err(|source| Error::Io { path: path.to_owned(), source })?;
    from_bytes(&path.display().to_string(), Bytes::from(bytes), false)
}

/// Readings from bytes that [`to_bytes`] made; `name` is what errors call them, `shipped` says that doggerel brings them along.
///
/// # Errors
/// As of [`read_readings`].
pub fn from_bytes(name: &str, bytes: Bytes, shipped: bool) -> Result<Stored, Error> {
    let bad = |reason: String| Error::NotReadings { name: name.to_owned(), reason };
    read_columns(name, Table::read(bytes).map_err(|e| bad(e.to_string()))?, shipped)
}

/// Readings from the columns that [`to_table`] makes; `name` is what errors call them.
///
/// # Errors
/// If they are other columns, or were made with other features.
pub fn from_table(name: &str, table: Table) -> Result<Stored, Error> {
    read_columns(name, table, false)
}

fn read_columns(name: &str, mut table: Table, shipped: bool) -> Result<Stored, Error> {
    let bad = |reason: String| Error::NotReadings { name: name.to_owned(), reason };
    let of_verse = table.notes.get("features").cloned();
    let of_prose = table.notes.get("prose_features").cloned();
    if of_verse.is_none() && of_prose.is_none() {
        return Err(bad("it names no features".into()));
    }
    for (found, expected) in [(&of_verse, features_hash()), (&of_prose, prose_hash())] {
        if let Some(found) = found.clone().filter(|found| *found != expected) {
            return Err(Error::Stale { name: name.to_owned(), found, expected, shipped });
        }
    }
    // vectors of two embedders have nothing to do with each other
    if let Some(found) = table.notes.get("embedder").cloned().filter(|found| *found != embedder()) {
        return Err(Error::OtherEmbedder { name: name.to_owned(), found, expected: embedder() });
    }
    let mut rows = match table.columns.first() {
        Some((_, Column::Text(v))) => vec![Reading::default(); v.len()],
        _ => return Err(bad("it has no column `id`".into())),
    };
    fill_words(&mut table, &mut rows, &bad)?;
    let mut reals = |block: &str, names: Vec<&str>, of: fn(&mut Reading) -> &mut Vec<f32>| -> Result<(), Error> {
        rows.iter_mut().for_each(|r| of(r).reserve_exact(names.len()));
        for name in names {
            let column = real(&mut table, &format!("{block}.{name}"), &bad)?;
            rows.iter_mut().zip(column).for_each(|(r, x)| of(r).push(x));
        }
        Ok(())
    };
    if of_verse.is_some() {
        reals("form", verse::FEATURES.iter().map(|f| f.name).collect(), |r| &mut r.form)?;
        reals("opening", verse::FEATURES.iter().map(|f| f.name).collect(), |r| &mut r.opening_form)?;
        reals("portrait", MEASURES.iter().map(|m| m.name).collect(), |r| &mut r.measures)?;
    }
    if of_prose.is_some() {
        reals("prose", prose::FEATURES.iter().map(|f| f.name).collect(), |r| &mut r.prose)?;
        reals("beside", prose::BESIDE.iter().map(|f| f.name).collect(), |r| &mut r.beside)?;
        if let Some(Column::Text(v)) = table.take("prose_name") {
            rows.iter_mut().zip(v).for_each(|(r, x)| r.prose_name = x.unwrap_or_default());
        }
    }
    fill_content(&mut table, &mut rows);
    Ok(Stored { readings: rows, notes: table.notes })
}

/// Which embedder the content vectors are of.
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
        rows.iter_mut().zip(v).for_each(|(r, x)| r.body = x.unwrap_or_default());
    }
    if let Some(Column::Text(v)) = table.take("set_aside") {
        let parse = |x: Option<String>| x.and_then(|x| serde_json::from_str(&x).ok()).unwrap_or_default();
        rows.iter_mut().zip(v).for_each(|(r, x)| r.set_aside = parse(x));
    }
    if let Some(Column::Texts(v)) = table.take("rhyme_pairs") {
        let parse = |x: &String| x.split_once('/').map(|(a, b)| (a.to_owned(), b.to_owned()));
        rows.iter_mut().zip(v).for_each(|(r, x)| r.rhyme_pairs = x.iter().filter_map(parse).collect());
    }
    if let Some(Column::Reals(v)) = table.take("content") {
        rows.iter_mut().zip(v).for_each(|(r, x)| r.content = x);
    }
    if let Some(Column::Reals(v)) = table.take("opening_content") {
        rows.iter_mut().zip(v).for_each(|(r, x)| r.opening_content = x);
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
            rhyme_pairs: vec![("day".into(), "way".into())],
            content: vec![0.6, 0.8],
            set_aside: vec![verse::SetAside { kind: "title".into(), text: "Song".into() }],
            ..Reading::default()
        }
    }

    #[test]
    fn readings_come_back_as_they_were() {
        let readings = vec![sample(), Reading { id: "b".into(), kind: Kind::Verse, ..sample() }];
        let bytes = to_bytes(&readings, Contents::Everything, &[("name", "test".into())]).expect("writes");
        let back = from_bytes("test", Bytes::from(bytes), false).expect("reads");
        assert_eq!(back.readings, readings);
        assert_eq!(back.notes["name"], "test");
    }

    #[test]
    fn an_atlas_holds_no_text() {
        let bytes = to_bytes(&[sample()], Contents::NoText, &[]).expect("writes");
        assert!(!bytes.windows(7).any(|w| w == b"So long"));
        let back = from_bytes("test", Bytes::from(bytes), false).expect("reads");
        assert!(back.readings[0].text.is_empty() && back.readings[0].content.is_empty());
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

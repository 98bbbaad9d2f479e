//! A file that is one text, and folders: of texts, or of files with records.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::error::{Error, Place};
use crate::format::{Format, stem};
use crate::record::Record;
use crate::source::{Count, STDIN, Source, reading_failed};

/// The whole source as one text.
pub(crate) fn record(source: Source, limit: usize) -> Result<Record, Error> {
    let Source { name, reader, .. } = source;
    let place = Place { source: name, line: None };
    let mut bytes = Vec::new();
    match reader.take(limit as u64 + 1).read_to_end(&mut bytes) {
        Err(error) => return Err(reading_failed(place, error)),
        Ok(n) if n > limit => return Err(Error::TooLong { place, limit }),
        Ok(_) => {}
    }
    // Not `utf8::check`: a person finds a line sooner than a byte.
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let (before, byte) = (&error.as_bytes()[..at], error.as_bytes()[at]);
        let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count() as u64;
        let column = at - before.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
        Error::NotUtf8 { place: Place { line: Some(line), ..place.clone() }, byte, at: column + 1 }
    })?;
    let id = if place.source == STDIN { "stdin".to_string() } else { stem(&place.source).to_string() };
    Ok(Record { id: Some(id), ..Record::new(place, Value::String(text)) })
}

/// The .txt files of a folder and its folders, in the order of their names, one text each.
pub(crate) struct Folder {
    root: PathBuf,
    name: String,
    files: std::vec::IntoIter<String>,
    limit: usize,
    count: Count,
}

impl Folder {
    pub fn new(root: &Path, name: &str, limit: usize, count: Count) -> Result<Folder, Error> {
        let mut found = Found::default();
        walk(root, "", &mut found).map_err(|error| Error::Open { source_name: name.to_string(), error })?;
        if found.texts.is_empty() {
            return Err(Error::EmptyFolder { folder: name.to_string(), found: found.others() });
        }
        found.texts.sort_unstable();
        let name = name.trim_end_matches('/').to_string();
        Ok(Folder { root: root.to_path_buf(), name, files: found.texts.into_iter(), limit, count })
    }

    /// Number of files not read yet.
    pub fn len(&self) -> usize {
        self.files.len()
    }
}

impl Iterator for Folder {
    type Item = Result<Record, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let file = self.files.next()?;
        let name = format!("{}/{file}", self.name);
        let source = Source::file(&self.root.join(&file), &name, Some(Format::Text), &self.count);
        Some(source.and_then(|source| record(source, self.limit)).map(|record| {
            let (folder, _) = file.rsplit_once('/').unzip();
            let id = folder.map_or_else(|| stem(&file).to_string(), |folder| format!("{folder}/{}", stem(&file)));
            Record { id: Some(id), folder: folder.map(str::to_string), ..record }
        }))
    }
}

/// The files with records in a folder that has no texts of its own (a trainer's `completions_….parquet`, `12.jsonl` of each
/// step), by their names with numbers in their order. Empty where it has texts, or files of several kinds; `.json` beside
/// others tells of a run, and is no set.
pub(crate) fn record_files(root: &Path) -> io::Result<Vec<String>> {
    let mut found = Found::default();
    walk(root, "", &mut found)?;
    let kinds: BTreeSet<&str> = found.records.iter().filter_map(|name| record_kind(name)).collect();
    let kind = match kinds.iter().filter(|kind| **kind != "json").collect::<Vec<_>>()[..] {
        [] if found.texts.is_empty() => "json",
        [kind] if found.texts.is_empty() => kind,
        _ => return Ok(Vec::new()),
    };
    let mut files: Vec<String> = found.records.iter().filter(|name| record_kind(name) == Some(kind)).cloned().collect();
    files.sort_by_cached_key(|name| in_order(name));
    Ok(files)
}

/// A name with its numbers filled up, so that step 2 comes before step 10.
fn in_order(name: &str) -> String {
    let mut key = String::new();
    let mut digits = String::new();
    for c in name.chars().chain(std::iter::once('\0')) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        if !digits.is_empty() {
            key.push_str(&format!("{digits:0>20}"));
            digits.clear();
        }
        key.push(c);
    }
    key
}

#[derive(Default)]
struct Found {
    /// Paths below the root, with `/` between.
    texts: Vec<String>,
    records: Vec<String>,
    other_files: usize,
    /// Extension of one of them: the first in the alphabet, so that the message does not depend on the file system.
    extension: Option<String>,
}

impl Found {
    fn others(&self) -> Option<String> {
        let kind = self.extension.as_deref().map(|extension| format!(" (such as .{extension})")).unwrap_or_default();
        match self.other_files {
            0 => None,
            1 => Some(format!("one other file{kind}")),
            n => Some(format!("{n} other files{kind}")),
        }
    }
}

/// Hidden files and linked folders are left out: neither a tool's cache nor a circle of links is a text.
fn walk(folder: &Path, below: &str, found: &mut Found) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            found.other_files += 1;
            continue;
        };
        if name.starts_with('.') {
            continue;
        }
        let below = if below.is_empty() { name.clone() } else { format!("{below}/{name}") };
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), &below, found)?;
        } else if entry.path().is_file() {
            match is_text(&name) {
                true => found.texts.push(below),
                false => {
                    found.records.extend(record_kind(&name).map(|_| below));
                    found.other_files += 1;
                    let extension = Path::new(&name).extension().and_then(|extension| extension.to_str());
                    let extension = extension.map(str::to_string);
                    found.extension = found.extension.take().into_iter().chain(extension).min();
                }
            }
        }
    }
    Ok(())
}

/// A name without the extension of its compression.
fn bare(name: &str) -> &str {
    [".gz", ".zst"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name)
}

/// The kind of a file with records, by its extension.
fn record_kind(name: &str) -> Option<&'static str> {
    const KINDS: [(&str, &str); 7] = [
        ("jsonl", "jsonl"),
        ("ndjson", "jsonl"),
        ("json", "json"),
        ("csv", "csv"),
        ("tsv", "csv"),
        ("parquet", "parquet"),
        ("eval", "eval"),
    ];
    let (_, extension) = bare(name).rsplit_once('.')?;
    KINDS.iter().find(|(known, _)| extension.eq_ignore_ascii_case(known)).map(|(_, kind)| *kind)
}

fn is_text(name: &str) -> bool {
    let bare = bare(name);
    [".txt", ".text"].iter().any(|end| bare.to_ascii_lowercase().ends_with(end))
}

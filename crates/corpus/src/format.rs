//! Which format a source has: by its name, and by its first bytes where the name does not say.

use std::str::FromStr;

use serde_json::Value;

use crate::Error;
use crate::fields;

/// How records stand in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// One JSON value a line.
    Jsonl,
    /// One JSON document: an array of records, an object that holds one, or a single record.
    Json,
    /// Cells between commas (or semicolons, where the header has no comma), quoted as in RFC 4180.
    Csv,
    /// Cells between tabs.
    Tsv,
    /// Columns, as Arrow and Hugging Face store them.
    Parquet,
    /// Web archives: WARC, and WET, which has their texts alone.
    Warc,
    /// Each line is one text: jokes, words. Never guessed, for a poem has lines too.
    Lines,
    /// The whole file is one text.
    Text,
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(name: &str) -> Result<Format, Error> {
        match name {
            "lines" => Ok(Format::Lines),
            _ => Format::of_extension(name).ok_or_else(|| Error::Format(name.to_string())),
        }
    }
}

impl Format {
    fn of_extension(extension: &str) -> Option<Format> {
        match extension.to_ascii_lowercase().as_str() {
            "jsonl" | "ndjson" => Some(Format::Jsonl),
            "json" => Some(Format::Json),
            "csv" => Some(Format::Csv),
            "tsv" | "tab" => Some(Format::Tsv),
            "parquet" => Some(Format::Parquet),
            "warc" | "wet" => Some(Format::Warc),
            "txt" | "text" => Some(Format::Text),
            _ => None,
        }
    }

    /// The format of a file with this name and these first bytes (after decompression, without the byte order mark).
    /// `whole` says that there is no more than `head`.
    pub(crate) fn detect(name: &str, head: &[u8], whole: bool) -> Format {
        match extension(name).and_then(Format::of_extension) {
            // JSONL and JSON are mixed up by many tools; the first bytes know better.
            Some(Format::Jsonl | Format::Json) => of_json(head, whole).unwrap_or(Format::Jsonl),
            Some(format) => format,
            None => of_content(head, whole),
        }
    }
}

/// Extension without that of a compression.
fn extension(name: &str) -> Option<&str> {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let bare = [".gz", ".zst", ".zstd"].iter().find_map(|end| file.strip_suffix(end)).unwrap_or(file);
    bare.rsplit_once('.').map(|(_, extension)| extension)
}

/// File name without folders, compression and extension: the id of a text that is a file.
pub(crate) fn stem(name: &str) -> &str {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let bare = [".gz", ".zst", ".zstd"].iter().find_map(|end| file.strip_suffix(end)).unwrap_or(file);
    match bare.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => bare,
    }
}

fn of_content(head: &[u8], whole: bool) -> Format {
    if head.starts_with(b"WARC/1.") {
        return Format::Warc;
    }
    if looks_like_json(head) {
        return of_json(head, whole).unwrap_or(Format::Text);
    }
    of_table(head).unwrap_or(Format::Text)
}

/// A poem may begin with a bracket ("[The curtain rises]"); JSON goes on with a quotation mark, another bracket or its end.
fn looks_like_json(head: &[u8]) -> bool {
    let mut marks = head.iter().copied().filter(|byte| !byte.is_ascii_whitespace());
    match (marks.next(), marks.next()) {
        (Some(b'{'), Some(next)) => matches!(next, b'"' | b'}'),
        (Some(b'['), Some(next)) => matches!(next, b'{' | b'"' | b']' | b'['),
        _ => false,
    }
}

fn of_json(head: &[u8], whole: bool) -> Option<Format> {
    let start = head.iter().position(|byte| !byte.is_ascii_whitespace())?;
    match head[start] {
        b'[' => Some(Format::Json),
        b'{' => Some(of_object(&head[start..], whole)),
        _ => None,
    }
}

/// An object that fills its line begins JSONL; one that goes on over lines is a document.
fn of_object(head: &[u8], whole: bool) -> Format {
    let Some(end) = head.iter().position(|&byte| byte == b'\n') else {
        // A first line longer than what was looked at: only JSONL is written so.
        return if whole { Format::Json } else { Format::Jsonl };
    };
    let line = head[..end].trim_ascii_end();
    let goes_on =
        matches!(line.last(), Some(b'{' | b'[' | b',' | b':')) && serde_json::from_slice::<Value>(line).is_err();
    if goes_on { Format::Json } else { Format::Jsonl }
}

/// A table with no telling name: its first line names a column that is known to hold texts.
fn of_table(head: &[u8]) -> Option<Format> {
    let line = head.split(|&byte| byte == b'\n').next()?;
    let line = std::str::from_utf8(line).ok()?.trim_end();
    for (separator, format) in [('\t', Format::Tsv), (',', Format::Csv), (';', Format::Csv)] {
        let cells: Vec<&str> = line.split(separator).map(|cell| cell.trim_matches('"')).collect();
        if cells.len() > 1
            && cells.iter().all(|cell| is_name(cell))
            && cells.iter().any(|cell| fields::holds_text(cell))
        {
            return Some(format);
        }
    }
    None
}

fn is_name(cell: &str) -> bool {
    !cell.is_empty() && cell.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, head: &str) -> Format {
        Format::detect(name, head.as_bytes(), true)
    }

    #[test]
    fn names_then_bytes() {
        assert_eq!(of("a.jsonl.gz", "{\"text\":\"x\"}\n"), Format::Jsonl);
        assert_eq!(of("a.json", "{\"text\":\"x\"}\n{\"text\":\"y\"}\n"), Format::Jsonl);
        assert_eq!(of("a.json", "{\n  \"data\": [\n"), Format::Json);
        assert_eq!(of("a.jsonl", "[{\"text\":\"x\"}]"), Format::Json);
        assert_eq!(of("a.jsonl", "oops\n{\"text\":\"x\"}\n"), Format::Jsonl);
        assert_eq!(of("a.CSV", "id,text\n"), Format::Csv);
        assert_eq!(of("-", "id,text\n1,hello\n"), Format::Csv);
        assert_eq!(of("-", "id\tcompletion\n"), Format::Tsv);
        assert_eq!(of("-", "{\"id\":1}\n"), Format::Jsonl);
        assert_eq!(of("dir.d/poem", "Rose, thou art sick,\nthe worm\n"), Format::Text);
        assert_eq!(of("-", "[The curtain rises]\nA field.\n"), Format::Text);
        assert_eq!(of("-", "{braces} are\nno JSON\n"), Format::Text);
        assert_eq!(of("notes.txt", "{\"text\":\"x\"}\n"), Format::Text);
        assert_eq!(of("-", ""), Format::Text);
    }

    #[test]
    fn stems() {
        assert_eq!(stem("a/b/rose.txt.gz"), "rose");
        assert_eq!(stem(".hidden"), ".hidden");
        assert_eq!(stem("plain"), "plain");
    }
}

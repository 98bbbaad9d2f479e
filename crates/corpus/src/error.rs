//! What can be wrong with a source or a record: where, what was found there, and the way forward.

use std::fmt;
use std::io;

/// Where in the input something stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The source as the person named it; a file of a folder with the folder before it.
    pub source: String,
    /// 1-based line on which the record begins. A file that is one text has none.
    pub line: Option<u64>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}", self.source),
            None => f.write_str(&self.source),
        }
    }
}

/// Its display is one sentence that says where and what; [`Error::help`] says what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    // The source as a whole.
    #[error("there is no file or folder {0}")]
    NotFound(String),
    #[error("{source_name} cannot be opened: {error}")]
    Open { source_name: String, error: io::Error },
    #[error("reading {place} failed: {error}")]
    Read { place: Place, error: io::Error },
    #[error("{place}: the compressed data are damaged or end too early ({error})")]
    Compressed { place: Place, error: io::Error },
    #[error("{0} is empty")]
    Empty(String),
    #[error("the folder {folder} has no .txt file in it{}", .found.as_deref().map(|found| format!(", only {found}")).unwrap_or_default())]
    EmptyFolder { folder: String, found: Option<String> },
    #[error("{source_name} is {what}, not text")]
    NotText { source_name: String, what: &'static str },
    #[error("{source_name} is written in {encoding}, and doggerel reads UTF-8")]
    Encoding { source_name: String, encoding: &'static str },
    #[error("{0} holds no records")]
    NoRecords(String),
    #[error("{source_name} cannot be read as Parquet: {message}")]
    Columns { source_name: String, message: String },
    #[error("{source_name} cannot be read as a ZIP archive: {message}")]
    Archive { source_name: String, message: String },
    #[error("no text could be read from {source_name}: {records}; the first: {first}")]
    NoTexts { source_name: String, records: String, first: Box<Error> },
    #[error("`{0}` is not a field mapping")]
    Mapping(String),
    #[error("`{0}` is not a field mapping of pairs")]
    PairMapping(String),
    #[error("`{0}` is not a format that doggerel reads")]
    Format(String),

    // One record.
    #[error("{place}: not JSON ({message})")]
    NotJson { place: Place, message: String },
    #[error("{place}: not UTF-8 (byte 0x{byte:02X} at position {at})")]
    NotUtf8 { place: Place, byte: u8, at: usize },
    #[error("{place}: {found} stands where a record should be")]
    NotARecord { place: Place, found: &'static str },
    #[error("{place}: {} (the record has {})", missing(.wanted), names(.found))]
    NoField { place: Place, wanted: Option<String>, found: Vec<String> },
    #[error("{place}: the field `{field}` holds {found}, not a text")]
    NotAText { place: Place, field: String, found: &'static str },
    #[error("{place}: {why}")]
    NoAnswer { place: Place, why: String },
    #[error("{place}: no text and another that it was chosen over (the record has {})", names(.found))]
    NoPair { place: Place, found: Vec<String> },
    #[error("{place}: {why}")]
    NoChoice { place: Place, why: &'static str },
    #[error("{place}: the text is empty")]
    EmptyText { place: Place },
    #[error("{place}: the text has NUL bytes in it")]
    Nul { place: Place },
    #[error("{place}: a record of more than {} MB begins here", .limit.div_ceil(1 << 20))]
    TooLong { place: Place, limit: usize },
    #[error("{place}: the row has {cells} cells, and the header names {columns} columns")]
    Row { place: Place, cells: usize, columns: usize },
    #[error("{place}: the record is cut off before its end")]
    CutOff { place: Place },
}

fn missing(wanted: &Option<String>) -> String {
    match wanted {
        Some(name) => format!("no field `{name}`"),
        None => "no field that is known to hold a text".to_string(),
    }
}

/// The fields of a record in words, not more than a person reads.
fn names(found: &[String]) -> String {
    const SHOWN: usize = 12;
    match found.len() {
        0 => "no fields".to_string(),
        n if n > SHOWN => format!("{} and {} more", found[..SHOWN].join(", "), n - SHOWN),
        _ => found.join(", "),
    }
}

impl Error {
    /// The way forward, as one sentence without a full stop.
    pub fn help(&self) -> Option<String> {
        let help = match self {
            Error::NotFound(_) => "check the name; `-` reads standard input".into(),
            Error::Open { .. } | Error::Read { .. } => return None,
            Error::Compressed { .. } => "fetch or compress the file again".into(),
            Error::Archive { .. } => {
                "check that it was copied whole; of ZIP archives, logs of inspect_ai are read".into()
            }
            Error::Columns { .. } => "check that it was copied whole, or export it as JSONL".into(),
            Error::Empty(_) | Error::NoRecords(_) => {
                "give JSONL, JSON, CSV, TSV, Parquet, a text file or a folder of .txt files".into()
            }
            Error::EmptyFolder { found: Some(_), .. } => {
                "name one of its files, or put each text into a .txt file of its own".into()
            }
            Error::EmptyFolder { found: None, .. } => "put each text into a .txt file of its own".into(),
            Error::NotText { what: "a Parquet file", .. } => {
                "a Parquet file must be named as a plain file, neither compressed nor on standard input".into()
            }
            Error::NotText { what: "a ZIP archive", .. } => {
                "a log of inspect_ai must be named as a plain file; unpack any other archive first".into()
            }
            Error::NotText { .. } => {
                "unpack or export it first: JSONL, JSON, CSV, TSV, Parquet or plain text, also .gz and .zst, are read"
                    .into()
            }
            Error::Encoding { source_name, encoding } => {
                let from = if *encoding == "Latin-1" { "WINDOWS-1252" } else { encoding };
                format!("convert it: iconv -f {from} -t UTF-8 {source_name} > utf8.txt")
            }
            Error::NoTexts { first, .. } => return first.help(),
            Error::Mapping(_) => {
                "write --field text=NAME, prompt=NAME, id=NAME or model=NAME; NAME may be a path such as choices.0.text"
                    .into()
            }
            Error::PairMapping(_) => "write --field chosen=NAME, rejected=NAME, prompt=NAME or id=NAME".into(),
            Error::NoPair { .. } => {
                "name the fields that hold the texts: --field chosen=NAME --field rejected=NAME".into()
            }
            Error::Format(_) => "the formats are jsonl, json, csv, tsv, parquet, warc, text and lines".into(),
            Error::NotJson { .. } => {
                "each line of JSONL is one JSON object such as {\"id\": \"1\", \"text\": \"…\"}".into()
            }
            Error::NotUtf8 { .. } => "if the file is Latin-1, convert it: iconv -f WINDOWS-1252 -t UTF-8".into(),
            Error::NotARecord { .. } => {
                "a record is an object such as {\"id\": \"1\", \"text\": \"…\"}, or a string".into()
            }
            Error::NoField { .. } => "name the field that holds the text: --field text=NAME".into(),
            Error::NotAText { .. } => "name the field that holds the text: --field text=NAME".into(),
            Error::EmptyText { .. } | Error::NoAnswer { .. } | Error::NoChoice { .. } => return None,
            Error::Nul { .. } => "is it a binary file, or UTF-16?".into(),
            Error::TooLong { .. } => "is a quotation mark left open, or a line end missing?".into(),
            Error::Row { .. } => "put a cell with commas or line breaks in it between quotation marks".into(),
            Error::CutOff { .. } => "is a line broken in two, or the file not whole?".into(),
        };
        Some(help)
    }

    /// True where this record alone is bad and the next can be read.
    pub fn is_of_a_record(&self) -> bool {
        matches!(
            self,
            Error::NotJson { .. }
                | Error::NotUtf8 { .. }
                | Error::NotARecord { .. }
                | Error::NoField { .. }
                | Error::NotAText { .. }
                | Error::NoAnswer { .. }
                | Error::NoPair { .. }
                | Error::NoChoice { .. }
                | Error::EmptyText { .. }
                | Error::Nul { .. }
                | Error::TooLong { .. }
                | Error::Row { .. }
                | Error::CutOff { .. }
        )
    }

    /// True where the machine failed and not the input: the disk, the network behind a file.
    pub fn is_failure(&self) -> bool {
        match self {
            Error::Read { .. } => true,
            Error::NoTexts { first, .. } => first.is_failure(),
            _ => false,
        }
    }

    /// The kind in two or three words, by which skipped records are counted.
    pub fn reason(&self) -> &'static str {
        match self {
            Error::NotJson { .. } => "not JSON",
            Error::NotUtf8 { .. } => "not UTF-8",
            Error::NotARecord { .. } => "not a record",
            Error::NoField { .. } => "no such field",
            Error::NotAText { .. } => "no text in the field",
            Error::NoAnswer { .. } => "no answer",
            Error::NoPair { .. } => "no pair",
            Error::NoChoice { .. } => "no choice",
            Error::EmptyText { .. } => "empty text",
            Error::Nul { .. } => "NUL bytes",
            Error::TooLong { .. } => "too long",
            Error::Row { .. } => "too many cells",
            Error::CutOff { .. } => "cut off",
            Error::Open { .. }
            | Error::Read { .. }
            | Error::Compressed { .. }
            | Error::NotFound(_)
            | Error::Archive { .. }
            | Error::Columns { .. } => "cannot be read",
            Error::Encoding { .. } => "other encoding",
            Error::NotText { .. } => "not text",
            Error::Empty(_) => "empty text",
            Error::EmptyFolder { .. } | Error::NoTexts { .. } | Error::NoRecords(_) => "no texts",
            Error::Mapping(_) | Error::PairMapping(_) | Error::Format(_) => "usage",
        }
    }

    /// Where it stands: the record, or the file of a folder.
    pub fn place(&self) -> Option<Place> {
        match self {
            Error::NotJson { place, .. }
            | Error::NotUtf8 { place, .. }
            | Error::NotARecord { place, .. }
            | Error::NoField { place, .. }
            | Error::NotAText { place, .. }
            | Error::NoAnswer { place, .. }
            | Error::NoPair { place, .. }
            | Error::NoChoice { place, .. }
            | Error::EmptyText { place }
            | Error::Nul { place }
            | Error::TooLong { place, .. }
            | Error::Row { place, .. }
            | Error::CutOff { place }
            | Error::Read { place, .. }
            | Error::Compressed { place, .. } => Some(place.clone()),
            Error::Open { source_name, .. }
            | Error::NotText { source_name, .. }
            | Error::Encoding { source_name, .. }
            | Error::Columns { source_name, .. }
            | Error::Archive { source_name, .. }
            | Error::NoTexts { source_name, .. } => Some(Place { source: source_name.clone(), line: None }),
            _ => None,
        }
    }
}

//! What must hold of a reader on any bytes: it ends without a panic, gives the same twice, and gives texts that keep the
//! promises of `corpus::Text`.

use std::collections::HashSet;
use std::io::Cursor;

use corpus::{Error, Fields, Options, Text, from_reader};

type Outcome = (Vec<Text>, Vec<corpus::Skipped>, Option<String>);

fn read(bytes: &[u8], name: &str, options: &Options) -> Outcome {
    let mut reader = match from_reader(Cursor::new(bytes.to_vec()), name, options) {
        Ok(reader) => reader,
        Err(error) => return (Vec::new(), Vec::new(), Some(said(&error))),
    };
    let (mut texts, mut end) = (Vec::new(), None);
    for text in reader.by_ref() {
        assert!(end.is_none(), "an error ends the texts");
        match text {
            Ok(text) => texts.push(text),
            Err(error) => end = Some(said(&error)),
        }
    }
    assert_eq!(reader.n(), texts.len());
    (texts, reader.skipped().to_vec(), end)
}

fn said(error: &Error) -> String {
    let said = format!("{error} {}", error.help().unwrap_or_default());
    assert!(!said.trim().is_empty());
    said
}

/// Reads `bytes` as a file of this name.
pub fn check(bytes: &[u8], name: &str) {
    // A small limit, so that the way round long records is taken too.
    let options = Options { max_record: 256, ..Options::default() };
    let first = read(bytes, name, &options);
    assert_eq!(first, read(bytes, name, &options), "the same bytes give the same texts");

    let (texts, skipped, end) = first;
    let ids: HashSet<&str> = texts.iter().map(|text| text.id.as_str()).collect();
    assert_eq!(ids.len(), texts.len(), "ids are unique");
    for text in &texts {
        assert!(!text.text.trim().is_empty() && !text.text.contains(['\0', '\r']));
        assert!(!text.id.is_empty());
    }
    assert!(!texts.is_empty() || end.is_some(), "no texts is an error");
    for group in &skipped {
        assert!(group.n >= group.at.len() && !group.at.is_empty() && !group.example.is_empty());
    }

    // Under strict, what was skipped is what ends it.
    let (strict, none, strict_end) = read(bytes, name, &Options { strict: true, ..options.clone() });
    assert!(none.is_empty() && strict.len() <= texts.len());
    assert_eq!(strict_end.is_some(), end.is_some() || !skipped.is_empty());
    assert_eq!(strict[..], texts[..strict.len()]);

    let mapped = Fields::parse(["text=a.0.b", "prompt=text", "id=choices"]);
    let _ = read(bytes, name, &Options { fields: mapped.unwrap_or_default(), keep_empty: true, ..options });
}

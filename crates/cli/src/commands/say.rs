//! `doggerel say`: how words are pronounced, and where that comes from.

use std::path::Path;

use corpus::{Format, Text, sanitize};
use phonetics::{Options, Pronouncer, WordRef};
use serde::Serialize;

use crate::args::{Global, Say};
use crate::document::Document;
use crate::failure::{Failure, Outcome};
use crate::notes::Notes;
use crate::sinks::{Made, Sinks};

#[derive(Serialize)]
struct Said<'a> {
    word: &'a str,
    pronunciations: Vec<Way>,
}

#[derive(Serialize)]
struct Way {
    arpabet: String,
    ipa: String,
    via: String,
    how: String,
}

pub fn run(say: &Say, global: &Global) -> Outcome {
    let notes = Notes { quiet: global.quiet };
    let own;
    let pronouncer = if say.without_lexicon {
        own = Pronouncer::new(Options { lexicon: false, ..Options::default() });
        &own
    } else {
        Pronouncer::shared()
    };
    let mut sinks = Sinks::open(global)?;
    let (json, words) = (sinks.wants_json(), sinks.wants_words());
    let make = |text: &str| -> Result<Made, Failure> {
        let word = pronouncer.word(text);
        let ways = ways(&word);
        Ok(Made {
            words: words.then(|| lines(text, &ways, say.ipa)),
            json: if json {
                Some(Document::new("doggerel.word/1", global.seed, Said { word: text, pronunciations: ways }).line()?)
            } else {
                None
            },
        })
    };
    match bulk(&say.words) {
        None => {
            for word in &say.words {
                sinks.put(&make(word)?)?;
            }
        }
        Some(source) => {
            let options = corpus::Options { format: Some(Format::Lines), ..corpus::Options::default() };
            let mut texts = corpus::open(source, &options)?;
            gather::in_order(&mut texts, |text: Text| make(text.text.trim()), |made, _| sinks.put(&made?))?;
            notes.of_reading(&texts);
        }
    }
    sinks.finish(notes)
}

/// The file of words that a single argument names, if it does.
fn bulk(words: &[String]) -> Option<&str> {
    match words {
        [one] if one == "-" || Path::new(one).is_file() => Some(one),
        _ => None,
    }
}

fn ways(word: &WordRef) -> Vec<Way> {
    word.pronunciations()
        .iter()
        .map(|way| Way {
            arpabet: way.arpabet(),
            ipa: way.ipa(),
            via: way.via().to_string(),
            how: way.how().to_string(),
        })
        .collect()
}

/// A line a pronunciation, the word before the first.
fn lines(word: &str, ways: &[Way], ipa: bool) -> String {
    let word = sanitize(word);
    if ways.is_empty() {
        return format!("{word}  is not said: it has neither a letter nor a digit\n");
    }
    let line = |(n, way): (usize, &Way)| {
        let word = if n == 0 { &word } else { "" };
        let sound = if ipa { &way.ipa } else { &way.arpabet };
        format!("{word:<16} {sound:<28} {}\n", way.how)
    };
    ways.iter().enumerate().map(line).collect()
}

//! `doggerel scan`: texts read one by one, line by line.

use std::io::{Cursor, IsTerminal, stdin};
use std::path::Path;

use corpus::{Format, Text, Texts};
use serde::Serialize;
use verse::Reading;

use crate::args::{Global, Scan};
use crate::document::Document;
use crate::failure::{Failure, Outcome};
use crate::notes::Notes;
use crate::output;
use crate::poem;
use crate::samples;
use crate::sinks::{Made, Sinks};

#[derive(Serialize)]
struct Scanned<'a> {
    id: &'a str,
    #[serde(flatten)]
    reading: &'a Reading,
}

pub fn run(scan: &Scan, global: &Global) -> Outcome {
    let notes = Notes { quiet: global.quiet };
    // Every text has its line in the output, also one with nothing in it.
    let options = corpus::Options { keep_empty: true, ..scan.reading.options()? };
    let mut texts = open(scan.source.as_deref(), &options)?;
    let mut sinks = Sinks::open(global)?;
    let (json, words, width) = (sinks.wants_json(), sinks.wants_words(), output::width());
    let historical = scan.historical;

    let work = |text: Text| {
        let asked = text.prompt.as_deref().is_some_and(verse::asks_for_poem);
        let reading = verse::read(&text.text, &verse::Options { historical, poem_asked: asked });
        let line =
            || Document::new("doggerel.reading/1", global.seed, Scanned { id: &text.id, reading: &reading }).line();
        let json = if json { Some(line()?) } else { None };
        Ok((words.then(|| poem::picture(&reading, width)), json, text.id))
    };
    let mut progress = notes.progress();
    let mut first = None;
    let mut n = 0;
    gather::in_order(&mut texts, work, |made: Result<_, Failure>, texts| {
        let (words, json, id) = made?;
        progress.at(texts.n(), texts.progress());
        n += 1;
        // A name over each picture, once there is a second one.
        let words = match (n, words) {
            (_, None) => None,
            (1, Some(words)) => {
                first = Some((id, words));
                None
            }
            (_, Some(words)) => {
                let before = first.take().map(|(id, words)| poem::named(&id, &words) + "\n").unwrap_or_default();
                let gap = if before.is_empty() { "\n" } else { "" };
                Some(format!("{before}{gap}{}", poem::named(&id, &words)))
            }
        };
        sinks.put(&Made { words, json })
    })?;
    drop(progress);
    if let Some((_, words)) = first {
        sinks.put(&Made { words: Some(words), json: None })?;
    }
    notes.of_reading(&texts);
    sinks.finish(notes)
}

fn open(source: Option<&str>, options: &corpus::Options) -> Result<Texts, Failure> {
    let Some(source) = source else {
        if stdin().is_terminal() {
            return Err(Failure::input("there is nothing to scan")
                .with_help("give a text in quotation marks, a file or a folder, or - and type"));
        }
        return Ok(corpus::open("-", options)?);
    };
    if source == "-" || Path::new(source).exists() || names_a_file(source) {
        return Ok(samples::open(source, options)?);
    }
    let options = corpus::Options { format: Some(Format::Text), ..options.clone() };
    Ok(corpus::from_reader(Cursor::new(source.to_string().into_bytes()), "the text given", &options)?)
}

/// A single word with a slash or an ending is a file that is missing and not a poem.
fn names_a_file(source: &str) -> bool {
    let word = source.trim();
    let ending = word.rsplit_once('.').is_some_and(|(stem, ending)| {
        !stem.is_empty() && (1..=7).contains(&ending.len()) && ending.chars().all(|c| c.is_ascii_alphanumeric())
    });
    !word.contains(char::is_whitespace) && (word.contains('/') || ending)
}

//! `doggerel rhyme`: does it rhyme, which class, why; the rhymes of a word; pairs in bulk.

use anstyle::Style;
use corpus::{Fields, Text, sanitize};
use phonetics::{Class, LineEnd, Pronouncer, RhymeOptions, RhymeWord, rhyme, rhymes_of};
use report::RhymeReport;
use serde::Serialize;

use crate::args::{self, Global};
use crate::document::Document;
use crate::failure::{Failure, Outcome};
use crate::notes::Notes;
use crate::output;
use crate::sinks::{Made, Sinks};

#[derive(Serialize)]
struct Rhymes<'a> {
    word: &'a str,
    rhymes: Vec<Found<'a>>,
}

#[derive(Serialize)]
struct Found<'a> {
    word: &'a str,
    class: &'static str,
    syllables: u8,
}

pub fn run(arguments: &args::Rhyme, global: &Global) -> Outcome {
    let notes = Notes { quiet: global.quiet };
    let options = arguments.ears.options();
    let mut sinks = Sinks::open(global)?;
    match (&arguments.pairs, arguments.words.as_slice()) {
        (Some(source), _) => pairs(source, arguments.strict, &options, global, &mut sinks, notes)?,
        (None, [a, b]) => {
            let pair = judge(a, b, &options, global.seed)?;
            sinks.put(&made(&pair, sinks.wants_json(), sinks.wants_words())?)?;
        }
        (None, words) => {
            let word = words.first().map(String::as_str).unwrap_or_default();
            end(word)?;
            sinks.put(&rhymes(word, global, &sinks)?)?;
        }
    }
    sinks.finish(notes)
}

fn end(words: &str) -> Result<LineEnd, Failure> {
    LineEnd::of_line(Pronouncer::shared(), words).ok_or_else(|| {
        Failure::input(format!("“{words}” has no word in it that could rhyme"))
            .with_help("give words with letters or digits")
    })
}

fn judge<'a>(a: &'a str, b: &'a str, options: &RhymeOptions, seed: u64) -> Result<RhymeReport<'a>, Failure> {
    let (first, second) = (end(a)?, end(b)?);
    Ok(RhymeReport::new([a, b], [&first, &second], &rhyme(&first, &second, options), seed))
}

fn made(pair: &RhymeReport, json: bool, words: bool) -> Result<Made, Failure> {
    let line = || Ok::<_, Failure>(serde_json::to_string(pair).map_err(Failure::failed)? + "\n");
    Ok(Made { words: words.then(|| sentence(pair)), json: json.then(line).transpose()? })
}

const STRONG: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();

fn sentence(pair: &RhymeReport) -> String {
    let verdict = match (pair.class, pair.syllables) {
        ("none", _) => "no rhyme".to_string(),
        ("eye", _) => "no rhyme to the ear, only to the eye".to_string(),
        (class, 1) => format!("{class} rhyme"),
        (class, n) => format!("{class} rhyme of {n} syllables"),
    };
    let said = |n: usize| pair.pronunciations[n].get(pair.used[n]).map(String::as_str).unwrap_or_default();
    format!(
        "{} / {}: {STRONG}{verdict}{STRONG:#}\n  {}\n  {FAINT}{} / {}{FAINT:#}\n",
        sanitize(pair.a),
        sanitize(pair.b),
        sanitize(&pair.why),
        said(0),
        said(1)
    )
}

fn pairs(
    source: &str,
    strict: bool,
    options: &RhymeOptions,
    global: &Global,
    sinks: &mut Sinks,
    notes: Notes,
) -> Outcome {
    let fields = Fields { text: Some("a".to_string()), ..Fields::default() };
    let reading = corpus::Options { fields, strict, ..corpus::Options::default() };
    let mut texts = corpus::open(source, &reading)?;
    let (json, words) = (sinks.wants_json(), sinks.wants_words());
    let work = |text: Text| -> Result<Made, (String, Failure)> {
        let judged = match text.field("b") {
            None => Err(Failure::input("no field `b`").with_help("each pair has the fields a and b")),
            Some(b) => judge(&text.text, &b, options, global.seed)
                .and_then(|pair| made(&RhymeReport { id: Some(&text.id), ..pair }, json, words)),
        };
        judged.map_err(|failure| (text.id.clone(), failure))
    };
    let (mut bad, mut first) = (0, None);
    let mut progress = notes.progress();
    gather::in_order(&mut texts, work, |made, texts| {
        progress.at(texts.n(), texts.progress());
        match made {
            Ok(made) => sinks.put(&made),
            Err((id, Failure::Stopped { sentence, help, code })) if strict => {
                Err(Failure::Stopped { sentence: format!("{source}, pair {id}: {sentence}"), help, code })
            }
            Err((id, Failure::Stopped { sentence, .. })) => {
                bad += 1;
                first.get_or_insert_with(|| format!("pair {id}: {sentence}"));
                Ok(())
            }
            Err((_, closed)) => Err(closed),
        }
    })?;
    drop(progress);
    notes.of_reading(&texts);
    let Some(first) = first else { return Ok(()) };
    if bad == texts.n() {
        return Err(Failure::input(format!("{source} holds no pair that could be judged; {first}"))
            .with_help("each line is {\"a\": \"love\", \"b\": \"prove\"}"));
    }
    notes.note(&format!("{source}: {bad} of its pairs could not be judged; {first}"));
    Ok(())
}

fn rhymes(word: &str, global: &Global, sinks: &Sinks) -> Result<Made, Failure> {
    let found = rhymes_of(word);
    let json = if sinks.wants_json() {
        let found = found.iter().map(|found| Found {
            word: found.word.text(),
            class: found.class.as_str(),
            syllables: found.syllables,
        });
        Some(Document::new("doggerel.rhymes/1", global.seed, Rhymes { word, rhymes: found.collect() }).line()?)
    } else {
        None
    };
    let words =
        sinks.wants_words().then(|| if output::stdout_is_terminal() { table(word, &found) } else { list(&found) });
    Ok(Made { words, json })
}

/// A word a line, for another program.
fn list(found: &[RhymeWord]) -> String {
    found.iter().map(|found| format!("{}\n", found.word.text())).collect()
}

/// Words shown of each class; a person looks for a rhyme, not for all of them.
const SHOWN: usize = 120;

fn table(word: &str, found: &[RhymeWord]) -> String {
    if found.is_empty() {
        return format!("nothing in the lexicon rhymes with {}\n", sanitize(word));
    }
    let mut lines = String::new();
    for class in [Class::Perfect, Class::Mosaic, Class::Promoted, Class::Rich] {
        let words: Vec<&str> =
            found.iter().filter(|found| found.class == class).map(|found| found.word.text()).collect();
        if words.is_empty() {
            continue;
        }
        lines += &format!("{STRONG}{class}{STRONG:#}\n");
        for line in wrapped(&words[..words.len().min(SHOWN)], output::width() - 2) {
            lines += &format!("  {line}\n");
        }
        if words.len() > SHOWN {
            lines += &format!("  {FAINT}and {} less common{FAINT:#}\n", words.len() - SHOWN);
        }
    }
    lines
}

fn wrapped(words: &[&str], width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in words {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.len() + 1 + word.len() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_string()),
        }
    }
    lines
}

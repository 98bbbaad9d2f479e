//! `doggerel rhyme`: does it rhyme, which class, why; the rhymes of a word; pairs in bulk.

use anstyle::Style;
use corpus::{Fields, Text, sanitize};
use phonetics::{Class, LineEnd, Pronouncer, RhymeOptions, RhymeWord, rhyme, rhymes_of};
use serde::Serialize;

use crate::args::{self, Global};
use crate::document::Document;
use crate::failure::{Failure, Outcome};
use crate::notes::Notes;
use crate::output;
use crate::sinks::{Made, Sinks};

#[derive(Serialize)]
struct Pair<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    a: &'a str,
    b: &'a str,
    rhymes: bool,
    class: &'static str,
    syllables: u8,
    /// Log-odds that people call it a rhyme, from its sound.
    strength: f32,
    via: String,
    pronunciations: [Vec<String>; 2],
    /// Which of them rhyme best.
    used: [usize; 2],
    why: String,
}

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
            let pair = judge(None, a, b, &options)?;
            sinks.put(&made(&pair, global, &sinks)?)?;
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

fn judge<'a>(id: Option<&'a str>, a: &'a str, b: &'a str, options: &RhymeOptions) -> Result<Pair<'a>, Failure> {
    let (first, second) = (end(a)?, end(b)?);
    let rhyme = rhyme(&first, &second, options);
    let ways = |end: &LineEnd| end.word().pronunciations().iter().map(|way| way.arpabet()).collect();
    Ok(Pair {
        id,
        a,
        b,
        rhymes: rhyme.rhymes(),
        class: rhyme.class.as_str(),
        syllables: rhyme.syllables,
        strength: rhyme.strength,
        via: rhyme.via.to_string(),
        pronunciations: [ways(&first), ways(&second)],
        used: [rhyme.pronunciations.0, rhyme.pronunciations.1],
        why: rhyme.why(),
    })
}

fn made(pair: &Pair, global: &Global, sinks: &Sinks) -> Result<Made, Failure> {
    let json = sinks.wants_json().then(|| Document::new("doggerel.rhyme/1", global.seed, pair).line()).transpose()?;
    Ok(Made { words: sinks.wants_words().then(|| sentence(pair)), json })
}

const STRONG: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();

fn sentence(pair: &Pair) -> String {
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
            Some(b) => judge(Some(&text.id), &text.text, &b, options).and_then(|pair| {
                let json = json.then(|| Document::new("doggerel.rhyme/1", global.seed, &pair).line()).transpose()?;
                Ok(Made { words: words.then(|| sentence(&pair)), json })
            }),
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

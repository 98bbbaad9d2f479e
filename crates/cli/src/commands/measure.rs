//! `doggerel measure`: one set held against a reference.

use std::borrow::Cow;
use std::path::PathBuf;

use measure::{Comparison, Evidence, Grouping, LEAST_TEXTS, Protocol, Reference, Settings};
use report::{Html, Json, Renderer, Terminal};

use crate::args::{Global, Measure};
use crate::date;
use crate::failure::{Failure, Outcome};
use crate::notes::Notes;
use crate::output::{self, Output, refuse_to_overwrite};
use crate::samples::{Along, Own, gather_along, own_reference, weights};

pub fn run(arguments: &Measure, global: &Global) -> Outcome {
    let notes = Notes { quiet: global.quiet };
    if global.json_was_joined
        && let Some(path) = global.json_file()
    {
        refuse_to_overwrite(path)?;
    }
    let sources = std::iter::once(&arguments.samples).chain(&arguments.against);
    if sources.filter(|source| *source == "-").count() > 1 {
        return Err(Failure::input("standard input cannot be the samples and the reference both")
            .with_help("store one of them in a file"));
    }
    let pages = pages(arguments);
    // Nobody wants to wait for a result that has no place to go.
    for path in pages.iter().chain(global.json_file()) {
        output::probe(path)?;
    }
    let options = arguments.reading.options()?;
    // The references first: it is soon said that there is none.
    let weights = arguments.weights.as_deref().map(|file| weights(file, notes)).transpose()?;
    let weighed = weights.as_ref().map(|weights| (weights, global.seed));
    let own = arguments.against.iter().map(|name| own_reference(name, &options, weighed, notes));
    let own = own.collect::<Result<Vec<_>, _>>()?;
    for (name, own) in arguments.against.iter().zip(&own) {
        if own.is_none() {
            Reference::shipped(name)?;
        }
    }
    let suite = arguments.suite.as_deref().map(sampling::Suite::open).transpose()?;
    let along = Along { field: arguments.by.as_deref(), suite: suite.as_ref() };
    let mut samples = gather_along(&along, &arguments.samples, &options, notes)?;
    if arguments.requested && samples.asked.iter().all(Option::is_none) {
        return Err(Failure::input(format!(
            "nothing is known of what the texts of {} were asked for",
            arguments.samples
        ))
        .with_help("give the suite that asked with --suite, or a suite's run"));
    }
    let mix = weights.as_ref().map(|weights| samples.weigh(weights, global.seed)).transpose()?;
    let otherwise: Vec<Option<String>> =
        own.iter().map(|own| own.as_ref().and_then(|own| own.sampled_otherwise(&samples))).collect();
    let named = |(own, name): (Option<Own>, &String)| -> Result<Cow<'static, Reference>, Failure> {
        match own {
            Some(own) => Ok(Cow::Owned(own.reference)),
            None => Ok(Cow::Borrowed(Reference::shipped_for(name, &samples.samples.readings)?)),
        }
    };
    let references = own.into_iter().zip(&arguments.against).map(named).collect::<Result<Vec<_>, _>>()?;
    if samples.samples.readings.len() == 1 {
        let one = &arguments.samples;
        return Err(Failure::input(format!("{one} holds one text, and what is measured is a set")).with_help(format!(
            "give {LEAST_TEXTS} and more (256 give narrow intervals); `doggerel scan {one}` reads a poem"
        )));
    }
    let by = arguments.by.clone().map(|field| Grouping { field, keys: samples.keys });
    let steps = notes.steps();
    let settings = Settings {
        progress: steps.told(),
        seed: global.seed,
        given: samples.given,
        peers: arguments.peers,
        by,
        asked: samples.asked,
        protocol: if arguments.requested { Protocol::Requested } else { Protocol::Open },
        mix,
        ..Settings::default()
    };
    let compared = references.iter().map(|r| measure::compare(&samples.samples, r, &settings));
    let mut compared = compared.collect::<Result<Vec<_>, _>>()?;
    for ((comparison, _), otherwise) in compared.iter_mut().zip(otherwise) {
        comparison.warnings.splice(0..0, otherwise);
    }
    drop((settings, steps));
    write(&pages, global, &compared, notes)
}

/// A page a reference: report.html, report-2.html …
fn pages(arguments: &Measure) -> Vec<PathBuf> {
    let Some(first) = &arguments.html else { return Vec::new() };
    let named = |i: usize| {
        let stem = first.file_stem().unwrap_or_default().to_string_lossy();
        let end = first.extension().map(|end| format!(".{}", end.to_string_lossy())).unwrap_or_default();
        if i == 0 { first.clone() } else { first.with_file_name(format!("{stem}-{}{end}", i + 1)) }
    };
    (0..arguments.against.len()).map(named).collect()
}

fn write(pages: &[PathBuf], global: &Global, compared: &[(Comparison, Evidence)], notes: Notes) -> Outcome {
    let again = again(global.seed);
    for (path, (comparison, evidence)) in pages.iter().zip(compared) {
        let page = Html { date: date::today(), again: Some(again.clone()) };
        render(&page, comparison, evidence, Output::file(path)?)?;
        notes.wrote(path);
    }
    if let Some(path) = global.json_file() {
        json(compared, Output::file(path)?)?;
        notes.wrote(path);
    }
    if global.json_to_stdout() {
        return json(compared, Output::stdout());
    }
    for (i, (comparison, evidence)) in compared.iter().enumerate() {
        let page = pages.get(i).map(|path| path.display().to_string());
        let last = i + 1 == compared.len();
        let again = last.then(|| again.clone());
        let terminal = Terminal { colour: true, width: output::width().min(110), page, again };
        let mut stdout = Output::stdout();
        if i > 0 {
            stdout.put("\n")?;
        }
        render(&terminal, comparison, evidence, stdout)?;
    }
    Ok(())
}

/// The comparison; of several the first, and all of them in order under "comparisons".
#[derive(serde::Serialize)]
struct Several<'a> {
    #[serde(flatten)]
    first: &'a Comparison,
    comparisons: Vec<&'a Comparison>,
}

fn json(compared: &[(Comparison, Evidence)], mut output: Output) -> Outcome {
    let written = match compared {
        [(one, _)] => Json.document(one, &mut output),
        _ => {
            let comparisons: Vec<&Comparison> = compared.iter().map(|(comparison, _)| comparison).collect();
            Json.document(&Several { first: comparisons[0], comparisons }, &mut output)
        }
    };
    wrote(written, output)
}

fn render(renderer: &dyn Renderer, comparison: &Comparison, evidence: &Evidence, mut output: Output) -> Outcome {
    let written = renderer.render(comparison, evidence, &mut output);
    wrote(written, output)
}

/// Makes what was written last, or says why it could not be.
pub fn wrote(written: Result<(), report::Error>, output: Output) -> Outcome {
    match written {
        Ok(()) => output.finish(),
        Err(report::Error::Write(error)) => Err(output.failure(&error)),
        Err(error) => Err(Failure::failed(error)),
    }
}

/// The command that was typed, with its seed.
pub fn again(seed: u64) -> String {
    let mut words: Vec<String> = std::env::args().skip(1).map(|word| quoted(&word)).collect();
    if !words.iter().any(|word| word == "--seed" || word.starts_with("--seed=")) {
        words.push(format!("--seed {seed}"));
    }
    format!("doggerel {}", words.join(" "))
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=./,:@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_string()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

//! `doggerel measure`: one set held against a reference.

use std::path::Path;

use measure::{Comparison, Evidence, LEAST_TEXTS, Reference, Settings};
use report::{Html, Json, Renderer, Terminal};

use crate::args::{Global, Measure};
use crate::date;
use crate::failure::{Failure, Outcome};
use crate::notes::Notes;
use crate::output::{self, Output, refuse_to_overwrite};
use crate::samples::gather;

pub fn run(arguments: &Measure, global: &Global) -> Outcome {
    let notes = Notes { quiet: global.quiet };
    if global.json_was_joined
        && let Some(path) = global.json_file()
    {
        refuse_to_overwrite(path)?;
    }
    if arguments.samples == "-" && arguments.against == "-" {
        return Err(Failure::input("standard input cannot be the samples and the reference both")
            .with_help("store one of them in a file"));
    }
    // Nobody wants to wait for a result that has no place to go.
    for path in arguments.html.iter().chain(global.json_file()) {
        output::probe(path)?;
    }
    let options = arguments.reading.options()?;
    // The reference first: it is soon said that there is none.
    let own;
    let reference = if Path::new(&arguments.against).exists() || arguments.against == "-" {
        let read = gather(&arguments.against, &options, notes)?.samples;
        own = Reference::from_readings(&read.name, read.readings)?;
        &own
    } else {
        Reference::shipped(&arguments.against)?
    };
    let samples = gather(&arguments.samples, &options, notes)?;
    if samples.samples.readings.len() == 1 {
        let one = &arguments.samples;
        return Err(Failure::input(format!("{one} holds one text, and what is measured is a set")).with_help(format!(
            "give {LEAST_TEXTS} and more (256 give narrow intervals); `doggerel scan {one}` reads a poem"
        )));
    }
    let settings = Settings { seed: global.seed, given: samples.given, ..Settings::default() };
    let (comparison, evidence) = measure::compare(&samples.samples, reference, &settings)?;
    write(arguments, global, &comparison, &evidence, notes)
}

fn write(arguments: &Measure, global: &Global, comparison: &Comparison, evidence: &Evidence, notes: Notes) -> Outcome {
    let again = again(global.seed);
    if let Some(path) = &arguments.html {
        let page = Html { date: date::today(), again: Some(again.clone()) };
        render(&page, comparison, evidence, Output::file(path)?)?;
        notes.wrote(path);
    }
    if let Some(path) = global.json_file() {
        render(&Json, comparison, evidence, Output::file(path)?)?;
        notes.wrote(path);
    }
    if global.json_to_stdout() {
        return render(&Json, comparison, evidence, Output::stdout());
    }
    let page = arguments.html.as_ref().map(|path| path.display().to_string());
    let terminal = Terminal { colour: true, width: output::width().min(110), page, again: Some(again) };
    render(&terminal, comparison, evidence, Output::stdout())
}

fn render(renderer: &dyn Renderer, comparison: &Comparison, evidence: &Evidence, mut output: Output) -> Outcome {
    match renderer.render(comparison, evidence, &mut output) {
        Ok(()) => output.finish(),
        Err(report::Error::Write(error)) => Err(output.failure(&error)),
        Err(error) => Err(Failure::failed(error)),
    }
}

/// The command that was typed, with its seed.
fn again(seed: u64) -> String {
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

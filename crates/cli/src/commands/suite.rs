//! `doggerel suite`: what models are asked.

use std::fmt::Write;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use sampling::{Asking, Case, Filling, Suite};
use serde::Serialize;

use crate::args::{self, Global, SuiteCommand};
use crate::document::Document;
use crate::failure::{Failure, Outcome, plain};
use crate::notes::Notes;
use crate::sinks::{Made, Sinks};

#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    about: &'a str,
    requests: usize,
    /// Conversations; absent where that depends on the person's texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    cases: Option<usize>,
    needs_texts: bool,
}

#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    suite: &'a Suite,
    needs_texts: bool,
    cases: &'a [Case],
}

pub fn run(arguments: &args::Suite, global: &Global) -> Outcome {
    let notes = Notes { quiet: global.quiet };
    match &arguments.what {
        SuiteCommand::List => list(global, notes),
        SuiteCommand::Show { name, texts } => show(name, texts.as_deref(), global, notes),
        SuiteCommand::New { name } => new(name, notes),
    }
}

fn list(global: &Global, notes: Notes) -> Outcome {
    let mut sinks = Sinks::open(global)?;
    for name in Suite::names() {
        let suite = Suite::open(name)?;
        let needs_texts = suite.needs_texts();
        let cases = if needs_texts { None } else { Some(suite.plan(&filling(global))?.cases.len()) };
        let listed = Listed { name, about: &suite.about, requests: suite.requests.len(), cases, needs_texts };
        let json = sinks.wants_json().then(|| Document::new("doggerel.suite/1", global.seed, &listed).line());
        let size = cases.map_or_else(|| "asks about texts of yours".to_string(), |n| format!("{n} cases"));
        let words = format!("{name:<13} {} requests, {size}\n{:14}{}\n", listed.requests, "", suite.about);
        sinks.put(&Made { words: Some(words), json: json.transpose()? })?;
    }
    sinks.finish(notes)
}

fn filling(global: &Global) -> Filling {
    Filling { seed: global.seed, ..Filling::default() }
}

fn show(name: &str, texts: Option<&str>, global: &Global, notes: Notes) -> Outcome {
    let suite = Suite::open(name)?;
    let texts = match texts {
        Some(source) => corpus::open(source, &corpus::Options::default())?.collect::<Result<Vec<_>, _>>()?,
        None => Vec::new(),
    };
    let needs_texts = suite.needs_texts();
    let cases = match needs_texts && texts.is_empty() {
        true => Vec::new(),
        false => suite.plan(&Filling { texts, ..filling(global) })?.cases,
    };
    let mut sinks = Sinks::open(global)?;
    let shown = Shown { suite: &suite, needs_texts, cases: &cases };
    let json = sinks.wants_json().then(|| Document::new("doggerel.suite/1", global.seed, &shown).line()).transpose()?;
    sinks.put(&Made { words: Some(words(&suite, cases.len())), json })?;
    sinks.finish(notes)
}

fn words(suite: &Suite, cases: usize) -> String {
    let mut out = format!("{}\n{}\n\n", suite.name, suite.about);
    for asking in &suite.requests {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{}", asking.name);
        let _ = writeln!(out, "  {}", asking.ask.trim().replace('\n', "\n  "));
        for turn in &asking.then {
            let _ = writeln!(out, "  then: {}{turn}", times(asking));
        }
        let shots: Vec<String> = asking.shots.iter().filter(|k| **k > 0).map(usize::to_string).collect();
        if !shots.is_empty() {
            let _ = writeln!(out, "  after examples: {}", shots.join(", "));
        }
        let wants = asking.wants.labels();
        let wants: Vec<String> = wants
            .iter()
            .map(|(name, value)| {
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_string);
                format!("{} {value}", name.trim_start_matches("wants."))
            })
            .collect();
        if !wants.is_empty() {
            let _ = writeln!(out, "  wants: {}", wants.join(", "));
        }
    }
    for (name, list) in &suite.fill {
        let _ = writeln!(out, "\n{{{name}}}: {}", list.join("; "));
    }
    let _ = match cases {
        0 => writeln!(out, "\nIt asks about texts of yours: --texts FILE."),
        n => writeln!(
            out,
            "\n{n} cases; {} answers to each prompt where a request does not say otherwise.",
            suite.samples
        ),
    };
    corpus::sanitize(&out).into_owned()
}

fn times(asking: &Asking) -> String {
    if asking.rounds > 1 { format!("({} times) ", asking.rounds) } else { String::new() }
}

/// Never writes over a file.
fn new(name: &str, notes: Notes) -> Outcome {
    let stem = name.strip_suffix(".toml").unwrap_or(name);
    let plain_name = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    if stem.is_empty() || !stem.chars().all(plain_name) || stem.starts_with('.') {
        return Err(Failure::input(format!("`{name}` cannot be a suite's name"))
            .with_help("use letters, digits, - and _; the file is written here"));
    }
    let file = format!("{stem}.toml");
    let created = OpenOptions::new().write(true).create_new(true).open(&file);
    let written = created.and_then(|mut out| out.write_all(Suite::template(stem).as_bytes()));
    written.map_err(|error| {
        let way = match error.kind() {
            ErrorKind::AlreadyExists => "give another name, or move that file away",
            _ => "the suite is written to the folder you are in: go to one that can be written to",
        };
        Failure::input(format!("{file} cannot be written: {}", plain(&error))).with_help(way)
    })?;
    notes.wrote(Path::new(&file));
    Ok(())
}

//! `doggerel run`: prompts out, samples in.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use corpus::{Fields, sanitize};
use sampling::{
    Connection, Ended, Export, Filling, Format, How, Limits, Model, Overrides, Plan, Preview, Prices, Run, Secret,
    Suite, Tally,
};
use serde::Serialize;

use crate::args::{Ask, Global, Run as Arguments, RunCommand};
use crate::document::Document;
use crate::failure::{Failure, Outcome};
use crate::notes::Notes;
use crate::output::Output;
use crate::sinks::{Made, Sinks};

/// Failures that are listed.
const LISTED: usize = 10;

pub fn run(arguments: &Arguments, global: &Global) -> Outcome {
    match &arguments.what {
        None => ask(&arguments.ask, global),
        Some(RunCommand::List { folder }) => list(folder, global),
        Some(RunCommand::Show { run }) => show(run, global),
        Some(RunCommand::Export { run, out }) => export(run, out, global),
    }
}

fn ask(ask: &Ask, global: &Global) -> Outcome {
    let notes = Notes { quiet: global.quiet };
    let suite = ask.suite.as_deref().unwrap_or_default();
    let name = ask.model.as_deref().unwrap_or_default();
    check(ask)?;
    let connection = connection(ask)?;
    let plan = plan(suite, ask, global.seed)?.sampled(&overrides(ask));
    let path = ask.out.clone().unwrap_or_else(|| PathBuf::from(file_name(suite, name)));
    let limits =
        Limits { cases: ask.limit, cost: ask.max_cost, concurrency: ask.concurrency, seed: global.seed, signals: true };
    let mut sinks = Sinks::open(global)?;
    if ask.dry_run {
        // Nothing is sent, so there need not be a key.
        let key = connection.key.clone().or(Secret::new("none"));
        let model = sampling::open(name, &Connection { key, key_file: None, ..connection })?;
        let preview = sampling::preview(&path, &plan, &*model, &limits)?;
        let json = sinks.wants_json().then(|| Document::new("doggerel.preview/1", global.seed, &preview).line());
        sinks.put(&Made { words: Some(words_of_preview(&preview)), json: json.transpose()? })?;
        return sinks.finish(notes);
    }
    let model: Arc<dyn Model> = Arc::from(sampling::open(name, &connection)?);
    let bar = notes.asking();
    let ended = sampling::run(&path, &plan, &model, &limits, {
        let bar = bar.clone();
        move |now| bar.at(&now)
    })?;
    bar.finish();
    ended.notices.iter().for_each(|notice| notes.note(notice));
    let run = Run::open(&path)?;
    let summary = Summary::of(&run)?;
    let json = sinks.wants_json().then(|| Document::new("doggerel.run/1", global.seed, &summary).line()).transpose()?;
    sinks.put(&Made { words: Some(summary.words()), json })?;
    sinks.finish(notes)?;
    outcome(&ended, &path)
}

/// What clap cannot see of the numbers.
fn check(ask: &Ask) -> Outcome {
    let wrong = |what: String, way: &str| Err(Failure::input(what).with_help(way));
    let within = |value: Option<f64>, low: f64, high: f64| value.is_none_or(|value| (low..=high).contains(&value));
    if !within(ask.temperature, 0.0, 10.0) {
        return wrong("--temperature is out of range".into(), "give a number from 0 up; 1 samples what the model says");
    }
    if !within(ask.top_p, 0.0, 1.0) || !within(ask.min_p, 0.0, 1.0) {
        return wrong("--top-p and --min-p are shares".into(), "give a number between 0 and 1");
    }
    if !within(Some(ask.timeout), 0.001, 86_400.0) {
        return wrong(format!("--timeout {} is no time for an answer", ask.timeout), "give seconds, such as 180");
    }
    if !within(ask.max_cost, 0.0, f64::MAX) {
        return wrong("--max-cost is not an amount".into(), "give US dollars, such as 2.50");
    }
    for (option, value) in [
        ("--concurrency", Some(ask.concurrency as u64)),
        ("--repeat", ask.repeat.map(|times| times as u64)),
        ("--max-tokens", ask.max_tokens.map(u64::from)),
        ("--rpm", ask.rpm.map(u64::from)),
        ("--tpm", ask.tpm),
    ] {
        if value == Some(0) {
            return wrong(format!("{option} 0 lets nothing happen"), "give 1 or more, or leave it out");
        }
    }
    Ok(())
}

fn connection(ask: &Ask) -> Result<Connection, Failure> {
    Ok(Connection {
        key_file: ask.key_file.clone(),
        timeout: Duration::from_secs_f64(ask.timeout),
        attempts: ask.retries.saturating_add(1),
        rpm: ask.rpm,
        tpm: ask.tpm,
        prices: ask.prices.as_deref().map(Prices::with_file).transpose()?.unwrap_or_default(),
        ..Connection::default()
    })
}

fn overrides(ask: &Ask) -> Overrides {
    Overrides {
        temperature: ask.temperature,
        top_p: ask.top_p,
        min_p: ask.min_p,
        max_tokens: ask.max_tokens,
        stop: ask.stop.clone(),
        format: ask.raw.then_some(Format::Raw),
        logprobs: ask.logprobs,
    }
}

/// A suite by its name or file; any other file holds prompts.
fn plan(suite: &str, ask: &Ask, seed: u64) -> Result<Plan, Failure> {
    let by_name = Suite::source(suite).is_some() && !Path::new(suite).exists();
    if !by_name && !suite.ends_with(".toml") {
        return Ok(sampling::prompts::of_file(suite, &Fields::parse(&ask.field)?, ask.repeat.unwrap_or(1))?);
    }
    let suite = Suite::open(suite)?;
    let options = corpus::Options { fields: Fields::parse(&ask.field)?, ..corpus::Options::default() };
    let texts = match &ask.texts {
        Some(source) => corpus::open(source, &options)?.collect::<Result<Vec<_>, _>>()?,
        None => Vec::new(),
    };
    Ok(suite.plan(&Filling { seed, samples: ask.repeat, texts })?)
}

/// `prompts-openai-gpt-4o.db` in the folder where one is.
fn file_name(suite: &str, model: &str) -> String {
    let stem = match suite {
        "-" => "prompts",
        path => Path::new(path).file_stem().and_then(|stem| stem.to_str()).unwrap_or("run"),
    };
    // Of a path its last part without the extension, which says enough.
    let local =
        model.strip_prefix("gguf:").map(|path| Path::new(path).file_stem().unwrap_or_default().to_string_lossy());
    let model = local.map_or(model.into(), |stem| format!("gguf-{stem}"));
    let plain = |c: char| if c.is_alphanumeric() || "._".contains(c) { c } else { '-' };
    format!("{stem}-{model}.db").chars().map(plain).collect()
}

/// Whether what was asked for is done.
fn outcome(ended: &Ended, path: &Path) -> Outcome {
    let again = || format!("the same command goes on; `doggerel run show {}` says how far it is", path.display());
    let left = ended.left;
    match &ended.how {
        How::Whole if left == 0 => Ok(()),
        How::Whole => Err(Failure::failed(format!("{} no answer", counted(left, "request has", "requests have")))
            .with_help("the same command asks them again")),
        // As it was wished.
        How::Budget => Ok(()),
        How::Interrupted => {
            Err(Failure::failed(format!("interrupted, with {} left", counted(left, "request", "requests")))
                .with_help(again()))
        }
        How::GivenUp(error) => {
            let left = counted(left, "request", "requests");
            let way = match error.status {
                Some(404) => "is the model's name right, and does OPENAI_BASE_URL end in /v1?".into(),
                Some(401..=403) => "check the key and what it may do; then the same command goes on".into(),
                _ => again(),
            };
            Err(Failure::failed(format!("the server answers nobody ({error}); {left} left")).with_help(way))
        }
    }
}

fn counted(n: usize, one: &str, more: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { more })
}

/// A run in numbers.
#[derive(Serialize)]
struct Summary {
    run: String,
    suite: String,
    model: String,
    cases: usize,
    requests: usize,
    #[serde(flatten)]
    tally: Tally,
    failures: Vec<Failed>,
}

#[derive(Serialize)]
struct Failed {
    case: String,
    turn: usize,
    reason: String,
    message: String,
    attempts: u32,
}

impl Summary {
    fn of(run: &Run) -> Result<Summary, Failure> {
        let (cases, requests) = run.size()?;
        let failures = run.failures()?.into_iter().map(|failure| Failed {
            case: failure.case,
            turn: failure.turn,
            reason: failure.reason,
            message: failure.message,
            attempts: failure.attempts,
        });
        Ok(Summary {
            run: run.path().display().to_string(),
            suite: run.suite().to_string(),
            model: run.model().to_string(),
            cases,
            requests,
            tally: run.tally()?,
            failures: failures.collect(),
        })
    }

    /// `run.db  anything · openai/x · 118 of 120 answered, 2 failed`
    fn line(&self) -> String {
        let failed = if self.tally.failed == 0 { String::new() } else { format!(", {} failed", self.tally.failed) };
        let line = format!(
            "{}  {} · {} · {} of {} answered{failed}",
            self.run, self.suite, self.model, self.tally.answers, self.requests
        );
        sanitize(&line).into_owned()
    }

    fn words(&self) -> String {
        let tally = &self.tally;
        let mut out = self.line() + "\n";
        let counts = |counts: &std::collections::BTreeMap<String, usize>| {
            let mut counts: Vec<_> = counts.iter().collect();
            counts.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
            counts.iter().map(|(word, n)| format!("{} {n}", sanitize(word))).collect::<Vec<_>>().join(" · ")
        };
        if tally.answers > 0 {
            let _ = writeln!(out, " ended   {}", counts(&tally.finish));
            let _ = writeln!(out, " tokens  {} in · {} out", tally.tokens_in, tally.tokens_out);
            let _ = writeln!(out, " cost    {}", cost(tally));
        }
        if tally.failed > 0 {
            let _ = writeln!(out, " failed  {}", counts(&tally.reasons));
        }
        for failure in self.failures.iter().take(LISTED) {
            let turn = if failure.turn == 0 { String::new() } else { format!("#{}", failure.turn) };
            let Failed { case, reason, message, .. } = failure;
            let _ = writeln!(out, "         {}", sanitize(&format!("{case}{turn}: {reason}, {message}")));
        }
        if self.failures.len() > LISTED {
            let _ = writeln!(out, "         and {} more", self.failures.len() - LISTED);
        }
        out
    }
}

fn cost(tally: &Tally) -> String {
    match tally.unpriced {
        0 => dollars(tally.cost),
        n if n == tally.answers => "not known: no price for this model here (--prices FILE)".into(),
        n => format!("{}, and {n} answers whose cost is not known", dollars(tally.cost)),
    }
}

fn dollars(amount: f64) -> String {
    if amount >= 0.1 { format!("${amount:.2}") } else { format!("${amount:.5}") }
}

fn words_of_preview(preview: &Preview) -> String {
    let Preview { suite, model, cases, requests, answered, tokens_in, tokens_out_most, cost_most, prompts, .. } =
        preview;
    let mut out = format!("{suite} · {model} · {requests} requests in {cases} cases");
    if *answered > 0 {
        let _ = write!(out, ", {answered} answered before");
    }
    let about = if preview.tokens_counted { "" } else { "about " };
    let _ = writeln!(out, "\n tokens  {about}{tokens_in} in · at most {tokens_out_most} out");
    if let Some(why) = &preview.refused_why {
        let _ = writeln!(out, " refuses {}: {}", counted(preview.refused, "prompt", "prompts"), sanitize(why));
    }
    let cost = cost_most.map_or("not known: no price for this model here (--prices FILE)".into(), |most| {
        format!("at most {}", dollars(most))
    });
    let _ = writeln!(out, " cost    {cost}");
    for prompt in prompts {
        let line = prompt.split_whitespace().collect::<Vec<_>>().join(" ");
        let _ = writeln!(out, " asks    {}", sanitize(&shortened(&line, 90)));
    }
    if *cases > prompts.len() {
        let _ = writeln!(out, "         and {} more", cases - prompts.len());
    }
    out
}

fn shortened(line: &str, most: usize) -> String {
    match line.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line.to_string(),
    }
}

fn show(path: &Path, global: &Global) -> Outcome {
    let mut sinks = Sinks::open(global)?;
    let summary = Summary::of(&Run::open(path)?)?;
    let json = sinks.wants_json().then(|| Document::new("doggerel.run/1", global.seed, &summary).line()).transpose()?;
    sinks.put(&Made { words: Some(summary.words()), json })?;
    sinks.finish(Notes { quiet: global.quiet })
}

/// The runs of a folder by name; other files are passed over.
fn list(folder: &Path, global: &Global) -> Outcome {
    let mut sinks = Sinks::open(global)?;
    let unreadable = |error: &std::io::Error| {
        Failure::input(format!("{} cannot be read: {}", folder.display(), crate::failure::plain(error)))
    };
    let entries = fs::read_dir(folder).map_err(|error| unreadable(&error))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| Run::is_run(path)) {
        // As a person would type it.
        let path = path.strip_prefix(".").unwrap_or(path);
        let summary = Summary::of(&Run::open(path)?)?;
        let json =
            sinks.wants_json().then(|| Document::new("doggerel.run/1", global.seed, &summary).line()).transpose()?;
        sinks.put(&Made { words: Some(summary.line() + "\n"), json })?;
    }
    sinks.finish(Notes { quiet: global.quiet })
}

fn export(path: &Path, out: &Path, global: &Global) -> Outcome {
    let notes = Notes { quiet: global.quiet };
    let run = Run::open(path)?;
    if out.as_os_str() == "-" {
        let mut output = Output::stdout();
        Export::Jsonl.write(&run, &mut output).map_err(|error| writing(&output, error))?;
        return output.finish();
    }
    let name = out.display().to_string();
    let format = Export::of_name(&name).ok_or_else(|| {
        Failure::input(format!("{name} has no extension that says how to write it"))
            .with_help("end it in .jsonl, .csv or .parquet")
    })?;
    let mut output = Output::file(out)?;
    let n = format.write(&run, &mut output).map_err(|error| writing(&output, error))?;
    output.flush().map_err(|error| output.failure(&error))?;
    output.finish()?;
    notes.note(&format!("wrote {} to {name}", counted(n, "answer", "answers")));
    Ok(())
}

fn writing(output: &Output, error: sampling::Error) -> Failure {
    match error {
        sampling::Error::Write(error) => output.failure(&error),
        other => other.into(),
    }
}

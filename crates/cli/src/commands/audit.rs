//! `doggerel audit`: what preferences, or a reward model, pay for.

use std::collections::HashMap;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use corpus::PairFields;
use report::{Html, Json, Terminal};
use sampling::{Connection, ModelError, ScoreFormat, Scorer, ToScore, score_all};
use serde::Serialize;
use training::{Auditor, Counterfactual, TextScore, counterfactuals, hearing};

use super::measure::{again, wrote};
use crate::args::{Audit, Global, RewardFormat};
use crate::date;
use crate::failure::{Failure, Outcome, plain};
use crate::notes::Notes;
use crate::output::{self, Output, refuse_to_overwrite};

/// Pairs that are read at a time.
const BATCH: usize = 512;

pub fn run(arguments: &Audit, global: &Global) -> Outcome {
    let notes = Notes { quiet: global.quiet };
    if let Some(path) = global.json_file().filter(|_| global.json_was_joined) {
        refuse_to_overwrite(path)?;
    }
    for path in arguments.html.iter().chain(global.json_file()) {
        output::probe(path)?;
    }
    match (&arguments.preferences, &arguments.make, &arguments.scores, &arguments.reward_url) {
        (Some(source), ..) => preferences(source, arguments, global, notes),
        (_, Some(path), ..) => make(path, arguments, global, notes),
        (_, _, _, Some(url)) => reward(url, arguments, global, notes),
        (_, _, Some(path), None) => {
            let (scores, strange) = read_scores(path)?;
            if strange > 0 {
                notes.note(&format!("{}: {strange} records without id and score were skipped", path.display()));
            }
            heard(&path.display().to_string(), &scores, arguments, global, notes)
        }
        // clap wants one of them
        _ => Err(Failure::input("nothing to audit")
            .with_help("give a file of preferences, --make, --scores or --reward-url")),
    }
}

fn preferences(source: &str, arguments: &Audit, global: &Global, notes: Notes) -> Outcome {
    let fields = PairFields::parse(&arguments.field)?;
    let options = corpus::Options { strict: arguments.strict, ..corpus::Options::default() };
    let mut pairs = corpus::pairs(source, &fields, &options)?;
    let mut auditor = Auditor::new();
    let mut progress = notes.progress_of("pairs");
    loop {
        let batch = pairs.by_ref().take(BATCH).collect::<Result<Vec<_>, _>>()?;
        if batch.is_empty() {
            break;
        }
        auditor.add(&batch);
        progress.at(auditor.len(), pairs.source().progress());
    }
    drop(progress);
    notes.of_reading(pairs.source());
    let audit = auditor.audit(pairs.source().name(), pairs.source().skipped(), global.seed);
    let render = Renders {
        html: &|page, out| page.audit(&audit, out),
        terminal: &|terminal, out| terminal.audit(&audit, out),
        document: &audit,
    };
    render.write(arguments, global, notes)
}

fn make(path: &Path, arguments: &Audit, global: &Global, notes: Notes) -> Outcome {
    let texts = counterfactuals(arguments.prompt.as_deref(), global.seed);
    let mut output = if path.as_os_str() == "-" { Output::stdout() } else { Output::file(path)? };
    for text in &texts {
        output.put(&line(text)?)?;
    }
    output.finish()?;
    if path.as_os_str() != "-" {
        notes.note(&format!(
            "wrote {} texts to {}: add a field `score` to each, then doggerel audit --scores FILE",
            texts.len(),
            path.display()
        ));
    }
    Ok(())
}

fn line(value: &impl Serialize) -> Result<String, Failure> {
    Ok(serde_json::to_string(value).map_err(Failure::failed)? + "\n")
}

fn heard(name: &str, scores: &[TextScore], arguments: &Audit, global: &Global, notes: Notes) -> Outcome {
    let found = hearing(name, scores, global.seed);
    let render = Renders {
        html: &|page, out| page.hearing(&found, out),
        terminal: &|terminal, out| terminal.hearing(&found, out),
        document: &found,
    };
    render.write(arguments, global, notes)
}

/// Scores by id, the last of each, and records that are none.
fn read_scores(path: &Path) -> Result<(Vec<TextScore>, usize), Failure> {
    let name = path.display().to_string();
    let fields = corpus::Fields { text: Some("id".into()), ..corpus::Fields::default() };
    let options = corpus::Options { fields, ..corpus::Options::default() };
    let none = || {
        Failure::input(format!("{name} holds no scores"))
            .with_help("each record has the id that --make gave, and a field `score` or `reward`")
    };
    let mut texts = corpus::open(&name, &options)?;
    let mut by_id: HashMap<String, f64> = HashMap::new();
    let mut order = Vec::new();
    let mut strange = 0;
    for text in texts.by_ref() {
        let text = match text {
            Err(corpus::Error::NoField { .. } | corpus::Error::NoTexts { .. }) => return Err(none()),
            other => other?,
        };
        let score = ["score", "reward"].iter().find_map(|name| text.field(name)?.trim().parse::<f64>().ok());
        match score {
            Some(score) => {
                if by_id.insert(text.text.clone(), score).is_none() {
                    order.push(text.text);
                }
            }
            None => strange += 1,
        }
    }
    strange += texts.skipped().iter().map(|s| s.n).sum::<usize>();
    if order.is_empty() {
        return Err(none());
    }
    Ok((order.into_iter().map(|id| TextScore { score: by_id[&id], id }).collect(), strange))
}

fn reward(url: &str, arguments: &Audit, global: &Global, notes: Notes) -> Outcome {
    if !(0.001..=86_400.0).contains(&arguments.timeout) || arguments.concurrency == 0 {
        return Err(Failure::input("--timeout and --concurrency must let something happen")
            .with_help("give seconds such as 60, and 1 request or more"));
    }
    let connection = Connection {
        timeout: Duration::from_secs_f64(arguments.timeout),
        attempts: arguments.retries.saturating_add(1),
        ..Connection::default()
    };
    let format = match arguments.reward_format {
        RewardFormat::Plain => ScoreFormat::Plain,
        RewardFormat::Messages => ScoreFormat::Messages,
        RewardFormat::Openrlhf => ScoreFormat::OpenRlhf,
        RewardFormat::Inputs => ScoreFormat::Inputs,
    };
    let scorer = Arc::new(Scorer::open(url, format, arguments.reward_model.clone(), &connection)?);
    let texts = counterfactuals(arguments.prompt.as_deref(), global.seed);
    let mut kept = Kept::open(arguments.scores.as_deref(), &texts)?;
    let left: Vec<&Counterfactual> = texts.iter().filter(|t| !kept.has(t)).collect();
    let asked: Vec<ToScore> = left.iter().map(|t| ToScore { prompt: t.prompt.clone(), text: t.text.clone() }).collect();
    let mut progress = notes.progress_of("scores");
    let (mut failed, mut first): (usize, Option<ModelError>) = (0, None);
    score_all::<Failure>(&scorer, &asked, arguments.concurrency, |place, score| {
        match score {
            Ok(score) => kept.put(left[place], score)?,
            Err(error) => {
                failed += 1;
                first.get_or_insert(error);
            }
        }
        progress.at(kept.scores.len(), Some(kept.scores.len() as f64 / texts.len() as f64));
        Ok(())
    })?;
    drop(progress);
    if kept.scores.len() < texts.len() {
        let why = first.map_or(String::new(), |error| format!(" ({error})"));
        let help = match &arguments.scores {
            Some(_) => "the same command asks for the others",
            None => "check the address, --reward-format and REWARD_API_KEY; with --scores FILE what is there is kept",
        };
        let (n, all) = (texts.len() - kept.scores.len(), texts.len());
        return Err(Failure::failed(format!("{n} of {all} texts have no score{why}")).with_help(help));
    }
    heard(arguments.reward_model.as_deref().unwrap_or("reward model"), &kept.scores, arguments, global, notes)
}

/// Scores that are there, each written down as it comes.
struct Kept {
    scores: Vec<TextScore>,
    known: HashMap<String, ()>,
    file: Option<(std::fs::File, String)>,
}

/// A score as it is written down: with what was scored, so that another prompt's or seed's is not taken for it.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    text: &'a Counterfactual,
    score: f64,
}

impl Kept {
    fn open(path: Option<&Path>, texts: &[Counterfactual]) -> Result<Kept, Failure> {
        let mut kept = Kept { scores: Vec::new(), known: HashMap::new(), file: None };
        let Some(path) = path else { return Ok(kept) };
        let name = path.display().to_string();
        let failed = |error: std::io::Error| Failure::failed(format!("{name} cannot be used: {}", plain(&error)));
        let whole = match std::fs::read_to_string(path) {
            Ok(whole) => whole,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(failed(error)),
        };
        for line in whole.lines() {
            // a line that was cut off when the program was killed is asked for again
            let Ok(value) = serde_json::from_str::<serde_json::Value>(line) else { continue };
            let at = |name: &str| value.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
            let same = texts.iter().find(|t| t.id == at("id"));
            let (Some(text), Some(score)) = (same, value.get("score").and_then(serde_json::Value::as_f64)) else {
                continue;
            };
            if at("text") != text.text || at("prompt") != text.prompt {
                return Err(Failure::input(format!(
                    "{name} holds scores of other poems, or of another prompt or seed"
                ))
                .with_help("give another file to --scores"));
            }
            if kept.known.insert(text.id.clone(), ()).is_none() {
                kept.scores.push(TextScore { id: text.id.clone(), score });
            }
        }
        if !whole.is_empty() && kept.scores.is_empty() {
            return Err(Failure::input(format!("{name} is there already and holds no scores of doggerel's"))
                .with_help("give another file to --scores"));
        }
        let mut file = OpenOptions::new().create(true).append(true).open(path).map_err(failed)?;
        if !whole.is_empty() && !whole.ends_with('\n') {
            file.write_all(b"\n").map_err(|error| Failure::writing(&name, &error))?;
        }
        kept.file = Some((file, name));
        Ok(kept)
    }

    fn has(&self, text: &Counterfactual) -> bool {
        self.known.contains_key(&text.id)
    }

    fn put(&mut self, text: &Counterfactual, score: f64) -> Outcome {
        if let Some((file, name)) = &mut self.file {
            let line = line(&Line { text, score })?;
            file.write_all(line.as_bytes()).map_err(|error| Failure::writing(name, &error))?;
        }
        self.known.insert(text.id.clone(), ());
        self.scores.push(TextScore { id: text.id.clone(), score });
        Ok(())
    }
}

type Rendered<'a, R> = &'a dyn Fn(&R, &mut dyn Write) -> Result<(), report::Error>;

/// One result in its three forms.
struct Renders<'a, T> {
    html: Rendered<'a, Html>,
    terminal: Rendered<'a, Terminal>,
    document: &'a T,
}

impl<T: Serialize> Renders<'_, T> {
    fn write(&self, arguments: &Audit, global: &Global, notes: Notes) -> Outcome {
        let again = again(global.seed);
        if let Some(path) = &arguments.html {
            let page = Html { date: date::today(), again: Some(again.clone()) };
            let mut output = Output::file(path)?;
            wrote((self.html)(&page, &mut output), output)?;
            notes.wrote(path);
        }
        if let Some(path) = global.json_file() {
            let mut output = Output::file(path)?;
            wrote(Json.document(self.document, &mut output), output)?;
            notes.wrote(path);
        }
        let mut output = Output::stdout();
        if global.json_to_stdout() {
            return wrote(Json.document(self.document, &mut output), output);
        }
        let page = arguments.html.as_ref().map(|path| path.display().to_string());
        let terminal = Terminal { colour: true, width: output::width().min(120), page, again: Some(again) };
        wrote((self.terminal)(&terminal, &mut output), output)
    }
}

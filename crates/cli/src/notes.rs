//! What is said beside the data, on standard error: notices, skipped records, progress, and how it ended.

use std::io::{IsTerminal, Write};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anstyle::{AnsiColor, Style};
use corpus::{Texts, sanitize};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::failure::{BAD_INPUT, FAILED, Failure};

/// Standard error, unless the person wants it quiet.
#[derive(Debug, Clone, Copy)]
pub struct Notes {
    pub quiet: bool,
}

const LABEL: Style = Style::new().bold();
const ERROR: Style = AnsiColor::Red.on_default().bold();
const HELP: Style = AnsiColor::Cyan.on_default();

fn say(style: Style, label: &str, sentence: &str) {
    let mut stream = anstream::AutoStream::auto(std::io::stderr().lock());
    // Nobody is left to tell if standard error is closed.
    let _ = writeln!(stream, "{style}{label}:{style:#} {}", sanitize(sentence));
}

impl Notes {
    pub fn note(&self, sentence: &str) {
        if !self.quiet {
            say(LABEL, "note", sentence);
        }
    }

    pub fn wrote(&self, path: &std::path::Path) {
        self.note(&format!("wrote {}", path.display()));
    }

    /// How a source was read, and which of its records were not.
    pub fn of_reading(&self, texts: &Texts) {
        for notice in texts.notices() {
            self.note(&notice);
        }
        let skipped = texts.skipped();
        let n: usize = skipped.iter().map(|skipped| skipped.n).sum();
        if n == 0 {
            return;
        }
        let records = if n == 1 { "one record was skipped".to_string() } else { format!("{n} records were skipped") };
        self.note(&format!("{}: {records}", texts.name()));
        for skipped in skipped {
            let mut others: Vec<String> = skipped.at.iter().skip(1).map(|at| short(at)).collect();
            if skipped.n > skipped.at.len() {
                others.push("…".to_string());
            }
            let then = if others.is_empty() { String::new() } else { format!("; also {}", others.join(", ")) };
            self.note(&format!("{} {}: {}{then}", skipped.n, skipped.reason, skipped.example));
        }
    }

    /// For sets that `gather` reads.
    pub fn watch(&self) -> Watching {
        Watching { notes: *self, progress: None }
    }

    pub fn progress(&self) -> Progress {
        self.progress_of("texts")
    }

    /// Progress over what is counted under that name.
    pub fn progress_of(&self, unit: &'static str) -> Progress {
        let wanted = !self.quiet && std::io::stderr().is_terminal();
        Progress { wanted, unit, begun: Instant::now(), bar: None }
    }

    /// For the steps of a measurement.
    pub fn steps(&self) -> Steps {
        Steps(Arc::new(Mutex::new(Step { progress: self.progress(), name: "" })))
    }

    /// For requests to a model.
    pub fn asking(&self) -> Asking {
        let wanted = !self.quiet && std::io::stderr().is_terminal();
        Asking { bar: wanted.then(|| ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr())) }
    }
}

/// "line 7" of "poems.jsonl:7"; a file of a folder by its name.
fn short(place: &str) -> String {
    let end = place.rsplit('/').next().unwrap_or(place);
    end.rsplit_once(':').map_or_else(|| end.to_string(), |(_, line)| format!("line {line}"))
}

/// Says how a command ended, and gives its exit code.
pub fn ended(failure: Failure) -> u8 {
    match failure {
        Failure::Closed => 0,
        Failure::Stopped { sentence, help, code } => {
            debug_assert!(code == FAILED || code == BAD_INPUT);
            say(ERROR, "error", &sentence);
            if let Some(help) = help {
                say(HELP, " help", &help);
            }
            code
        }
    }
}

/// A bar while a set is read, and what is to be said of it when it is.
pub struct Watching {
    notes: Notes,
    progress: Option<Progress>,
}

impl gather::Watch for Watching {
    fn at(&mut self, texts: &Texts) -> Result<(), gather::Error> {
        self.progress.get_or_insert_with(|| self.notes.progress()).at(texts.n(), texts.progress());
        Ok(())
    }

    fn done(&mut self, texts: &Texts) {
        self.progress = None;
        self.notes.of_reading(texts);
    }
}

/// A bar for what takes longer than two seconds.
pub struct Progress {
    wanted: bool,
    unit: &'static str,
    begun: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    const PATIENCE: Duration = Duration::from_secs(2);
    const STEPS: u64 = 1000;

    /// `done` of them, which are this share of all.
    pub fn at(&mut self, done: usize, share: Option<f64>) {
        if !self.wanted || self.begun.elapsed() < Progress::PATIENCE {
            return;
        }
        self.show(format!("{done} {}", self.unit), share);
    }

    /// A step that is done so far.
    fn step(&mut self, name: &str, share: f64) {
        if self.wanted && self.begun.elapsed() >= Progress::PATIENCE {
            self.show(name.to_string(), Some(share));
        }
    }

    fn show(&mut self, message: String, share: Option<f64>) {
        let begun = self.begun;
        let bar = self.bar.get_or_insert_with(|| bar(share.is_some()).with_elapsed(begun.elapsed()));
        bar.set_message(message);
        match share {
            Some(share) => bar.set_position((share * Progress::STEPS as f64) as u64),
            None => bar.tick(),
        }
    }
}

/// A bar for each step that takes longer than two seconds.
pub struct Steps(Arc<Mutex<Step>>);

struct Step {
    progress: Progress,
    name: &'static str,
}

impl Steps {
    /// What the measurement tells its steps.
    pub fn told(&self) -> measure::Progress {
        let steps = Arc::clone(&self.0);
        measure::Progress::new(move |name, share| {
            // a bar is not worth a failure
            let Ok(mut step) = steps.lock() else { return };
            if step.name != name {
                let Progress { wanted, unit, .. } = step.progress;
                *step = Step { progress: Progress { wanted, unit, begun: Instant::now(), bar: None }, name };
            }
            step.progress.step(name, share);
        })
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

fn bar(known: bool) -> ProgressBar {
    let target = ProgressDrawTarget::stderr();
    let (bar, template) = match known {
        true => {
            (ProgressBar::with_draw_target(Some(Progress::STEPS), target), "{bar:30} {percent:>3} %  {msg}  {eta} left")
        }
        false => (ProgressBar::with_draw_target(None, target), "{spinner} {msg}  {elapsed}"),
    };
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// A bar of requests: how many are answered, how fast, the time left, the cost, the failures.
#[derive(Clone)]
pub struct Asking {
    bar: Option<ProgressBar>,
}

impl Asking {
    pub fn at(&self, now: &sampling::Progress) {
        let Some(bar) = &self.bar else { return };
        let tally = now.tally;
        if bar.length().is_none() {
            bar.set_length(now.requests as u64);
            if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len}  {rate}  {eta} left  {msg}") {
                let rate = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                    let _ = write!(out, "{:.1}/s", state.per_sec());
                };
                bar.set_style(style.with_key("rate", rate));
            }
        }
        let mut said = Vec::new();
        if tally.cost > 0.0 {
            said.push(format!("${:.4}", tally.cost));
        }
        if tally.failed > 0 {
            said.push(format!("{} failed", tally.failed));
        }
        if now.ending {
            said.push("waiting for what is on its way (Ctrl-C again leaves it)".to_string());
        }
        bar.set_message(said.join("  "));
        bar.set_position((tally.answers + tally.failed) as u64);
    }

    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Asking {
    /// An error may end the asking; its sentence is not to stand behind half a bar.
    fn drop(&mut self) {
        self.finish();
    }
}

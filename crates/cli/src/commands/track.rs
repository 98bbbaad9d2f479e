//! `doggerel track`: a series of checkpoints.

use gather::{called, checkpoint};
use measure::{Checkpoint, GateSettings};
use report::{Html, Json, Terminal};

use super::compare::{as_set, one_standard_input};
use super::measure::{again, wrote};
use crate::args::{Global, Track};
use crate::date;
use crate::failure::{Failure, Outcome};
use crate::notes::Notes;
use crate::output::{self, Output, refuse_to_overwrite};
use crate::samples::{gather, same_settings};

pub fn run(arguments: &Track, global: &Global) -> Outcome {
    let notes = Notes { quiet: global.quiet };
    if let Some(path) = global.json_file().filter(|_| global.json_was_joined) {
        refuse_to_overwrite(path)?;
    }
    if !(arguments.delta > 0.0 && arguments.delta < 1.0) {
        return Err(Failure::input(format!("--delta {} is no share that may be lost", arguments.delta))
            .with_help("give a number between 0 and 1; 0.2 is usual"));
    }
    for path in arguments.html.iter().chain(global.json_file()) {
        output::probe(path)?;
    }
    let runs = gather::runs(&arguments.runs)?;
    one_standard_input(runs.iter().chain(&arguments.against))?;
    let options = arguments.reading.options()?;
    let base = arguments.against.as_ref().map(|base| gather(base, &options, notes)).transpose()?;
    let mut read = runs.iter().map(|run| gather(run, &options, notes)).collect::<Result<Vec<_>, _>>()?;
    read.iter_mut().for_each(|run| run.samples.name = called(&run.samples.name).to_string());
    // The base's settings count; a checkpoint sampled otherwise is said, since the series is shown all the same.
    if let Some(first) = base.as_ref().or(read.first()) {
        for run in &read {
            same_settings(&as_set(run), &as_set(first), true, notes)?;
        }
    }
    let checkpoints: Vec<Checkpoint> = read.iter().map(checkpoint).collect();
    let settings = GateSettings {
        seed: global.seed,
        delta: arguments.delta,
        progress: notes.steps().told(),
        ..GateSettings::default()
    };
    let track = measure::track(&checkpoints, base.as_ref().map(|base| &base.samples), &settings)?;
    drop(settings);
    write(arguments, global, &track, notes)
}

fn write(arguments: &Track, global: &Global, track: &measure::Track, notes: Notes) -> Outcome {
    let again = again(global.seed);
    if let Some(path) = &arguments.html {
        let page = Html { date: date::today(), again: Some(again.clone()) };
        let mut output = Output::file(path)?;
        wrote(page.track(track, &mut output), output)?;
        notes.wrote(path);
    }
    if let Some(path) = global.json_file() {
        let mut output = Output::file(path)?;
        wrote(Json.document(track, &mut output), output)?;
        notes.wrote(path);
    }
    let mut output = Output::stdout();
    if global.json_to_stdout() {
        return wrote(Json.document(track, &mut output), output);
    }
    let page = arguments.html.as_ref().map(|path| path.display().to_string());
    let terminal = Terminal { colour: true, width: output::width().min(120), page, again: Some(again) };
    wrote(terminal.track(track, &mut output), output)
}

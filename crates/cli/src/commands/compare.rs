//! `doggerel compare`: sets held against each other.

use measure::{Set, SetComparison};
use report::{Html, Json, Terminal};

use super::measure::{again, wrote};
use crate::args::{Compare, Global};
use crate::date;
use crate::failure::{Failure, Outcome};
use crate::notes::Notes;
use crate::output::{self, Output, refuse_to_overwrite};
use crate::samples::{Gathered, gather, reference, same_settings};

pub fn run(arguments: &Compare, global: &Global) -> Outcome {
    let notes = Notes { quiet: global.quiet };
    if let Some(path) = global.json_file().filter(|_| global.json_was_joined) {
        refuse_to_overwrite(path)?;
    }
    one_standard_input(arguments.sets.iter().chain([&arguments.against]))?;
    for path in arguments.html.iter().chain(global.json_file()) {
        output::probe(path)?;
    }
    let options = arguments.reading.options()?;
    let against = reference(&arguments.against, &options, notes)?;
    let sets = arguments.sets.iter().map(|set| gather(set, &options, notes)).collect::<Result<Vec<_>, _>>()?;
    let sets: Vec<Set> = sets.iter().map(as_set).collect();
    for (i, a) in sets.iter().enumerate() {
        for b in &sets[i + 1..] {
            same_settings(a, b, arguments.force, notes)?;
        }
    }
    let comparison = measure::compare_sets(&sets, Some(&against), global.seed)?;
    write(arguments, global, &comparison, notes)
}

fn write(arguments: &Compare, global: &Global, comparison: &SetComparison, notes: Notes) -> Outcome {
    let again = again(global.seed);
    if let Some(path) = &arguments.html {
        let page = Html { date: date::today(), again: Some(again.clone()) };
        let mut output = Output::file(path)?;
        wrote(page.sets(comparison, &mut output), output)?;
        notes.wrote(path);
    }
    if let Some(path) = global.json_file() {
        let mut output = Output::file(path)?;
        wrote(Json.document(comparison, &mut output), output)?;
        notes.wrote(path);
    }
    let mut output = Output::stdout();
    if global.json_to_stdout() {
        return wrote(Json.document(comparison, &mut output), output);
    }
    let page = arguments.html.as_ref().map(|path| path.display().to_string());
    let terminal = Terminal { colour: true, width: output::width().min(120), page, again: Some(again) };
    wrote(terminal.sets(comparison, &mut output), output)
}

pub fn as_set(gathered: &Gathered) -> Set<'_> {
    Set { samples: &gathered.samples, settings: &gathered.given }
}

/// Standard input can be read once.
pub fn one_standard_input<'a>(sources: impl Iterator<Item = &'a String>) -> Outcome {
    if sources.filter(|source| *source == "-").count() > 1 {
        return Err(
            Failure::input("standard input cannot be two sets at once").with_help("store one of them in a file")
        );
    }
    Ok(())
}

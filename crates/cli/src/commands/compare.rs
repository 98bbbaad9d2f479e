//! `doggerel compare`: sets held against each other.

use measure::{Reference, Samples, Set, SetComparison};
use report::{Html, Json, Terminal};

use super::measure::{again, wrote};
use crate::args::{Compare, Global};
use crate::date;
use crate::failure::{Failure, Outcome};
use crate::notes::Notes;
use crate::output::{self, Output, refuse_to_overwrite};
use crate::samples::{Gathered, gather, own_reference, same_settings, weights};

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
    let weights = arguments.weights.as_deref().map(|file| weights(file, notes)).transpose()?;
    let weighed = weights.as_ref().map(|weights| (weights, global.seed));
    let own = own_reference(&arguments.against, &options, weighed, notes)?;
    if own.is_none() {
        Reference::shipped(&arguments.against)?;
    }
    let mut sets = arguments.sets.iter().map(|set| gather(set, &options, notes)).collect::<Result<Vec<_>, _>>()?;
    let mixes = match &weights {
        Some(weights) => sets.iter_mut().map(|set| set.weigh(weights, global.seed)).collect::<Result<Vec<_>, _>>()?,
        None => Vec::new(),
    };
    let sets: Vec<Set> = sets.iter().map(as_set).collect();
    let against = match &own {
        Some(own) => &own.reference,
        None => {
            let samples: Vec<&Samples> = sets.iter().map(|set| set.samples).collect();
            Reference::shipped_for_sets(&arguments.against, &samples)?
        }
    };
    for (i, a) in sets.iter().enumerate() {
        for b in &sets[i + 1..] {
            same_settings(a, b, arguments.force, notes)?;
        }
    }
    let mut comparison = measure::compare_sets(&sets, Some(against), global.seed, &notes.steps().told())?;
    comparison.warnings.extend(mixes.iter().map(measure::Mix::sentence));
    comparison.mixes = mixes;
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

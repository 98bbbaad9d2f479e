//! `doggerel gate`: for pipelines.

use std::path::Path;

use measure::{Base, Gate as Answer, GateSettings, Reference, Rule};
use report::{Json, Terminal};

use super::compare::{as_set, one_standard_input};
use super::measure::{again, wrote};
use crate::args::{Gate, GateFormat, Global};
use crate::failure::{Failure, Outcome};
use crate::notes::Notes;
use crate::output::{self, Output, refuse_to_overwrite};
use crate::samples::{atlas, gather, same_settings};

/// Exit codes of the gate alone; neither a crash nor bad input ends with them.
const CANNOT_TELL: u8 = 3;
const COLLAPSED: u8 = 4;

pub fn run(arguments: &Gate, global: &Global) -> Result<u8, Failure> {
    let notes = Notes { quiet: global.quiet };
    if let Some(path) = global.json_file().filter(|_| global.json_was_joined) {
        refuse_to_overwrite(path)?;
    }
    one_standard_input([&arguments.samples, &arguments.against].into_iter())?;
    let settings = settings(arguments, global)?;
    if let Some(path) = global.json_file() {
        output::probe(path)?;
    }
    let options = arguments.reading().options()?;
    let file = Path::new(&arguments.against).exists() || arguments.against == "-";
    if !file {
        // soon said that there is none of that name
        Reference::shipped(&arguments.against)?;
    }
    // an atlas of people's works has no answers to prompts
    let works = atlas(Path::new(&arguments.against))?.filter(|atlas| atlas.people);
    let base = if file && works.is_none() { Some(gather(&arguments.against, &options, notes)?) } else { None };
    let samples = gather(&arguments.samples, &options, notes)?;
    let own;
    let reference = match (&base, &works) {
        (Some(base), _) => {
            own = Reference::from_readings(&base.samples.name, base.samples.readings.clone())?;
            &own
        }
        (_, Some(works)) => works,
        _ => Reference::shipped_for(&arguments.against, &samples.samples.readings)?,
    };
    if let Some(base) = &base {
        same_settings(&as_set(&samples), &as_set(base), arguments.force, notes)?;
    }
    let base = Base { reference, samples: base.as_ref().map(|base| &base.samples) };
    let settings = GateSettings { progress: notes.steps().told(), ..settings };
    let answer = measure::gate(&samples.samples, &base, &settings)?;
    drop(settings);
    let code = match answer.outcome {
        measure::Outcome::Holds => 0,
        measure::Outcome::CannotTell => CANNOT_TELL,
        measure::Outcome::Collapsed => COLLAPSED,
    };
    match write(arguments, global, &answer, notes) {
        // whoever read enough still wants to know how it ended
        Ok(()) | Err(Failure::Closed) => Ok(code),
        Err(failure) => Err(failure),
    }
}

fn settings(arguments: &Gate, global: &Global) -> Result<GateSettings, Failure> {
    if !(arguments.delta > 0.0 && arguments.delta < 1.0) {
        return Err(Failure::input(format!("--delta {} is no share that may be lost", arguments.delta))
            .with_help("give a number between 0 and 1; 0.2 is usual"));
    }
    if arguments.looks == 0 {
        return Err(Failure::input("--looks 0 never looks").with_help("give the number of looks that are planned"));
    }
    let rules = arguments.fail_on.iter().map(|rule| rule.parse::<Rule>()).collect::<Result<_, _>>()?;
    Ok(GateSettings {
        seed: global.seed,
        delta: arguments.delta,
        looks: arguments.looks,
        rules,
        ..GateSettings::default()
    })
}

fn write(arguments: &Gate, global: &Global, answer: &Answer, notes: Notes) -> Outcome {
    if let Some(path) = global.json_file() {
        let mut output = Output::file(path)?;
        wrote(Json.document(answer, &mut output), output)?;
        notes.wrote(path);
    }
    let mut output = Output::stdout();
    if global.json_to_stdout() {
        return wrote(Json.document(answer, &mut output), output);
    }
    match arguments.format {
        GateFormat::Text => {
            let again = Some(again(global.seed));
            let terminal = Terminal { colour: true, width: output::width().min(110), page: None, again };
            wrote(terminal.gate(answer, &mut output), output)
        }
        GateFormat::Junit => {
            output.put(&report::junit(answer))?;
            output.finish()
        }
        GateFormat::Github => {
            output.put(&report::github(answer))?;
            output.finish()
        }
    }
}

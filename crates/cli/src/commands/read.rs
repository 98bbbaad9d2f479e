//! `doggerel read`: the readings of samples, stored.

use measure::{Contents, Writer};
use serde::Serialize;

use crate::args::{Global, Read};
use crate::document::Document;
use crate::failure::{Failure, Outcome};
use crate::notes::Notes;
use crate::output::{self, Output};
use crate::samples::{Gathered, SETTINGS_NOTE, gather_each};
use crate::sinks::{Made, Sinks};

#[derive(Serialize)]
struct Summary<'a> {
    samples: &'a str,
    n: usize,
    out: String,
    skipped: &'a [measure::Skipped],
}

pub fn run(arguments: &Read, global: &Global) -> Outcome {
    let notes = Notes { quiet: global.quiet };
    output::probe(&arguments.out)?;
    let mut sinks = Sinks::open(global)?;
    // what is read is written at once: a set may be larger than memory
    let mut n = 0;
    let mut writer = Writer::new(Output::file(&arguments.out)?, Contents::Everything);
    let options = arguments.reading.options()?;
    let Gathered { samples, given, .. } = gather_each(&arguments.samples, &options, notes, |batch| {
        n += batch.len();
        Ok(writer.push(batch)?)
    })?;
    let about = [
        ("name", samples.name.clone()),
        ("doggerel", env!("CARGO_PKG_VERSION").to_string()),
        (SETTINGS_NOTE, serde_json::to_string(&given).map_err(Failure::failed)?),
    ];
    writer.finish(&about)?.finish()?;
    notes.wrote(&arguments.out);
    let out = arguments.out.display().to_string();
    let json = || -> Result<String, Failure> {
        let summary = Summary { samples: &samples.name, n, out: out.clone(), skipped: &samples.skipped };
        Document::new("doggerel.read/1", global.seed, summary).line()
    };
    let json = if sinks.wants_json() { Some(json()?) } else { None };
    sinks.put(&Made { words: Some(format!("{n} readings in {out}\n")), json })?;
    sinks.finish(notes)
}

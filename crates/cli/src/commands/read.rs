//! `doggerel read`: the readings of samples, stored.

use std::io::Write;

use measure::{Contents, to_bytes};
use serde::Serialize;

use crate::args::{Global, Read};
use crate::document::Document;
use crate::failure::{Failure, Outcome};
use crate::notes::Notes;
use crate::output::{self, Output};
use crate::samples::{Gathered, SETTINGS_NOTE, gather};
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
    let Gathered { samples, given, .. } = gather(&arguments.samples, &arguments.reading.options()?, notes)?;
    let about = [
        ("name", samples.name.clone()),
        ("doggerel", env!("CARGO_PKG_VERSION").to_string()),
        (SETTINGS_NOTE, serde_json::to_string(&given).map_err(Failure::failed)?),
    ];
    let bytes = to_bytes(&samples.readings, Contents::Everything, &about)?;
    let mut output = Output::file(&arguments.out)?;
    output.write_all(&bytes).map_err(|error| output.failure(&error))?;
    output.finish()?;
    notes.wrote(&arguments.out);
    let (n, out) = (samples.readings.len(), arguments.out.display().to_string());
    let json = || -> Result<String, Failure> {
        let summary = Summary { samples: &samples.name, n, out: out.clone(), skipped: &samples.skipped };
        Document::new("doggerel.read/1", global.seed, summary).line()
    };
    let json = if sinks.wants_json() { Some(json()?) } else { None };
    sinks.put(&Made { words: Some(format!("{n} readings in {out}\n")), json })?;
    sinks.finish(notes)
}

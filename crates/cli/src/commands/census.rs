//! `doggerel census`: how much verse and literary prose a corpus holds.

use std::path::Path;

use census::{Census, ErrorRates, Found, Passage, Report};
use report::Terminal;
use serde::Serialize;

use super::measure::{again, wrote};
use crate::args::{Census as Arguments, Global};
use crate::failure::{Failure, Outcome};
use crate::notes::Notes;
use crate::output::{self, Output, refuse_to_overwrite};

/// What of a text is wanted once it is read.
struct Done {
    id: String,
    url: Option<String>,
    passages: Vec<Passage>,
    /// The texts of its passages, where they are written down.
    texts: Vec<String>,
}

/// A passage with where it came from.
#[derive(Serialize)]
struct Line<'a> {
    shard: &'a str,
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(flatten)]
    passage: &'a Passage,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
}

pub fn run(arguments: &Arguments, global: &Global) -> Outcome {
    let notes = Notes { quiet: global.quiet };
    if let Some(path) = global.json_file().filter(|_| global.json_was_joined) {
        refuse_to_overwrite(path)?;
    }
    if let Some(path) = global.json_file() {
        output::probe(path)?;
    }
    let mut out = arguments.out.as_deref().map(Output::file).transpose()?;
    let mut census = Census::default();
    let mut broken = Vec::new();
    // A name that is mistyped is said before an hour's work.
    if let Some(shard) = arguments.shards.iter().find(|shard| *shard != "-" && !Path::new(shard).exists()) {
        return Err(corpus::Error::NotFound(shard.clone()).into());
    }
    for shard in &arguments.shards {
        match count(shard, arguments, &mut census, &mut out, notes) {
            Ok(()) => {}
            // what was read of it counts, and the next shard is whole
            Err(Ended::Read(error)) if !arguments.reading.strict && !error.is_failure() => {
                notes.note(&error.to_string());
                broken.push(error);
            }
            Err(Ended::Read(error)) => return Err(error.into()),
            Err(Ended::Other(failure)) => return Err(failure),
        }
    }
    if census.texts == 0 && !broken.is_empty() {
        return Err(broken.swap_remove(0).into());
    }
    let broken: Vec<String> = broken.iter().map(ToString::to_string).collect();
    if let (Some(output), Some(path)) = (out, &arguments.out) {
        output.finish()?;
        notes.wrote(path);
    }
    let report = Report::new(arguments.shards.clone(), broken, census.summary(&ErrorRates::shipped()), global.seed);
    write(&report, global, notes)
}

/// Why a shard was not read to its end.
enum Ended {
    Read(corpus::Error),
    Other(Failure),
}

impl From<corpus::Error> for Ended {
    fn from(error: corpus::Error) -> Ended {
        Ended::Read(error)
    }
}

fn count(
    shard: &str,
    arguments: &Arguments,
    census: &mut Census,
    out: &mut Option<Output>,
    notes: Notes,
) -> Result<(), Ended> {
    let mut texts = corpus::open(shard, &arguments.reading.options().map_err(Ended::Other)?)?;
    let mut progress = notes.progress();
    let wants_text = out.is_some() && !arguments.without_text;
    let keep = |text: &corpus::Text, found: Found| {
        let of = |p: &Passage| text.text.get(p.start..p.end).unwrap_or_default().to_owned();
        let texts = if wants_text { found.passages.iter().map(of).collect() } else { Vec::new() };
        let url = text.field("url").map(|url| url.into_owned());
        Done { id: text.id.clone(), url, passages: found.passages, texts }
    };
    let ended = gather::census(&mut texts, census, keep, |done: Done, census, texts| -> Result<(), Ended> {
        if let Some(out) = out {
            for (i, passage) in done.passages.iter().enumerate() {
                let line = Line {
                    shard,
                    id: &done.id,
                    url: done.url.as_deref(),
                    passage,
                    text: done.texts.get(i).map(String::as_str),
                };
                let line = serde_json::to_string(&line).map_err(|error| Ended::Other(Failure::failed(error)))?;
                out.put(&(line + "\n")).map_err(Ended::Other)?;
            }
        }
        progress.at(census.texts as usize, texts.progress());
        Ok(())
    });
    drop(progress);
    notes.of_reading(&texts);
    ended
}

fn write(report: &Report, global: &Global, notes: Notes) -> Outcome {
    let document = || Ok::<_, Failure>(serde_json::to_string(report).map_err(Failure::failed)? + "\n");
    if let Some(path) = global.json_file() {
        let mut output = Output::file(path)?;
        output.put(&document()?)?;
        output.finish()?;
        notes.wrote(path);
    }
    let mut output = Output::stdout();
    if global.json_to_stdout() {
        output.put(&document()?)?;
        return output.finish();
    }
    let terminal =
        Terminal { colour: true, width: output::width().min(110), page: None, again: Some(again(global.seed)) };
    wrote(terminal.census(report, &mut output), output)
}

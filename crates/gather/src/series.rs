//! A series of checkpoints: which files it is, in which order, and at which step each stands.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::path::Path;

use measure::{Checkpoint, log_mean};

use crate::error::plain;
use crate::{Error, Gathered};

/// Files that may hold a checkpoint's samples.
const RUNS: [&str; 6] = ["jsonl", "json", "ndjson", "csv", "tsv", "parquet"];

/// A set as a checkpoint, with its step and the means of what its trainer logged.
#[must_use]
pub fn checkpoint(run: &Gathered) -> Checkpoint<'_> {
    let logged = run.log.get("step").map(|steps| log_mean(steps).value);
    let log: BTreeMap<_, _> = run
        .log
        .iter()
        .filter(|(name, _)| *name != "step")
        .map(|(name, values)| (name.clone(), log_mean(values)))
        .collect();
    Checkpoint { samples: &run.samples, step: logged.or_else(|| number_in(&run.samples.name)), log }
}

/// The runs that were named, or those in the folder that was, in natural order.
///
/// # Errors
/// If the folder cannot be read or holds none.
pub fn runs(named: &[String]) -> Result<Vec<String>, Error> {
    let [folder] = named else { return Ok(named.to_vec()) };
    if !Path::new(folder).is_dir() {
        return Ok(named.to_vec());
    }
    let entries = std::fs::read_dir(folder)
        .map_err(|error| Error::failed(format!("{folder} cannot be read: {}", plain(&error))))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| is_run(path))
        .map(|path| path.to_string_lossy().into_owned())
        .collect();
    names.sort_by(|a, b| natural(a, b));
    if names.is_empty() {
        return Err(Error::input(format!("the folder {folder} holds no runs"))
            .with_help("put a file a checkpoint there: step_100.jsonl, step_200.jsonl …"));
    }
    Ok(names)
}

/// A file of samples, or a folder of texts; not what an editor or system hides.
fn is_run(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if name.starts_with('.') {
        return false;
    }
    if path.is_dir() {
        let entries = std::fs::read_dir(path);
        return entries
            .is_ok_and(|mut files| files.any(|f| f.is_ok_and(|f| f.path().extension().is_some_and(|e| e == "txt"))));
    }
    RUNS.iter().any(|end| called(&name) != name && name.contains(&format!(".{end}")))
}

/// The name without what says how it is stored.
#[must_use]
pub fn called(name: &str) -> &str {
    let bare = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(name);
    RUNS.iter().find_map(|end| bare.strip_suffix(&format!(".{end}"))).unwrap_or(bare)
}

/// The number of the step: what follows "step", "checkpoint" or "ckpt", else the last number of the name.
fn number_in(name: &str) -> Option<f64> {
    let digits = |text: &str| -> Option<f64> {
        let start = text.find(|c: char| c.is_ascii_digit())?;
        let rest = &text[start..];
        rest[..rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())].parse().ok()
    };
    let lower = name.to_ascii_lowercase();
    let after = ["step", "checkpoint", "ckpt"].iter().find_map(|word| lower.rfind(word).map(|at| at + word.len()));
    if let Some(number) = after.and_then(|at| digits(&lower[at..])) {
        return Some(number);
    }
    let last = lower.rfind(|c: char| c.is_ascii_digit())?;
    let start = lower[..last]
        .rfind(|c: char| !c.is_ascii_digit())
        .map_or(0, |i| i + lower[i..].chars().next().map_or(1, char::len_utf8));
    lower[start..=last].parse().ok()
}

/// Runs of digits by their number, all else by its letters: step_100 before step_1000, and step_20 before both.
#[must_use]
pub fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let (x, y) = (chunk(&mut a), chunk(&mut b));
        let order = match (x.is_empty(), y.is_empty()) {
            (true, true) => return Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            _ if is_number(x) && is_number(y) => {
                let (p, q) = (x.trim_start_matches('0'), y.trim_start_matches('0'));
                p.len().cmp(&q.len()).then(p.cmp(q)).then(x.len().cmp(&y.len()))
            }
            _ => x.cmp(y),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

fn is_number(chunk: &str) -> bool {
    chunk.starts_with(|c: char| c.is_ascii_digit())
}

/// The next run of digits, or of other letters.
fn chunk<'a>(text: &mut &'a str) -> &'a str {
    let number = is_number(text);
    let end = text.find(|c: char| c.is_ascii_digit() != number).unwrap_or(text.len());
    let (first, rest) = text.split_at(end);
    *text = rest;
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_in_natural_order() {
        let mut names = ["step_1000.jsonl", "step_20.jsonl", "base.jsonl", "step_100.jsonl", "step_0100b.jsonl"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["base.jsonl", "step_20.jsonl", "step_100.jsonl", "step_0100b.jsonl", "step_1000.jsonl"]);
    }

    #[test]
    fn a_step_has_the_number_of_its_name() {
        assert_eq!(number_in("step_1000"), Some(1000.0));
        assert_eq!(number_in("checkpoint-500-epoch-2"), Some(500.0));
        assert_eq!(number_in("llama3-run12"), Some(12.0));
        assert_eq!(number_in("étape7"), Some(7.0));
        assert_eq!(number_in("base"), None);
    }

    #[test]
    fn names_lose_how_they_are_stored() {
        assert_eq!(called("step_1.jsonl.gz"), "step_1");
        assert_eq!(called("v1.2.parquet"), "v1.2");
        assert_eq!(called("notes.md"), "notes.md");
    }
}

//! Tokens a second of a model run in the program, eight answers at once and one alone, beside llama.cpp on the same file. The file is
//! the one that `DOGGEREL_GGUF` names.

use std::path::Path;
use std::time::Instant;

use sampling::{Format, LocalModel, Prompt, Settings};

use super::{Failure, Timing};

/// Tokens an answer; the peer is asked for the same, and neither ends before.
pub const TOKENS: u32 = 128;
pub const AT_ONCE: [usize; 2] = [8, 1];
/// What is continued: long prose, in which an answer seldom ends early. Answers that do are counted with the tokens they have.
pub const PROMPT: &str =
    "The lighthouse keeper had kept a diary for forty years, and on the first page of it he had written:";

/// The task's name, by which the peer knows it too.
fn task(at_once: usize) -> String {
    format!("gguf: {at_once} at once")
}

pub fn time(path: &str, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<Timing>, Failure> {
    let model = LocalModel::open(Path::new(path))?;
    model.load()?;
    let prompt = model.prompt(&Prompt::Text(PROMPT.into()), Format::Raw)?;
    let mut timings = Vec::new();
    for at_once in AT_ONCE.into_iter().filter(|at_once| wanted(&task(*at_once))) {
        let settings = |seed| Settings { seed: Some(seed), max_tokens: TOKENS, ..Settings::default() };
        let asked: Vec<_> = (0..at_once as u64).map(|seed| (prompt.clone(), settings(seed))).collect();
        let once = || -> Result<(usize, f64), Failure> {
            let start = Instant::now();
            let tokens: u64 = model.answers(&asked)?.iter().filter_map(|answer| answer.tokens_out).sum();
            Ok((tokens as usize, start.elapsed().as_secs_f64()))
        };
        once()?;
        let mut runs = [once()?, once()?, once()?];
        runs.sort_by(|a, b| a.1.total_cmp(&b.1));
        let (items, seconds) = runs[1];
        let tool = "doggerel".to_string();
        timings.push(Timing { task: task(at_once), tool, items, seconds, value: None, error: None });
    }
    Ok(timings)
}

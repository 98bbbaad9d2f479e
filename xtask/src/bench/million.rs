//! A million poems read and measured by the command itself: seconds, memory, and the same bytes on one thread and two.
//!
//! The poems are those of the evaluation data (else of examples/) with a part of their lines exchanged, so that most differ, under
//! 40,000 prompts of 25 answers each.

use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use diversity::Rng;

use super::{Failure, Timing};

const POEMS: usize = 1_000_000;
/// Poems that are measured twice, on one thread and on two.
const TWICE: usize = 20_000;
/// Answers to a prompt.
const ANSWERS: usize = 25;
/// Lines of a poem at most: the goal is stated for poems of about thirty.
const LINES: usize = 60;
/// Share of poems whose lines are exchanged, and of their lines.
const CHANGED: f64 = 0.9;
const EXCHANGED: f64 = 0.5;

/// The goal: ten minutes and four gigabytes.
const SECONDS: f64 = 600.0;
const MEGABYTES: u64 = 4000;

/// Runs the command that stands beside this program.
pub fn time(poems: &[String]) -> Result<Vec<Timing>, Failure> {
    let doggerel = std::env::current_exe()?.with_file_name("doggerel");
    if !doggerel.exists() {
        return Err(format!("{} is not there: build it with cargo build --release", doggerel.display()).into());
    }
    let folder = Path::new("target/million");
    std::fs::create_dir_all(folder)?;
    let timings = all(&doggerel, folder, poems);
    std::fs::remove_dir_all(folder)?;
    timings
}

fn all(doggerel: &Path, folder: &Path, poems: &[String]) -> Result<Vec<Timing>, Failure> {
    let (texts, few) = (folder.join("poems.jsonl"), folder.join("few.jsonl"));
    write(&texts, poems, POEMS)?;
    write(&few, poems, TWICE)?;
    let json = |name: &str| folder.join(name);
    for threads in [1, 2] {
        let out = json(&format!("few-{threads}.json"));
        run(doggerel, &few, "measure", &out, Some(threads))?;
    }
    let same = std::fs::read(json("few-1.json"))? == std::fs::read(json("few-2.json"))?;
    eprintln!("{TWICE} poems on one thread and on two: {}", if same { "the same bytes" } else { "OTHER BYTES" });
    let stored = folder.join("readings.parquet");
    let runs = [
        ("million: measured", run(doggerel, &texts, "measure", &json("texts.json"), None)?),
        ("million: read and stored", run(doggerel, &texts, "read", &stored, None)?),
        ("million: stored, measured", run(doggerel, &stored, "measure", &json("stored.json"), None)?),
    ];
    let goal = &runs[0].1;
    let met = goal.seconds <= SECONDS && goal.megabytes <= MEGABYTES;
    eprintln!(
        "goal: {SECONDS} s and {MEGABYTES} MB on two cores; {:.0} s and {} MB: {}",
        goal.seconds,
        goal.megabytes,
        if met { "met" } else { "MISSED" }
    );
    let timing = |(task, run): (&str, Run)| {
        eprintln!("{task}: {:.0} s, {:.0} s of processor time, {} MB", run.seconds, run.processor, run.megabytes);
        let tool = "doggerel (value: MB)".to_owned();
        let value = Some(run.megabytes as f64);
        Timing { task: task.into(), tool, items: POEMS, seconds: run.seconds, value, error: None }
    };
    Ok(runs.into_iter().map(timing).collect())
}

struct Run {
    seconds: f64,
    /// Of all threads.
    processor: f64,
    megabytes: u64,
}

fn run(doggerel: &Path, from: &Path, command: &str, to: &Path, threads: Option<usize>) -> Result<Run, Failure> {
    let mut call = Command::new(doggerel);
    call.arg(command).arg(from).arg("--quiet").stdout(Stdio::null());
    match command {
        "read" => call.arg("--out").arg(to),
        _ => call.arg(format!("--json={}", to.display())),
    };
    if let Some(threads) = threads {
        call.env("RAYON_NUM_THREADS", threads.to_string());
    }
    let start = Instant::now();
    let mut child = call.spawn()?;
    let (mut megabytes, mut processor) = (0, 0.0);
    let status = loop {
        megabytes = megabytes.max(most_memory(child.id()).unwrap_or(0));
        processor = processor_seconds(child.id()).unwrap_or(processor);
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(100));
    };
    let seconds = start.elapsed().as_secs_f64();
    if !status.success() {
        return Err(format!("doggerel {command} ended with {status}").into());
    }
    Ok(Run { seconds, processor, megabytes })
}

fn most_memory(id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse::<u64>().ok().map(|kb| kb / 1000)
}

/// Ticks of a hundredth of a second, as Linux counts them.
fn processor_seconds(id: u32) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|t| t.parse::<f64>().ok());
    Some((ticks(11)? + ticks(12)?) / 100.0)
}

fn write(path: &Path, poems: &[String], n: usize) -> Result<(), Failure> {
    let mut rng = Rng::new(1);
    let lines: Vec<&str> = poems.iter().flat_map(|p| p.lines()).map(str::trim).filter(|l| l.len() > 10).collect();
    let words: Vec<&str> = lines.iter().filter_map(|l| l.split(' ').find(|w| w.len() > 4)).collect();
    let mut out = BufWriter::new(std::fs::File::create(path)?);
    for i in 0..n {
        let mut poem: Vec<&str> = poems[rng.below(poems.len())].lines().take(LINES).collect();
        if rng.unit() < CHANGED {
            for line in poem.iter_mut().filter(|l| !l.trim().is_empty()) {
                if rng.unit() < EXCHANGED {
                    *line = lines[rng.below(lines.len())];
                }
            }
        }
        let prompt = format!("Write a poem about {}, number {}.", words[i / ANSWERS % words.len()], i / ANSWERS);
        let record =
            serde_json::json!({"id": format!("p{i}"), "prompt": prompt, "text": poem.join("\n"), "temperature": 1});
        writeln!(out, "{record}")?;
    }
    Ok(out.flush()?)
}

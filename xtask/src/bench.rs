//! `cargo xtask bench`: speed beside the peers, on the same lines, in one run.
//!
//! Peers are Python tools: `--install` puts them into `target/peers` (pip; rhymetagger and prosodic also want espeak-ng from
//! the system). Slow ones get fewer lines; the figure is items a second, so that it compares.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use diversity::{Groups, Neighbours, Rng, Rows, Sets, reach};
use phonetics::{LineEnd, Pronouncer, RhymeOptions};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use verse::{Line, read, scan_line, schemes};

#[derive(clap::Args)]
pub struct Args {
    /// A folder laid out as the project's evaluation data; without it the poems of examples/ are read
    #[arg(long, default_value = "../shared/data")]
    data: PathBuf,
    /// Install the peers into target/peers first
    #[arg(long)]
    install: bool,
    /// Print JSON in place of a table
    #[arg(long)]
    json: bool,
}

const PEERS: [&str; 4] = ["rhymetagger", "pronouncing", "prosodic", "prdc"];
const VENV: &str = "target/peers";
/// Set against set: vectors a side, dimensions (as the peers are timed in the literature), seed.
const VECTORS: (usize, usize, u64) = (10_000, 384, 1);

/// One timed run.
#[derive(Debug, Serialize, Deserialize)]
struct Timing {
    task: String,
    #[serde(rename = "peer")]
    tool: String,
    #[serde(default)]
    items: usize,
    #[serde(default)]
    seconds: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[derive(Deserialize)]
struct Stanza {
    text: String,
    words: Vec<String>,
}

#[derive(Deserialize)]
struct Poem {
    text: String,
}

pub fn run(args: &Args) -> Result<(), Box<dyn std::error::Error>> {
    let (stanzas, poems) = input(&args.data)?;
    let lines: Vec<&str> = poems.iter().flat_map(|p| p.lines()).filter(|l| !l.trim().is_empty()).collect();
    let mut timings = ours(&stanzas, &lines, &poems);
    timings.extend(theirs(args.install, &stanzas, &lines)?);
    timings.sort_by(|a, b| a.task.cmp(&b.task));
    if args.json {
        println!("{}", serde_json::to_string_pretty(&timings)?);
        return Ok(());
    }
    println!("{:<16} {:<26} {:>9} {:>9} {:>13}", "task", "tool", "items", "seconds", "items/s");
    for t in &timings {
        match &t.error {
            Some(error) => println!("{:<16} {:<26} not run: {error}", t.task, t.tool),
            None => println!(
                "{:<16} {:<26} {:>9} {:>9.3} {:>13.0}",
                t.task,
                t.tool,
                t.items,
                t.seconds,
                t.items as f64 / t.seconds
            ),
        }
    }
    println!(
        "{} threads; rhyme and metre in lines, readings in poems, set against set in vectors",
        rayon::current_num_threads()
    );
    Ok(())
}

/// The end words of each stanza.
type Stanzas = Vec<Vec<String>>;
type Poems = Vec<String>;

/// End words of stanzas, and whole poems: of the gold data where it is there, else of the examples.
fn input(data: &Path) -> Result<(Stanzas, Poems), Box<dyn std::error::Error>> {
    if let (Some(stanzas), Some(poems)) = (
        crate::eval::records::<Stanza>(data, "gold/rhyme_stanzas.jsonl.gz")?,
        crate::eval::records::<Poem>(data, "human/historical_poems.jsonl.gz")?,
    ) {
        let words = stanzas.into_iter().filter(|s| !s.text.is_empty()).map(|s| s.words).collect();
        return Ok((words, poems.into_iter().map(|p| p.text).collect()));
    }
    let mut poems = Vec::new();
    for name in ["examples/chat-poems.jsonl", "examples/varied-poems.jsonl"] {
        for line in std::fs::read_to_string(name)?.lines() {
            poems.push(serde_json::from_str::<Poem>(line)?.text);
        }
    }
    let stanzas = poems
        .iter()
        .flat_map(|p| p.split("\n\n"))
        .map(|s| s.lines().filter_map(|l| phonetics::words(l).last().map(|t| t.text.to_string())).collect())
        .collect();
    Ok((stanzas, poems))
}

fn ours(stanzas: &[Vec<String>], lines: &[&str], poems: &[String]) -> Vec<Timing> {
    let pronouncer = Pronouncer::shared();
    let rhyme = RhymeOptions { historical: true, ..RhymeOptions::default() };
    let scheme = |words: &Vec<String>| {
        let ends: Vec<_> = words.iter().map(|w| LineEnd::of_line(pronouncer, w)).collect();
        schemes(&[ends], &rhyme).len()
    };
    let scan = |line: &&str| scan_line(&Line::new(*line, pronouncer)).syllables;
    let whole = |poem: &String| read(poem, &verse::Options::default()).stanzas.len();
    let n_lines = stanzas.iter().map(Vec::len).sum();
    vec![
        timed("rhyme schemes", n_lines, || stanzas.par_iter().map(scheme).sum()),
        timed("metre", lines.len(), || lines.par_iter().map(scan).sum()),
        timed("readings", poems.len(), || poems.par_iter().map(whole).sum()),
        set_against_set(),
    ]
}

/// The median of five runs, after one that warms up.
fn timed(task: &str, items: usize, run: impl Fn() -> usize) -> Timing {
    std::hint::black_box(run());
    let mut seconds: Vec<f64> = (0..5)
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box(run());
            start.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    Timing { task: task.into(), tool: "doggerel".into(), items, seconds: seconds[2], error: None }
}

/// Reach with its jackknife interval at n = 1000, on the vectors that the peers get.
fn set_against_set() -> Timing {
    let (n, d, seed) = VECTORS;
    let mut rng = Rng::new(seed);
    let mut rows = || Rows::new((0..n * d).map(|_| rng.normal() as f32).collect(), d);
    let (samples, reference) = (rows(), rows());
    let groups = Groups::single(n);
    let start = Instant::now();
    let sets = Sets {
        samples: &samples,
        sample_folds: &groups.folds(20, 1),
        reference: &reference,
        authors: &groups,
        reference_folds: &groups.folds(20, 2),
        matched: None,
    };
    let rho = reach(&sets, &Neighbours::new(&reference, &groups, 1000)).estimate();
    std::hint::black_box(rho);
    Timing {
        task: "set against set".into(),
        tool: "doggerel (reach, interval)".into(),
        items: 2 * n,
        seconds: start.elapsed().as_secs_f64(),
        error: None,
    }
}

fn theirs(install: bool, stanzas: &[Vec<String>], lines: &[&str]) -> Result<Vec<Timing>, Box<dyn std::error::Error>> {
    let python = Path::new(VENV).join("bin/python");
    if install {
        run_to_end(Command::new("python3").args(["-m", "venv", VENV]))?;
        run_to_end(Command::new(&python).args(["-m", "pip", "install", "-q"]).args(PEERS))?;
    }
    if !python.exists() {
        eprintln!("the peers are not installed: cargo xtask bench --install puts them into {VENV}");
        return Ok(Vec::new());
    }
    let given = Path::new(VENV).join("input.json");
    let stanzas: Vec<_> = stanzas.iter().take(3000).collect();
    let lines: Vec<_> = lines.iter().take(1000).collect();
    let json = serde_json::json!({"stanzas": stanzas, "lines": lines, "vectors": [VECTORS.0, VECTORS.1, VECTORS.2]});
    std::fs::File::create(&given)?.write_all(json.to_string().as_bytes())?;
    let out = Command::new(&python).arg("xtask/peers.py").arg(&given).stderr(Stdio::null()).output()?;
    String::from_utf8(out.stdout)?.lines().map(|l| Ok(serde_json::from_str(l)?)).collect()
}

fn run_to_end(command: &mut Command) -> Result<(), Box<dyn std::error::Error>> {
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} ended with {status}").into()) }
}

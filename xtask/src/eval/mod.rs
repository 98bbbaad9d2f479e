//! `cargo xtask eval`: each task scores doggerel on one gold set and returns [`Figure`]s.

mod embed;
mod forest;
mod form;
mod g2p;
mod mcdiv;
mod metre;
pub mod model_rhyme;
pub mod rhyme;
mod rhymed;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

#[derive(clap::Args)]
pub struct Args {
    /// A folder laid out as the project's evaluation data (gold/, human/, models/)
    #[arg(long, default_value = "../shared/data")]
    pub data: PathBuf,
    /// Print JSON in place of a table
    #[arg(long)]
    pub json: bool,
    /// Only the tasks whose name starts so
    #[arg(long)]
    pub only: Option<String>,
}

/// One measured figure: its value on all items and the 95 % interval over resampled groups (poems, or words for G2P).
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    pub task: &'static str,
    pub figure: String,
    pub value: f64,
    pub low: f64,
    pub high: f64,
    /// Items scored (stanzas, lines, words).
    pub n: usize,
    /// The project's goal, where there is one.
    pub goal: Option<f64>,
    /// True where the goal is an upper bound (an error rate).
    pub lower_is_better: bool,
}

/// Returns every figure of one task, or none (with a message) where its gold file is absent.
type Task = fn(&Path) -> Result<Vec<Figure>, Box<dyn std::error::Error>>;

const TASKS: &[(&str, Task)] = &[
    ("embed", embed::run),
    ("g2p", g2p::run),
    ("mcdiv", mcdiv::run),
    ("metre", metre::run),
    ("rhyme", rhyme::run),
    ("rhyme-model", model_rhyme::run),
    ("rhymed", rhymed::run),
    ("form", form::run),
];

pub fn run(args: &Args) -> Result<(), Box<dyn std::error::Error>> {
    let mut figures = Vec::new();
    for (name, task) in TASKS {
        if args.only.as_ref().is_none_or(|only| name.starts_with(only.as_str())) {
            figures.extend(task(&args.data)?);
        }
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&figures)?);
        return Ok(());
    }
    println!("{:<10} {:<44} {:>7} {:>17} {:>7} {:>7}", "task", "figure", "value", "95 % interval", "n", "goal");
    for f in &figures {
        let met = match f.goal {
            Some(g) if (f.value <= g) == f.lower_is_better || f.value == g => "met",
            Some(_) => "MISSED",
            None => "",
        };
        let goal = f.goal.map(|g| format!("{}{g:.3}", if f.lower_is_better { "≤" } else { "≥" })).unwrap_or_default();
        println!(
            "{:<10} {:<44} {:>7.4} [{:.4}, {:.4}] {:>7} {:>7} {met}",
            f.task, f.figure, f.value, f.low, f.high, f.n, goal
        );
    }
    Ok(())
}

/// Reads the gzipped JSON lines of `data/name`, or None where the file is absent.
pub fn records<T: DeserializeOwned>(data: &Path, name: &str) -> Result<Option<Vec<T>>, Box<dyn std::error::Error>> {
    let path = data.join(name);
    let Ok(file) = std::fs::File::open(&path) else {
        eprintln!("skipped: {} is absent", path.display());
        return Ok(None);
    };
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(file).read_to_string(&mut text)?;
    let parsed = text.lines().filter(|l| !l.trim().is_empty()).map(serde_json::from_str).collect::<Result<_, _>>()?;
    Ok(Some(parsed))
}

/// The 95 % percentile interval of `statistic` over 1,000 seeded resamples of whole groups. Each item is a tuple of sums
/// (numerators and denominators), added up over the resampled groups before `statistic` sees them.
pub fn interval_by_group<const K: usize>(
    items: &[(String, [f64; K])],
    statistic: impl Fn(&[f64; K]) -> f64,
) -> (f64, f64, f64) {
    let mut groups: BTreeMap<&str, [f64; K]> = BTreeMap::new();
    for (group, sums) in items {
        let total = groups.entry(group).or_insert([0.0; K]);
        for (t, s) in total.iter_mut().zip(sums) {
            *t += s;
        }
    }
    let groups: Vec<[f64; K]> = groups.into_values().collect();
    let sum = |picked: &mut dyn Iterator<Item = &[f64; K]>| {
        picked.fold([0.0; K], |mut t, g| {
            t.iter_mut().zip(g).for_each(|(t, s)| *t += s);
            t
        })
    };
    let value = statistic(&sum(&mut groups.iter()));
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut draws: Vec<f64> = (0..1000)
        .map(|_| {
            let mut picked = (0..groups.len()).map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                &groups[((state >> 33) as usize) % groups.len()]
            });
            statistic(&sum(&mut picked))
        })
        .filter(|v| v.is_finite())
        .collect();
    draws.sort_by(f64::total_cmp);
    let at = |q: f64| draws.get(((draws.len() as f64 - 1.0) * q) as usize).copied().unwrap_or(f64::NAN);
    (value, at(0.025), at(0.975))
}

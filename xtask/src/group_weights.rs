//! `cargo xtask group-weights`: what tells a diverse group of texts → data/group_weights.tsv.
//!
//! Learnt from McDiv (Tevet & Berant 2021): groups of answers that people wrote to one context, told to be different or to say
//! the same in other words.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use measure::{GROUP_FEATURES, ReadOptions, Reading, group_features, read};
use rayon::prelude::*;
use serde::Deserialize;

use crate::eval::records;
use crate::kind_weights::logistic;

#[derive(clap::Args)]
pub struct Args {
    #[arg(long, default_value = "../shared/data")]
    data: PathBuf,
    #[arg(long, default_value = "data/group_weights.tsv")]
    out: PathBuf,
}

#[derive(Deserialize)]
struct Record {
    task: String,
    context: String,
    diverse: f64,
    human_score: Option<f64>,
    responses: Vec<String>,
}

/// A group that people labelled.
pub struct Labelled {
    pub task: String,
    /// What was answered; folds and resamples take all groups of a context together.
    pub context: String,
    pub diverse: bool,
    /// What people thought of it, where they were asked.
    pub score: Option<f64>,
    pub features: [f64; GROUP_FEATURES.len()],
}

/// All groups, or None where the file is absent.
pub fn groups(data: &Path) -> Result<Option<Vec<Labelled>>, Box<dyn std::error::Error>> {
    let Some(records) = records::<Record>(data, "gold/mcdiv.jsonl.gz")? else { return Ok(None) };
    let labelled = |r: Record| {
        let texts: Vec<corpus::Text> =
            r.responses.iter().enumerate().map(|(i, t)| corpus::Text::new(i.to_string(), t.as_str())).collect();
        let readings: Vec<Reading> = read(&texts, &ReadOptions::default());
        Some(Labelled {
            features: group_features(&readings)?,
            task: r.task,
            context: r.context.trim().to_lowercase(),
            diverse: r.diverse > 0.5,
            score: r.human_score,
        })
    };
    Ok(Some(records.into_par_iter().filter_map(labelled).collect()))
}

/// Weights of the features; the ridge is small, since there are thousands of groups.
pub fn learn<'a>(groups: impl Iterator<Item = &'a Labelled>) -> Vec<f64> {
    let rows: Vec<(Vec<f64>, bool, f64)> = groups.map(|g| (g.features.to_vec(), g.diverse, 1.0)).collect();
    logistic(&rows, GROUP_FEATURES.len(), 0.1)
}

pub fn run(args: &Args) -> Result<(), Box<dyn std::error::Error>> {
    let Some(groups) = groups(&args.data)? else { return Err("the labelled groups are absent".into()) };
    let mut out = String::new();
    for (name, weight) in GROUP_FEATURES.iter().zip(learn(groups.iter())) {
        writeln!(out, "{name}\t{weight:.4}")?;
    }
    std::fs::write(&args.out, out)?;
    let mut tasks: BTreeMap<&str, usize> = BTreeMap::new();
    groups.iter().for_each(|g| *tasks.entry(&g.task).or_default() += 1);
    println!("{} groups {tasks:?} → {}", groups.len(), args.out.display());
    Ok(())
}

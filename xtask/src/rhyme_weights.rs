//! `cargo xtask rhyme-weights`: learns `data/rhyme_weights.tsv` and `data/rhyme_schemes.tsv` from annotated poems.
//!
//! A weight a feature of sound by logistic regression: pairs of lines of one stanza, and pairs of lines drawn from different
//! poems, are rhymes or not. The base rate is taken out again, so that a sum of weights is a likelihood ratio.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use phonetics::rhyme_training::{self as training};
use phonetics::{LineEnd, Pronouncer, RhymeOptions};
use serde::Deserialize;

use crate::eval::records;

#[derive(clap::Args)]
pub struct Args {
    /// A folder laid out as the project's evaluation data
    #[arg(long, default_value = "../shared/data")]
    data: PathBuf,
    /// Where the two files go
    #[arg(long, default_value = "data")]
    out: PathBuf,
}

/// One stanza of gold/rhyme_schemes.
#[derive(Deserialize, Clone)]
pub struct Gold {
    pub period: String,
    pub poem: String,
    pub words: Vec<String>,
    pub scheme: Vec<Option<i64>>,
    #[serde(skip)]
    pub ends: Vec<Option<LineEnd>>,
}

impl Gold {
    /// The poem that the stanza stands in: what is kept together when data are divided or resampled.
    pub fn group(&self) -> String {
        format!("{} {}", self.period, self.poem)
    }

    pub fn rhymes(&self, i: usize, j: usize) -> bool {
        self.scheme[i].is_some() && self.scheme[i] == self.scheme[j]
    }
}

/// Every stanza, with its line ends.
pub fn gold(data: &Path) -> Result<Option<Vec<Gold>>, Box<dyn std::error::Error>> {
    let Some(mut stanzas) = records::<Gold>(data, "gold/rhyme_schemes.jsonl.gz")? else { return Ok(None) };
    let mut ends: HashMap<String, Option<LineEnd>> = HashMap::new();
    for stanza in &mut stanzas {
        let end =
            |w: &String| ends.entry(w.clone()).or_insert_with(|| LineEnd::of_line(Pronouncer::shared(), w)).clone();
        stanza.ends = stanza.words.iter().map(end).collect();
    }
    Ok(Some(stanzas))
}

pub fn run(args: &Args) -> Result<(), Box<dyn std::error::Error>> {
    let stanzas = gold(&args.data)?.ok_or("gold/rhyme_schemes.jsonl.gz is needed")?;
    let all: Vec<&Gold> = stanzas.iter().collect();
    let historical = learn(&all, true);
    let modern = learn(&all, false);
    let mut file = String::from(
        "# Weights of the features of rhyme, learnt by `cargo xtask rhyme-weights`: feature, historical, today.\n",
    );
    for (i, name) in training::names().iter().enumerate() {
        if historical[i] != 0.0 || modern[i] != 0.0 {
            writeln!(file, "{name}\t{:.3}\t{:.3}", historical[i], modern[i])?;
        }
    }
    std::fs::write(args.out.join("rhyme_weights.tsv"), file)?;
    std::fs::write(args.out.join("rhyme_schemes.tsv"), schemes(&all))?;
    Ok(())
}

/// The counts of schemes by length: what the prior over schemes is made from.
pub fn schemes(stanzas: &[&Gold]) -> String {
    let mut counts: BTreeMap<(usize, String), usize> = BTreeMap::new();
    for stanza in stanzas {
        *counts.entry((stanza.words.len(), verse::pattern(&stanza.scheme))).or_default() += 1;
    }
    let mut file =
        String::from("# How often each scheme was annotated (`cargo xtask rhyme-weights`): scheme, stanzas.\n");
    for ((_, scheme), n) in counts {
        file.push_str(&format!("{scheme}\t{n}\n"));
    }
    file
}

struct Example {
    features: Vec<u16>,
    rhymes: bool,
    weight: f64,
}

/// Learns one weight a feature. Tails are chosen under the weights of the round before, three rounds long.
pub fn learn(stanzas: &[&Gold], historical: bool) -> Vec<f32> {
    let options = RhymeOptions { historical, ..RhymeOptions::default() };
    let late: Vec<&Gold> =
        stanzas.iter().filter(|s| historical || s.period == "1819" || s.period == "1718").copied().collect();
    let mut weights = training::untaught();
    let mut values = Vec::new();
    for _ in 0..3 {
        let (examples, base) = examples(&late, &options, &weights);
        values = fit(&examples);
        values[0] -= base;
        weights = training::weights(values.iter().map(|&v| v as f32).collect()).expect("one value a feature");
    }
    values.into_iter().map(|v| v as f32).collect()
}

/// Pairs with anything heard, and the log-odds of a rhyme among all pairs, heard or not.
fn examples(
    stanzas: &[&Gold],
    options: &RhymeOptions,
    weights: &phonetics::rhyme_training::Weights,
) -> (Vec<Example>, f64) {
    let mut examples = Vec::new();
    let (mut rhymes, mut others) = (0.0, 0.0);
    let mut add = |a: &LineEnd, b: &LineEnd, rhyme: bool, weight: f64| {
        if rhyme {
            rhymes += weight
        } else {
            others += weight
        }
        if let Some(features) = training::features(a, b, options, weights) {
            examples.push(Example { features, rhymes: rhyme, weight });
        }
    };
    let old = RhymeOptions { historical: true, ..*options };
    let untaught = training::untaught();
    let mut state = 1u64;
    for (n, stanza) in stanzas.iter().enumerate() {
        for i in 0..stanza.ends.len() {
            let Some(a) = &stanza.ends[i] else { continue };
            for j in 0..i {
                let Some(b) = &stanza.ends[j] else { continue };
                let rhyme = stanza.rhymes(i, j);
                // What is a rhyme only by an old rule teaches nothing about today.
                if rhyme && !options.historical && training::is_historical(a, b, &old, &untaught) {
                    continue;
                }
                add(a, b, rhyme, 1.0);
            }
            // Lines of two other poems, drawn anew for each line.
            for _ in 0..4 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let other = stanzas[(state >> 33) as usize % stanzas.len()];
                if other.poem == stanzas[n].poem {
                    continue;
                }
                if let Some(b) = &other.ends[(state >> 20) as usize % other.ends.len()] {
                    add(a, b, false, 1.0);
                }
            }
        }
    }
    (examples, f64::ln(rhymes / others))
}

/// L2-regularized logistic regression by accelerated gradient steps, each coordinate at its own scale.
fn fit(examples: &[Example]) -> Vec<f64> {
    let count = training::COUNT;
    let names = training::names();
    let penalty: Vec<f64> = names
        .iter()
        .map(|n| {
            if n == "bias" {
                1e-3
            } else if n.starts_with("pair") {
                3.0
            } else {
                0.5
            }
        })
        .collect();
    let mut curvature = penalty.clone();
    let most = examples.iter().map(|e| e.features.len()).max().unwrap_or(1) as f64;
    for e in examples {
        for &f in &e.features {
            curvature[f as usize] += 0.25 * e.weight * most;
        }
    }
    let (mut w, mut ahead) = (vec![0.0; count], vec![0.0; count]);
    for step in 0..400 {
        let mut gradient: Vec<f64> = ahead.iter().zip(&penalty).map(|(w, p)| w * p).collect();
        for e in examples {
            let z: f64 = e.features.iter().map(|&f| ahead[f as usize]).sum();
            let error = e.weight * (1.0 / (1.0 + (-z).exp()) - f64::from(u8::from(e.rhymes)));
            for &f in &e.features {
                gradient[f as usize] += error;
            }
        }
        let momentum = step as f64 / (step as f64 + 3.0);
        for i in 0..count {
            let next = ahead[i] - gradient[i] / curvature[i];
            ahead[i] = next + momentum * (next - w[i]);
            w[i] = next;
        }
    }
    w
}

//! `cargo xtask diction`: how much likelier a word is in verse than in prose → data/diction.tsv.
//!
//! Log of the ratio of relative frequencies (five occurrences added to each), a word counted at most three times a text,
//! chat models' verse at half weight; half of the texts by hash, the other half scores the kinds (`kind-weights`).

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use crate::kind_weights::examples;

#[derive(clap::Args)]
pub struct Args {
    #[arg(long, default_value = "../shared/data")]
    data: PathBuf,
    #[arg(long, default_value = "data/diction.tsv")]
    out: PathBuf,
}

/// A word is kept from so many (weighted) occurrences on.
const SEEN: f64 = 40.0;
/// The largest log-odds of one word.
const CLIP: f64 = 2.5;

pub fn run(args: &Args) -> Result<(), Box<dyn std::error::Error>> {
    let mut counts: HashMap<String, [f64; 2]> = HashMap::new();
    let mut totals = [0.0; 2];
    for e in examples(&args.data)?.into_iter().filter(|e| e.hash % 2 == 0 && e.source != "prose poems") {
        // Every third poem of a chat model is enough: they are many and alike.
        if e.source == "prompted poems" && e.hash % 3 != 0 {
            continue;
        }
        let weight = if e.source == "prompted poems" { 0.5 } else { 1.0 };
        let text = verse::normalize(&e.text).text();
        let mut here: HashMap<String, f64> = HashMap::new();
        for word in words(&text).take(600) {
            *here.entry(word).or_default() += 1.0;
        }
        let side = usize::from(e.verse);
        for (word, n) in here {
            let n = f64::min(n, 3.0) * weight;
            counts.entry(word).or_default()[side] += n;
            totals[side] += n;
        }
    }
    let mut odds: Vec<(&str, f64)> = counts
        .iter()
        .filter(|(_, [prose, verse])| prose + verse >= SEEN)
        .map(|(word, [prose, verse])| {
            let log = ((verse + 5.0) / totals[1]).ln() - ((prose + 5.0) / totals[0]).ln();
            (word.as_str(), log.clamp(-CLIP, CLIP))
        })
        .collect();
    odds.sort_by(|a, b| a.0.cmp(b.0));
    let mut out = String::new();
    for (word, log) in &odds {
        writeln!(out, "{word}\t{log:.2}")?;
    }
    std::fs::write(&args.out, out)?;
    println!("{} words → {}", odds.len(), args.out.display());
    Ok(())
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphabetic() && c != '\'' && c != '’')
        .map(|w| w.trim_matches(['\'', '’']).to_lowercase().replace('’', "'"))
        .filter(|w| !w.is_empty())
}

//! Where the pronunciations of a text come from: reads lines from standard input, prints the share of its words by
//! source and the commonest words of each rule.
//!
//! `cargo run --release -p doggerel-phonetics --example coverage -- 300 < poems.txt`
#![allow(clippy::print_stdout)]

use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufRead};

use phonetics::{Pronouncer, Via};

fn main() -> io::Result<()> {
    let shown = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(50);
    let mut counts: HashMap<String, u64> = HashMap::new();
    for line in io::stdin().lock().lines() {
        for token in phonetics::words(&line?) {
            *counts.entry(token.text.into_owned()).or_default() += 1;
        }
    }
    let mut by_via: BTreeMap<Via, Vec<(u64, String)>> = BTreeMap::new();
    for (word, n) in &counts {
        let said = Pronouncer::shared().word(word);
        let via = said.pronunciations().first().map_or(Via::G2p, |p| p.via());
        by_via.entry(via).or_default().push((*n, word.clone()));
    }
    let total: u64 = counts.values().sum();
    for (via, words) in &mut by_via {
        let n: u64 = words.iter().map(|w| w.0).sum();
        println!("{via}: {:.3} % of {total} words, {} different", 100.0 * n as f64 / total as f64, words.len());
        words.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    }
    for (via, words) in by_via.iter().filter(|(via, _)| **via != Via::Lexicon) {
        println!("\n{via}");
        for (n, word) in words.iter().take(shown) {
            let said = Pronouncer::shared().word(word);
            let told: Vec<String> = said.pronunciations().iter().map(|p| format!("{} [{}]", p, p.how())).collect();
            println!("{n:>6} {word}: {}", told.join(" | "));
        }
    }
    Ok(())
}

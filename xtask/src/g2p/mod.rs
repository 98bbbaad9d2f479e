//! `cargo xtask g2p`: trains the letter-to-sound model of the phonetics crate on CMUdict, without its held-out tenth.

mod align;
mod net;
mod ngram;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::PathBuf;

use phonetics::g2p::{END, MAGIC, NGRAM_WEIGHT, STEP};
use phonetics::{G2p, Phone, is_held_out};

use self::net::{Candidate, Contest, Course, Net};

/// Longest n-gram.
const ORDER: usize = 8;
/// N-grams kept.
const NODES: usize = 400_000;
/// Parts into which words are dealt, so that the n-gram model that finds a word's candidates hasn't seen the word.
const FOLDS: usize = 5;

#[derive(clap::Args)]
pub struct Args {
    /// cmudict.dict
    #[arg(long, default_value = "target/cmudict.dict")]
    cmudict: PathBuf,
    #[arg(long, default_value = "data/g2p.bin")]
    out: PathBuf,
    /// Keep a twentieth of the training words apart, and print the error rates on it; for the choice of settings
    #[arg(long)]
    development: bool,
    /// Rounds of training on whole words
    #[arg(long, default_value_t = 2)]
    word_rounds: usize,
    #[arg(long, default_value_t = 0.0005)]
    word_rate: f32,
    #[arg(long, default_value_t = 0.0)]
    word_drop: f32,
    /// Rounds of training letter by letter
    #[arg(long, default_value_t = 9)]
    letter_rounds: usize,
    #[arg(long, default_value_t = 0.002)]
    letter_rate: f32,
    #[arg(long, default_value_t = 0.1)]
    letter_drop: f32,
}

/// One listed pronunciation.
pub struct Entry {
    word: String,
    /// 0–25.
    letters: Vec<u8>,
    phones: Vec<Phone>,
}

/// A word with its aligned units.
pub struct Example<'a> {
    word: &'a str,
    letters: Vec<u8>,
    units: Vec<u16>,
    /// Each pronunciation of a word with k of them counts 1/k.
    weight: f32,
}

/// Numbers that are the same in every run (Knuth's linear congruential generator, high bits).
pub struct Random(u64);

impl Random {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as u32
    }

    /// From 0 to 1.
    fn uniform(&mut self) -> f32 {
        self.next() as f32 / (1_u64 << 31) as f32
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.next() as usize % (i + 1));
        }
    }
}

pub fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let text = std::fs::read_to_string(&args.cmudict)
        .map_err(|e| format!("{}: {e} (see xtask/src/lexicon.rs for where to get it)", args.cmudict.display()))?;
    let all: Vec<Entry> = entries(&text)?.into_iter().filter(|e| !is_held_out(&e.word)).collect();
    let apart = |word: &str| args.development && deal(word, 20) == 0;
    let (development, training): (Vec<Entry>, Vec<Entry>) = all.into_iter().partition(|e| apart(&e.word));
    let bytes = model(&training, args)?;
    std::fs::write(&args.out, &bytes)?;
    eprintln!("{}: {} bytes", args.out.display(), bytes.len());
    if args.development {
        report(&G2p::from_bytes(&bytes).ok_or("the model just written doesn't read")?, &development);
    }
    Ok(())
}

/// The file of a model trained on `entries`.
fn model(entries: &[Entry], args: &Args) -> Result<Vec<u8>, Box<dyn Error>> {
    let (backward, forward) = (Trainer::new(entries, true), Trainer::new(entries, false));
    let (net, twin) = rayon::join(|| backward.train(args), || forward.train(args));
    Ok(backward.model(&backward.ngrams(|_| true), &[&net?, &twin?]))
}

/// The alphabetic words of CMUdict, sorted.
pub fn entries(text: &str) -> Result<Vec<Entry>, Box<dyn Error>> {
    let mut entries = Vec::new();
    for line in text.lines().map(|l| l.split('#').next().unwrap_or("")) {
        let Some((head, phones)) = line.trim().split_once(' ') else { continue };
        let word = head.split('(').next().unwrap_or("");
        if word.is_empty() || !word.bytes().all(|b| b.is_ascii_lowercase()) {
            continue;
        }
        entries.push(Entry {
            word: word.to_owned(),
            letters: word.bytes().map(|b| b - b'a').collect(),
            phones: Phone::parse_all(phones).ok_or_else(|| format!("not phones: {line}"))?,
        });
    }
    entries.sort_by(|a, b| a.word.cmp(&b.word));
    Ok(entries)
}

/// Deals words at random, but always alike, to so many hands (FNV-1a).
fn deal(word: &str, hands: usize) -> usize {
    let hash = word.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ b as u64).wrapping_mul(0x0100_0000_01b3));
    (hash >> 20) as usize % hands
}

/// Items in the order of the letters, in the order in which a model reads.
fn turned<T>(backward: bool, items: impl DoubleEndedIterator<Item = T>) -> Vec<T> {
    if backward { items.rev().collect() } else { items.collect() }
}

struct Trainer<'a> {
    examples: Vec<Example<'a>>,
    units: Vec<align::Unit>,
    /// Where each letter's units start, and the end of the list.
    first: Vec<u16>,
    /// Stresses of the vowels in each unit.
    stresses: Vec<Vec<u8>>,
    /// Every listed pronunciation.
    listed: BTreeMap<&'a str, Vec<&'a [Phone]>>,
    /// Whether words are read from their end.
    backward: bool,
}

impl<'a> Trainer<'a> {
    fn new(entries: &'a [Entry], backward: bool) -> Trainer<'a> {
        let aligned = align::align(entries);
        eprintln!("{} of {} pronunciations aligned", aligned.len(), entries.len());
        let mut units: BTreeSet<align::Unit> = aligned.iter().flat_map(|(_, u)| u.iter().cloned()).collect();
        units.insert((END as u8, vec![]));
        let units: Vec<align::Unit> = units.into_iter().collect();
        let first = (0..=END + 1).map(|letter| units.partition_point(|u| (u.0 as usize) < letter) as u16).collect();
        let stresses = units.iter().map(|u| u.1.iter().filter_map(|p| p.stress()).collect()).collect();
        let mut times: BTreeMap<&str, usize> = BTreeMap::new();
        for (entry, _) in &aligned {
            *times.entry(&entries[*entry].word).or_default() += 1;
        }
        let number = |u: &align::Unit| units.partition_point(|v| v < u) as u16;
        let examples = aligned
            .iter()
            .map(|(entry, units)| Example {
                word: &entries[*entry].word,
                letters: turned(backward, entries[*entry].letters.iter().copied()),
                units: turned(backward, units.iter().map(number)),
                weight: 1.0 / times[entries[*entry].word.as_str()] as f32,
            })
            .collect();
        let mut listed: BTreeMap<&str, Vec<&[Phone]>> = BTreeMap::new();
        for entry in entries {
            listed.entry(&entry.word).or_default().push(&entry.phones);
        }
        Trainer { examples, units, first, stresses, listed, backward }
    }

    fn train(&self, args: &Args) -> Result<Net, String> {
        let course = Course { rounds: args.letter_rounds, rate: args.letter_rate, drop: args.letter_drop };
        let mut net = net::by_letter(&self.examples, &self.first, &self.stresses, course);
        if args.word_rounds > 0 {
            let contests = self.contests(&net)?;
            let course = Course { rounds: args.word_rounds, rate: args.word_rate, drop: args.word_drop };
            net::by_word(&mut net, &contests, &self.first, &self.stresses, course);
        }
        Ok(net)
    }

    fn end(&self) -> u16 {
        self.units.len() as u16 - 1
    }

    fn ngrams(&self, with: impl Fn(&str) -> bool) -> Vec<u8> {
        let words: Vec<Vec<u16>> = self
            .examples
            .iter()
            .filter(|e| with(e.word))
            .map(|e| e.units.iter().copied().chain([self.end()]).collect())
            .collect();
        let mut bytes = Vec::new();
        ngram::train(&words, ORDER, self.units.len(), NODES, STEP, &mut bytes);
        bytes
    }

    fn model(&self, ngrams: &[u8], nets: &[&Net]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&(self.units.len() as u16).to_le_bytes());
        for (letter, phones) in &self.units {
            bytes.extend_from_slice(&[*letter, phones.len() as u8]);
            bytes.extend(phones.iter().map(|p| p.byte()));
        }
        bytes.extend_from_slice(ngrams);
        nets.iter().for_each(|net| net.write(&mut bytes));
        bytes
    }

    /// What the search finds for every training word, with n-grams counted on the other words.
    fn contests(&self, net: &Net) -> Result<Vec<Contest>, String> {
        let mut contests = Vec::new();
        for fold in 0..FOLDS {
            let bytes = self.model(&self.ngrams(|word| deal(word, FOLDS) != fold), &[net]);
            let model = G2p::from_bytes(&bytes).ok_or("the model just written doesn't read")?;
            for (word, listed) in self.listed.iter().filter(|(word, _)| deal(word, FOLDS) == fold) {
                let letters: Vec<u8> = turned(self.backward, word.bytes().map(|b| b - b'a'));
                let mut candidates: Vec<Candidate> = model
                    .candidates(&letters)
                    .into_iter()
                    .map(|units| {
                        let phones: Vec<Phone> = turned(self.backward, units.iter().copied())
                            .iter()
                            .flat_map(|u| &self.units[*u as usize].1)
                            .copied()
                            .collect();
                        let fixed = NGRAM_WEIGHT * model.ngram_score(&units);
                        Candidate { units, fixed, right: listed.contains(&phones.as_slice()) }
                    })
                    .collect();
                // Where the search missed every right reading, the aligned ones join.
                if !candidates.iter().any(|c| c.right) {
                    let own = self.examples.partition_point(|e| e.word < *word);
                    for example in self.examples[own..].iter().take_while(|e| e.word == *word) {
                        let fixed = NGRAM_WEIGHT * model.ngram_score(&example.units);
                        candidates.push(Candidate { units: example.units.clone(), fixed, right: true });
                    }
                }
                // N-grams that lack a unit of the word say nothing of it.
                candidates.retain(|c| c.fixed.is_finite());
                if candidates.iter().any(|c| c.right) && !candidates.iter().all(|c| c.right) {
                    contests.push(Contest { letters, candidates });
                }
            }
        }
        eprintln!("{} words with right and wrong candidates", contests.len());
        Ok(contests)
    }
}

/// Prints error rates on words kept apart.
fn report(model: &G2p, entries: &[Entry]) {
    let mut gold: BTreeMap<&str, Vec<&[Phone]>> = BTreeMap::new();
    for entry in entries {
        gold.entry(&entry.word).or_default().push(&entry.phones);
    }
    let bare = |phones: &[Phone]| phones.iter().map(|p| p.phoneme()).collect::<Vec<_>>();
    let (mut wrong, mut wrong_bare, mut missed) = (0, 0, 0);
    for (word, listed) in &gold {
        let readings = model.predict(word);
        let best = readings.first().map(Vec::as_slice).unwrap_or_default();
        wrong += !listed.contains(&best) as usize;
        wrong_bare += !listed.iter().any(|l| bare(l) == bare(best)) as usize;
        missed += !readings.iter().any(|r| listed.contains(&r.as_slice())) as usize;
    }
    let percent = |n: usize| 100.0 * n as f64 / gold.len() as f64;
    eprintln!(
        "{} words kept apart: {:.2} % wrong, {:.2} % without stress; {:.2} % not among the candidates",
        gold.len(),
        percent(wrong),
        percent(wrong_bare),
        percent(missed)
    );
}

//! `cargo xtask metre-weights`: learns the weights of the metre model from scanned verse.
//!
//! The model is a conditional random field over (way of saying, stresses, rhythm) of a line; see `verse`'s `metre` module.
//! EPG64 and the litlab sample give a line's stresses and, by [`rhythm_of`], a rhythm; For Better For Verse marks the template
//! and so gives length and rhythm alone; what is not given is summed over. Rhythms are named by rule, and a rule errs where
//! a line turns feet round, so from [`RHYTHM_KNOWN`] on lines with stresses are free to take another. A line is met now
//! alone, now with what the other lines of its poem lead to expect, as the scanner meets it. Trained by Adam on the log likelihood with an L2
//! prior. `cargo xtask eval --only metre` learns the same way on some poems and scores on others.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Deserialize;
use verse::metre_training::{
    DIFFERENCES, HISTORIES, LEARNT, RHYTHMS, Spot, WEIGHTS, end, is_sparse, kinship, length, length_given, spots, step,
    transition,
};
use verse::{Line, Scanner};

use crate::eval::records;

#[derive(clap::Args)]
pub struct Args {
    /// A folder laid out as the project's evaluation data
    #[arg(long, default_value = "../shared/data")]
    data: PathBuf,
    /// Where the weights go
    #[arg(long, default_value = "data/metre_weights.tsv")]
    out: PathBuf,
    /// Count how unscanned verse says its words, by the shipped weights, into this file; learn no weights
    #[arg(long)]
    words: Option<PathBuf>,
}

/// Passes over the lines. Set, as the rest, by whole lines right on poems kept out.
const EPOCHS: usize = 15;
const BATCH: usize = 64;
/// Strength of the L2 prior on the weights of a poem's worth of features: stresses, classes, transitions, licences.
const PRIOR: f64 = 0.5;
/// How many times stronger it is on weights of features seen seldom: neighbours, single words.
const PRIOR_SPARSE: f64 = 15.0;
/// How many times stronger it is on weights of a line's length, which few poems inform.
const PRIOR_LENGTH: f64 = 3.0;
/// How many times a line of EPG64 counts, which marks what is there and has few lines.
const EPG64_COUNTS: f64 = 2.0;
/// How much a line counts of which only the template is known.
const TEMPLATE_COUNTS: f64 = 0.3;
/// Passes in which a line with stresses is held to the rhythm that [`rhythm_of`] names.
const RHYTHM_KNOWN: usize = 7;
/// In how many passes of five a line is met with its poem known.
const POEM_KNOWN: usize = 3;

/// A line whose stresses are known, or only how many syllables and which rhythm it has.
struct Example {
    spots: Vec<Spot>,
    syllables: usize,
    stresses: Option<Vec<u8>>,
    rhythm: usize,
    weight: f64,
    poem: String,
}

/// Which of the six rhythms a scanned line shows: whether its strong syllables stand two apart, three apart or both, and
/// whether it starts weak. An inverted first foot (s w w s …) starts strong in a rising line as a dactyl does in a falling
/// one: `falling` says which is usual where the line stands.
fn rhythm_of(stresses: &[u8], falling: bool) -> usize {
    let mut gaps = gaps(stresses);
    let mut rising = stresses.first() != Some(&1);
    if !rising && !falling && gaps.first() == Some(&3) && !gaps[1..].contains(&3) {
        rising = true;
        gaps.remove(0);
    }
    let (two, three) = (gaps.iter().filter(|g| **g == 2).count(), gaps.iter().filter(|g| **g == 3).count());
    let ternary = three as f64 / (two + three).max(1) as f64;
    match (rising, ternary) {
        (true, t) if t < 0.21 => 0,
        (false, t) if t < 0.21 => 1,
        (true, t) if t > 0.7 => 2,
        (false, t) if t > 0.7 => 3,
        (true, _) => 4,
        (false, _) => 5,
    }
}

/// How far each strong syllable stands from the one before.
fn gaps(stresses: &[u8]) -> Vec<usize> {
    let strong: Vec<usize> = (0..stresses.len()).filter(|i| stresses[*i] == 1).collect();
    strong.windows(2).map(|w| w[1] - w[0]).collect()
}

/// Whether most lines of a poem start strong.
fn is_falling(lines: &[Vec<u8>]) -> bool {
    let strong = lines.iter().filter(|l| l.first() == Some(&1)).count();
    strong * 2 > lines.len()
}

/// A weight vector as factors: the search works with products.
struct Factors<'a> {
    weights: &'a [f64],
    /// [after a break][rhythm][history][stressed]
    transition: Vec<[[[f64; 2]; HISTORIES]; RHYTHMS]>,
    end: [[f64; HISTORIES]; RHYTHMS],
}

impl Factors<'_> {
    fn new(weights: &[f64]) -> Factors<'_> {
        let mut table = vec![[[[0.0; 2]; HISTORIES]; RHYTHMS]; 2];
        let mut ends = [[0.0; HISTORIES]; RHYTHMS];
        for m in 0..RHYTHMS {
            for h in 0..HISTORIES {
                ends[m][h] = weights[end(m, h)].exp();
                for y in 0..2 {
                    let plain = weights[transition(m, false, h, y)];
                    table[0][m][h][y] = plain.exp();
                    table[1][m][h][y] = (plain + weights[transition(m, true, h, y)]).exp();
                }
            }
        }
        Factors { weights, transition: table, end: ends }
    }
}

type Cell = [[f64; HISTORIES]; RHYTHMS];
const EMPTY: Cell = [[0.0; HISTORIES]; RHYTHMS];

/// What a line is held to.
#[derive(Clone, Copy)]
struct Gold<'a> {
    syllables: usize,
    stresses: Option<&'a [u8]>,
    /// Absent where any will do.
    rhythm: Option<usize>,
}

/// [rhythm][syllables]: how many times likelier than by chance the other lines of a poem make it.
type Expected = Vec<[f64; LONGEST]>;
/// Lines longer than this count as so long.
const LONGEST: usize = 32;

struct Pass<'a> {
    factors: &'a Factors<'a>,
    /// Where the poem is known.
    expected: Option<&'a Expected>,
    gold: Option<Gold<'a>>,
}

impl Pass<'_> {
    fn length(&self, rhythm: usize, syllables: usize) -> usize {
        if self.expected.is_some() { length_given(rhythm, syllables) } else { length(rhythm, syllables) }
    }

    fn allows(&self, position: usize, y: usize) -> bool {
        let stresses = self.gold.and_then(|g| g.stresses);
        stresses.is_none_or(|s| s.get(position) == Some(&(y as u8)))
    }

    fn forward(&self, from: &Cell, after_break: bool, stressed: f64, position: usize) -> Cell {
        let mut to = EMPTY;
        for m in 0..RHYTHMS {
            for h in 0..HISTORIES {
                if from[m][h] == 0.0 {
                    continue;
                }
                for y in 0..2 {
                    if self.allows(position, y) {
                        let gain = if y == 1 { stressed } else { 1.0 };
                        to[m][step(h, y)] +=
                            from[m][h] * self.factors.transition[usize::from(after_break)][m][h][y] * gain;
                    }
                }
            }
        }
        to
    }

    fn backward(&self, from: &Cell, after_break: bool, stressed: f64, position: usize) -> Cell {
        let mut to = EMPTY;
        for m in 0..RHYTHMS {
            for h in 0..HISTORIES {
                for y in 0..2 {
                    if self.allows(position, y) {
                        let gain = if y == 1 { stressed } else { 1.0 };
                        to[m][h] +=
                            from[m][step(h, y)] * self.factors.transition[usize::from(after_break)][m][h][y] * gain;
                    }
                }
            }
        }
        to
    }

    /// The log of the summed weight of every reading allowed; adds `scale` × expected counts to `gradient`.
    fn run(&self, line: &[Spot], gradient: &mut [f64], scale: f64) -> f64 {
        let w = self.factors.weights;
        let sum = |numbers: &[u32]| numbers.iter().map(|n| w[*n as usize]).sum::<f64>().clamp(-30.0, 30.0).exp();
        let ways: Vec<Vec<(f64, Vec<f64>)>> = line
            .iter()
            .map(|s| {
                s.ways.iter().map(|way| (sum(&way.licences), way.syllables.iter().map(|n| sum(n)).collect())).collect()
            })
            .collect();
        // cells[i]: by syllables so far.
        let mut cells: Vec<BTreeMap<usize, Cell>> = Vec::with_capacity(line.len() + 1);
        let mut start = EMPTY;
        for (m, row) in start.iter_mut().enumerate() {
            row[0] = f64::from(self.gold.and_then(|g| g.rhythm).is_none_or(|r| r == m));
        }
        cells.push(BTreeMap::from([(0, start)]));
        let mut log_z = 0.0;
        let mut totals = Vec::with_capacity(line.len());
        for (spot, ways) in line.iter().zip(&ways) {
            let mut next: BTreeMap<usize, Cell> = BTreeMap::new();
            for (&at, cell) in &cells[cells.len() - 1] {
                for (cost, syllables) in ways {
                    let mut chain = *cell;
                    for (i, s) in syllables.iter().enumerate() {
                        chain = self.forward(&chain, i == 0 && spot.break_before, *s, at + i);
                    }
                    let target = next.entry(at + syllables.len()).or_insert(EMPTY);
                    for m in 0..RHYTHMS {
                        for h in 0..HISTORIES {
                            target[m][h] += chain[m][h] * cost;
                        }
                    }
                }
            }
            let total: f64 = next.values().flatten().flatten().sum();
            if total <= 0.0 {
                return f64::NEG_INFINITY;
            }
            next.values_mut().flatten().flatten().for_each(|x| *x /= total);
            next.retain(|_, c| c.iter().flatten().any(|x| *x > 1e-12));
            log_z += total.ln();
            totals.push(total);
            cells.push(next);
        }
        let last = &cells[line.len()];
        let mut beta: BTreeMap<usize, Cell> = BTreeMap::new();
        let mut total = 0.0;
        for (&n, cell) in last {
            if self.gold.is_some_and(|g| g.syllables != n) {
                continue;
            }
            let mut b = EMPTY;
            for m in 0..RHYTHMS {
                for h in 0..HISTORIES {
                    let expected = self.expected.map_or(1.0, |e| e[m][n.min(LONGEST - 1)]);
                    b[m][h] = self.factors.end[m][h] * w[self.length(m, n)].exp() * expected;
                    total += cell[m][h] * b[m][h];
                }
            }
            beta.insert(n, b);
        }
        if total <= 0.0 {
            return f64::NEG_INFINITY;
        }
        log_z += total.ln();
        for (&n, b) in &mut beta {
            for m in 0..RHYTHMS {
                for h in 0..HISTORIES {
                    b[m][h] /= total;
                    let p = last[&n][m][h] * b[m][h] * scale;
                    gradient[end(m, h)] += p;
                    gradient[self.length(m, n)] += p;
                }
            }
        }
        for ((i, spot), ways) in line.iter().enumerate().zip(&ways).rev() {
            let mut before: BTreeMap<usize, Cell> = BTreeMap::new();
            for (&at, cell) in &cells[i] {
                for (way, (cost, syllables)) in spot.ways.iter().zip(ways) {
                    let Some(b) = beta.get(&(at + syllables.len())) else { continue };
                    let mut chain = vec![*cell];
                    for (k, s) in syllables.iter().enumerate() {
                        chain.push(self.forward(&chain[k], k == 0 && spot.break_before, *s, at + k));
                    }
                    let mut b = *b;
                    b.iter_mut().flatten().for_each(|x| *x *= cost / totals[i]);
                    let through: f64 =
                        chain[syllables.len()].iter().flatten().zip(b.iter().flatten()).map(|(a, b)| a * b).sum();
                    let p = through * scale;
                    way.licences.iter().for_each(|n| gradient[*n as usize] += p);
                    for k in (0..syllables.len()).rev() {
                        let after_break = k == 0 && spot.break_before;
                        let mut stressed = 0.0;
                        for m in 0..RHYTHMS {
                            for h in 0..HISTORIES {
                                if chain[k][m][h] == 0.0 {
                                    continue;
                                }
                                for y in 0..2 {
                                    if !self.allows(at + k, y) {
                                        continue;
                                    }
                                    let gain = if y == 1 { syllables[k] } else { 1.0 };
                                    let t = self.factors.transition[usize::from(after_break)][m][h][y];
                                    let p = chain[k][m][h] * t * gain * b[m][step(h, y)] * scale;
                                    gradient[transition(m, false, h, y)] += p;
                                    if after_break {
                                        gradient[transition(m, true, h, y)] += p;
                                    }
                                    if y == 1 {
                                        stressed += p;
                                    }
                                }
                            }
                        }
                        way.syllables[k].iter().for_each(|n| gradient[*n as usize] += stressed);
                        b = self.backward(&b, after_break, syllables[k], at + k);
                    }
                    let target = before.entry(at).or_insert(EMPTY);
                    target.iter_mut().flatten().zip(b.iter().flatten()).for_each(|(t, x)| *t += x);
                }
            }
            beta = before;
        }
        log_z
    }
}

fn learn(examples: &[&Example]) -> Vec<f64> {
    let mut weights = vec![0.0; WEIGHTS];
    count_kinship(examples, &mut weights);
    let expected = expected(examples, &weights);
    let (mut mean, mut square) = (vec![0.0; WEIGHTS], vec![0.0; WEIGHTS]);
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut steps = 0;
    for epoch in 0..EPOCHS {
        for i in (1..order.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            order.swap(i, ((state >> 33) as usize) % (i + 1));
        }
        let rate = 0.05 * (1.0 - epoch as f64 / EPOCHS as f64).max(0.05);
        for chunk in order.chunks(BATCH) {
            let factors = Factors::new(&weights);
            let mut gradient = vec![0.0; WEIGHTS];
            for &i in chunk {
                let example = examples[i];
                let stresses = example.stresses.as_deref();
                let rhythm = (stresses.is_none() || epoch < RHYTHM_KNOWN).then_some(example.rhythm);
                let gold = Gold { syllables: example.syllables, stresses, rhythm };
                let expected = expected[i].as_ref().filter(|_| (i + epoch) % 5 < POEM_KNOWN);
                let got = Pass { factors: &factors, expected, gold: Some(gold) }.run(
                    &example.spots,
                    &mut gradient,
                    example.weight,
                );
                // A line that no way of saying makes what the gold says teaches nothing.
                if got == f64::NEG_INFINITY {
                    continue;
                }
                Pass { factors: &factors, expected, gold: None }.run(&example.spots, &mut gradient, -example.weight);
            }
            steps += 1;
            let prior = PRIOR * chunk.len() as f64 / examples.len() as f64;
            for i in 0..LEARNT {
                let strength = if i >= length(0, 0) {
                    PRIOR_LENGTH
                } else if is_sparse(i) {
                    PRIOR_SPARSE
                } else {
                    1.0
                };
                let g = gradient[i] - prior * strength * weights[i];
                mean[i] = 0.9 * mean[i] + 0.1 * g;
                square[i] = 0.99 * square[i] + 0.01 * g * g;
                let (m, s) = (mean[i] / (1.0 - 0.9f64.powi(steps)), square[i] / (1.0 - 0.99f64.powi(steps)));
                weights[i] += rate * m / (s.sqrt() + 1e-8);
            }
        }
    }
    weights
}

/// For each line, what the other lines of its poem lead to expect of it; none where it stands alone. Mixes as the scanner
/// does: how often others have just that rhythm and length, and what is usual beside such lines.
fn expected(examples: &[&Example], weights: &[f64]) -> Vec<Option<Expected>> {
    /// The scanner does not know the other lines' rhythms; so much of their share goes by kinship.
    const UNSURE: f64 = 0.2;
    /// What is usual beside such lines counts as this many lines, as in the scanner.
    const FROM_KIN: f64 = 2.0;
    let mut poems: BTreeMap<&str, Vec<(usize, usize)>> = BTreeMap::new();
    for e in examples {
        poems.entry(&e.poem).or_default().push((e.rhythm, e.syllables.min(LONGEST - 1)));
    }
    let of_line = |e: &&Example| {
        let lines = &poems[e.poem.as_str()];
        let others = lines.len() as f64 - 1.0;
        let own = (e.rhythm, e.syllables.min(LONGEST - 1));
        let cell = |m: usize, n: usize| {
            let kin_of = |&(of, length): &(usize, usize)| {
                let chance = weights[kinship(of, m, n as isize - length as isize)].exp();
                if n.abs_diff(length) > 4 { chance / LONGEST as f64 } else { chance }
            };
            let kin = (lines.iter().map(kin_of).sum::<f64>() - kin_of(&own)) / others;
            let same = lines.iter().filter(|l| **l == (m, n)).count() as f64 - f64::from(u8::from(own == (m, n)));
            let share = ((1.0 - UNSURE) * same + (UNSURE * others + FROM_KIN) * kin) / (others + FROM_KIN);
            share.max(1e-9) * (RHYTHMS * LONGEST) as f64
        };
        (others > 0.0).then(|| (0..RHYTHMS).map(|m| std::array::from_fn(|n| cell(m, n))).collect())
    };
    examples.par_iter().map(of_line).collect()
}

/// How rhythm and length go together in lines of one poem: counts over ordered pairs, each poem counting as at most
/// `MOST_LINES` lines, smoothed by the product of the margins.
fn count_kinship(examples: &[&Example], weights: &mut [f64]) {
    const MOST_LINES: f64 = 20.0;
    let mut poems: BTreeMap<&str, Vec<(usize, usize)>> = BTreeMap::new();
    for e in examples.iter().filter(|e| e.stresses.is_some()) {
        poems.entry(&e.poem).or_default().push((e.rhythm, e.syllables));
    }
    let mut counts = vec![[[0.0; DIFFERENCES]; RHYTHMS]; RHYTHMS];
    let (mut margin, mut differences) = ([1.0; RHYTHMS], [1.0; DIFFERENCES]);
    for lines in poems.values().filter(|l| l.len() > 1) {
        let n = lines.len() as f64;
        let weight = n.min(MOST_LINES) / n / (n - 1.0);
        for (i, a) in lines.iter().enumerate() {
            for (_, b) in lines.iter().enumerate().filter(|(j, _)| *j != i) {
                let d = kinship(0, 0, b.1 as isize - a.1 as isize) - LEARNT;
                counts[a.0][b.0][d] += weight;
                margin[b.0] += weight;
                differences[d] += weight;
            }
        }
    }
    let total: f64 = margin.iter().sum();
    let all: f64 = differences.iter().sum();
    const SMOOTHING: f64 = 10.0;
    for of in 0..RHYTHMS {
        let sum: f64 = counts[of].iter().flatten().sum::<f64>() + SMOOTHING;
        for m in 0..RHYTHMS {
            for d in 0..DIFFERENCES {
                let expected = SMOOTHING * margin[m] / total * differences[d] / all;
                weights[kinship(of, m, 0) - 4 + d] = ((counts[of][m][d] + expected) / sum).ln();
            }
        }
    }
}

/// A poem whose lines carry gold, for reading whole.
pub struct GoldPoem {
    pub source: &'static str,
    pub name: String,
    pub stanzas: Vec<Vec<Line>>,
    /// Gold in the order of the lines; empty where a line has none.
    pub gold: Vec<String>,
}

#[derive(Deserialize)]
struct MetreRecord {
    id: String,
    source: String,
    line: String,
    scansion: String,
    poet: Option<String>,
    title: Option<String>,
}

#[derive(Deserialize)]
struct EpgRecord {
    poem: String,
    stanza: usize,
    text: String,
    stresses: Option<String>,
}

/// The three gold sets as poems. Lines of the first two come without stanzas.
pub fn gold_poems(data: &Path) -> Result<Option<Vec<GoldPoem>>, Box<dyn std::error::Error>> {
    let pronouncer = phonetics::Pronouncer::shared();
    let Some(lines) = records::<MetreRecord>(data, "gold/metre.jsonl.gz")? else { return Ok(None) };
    let Some(epg) = records::<EpgRecord>(data, "gold/metre_epg64.jsonl.gz")? else { return Ok(None) };
    let mut poems: Vec<GoldPoem> = Vec::new();
    let mut before = 0;
    for record in lines.into_iter().filter(|r| !r.scansion.is_empty()) {
        let source = if record.source.starts_with("litlab") { "litlab" } else { "fbfv" };
        let number: usize = record.id.rsplit('-').next().and_then(|n| n.parse().ok()).unwrap_or(0);
        let name = format!("{source} {} {}", record.poet.unwrap_or_default(), record.title.unwrap_or_default());
        let last =
            poems.last().filter(|p| p.name == name && (number == before + 1 || !name.trim_end().ends_with("litlab")));
        if last.is_none() {
            poems.push(GoldPoem { source, name, stanzas: vec![Vec::new()], gold: Vec::new() });
        }
        before = number;
        let poem = poems.last_mut().ok_or("no poem")?;
        poem.stanzas[0].push(Line::new(record.line, pronouncer));
        poem.gold.push(record.scansion);
    }
    for record in epg {
        if poems.last().is_none_or(|p| p.name != record.poem) {
            poems.push(GoldPoem { source: "epg64", name: record.poem, stanzas: Vec::new(), gold: Vec::new() });
        }
        let poem = poems.last_mut().ok_or("no poem")?;
        while poem.stanzas.len() <= record.stanza {
            poem.stanzas.push(Vec::new());
        }
        poem.stanzas[record.stanza].push(Line::new(record.text, pronouncer));
        poem.gold.push(record.stresses.unwrap_or_default());
    }
    Ok(Some(poems))
}

fn stresses(gold: &str) -> Vec<u8> {
    gold.bytes().map(|b| u8::from(b == b's')).collect()
}

fn examples(poems: &[GoldPoem]) -> Vec<Example> {
    let of_poem = |poem: &GoldPoem| -> Vec<Example> {
        let lines = poem.stanzas.iter().flatten();
        let known: Vec<(&Line, Vec<u8>)> =
            lines.zip(&poem.gold).filter(|(_, gold)| !gold.is_empty()).map(|(l, g)| (l, stresses(g))).collect();
        let falling = is_falling(&known.iter().map(|(_, s)| s.clone()).collect::<Vec<_>>());
        let example = |(line, stresses): (&Line, Vec<u8>)| {
            let rhythm = rhythm_of(&stresses, falling);
            let weight = match poem.source {
                "epg64" => EPG64_COUNTS,
                "fbfv" => TEMPLATE_COUNTS,
                _ => 1.0,
            };
            let syllables = stresses.len();
            // A template tells the length and the rhythm, not the stresses.
            let stresses = (poem.source != "fbfv").then_some(stresses);
            Example { spots: spots(line), syllables, stresses, rhythm, weight, poem: poem.name.clone() }
        };
        known.into_iter().map(example).collect()
    };
    poems.iter().flat_map(of_poem).collect()
}

pub fn run(args: &Args) -> Result<(), Box<dyn std::error::Error>> {
    if let Some(path) = &args.words {
        return count_words(&args.data, path);
    }
    let Some(poems) = gold_poems(&args.data)? else { return Ok(()) };
    let examples = examples(&poems);
    write(&args.out, &learn(&examples.iter().collect::<Vec<_>>()))
}

/// For each poem, what `read` makes of it by weights learnt without it and the other poems of its fold.
pub fn cross_validated<T: Send>(
    poems: &[GoldPoem],
    folds: usize,
    read: impl Fn(&Scanner, &GoldPoem) -> T + Sync,
) -> Vec<T> {
    let examples = examples(poems);
    let fold_of = |name: &str| name.bytes().fold(7usize, |h, b| h.wrapping_mul(31) ^ usize::from(b)) % folds;
    let mut read_poems: Vec<(usize, T)> = (0..folds)
        .into_par_iter()
        .flat_map_iter(|fold| {
            let kept: Vec<&Example> = examples.iter().filter(|e| fold_of(&e.poem) != fold).collect();
            let weights: Vec<f32> = learn(&kept).into_iter().map(|w| w as f32).collect();
            let scanner = Scanner::with_weights(&weights);
            let own = poems.iter().enumerate().filter(|(_, p)| fold_of(&p.name) == fold);
            own.map(|(i, p)| (i, read(&scanner, p))).collect::<Vec<_>>()
        })
        .collect();
    read_poems.sort_by_key(|(i, _)| *i);
    read_poems.into_iter().map(|(_, t)| t).collect()
}

fn write(path: &Path, weights: &[f64]) -> Result<(), Box<dyn std::error::Error>> {
    let mut text = String::from("# Weights of the metre model, made by `cargo xtask metre-weights`: number, weight.\n");
    for (i, w) in weights.iter().enumerate().filter(|(_, w)| w.abs() >= 0.005) {
        text.push_str(&format!("{i}\t{w:.3}\n"));
    }
    std::fs::write(path, text)?;
    println!("wrote {}", path.display());
    Ok(())
}

#[derive(Deserialize)]
struct PoemRecord {
    text: String,
}

/// Words seen less often in unscanned verse have no figures of their own.
const SEEN: f32 = 12.0;
/// One poem counts as at most this many sightings of a word.
const MOST: f32 = 5.0;

/// How often unscanned poems stress a monosyllable and contract a word: one round of expectation–maximization, hard, as
/// Greene, Bodrumlu & Knight (2010, "Automatic analysis of rhythmic poetry") learn stress from verse alone.
fn count_words(data: &Path, path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let pronouncer = phonetics::Pronouncer::shared();
    let Some(poems) = records::<PoemRecord>(data, "human/historical_poems.jsonl.gz")? else { return Ok(()) };
    let scanner = Scanner::shipped();
    let read = |record: &PoemRecord| {
        let mut counts: BTreeMap<String, [f32; 4]> = BTreeMap::new();
        let stanzas: Vec<Vec<Line>> = record
            .text
            .replace("\r\n", "\n")
            .split("\n\n")
            .map(|s| s.lines().filter(|l| !l.trim().is_empty()).map(|l| Line::new(l.trim(), pronouncer)).collect())
            .collect();
        scanner.said(&stanzas, |said| {
            let c = counts.entry(said.word.to_owned()).or_default();
            let add = |c: &mut [f32], yes: Option<bool>| {
                if let Some(yes) = yes {
                    c[usize::from(yes)] += 1.0;
                }
            };
            add(&mut c[..2], said.stressed);
            add(&mut c[2..], said.contracted);
        });
        counts
    };
    let counted: Vec<BTreeMap<String, [f32; 4]>> = poems.par_iter().map(read).collect();
    let mut total: BTreeMap<String, [f32; 4]> = BTreeMap::new();
    for (word, c) in counted.into_iter().flatten() {
        // A word that one poem repeats is not new evidence each time.
        let t = total.entry(word).or_default();
        for (t, c) in t.chunks_mut(2).zip(c.chunks(2)) {
            let scale = (MOST / (c[0] + c[1]).max(MOST)).min(1.0);
            t.iter_mut().zip(c).for_each(|(t, c)| *t += c * scale);
        }
    }
    let log_odds = |no: f32, yes: f32| {
        if no + yes < SEEN { String::new() } else { format!("{:.2}", ((yes + 0.5) / (no + 0.5)).ln()) }
    };
    let mut text = String::from(
        "# How verse says its words, by `cargo xtask metre-weights --words`: word, log odds of stress, of contraction.\n",
    );
    for (word, [weak, strong, whole, contracted]) in total {
        let (stress, contraction) = (log_odds(weak, strong), log_odds(whole, contracted));
        if !stress.is_empty() || !contraction.is_empty() {
            text.push_str(&format!("{word}\t{stress}\t{contraction}\n"));
        }
    }
    std::fs::write(path, text)?;
    Ok(())
}

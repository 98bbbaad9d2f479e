//! `cargo xtask rhyme-weights`: learns `data/rhyme_weights.tsv`, `rhyme_schemes.tsv` and `rhyme_confidence.tsv` from annotated
//! poems and models' verse.
//!
//! A weight a feature of sound by logistic regression: pairs of lines of one stanza, and pairs of lines drawn from different
//! poems, are rhymes or not. The base rate is taken out again, so that a sum of weights is a likelihood ratio.
//!
//! What rhymes today is learnt from the annotated poems after 1700 and from poems that chat models wrote, which nobody
//! annotated: where all the other stanzas of a poem show one pattern by perfect rhymes, the lines that it joins in this stanza
//! are taken for rhymes, whatever their sound ("distant supervision"). Thus the weights say how much oftener a near rhyme
//! stands where a rhyme is due than among lines drawn at random.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use phonetics::rhyme_training::{self as training};
use phonetics::{Class, LineEnd, Pronouncer, RhymeOptions};
use rayon::prelude::*;
use serde::Deserialize;

use crate::eval::{model_rhyme, records, rhyme};

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

/// Lines of a quatrain or couplet that a pattern joins.
type Pattern = (usize, &'static [(usize, usize)]);
const PATTERNS: &[Pattern] =
    &[(4, &[(0, 1), (2, 3)]), (4, &[(0, 2), (1, 3)]), (4, &[(0, 3), (1, 2)]), (4, &[(1, 3)]), (2, &[(0, 1)])];
/// So many other stanzas must show the pattern, and in so large a share of its places.
const SHOWN_BY: usize = 2;
const SHOWN: f64 = 0.75;

/// The line ends of a poem, stanza by stanza.
type PoemEnds = Vec<Vec<Option<LineEnd>>>;

/// What chat models wrote.
#[derive(Default)]
pub struct ModelVerse {
    poems: Vec<PoemEnds>,
    /// Stanzas with the pattern that their poem's other stanzas show.
    patterned: Vec<Gold>,
}

/// The poems of chat models, without those of which a stanza is labelled.
pub fn model_verse(data: &Path) -> Result<ModelVerse, Box<dyn std::error::Error>> {
    #[derive(Deserialize)]
    struct Poem {
        id: String,
        text: String,
    }
    let poems = records::<Poem>(data, "models/prompted_poems.jsonl.gz")?.unwrap_or_default();
    let labelled = include_str!("../gold/model_rhyme.jsonl");
    let ends = |poem: &Poem| -> PoemEnds {
        let layout = verse::normalize(&poem.text);
        let ends = |s: &Vec<String>| s.iter().map(|l| LineEnd::of_line(Pronouncer::shared(), l)).collect();
        layout.stanzas.iter().filter(|s| s.len() <= LONGEST).map(ends).collect()
    };
    let unlabelled: Vec<&Poem> = poems.iter().filter(|p| !labelled.contains(&format!("\"{}\"", p.id))).collect();
    let poems: Vec<PoemEnds> = unlabelled.par_iter().map(|poem| ends(poem)).collect();
    let patterned =
        unlabelled.par_iter().zip(&poems).flat_map_iter(|(poem, ends)| patterned(&poem.id, ends.clone())).collect();
    Ok(ModelVerse { poems, patterned })
}

/// Lines of a stanza long enough to teach no pattern.
const LONGEST: usize = 16;
/// Share of rhymed lines from which on a model's poem is counted among the rhymed.
const RHYMED: f64 = 0.5;

/// The stanzas of one poem whose pattern the others show.
fn patterned(id: &str, stanzas: PoemEnds) -> Vec<Gold> {
    let weights = training::untaught();
    let options = RhymeOptions::default();
    let full = |ends: &[Option<LineEnd>], (i, j): (usize, usize)| {
        let (Some(a), Some(b)) = (&ends[i], &ends[j]) else { return false };
        matches!(training::hear(a, b, &options, &weights).0, Class::Perfect | Class::Rich)
    };
    // Places where the pattern is heard, in every stanza of its length.
    let shown: Vec<Vec<Option<usize>>> = PATTERNS
        .iter()
        .map(|(n, pairs)| {
            let heard = |s: &Vec<Option<LineEnd>>| pairs.iter().filter(|p| full(s, **p)).count();
            stanzas.iter().map(|s| (s.len() == *n).then(|| heard(s))).collect()
        })
        .collect();
    let mut out = Vec::new();
    for (s, ends) in stanzas.into_iter().enumerate() {
        let share = |p: &usize| {
            let others: Vec<usize> =
                shown[*p].iter().enumerate().filter(|(i, _)| *i != s).filter_map(|(_, heard)| *heard).collect();
            let places = others.len() * PATTERNS[*p].1.len();
            if others.len() < SHOWN_BY { 0.0 } else { others.iter().sum::<usize>() as f64 / places as f64 }
        };
        let found = (0..PATTERNS.len()).find(|p| PATTERNS[*p].0 == ends.len() && share(p) >= SHOWN);
        let Some(pattern) = found else { continue };
        let mut scheme = vec![None; ends.len()];
        for (n, &(i, j)) in PATTERNS[pattern].1.iter().enumerate() {
            scheme[i] = Some(n as i64);
            scheme[j] = Some(n as i64);
        }
        let words = ends.iter().map(|e| e.as_ref().map_or_else(String::new, |e| e.word().text().to_owned())).collect();
        out.push(Gold { period: MODEL.to_owned(), poem: id.to_owned(), words, scheme, ends });
    }
    out
}

/// The period of what models wrote.
const MODEL: &str = "model";

pub fn run(args: &Args) -> Result<(), Box<dyn std::error::Error>> {
    let stanzas = gold(&args.data)?.ok_or("gold/rhyme_schemes.jsonl.gz is needed")?;
    let all: Vec<&Gold> = stanzas.iter().collect();
    let models = model_verse(&args.data)?;
    eprintln!("{} annotated stanzas, {} of models with a pattern", all.len(), models.patterned.len());
    let historical = learn(&all, None, true);
    let modern = learn(&all, Some(&models), false);
    let mut file = String::from(
        "# Weights of the features of rhyme, learnt by `cargo xtask rhyme-weights`: feature, historical, today.\n",
    );
    for (i, name) in training::names().iter().enumerate() {
        if historical[i] != 0.0 || modern[i] != 0.0 {
            writeln!(file, "{name}\t{:.3}\t{:.3}", historical[i], modern[i])?;
        }
    }
    std::fs::write(args.out.join("rhyme_weights.tsv"), file)?;
    let schemes = schemes(&all, &models, &modern);
    let calibrations = calibrations(args, &stanzas, &models, (modern, &verse::Prior::parse(&schemes, false)))?;
    std::fs::write(args.out.join("rhyme_schemes.tsv"), schemes)?;
    std::fs::write(args.out.join("rhyme_confidence.tsv"), calibrations)?;
    Ok(())
}

/// How sure the schemes are: fitted to the annotated stanzas, each heard without its poem; for today's ears also, with as much
/// weight, to the half of the labelled stanzas of models that may be looked at.
fn calibrations(
    args: &Args,
    stanzas: &[Gold],
    models: &ModelVerse,
    (modern, prior): (Vec<f32>, &verse::Prior),
) -> Result<String, Box<dyn std::error::Error>> {
    let weights = training::weights(modern).expect("one weight a feature");
    let hear = |a: &LineEnd, b: &LineEnd| training::hear(a, b, &RhymeOptions::default(), &weights);
    let labelled = model_rhyme::outcomes(&args.data, &hear, prior)?;
    let fitted = [true, false].map(|historical| {
        let annotated = rhyme::outcomes(stanzas, models, historical);
        let share = annotated.len() as f64 / labelled.len().max(1) as f64;
        let others: &[_] = if historical { &[] } else { &labelled };
        let sets = annotated.iter().map(|o| (o, 1.0)).chain(others.iter().map(|o| (o, share)));
        let examples: Vec<([f64; 4], f64, f64)> = sets
            .map(|((found, right), weight)| {
                let signs = verse::Calibration::signs(found.confidence, &own_rhymes(&found.rhymes));
                (signs.map(f64::from), f64::from(u8::from(*right)), weight)
            })
            .collect();
        logistic(&examples)
    });
    let mut file = String::from(
        "# The confidence of a scheme as a logistic regression, learnt by `cargo xtask rhyme-weights`: sign, historical, today.\n",
    );
    for (i, sign) in verse::Calibration::SIGNS.iter().enumerate() {
        writeln!(file, "{sign}\t{:.3}\t{:.3}", fitted[0][i], fitted[1][i])?;
    }
    Ok(file)
}

/// A stanza's rhymes without those that it shares with another stanza alone.
fn own_rhymes(rhymes: &[Option<u32>]) -> Vec<Option<u32>> {
    let own = |r: &u32| rhymes.iter().flatten().filter(|o| *o == r).count() > 1;
    rhymes.iter().map(|r| r.filter(own)).collect()
}

/// Logistic regression of a few signs by Newton's method, slightly regularized: (signs, right, weight) → weights.
fn logistic(examples: &[([f64; 4], f64, f64)]) -> [f64; 4] {
    let mut w = [0.0; 4];
    for _ in 0..50 {
        let mut gradient = w.map(|w| -w);
        let mut curvature = [[0.0; 4]; 4];
        for (i, row) in curvature.iter_mut().enumerate() {
            row[i] = 1.0;
        }
        for (signs, right, weight) in examples {
            let z: f64 = signs.iter().zip(w).map(|(s, w)| s * w).sum();
            let p = 1.0 / (1.0 + (-z).exp());
            for (i, sign) in signs.iter().enumerate() {
                gradient[i] += weight * (right - p) * sign;
                for (cell, other) in curvature[i].iter_mut().zip(signs.iter()) {
                    *cell += weight * p * (1.0 - p) * sign * other;
                }
            }
        }
        // Gauss–Jordan; the regularization keeps every pivot above nought.
        for i in 0..4 {
            let pivot = curvature[i][i];
            curvature[i].iter_mut().for_each(|x| *x /= pivot);
            gradient[i] /= pivot;
            let turned = curvature[i];
            for k in (0..4).filter(|k| *k != i) {
                let factor = curvature[k][i];
                curvature[k].iter_mut().zip(turned).for_each(|(x, t)| *x -= factor * t);
                gradient[k] -= factor * gradient[i];
            }
        }
        w.iter_mut().zip(gradient).for_each(|(w, step)| *w += step);
    }
    w
}

type Counts = BTreeMap<(usize, String), f64>;

/// How often each scheme was annotated, and (for today's ears) the same with what is found in models' verse.
///
/// The schemes of models' verse are found twice, the second time with the first time's among the prior (two steps of hard
/// expectation-maximization). At no length do they count for more than the annotated ones.
pub fn schemes(stanzas: &[&Gold], models: &ModelVerse, modern: &[f32]) -> String {
    let mut annotated = Counts::new();
    for stanza in stanzas {
        *annotated.entry((stanza.words.len(), verse::pattern(&stanza.scheme))).or_default() += 1.0;
    }
    let weights = training::weights(modern.to_vec()).expect("one weight a feature");
    let mut today = annotated.clone();
    for _ in 0..2 {
        let found = models.schemes(&weights, &verse::Prior::parse(&table(&annotated, &today), false));
        let of_length =
            |counts: &Counts, lines| counts.iter().filter(|(k, _)| k.0 == lines).map(|(_, n)| n).sum::<f64>();
        today = annotated.clone();
        for (scheme, n) in &found {
            let share = (of_length(&annotated, scheme.0) / of_length(&found, scheme.0)).min(1.0);
            *today.entry(scheme.clone()).or_default() += n * share;
        }
    }
    table(&annotated, &today)
}

fn table(annotated: &Counts, today: &Counts) -> String {
    let mut file = String::from(
        "# How often each scheme was annotated, and the same with models' verse for today's ears (`cargo xtask rhyme-weights`).\n",
    );
    for ((lines, scheme), n) in today {
        let old = annotated.get(&(*lines, scheme.clone())).copied().unwrap_or(0.0);
        if old > 0.0 || *n >= 0.05 {
            file.push_str(&format!("{scheme}\t{old}\t{n:.1}\n"));
        }
    }
    file
}

impl ModelVerse {
    /// The schemes that are found in the rhymed poems.
    fn schemes(&self, weights: &training::Weights, prior: &verse::Prior) -> Counts {
        let options = RhymeOptions::default();
        let hear = |a: &LineEnd, b: &LineEnd| training::hear(a, b, &options, weights);
        let of_poem = |poem: &PoemEnds| -> Vec<String> {
            let found = verse::schemes_by(poem, &hear, prior, &verse::Calibration::RAW);
            let rhymes = || found.iter().flat_map(|s| &s.rhymes);
            let rhymed = rhymes().flatten().count() as f64 >= RHYMED * rhymes().count().max(1) as f64;
            let patterns = found.iter().filter(|_| rhymed).map(verse::StanzaScheme::pattern);
            patterns.filter(|p| p.bytes().any(|b| b != b'x')).collect()
        };
        let found: Vec<Vec<String>> = self.poems.par_iter().map(of_poem).collect();
        let mut counts = Counts::new();
        for scheme in found.into_iter().flatten() {
            *counts.entry((scheme.len(), scheme)).or_default() += 1.0;
        }
        counts
    }
}

struct Example {
    features: Vec<u16>,
    rhymes: bool,
    weight: f64,
}

/// Learns one weight a feature. Tails are chosen under the weights of the round before, three rounds long.
pub fn learn(stanzas: &[&Gold], models: Option<&ModelVerse>, historical: bool) -> Vec<f32> {
    let options = RhymeOptions { historical, ..RhymeOptions::default() };
    let late = |s: &&Gold| historical || s.period == "1819" || s.period == "1718";
    let late: Vec<&Gold> =
        stanzas.iter().copied().filter(late).chain(models.iter().flat_map(|m| &m.patterned)).collect();
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
    // What models wrote counts for as much as what people did.
    let of_models = stanzas.iter().filter(|s| s.period == MODEL).map(|s| s.ends.len()).sum::<usize>().max(1);
    let of_people = stanzas.iter().map(|s| s.ends.len()).sum::<usize>() - of_models;
    let by_people = stanzas.iter().position(|s| s.period == MODEL).unwrap_or(stanzas.len());
    let share = of_people as f64 / of_models as f64;
    for (n, stanza) in stanzas.iter().enumerate() {
        let weight = if stanza.period == MODEL { share } else { 1.0 };
        for i in 0..stanza.ends.len() {
            let Some(a) = &stanza.ends[i] else { continue };
            for j in 0..i {
                let Some(b) = &stanza.ends[j] else { continue };
                let rhyme = stanza.rhymes(i, j);
                // What the pattern does not join may rhyme all the same.
                if stanza.period == MODEL && !rhyme {
                    continue;
                }
                // What is a rhyme only by an old rule teaches nothing about today.
                if rhyme && !options.historical && training::is_historical(a, b, &old, &untaught) {
                    continue;
                }
                add(a, b, rhyme, weight);
            }
            // Lines of two other poems, drawn anew for each line; of people's, for models end on the same words again and again.
            for _ in 0..4 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let other = stanzas[(state >> 33) as usize % by_people];
                if other.poem == stanzas[n].poem {
                    continue;
                }
                if let Some(b) = &other.ends[(state >> 20) as usize % other.ends.len()] {
                    add(a, b, false, weight);
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

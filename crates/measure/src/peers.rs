//! What the measures of other papers say of the same texts (`--peers`).

use std::collections::{BTreeMap, HashMap};

use diversity::peers as by;
use diversity::{Estimate, Folds, NullRange, Rng, Rows, jackknife};
use rayon::prelude::*;

use crate::compare::content_rows;
use crate::comparison::Number;
use crate::number::number;
use crate::reference::{Reference, form_rows, form_scale};
use crate::repeats::normal_words;
use crate::side::Side;
use crate::{Error, Settings};

/// A measure of `--peers`: its key, and what it is called.
pub struct Peer {
    pub name: &'static str,
    pub description: &'static str,
}

/// All of them, in the order of printing. The first seven are of vectors (the form of poems against an atlas, else the
/// content), the others of words.
pub const PEERS: [Peer; 13] = [
    Peer { name: "precision", description: "precision, k = 5 (Kynkäänniemi 2019)" },
    Peer { name: "recall", description: "recall, k = 5 (Kynkäänniemi 2019)" },
    Peer { name: "density", description: "density, k = 5 (Naeem 2020)" },
    Peer { name: "coverage", description: "coverage, k = 5 (Naeem 2020)" },
    Peer { name: "mauve", description: "MAUVE (Pillutla 2021)" },
    Peer { name: "fid", description: "Fréchet distance (Heusel 2017)" },
    Peer { name: "vendi", description: "Vendi score, q = 1 (Friedman & Dieng 2023)" },
    Peer { name: "compression_ratio", description: "compression ratio, gzip (Shaib 2024)" },
    Peer { name: "self_bleu", description: "self-BLEU-4 (Zhu 2018)" },
    Peer { name: "distinct_1", description: "distinct-1 (Li 2016)" },
    Peer { name: "distinct_2", description: "distinct-2 (Li 2016)" },
    Peer { name: "distinct_3", description: "distinct-3 (Li 2016)" },
    Peer { name: "novelty_4", description: "4-grams not in the reference (McCoy 2023)" },
];

/// Neighbours that a ball reaches to, as prdc's authors use it.
const NEIGHBOURS: usize = 5;
/// Texts of a side; of more, a seeded draw.
const MOST: usize = 10_000;
/// Texts up to which an interval is computed by measuring again without each fold.
const CHEAP: usize = 2_000;

type Numbers = BTreeMap<String, Number>;

/// The peers' measures of two sides. Numbers of one set (Vendi, compression, distinct-n, self-BLEU) stand beside the same
/// number of as many texts of the reference, where it has as many.
pub(crate) fn peers(
    samples: &Side,
    people: &Side,
    reference: &Reference,
    settings: &Settings,
) -> Result<Numbers, Error> {
    let mut numbers = Numbers::new();
    if samples.len() < 2 {
        return Ok(numbers);
    }
    let (samples, people) = (drawn(samples, settings.seed), drawn(people, settings.seed ^ 1));
    if let Some((s, r)) = vectors(&samples, &people, reference)? {
        of_vectors(&mut numbers, (&samples, &s), (&people, &r), settings.seed);
    }
    of_words(&mut numbers, &samples, &people, settings.seed);
    Ok(numbers)
}

fn drawn<'a>(side: &Side<'a>, seed: u64) -> Side<'a> {
    let mut rows = Rng::new(seed ^ 0xaa).choose(side.len(), MOST);
    rows.sort_unstable();
    side.select(&rows, seed)
}

/// The vectors of the headline: form against an atlas, content against a user's set.
fn vectors(samples: &Side, people: &Side, reference: &Reference) -> Result<Option<(Rows, Rows)>, Error> {
    if people.len() == 0 {
        return Ok(None);
    }
    if reference.people {
        let scale = form_scale(reference)?;
        let rows = |s: &Side| scale.apply(&form_rows(s.readings.iter().copied(), reference.genre));
        return Ok(Some((rows(samples), rows(people))));
    }
    let has = |s: &Side| s.readings.iter().all(|r| r.has_content());
    Ok((has(samples) && has(people)).then(|| (content_rows(samples), content_rows(people))))
}

fn of_vectors(numbers: &mut Numbers, (side, s): (&Side, &Rows), (people, r): (&Side, &Rows), seed: u64) {
    let mut put = |name: &str, n: usize, estimate: Estimate, null: Option<f64>| {
        if estimate.value.is_finite() {
            numbers.insert(name.into(), number(estimate, n, null.map(point)));
        }
    };
    let (n_s, n_r) = (s.len(), r.len());
    if let Some(m) = by::manifold(s, r, NEIGHBOURS) {
        let over = |folds: &Folds, values: Vec<f64>| mean_without_folds(folds, &values);
        let flags = |f: &[bool]| f.iter().map(|x| f64::from(u8::from(*x))).collect::<Vec<f64>>();
        let inside: Vec<f64> = m.inside.iter().map(|b| f64::from(u8::from(*b > 0))).collect();
        let balls: Vec<f64> = m.inside.iter().map(|b| f64::from(*b) / NEIGHBOURS as f64).collect();
        put("precision", n_s, over(&side.folds, inside).share_of(n_s), None);
        put("density", n_s, over(&side.folds, balls), None);
        put("recall", n_r, over(&people.folds, flags(&m.reached)).share_of(n_r), None);
        put("coverage", n_r, over(&people.folds, flags(&m.covered)).share_of(n_r), None);
    }
    if let Some(m) = by::mauve(s, r, seed ^ 0xbb) {
        put("mauve", n_s, Estimate::bare(m.value), None);
    }
    put("fid", n_s, Estimate::bare(by::fid(s, r)), None);
    let theirs = (n_r >= n_s).then(|| by::vendi(&r.select(&Rng::new(seed ^ 0xcc).choose(n_r, n_s))));
    put("vendi", n_s, without_folds(&side.folds, n_s, |rows| by::vendi(&s.select(rows))), theirs);
}

fn of_words(numbers: &mut Numbers, side: &Side, people: &Side, seed: u64) {
    let all = |s: &Side| s.readings.iter().map(|r| r.told().into_owned()).collect::<Vec<String>>();
    let (ours, theirs) = (all(side), all(people));
    if ours.iter().any(String::is_empty) {
        return;
    }
    // an atlas holds no texts
    let theirs = if theirs.iter().any(String::is_empty) { Vec::new() } else { theirs };
    let ids = token_ids(ours.iter().chain(&theirs));
    let (tokens, known) = ids.split_at(ours.len());
    let n = ours.len();
    let like = (theirs.len() >= n).then(|| Rng::new(seed ^ 0xdd).choose(theirs.len(), n));
    let part = |rows: &[usize], of: &[Vec<u32>]| rows.iter().map(|&i| of[i].clone()).collect::<Vec<Vec<u32>>>();
    let joined = |rows: &[usize], of: &[String]| {
        let texts: Vec<&str> = rows.iter().map(|&i| of[i].as_str()).collect();
        by::compression_ratio(texts.join("\n").as_bytes())
    };
    let mut put = |name: &str, estimate: Estimate, null: Option<f64>| {
        if estimate.value.is_finite() {
            numbers.insert(name.into(), number(estimate, n, null.map(point)));
        }
    };
    let again = |measure: &(dyn Fn(&[usize]) -> f64 + Sync)| without_folds(&side.folds, n, measure);
    put("compression_ratio", again(&|rows| joined(rows, &ours)), like.as_ref().map(|rows| joined(rows, &theirs)));
    let bleu = |tokens: &[Vec<u32>]| by::self_bleu(tokens, 4);
    put("self_bleu", Estimate::bare(bleu(tokens)), like.as_ref().map(|rows| bleu(&part(rows, known))));
    for size in 1..=3 {
        let distinct = |rows: &[usize], of: &[Vec<u32>]| by::distinct(&part(rows, of), size);
        let theirs = like.as_ref().map(|rows| distinct(rows, known));
        put(&format!("distinct_{size}"), again(&|rows| distinct(rows, tokens)), theirs);
    }
    if !known.is_empty() {
        put("novelty_4", again(&|rows| by::novelty(&part(rows, tokens), known, 4)), None);
    }
}

/// A number that is known without interval.
fn point(value: f64) -> NullRange {
    NullRange { value, low: value, high: value, sd: 0.0 }
}

/// Words as numbers, the same word everywhere the same number.
fn token_ids<'a>(texts: impl Iterator<Item = &'a String>) -> Vec<Vec<u32>> {
    let mut number: HashMap<String, u32> = HashMap::new();
    let mut id = |word: &str| match number.get(word) {
        Some(known) => *known,
        None => {
            let new = number.len() as u32;
            number.insert(word.to_owned(), new);
            new
        }
    };
    texts.map(|t| normal_words(t).split_whitespace().map(&mut id).collect()).collect()
}

/// The mean of a value a row, with the jackknife over folds.
fn mean_without_folds(folds: &Folds, values: &[f64]) -> Estimate {
    let (mut sums, mut counts) = (vec![0.0; folds.count()], vec![0.0; folds.count()]);
    for (i, v) in values.iter().enumerate() {
        sums[folds.of(i)] += v;
        counts[folds.of(i)] += 1.0;
    }
    let (sum, n) = (values.iter().sum::<f64>(), values.len() as f64);
    let without: Vec<f64> = sums.iter().zip(&counts).map(|(s, c)| (sum - s) / (n - c)).collect();
    jackknife(sum / n, &[&without], 0.0)
}

/// A measure of all rows, with the jackknife over folds where that is cheap.
fn without_folds(folds: &Folds, n: usize, measure: impl Fn(&[usize]) -> f64 + Sync) -> Estimate {
    let value = measure(&(0..n).collect::<Vec<usize>>());
    if n > CHEAP {
        return Estimate::bare(value);
    }
    let rest = |f: usize| (0..n).filter(|i| folds.of(*i) != f).collect::<Vec<usize>>();
    let without: Vec<f64> = (0..folds.count()).into_par_iter().map(|f| measure(&rest(f))).collect();
    jackknife(value, &[&without], 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ReadOptions, Samples, compare, read};

    fn texts(n: usize, words: &[&str], seed: u64) -> Vec<corpus::Text> {
        let mut rng = Rng::new(seed);
        (0..n)
            .map(|i| {
                let line: Vec<&str> = (0..12).map(|_| words[rng.below(words.len())]).collect();
                corpus::Text::new(i.to_string(), line.join(" "))
            })
            .collect()
    }

    const WORDS: [&str; 12] = [
        "kettle", "harbour", "lantern", "winter", "orchard", "thistle", "bridge", "candle", "meadow", "engine",
        "saddle", "copper",
    ];

    #[test]
    fn a_poor_vocabulary_shows() {
        let settings = Settings { peers: true, ..Settings::default() };
        let rich = read(&texts(60, &WORDS, 1), &ReadOptions::default());
        let poor = read(&texts(60, &WORDS[..4], 2), &ReadOptions::default());
        let reference = Reference::from_readings("rich", rich).expect("there are texts");
        let samples = Samples { name: "poor".into(), readings: poor, skipped: vec![] };
        let (found, _) = compare(&samples, &reference, &settings).expect("it can be compared");
        let names: Vec<&str> = found.peers.keys().map(String::as_str).collect();
        let mut expected: Vec<&str> = PEERS.iter().map(|p| p.name).collect();
        expected.sort_unstable();
        assert_eq!(names, expected);
        for name in ["vendi", "distinct_2"] {
            let n = &found.peers[name];
            assert!(n.null.as_ref().is_some_and(|theirs| n.value < theirs.value), "{name} {n:?}");
            assert!(n.low < Some(n.value) && n.n == 60);
        }
        assert!(found.peers["self_bleu"].null.as_ref().is_some_and(|r| r.value < found.peers["self_bleu"].value));
        let without = compare(&samples, &reference, &Settings::default()).expect("it can be compared").0;
        assert!(without.peers.is_empty());
    }
}

//! How different the texts of a small group are: one figure in 0…1 that agrees with people.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use diversity::{Rng, jackknife};
use phonetics::Pronouncer;
use rayon::prelude::*;

use crate::comparison::GroupDiversity;
use crate::number::number;
use crate::reading::Reading;

/// What tells a diverse group of texts. All but the lengths are means over pairs of texts, so that the figure does not depend
/// on the number of texts.
pub const GROUP_FEATURES: [&str; 9] = [
    "constant",
    "cosine distance",
    "cosine distance, squared mean",
    "log of words",
    "difference of log of words",
    "other last word",
    "other first word",
    "idf-weighted Jaccard distance",
    "difference of valence",
];

/// Their weights in a logistic combination, learnt from groups that people labelled: `cargo xtask group-weights`.
static WEIGHTS: &str = include_str!("../../../data/group_weights.tsv");

/// Texts of a group that are held against each other; of more, a seeded draw.
const MOST: usize = 200;
/// ln of occurrences per million of the commonest word, against which rareness is measured.
const COMMONEST: f32 = 11.5;

/// The part of a field's value in the grouping of a set.
#[derive(Debug, Clone, Default)]
pub struct Grouping {
    pub field: String,
    /// The value for every text of the samples, in their order; None where a record lacks the field.
    pub keys: Vec<Option<String>>,
}

fn weights() -> &'static [f64; GROUP_FEATURES.len()] {
    static PARSED: OnceLock<[f64; GROUP_FEATURES.len()]> = OnceLock::new();
    PARSED.get_or_init(|| {
        let by_name: HashMap<&str, f64> = WEIGHTS
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .filter_map(|(name, weight)| Some((name, weight.parse().ok()?)))
            .collect();
        GROUP_FEATURES.map(|name| *by_name.get(name).expect("data/group_weights.tsv has a weight a feature (tested)"))
    })
}

/// The diversity of every group of two and more texts, in the order in which groups begin.
pub(crate) fn group_diversities(readings: &[Reading], grouping: &Grouping, seed: u64) -> Vec<GroupDiversity> {
    let mut place: HashMap<&str, usize> = HashMap::new();
    let mut groups: Vec<(&str, Vec<&Reading>)> = Vec::new();
    for (reading, key) in readings.iter().zip(&grouping.keys) {
        let Some(key) = key else { continue };
        let at = *place.entry(key).or_insert_with(|| {
            groups.push((key, Vec::new()));
            groups.len() - 1
        });
        groups[at].1.push(reading);
    }
    groups.into_par_iter().filter_map(|(key, members)| one(key, &members, seed)).collect()
}

fn one(key: &str, members: &[&Reading], seed: u64) -> Option<GroupDiversity> {
    let mut drawn = Rng::new(seed ^ 0x6d).choose(members.len(), MOST);
    drawn.sort_unstable();
    let texts: Vec<Traits> = drawn.iter().map(|&i| Traits::of(members[i])).collect();
    let pairs = Pairs::of(&texts)?;
    let logit = |features: [f64; GROUP_FEATURES.len()]| features.iter().zip(weights()).map(|(x, w)| x * w).sum::<f64>();
    let without: Vec<f64> = match texts.len() {
        2 => Vec::new(),
        n => (0..n).map(|i| logit(pairs.features(Some(i)))).collect(),
    };
    let share = |z: f64| 1.0 / (1.0 + (-z).exp());
    let estimate = jackknife(logit(pairs.features(None)), &[&without], 0.0).map(share);
    Some(GroupDiversity { key: key.to_owned(), n: members.len(), diversity: number(estimate, texts.len(), None) })
}

/// The features of a group of texts, as `cargo xtask group-weights` learns from them; None under two texts.
#[must_use]
pub fn group_features(readings: &[Reading]) -> Option<[f64; GROUP_FEATURES.len()]> {
    let texts: Vec<Traits> = readings.iter().map(Traits::of).collect();
    Some(Pairs::of(&texts)?.features(None))
}

/// What of a text its group's figure rests on.
struct Traits<'a> {
    vector: Cow<'a, [f32]>,
    log_words: f64,
    first: String,
    last: String,
    /// Its different words with how rare they are.
    rareness: BTreeMap<String, f64>,
    valence: f64,
}

impl<'a> Traits<'a> {
    fn of(reading: &'a Reading) -> Self {
        let line = verse::Line::new(reading.told().as_ref(), Pronouncer::shared());
        let word = |at: Option<&verse::Spoken>| at.map(|w| w.word.text().to_owned()).unwrap_or_default();
        let rareness = |w: &verse::Spoken| {
            (w.word.text().to_owned(), f64::from((COMMONEST - w.word.commonness()).max(f32::EPSILON)))
        };
        Self {
            vector: reading.content(),
            log_words: (1.0 + line.words.len() as f64).ln(),
            first: word(line.words.first()),
            last: word(line.words.last()),
            rareness: line.words.iter().map(rareness).collect(),
            valence: verse::valence(&line),
        }
    }
}

/// Differences that are averaged over pairs.
const DIFFERENCES: usize = 6;

/// Sums over all pairs of texts, and over the pairs of each text.
struct Pairs {
    all: [f64; DIFFERENCES],
    of_text: Vec<[f64; DIFFERENCES]>,
    log_words: Vec<f64>,
}

impl Pairs {
    fn of(texts: &[Traits]) -> Option<Self> {
        if texts.len() < 2 {
            return None;
        }
        let mut sums = Self {
            all: [0.0; DIFFERENCES],
            of_text: vec![[0.0; DIFFERENCES]; texts.len()],
            log_words: texts.iter().map(|t| t.log_words).collect(),
        };
        for j in 1..texts.len() {
            for i in 0..j {
                let found = differences(&texts[i], &texts[j]);
                for (k, x) in found.into_iter().enumerate() {
                    sums.all[k] += x;
                    sums.of_text[i][k] += x;
                    sums.of_text[j][k] += x;
                }
            }
        }
        Some(sums)
    }

    /// The features of the group, or of the group without one text.
    fn features(&self, without: Option<usize>) -> [f64; GROUP_FEATURES.len()] {
        let n = self.log_words.len() - usize::from(without.is_some());
        let pairs = (n * (n - 1) / 2) as f64;
        let mean = |k: usize| (self.all[k] - without.map_or(0.0, |i| self.of_text[i][k])) / pairs;
        let log_words = self.log_words.iter().sum::<f64>() - without.map_or(0.0, |i| self.log_words[i]);
        let cosine = mean(0);
        [1.0, cosine, cosine * cosine, log_words / n as f64, mean(1), mean(2), mean(3), mean(4), mean(5)]
    }
}

/// Cosine distance, difference of log words, other last word, other first word, weighted Jaccard distance, difference of
/// valence.
fn differences(a: &Traits, b: &Traits) -> [f64; DIFFERENCES] {
    [
        1.0 - f64::from(embed::cosine(&a.vector, &b.vector)),
        (a.log_words - b.log_words).abs(),
        f64::from(u8::from(a.last != b.last)),
        f64::from(u8::from(a.first != b.first)),
        1.0 - jaccard(&a.rareness, &b.rareness),
        (a.valence - b.valence).abs(),
    ]
}

/// The rareness of shared words over that of all; two texts without words are equal.
fn jaccard(a: &BTreeMap<String, f64>, b: &BTreeMap<String, f64>) -> f64 {
    let shared: f64 = a.iter().filter(|(word, _)| b.contains_key(*word)).map(|(_, r)| r).sum();
    let all: f64 = a.values().sum::<f64>() + b.values().sum::<f64>() - shared;
    if all > 0.0 { shared / all } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ReadOptions, read};

    fn readings(texts: &[&str]) -> Vec<Reading> {
        let texts: Vec<corpus::Text> =
            texts.iter().enumerate().map(|(i, t)| corpus::Text::new(i.to_string(), *t)).collect();
        read(&texts, &ReadOptions::default())
    }

    fn grouped(texts: &[&str], keys: &[Option<&str>]) -> Vec<GroupDiversity> {
        let keys = keys.iter().map(|k| k.map(str::to_owned)).collect();
        group_diversities(&readings(texts), &Grouping { field: "x".into(), keys }, 1)
    }

    const ALIKE: [&str; 4] =
        ["it takes too long", "it takes too much time", "it takes a long time", "it would take too long"];
    const APART: [&str; 4] = [
        "my uncle keeps bees behind the chapel",
        "never on a Tuesday!",
        "seven tons of gravel, and nobody to sign for them",
        "the soup is cold again",
    ];

    #[test]
    fn a_diverse_group_scores_higher() {
        let texts: Vec<&str> = ALIKE.into_iter().chain(APART).collect();
        let keys = [Some("a"), Some("a"), Some("a"), Some("a"), Some("b"), Some("b"), Some("b"), Some("b")];
        let found = grouped(&texts, &keys);
        assert_eq!((found[0].key.as_str(), found[1].key.as_str(), found[0].n), ("a", "b", 4));
        let (a, b) = (&found[0].diversity, &found[1].diversity);
        assert!(a.value < 0.3 && b.value > 0.7, "{a:?} {b:?}");
        assert!(a.low < Some(a.value) && Some(a.value) < a.high && a.n == 4);
    }

    #[test]
    fn one_text_is_no_group_and_two_have_no_interval() {
        let found = grouped(&ALIKE[..3], &[Some("a"), None, Some("a")]);
        assert_eq!((found.len(), found[0].n, found[0].diversity.low), (1, 2, None));
        assert!(grouped(&ALIKE[..2], &[Some("a"), Some("b")]).is_empty());
    }

    /// Leaving a text out of the sums is leaving it out of the group, and copying the whole group changes little.
    #[test]
    fn sums_leave_out_what_the_group_leaves_out() {
        let all = readings(&APART);
        let traits: Vec<Traits> = all.iter().map(Traits::of).collect();
        let without = Pairs::of(&traits).map(|p| p.features(Some(2))).expect("four texts have pairs");
        let rest: Vec<Reading> = [0, 1, 3].map(|i| all[i].clone()).to_vec();
        let expected = group_features(&rest).expect("three texts have pairs");
        assert!(without.iter().zip(expected).all(|(x, y)| (x - y).abs() < 1e-9));
        assert!(group_features(&rest[..1]).is_none());
    }
}

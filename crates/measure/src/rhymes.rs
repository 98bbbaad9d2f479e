//! Rhyming pairs of words as a vocabulary.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::OnceLock;

use diversity::{Estimate, Folds, NullRange, distinct_at, entropy_at, jackknife};

use crate::comparison::RhymeVocabulary;
use crate::number::number;
use crate::reading::Reading;

/// Pairs that people rhyme: `cargo xtask lines` makes it.
static PAIRS: &str = include_str!("../../../data/rhyme_pairs.tsv");
/// Pairs of a set under which nothing is said of its vocabulary.
const LEAST: usize = 50;
/// Pairs that are named in the file; of the others it has the counts.
const NAMED: usize = 1000;

/// How often people use each pair (once a poem), and the commonest ones in order.
struct People {
    counts: Vec<usize>,
    common: Vec<&'static str>,
}

fn people() -> &'static People {
    static PEOPLE: OnceLock<People> = OnceLock::new();
    PEOPLE.get_or_init(|| {
        let mut people = People { counts: Vec::new(), common: Vec::new() };
        for line in PAIRS.lines() {
            let mut cells = line.split('\t');
            let (Some(pair), Some(Ok(count))) = (cells.next(), cells.next().map(str::parse::<usize>)) else { continue };
            // "*" stands for as many pairs of that count as the third column says
            let times = if pair == "*" { cells.next().and_then(|n| n.parse().ok()).unwrap_or(0) } else { 1 };
            people.counts.extend(std::iter::repeat_n(count, times));
            if pair != "*" {
                people.common.push(pair);
            }
        }
        people
    })
}

/// How many pairs people use oftener than this one (0 is the commonest), or None where it is not among their thousand
/// commonest. In small letters; the order of the two does not matter.
///
/// ```
/// assert!(measure::pair_rank("night", "light").is_some_and(|rank| rank < 10));
/// assert_eq!(measure::pair_rank("kettle", "metal"), None);
/// ```
#[must_use]
pub fn pair_rank(a: &str, b: &str) -> Option<usize> {
    static RANKS: OnceLock<HashMap<&'static str, usize>> = OnceLock::new();
    let ranks = RANKS.get_or_init(|| people().common.iter().enumerate().map(|(rank, pair)| (*pair, rank)).collect());
    let pair = if a < b { format!("{a}/{b}") } else { format!("{b}/{a}") };
    ranks.get(pair.as_str()).copied()
}

/// The file of pairs: the commonest by name with how many poems have them, then how many pairs have each count.
#[must_use]
pub fn rhyme_pairs_file(readings: &[Reading]) -> String {
    let mut counts: HashMap<String, usize> = HashMap::new();
    readings.iter().flat_map(pairs_of).for_each(|pair| *counts.entry(pair).or_default() += 1);
    let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let mut out = String::new();
    counts.iter().take(NAMED).for_each(|(pair, n)| out.push_str(&format!("{pair}\t{n}\n")));
    let mut others: BTreeMap<usize, usize> = BTreeMap::new();
    counts.iter().skip(NAMED).for_each(|(_, n)| *others.entry(*n).or_default() += 1);
    others.iter().rev().for_each(|(n, times)| out.push_str(&format!("*\t{n}\t{times}\n")));
    out
}

/// The different pairs of a poem.
fn pairs_of(reading: &Reading) -> HashSet<String> {
    reading.rhyme_pairs.iter().map(|(a, b)| format!("{a}/{b}")).collect()
}

/// The vocabulary of a set, or None under [`LEAST`] pairs. Numbers that grow with the pairs are taken at one number of pairs
/// for the set and for people (rarefaction).
pub(crate) fn rhyme_vocabulary(readings: &[&Reading], folds: &Folds) -> Option<RhymeVocabulary> {
    // how often each pair stands in each fold
    let mut by_pair: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (i, reading) in readings.iter().enumerate() {
        for pair in pairs_of(reading) {
            by_pair.entry(pair).or_insert_with(|| vec![0; folds.count()])[folds.of(i)] += 1;
        }
    }
    let all: Vec<usize> = by_pair.values().map(|folds| folds.iter().sum()).collect();
    let total: usize = all.iter().sum();
    if total < LEAST {
        return None;
    }
    let without =
        |f: usize| -> Vec<usize> { by_pair.values().map(|folds| folds.iter().sum::<usize>() - folds[f]).collect() };
    let left: Vec<Vec<usize>> = (0..folds.count()).map(without).collect();
    let people = people();
    let theirs: usize = people.counts.iter().sum();
    let smallest = left.iter().map(|counts| counts.iter().sum::<usize>()).min().unwrap_or(total);
    let n = smallest.min(theirs).max(2);
    let estimate = |of: &dyn Fn(&[usize]) -> f64| {
        let without: Vec<f64> = left.iter().map(|counts| of(counts)).collect();
        jackknife(of(&all), &[&without], 0.0)
    };
    let point = |value: f64| Some(NullRange { value, low: value, high: value, sd: 0.0 });
    let effective = |counts: &[usize]| entropy_at(counts, n).exp();
    let unseen = |counts: &[usize]| distinct_at(counts, n) - distinct_at(counts, n - 1);
    let common = |k: usize| {
        let named: HashSet<&str> = people.common.iter().take(k).copied().collect();
        let is_common: Vec<bool> = by_pair.keys().map(|pair| named.contains(pair.as_str())).collect();
        let share = |counts: &[usize]| {
            let hits: usize = counts.iter().zip(&is_common).filter(|(_, c)| **c).map(|(n, _)| n).sum();
            hits as f64 / counts.iter().sum::<usize>() as f64
        };
        let theirs = people.counts.iter().take(k).sum::<usize>() as f64 / theirs as f64;
        number(estimate(&share).share_of(total), total, point(theirs))
    };
    let within = |e: Estimate, low: f64, high: f64| e.within(low, high);
    Some(RhymeVocabulary {
        pairs: total,
        effective: number(within(estimate(&effective), 1.0, f64::INFINITY), n, point(effective(&people.counts))),
        unseen: number(within(estimate(&unseen), 0.0, 1.0), n, point(unseen(&people.counts))),
        common_100: common(100),
        common_1000: common(1000),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use diversity::Groups;

    fn poem(pairs: &[(&str, &str)]) -> Reading {
        let rhyme_pairs = pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        Reading { rhyme_pairs, ..Reading::default() }
    }

    #[test]
    fn the_shipped_pairs_are_people_s() {
        let people = people();
        assert_eq!(people.common.len(), NAMED);
        assert!(people.counts.len() > 5 * NAMED && people.counts.is_sorted_by(|a, b| a >= b));
    }

    #[test]
    fn the_file_names_the_commonest_and_counts_the_rest() {
        let mut poems = vec![poem(&[("day", "way"), ("day", "way")]), poem(&[("day", "way"), ("bright", "night")])];
        assert_eq!(rhyme_pairs_file(&poems), "day/way\t2\nbright/night\t1\n");
        for i in 0..NAMED {
            poems.push(poem(&[(&format!("a{i}"), "b")]));
        }
        assert!(rhyme_pairs_file(&poems).ends_with("\t1\n*\t1\t2\n"));
    }

    #[test]
    fn a_poor_vocabulary_shows() {
        let common = people().common[0].split_once('/').expect("a pair has two words");
        let poor: Vec<Reading> = (0..80).map(|_| poem(&[common])).collect();
        let refs: Vec<&Reading> = poor.iter().collect();
        let found = rhyme_vocabulary(&refs, &Groups::single(80).folds(20, 1)).expect("there are pairs");
        assert_eq!((found.pairs, found.common_100.value), (80, 1.0));
        assert!(found.effective.value < 1.01 && found.unseen.value < 1e-9);
        let theirs = found.effective.null.as_ref().map(|n| n.value).expect("people have a figure");
        assert!(theirs > 50.0, "{theirs}");
        assert!(rhyme_vocabulary(&refs[..10], &Groups::single(10).folds(5, 1)).is_none());
    }
}

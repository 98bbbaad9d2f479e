//! Rhyming pairs of words as a vocabulary.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::OnceLock;

use diversity::{Estimate, Folds, NullRange, distinct_at, entropy_at, jackknife};
use rayon::prelude::*;

use crate::comparison::RhymeVocabulary;
use crate::number::number;
use crate::reading::Reading;

/// The rhyming pairs of one poem, kept in one string: of a million poems there are ten million.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RhymePairs(Box<str>);

impl RhymePairs {
    /// Every line with the next line of its stanza that it rhymes with, where the words differ.
    pub(crate) fn of(reading: &verse::Reading) -> Self {
        let mut pairs = Vec::new();
        for stanza in &reading.stanzas {
            for (i, line) in stanza.lines.iter().enumerate() {
                let Some(&j) = line.rhymes_with.iter().filter(|j| **j > i).min() else { continue };
                let Some(other) = stanza.lines.get(j) else { continue };
                let (a, b) = (last_word(&line.text), last_word(&other.text));
                if a.is_empty() || b.is_empty() || a == b {
                    continue;
                }
                pairs.push(if a < b { (a, b) } else { (b, a) });
            }
        }
        pairs.into_iter().collect()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.joined().filter_map(|pair| pair.split_once('/'))
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.joined().count()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each as "light/night".
    pub(crate) fn joined(&self) -> impl Iterator<Item = &str> {
        self.0.split_terminator('\n')
    }

    /// Each once, in alphabetical order.
    fn different(&self) -> BTreeSet<&str> {
        self.joined().collect()
    }
}

impl<A: AsRef<str>, B: AsRef<str>> FromIterator<(A, B)> for RhymePairs {
    fn from_iter<I: IntoIterator<Item = (A, B)>>(pairs: I) -> Self {
        let mut all = String::new();
        pairs.into_iter().for_each(|(a, b)| {
            all.push_str(a.as_ref());
            all.push('/');
            all.push_str(b.as_ref());
            all.push('\n');
        });
        Self(all.into())
    }
}

fn last_word(line: &str) -> String {
    let word = |w: &str| w.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    line.split(|c: char| c.is_whitespace() || c == '—').rev().map(word).find(|w| !w.is_empty()).unwrap_or_default()
}

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
    let mut counts: HashMap<&str, usize> = HashMap::new();
    readings.iter().flat_map(|r| r.rhyme_pairs.different()).for_each(|pair| *counts.entry(pair).or_default() += 1);
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let mut out = String::new();
    counts.iter().take(NAMED).for_each(|(pair, n)| out.push_str(&format!("{pair}\t{n}\n")));
    let mut others: BTreeMap<usize, usize> = BTreeMap::new();
    counts.iter().skip(NAMED).for_each(|(_, n)| *others.entry(*n).or_default() += 1);
    others.iter().rev().for_each(|(n, times)| out.push_str(&format!("*\t{n}\t{times}\n")));
    out
}

/// Rhyming pairs with the poems that have each, each counted once a poem.
pub(crate) struct PairCounts<'a> {
    /// Sorted by pair.
    pairs: Vec<PairCount<'a>>,
    folds: usize,
}

struct PairCount<'a> {
    pair: &'a str,
    /// The first poems with it.
    first: Vec<u32>,
    /// How many poems of each fold have it, where any does.
    by_fold: Vec<(u16, u32)>,
}

impl PairCount<'_> {
    fn all(&self) -> usize {
        self.by_fold.iter().map(|(_, n)| *n as usize).sum()
    }

    fn without(&self, fold: usize) -> usize {
        self.by_fold.iter().filter(|(f, _)| usize::from(*f) != fold).map(|(_, n)| *n as usize).sum()
    }
}

/// Poems named a pair.
const NAMED_POEMS: usize = 20;

impl<'a> PairCounts<'a> {
    pub(crate) fn new(readings: &[&'a Reading], folds: &Folds) -> Self {
        let mut at: HashMap<&str, usize> = HashMap::new();
        let mut pairs: Vec<PairCount> = Vec::new();
        for (i, reading) in readings.iter().enumerate() {
            for pair in reading.rhyme_pairs.different() {
                let at = *at.entry(pair).or_insert_with(|| {
                    pairs.push(PairCount { pair, first: Vec::new(), by_fold: Vec::new() });
                    pairs.len() - 1
                });
                let count = &mut pairs[at];
                if count.first.len() < NAMED_POEMS {
                    count.first.push(i as u32);
                }
                let fold = folds.of(i) as u16;
                match count.by_fold.iter_mut().find(|(f, _)| *f == fold) {
                    Some((_, n)) => *n += 1,
                    None => count.by_fold.push((fold, 1)),
                }
            }
        }
        pairs.sort_unstable_by_key(|p| p.pair);
        Self { pairs, folds: folds.count() }
    }

    /// Those of two poems and more: pair, poems, the first of them.
    pub(crate) fn several(&self) -> impl Iterator<Item = (&'a str, usize, &[u32])> {
        self.pairs.iter().map(|p| (p.pair, p.all(), p.first.as_slice())).filter(|p| p.1 > 1)
    }
}

/// The vocabulary of a set, or None under [`LEAST`] pairs. Numbers that grow with the pairs are taken at one number of pairs
/// for the set and for people (rarefaction).
pub(crate) fn rhyme_vocabulary(counts: &PairCounts) -> Option<RhymeVocabulary> {
    let by_pair = &counts.pairs;
    let all: Vec<usize> = by_pair.iter().map(PairCount::all).collect();
    let total: usize = all.iter().sum();
    if total < LEAST {
        return None;
    }
    let without = |f: usize| -> Vec<usize> { by_pair.iter().map(|p| p.without(f)).collect() };
    let left: Vec<Vec<usize>> = (0..counts.folds).into_par_iter().map(without).collect();
    let people = people();
    let theirs: usize = people.counts.iter().sum();
    let smallest = left.iter().map(|counts| counts.iter().sum::<usize>()).min().unwrap_or(total);
    let n = smallest.min(theirs).max(2);
    let estimate = |of: &(dyn Fn(&[usize]) -> f64 + Sync)| {
        let without: Vec<f64> = left.par_iter().map(|counts| of(counts)).collect();
        jackknife(of(&all), &[&without], 0.0)
    };
    let point = |value: f64| Some(NullRange { value, low: value, high: value, sd: 0.0 });
    let effective = |counts: &[usize]| entropy_at(counts, n).exp();
    let unseen = |counts: &[usize]| distinct_at(counts, n) - distinct_at(counts, n - 1);
    let common = |k: usize| {
        let named: HashSet<&str> = people.common.iter().take(k).copied().collect();
        let is_common: Vec<bool> = by_pair.iter().map(|p| named.contains(p.pair)).collect();
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
        Reading { rhyme_pairs: pairs.iter().copied().collect(), ..Reading::default() }
    }

    #[test]
    fn last_words_are_found_behind_punctuation() {
        assert_eq!(last_word("and so to bed—"), "bed");
        assert_eq!(last_word("the night’s ‘delight!’ "), "delight");
        assert_eq!(last_word(" — "), "");
    }

    #[test]
    fn a_pair_counts_once_a_poem() {
        let poems = [poem(&[("day", "way"), ("day", "way")]), poem(&[]), poem(&[("bright", "night"), ("day", "way")])];
        let refs: Vec<&Reading> = poems.iter().collect();
        let counts = PairCounts::new(&refs, &Groups::single(3).folds(3, 1));
        assert_eq!(counts.several().collect::<Vec<_>>(), [("day/way", 2, &[0u32, 2][..])]);
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
        let vocabulary = |n: usize| rhyme_vocabulary(&PairCounts::new(&refs[..n], &Groups::single(n).folds(20, 1)));
        let found = vocabulary(80).expect("there are pairs");
        assert_eq!((found.pairs, found.common_100.value), (80, 1.0));
        assert!(found.effective.value < 1.01 && found.unseen.value < 1e-9);
        let theirs = found.effective.null.as_ref().map(|n| n.value).expect("people have a figure");
        assert!(theirs > 50.0, "{theirs}");
        assert!(vocabulary(10).is_none());
    }
}

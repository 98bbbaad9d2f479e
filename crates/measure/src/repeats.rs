//! What a set repeats: whole texts, openings, rhymes.

use std::collections::HashMap;

use diversity::{Folds, Replicates, Rng, distinct_at, unseen_mass};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::compare::width;
use crate::comparison::{Cluster, Repeats};
use crate::copied::copied;
use crate::near::{Sketch, near_clusters};
use crate::number::number;
use crate::progress::Progress;
use crate::reading::{Reading, unit, vectors};
use crate::rhymes::{PairCounts, rhyme_vocabulary};
use crate::same::{SURE, Told, Vocabulary, same_clusters};

/// Words of an opening.
const OPENING: usize = 4;
/// Clusters, openings and pairs that are listed.
const LISTED: usize = 25;
/// Ids listed a cluster.
const IDS: usize = 20;
/// Texts that share an opening.
const SHARED: usize = 3;
/// Texts whose words are looked at by one thread at a time.
const BATCH: usize = 64;

/// Lower case, letters and digits, single spaces: texts that differ in nothing else are the same text.
pub(crate) fn normal_words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else if matches!(c, '\'' | '’') {
            // an apostrophe parts no word
        } else if !out.ends_with(' ') && !out.is_empty() {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Repeats within a set. `folds` deal whole prompts out for the intervals. Of more than `most` texts the same in other words
/// are looked for in a seeded draw; all else is told of all.
pub(crate) fn repeats(readings: &[&Reading], folds: &Folds, most: usize, seed: u64, progress: &Progress) -> Repeats {
    let mut words = Words::new(readings, progress);
    let exact = words.exact();
    let near = words.near(readings, &exact, progress);
    let drawn = draw(readings.len(), most, seed);
    let same = match &drawn {
        None => same_texts(readings, &exact, seed, progress).map(|labels| (labels, folds.clone())),
        Some(rows) => {
            let part: Vec<&Reading> = rows.iter().map(|&i| readings[i]).collect();
            let first = firsts(rows.iter().map(|&i| exact[i]));
            let of = rows.iter().map(|&i| folds.of(i) as u16).collect();
            same_texts(&part, &first, seed, progress).map(|labels| (labels, Folds::of_rows(of, folds.count())))
        }
    };
    let told = same.as_ref().filter(|_| drawn.is_none()).map_or(&near, |(labels, _)| labels);
    let pairs = PairCounts::new(readings, folds);
    let mut out = Repeats {
        exact: number(repeated_share(&exact, folds), readings.len(), None),
        near: number(repeated_share(&near, folds), readings.len(), None),
        unseen: number(diversity::Estimate::bare(unseen_mass(&sizes(&near))), readings.len(), None),
        same: same.as_ref().map(|(labels, folds)| number(repeated_share(labels, folds), labels.len(), None)),
        clusters: clusters(readings, told),
        openings: openings(readings, &words),
        rhyme_pairs: rhyme_pair_counts(readings, &pairs),
        rhyme_vocabulary: rhyme_vocabulary(&pairs),
        copied: copied(readings, folds),
        ..Repeats::default()
    };
    let grades = [
        ("exact", Some((&exact, folds))),
        ("near", Some((&near, folds))),
        ("same", same.as_ref().map(|(labels, folds)| (labels, folds))),
    ];
    for (key, (labels, folds)) in grades.into_iter().filter_map(|(key, grade)| Some((key, grade?))) {
        for (k, shares) in [(1, &mut out.top1_share), (10, &mut out.top10_share), (25, &mut out.top25_share)] {
            shares.insert(key.to_owned(), number(top_share(labels, k, folds), labels.len(), None));
        }
    }
    out
}

/// Rows of a seeded draw, rising; None of a set that is not large.
fn draw(n: usize, most: usize, seed: u64) -> Option<Vec<usize>> {
    (n > most).then(|| {
        let mut rows = Rng::new(seed ^ 0x5d).choose(n, most);
        rows.sort_unstable();
        rows
    })
}

/// For every reading the index of the first that is the same or nearly the same text.
#[must_use]
pub fn near_duplicates(readings: &[&Reading]) -> Vec<usize> {
    let mut words = Words::new(readings, &Progress::default());
    let exact = words.exact();
    words.near(readings, &exact, &Progress::default())
}

/// What is kept of the words of every text while repeats are counted: texts themselves are unpacked when they are compared.
struct Words {
    /// A hash of all of them: of a million texts, two different ones share it once in 10²⁶ times.
    all: Vec<u128>,
    /// A hash of the first [`OPENING`]; None of a shorter text.
    opening: Vec<Option<u64>>,
    sketches: Vec<Sketch>,
}

impl Words {
    fn new(readings: &[&Reading], progress: &Progress) -> Self {
        let (mut all, mut opening, mut sketches) = (Vec::new(), Vec::new(), Vec::new());
        for (i, part) in readings.chunks(readings.len().div_ceil(100).max(BATCH)).enumerate() {
            progress.at("words of the texts", i as f64 / 100.0);
            let found: Vec<(u128, Option<u64>, Sketch)> = part
                .par_iter()
                .with_min_len(BATCH)
                .map(|r| {
                    let body = r.body();
                    let words = if body.is_empty() { normal_words(&r.text()) } else { normal_words(&body) };
                    (hash(&words), opening_of(&body).map(|(_, words)| hash(&words) as u64), Sketch::of(&words))
                })
                .collect();
            for (words, first, sketch) in found {
                all.push(words);
                opening.push(first);
                sketches.push(sketch);
            }
        }
        Self { all, opening, sketches }
    }

    /// A label a text: the first text with the same words.
    fn exact(&self) -> Vec<usize> {
        firsts(self.all.iter())
    }

    /// Near clusters of the different texts, spread over their copies. The sketches, the largest part, are gone after that.
    fn near(&mut self, readings: &[&Reading], exact: &[usize], progress: &Progress) -> Vec<usize> {
        let different: Vec<usize> = (0..exact.len()).filter(|&i| exact[i] == i).collect();
        let mut sketches = std::mem::take(&mut self.sketches);
        let mut at = 0..;
        sketches.retain(|_| at.next().is_some_and(|i| exact[i] == i));
        let labels = near_clusters(&sketches, |i| normal_words(&readings[different[i]].told()), progress);
        over_copies(exact, &different, &labels)
    }
}

/// The first half of the SHA-256 of the words.
pub(crate) fn hash(words: &str) -> u128 {
    let digest = Sha256::digest(words.as_bytes());
    u128::from_le_bytes(std::array::from_fn(|i| digest[i]))
}

/// A label an item: the place of the first that is equal.
fn firsts<K: std::hash::Hash + Eq>(items: impl Iterator<Item = K>) -> Vec<usize> {
    let mut first: HashMap<K, usize> = HashMap::new();
    items.enumerate().map(|(i, item)| *first.entry(item).or_insert(i)).collect()
}

/// Labels of the different texts, as places among all texts, and those of their copies.
fn over_copies(exact: &[usize], different: &[usize], labels: &[usize]) -> Vec<usize> {
    let mut of = vec![0; exact.len()];
    different.iter().zip(labels).for_each(|(&i, &label)| of[i] = different[label]);
    exact.iter().map(|&first| of[first]).collect()
}

/// Clusters of texts that are the same joke or story in other words. Near repeats are held against each other anew: two jokes
/// may differ in one word. None where texts have no vectors (an atlas).
fn same_texts(readings: &[&Reading], exact: &[usize], seed: u64, progress: &Progress) -> Option<Vec<usize>> {
    let different: Vec<usize> = (0..exact.len()).filter(|&i| exact[i] == i).collect();
    let texts: Vec<&Reading> = different.iter().map(|&i| readings[i]).collect();
    if texts.iter().any(|r| !r.has_content()) {
        return None;
    }
    let dim = width(texts.iter().map(|r| r.content().len()));
    let vectors = vectors(&texts, dim, |r| unit(&r.content()));
    let mut vocabulary = Vocabulary::default();
    let told: Vec<Told> =
        texts.iter().zip(vectors.chunks_exact(dim)).map(|(r, v)| vocabulary.told(&r.body(), v)).collect();
    Some(over_copies(exact, &different, &same_clusters(&told, &vocabulary, SURE, seed, progress)))
}

fn sizes(labels: &[usize]) -> Vec<usize> {
    let mut counts = vec![0; labels.iter().max().map_or(0, |most| most + 1)];
    labels.iter().for_each(|l| counts[*l] += 1);
    counts.retain(|n| *n > 0);
    counts
}

/// Share of texts that repeat an earlier one.
fn repeated_share(labels: &[usize], folds: &Folds) -> diversity::Estimate {
    left_out(labels, folds, |l| 1.0 - sizes(l).len() as f64 / l.len() as f64)
}

/// Share of texts that the k largest clusters hold.
fn top_share(labels: &[usize], k: usize, folds: &Folds) -> diversity::Estimate {
    left_out(labels, folds, |l| {
        let mut s = sizes(l);
        let k = k.min(s.len());
        if k < s.len() {
            s.select_nth_unstable_by(k, |a, b| b.cmp(a));
        }
        s[..k].iter().sum::<usize>() as f64 / l.len() as f64
    })
}

fn left_out(labels: &[usize], folds: &Folds, statistic: impl Fn(&[usize]) -> f64 + Sync) -> diversity::Estimate {
    replicates(labels, folds, statistic).estimate().within(0.0, 1.0)
}

/// Share of texts that repeat an earlier one among `n` texts of the set (all of them where n is None), word for word and
/// nearly: sets of different sizes are held against each other at one n, since more texts hold more repeats.
pub(crate) fn repeats_at(readings: &[&Reading], folds: &Folds, n: Option<usize>) -> [(&'static str, Replicates); 2] {
    let mut words = Words::new(readings, &Progress::default());
    let exact = words.exact();
    let near = words.near(readings, &exact, &Progress::default());
    let share = |l: &[usize]| {
        let n = n.unwrap_or(l.len());
        (1.0 - distinct_at(&sizes(l), n) / n.max(1) as f64).max(0.0)
    };
    [("repeats.exact", replicates(&exact, folds, share)), ("repeats.near", replicates(&near, folds, share))]
}

fn replicates(labels: &[usize], folds: &Folds, statistic: impl Fn(&[usize]) -> f64 + Sync) -> Replicates {
    let without: Vec<f64> = (0..folds.count())
        .into_par_iter()
        .map(|f| {
            let rest: Vec<usize> =
                labels.iter().enumerate().filter(|(i, _)| folds.of(*i) != f).map(|(_, l)| *l).collect();
            statistic(&rest)
        })
        .collect();
    Replicates::of_samples(statistic(labels), without)
}

/// Clusters of two and more, largest first, with the first text as exemplar.
fn clusters(readings: &[&Reading], labels: &[usize]) -> Vec<Cluster> {
    let mut by_label: Vec<(usize, usize)> = labels.iter().copied().enumerate().map(|(i, label)| (label, i)).collect();
    by_label.sort_unstable();
    let mut several: Vec<&[(usize, usize)]> = by_label.chunk_by(|a, b| a.0 == b.0).filter(|m| m.len() > 1).collect();
    several.sort_by_key(|members| std::cmp::Reverse(members.len()));
    // those as large as the last that is listed may come before it in the alphabet
    let least = several.get(LISTED - 1).map_or(0, |members| members.len());
    let list = several.into_iter().take_while(|members| members.len() >= least).map(|members| Cluster {
        text: exemplar(readings[members[0].0]),
        n: members.len(),
        ids: members.iter().take(IDS).map(|&(_, i)| readings[i].id.clone()).collect(),
    });
    largest(list.collect())
}

/// The text, cut to what a card can show.
fn exemplar(reading: &Reading) -> String {
    const SHOWN: usize = 600;
    let text = reading.told();
    match text.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{}…", text[..cut].trim_end()),
        None => text.into_owned(),
    }
}

fn largest(mut clusters: Vec<Cluster>) -> Vec<Cluster> {
    clusters.sort_by(|a, b| b.n.cmp(&a.n).then_with(|| a.text.cmp(&b.text)));
    clusters.truncate(LISTED);
    clusters
}

/// The first words of a body as they stand, and as words alone; None where there are fewer.
fn opening_of(body: &str) -> Option<(String, String)> {
    let first: Vec<&str> = body.split_whitespace().take(OPENING).collect();
    (first.len() == OPENING).then(|| {
        let shown = first.join(" ");
        let words = normal_words(&shown);
        (shown, words)
    })
}

/// First words that at least three texts share.
fn openings(readings: &[&Reading], words: &Words) -> Vec<Cluster> {
    let mut by_words: Vec<(u64, usize)> =
        words.opening.iter().enumerate().filter_map(|(i, hash)| Some(((*hash)?, i))).collect();
    by_words.par_sort_unstable();
    let mut shared: Vec<&[(u64, usize)]> =
        by_words.chunk_by(|a, b| a.0 == b.0).filter(|members| members.len() >= SHARED).collect();
    shared.sort_by_key(|members| std::cmp::Reverse(members.len()));
    // those as large as the last that is listed may come before it in the alphabet
    let least = shared.get(LISTED - 1).map_or(0, |members| members.len());
    let list = shared.into_iter().take_while(|members| members.len() >= least).map(|members| Cluster {
        text: opening_of(&readings[members[0].1].body()).map(|(shown, _)| shown).unwrap_or_default(),
        n: members.len(),
        ids: members.iter().take(IDS).map(|&(_, i)| readings[i].id.clone()).collect(),
    });
    largest(list.collect())
}

/// Rhyming pairs by count, each counted once a poem.
fn rhyme_pair_counts(readings: &[&Reading], pairs: &PairCounts) -> Vec<Cluster> {
    let mut several: Vec<(&str, usize, &[u32])> = pairs.several().collect();
    several.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let named = |first: &[u32]| first.iter().take(IDS).map(|&i| readings[i as usize].id.clone()).collect();
    several
        .iter()
        .take(LISTED)
        .map(|&(pair, n, first)| Cluster { text: pair.to_owned(), n, ids: named(first) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use diversity::Groups;

    fn texts(list: &[&str]) -> Vec<Reading> {
        list.iter()
            .enumerate()
            .map(|(i, t)| Reading { id: i.to_string(), body: (*t).into(), ..Reading::default() })
            .collect()
    }

    #[test]
    fn words_alone_make_a_text() {
        assert_eq!(normal_words("  Don’t —\n\"STOP\", don't…"), "dont stop dont");
    }

    #[test]
    fn copies_and_openings_are_counted() {
        let readings = texts(&[
            "In the quiet of the night a candle burns",
            "In the quiet of the night, a candle burns!",
            "In the quiet of the morning no bird is heard at all upon the hill",
            "A stone lay down beside the river and it slept for seven years",
        ]);
        let refs: Vec<&Reading> = readings.iter().collect();
        let r = repeats(&refs, &Groups::single(4).folds(4, 1), 4, 1, &Progress::default());
        assert_eq!(r.exact.value, 0.25);
        assert_eq!(r.clusters[0].ids, ["0", "1"]);
        assert_eq!((r.openings[0].text.as_str(), r.openings[0].n), ("In the quiet of", 3));
        assert_eq!(r.top1_share["exact"].value, 0.5);
        assert_eq!(r.top25_share["exact"].value, 1.0);
        assert_eq!(r.unseen.value, 0.5);
    }
    #[test]
    fn of_a_large_set_the_same_in_other_words_is_of_a_draw_and_all_else_of_all() {
        let list: Vec<String> =
            (0..300).map(|i| format!("The {}th goose went home at {} o'clock.", i % 75, i % 75)).collect();
        let readings = texts(&list.iter().map(String::as_str).collect::<Vec<_>>());
        let refs: Vec<&Reading> = readings.iter().collect();
        let r = repeats(&refs, &Groups::single(300).folds(20, 1), 100, 1, &Progress::default());
        assert_eq!((r.exact.n, r.exact.value), (300, 0.75));
        let same = r.same.as_ref().expect("texts have vectors");
        assert_eq!((same.n, r.top1_share["same"].n, r.top1_share["near"].n), (100, 100, 300));
        assert!(same.low.is_some() && r.clusters[0].n >= 4);
    }
}

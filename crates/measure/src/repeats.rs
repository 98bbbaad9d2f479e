//! What a set repeats: whole texts, openings, rhymes.

use std::collections::{BTreeMap, HashMap};

use diversity::{Folds, Replicates, distinct_at, unseen_mass};
use rayon::prelude::*;

use crate::comparison::{Cluster, Repeats};
use crate::copied::copied;
use crate::near::near_clusters;
use crate::number::number;
use crate::reading::{Reading, unit};
use crate::rhymes::rhyme_vocabulary;
use crate::same::{SURE, Told, Vocabulary, same_clusters};

/// Words of an opening.
const OPENING: usize = 4;
/// Clusters, openings and pairs that are listed.
const LISTED: usize = 25;
/// Ids listed a cluster.
const IDS: usize = 20;

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

/// Repeats within a set. `folds` deal whole prompts out for the intervals.
pub(crate) fn repeats(readings: &[&Reading], folds: &Folds, seed: u64) -> Repeats {
    let normal = normal_texts(readings);
    let exact = exact_clusters(&normal);
    let near = spread(&exact, &normal);
    let same = same_texts(readings, &exact, seed);
    let told = same.as_ref().unwrap_or(&near);
    let mut out = Repeats {
        exact: number(repeated_share(&exact, folds), readings.len(), None),
        near: number(repeated_share(&near, folds), readings.len(), None),
        unseen: number(diversity::Estimate::bare(unseen_mass(&sizes(&near))), readings.len(), None),
        same: same.as_ref().map(|s| number(repeated_share(s, folds), readings.len(), None)),
        clusters: clusters(readings, told),
        openings: openings(readings),
        rhyme_pairs: rhyme_pair_counts(readings),
        rhyme_vocabulary: rhyme_vocabulary(readings, folds),
        copied: copied(readings, folds),
        ..Repeats::default()
    };
    let grades = [("exact", Some(&exact)), ("near", Some(&near)), ("same", same.as_ref())];
    for (key, labels) in grades.into_iter().filter_map(|(key, labels)| Some((key, labels?))) {
        for (k, shares) in [(1, &mut out.top1_share), (10, &mut out.top10_share), (25, &mut out.top25_share)] {
            shares.insert(key.to_owned(), number(top_share(labels, k, folds), readings.len(), None));
        }
    }
    out
}

/// For every reading the index of the first that is the same or nearly the same text.
#[must_use]
pub fn near_duplicates(readings: &[&Reading]) -> Vec<usize> {
    let normal = normal_texts(readings);
    spread(&exact_clusters(&normal), &normal)
}

fn normal_texts(readings: &[&Reading]) -> Vec<String> {
    readings.par_iter().map(|r| normal_words(if r.body.is_empty() { &r.text } else { &r.body })).collect()
}

/// A label a text: the first text with the same words.
fn exact_clusters(normal: &[String]) -> Vec<usize> {
    let mut first: HashMap<&str, usize> = HashMap::new();
    normal.iter().enumerate().map(|(i, t)| *first.entry(t).or_insert(i)).collect()
}

/// Near clusters of the different texts, spread over their copies.
fn spread(exact: &[usize], normal: &[String]) -> Vec<usize> {
    let different: Vec<usize> = (0..exact.len()).filter(|&i| exact[i] == i).collect();
    let texts: Vec<&str> = different.iter().map(|&i| normal[i].as_str()).collect();
    let labels = near_clusters(&texts);
    let of: HashMap<usize, usize> = different.iter().zip(&labels).map(|(&i, &l)| (i, different[l])).collect();
    exact.iter().map(|e| of[e]).collect()
}

/// Clusters of texts that are the same joke or story in other words. Near repeats are held against each other anew: two jokes
/// may differ in one word. None where texts have no vectors (an atlas).
fn same_texts(readings: &[&Reading], exact: &[usize], seed: u64) -> Option<Vec<usize>> {
    let firsts: Vec<usize> = (0..exact.len()).filter(|&i| exact[i] == i).collect();
    if firsts.iter().any(|&i| readings[i].content.is_empty()) {
        return None;
    }
    let vectors: Vec<Vec<f32>> = firsts.par_iter().map(|&i| unit(&readings[i].content)).collect();
    let mut vocabulary = Vocabulary::default();
    let told: Vec<Told> = firsts.iter().zip(&vectors).map(|(&i, v)| vocabulary.told(&readings[i].body, v)).collect();
    let labels = same_clusters(&told, &vocabulary, SURE, seed);
    let of: HashMap<usize, usize> = firsts.iter().zip(&labels).map(|(&i, &l)| (i, firsts[l])).collect();
    Some(exact.iter().map(|first| of[first]).collect())
}

fn sizes(labels: &[usize]) -> Vec<usize> {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    labels.iter().for_each(|l| *counts.entry(*l).or_default() += 1);
    counts.into_values().collect()
}

/// Share of texts that repeat an earlier one.
fn repeated_share(labels: &[usize], folds: &Folds) -> diversity::Estimate {
    left_out(labels, folds, |l| 1.0 - sizes(l).len() as f64 / l.len() as f64)
}

/// Share of texts that the k largest clusters hold.
fn top_share(labels: &[usize], k: usize, folds: &Folds) -> diversity::Estimate {
    left_out(labels, folds, |l| {
        let mut s = sizes(l);
        s.sort_unstable_by(|a, b| b.cmp(a));
        s.iter().take(k).sum::<usize>() as f64 / l.len() as f64
    })
}

fn left_out(labels: &[usize], folds: &Folds, statistic: impl Fn(&[usize]) -> f64) -> diversity::Estimate {
    replicates(labels, folds, statistic).estimate().within(0.0, 1.0)
}

/// Share of texts that repeat an earlier one among `n` texts of the set (all of them where n is None), word for word and
/// nearly: sets of different sizes are held against each other at one n, since more texts hold more repeats.
pub(crate) fn repeats_at(readings: &[&Reading], folds: &Folds, n: Option<usize>) -> [(&'static str, Replicates); 2] {
    let normal = normal_texts(readings);
    let exact = exact_clusters(&normal);
    let near = spread(&exact, &normal);
    let share = |l: &[usize]| {
        let n = n.unwrap_or(l.len());
        (1.0 - distinct_at(&sizes(l), n) / n.max(1) as f64).max(0.0)
    };
    [("repeats.exact", replicates(&exact, folds, share)), ("repeats.near", replicates(&near, folds, share))]
}

fn replicates(labels: &[usize], folds: &Folds, statistic: impl Fn(&[usize]) -> f64) -> Replicates {
    let without: Vec<f64> = (0..folds.count())
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
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    labels.iter().enumerate().for_each(|(i, l)| members.entry(*l).or_default().push(i));
    let list = members.into_iter().filter(|(_, m)| m.len() > 1).map(|(first, m)| Cluster {
        text: exemplar(readings[first]),
        n: m.len(),
        ids: m.iter().take(IDS).map(|&i| readings[i].id.clone()).collect(),
    });
    largest(list.collect())
}

/// The text, cut to what a card can show.
fn exemplar(reading: &Reading) -> String {
    const SHOWN: usize = 600;
    let text = if reading.body.is_empty() { &reading.text } else { &reading.body };
    match text.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{}…", text[..cut].trim_end()),
        None => text.clone(),
    }
}

fn largest(mut clusters: Vec<Cluster>) -> Vec<Cluster> {
    clusters.sort_by(|a, b| b.n.cmp(&a.n).then_with(|| a.text.cmp(&b.text)));
    clusters.truncate(LISTED);
    clusters
}

/// First words that at least three texts share.
fn openings(readings: &[&Reading]) -> Vec<Cluster> {
    let mut by_words: BTreeMap<String, (String, Vec<usize>)> = BTreeMap::new();
    for (i, r) in readings.iter().enumerate() {
        let first: Vec<&str> = r.body.split_whitespace().take(OPENING).collect();
        if first.len() == OPENING {
            let shown = first.join(" ");
            by_words.entry(normal_words(&shown)).or_insert_with(|| (shown, Vec::new())).1.push(i);
        }
    }
    let list = by_words.into_values().filter(|(_, m)| m.len() >= 3).map(|(text, m)| Cluster {
        text,
        n: m.len(),
        ids: m.iter().take(IDS).map(|&i| readings[i].id.clone()).collect(),
    });
    largest(list.collect())
}

/// Rhyming pairs by count, each counted once a poem.
fn rhyme_pair_counts(readings: &[&Reading]) -> Vec<Cluster> {
    let mut counts: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (i, r) in readings.iter().enumerate() {
        for (a, b) in &r.rhyme_pairs {
            let poems = counts.entry((a, b)).or_default();
            if poems.last() != Some(&i) {
                poems.push(i);
            }
        }
    }
    let list = counts.into_iter().filter(|(_, m)| m.len() > 1).map(|((a, b), m)| Cluster {
        text: format!("{a}/{b}"),
        n: m.len(),
        ids: m.iter().take(IDS).map(|&i| readings[i].id.clone()).collect(),
    });
    largest(list.collect())
}

/// The pairs of words that rhyme in a poem: every line with the next line of its stanza that it rhymes with.
pub(crate) fn rhyme_pairs(reading: &verse::Reading) -> Vec<(String, String)> {
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
    pairs
}

fn last_word(line: &str) -> String {
    let word = |w: &str| w.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    line.split(|c: char| c.is_whitespace() || c == '—').rev().map(word).find(|w| !w.is_empty()).unwrap_or_default()
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
        let r = repeats(&refs, &Groups::single(4).folds(4, 1), 1);
        assert_eq!(r.exact.value, 0.25);
        assert_eq!(r.clusters[0].ids, ["0", "1"]);
        assert_eq!((r.openings[0].text.as_str(), r.openings[0].n), ("In the quiet of", 3));
        assert_eq!(r.top1_share["exact"].value, 0.5);
        assert_eq!(r.top25_share["exact"].value, 1.0);
        assert_eq!(r.unseen.value, 0.5);
    }

    #[test]
    fn last_words_are_found_behind_punctuation() {
        assert_eq!(last_word("and so to bed—"), "bed");
        assert_eq!(last_word("the night’s ‘delight!’ "), "delight");
        assert_eq!(last_word(" — "), "");
    }
}

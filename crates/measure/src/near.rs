//! Texts that are nearly the same: candidates by MinHash, then edit similarity.

use std::collections::HashSet;

use rayon::prelude::*;

use crate::progress::Progress;

/// Edit similarity (1 − edits over the longer length, in characters) from which two texts count as one.
const SIMILAR: f64 = 0.85;
/// Characters of a shingle.
const SHINGLE: usize = 5;
/// Bands of two minima each: texts that share two shingles in five are compared in 99 cases of 100.
const BANDS: usize = 32;
const ROWS: usize = 2;
const MINIMA: usize = BANDS * ROWS;
/// Estimated share of common shingles below which no pair is compared: an edit changes at most five of them, so at .85 it
/// lies near .4 and seldom under a quarter.
const WORTH: f64 = 0.2;
/// Texts of one bucket that each text is compared with: those before it, the nearest first.
const COMPARED: usize = 24;
/// Pairs whose texts are compared before the clusters are looked at again.
const AT_A_TIME: usize = 1 << 14;

/// What the candidates are found by.
#[derive(Debug, Clone)]
pub(crate) struct Sketch {
    /// Characters.
    length: u32,
    minima: Box<[u32; MINIMA]>,
}

impl Sketch {
    pub(crate) fn of(text: &str) -> Self {
        Self { length: text.chars().count() as u32, minima: Box::new(minima(text)) }
    }
}

/// Clusters of nearly equal texts, as a label a text: the index of the first of its cluster. Single linkage over pairs of
/// [`SIMILAR`] texts; candidates by MinHash (Broder 1997) in bands (Indyk & Motwani 1998). The labels do not depend on the
/// number of threads.
///
/// Memory is that of the sketches: `text` gives a text when two are to be compared, and a pair that others have joined
/// already is not compared at all, which changes no cluster.
pub(crate) fn near_clusters(
    sketches: &[Sketch],
    text: impl Fn(usize) -> String + Sync,
    progress: &Progress,
) -> Vec<usize> {
    let mut clusters = Clusters::new(sketches.len());
    // minima cut to eight bits: as many agree at least, and they lie in one line of the cache
    let small: Vec<[u8; MINIMA]> = sketches.par_iter().map(|s| s.minima.map(|m| m as u8)).collect();
    let lengths: Vec<u32> = sketches.iter().map(|s| s.length).collect();
    let mut unlike: HashSet<(u32, u32)> = HashSet::new();
    for band in 0..BANDS {
        progress.at("near repeats", band as f64 / BANDS as f64);
        let buckets = Buckets::new(sketches, band);
        for rank in 1..=COMPARED.min(buckets.largest.saturating_sub(1)) {
            let worth: Vec<(u32, u32)> = (rank..buckets.rows.len())
                .into_par_iter()
                .filter_map(|at| buckets.pair(at, rank))
                .filter(|&(a, b)| {
                    let (i, j) = (a as usize, b as usize);
                    let (short, long) = (lengths[i].min(lengths[j]), lengths[i].max(lengths[j]));
                    f64::from(short) >= SIMILAR * f64::from(long)
                        && !clusters.joined(i, j)
                        && agreeing(&small[i], &small[j]) as f64 >= WORTH * MINIMA as f64
                        && common(&sketches[i], &sketches[j]) >= WORTH
                        && !unlike.contains(&(a, b))
                })
                .collect();
            for pairs in worth.chunks(AT_A_TIME) {
                let compared: Vec<(u32, u32, bool)> = pairs
                    .par_iter()
                    .filter(|(a, b)| !clusters.joined(*a as usize, *b as usize))
                    .map(|&(a, b)| (a, b, similar(&text(a as usize), &text(b as usize))))
                    .collect();
                for (a, b, alike) in compared {
                    if alike {
                        clusters.join(a as usize, b as usize);
                    } else {
                        unlike.insert((a, b));
                    }
                }
                clusters.settle();
            }
        }
    }
    clusters.first.iter().map(|&f| f as usize).collect()
}

/// Texts in the order of the two minima of a band, so that those of one bucket stand together in their own order.
struct Buckets {
    rows: Vec<(u64, u32)>,
    largest: usize,
}

impl Buckets {
    fn new(sketches: &[Sketch], band: usize) -> Self {
        let key = |s: &Sketch| u64::from(s.minima[band * ROWS]) << 32 | u64::from(s.minima[band * ROWS + 1]);
        let mut rows: Vec<(u64, u32)> = sketches
            .par_iter()
            .enumerate()
            .filter(|(_, s)| s.length as usize >= SHINGLE)
            .map(|(i, s)| (key(s), i as u32))
            .collect();
        rows.par_sort_unstable();
        let largest = rows.chunk_by(|a, b| a.0 == b.0).map(<[_]>::len).max().unwrap_or(0);
        Self { rows, largest }
    }

    /// The text at a place and the one so many before it, if they are of one bucket.
    fn pair(&self, at: usize, rank: usize) -> Option<(u32, u32)> {
        let (before, row) = (self.rows[at - rank], self.rows[at]);
        (before.0 == row.0).then_some((before.1, row.1))
    }
}

/// Clusters by the first text of each.
struct Clusters {
    first: Vec<u32>,
    moved: bool,
}

impl Clusters {
    fn new(n: usize) -> Self {
        Self { first: (0..n as u32).collect(), moved: false }
    }

    fn joined(&self, a: usize, b: usize) -> bool {
        self.first[a] == self.first[b]
    }

    fn root(&self, mut i: usize) -> usize {
        while self.first[i] as usize != i {
            i = self.first[i] as usize;
        }
        i
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.first[a.max(b)] = a.min(b) as u32;
        self.moved = true;
    }

    /// Every text knows the first of its cluster again.
    fn settle(&mut self) {
        if std::mem::take(&mut self.moved) {
            // a first text stands before all others of its cluster
            (0..self.first.len()).for_each(|i| self.first[i] = self.first[self.first[i] as usize]);
        }
    }
}

fn similar(a: &str, b: &str) -> bool {
    let arguments = rapidfuzz::distance::levenshtein::Args::default().score_cutoff(SIMILAR);
    rapidfuzz::distance::levenshtein::normalized_similarity_with_args(a.chars(), b.chars(), &arguments).is_some()
}

fn common(a: &Sketch, b: &Sketch) -> f64 {
    a.minima.iter().zip(b.minima.iter()).filter(|(x, y)| x == y).count() as f64 / MINIMA as f64
}

/// Minima of which the last eight bits agree.
fn agreeing(a: &[u8; MINIMA], b: &[u8; MINIMA]) -> u8 {
    a.iter().zip(b).map(|(x, y)| u8::from(x == y)).sum()
}

/// Minima of the shingles under 64 hashes, all drawn from one 64-bit hash by multiplication.
fn minima(text: &str) -> [u32; MINIMA] {
    let mut minima = [u32::MAX; MINIMA];
    let bytes = text.as_bytes();
    for window in bytes.windows(SHINGLE) {
        let mut h = 0xcbf2_9ce4_8422_2325_u64;
        for b in window {
            h = (h ^ u64::from(*b)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        h ^= h >> 29;
        for (i, m) in minima.iter_mut().enumerate() {
            let odd = (i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
            *m = (*m).min((h.wrapping_mul(odd).rotate_left(23).wrapping_mul(odd) >> 32) as u32);
        }
    }
    minima
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clusters(texts: &[&str]) -> Vec<usize> {
        let sketches: Vec<Sketch> = texts.iter().map(|t| Sketch::of(t)).collect();
        near_clusters(&sketches, |i| texts[i].to_owned(), &Progress::default())
    }

    #[test]
    fn variants_cluster_and_strangers_do_not() {
        let texts = [
            "why did the lobster blush because it saw the sea weed in the morning",
            "why did the lobster blush because it saw the seaweed in the mornings",
            "what do you call a sleeping bull a bulldozer at noon in the long grass",
            "why did the lobsters blush because they saw the sea weed in the morning",
            "an old pond and the sound of water",
        ];
        assert_eq!(clusters(&texts), vec![0, 0, 2, 0, 4]);
    }

    /// Against every pair compared outright.
    #[test]
    fn finds_what_comparing_all_pairs_finds() {
        let words = ["river", "stone", "lantern", "winter", "orchard", "harbour", "thistle", "candle", "meadow", "ash"];
        let mut rng = diversity::Rng::new(4);
        let mut texts: Vec<String> = Vec::new();
        for _ in 0..30 {
            let base: Vec<&str> = (0..30).map(|_| words[rng.below(10)]).collect();
            for _ in 0..4 {
                let mut other = base.clone();
                for _ in 0..rng.below(8) {
                    other[rng.below(30)] = words[rng.below(10)];
                }
                texts.push(other.join(" "));
            }
        }
        let refs: Vec<&str> = texts.iter().map(String::as_str).collect();
        let mut expected = Clusters::new(refs.len());
        for i in 0..refs.len() {
            (0..i).filter(|&j| similar(refs[j], refs[i])).for_each(|j| expected.join(j, i));
        }
        let expected: Vec<usize> = (0..refs.len()).map(|i| expected.root(i)).collect();
        assert_eq!(clusters(&refs), expected);
        assert!(expected.iter().collect::<HashSet<_>>().len() < 100);
    }
}

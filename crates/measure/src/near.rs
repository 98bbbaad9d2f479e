//! Texts that are nearly the same: candidates by MinHash, then edit similarity.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

/// Edit similarity (1 − edits over the longer length, in characters) from which two texts count as one.
const SIMILAR: f64 = 0.85;
/// Characters of a shingle.
const SHINGLE: usize = 5;
/// Bands of two minima each: texts that share two shingles in five are compared in 99 cases of 100.
const BANDS: usize = 32;
const ROWS: usize = 2;
/// Estimated share of common shingles below which no pair is compared: an edit changes at most five of them, so at .85 it
/// lies near .4 and seldom under a quarter.
const WORTH: f64 = 0.2;
/// Texts of one bucket that each text is compared with.
const COMPARED: usize = 24;

/// Clusters of nearly equal texts, as a label a text: the index of the first of its cluster. Single linkage over pairs of
/// [`SIMILAR`] texts; candidates by MinHash (Broder 1997) in bands (Indyk & Motwani 1998). The labels do not depend on the
/// number of threads.
pub(crate) fn near_clusters(texts: &[&str]) -> Vec<usize> {
    let signatures: Vec<[u32; BANDS * ROWS]> = texts.par_iter().map(|t| signature(t)).collect();
    let lengths: Vec<usize> = texts.par_iter().map(|t| t.chars().count()).collect();
    let mut pairs: Vec<(u32, u32)> = (0..BANDS)
        .into_par_iter()
        .flat_map_iter(|band| {
            let mut buckets: HashMap<&[u32], Vec<u32>> = HashMap::new();
            let mut found = Vec::new();
            for (i, s) in signatures.iter().enumerate() {
                if lengths[i] < SHINGLE {
                    continue;
                }
                let bucket = buckets.entry(&s[band * ROWS..(band + 1) * ROWS]).or_default();
                found.extend(bucket.iter().rev().take(COMPARED).map(|&j| (j, i as u32)));
                bucket.push(i as u32);
            }
            found
        })
        .collect();
    pairs.par_sort_unstable();
    pairs.dedup();
    let same: HashSet<(u32, u32)> = pairs
        .into_par_iter()
        .filter(|&(a, b)| {
            let (a, b) = (a as usize, b as usize);
            let (short, long) = (lengths[a].min(lengths[b]), lengths[a].max(lengths[b]));
            short as f64 >= SIMILAR * long as f64
                && common(&signatures[a], &signatures[b]) >= WORTH
                && similar(texts[a], texts[b])
        })
        .collect();
    let mut sorted: Vec<(u32, u32)> = same.into_iter().collect();
    sorted.sort_unstable();
    let mut first: Vec<usize> = (0..texts.len()).collect();
    for (a, b) in sorted {
        let (a, b) = (root(&mut first, a as usize), root(&mut first, b as usize));
        first[a.max(b)] = a.min(b);
    }
    (0..texts.len()).map(|i| root(&mut first, i)).collect()
}

fn similar(a: &str, b: &str) -> bool {
    let arguments = rapidfuzz::distance::levenshtein::Args::default().score_cutoff(SIMILAR);
    rapidfuzz::distance::levenshtein::normalized_similarity_with_args(a.chars(), b.chars(), &arguments).is_some()
}

fn root(first: &mut [usize], mut i: usize) -> usize {
    while first[i] != i {
        first[i] = first[first[i]];
        i = first[i];
    }
    i
}

fn common(a: &[u32; BANDS * ROWS], b: &[u32; BANDS * ROWS]) -> f64 {
    a.iter().zip(b).filter(|(x, y)| x == y).count() as f64 / (BANDS * ROWS) as f64
}

/// Minima of the shingles under 64 hashes, all drawn from one 64-bit hash by multiplication.
fn signature(text: &str) -> [u32; BANDS * ROWS] {
    let mut minima = [u32::MAX; BANDS * ROWS];
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

    #[test]
    fn variants_cluster_and_strangers_do_not() {
        let texts = [
            "why did the lobster blush because it saw the sea weed in the morning",
            "why did the lobster blush because it saw the seaweed in the mornings",
            "what do you call a sleeping bull a bulldozer at noon in the long grass",
            "why did the lobsters blush because they saw the sea weed in the morning",
            "an old pond and the sound of water",
        ];
        assert_eq!(near_clusters(&texts), vec![0, 0, 2, 0, 4]);
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
        let mut expected: Vec<usize> = (0..refs.len()).collect();
        for i in 0..refs.len() {
            for j in 0..i {
                if similar(refs[j], refs[i]) {
                    let (a, b) = (root(&mut expected, j), root(&mut expected, i));
                    expected[a.max(b)] = a.min(b);
                }
            }
        }
        let expected: Vec<usize> = (0..refs.len()).map(|i| root(&mut expected, i)).collect();
        assert_eq!(near_clusters(&refs), expected);
    }
}

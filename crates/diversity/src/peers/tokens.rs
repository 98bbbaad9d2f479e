//! Measures of repeated wording: n-grams of token ids, and how well a compressor does.

use std::collections::{HashMap, HashSet};
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use rayon::prelude::*;

/// Bytes over gzipped bytes, level 9 (Shaib et al. 2024, section 2: texts joined by newlines). Higher is more repetitive.
/// NaN for no bytes.
#[must_use]
pub fn compression_ratio(bytes: &[u8]) -> f64 {
    if bytes.is_empty() {
        return f64::NAN;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    match encoder.write_all(bytes).and_then(|()| encoder.finish()) {
        Ok(zipped) => bytes.len() as f64 / zipped.len() as f64,
        // a vector takes any number of bytes
        Err(_) => f64::NAN,
    }
}

/// Different n-grams over all n-grams, all texts together (Li et al. 2016, distinct-n). NaN where there is no n-gram.
#[must_use]
pub fn distinct<T: AsRef<[u32]>>(texts: &[T], n: usize) -> f64 {
    let all: usize = texts.iter().map(|t| (t.as_ref().len() + 1).saturating_sub(n)).sum();
    let different: HashSet<&[u32]> = texts.iter().flat_map(|t| t.as_ref().windows(n)).collect();
    if all == 0 { f64::NAN } else { different.len() as f64 / all as f64 }
}

/// Share of the n-grams of some texts that stand in none of the reference's (McCoy et al. 2023, section 3). NaN where there
/// is no n-gram.
#[must_use]
pub fn novelty<T: AsRef<[u32]>, U: AsRef<[u32]>>(texts: &[T], reference: &[U], n: usize) -> f64 {
    let known: HashSet<&[u32]> = reference.iter().flat_map(|t| t.as_ref().windows(n)).collect();
    let (mut new, mut all) = (0usize, 0usize);
    for gram in texts.iter().flat_map(|t| t.as_ref().windows(n)) {
        all += 1;
        new += usize::from(!known.contains(gram));
    }
    if all == 0 { f64::NAN } else { new as f64 / all as f64 }
}

/// Added to the count of matches where there is none: smoothing 1 of Chen & Cherry 2014, as in NLTK.
const EPSILON: f64 = 0.1;

/// Self-BLEU (Zhu et al. 2018): the mean over texts of BLEU (Papineni et al. 2002, eq. 3; equal weights on 1- to n-grams)
/// with all other texts as references. Higher is more alike. Reads every n-gram twice, not every pair of texts. NaN under
/// two texts.
#[must_use]
pub fn self_bleu<T: AsRef<[u32]> + Sync>(texts: &[T], n: usize) -> f64 {
    if texts.len() < 2 || n == 0 {
        return f64::NAN;
    }
    let lengths = Lengths::of(texts.iter().map(|t| t.as_ref().len()));
    let most: Vec<HashMap<&[u32], Most>> = (1..=n).into_par_iter().map(|size| most_in_a_text(texts, size)).collect();
    let scores: Vec<f64> = texts
        .par_iter()
        .enumerate()
        .map(|(i, text)| {
            let text = text.as_ref();
            let precisions: Vec<(usize, usize)> = (1..=n).map(|size| clipped(text, i, size, &most[size - 1])).collect();
            if precisions[0].0 == 0 {
                return 0.0;
            }
            let logs: f64 = precisions
                .iter()
                .map(|&(hits, all)| if hits == 0 { EPSILON / all as f64 } else { hits as f64 / all as f64 })
                .map(f64::ln)
                .sum();
            lengths.brevity_penalty(text.len()) * (logs / n as f64).exp()
        })
        .collect();
    scores.iter().sum::<f64>() / scores.len() as f64
}

/// In which text an n-gram is most frequent, and how frequent it is in any other.
#[derive(Clone, Copy)]
struct Most {
    text: usize,
    count: usize,
    elsewhere: usize,
}

fn counts(text: &[u32], size: usize) -> HashMap<&[u32], usize> {
    let mut counts = HashMap::new();
    text.windows(size).for_each(|gram| *counts.entry(gram).or_insert(0) += 1);
    counts
}

fn most_in_a_text<T: AsRef<[u32]>>(texts: &[T], size: usize) -> HashMap<&[u32], Most> {
    let mut most: HashMap<&[u32], Most> = HashMap::new();
    for (i, text) in texts.iter().enumerate() {
        for (gram, count) in counts(text.as_ref(), size) {
            let seen = most.entry(gram).or_insert(Most { text: i, count: 0, elsewhere: 0 });
            if count > seen.count {
                *seen = Most { text: i, count, elsewhere: seen.count };
            } else {
                seen.elsewhere = seen.elsewhere.max(count);
            }
        }
    }
    most
}

/// n-grams of a text that another text has too (each at most as often as it stands in one of them), and all.
fn clipped(text: &[u32], own: usize, size: usize, most: &HashMap<&[u32], Most>) -> (usize, usize) {
    let hits = counts(text, size)
        .into_iter()
        .map(|(gram, count)| {
            let m = most[gram];
            count.min(if m.text == own { m.elsewhere } else { m.count })
        })
        .sum();
    (hits, (text.len() + 1).saturating_sub(size).max(1))
}

/// How many texts have each length.
struct Lengths(Vec<(usize, usize)>);

impl Lengths {
    fn of(lengths: impl Iterator<Item = usize>) -> Self {
        let mut counts = std::collections::BTreeMap::new();
        lengths.for_each(|l| *counts.entry(l).or_insert(0) += 1);
        Self(counts.into_iter().collect())
    }

    /// Against the length of another text that is nearest to a text's own, of two equally near the shorter.
    fn brevity_penalty(&self, own: usize) -> f64 {
        let at = self.0.partition_point(|(l, _)| *l < own);
        let nearest = match self.0.get(at) {
            Some((_, n)) if *n > 1 => own,
            _ => {
                let below = at.checked_sub(1).map(|i| self.0[i].0);
                let above = self.0.get(at + 1).map(|x| x.0);
                match (below, above) {
                    (Some(b), Some(a)) if a - own < own - b => a,
                    (Some(b), _) => b,
                    (None, Some(a)) => a,
                    (None, None) => own,
                }
            }
        };
        match own {
            _ if own > nearest => 1.0,
            0 => 0.0,
            _ => (1.0 - nearest as f64 / own as f64).exp(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rng;
    use crate::peers::tests::close;
    use proptest::prelude::{prop_assert, proptest};

    /// Texts of a small vocabulary in which low ids are frequent.
    fn texts(n: usize, seed: u64) -> Vec<Vec<u32>> {
        let mut rng = Rng::new(seed);
        (0..n)
            .map(|_| {
                let length = 5 + rng.below(20);
                (0..length).map(|_| (rng.below(30) * rng.below(30) / 30) as u32).collect()
            })
            .collect()
    }

    fn bytes() -> Vec<u8> {
        let lines: Vec<String> =
            texts(60, 5).iter().map(|t| t.iter().map(|w| format!("word{w}")).collect::<Vec<_>>().join(" ")).collect();
        lines.join("\n").into_bytes()
    }

    /// BLEU of one text against the others, as it is defined.
    fn slow_bleu(texts: &[Vec<u32>], own: usize, n: usize) -> f64 {
        let text = &texts[own];
        let others: Vec<&Vec<u32>> = (0..texts.len()).filter(|i| *i != own).map(|i| &texts[i]).collect();
        let mut product = 1.0;
        for size in 1..=n {
            let mut hits = 0;
            for (gram, count) in counts(text, size) {
                let most = others.iter().map(|o| o.windows(size).filter(|w| *w == gram).count()).max().unwrap_or(0);
                hits += count.min(most);
            }
            let all = (text.len() + 1).saturating_sub(size).max(1);
            if size == 1 && hits == 0 {
                return 0.0;
            }
            product *= if hits == 0 { EPSILON } else { hits as f64 } / all as f64;
        }
        let nearest = others.iter().map(|o| o.len()).min_by_key(|l| (l.abs_diff(text.len()), *l)).unwrap_or(0);
        let penalty = if text.len() > nearest { 1.0 } else { (1.0 - nearest as f64 / text.len() as f64).exp() };
        penalty * f64::powf(product, 1.0 / n as f64)
    }

    proptest! {
        #[test]
        fn self_bleu_is_its_definition(seed in 0u64..1000, count in 2usize..12, n in 1usize..6) {
            let texts = texts(count, seed);
            let slow = (0..count).map(|i| slow_bleu(&texts, i, n)).sum::<f64>() / count as f64;
            prop_assert!((self_bleu(&texts, n) - slow).abs() < 1e-12);
        }
    }

    #[test]
    fn equal_to_nltk() {
        // NLTK 3.10.4, sentence_bleu with SmoothingFunction().method1 and equal weights
        close(self_bleu(&texts(40, 7), 4), 0.191765214);
        close(self_bleu(&texts(40, 7), 5), 0.115141934);
    }

    #[test]
    fn equal_to_sets_of_ngrams_in_python() {
        close(distinct(&texts(40, 7), 2), 0.480237154);
        close(novelty(&texts(40, 7), &texts(30, 8), 3), 0.860515021);
    }

    #[test]
    fn equal_to_gzip() {
        // len(b) / len(gzip.compress(b)) of Python 3.11 with zlib
        close(compression_ratio(&bytes()), 5.929896907);
    }

    #[test]
    fn nothing_has_no_measure() {
        let none: [Vec<u32>; 0] = [];
        assert!(compression_ratio(&[]).is_nan() && distinct(&none, 2).is_nan());
        assert!(novelty(&none, &none, 2).is_nan() && self_bleu(&[vec![1]], 2).is_nan());
    }
}

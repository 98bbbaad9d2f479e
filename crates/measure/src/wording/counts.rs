//! Words as numbers, and the counts of their n-grams by fold.

use std::collections::HashMap;

use diversity::{Estimate, jackknife};

use super::{Parsed, Text};
use crate::prose::lexis::is_function;

/// Up to four words; unused places are `u32::MAX`.
pub(super) type Gram = [u32; 4];

/// The numbers of words, in the order in which they were met.
#[derive(Default)]
pub(super) struct Tokens {
    number: HashMap<String, u32>,
    words: Vec<String>,
}

impl Tokens {
    pub(super) fn intern(&mut self, texts: &[Parsed]) -> Vec<Text> {
        texts
            .iter()
            .map(|t| Text {
                fold: t.fold,
                sentences: t.sentences.iter().map(|s| s.words.iter().map(|w| self.of(&w.text)).collect()).collect(),
            })
            .collect()
    }

    fn of(&mut self, word: &str) -> u32 {
        if let Some(&n) = self.number.get(word) {
            return n;
        }
        let n = self.words.len() as u32;
        self.number.insert(word.to_owned(), n);
        self.words.push(word.to_owned());
        n
    }

    pub(super) fn text(&self, gram: &Gram, n: usize) -> String {
        gram[..n].iter().map(|w| self.words[*w as usize].as_str()).collect::<Vec<_>>().join(" ")
    }

    /// Nothing but function words: no phrase that a reader would name.
    pub(super) fn is_plain(&self, gram: &Gram, n: usize) -> bool {
        gram[..n].iter().all(|w| is_function(&self.words[*w as usize]))
    }
}

/// The n-grams inside sentences, one after another.
fn grams(text: &Text, n: usize) -> impl Iterator<Item = Gram> {
    text.sentences.iter().flat_map(move |s| {
        s.windows(n).map(move |w| {
            let mut gram = [u32::MAX; 4];
            gram[..n].copy_from_slice(w);
            gram
        })
    })
}

/// In how many texts each n-gram stands.
pub(super) fn texts_with(texts: &[Text], n: usize) -> HashMap<Gram, usize> {
    let mut counts: HashMap<Gram, usize> = HashMap::new();
    let mut once: Vec<Gram> = Vec::new();
    for text in texts {
        once.clear();
        once.extend(grams(text, n));
        once.sort_unstable();
        once.dedup();
        once.iter().for_each(|gram| *counts.entry(*gram).or_default() += 1);
    }
    counts
}

/// The n-grams of a set, counted by fold.
pub(super) struct Grams {
    /// Sorted by n-gram: its count in every fold where it stands.
    by_fold: Vec<(Gram, Vec<(usize, usize)>)>,
    folds: usize,
}

impl Grams {
    pub(super) fn new(texts: &[Text], n: usize) -> Self {
        let mut all: Vec<(Gram, usize)> = texts.iter().flat_map(|t| grams(t, n).map(|g| (g, t.fold))).collect();
        all.sort_unstable();
        let mut by_fold: Vec<(Gram, Vec<(usize, usize)>)> = Vec::new();
        for (gram, fold) in all {
            match by_fold.last_mut() {
                Some((last, folds)) if *last == gram => match folds.last_mut() {
                    Some((f, count)) if *f == fold => *count += 1,
                    _ => folds.push((fold, 1)),
                },
                _ => by_fold.push((gram, vec![(fold, 1)])),
            }
        }
        Self { by_fold, folds: texts.iter().map(|t| t.fold + 1).max().unwrap_or(0) }
    }

    /// A statistic of the counts (n-gram, count above 0), on all and without each fold.
    fn estimate(&self, statistic: impl Fn(&mut dyn Iterator<Item = (&Gram, usize)>) -> f64) -> Estimate {
        let without = |fold: usize| {
            let mut rest = self.by_fold.iter().filter_map(|(gram, folds)| {
                let count = folds.iter().filter(|(f, _)| *f != fold).map(|(_, n)| n).sum::<usize>();
                (count > 0).then_some((gram, count))
            });
            statistic(&mut rest)
        };
        let left_out: Vec<f64> = (0..self.folds).map(without).collect();
        jackknife(without(usize::MAX), &[&left_out], 0.0)
    }

    /// exp of the entropy of the counts.
    pub(super) fn vocabulary(&self) -> Estimate {
        self.estimate(|counts| {
            let (mut n, mut sum) = (0.0, 0.0);
            for (_, count) in counts {
                let c = count as f64;
                n += c;
                sum += c * c.ln();
            }
            if n > 0.0 { (n.ln() - sum / n).exp() } else { 0.0 }
        })
    }

    /// Different ones as a share of all.
    pub(super) fn distinct(&self) -> Estimate {
        self.estimate(|counts| {
            let (different, all) = counts.fold((0usize, 0usize), |(d, n), (_, count)| (d + 1, n + count));
            different as f64 / all.max(1) as f64
        })
    }

    /// Share of the different ones that the others lack.
    pub(super) fn missing_from(&self, others: &Self) -> Estimate {
        let has = |gram: &Gram| others.by_fold.binary_search_by(|(g, _)| g.cmp(gram)).is_ok();
        self.estimate(|counts| {
            let (missing, all) =
                counts.fold((0usize, 0usize), |(m, n), (gram, _)| (m + usize::from(!has(gram)), n + 1));
            missing as f64 / all.max(1) as f64
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts() -> Vec<Text> {
        vec![
            Text { fold: 0, sentences: vec![vec![0, 1, 0], vec![2]] },
            Text { fold: 1, sentences: vec![vec![0, 1], vec![1, 2]] },
        ]
    }

    #[test]
    fn counts_do_not_cross_sentences() {
        let pairs = Grams::new(&texts(), 2);
        assert_eq!(pairs.by_fold.len(), 3);
        assert_eq!(pairs.distinct().value, 0.75);
        assert_eq!(texts_with(&texts(), 1)[&[1, u32::MAX, u32::MAX, u32::MAX]], 2);
        let even = vec![Text { fold: 0, sentences: vec![vec![0, 1, 2, 3]] }];
        assert!((Grams::new(&even, 1).vocabulary().value - 4.0).abs() < 1e-9);
    }

    #[test]
    fn what_others_lack_is_new() {
        let (a, b) = (Grams::new(&texts()[..1], 2), Grams::new(&texts()[1..], 2));
        assert_eq!(a.missing_from(&b).value, 0.5);
        assert_eq!(a.missing_from(&a).value, 0.0);
    }
}

//! Effective modes: how many kinds a set uses, without fixed clusters.
//!
//! Texts go to the nearest of 64 random texts of the reference; H is the exponential of the bias-corrected entropy of
//! where they went; E = exp(mean_b[ln H_S,b − ln H_R,b]) over b = 12 draws of anchors. A text of the reference is never
//! given to an anchor by its own author, so that a set of people by other authors scores 1.

use rayon::prelude::*;

use crate::entropy::entropy_at;
use crate::estimate::Estimate;
use crate::reach::{Matched, Sets};
use crate::rows::nearest;
use crate::{Folds, Groups, Part, Replicates, Rng};

const ANCHORS: usize = 64;
const DRAWS: usize = 12;

/// Where every text went, in every draw of anchors.
#[derive(Debug, Clone)]
pub struct Assignments {
    n: usize,
    anchors: usize,
    samples: Vec<Vec<u32>>,
    reference: Vec<Vec<u32>>,
}

/// Effective modes at a common n.
#[derive(Debug, Clone)]
pub struct Modes {
    /// H_S / H_R, geometric mean over draws of anchors.
    pub e: Estimate,
    /// Effective kinds among n samples, and among n texts of the reference.
    pub samples: Estimate,
    pub reference: Estimate,
    /// ln E with each fold left out.
    pub ln_e: Replicates,
}

impl Assignments {
    /// Assigns both sets to 12 draws of 64 anchors (a quarter of the reference where that is fewer).
    #[must_use]
    pub fn new(sets: &Sets, n: usize, seed: u64) -> Self {
        let Sets { samples, reference, authors, matched, .. } = *sets;
        let anchors = ANCHORS.min(reference.len() / 4).max(2);
        let draws: Vec<(Vec<u32>, Vec<u32>)> = (0..DRAWS)
            .map(|b| {
                let chosen = Rng::stream(seed, b as u64).choose(reference.len(), anchors);
                let rows = reference.select(&chosen);
                let column = |pairs: Vec<(u32, f32)>| pairs.into_iter().map(|(j, _)| j).collect();
                (
                    column(nearest(samples, &rows, |i, j| !Matched::bars(matched, i, authors.of(chosen[j])))),
                    column(nearest(reference, &rows, |i, j| authors.of(i) != authors.of(chosen[j]))),
                )
            })
            .collect();
        let (samples, reference) = draws.into_iter().unzip();
        Self { n, anchors, samples, reference }
    }

    /// E, H_S and H_R with intervals: jackknife over folds of both sets, and the variance between draws of anchors.
    #[must_use]
    pub fn modes(&self, sets: &Sets) -> Modes {
        let logs = |assigned: &[Vec<u32>], folds: &Folds| -> Vec<Vec<f64>> {
            assigned.par_iter().map(|to| self.log_modes(to, folds)).collect()
        };
        let (s, r) = (logs(&self.samples, sets.sample_folds), logs(&self.reference, sets.reference_folds));
        let mean = |v: &[Vec<f64>], at: usize| v.iter().map(|d| d[at]).sum::<f64>() / v.len() as f64;
        let (ln_s, ln_r) = (mean(&s, 0), mean(&r, 0));
        let without = |v: &[Vec<f64>]| (1..v[0].len()).map(|f| mean(v, f)).collect::<Vec<_>>();
        let (less_s, less_r) = (without(&s), without(&r));
        let by_draw = |f: &dyn Fn(usize) -> f64| (0..s.len()).map(f).collect::<Vec<f64>>();
        let ln_e = Replicates {
            value: ln_s - ln_r,
            samples: less_s.iter().map(|x| x - ln_r).collect(),
            reference: less_r.iter().map(|x| ln_s - x).collect(),
            draws: by_draw(&|b| s[b][0] - r[b][0]),
        };
        let one = |value, samples, draws| Replicates { value, samples, reference: Vec::new(), draws };
        Modes {
            e: ln_e.estimate().map(f64::exp),
            samples: one(ln_s, less_s, by_draw(&|b| s[b][0])).estimate().map(f64::exp),
            reference: one(ln_r, less_r, by_draw(&|b| r[b][0])).estimate().map(f64::exp),
            ln_e,
        }
    }

    /// ln H of one draw on all texts, then with each fold left out.
    fn log_modes(&self, to: &[u32], folds: &Folds) -> Vec<f64> {
        let mut by_fold = vec![vec![0usize; self.anchors]; folds.count()];
        let mut all = vec![0usize; self.anchors];
        for (i, &a) in to.iter().enumerate() {
            if a != u32::MAX {
                all[a as usize] += 1;
                by_fold[folds.of(i)][a as usize] += 1;
            }
        }
        let less = |fold: &Vec<usize>| all.iter().zip(fold).map(|(a, f)| a - f).collect::<Vec<_>>();
        std::iter::once(entropy_at(&all, self.n))
            .chain(by_fold.iter().map(|fold| entropy_at(&less(fold), self.n)))
            .collect()
    }

    /// E of people against people: the reference split by author as for [`crate::reach_null`].
    #[must_use]
    pub fn null(&self, authors: &Groups, size: usize, like: &Groups, splits: usize, seed: u64) -> Vec<f64> {
        let total = authors.len();
        let size = size.min(total / 2);
        let n = self.n.min(size / 2).max(2);
        (0..splits)
            .into_par_iter()
            .map(|i| {
                let parts = authors.play(size, like, &mut Rng::stream(seed, i as u64));
                let sum: f64 = self
                    .reference
                    .iter()
                    .map(|to| {
                        let mut counts = [vec![0usize; self.anchors], vec![0usize; self.anchors]];
                        for (&a, &p) in to.iter().zip(&parts).filter(|(a, p)| **a != u32::MAX && **p != Part::Aside) {
                            counts[usize::from(p == Part::Plays)][a as usize] += 1;
                        }
                        entropy_at(&counts[1], n) - entropy_at(&counts[0], n)
                    })
                    .sum();
                (sum / self.reference.len() as f64).exp()
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rows;

    fn gaussian(n: usize, dim: usize, seed: u64) -> Rows {
        let mut rng = Rng::new(seed);
        Rows::new((0..n * dim).map(|_| rng.normal() as f32).collect(), dim)
    }

    fn modes(samples: &Rows, reference: &Rows, n: usize) -> Modes {
        let authors = Groups::of_keys((0..reference.len()).map(|i| i / 2));
        let sample_folds = Groups::single(samples.len()).folds(20, 1);
        let reference_folds = authors.folds(20, 2);
        let sets = Sets {
            samples,
            sample_folds: &sample_folds,
            reference,
            authors: &authors,
            reference_folds: &reference_folds,
            matched: None,
        };
        Assignments::new(&sets, n, 9).modes(&sets)
    }

    #[test]
    fn exchangeable_sets_give_1() {
        let mut covered = 0;
        let mut sum = 0.0;
        for t in 0..30 {
            let e = modes(&gaussian(150, 6, 100 + t), &gaussian(400, 6, 900 + t), 50).e;
            covered += usize::from(e.low <= 1.0 && 1.0 <= e.high);
            sum += e.value / 30.0;
        }
        assert!((sum - 1.0).abs() < 0.05 && covered >= 27, "{sum} {covered}");
    }

    #[test]
    fn ten_texts_ten_times_are_at_most_ten_kinds() {
        let copies = gaussian(10, 6, 1).select(&(0..100).map(|i| i % 10).collect::<Vec<_>>());
        let m = modes(&copies, &gaussian(400, 6, 2), 50);
        assert!(m.samples.value <= 10.5 && m.e.high < 0.5, "{m:?}");
    }

    #[test]
    fn one_text_is_one_kind() {
        let one = gaussian(1, 6, 1).select(&[0; 100]);
        let m = modes(&one, &gaussian(400, 6, 2), 50);
        assert!((m.samples.value - 1.0).abs() < 1e-12, "{m:?}");
    }

    #[test]
    fn the_null_of_people_is_about_1() {
        let reference = gaussian(400, 6, 3);
        let authors = Groups::of_keys((0..400).map(|i| i / 2));
        let samples = gaussian(100, 6, 4);
        let (fs, fr) = (Groups::single(100).folds(20, 1), authors.folds(20, 2));
        let sets = Sets {
            samples: &samples,
            sample_folds: &fs,
            reference: &reference,
            authors: &authors,
            reference_folds: &fr,
            matched: None,
        };
        let a = Assignments::new(&sets, 50, 9);
        let null = a.null(&authors, 100, &Groups::single(100), 60, 5);
        let mean = null.iter().sum::<f64>() / 60.0;
        assert!((mean - 1.0).abs() < 0.05, "{mean}");
    }
}

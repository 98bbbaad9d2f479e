//! Within-prompt diversity D: how far apart the answers to one prompt lie.

use rayon::prelude::*;

use crate::estimate::{Estimate, mean_with_interval};
use crate::rows::squared;
use crate::{Groups, Replicates, Rng, Rows};

/// How far two texts lie apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distance {
    /// Euclidean (form).
    Euclid,
    /// 1 − cosine, for rows of length 1 (content).
    Cosine,
}

impl Distance {
    /// Between two rows.
    #[must_use]
    pub fn between(self, a: &[f32], b: &[f32]) -> f64 {
        let d = f64::from(squared(a, b));
        match self {
            Self::Euclid => d.sqrt(),
            Self::Cosine => d / 2.0,
        }
    }
}

/// Texts of one prompt that are held against each other; of more, a seeded draw.
const MOST: usize = 300;

/// The mean distance between two answers to the same prompt, one value a prompt; None where it has fewer than two.
#[must_use]
pub fn within_groups(rows: &Rows, prompts: &Groups, distance: Distance, seed: u64) -> Vec<Option<f64>> {
    prompts
        .members()
        .into_par_iter()
        .enumerate()
        .map(|(g, mut members)| {
            if members.len() > MOST {
                members =
                    Rng::stream(seed, g as u64).choose(members.len(), MOST).into_iter().map(|i| members[i]).collect();
            }
            let k = members.len();
            let sum: f64 = (0..k)
                .map(|i| {
                    let a = rows.row(members[i]);
                    members[i + 1..].iter().map(|&j| distance.between(a, rows.row(j))).sum::<f64>()
                })
                .sum();
            (k >= 2).then(|| sum / (k * (k - 1) / 2) as f64)
        })
        .collect()
}

/// D: the mean over prompts, with its interval over prompts.
#[must_use]
pub fn mean_within(by_prompt: &[Option<f64>]) -> Estimate {
    mean_with_interval(&by_prompt.iter().flatten().copied().collect::<Vec<_>>())
}

/// D_a / D_b over the prompts that both have, with its jackknife interval over prompts (on the log scale). `pairs` holds
/// one pair a shared prompt. Where every D_a is 0 the ratio is 0 whichever prompt is left out: [0, 0]. NaN without a pair, and
/// where every D_b is 0.
#[must_use]
pub fn paired_ratio(pairs: &[(f64, f64)]) -> Estimate {
    if let Some(replicates) = log_ratio(pairs) {
        return replicates.estimate().map(f64::exp);
    }
    match sums(pairs) {
        (a, b) if a <= 0.0 && b > 0.0 => Replicates::of_samples(0.0, vec![0.0; pairs.len()]).estimate(),
        (a, b) => Estimate::bare(a / b),
    }
}

/// ln(D_a / D_b) with each prompt left out. None where there is no pair, or either D is 0.
#[must_use]
pub fn log_ratio(pairs: &[(f64, f64)]) -> Option<Replicates> {
    let (a, b) = sums(pairs);
    (!pairs.is_empty() && a > 0.0 && b > 0.0).then(|| {
        let without = pairs.iter().map(|p| ((a - p.0) / (b - p.1)).ln()).collect();
        Replicates::of_samples((a / b).ln(), without)
    })
}

fn sums(pairs: &[(f64, f64)]) -> (f64, f64) {
    pairs.iter().fold((0.0, 0.0), |(a, b), p| (a + p.0, b + p.1))
}

/// Mean distance between texts of different groups, over a seeded draw of pairs: what two people's texts lie apart.
#[must_use]
pub fn between_groups(rows: &Rows, groups: &Groups, distance: Distance, pairs: usize, seed: u64) -> f64 {
    let mut rng = Rng::new(seed);
    let (mut sum, mut n) = (0.0, 0usize);
    for _ in 0..pairs {
        let (i, j) = (rng.below(rows.len()), rng.below(rows.len()));
        if groups.of(i) != groups.of(j) {
            sum += distance.between(rows.row(i), rows.row(j));
            n += 1;
        }
    }
    sum / n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_answers_have_no_diversity_and_spread_ones_their_distance() {
        let rows = Rows::new(vec![1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 3.0, 4.0, 9.0, 9.0], 2);
        let prompts = Groups::of_keys(["a", "a", "b", "b", "c"]);
        let d = within_groups(&rows, &prompts, Distance::Euclid, 1);
        assert_eq!(d, vec![Some(0.0), Some(5.0), None]);
        assert_eq!(mean_within(&d).value, 2.5);
    }

    #[test]
    fn a_ratio_of_equals_is_1_and_of_halves_one_half() {
        let same: Vec<_> = (1..20).map(|i| (i as f64, i as f64)).collect();
        assert!((paired_ratio(&same).value - 1.0).abs() < 1e-12);
        let half: Vec<_> = (1..20).map(|i| (i as f64 / 2.0, i as f64)).collect();
        let e = paired_ratio(&half);
        assert!((e.value - 0.5).abs() < 1e-12 && e.high < 0.51, "{e:?}");
        let nothing: Vec<_> = (1..20).map(|i| (0.0, i as f64)).collect();
        let e = paired_ratio(&nothing);
        assert!(e.has_interval() && (e.value, e.low, e.high) == (0.0, 0.0, 0.0), "{e:?}");
        assert!(!paired_ratio(&[(1.0, 0.0), (2.0, 0.0)]).value.is_finite());
    }
}

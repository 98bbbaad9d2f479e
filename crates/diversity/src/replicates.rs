//! A statistic together with what it is when each fold is left out: what one needs to hold the same statistic of two sets
//! against each other.

use crate::estimate::{Estimate, LEVEL, jackknife_at, jackknife_p};

/// A statistic on one scale (the log scale for ratios), with its delete-a-group values.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Replicates {
    pub value: f64,
    /// Without each fold of the samples.
    pub samples: Vec<f64>,
    /// Without each fold of the reference; empty where there is none.
    pub reference: Vec<f64>,
    /// One value a random draw that the statistic is the mean of (draws of anchors); empty where nothing is drawn.
    pub draws: Vec<f64>,
}

/// How the folds of two sets belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pairing {
    /// Fold i of both holds the same prompts: it is left out of both at once.
    Together,
    /// The sets share nothing but the reference.
    Apart,
}

/// A difference with its two-sided p-value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    pub estimate: Estimate,
    /// Of no difference; None where there is no interval.
    pub p: Option<f64>,
}

impl Replicates {
    /// Over the folds of the samples alone.
    #[must_use]
    pub fn of_samples(value: f64, samples: Vec<f64>) -> Self {
        Self { value, samples, ..Self::default() }
    }

    /// The statistic with its 95 % interval.
    #[must_use]
    pub fn estimate(&self) -> Estimate {
        self.at_level(LEVEL)
    }

    /// The statistic with a two-sided interval of that level.
    #[must_use]
    pub fn at_level(&self, level: f64) -> Estimate {
        jackknife_at(self.value, &[&self.samples, &self.reference], variance_of_mean(&self.draws), level)
    }

    /// This less the other, which was held against the same reference (with the same folds) and draws. Folds of the
    /// reference and draws are always paired; folds of samples where they hold the same prompts.
    #[must_use]
    pub fn minus(&self, other: &Self, pairing: Pairing) -> Difference {
        let value = self.value - other.value;
        let paired = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<f64>>();
        let draws = variance_of_mean(&paired(&self.draws, &other.draws));
        let reference = paired(&self.reference, &other.reference);
        let together = pairing == Pairing::Together && self.samples.len() == other.samples.len();
        let samples = paired(&self.samples, &other.samples);
        let sources: [&[f64]; 3] =
            if together { [&samples, &reference, &[]] } else { [&self.samples, &other.samples, &reference] };
        Difference { estimate: jackknife_at(value, &sources, draws, LEVEL), p: jackknife_p(value, &sources, draws) }
    }
}

/// 0 where nothing was drawn.
fn variance_of_mean(draws: &[f64]) -> f64 {
    let n = draws.len() as f64;
    if draws.len() < 2 {
        return 0.0;
    }
    let mean = draws.iter().sum::<f64>() / n;
    draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n * (n - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rng;

    /// The replicates of a mean of folds.
    fn of_mean(x: &[f64]) -> Replicates {
        let (sum, n) = (x.iter().sum::<f64>(), x.len() as f64);
        Replicates::of_samples(sum / n, x.iter().map(|v| (sum - v) / (n - 1.0)).collect())
    }

    #[test]
    fn a_paired_difference_is_the_paired_t_test() {
        // Student 1908, the soporific drugs: mean difference 1.58, t = 4.0621, p = .002833
        let a = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
        let b = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
        let d = of_mean(&b).minus(&of_mean(&a), Pairing::Together);
        assert!((d.estimate.value - 1.58).abs() < 1e-12);
        assert!((d.estimate.low - 0.7001).abs() < 1e-4 && (d.estimate.high - 2.4599).abs() < 1e-4, "{d:?}");
        assert!(d.p.is_some_and(|p| (p - 0.002833).abs() < 1e-5), "{d:?}");
        let apart = of_mean(&b).minus(&of_mean(&a), Pairing::Apart);
        assert!(apart.p.is_some_and(|p| (p - 0.07939).abs() < 1e-3), "Welch: {apart:?}");
    }

    #[test]
    fn equal_sets_are_seldom_told_apart() {
        let mut rng = Rng::new(3);
        let mut set = || of_mean(&(0..20).map(|_| rng.normal()).collect::<Vec<_>>());
        let told = (0..400).filter(|_| set().minus(&set(), Pairing::Together).p.is_some_and(|p| p < 0.05)).count();
        assert!((8..=34).contains(&told), "{told} of 400");
    }

    #[test]
    fn a_wider_level_has_a_wider_interval() {
        let r = of_mean(&[1.0, 2.0, 4.0, 8.0]);
        assert!(r.at_level(0.99).high > r.estimate().high && r.at_level(0.5).high < r.estimate().high);
    }
}

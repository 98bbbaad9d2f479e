//! One token out of all, by its logits.

use pulp::NullaryFnOnce;

use super::math::{exp, vectorized};
use crate::request::Settings;
use crate::retry::mix;

/// How tokens are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Draw {
    /// 0 takes the likeliest.
    pub temperature: f64,
    /// The likeliest tokens that together have so much (Holtzman et al. 2020).
    pub top_p: f64,
    /// Tokens that have so much of what the likeliest has (Nguyen et al. 2024).
    pub min_p: f64,
    pub seed: u64,
}

impl Draw {
    pub fn of(settings: &Settings) -> Draw {
        Draw {
            temperature: settings.temperature.unwrap_or(1.0),
            top_p: settings.top_p.unwrap_or(1.0),
            min_p: settings.min_p.unwrap_or(0.0),
            seed: settings.seed.unwrap_or_default(),
        }
    }

    /// The token at a place of an answer; `None` where the logits are no numbers. The temperature comes first; `top_p` and
    /// `min_p` both look at the probabilities that it leaves. What is drawn depends on nothing but the logits, the seed and the place.
    pub fn token(&self, logits: &[f32], place: usize) -> Option<usize> {
        let (best, greatest) = greatest(logits)?;
        let by = (1.0 / self.temperature) as f32;
        if self.temperature <= 0.0 || !by.is_finite() {
            return Some(best);
        }
        let mut weights = vec![0.0; logits.len()];
        exponentials(logits, greatest, by, &mut weights);
        let total: f64 = weights.iter().map(|weight| f64::from(*weight)).sum();
        let mut kept: Vec<(usize, f64)> = if self.top_p < 1.0 {
            self.nucleus(&weights, total)
        } else {
            weights.iter().map(|weight| f64::from(*weight)).enumerate().collect()
        };
        kept.retain(|(token, weight)| *weight >= self.min_p || *token == best);
        let total: f64 = kept.iter().map(|(_, weight)| weight).sum();
        let mut left = self.uniform(place) * total;
        let drawn = kept.iter().find(|(_, weight)| {
            left -= weight;
            left < 0.0
        });
        // The last subtraction may end a rounding short.
        Some(drawn.map_or(best, |(token, _)| *token))
    }

    /// The likeliest tokens, likeliest first, up to the one with which they reach `top_p` of the total.
    fn nucleus(&self, weights: &[f32], total: f64) -> Vec<(usize, f64)> {
        // All below this together have less than is to be left out.
        let least = (1.0 - self.top_p) * total / weights.len() as f64;
        let mut likely: Vec<(usize, f64)> = weights
            .iter()
            .map(|weight| f64::from(*weight))
            .enumerate()
            .filter(|(_, weight)| *weight >= least)
            .collect();
        likely.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let mut reached = 0.0;
        let mut n = 0;
        while n < likely.len() && (n == 0 || reached < self.top_p * total) {
            reached += likely[n].1;
            n += 1;
        }
        likely.truncate(n);
        likely
    }

    /// From 0 to 1, of the seed and the place alone.
    fn uniform(&self, place: usize) -> f64 {
        (mix(mix(self.seed) ^ place as u64) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// The first of the greatest; `None` where there is none that is finite.
fn greatest(logits: &[f32]) -> Option<(usize, f32)> {
    let mut best = (0, f32::NEG_INFINITY);
    for (i, logit) in logits.iter().enumerate() {
        if logit.is_nan() {
            return None;
        }
        if *logit > best.1 {
            best = (i, *logit);
        }
    }
    Some(best).filter(|best| best.1.is_finite())
}

/// The natural logarithm of a token's probability at temperature 1; `None` where the logits are no numbers.
pub(super) fn log_probability(logits: &[f32], token: usize) -> Option<f64> {
    let (_, greatest) = greatest(logits)?;
    let mut weights = vec![0.0; logits.len()];
    exponentials(logits, greatest, 1.0, &mut weights);
    let total: f64 = weights.iter().map(|weight| f64::from(*weight)).sum();
    Some(f64::from(logits[token] - greatest) - total.ln())
}

/// `exp((logit − greatest) · by)`.
fn exponentials(logits: &[f32], greatest: f32, by: f32, into: &mut [f32]) {
    struct Exponentials<'a>(&'a [f32], f32, f32, &'a mut [f32]);
    impl NullaryFnOnce for Exponentials<'_> {
        type Output = ();
        #[inline(always)]
        fn call(self) {
            let Exponentials(logits, greatest, by, into) = self;
            for (into, logit) in into.iter_mut().zip(logits) {
                *into = exp((logit - greatest) * by);
            }
        }
    }
    vectorized(Exponentials(logits, greatest, by, into));
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Draw = Draw { temperature: 1.0, top_p: 1.0, min_p: 0.0, seed: 7 };

    fn shares(draw: Draw, logits: &[f32]) -> Vec<f64> {
        const N: usize = 20_000;
        let mut counts = vec![0.0; logits.len()];
        (0..N).for_each(|place| counts[draw.token(logits, place).unwrap()] += 1.0 / N as f64);
        counts
    }

    fn near(shares: &[f64], expected: &[f64]) {
        let all = shares.iter().zip(expected).all(|(a, b)| (a - b).abs() < 0.012 && (*b > 0.0 || *a == 0.0));
        assert!(all, "{shares:?} for {expected:?}");
    }

    #[test]
    fn tokens_come_as_often_as_they_are_likely() {
        let logits = [0.5f32, 0.3, 0.15, 0.05].map(f32::ln);
        near(&shares(PLAIN, &logits), &[0.5, 0.3, 0.15, 0.05]);
        near(&shares(Draw { temperature: 0.0, ..PLAIN }, &logits), &[1.0, 0.0, 0.0, 0.0]);
        // Squares: .25, .09, .0225, .0025 of .365.
        near(&shares(Draw { temperature: 0.5, ..PLAIN }, &logits), &[0.6849, 0.2466, 0.0616, 0.0068]);
        near(&shares(Draw { top_p: 0.7, ..PLAIN }, &logits), &[0.625, 0.375, 0.0, 0.0]);
        near(&shares(Draw { top_p: 0.0, ..PLAIN }, &logits), &[1.0, 0.0, 0.0, 0.0]);
        near(&shares(Draw { min_p: 0.25, ..PLAIN }, &logits), &[0.5263, 0.3158, 0.1579, 0.0]);
        near(&shares(Draw { min_p: 0.4, top_p: 0.9, ..PLAIN }, &logits), &[0.625, 0.375, 0.0, 0.0]);
    }

    #[test]
    fn a_seed_and_a_place_decide() {
        let logits: Vec<f32> = (0..1000).map(|i| (i % 17) as f32 / 4.0).collect();
        let some = |seed: u64| (0..50).map(|place| Draw { seed, ..PLAIN }.token(&logits, place)).collect::<Vec<_>>();
        assert_eq!(some(1), some(1));
        assert_ne!(some(1), some(2));
    }

    #[test]
    fn logits_that_are_none() {
        assert_eq!(PLAIN.token(&[f32::NAN, 1.0], 0), None);
        assert_eq!(PLAIN.token(&[f32::NEG_INFINITY; 2], 0), None);
        assert_eq!(PLAIN.token(&[f32::NEG_INFINITY, 3.0], 0), Some(1));
    }

    #[test]
    fn probabilities_add_up() {
        let logits = [0.3f32, -2.0, 11.5, 11.0];
        let total: f64 = (0..4).map(|token| log_probability(&logits, token).unwrap().exp()).sum();
        assert!((total - 1.0).abs() < 1e-6, "{total}");
    }
}

//! Logistic regression on pairs: which differences between two things does a rater choose by?
//!
//! A row is f(chosen) − f(rejected) and the model is P(chosen) = σ(w·x), without a constant: which of the two stands first
//! says nothing. It is McFadden's conditional logit of two alternatives (1974), so whatever both sides of a pair share (the
//! prompt, its subject) cancels.

use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::estimate::{Estimate, LEVEL, jackknife};
use crate::{Folds, Groups};

/// Differences between the chosen and the rejected, a row a pair.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pairs {
    data: Vec<f64>,
    dim: usize,
}

impl Pairs {
    /// From `rows × dim` values, row by row.
    ///
    /// # Panics
    /// If the values do not fill whole rows.
    #[must_use]
    pub fn new(data: Vec<f64>, dim: usize) -> Self {
        assert!(dim > 0 && data.len().is_multiple_of(dim), "rows are whole");
        Self { data, dim }
    }

    /// Pairs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.data.len() / self.dim.max(1)
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// Features.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.dim
    }

    #[must_use]
    pub fn row(&self, i: usize) -> &[f64] {
        &self.data[i * self.dim..(i + 1) * self.dim]
    }

    /// The same pairs with some of the columns.
    #[must_use]
    pub fn columns(&self, columns: &[usize]) -> Self {
        let data = (0..self.len()).flat_map(|i| columns.iter().map(move |c| self.row(i)[*c])).collect();
        Self { data, dim: columns.len() }
    }
}

/// A fitted regression.
#[derive(Debug, Clone, PartialEq)]
pub struct Logit {
    /// Log-odds a unit, each with its 95 % interval over whole groups.
    pub weights: Vec<Estimate>,
    /// Two-sided, of no effect; NaN where there is no interval.
    pub p: Vec<f64>,
}

/// Curvature that the penalty has for a feature of standard deviation 1: what two pairs that are evenly contested would
/// tell. Without it a feature that all pairs agree on would have no finite weight; with hundreds of pairs it changes nothing.
const PENALTY: f64 = 0.5;
/// Newton steps at most; some six are needed.
const STEPS: usize = 60;

/// Fits the regression by Newton's method, with intervals from the jackknife over whole groups in its one-step form (CR3 of
/// MacKinnon, Nielsen & Webb 2023, eq. 14): V = (G−1)/G Σ_g (H − H_g)⁻¹ s_g s_gᵀ (H − H_g)⁻¹, where H is the information
/// and s_g the score of group g; Student's t with G − 1 degrees of freedom. Where there is one group only, no interval.
///
/// # Panics
/// If the groups are not those of the pairs.
#[must_use]
pub fn logit(pairs: &Pairs, groups: &Groups) -> Logit {
    assert_eq!(pairs.len(), groups.len(), "each pair has its group");
    let d = pairs.dim;
    let penalty = penalty(pairs);
    let weights = fit(pairs, &penalty, |_| true);
    let mut whole = penalised(&penalty);
    let mut scores = vec![0.0; groups.count() * d];
    for i in 0..pairs.len() {
        let (x, residual, curvature) = terms(pairs, i, &weights);
        add_outer(&mut whole, x, curvature);
        let g = groups.of(i);
        scores[g * d..(g + 1) * d].iter_mut().zip(x).for_each(|(s, x)| *s += residual * x);
    }
    let count = groups.count() as f64;
    let mut variance = vec![0.0; d];
    for (g, members) in groups.members().iter().enumerate() {
        let mut left = whole.clone();
        for &i in members {
            let (x, _, curvature) = terms(pairs, i, &weights);
            add_outer(&mut left, x, -curvature);
        }
        let step = solve(left, &scores[g * d..(g + 1) * d]);
        variance.iter_mut().zip(step).for_each(|(v, s)| *v += s * s * (count - 1.0) / count);
    }
    let t = StudentsT::new(0.0, 1.0, (count - 1.0).max(1.0)).ok().filter(|_| groups.count() > 1);
    let estimates = weights.iter().zip(&variance).map(|(&value, v)| {
        let se = v.sqrt();
        match &t {
            Some(t) => {
                let half = se * t.inverse_cdf(0.5 + LEVEL / 2.0);
                Estimate { value, low: value - half, high: value + half, se }
            }
            None => Estimate::bare(value),
        }
    });
    let weights: Vec<Estimate> = estimates.collect();
    let p = |e: &Estimate| match &t {
        Some(t) if e.se > 0.0 => 2.0 * t.cdf(-(e.value / e.se).abs()),
        _ => f64::NAN,
    };
    let p = weights.iter().map(p).collect();
    Logit { weights, p }
}

/// Mean −ln σ(w·x) of pairs whose groups the weights were not fitted to (ln 2 = .693 is a guess), with the interval over
/// folds; and of the same pairs with each of the other sets of columns, in their order, each with the difference from the first.
#[must_use]
pub fn held_out(pairs: &Pairs, sets: &[&[usize]], folds: &Folds) -> Vec<(Estimate, Estimate)> {
    let losses: Vec<Vec<f64>> = sets.iter().map(|columns| losses(&pairs.columns(columns), folds)).collect();
    let estimate = |values: &[f64]| {
        let mut sums = vec![0.0; folds.count()];
        values.iter().enumerate().for_each(|(i, v)| sums[folds.of(i)] += v);
        let (all, n) = (sums.iter().sum::<f64>(), values.len() as f64);
        let without: Vec<f64> = sums.iter().enumerate().map(|(f, s)| (all - s) / (n - folds.size(f) as f64)).collect();
        jackknife(all / n, &[&without], 0.0)
    };
    let apart = |values: &[f64]| values.iter().zip(&losses[0]).map(|(a, b)| a - b).collect::<Vec<f64>>();
    losses.iter().map(|values| (estimate(values), estimate(&apart(values)))).collect()
}

fn losses(pairs: &Pairs, folds: &Folds) -> Vec<f64> {
    let mut out = vec![std::f64::consts::LN_2; pairs.len()];
    if pairs.dim == 0 {
        return out;
    }
    let penalty = penalty(pairs);
    for fold in 0..folds.count() {
        let weights = fit(pairs, &penalty, |i| folds.of(i) != fold);
        for (i, loss) in out.iter_mut().enumerate().filter(|(i, _)| folds.of(*i) == fold) {
            *loss = softplus(-dot(&weights, pairs.row(i)));
        }
    }
    out
}

/// Penalty of each feature on its own scale; 1 where it never differs, so that its weight is 0 and not undefined.
fn penalty(pairs: &Pairs) -> Vec<f64> {
    let mut squares = vec![0.0; pairs.dim];
    for i in 0..pairs.len() {
        squares.iter_mut().zip(pairs.row(i)).for_each(|(s, x)| *s += x * x);
    }
    squares.iter().map(|s| if *s > 0.0 { PENALTY * s / pairs.len() as f64 } else { 1.0 }).collect()
}

/// The weights that make the chosen most likely, over the pairs that are kept.
fn fit(pairs: &Pairs, penalty: &[f64], keep: impl Fn(usize) -> bool) -> Vec<f64> {
    let kept: Vec<usize> = (0..pairs.len()).filter(|i| keep(*i)).collect();
    let loss = |weights: &[f64]| {
        let ridge: f64 = weights.iter().zip(penalty).map(|(w, p)| 0.5 * p * w * w).sum();
        ridge + kept.iter().map(|&i| softplus(-dot(weights, pairs.row(i)))).sum::<f64>()
    };
    let mut weights = vec![0.0; pairs.dim];
    let mut now = loss(&weights);
    for _ in 0..STEPS {
        let mut information = penalised(penalty);
        let mut gradient: Vec<f64> = weights.iter().zip(penalty).map(|(w, p)| -p * w).collect();
        for &i in &kept {
            let (x, residual, curvature) = terms(pairs, i, &weights);
            add_outer(&mut information, x, curvature);
            gradient.iter_mut().zip(x).for_each(|(g, x)| *g += residual * x);
        }
        let step = solve(information, &gradient);
        // The loss is convex, so some part of the step lowers it.
        let mut part = 1.0;
        let (next, after) = loop {
            let next: Vec<f64> = weights.iter().zip(&step).map(|(w, s)| w + part * s).collect();
            let after = loss(&next);
            if after <= now || part < 1e-6 {
                break (next, after);
            }
            part /= 2.0;
        };
        let moved = now - after;
        if after <= now {
            (weights, now) = (next, after);
        }
        if moved <= 1e-10 * (1.0 + now) {
            break;
        }
    }
    weights
}

/// A pair's features, its residual 1 − σ(w·x), and its weight in the information.
fn terms<'a>(pairs: &'a Pairs, i: usize, weights: &[f64]) -> (&'a [f64], f64, f64) {
    let x = pairs.row(i);
    let p = 1.0 / (1.0 + (-dot(weights, x)).exp());
    (x, 1.0 - p, p * (1.0 - p))
}

fn penalised(penalty: &[f64]) -> Vec<f64> {
    let d = penalty.len();
    let mut a = vec![0.0; d * d];
    penalty.iter().enumerate().for_each(|(i, p)| a[i * d + i] = *p);
    a
}

/// A += c x xᵀ, the lower triangle.
fn add_outer(a: &mut [f64], x: &[f64], c: f64) {
    let d = x.len();
    for i in 0..d {
        let s = c * x[i];
        if s != 0.0 {
            a[i * d..=i * d + i].iter_mut().zip(x).for_each(|(a, x)| *a += s * x);
        }
    }
}

/// A⁻¹ b of a positive definite A (its lower triangle), by Cholesky's factors. A pivot that rounding made too small is
/// raised: its direction is one that the pairs say nothing of.
fn solve(mut a: Vec<f64>, b: &[f64]) -> Vec<f64> {
    let d = b.len();
    for j in 0..d {
        for i in j..d {
            let s: f64 = (0..j).map(|k| a[i * d + k] * a[j * d + k]).sum();
            a[i * d + j] -= s;
            if i == j {
                a[j * d + j] = a[j * d + j].max(1e-12).sqrt();
            } else {
                a[i * d + j] /= a[j * d + j];
            }
        }
    }
    let mut x = b.to_vec();
    for i in 0..d {
        let s: f64 = (0..i).map(|k| a[i * d + k] * x[k]).sum();
        x[i] = (x[i] - s) / a[i * d + i];
    }
    for i in (0..d).rev() {
        let s: f64 = (i + 1..d).map(|k| a[k * d + i] * x[k]).sum();
        x[i] = (x[i] - s) / a[i * d + i];
    }
    x
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// ln(1 + eˣ) without overflow.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rng;

    /// Pairs of which the first feature is a flag, the second a length, the third says nothing; three to a prompt, whose
    /// lengths resemble each other.
    fn planted(weights: [f64; 3], n: usize, seed: u64) -> (Pairs, Groups) {
        let mut rng = Rng::new(seed);
        let mut data = Vec::new();
        let mut shared = 0.0;
        for i in 0..n {
            if i % 3 == 0 {
                shared = rng.normal();
            }
            let flag = |rng: &mut Rng| f64::from(u8::from(rng.unit() < 0.5));
            let x = [flag(&mut rng) - flag(&mut rng), shared + rng.normal(), rng.normal()];
            let first = rng.unit() < 1.0 / (1.0 + (-dot(&weights, &x)).exp());
            data.extend(x.map(|v| if first { v } else { -v }));
        }
        (Pairs::new(data, 3), Groups::of_keys((0..n).map(|i| i / 3)))
    }

    #[test]
    fn planted_weights_lie_in_their_intervals() {
        let truth = [0.6, -0.3, 0.0];
        let (mut covered, mut false_alarms) = ([0; 3], 0);
        for seed in 0..200 {
            let (pairs, groups) = planted(truth, 300, seed);
            let found = logit(&pairs, &groups);
            for (k, e) in found.weights.iter().enumerate() {
                covered[k] += usize::from(e.low <= truth[k] && truth[k] <= e.high);
            }
            false_alarms += usize::from(found.p[2] < 0.05);
        }
        assert!(covered.iter().all(|c| (181..=198).contains(c)), "{covered:?} of 200");
        assert!((3..=19).contains(&false_alarms), "{false_alarms} of 200");
    }

    /// 30 of 40 pairs that differ chose the flag: the odds are 3 to 1, and the interval is the textbook's.
    #[test]
    fn one_flag_is_the_odds_of_the_table() {
        let data = (0..400).map(|i| if i < 300 { 1.0 } else { -1.0 }).collect();
        let found = logit(&Pairs::new(data, 1), &Groups::single(400));
        let (value, se) = (3f64.ln(), (1.0 / 300.0 + 1.0 / 100.0f64).sqrt());
        assert!((found.weights[0].value - value).abs() < 0.01, "{found:?}");
        assert!((found.weights[0].se - se).abs() < 0.005, "{found:?} {se}");
    }

    #[test]
    fn copies_of_a_pair_do_not_narrow_its_interval() {
        let (pairs, _) = planted([0.5, 0.0, 0.0], 200, 1);
        let data: Vec<f64> = (0..800).flat_map(|i| pairs.row(i / 4).to_vec()).collect();
        let once = logit(&pairs, &Groups::single(200));
        let copied = logit(&Pairs::new(data, 3), &Groups::of_keys((0..800).map(|i| i / 4)));
        let ratio = copied.weights[0].se / once.weights[0].se;
        assert!((0.97..1.05).contains(&ratio), "{ratio}");
    }

    #[test]
    fn what_everybody_agrees_on_has_a_finite_weight_and_what_never_differs_none() {
        let data = (0..60).flat_map(|_| [1.0, 0.0]).collect();
        let found = logit(&Pairs::new(data, 2), &Groups::single(60));
        assert!(found.weights[0].value > 2.0 && found.weights[0].value.is_finite());
        assert_eq!(found.weights[1].value, 0.0);
        let alone = logit(&Pairs::new(vec![1.0], 1), &Groups::single(1));
        assert!(!alone.weights[0].has_interval() && alone.p[0].is_nan());
    }

    #[test]
    fn held_out_loss_falls_with_what_is_chosen_by() {
        let (pairs, groups) = planted([1.5, 0.0, 0.0], 900, 4);
        let folds = groups.folds(10, 1);
        let found = held_out(&pairs, &[&[1], &[0, 1, 2], &[2]], &folds);
        let [length, all, noise] = found[..] else { panic!("one a set") };
        assert!((length.0.value - std::f64::consts::LN_2).abs() < 0.01, "{length:?}");
        assert!(all.1.high < 0.0 && all.0.value < 0.62, "{all:?}");
        assert!(noise.1.low < 0.0 && noise.1.high > 0.0, "{noise:?}");
    }

    #[test]
    fn solves_what_it_is_given() {
        // lower triangle of [[4, 2, 1], [2, 5, 3], [1, 3, 6]]
        let x = solve(vec![4.0, 0.0, 0.0, 2.0, 5.0, 0.0, 1.0, 3.0, 6.0], &[7.0, 10.0, 10.0]);
        assert!(x.iter().all(|v| (v - 1.0).abs() < 1e-12), "{x:?}");
    }
}

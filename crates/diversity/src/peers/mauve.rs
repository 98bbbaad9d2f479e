//! MAUVE.

use faer::Side;
use rayon::prelude::*;

use super::kmeans::kmeans;
use super::product::{BLOCK, covariance, length, mean, products};
use crate::Rows;

/// As in the reference implementation: the constant c of the paper, points on the curve, variance that is kept, restarts and
/// rounds of k-means.
const SCALE: f64 = 5.0;
const POINTS: usize = 25;
const KEPT: f64 = 0.9;
const RESTARTS: usize = 5;
const ROUNDS: usize = 500;

/// A score with the number of clusters that it rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mauve {
    pub value: f64,
    pub clusters: usize,
}

/// MAUVE (Pillutla et al. 2021): rows made as long as 1, turned to the principal axes that hold 90 % of the variance, both
/// sets quantized together by k-means into a tenth as many clusters as the smaller set has rows, then
/// [`mauve_of_counts`]. The clusters are this crate's own (seeded), so the value equals mauve-text's only given the same
/// labels; between two seeds of either it moves by about as much. None under 20 rows a set.
#[must_use]
pub fn mauve(p: &Rows, q: &Rows, seed: u64) -> Option<Mauve> {
    let clusters = (p.len().min(q.len()) as f64 / 10.0).round_ties_even() as usize;
    if clusters < 2 {
        return None;
    }
    let rows = principal(&unit(q, p))?;
    let labels = kmeans(&rows, clusters, seed, RESTARTS, ROUNDS);
    let count = |labels: &[u32]| {
        let mut counts = vec![0usize; clusters];
        labels.iter().for_each(|l| counts[*l as usize] += 1);
        counts
    };
    let (of_q, of_p) = labels.split_at(q.len());
    Some(Mauve { value: mauve_of_counts(&count(of_p), &count(of_q)), clusters })
}

/// The area under the divergence curve (exp −c KL(Q|R_λ), exp −c KL(P|R_λ)), R_λ = λP + (1−λ)Q, of two histograms over the
/// same clusters (Pillutla et al. 2021, eqs. 1 and 2; c = 5, 25 values of λ, mean of both directions as in mauve-text).
///
/// # Panics
/// If the histograms have different lengths.
#[must_use]
pub fn mauve_of_counts(p: &[usize], q: &[usize]) -> f64 {
    assert_eq!(p.len(), q.len(), "both histograms are over the same clusters");
    let shares = |counts: &[usize]| {
        let n: usize = counts.iter().sum();
        counts.iter().map(|c| *c as f64 / n as f64).collect::<Vec<f64>>()
    };
    let (p, q) = (shares(p), shares(q));
    let mut curve = vec![(1.0, 0.0)];
    for i in 0..POINTS {
        let first = 1e-6;
        let w = first + i as f64 * (1.0 - 2.0 * first) / (POINTS - 1) as f64;
        let r: Vec<f64> = p.iter().zip(&q).map(|(p, q)| w * p + (1.0 - w) * q).collect();
        curve.push(((-SCALE * divergence(&q, &r)).exp(), (-SCALE * divergence(&p, &r)).exp()));
    }
    curve.push((0.0, 1.0));
    let turned: Vec<(f64, f64)> = curve.iter().map(|(x, y)| (*y, *x)).collect();
    0.5 * (area(curve) + area(turned))
}

/// KL(p|r) in nats.
fn divergence(p: &[f64], r: &[f64]) -> f64 {
    p.iter().zip(r).filter(|(p, _)| **p > 0.0).map(|(p, r)| p * (p / r).ln()).sum()
}

/// By trapezia.
fn area(mut curve: Vec<(f64, f64)>) -> f64 {
    curve.sort_by(|a, b| a.0.total_cmp(&b.0));
    curve.windows(2).map(|w| (w[1].0 - w[0].0) * (w[0].1 + w[1].1) / 2.0).sum()
}

/// Both sets one after the other, every row as long as 1.
fn unit(a: &Rows, b: &Rows) -> Rows {
    let scaled = a.iter().chain(b.iter()).flat_map(|row| {
        let l = length(row).sqrt();
        let scale = if l > 0.0 { 1.0 / l } else { 0.0 };
        row.iter().map(move |x| (f64::from(*x) * scale) as f32)
    });
    Rows::new(scaled.collect(), a.dim())
}

/// Coordinates on the axes that together hold [`KEPT`] of the variance.
fn principal(rows: &Rows) -> Option<Rows> {
    let d = rows.dim();
    let mean = mean(rows);
    let eigen = covariance(rows, &mean).self_adjoint_eigen(Side::Lower).ok()?;
    let (vectors, values) = (eigen.U(), eigen.S().column_vector());
    let total: f64 = (0..d).map(|i| values[i].max(0.0)).sum();
    let (mut axes, mut centre, mut held) = (Vec::new(), Vec::new(), 0.0);
    // the largest come last
    for j in (0..d).rev() {
        axes.extend((0..d).map(|i| vectors[(i, j)] as f32));
        centre.push((0..d).map(|i| vectors[(i, j)] * mean[i]).sum::<f64>() as f32);
        held += values[j].max(0.0);
        if held >= KEPT * total {
            break;
        }
    }
    let axes = Rows::new(axes, d);
    let projected: Vec<f32> = rows
        .flat()
        .par_chunks(BLOCK * d)
        .flat_map_iter(|block| {
            let mut out = Vec::new();
            products(block, &axes, &mut out);
            out.chunks_exact_mut(axes.len()).for_each(|row| row.iter_mut().zip(&centre).for_each(|(x, c)| *x -= c));
            out
        })
        .collect();
    Some(Rows::new(projected, axes.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peers::tests::{array, close, reference, samples};

    /// The octant of the first three columns: clusters that need no k-means.
    fn octants(rows: &Rows) -> Vec<usize> {
        let mut counts = vec![0; 8];
        rows.iter().for_each(|r| counts[(0..3).map(|f| usize::from(r[f] > 0.0) << f).sum::<usize>()] += 1);
        counts
    }

    #[test]
    fn equals_mauve_text_on_the_same_clusters() {
        // mauve-text 0.4.0: get_divergence_curve_for_multinomials and compute_area_under_curve on these histograms
        close(mauve_of_counts(&octants(&samples()), &octants(&reference())), 0.867895991);
        close(mauve_of_counts(&[10, 0, 5], &[0, 7, 5]), 0.042394342);
        close(mauve_of_counts(&[10, 5], &[20, 10]), 1.0);
    }

    #[test]
    fn like_sets_score_higher_than_different_ones() {
        let (a, b, far) = (array(400, 6, 1, 1.0, 0.3), array(400, 6, 2, 1.0, 0.3), array(400, 6, 3, 1.0, -0.3));
        let score = |p: &Rows, q: &Rows| mauve(p, q, 1).expect("there are enough rows");
        assert_eq!(score(&a, &b).clusters, 40);
        assert!(score(&a, &b).value > 0.9 && score(&a, &far).value < 0.2);
        assert_eq!(mauve(&a.select(&[0, 1, 2]), &b, 1), None);
    }
}

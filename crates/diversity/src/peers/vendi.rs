//! The Vendi score.

use faer::Side;

use super::product::{gram, length};
use crate::Rows;

/// Vendi score of order 1 with the cosine as kernel: exp(−Σ λ ln λ) over the eigenvalues λ of XᵀX/n, rows of X made as long
/// as 1 (Friedman & Dieng 2023, eq. 2, in the dual form of their section 3). The effective number of different rows, at most
/// the number of columns. NaN without rows.
#[must_use]
pub fn vendi(rows: &Rows) -> f64 {
    if rows.is_empty() {
        return f64::NAN;
    }
    let unit = |row: &[f32], to: &mut [f64]| {
        let scale = match length(row) {
            0.0 => 1.0,
            l => 1.0 / l.sqrt(),
        };
        to.iter_mut().zip(row).for_each(|(t, x)| *t = f64::from(*x) * scale);
    };
    let Ok(values) = gram(rows, unit).self_adjoint_eigenvalues(Side::Lower) else { return f64::NAN };
    let n = rows.len() as f64;
    let entropy: f64 = values.into_iter().map(|v| v / n).filter(|p| *p > 0.0).map(|p| -p * p.ln()).sum();
    entropy.exp()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linear::symmetric_eigen;
    use crate::peers::tests::{close, reference, samples};

    /// The definition on the n × n kernel.
    fn slow(rows: &Rows) -> f64 {
        let n = rows.len();
        let cosine = |i: usize, j: usize| {
            let dot: f64 = rows.row(i).iter().zip(rows.row(j)).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum();
            dot / (length(rows.row(i)) * length(rows.row(j))).sqrt()
        };
        let kernel: Vec<f64> = (0..n * n).map(|at| cosine(at / n, at % n) / n as f64).collect();
        let (values, _) = symmetric_eigen(kernel, n);
        values.into_iter().filter(|p| *p > 1e-15).map(|p| -p * p.ln()).sum::<f64>().exp()
    }

    #[test]
    fn equals_the_definition_and_vendi_score() {
        close(vendi(&samples()), slow(&samples()));
        // vendi_score 0.0.3, vendi.score_dual(X)
        close(vendi(&samples()), 7.566083168);
        close(vendi(&reference()), 7.748835044);
    }

    #[test]
    fn copies_are_one_and_axes_are_their_number() {
        close(vendi(&Rows::new(vec![0.5; 30], 3)), 1.0);
        close(vendi(&Rows::new(vec![1.0, 0.0, 0.0, 2.0, 3.0, 0.0, 0.0, 1.0], 2)), 2.0);
    }
}

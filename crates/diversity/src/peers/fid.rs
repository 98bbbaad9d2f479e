//! The Fréchet distance as FID has it.

use faer::{Mat, Side};

use super::product::{covariance, mean};
use crate::Rows;

/// |μ₁−μ₂|² + tr(Σ₁ + Σ₂ − 2(Σ₁Σ₂)^½), the Fréchet distance between two sets taken as Gaussians (Heusel et al. 2017, eq. 6),
/// with its bias at small n. tr (Σ₁Σ₂)^½ is that of (Σ₁^½ Σ₂ Σ₁^½)^½, which is symmetric. NaN under two rows.
#[must_use]
pub fn fid(a: &Rows, b: &Rows) -> f64 {
    if a.len() < 2 || b.len() < 2 {
        return f64::NAN;
    }
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (cov_a, cov_b) = (covariance(a, &mean_a), covariance(b, &mean_b));
    let between: f64 = mean_a.iter().zip(&mean_b).map(|(x, y)| (x - y).powi(2)).sum();
    let trace = |m: &Mat<f64>| (0..m.nrows()).map(|i| m[(i, i)]).sum::<f64>();
    let Some(root) = root(&cov_a) else { return f64::NAN };
    let Ok(values) = (&root * &cov_b * &root).self_adjoint_eigenvalues(Side::Lower) else { return f64::NAN };
    between + trace(&cov_a) + trace(&cov_b) - 2.0 * values.into_iter().map(|v| v.max(0.0).sqrt()).sum::<f64>()
}

/// The symmetric root of a covariance.
fn root(m: &Mat<f64>) -> Option<Mat<f64>> {
    let eigen = m.self_adjoint_eigen(Side::Lower).ok()?;
    let (vectors, values) = (eigen.U(), eigen.S().column_vector());
    let scaled = Mat::from_fn(m.nrows(), m.ncols(), |i, j| vectors[(i, j)] * values[j].max(0.0).sqrt());
    Some(scaled * vectors.transpose())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frechet_distance;
    use crate::peers::tests::{array, close, reference, samples};

    #[test]
    fn equals_the_plain_sums_and_scipy() {
        let (s, r) = (samples(), reference());
        close(fid(&s, &r), frechet_distance(&s, &r));
        // numpy 2.4 cov, scipy 1.17 linalg.sqrtm
        close(fid(&s, &r), 0.302940115);
        close(fid(&s, &s), 0.0);
    }

    #[test]
    fn covariances_without_full_rank() {
        let (few, many) = (array(5, 8, 1, 1.0, 0.0), array(60, 8, 2, 1.0, 0.5));
        close(fid(&few, &many), fid(&many, &few));
    }
}

//! The little linear algebra that the measures need, in one fixed order of operations: a tuned library picks its kernels by
//! the processor, and a citable number has to be the same on every machine.

/// Eigenvalues (largest first) and eigenvectors (as rows) of a symmetric matrix, row-major `d × d`: Jacobi's cyclic
/// rotations (Golub & Van Loan 2013, algorithm 8.5.3).
pub(crate) fn symmetric_eigen(mut a: Vec<f64>, d: usize) -> (Vec<f64>, Vec<f64>) {
    let mut v = vec![0.0; d * d];
    (0..d).for_each(|i| v[i * d + i] = 1.0);
    rotate_to_diagonal(&mut a, d, &mut v);
    let mut order: Vec<usize> = (0..d).collect();
    order.sort_by(|&i, &j| a[j * d + j].total_cmp(&a[i * d + i]));
    let values = order.iter().map(|&i| a[i * d + i]).collect();
    let vectors = order.iter().flat_map(|&i| v[i * d..(i + 1) * d].to_vec()).collect();
    (values, vectors)
}

/// Rotates `a` to its diagonal; the rows of `v` become eigenvectors.
fn rotate_to_diagonal(a: &mut [f64], d: usize, v: &mut [f64]) {
    let scale: f64 = a.iter().map(|x| x * x).sum::<f64>();
    for _sweep in 0..30 {
        let mut off = 0.0;
        for p in 0..d {
            for q in p + 1..d {
                off += a[p * d + q] * a[p * d + q];
            }
        }
        if off <= 1e-24 * scale {
            return;
        }
        for p in 0..d {
            for q in p + 1..d {
                let x = a[p * d + q];
                if x * x <= 1e-30 * scale {
                    continue;
                }
                let theta = (a[q * d + q] - a[p * d + p]) / (2.0 * x);
                let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
                let c = 1.0 / (t * t + 1.0).sqrt();
                let s = t * c;
                for k in 0..d {
                    let (y, z) = (a[k * d + p], a[k * d + q]);
                    a[k * d + p] = c * y - s * z;
                    a[k * d + q] = s * y + c * z;
                }
                for k in 0..d {
                    let (y, z) = (a[p * d + k], a[q * d + k]);
                    a[p * d + k] = c * y - s * z;
                    a[q * d + k] = s * y + c * z;
                }
                for k in 0..d {
                    let (y, z) = (v[p * d + k], v[q * d + k]);
                    v[p * d + k] = c * y - s * z;
                    v[q * d + k] = s * y + c * z;
                }
            }
        }
    }
}

/// tr((AB)^½) of two covariances: the roots of the eigenvalues of LᵀBL, where A = LLᵀ.
pub(crate) fn trace_sqrt_product(a: &[f64], b: &[f64], d: usize) -> f64 {
    let l = cholesky(a, d);
    let mut bl = vec![0.0; d * d];
    for i in 0..d {
        for j in 0..d {
            bl[i * d + j] = (j..d).map(|k| b[i * d + k] * l[k * d + j]).sum();
        }
    }
    let mut m = vec![0.0; d * d];
    for i in 0..d {
        for j in i..d {
            let x = (i..d).map(|k| l[k * d + i] * bl[k * d + j]).sum();
            m[i * d + j] = x;
            m[j * d + i] = x;
        }
    }
    symmetric_eigenvalues(m, d).into_iter().map(|x| x.max(0.0).sqrt()).sum()
}

/// Eigenvalues alone, in no order: Householder's reduction to three diagonals, then QL with implicit shifts (Golub & Van
/// Loan 2013, algorithms 8.3.1 and 8.3.3), ten times as fast as rotations.
fn symmetric_eigenvalues(a: Vec<f64>, d: usize) -> Vec<f64> {
    let (mut diagonal, mut beside) = tridiagonal(a, d);
    for l in 0..d {
        for _iteration in 0..60 {
            // the first element beside the diagonal that is nothing parts the matrix in two
            let m = (l..d - 1)
                .find(|&m| beside[m].abs() <= f64::EPSILON * (diagonal[m].abs() + diagonal[m + 1].abs()))
                .unwrap_or(d - 1);
            if m == l {
                break;
            }
            ql_step(&mut diagonal, &mut beside, l, m);
        }
    }
    diagonal
}

/// One implicit QL step on rows `l..=m`.
fn ql_step(diagonal: &mut [f64], beside: &mut [f64], l: usize, m: usize) {
    let g = (diagonal[l + 1] - diagonal[l]) / (2.0 * beside[l]);
    let root = g.hypot(1.0);
    let mut g = diagonal[m] - diagonal[l] + beside[l] / (g + root.copysign(g));
    let (mut s, mut c, mut p) = (1.0, 1.0, 0.0);
    for i in (l..m).rev() {
        let (f, b) = (s * beside[i], c * beside[i]);
        let r = f.hypot(g);
        beside[i + 1] = r;
        if r == 0.0 {
            diagonal[i + 1] -= p;
            beside[m] = 0.0;
            return;
        }
        s = f / r;
        c = g / r;
        g = diagonal[i + 1] - p;
        let t = (diagonal[i] - g) * s + 2.0 * c * b;
        p = s * t;
        diagonal[i + 1] = g + p;
        g = c * t - b;
    }
    diagonal[l] -= p;
    beside[l] = g;
    beside[m] = 0.0;
}

/// The diagonal and the elements beside it (the last is a spare 0) of a similar matrix with three diagonals.
fn tridiagonal(mut a: Vec<f64>, d: usize) -> (Vec<f64>, Vec<f64>) {
    let mut beside = vec![0.0; d];
    for k in 0..d.saturating_sub(2) {
        let mut v: Vec<f64> = (k + 1..d).map(|i| a[i * d + k]).collect();
        let length = v.iter().map(|x| x * x).sum::<f64>().sqrt();
        if length == 0.0 {
            continue;
        }
        let alpha = -length.copysign(v[0]);
        beside[k] = alpha;
        v[0] -= alpha;
        let norm: f64 = v.iter().map(|x| x * x).sum();
        if norm == 0.0 {
            continue;
        }
        // B ← B − v wᵀ − w vᵀ with w = p − (vᵀp / norm) v and p = 2Bv / norm
        let n = v.len();
        let at = |i: usize, j: usize| (k + 1 + i) * d + k + 1 + j;
        let p: Vec<f64> = (0..n).map(|i| (0..n).map(|j| a[at(i, j)] * v[j]).sum::<f64>() * 2.0 / norm).collect();
        let half = v.iter().zip(&p).map(|(x, y)| x * y).sum::<f64>() / norm;
        let w: Vec<f64> = p.iter().zip(&v).map(|(x, y)| x - half * y).collect();
        for i in 0..n {
            for j in 0..n {
                a[at(i, j)] -= v[i] * w[j] + w[i] * v[j];
            }
        }
    }
    if d >= 2 {
        beside[d - 2] = a[(d - 1) * d + d - 2];
    }
    ((0..d).map(|i| a[i * d + i]).collect(), beside)
}

/// Lower factor of a covariance; a direction without variance gets a column of zeros.
fn cholesky(a: &[f64], d: usize) -> Vec<f64> {
    let mut l = vec![0.0; d * d];
    let floor = 1e-12 * (0..d).map(|i| a[i * d + i]).fold(0.0, f64::max);
    for j in 0..d {
        let pivot = a[j * d + j] - (0..j).map(|k| l[j * d + k] * l[j * d + k]).sum::<f64>();
        if pivot <= floor {
            continue;
        }
        let root = pivot.sqrt();
        l[j * d + j] = root;
        for i in j + 1..d {
            l[i * d + j] = (a[i * d + j] - (0..j).map(|k| l[i * d + k] * l[j * d + k]).sum::<f64>()) / root;
        }
    }
    l
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rng;

    fn covariance(d: usize, seed: u64) -> Vec<f64> {
        let mut rng = Rng::new(seed);
        let x: Vec<f64> = (0..3 * d * d).map(|_| rng.normal()).collect();
        let mut a = vec![0.0; d * d];
        for row in x.chunks(d) {
            for i in 0..d {
                for j in 0..d {
                    a[i * d + j] += row[i] * row[j] / (3 * d) as f64;
                }
            }
        }
        a
    }

    #[test]
    fn eigenvectors_rebuild_the_matrix() {
        let d = 12;
        let a = covariance(d, 4);
        let (values, vectors) = symmetric_eigen(a.clone(), d);
        assert!(values.windows(2).all(|w| w[0] >= w[1]));
        for i in 0..d {
            for j in 0..d {
                let x: f64 = (0..d).map(|k| values[k] * vectors[k * d + i] * vectors[k * d + j]).sum();
                assert!((x - a[i * d + j]).abs() < 1e-10);
            }
        }
    }

    #[test]
    fn both_ways_to_eigenvalues_agree() {
        for d in 1..14 {
            let mut a = covariance(d, 40 + d as u64);
            if d > 6 {
                // a matrix without full rank
                (0..d).for_each(|i| {
                    a[i * d + 3] = 0.0;
                    a[3 * d + i] = 0.0;
                });
            }
            let (expected, _) = symmetric_eigen(a.clone(), d);
            let mut found = symmetric_eigenvalues(a, d);
            found.sort_by(|x, y| y.total_cmp(x));
            for (x, y) in found.iter().zip(&expected) {
                assert!((x - y).abs() < 1e-10, "{d}: {found:?} {expected:?}");
            }
        }
    }

    #[test]
    fn root_of_a_square_is_its_trace() {
        let d = 9;
        let a = covariance(d, 5);
        let trace: f64 = (0..d).map(|i| a[i * d + i]).sum();
        assert!((trace_sqrt_product(&a, &a, d) - trace).abs() < 1e-9);
    }
}

//! Gaussian kernels between rows: k(x, y) = exp(−|x − y|² / 2h²).

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};

/// Rows of one width with their squared lengths.
#[derive(Debug, Clone, Default)]
pub(crate) struct Points {
    dim: usize,
    values: Vec<f32>,
    squares: Vec<f32>,
}

/// Rows of the other side that are held against all targets at once, so that their kernels stay in the cache.
const BLOCK: usize = 512;

impl Points {
    pub(crate) fn new(values: Vec<f32>, dim: usize) -> Self {
        let squares = values.chunks_exact(dim).map(square).collect();
        Self { dim, values, squares }
    }

    pub(crate) fn len(&self) -> usize {
        self.squares.len()
    }

    pub(crate) fn dim(&self) -> usize {
        self.dim
    }

    pub(crate) fn row(&self, i: usize) -> &[f32] {
        &self.values[i * self.dim..(i + 1) * self.dim]
    }

    pub(crate) fn select(&self, rows: &[usize]) -> Self {
        Self::new(rows.iter().flat_map(|&i| self.row(i)).copied().collect(), self.dim)
    }

    /// Writes a row over row `i`, or behind the last.
    pub(crate) fn put(&mut self, i: usize, row: &[f32]) {
        if i == self.len() {
            self.values.extend_from_slice(row);
            self.squares.push(square(row));
        } else {
            self.values[i * self.dim..(i + 1) * self.dim].copy_from_slice(row);
            self.squares[i] = square(row);
        }
    }

    /// Squared distances of every row of `targets` to all rows here, a block at a time: `visit(first, distances)` gets
    /// those to the rows from `first` on, target after target.
    pub(crate) fn distances(&self, targets: &Points, mut visit: impl FnMut(usize, usize, &mut [f32])) {
        let (n, dim) = (targets.len(), self.dim);
        if n == 0 {
            return;
        }
        let mut products = vec![0.0f32; n * BLOCK.min(self.len())];
        for first in (0..self.len()).step_by(BLOCK) {
            let width = BLOCK.min(self.len() - first);
            let block = &self.values[first * dim..(first + width) * dim];
            let products = &mut products[..n * width];
            product(&targets.values, block, products, [n, dim, width]);
            for (row, square) in products.chunks_exact_mut(width).zip(&targets.squares) {
                for (p, other) in row.iter_mut().zip(&self.squares[first..]) {
                    *p = (square + other - 2.0 * *p).max(0.0);
                }
            }
            visit(first, width, products);
        }
    }

    /// Kernels in place of distances. `sharpness` is 1 / 2h².
    pub(crate) fn kernels(&self, targets: &Points, sharpness: f32, mut visit: impl FnMut(usize, usize, &mut [f32])) {
        self.distances(targets, |first, width, distances| {
            distances.iter_mut().for_each(|d| *d = exp_minus(*d * sharpness));
            visit(first, width, distances);
        });
    }
}

fn square(row: &[f32]) -> f32 {
    row.iter().map(|x| x * x).sum()
}

/// a · bᵀ for row-major a (n × d) and b (m × d), into c (n × m). On one thread: the order of sums is then the same always.
fn product(a: &[f32], b: &[f32], c: &mut [f32], [n, d, m]: [usize; 3]) {
    let (a, b) = (MatRef::from_row_major_slice(a, n, d), MatRef::from_row_major_slice(b, m, d));
    matmul(MatMut::from_row_major_slice_mut(c, n, m), Accum::Replace, a, b.transpose(), 1.0, Par::Seq);
}

/// e^−t for t ≥ 0 to within (1 + t)·2·10⁻⁷ of its value, as 2^⌊y⌉ · 2^f with a polynomial in f ∈ [−½, ½]: without branches or calls,
/// so that the compiler does several at once.
pub(crate) fn exp_minus(t: f32) -> f32 {
    /// Added and taken away, it rounds to a whole number.
    const ROUND: f32 = 12_582_912.0;
    let y = (-t * std::f32::consts::LOG2_E).max(-125.0);
    let rounded = y + ROUND;
    let whole = rounded.to_bits().wrapping_sub(ROUND.to_bits());
    let f = (y - (rounded - ROUND)) * std::f32::consts::LN_2;
    let p = 1.0 + f * (1.0 + f * (0.5 + f * (1.0 / 6.0 + f * (1.0 / 24.0 + f * (1.0 / 120.0 + f / 720.0)))));
    f32::from_bits(p.to_bits().wrapping_add(whole << 23))
}

#[cfg(test)]
mod tests {
    use super::*;
    use diversity::Rng;

    #[test]
    fn the_exponential_is_the_exponential() {
        for i in 0..200_000 {
            let t = i as f32 * 5e-4;
            let exact = f64::from(-t).exp();
            let error = (f64::from(exp_minus(t)) - exact).abs();
            assert!(error <= 2e-7 * (1.0 + f64::from(t)) * exact + 1e-37, "{t}: {error}");
        }
        assert_eq!(exp_minus(0.0), 1.0);
        assert!(exp_minus(f32::MAX) < 1e-37);
    }

    #[test]
    fn kernels_are_the_plain_ones() {
        let mut rng = Rng::new(3);
        let mut rows = |n: usize| Points::new((0..n * 7).map(|_| rng.normal() as f32).collect(), 7);
        let (targets, others) = (rows(5), rows(BLOCK + 9));
        let mut seen = 0;
        others.kernels(&targets, 0.3, |first, width, kernels| {
            for t in 0..targets.len() {
                for j in 0..width {
                    let d = diversity::squared(targets.row(t), others.row(first + j));
                    let k = kernels[t * width + j];
                    assert!((k - (-0.3 * d).exp()).abs() < 1e-5, "{k}");
                    seen += 1;
                }
            }
        });
        assert_eq!(seen, targets.len() * others.len());
    }
}

//! Products of matrices, in blocks that do not depend on the number of threads.

use faer::linalg::matmul::matmul;
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::{Accum, Mat, MatMut, MatRef, Par};
use rayon::prelude::*;

use crate::Rows;

/// Rows of a block whose products are held at once: against 10,000 others, 10 MB.
pub(super) const BLOCK: usize = 256;
/// Rows of one summand of a Gram matrix, and summands that are held at once.
const TALL: usize = 1024;
const HELD: usize = 8;

/// The scalar products of the rows of `a` (m × d, row-major) with all rows of `b`, m × n.
pub(super) fn products(a: &[f32], b: &Rows, out: &mut Vec<f32>) {
    let (d, n) = (b.dim(), b.len());
    let m = a.len() / d;
    out.clear();
    out.resize(m * n, 0.0);
    matmul(
        MatMut::from_row_major_slice_mut(out, m, n),
        Accum::Replace,
        MatRef::from_row_major_slice(a, m, d),
        MatRef::from_row_major_slice(b.flat(), n, d).transpose(),
        1.0,
        Par::Seq,
    );
}

/// Σ x xᵀ over all rows (d × d), where `prepare` writes the row to be counted.
pub(super) fn gram(rows: &Rows, prepare: impl Fn(&[f32], &mut [f64]) + Sync) -> Mat<f64> {
    let d = rows.dim();
    let mut sum = Mat::zeros(d, d);
    let blocks: Vec<&[f32]> = rows.flat().chunks(TALL * d).collect();
    for held in blocks.chunks(HELD) {
        let parts: Vec<Mat<f64>> = held
            .par_iter()
            .map(|block| {
                let mut wide = vec![0.0; block.len()];
                wide.chunks_exact_mut(d).zip(block.chunks_exact(d)).for_each(|(to, row)| prepare(row, to));
                let x = MatRef::from_row_major_slice(&wide, block.len() / d, d);
                let mut part = Mat::zeros(d, d);
                triangular::matmul(
                    part.as_mut(),
                    BlockStructure::TriangularLower,
                    Accum::Replace,
                    x.transpose(),
                    BlockStructure::Rectangular,
                    x,
                    BlockStructure::Rectangular,
                    1.0,
                    Par::Seq,
                );
                part
            })
            .collect();
        parts.iter().for_each(|part| sum += part);
    }
    for j in 0..d {
        for i in 0..j {
            sum[(i, j)] = sum[(j, i)];
        }
    }
    sum
}

/// The mean row.
pub(super) fn mean(rows: &Rows) -> Vec<f64> {
    let mut sum = vec![0.0; rows.dim()];
    rows.iter().for_each(|row| sum.iter_mut().zip(row).for_each(|(s, x)| *s += f64::from(*x)));
    sum.iter_mut().for_each(|s| *s /= rows.len() as f64);
    sum
}

/// Covariance about `mean`, divided by n − 1.
pub(super) fn covariance(rows: &Rows, mean: &[f64]) -> Mat<f64> {
    let centre = |row: &[f32], to: &mut [f64]| {
        to.iter_mut().zip(row).zip(mean).for_each(|((t, x), m)| *t = f64::from(*x) - m);
    };
    let scale = 1.0 / (rows.len() as f64 - 1.0);
    let mut c = gram(rows, centre);
    c.col_iter_mut().for_each(|column| column.iter_mut().for_each(|x| *x *= scale));
    c
}

/// The squared length of a row.
pub(super) fn length(row: &[f32]) -> f64 {
    row.iter().map(|x| f64::from(*x) * f64::from(*x)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peers::tests::array;

    #[test]
    fn gram_and_products_are_the_plain_sums() {
        let rows = array(TALL * HELD + 300, 5, 3, 1.0, 0.2);
        let found = gram(&rows, |row, to| to.iter_mut().zip(row).for_each(|(t, x)| *t = f64::from(*x)));
        for i in 0..5 {
            for j in 0..5 {
                let plain: f64 = rows.iter().map(|r| f64::from(r[i]) * f64::from(r[j])).sum();
                assert!((found[(i, j)] - plain).abs() < 1e-9 * plain.abs());
            }
        }
        let mut out = Vec::new();
        products(&rows.flat()[..10], &rows, &mut out);
        for (j, row) in rows.iter().enumerate() {
            let plain: f32 = rows.row(1).iter().zip(row).map(|(x, y)| x * y).sum();
            assert!((out[rows.len() + j] - plain).abs() < 1e-5);
        }
    }
}

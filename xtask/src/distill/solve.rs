//! The linear algebra of the distillation.

use std::error::Error;

use faer::linalg::solvers::Solve;
use faer::{Mat, MatRef, Side};

/// Rows of numbers.
#[derive(Clone)]
pub struct Matrix {
    width: usize,
    numbers: Vec<f32>,
}

impl Matrix {
    pub fn new(width: usize, numbers: Vec<f32>) -> Matrix {
        Matrix { width, numbers }
    }

    fn zero(rows: usize, width: usize) -> Matrix {
        Matrix { width, numbers: vec![0.0; rows * width] }
    }

    pub fn rows(&self) -> usize {
        self.numbers.len() / self.width
    }

    pub fn row(&self, row: usize) -> &[f32] {
        &self.numbers[row * self.width..(row + 1) * self.width]
    }

    pub fn row_mut(&mut self, row: usize) -> &mut [f32] {
        &mut self.numbers[row * self.width..(row + 1) * self.width]
    }

    pub fn into_numbers(self) -> Vec<f32> {
        self.numbers
    }

    pub fn add(&mut self, other: &Matrix) {
        self.numbers.iter_mut().zip(&other.numbers).for_each(|(a, b)| *a += b);
    }

    pub fn subtract(&mut self, other: &Matrix) {
        self.numbers.iter_mut().zip(&other.numbers).for_each(|(a, b)| *a -= b);
    }

    fn view(&self) -> MatRef<'_, f32> {
        MatRef::from_row_major_slice(&self.numbers, self.rows(), self.width)
    }

    fn from_faer(mat: MatRef<'_, f32>) -> Matrix {
        let numbers = (0..mat.nrows()).flat_map(|i| (0..mat.ncols()).map(move |j| mat[(i, j)])).collect();
        Matrix { width: mat.ncols(), numbers }
    }

    pub fn times(&self, other: &Matrix) -> Matrix {
        Matrix::from_faer((self.view() * other.view()).as_ref())
    }
}

/// The mean of the rows of each text's pieces.
pub fn means(texts: &[Vec<usize>], rows: &Matrix) -> Matrix {
    let mut out = Matrix::zero(texts.len(), rows.width);
    for (i, text) in texts.iter().enumerate() {
        let share = 1.0 / text.len().max(1) as f32;
        let mean = out.row_mut(i);
        for piece in text {
            mean.iter_mut().zip(rows.row(*piece)).for_each(|(m, x)| *m += share * x);
        }
    }
    out
}

/// The transpose of [`means`]: each text's row goes to its pieces, in shares.
fn spread(texts: &[Vec<usize>], rows: &Matrix, pieces: usize) -> Matrix {
    let mut out = Matrix::zero(pieces, rows.width);
    for (i, text) in texts.iter().enumerate() {
        let share = 1.0 / text.len().max(1) as f32;
        for piece in text {
            out.row_mut(*piece).iter_mut().zip(rows.row(i)).for_each(|(o, x)| *o += share * x);
        }
    }
    out
}

/// The map M that makes |X M − Y|² + ridge |M|² least.
pub fn ridge(x: &Matrix, y: &Matrix, ridge: f64) -> Result<Matrix, Box<dyn Error>> {
    let mut gram = x.view().transpose() * x.view();
    for i in 0..x.width {
        gram[(i, i)] += ridge as f32;
    }
    let right = x.view().transpose() * y.view();
    let factor = gram.llt(Side::Lower).map_err(|e| format!("{e:?}"))?;
    Ok(Matrix::from_faer(factor.solve(&right).as_ref()))
}

/// The corrections D, one row a piece, that make |means(D) − left|² + ridge |D|² least, by conjugate gradients, for all columns
/// side by side.
pub fn sparse_ridge(texts: &[Vec<usize>], left: &Matrix, pieces: usize, ridge: f64) -> Matrix {
    const ROUNDS: usize = 40;
    let columns = left.width;
    let dots = |a: &Matrix, b: &Matrix| -> Vec<f64> {
        let mut out = vec![0.0; columns];
        for (a, b) in a.numbers.chunks_exact(columns).zip(b.numbers.chunks_exact(columns)) {
            out.iter_mut().zip(a.iter().zip(b)).for_each(|(o, (a, b))| *o += *a as f64 * *b as f64);
        }
        out
    };
    // to += factor (one a column) × from
    let blend = |to: &mut Matrix, factor: &[f64], from: &Matrix| {
        for (to, from) in to.numbers.chunks_exact_mut(columns).zip(from.numbers.chunks_exact(columns)) {
            to.iter_mut().zip(from.iter().zip(factor)).for_each(|(t, (f, x))| *t += *x as f32 * f);
        }
    };
    let mut solution = Matrix::zero(pieces, columns);
    let mut residual = spread(texts, left, pieces);
    let mut direction = residual.clone();
    let mut size = dots(&residual, &residual);
    for _ in 0..ROUNDS {
        let mut image = spread(texts, &means(texts, &direction), pieces);
        blend(&mut image, &vec![ridge; columns], &direction);
        let curvature = dots(&direction, &image);
        let step: Vec<f64> = size.iter().zip(&curvature).map(|(s, c)| if *c > 0.0 { s / c } else { 0.0 }).collect();
        blend(&mut solution, &step, &direction);
        blend(&mut residual, &step.iter().map(|s| -s).collect::<Vec<_>>(), &image);
        let new_size = dots(&residual, &residual);
        let turn: Vec<f64> = new_size.iter().zip(&size).map(|(n, s)| if *s > 0.0 { n / s } else { 0.0 }).collect();
        let mut next = residual.clone();
        blend(&mut next, &turn, &direction);
        (direction, size) = (next, new_size);
    }
    solution
}

/// The first axes of the rows (not centred), as columns: what is kept of a row when it is multiplied by them.
pub fn main_axes(rows: &Matrix, count: usize) -> Result<Matrix, Box<dyn Error>> {
    let gram: Mat<f32> = rows.view().transpose() * rows.view();
    let eigen = gram.self_adjoint_eigen(Side::Lower).map_err(|e| format!("{e:?}"))?;
    // Ascending; the sign of an axis is arbitrary, so that its largest number is made positive.
    let axes = eigen.U();
    let mut out = Matrix::zero(rows.width, count);
    for k in 0..count {
        let axis: Vec<f32> = (0..rows.width).map(|i| axes[(i, rows.width - 1 - k)]).collect();
        let largest = axis.iter().copied().fold(0.0_f32, |m, x| if x.abs() > m.abs() { x } else { m });
        for (i, x) in axis.iter().enumerate() {
            out.row_mut(i)[k] = x * largest.signum();
        }
    }
    Ok(out)
}

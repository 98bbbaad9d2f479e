//! Features of every unit on one scale: rank-Gaussian by the reference.

use rayon::prelude::*;

use crate::Rows;
use crate::estimate::normal_quantile;

/// Where a value stands among the reference's, as a standard normal deviate: Φ⁻¹ of its mid-rank (ties share the middle of
/// their ranks), clipped at ±3, so that no single feature can carry a distance.
#[derive(Debug, Clone)]
pub struct RankScale {
    columns: Vec<Vec<f32>>,
    /// Φ⁻¹(h / 2N) for h = 0…2N half ranks, clipped.
    deviates: Vec<f32>,
}

/// Where deviates are cut.
pub const CLIP: f64 = 3.0;

impl RankScale {
    /// From the reference's values as they were measured.
    #[must_use]
    pub fn fit(reference: &Rows) -> Self {
        let n = reference.len();
        let columns = (0..reference.dim())
            .map(|c| {
                let mut column: Vec<f32> = reference.iter().map(|row| row[c]).collect();
                column.sort_by(f32::total_cmp);
                column
            })
            .collect();
        let deviates = (0..=2 * n)
            .map(|h| {
                let z = if h == 0 {
                    -CLIP
                } else if h == 2 * n {
                    CLIP
                } else {
                    normal_quantile(h as f64 / (2 * n) as f64)
                };
                z.clamp(-CLIP, CLIP) as f32
            })
            .collect();
        Self { columns, deviates }
    }

    /// Rows of deviates from rows of values.
    #[must_use]
    pub fn apply(&self, values: &Rows) -> Rows {
        let dim = self.columns.len();
        let mut out = vec![0.0f32; values.len() * dim];
        out.par_chunks_mut(dim).enumerate().for_each(|(i, to)| {
            for ((to, &x), column) in to.iter_mut().zip(values.row(i)).zip(&self.columns) {
                let below = column.partition_point(|v| *v < x);
                let upto = below + column[below..].partition_point(|v| *v <= x);
                *to = self.deviates[below + upto];
            }
        });
        Rows::new(out, dim)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_middle_ranks_and_clipped() {
        let scale = RankScale::fit(&Rows::new(vec![1.0, 2.0, 2.0, 5.0], 1));
        let z = scale.apply(&Rows::new(vec![2.0, 1.0, 9.0, -1.0, 3.0], 1));
        let expect = [0.5, 0.125, 1.0, 0.0, 0.75].map(|p: f64| normal_quantile(p).clamp(-3.0, 3.0));
        for (row, e) in z.iter().zip(expect) {
            assert!((f64::from(row[0]) - e).abs() < 1e-6);
        }
    }

    #[test]
    fn a_constant_column_is_0_for_its_value() {
        let z = RankScale::fit(&Rows::new(vec![7.0; 3], 1)).apply(&Rows::new(vec![7.0, 8.0, 6.0], 1));
        assert_eq!((z.row(0)[0], z.row(1)[0], z.row(2)[0]), (0.0, 3.0, -3.0));
    }
}

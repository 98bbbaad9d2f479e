//! Texts as rows of numbers, and distances between them.

use rayon::prelude::*;

/// Rows of equal width, row-major. One row is one text; a column is one feature.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rows {
    data: Vec<f32>,
    dim: usize,
}

impl Rows {
    /// `data` holds rows of `dim` values one after another.
    ///
    /// # Panics
    /// If `data` is not a whole number of rows.
    #[must_use]
    pub fn new(data: Vec<f32>, dim: usize) -> Self {
        assert!(dim > 0 && data.len().is_multiple_of(dim), "{} values are no whole rows of {dim}", data.len());
        Self { data, dim }
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.data.len().checked_div(self.dim).unwrap_or(0)
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// Number of columns.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.dim
    }

    #[must_use]
    pub fn row(&self, i: usize) -> &[f32] {
        &self.data[i * self.dim..(i + 1) * self.dim]
    }

    /// All values, row after row.
    pub(crate) fn flat(&self) -> &[f32] {
        &self.data
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        self.data.chunks_exact(self.dim.max(1))
    }

    /// The rows of these indices, in their order.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        Self::new(rows.iter().flat_map(|&i| self.row(i)).copied().collect(), self.dim)
    }

    /// The columns of these indices, in their order.
    #[must_use]
    pub fn columns(&self, columns: &[usize]) -> Self {
        Self::new(self.iter().flat_map(|r| columns.iter().map(|&c| r[c])).collect(), columns.len())
    }
}

/// Squared Euclidean distance.
#[must_use]
pub fn squared(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).fold(0.0, |sum, (x, y)| sum + (x - y) * (x - y))
}

/// Lanes that a block holds side by side: eight 4-wide registers of sums, which the smallest x86-64 has.
const LANES: usize = 32;

/// Rows laid out so that one target is held against 32 of them at once. Distances are sums of squared differences in the
/// order of the columns, not a product of matrices: equal rows then lie at exactly equal distances, which ties need.
pub(crate) struct Blocked {
    data: Vec<f32>,
    len: usize,
    dim: usize,
}

impl Blocked {
    pub(crate) fn new(rows: &Rows) -> Self {
        let (len, dim) = (rows.len(), rows.dim());
        let mut data = vec![0.0; len.div_ceil(LANES) * LANES * dim];
        for (i, row) in rows.iter().enumerate() {
            let base = i / LANES * LANES * dim + i % LANES;
            for (f, &x) in row.iter().enumerate() {
                data[base + f * LANES] = x;
            }
        }
        Self { data, len, dim }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Squared distances of `target` to every row, into `out` (resized).
    pub(crate) fn squared(&self, target: &[f32], out: &mut Vec<f32>) {
        out.clear();
        out.reserve(self.len + LANES);
        for block in self.data.chunks_exact(LANES * self.dim) {
            let mut sums = [0.0f32; LANES];
            for (t, column) in target.iter().zip(block.chunks_exact(LANES)) {
                for (sum, x) in sums.iter_mut().zip(column) {
                    let d = t - x;
                    *sum += d * d;
                }
            }
            out.extend_from_slice(&sums);
        }
        out.truncate(self.len);
    }
}

/// For every row of `of`, the index of the nearest row of `among` (the first of equals) and the squared distance; rows
/// for which `allowed(i, j)` is false are passed over. `among` must hold an allowed row for each.
pub(crate) fn nearest(of: &Rows, among: &Rows, allowed: impl Fn(usize, usize) -> bool + Sync) -> Vec<(u32, f32)> {
    let blocked = Blocked::new(among);
    (0..of.len())
        .into_par_iter()
        .map_init(Vec::new, |distances, i| {
            blocked.squared(of.row(i), distances);
            let mut best = (u32::MAX, f32::INFINITY);
            for (j, &d) in distances.iter().enumerate() {
                if d < best.1 && allowed(i, j) {
                    best = (j as u32, d);
                }
            }
            best
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{prop_assert_eq, proptest};

    proptest! {
        #[test]
        fn blocked_distances_are_the_plain_ones(
            dim in 1usize..9,
            seed in 0u64..1000,
            n in 1usize..80,
        ) {
            let mut rng = crate::Rng::new(seed);
            let rows = Rows::new((0..n * dim).map(|_| rng.normal() as f32).collect(), dim);
            let target: Vec<f32> = (0..dim).map(|_| rng.normal() as f32).collect();
            let mut out = Vec::new();
            Blocked::new(&rows).squared(&target, &mut out);
            prop_assert_eq!(out.len(), n);
            for (i, d) in out.iter().enumerate() {
                prop_assert_eq!(*d, squared(&target, rows.row(i)));
            }
        }
    }
}

//! Precision, recall, density and coverage: who lies in whose balls.

use rayon::prelude::*;

use super::product::{BLOCK, length, products};
use crate::Rows;

/// Which rows lie in the balls about the other set's rows, where a ball reaches to its centre's k-th neighbour in its own
/// set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifold {
    /// Neighbours that a ball reaches to.
    pub k: usize,
    /// For every sample: the balls of the reference that it lies in.
    pub inside: Vec<u32>,
    /// For every row of the reference: whether it lies in a sample's ball.
    pub reached: Vec<bool>,
    /// For every row of the reference: whether a sample lies in its ball.
    pub covered: Vec<bool>,
}

impl Manifold {
    /// Share of the samples that lie in a ball of the reference (Kynkäänniemi et al. 2019, eq. 2).
    #[must_use]
    pub fn precision(&self) -> f64 {
        share(self.inside.iter().map(|balls| *balls > 0))
    }

    /// Share of the reference that lies in a ball of the samples (Kynkäänniemi et al. 2019, eq. 2).
    #[must_use]
    pub fn recall(&self) -> f64 {
        share(self.reached.iter().copied())
    }

    /// Balls that a sample lies in, a k-th of their mean: may be above 1 (Naeem et al. 2020, eq. 4).
    #[must_use]
    pub fn density(&self) -> f64 {
        let balls: u64 = self.inside.iter().map(|balls| u64::from(*balls)).sum();
        balls as f64 / (self.k * self.inside.len()) as f64
    }

    /// Share of the reference whose ball holds a sample (Naeem et al. 2020, eq. 6).
    #[must_use]
    pub fn coverage(&self) -> f64 {
        share(self.covered.iter().copied())
    }
}

fn share(flags: impl ExactSizeIterator<Item = bool>) -> f64 {
    let n = flags.len() as f64;
    flags.filter(|f| *f).count() as f64 / n
}

/// The balls of both sets. None where one of them has no k-th neighbour.
///
/// Distances come from products of matrices in single precision; where rounding could change an answer, the pair is
/// computed again in double precision. So the answers are exact.
#[must_use]
pub fn manifold(samples: &Rows, reference: &Rows, k: usize) -> Option<Manifold> {
    if k == 0 || samples.len() <= k || reference.len() <= k {
        return None;
    }
    let (samples, reference) = (Set::new(samples), Set::new(reference));
    let (sample_radii, reference_radii) = (samples.radii(k), reference.radii(k));
    let limits: Vec<f32> =
        sample_radii.iter().zip(&samples.lengths).map(|(r, l)| *r as f32 + samples.slack * l).collect();
    let parts: Vec<(Vec<u32>, Vec<[bool; 2]>)> = reference
        .blocks()
        .into_par_iter()
        .map_init(Vec::new, |distances, from| {
            samples.squared(&reference, from, distances);
            let mut inside = vec![0u32; samples.rows.len()];
            let found = distances
                .chunks_exact(samples.rows.len())
                .enumerate()
                .map(|(at, row)| {
                    let i = from + at;
                    let (radius, slack) = (reference_radii[i], reference.slack * reference.lengths[i]);
                    let nearer = |j: usize, radius: f64| {
                        let unsure = f64::from(slack + samples.slack * samples.lengths[j]);
                        let d = f64::from(row[j]);
                        d < radius - unsure || (d < radius + unsure && reference.exact(i, &samples, j) < radius)
                    };
                    let (mut covered, mut reached) = (false, false);
                    let farthest = radius as f32 + slack + samples.most_slack();
                    for (j, (&d, &limit)) in row.iter().zip(&limits).enumerate() {
                        if d < farthest && nearer(j, radius) {
                            inside[j] += 1;
                            covered = true;
                        }
                        if d - slack < limit && !reached {
                            reached = nearer(j, sample_radii[j]);
                        }
                    }
                    [covered, reached]
                })
                .collect();
            (inside, found)
        })
        .collect();
    let mut inside = vec![0u32; samples.rows.len()];
    parts.iter().for_each(|(part, _)| inside.iter_mut().zip(part).for_each(|(sum, x)| *sum += x));
    let found: Vec<[bool; 2]> = parts.into_iter().flat_map(|(_, found)| found).collect();
    Some(Manifold {
        k,
        inside,
        covered: found.iter().map(|f| f[0]).collect(),
        reached: found.iter().map(|f| f[1]).collect(),
    })
}

/// Rows with their squared lengths.
struct Set<'a> {
    rows: &'a Rows,
    lengths: Vec<f32>,
    /// How far a squared distance may be wrong, as a share of the squared lengths of both rows: (d + 16) roundings of 2⁻²⁴,
    /// the bound for a sum of d products (Higham 2002, eq. 3.5) with room for the rest.
    slack: f32,
}

impl<'a> Set<'a> {
    fn new(rows: &'a Rows) -> Self {
        let lengths = rows.iter().map(|row| length(row) as f32).collect();
        Self { rows, lengths, slack: (rows.dim() + 16) as f32 / (1u32 << 24) as f32 }
    }

    fn blocks(&self) -> Vec<usize> {
        (0..self.rows.len()).step_by(BLOCK).collect()
    }

    fn most_slack(&self) -> f32 {
        self.slack * self.lengths.iter().copied().fold(0.0, f32::max)
    }

    /// Squared distances, nearly, of a block of the other set's rows to all of this one.
    fn squared(&self, other: &Set, from: usize, out: &mut Vec<f32>) {
        let d = self.rows.dim();
        let until = (from + BLOCK).min(other.rows.len());
        products(&other.rows.flat()[from * d..until * d], self.rows, out);
        for (row, own) in out.chunks_exact_mut(self.rows.len()).zip(&other.lengths[from..until]) {
            row.iter_mut().zip(&self.lengths).for_each(|(x, l)| *x = own + l - 2.0 * *x);
        }
    }

    fn exact(&self, i: usize, other: &Set, j: usize) -> f64 {
        let pairs = self.rows.row(i).iter().zip(other.rows.row(j));
        pairs.map(|(x, y)| (f64::from(*x) - f64::from(*y)).powi(2)).sum()
    }

    /// For every row the squared distance of its k-th neighbour in the set.
    fn radii(&self, k: usize) -> Vec<f64> {
        let most = self.most_slack();
        self.blocks()
            .into_par_iter()
            .map_init(Vec::new, |distances, from| {
                self.squared(self, from, distances);
                let rows = distances.chunks_exact_mut(self.rows.len()).enumerate();
                rows.map(|(at, row)| {
                    let i = from + at;
                    row[i] = f32::INFINITY;
                    let limit = kth_smallest(row, k) + 2.0 * (self.slack * self.lengths[i] + most);
                    let near = row.iter().enumerate().filter(|(_, d)| **d <= limit);
                    let mut exact: Vec<f64> = near.map(|(j, _)| self.exact(i, self, j)).collect();
                    exact.sort_unstable_by(f64::total_cmp);
                    exact[k - 1]
                })
                .collect::<Vec<f64>>()
            })
            .flatten_iter()
            .collect()
    }
}

/// The k-th smallest value (k ≥ 1).
fn kth_smallest(values: &[f32], k: usize) -> f32 {
    let mut smallest: Vec<f32> = values[..k].to_vec();
    smallest.sort_unstable_by(f32::total_cmp);
    let mut last = smallest[k - 1];
    for &v in &values[k..] {
        if v < last {
            let at = smallest.partition_point(|s| *s <= v);
            smallest.pop();
            smallest.insert(at, v);
            last = smallest[k - 1];
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rng;
    use crate::peers::tests::{close, reference, samples};
    use crate::squared;
    use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};

    /// The definition, pair by pair.
    fn slow(samples: &Rows, reference: &Rows, k: usize) -> Manifold {
        let radius = |rows: &Rows, i: usize| {
            let mut d: Vec<f32> =
                (0..rows.len()).filter(|j| *j != i).map(|j| squared(rows.row(i), rows.row(j))).collect();
            d.sort_by(f32::total_cmp);
            d[k - 1]
        };
        let radii = |rows: &Rows| (0..rows.len()).map(|i| radius(rows, i)).collect::<Vec<f32>>();
        let (rs, rr) = (radii(samples), radii(reference));
        let d = |i: usize, j: usize| squared(reference.row(i), samples.row(j));
        let (s, r) = (0..samples.len(), 0..reference.len());
        Manifold {
            k,
            inside: s.clone().map(|j| r.clone().filter(|&i| d(i, j) < rr[i]).count() as u32).collect(),
            reached: r.clone().map(|i| s.clone().any(|j| d(i, j) < rs[j])).collect(),
            covered: r.map(|i| s.clone().any(|j| d(i, j) < rr[i])).collect(),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        /// On coarse grids, where many distances are equal.
        #[test]
        fn equals_the_definition(seed in 0u64..10_000, n in 6usize..300, k in 1usize..5, far in 0u32..2) {
            let mut rng = Rng::new(seed);
            let mut grid = |n: usize| {
                Rows::new((0..n * 3).map(|_| rng.below(5) as f32 + 100.0 * far as f32).collect(), 3)
            };
            let (s, r) = (grid(n), grid(n + 7));
            prop_assert_eq!(manifold(&s, &r, k), Some(slow(&s, &r, k)));
        }
    }

    #[test]
    fn equals_prdc() {
        let found = manifold(&samples(), &reference(), 5).expect("there are more than five rows");
        assert_eq!(found, slow(&samples(), &reference(), 5));
        // prdc 0.2, compute_prdc(reference, samples, nearest_k=5)
        close(found.precision(), 1.000000000);
        close(found.recall(), 0.613333333);
        close(found.density(), 1.570000000);
        close(found.coverage(), 0.946666667);
    }

    #[test]
    fn too_few_rows_have_no_balls() {
        assert_eq!(manifold(&samples(), &reference().select(&[0, 1, 2]), 3), None);
    }
}

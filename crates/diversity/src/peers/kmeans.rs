//! Lloyd's k-means.

use rayon::prelude::*;

use super::product::{length, products};
use crate::{Rng, Rows};

/// Rows whose products with all centres are held at once.
const BLOCK: usize = 512;

/// Labels of the best of `restarts` seeded runs (Lloyd 1982): k different rows as first centres, then until no label
/// changes or `most` rounds are over. A centre without rows is put on the row that lies farthest from its own.
pub(super) fn kmeans(rows: &Rows, k: usize, seed: u64, restarts: usize, most: usize) -> Vec<u32> {
    let k = k.min(rows.len());
    let mut best = (f64::INFINITY, Vec::new());
    for restart in 0..restarts {
        let mut run = Run::new(rows, &Rng::stream(seed, restart as u64).choose(rows.len(), k));
        for _round in 0..most {
            run.assign();
            if !run.move_centres() {
                break;
            }
        }
        run.assign();
        let objective = run.objective();
        if objective < best.0 {
            best = (objective, run.labels);
        }
    }
    best.1
}

struct Run<'a> {
    rows: &'a Rows,
    lengths: Vec<f32>,
    centres: Rows,
    /// Centres that moved in the last round.
    moved: Vec<bool>,
    labels: Vec<u32>,
    /// |c|² − 2xc of every row with its own centre: the squared distance without |x|².
    near: Vec<f32>,
}

impl<'a> Run<'a> {
    fn new(rows: &'a Rows, first: &[usize]) -> Self {
        Self {
            rows,
            lengths: rows.iter().map(|row| length(row) as f32).collect(),
            centres: rows.select(first),
            moved: vec![true; first.len()],
            labels: vec![u32::MAX; rows.len()],
            near: vec![f32::INFINITY; rows.len()],
        }
    }

    /// Every row to its nearest centre. A row whose own centre stayed is held against the moved ones alone: all others are
    /// as far as they were.
    fn assign(&mut self) {
        let every: Vec<usize> = (0..self.centres.len()).collect();
        let moved: Vec<usize> = every.iter().copied().filter(|&c| self.moved[c]).collect();
        let stayed = |label: u32| self.moved.get(label as usize) == Some(&false);
        let (some, all): (Vec<usize>, Vec<usize>) = (0..self.rows.len()).partition(|&i| stayed(self.labels[i]));
        for &i in &all {
            self.near[i] = f32::INFINITY;
        }
        for (rows, among) in [(all, every), (some, moved)] {
            if rows.is_empty() || among.is_empty() {
                continue;
            }
            let centres = self.centres.select(&among);
            let lengths: Vec<f32> = centres.iter().map(|c| length(c) as f32).collect();
            let found: Vec<(u32, f32)> = rows
                .par_chunks(BLOCK)
                .map_init(Vec::new, |out, block| {
                    products(self.rows.select(block).flat(), &centres, out);
                    let best =
                        |(row, i): (&[f32], &usize)| nearest(row, &lengths, &among, self.labels[*i], self.near[*i]);
                    out.chunks_exact(among.len()).zip(block).map(best).collect::<Vec<_>>()
                })
                .flatten_iter()
                .collect();
            for (i, (label, near)) in rows.into_iter().zip(found) {
                self.labels[i] = label;
                self.near[i] = near;
            }
        }
    }

    /// Every centre to the mean of its rows; whether any moved.
    fn move_centres(&mut self) -> bool {
        let d = self.rows.dim();
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); self.centres.len()];
        self.labels.iter().enumerate().for_each(|(i, l)| members[*l as usize].push(i));
        let empty: Vec<usize> = (0..members.len()).filter(|&c| members[c].is_empty()).collect();
        for (c, row) in empty.into_iter().zip(self.farthest_first()) {
            members[self.labels[row] as usize].retain(|&i| i != row);
            members[c].push(row);
        }
        let means: Vec<f32> = members
            .par_iter()
            .enumerate()
            .flat_map_iter(|(c, members)| {
                let mut sum = vec![0.0f64; d];
                for &i in members {
                    sum.iter_mut().zip(self.rows.row(i)).for_each(|(s, x)| *s += f64::from(*x));
                }
                let n = members.len() as f64;
                let mean: Vec<f32> = match members.is_empty() {
                    true => self.centres.row(c).to_vec(),
                    false => sum.into_iter().map(|s| (s / n) as f32).collect(),
                };
                mean
            })
            .collect();
        let centres = Rows::new(means, d);
        self.moved = centres.iter().zip(self.centres.iter()).map(|(new, old)| new != old).collect();
        self.centres = centres;
        self.moved.contains(&true)
    }

    /// Rows by distance from their centre, the farthest first.
    fn farthest_first(&self) -> Vec<usize> {
        let d = |i: usize| self.lengths[i] + self.near[i];
        let mut rows: Vec<usize> = (0..self.rows.len()).collect();
        rows.sort_by(|&i, &j| d(j).total_cmp(&d(i)).then(i.cmp(&j)));
        rows
    }

    fn objective(&self) -> f64 {
        self.lengths.iter().zip(&self.near).map(|(l, n)| f64::from(l + n)).sum()
    }
}

/// The nearest of some centres, or the one so far where none is nearer.
fn nearest(products: &[f32], lengths: &[f32], centres: &[usize], label: u32, near: f32) -> (u32, f32) {
    let mut best = (label, near);
    for ((p, l), &c) in products.iter().zip(lengths).zip(centres) {
        let d = l - 2.0 * p;
        if d < best.1 {
            best = (c as u32, d);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peers::tests::array;
    use crate::squared;

    /// No row lies nearer to another centre than to its own, and every centre is the mean of its rows.
    #[test]
    fn it_ends_in_a_fixed_point() {
        let rows = array(700, 6, 5, 1.0, 0.0);
        let labels = kmeans(&rows, 20, 3, 1, 500);
        let centre = |c: usize| -> Vec<f32> {
            let own: Vec<usize> = (0..700).filter(|&i| labels[i] as usize == c).collect();
            (0..6).map(|f| own.iter().map(|&i| rows.row(i)[f]).sum::<f32>() / own.len() as f32).collect()
        };
        let centres: Vec<Vec<f32>> = (0..20).map(centre).collect();
        for (i, row) in rows.iter().enumerate() {
            let own = squared(row, &centres[labels[i] as usize]);
            assert!(centres.iter().all(|c| squared(row, c) >= own - 1e-4));
        }
    }

    #[test]
    fn heaps_are_found_and_no_cluster_is_empty() {
        let heaps = Rows::new((0..90).flat_map(|i| [(i % 3 * 10) as f32, (i % 7) as f32 * 0.1]).collect(), 2);
        let labels = kmeans(&heaps, 3, 1, 5, 100);
        assert!((0..90).all(|i| (labels[i] == labels[0]) == (i % 3 == 0)));
        let copies = Rows::new([vec![0.0; 50], vec![1.0; 4]].concat(), 2);
        assert_eq!(kmeans(&copies, 2, 1, 3, 100).iter().collect::<std::collections::BTreeSet<_>>().len(), 2);
    }
}

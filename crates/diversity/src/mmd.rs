//! Maximum mean discrepancy with a test that respects who wrote what.

use rayon::prelude::*;

use crate::rows::squared;
use crate::{Groups, Rng, Rows};

/// Texts of a side that enter; of more, a seeded draw, since the kernel is n².
const MOST: usize = 1000;
/// Bandwidths: the median squared distance times these. Each is twice the one before, so one exponential serves all.
const BANDWIDTHS: usize = 5;
/// Draws of the bootstrap that are computed side by side.
const LANES: usize = 16;

/// MMD² and the p-value of "both sets are drawn alike".
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mmd {
    pub value: f64,
    /// (1 + draws at least as large) / (1 + draws); 1 where a side has one group only.
    pub p: f64,
    /// Texts of both sides that entered.
    pub n: usize,
}

/// Unbiased MMD² (Gretton et al. 2012, eq. 3) with a sum of five Gaussian kernels around the median distance, and its wild bootstrap
/// (Chwialkowski, Sejdinovic & Gretton 2014) over whole groups, prompts and authors: what a group adds to either mean, less what the mean
/// would have it add, is given one random sign. Permuting texts alarms falsely as soon as texts of a group resemble each other.
/// Permuting whole groups takes them for alike: forty poems by one poet among single answers make the permuted sets vary more than
/// the true ones, and hide what is there.
#[must_use]
pub fn mmd2(samples: &Rows, prompts: &Groups, reference: &Rows, authors: &Groups, draws: usize, seed: u64) -> Mmd {
    let mut rng = Rng::new(seed);
    let mut draw = |rows: &Rows, groups: &Groups| {
        let mut chosen = rng.choose(rows.len(), MOST);
        chosen.sort_unstable();
        (rows.select(&chosen), groups.select(&chosen))
    };
    let ((s, prompts), (r, authors)) = (draw(samples, prompts), draw(reference, authors));
    let kernel = Kernel::around(&s, &r);
    let sums = Sums::new(&kernel, (&s, &prompts), (&r, &authors));
    Mmd { value: sums.mmd2(), p: sums.p(draws, seed), n: s.len() + r.len() }
}

/// The sum of Gaussian kernels.
struct Kernel {
    scale: f64,
}

impl Kernel {
    fn around(s: &Rows, r: &Rows) -> Self {
        let all: Vec<&[f32]> = s.iter().chain(r.iter()).collect();
        Self { scale: 1.0 / (2.0 * median_squared(&all) * f64::from(1u32 << (BANDWIDTHS / 2))) }
    }

    fn of(&self, a: &[f32], b: &[f32]) -> f64 {
        let mut e = (-f64::from(squared(a, b)) * self.scale).exp();
        let mut sum = e;
        for _ in 1..BANDWIDTHS {
            e *= e;
            sum += e;
        }
        sum
    }
}

/// Sums of the kernel between whole groups, of the samples first: value and test need no more.
struct Sums {
    /// Groups of the samples, and of both.
    of_samples: usize,
    count: usize,
    /// Texts of each group.
    sizes: Vec<f64>,
    /// `count × count`, a text with itself among them.
    between: Vec<f64>,
    /// The kernel of a text with itself.
    own: f64,
}

impl Sums {
    fn new(kernel: &Kernel, (s, prompts): (&Rows, &Groups), (r, authors): (&Rows, &Groups)) -> Self {
        let of_samples = prompts.count();
        let count = of_samples + authors.count();
        let all: Vec<(&[f32], usize)> = s
            .iter()
            .enumerate()
            .map(|(i, row)| (row, prompts.of(i)))
            .chain(r.iter().enumerate().map(|(i, row)| (row, of_samples + authors.of(i))))
            .collect();
        let of = |(a, _): &(&[f32], usize)| {
            let mut row = vec![0.0; count];
            all.iter().for_each(|(b, g)| row[*g] += kernel.of(a, b));
            row
        };
        let rows: Vec<Vec<f64>> = all.par_iter().map(of).collect();
        let (mut sizes, mut between) = (vec![0.0; count], vec![0.0; count * count]);
        for (row, (_, g)) in rows.iter().zip(&all) {
            sizes[*g] += 1.0;
            between[g * count..(g + 1) * count].iter_mut().zip(row).for_each(|(sum, k)| *sum += k);
        }
        Self { of_samples, count, sizes, between, own: BANDWIDTHS as f64 }
    }

    /// The side of a group, its groups, and its texts.
    fn side(&self, group: usize) -> (std::ops::Range<usize>, f64) {
        let groups = if group < self.of_samples { 0..self.of_samples } else { self.of_samples..self.count };
        (groups.clone(), self.sizes[groups].iter().sum())
    }

    fn sum(&self, a: std::ops::Range<usize>, b: std::ops::Range<usize>) -> f64 {
        a.map(|g| self.between[g * self.count..][b.clone()].iter().sum::<f64>()).sum()
    }

    fn mmd2(&self) -> f64 {
        let ((s, n), (r, m)) = (self.side(0), self.side(self.count - 1));
        let within = |side: &std::ops::Range<usize>, n: f64| {
            (self.sum(side.clone(), side.clone()) - n * self.own) / (n * (n - 1.0))
        };
        within(&s, n) + within(&r, m) - 2.0 * self.sum(s, r) / (n * m)
    }

    /// The share of draws that part the sets as far as they are parted.
    fn p(&self, draws: usize, seed: u64) -> f64 {
        let groups_r = self.count - self.of_samples;
        if self.of_samples < 2 || groups_r < 2 {
            return 1.0;
        }
        let ((s, n), (r, m)) = (self.side(0), self.side(self.count - 1));
        let apart = self.sum(s.clone(), s.clone()) / (n * n) + self.sum(r.clone(), r.clone()) / (m * m)
            - 2.0 * self.sum(s, r) / (n * m);
        let residuals = self.residuals();
        let larger: usize = (0..draws.div_ceil(LANES))
            .into_par_iter()
            .map(|block| {
                let mut rng = Rng::stream(seed, block as u64);
                let sign = |bits: u64, lane: usize| if bits >> lane & 1 == 1 { 1.0f32 } else { -1.0 };
                let signs: Vec<[f32; LANES]> = (0..self.count)
                    .map(|_| {
                        let bits = rng.next_u64() >> 32;
                        std::array::from_fn(|lane| sign(bits, lane))
                    })
                    .collect();
                let mut drawn = [0.0f64; LANES];
                for (row, own) in residuals.chunks_exact(self.count).zip(&signs) {
                    let mut sums = [0.0f32; LANES];
                    for (k, signs) in row.iter().zip(&signs) {
                        sums.iter_mut().zip(signs).for_each(|(sum, sign)| *sum += k * sign);
                    }
                    drawn.iter_mut().zip(sums).zip(own).for_each(|((d, sum), sign)| *d += f64::from(sum * sign));
                }
                drawn.iter().take(draws - block * LANES).filter(|d| **d >= apart).count()
            })
            .sum();
        (1 + larger) as f64 / (1 + draws) as f64
    }

    /// Scalar products of what the groups add to the difference of the means, less what their size would have them add. A side of G
    /// groups lost one of them to its mean, so its products are scaled by G / (G − 1).
    fn residuals(&self) -> Vec<f32> {
        let scale = |g: usize| {
            let (groups, texts) = self.side(g);
            let lost = groups.len() as f64 / (groups.len() as f64 - 1.0);
            if g < self.of_samples { lost.sqrt() / texts } else { -lost.sqrt() / texts }
        };
        let scales: Vec<f64> = (0..self.count).map(scale).collect();
        let sides = [0..self.of_samples, self.of_samples..self.count];
        let texts = [self.side(0).1, self.side(self.count - 1).1];
        let side = |g: usize| usize::from(g >= self.of_samples);
        // the mean kernel of each group with a text of either side, and of the sides among each other
        let with: Vec<[f64; 2]> =
            (0..self.count).map(|g| std::array::from_fn(|x| self.sum(g..g + 1, sides[x].clone()) / texts[x])).collect();
        let means: [[f64; 2]; 2] = std::array::from_fn(|a| {
            std::array::from_fn(|b| sides[a].clone().map(|g| with[g][b]).sum::<f64>() / texts[a])
        });
        let of = |g: usize| {
            let (with, scales) = (&with, &scales);
            (0..self.count).map(move |h| {
                let (a, b) = (side(g), side(h));
                let (m, n) = (self.sizes[g], self.sizes[h]);
                let sum = self.between[g * self.count + h] - n * with[g][b] - m * with[h][a] + m * n * means[a][b];
                (sum * scales[g] * scales[h]) as f32
            })
        };
        (0..self.count).flat_map(of).collect()
    }
}

fn median_squared(all: &[&[f32]]) -> f64 {
    let step = (all.len() / 200).max(1);
    let some: Vec<&[f32]> = all.iter().step_by(step).copied().collect();
    let mut d: Vec<f32> =
        some.iter().enumerate().flat_map(|(i, a)| some[i + 1..].iter().map(|b| squared(a, b))).collect();
    let middle = d.len() / 2;
    if d.is_empty() {
        return 1.0;
    }
    let (_, m, _) = d.select_nth_unstable_by(middle, f32::total_cmp);
    f64::from(*m).max(1e-9)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts of a group share a part: the situation in which permuting texts alarms falsely.
    fn grouped(groups: usize, each: usize, seed: u64, shift: f64) -> (Rows, Groups) {
        let mut rng = Rng::new(seed);
        let mut data = Vec::new();
        for _ in 0..groups {
            let centre: Vec<f64> = (0..4).map(|_| rng.normal() + shift).collect();
            for _ in 0..each {
                data.extend(centre.iter().map(|c| (c + 0.5 * rng.normal()) as f32));
            }
        }
        (Rows::new(data, 4), Groups::of_keys((0..groups * each).map(|i| i / each)))
    }

    #[test]
    fn unbiased_and_honest_under_the_null() {
        let (mut alarms, mut sum) = (0, 0.0);
        for t in 0..60 {
            let (s, gs) = grouped(20, 5, t, 0.0);
            let (r, gr) = grouped(60, 3, 1000 + t, 0.0);
            let m = mmd2(&s, &gs, &r, &gr, 199, 1);
            alarms += usize::from(m.p <= 0.05);
            sum += m.value / 60.0;
        }
        assert!(alarms <= 7, "{alarms} of 60 false alarms");
        assert!(sum.abs() < 0.1, "{sum}");
    }

    #[test]
    fn a_shift_is_found() {
        let (s, gs) = grouped(20, 5, 1, 1.0);
        let (r, gr) = grouped(60, 3, 2, 0.0);
        assert!(mmd2(&s, &gs, &r, &gr, 199, 1).p < 0.02);
    }

    /// Single texts beside the works of a few: permuting whole groups, the works made every permuted set vary, and a shift was hidden.
    #[test]
    fn large_groups_hide_nothing() {
        let (mut alarms, mut found) = (0, 0);
        for t in 0..40 {
            let (r, gr) = grouped(60, 12, 2000 + t, 0.0);
            let p = |shift: f64| {
                let (s, gs) = grouped(80, 1, 3000 + t, shift);
                mmd2(&s, &gs, &r, &gr, 199, 1).p
            };
            alarms += usize::from(p(0.0) <= 0.05);
            found += usize::from(p(0.6) <= 0.05);
        }
        assert!(alarms <= 6 && found >= 36, "{alarms} false alarms, {found} of 40 found");
    }

    #[test]
    fn one_group_proves_nothing() {
        let (s, _) = grouped(1, 50, 1, 3.0);
        let (r, gr) = grouped(60, 3, 2, 0.0);
        let m = mmd2(&s, &Groups::of_keys([0; 50]), &r, &gr, 99, 1);
        assert!(m.value > 0.5 && m.p == 1.0);
    }

    #[test]
    fn equals_the_sum_over_texts() {
        let (s, gs) = grouped(4, 3, 1, 0.3);
        let (r, gr) = grouped(5, 2, 2, 0.0);
        let median = median_squared(&s.iter().chain(r.iter()).collect::<Vec<_>>());
        let k = |a: &[f32], b: &[f32]| {
            [0.25, 0.5, 1.0, 2.0, 4.0]
                .iter()
                .map(|w| (-f64::from(squared(a, b)) / (2.0 * w * median)).exp())
                .sum::<f64>()
        };
        let mean = |a: &Rows, b: &Rows, same: bool| {
            let mut sum = 0.0;
            let mut n = 0;
            for i in 0..a.len() {
                for j in 0..b.len() {
                    if !(same && i == j) {
                        sum += k(a.row(i), b.row(j));
                        n += 1;
                    }
                }
            }
            sum / f64::from(n)
        };
        let slow = mean(&s, &s, true) + mean(&r, &r, true) - 2.0 * mean(&s, &r, false);
        assert!((mmd2(&s, &gs, &r, &gr, 9, 1).value - slow).abs() < 1e-9);
    }
}

//! Maximum mean discrepancy with a test that respects who wrote what.

use rayon::prelude::*;

use crate::rows::squared;
use crate::{Groups, Rng, Rows};

/// Texts of a side that enter, and groups of a side in the test; of more, a seeded draw, since the kernel is n².
const MOST: usize = 1000;
/// Bandwidths: the median squared distance times these. Each is twice the one before, so one exponential serves all.
const BANDWIDTHS: usize = 5;

/// MMD² and the p-value of "both sets are drawn from the same groups".
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mmd {
    pub value: f64,
    /// (1 + permutations at least as large) / (1 + permutations); 1 where a side has one group only.
    pub p: f64,
    /// Texts of both sides that entered.
    pub n: usize,
    /// Groups of both sides, each with one text, that the test exchanged.
    pub groups: usize,
}

/// Unbiased MMD² (Gretton et al. 2012, eq. 3) with a sum of five Gaussian kernels around the median distance, and a permutation
/// test in which every group, a prompt or an author, is one draw: one text of each, by a seeded draw, is exchanged. Permuting all texts alarms
/// falsely as soon as texts of a group resemble each other; permuting whole groups of other sizes (forty poems by one poet among single
/// answers) makes the exchanged sets vary more than the true ones, and hides what is there.
#[must_use]
pub fn mmd2(
    samples: &Rows,
    prompts: &Groups,
    reference: &Rows,
    authors: &Groups,
    permutations: usize,
    seed: u64,
) -> Mmd {
    let mut rng = Rng::new(seed);
    let mut draw = |rows: &Rows, n: usize| {
        let mut chosen = rng.choose(n, MOST);
        chosen.sort_unstable();
        rows.select(&chosen)
    };
    let (s, r) = (draw(samples, samples.len()), draw(reference, reference.len()));
    let value = Kernel::around(&s, &r).mmd2(&s, &r);
    let mut one_each = |rows: &Rows, groups: &Groups| {
        let each = groups.one_each(&mut rng);
        rows.select(&rng.choose(each.len(), MOST).into_iter().map(|i| each[i]).collect::<Vec<_>>())
    };
    let (ones_s, ones_r) = (one_each(samples, prompts), one_each(reference, authors));
    let p = exchanged(&ones_s, &ones_r, permutations, seed);
    Mmd { value, p, n: s.len() + r.len(), groups: ones_s.len() + ones_r.len() }
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

    fn mmd2(&self, s: &Rows, r: &Rows) -> f64 {
        self.within(s) + self.within(r) - 2.0 * self.sum(s, |_| r.iter()) / (s.len() * r.len()) as f64
    }

    /// The mean over pairs of different texts.
    fn within(&self, rows: &Rows) -> f64 {
        let n = rows.len();
        2.0 * self.sum(rows, |i| rows.iter().skip(i + 1)) / (n * (n - 1)) as f64
    }

    fn sum<'a, I: Iterator<Item = &'a [f32]>>(&self, rows: &'a Rows, others: impl Fn(usize) -> I + Sync) -> f64 {
        let of = |i: usize| others(i).map(|b| self.of(rows.row(i), b)).sum::<f64>();
        // summed in order, so that the number of threads does not show in the last digit
        let sums: Vec<f64> = (0..rows.len()).into_par_iter().map(of).collect();
        sums.iter().sum()
    }
}

/// The share of exchanges of texts that part the sets as far as they are parted.
fn exchanged(s: &Rows, r: &Rows, permutations: usize, seed: u64) -> f64 {
    if s.len() < 2 || r.len() < 2 {
        return 1.0;
    }
    // The sums over the smaller set and the totals of rows tell the rest.
    let (small, large) = if s.len() <= r.len() { (s, r) } else { (r, s) };
    let kernel = Kernel::around(small, large);
    let all: Vec<&[f32]> = small.iter().chain(large.iter()).collect();
    let n = all.len();
    let of =
        |i: usize| (0..n).map(|j| if i == j { 0.0 } else { kernel.of(all[i], all[j]) as f32 }).collect::<Vec<f32>>();
    let rows: Vec<Vec<f32>> = (0..n).into_par_iter().map(of).collect();
    let totals: Vec<f64> = rows.iter().map(|row| row.iter().copied().map(f64::from).sum()).collect();
    let total: f64 = totals.iter().sum();
    let apart = |chosen: &[usize]| {
        let (m, l) = (chosen.len() as f64, (n - chosen.len()) as f64);
        let within: f64 = chosen.iter().map(|&i| chosen.iter().map(|&j| f64::from(rows[i][j])).sum::<f64>()).sum();
        let between = chosen.iter().map(|&i| totals[i]).sum::<f64>() - within;
        let rest = total - within - 2.0 * between;
        within / (m * (m - 1.0)) + rest / (l * (l - 1.0)) - 2.0 * between / (m * l)
    };
    let m = small.len();
    let as_drawn = apart(&(0..m).collect::<Vec<_>>());
    let larger = (0..permutations)
        .into_par_iter()
        .filter(|&i| {
            let mut chosen = Rng::stream(seed, i as u64).choose(n, m);
            chosen.sort_unstable();
            apart(&chosen) >= as_drawn
        })
        .count();
    (1 + larger) as f64 / (1 + permutations) as f64
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

    /// Single texts among whole works of a few: exchanging whole groups, the works would make every exchanged set vary, and a shift of half a
    /// deviation was hidden.
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

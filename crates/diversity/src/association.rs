//! How much of what varies goes with a group: variance within and between groups, and mutual information.

use crate::{Groups, Rng, Rows};

/// Variance of rows within and between groups, a column on average.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Components {
    pub within: f64,
    /// Unbiased, so below nought where groups differ less than chance makes them differ.
    pub between: f64,
}

/// Components of variance in a one-way layout of unequal groups (Searle, Casella & McCulloch 1992, section 3.6: the method of
/// analysis of variance), over the rows for which `keep` is true. None without two groups, or without two rows in one.
#[must_use]
pub fn variance_components(rows: &Rows, groups: &Groups, keep: impl Fn(usize) -> bool) -> Option<Components> {
    let d = rows.dim();
    let mut sums = vec![0.0f64; groups.count() * d];
    let mut sizes = vec![0usize; groups.count()];
    let mut squares = 0.0;
    for i in (0..rows.len()).filter(|&i| keep(i)) {
        let g = groups.of(i);
        sizes[g] += 1;
        for (sum, x) in sums[g * d..(g + 1) * d].iter_mut().zip(rows.row(i)) {
            *sum += f64::from(*x);
            squares += f64::from(*x) * f64::from(*x);
        }
    }
    let n: usize = sizes.iter().sum();
    let used = sizes.iter().filter(|s| **s > 0).count();
    if used < 2 || n <= used {
        return None;
    }
    let of_means: f64 = sums
        .chunks_exact(d)
        .zip(&sizes)
        .filter(|(_, size)| **size > 0)
        .map(|(sum, size)| sum.iter().map(|s| s * s).sum::<f64>() / *size as f64)
        .sum();
    let total: Vec<f64> = (0..d).map(|f| sums.iter().skip(f).step_by(d).sum()).collect();
    let of_mean = total.iter().map(|s| s * s).sum::<f64>() / n as f64;
    let within = (squares - of_means) / (n - used) as f64;
    let among = (of_means - of_mean) / (used - 1) as f64;
    let typical = (n as f64 - sizes.iter().map(|s| (s * s) as f64).sum::<f64>() / n as f64) / (used - 1) as f64;
    Some(Components { within: within / d as f64, between: (among - within) / typical / d as f64 })
}

/// Mutual information in nats with what chance alone gives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Information {
    /// Σ p(g,k) ln p(g,k)/p(g)p(k), from the shares seen.
    pub value: f64,
    /// The mean and the central 95 % of the same where kinds are dealt to rows at random.
    pub chance: (f64, f64, f64),
    /// Share of the deals, with this one, that give as much.
    pub p: f64,
}

/// Mutual information of groups and kinds (Shannon 1948; Cover & Thomas 2006, eq. 2.28), with its permutation test: the
/// plain estimate is above nought for small groups even where kinds have nothing to do with groups.
#[must_use]
pub fn mutual_information(groups: &Groups, kinds: &Groups, permutations: usize, seed: u64) -> Information {
    let n = groups.len();
    let g: Vec<usize> = (0..n).map(|i| groups.of(i)).collect();
    let mut k: Vec<usize> = (0..n).map(|i| kinds.of(i)).collect();
    let size = |groups: &Groups, i: usize| groups.size(i) as f64;
    let plug_in = |k: &[usize]| {
        let mut joint = vec![0u32; groups.count() * kinds.count()];
        g.iter().zip(k).for_each(|(g, k)| joint[g * kinds.count() + k] += 1);
        let term = |(at, &c): (usize, &u32)| {
            let (c, all) = (f64::from(c), n as f64);
            let apart = size(groups, at / kinds.count()) * size(kinds, at % kinds.count());
            c / all * (c * all / apart).ln()
        };
        joint.iter().enumerate().filter(|(_, c)| **c > 0).map(term).sum::<f64>()
    };
    let value = plug_in(&k);
    let mut rng = Rng::new(seed);
    let mut dealt: Vec<f64> = (0..permutations)
        .map(|_| {
            rng.shuffle(&mut k);
            plug_in(&k)
        })
        .collect();
    dealt.sort_by(f64::total_cmp);
    let as_much = dealt.iter().filter(|v| **v >= value - 1e-12).count();
    let mean = dealt.iter().sum::<f64>() / dealt.len().max(1) as f64;
    let chance = (mean, crate::quantile(&dealt, 0.025), crate::quantile(&dealt, 0.975));
    Information { value, chance, p: (as_much + 1) as f64 / (permutations + 1) as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(between: f64, within: f64, seed: u64) -> (Rows, Groups) {
        let mut rng = Rng::new(seed);
        let means: Vec<f64> = (0..200).map(|_| rng.normal() * between).collect();
        let keys: Vec<usize> = (0..1000).map(|i| if i % 3 == 0 { i % 50 } else { i % 200 }).collect();
        let data =
            keys.iter().flat_map(|&g| [means[g] + rng.normal() * within, rng.normal() * within]).collect::<Vec<f64>>();
        (Rows::new(data.into_iter().map(|x| x as f32).collect(), 2), Groups::of_keys(keys))
    }

    #[test]
    fn components_are_those_that_were_put_in() {
        let (rows, groups) = drawn(2.0, 1.0, 3);
        let c = variance_components(&rows, &groups, |_| true).expect("there are groups");
        // one of two columns differs between groups
        assert!((c.within - 1.0).abs() < 0.15 && (c.between - 2.0).abs() < 0.7, "{c:?}");
        let (rows, groups) = drawn(0.0, 1.0, 4);
        let c = variance_components(&rows, &groups, |_| true).expect("there are groups");
        assert!(c.between.abs() < 0.1, "{c:?}");
        assert_eq!(variance_components(&rows, &Groups::single(1000), |_| true), None);
    }

    /// Balanced groups, by the textbook's sums.
    #[test]
    fn components_of_a_small_table() {
        let rows = Rows::new(vec![1.0, 3.0, 6.0, 8.0], 1);
        let c = variance_components(&rows, &Groups::of_keys([0, 0, 1, 1]), |_| true).expect("there are groups");
        assert!((c.within - 2.0).abs() < 1e-12 && (c.between - 11.5).abs() < 1e-12);
    }

    #[test]
    fn information_of_a_code_and_of_nothing() {
        let groups = Groups::of_keys((0..400).map(|i| i / 40));
        let code = mutual_information(&groups, &groups, 99, 1);
        assert!((code.value - 10f64.ln()).abs() < 1e-12 && code.p < 0.02);
        let mut rng = Rng::new(5);
        let nothing = mutual_information(&groups, &Groups::of_keys((0..400).map(|_| rng.below(6))), 199, 1);
        assert!(nothing.p > 0.05 && nothing.chance.1 < nothing.value && nothing.value < nothing.chance.2);
    }
}

//! How many kinds are in use, from counts of the kinds seen; what has not been seen yet.

/// Entropy (in nats) of a set from the counts of its kinds, without the bias of small samples, as a sample of `n ≤ N`
/// texts tells it: Chao, Wang & Jost 2013 (Methods Ecol. Evol. 4:1091), eq. 8. Its first term is the series
/// Σ_{k<n} (1/k) Σ_i (X_i/N) C(N−X_i, k)/C(N−1, k), each summand unbiased; its second estimates the rest of the series
/// from the kinds seen once and twice, f₁ and f₂. With n = N this is their estimator itself. With n < N the series is cut
/// at n and f₁, f₂ are what a draw of n of the N would show on average (rarefaction, Hurlbert 1971), so that sets of
/// different size can be compared at the same n without drawing.
#[must_use]
pub fn entropy_at(counts: &[usize], n: usize) -> f64 {
    let total: usize = counts.iter().sum();
    let n = n.min(total);
    if n < 2 {
        return 0.0;
    }
    let mut by_size = std::collections::BTreeMap::new();
    for &x in counts.iter().filter(|x| **x > 0) {
        *by_size.entry(x).or_insert(0usize) += 1;
    }
    let (mut seen, mut f1, mut f2) = (0.0, 0.0, 0.0);
    for (&x, &kinds) in &by_size {
        let kinds = kinds as f64;
        seen += kinds * x as f64 / total as f64 * series(x, total, n);
        let [one, two] = drawn_once_and_twice(x, total, n);
        f1 += kinds * one;
        f2 += kinds * two;
    }
    seen + unseen_tail(f1, f2, n)
}

/// Σ_{k=1}^{n−1} (1/k) C(N−x, k)/C(N−1, k).
fn series(x: usize, total: usize, n: usize) -> f64 {
    let (mut sum, mut p) = (0.0, 1.0);
    for k in 1..n {
        // factor t = k−1: (N−x−t)/(N−1−t)
        let (above, below) = (total - x, total - 1);
        if above < k {
            break;
        }
        p *= (above - (k - 1)) as f64 / (below - (k - 1)) as f64;
        sum += p / k as f64;
        if p < 1e-16 {
            break;
        }
    }
    sum
}

/// Chances that a draw of n of N holds exactly one, and exactly two, of x given texts.
fn drawn_once_and_twice(x: usize, total: usize, n: usize) -> [f64; 2] {
    if n == total {
        return [f64::from(x == 1), f64::from(x == 2)];
    }
    let choose = |k: usize| {
        use statrs::function::factorial::ln_binomial as ln;
        if k > x || n - k > total - x {
            return 0.0;
        }
        (ln(x as u64, k as u64) + ln((total - x) as u64, (n - k) as u64) - ln(total as u64, n as u64)).exp()
    };
    [choose(1), if n >= 2 { choose(2) } else { 0.0 }]
}

/// (f₁/n)(1−A)^{−n+1} {−ln A − Σ_{r=1}^{n−1} (1−A)^r / r}, with A = 2f₂/((n−1)f₁ + 2f₂), or 2/((n−1)(f₁−1) + 2) where
/// f₂ = 0. As a series it is (f₁/n) Σ_{r≥n} (1−A)^{r−n+1} / r, which does not cancel.
fn unseen_tail(f1: f64, f2: f64, n: usize) -> f64 {
    let m = n as f64;
    let a =
        if f2 > 1e-9 { 2.0 * f2 / ((m - 1.0) * f1 + 2.0 * f2) } else { 2.0 / ((m - 1.0) * (f1 - 1.0).max(0.0) + 2.0) };
    if f1 < 1e-9 || a >= 1.0 - 1e-12 {
        return 0.0;
    }
    let q = 1.0 - a;
    let (mut sum, mut power) = (0.0, q);
    let mut r = m;
    while power / r > 1e-13 * (sum + 1e-12) && r < m + 1e6 {
        sum += power / r;
        power *= q;
        r += 1.0;
    }
    f1 / m * sum
}

/// The share of the next texts that would be of a kind not seen yet: Good 1953 (with Turing), eq. 9, f₁/N.
#[must_use]
pub fn unseen_mass(counts: &[usize]) -> f64 {
    let total: usize = counts.iter().sum();
    if total == 0 {
        return f64::NAN;
    }
    counts.iter().filter(|c| **c == 1).count() as f64 / total as f64
}

/// Different kinds expected among n of the texts drawn without replacement: Σ_i [1 − C(N − N_i, n)/C(N, n)], rarefaction
/// (Hurlbert 1971, eq. 14). All kinds where n is not below N.
#[must_use]
pub fn distinct_at(counts: &[usize], n: usize) -> f64 {
    let total: usize = counts.iter().sum();
    if n >= total {
        return counts.iter().filter(|c| **c > 0).count() as f64;
    }
    let missed = |c: usize| (0..c).map(|i| (total - n).saturating_sub(i) as f64 / (total - i) as f64).product::<f64>();
    counts.iter().filter(|c| **c > 0).map(|&c| 1.0 - missed(c)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rng;
    use proptest::prelude::{prop, prop_assert, prop_assume, proptest};

    fn plug_in(counts: &[usize]) -> f64 {
        let n: usize = counts.iter().sum();
        counts.iter().filter(|c| **c > 0).map(|&c| -(c as f64 / n as f64) * (c as f64 / n as f64).ln()).sum()
    }

    /// Eq. 8 as it is printed, for n = N.
    fn printed(counts: &[usize]) -> f64 {
        let n: usize = counts.iter().sum();
        let m = n as f64;
        let first: f64 = counts
            .iter()
            .filter(|c| **c > 0 && **c < n)
            .map(|&x| x as f64 / m * (x..n).map(|k| 1.0 / k as f64).sum::<f64>())
            .sum();
        let f = |k: usize| counts.iter().filter(|c| **c == k).count() as f64;
        let (f1, f2) = (f(1), f(2));
        let a = if f2 > 0.0 {
            2.0 * f2 / ((m - 1.0) * f1 + 2.0 * f2)
        } else if f1 > 0.0 {
            2.0 / ((m - 1.0) * (f1 - 1.0) + 2.0)
        } else {
            1.0
        };
        if a >= 1.0 {
            return first;
        }
        let partial: f64 = (1..n).map(|r| (1.0 - a).powi(r as i32) / r as f64).sum();
        first + f1 / m * (1.0 - a).powf(1.0 - m) * (-a.ln() - partial)
    }

    proptest! {
        #[test]
        fn at_full_size_it_is_the_published_estimator(counts in prop::collection::vec(0usize..7, 2..20)) {
            let n: usize = counts.iter().sum();
            prop_assume!((2..60).contains(&n));
            prop_assert!((entropy_at(&counts, n) - printed(&counts)).abs() < 1e-5);
        }

        #[test]
        fn order_of_kinds_does_not_matter(mut counts in prop::collection::vec(0usize..9, 2..20), n in 2usize..40) {
            let a = entropy_at(&counts, n);
            counts.reverse();
            prop_assert!((a - entropy_at(&counts, n)).abs() < 1e-12);
        }
    }

    #[test]
    fn it_is_nearer_to_the_truth_than_the_plug_in_and_steady_in_n() {
        let kinds = 50;
        let truth = (kinds as f64).ln();
        let mut rng = Rng::new(1);
        let (mut plain, mut full, mut cut) = (0.0, 0.0, 0.0);
        for _ in 0..200 {
            let mut counts = vec![0usize; kinds];
            for _ in 0..120 {
                counts[rng.below(kinds)] += 1;
            }
            plain += plug_in(&counts) / 200.0;
            full += entropy_at(&counts, 120) / 200.0;
            cut += entropy_at(&counts, 60) / 200.0;
        }
        assert!((full - truth).abs() < 0.03 && truth - plain > 0.15, "{plain} {full} {truth}");
        assert!((cut - truth).abs() < 0.08, "{cut}");
    }

    #[test]
    fn one_kind_has_no_entropy() {
        assert_eq!(entropy_at(&[40, 0], 20), 0.0);
    }

    #[test]
    fn rarefaction_is_the_mean_of_all_draws() {
        // of {a a a b c}: the ten draws of two hold 2 kinds but for the three pairs aa, which hold 1
        assert!((distinct_at(&[3, 1, 1], 2) - 1.7).abs() < 1e-12);
        assert_eq!(distinct_at(&[3, 1, 1, 0], 9), 3.0);
        assert!((distinct_at(&[4], 3) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn good_turing() {
        assert!((unseen_mass(&[1, 1, 2, 6]) - 0.2).abs() < 1e-15);
    }
}

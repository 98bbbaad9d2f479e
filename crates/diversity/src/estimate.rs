//! A number with its interval, and the jackknife that gives it.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// Coverage of every interval here.
pub const LEVEL: f64 = 0.95;

/// A value with its 95 % interval. `low` and `high` are the value itself where no interval can be had (one group only);
/// `se` is then NaN.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    pub value: f64,
    pub low: f64,
    pub high: f64,
    /// Standard error on the scale of the value.
    pub se: f64,
}

impl Estimate {
    /// A value without interval.
    #[must_use]
    pub fn bare(value: f64) -> Self {
        Self { value, low: value, high: value, se: f64::NAN }
    }

    /// The same on another scale: `f` must rise (or fall) throughout.
    #[must_use]
    pub fn map(self, f: impl Fn(f64) -> f64) -> Self {
        let (a, b) = (f(self.low), f(self.high));
        let value = f(self.value);
        // an interval of no width has no slope to scale by
        let slope = if self.high > self.low { (b - a).abs() / (self.high - self.low) } else { 1.0 };
        Self { value, low: a.min(b), high: a.max(b), se: slope * self.se }
    }

    /// A share of `n` texts: its jackknife interval inside 0…1, and nowhere narrower than Wilson's for independent texts. (The
    /// jackknife alone says of 0 in 64 that it could be nothing else.)
    #[must_use]
    pub fn share_of(self, n: usize) -> Self {
        if n == 0 || !self.value.is_finite() {
            return self;
        }
        let least = wilson(self.value.clamp(0.0, 1.0), n as f64);
        let inside = self.within(0.0, 1.0);
        Self { low: inside.low.min(least.low), high: inside.high.max(least.high), ..inside }
    }

    /// The interval cut to what is possible.
    #[must_use]
    pub fn within(self, low: f64, high: f64) -> Self {
        Self { low: self.low.max(low), high: self.high.min(high), ..self }
    }

    /// Whether there is an interval at all.
    #[must_use]
    pub fn has_interval(&self) -> bool {
        self.se.is_finite()
    }
}

/// What another draw of the reference scores: mean and central 95 % over splits of the reference by group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NullRange {
    pub value: f64,
    pub low: f64,
    pub high: f64,
    pub sd: f64,
}

impl NullRange {
    /// From the values of all splits; None where fewer than two are finite.
    #[must_use]
    pub fn of(values: &[f64]) -> Option<Self> {
        let mut v: Vec<f64> = values.iter().copied().filter(|x| x.is_finite()).collect();
        if v.len() < 2 {
            return None;
        }
        v.sort_by(f64::total_cmp);
        let (mean, variance) = moments(&v);
        Some(Self { value: mean, low: expected(&v, 0.025), high: expected(&v, 0.975), sd: variance.sqrt() })
    }
}

/// The value under which one more draw falls with probability q (type 6 of Hyndman & Fan 1996, Weibull's): of few draws the quantile below
/// lies too far inside, and a range from it is left twice as often as it says.
fn expected(sorted: &[f64], q: f64) -> f64 {
    let (n, last) = (sorted.len() as f64, sorted.len() as f64 - 1.0);
    quantile(sorted, (q * (n + 1.0) - 1.0).clamp(0.0, last) / last)
}

/// Quantile of sorted values, linear between neighbours (type 7 of Hyndman & Fan 1996).
#[must_use]
pub fn quantile(sorted: &[f64], q: f64) -> f64 {
    let at = q * (sorted.len() as f64 - 1.0);
    let (i, f) = (at.floor() as usize, at.fract());
    match sorted.get(i + 1) {
        Some(next) if f > 0.0 => sorted[i] + f * (next - sorted[i]),
        _ => sorted[i],
    }
}

fn moments(v: &[f64]) -> (f64, f64) {
    let mean = v.iter().sum::<f64>() / v.len() as f64;
    (mean, v.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (v.len() as f64 - 1.0).max(1.0))
}

/// The interval of `value` from the values got by leaving out each group in turn, for one or more independent sources of
/// chance (samples by prompt, reference by author): the delete-a-group jackknife, V = (g−1)/g Σ(θ₍ᵢ₎ − θ̄)² (Kott 2001,
/// eq. 1; Efron & Stein 1981 show that it errs upward), variances of the sources added, Student's t with
/// Welch–Satterthwaite degrees of freedom. `extra` is a variance from elsewhere, added with many degrees of freedom.
#[must_use]
pub fn jackknife(value: f64, sources: &[&[f64]], extra: f64) -> Estimate {
    jackknife_at(value, sources, extra, LEVEL)
}

/// [`jackknife`] with a two-sided interval of another level.
#[must_use]
pub(crate) fn jackknife_at(value: f64, sources: &[&[f64]], extra: f64, level: f64) -> Estimate {
    match spread(sources, extra) {
        Some((variance, df)) if value.is_finite() => {
            let half = t_quantile(df, level) * variance.sqrt();
            Estimate { value, low: value - half, high: value + half, se: variance.sqrt() }
        }
        _ => Estimate::bare(value),
    }
}

/// Two-sided p of a value that is 0 in truth; None where there is no interval.
pub(crate) fn jackknife_p(value: f64, sources: &[&[f64]], extra: f64) -> Option<f64> {
    let (variance, df) = spread(sources, extra).filter(|_| value.is_finite())?;
    if variance <= 0.0 {
        // what adding and subtracting the same numbers leaves is no difference
        return Some(if value.abs() < 1e-12 { 1.0 } else { 0.0 });
    }
    let t = StudentsT::new(0.0, 1.0, df).ok()?;
    Some((2.0 * t.sf((value / variance.sqrt()).abs())).min(1.0))
}

/// The variance of all sources together, and its Welch–Satterthwaite degrees of freedom. None where no source has two values.
fn spread(sources: &[&[f64]], extra: f64) -> Option<(f64, f64)> {
    let mut variance = extra;
    let mut welch = 0.0;
    let mut any = false;
    for source in sources {
        let kept: Vec<f64> = source.iter().copied().filter(|v| v.is_finite()).collect();
        let g = kept.len() as f64;
        if kept.len() < 2 {
            continue;
        }
        any = true;
        let mean = kept.iter().sum::<f64>() / g;
        let v = (g - 1.0) / g * kept.iter().map(|t| (t - mean).powi(2)).sum::<f64>();
        variance += v;
        welch += v * v / (g - 1.0);
    }
    let df = if welch > 0.0 { (variance * variance / welch).clamp(1.0, 1e6) } else { 1e6 };
    (any && variance.is_finite()).then_some((variance, df))
}

fn t_quantile(df: f64, level: f64) -> f64 {
    StudentsT::new(0.0, 1.0, df).map_or(1.96, |t| t.inverse_cdf(0.5 + level / 2.0))
}

/// Mean of per-group values with its t interval.
#[must_use]
pub fn mean_with_interval(values: &[f64]) -> Estimate {
    let n = values.len() as f64;
    if values.is_empty() {
        return Estimate::bare(f64::NAN);
    }
    let (mean, variance) = moments(values);
    if values.len() < 2 {
        return Estimate::bare(mean);
    }
    let se = (variance / n).sqrt();
    let half = t_quantile(n - 1.0, LEVEL) * se;
    Estimate { value: mean, low: mean - half, high: mean + half, se }
}

/// P(Z ≤ z) of the standard normal.
#[must_use]
pub fn normal_cdf(z: f64) -> f64 {
    Normal::standard().cdf(z)
}

/// The inverse of [`normal_cdf`].
#[must_use]
pub fn normal_quantile(p: f64) -> f64 {
    Normal::standard().inverse_cdf(p)
}

/// Wilson's interval for a share (Wilson 1927), for `k` of `n` independent texts.
#[must_use]
pub fn share(k: usize, n: usize) -> Estimate {
    if n == 0 {
        return Estimate::bare(f64::NAN);
    }
    wilson(k as f64 / n as f64, n as f64)
}

fn wilson(p: f64, n: f64) -> Estimate {
    let z = normal_quantile(0.5 + LEVEL / 2.0);
    let centre = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    Estimate { value: p, low: (centre - half).clamp(0.0, p), high: (centre + half).clamp(p, 1.0), se: half / z }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// For a mean, the jackknife over single values is the textbook standard error.
    #[test]
    fn one_more_draw_leaves_the_range_as_often_as_it_says() {
        let mut rng = crate::Rng::new(4);
        let mut outside = 0;
        for _ in 0..4000 {
            let draws: Vec<f64> = (0..60).map(|_| rng.normal()).collect();
            let range = NullRange::of(&draws).expect("finite draws");
            let next = rng.normal();
            outside += usize::from(next < range.low || next > range.high);
        }
        assert!((160..=240).contains(&outside), "{outside} of 4000 outside a range of 95 %");
    }

    #[test]
    fn jackknife_of_a_mean_is_its_standard_error() {
        let x = [2.0, 3.0, 5.0, 7.0, 11.0, 13.0];
        let mean = x.iter().sum::<f64>() / 6.0;
        let left_out: Vec<f64> = x.iter().map(|v| (mean * 6.0 - v) / 5.0).collect();
        let a = jackknife(mean, &[&left_out], 0.0);
        let b = mean_with_interval(&x);
        assert!((a.se - b.se).abs() < 1e-12 && (a.low - b.low).abs() < 1e-9, "{a:?} {b:?}");
    }

    #[test]
    fn a_share_of_nought_could_be_more() {
        let none = jackknife(0.0, &[&[0.0; 20]], 0.0).share_of(64);
        assert!(none.low == 0.0 && (none.high - share(0, 64).high).abs() < 1e-12 && none.high > 0.05, "{none:?}");
        let wide = Estimate { value: 0.5, low: -0.2, high: 1.3, se: 0.4 }.share_of(64);
        assert!(wide.low == 0.0 && wide.high == 1.0, "{wide:?}");
    }

    #[test]
    fn an_interval_of_no_width_stays_one_on_another_scale() {
        let e = jackknife(0.0, &[&[0.0; 20]], 0.0).map(f64::exp);
        assert!(e.has_interval() && (e.low, e.high) == (1.0, 1.0), "{e:?}");
        assert!(!Estimate::bare(0.0).map(f64::exp).has_interval());
    }

    #[test]
    fn one_group_gives_no_interval() {
        assert!(!jackknife(1.0, &[&[1.0]], 0.0).has_interval());
    }

    #[test]
    fn wilson_matches_its_published_example() {
        // 20 of 148 (Newcombe 1998, table I, method 3): .0886 to .2000… of 81 of 263: .2553 to .3662
        let e = share(81, 263);
        assert!((e.low - 0.2553).abs() < 1e-4 && (e.high - 0.3662).abs() < 1e-4, "{e:?}");
        let none = share(0, 20);
        assert!(none.low == 0.0 && (none.high - 0.1611).abs() < 1e-4, "{none:?}");
    }
}

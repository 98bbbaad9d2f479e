//! Figures as a person writes them: no more digits than the interval allows, always with the interval and people's figure.
//!
//! Rounding rule: the last printed digit is worth the largest power of ten that is at most a quarter of the interval's width, so
//! rounding never moves an end of the interval by more than an eighth of the whole. An interval of [0.13, 0.22] prints 0.1732 as 0.17,
//! one of [8, 17] prints 12.4 as 12.

use measure::{Null, Number};

/// What a number is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// A bare number: reach, E, a distance.
    Plain,
    /// A share of 0…1, printed in per cent.
    Share,
}

/// A [`Number`] in print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// "0.17", "81 %".
    pub value: String,
    /// "[0.13, 0.22]"; of a share likewise in per cent: "[70, 89]".
    pub interval: Option<String>,
    /// People's figure (the reference's), rounded by its own interval: "1.00".
    pub people: Option<String>,
    /// "[0.93, 1.06]".
    pub people_interval: Option<String>,
}

/// Prints a number with what belongs to it.
pub fn written(number: &Number, scale: Scale) -> Written {
    let bounds = number.low.zip(number.high);
    let digits = decimals(number.value, bounds, number.n, scale);
    let null = number.null.as_ref();
    Written {
        value: single(number.value, digits, scale),
        interval: bounds.map(|ends| pair(ends, digits, scale)),
        people: null.map(|null| single(null.value, null_decimals(null, number.n, scale), scale)),
        people_interval: null
            .filter(|null| null.high > null.low)
            .map(|null| pair((null.low, null.high), null_decimals(null, number.n, scale), scale)),
    }
}

/// A whole number with its thousands parted: "1,243".
pub fn count(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A probability: "p < 0.001", "p = 0.03".
pub fn probability(p: f64) -> String {
    match p {
        p if p.is_nan() => "p unknown".into(),
        p if p < 0.001 => "p < 0.001".into(),
        p if p < 0.01 => format!("p = {p:.3}"),
        p => format!("p = {p:.2}"),
    }
}

/// A share without an interval of its own, of `n` texts: "81 %".
pub fn share(value: f64, n: usize) -> String {
    single(value, decimals(value, None, n, Scale::Share), Scale::Share)
}

fn null_decimals(null: &Null, n: usize, scale: Scale) -> i32 {
    let bounds = Some((null.low, null.high)).filter(|(low, high)| high > low);
    decimals(null.value, bounds, n, scale)
}

/// Decimals worth printing; negative where tens or hundreds are already uncertain.
fn decimals(value: f64, bounds: Option<(f64, f64)>, n: usize, scale: Scale) -> i32 {
    let unit = match scale {
        Scale::Plain => 1.0,
        Scale::Share => 100.0,
    };
    let width = match bounds {
        Some((low, high)) if high - low > 1e-9 => high - low,
        _ => match scale {
            // The width that n independent texts would give a share, so that 2 of 3 is not printed as 66.7 %.
            Scale::Share => {
                2.0 * 1.96 * (value * (1.0 - value)).max(1.0 / n.max(1) as f64).sqrt() / (n.max(1) as f64).sqrt()
            }
            Scale::Plain => return significant(value),
        },
    };
    let most = if scale == Scale::Share { 1 } else { 4 };
    ((-(width * unit / 4.0).log10()).ceil() as i32).clamp(-3, most).max(if scale == Scale::Share { 0 } else { -3 })
}

/// Two significant digits, for a number that has no interval; whole numbers stay whole.
fn significant(value: f64) -> i32 {
    if value == 0.0 || !value.is_finite() || (value.fract() == 0.0 && value.abs() < 1e9) {
        return 0;
    }
    (1 - value.abs().log10().floor() as i32).clamp(0, 4)
}

fn single(value: f64, digits: i32, scale: Scale) -> String {
    match scale {
        Scale::Plain => plain(value, digits),
        Scale::Share => format!("{}\u{a0}%", plain(value * 100.0, digits)),
    }
}

fn pair((low, high): (f64, f64), digits: i32, scale: Scale) -> String {
    match scale {
        Scale::Plain => format!("[{}, {}]", plain(low, digits), plain(high, digits)),
        Scale::Share => format!("[{}, {}]", plain(low * 100.0, digits), plain(high * 100.0, digits)),
    }
}

fn plain(value: f64, digits: i32) -> String {
    if !value.is_finite() {
        return "–".into();
    }
    let step = 10f64.powi(digits.min(0).abs());
    let rounded = (value / step).round() * step;
    let text = format!("{:.*}", digits.max(0) as usize, if digits < 0 { rounded } else { value });
    let (sign, size) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("−", rest));
    let (whole, fraction) = size.split_once('.').map_or((size, None), |(whole, fraction)| (whole, Some(fraction)));
    let whole = whole.parse::<usize>().map_or_else(|_| whole.to_string(), count);
    // "−0" and "−0.00" say nothing that "0" doesn't.
    let sign = if size.bytes().all(|b| matches!(b, b'0' | b'.')) { "" } else { sign };
    match fraction {
        Some(fraction) => format!("{sign}{whole}.{fraction}"),
        None => format!("{sign}{whole}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(value: f64, low: f64, high: f64) -> Number {
        Number { value, low: Some(low), high: Some(high), level: Some(0.95), n: 64, ..Number::default() }
    }

    fn plain_of(value: f64, low: f64, high: f64) -> (String, String) {
        let written = written(&number(value, low, high), Scale::Plain);
        (written.value, written.interval.expect("an interval was given"))
    }

    #[test]
    fn digits_follow_the_interval() {
        assert_eq!(plain_of(0.1732, 0.131, 0.219), ("0.17".into(), "[0.13, 0.22]".into()));
        assert_eq!(plain_of(3.1273, 2.61, 3.72), ("3.1".into(), "[2.6, 3.7]".into()));
        assert_eq!(plain_of(21.34, 17.9, 25.2), ("21".into(), "[18, 25]".into()));
        assert_eq!(plain_of(12.44, 8.2, 16.9), ("12".into(), "[8, 17]".into()));
        assert_eq!(plain_of(0.17321, 0.1722, 0.1742), ("0.1732".into(), "[0.1722, 0.1742]".into()));
        assert_eq!(plain_of(1234.0, 1022.0, 1466.0), ("1,200".into(), "[1,000, 1,500]".into()));
    }

    #[test]
    fn a_number_without_interval_has_two_digits() {
        let bare = |value| written(&Number { value, n: 64, ..Number::default() }, Scale::Plain).value;
        assert_eq!(bare(0.17321), "0.17");
        assert_eq!(bare(12.44), "12");
        assert_eq!(bare(0.0), "0");
        assert_eq!(bare(1243.0), "1,243");
        assert_eq!(bare(f64::NAN), "–");
    }

    #[test]
    fn shares_are_printed_in_per_cent() {
        let written = written(
            &Number { null: Some(Null { value: 0.0612, low: 0.02, high: 0.13 }), ..number(0.8125, 0.70, 0.893) },
            Scale::Share,
        );
        assert_eq!(written.value, "81\u{a0}%");
        assert_eq!(written.interval.as_deref(), Some("[70, 89]"));
        assert_eq!(written.people.as_deref(), Some("6\u{a0}%"));
        assert_eq!(share(2.0 / 3.0, 3), "67\u{a0}%");
        assert_eq!(share(0.12345, 100_000), "12.3\u{a0}%");
    }

    #[test]
    fn signs_and_zeros() {
        assert_eq!(plain_of(-0.31, -0.52, -0.1), ("−0.3".into(), "[−0.5, −0.1]".into()));
        assert_eq!(plain_of(-0.001, -0.3, 0.3), ("0.0".into(), "[−0.3, 0.3]".into()));
    }

    #[test]
    fn probabilities() {
        assert_eq!(probability(0.0002), "p < 0.001");
        assert_eq!(probability(0.0042), "p = 0.004");
        assert_eq!(probability(0.031), "p = 0.03");
    }

    proptest::proptest! {
        /// Rounding moves no end by more than an eighth of the interval, whatever the scale of the number.
        #[test]
        fn rounding_stays_within_the_interval(value in -1e4f64..1e4, width in 1e-3f64..1e3) {
            let (low, high) = (value - width / 2.0, value + width / 2.0);
            let (text, _) = plain_of(value, low, high);
            let read: f64 = text.replace(',', "").replace('−', "-").parse().unwrap();
            proptest::prop_assert!((read - value).abs() <= width / 8.0 + 5.1e-5, "{value} printed as {text}");
        }
    }
}

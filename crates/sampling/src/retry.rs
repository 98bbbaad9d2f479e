//! When to ask again.

use std::time::{Duration, SystemTime};

const LONGEST: Duration = Duration::from_secs(30);
/// A server that wants to be left alone for longer is not waited for; the same command goes on later.
pub(crate) const PATIENCE: Duration = Duration::from_secs(600);

/// The pause before the next time: what the server wishes, and above it, or without it, half to all of a time that doubles
/// from `first` (so that many that failed at once do not come back at once). `salt` stands for chance, so that a pause can be foretold.
/// `None` where the server wishes more than [`PATIENCE`].
pub(crate) fn pause(first: Duration, attempt: u32, wished: Option<Duration>, salt: u64) -> Option<Duration> {
    let doubled = first.saturating_mul(1 << attempt.saturating_sub(1).min(16)).min(LONGEST);
    let part = mix(salt ^ u64::from(attempt).rotate_left(32)) as f64 / u64::MAX as f64;
    match wished {
        None => Some(doubled.mul_f64(0.5 + part / 2.0)),
        Some(wished) if wished > PATIENCE => None,
        Some(wished) => Some(wished + doubled.mul_f64(part / 10.0)),
    }
}

/// `Retry-After`: seconds, or a date (RFC 9110, 10.2.3). What is neither counts as not said.
pub(crate) fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

/// SplitMix64's finalizer (Steele, Lea and Flood 2014).
pub(crate) fn mix(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HALF: Duration = Duration::from_millis(500);

    #[test]
    fn pauses_double_and_differ() {
        let of = |attempt, salt| pause(HALF, attempt, None, salt).unwrap().as_secs_f64();
        for salt in 0..100 {
            assert!((0.25..=0.5).contains(&of(1, salt)));
            assert!((1.0..=2.0).contains(&of(3, salt)));
            assert!((15.0..=30.0).contains(&of(40, salt)));
        }
        assert_ne!(of(1, 1), of(1, 2));
        let wished = Duration::from_secs(9);
        assert!((wished..wished * 2).contains(&pause(HALF, 1, Some(wished), 3).unwrap()));
        assert_eq!(pause(HALF, 1, Some(Duration::from_secs(3600)), 3), None);
    }

    #[test]
    fn seconds_and_dates() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        assert_eq!(retry_after(" 12 ", now), Some(Duration::from_secs(12)));
        assert_eq!(retry_after("1.5", now), Some(Duration::from_millis(1500)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:47 GMT", now), Some(Duration::from_secs(10)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:07 GMT", now), Some(Duration::ZERO));
        for other in ["", "soon", "-3", "NaN", "inf"] {
            assert_eq!(retry_after(other, now), None, "{other}");
        }
    }
}

//! From an estimate of `diversity` to a number of the JSON, which never holds what JSON cannot (NaN, infinity).

use diversity::{Estimate, LEVEL, NullRange};

use crate::comparison::{Null, Number};

/// A number with its interval, resting on `n` texts, and what another draw of the reference would score.
pub(crate) fn number(e: Estimate, n: usize, null: Option<NullRange>) -> Number {
    let interval = e.has_interval() && e.low.is_finite() && e.high.is_finite();
    Number {
        value: if e.value.is_finite() { e.value } else { 0.0 },
        low: interval.then_some(e.low),
        high: interval.then_some(e.high),
        level: interval.then_some(LEVEL),
        n: if e.value.is_finite() { n } else { 0 },
        null: null.map(|r| Null { value: r.value, low: r.low, high: r.high }),
        p: None,
    }
}

/// The null from an estimate on the reference itself.
pub(crate) fn null_of(e: Estimate) -> Option<NullRange> {
    e.value.is_finite().then_some(NullRange { value: e.value, low: e.low, high: e.high, sd: e.se })
}

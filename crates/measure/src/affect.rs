//! The affect view: how bright the words are along the text, whether the end turns upward or draws a moral, how bland it is.
//!
//! It tells and never decides: in stories the uplift of a lexicon does not separate models from people (AUC .54).

use serde::{Deserialize, Serialize};

use crate::comparison::Number;
use crate::kinds::mean_over_folds;
use crate::number::{null_of, number};
use crate::prose::{self, MORAL, QUARTERS, SPREAD, UPLIFT, VALENCE};
use crate::reading::Reading;
use crate::side::Side;

/// Means over texts, each with the reference's as its null. Valence is −1 (dark) … 1 (bright), the mean over sentences (lines
/// of verse) of `verse::valence_of`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Affect {
    pub valence: Number,
    /// Of each quarter of the text.
    pub quarters: Vec<Number>,
    /// The last quarter's valence less that of the rest.
    pub uplift: Number,
    /// How far the close draws a moral, 0…1.
    pub moral: Number,
    /// 1 − the root mean square of the sentences' valence: 1 where every sentence is neutral.
    pub blandness: Number,
    /// Standard deviation of the texts' valence over the set: how unlike in mood the texts are.
    pub range: Number,
}

/// None where the samples were stored without what it needs.
pub(crate) fn affect(side: &Side, people: &Side) -> Option<Affect> {
    let theirs = values(people, |b| b[VALENCE]).is_some().then_some(people);
    values(side, |b| b[VALENCE])?;
    let of = |f: &dyn Fn(&[f32]) -> f32| {
        let estimate = |s: &Side| values(s, f).map(|v| mean_over_folds(&v, s));
        let null = theirs.and_then(estimate).and_then(null_of);
        estimate(side).map(|e| number(e, side.len(), null)).unwrap_or_default()
    };
    Some(Affect {
        valence: of(&|b| b[VALENCE]),
        quarters: QUARTERS.iter().map(|q| of(&|b| b[*q])).collect(),
        uplift: of(&|b| b[UPLIFT]),
        moral: of(&|b| b[MORAL]),
        blandness: of(&|b| 1.0 - b[VALENCE].hypot(b[SPREAD])),
        range: range(side, theirs),
    })
}

/// The value for every text; None where one lacks it, or there is none.
fn values(side: &Side, of: impl Fn(&[f32]) -> f32) -> Option<Vec<f64>> {
    let has = |r: &&Reading| r.beside.len() == prose::BESIDE.len();
    (side.len() > 0 && side.readings.iter().all(has))
        .then(|| side.readings.iter().map(|r| f64::from(of(&r.beside))).collect())
}

fn range(side: &Side, people: Option<&Side>) -> Number {
    let estimate = |s: &Side| {
        let values = values(s, |b| b[VALENCE])?;
        let spread = |keep: &dyn Fn(usize) -> bool| {
            let kept: Vec<f64> = values.iter().enumerate().filter(|(i, _)| keep(*i)).map(|(_, v)| *v).collect();
            let m = kept.iter().sum::<f64>() / kept.len() as f64;
            (kept.iter().map(|v| (v - m).powi(2)).sum::<f64>() / (kept.len() as f64 - 1.0)).sqrt()
        };
        let without: Vec<f64> = (0..s.folds.count()).map(|f| spread(&|i| s.folds.of(i) != f)).collect();
        Some(diversity::jackknife(spread(&|_| true), &[&without], 0.0))
    };
    let null = people.and_then(estimate).and_then(null_of);
    estimate(side).map(|e| number(e, side.len(), null)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ReadOptions, read};

    #[test]
    fn an_upward_turn_is_seen_against_those_that_have_none() {
        let text = |i: usize, end: &str| {
            corpus::Text::new(i.to_string(), format!("The war took house number {i}. Grief stayed. Pain stayed. {end}"))
        };
        let up: Vec<_> = (0..30).map(|i| text(i, "But hope and love and joy will win.")).collect();
        let down: Vec<_> = (0..30).map(|i| text(i, "And then the house was gone, and hate killed them all.")).collect();
        let (up, down) = (read(&up, &ReadOptions::default()), read(&down, &ReadOptions::default()));
        let (s, r) = (Side::samples(up.iter().collect(), 1), Side::samples(down.iter().collect(), 2));
        let a = affect(&s, &r).expect("readings are whole");
        let null = a.uplift.null.expect("the reference has it");
        assert!(a.uplift.value > 0.5 && null.value < 0.1 && a.uplift.low.is_some());
        assert_eq!((a.quarters.len(), a.quarters[3].n), (4, 30));
        assert!((0.0..=1.0).contains(&a.blandness.value));
        let bare = vec![Reading::default(); 3];
        assert!(affect(&Side::samples(bare.iter().collect(), 1), &r).is_none());
    }
}

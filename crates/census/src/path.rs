//! The likeliest runs of verse among the lines of a text.

use std::ops::Range;

/// Runs of lines that are more likely verse than not, where each line speaks for verse by its odds and every change from the
/// one to the other costs `switch`: the path of Viterbi (1967) through two states.
pub(crate) fn runs(odds: &[f64], switch: f64) -> Vec<Range<usize>> {
    // best score of the paths that end outside verse, and inside
    let (mut out, mut inside) = (0.0f64, -switch);
    // whether the best path into each state came from inside
    let mut from: Vec<[bool; 2]> = Vec::with_capacity(odds.len());
    for &o in odds {
        let to_out = inside - switch > out;
        let to_inside = inside >= out - switch;
        let next_out = if to_out { inside - switch } else { out };
        let next_inside = o + if to_inside { inside } else { out - switch };
        from.push([to_out, to_inside]);
        (out, inside) = (next_out, next_inside);
    }
    let mut verse = inside - switch > out;
    let mut runs: Vec<Range<usize>> = Vec::new();
    for i in (0..odds.len()).rev() {
        if verse {
            match runs.last_mut() {
                Some(run) if run.start == i + 1 => run.start = i,
                _ => runs.push(i..i + 1),
            }
        }
        verse = from[i][usize::from(verse)];
    }
    runs.reverse();
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_pays_for_its_ends() {
        assert_eq!(runs(&[-2.0, 3.0, 3.0, 3.0, -2.0], 2.0), vec![1..4]);
        assert!(runs(&[-2.0, 3.0, -2.0], 2.0).is_empty());
        // one strange line does not part a poem, many do
        assert_eq!(runs(&[3.0, 3.0, -1.0, 3.0, 3.0], 2.0), vec![0..5]);
        assert_eq!(runs(&[4.0, 4.0, -3.0, -3.0, -3.0, 4.0, 4.0], 2.0), [0..2, 5..7]);
        assert!(runs(&[], 2.0).is_empty());
    }

    proptest::proptest! {
        /// Against the slow, obvious version: every labelling tried.
        #[test]
        fn no_labelling_scores_more(odds in proptest::collection::vec(-4.0f64..4.0, 0..11), switch in 0.1f64..4.0) {
            let score = |verse: &dyn Fn(usize) -> bool| {
                let mut total = 0.0;
                let mut before = false;
                for (i, o) in odds.iter().enumerate() {
                    let now = verse(i);
                    total += if now { *o } else { 0.0 } - if now == before { 0.0 } else { switch };
                    before = now;
                }
                total - if before { switch } else { 0.0 }
            };
            let best = (0u32..1 << odds.len()).map(|m| score(&|i| m >> i & 1 == 1)).fold(f64::MIN, f64::max);
            let found = runs(&odds, switch);
            let got = score(&|i| found.iter().any(|r| r.contains(&i)));
            proptest::prop_assert!((best - got).abs() < 1e-9, "{best} {got} {found:?}");
        }
    }
}

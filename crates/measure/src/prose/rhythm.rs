//! The rhythm of the lengths of sentences.

use super::text::{CUT, ProseText, Sentence};
use super::{ln, mean, share, spread};

/// Sentences from which an autocorrelation is worth anything.
const ENOUGH: usize = 5;
const FRAGMENT: usize = 4;

/// The seven features of the block.
pub(super) fn features(text: &ProseText) -> [f64; 7] {
    let cut = text.cut();
    let logs = logs(cut);
    let fragments = cut.iter().filter(|s| s.len() <= FRAGMENT).count();
    [
        text.words().min(CUT) as f64,
        cut.len() as f64,
        mean(&logs).exp(),
        spread(&logs),
        echo(&logs),
        share(fragments, cut.len()),
        logs.first().map_or(0.0, |first| first - mean(&logs)),
    ]
}

pub(super) fn logs(sentences: &[Sentence]) -> Vec<f64> {
    sentences.iter().map(|s| ln(s.len())).collect()
}

/// Correlation of each length with the next (lag 1); 0 where there are too few, or all are equal.
fn echo(logs: &[f64]) -> f64 {
    let m = mean(logs);
    let variance: f64 = logs.iter().map(|x| (x - m).powi(2)).sum();
    if logs.len() < ENOUGH || variance == 0.0 {
        return 0.0;
    }
    logs.windows(2).map(|w| (w[0] - m) * (w[1] - m)).sum::<f64>() / variance
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taking_turns_is_a_negative_echo() {
        assert!(echo(&[1.0, 3.0, 1.0, 3.0, 1.0, 3.0]) < -0.7);
        assert!(echo(&[1.0, 1.0, 1.0, 3.0, 3.0, 3.0]) > 0.4);
        assert_eq!(echo(&[2.0; 9]), 0.0);
    }
}

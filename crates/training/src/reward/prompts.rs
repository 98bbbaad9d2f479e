//! Which texts of the reference answer which prompt.

use std::collections::HashMap;

/// A prompt that the reference does not know.
pub(super) const UNKNOWN: u32 = u32::MAX;

#[derive(Debug, Default)]
pub(super) struct Prompts {
    /// The prompt of every text of the reference.
    pub of_row: Vec<u32>,
    /// Texts of every prompt.
    pub sizes: Vec<f64>,
    numbers: HashMap<String, u32>,
}

impl Prompts {
    /// `prompts` of the reference's texts; all None for people's works, which answer none.
    pub(super) fn new<'a>(prompts: impl Iterator<Item = Option<&'a str>>) -> Self {
        let mut out = Self::default();
        for prompt in prompts {
            let next = out.sizes.len() as u32;
            let number = *out.numbers.entry(prompt.unwrap_or_default().to_owned()).or_insert(next);
            if number == next {
                out.sizes.push(0.0);
            }
            out.sizes[number as usize] += 1.0;
            out.of_row.push(number);
        }
        out
    }

    /// Prompts that the reference answers; 1 where it answers none.
    pub(super) fn len(&self) -> usize {
        self.sizes.len()
    }

    pub(super) fn number(&self, prompt: Option<&str>) -> u32 {
        prompt.and_then(|p| self.numbers.get(p)).copied().unwrap_or(UNKNOWN)
    }

    /// What a kernel to a text of each prompt counts, so that the reference's prompts are mixed as `counts` says; `unknown`
    /// texts answer prompts that it does not hold, and are held against all of it.
    pub(super) fn weights(&self, counts: &[u32], unknown: u32) -> Vec<f64> {
        let total = f64::from(counts.iter().sum::<u32>() + unknown).max(1.0);
        let all = self.of_row.len() as f64;
        let rest = f64::from(unknown) / total / all;
        counts.iter().zip(&self.sizes).map(|(count, size)| f64::from(*count) / total / size + rest).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_are_mixed_as_the_window_is() {
        let prompts = Prompts::new([Some("a"), Some("b"), Some("a"), Some("c")].into_iter());
        assert_eq!((prompts.number(Some("b")), prompts.number(Some("z")), prompts.number(None)), (1, UNKNOWN, UNKNOWN));
        // three of four texts of the window answer a, none b or c, and one what the reference does not hold
        let weights = prompts.weights(&[3, 0, 0], 1);
        assert_eq!(weights, [0.75 / 2.0 + 0.25 / 4.0, 0.25 / 4.0, 0.25 / 4.0]);
        let total: f64 = prompts.of_row.iter().map(|p| weights[*p as usize]).sum();
        assert!((total - 1.0).abs() < 1e-12);
    }
}

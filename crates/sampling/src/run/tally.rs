//! What a run has come to.

use std::collections::BTreeMap;

use serde::Serialize;

/// Counts of a run, or of what one command did of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Tally {
    pub answers: usize,
    /// Answers by how they ended: stop, length, refusal, empty …
    pub finish: BTreeMap<String, usize>,
    /// Requests that have no answer after all retries.
    pub failed: usize,
    /// Those by reason.
    pub reasons: BTreeMap<String, usize>,
    pub tokens_in: u64,
    pub tokens_out: u64,
    /// US dollars of the answers whose cost is known.
    pub cost: f64,
    /// Answers whose cost is not known.
    pub unpriced: usize,
}

impl Tally {
    pub(crate) fn answer(&mut self, finish: &str, tokens_in: Option<u64>, tokens_out: Option<u64>, cost: Option<f64>) {
        self.answers += 1;
        *self.finish.entry(finish.to_string()).or_default() += 1;
        self.tokens_in += tokens_in.unwrap_or(0);
        self.tokens_out += tokens_out.unwrap_or(0);
        self.cost += cost.unwrap_or(0.0);
        self.unpriced += usize::from(cost.is_none());
    }

    pub(crate) fn failure(&mut self, reason: &str) {
        self.failed += 1;
        *self.reasons.entry(reason.to_string()).or_default() += 1;
    }
}

//! How a text ends: its last five sentences.

use std::collections::BTreeSet;

use super::lexis;
use super::rhythm::logs;
use super::text::{ProseText, Sentence};
use super::{mean, share, yes};

/// Sentences of the close, and of the beginning that it may come back to.
const LAST: usize = 5;

/// The six features of the block.
pub(super) fn features(text: &ProseText) -> [f64; 6] {
    let all = &text.sentences;
    let close = last(all);
    let (lengths, of_close) = (logs(all), logs(close));
    let usual = mean(&lengths);
    let images = close.iter().filter(|s| image(s)).count();
    [
        lengths.last().map_or(0.0, |l| l - usual),
        mean(&of_close) - usual,
        yes(close.last().is_some_and(|s| s.end == '?')),
        moral(close),
        share(images, close.len()),
        echo(all),
    ]
}

pub(super) fn last(all: &[Sentence]) -> &[Sentence] {
    &all[all.len().saturating_sub(LAST)..]
}

/// 1 − exp(−w), w the mean weight of what a lesson is made of, a sentence; each sort counts once a sentence.
pub(super) fn moral(close: &[Sentence]) -> f64 {
    let weight = |s: &Sentence| lexis::MORAL.iter().filter(|(list, _)| s.has(list)).map(|(_, w)| w).sum::<f64>();
    1.0 - (-mean(&close.iter().map(weight).collect::<Vec<_>>())).exp()
}

/// A sentence with a thing to be seen or heard, in which nobody reflects or speaks.
fn image(s: &Sentence) -> bool {
    s.has(lexis::THINGS) && !s.is_spoken() && s.end != '?' && !lexis::MORAL.iter().any(|(list, _)| s.has(list))
}

/// Share of the close's different content words that stood in the opening; of a short text, of its last sentence in its
/// first.
fn echo(all: &[Sentence]) -> f64 {
    let half = (all.len() / 2).min(LAST);
    let content = |part: &[Sentence]| -> BTreeSet<String> {
        part.iter().flat_map(|s| &s.words).filter(|w| !lexis::is_function(&w.text)).map(|w| w.text.clone()).collect()
    };
    let (first, last) = (content(&all[..half]), content(&all[all.len() - half..]));
    share(last.intersection(&first).count(), last.len())
}

//! Paragraphs: how many, how long, how even.

use super::text::{ProseText, Sentence};
use super::{ln, mean, share, spread, yes};

/// The seven features of the block.
pub(super) fn features(text: &ProseText) -> [f64; 7] {
    let cut = text.cut();
    let ranges = ProseText::paragraphs(cut);
    let logs: Vec<f64> = ranges.iter().map(|r| ln(words(&cut[r.clone()]))).collect();
    let narrated: Vec<_> = ranges.iter().filter(|r| !cut[r.start].opens_quoted).collect();
    let lone = narrated.iter().filter(|r| r.len() == 1).count();
    let whole: Vec<usize> =
        ProseText::paragraphs(&text.sentences).into_iter().map(|r| words(&text.sentences[r])).collect();
    [
        ranges.len() as f64,
        mean(&logs).exp(),
        spread(&logs),
        yes(whole.len() == 1),
        yes(even(&text.sentences)),
        share(lone, narrated.len()),
        last(&whole),
    ]
}

fn words(sentences: &[Sentence]) -> usize {
    sentences.iter().map(Sentence::len).sum()
}

/// Three to five paragraphs of two sentences and more, whose lengths differ by less than half of their mean.
pub(super) fn even(sentences: &[Sentence]) -> bool {
    let ranges = ProseText::paragraphs(sentences);
    let lengths: Vec<f64> = ranges.iter().map(|r| words(&sentences[r.clone()]) as f64).collect();
    (3..=5).contains(&ranges.len()) && ranges.iter().all(|r| r.len() >= 2) && spread(&lengths) < 0.5 * mean(&lengths)
}

fn last(lengths: &[usize]) -> f64 {
    let [others @ .., last] = lengths else { return 0.0 };
    if others.is_empty() {
        return 0.0;
    }
    ln(*last) - ln((others.iter().sum::<usize>() as f64 / others.len() as f64).round() as usize)
}

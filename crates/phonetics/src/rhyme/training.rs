//! For `cargo xtask rhyme-weights` alone: features of pairs, and weights to try. No part of the interface.

pub use super::Weights;
use super::{LineEnd, RhymeOptions, features};
use crate::Class;

/// How many features there are.
pub const COUNT: usize = features::COUNT;

/// A name for each feature.
pub fn names() -> Vec<String> {
    features::names()
}

/// Weights that choose tails sensibly before anything is learnt.
pub fn untaught() -> Weights {
    Weights::untaught()
}

/// Weights from one number a feature; None where their count is not [`COUNT`].
pub fn weights(values: Vec<f32>) -> Option<Weights> {
    Weights::new(values)
}

/// The features of the best pair of tails under `weights`; None where nothing is heard.
pub fn features(a: &LineEnd, b: &LineEnd, options: &RhymeOptions, weights: &Weights) -> Option<Vec<u16>> {
    let best = super::best(a, b, options, weights)?;
    let mut seen = Vec::with_capacity(16);
    features::features(a, &best.x, b, &best.y, &best.relation, |i| seen.push(i as u16));
    Some(seen)
}

/// [`hear`](super::hear) with other weights than the shipped ones.
pub fn hear(a: &LineEnd, b: &LineEnd, options: &RhymeOptions, weights: &Weights) -> (Class, f32) {
    super::best(a, b, options, weights).map_or((Class::None, super::UNHEARD), |b| (b.class, b.strength))
}

/// Whether the pair is a full rhyme under the historical rules and by them alone.
pub fn is_historical(a: &LineEnd, b: &LineEnd, options: &RhymeOptions, weights: &Weights) -> bool {
    let today = RhymeOptions { historical: false, ..*options };
    let full = |options| super::best(a, b, options, weights).is_some_and(|b| b.class.is_full());
    full(options) && !full(&today)
}

//! What is known of a syllable in its place, as numbered features: the model is a weight for each.
//!
//! Features say how a syllable and its neighbours lean; the rhythm's own pull is in the transitions (`weights.rs`).
//! Every number is an index into one dense table, so that scoring is a handful of additions.

use super::lattice::{Lattice, Spot, Variant};
use super::lexis::{CLASSES, Class, LEANS, WORDS};

const PLACES: usize = 4;
const SHAPES: usize = 6 * 6 * 3 * 4 * 4;
const COMMON: usize = 8;

const OWN: usize = 0;
const NEXT: usize = OWN + CLASSES * PLACES;
const PREVIOUS: usize = NEXT + CLASSES * CLASSES * 2;
const TRIPLE: usize = PREVIOUS + CLASSES * CLASSES * 2;
const SHAPE: usize = TRIPLE + CLASSES * CLASSES * CLASSES;
const WORD: usize = SHAPE + SHAPES;
const COMMONNESS: usize = WORD + WORDS;

const LEAN: usize = COMMONNESS + COMMON;
const CONTRACTION: usize = LEAN + LEANS * 2;

/// How many syllable features there are.
pub(crate) const FEATURES: usize = CONTRACTION + LEANS;

/// Whether a feature looks at neighbours or single words: many such, each seen seldom, so learnt with a stronger prior.
pub(crate) fn is_sparse(feature: usize) -> bool {
    (NEXT..SHAPE).contains(&feature) || (WORD..COMMONNESS).contains(&feature)
}

/// The feature of a contracted variant: how readily its word contracts.
pub(crate) fn contraction(spot: &Spot) -> usize {
    CONTRACTION + spot.entry.map_or(0, |e| usize::from(e.contraction))
}

/// The classes of the syllables that touch a word: those of its neighbours' first variants, the nearest that have any.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context {
    pub previous: Class,
    pub next: Class,
    pub break_before: bool,
    pub break_after: bool,
}

impl Context {
    pub(crate) fn of(lattice: &Lattice, at: usize) -> Context {
        let mut break_before = lattice.spots[at].break_before;
        let mut previous = Class::Edge;
        for spot in lattice.spots[..at].iter().rev() {
            if let Some(last) = lattice.syllables_of(&lattice.variants_of(spot)[0]).last() {
                previous = last.class;
                break;
            }
            break_before |= spot.break_before;
        }
        let (mut break_after, mut next) = (false, Class::Edge);
        for spot in &lattice.spots[at + 1..] {
            break_after |= spot.break_before;
            if let Some(first) = lattice.syllables_of(&lattice.variants_of(spot)[0]).first() {
                next = first.class;
                break;
            }
        }
        Context { previous, next, break_before, break_after }
    }
}

/// Calls `feature` with the number of every feature of syllable `i` of `variant`.
pub(crate) fn for_each(
    lattice: &Lattice,
    spot: &Spot,
    variant: &Variant,
    context: &Context,
    i: usize,
    mut feature: impl FnMut(usize),
) {
    let syllables = lattice.syllables_of(variant);
    let n = syllables.len();
    let own = syllables[i];
    let (first, last) = (i == 0, i + 1 == n);
    let previous = if first { context.previous } else { syllables[i - 1].class };
    let next = if last { context.next } else { syllables[i + 1].class };
    let (before, after) = (first && context.break_before, last && context.break_after);
    let c = own.class as usize;

    let place = usize::from(previous == Class::Edge) + 2 * usize::from(next == Class::Edge);
    feature(OWN + c * PLACES + place);
    feature(NEXT + (c * CLASSES + next as usize) * 2 + usize::from(after));
    feature(PREVIOUS + (c * CLASSES + previous as usize) * 2 + usize::from(before));
    feature(TRIPLE + (c * CLASSES + previous as usize) * CLASSES + next as usize);
    if n > 1 {
        let outer = |j: Option<usize>| j.and_then(|j| syllables.get(j)).map_or(3, |s| usize::from(s.stress.min(2)));
        let at = if i < 5 { i } else { 5 };
        let shape = ((n.min(7) - 2) * 6 + at) * 3 + usize::from(own.stress.min(2));
        feature(SHAPE + (shape * 4 + outer(i.checked_sub(1))) * 4 + outer(Some(i + 1)));
    }
    if n == 1 {
        let class = if own.class == Class::Content { LEANS } else { 0 };
        feature(LEAN + class + spot.entry.map_or(0, |e| usize::from(e.stress)));
    }
    if let Some(entry) = spot.entry
        && entry.weight > 0
        && (n == 1 || own.stress == 1)
    {
        feature(WORD + usize::from(entry.weight).min(WORDS - 1));
    }
    // A derived word has no count of its own, so commonness says little of longer words.
    if own.class == Class::Content {
        let bin = ((spot.commonness + 1.0) * 0.9).clamp(0.0, COMMON as f32 - 1.0) as usize;
        feature(COMMONNESS + bin);
    }
}

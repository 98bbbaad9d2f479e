//! How a line scans: its stresses as spoken, and the metre its poem sets up.
//!
//! **Two answers, never mixed.** `real` is the rhythm a reader speaks, `w` or `s` a syllable; `met` is the template that
//! the poem sets up, `w` or `s` a *position* (Halle & Keyser 1971; Kiparsky 1977, "The rhythmic structure of English verse").
//! A feminine ending or a foot of three syllables in an iambic line is heard in `real` and has no position of its own in
//! `met`, so the two may differ in length.
//!
//! **How `real` is found.** A line is a lattice of ways to say it: pronunciations, elisions, sounded *-ed* (`lattice.rs`).
//! Each syllable leans towards stress by its word's stress, its word's class and its neighbours (`features.rs`; Hayes 1989,
//! "The prosodic hierarchy in meter"; Hanson & Kiparsky 1996, "A parametric theory of poetic meter"), and each of six
//! rhythms, iambic to loosely dactylic, pulls the sequence its own way (`weights.rs`). The sum is one log-linear model over
//! (way of saying, stresses, rhythm), a conditional random field with the rhythm as one more variable (Lafferty, McCallum
//! & Pereira 2001); its weights are learnt by `cargo xtask metre-weights` from scanned verse; the best reading is found by
//! dynamic programming (`search.rs`).
//!
//! **How the poem helps.** Its lines share a distribution over (rhythm, length), by place in the stanza where stanzas are
//! alike; a few rounds of expectation–maximization find it, and each line is then read again with it as prior (`poem.rs`).

mod features;
mod lattice;
mod lexis;
mod name;
mod poem;
mod search;
mod template;
#[cfg(test)]
mod tests;
mod weights;

#[doc(hidden)]
pub mod training;

pub use poem::{LineMetre, MetreReading, Scanner, scan_line, scan_poem};

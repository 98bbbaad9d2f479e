//! A word: its pronunciations, syllables, stresses; does it rhyme, and how.

#[doc(hidden)]
pub mod g2p;
mod held_out;
mod lexicon;
mod morphology;
mod normal;
mod numeral;
mod phone;
mod pronouncer;
mod pronunciation;
mod rhyme;
mod spoken;
mod syllable;
mod tokens;
mod word;

pub use g2p::G2p;
pub use held_out::is_held_out;
pub use phone::{Manner, Phone, Phoneme, Place};
pub use pronouncer::{Options, Pronouncer};
pub use pronunciation::{Pronunciation, Via};
pub use rhyme::{
    CORRESPONDENCES, Class, Correspondence, LineEnd, Rhyme, RhymeOptions, RhymeWord, UNHEARD, hear, rhyme, rhymes_of,
};
pub use tokens::{Token, words};
pub use word::{Word, WordRef};

/// How `data/lexicon.bin` is written, for `cargo xtask lexicon`.
#[doc(hidden)]
pub mod lexicon_file {
    pub use crate::lexicon::format::{Malformed, RAREST, Record, RecordedPronunciation, VERSION, encode};
}

/// How the weights of rhyme are learnt, for `cargo xtask rhyme-weights`.
#[doc(hidden)]
pub use rhyme::training as rhyme_training;

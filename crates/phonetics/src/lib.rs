//! A word: its pronunciations, syllables, stresses; does it rhyme, and how.
//!
//! Verse is sound, and English spelling hides it. This crate says how words sound, any word, also one that nobody has
//! written before, and from the sound it says which line ends rhyme. It knows nothing of lines beyond their words: stanzas,
//! metre and form are the `verse` crate's.
//!
//! # Saying words
//!
//! A [`Pronouncer`] says words. It looks in the lexicon (CMUdict, with the elided and archaic words of verse that it lacks), then
//! builds the word from known ones by rule, then guesses from the letters by a trained model. Every [`Pronunciation`] tells
//! which ([`Via`]) and how:
//!
//! ```
//! use phonetics::{Pronouncer, Via};
//!
//! let pronouncer = Pronouncer::shared();
//! let heaven = pronouncer.word("heav'n");
//! let said = &heaven.pronunciations()[0];
//! assert_eq!((said.arpabet().as_str(), said.ipa().as_str(), said.syllables()), ("HH EH1 V N", "hɛvn", 1));
//! assert_eq!((said.via(), said.how()), (Via::Morphology, "heaven without its e"));
//!
//! // All pronunciations of a heteronym, the most usual first; metre and rhyme choose among them.
//! let wind = pronouncer.word("wind");
//! let ipa: Vec<String> = wind.pronunciations().iter().map(|p| p.ipa()).collect();
//! assert_eq!(ipa, ["wɪnd", "waɪnd"]);
//!
//! // No dictionary lists this one.
//! assert_eq!(pronouncer.word("gloaminghythe").pronunciations()[0].via(), Via::G2p);
//! ```
//!
//! A pronunciation is a sequence of [`Phone`]s: the 39 [`Phoneme`]s of English, of which a vowel carries stress (1 primary, 2
//! secondary, 0 none). A lexicon word is made once per process and then read without a lock or an allocation; what is built
//! or guessed is remembered. A [`WordRef`] is cheap to copy and to send.
//!
//! # The words of a line
//!
//! [`words`] finds what a reader says aloud. Apostrophes are the hard part: in verse some are letters and some are quotation
//! marks.
//!
//! ```
//! let line = "‘Say, is’t not sweet,’ quoth she, ‘i’ th’ moonlit wood, 'tween 7 & 8?’";
//! let said: Vec<_> = phonetics::words(line).map(|t| t.text).collect();
//! assert_eq!(said, ["say", "is't", "not", "sweet", "quoth", "she", "i'", "th'", "moonlit", "wood", "'tween", "7", "&", "8"]);
//! ```
//!
//! # Rules and guesses on trial
//!
//! With [`Options`] `lexicon: false` the word itself is not looked up, and rules build only upon words that the model has seen
//! in training; with `morphology: false` as well, the letters alone decide. A fixed tenth of CMUdict ([`is_held_out`]) was
//! kept out of training, so that anyone can score both:
//!
//! ```
//! use phonetics::{Options, Pronouncer};
//!
//! let without = Pronouncer::new(Options { lexicon: false, morphology: true });
//! assert_eq!(without.word("whispered").pronunciations()[0].how(), "whisper + -ed");
//! ```

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
pub use lexicon::commonness;
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

//! A text as a vector, without a download: a static model that ships with the crate.
//!
//! A [`StaticEmbedder`] cuts a text into wordpieces, looks up one row of numbers for each, adds the rows up and scales the sum to
//! length one. Two texts that say the same lie close by the cosine of their vectors:
//!
//! ```
//! use embed::{StaticEmbedder, cosine};
//!
//! let model = StaticEmbedder::builtin();
//! let [dog, hound, tax] = ["The dog ran home.", "A hound was running to its house.", "Income tax is due in April."]
//!     .map(|text| model.embed(text));
//! assert!(cosine(&dog, &hound) > cosine(&dog, &tax));
//! ```
//!
//! The rows are distilled from a transformer (all-MiniLM-L6-v2) by `cargo xtask distill`, in closed form: each wordpiece's own output
//! of the transformer, weighted by its rarity (SIF, Arora et al. 2017), mapped linearly to the sentence embedding, plus a
//! correction per wordpiece learnt by ridge regression on texts. Word order is lost; negation and long-range sense with it.
//! What is kept is what a text is about, and it takes some microseconds a text.
//!
//! The wordpieces are those of BERT (uncased), cut exactly as the transformer's own tokenizer cuts them; see [`Pieces`].

mod embedder;
mod file;
mod pieces;
mod plain;

pub use embedder::{StaticEmbedder, cosine};
pub use pieces::Pieces;

/// How `data/embedder.bin` is written, for `cargo xtask distill`.
#[doc(hidden)]
pub mod writer {
    pub use crate::file::{Contents, encode};
    pub use crate::pieces::MOST_CHARS;
}

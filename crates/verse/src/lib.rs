//! A text: its lines and stanzas, its rhyme scheme, its metre, its form.
//!
//! [`read`] does the whole way and returns a [`Reading`], which is all that doggerel computes from one text alone and what
//! `doggerel scan --json` prints:
//!
//! ```
//! use doggerel_verse::{Kind, Options, read};
//!
//! let answer = "Sure! Here's a poem:\n\n**The Gate**\n\n\
//!     The gate was shut, the lane was white,\nThe farmer would not let us through;\n\
//!     We slept beneath the hedge that night\nAnd woke up colder than we knew.\n\nI hope you enjoy it!";
//! let reading = read(answer, &Options::default());
//!
//! assert_eq!(reading.kind, Kind::Verse);
//! assert_eq!(reading.scheme, "abab");
//! assert_eq!(reading.form.name, "quatrains abab");
//! assert_eq!(reading.set_aside[1].text, "The Gate");
//! assert_eq!(reading.stanzas[0].lines[0].rhymes_with, [2]);
//! assert_eq!(reading.features["form"]["rhyme_density"], 1.0);
//! ```
//!
//! The steps, in the order in which a text passes through them:
//!
//! 1. [`normalize`] (normalizer N1) takes the text out of its wrapping — thinking, chat, Markdown, titles, remarks — reports
//!    all that it set aside, parts it into stanzas and lines, and tells verse from prose, dialogue and lists ([`Kind`]).
//! 2. [`Line`] gives each line the words that a reader says, with every pronunciation of each.
//! 3. [`schemes`] finds which lines rhyme, one decision a stanza, in the light of its sisters.
//! 4. [`scan_poem`] finds the metre that explains the lines jointly (`met`), and the stresses as spoken (`real`).
//! 5. The form gets one of the names in [`FORMS`], with a confidence and reasons; the end of the text is weighed for uplift
//!    and moral; and [`FEATURES`] make it a vector ([`form_vector`]), by which sets of texts are compared.
//!
//! A reading depends on its text alone: it can be computed once, in any order, on any machine, and stored. What a *set* of
//! texts looks like is not known here (see the crate `doggerel-measure`), nor how a word sounds (`doggerel-phonetics`).

mod ending;
mod features;
mod form;
mod layout;
mod line;
mod metre;
mod profile;
mod read;
mod reading;
mod rhymed;
mod scheme;

pub use ending::{valence, valence_of};
pub use features::{FEATURES, FORM_VECTOR, Feature, OPENING_LINES, form_vector, opening_vector};
pub use form::FORMS;
pub use layout::{Layout, NORMALIZER, normalize};
pub use line::{Line, Spoken};
pub use metre::{LineMetre, MetreReading, scan_line, scan_poem};
pub use read::{Options, asks_for_poem, read};
pub use reading::*;
pub use scheme::{Link, StanzaScheme, schemes};

// What `cargo xtask` learns weights with.
#[doc(hidden)]
pub use layout::kind_evidence;
#[doc(hidden)]
pub use metre::{Scanner, training as metre_training};
#[doc(hidden)]
pub use scheme::{Calibration, Prior, letter, pattern, schemes_by};

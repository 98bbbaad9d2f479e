//! A set of texts: readings, a portrait, and two sets compared.
//!
//! The way through, top to bottom:
//!
//! 1. [`read`] makes a [`Reading`] of every text, in parallel: what the normalizer set aside, the form and its vector, what
//!    a portrait counts, content vectors. A reading depends on its text alone; [`write_readings`] stores it.
//! 2. [`Samples`] are readings with a name; a [`Reference`] is what they are held against: the shipped atlas of people's
//!    poems, jokes or stories ([`Reference::people`]) or a set of the user's own ([`Reference::from_readings`]). Its [`Genre`]
//!    says which form vector is compared, that of verse or that of [`prose`].
//! 3. [`compare`] gives a [`Comparison`] (plain data: every number with interval, null and n) and the [`Evidence`] that
//!    pictures need. A [`Portrait`] sums readings up, and merges exactly.
//! 4. [`compare_sets`] holds two or more sets against each other, [`gate`] decides for a pipeline whether one has lost variety
//!    against its base, and [`track`] follows a series of checkpoints. All three name a measure alike: [`describe`] knows
//!    the names.
//!
//! ```
//! use measure::{ReadOptions, Reference, Samples, Settings, compare, read};
//!
//! let texts = vec![corpus::Text::new("1", "The sea is wide,\nand so am I;\nthe moon, my bride,\nis in the sky.")];
//! let samples = Samples { name: "mine".into(), readings: read(&texts, &ReadOptions::default()), skipped: vec![] };
//! let (comparison, _) = compare(&samples, Reference::poetry()?, &Settings::default())?;
//! assert_eq!(comparison.samples.n, 1);
//! println!("{}", comparison.verdict.sentence); // cannot tell from one poem
//! # Ok::<(), measure::Error>(())
//! ```
//!
//! Nothing here prints; `report` renders. The mathematics stands in `diversity`, the reading of verse in `verse`.

mod adherence;
mod affect;
mod atlas;
mod axis;
mod compare;
mod comparison;
mod copied;
mod crowding;
mod error;
mod figures;
mod gate;
mod genre;
mod group;
mod kinds;
mod map;
mod mix;
mod near;
mod nearness;
mod number;
mod opening;
mod packed;
mod peers;
mod portrait;
mod progress;
mod prompts;
pub mod prose;
mod reading;
mod reference;
mod repeats;
mod requested;
mod rhymes;
mod same;
mod sets;
mod side;
mod standing;
mod store;
mod table;
mod track;
mod verdict;
mod views;
mod wording;

pub use adherence::{Adherence, Asked, Got, rhymed_quatrains};
pub use affect::Affect;
pub use atlas::{AtlasPlan, LeftOut, atlas_bytes, atlas_rows};
pub use compare::{LEAST_TEXTS, Settings, compare, headline};
pub use comparison::*;
#[doc(hidden)]
pub use copied::lines_file;
pub use copied::{known_lines, line_keys};
pub use error::Error;
pub use figures::{describe, more_is_varied};
pub use gate::*;
pub use genre::Genre;
pub use group::{GROUP_FEATURES, Grouping, group_features};
pub use mix::{Mix, MixShare, Weights};
pub use packed::Packed;
pub use peers::{PEERS, Peer};
pub use portrait::{MEASURES, Measure, Portrait};
pub use progress::Progress;
pub use reading::{ReadOptions, Reading, read, read_verse};
#[doc(hidden)]
pub use reference::probe;
pub use reference::{Reference, SHIPPED, Samples};
pub use repeats::near_duplicates;
pub use requested::Requested;
#[doc(hidden)]
pub use rhymes::rhyme_pairs_file;
pub use rhymes::{RhymePairs, pair_rank};
pub use sets::*;
pub use standing::{FormSpace, Standing, standing};
pub use store::{
    Contents, Stored, Writer, features_hash, from_bytes, from_table, prose_hash, read_readings, read_stored, to_bytes,
    to_table, write_readings,
};
pub use table::{Column, Table};
pub use track::*;
pub use wording::{Overused, Wording};

//! From the name of a set to its readings: what every door to doggerel, the command and the Python package, does before it
//! measures.
//!
//! [`gather`] takes what a person typed (a file of any format that `corpus` reads, a run of ours, stored readings, or `-`) and
//! gives a [`Gathered`]: the readings, how the texts were sampled as far as their records say, what a trainer logged
//! beside them, and what was asked. [`gather_texts`] does it for texts that are open already, [`gather_each`] for a
//! set that is larger than memory. [`own_reference`] finds what samples are
//! held against, [`weights`] the weights of a mix of prompts; [`Run`]s of a series are put in order.
//!
//! A set may be read in parts, on several machines: a [`Part`] is what one machine read, and [`Part::merge`] of all, in their
//! order, gives the same set as one machine would have read, to the byte. [`census`] counts the verse in a source, and
//! [`CensusPart`] does so in parts.
//!
//! A [`Watch`] sees the reading as it goes, to show a bar or to stop it. Nothing here prints or computes a measure. Every
//! [`Error`] is one sentence with the way forward.

mod alike;
mod census;
mod error;
mod part;
mod pipeline;
mod reference;
mod samples;
mod series;
mod settings;
mod watch;
mod weights;

pub use alike::same_settings;
pub use census::{CensusPart, census};
pub use error::Error;
pub use part::Part;
pub use pipeline::{in_batches, in_order, worked_in_batches};
pub use reference::{Own, atlas, own, own_reference};
pub use samples::{Along, Gathered, SETTINGS_NOTE, Take, gather, gather_each, gather_texts, open, stored};
pub use series::{called, checkpoint, natural, runs};
pub use watch::{Unwatched, Watch};
pub use weights::weights;

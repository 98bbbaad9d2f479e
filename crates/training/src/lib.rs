//! What a trainer calls: a monitor of variety, a reward for it, and an audit of preferences.
//!
//! - [`Monitor`] turns the texts of a training step into flat numbers for any tracker: is the model losing kinds of writing?
//! - [`Diversity`] is a reward: positive for a text of a kind that people (or the base model) write more of than the policy
//!   does now, negative for one that the policy writes too often. It holds each text against a window of recent outputs **over
//!   the whole dataset**, which a reward within one prompt's group cannot see.
//! - [`Auditor`] says what a set of preferences pays for: rhyme, an uplifting end, length? [`counterfactuals`] and [`hearing`]
//!   say of a reward model whether it hears rhyme, or pays for pairs that it remembers.
//!
//! The first two hold texts against a [`Standard`]: people's works as doggerel ships them, or a base model's samples in a file.
//!
//! ```
//! use training::{Diversity, DiversityOptions, Sample, Standard};
//!
//! let reward = Diversity::new(Standard::open("human", None)?, DiversityOptions::default())?;
//! let poem = "The kettle clicks, the lamp is low,\nThe gutters talk in drips;\nA neighbour's radio lets go\nOf news about the ships.";
//! let scored = reward.score(&[Sample { prompt: Some("Write a poem.".into()), text: poem.into() }]);
//! assert!(scored[0].reward > -3.0 && scored[0].reward <= 3.0);
//! # Ok::<(), training::Error>(())
//! ```
//!
//! Nothing here prints, and nothing asks the network.

mod audit;
mod error;
mod file;
mod kernel;
mod language;
mod monitor;
mod reward;
#[cfg(all(feature = "serve", unix))]
mod serve;
mod standard;

pub use audit::{
    Audit, AuditVerdict, AuditWord, Auditor, Counterfactual, Effect, Hearing, HearingEffect, HearingWord, HeldOut,
    LeftOutFeature, TextScore, audit_features, counterfactuals, hearing,
};
pub use error::Error;
#[doc(hidden)]
pub use language::{Order, WordOrder};
pub use monitor::{Monitor, MonitorOptions};
pub use reward::{Diversity, DiversityOptions, Sample, Scored};
#[cfg(all(feature = "serve", unix))]
pub use serve::{ServeOptions, Server, Tell, Token, stop_signal};
pub use standard::{Standard, genre_of_suite};

//! Vectors and counts in, numbers with intervals out.
//!
//! This crate is the mathematics of doggerel and nothing else: it knows no text, opens no file, reads no clock, and draws
//! chance only from a seed that the caller gives. Results do not depend on the number of threads.
//!
//! A set of texts is a [`Rows`] (one row a text, one column a feature, all on one scale: see [`RankScale`]), with
//! [`Groups`] saying which rows belong together (answers to one prompt, poems by one author) and [`Folds`] dealing whole
//! groups out for the jackknife. Two sets together are [`Sets`]. The measures:
//!
//! | function | question |
//! |---|---|
//! | [`reach`] | does a draw of n samples come as near to a human text as a draw of n human texts? |
//! | [`Assignments::modes`] | how many kinds does the set use, where people use how many? |
//! | [`outside`] | which share lies off what people write? |
//! | [`within_groups`], [`paired_ratio`] | how far apart are the answers to one prompt, against another set's? |
//! | [`fd_u`] | how far apart are the two sets as wholes (a citable distance)? |
//! | [`mmd2`] | could both be drawn from the same groups (a test)? |
//! | [`Replicates::minus`] | do two sets differ in a measure, paired by prompt? |
//! | [`entropy_at`], [`unseen_mass`] | how many kinds, and how much has not been seen yet? |
//! | [`logit`], [`held_out`] | which differences of two things does a rater choose by? |
//! | [`variance_components`], [`mutual_information`] | how much of what varies goes with the prompt? |
//! | [`peers`] | what other authors' measures say (MAUVE, Vendi, precision and recall, self-BLEU …) |
//!
//! Every number is an [`Estimate`] with a 95 % interval that counts whole groups, never texts, and has a *null*: what
//! another draw of the reference would have scored ([`reach_null`], [`Assignments::null`], [`fd_u_null`]).
//!
//! ```
//! use diversity::{Groups, Neighbours, Rng, Rows, Sets, reach};
//!
//! let mut rng = Rng::new(1);
//! let mut set = |n: usize| Rows::new((0..n * 4).map(|_| rng.normal() as f32).collect(), 4);
//! let (samples, reference) = (set(120), set(300));
//! let authors = Groups::of_keys((0..300).map(|i| i / 3));
//! let sets = Sets {
//!     samples: &samples,
//!     sample_folds: &Groups::single(120).folds(20, 1),
//!     reference: &reference,
//!     authors: &authors,
//!     reference_folds: &authors.folds(20, 2),
//!     matched: None,
//! };
//! let n = sets.common_n().ok_or("too few texts")?;
//! let rho = reach(&sets, &Neighbours::new(&reference, &authors, n)).estimate();
//! assert!(rho.low < 1.0 && 1.0 < rho.high); // both were drawn from the same source
//! # Ok::<(), &str>(())
//! ```

mod association;
mod entropy;
mod estimate;
mod frechet;
mod groups;
mod linear;
mod logit;
mod mmd;
mod modes;
mod multiplicity;
mod outside;
pub mod peers;
mod reach;
mod replicates;
mod rng;
mod rows;
mod scale;
mod within;

pub use association::{Components, Information, mutual_information, variance_components};
pub use entropy::{distinct_at, entropy_at, unseen_mass};
pub use estimate::{
    Estimate, LEVEL, NullRange, jackknife, mean_with_interval, normal_cdf, normal_quantile, quantile, share,
};
pub use frechet::{Citable, Pca, fd_u, fd_u_null, fd_u_replicates, frechet_distance};
pub use groups::{Folds, Groups, Part};
pub use logit::{Logit, Pairs, held_out, logit};
pub use mmd::{Mmd, mmd2};
pub use modes::{Assignments, Modes};
pub use multiplicity::benjamini_hochberg;
pub use outside::outside;
pub use reach::{LADDER, Matched, Neighbours, Reach, ReachNull, Sets, common_n, reach, reach_null, reaches_as};
pub use replicates::{Difference, Pairing, Replicates};
pub use rng::Rng;
pub use rows::{Rows, squared};
pub use scale::{CLIP, RankScale};
pub use within::{Distance, between_groups, log_ratio, mean_within, paired_ratio, within_groups};

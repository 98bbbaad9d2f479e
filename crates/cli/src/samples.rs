//! Sets as `gather` reads them, with what is said beside it.

use std::path::Path;

pub use gather::{Along, Gathered, Own, SETTINGS_NOTE, atlas, open};
use measure::{Set, Weights};

use crate::failure::{Failure, Outcome};
use crate::notes::Notes;

/// Reads a set of texts, or takes the readings that `doggerel read` stored.
pub fn gather(source: &str, options: &corpus::Options, notes: Notes) -> Result<Gathered, Failure> {
    gather_along(&Along::default(), source, options, notes)
}

/// The same, with more of every text.
pub fn gather_along(along: &Along, source: &str, options: &corpus::Options, notes: Notes) -> Result<Gathered, Failure> {
    Ok(gather::gather(along, source, options, &mut notes.watch())?)
}

/// An atlas in a file, or texts as a reference, in which prompts have their weights; nothing where it is a name.
pub fn own_reference(
    against: &str,
    options: &corpus::Options,
    weighed: Option<(&Weights, u64)>,
    notes: Notes,
) -> Result<Option<Own>, Failure> {
    let Some((weights, seed)) = weighed.filter(|_| !against.ends_with(".parquet") && Path::new(against).exists())
    else {
        return Ok(gather::own(against, options, &mut notes.watch())?);
    };
    let mut read = gather(against, options, notes)?;
    if let Err(error) = read.weigh(weights, seed) {
        notes.note(&format!("the reference is taken as it is: {error}"));
    }
    Ok(Some(Own::of(read)?))
}

/// A set whose readings are given to `take` in batches: it may be larger than memory.
pub fn gather_each(
    source: &str,
    options: &corpus::Options,
    notes: Notes,
    mut take: impl FnMut(Vec<measure::Reading>) -> Result<(), gather::Error>,
) -> Result<Gathered, Failure> {
    Ok(gather::gather_each(&Along::default(), source, options, &mut notes.watch(), &mut take)?)
}

/// Weights over prompts.
pub fn weights(source: &str, notes: Notes) -> Result<Weights, Failure> {
    Ok(gather::weights(source, &mut notes.watch())?)
}

/// Refuses sets that were sampled differently, or says so where the person insists.
pub fn same_settings(a: &Set, b: &Set, force: bool, notes: Notes) -> Outcome {
    if let Some(how) = gather::same_settings(a, b, force)? {
        notes.note(&how);
    }
    Ok(())
}

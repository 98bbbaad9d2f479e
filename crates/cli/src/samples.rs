//! Sets as `gather` reads them, with what is said beside it.

use std::borrow::Cow;

pub use gather::{Along, Gathered, SETTINGS_NOTE, open};
use measure::{Reference, Set};

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

/// The shipped reference of that name, or a set of the person's own.
pub fn reference(name: &str, options: &corpus::Options, notes: Notes) -> Result<Cow<'static, Reference>, Failure> {
    Ok(gather::reference(name, options, &mut notes.watch())?)
}

/// An atlas in a file, or texts as a reference; nothing where it is a name.
pub fn own_reference(against: &str, options: &corpus::Options, notes: Notes) -> Result<Option<Reference>, Failure> {
    Ok(gather::own_reference(against, options, &mut notes.watch())?)
}

/// Refuses sets that were sampled differently, or says so where the person insists.
pub fn same_settings(a: &Set, b: &Set, force: bool, notes: Notes) -> Outcome {
    if let Some(how) = gather::same_settings(a, b, force)? {
        notes.note(&how);
    }
    Ok(())
}

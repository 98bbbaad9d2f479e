//! What samples are held against, by name.

use std::borrow::Cow;
use std::path::Path;

use measure::Reference;

use crate::{Along, Error, Watch, gather};

/// The shipped reference of that name, or a set of the person's own.
///
/// # Errors
/// If there is no such reference, or the set cannot be read.
pub fn reference(
    name: &str,
    options: &corpus::Options,
    watch: &mut dyn Watch,
) -> Result<Cow<'static, Reference>, Error> {
    match own_reference(name, options, watch)? {
        Some(own) => Ok(Cow::Owned(own)),
        None => Ok(Cow::Borrowed(Reference::shipped(name)?)),
    }
}

/// An atlas in a file, or texts as a reference; nothing where it is a name.
///
/// # Errors
/// If the file is there and cannot be read.
pub fn own_reference(
    against: &str,
    options: &corpus::Options,
    watch: &mut dyn Watch,
) -> Result<Option<Reference>, Error> {
    let path = Path::new(against);
    if !path.exists() && against != "-" {
        return Ok(None);
    }
    if path.extension().is_some_and(|e| e == "parquet") && path.is_file() {
        match Reference::open(path) {
            Ok(atlas) => return Ok(Some(atlas)),
            Err(measure::Error::NotReadings { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let read = gather(&Along::default(), against, options, watch)?.samples;
    Ok(Some(Reference::from_readings(&read.name, read.readings)?))
}

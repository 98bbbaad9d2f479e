//! What samples are held against, by name.

use std::collections::BTreeMap;
use std::path::Path;

use measure::{Reference, Samples, Set, differing_settings};
use serde_json::Value;

use crate::alike::value;
use crate::{Along, Error, Gathered, Watch, gather};

/// A reference of the person's own, with how its texts were sampled as far as its records say.
#[derive(Debug, Clone)]
pub struct Own {
    pub reference: Reference,
    given: BTreeMap<String, Value>,
}

impl Own {
    /// From texts.
    ///
    /// # Errors
    /// If there are none.
    pub fn of(gathered: Gathered) -> Result<Self, Error> {
        let reference = Reference::from_readings(&gathered.samples.name, gathered.samples.readings)?;
        Ok(Self { reference, given: gathered.given })
    }

    /// How samples were sampled otherwise, in a sentence: what makes a difference though it is none of the model's.
    #[must_use]
    pub fn sampled_otherwise(&self, samples: &Gathered) -> Option<String> {
        let none = Samples::default();
        let (ours, theirs) =
            (Set { samples: &none, settings: &samples.given }, Set { samples: &none, settings: &self.given });
        let (setting, ours, theirs) = *differing_settings(&ours, &theirs).first()?;
        Some(format!(
            "these were sampled at {setting} {} and {} at {setting} {}, which alone makes a difference: sample both alike",
            value(ours),
            self.reference.name,
            value(theirs)
        ))
    }
}

/// Readings in Parquet, an atlas or a set of the person's own; nothing where the file is another's.
///
/// # Errors
/// If it is an atlas and cannot be used.
pub fn atlas(path: &Path) -> Result<Option<Reference>, Error> {
    if path.extension().is_none_or(|extension| extension != "parquet") || !path.is_file() {
        return Ok(None);
    }
    match Reference::open(path) {
        Ok(atlas) => Ok(Some(atlas)),
        Err(measure::Error::NotReadings { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The same as [`own_reference`], with how its texts were sampled.
///
/// # Errors
/// If the file is there and cannot be read.
pub fn own(against: &str, options: &corpus::Options, watch: &mut dyn Watch) -> Result<Option<Own>, Error> {
    let path = Path::new(against);
    if !path.exists() && against != "-" {
        return Ok(None);
    }
    if let Some(reference) = atlas(path)? {
        return Ok(Some(Own { reference, given: BTreeMap::new() }));
    }
    Own::of(gather(&Along::default(), against, options, watch)?).map(Some)
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
    Ok(own(against, options, watch)?.map(|own| own.reference))
}

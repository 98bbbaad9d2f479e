//! What samples are held against.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use bytes::Bytes;
use diversity::{RankScale, Rows};
use sha2::{Digest, Sha256};

use crate::portrait::is_verse;
use crate::reading::Reading;
use crate::store::from_bytes;
use crate::{Error, Skipped};

/// The shipped atlas of people's poems: features only. `cargo xtask atlas` makes it.
static POETRY: &[u8] = include_bytes!("../../../data/poetry-1.parquet");

/// One set of samples with its readings.
#[derive(Debug, Clone, Default)]
pub struct Samples {
    /// As the person named it.
    pub name: String,
    pub readings: Vec<Reading>,
    /// Records that could not be read.
    pub skipped: Vec<Skipped>,
}

/// Readings that samples are held against.
#[derive(Debug, Clone)]
pub struct Reference {
    pub name: String,
    /// "sha256:…" of the atlas, or of the texts.
    pub hash: String,
    /// People's works by other authors (an atlas): only form gives a verdict. Else a user's set, grouped by prompt.
    pub people: bool,
    pub readings: Vec<Reading>,
    /// FD_u between two human collections: one human unit.
    pub human_unit: Option<f64>,
    /// Texts by form and by half-century.
    pub composition: BTreeMap<String, usize>,
    /// False for a provisional atlas: no number against it is citable.
    pub frozen: bool,
    /// The form vector of [`PROBE`] when the atlas was made.
    pub(crate) probe: Option<Vec<f32>>,
}

/// A poem written for this purpose: where its form vector is not what the atlas remembers, the atlas was made by another
/// reading of verse, even if the features have the same names.
const PROBE: &str = "\
The kettle clicks, the lamp is low,
The gutters talk in drips;
A neighbour's radio lets go
Of news about the ships.

I count the stairs, I count the coins,
I count what I have said,
And where the hall and kitchen joins
I stand, and turn instead.

Nobody came. The bread went hard.
A moth, or else a leaf,
Went round and round the little yard
And would not call it grief.";

/// The form vector of a poem that an atlas remembers, as this doggerel reads it.
#[must_use]
pub fn probe() -> Vec<f32> {
    let readings = crate::read(&[corpus::Text::new("probe", PROBE)], &crate::ReadOptions::default());
    readings.into_iter().flat_map(|r| r.form).collect()
}

impl Reference {
    /// The shipped atlas of people's poems, decoded once.
    ///
    /// # Errors
    /// If it was made with other features than this doggerel computes (in a development tree only).
    pub fn poetry() -> Result<&'static Self, Error> {
        static ATLAS: OnceLock<Reference> = OnceLock::new();
        if let Some(atlas) = ATLAS.get() {
            return Ok(atlas);
        }
        let atlas = Self::from_atlas_bytes("data/poetry-1.parquet", Bytes::from_static(POETRY), true)?;
        Ok(ATLAS.get_or_init(|| atlas))
    }

    /// The shipped reference of that name: `human`, or the atlas' own name.
    ///
    /// # Errors
    /// If there is none, or it is stale.
    pub fn shipped(name: &str) -> Result<&'static Self, Error> {
        match name {
            "human" | "people" | "poetry-1" => Self::poetry(),
            other => Err(Error::UnknownReference(other.to_owned())),
        }
    }

    /// An atlas in a file of its own.
    ///
    /// # Errors
    /// If it cannot be read or was made with other features.
    pub fn open_atlas(path: &Path) -> Result<Self, Error> {
        let bytes = std::fs::read(path).map_err(|source| Error::Io { path: path.to_owned(), source })?;
        Self::from_atlas_bytes(&path.display().to_string(), Bytes::from(bytes), false)
    }

    /// An atlas from bytes as [`crate::to_bytes`] makes them.
    ///
    /// # Errors
    /// If they are no readings or were made with other features.
    pub fn from_atlas_bytes(name: &str, bytes: Bytes, shipped: bool) -> Result<Self, Error> {
        let hash = format!("sha256:{:x}", Sha256::digest(&bytes));
        let stored = from_bytes(name, bytes, shipped)?;
        let note = |key: &str| stored.notes.get(key).cloned();
        Ok(Self {
            name: note("name").unwrap_or_else(|| name.to_owned()),
            hash,
            people: true,
            human_unit: note("human_unit").and_then(|u| u.parse().ok()),
            composition: composition(&stored.readings),
            frozen: note("frozen").as_deref() == Some("yes"),
            probe: note("probe").and_then(|p| serde_json::from_str(&p).ok()),
            readings: stored.readings,
        })
    }

    /// A user's own set: groups are prompts, or single texts where there are none.
    ///
    /// # Errors
    /// If it is empty.
    pub fn from_readings(name: &str, readings: Vec<Reading>) -> Result<Self, Error> {
        if readings.is_empty() {
            return Err(Error::NoTexts(name.to_owned()));
        }
        let mut hash = Sha256::new();
        for r in &readings {
            hash.update(r.text.as_bytes());
            hash.update([0]);
        }
        Ok(Self {
            name: name.to_owned(),
            hash: format!("sha256:{:x}", hash.finalize()),
            people: false,
            composition: composition(&readings),
            readings,
            human_unit: None,
            frozen: true,
            probe: None,
        })
    }

    /// Whether it is a reference for poems.
    #[must_use]
    pub fn is_verse(&self) -> bool {
        2 * self.readings.iter().filter(|r| is_verse(r.kind)).count() >= self.readings.len()
    }

    /// The feature of the atlas' probe poem that this doggerel reads otherwise than the one that made the atlas; None where
    /// all are equal, or the reference is no atlas.
    #[must_use]
    pub fn changed_feature(&self) -> Option<&'static str> {
        let remembered = self.probe.as_ref()?;
        let now = probe();
        let differs = |i: &usize| remembered.get(*i).is_none_or(|then| (now[*i] - then).abs() > 1e-5);
        (0..now.len()).find(differs).map(|i| verse::FEATURES[i].name)
    }

    /// Authors, prompts or texts, whichever belongs together in it.
    #[must_use]
    pub fn group_of(&self, reading: &Reading) -> String {
        let by_prompt = || reading.prompt.clone().map(|p| format!("prompt {p}"));
        let known = |a: &String| !ANONYMOUS.contains(&a.to_lowercase().trim_end_matches('.'));
        let by_author = || reading.author.clone().filter(known).map(|a| format!("author {a}"));
        let named = if self.people { by_author().or_else(by_prompt) } else { by_prompt().or_else(by_author) };
        named.unwrap_or_else(|| format!("text {}", reading.id))
    }
}

/// Names that are no one's: such works are groups of their own.
const ANONYMOUS: [&str; 5] = ["anonymous", "anon", "traditional", "unknown", "nursery rhyme"];

fn composition(readings: &[Reading]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for r in readings {
        *counts.entry(format!("form: {}", r.form_name)).or_default() += 1;
        if let Some(year) = r.year {
            let from = year.div_euclid(50) * 50;
            *counts.entry(format!("years: {from}–{}", from + 49)).or_default() += 1;
        }
    }
    counts
}

/// Form features as they were measured, one row a reading.
pub(crate) fn form_rows<'a>(readings: impl IntoIterator<Item = &'a Reading>) -> Rows {
    Rows::new(readings.into_iter().flat_map(|r| r.form.iter().copied()).collect(), verse::FEATURES.len())
}

/// The scale of the form features: the ranks of the shipped atlas, so that distances mean the same against any reference;
/// the reference's own where it is not verse.
pub(crate) fn form_scale(reference: &Reference) -> Result<RankScale, Error> {
    Ok(RankScale::fit(&form_rows(&scale_of(reference)?.readings)))
}

/// The reference that lends its ranks.
pub(crate) fn scale_of(reference: &Reference) -> Result<&Reference, Error> {
    if reference.people || !reference.is_verse() { Ok(reference) } else { Reference::poetry() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_atlas_is_current() {
        let atlas = Reference::poetry().expect("the shipped atlas has the features of this doggerel");
        assert!(atlas.probe.is_some());
        assert_eq!(atlas.changed_feature(), None, "verse is read otherwise now: run `cargo xtask atlas`");
    }

    #[test]
    fn the_atlas_holds_people_and_no_text() {
        let atlas = Reference::poetry().expect("the shipped atlas has the features of this doggerel");
        assert!(atlas.people && atlas.is_verse() && atlas.readings.len() > 1000);
        assert!(atlas.readings.iter().all(|r| r.text.is_empty() && r.body.is_empty() && r.author.is_some()));
        assert!(atlas.readings.iter().flat_map(|r| &r.form).all(|x| x.is_finite()));
    }

    #[test]
    fn unknown_references_are_named() {
        assert!(Reference::shipped("martians").is_err_and(|e| e.to_string().contains("martians")));
    }
}

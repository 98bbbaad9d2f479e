//! What samples are held against.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;

use bytes::Bytes;
use diversity::{RankScale, Rows};
use sha2::{Digest, Sha256};

use crate::genre::Genre;
use crate::reading::Reading;
use crate::side::ENOUGH_PROMPTS;
use crate::store::{Stored, from_bytes};
use crate::{Error, Skipped};

/// The shipped atlases of people's works: features only. `cargo xtask atlas` makes them.
static POETRY: &[u8] = include_bytes!("../../../data/poetry-1.parquet");
static JOKES: &[u8] = include_bytes!("../../../data/jokes-1.parquet");
static STORIES: &[u8] = include_bytes!("../../../data/stories-1.parquet");

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
    /// Which form vector is compared, and which texts are on task.
    pub genre: Genre,
    pub readings: Vec<Reading>,
    /// FD_u between two human collections: one human unit.
    pub human_unit: Option<f64>,
    /// Texts by form and by half-century.
    pub composition: BTreeMap<String, usize>,
    /// False for a provisional atlas: no number against it is citable.
    pub frozen: bool,
    /// The form vector of [`PROBE`] (of prose, [`PROSE_PROBE`]) when the atlas was made.
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

/// The same for prose.
const PROSE_PROBE: &str = "\
Once the bridge had a keeper, and the keeper had a dog. Nobody paid either of them.

\"Why do you stay?\" asked Marta. She was counting the coins in her hand, the coins of three days, and looking down \
at the water, which was high, brown, and full of doors.

He didn't answer. I think he never heard her. Marta walked on; the dog watched Marta go.

Perhaps every bridge is like that. We cross, we pay, we forget the dog.";

/// The form vector of the text that an atlas remembers, as this doggerel reads it.
#[must_use]
pub fn probe(genre: Genre) -> Vec<f32> {
    let text = if genre == Genre::Poetry { PROBE } else { PROSE_PROBE };
    let readings = crate::read(&[corpus::Text::new("probe", text)], &crate::ReadOptions::default());
    readings.iter().flat_map(|r| genre.form(r).to_vec()).collect()
}

/// Names by which the shipped atlases are asked for, beside `human`.
pub const SHIPPED: [&str; 3] = ["poetry", "jokes", "stories"];

impl Reference {
    /// The shipped atlas of people's poems, decoded once.
    ///
    /// # Errors
    /// If it was made with other features than this doggerel computes (in a development tree only).
    pub fn poetry() -> Result<&'static Self, Error> {
        Self::people(Genre::Poetry)
    }

    /// The shipped atlas of people's works of a genre, decoded once.
    ///
    /// # Errors
    /// If it was made with other features than this doggerel computes (in a development tree only).
    pub fn people(genre: Genre) -> Result<&'static Self, Error> {
        static ATLASES: [OnceLock<Reference>; 3] = [const { OnceLock::new() }; 3];
        let (cell, name, bytes) = match genre {
            Genre::Poetry => (&ATLASES[0], "data/poetry-1.parquet", POETRY),
            Genre::Jokes => (&ATLASES[1], "data/jokes-1.parquet", JOKES),
            Genre::Stories => (&ATLASES[2], "data/stories-1.parquet", STORIES),
        };
        if let Some(atlas) = cell.get() {
            return Ok(atlas);
        }
        let atlas = Self::from_atlas_bytes(name, Bytes::from_static(bytes), true)?;
        Ok(cell.get_or_init(|| atlas))
    }

    /// The shipped reference that samples are held against by that name: `human` is the genre that they are.
    ///
    /// # Errors
    /// If there is none, or it is stale.
    pub fn shipped_for(name: &str, samples: &[Reading]) -> Result<&'static Self, Error> {
        match name {
            "human" | "people" => Self::people(Genre::of(samples)),
            other => Self::shipped(other),
        }
    }

    /// The same for sets that are held against each other. Sets that answer the same prompts are of one genre, that of all
    /// their texts together: a base model wanders off.
    ///
    /// # Errors
    /// If there is none, it is stale, or `human` is asked of sets of different genres that share no prompts.
    pub fn shipped_for_sets(name: &str, sets: &[&Samples]) -> Result<&'static Self, Error> {
        if !matches!(name, "human" | "people") {
            return Self::shipped(name);
        }
        let prompts = |set: &&Samples| set.readings.iter().filter_map(|r| r.prompt.clone()).collect::<BTreeSet<_>>();
        let shared = sets.iter().map(prompts).reduce(|a, b| a.intersection(&b).cloned().collect()).unwrap_or_default();
        if shared.len() < ENOUGH_PROMPTS {
            let of = |set: &&Samples| (set.name.clone(), Genre::of(&set.readings));
            let genres: Vec<(String, Genre)> = sets.iter().map(of).collect();
            if let Some((first, other)) = genres.iter().find_map(|g| (g.1 != genres[0].1).then(|| (&genres[0], g))) {
                return Err(Error::MixedGenres { sets: [first.clone(), other.clone()] });
            }
        }
        Self::people(Genre::of(sets.iter().flat_map(|set| &set.readings)))
    }

    /// The shipped reference of that name: a genre, or the atlas' own name; `human` is poetry.
    ///
    /// # Errors
    /// If there is none, or it is stale.
    pub fn shipped(name: &str) -> Result<&'static Self, Error> {
        let genre = match name {
            "human" | "people" => Some(Genre::Poetry),
            "poetry-1" => Some(Genre::Poetry),
            "jokes-1" => Some(Genre::Jokes),
            "stories-1" => Some(Genre::Stories),
            other => Genre::named(other),
        };
        Self::people(genre.ok_or_else(|| Error::UnknownReference(name.to_owned()))?)
    }

    /// An atlas in a file of its own, or readings that were stored: a user's own set.
    ///
    /// # Errors
    /// If it cannot be read, holds no readings, or was made with other features.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let bytes = std::fs::read(path).map_err(|source| Error::Io { path: path.to_owned(), source })?;
        let bytes = Bytes::from(bytes);
        let name = path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
        let stored = from_bytes(&path.display().to_string(), bytes.clone(), false)?;
        // every atlas says whether it is frozen
        if !stored.notes.contains_key("frozen") {
            return Self::from_readings(&name, stored.readings);
        }
        Self::from_stored(&name, format!("sha256:{:x}", Sha256::digest(&bytes)), stored)
    }

    /// An atlas from bytes as [`crate::to_bytes`] makes them.
    ///
    /// # Errors
    /// If they are no readings or were made with other features.
    pub fn from_atlas_bytes(name: &str, bytes: Bytes, shipped: bool) -> Result<Self, Error> {
        let hash = format!("sha256:{:x}", Sha256::digest(&bytes));
        let stored = from_bytes(name, bytes, shipped)?;
        Self::from_stored(name, hash, stored)
    }

    fn from_stored(name: &str, hash: String, stored: Stored) -> Result<Self, Error> {
        let note = |key: &str| stored.notes.get(key).cloned();
        // an atlas of poetry needs no note of its genre
        let genre = note("genre").and_then(|g| Genre::named(&g)).unwrap_or_default();
        if stored.readings.iter().any(|r| genre.form(r).is_empty()) {
            let reason = format!("it holds no form vectors of {}", genre.name());
            return Err(Error::NotReadings { name: name.to_owned(), reason });
        }
        Ok(Self {
            name: note("name").unwrap_or_else(|| name.to_owned()),
            hash,
            people: note("people").as_deref() != Some("no"),
            genre,
            human_unit: note("human_unit").and_then(|u| u.parse().ok()),
            composition: composition(&stored.readings, genre),
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
            hash.update(r.text().as_bytes());
            hash.update([0]);
        }
        let genre = Genre::of(&readings);
        Ok(Self {
            name: name.to_owned(),
            hash: format!("sha256:{:x}", hash.finalize()),
            people: false,
            genre,
            composition: composition(&readings, genre),
            readings,
            human_unit: None,
            frozen: true,
            probe: None,
        })
    }

    /// Whether it is a reference for poems.
    #[must_use]
    pub fn is_verse(&self) -> bool {
        self.genre == Genre::Poetry
    }

    /// The feature of the atlas' probe that this doggerel reads otherwise than the one that made the atlas; None where
    /// all are equal, or the reference is no atlas.
    #[must_use]
    pub fn changed_feature(&self) -> Option<&'static str> {
        let remembered = self.probe.as_ref()?;
        let now = probe(self.genre);
        let differs = |i: &usize| remembered.get(*i).is_none_or(|then| (now[*i] - then).abs() > 1e-5);
        (0..now.len()).find(differs).and_then(|i| Some(self.genre.features().get(i)?.0))
    }

    /// Authors, prompts or texts, whichever belongs together in it.
    #[must_use]
    pub fn group_of(&self, reading: &Reading) -> String {
        group_of(reading, self.people)
    }
}

/// The author of people's works, else the prompt; of others the prompt, else the author; else the text itself.
pub(crate) fn group_of(reading: &Reading, people: bool) -> String {
    let by_prompt = || reading.prompt.clone().map(|p| format!("prompt {p}"));
    let known = |a: &String| !ANONYMOUS.contains(&a.to_lowercase().trim_end_matches('.'));
    let by_author = || reading.author.clone().filter(known).map(|a| format!("author {a}"));
    let named = if people { by_author().or_else(by_prompt) } else { by_prompt().or_else(by_author) };
    named.unwrap_or_else(|| format!("text {}", reading.id))
}

/// Names that are no one's: such works are groups of their own.
const ANONYMOUS: [&str; 5] = ["anonymous", "anon", "traditional", "unknown", "nursery rhyme"];

fn composition(readings: &[Reading], genre: Genre) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for r in readings {
        let form = genre.form_name(r).split(", ").next().unwrap_or_default();
        *counts.entry(format!("form: {form}")).or_default() += 1;
        if let Some(year) = r.year {
            let from = year.div_euclid(50) * 50;
            *counts.entry(format!("years: {from}–{}", from + 49)).or_default() += 1;
        }
    }
    counts
}

/// Form features as they were measured, one row a reading.
pub(crate) fn form_rows<'a>(readings: impl IntoIterator<Item = &'a Reading>, genre: Genre) -> Rows {
    let values = readings.into_iter().flat_map(|r| genre.form(r).iter().copied()).collect();
    Rows::new(values, genre.features().len())
}

/// The scale of the form features: the ranks of the genre's shipped atlas, so that distances mean the same against any
/// reference; an atlas' own.
pub(crate) fn form_scale(reference: &Reference) -> Result<RankScale, Error> {
    Ok(RankScale::fit(&form_rows(&scale_of(reference)?.readings, reference.genre)))
}

/// The reference that lends its ranks.
pub(crate) fn scale_of(reference: &Reference) -> Result<&Reference, Error> {
    if reference.people { Ok(reference) } else { Reference::people(reference.genre) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_atlases_of_prose_are_current() {
        for (genre, least) in [(Genre::Jokes, 1000), (Genre::Stories, 300)] {
            let atlas = Reference::people(genre).expect("the shipped atlas has the features of this doggerel");
            assert_eq!(atlas.genre, genre);
            assert_eq!(atlas.changed_feature(), None, "prose is read otherwise now: run `cargo xtask atlas --genre`");
            assert!(atlas.people && atlas.readings.len() >= least && atlas.human_unit.is_none());
            assert!(atlas.readings.iter().all(|r| r.text.is_empty() && r.body.is_empty() && r.content.is_empty()));
            assert!(atlas.readings.iter().flat_map(|r| &r.prose).all(|x| x.is_finite()));
        }
    }

    #[test]
    fn human_is_the_genre_of_the_samples() {
        let joke = Reading { kind: verse::Kind::Prose, words: 12, ..Reading::default() };
        assert_eq!(Reference::shipped_for("human", &vec![joke; 3]).map(|a| a.genre).ok(), Some(Genre::Jokes));
        assert_eq!(Reference::shipped("stories").map(|a| a.genre).ok(), Some(Genre::Stories));
    }

    #[test]
    fn sets_of_one_genre_share_an_atlas_and_others_are_refused() {
        let set = |name: &str, kind, words, prompts: usize| {
            let reading = |i: usize| Reading { kind, words, prompt: Some(format!("{name} {i}")), ..Reading::default() };
            Samples { name: name.into(), readings: (0..prompts).map(reading).collect(), skipped: vec![] }
        };
        let (a, b) = (set("a", verse::Kind::Prose, 12, 9), set("b", verse::Kind::Prose, 20, 9));
        let poems = set("poems", verse::Kind::Verse, 90, 9);
        assert_eq!(Reference::shipped_for_sets("human", &[&a, &b]).map(|r| r.genre).ok(), Some(Genre::Jokes));
        let refused = Reference::shipped_for_sets("human", &[&a, &poems]).expect_err("jokes and poems").to_string();
        assert!(refused.contains("a holds jokes and poems holds poems"), "{refused}");
        assert!(Reference::shipped_for_sets("jokes", &[&a, &poems]).is_ok(), "whoever names the atlas means it");
        // answers to the same prompts, some of a base model that wandered off
        let mut strays = poems.clone();
        strays.readings.iter_mut().for_each(|r| r.kind = verse::Kind::Prose);
        assert_eq!(Reference::shipped_for_sets("human", &[&poems, &strays]).map(|r| r.genre).ok(), Some(Genre::Poetry));
    }

    #[test]
    fn the_shipped_atlas_is_current() {
        let atlas = Reference::poetry().expect("the shipped atlas has the features of this doggerel");
        assert!(atlas.probe.is_some());
        assert_eq!(atlas.changed_feature(), None, "verse is read otherwise now: run `cargo xtask atlas`");
    }

    #[test]
    fn the_atlas_holds_people_and_no_text() {
        let atlas = Reference::poetry().expect("the shipped atlas has the features of this doggerel");
        assert!(atlas.people && atlas.genre == Genre::Poetry && atlas.readings.len() > 1000);
        assert!(atlas.readings.iter().all(|r| r.text.is_empty() && r.body.is_empty() && r.author.is_some()));
        assert!(atlas.readings.iter().flat_map(|r| &r.form).all(|x| x.is_finite()));
    }

    #[test]
    fn unknown_references_are_named() {
        assert!(Reference::shipped("martians").is_err_and(|e| e.to_string().contains("martians")));
    }
}

//! What texts in training are held against, by the name that a person gives it.

use std::path::Path;

use measure::{Base, Genre, ReadOptions, Reference, Samples};

use crate::Error;

/// People's works, or a base model's samples.
#[derive(Debug, Clone)]
pub struct Standard {
    pub reference: Reference,
    /// The same texts as a set, so that answers to one prompt can be held beside each other; none for an atlas.
    pub samples: Option<Samples>,
}

impl Standard {
    /// `human` (the atlas of the genre; poems without one), `poetry`, `jokes`, `stories`, or the path of a file or folder of
    /// texts, of readings or of an atlas.
    ///
    /// # Errors
    /// If there is none of that name, or it cannot be read.
    pub fn open(name: &str, genre: Option<Genre>) -> Result<Self, Error> {
        let path = Path::new(name);
        if !path.exists() {
            let shipped = match (name, genre) {
                ("human" | "people", Some(genre)) => Reference::people(genre)?,
                _ => Reference::shipped(name)?,
            };
            return Ok(Self { reference: shipped.clone(), samples: None });
        }
        if path.extension().is_some_and(|e| e == "parquet") {
            match Reference::open(path) {
                Ok(reference) => return Ok(Self::of_reference(reference, genre)),
                // a table of texts
                Err(measure::Error::NotReadings { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let mut texts = corpus::open(name, &corpus::Options::default())?;
        let all = texts.by_ref().collect::<Result<Vec<_>, _>>()?;
        Self::of_texts(texts.name(), &all, genre)
    }

    /// Of readings that are in memory.
    ///
    /// # Errors
    /// If there are none.
    pub fn of_texts(name: &str, texts: &[corpus::Text], genre: Option<Genre>) -> Result<Self, Error> {
        let readings = measure::read(texts, &ReadOptions::default());
        Ok(Self::of_reference(Reference::from_readings(name, readings)?, genre))
    }

    /// Of a reference that is in memory; one that is no atlas is taken for the genre given.
    #[must_use]
    pub fn of_reference(mut reference: Reference, genre: Option<Genre>) -> Self {
        if !reference.people
            && let Some(genre) = genre
        {
            reference.genre = genre;
        }
        let texts = !reference.people && reference.readings.iter().all(measure::Reading::has_text);
        let samples = texts.then(|| Samples {
            name: reference.name.clone(),
            readings: reference.readings.clone(),
            skipped: Vec::new(),
        });
        Self { reference, samples }
    }

    pub(crate) fn base(&self) -> Base<'_> {
        Base { reference: &self.reference, samples: self.samples.as_ref() }
    }
}

/// The genre of a suite's answers; None for a suite that asks for anything.
#[must_use]
pub fn genre_of_suite(suite: &str) -> Option<Genre> {
    match suite {
        "poetry" | "unrhymed" | "style" | "continuation" | "transfer" => Some(Genre::Poetry),
        "jokes" => Some(Genre::Jokes),
        "prose" | "stories" => Some(Genre::Stories),
        _ => None,
    }
}

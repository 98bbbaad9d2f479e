//! The openings of texts: what CFD-1 and the form of answers to one prompt are measured on, since long texts lie closer
//! together than short ones. (The form vector of prose sees an opening only, and serves as it is.)

use diversity::{RankScale, Rows};

use crate::Error;
use crate::genre::Genre;
use crate::reading::Reading;
use crate::reference::{Reference, scale_of};
use crate::side::Side;

/// Verse lines under which a poem has no form to be measured by.
const LEAST_LINES: u32 = 4;

/// The scale of openings: the ranks that the openings of the atlas' works have.
pub(crate) struct Openings {
    scale: RankScale,
    genre: Genre,
    seed: u64,
}

impl Openings {
    /// # Errors
    /// If the shipped atlas (which lends its scale) is stale.
    pub(crate) fn new(reference: &Reference, seed: u64) -> Result<Self, Error> {
        let genre = reference.genre;
        let works = scale_of(reference)?.readings.iter().filter(|r| is_long_enough(r, genre));
        Ok(Self { scale: RankScale::fit(&rows(works, genre)), genre, seed })
    }

    /// The poems of a side that are long enough, and their openings on the scale.
    pub(crate) fn of<'a>(&self, side: &Side<'a>) -> (Side<'a>, Rows) {
        let long: Vec<usize> = (0..side.len()).filter(|&i| is_long_enough(side.readings[i], self.genre)).collect();
        let kept = side.select(&long, self.seed);
        let rows = self.scale.apply(&rows(kept.readings.iter().copied(), self.genre));
        (kept, rows)
    }
}

fn is_long_enough(reading: &Reading, genre: Genre) -> bool {
    genre != Genre::Poetry || reading.lines >= LEAST_LINES
}

fn rows<'a>(readings: impl Iterator<Item = &'a Reading>, genre: Genre) -> Rows {
    let of = |r: &'a Reading| if genre == Genre::Poetry { r.opening_form.as_slice() } else { genre.form(r) };
    Rows::new(readings.flat_map(of).copied().collect(), genre.features().len())
}

//! The openings of poems: what CFD-1 and the form of answers to one prompt are measured on, since long texts lie closer
//! together than short ones.

use diversity::{RankScale, Rows};

use crate::Error;
use crate::reading::Reading;
use crate::reference::{Reference, scale_of};
use crate::side::Side;

/// Verse lines under which a poem has no form to be measured by.
const LEAST_LINES: u32 = 4;

/// The scale of openings: the ranks that the openings of the atlas' poems have.
pub(crate) struct Openings {
    scale: RankScale,
    seed: u64,
}

impl Openings {
    /// # Errors
    /// If the shipped atlas (which lends its scale) is stale.
    pub(crate) fn new(reference: &Reference, seed: u64) -> Result<Self, Error> {
        let poems = scale_of(reference)?.readings.iter().filter(|r| r.lines >= LEAST_LINES);
        Ok(Self { scale: RankScale::fit(&rows(poems)), seed })
    }

    /// The poems of a side that are long enough, and their openings on the scale.
    pub(crate) fn of<'a>(&self, side: &Side<'a>) -> (Side<'a>, Rows) {
        let long: Vec<usize> = (0..side.len()).filter(|&i| side.readings[i].lines >= LEAST_LINES).collect();
        let kept = side.select(&long, self.seed);
        let rows = self.scale.apply(&rows(kept.readings.iter().copied()));
        (kept, rows)
    }
}

fn rows<'a>(readings: impl Iterator<Item = &'a Reading>) -> Rows {
    Rows::new(readings.flat_map(|r| r.opening_form.iter().copied()).collect(), verse::FEATURES.len())
}

//! One set against its base, in numbers alone: what a trainer logs at a step.

use std::collections::BTreeMap;

use diversity::{RankScale, Rows};

use crate::comparison::Number;
use crate::figures::{Plan, Ready, shared_prompts};
use crate::gate::{Base, GateSettings, Outcome, VIEWS, judge, outcome, ratio};
use crate::genre::Genre;
use crate::progress::Progress;
use crate::reading::Reading;
use crate::reference::{form_rows, form_scale};
use crate::{Error, Reference, Samples};

/// Every measure of one set with its interval, without nulls, tests or pictures.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    pub n: usize,
    /// Texts of the kind that the reference's genre asks for.
    pub on_task: usize,
    /// By the name of the measure ([`crate::describe`]); `form.D_ratio` and `content.D_ratio` are D over the base's, paired
    /// by prompt. What cannot be told of these texts is absent.
    pub measures: BTreeMap<String, Number>,
    /// How the gate with its usual rules would end.
    pub outcome: Outcome,
}

/// Measures a set against its base.
///
/// # Errors
/// If it is empty, or the shipped atlas is stale.
pub fn standing(samples: &Samples, base: &Base, seed: u64) -> Result<Standing, Error> {
    if samples.readings.is_empty() {
        return Err(Error::NoTexts(samples.name.clone()));
    }
    let reference = base.reference;
    let ready = Ready::new(&[samples], Some(reference), seed);
    let plan = Plan { nulls: 0, spread: true, distance: false, rarefied: false, seed };
    let mut figures = ready.figures(plan, &Progress::default())?;
    let mut ours = figures.pop().unwrap_or_default();
    let mut measures: BTreeMap<String, Number> = ours.figures.iter().map(|(k, f)| (k.clone(), f.number())).collect();
    let mut theirs = Default::default();
    if let Some(base) = base.samples {
        // without E and reach: a set is no draw of its own reference
        let both = Ready::new(&[samples, base], Some(reference), seed);
        let both = both.figures(Plan { spread: false, ..plan }, &Progress::default())?;
        for view in VIEWS {
            let pairs = shared_prompts(&format!("{view}.D"), &both[0], &both[1]);
            let pairs: Vec<(f64, f64)> = pairs.into_iter().map(|p| (p.1, p.2)).collect();
            if let Some(ratio) = ratio(&pairs) {
                measures.insert(format!("{view}.D_ratio"), ratio.number());
            }
        }
        ours.by_prompt.clone_from(&both[0].by_prompt);
        theirs = both[1].clone();
    }
    let view = ready.view();
    let settings = GateSettings { seed, ..GateSettings::default() };
    let (rulings, _) = judge(&ours, &theirs, view, base, &settings, samples.readings.len())?;
    Ok(Standing {
        n: samples.readings.len(),
        on_task: samples.readings.iter().filter(|r| reference.genre.is_on_task(r.kind)).count(),
        measures,
        outcome: outcome(&rulings),
    })
}

/// The space in which forms are held side by side: every feature as its rank among the genre's atlas (a reference of
/// people's works: its own), Φ⁻¹ of it, clipped at ±3. Plain Euclid between its rows is the distance of every measure of form.
#[derive(Debug, Clone)]
pub struct FormSpace {
    scale: RankScale,
    genre: Genre,
}

impl FormSpace {
    /// # Errors
    /// If the shipped atlas, which lends its ranks, is stale.
    pub fn of(reference: &Reference) -> Result<Self, Error> {
        Ok(Self { scale: form_scale(reference)?, genre: reference.genre })
    }

    /// Width of a row.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.genre.features().len()
    }

    /// One row a reading.
    #[must_use]
    pub fn rows<'a>(&self, readings: impl IntoIterator<Item = &'a Reading>) -> Rows {
        self.scale.apply(&form_rows(readings, self.genre))
    }
}

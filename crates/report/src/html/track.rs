//! The page of a series of checkpoints.

use std::io::Write;

use measure::{Outcome, Track, TrackMeasure};
use serde::Serialize;

use super::{Fact, Html, how, still_page};
use crate::chart::{Mark, Series};
use crate::number::{count, written};
use crate::{Error, words};

const TEMPLATE: &str = concat!(include_str!("../../assets/parts.html"), include_str!("../../assets/track.html"));
/// Measures that have a column in the table; all have a picture.
const COLUMNS: usize = 5;

#[derive(Serialize)]
struct Page {
    n: String,
    base: String,
    word: &'static str,
    tone: &'static str,
    sentence: String,
    facts: Vec<Fact>,
    series: Vec<Picture>,
    heads: Vec<String>,
    steps: Vec<Step>,
    gate: String,
    warnings: Vec<String>,
    how: Vec<how::Entry>,
    again: Option<String>,
    version: String,
}

#[derive(Serialize)]
struct Picture {
    title: String,
    how: &'static str,
    explained: String,
    spoken: String,
    #[serde(flatten)]
    series: Series,
}

#[derive(Serialize)]
struct Step {
    name: String,
    n: String,
    cells: Vec<Cell>,
    gate: &'static str,
    failed: bool,
}

#[derive(Serialize, Default)]
struct Cell {
    value: String,
    interval: String,
}

impl Html {
    /// Writes the page of a series of checkpoints.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn track(&self, track: &Track, out: &mut dyn Write) -> Result<(), Error> {
        still_page(TEMPLATE, &self.track_page(track), out)
    }

    fn track_page(&self, track: &Track) -> Page {
        let open = track.steps.iter().any(|s| s.outcome == Outcome::CannotTell);
        let (word, tone) = match (&track.first_failure, open) {
            (Some(_), _) => ("Collapses", "bad"),
            (None, true) => ("Cannot tell", "open"),
            (None, false) => ("Holds", "good"),
        };
        let mut facts = vec![
            Fact { name: "Base".into(), text: format!("{} ({} texts)", track.base.name, count(track.base.n)) },
            Fact { name: "Seed".into(), text: track.seed.to_string() },
        ];
        facts.extend(self.date.clone().map(|text| Fact { name: "Measured".into(), text }));
        let columns = &track.measures[..track.measures.len().min(COLUMNS)];
        Page {
            n: count(track.steps.len()),
            base: track.base.name.clone(),
            word,
            tone,
            sentence: track.sentence.clone(),
            facts,
            series: track.measures.iter().map(|m| picture(track, m)).collect(),
            heads: columns.iter().map(|m| words::measure_name(&m.name)).collect(),
            steps: track.steps.iter().map(|s| step(s, columns)).collect(),
            gate: format!(
                "A checkpoint fails where the whole interval of a deciding measure lies below {}, at the level {:.1} % that {} looks share.",
                written(
                    &measure::Number { value: 1.0 - track.delta, ..measure::Number::default() },
                    crate::number::Scale::Plain
                )
                .value,
                100.0 * track.level,
                track.looks
            ),
            warnings: track.warnings.clone(),
            how: how::entries(&["within", "reach", "kinds", "repeats", "portrait", "intervals"]),
            again: self.again.clone(),
            version: track.doggerel.clone(),
        }
    }
}

fn step(step: &measure::Step, columns: &[TrackMeasure]) -> Step {
    let cell = |m: &TrackMeasure| {
        let number = step.measures.get(&m.name).map(|n| written(n, words::scale_of(&m.name)));
        number.map(|w| Cell { value: w.value, interval: w.interval.unwrap_or_default() }).unwrap_or_default()
    };
    Step {
        name: step.name.clone(),
        n: count(step.n),
        cells: columns.iter().map(cell).collect(),
        gate: if step.is_base { "base" } else { words::outcome(step.outcome) },
        failed: step.outcome == Outcome::Collapsed,
    }
}

fn picture(track: &Track, measure: &TrackMeasure) -> Picture {
    let scale = words::scale_of(&measure.name);
    let marks: Vec<Mark> = track
        .steps
        .iter()
        .enumerate()
        .filter_map(|(i, s)| {
            let number = s.measures.get(&measure.name)?;
            Some(Mark {
                at: i,
                step: s.step,
                name: s.name.clone(),
                value: number.value,
                bounds: number.low.zip(number.high),
                failed: track.first_failure.as_ref() == Some(&s.name),
            })
        })
        .collect();
    let spoken: Vec<String> = marks
        .iter()
        .map(|m| {
            format!(
                "{} {}",
                m.name,
                track.steps[m.at].measures.get(&measure.name).map(|n| written(n, scale).value).unwrap_or_default()
            )
        })
        .collect();
    let base = measure.base.as_ref().map(|n| (n.value, n.low.unwrap_or(n.value), n.high.unwrap_or(n.value)));
    Picture {
        title: words::measure_name(&measure.name),
        how: how::of_measure(&measure.name),
        explained: measure.description.clone(),
        spoken: format!("{}: {}", words::measure_name(&measure.name), spoken.join(", ")),
        series: Series::of(&marks, base, measure.limit, scale),
    }
}

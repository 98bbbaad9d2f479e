//! The measures over a series of checkpoints, each against the base.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::comparison::Number;
use crate::figures::{Plan, Ready, SetFigures, describe, shared_prompts};
use crate::gate::{Base, GateSet, GateSettings, Outcome, Ruling, VIEWS, judge, outcome, ratio};
use crate::number::number;
use crate::{Error, Reference, Samples};

/// A series of checkpoints (`doggerel.track/1`).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Track {
    pub schema: String,
    pub doggerel: String,
    pub seed: u64,
    pub base: GateSet,
    pub delta: f64,
    /// Looks that the gate's level is shared between: the checkpoints.
    pub looks: usize,
    pub level: f64,
    pub sentence: String,
    /// The first checkpoint at which the gate fails.
    pub first_failure: Option<String>,
    /// What is measured, in the order of showing.
    pub measures: Vec<TrackMeasure>,
    /// In order.
    pub steps: Vec<Step>,
    pub warnings: Vec<String>,
}

/// One measure of the series.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TrackMeasure {
    /// `content.D_ratio` is D over the base's, paired by prompt; `log.kl` and `log.reward` are means of the records' own
    /// fields; the others are measures as elsewhere.
    pub name: String,
    pub description: String,
    /// The base's own figure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<Number>,
    /// Where the gate draws its line, for the measures that decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Step {
    pub name: String,
    /// The number of the step, where its name or its records have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<f64>,
    pub n: usize,
    pub on_task: usize,
    pub is_base: bool,
    pub measures: BTreeMap<String, Number>,
    pub outcome: Outcome,
    pub rules: Vec<Ruling>,
}

/// One checkpoint's samples.
#[derive(Debug, Clone)]
pub struct Checkpoint<'a> {
    pub samples: &'a Samples,
    pub step: Option<f64>,
    /// Means of what its records log: "kl", "reward".
    pub log: BTreeMap<String, Number>,
}

/// The mean of what the records of a checkpoint log, with its interval.
#[must_use]
pub fn log_mean(values: &[f64]) -> Number {
    number(diversity::mean_with_interval(values), values.len(), None)
}

/// Portrait measures that are followed.
const FOLLOWED: [&str; 4] = ["rhymed_share", "quatrain_share", "even_lines_share", "uplift_share"];

/// Holds every checkpoint against the base: `base` where it is given, else the first of them.
///
/// # Errors
/// If there are fewer than two sets, one is empty, or the shipped atlas is stale.
pub fn track(checkpoints: &[Checkpoint], base: Option<&Samples>, settings: &GateSettings) -> Result<Track, Error> {
    let mut sets: Vec<&Samples> = checkpoints.iter().map(|c| c.samples).collect();
    let own = base.is_none();
    sets.extend(base);
    if sets.len() < 2 {
        return Err(Error::OneSet);
    }
    if let Some(empty) = sets.iter().find(|s| s.readings.is_empty()) {
        return Err(Error::NoTexts(empty.name.clone()));
    }
    let at = if own { 0 } else { sets.len() - 1 };
    let reference = Reference::from_readings(&sets[at].name, sets[at].readings.clone())?;
    let ready = Ready::new(&sets, Some(&reference), settings.seed);
    let plan = Plan { nulls: 0, spread: true, distance: false, rarefied: true, seed: settings.seed };
    let mut figures = ready.figures(plan, &settings.progress)?;
    // a set is no draw of its own reference
    figures[at].figures.retain(|name, _| !name.ends_with(".E") && !name.ends_with(".reach"));
    let figures = figures;

    let looks = checkpoints.len() - usize::from(own);
    let settings = GateSettings { looks, ..settings.clone() };
    let base = Base { reference: &reference, samples: Some(sets[at]) };
    let view = ready.view();
    let mut level = diversity::LEVEL;
    let mut steps = Vec::new();
    for (i, checkpoint) in checkpoints.iter().enumerate() {
        let mut step = step(&ready, i, checkpoint, &figures, at);
        if own && i == at {
            (step.is_base, step.outcome) = (true, Outcome::Holds);
        } else {
            (step.rules, level) = judge(&figures[i], &figures[at], view, &base, &settings, step.n)?;
            step.outcome = outcome(&step.rules);
        }
        steps.push(step);
    }
    let first = steps.iter().find(|s| s.outcome == Outcome::Collapsed);
    Ok(Track {
        schema: "doggerel.track/1".into(),
        doggerel: env!("CARGO_PKG_VERSION").into(),
        seed: settings.seed,
        base: GateSet { name: reference.name.clone(), n: ready.sizes[at].all, on_task: ready.sizes[at].on_task },
        delta: settings.delta,
        looks,
        level,
        sentence: sentence(&steps, &reference.name),
        first_failure: first.map(|s| s.name.clone()),
        measures: measures(&steps, &figures[at]),
        warnings: warnings(&ready, &steps),
        steps,
    })
}

fn step(ready: &Ready, i: usize, checkpoint: &Checkpoint, figures: &[SetFigures], base: usize) -> Step {
    let followed = |name: &str| name.contains('.') || FOLLOWED.contains(&name);
    let mut measures: BTreeMap<String, Number> =
        figures[i].figures.iter().filter(|(k, _)| followed(k)).map(|(k, f)| (k.clone(), f.number())).collect();
    for view in VIEWS {
        let pairs = shared_prompts(&format!("{view}.D"), &figures[i], &figures[base]);
        let pairs: Vec<(f64, f64)> = pairs.into_iter().map(|p| (p.1, p.2)).collect();
        if let Some(ratio) = ratio(&pairs).filter(|_| i != base) {
            measures.insert(format!("{view}.D_ratio"), ratio.number());
        }
    }
    measures.extend(checkpoint.log.iter().map(|(k, n)| (format!("log.{k}"), n.clone())));
    Step {
        name: checkpoint.samples.name.clone(),
        step: checkpoint.step,
        n: ready.sizes[i].all,
        on_task: ready.sizes[i].on_task,
        measures,
        ..Step::default()
    }
}

/// Every measure that some step has: those that decide first, what the records log last.
fn measures(steps: &[Step], base: &SetFigures) -> Vec<TrackMeasure> {
    let mut limits: BTreeMap<&str, f64> = BTreeMap::new();
    steps.iter().flat_map(|s| &s.rules).for_each(|r| {
        limits.insert(&r.measure, r.limit);
    });
    let mut names: Vec<&String> = steps.iter().flat_map(|s| s.measures.keys()).collect();
    names.sort_by_key(|n| (place(n), (*n).clone()));
    names.dedup();
    names
        .into_iter()
        .map(|name| {
            let of_ratio = name.strip_suffix("_ratio");
            TrackMeasure {
                description: described(name),
                base: base.figures.get(name).map(crate::figures::Figure::number),
                limit: limits
                    .get(of_ratio.unwrap_or(name))
                    .copied()
                    .filter(|_| of_ratio.is_some() || !name.ends_with(".D")),
                name: name.clone(),
            }
        })
        .collect()
}

fn place(name: &str) -> usize {
    const ORDER: [&str; 8] = ["D_ratio", "E", "reach", "D", "D_on_task", "D_ungated", "exact", "near"];
    match name.split_once('.') {
        Some(("log", _)) => 99,
        Some((_, what)) => ORDER.iter().position(|o| *o == what).unwrap_or(50),
        None => 60,
    }
}

fn described(name: &str) -> String {
    if let Some(field) = name.strip_prefix("log.") {
        return format!("mean {field} of the records");
    }
    match name.strip_suffix(".D_ratio") {
        Some(view) => format!("how far answers to one prompt lie apart in {view}, over the base's"),
        None => describe(name).unwrap_or_default().to_owned(),
    }
}

fn sentence(steps: &[Step], base: &str) -> String {
    let failed: Vec<&Step> = steps.iter().filter(|s| s.outcome == Outcome::Collapsed).collect();
    let open = steps.iter().filter(|s| s.outcome == Outcome::CannotTell).count();
    let tried = steps.iter().filter(|s| !s.is_base).count();
    match failed.first() {
        Some(first) => {
            let why: Vec<&str> =
                first.rules.iter().filter(|r| r.outcome == Outcome::Collapsed).map(|r| r.sentence.as_str()).collect();
            format!(
                "The gate first fails at {}: {}. {} of {tried} checkpoints fail.",
                first.name,
                why.join("; "),
                failed.len()
            )
        }
        None if open > 0 => {
            format!("No checkpoint fails against {base}; of {open} of {tried} the gate cannot tell at this n.")
        }
        None => format!("Every checkpoint holds against {base}."),
    }
}

fn warnings(ready: &Ready, steps: &[Step]) -> Vec<String> {
    let mut w = Vec::new();
    let sizes = steps.iter().map(|s| s.n);
    if let (Some(least), Some(most)) = (sizes.clone().min(), sizes.max())
        && most as f64 > 1.1 * least as f64
    {
        w.push(format!(
            "the checkpoints hold {least} to {most} texts: reach, kinds and repeats are stated at one n for all"
        ));
    }
    if ready.cut {
        w.push("the base is large: a seeded draw of its texts was used".into());
    }
    w.extend(ready.drawn());
    w
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reading;
    use diversity::Rng;

    fn answers(name: &str, spread: f32, seed: u64) -> Samples {
        let mut rng = Rng::new(seed);
        let mut places = Rng::new(99);
        let mut readings = Vec::new();
        for p in 0..30 {
            let place: Vec<f32> = (0..24).map(|_| places.normal() as f32).collect();
            for i in 0..5 {
                let v: Vec<f32> = place.iter().map(|x| x + spread * rng.normal() as f32).collect();
                readings.push(Reading {
                    id: format!("{p}-{i}"),
                    prompt: Some(format!("prompt {p}")),
                    body: format!("{name} {p} {i}"),
                    kind: verse::Kind::Prose,
                    content: crate::reading::unit(&v),
                    opening_content: crate::reading::unit(&v),
                    ..Reading::default()
                });
            }
        }
        Samples { name: name.into(), readings, skipped: vec![] }
    }

    #[test]
    fn the_first_step_that_fails_is_named() {
        let sets: Vec<Samples> = [0.9f32, 0.88, 0.45, 0.3]
            .iter()
            .enumerate()
            .map(|(i, s)| answers(&format!("step_{i}"), *s, i as u64 + 1))
            .collect();
        let steps: Vec<Checkpoint> = sets
            .iter()
            .enumerate()
            .map(|(i, samples)| Checkpoint {
                samples,
                step: Some(i as f64),
                log: BTreeMap::from([("kl".to_owned(), Number { value: i as f64, n: 150, ..Number::default() })]),
            })
            .collect();
        let t = track(&steps, None, &GateSettings::default()).expect("four sets with texts");
        assert_eq!(t.first_failure.as_deref(), Some("step_2"), "{}", t.sentence);
        assert!(t.sentence.contains("first fails at step_2") && t.sentence.contains("2 of 3"), "{}", t.sentence);
        assert_eq!(t.measures.first().map(|m| (m.name.as_str(), m.limit)), Some(("content.D_ratio", Some(0.8))));
        assert_eq!(t.measures.last().map(|m| m.name.as_str()), Some("log.kl"));
        assert!(t.steps[0].is_base && !t.steps[0].measures.contains_key("content.reach"));
        let value = |i: usize| t.steps[i].measures["content.D_ratio"].value;
        assert!(value(1) > value(2) && value(2) > value(3));
    }

    #[test]
    fn a_base_may_stand_apart() {
        let (base, a) = (answers("base", 0.9, 1), answers("a", 0.3, 2));
        let step = Checkpoint { samples: &a, step: None, log: BTreeMap::new() };
        let t = track(&[step], Some(&base), &GateSettings::default()).expect("two sets with texts");
        assert_eq!((t.base.name.as_str(), t.first_failure.as_deref(), t.looks), ("base", Some("a"), 1));
    }
}

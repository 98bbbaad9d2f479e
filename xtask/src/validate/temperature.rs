//! Stories to cue words at swept temperatures: hotter is more varied.

use std::collections::{BTreeMap, BTreeSet};

use measure::{ReadOptions, Samples, Set, compare_sets};
use serde::Deserialize;

use super::olmo::bounds;
use super::{Claim, Context, Failure, Table};
use crate::eval::records;

#[derive(Deserialize)]
struct Story {
    id: String,
    text: String,
    model: String,
    cue: Option<String>,
    template: Option<String>,
    temperature: Option<f64>,
}

/// Cue, id and text of the stories at one temperature, each text once.
type Stories = BTreeSet<(String, String, String)>;

/// One template, so that a difference is the temperature's.
const TEMPLATE: &str = "default";
/// Temperatures from which a model's is a sweep.
const SWEEP: usize = 5;
/// Its outputs at temperature 0 are not greedy (no two of them are equal), so they are left out.
const NOT_GREEDY: &str = "llama-3.1-70b-instruct";
const GOAL: f64 = 0.8;

pub fn run(context: &Context) -> Result<Option<Table>, Failure> {
    let Some(stories) = records::<Story>(&context.args.data, "models/cue_word_stories.jsonl.gz")? else {
        return Ok(None);
    };
    // by model and temperature in thousandths
    let mut sweeps: BTreeMap<String, BTreeMap<u32, Stories>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for s in stories.into_iter().filter(|s| s.template.as_deref() == Some(TEMPLATE)) {
        let (Some(t), Some(cue)) = (s.temperature, s.cue) else { continue };
        if (s.model == NOT_GREEDY && t == 0.0)
            || !seen.insert((s.model.clone(), t.to_bits(), cue.clone(), s.text.clone()))
        {
            continue;
        }
        sweeps.entry(s.model).or_default().entry((t * 1000.0) as u32).or_default().insert((cue, s.id, s.text));
    }
    let (mut rows, mut correlations) = (Vec::new(), Vec::new());
    for (model, by_temperature) in sweeps.into_iter().filter(|(_, t)| t.len() >= SWEEP) {
        let shared = shared_cues(&by_temperature);
        let sets: Vec<Samples> = by_temperature
            .iter()
            .map(|(t, stories)| {
                let texts: Vec<corpus::Text> = stories
                    .iter()
                    .filter(|(cue, ..)| shared.contains(cue))
                    .map(|(cue, id, text)| corpus::Text {
                        prompt: Some(cue.clone()),
                        ..corpus::Text::new(id.clone(), text.clone())
                    })
                    .collect();
                let readings = measure::read(&texts, &ReadOptions::default());
                Samples { name: format!("{:.1}", f64::from(*t) / 1000.0), readings, skipped: vec![] }
            })
            .collect();
        let none = BTreeMap::new();
        let held: Vec<Set> = sets.iter().map(|samples| Set { samples, settings: &none }).collect();
        let found = compare_sets(&held, None, context.args.seed, &measure::Progress::default())?;
        let points: Vec<(f64, f64)> = by_temperature
            .keys()
            .zip(&found.sets)
            .filter_map(|(t, s)| Some((f64::from(*t), s.measures.get("content.D")?.value)))
            .collect();
        let rho = spearman(&points);
        let by: Vec<String> = found
            .sets
            .iter()
            .filter_map(|s| Some(format!("{}: {}", s.name, bounds(s.measures.get("content.D")?))))
            .collect();
        let n: usize = sets.iter().map(|s| s.readings.len()).sum();
        rows.push(vec![model, n.to_string(), format!("{rho:.2}"), by.join("; ")]);
        correlations.push(rho);
    }
    let mean = correlations.iter().sum::<f64>() / correlations.len().max(1) as f64;
    let least = correlations.iter().copied().fold(f64::INFINITY, f64::min);
    let claim = |what: &str, value: f64| Claim {
        what: what.into(),
        goal: format!("≥ {GOAL}"),
        measured: format!("{value:.2}"),
        met: value >= GOAL,
    };
    Ok(Some(Table {
        family: "temperature",
        question: "Stories to four cue words, four or five at each temperature: does D rise with it? (llama-3.1-70b's outputs at 0 are not greedy, and are left out.)",
        columns: ["model", "stories", "rank correlation", "D by temperature"].map(str::to_owned).to_vec(),
        rows,
        claims: vec![
            claim("mean rank correlation of D with temperature", mean),
            claim("least rank correlation of a model", least),
        ],
    }))
}

/// Cues that have two different stories at every temperature.
fn shared_cues(by_temperature: &BTreeMap<u32, Stories>) -> BTreeSet<String> {
    let with_two = |stories: &Stories| {
        let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
        stories.iter().for_each(|(cue, ..)| *counts.entry(cue).or_default() += 1);
        counts.into_iter().filter(|(_, n)| *n > 1).map(|(cue, _)| cue.clone()).collect::<BTreeSet<String>>()
    };
    // at temperature 0 a greedy model has one story a cue, which says nothing against the cue
    let warm = by_temperature.iter().filter(|(t, _)| **t > 0).map(|(_, stories)| with_two(stories));
    warm.reduce(|a, b| a.intersection(&b).cloned().collect()).unwrap_or_default()
}

/// Spearman's rank correlation (no ties in practice).
fn spearman(points: &[(f64, f64)]) -> f64 {
    let ranks = |of: fn(&(f64, f64)) -> f64| -> Vec<f64> {
        points.iter().map(|p| points.iter().filter(|q| of(q) < of(p)).count() as f64).collect()
    };
    let (x, y) = (ranks(|p| p.0), ranks(|p| p.1));
    let mean = (points.len() as f64 - 1.0) / 2.0;
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for (a, b) in x.iter().zip(&y) {
        xy += (a - mean) * (b - mean);
        xx += (a - mean).powi(2);
        yy += (b - mean).powi(2);
    }
    xy / (xx * yy).sqrt()
}

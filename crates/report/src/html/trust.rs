//! What a reader must know to trust the figures.

use measure::Comparison;
use serde::Serialize;

use super::{Fact, Figure, Tally, figure};
use crate::number::{Scale, count};
use crate::text::one_line;
use crate::words;

#[derive(Serialize)]
pub struct Trust {
    warnings: Vec<String>,
    on_task: Option<Figure>,
    facts: Vec<Fact>,
    set_aside: Vec<Example>,
    skipped: Vec<Example>,
    composition: Vec<Tally>,
    settings: Vec<Fact>,
}

#[derive(Serialize)]
struct Example {
    what: String,
    n: String,
    example: String,
}

pub fn trust(comparison: &Comparison) -> Trust {
    let samples = &comparison.samples;
    let reference = &comparison.reference;
    let longest = reference.composition.values().copied().max().unwrap_or(1).max(1);
    let mut composition: Vec<_> = reference.composition.iter().collect();
    composition.sort_by_key(|(_, n)| std::cmp::Reverse(**n));
    let facts = [
        ("Reference", words::reference(reference)),
        ("Its hash", reference.hash.clone()),
        ("Seed", comparison.seed.to_string()),
        ("Version", format!("doggerel {} · {}", comparison.doggerel, comparison.schema)),
    ];
    Trust {
        warnings: comparison.warnings.clone(),
        on_task: (samples.on_task.n > 0).then(|| figure("on task", &samples.on_task, Scale::Share)),
        facts: facts
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(name, text)| Fact { name: name.into(), text })
            .collect(),
        set_aside: samples
            .set_aside
            .iter()
            .map(|aside| Example {
                what: aside.kind.clone(),
                n: count(aside.n),
                example: one_line(&aside.example, 120),
            })
            .collect(),
        skipped: samples
            .skipped
            .iter()
            .map(|skipped| Example {
                what: skipped.reason.clone(),
                n: count(skipped.n),
                example: one_line(&skipped.at.join(", "), 120),
            })
            .collect(),
        composition: composition
            .into_iter()
            .take(24)
            .map(|(form, &n)| Tally { text: form.clone(), n, bar: (n * 100 / longest).max(1) })
            .collect(),
        settings: comparison
            .settings
            .iter()
            .map(|(name, value)| Fact {
                name: words::spaced(name),
                text: value.as_str().map_or_else(|| value.to_string(), str::to_string),
            })
            .collect(),
    }
}

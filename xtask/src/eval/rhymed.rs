//! Rhymed or not, on poems whose editors said so.

use std::path::Path;

use rayon::prelude::*;
use serde::Deserialize;
use verse::{Options, read};

use super::{Figure, interval_by_group, records};

#[derive(Deserialize)]
struct Poem {
    id: String,
    text: String,
    rhyme: Option<bool>,
}

/// The volume of the collection that a poem is from: "english-ed2/ep2221".
fn volume(id: &str) -> &str {
    id.rsplit_once('/').map_or(id, |(volume, _)| volume)
}

pub fn run(data: &Path) -> Result<Vec<Figure>, Box<dyn std::error::Error>> {
    let Some(poems) = records::<Poem>(data, "human/historical_poems.jsonl.gz")? else { return Ok(Vec::new()) };
    let mut figures = Vec::new();
    for historical in [false, true] {
        let options = Options { historical, ..Options::default() };
        let answers: Vec<(&str, bool, bool)> = poems
            .par_iter()
            .filter_map(|p| p.rhyme.map(|gold| (volume(&p.id), gold, read(&p.text, &options).rhymed)))
            .collect();
        let suffix = if historical { ", historical" } else { "" };
        let recall = share(&answers, |(_, gold, _)| *gold);
        figures.push(figure(format!("recall of rhymed{suffix}"), recall, Some(0.95), false));
        let false_alarms = share(&answers, |(_, gold, _)| !*gold);
        figures.push(figure(format!("unrhymed called rhymed{suffix}"), false_alarms, Some(0.03), true));
        // Whole volumes bear the mark "unrhymed" though they hold couplets and sonnets; without those of which most read as
        // rhymed the figure says more about the rest.
        let mislabelled = |wanted: &str| {
            let of: Vec<bool> = answers.iter().filter(|(v, gold, _)| *v == wanted && !*gold).map(|a| a.2).collect();
            of.len() >= 5 && 2 * of.iter().filter(|r| **r).count() > of.len()
        };
        let rest = share(&answers, |(v, gold, _)| !*gold && !mislabelled(v));
        figures.push(figure(format!("the same, volumes mostly rhymed left out{suffix}"), rest, None, true));
    }
    Ok(figures)
}

/// Share of the chosen answers that say "rhymed", with its interval over volumes and their number.
fn share(answers: &[(&str, bool, bool)], chosen: impl Fn(&(&str, bool, bool)) -> bool) -> (f64, f64, f64, usize) {
    let items: Vec<(String, [f64; 2])> = answers
        .iter()
        .filter(|a| chosen(a))
        .map(|(volume, _, said)| ((*volume).to_owned(), [f64::from(u8::from(*said)), 1.0]))
        .collect();
    let (value, low, high) = interval_by_group(&items, |s| s[0] / s[1]);
    (value, low, high, items.len())
}

fn figure(figure: String, (value, low, high, n): (f64, f64, f64, usize), goal: Option<f64>, lower: bool) -> Figure {
    Figure { task: "rhymed", figure, value, low, high, n, goal, lower_is_better: lower }
}

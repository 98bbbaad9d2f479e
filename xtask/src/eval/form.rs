//! Forms, kinds of text and endings, on labelled poems, prose and lines.

use std::collections::BTreeMap;
use std::path::Path;

use phonetics::Pronouncer;
use rayon::prelude::*;
use serde::Deserialize;
use verse::{Kind, Line, Options, normalize, read, valence};

use super::{Figure, interval_by_group, records};
use crate::kind_weights::examples;

#[derive(Deserialize)]
struct Poem {
    text: String,
    author: Option<String>,
    form: String,
}

#[derive(Deserialize)]
struct Sentiment {
    text: String,
    label: String,
}

/// The forms that are scored, and the label that the collections give them.
const CLASSES: [&str; 8] =
    ["sonnet", "couplets", "ballad or common metre", "blank verse", "free verse", "prose poem", "haiku", "limerick"];

fn labelled(form: &str) -> Option<&'static str> {
    Some(match form {
        "sonnet" => "sonnet",
        "couplet" => "couplets",
        "ballad" | "common measure" => "ballad or common metre",
        "blank verse" => "blank verse",
        "free verse" => "free verse",
        "prose poem" => "prose poem",
        "haiku" => "haiku",
        "limerick" => "limerick",
        _ => return None,
    })
}

/// The class of a computed form; computed forms are finer.
fn class(form: &str) -> &str {
    match form {
        "shakespearean sonnet" | "petrarchan sonnet" | "spenserian sonnet" => "sonnet",
        "heroic couplets" | "couplets in quatrains" => "couplets",
        "common metre" | "ballad stanzas" => "ballad or common metre",
        "long unrhymed lines"
        | "short unrhymed lines"
        | "unrhymed quatrains"
        | "unrhymed couplets"
        | "unrhymed tercets" => "free verse",
        other => other,
    }
}

pub fn run(data: &Path) -> Result<Vec<Figure>, Box<dyn std::error::Error>> {
    let mut figures = forms(data)?;
    figures.extend(kinds(data)?);
    figures.extend(sentiment(data)?);
    Ok(figures)
}

fn forms(data: &Path) -> Result<Vec<Figure>, Box<dyn std::error::Error>> {
    let mut poems = records::<Poem>(data, "human/poems_by_form.jsonl.gz")?.unwrap_or_default();
    poems.extend(records::<Poem>(data, "human/light_verse.jsonl.gz")?.unwrap_or_default());
    let answers: Vec<(String, &'static str, String)> = poems
        .par_iter()
        .enumerate()
        .filter_map(|(i, poem)| {
            let gold = labelled(&poem.form)?;
            let reading = read(&poem.text, &Options::default());
            let group =
                poem.author.clone().filter(|a| gold != "limerick" && !a.is_empty()).unwrap_or(format!("poem {i}"));
            Some((group, gold, class(&reading.form.name).to_owned()))
        })
        .collect();
    if answers.is_empty() {
        return Ok(Vec::new());
    }
    // [right, labelled, called] a class.
    let sums = |gold: &str, said: &str| -> [f64; 24] {
        let mut sums = [0.0; 24];
        for (k, name) in CLASSES.iter().enumerate() {
            sums[3 * k] = f64::from(u8::from(gold == *name && said == *name));
            sums[3 * k + 1] = f64::from(u8::from(gold == *name));
            sums[3 * k + 2] = f64::from(u8::from(said == *name));
        }
        sums
    };
    let items: Vec<(String, [f64; 24])> = answers.iter().map(|(g, gold, said)| (g.clone(), sums(gold, said))).collect();
    let f1 = |s: &[f64; 24], k: usize| 2.0 * s[3 * k] / (s[3 * k + 1] + s[3 * k + 2]).max(1e-9);
    let mut figures = Vec::new();
    let (value, low, high) = interval_by_group(&items, |s| (0..8).map(|k| f1(s, k)).sum::<f64>() / 8.0);
    figures.push(figure("macro F1 of eight forms".to_owned(), (value, low, high), items.len(), Some(0.85)));
    for (k, name) in CLASSES.iter().enumerate() {
        let n = answers.iter().filter(|(_, gold, _)| gold == name).count();
        figures.push(figure(format!("F1 of {name}"), interval_by_group(&items, |s| f1(s, k)), n, None));
    }
    Ok(figures)
}

/// Verse or not: poems against stories, one-liners and answers to prompts that ask for no verse.
fn kinds(data: &Path) -> Result<Vec<Figure>, Box<dyn std::error::Error>> {
    let examples = examples(data)?;
    let answers: Vec<(&str, String, bool)> = examples
        .par_iter()
        .map(|e| {
            let right = (normalize(&e.text).kind == Kind::Verse) == e.verse;
            (e.source, format!("{}{}", e.source, e.hash), right)
        })
        .collect();
    if answers.is_empty() {
        return Ok(Vec::new());
    }
    // Every source counts alike.
    let mut by_source: BTreeMap<&str, Vec<(String, [f64; 2])>> = BTreeMap::new();
    for (source, group, right) in answers {
        by_source.entry(source).or_default().push((group, [f64::from(u8::from(right)), 1.0]));
    }
    let mut figures = Vec::new();
    let mut all = Vec::new();
    for (source, items) in by_source {
        all.extend(items.iter().map(|(g, s)| (g.clone(), [s[0] / items.len() as f64, 1.0 / items.len() as f64])));
        figures.push(figure(
            format!("verse or not: {source}"),
            interval_by_group(&items, |s| s[0] / s[1]),
            items.len(),
            None,
        ));
    }
    let n = all.len();
    figures.insert(
        0,
        figure("verse or not, every source alike".to_owned(), interval_by_group(&all, |s| s[0] / s[1]), n, Some(0.99)),
    );
    Ok(figures)
}

/// Chance that a line labelled positive has a higher valence than one labelled negative.
fn sentiment(data: &Path) -> Result<Vec<Figure>, Box<dyn std::error::Error>> {
    let Some(lines) = records::<Sentiment>(data, "gold/poem_sentiment.jsonl.gz")? else { return Ok(Vec::new()) };
    let of = |label: &str| -> Vec<f64> {
        lines
            .iter()
            .filter(|l| l.label == label)
            .map(|l| valence(&Line::new(l.text.as_str(), Pronouncer::shared())))
            .collect()
    };
    let (positive, negative) = (of("positive"), of("negative"));
    let items: Vec<(String, [f64; 2])> = positive
        .iter()
        .enumerate()
        .map(|(i, p)| {
            let above = negative.iter().filter(|n| *n < p).count() as f64
                + 0.5 * negative.iter().filter(|n| *n == p).count() as f64;
            (i.to_string(), [above, negative.len() as f64])
        })
        .collect();
    let n = positive.len() + negative.len();
    Ok(vec![figure(
        "AUC of valence, positive against negative".to_owned(),
        interval_by_group(&items, |s| s[0] / s[1]),
        n,
        None,
    )])
}

fn figure(figure: String, (value, low, high): (f64, f64, f64), n: usize, goal: Option<f64>) -> Figure {
    Figure { task: "form", figure, value, low, high, n, goal, lower_is_better: false }
}

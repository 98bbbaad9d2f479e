//! Forms, kinds of text and endings, on labelled poems, prose and lines.

use std::collections::BTreeMap;
use std::path::Path;

use phonetics::Pronouncer;
use rayon::prelude::*;
use serde::Deserialize;
use verse::{Kind, Line, Options, normalize, read, valence};

use super::{Figure, forest, interval_by_group, records};
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

/// A labelled poem with what was said of it.
struct Answer {
    /// Poems of one author stand together.
    group: String,
    gold: &'static str,
    said: String,
    confidence: f64,
    /// What the forest on simple counts says, having learnt from other authors.
    counted: &'static str,
}

fn answers(data: &Path) -> Result<Vec<Answer>, Box<dyn std::error::Error>> {
    let mut poems = records::<Poem>(data, "human/poems_by_form.jsonl.gz")?.unwrap_or_default();
    poems.extend(records::<Poem>(data, "human/light_verse.jsonl.gz")?.unwrap_or_default());
    let mut answers: Vec<(Answer, [f64; forest::COUNTS])> = poems
        .par_iter()
        .enumerate()
        .filter_map(|(i, poem)| {
            let gold = labelled(&poem.form)?;
            let reading = read(&poem.text, &Options::default());
            let group =
                poem.author.clone().filter(|a| gold != "limerick" && !a.is_empty()).unwrap_or(format!("poem {i}"));
            let said = class(&reading.form.name).to_owned();
            let answer = Answer { group, gold, said, confidence: reading.form.confidence, counted: "" };
            Some((answer, forest::counts(&poem.text)))
        })
        .collect();
    let class_of = |name: &str| CLASSES.iter().position(|c| *c == name).unwrap_or(0);
    let fold_of = |group: &str| fnv(group) % FOLDS;
    let forests: Vec<forest::Forest> = (0..FOLDS)
        .into_par_iter()
        .map(|fold| {
            let others = answers.iter().filter(|(a, _)| fold_of(&a.group) != fold);
            let rows: Vec<_> = others.map(|(a, counts)| (*counts, class_of(a.gold))).collect();
            forest::Forest::new(&rows, CLASSES.len(), fold + 1)
        })
        .collect();
    for (answer, counts) in &mut answers {
        answer.counted = CLASSES[forests[fold_of(&answer.group) as usize].class(counts)];
    }
    Ok(answers.into_iter().map(|(answer, _)| answer).collect())
}

/// Parts into which authors are dealt for the forest.
const FOLDS: u64 = 5;

fn forms(data: &Path) -> Result<Vec<Figure>, Box<dyn std::error::Error>> {
    let answers = answers(data)?;
    if answers.is_empty() {
        return Ok(Vec::new());
    }
    let mut figures = f1_figures(&answers, "", Some(0.85), |a| &a.said);
    figures.extend(f1_figures(&answers, "a forest on simple counts: ", None, |a| a.counted));
    figures.extend(reliability(&answers));
    Ok(figures)
}

/// Macro F1 and the F1 of each form.
fn f1_figures(
    answers: &[Answer],
    by: &str,
    goal: Option<f64>,
    said: impl for<'a> Fn(&'a Answer) -> &'a str,
) -> Vec<Figure> {
    // [right, labelled, called] a class.
    let items: Vec<(String, [f64; 24])> = answers
        .iter()
        .map(|a| {
            let mut sums = [0.0; 24];
            for (k, name) in CLASSES.iter().enumerate() {
                sums[3 * k] = f64::from(u8::from(a.gold == *name && said(a) == *name));
                sums[3 * k + 1] = f64::from(u8::from(a.gold == *name));
                sums[3 * k + 2] = f64::from(u8::from(said(a) == *name));
            }
            (a.group.clone(), sums)
        })
        .collect();
    let f1 = |s: &[f64; 24], k: usize| 2.0 * s[3 * k] / (s[3 * k + 1] + s[3 * k + 2]).max(1e-9);
    let macro_f1 = interval_by_group(&items, |s| (0..8).map(|k| f1(s, k)).sum::<f64>() / 8.0);
    let mut figures = vec![figure(format!("{by}macro F1 of eight forms"), macro_f1, items.len(), goal)];
    for (k, name) in CLASSES.iter().enumerate() {
        let n = answers.iter().filter(|a| a.gold == *name).count();
        figures.push(figure(format!("{by}F1 of {name}"), interval_by_group(&items, |s| f1(s, k)), n, None));
    }
    figures
}

/// Of the poems that were given one of the eight forms with a confidence in some range, the share that have it; and the mean
/// gap between confidence and share, over the ranges.
fn reliability(answers: &[Answer]) -> Vec<Figure> {
    const RANGES: [(f64, f64); 5] = [(0.0, 0.6), (0.6, 0.8), (0.8, 0.9), (0.9, 0.96), (0.96, 1.01)];
    let named: Vec<&Answer> = answers.iter().filter(|a| CLASSES.contains(&a.said.as_str())).collect();
    let mut figures = Vec::new();
    let mut gap = 0.0;
    for (low, high) in RANGES {
        let items: Vec<(String, [f64; 3])> = named
            .iter()
            .filter(|a| (low..high).contains(&a.confidence))
            .map(|a| (a.group.clone(), [f64::from(u8::from(a.gold == a.said)), a.confidence, 1.0]))
            .collect();
        if items.is_empty() {
            continue;
        }
        let n = items.len();
        let sure = items.iter().map(|(_, s)| s[1]).sum::<f64>() / n as f64;
        let right = interval_by_group(&items, |s| s[0] / s[2]);
        gap += (right.0 - sure).abs() * n as f64 / named.len() as f64;
        figures.push(figure(format!("right where {sure:.2} sure"), right, n, None));
    }
    figures.push(Figure {
        lower_is_better: true,
        ..figure("gap of confidence and share right".to_owned(), (gap, gap, gap), named.len(), None)
    });
    figures
}

fn fnv(s: &str) -> u64 {
    s.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
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

/// Lines of known sentiment: does valence part them, and do poems made of them end as they should? A poem is six lines drawn
/// from the neutral ones and two drawn from the positive or the negative: an uplifting end or a dark one. A moral is no mood,
/// so that of poems with either end should be alike.
fn sentiment(data: &Path) -> Result<Vec<Figure>, Box<dyn std::error::Error>> {
    let Some(lines) = records::<Sentiment>(data, "gold/poem_sentiment.jsonl.gz")? else { return Ok(Vec::new()) };
    let of =
        |label: &str| -> Vec<&str> { lines.iter().filter(|l| l.label == label).map(|l| l.text.as_str()).collect() };
    let (positive, negative, neutral) = (of("positive"), of("negative"), of("no_impact"));
    let valences = |texts: &[&str]| -> Vec<f64> {
        texts.iter().map(|text| valence(&Line::new(*text, Pronouncer::shared()))).collect()
    };
    let n = positive.len() + negative.len();
    let mut figures = vec![figure(
        "AUC of valence, positive against negative".to_owned(),
        auc(&valences(&positive), &valences(&negative)),
        n,
        None,
    )];
    let poems = |ends: &[&str], salt: usize| -> Vec<(f64, f64)> {
        (0..POEMS)
            .into_par_iter()
            .map(|i| {
                let drawn = |k: usize| neutral[(i * 6151 + k * 389 + salt * 97) % neutral.len()];
                let ended = |k: usize| ends[(i * 2 + k) % ends.len()];
                let text: Vec<&str> = (0..6).map(drawn).chain((0..2).map(ended)).collect();
                let ending = read(&text.join("\n"), &Options::default()).ending;
                (ending.uplift, ending.moral)
            })
            .collect()
    };
    let (up, down) = (poems(&positive, 0), poems(&negative, 1));
    let part = |poems: &[(f64, f64)], of: fn(&(f64, f64)) -> f64| -> Vec<f64> { poems.iter().map(of).collect() };
    figures.push(figure(
        "AUC of uplift, bright against dark ends".to_owned(),
        auc(&part(&up, |p| p.0), &part(&down, |p| p.0)),
        2 * POEMS,
        None,
    ));
    figures.push(figure(
        "AUC of moral, bright against dark ends (no mood: .5)".to_owned(),
        auc(&part(&up, |p| p.1), &part(&down, |p| p.1)),
        2 * POEMS,
        None,
    ));
    Ok(figures)
}

/// Poems made with each sort of end.
const POEMS: usize = 200;

/// Chance that one of the first is above one of the second, equals counted half.
fn auc(first: &[f64], second: &[f64]) -> (f64, f64, f64) {
    let items: Vec<(String, [f64; 2])> = first
        .iter()
        .enumerate()
        .map(|(i, p)| {
            let above = second.iter().filter(|n| *n < p).count() as f64
                + 0.5 * second.iter().filter(|n| *n == p).count() as f64;
            (i.to_string(), [above, second.len() as f64])
        })
        .collect();
    interval_by_group(&items, |s| s[0] / s[1])
}

fn figure(figure: String, (value, low, high): (f64, f64, f64), n: usize, goal: Option<f64>) -> Figure {
    Figure { task: "form", figure, value, low, high, n, goal, lower_is_better: false }
}

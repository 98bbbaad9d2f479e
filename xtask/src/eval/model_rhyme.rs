//! Schemes of stanzas that chat models wrote, held against two independent labellings (`xtask/gold/README.md`).

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use serde::Deserialize;
use verse::{Options, read};

use super::{Figure, interval_by_group, records};

#[derive(Deserialize)]
struct Label {
    id: String,
    block: usize,
    first: String,
    second: String,
}

#[derive(Deserialize)]
struct Poem {
    id: String,
    text: String,
}

type Pairs = BTreeSet<(usize, usize)>;

pub fn run(data: &Path) -> Result<Vec<Figure>, Box<dyn std::error::Error>> {
    let Some(poems) = records::<Poem>(data, "models/prompted_poems.jsonl.gz")? else { return Ok(Vec::new()) };
    let poems: HashMap<&str, &str> = poems.iter().map(|p| (p.id.as_str(), p.text.as_str())).collect();
    let labels: Vec<Label> =
        include_str!("../../gold/model_rhyme.jsonl").lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    // Of either labelling: pairs in both, pairs heard, pairs labelled, stanzas exact, stanzas.
    let mut scored: [Vec<(String, [f64; 5])>; 2] = Default::default();
    let mut agreement = [0.0; 4];
    for label in &labels {
        let Some(text) = poems.get(label.id.as_str()) else { continue };
        let heard = pairs(heard(text, label.block).iter().map(String::as_str));
        let labelled = [&label.first, &label.second].map(|l| pairs(l.split("").filter(|c| !c.is_empty())));
        for (scores, pairs) in scored.iter_mut().zip(&labelled) {
            let both = heard.intersection(pairs).count() as f64;
            let exact = f64::from(u8::from(heard == *pairs));
            scores.push((label.id.clone(), [both, heard.len() as f64, pairs.len() as f64, exact, 1.0]));
        }
        let n = label.first.len();
        let both = labelled[0].intersection(&labelled[1]).count() as f64;
        let [a, b] = [labelled[0].len() as f64, labelled[1].len() as f64];
        for (total, x) in agreement.iter_mut().zip([both, a, b, (n * (n - 1) / 2) as f64]) {
            *total += x;
        }
    }
    let n = scored[0].len();
    if n == 0 {
        eprintln!("skipped: none of the labelled stanzas is in this part of prompted_poems");
        return Ok(Vec::new());
    }
    let mut figures = Vec::new();
    for (name, scores) in ["first", "second"].iter().zip(&scored) {
        let f1 = interval_by_group(scores, |s| 2.0 * s[0] / (s[1] + s[2]));
        figures.push(figure(format!("model verse, pair F1, {name} labels"), f1, n, Some(0.95)));
        let exact = interval_by_group(scores, |s| s[3] / s[4]);
        figures.push(figure(format!("model verse, scheme exact, {name} labels"), exact, n, None));
    }
    let kappa = kappa(agreement);
    figures.push(figure("kappa of the two labellings, by pairs of lines".to_owned(), (kappa, kappa, kappa), n, None));
    Ok(figures)
}

/// Cohen's kappa (1960) of two labellings that call `a` and `b` of `all` pairs rhymes, `both` of them together.
fn kappa([both, a, b, all]: [f64; 4]) -> f64 {
    let observed = (both + all - (a + b - both)) / all;
    let chance = (a * b + (all - a) * (all - b)) / (all * all);
    (observed - chance) / (1.0 - chance)
}

/// The letters of the stanza's lines, read in its poem; alone where the poem's layout has the lines otherwise.
fn heard(text: &str, block: usize) -> Vec<String> {
    let lines = lines_of(text, block);
    let letters = |reading: verse::Reading| -> Option<Vec<String>> {
        let all: Vec<_> = reading.stanzas.into_iter().flat_map(|s| s.lines).collect();
        let at = all.windows(lines.len()).position(|w| w.iter().zip(&lines).all(|(a, b)| a.text.trim() == *b))?;
        Some(all[at..at + lines.len()].iter().map(|l| l.rhyme.clone()).collect())
    };
    letters(read(text, &Options::default()))
        .or_else(|| letters(read(&lines.join("\n"), &Options::default())))
        .unwrap_or_else(|| vec!["x".to_owned(); lines.len()])
}

/// The lines with a word or sign of the part numbered `block`, where blank lines separate parts. As the stanzas were drawn: a
/// run of blank lines separates once.
fn lines_of(text: &str, block: usize) -> Vec<&str> {
    let mut parts = vec![Vec::new()];
    let mut blank = false;
    for (i, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            blank |= i > 0;
            continue;
        }
        if std::mem::take(&mut blank) {
            parts.push(Vec::new());
        }
        if let Some(part) = parts.last_mut() {
            part.push(line.trim());
        }
    }
    parts.into_iter().nth(block).unwrap_or_default()
}

fn pairs<'a>(letters: impl Iterator<Item = &'a str>) -> Pairs {
    let letters: Vec<&str> = letters.collect();
    let mut out = Pairs::new();
    for (j, b) in letters.iter().enumerate() {
        out.extend(letters[..j].iter().enumerate().filter(|(_, a)| *a == b && *b != "x").map(|(i, _)| (i, j)));
    }
    out
}

fn figure(figure: String, (value, low, high): (f64, f64, f64), n: usize, goal: Option<f64>) -> Figure {
    Figure { task: "rhyme", figure, value, low, high, n, goal, lower_is_better: false }
}

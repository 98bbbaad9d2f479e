//! Schemes of stanzas that chat models wrote, held against two independent labellings (`xtask/gold/README.md`).

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use phonetics::{Class, LineEnd, Pronouncer, RhymeOptions, rhyme};
use serde::Deserialize;
use verse::{Calibration, Kind, Options, Prior, StanzaScheme, read};

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

/// One labelled stanza as doggerel hears it.
struct Scored<'a> {
    label: &'a Label,
    lines: Vec<&'a str>,
    heard: Heard,
    /// Links heard, and those of either labelling.
    links: Pairs,
    labelled: [Pairs; 2],
}

impl Scored<'_> {
    /// Links in both, heard, labelled; exact; one stanza.
    fn sums(&self, labelling: usize) -> (String, [f64; 5]) {
        let labelled = &self.labelled[labelling];
        let both = self.links.intersection(labelled).count() as f64;
        let exact = f64::from(u8::from(self.links == *labelled));
        (self.label.id.clone(), [both, self.links.len() as f64, labelled.len() as f64, exact, 1.0])
    }
}

/// The stanzas fall into two halves by their poems' names: rules are weighed on the first, whose errors may be looked at, and
/// the second says whether they hold.
const HALVES: [&str; 2] = ["looked at", "held out"];

/// The stanzas of the first half read in their poems by `hear` and `prior`, with the posterior as confidence; and whether the
/// scheme is that of the first labelling. Where the layout has a stanza's lines otherwise, it is left out.
pub fn outcomes(
    data: &Path,
    hear: &dyn Fn(&LineEnd, &LineEnd) -> (Class, f32),
    prior: &Prior,
) -> Result<Vec<(StanzaScheme, bool)>, Box<dyn std::error::Error>> {
    let poems = records::<Poem>(data, "models/prompted_poems.jsonl.gz")?.unwrap_or_default();
    let poems: HashMap<&str, &str> = poems.iter().map(|p| (p.id.as_str(), p.text.as_str())).collect();
    let mut out = Vec::new();
    for label in labels()?.iter().filter(|l| half(&l.id) == 0) {
        let Some(text) = poems.get(label.id.as_str()) else { continue };
        let (wanted, stanzas) = (lines_of(text, label.block), verse::normalize(text).stanzas);
        let same = |s: &Vec<String>| s.len() == wanted.len() && s.iter().zip(&wanted).all(|(a, b)| a.trim() == *b);
        let Some(at) = stanzas.iter().position(same) else { continue };
        let end = |l: &String| LineEnd::of_line(Pronouncer::shared(), l);
        let ends: Vec<Vec<_>> = stanzas.iter().map(|s| s.iter().map(end).collect()).collect();
        let scheme = verse::schemes_by(&ends, hear, prior, &Calibration::RAW).swap_remove(at);
        let letters = scheme.letters();
        let right = pairs(letters.iter().map(String::as_str)) == pairs(label.first.split("").filter(|c| !c.is_empty()));
        out.push((scheme, right));
    }
    Ok(out)
}

fn labels() -> Result<Vec<Label>, serde_json::Error> {
    include_str!("../../gold/model_rhyme.jsonl").lines().map(serde_json::from_str).collect()
}

fn half(id: &str) -> usize {
    (id.bytes().fold(0x811c_9dc5_u32, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193)) >> 7) as usize & 1
}

pub fn run(data: &Path) -> Result<Vec<Figure>, Box<dyn std::error::Error>> {
    let Some(poems) = records::<Poem>(data, "models/prompted_poems.jsonl.gz")? else { return Ok(Vec::new()) };
    let poems: HashMap<&str, &str> = poems.iter().map(|p| (p.id.as_str(), p.text.as_str())).collect();
    let labels = labels()?;
    let scored: Vec<Scored> = labels.iter().filter_map(|l| Some(score(l, poems.get(l.id.as_str())?))).collect();
    if scored.is_empty() {
        eprintln!("skipped: none of the labelled stanzas is in this part of prompted_poems");
        return Ok(Vec::new());
    }
    if std::env::var_os("DOGGEREL_ERRORS").is_some() {
        scored.iter().filter(|s| half(&s.label.id) == 0).for_each(print_errors);
    }
    let mut figures = Vec::new();
    for (labelling, name) in ["first", "second"].iter().enumerate() {
        let all: Vec<(String, [f64; 5])> = scored.iter().map(|s| s.sums(labelling)).collect();
        let mut add = |items: &[(String, [f64; 5])], what: &str, statistic: fn(&[f64; 5]) -> f64, goal| {
            let interval = interval_by_group(items, statistic);
            figures.push(figure(format!("model verse, {what}, {name} labels"), interval, items.len(), goal));
        };
        add(&all, "pair F1", |s| 2.0 * s[0] / (s[1] + s[2]), Some(0.95));
        add(&all, "pair precision", |s| s[0] / s[1], None);
        add(&all, "pair recall", |s| s[0] / s[2], None);
        add(&all, "scheme exact", |s| s[3] / s[4], None);
        for (n, what) in HALVES.iter().enumerate() {
            let items: Vec<_> = all.iter().filter(|(id, _)| half(id) == n).cloned().collect();
            add(&items, &format!("pair F1, half {what}"), |s| 2.0 * s[0] / (s[1] + s[2]), None);
        }
    }
    figures.extend(reliability(&scored));
    let kappa = kappa(agreement(&scored));
    let n = scored.len();
    figures.push(figure("kappa of the two labellings, by pairs of lines".to_owned(), (kappa, kappa, kappa), n, None));
    Ok(figures)
}

fn score<'a>(label: &'a Label, text: &'a str) -> Scored<'a> {
    let lines = lines_of(text, label.block);
    let heard = heard(text, &lines);
    let links = pairs(heard.letters.iter().map(String::as_str));
    let labelled = [&label.first, &label.second].map(|l| pairs(l.split("").filter(|c| !c.is_empty())));
    Scored { label, lines, heard, links, labelled }
}

/// Of the stanzas with such a confidence, the share that is right by both labellings in the mean.
fn reliability(scored: &[Scored]) -> Vec<Figure> {
    let bands = [(0.0, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.01)];
    let of_band = |(from, to): (f64, f64)| {
        let items: Vec<(String, [f64; 2])> = scored
            .iter()
            .filter(|s| s.heard.confidence.is_some_and(|c| (from..to).contains(&c)))
            .map(|s| (s.label.id.clone(), [(s.sums(0).1[3] + s.sums(1).1[3]) / 2.0, 1.0]))
            .collect();
        let goal = (from == 0.9).then_some(0.9);
        let name = format!("model verse, exact where confidence is {from:.2}–{:.2}", to.min(1.0));
        (!items.is_empty()).then(|| figure(name, interval_by_group(&items, |s| s[0] / s[1]), items.len(), goal))
    };
    bands.into_iter().filter_map(of_band).collect()
}

/// Pairs of lines that both labellings call rhymes, that either calls so, and all pairs.
fn agreement(scored: &[Scored]) -> [f64; 4] {
    scored.iter().fold([0.0; 4], |total, s| {
        let n = s.label.first.len();
        let [a, b] = &s.labelled;
        let one = [a.intersection(b).count(), a.len(), b.len(), n * (n - 1) / 2];
        std::array::from_fn(|i| total[i] + one[i] as f64)
    })
}

/// The stanza's lines that doggerel and the first labelling disagree on, with what the ear makes of them.
fn print_errors(s: &Scored) {
    if s.links == s.labelled[0] {
        return;
    }
    eprintln!(
        "{} {}: labelled {} / {}, heard {} ({:?}, {:.2})",
        s.label.id,
        s.label.block,
        s.label.first,
        s.label.second,
        s.heard.letters.concat(),
        s.heard.kind,
        s.heard.confidence.unwrap_or(f64::NAN)
    );
    for &(i, j) in s.links.symmetric_difference(&s.labelled[0]) {
        let end = |n: usize| LineEnd::of_line(Pronouncer::shared(), s.lines[n]);
        let (Some(a), Some(b)) = (end(i), end(j)) else { continue };
        let found = rhyme(&a, &b, &RhymeOptions::default());
        let kind = if s.links.contains(&(i, j)) { "false" } else { "missed" };
        let words = [&a, &b].map(|e| e.word().text().to_owned()).join(" / ");
        eprintln!("    {kind} {words}: {} {:.1}, {}", found.class, found.strength, found.why());
    }
}

/// Cohen's kappa (1960) of two labellings that call `a` and `b` of `all` pairs rhymes, `both` of them together.
fn kappa([both, a, b, all]: [f64; 4]) -> f64 {
    let observed = (both + all - (a + b - both)) / all;
    let chance = (a * b + (all - a) * (all - b)) / (all * all);
    (observed - chance) / (1.0 - chance)
}

/// The letters of a stanza's lines.
struct Heard {
    letters: Vec<String>,
    /// Of the text; None where the stanza is set aside from it.
    kind: Option<Kind>,
    /// Of the stanza; None where it is none of its own in the reading.
    confidence: Option<f64>,
}

/// The stanza read in its poem; heard by itself where the layout sets it aside (a draft in a model's thinking), for the
/// labels are of its lines whatever they are for.
fn heard(text: &str, lines: &[&str]) -> Heard {
    let reading = read(text, &Options::default());
    let all: Vec<_> =
        reading.stanzas.iter().enumerate().flat_map(|(n, s)| s.lines.iter().map(move |l| (n, l))).collect();
    let at = all.windows(lines.len()).position(|w| w.iter().zip(lines).all(|(a, b)| a.1.text.trim() == *b));
    let Some(at) = at else {
        let ends = lines.iter().map(|l| LineEnd::of_line(Pronouncer::shared(), l)).collect();
        let scheme = verse::schemes(&[ends], &RhymeOptions::default()).remove(0);
        return Heard { letters: scheme.letters(), kind: None, confidence: Some(scheme.confidence.into()) };
    };
    let own = &all[at..at + lines.len()];
    let stanza = &reading.stanzas[own[0].0];
    let confidence = (stanza.lines.len() == lines.len()).then_some(stanza.confidence);
    Heard { letters: own.iter().map(|(_, l)| l.rhyme.clone()).collect(), kind: Some(reading.kind), confidence }
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

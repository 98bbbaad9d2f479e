//! Two or more sets held against each other: base and tuned, model and model.

use std::collections::BTreeMap;

use diversity::{Pairing, benjamini_hochberg, log_ratio};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::compare::reference_summary;
use crate::comparison::{Number, ReferenceSummary};
use crate::crowding::{alike, kind_shares};
use crate::figures::{Figure, Plan, Ready, Scale, SetFigures, Texts, shared_prompts};
use crate::genre::{Genre, is_verse};
use crate::kinds::share_estimate;
use crate::number::number;
use crate::progress::Progress;
use crate::side::{Side, thinned};
use crate::{Error, Reference, Samples};

/// Splits of the reference behind each null.
const NULLS: usize = 25;
/// Prompts, answered twice by both, from which the answers to one prompt carry the verdict.
pub(crate) const ENOUGH_SHARED: usize = 10;
/// False discoveries allowed.
const RATE: f64 = 0.05;
/// A set lacks a mode whose share is under this part of the other's.
const LACKS: f64 = 0.25;
const MODES: usize = 12;

/// Two or more sets against each other (`doggerel.compare/1`).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SetComparison {
    pub schema: String,
    pub doggerel: String,
    pub seed: u64,
    /// What all sets are held against; absent where there is nothing of their kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<ReferenceSummary>,
    pub verdict: SetsVerdict,
    /// In the order given.
    pub sets: Vec<SetSummary>,
    /// Every measure of every pair of sets.
    pub differences: Vec<SetDifference>,
    /// The same after thinning all sets to one spread of lengths; empty where too few texts are left. D and repeats, which see
    /// the beginnings of texts or whole ones, are among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub length_matched: Vec<SetDifference>,
    pub ranking: Vec<Ranking>,
    /// Modes that one set of a pair has and the other lacks.
    pub modes: Vec<ExclusiveMode>,
    /// Where prompts were given weights: what was drawn of each set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mixes: Vec<crate::Mix>,
    pub warnings: Vec<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SetsVerdict {
    /// Of two sets: "less varied", "more varied" (the first than the second), "differs" (less in one view, more in the other)
    /// or "no difference told"; of more: "ranked".
    pub word: String,
    pub sentence: String,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SetSummary {
    pub name: String,
    pub n: usize,
    /// Share of texts of the reference's kind.
    pub on_task: Number,
    pub settings: BTreeMap<String, Value>,
    /// By the name of the measure; [`crate::describe`] says what each is.
    pub measures: BTreeMap<String, Number>,
}

/// How far two sets differ in one measure.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SetDifference {
    pub measure: String,
    /// Names of the sets.
    pub a: String,
    pub b: String,
    /// "difference" (a − b) or "ratio" (a / b).
    pub kind: String,
    #[serde(flatten)]
    pub number: Number,
    /// Benjamini–Hochberg over everything that is tested here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p_adjusted: Option<f64>,
    /// Whether the sets are paired by prompt.
    pub paired: bool,
    /// Whether the difference is told: `p_adjusted` ≤ .05.
    pub told: bool,
}

/// The sets by one measure, most varied first.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Ranking {
    pub measure: String,
    pub sets: Vec<Ranked>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Ranked {
    pub name: String,
    pub value: f64,
    /// The ranks that it may have: 1 + the sets that are clearly more varied, and all less those clearly less so.
    pub first: usize,
    pub last: usize,
}

/// A mode that one set has and another lacks.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ExclusiveMode {
    pub view: String,
    pub label: String,
    /// The set that has it, and the set that lacks it.
    pub has: String,
    pub lacks: String,
    pub share: Number,
    pub share_of_other: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p_adjusted: Option<f64>,
    /// Ids of its texts.
    pub samples: Vec<String>,
}

/// A set with how its texts were made.
#[derive(Debug, Clone, Copy)]
pub struct Set<'a> {
    pub samples: &'a Samples,
    pub settings: &'a BTreeMap<String, Value>,
}

/// Holds sets against each other, and all of them against one reference. Deterministic in the seed.
///
/// # Errors
/// If there are fewer than two sets, one of them is empty, or the shipped atlas is stale.
pub fn compare_sets(
    sets: &[Set],
    reference: Option<&Reference>,
    seed: u64,
    progress: &Progress,
) -> Result<SetComparison, Error> {
    let samples: Vec<&Samples> = sets.iter().map(|s| s.samples).collect();
    if samples.len() < 2 {
        return Err(Error::OneSet);
    }
    if let Some(empty) = samples.iter().find(|s| s.readings.is_empty()) {
        return Err(Error::NoTexts(empty.name.clone()));
    }
    let ready = Ready::new(&samples, reference, seed);
    let plan = Plan { nulls: NULLS, spread: true, distance: true, rarefied: true, seed };
    let figures = ready.figures(plan, progress)?;
    let names = names(&samples);
    let summaries: Vec<SetSummary> = sets
        .iter()
        .enumerate()
        .map(|(i, set)| SetSummary {
            name: names[i].clone(),
            n: set.samples.readings.len(),
            on_task: on_task(&ready, i),
            settings: set.settings.clone(),
            measures: figures[i].figures.iter().map(|(k, f)| (k.clone(), f.number())).collect(),
        })
        .collect();
    let differences = differences(&figures, &names, ready.pairing);
    progress.at("matched lengths", 0.0);
    let length_matched = at_matched_lengths(&ready, &names, seed)?;
    progress.at("modes", 0.0);
    let ranking = rankings(&summaries, &differences);
    let mut out = SetComparison {
        schema: "doggerel.compare/1".into(),
        doggerel: env!("CARGO_PKG_VERSION").into(),
        seed,
        reference: ready.reference.map(reference_summary),
        modes: exclusive_modes(&ready, &names, seed),
        warnings: warnings(&ready, &samples),
        sets: summaries,
        differences,
        length_matched,
        mixes: Vec::new(),
        ranking,
        verdict: SetsVerdict::default(),
    };
    out.verdict = verdict(&out, ready.verse);
    Ok(out)
}

/// Names of the sets, told apart where two files are called alike.
fn names(samples: &[&Samples]) -> Vec<String> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    samples
        .iter()
        .map(|s| {
            let times = seen.entry(&s.name).or_default();
            *times += 1;
            if *times == 1 { s.name.clone() } else { format!("{} ({times})", s.name) }
        })
        .collect()
}

fn on_task(ready: &Ready, set: usize) -> Number {
    let all = &ready.all[set];
    let flags: Vec<bool> = all
        .readings
        .iter()
        .map(|r| match ready.reference {
            Some(reference) if reference.people => reference.genre.is_on_task(r.kind),
            _ => !ready.verse || is_verse(r.kind),
        })
        .collect();
    if flags.is_empty() { Number::default() } else { number(share_estimate(&flags, all), flags.len(), None) }
}

/// Every measure of every pair, with p-values adjusted over all of them.
fn differences(figures: &[SetFigures], names: &[String], pairing: Pairing) -> Vec<SetDifference> {
    let mut out = Vec::new();
    for a in 0..figures.len() {
        for b in a + 1..figures.len() {
            for (measure, first) in &figures[a].figures {
                let Some(second) = figures[b].figures.get(measure) else { continue };
                let found = if figures[a].by_prompt.contains_key(measure.as_str()) {
                    by_prompt(measure, &figures[a], &figures[b])
                } else {
                    Some(difference(first, second, pairing))
                };
                out.extend(found.map(|(kind, number, paired)| SetDifference {
                    measure: measure.clone(),
                    a: names[a].clone(),
                    b: names[b].clone(),
                    kind: kind.into(),
                    number,
                    paired,
                    ..SetDifference::default()
                }));
            }
        }
    }
    let tested: Vec<f64> = out.iter().filter_map(|d| d.number.p).collect();
    let mut adjusted = benjamini_hochberg(&tested).into_iter();
    for d in out.iter_mut().filter(|d| d.number.p.is_some()) {
        d.p_adjusted = adjusted.next();
        d.told = d.p_adjusted.is_some_and(|p| p <= RATE);
    }
    out
}

/// Texts of a set under which nothing is said of matched lengths.
const LEAST_MATCHED: usize = 40;

/// Every difference once more, of the texts on task that are left when all sets have one spread of lengths.
fn at_matched_lengths<'a>(ready: &Ready<'a>, names: &'a [String], seed: u64) -> Result<Vec<SetDifference>, Error> {
    let sides: Vec<&Side<'a>> = ready.on_task.iter().collect();
    let genre = ready.genre().unwrap_or_else(|| Genre::of(sides.iter().flat_map(|s| s.readings.iter().copied())));
    let rows = thinned(&sides, genre, seed ^ 0x44);
    if rows.iter().any(|rows| rows.len() < LEAST_MATCHED) {
        return Ok(Vec::new());
    }
    let kept = |(side, rows): (&&Side<'a>, &Vec<usize>)| rows.iter().map(|&i| side.readings[i]).collect();
    let kept: Vec<Vec<&'a crate::Reading>> = sides.iter().zip(&rows).map(kept).collect();
    let texts: Vec<Texts> = names.iter().zip(kept).map(|(name, readings)| Texts { name, readings }).collect();
    let ready = Ready::of(&texts, ready.reference, seed);
    let plan = Plan { nulls: 0, spread: true, distance: false, rarefied: true, seed };
    Ok(differences(&ready.figures(plan, &Progress::default())?, names, ready.pairing))
}

/// D of one over D of the other, paired over the prompts that both answered at least twice.
fn by_prompt(measure: &str, a: &SetFigures, b: &SetFigures) -> Option<(&'static str, Number, bool)> {
    let pairs: Vec<(f64, f64)> = shared_prompts(measure, a, b).into_iter().map(|p| (p.1, p.2)).collect();
    let Some(ratio) = log_ratio(&pairs) else { return all_equal(&pairs) };
    let none = diversity::Replicates::default();
    let test = ratio.minus(&none, Pairing::Apart);
    let number = Number { p: test.p, ..number(ratio.estimate().map(f64::exp), pairs.len(), None) };
    Some(("ratio", number, true))
}

/// Where all answers of one set to one prompt are equal there is no logarithm: D_a − D_b is tested, and is the ratio 0 where
/// the first set is the equal one.
fn all_equal(pairs: &[(f64, f64)]) -> Option<(&'static str, Number, bool)> {
    let n = pairs.len();
    let sum: f64 = pairs.iter().map(|p| p.0 - p.1).sum();
    if n < 2 || sum == 0.0 {
        return None;
    }
    let without = pairs.iter().map(|p| (sum - p.0 + p.1) / (n as f64 - 1.0)).collect();
    let mean = diversity::Replicates::of_samples(sum / n as f64, without);
    let test = mean.minus(&diversity::Replicates::default(), Pairing::Apart);
    if sum > 0.0 {
        return Some(("difference", Number { p: test.p, ..number(test.estimate, n, None) }, true));
    }
    let zero = diversity::Replicates::of_samples(0.0, vec![0.0; n]).estimate();
    Some(("ratio", Number { p: test.p, ..number(zero, n, None) }, true))
}

fn difference(a: &Figure, b: &Figure, pairing: Pairing) -> (&'static str, Number, bool) {
    let found = a.replicates.minus(&b.replicates, pairing);
    let (kind, estimate) = match a.scale {
        Scale::Log => ("ratio", found.estimate.map(f64::exp)),
        _ => ("difference", found.estimate),
    };
    let number = Number { p: found.p, ..number(estimate, a.n.min(b.n), None) };
    (kind, number, pairing == Pairing::Together)
}

/// Measures that sets are ranked by, where all of them have it.
const RANKED: [&str; 6] = ["form.D", "content.D", "form.reach", "form.E", "content.reach", "content.E"];

fn rankings(sets: &[SetSummary], differences: &[SetDifference]) -> Vec<Ranking> {
    RANKED
        .iter()
        .filter(|m| sets.iter().all(|s| s.measures.contains_key(**m)))
        .filter(|m| differences.iter().any(|d| d.measure == **m))
        .map(|measure| ranking(measure, sets, differences))
        .collect()
}

fn ranking(measure: &str, sets: &[SetSummary], differences: &[SetDifference]) -> Ranking {
    let told = |x: &str, y: &str| {
        differences.iter().any(|d| {
            let same = (d.a == x && d.b == y) || (d.a == y && d.b == x);
            d.measure == measure && same && d.told
        })
    };
    let value = |s: &SetSummary| s.measures[measure].value;
    let mut ranked: Vec<Ranked> = sets
        .iter()
        .map(|s| {
            let clearly = |order: std::cmp::Ordering| {
                sets.iter().filter(|o| value(o).total_cmp(&value(s)) == order && told(&s.name, &o.name)).count()
            };
            let first = 1 + clearly(std::cmp::Ordering::Greater);
            let last = sets.len() - clearly(std::cmp::Ordering::Less);
            Ranked { name: s.name.clone(), value: value(s), first, last }
        })
        .collect();
    ranked.sort_by(|a, b| b.value.total_cmp(&a.value));
    Ranking { measure: measure.into(), sets: ranked }
}

/// Modes that one set of a pair has and the other lacks: kinds of verse with their test, else texts that read alike.
fn exclusive_modes(ready: &Ready, names: &[String], seed: u64) -> Vec<ExclusiveMode> {
    let mut out = Vec::new();
    for a in 0..names.len() {
        for b in a + 1..names.len() {
            let (first, second) = (&ready.on_task[a], &ready.on_task[b]);
            if first.len() == 0 || second.len() == 0 {
                continue;
            }
            if ready.verse {
                out.extend(exclusive_kinds(first, second, [&names[a], &names[b]]));
            } else {
                out.extend(exclusive_texts(first, second, [&names[a], &names[b]], seed));
                out.extend(exclusive_texts(second, first, [&names[b], &names[a]], seed));
            }
        }
    }
    out
}

fn exclusive_kinds(a: &Side, b: &Side, names: [&String; 2]) -> Vec<ExclusiveMode> {
    let shares = kind_shares(a, b);
    let adjusted = benjamini_hochberg(&shares.iter().map(|s| s.p).collect::<Vec<_>>());
    let mut modes: Vec<ExclusiveMode> = shares
        .into_iter()
        .zip(adjusted)
        .filter(|(_, p)| *p <= RATE)
        .filter_map(|(s, p)| {
            let (low, high) = (s.a.value.min(s.b.value), s.a.value.max(s.b.value));
            let at = usize::from(s.b.value > s.a.value);
            let [ids_a, ids_b] = s.ids;
            let (share, share_of_other) = if at == 0 { (s.a, s.b) } else { (s.b, s.a) };
            (low < LACKS * high).then(|| ExclusiveMode {
                view: "form".into(),
                label: s.kind,
                has: names[at].clone(),
                lacks: names[1 - at].clone(),
                share: Number { p: Some(s.p), ..share },
                share_of_other,
                p_adjusted: Some(p),
                samples: if at == 0 { ids_a } else { ids_b },
            })
        })
        .collect();
    modes.sort_by(|x, y| y.share.value.total_cmp(&x.share.value).then_with(|| x.label.cmp(&y.label)));
    modes.truncate(MODES);
    modes
}

fn exclusive_texts(a: &Side, b: &Side, names: [&String; 2], seed: u64) -> Vec<ExclusiveMode> {
    alike(a, b, MODES / 4, seed)
        .into_iter()
        .map(|m| (m.share.null.as_ref().map_or(0.0, |n| n.value), m))
        .filter(|(other, m)| *other < LACKS * m.share.value)
        .map(|(other, m)| ExclusiveMode {
            view: m.view,
            label: m.label,
            has: names[0].clone(),
            lacks: names[1].clone(),
            share_of_other: Number { value: other, n: b.len(), ..Number::default() },
            share: Number { null: None, ..m.share },
            p_adjusted: None,
            samples: m.samples,
        })
        .collect()
}

fn verdict(out: &SetComparison, verse: bool) -> SetsVerdict {
    let views: &[&str] = if verse { &["form", "content"] } else { &["content", "form"] };
    if out.sets.len() == 2 { verdict_of_two(out, views) } else { verdict_of_many(out, views) }
}

fn verdict_of_two(out: &SetComparison, views: &[&str]) -> SetsVerdict {
    let (a, b) = (&out.sets[0].name, &out.sets[1].name);
    let of = |measure: &str| out.differences.iter().find(|d| d.measure == measure);
    let mut paired: Vec<(&str, &SetDifference)> = views
        .iter()
        .filter_map(|v| Some((*v, of(&format!("{v}.D")).filter(|d| d.number.n >= ENOUGH_SHARED)?)))
        .collect();
    // of prose what is said decides, as for the gate
    if views.first() == Some(&"content") {
        paired.truncate(1);
    }
    let (facts, found): (String, Vec<&SetDifference>) = if paired.is_empty() {
        let shown: Vec<&SetDifference> = views
            .iter()
            .map(|v| [format!("{v}.E"), format!("{v}.reach")].iter().filter_map(|m| of(m)).collect::<Vec<_>>())
            .find(|found| !found.is_empty())
            .unwrap_or_default();
        (shown.iter().map(|d| spread_fact(d)).collect::<Vec<_>>().join(", and "), shown)
    } else {
        let several = paired.len() > 1;
        let facts = paired.iter().map(|(view, d)| {
            if d.kind != "ratio" {
                return format!("{} farther apart in {view} than equal ones", bounds(&d.number));
            }
            format!("{}{}", bounds(&d.number), if several { format!(" as far apart in {view}") } else { String::new() })
        });
        let end = if several || paired[0].1.kind != "ratio" { "" } else { " as far apart" };
        let facts = facts.collect::<Vec<_>>().join(", ");
        (
            format!("answers to one prompt lie {facts}{end}, over {} shared prompts", paired[0].1.number.n),
            paired.iter().map(|p| p.1).collect(),
        )
    };
    let way = |d: &&SetDifference| {
        if !d.told {
            0
        } else if below(d) {
            -1
        } else {
            1
        }
    };
    let (less, more) = (found.iter().any(|d| way(d) < 0), found.iter().any(|d| way(d) > 0));
    let (word, sentence) = match (found.is_empty(), less, more) {
        (true, ..) => (
            "no difference told",
            format!(
                "Nothing can be said of {a} against {b}: they share no prompts that both answered twice, and are held against nothing."
            ),
        ),
        (_, true, false) => ("less varied", format!("{a} is less varied than {b}: {facts}.")),
        (_, false, true) => ("more varied", format!("{a} is more varied than {b}: {facts}.")),
        (_, true, true) => ("differs", format!("{a} is less varied than {b} in one way and more in another: {facts}.")),
        (_, false, false) => ("no difference told", format!("{a} and {b} cannot be told apart: {facts}.")),
    };
    SetsVerdict { word: word.into(), sentence }
}

/// Whether the first set lies below the second.
fn below(d: &SetDifference) -> bool {
    d.number.value < if d.kind == "ratio" { 1.0 } else { 0.0 }
}

fn spread_fact(d: &SetDifference) -> String {
    if d.kind == "ratio" {
        format!("it uses {} times as many kinds", bounds(&d.number))
    } else {
        format!("its reach differs by {}", bounds(&d.number))
    }
}

/// "0.62 [0.55, 0.70]", with a third digit where the interval is narrow.
pub(crate) fn bounds(n: &Number) -> String {
    let narrow = n.low.zip(n.high).is_some_and(|(low, high)| high > low && high - low < 0.02);
    let digits = if narrow { 3 } else { 2 };
    let minus = |x: f64| format!("{x:.digits$}").replace('-', "−");
    match (n.low, n.high) {
        (Some(low), Some(high)) => format!("{} [{}, {}]", minus(n.value), minus(low), minus(high)),
        _ => minus(n.value),
    }
}

fn verdict_of_many(out: &SetComparison, views: &[&str]) -> SetsVerdict {
    let wanted = views.iter().flat_map(|v| [format!("{v}.D"), format!("{v}.reach")]).collect::<Vec<_>>();
    let enough = |m: &str| {
        let least = out.differences.iter().filter(|d| d.measure == m).map(|d| d.number.n).min().unwrap_or(0);
        !m.ends_with(".D") || least >= ENOUGH_SHARED
    };
    let ranking = wanted.iter().find_map(|m| out.ranking.iter().find(|r| r.measure == *m && enough(m)));
    let Some(ranking) = ranking else {
        let sentence = "Nothing can be said of these sets: they share no prompts that all answered twice, and are held against nothing.";
        return SetsVerdict { word: "no difference told".into(), sentence: sentence.into() };
    };
    let told = |a: &str, b: &str| {
        out.differences
            .iter()
            .any(|d| d.measure == ranking.measure && d.told && ((d.a == a && d.b == b) || (d.a == b && d.b == a)))
    };
    let mut line = String::new();
    for (i, set) in ranking.sets.iter().enumerate() {
        if i > 0 {
            line.push_str(if told(&ranking.sets[i - 1].name, &set.name) { " > " } else { " ≈ " });
        }
        line.push_str(&format!("{} {:.2}", set.name, set.value));
    }
    let what = crate::describe(&ranking.measure).unwrap_or_default();
    let ties = if line.contains('≈') { "; ≈ joins neighbours that cannot be told apart" } else { "" };
    let sentence = format!("From most to least varied, by {what}: {line}{ties}.");
    SetsVerdict { word: "ranked".into(), sentence }
}

fn warnings(ready: &Ready, samples: &[&Samples]) -> Vec<String> {
    let mut w = Vec::new();
    if let Some(why) = &ready.left_aside {
        w.push(format!("{why}: reach and kinds want --against a set of texts like these"));
    }
    if let Some(reference) = ready.reference.filter(|r| r.people && !r.frozen) {
        w.push(format!("{} is provisional: do not cite its numbers", reference.name));
    }
    if ready.cut {
        w.push("the reference is large: a seeded draw of its texts was used".into());
    }
    w.extend(ready.drawn());
    if ready.pairing == Pairing::Apart {
        w.push("the sets share too few prompts to be paired: differences are between two independent draws".into());
    }
    let sizes: Vec<usize> = samples.iter().map(|s| s.readings.len()).collect();
    if let (Some(least), Some(most)) = (sizes.iter().min(), sizes.iter().max())
        && *most as f64 > 1.1 * *least as f64
    {
        w.push(format!("the sets hold {least} to {most} texts: reach, kinds and repeats are stated at one n for all"));
    }
    w
}

/// How a set was made, where two sets were made differently: sampled hotter, or asked in another format, a model varies more
/// for no merit of its own. A setting that one of them does not state says nothing.
#[must_use]
pub fn differing_settings<'a>(a: &Set<'a>, b: &Set<'a>) -> Vec<(&'static str, &'a Value, &'a Value)> {
    SETTINGS
        .into_iter()
        .filter_map(|name| Some((name, a.settings.get(name)?, b.settings.get(name)?)))
        .filter(|(_, x, y)| !alike_value(x, y))
        .collect()
}

/// Settings that change how much a model varies.
const SETTINGS: [&str; 5] = ["temperature", "top_p", "top_k", "min_p", "prompt_format"];

/// 1 and 1.0 are the same temperature.
fn alike_value(x: &Value, y: &Value) -> bool {
    match (x.as_f64(), y.as_f64()) {
        (Some(x), Some(y)) => x == y,
        _ => x == y,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::unit;
    use crate::{ReadOptions, Reading, read};
    use diversity::Rng;

    /// `k` answers to each of 40 prompts, spread about a place of the prompt's own.
    fn answers(name: &str, spread: f32, k: usize, seed: u64) -> Samples {
        let mut rng = Rng::new(seed);
        let mut places = Rng::new(99);
        let mut readings = Vec::new();
        for p in 0..40 {
            let place: Vec<f32> = (0..24).map(|_| places.normal() as f32).collect();
            for i in 0..k {
                let v: Vec<f32> = place.iter().map(|x| x + spread * rng.normal() as f32).collect();
                readings.push(Reading {
                    id: format!("{name}-{p}-{i}"),
                    prompt: Some(format!("prompt {p}")),
                    body: format!("{name} {p} {i} {}", rng.next_u64()),
                    kind: verse::Kind::Prose,
                    content: unit(&v),
                    opening_content: unit(&v),
                    ..Reading::default()
                });
            }
        }
        Samples { name: name.into(), readings, skipped: vec![] }
    }

    fn compared(sets: &[&Samples], reference: Option<&Reference>) -> SetComparison {
        let none = BTreeMap::new();
        let sets: Vec<Set> = sets.iter().map(|s| Set { samples: s, settings: &none }).collect();
        compare_sets(&sets, reference, 1, &Progress::default()).expect("two sets that hold texts")
    }

    #[test]
    fn a_set_with_half_the_spread_is_less_varied() {
        let (base, tuned) = (answers("base", 0.8, 4, 1), answers("tuned", 0.35, 4, 2));
        let c = compared(&[&tuned, &base], None);
        assert_eq!(c.verdict.word, "less varied", "{}", c.verdict.sentence);
        assert!(c.verdict.sentence.starts_with("tuned is less varied than base: answers to one prompt lie 0."));
        let d = c.differences.iter().find(|d| d.measure == "content.D").expect("prompts are shared");
        assert!(d.paired && d.told && d.number.n == 40 && d.number.high.is_some_and(|h| h < 0.6), "{d:?}");
        // all are of one length here, so matching lengths takes nothing away
        let matched = c.length_matched.iter().find(|d| d.measure == "content.D").expect("enough texts");
        assert_eq!(matched.number, d.number);
    }

    #[test]
    fn one_answer_to_every_prompt_is_less_varied_whichever_comes_first() {
        let (base, one) = (answers("base", 0.7, 3, 1), answers("one", 0.0, 3, 2));
        let c = compared(&[&one, &base], None);
        assert!(
            c.verdict.sentence.starts_with("one is less varied than base: answers to one prompt lie 0.00"),
            "{}",
            c.verdict.sentence
        );
        assert_eq!(compared(&[&base, &one], None).verdict.word, "more varied");
    }

    #[test]
    fn equals_are_tied() {
        let sets: Vec<Samples> = (0..3).map(|i| answers(&format!("s{i}"), 0.6, 4, 10 + i)).collect();
        let c = compared(&sets.iter().collect::<Vec<_>>(), None);
        let ranking = c.ranking.iter().find(|r| r.measure == "content.D").expect("prompts are shared");
        assert!(ranking.sets.iter().all(|s| (s.first, s.last) == (1, 3)), "{ranking:?}");
        assert_eq!(c.verdict.sentence.matches('≈').count(), 3, "{}", c.verdict.sentence);
    }

    #[test]
    fn repeats_are_compared_at_one_n() {
        // the larger set holds more repeats because it is larger, not because it repeats itself more
        let poem = |i: usize| corpus::Text::new(i.to_string(), format!("word {} alone", i % 60));
        let set = |n: usize, name: &str| {
            let texts: Vec<corpus::Text> = (0..n).map(poem).collect();
            Samples { name: name.into(), readings: read(&texts, &ReadOptions::default()), skipped: vec![] }
        };
        let (small, large) = (set(60, "small"), set(240, "large"));
        let c = compared(&[&large, &small], None);
        let share = |i: usize| c.sets[i].measures["repeats.exact"].value;
        assert!(share(0) < 0.6, "{} of 240 where all but a quarter are repeats", share(0));
        assert!(share(1) < 1e-9, "{}", share(1));
    }

    #[test]
    fn settings_that_differ_are_found_and_unknown_ones_are_not() {
        let map = |t: f64, p: Option<f64>| {
            let mut m = BTreeMap::from([("temperature".to_owned(), Value::from(t))]);
            m.extend(p.map(|p| ("top_p".to_owned(), Value::from(p))));
            m
        };
        let samples = Samples::default();
        let (a, b) = (map(1.0, None), map(0.7, Some(0.9)));
        let found =
            differing_settings(&Set { samples: &samples, settings: &a }, &Set { samples: &samples, settings: &b });
        assert_eq!(found.iter().map(|f| f.0).collect::<Vec<_>>(), ["temperature"]);
        let one: BTreeMap<String, Value> = serde_json::from_str(r#"{"temperature": 1}"#).expect("JSON");
        assert!(
            differing_settings(&Set { samples: &samples, settings: &a }, &Set { samples: &samples, settings: &one })
                .is_empty()
        );
    }
}

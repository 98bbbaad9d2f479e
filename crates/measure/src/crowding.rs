//! What a set crowds into where another does not, with ids: a number alone gets ignored.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use diversity::{Distance, Estimate, NullRange, Rng, jackknife, normal_cdf, quantile};

use crate::comparison::{CrowdedMode, Number};
use crate::genre::Genre;
use crate::kinds::{Kinds, crowded, share_by_fold};
use crate::number::number;
use crate::reading::Reading;
use crate::side::Side;

/// Texts of each set that are searched for what reads alike; of more, a seeded draw.
const MOST: usize = 1000;
/// Share of the other set's pairs that lie as near as texts that "read alike" do.
const ALIKE: f64 = 0.05;
/// Texts that make a mode.
const LEAST: usize = 3;
/// Ids listed a mode, and words of an exemplar.
const IDS: usize = 20;
const WORDS: usize = 8;

/// Up to `wanted` modes that hold more of the samples than of the base: kinds of the genre first, by their tests; then texts
/// that read alike, answers to one prompt where prompts are shared.
pub(crate) fn crowding(
    samples: &Side,
    base: &Side,
    genre: Option<Genre>,
    wanted: usize,
    seed: u64,
) -> Vec<CrowdedMode> {
    let mut modes = Vec::new();
    if let Some(genre) = genre.filter(|_| samples.len() > 0 && base.len() > 0) {
        modes = crowded(&Kinds::new(samples, base, genre), samples, base);
        modes.truncate(wanted);
    }
    if modes.len() < wanted {
        modes.extend(alike(samples, base, wanted - modes.len(), seed));
    }
    modes
}

/// A text with the vector of its opening.
struct Opened<'a> {
    reading: &'a Reading,
    vector: Cow<'a, [f32]>,
}

impl<'a> Opened<'a> {
    fn new(reading: &'a Reading) -> Self {
        Self { reading, vector: reading.opening_content() }
    }
}

/// Texts of one group (a prompt, or all) of both sets.
#[derive(Default)]
struct Cell<'a> {
    samples: Vec<Opened<'a>>,
    base: Vec<Opened<'a>>,
}

/// A sample with the samples and the base's texts that read as it does.
struct Ball<'a> {
    cell: usize,
    centre: &'a Reading,
    members: Vec<usize>,
    base: usize,
    z: f64,
}

/// Samples that read alike where the base's texts do not: the balls around a sample that hold most more of the samples than
/// of the base, one after another. Found by looking for the largest, so without a test.
pub(crate) fn alike(samples: &Side, base: &Side, wanted: usize, seed: u64) -> Vec<CrowdedMode> {
    let drawn = |side: &Side, stream: u64| -> Vec<usize> {
        let mut rows: Vec<usize> = (0..side.len()).collect();
        if rows.len() > MOST {
            rows = Rng::stream(seed, stream).choose(side.len(), MOST);
            rows.sort_unstable();
        }
        rows.retain(|&i| !side.readings[i].opening_content.is_empty() || side.readings[i].has_text());
        rows
    };
    let (s, b) = (drawn(samples, 0xa1), drawn(base, 0xa2));
    // how near is alike is the base's to say: among samples alone some ball is always the fullest
    if b.is_empty() {
        return Vec::new();
    }
    let asked: BTreeSet<&str> = base.readings.iter().filter_map(|r| r.prompt.as_deref()).collect();
    let shared = |r: &&&Reading| r.prompt.as_deref().is_some_and(|p| asked.contains(p));
    let by_prompt = 2 * samples.readings.iter().filter(shared).count() > samples.len();
    let mut cells: BTreeMap<&str, Cell> = BTreeMap::new();
    let key = |r: &'_ Reading| if by_prompt { r.prompt.clone().unwrap_or_default() } else { String::new() };
    let keys: Vec<String> = s.iter().map(|&i| key(samples.readings[i])).collect();
    let base_keys: Vec<String> = b.iter().map(|&i| key(base.readings[i])).collect();
    keys.iter().zip(&s).for_each(|(k, &i)| cells.entry(k).or_default().samples.push(Opened::new(samples.readings[i])));
    base_keys.iter().zip(&b).for_each(|(k, &i)| cells.entry(k).or_default().base.push(Opened::new(base.readings[i])));
    let cells: Vec<(&str, Cell)> = cells.into_iter().collect();
    let Some(radius) = radius(&cells, seed) else { return Vec::new() };

    let mut taken: Vec<Vec<bool>> = cells.iter().map(|(_, c)| vec![false; c.samples.len()]).collect();
    let mut best: Vec<Option<Ball>> =
        cells.iter().enumerate().map(|(i, (_, c))| ball(i, c, &taken[i], radius)).collect();
    let mut modes = Vec::new();
    while modes.len() < wanted {
        let next = (0..best.len()).filter(|&i| best[i].is_some()).max_by(|&i, &j| {
            let z = |i: usize| best[i].as_ref().map_or(f64::MIN, |b| b.z);
            z(i).total_cmp(&z(j)).then(j.cmp(&i))
        });
        let Some(found) = next.and_then(|i| best[i].take()) else { break };
        let (prompt, cell) = &cells[found.cell];
        found.members.iter().for_each(|&i| taken[found.cell][i] = true);
        best[found.cell] = ball(found.cell, cell, &taken[found.cell], radius);
        modes.push(mode(&found, by_prompt.then_some(*prompt), cell));
    }
    modes
}

fn near(a: &Opened, b: &Opened, radius: f64) -> bool {
    Distance::Cosine.between(&a.vector, &b.vector) <= radius
}

/// The distance below which one pair in twenty of the base's texts of one cell lies; of the samples' where it has no pairs.
fn radius(cells: &[(&str, Cell)], seed: u64) -> Option<f64> {
    let mut rng = Rng::new(seed ^ 0xba11);
    let mut of = |set: &dyn for<'a> Fn(&'a Cell<'a>) -> &'a Vec<Opened<'a>>| {
        let able: Vec<&Vec<Opened>> = cells.iter().map(|(_, c)| set(c)).filter(|t| t.len() > 1).collect();
        let draws = if able.is_empty() { 0 } else { 4000 };
        let mut distances: Vec<f64> = (0..draws)
            .filter_map(|_| {
                let texts = able[rng.below(able.len())];
                let (i, j) = (rng.below(texts.len()), rng.below(texts.len()));
                (i != j).then(|| Distance::Cosine.between(&texts[i].vector, &texts[j].vector))
            })
            .collect();
        distances.sort_by(f64::total_cmp);
        (!distances.is_empty()).then(|| quantile(&distances, ALIKE))
    };
    let base = of(&|c| &c.base);
    base.or_else(|| of(&|c| &c.samples))
}

/// The ball of a cell that holds most more of the samples not yet taken.
fn ball<'a>(cell: usize, texts: &Cell<'a>, taken: &[bool], radius: f64) -> Option<Ball<'a>> {
    let (n_s, n_b) = (texts.samples.len() as f64, texts.base.len() as f64);
    (0..texts.samples.len())
        .filter(|&i| !taken[i])
        .filter_map(|i| {
            let centre = &texts.samples[i];
            let members: Vec<usize> =
                (0..texts.samples.len()).filter(|&j| !taken[j] && near(centre, &texts.samples[j], radius)).collect();
            let base = texts.base.iter().filter(|b| near(centre, b, radius)).count();
            let (p, q) = (members.len() as f64 / n_s, base as f64 / n_b.max(1.0));
            let pooled = (members.len() + base + 1) as f64 / (n_s + n_b + 2.0);
            let z = (p - q) / (pooled * (1.0 - pooled) * (1.0 / n_s + 1.0 / n_b.max(1.0))).sqrt();
            (members.len() >= LEAST && p > q).then_some(Ball { cell, centre: centre.reading, members, base, z })
        })
        .max_by(|a, b| a.z.total_cmp(&b.z).then(b.members[0].cmp(&a.members[0])))
}

fn mode(ball: &Ball, prompt: Option<&str>, texts: &Cell) -> CrowdedMode {
    let words = |text: &str| {
        let all: Vec<&str> = text.split_whitespace().collect();
        let more = if all.len() > WORDS { "…" } else { "" };
        format!("“{}{more}”", all[..all.len().min(WORDS)].join(" "))
    };
    let text = &ball.centre.told();
    let label = match prompt {
        Some(prompt) => format!("answers to {} like {}", words(prompt), words(text)),
        None => format!("texts like {}", words(text)),
    };
    let (n, theirs) = (texts.samples.len(), ball.base as f64 / texts.base.len().max(1) as f64);
    let share = diversity::share(ball.members.len(), n);
    let null = NullRange { value: theirs, low: theirs, high: theirs, sd: 0.0 };
    CrowdedMode {
        view: "content".into(),
        mode: label.clone(),
        label,
        share: number(share, n, Some(null)),
        p_adjusted: None,
        samples: ball.members.iter().take(IDS).map(|&i| texts.samples[i].reading.id.clone()).collect(),
    }
}

/// Share of one kind in two sets, with the two-sided p of their difference.
pub(crate) struct KindShares {
    pub kind: String,
    pub a: Number,
    pub b: Number,
    pub ids: [Vec<String>; 2],
    pub p: f64,
}

/// The kinds of both sets with their shares in each.
pub(crate) fn kind_shares(a: &Side, b: &Side) -> Vec<KindShares> {
    let kinds = Kinds::new(a, b, Genre::Poetry);
    let flags = |of: &[usize], kind: usize| of.iter().map(|k| *k == kind).collect::<Vec<bool>>();
    (0..kinds.names.len())
        .map(|kind| {
            let (in_a, in_b) = (flags(&kinds.of_sample, kind), flags(&kinds.of_reference, kind));
            let ((p, less_a), (q, less_b)) = (share_by_fold(&in_a, a), share_by_fold(&in_b, b));
            let estimate =
                |value: f64, less: &[f64], n: usize| -> Estimate { jackknife(value, &[less], 0.0).share_of(n) };
            let minus: Vec<f64> = less_a.iter().map(|x| x - q).collect();
            let plus: Vec<f64> = less_b.iter().map(|x| p - x).collect();
            let difference = jackknife(p - q, &[&minus, &plus], 0.0);
            let z = if difference.has_interval() { difference.value.abs() / difference.se.max(1e-9) } else { 0.0 };
            let ids = |side: &Side, of: &[usize]| {
                Kinds::members(of, kind).into_iter().take(IDS).map(|i| side.readings[i].id.clone()).collect()
            };
            KindShares {
                kind: kinds.names[kind].clone(),
                a: number(estimate(p, &less_a, a.len()), a.len(), None),
                b: number(estimate(q, &less_b, b.len()), b.len(), None),
                ids: [ids(a, &kinds.of_sample), ids(b, &kinds.of_reference)],
                p: 2.0 * normal_cdf(-z),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers to five prompts; of the first prompt, `same` of ten are one text.
    fn answers(same: usize, seed: u64) -> Vec<Reading> {
        let mut rng = Rng::new(seed);
        (0..50)
            .map(|i| {
                let v: Vec<f32> = (0..16).map(|_| rng.normal() as f32).collect();
                let alone = i % 5 != 0 || i / 5 >= same;
                let v = if alone { v } else { (0..16).map(|d| if d == 0 { 1.0 } else { 0.01 * v[d] }).collect() };
                Reading {
                    id: format!("t{i}"),
                    prompt: Some(format!("prompt {}", i % 5)),
                    body: format!("the words of text {i}"),
                    kind: verse::Kind::Prose,
                    opening_content: crate::reading::unit(&v),
                    ..Reading::default()
                }
            })
            .collect()
    }

    #[test]
    fn answers_that_read_alike_are_named_with_their_ids() {
        let (tuned, base) = (answers(8, 1), answers(0, 2));
        let (a, b) = (Side::samples(tuned.iter().collect(), 1), Side::samples(base.iter().collect(), 1));
        let modes = crowding(&a, &b, None, 3, 1);
        let first = modes.first().expect("eight of ten answers are one");
        assert!(first.label.starts_with("answers to “prompt 0” like"), "{}", first.label);
        assert_eq!(first.samples, ["t0", "t5", "t10", "t15", "t20", "t25", "t30", "t35"]);
        assert!((first.share.value - 0.8).abs() < 1e-12);
        assert!(modes.iter().skip(1).all(|m| m.share.value < 0.5), "{modes:?}");
    }
}

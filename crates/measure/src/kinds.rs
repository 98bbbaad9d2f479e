//! Kinds of writing (modes), named in a reader's words, and which of them a set leaves out or crowds into.
//!
//! A kind is a computed form ("blank verse", "couplets"; of prose its build, "why-question and answer"), never a collection's
//! label: labels overlap. Forms that hold many sorts of poem are parted by the length of their lines, stories by their close,
//! where the reference has at least 20 of the part.

use std::collections::{BTreeMap, BTreeSet};

use diversity::{NullRange, Reach, ReachNull, benjamini_hochberg, jackknife, normal_cdf};

use crate::comparison::{CrowdedMode, MissingMode, Number, Work};
use crate::genre::Genre;
use crate::number::number;
use crate::portrait::MEASURES;
use crate::reading::Reading;
use crate::side::Side;

/// Targets (works of the reference) under which nothing is said of a kind.
const ENOUGH: usize = 20;
/// Samples of a kind that people's share lets expect, under which their absence may be chance.
const EXPECTED: f64 = 10.0;
/// Targets under which a kind is not even listed.
const FEW: usize = 5;
/// False discoveries allowed.
const RATE: f64 = 0.05;
/// Reach into a kind from which it does not count as missing, unless the kind itself is had less than half as often.
const REACHED: f64 = 0.8;
const SELDOM: f64 = 0.5;
/// Ids of samples shown, and works of the reference.
const IDS: usize = 20;
const WORKS: usize = 3;
const LISTED: usize = 40;

/// The kinds of both sets.
pub(crate) struct Kinds {
    pub names: Vec<String>,
    /// For every sample, and every work of the reference, its kind.
    pub of_sample: Vec<usize>,
    pub of_reference: Vec<usize>,
}

impl Kinds {
    pub(crate) fn new(samples: &Side, reference: &Side, genre: Genre) -> Self {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        reference.readings.iter().for_each(|r| *counts.entry(refined(r, genre)).or_default() += 1);
        let name = |r: &&Reading| {
            let fine = refined(r, genre);
            if counts.get(&fine).is_some_and(|n| *n >= ENOUGH) { fine } else { broad(r, genre) }
        };
        let of = |side: &Side| side.readings.iter().map(name).collect::<Vec<_>>();
        let (s, r) = (of(samples), of(reference));
        let names: Vec<String> = s.iter().chain(&r).collect::<BTreeSet<_>>().into_iter().cloned().collect();
        let at = |v: Vec<String>| v.iter().map(|n| names.partition_point(|m| m < n)).collect();
        Self { of_sample: at(s), of_reference: at(r), names }
    }

    pub(crate) fn members(of: &[usize], kind: usize) -> Vec<usize> {
        (0..of.len()).filter(|&i| of[i] == kind).collect()
    }
}

/// A kind that holds its finer parts: the form of verse; of prose what stands before the comma.
fn broad(r: &Reading, genre: Genre) -> String {
    let name = genre.form_name(r);
    match genre {
        Genre::Poetry => name.to_owned(),
        Genre::Jokes | Genre::Stories => name.split(", ").next().unwrap_or_default().to_owned(),
    }
}

/// The form of verse with the length of its lines; of prose its whole name.
fn refined(r: &Reading, genre: Genre) -> String {
    if genre != Genre::Poetry {
        return genre.form_name(r).to_owned();
    }
    if !BROAD.iter().any(|b| r.form_name.contains(b)) {
        return r.form_name.clone();
    }
    let at = MEASURES.iter().position(|m| m.name == "syllables");
    let syllables = at.and_then(|i| r.measures.get(i)).copied().unwrap_or(0.0);
    let lines = match syllables {
        s if s < 6.5 => "short lines",
        s if s < 9.0 => "about eight syllables a line",
        s if s < 11.3 => "about ten syllables a line",
        _ => "long lines",
    };
    format!("{}, {lines}", r.form_name)
}

/// Forms that leave the length of their lines open.
const BROAD: [&str; 8] = ["couplet", "quatrain", "free verse", "unrhymed", "stanza", "irregular", "tercet", "sestet"];

/// One kind with its tests.
struct Tested {
    kind: usize,
    /// The larger of two: how far reach into the kind, and the kind's share, lie below the reference's own.
    z: f64,
    /// How far the kind's share lies below the reference's, in standard errors: kinds that people have much of and the
    /// samples have none of come first.
    scarcity: f64,
    reach: Number,
    targets: Vec<usize>,
}

/// Kinds of the reference that samples have more seldom than it does, and reach too little (ρ over its works below .8) or have
/// less than half as often, the scarcest first; "cannot tell" under 20 works, or where so few of the kind are to be expected
/// that their absence may be chance.
/// Two tests share one p, the smaller doubled (Bonferroni): reach into the kind, and its share among the samples.
pub(crate) fn missing(
    kinds: &Kinds,
    samples: &Side,
    reference: &Side,
    reach: &Reach,
    null: &ReachNull,
) -> Vec<MissingMode> {
    // The null's splits are smaller than the sets themselves; variances fall as 1/N_S + 1/N_R.
    let inverse = |s: usize, r: usize| 1.0 / s as f64 + 1.0 / r as f64;
    let scale = (inverse(samples.len(), reference.len()) / inverse(null.sizes.0, null.sizes.1)).sqrt().min(1.0);
    let mut tested: Vec<Tested> = (0..kinds.names.len())
        .filter_map(|kind| {
            let targets = Kinds::members(&kinds.of_reference, kind);
            if targets.len() < FEW {
                return None;
            }
            let estimate = reach.over(&targets);
            let range = NullRange::of(&null.over(&targets))?;
            let jackknifed = if estimate.has_interval() { estimate.se } else { 0.0 };
            let spread = (scale * range.sd).max(jackknifed).max(1e-9);
            let (_, crowding) = excess(kinds, kind, samples, reference);
            let z = ((range.value - estimate.value) / spread).max(-crowding);
            Some(Tested { kind, z, scarcity: -crowding, reach: number(estimate, targets.len(), Some(range)), targets })
        })
        .collect();
    tested.sort_by(|a, b| b.scarcity.total_cmp(&a.scarcity).then(b.z.total_cmp(&a.z)).then(a.kind.cmp(&b.kind)));
    let enough: Vec<f64> = tested.iter().filter(|t| t.targets.len() >= ENOUGH).map(|t| p_of(t.z)).collect();
    let mut adjusted = benjamini_hochberg(&enough).into_iter();
    tested
        .into_iter()
        .filter_map(|t| {
            let few = t.targets.len() < ENOUGH;
            let p = if few { None } else { adjusted.next() };
            let share = share(kinds, t.kind, samples, reference);
            let usual = share.null.as_ref().map_or(0.0, |people| people.value);
            // a kind that the samples have as often as people is not away, however little they reach into it
            let scarce = share.value < usual && (t.reach.value < REACHED || share.value < SELDOM * usual);
            let significant = p.is_some_and(|p| p <= RATE);
            // where people's share lets expect only a few, having none says little
            let cannot_tell = !significant && (few || usual * (samples.len() as f64) < EXPECTED);
            (scarce && (significant || cannot_tell)).then(|| MissingMode {
                view: "form".into(),
                mode: kinds.names[t.kind].clone(),
                label: kinds.names[t.kind].clone(),
                p_adjusted: p,
                share,
                cannot_tell,
                examples: works(reference, &t.targets, &reach.per_target),
                reach: Number { p: (!few).then(|| p_of(t.z)), ..t.reach },
            })
        })
        .take(LISTED)
        .collect()
}

/// The p-value of the larger of two z.
fn p_of(z: f64) -> f64 {
    (2.0 * normal_cdf(-z)).min(1.0)
}

/// Share of a kind among the samples, with the reference's share as its null.
fn share(kinds: &Kinds, kind: usize, samples: &Side, reference: &Side) -> Number {
    let of = |of: &[usize], side: &Side| {
        let member: Vec<bool> = of.iter().map(|k| *k == kind).collect();
        share_estimate(&member, side)
    };
    let (s, r) = (of(&kinds.of_sample, samples), of(&kinds.of_reference, reference));
    number(s, samples.len(), crate::number::null_of(r))
}

/// A share with its interval over the side's folds.
pub(crate) fn share_estimate(member: &[bool], side: &Side) -> diversity::Estimate {
    let (value, without) = share_by_fold(member, side);
    jackknife(value, &[&without], 0.0).share_of(member.len())
}

/// The mean of a value a text, with its interval over the side's folds.
pub(crate) fn mean_over_folds(values: &[f64], side: &Side) -> diversity::Estimate {
    let mut sums = vec![0.0; side.folds.count()];
    values.iter().enumerate().for_each(|(i, x)| sums[side.folds.of(i)] += x);
    let (all, n) = (values.iter().sum::<f64>(), values.len());
    let without: Vec<f64> = sums.iter().enumerate().map(|(f, s)| (all - s) / (n - side.folds.size(f)) as f64).collect();
    jackknife(all / n as f64, &[&without], 0.0)
}

pub(crate) fn share_by_fold(member: &[bool], side: &Side) -> (f64, Vec<f64>) {
    let mut by_fold = vec![0usize; side.folds.count()];
    member.iter().enumerate().filter(|(_, m)| **m).for_each(|(i, _)| by_fold[side.folds.of(i)] += 1);
    let all: usize = by_fold.iter().sum();
    let without =
        (0..by_fold.len()).map(|f| (all - by_fold[f]) as f64 / (member.len() - side.folds.size(f)) as f64).collect();
    (all as f64 / member.len() as f64, without)
}

/// Share of a kind among the samples less its share in the reference, and how many standard errors that is.
///
/// The signed root of the deviance of two binomials (Wilks 1938), which stays sound where one count is 0, divided by the
/// root of the design effect (Kish 1965): what the jackknife over whole prompts and authors adds to the binomial variance.
fn excess(kinds: &Kinds, kind: usize, samples: &Side, reference: &Side) -> (f64, f64) {
    let flags = |of: &[usize]| of.iter().map(|k| *k == kind).collect::<Vec<bool>>();
    let (s, less_s) = share_by_fold(&flags(&kinds.of_sample), samples);
    let (r, less_r) = share_by_fold(&flags(&kinds.of_reference), reference);
    let (n_s, n_r) = (samples.len() as f64, reference.len() as f64);
    let pooled = (s * n_s + r * n_r) / (n_s + n_r);
    if pooled <= 0.0 || pooled >= 1.0 || less_s.len() < 2 || less_r.len() < 2 {
        return (s - r, 0.0);
    }
    let deviance = 2.0 * (log_likelihood(s, s, n_s) + log_likelihood(r, r, n_r))
        - 2.0 * (log_likelihood(s, pooled, n_s) + log_likelihood(r, pooled, n_r));
    let scarce = |share: f64, n: f64| share * n < SPARSE;
    let mut effect_r = design_effect(r, n_r, &less_r);
    if scarce(r, n_r) && !scarce(s, n_s) {
        let alike = (design_effect(s, n_s, &less_s) - 1.0) / (group_size(samples) - 1.0).max(1.0);
        effect_r = effect_r.max(1.0 + (group_size(reference) - 1.0) * alike);
    }
    let effect_s = if scarce(s, n_s) {
        // too few to see how they cluster: answers to one prompt are taken to be as alike as poems of one author
        let alike = (effect_r - 1.0) / (group_size(reference) - 1.0).max(1.0);
        1.0 + (group_size(samples) - 1.0) * alike
    } else {
        design_effect(s, n_s, &less_s)
    };
    let effect = (effect_s / n_s + effect_r / n_r) / (1.0 / n_s + 1.0 / n_r);
    (s - r, (s - r).signum() * (deviance.max(0.0) / effect).sqrt())
}

/// Texts of a kind under which the spread of its share over folds says nothing.
const SPARSE: f64 = 5.0;

/// ln of the binomial likelihood of a share observed among n, under a true share, but for what does not depend on that.
fn log_likelihood(observed: f64, share: f64, n: f64) -> f64 {
    let term = |count: f64, p: f64| if count > 0.0 { count * p.ln() } else { 0.0 };
    term(observed * n, share) + term((1.0 - observed) * n, 1.0 - share)
}

/// The size of the group that a text lies in, in the mean over texts (Kish's m: a design effect is 1 + (m − 1)·likeness).
fn group_size(side: &Side) -> f64 {
    let squares: usize = (0..side.groups.count()).map(|g| side.groups.size(g).pow(2)).sum();
    squares as f64 / side.len() as f64
}

/// The jackknife variance of a share over its binomial one; at least 1.
fn design_effect(share: f64, n: f64, without: &[f64]) -> f64 {
    let plain = share * (1.0 - share) / n;
    let spread = jackknife(share, &[without], 0.0).se.powi(2);
    if plain > 0.0 && spread.is_finite() { (spread / plain).max(1.0) } else { 1.0 }
}

/// Works by different authors that the samples come least near to.
fn works(reference: &Side, targets: &[usize], per_target: &[f64]) -> Vec<Work> {
    let mut order: Vec<usize> = targets.to_vec();
    order.sort_by(|&a, &b| {
        let named = |i: usize| reference.readings[i].title.is_none();
        named(a).cmp(&named(b)).then(per_target[a].total_cmp(&per_target[b])).then(a.cmp(&b))
    });
    let mut authors = BTreeSet::new();
    order
        .into_iter()
        .filter(|&i| reference.readings[i].title.is_some() || reference.readings[i].has_text())
        .filter(|&i| authors.insert(reference.groups.of(i)))
        .take(WORKS)
        .map(|i| work(reference.readings[i]))
        .collect()
}

/// A work of the reference by its name; its text where the user's own file has it.
pub(crate) fn work(r: &Reading) -> Work {
    Work {
        id: r.has_text().then(|| r.id.clone()),
        author: r.author.clone().unwrap_or_default(),
        title: r.title.clone().unwrap_or_default(),
        year: r.year,
        scheme: (!r.scheme.is_empty()).then(|| r.scheme.clone()),
        text: r.has_text().then(|| r.text().into_owned()),
    }
}

/// Kinds that hold far more of the samples than of the reference, largest excess first.
pub(crate) fn crowded(kinds: &Kinds, samples: &Side, reference: &Side) -> Vec<CrowdedMode> {
    let mut tested: Vec<(usize, f64, f64, Number, Vec<usize>)> = Vec::new();
    for kind in 0..kinds.names.len() {
        let members = Kinds::members(&kinds.of_sample, kind);
        if members.len() < 3 {
            continue;
        }
        let (excess, z) = excess(kinds, kind, samples, reference);
        tested.push((kind, excess, p_of(z), share(kinds, kind, samples, reference), members));
    }
    let adjusted = benjamini_hochberg(&tested.iter().map(|t| t.2).collect::<Vec<_>>());
    let mut out: Vec<(f64, CrowdedMode)> = tested
        .into_iter()
        .zip(adjusted)
        .filter(|((_, excess, _, share, _), p)| {
            *p <= RATE && *excess > 0.0 && share.null.as_ref().is_none_or(|n| share.value > 1.5 * n.value)
        })
        .map(|((kind, excess, p_raw, share, members), p)| {
            let mode = CrowdedMode {
                view: "form".into(),
                mode: kinds.names[kind].clone(),
                label: kinds.names[kind].clone(),
                share: Number { p: Some(p_raw), ..share },
                p_adjusted: Some(p),
                samples: members.iter().take(IDS).map(|&i| samples.readings[i].id.clone()).collect(),
            };
            (excess, mode)
        })
        .collect();
    out.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.mode.cmp(&b.1.mode)));
    out.into_iter().take(LISTED).map(|(_, mode)| mode).collect()
}

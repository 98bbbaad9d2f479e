//! Kinds of writing (modes), named in a reader's words, and which of them a set leaves out or crowds into.
//!
//! A kind is a computed form ("blank verse", "couplets"), never a collection's label: labels overlap. Forms that hold many
//! sorts of poem are parted by the length of their lines where the reference has at least 20 of the part.

use std::collections::{BTreeMap, BTreeSet};

use diversity::{NullRange, Reach, ReachNull, benjamini_hochberg, jackknife, normal_cdf};

use crate::comparison::{CrowdedMode, MissingMode, Number, Work};
use crate::number::number;
use crate::portrait::MEASURES;
use crate::reading::Reading;
use crate::side::Side;

/// Targets (works of the reference) under which nothing is said of a kind.
const ENOUGH: usize = 20;
/// Targets under which a kind is not even listed.
const FEW: usize = 5;
/// False discoveries allowed.
const RATE: f64 = 0.05;
/// Reach into a kind from which it does not count as missing.
const REACHED: f64 = 0.8;
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
    pub(crate) fn new(samples: &Side, reference: &Side) -> Self {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        reference.readings.iter().for_each(|r| *counts.entry(refined(r)).or_default() += 1);
        let name = |r: &&Reading| {
            let fine = refined(r);
            if counts.get(&fine).is_some_and(|n| *n >= ENOUGH) { fine } else { r.form_name.clone() }
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

/// The form with the length of its lines.
fn refined(r: &Reading) -> String {
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
    reach: Number,
    targets: Vec<usize>,
}

/// Kinds of the reference that samples reach too little (ρ over its works below .8), by z; "cannot tell" under 20 works.
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
            Some(Tested { kind, z, reach: number(estimate, targets.len(), Some(range)), targets })
        })
        .collect();
    tested.sort_by(|a, b| b.z.total_cmp(&a.z).then(a.kind.cmp(&b.kind)));
    let enough: Vec<f64> = tested.iter().filter(|t| t.targets.len() >= ENOUGH).map(|t| p_of(t.z)).collect();
    let mut adjusted = benjamini_hochberg(&enough).into_iter();
    tested
        .into_iter()
        .filter_map(|t| {
            let cannot_tell = t.targets.len() < ENOUGH;
            let p = if cannot_tell { None } else { adjusted.next() };
            let missing = t.reach.value < REACHED && p.is_none_or(|p| p <= RATE);
            missing.then(|| MissingMode {
                view: "form".into(),
                mode: kinds.names[t.kind].clone(),
                label: kinds.names[t.kind].clone(),
                p_adjusted: p,
                share: share(kinds, t.kind, samples, reference),
                cannot_tell,
                examples: works(reference, &t.targets, &reach.per_target),
                reach: Number { p: (!cannot_tell).then(|| p_of(t.z)), ..t.reach },
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

pub(crate) fn share_by_fold(member: &[bool], side: &Side) -> (f64, Vec<f64>) {
    let mut by_fold = vec![0usize; side.folds.count()];
    member.iter().enumerate().filter(|(_, m)| **m).for_each(|(i, _)| by_fold[side.folds.of(i)] += 1);
    let all: usize = by_fold.iter().sum();
    let without =
        (0..by_fold.len()).map(|f| (all - by_fold[f]) as f64 / (member.len() - side.folds.size(f)) as f64).collect();
    (all as f64 / member.len() as f64, without)
}

/// Share of a kind among the samples less its share in the reference, and that in standard errors (jackknife over both).
fn excess(kinds: &Kinds, kind: usize, samples: &Side, reference: &Side) -> (f64, f64) {
    let flags = |of: &[usize]| of.iter().map(|k| *k == kind).collect::<Vec<bool>>();
    let (s, less_s) = share_by_fold(&flags(&kinds.of_sample), samples);
    let (r, less_r) = share_by_fold(&flags(&kinds.of_reference), reference);
    let plus: Vec<f64> = less_s.iter().map(|x| x - r).collect();
    let minus: Vec<f64> = less_r.iter().map(|x| s - x).collect();
    let excess = jackknife(s - r, &[&plus, &minus], 0.0);
    (excess.value, if excess.has_interval() { excess.value / excess.se.max(1e-9) } else { 0.0 })
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
        .filter(|&i| authors.insert(reference.groups.of(i)))
        .take(WORKS)
        .map(|i| work(reference.readings[i]))
        .collect()
}

/// A work of the reference by its name; its text where the user's own file has it.
pub(crate) fn work(r: &Reading) -> Work {
    Work {
        id: (!r.text.is_empty()).then(|| r.id.clone()),
        author: r.author.clone().unwrap_or_default(),
        title: r.title.clone().unwrap_or_default(),
        year: r.year,
        scheme: (!r.scheme.is_empty()).then(|| r.scheme.clone()),
        text: (!r.text.is_empty()).then(|| r.text.clone()),
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
        tested.push((kind, excess, normal_cdf(-z), share(kinds, kind, samples, reference), members));
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

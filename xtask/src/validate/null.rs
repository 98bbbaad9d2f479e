//! People split by poet, many times: how often is something found where there is nothing?

use std::collections::BTreeMap;

use diversity::Rng;
use measure::{Comparison, Reading, VerdictWord};

use super::people::{as_samples, by_poet};
use super::{Claim, Context, Failure, Table};
use crate::atlas;

/// Splits by poet.
const SPLITS: u64 = 400;
/// Samples, by turns.
const SIZES: [usize; 4] = [100, 200, 300, 600];

/// What is counted over splits, in the order of the table.
const EVENTS: [&str; 9] = [
    "1 outside the interval of reach",
    "1 outside the interval of E",
    "reach below people's range",
    "E below people's range",
    "CFD above people's range",
    "MMD² rejects at 5 %",
    "a kind named missing",
    "a kind named crowded",
    "collapsed, displaced or narrow",
];

pub fn run(context: &Context) -> Result<Option<Table>, Failure> {
    let mut counts: BTreeMap<usize, (usize, [usize; EVENTS.len()])> = BTreeMap::new();
    for split in 0..SPLITS {
        let size = SIZES[split as usize % SIZES.len()];
        let (samples, rest) = by_poet(context.atlas()?, 0.5, context.args.seed, 5000 + split);
        let samples = drawn(samples, size, &mut Rng::stream(context.args.seed, 5000 + split));
        let comparison = context.compare(
            "people",
            as_samples(context.atlas()?, samples),
            &atlas::reference("other poets", &rest)?,
        )?;
        let (tried, sums) = counts.entry(size).or_insert((0, [0; EVENTS.len()]));
        *tried += 1;
        sums.iter_mut().zip(events(&comparison)).for_each(|(sum, event)| *sum += usize::from(event));
    }
    let all = |e: usize| counts.values().map(|(_, s)| s[e]).sum::<usize>() as f64 / SPLITS as f64;
    let rows = (0..EVENTS.len())
        .map(|e| {
            let each = counts.values().map(|(tried, s)| percent(s[e] as f64 / *tried as f64));
            [EVENTS[e].to_owned()].into_iter().chain(each).chain([percent(all(e))]).collect()
        })
        .collect();
    let claims = (0..EVENTS.len())
        .map(|e| {
            let most = if EVENTS[e].starts_with("MMD") { 0.06 } else { 0.05 };
            let goal = format!("≤ {}", percent(most));
            Claim { what: EVENTS[e].into(), goal, measured: percent(all(e)), met: all(e) <= most }
        })
        .collect();
    let sizes = counts.keys().map(|n| format!("N = {n}"));
    Ok(Some(Table {
        family: "null",
        question: "The poets split 400 times, some as samples, the others as reference: how often is something found?",
        columns: ["event".to_owned()].into_iter().chain(sizes).chain(["all".to_owned()]).collect(),
        rows,
        claims,
    }))
}

/// A seeded draw of texts.
pub fn drawn(mut readings: Vec<Reading>, n: usize, rng: &mut Rng) -> Vec<Reading> {
    rng.shuffle(&mut readings);
    readings.truncate(n);
    readings
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

fn events(c: &Comparison) -> [bool; EVENTS.len()] {
    let Some(view) = c.views.get("form") else { return [false; EVENTS.len()] };
    let outside = |n: &measure::Number| !super::Measured::of(n).holds_1();
    let verdict = matches!(c.verdict.word, VerdictWord::Collapsed | VerdictWord::Displaced | VerdictWord::Narrow);
    let [reach, e, cfd, mmd] = found(view);
    [
        outside(&view.reach),
        outside(&view.e),
        reach,
        e,
        cfd,
        mmd,
        c.missing.iter().any(|m| !m.cannot_tell),
        !c.crowded.is_empty(),
        verdict,
    ]
}

/// Whether reach, E, CFD and MMD² each see a difference from people.
pub fn found(view: &measure::View) -> [bool; 4] {
    let below = |n: &measure::Number| n.null.as_ref().is_some_and(|null| n.value < null.low);
    let above = |n: &measure::Number| n.null.as_ref().is_some_and(|null| n.value > null.high);
    [
        below(&view.reach),
        below(&view.e),
        view.cfd.as_ref().is_some_and(|c| above(&c.number)),
        view.mmd2.as_ref().and_then(|m| m.p).is_some_and(|p| p <= 0.05),
    ]
}

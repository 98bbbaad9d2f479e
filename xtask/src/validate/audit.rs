//! The preference audit: planted weights in their intervals, and nothing found where choices are random.
//!
//! Pairs are chat models' poems to one prompt (and people's poems beside them would be of another), rated by the rule that is
//! planted; every reading is computed once.

use std::collections::BTreeMap;
use std::time::Instant;

use diversity::Rng;
use measure::Reading;
use rayon::prelude::*;
use training::{Audit, Auditor, audit_features};

use super::{Claim, Context, Failure, Table};

/// Sets of preferences for coverage, and for false alarms.
const SEEDS: u64 = 200;
/// Pairs of each set.
const PAIRS: usize = 2000;
/// Pairs of the large set that is timed.
const MANY: usize = 60_000;

type Rule = [(&'static str, f64)];

/// What raters are made to pay for, in log-odds a step.
const PLANTED: [&Rule; 3] = [
    &[("rhymed", 0.6), ("length", 0.4)],
    &[("rhymed", 0.3), ("uplift", 0.5), ("title", -0.4), ("length", -0.3)],
    &[("regularity", 0.2), ("hackneyed", 1.0), ("quatrains", -0.5)],
];

/// A reading with its features.
type Featured<'a> = (&'a Reading, BTreeMap<&'static str, f64>);

/// Readings of each prompt with their features.
struct Pool<'a> {
    prompts: Vec<(&'a str, Vec<Featured<'a>>)>,
}

impl Pool<'_> {
    /// Pairs drawn from the prompts and rated by the rule.
    fn rated(&self, rule: &Rule, pairs: usize, rng: &mut Rng) -> Auditor {
        let mut auditor = Auditor::new();
        for _ in 0..pairs {
            let (prompt, answers) = &self.prompts[rng.below(self.prompts.len())];
            let two = rng.choose(answers.len(), 2);
            let (a, b) = (&answers[two[0]], &answers[two[1]]);
            let pull: f64 = rule.iter().map(|(name, w)| w * (a.1[name] - b.1[name])).sum();
            let first = rng.unit() < 1.0 / (1.0 + (-pull).exp());
            let (chosen, rejected) = if first { (a, b) } else { (b, a) };
            auditor.add_read(Some(prompt), chosen.0, rejected.0);
        }
        auditor
    }
}

#[derive(Default, Clone)]
struct Tally {
    times: usize,
    covered: usize,
    found: usize,
    sum: f64,
}

pub fn run(context: &Context) -> Result<Option<Table>, Failure> {
    let Some(models) = super::models::readings(context)? else { return Ok(None) };
    let readings: Vec<Reading> = models.into_values().flatten().collect();
    let mut by_prompt: BTreeMap<String, Vec<Featured>> = BTreeMap::new();
    for (i, reading) in readings.iter().enumerate() {
        // 23 prompts are few clusters: each is dealt into parts, as different users' requests would be
        let prompt = reading.prompt.as_deref().unwrap_or_default();
        let key = format!("{prompt} #{}", i % 40);
        by_prompt.entry(key).or_default().push((reading, audit_features(reading).into_iter().collect()));
    }
    by_prompt.retain(|_, answers| answers.len() >= 4);
    let keys: Vec<String> = by_prompt.keys().cloned().collect();
    let pool = Pool { prompts: keys.iter().map(String::as_str).zip(by_prompt.into_values()).collect() };
    let seed = context.args.seed;
    let (mut rows, mut claims) = (Vec::new(), Vec::new());
    for (r, rule) in PLANTED.iter().enumerate() {
        let mut tallies: Vec<Tally> = vec![Tally::default(); rule.len()];
        for audit in audits(&pool, rule, seed ^ (r as u64 + 1) << 32) {
            for ((name, weight), tally) in rule.iter().zip(&mut tallies) {
                let Some(e) = audit.features.iter().find(|e| e.name == *name) else { continue };
                tally.times += 1;
                tally.covered += usize::from(e.low <= *weight && *weight <= e.high);
                tally.found += usize::from(e.found);
                tally.sum += e.weight;
            }
        }
        for ((name, weight), t) in rule.iter().zip(&tallies) {
            let share = |n: usize| n as f64 / t.times.max(1) as f64;
            rows.push(vec![
                format!("rule {}: {name}", r + 1),
                PAIRS.to_string(),
                format!("{weight:.2}"),
                format!("{:.3}", t.sum / t.times.max(1) as f64),
                format!("{:.1} %", 100.0 * share(t.covered)),
                format!("{:.1} %", 100.0 * share(t.found)),
            ]);
            claims.push(Claim {
                what: format!("{name} of {weight} in its interval"),
                goal: "95 % ± 3".into(),
                measured: format!("{} of {}", t.covered, t.times),
                met: t.times as u64 == SEEDS && (0.92..=0.98).contains(&share(t.covered)),
            });
        }
    }
    let (mut alarms, mut tests, mut sets) = (0usize, 0usize, 0u64);
    for audit in audits(&pool, &[], seed ^ 0xa1a) {
        tests += audit.features.len();
        alarms += audit.features.iter().filter(|e| e.p < 0.05).count();
        sets += u64::from(audit.features.iter().any(|e| e.found && !e.control));
    }
    rows.push(vec![
        "random choices, each feature at p < 0.05".into(),
        PAIRS.to_string(),
        "0".into(),
        "–".into(),
        "–".into(),
        format!("{:.2} % of {tests}", 100.0 * alarms as f64 / tests as f64),
    ]);
    rows.push(vec![
        "random choices, anything named".into(),
        PAIRS.to_string(),
        "0".into(),
        "–".into(),
        "–".into(),
        format!("{:.1} % of {SEEDS} sets", 100.0 * sets as f64 / SEEDS as f64),
    ]);
    let rate = 100.0 * alarms as f64 / tests as f64;
    claims.push(Claim {
        what: "features below p = 0.05 where choices are random".into(),
        goal: "5 % ± 1".into(),
        measured: format!("{rate:.2} %"),
        met: (4.0..=6.0).contains(&rate),
    });
    claims.push(Claim {
        what: "sets in which anything is named where choices are random".into(),
        goal: "≤ 6 %".into(),
        measured: format!("{sets} of {SEEDS}"),
        met: sets as f64 <= 0.06 * SEEDS as f64,
    });
    claims.push(timed(&pool, seed));
    Ok(Some(Table {
        family: "audit",
        question: "Are weights that were planted into preferences found, and nothing where choices are random?",
        columns: ["what", "pairs", "planted", "mean found", "in the interval", "found"].map(str::to_owned).to_vec(),
        rows,
        claims,
    }))
}

/// One audit a seed, each of its own ratings.
fn audits(pool: &Pool, rule: &Rule, seed: u64) -> Vec<Audit> {
    let of = |s: u64| pool.rated(rule, PAIRS, &mut Rng::stream(seed, s)).audit("rated", &[], s);
    (0..SEEDS).into_par_iter().map(of).collect()
}

/// The whole way for many pairs, from texts to the verdict.
fn timed(pool: &Pool, seed: u64) -> Claim {
    let mut rng = Rng::stream(seed, 60);
    let pairs: Vec<corpus::Pair> = (0..MANY)
        .map(|i| {
            let (prompt, answers) = &pool.prompts[rng.below(pool.prompts.len())];
            let two = rng.choose(answers.len(), 2);
            let text = |at: usize| answers[two[at]].0.text.clone();
            corpus::Pair { id: i.to_string(), prompt: Some((*prompt).to_owned()), chosen: text(0), rejected: text(1) }
        })
        .collect();
    let started = Instant::now();
    let mut auditor = Auditor::new();
    pairs.chunks(512).for_each(|batch| auditor.add(batch));
    let audit = auditor.audit("many", &[], seed);
    let seconds = started.elapsed().as_secs_f64();
    Claim {
        what: format!("{MANY} pairs of poems, read and audited"),
        goal: "≤ 60 s".into(),
        measured: format!("{seconds:.0} s"),
        met: seconds <= 60.0 && audit.n == MANY,
    }
}

//! The gate: false alarms on two halves of one model's answers, and misses where tuning has narrowed it.

use std::collections::BTreeMap;

use diversity::Rng;
use measure::{Base, GateSettings, Outcome, Reading, Reference, Samples, gate};

use super::olmo::{drawn, samples, stages};
use super::{Claim, Context, Failure, Table};

/// Splits for false alarms, and draws for misses.
const SPLITS: u64 = 400;
const DRAWS: u64 = 200;

#[derive(Default)]
struct Tally {
    holds: u64,
    open: u64,
    collapsed: u64,
    ratios: Vec<f64>,
}

impl Tally {
    fn add(&mut self, tuned: &Samples, base: Samples, settings: &GateSettings) -> Result<(), Failure> {
        let reference = Reference::from_readings(&base.name, base.readings.clone())?;
        let found = gate(tuned, &Base { reference: &reference, samples: Some(&base) }, settings)?;
        match found.outcome {
            Outcome::Holds => self.holds += 1,
            Outcome::CannotTell => self.open += 1,
            Outcome::Collapsed => self.collapsed += 1,
        }
        self.ratios.extend(found.rules.first().map(|r| r.number.value));
        Ok(())
    }

    fn all(&self) -> u64 {
        self.holds + self.open + self.collapsed
    }

    fn row(&mut self, name: &str, n: usize) -> Vec<String> {
        self.ratios.sort_by(f64::total_cmp);
        let middle = self.ratios.get(self.ratios.len() / 2).copied().unwrap_or(f64::NAN);
        let share = |n: u64| format!("{:.1} %", 100.0 * n as f64 / self.all() as f64);
        vec![
            name.to_owned(),
            n.to_string(),
            self.all().to_string(),
            format!("{middle:.2}"),
            share(self.collapsed),
            share(self.open),
            share(self.holds),
        ]
    }
}

pub fn run(context: &Context) -> Result<Option<Table>, Failure> {
    let Some(stages) = stages(context)? else { return Ok(None) };
    let seed = context.args.seed;
    let settings = GateSettings::default();
    let (mut rows, mut claims) = (Vec::new(), Vec::new());

    for stage in ["base", "instruct"] {
        let mut answers = Tally::default();
        let mut prompts = Tally::default();
        let mut size = (0, 0);
        for split in 0..SPLITS {
            let mut rng = Rng::stream(seed, split);
            let (a, b) = halves_of_answers(&stages[stage], &mut rng);
            size.0 = a.len();
            answers.add(&samples("one half", a), samples("the other", b), &settings)?;
            if split % 2 == 0 {
                let (a, b) = halves_of_prompts(&stages[stage], &mut rng);
                size.1 = a.len();
                prompts.add(&samples("one half", a), samples("the other", b), &settings)?;
            }
        }
        for (what, tally, n) in
            [("its answers", &mut answers, size.0), ("its prompts (E and reach)", &mut prompts, size.1)]
        {
            rows.push(tally.row(&format!("{stage}, halves of {what}"), n));
            claims.push(Claim {
                what: format!("false alarms, {stage}, halves of {what}"),
                goal: "≤ 5 %".into(),
                measured: format!("{} of {}", tally.collapsed, tally.all()),
                met: tally.collapsed * 20 <= tally.all(),
            });
        }
    }
    for (stage, k, looks) in [("instruct", 3, 1), ("instruct", 3, 5), ("instruct", 2, 1), ("dpo", 3, 1), ("sft", 3, 1)]
    {
        let mut tally = Tally::default();
        let settings = GateSettings { looks, ..settings.clone() };
        for draw in 0..DRAWS {
            let mut rng = Rng::stream(seed ^ 0x9a7e, draw);
            let tuned = samples(stage, drawn(&stages[stage], 100, k, &mut rng));
            let base = samples("base", drawn(&stages["base"], 100, k, &mut rng));
            tally.add(&tuned, base, &settings)?;
        }
        let looked = if looks > 1 { format!(", {looks} looks") } else { String::new() };
        rows.push(tally.row(&format!("base → {stage}, 100 × {k}{looked}"), 100 * k));
        if stage == "instruct" && k == 3 {
            claims.push(Claim {
                what: format!("misses, base → {stage}, 100 prompts × {k}{looked}"),
                goal: "none".into(),
                measured: format!("{} of {}", tally.all() - tally.collapsed, tally.all()),
                met: tally.collapsed == tally.all(),
            });
        }
    }
    Ok(Some(Table {
        family: "gate",
        question: "Does the gate alarm where nothing is lost, and does it see what tuning takes away (δ = 0.2)?",
        columns: ["sets", "texts each", "times", "median ratio", "collapsed", "cannot tell", "holds"]
            .map(str::to_owned)
            .to_vec(),
        rows,
        claims,
    }))
}

/// Every prompt's answers in two halves.
fn halves_of_answers(readings: &[Reading], rng: &mut Rng) -> (Vec<Reading>, Vec<Reading>) {
    let mut by_prompt: BTreeMap<&str, Vec<&Reading>> = BTreeMap::new();
    readings.iter().for_each(|r| by_prompt.entry(r.prompt.as_deref().unwrap_or_default()).or_default().push(r));
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for mut answers in by_prompt.into_values() {
        rng.shuffle(&mut answers);
        let (first, second) = answers.split_at(answers.len() / 2);
        a.extend(first.iter().map(|r| (*r).clone()));
        b.extend(second.iter().map(|r| (*r).clone()));
    }
    (a, b)
}

/// Half of the prompts with all their answers, and the other half.
fn halves_of_prompts(readings: &[Reading], rng: &mut Rng) -> (Vec<Reading>, Vec<Reading>) {
    let groups = diversity::Groups::of_keys(readings.iter().map(|r| r.prompt.as_deref().unwrap_or_default()));
    let first = groups.draw(readings.len() / 2, rng);
    let part = |wanted: bool| {
        readings.iter().zip(&first).filter(|(_, f)| **f == wanted).map(|(r, _)| r.clone()).collect::<Vec<_>>()
    };
    (part(true), part(false))
}

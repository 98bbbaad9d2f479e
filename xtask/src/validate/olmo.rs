//! OLMo 2 at four stages of tuning: base > SFT > DPO in the answers to one prompt, and DPO and instruct tie.

use std::collections::BTreeMap;

use diversity::Rng;
use measure::{Number, ReadOptions, Reading, Samples, Set, SetComparison, compare_sets};
use serde::Deserialize;

use super::{Claim, Context, Failure, Table};
use crate::eval::records;

#[derive(Deserialize)]
struct Answer {
    id: String,
    stage: String,
    prompt: String,
    text: String,
}

/// In the order of training.
pub const STAGES: [&str; 4] = ["base", "sft", "dpo", "instruct"];

/// The answers of every stage, read.
pub fn stages(context: &Context) -> Result<Option<BTreeMap<String, Vec<Reading>>>, Failure> {
    let Some(answers) = records::<Answer>(&context.args.data, "models/olmo2_stages_nbcurated.jsonl.gz")? else {
        return Ok(None);
    };
    let mut by_stage: BTreeMap<String, Vec<corpus::Text>> = BTreeMap::new();
    for a in answers {
        let text = corpus::Text { prompt: Some(a.prompt), ..corpus::Text::new(a.id, a.text) };
        by_stage.entry(a.stage).or_default().push(text);
    }
    let read = |texts: Vec<corpus::Text>| measure::read(&texts, &ReadOptions::default());
    Ok(Some(by_stage.into_iter().map(|(stage, texts)| (stage, read(texts))).collect()))
}

/// `k` answers to each of `prompts` prompts, drawn.
pub fn drawn(readings: &[Reading], prompts: usize, k: usize, rng: &mut Rng) -> Vec<Reading> {
    let mut by_prompt: BTreeMap<&str, Vec<&Reading>> = BTreeMap::new();
    readings.iter().for_each(|r| by_prompt.entry(r.prompt.as_deref().unwrap_or_default()).or_default().push(r));
    let groups: Vec<Vec<&Reading>> = by_prompt.into_values().collect();
    let chosen = rng.choose(groups.len(), prompts.min(groups.len()));
    let answers = |g: usize, rng: &mut Rng| {
        rng.choose(groups[g].len(), k.min(groups[g].len()))
            .into_iter()
            .map(|i| groups[g][i].clone())
            .collect::<Vec<_>>()
    };
    chosen.into_iter().flat_map(|g| answers(g, rng)).collect()
}

pub fn samples(name: &str, readings: Vec<Reading>) -> Samples {
    Samples { name: name.into(), readings, skipped: vec![] }
}

fn compared(sets: &[Samples], seed: u64) -> Result<SetComparison, Failure> {
    let none = BTreeMap::new();
    let sets: Vec<Set> = sets.iter().map(|samples| Set { samples, settings: &none }).collect();
    Ok(compare_sets(&sets, None, seed, &measure::Progress::default())?)
}

/// Draws of the few-answers rows.
const DRAWS: u64 = 20;

pub fn run(context: &Context) -> Result<Option<Table>, Failure> {
    let Some(stages) = stages(context)? else { return Ok(None) };
    let whole: Vec<Samples> = STAGES.iter().map(|s| samples(s, stages[*s].clone())).collect();
    let all = compared(&whole, context.args.seed)?;
    let mut rows = Vec::new();
    let value = |stage: usize, measure: &str| all.sets[stage].measures.get(measure).map(bounds).unwrap_or_default();
    for (i, stage) in STAGES.iter().enumerate() {
        rows.push(vec![
            (*stage).to_owned(),
            value(i, "content.D"),
            value(i, "content.D_on_task"),
            value(i, "repeats.exact"),
            value(i, "repeats.near"),
        ]);
    }
    let difference = |a: &str, b: &str, measure: &str| {
        all.differences.iter().find(|d| (d.a == a && d.b == b) && d.measure == measure).cloned().unwrap_or_default()
    };
    let mut claims = Vec::new();
    for measure in ["content.D", "content.D_on_task"] {
        for (a, b) in [("base", "sft"), ("sft", "dpo")] {
            let d = difference(a, b, measure);
            claims.push(Claim {
                what: format!("{a} above {b}, {measure}"),
                goal: "told, the ratio's interval above 1".into(),
                measured: bounds(&d.number),
                met: d.told && d.number.low.is_some_and(|l| l > 1.0),
            });
        }
        let d = difference("dpo", "instruct", measure);
        claims.push(Claim {
            what: format!("dpo and instruct tie, {measure}"),
            goal: "1 within the ratio's interval".into(),
            measured: bounds(&d.number),
            met: !d.told && d.number.low.zip(d.number.high).is_some_and(|(l, h)| l <= 1.0 && 1.0 <= h),
        });
    }
    for (prompts, k) in [(10, 10), (100, 2), (100, 3)] {
        claims.push(few(&stages, prompts, k, context.args.seed)?);
    }
    Ok(Some(Table {
        family: "olmo",
        question: "OLMo 2 7B, ten answers to each of 100 prompts: does tuning show, stage by stage, in the answers to one prompt?",
        columns: ["stage", "D, content", "D, of the kind asked", "repeats", "near repeats"].map(str::to_owned).to_vec(),
        rows,
        claims,
    }))
}

/// How often few answers put base above SFT above DPO.
fn few(stages: &BTreeMap<String, Vec<Reading>>, prompts: usize, k: usize, seed: u64) -> Result<Claim, Failure> {
    let mut right = 0;
    for draw in 0..DRAWS {
        // the same prompts for every stage
        let sets: Vec<Samples> = STAGES[..3]
            .iter()
            .map(|s| {
                let mut rng = Rng::stream(seed, draw);
                samples(s, drawn(&stages[*s], prompts, k, &mut rng))
            })
            .collect();
        let found = compared(&sets, seed)?;
        let told = |a: &str, b: &str| {
            let d = found.differences.iter().find(|d| d.a == a && d.b == b && d.measure == "content.D");
            d.is_some_and(|d| d.told && d.number.value > 1.0)
        };
        right += u64::from(told("base", "sft") && told("sft", "dpo"));
    }
    Ok(Claim {
        what: format!("both steps told from {prompts} prompts × {k} answers"),
        goal: "in 90 % of draws".into(),
        measured: format!("{right} of {DRAWS}"),
        met: right * 10 >= DRAWS * 9,
    })
}

pub fn bounds(n: &Number) -> String {
    match (n.low, n.high) {
        (Some(l), Some(h)) => format!("{:.3} [{l:.3}, {h:.3}]", n.value),
        _ => format!("{:.3}", n.value),
    }
}

//! Form and content move apart: the same words in other lines, the same forms about other things.

use std::collections::{BTreeMap, VecDeque};

use diversity::Rng;
use measure::{ReadOptions, Reading, Reference};

use super::{Claim, Context, Failure, Measured, Table};
use crate::atlas;

/// Poems a set.
const SAMPLES: usize = 400;
/// A view moved if its reach is below this, and stayed if above that.
const MOVED: f64 = 0.6;
const STAYED: f64 = 0.85;

pub fn run(context: &Context) -> Result<Option<Table>, Failure> {
    let all = atlas::collections(&context.args.data)?;
    let mut poems: Vec<Reading> = all
        .readings
        .into_values()
        .flatten()
        .filter(|r| r.kind == verse::Kind::Verse && (8..=60).contains(&r.lines))
        .collect();
    if poems.len() < 2 * SAMPLES {
        return Ok(None);
    }
    Rng::new(context.args.seed).shuffle(&mut poems);
    let (samples, reference) = poems.split_at(poems.len() / 2);
    let people = Reference::from_readings("other poems", reference.to_vec())?;
    let samples = &samples[..SAMPLES.min(samples.len())];
    let (near, far) = by_subject(&poems);
    let subject = Reference::from_readings("the same forms, the other subject", far)?;
    let mut rows = Vec::new();
    let mut claims = Vec::new();
    for (name, readings, reference, moves) in [
        ("people as they are", samples.to_vec(), &people, [false, false]),
        ("their lines broken anew, every six words", broken(samples), &people, [true, false]),
        ("the same forms about other things", near, &subject, [false, true]),
    ] {
        let comparison = context.compare(name, readings, reference)?;
        let mut row = vec![name.to_owned()];
        for (view, moves) in ["form", "content"].into_iter().zip(moves) {
            let Some(v) = comparison.views.get(view) else { return Err(format!("{name}: no {view}").into()) };
            let reach = Measured::of(&v.reach);
            row.push(reach.shown());
            let (goal, met) = match moves {
                true => (format!("moves: reach ≤ {MOVED}"), reach.value <= MOVED),
                false => (format!("stays: reach ≥ {STAYED}"), reach.value >= STAYED),
            };
            claims.push(Claim { what: format!("{name}, {view}"), goal, measured: reach.shown(), met });
        }
        rows.push(row);
    }
    Ok(Some(Table {
        family: "views",
        question: "Does form move where only the lines change, and content where only the subject does?",
        columns: ["set", "reach in form", "reach in content"].map(str::to_owned).to_vec(),
        rows,
        claims,
    }))
}

/// The words of every poem in lines of six, one block.
fn broken(poems: &[Reading]) -> Vec<Reading> {
    let again = |r: &Reading| {
        let words: Vec<&str> = r.body.split_whitespace().collect();
        let lines: Vec<String> = words.chunks(6).map(|line| line.join(" ")).collect();
        corpus::Text::new(r.id.clone(), lines.join("\n"))
    };
    let texts: Vec<corpus::Text> = poems.iter().map(again).collect();
    let mut readings = measure::read(&texts, &ReadOptions::default());
    readings.iter_mut().for_each(|r| r.kind = verse::Kind::Verse);
    readings
}

/// Two sets with as many poems of every computed form, one from either end of the axis on which poems' contents differ most.
fn by_subject(poems: &[Reading]) -> (Vec<Reading>, Vec<Reading>) {
    let axis = first_axis(poems);
    let at = |r: &Reading| r.content.iter().zip(&axis).map(|(x, a)| f64::from(*x) * a).sum::<f64>();
    let mut by_form: BTreeMap<&str, Vec<(f64, &Reading)>> = BTreeMap::new();
    poems.iter().for_each(|r| by_form.entry(&r.form_name).or_default().push((at(r), r)));
    let (mut near, mut far) = (Vec::new(), Vec::new());
    for mut of_form in by_form.into_values() {
        of_form.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut queue = VecDeque::from(of_form);
        let third = queue.len() / 3;
        for _ in 0..third {
            near.extend(queue.pop_front().map(|(_, r)| r.clone()));
            far.extend(queue.pop_back().map(|(_, r)| r.clone()));
        }
    }
    (near, far)
}

/// The first principal axis of the contents, by power iteration.
fn first_axis(poems: &[Reading]) -> Vec<f64> {
    let dim = poems.first().map_or(0, |r| r.content.len());
    let n = poems.len() as f64;
    let mean: Vec<f64> = (0..dim).map(|d| poems.iter().map(|r| f64::from(r.content[d])).sum::<f64>() / n).collect();
    let mut axis = vec![1.0; dim];
    for _ in 0..50 {
        let mut next = vec![0.0; dim];
        for r in poems {
            let along: f64 = r.content.iter().zip(&mean).zip(&axis).map(|((x, m), a)| (f64::from(*x) - m) * a).sum();
            next.iter_mut().zip(&r.content).zip(&mean).for_each(|((t, x), m)| *t += along * (f64::from(*x) - m));
        }
        let length = next.iter().map(|x| x * x).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
        axis = next.into_iter().map(|x| x / length).collect();
    }
    axis
}

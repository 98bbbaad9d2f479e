//! Sets that look like people to one measure or another.

use diversity::Rng;
use measure::{ReadOptions, Reading};

use super::{Context, Failure, Goal, Row, Table, table_of};
use crate::atlas;

/// Samples of every made-up set.
const MADE: usize = 400;

pub fn run(context: &Context) -> Result<Option<Table>, Failure> {
    let mut rows = features(context)?;
    let all = atlas::collections(&context.args.data)?;
    if !all.readings.is_empty() {
        let originals: Vec<&Reading> =
            all.readings.values().flatten().filter(|r| (4..=60).contains(&r.lines)).collect();
        let salad = word_salad(&originals, context.args.seed);
        rows.push(context.row("random words in people's layout", salad, context.atlas()?, Goal::AtMost(0.1))?);
    }
    Ok(Some(table_of("attacks", "Does anything that is no poetry of people's read as people?", &rows)))
}

/// Sets made of the atlas' own features.
fn features(context: &Context) -> Result<Vec<Row>, Failure> {
    let mut rng = Rng::new(context.args.seed);
    let rows = &context.atlas()?.readings;
    let mut out = Vec::new();
    let mut attack = |name: &str, readings: Vec<Reading>, goal: Goal| -> Result<(), Failure> {
        out.push(context.row(name, readings, context.atlas()?, goal)?);
        Ok(())
    };
    let dim = rows.first().map_or(0, |r| r.form.len());
    let mut columns: Vec<Vec<f32>> = (0..dim).map(|c| rows.iter().map(|r| r.form[c]).collect()).collect();
    let shuffled = (0..MADE).map(|i| made(i, (0..dim).map(|c| columns[c][rng.below(rows.len())]).collect())).collect();
    attack("columns shuffled", shuffled, Goal::AtMost(0.1))?;
    columns.iter_mut().for_each(|c| c.sort_by(f32::total_cmp));
    let noise = (0..MADE)
        .map(|i| {
            let at = |c: usize, rng: &mut Rng| {
                let q = diversity::normal_cdf(rng.normal()) * (rows.len() - 1) as f64;
                let (low, f) = (q.floor() as usize, q.fract() as f32);
                let next = (low + 1).min(rows.len() - 1);
                columns[c][low] * (1.0 - f) + columns[c][next] * f
            };
            made(i, (0..dim).map(|c| at(c, &mut rng)).collect())
        })
        .collect();
    attack("independent noise in every feature", noise, Goal::AtMost(0.1))?;
    let ten = rng.choose(rows.len(), 10);
    let copies = (0..MADE).map(|i| made(ten[i % 10], rows[ten[i % 10]].form.clone())).collect();
    attack("ten of the atlas' poems, forty times each", copies, Goal::NotHolds)?;
    let gaussian = fitted_gaussian(rows, &columns, &mut rng);
    attack("a Gaussian fitted to people", gaussian, Goal::NotHolds)?;
    for (poems, times) in [(10, 10), (2, 50)] {
        let chosen = rng.choose(rows.len(), poems);
        let copies =
            (0..poems * times).map(|i| made(chosen[i % poems], rows[chosen[i % poems]].form.clone())).collect();
        attack(&format!("{poems} of the atlas' poems, {times} times each"), copies, Goal::NotHolds)?;
    }
    let middle = columns.iter().map(|c| c[rows.len() / 2]).collect::<Vec<f32>>();
    let centroid = (0..MADE).map(|i| made(i, middle.clone())).collect();
    attack("the middle of every feature, repeated", centroid, Goal::AtMost(0.3))?;
    Ok(out)
}

/// Draws from the normal distribution fitted to people's rank-Gaussianized features, put back on their own scale: every
/// margin and every correlation is people's. x̄ + (1/√N) Σ_i ε_i (x_i − x̄) has their covariance.
fn fitted_gaussian(rows: &[Reading], columns: &[Vec<f32>], rng: &mut Rng) -> Vec<Reading> {
    let n = rows.len() as f64;
    let score = |c: usize, value: f32| {
        let (low, high) = (columns[c].partition_point(|v| *v < value), columns[c].partition_point(|v| *v <= value));
        diversity::normal_quantile(((low + high) as f64 / 2.0 / n).clamp(0.5 / n, 1.0 - 0.5 / n))
    };
    let scores: Vec<Vec<f64>> =
        rows.iter().map(|r| r.form.iter().enumerate().map(|(c, v)| score(c, *v)).collect()).collect();
    let mean: Vec<f64> = (0..columns.len()).map(|c| scores.iter().map(|s| s[c]).sum::<f64>() / n).collect();
    (0..MADE)
        .map(|i| {
            let mut x = mean.clone();
            for s in &scores {
                let e = rng.normal() / n.sqrt();
                x.iter_mut().zip(s).zip(&mean).for_each(|((x, s), m)| *x += e * (s - m));
            }
            let back = |(c, z): (usize, &f64)| columns[c][(diversity::normal_cdf(*z) * (n - 1.0)).round() as usize];
            made(i, x.iter().enumerate().map(back).collect())
        })
        .collect()
}

/// A reading that has nothing but a form vector.
fn made(id: usize, form: Vec<f32>) -> Reading {
    Reading {
        id: id.to_string(),
        body: format!("made {id}"),
        kind: verse::Kind::Verse,
        form_name: "made up".into(),
        measures: vec![0.0; measure::MEASURES.len()],
        lines: 14,
        opening_form: form.clone(),
        form,
        ..Reading::default()
    }
}

/// People's poems with every word replaced by a random one of all their words: stanzas, lines and punctuation stay.
fn word_salad(poems: &[&Reading], seed: u64) -> Vec<Reading> {
    let mut rng = Rng::new(seed ^ 0x5a1ad);
    let letters = |c: char| c.is_alphabetic() || c == '\'' || c == '’';
    let words: Vec<&str> = poems.iter().flat_map(|r| r.body.split(|c| !letters(c))).filter(|w| !w.is_empty()).collect();
    let texts: Vec<corpus::Text> = rng
        .choose(poems.len(), MADE)
        .into_iter()
        .map(|i| {
            let mut out = String::new();
            let mut inside = false;
            for c in poems[i].body.chars() {
                if !letters(c) {
                    out.push(c);
                } else if !inside {
                    out.push_str(words[rng.below(words.len())]);
                }
                inside = letters(c);
            }
            corpus::Text::new(i.to_string(), out)
        })
        .collect();
    let mut readings = measure::read(&texts, &ReadOptions::default());
    // what the normalizer makes of word salad is not the question here: all of it enters
    readings.iter_mut().for_each(|r| r.kind = verse::Kind::Verse);
    readings
}

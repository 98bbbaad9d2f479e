//! `cargo xtask validate`: what the measures say where the answer is known, on real texts.
//!
//! People held against people must score 1, chat models must fall, and noise, copies and word salad must never pass for
//! people.

use std::collections::BTreeMap;
use std::path::PathBuf;

use diversity::{Groups, Rng};
use measure::{Comparison, ReadOptions, Reading, Reference, Samples, Settings, View, compare};
use serde::{Deserialize, Serialize};

use crate::atlas;
use crate::eval::records;

type Failure = Box<dyn std::error::Error>;

#[derive(clap::Args)]
pub struct Args {
    /// A folder laid out as the project's evaluation data (human/, models/)
    #[arg(long, default_value = "../shared/data")]
    data: PathBuf,
    /// Print JSON in place of a table
    #[arg(long)]
    json: bool,
    /// Only rows whose name contains this
    #[arg(long)]
    only: Option<String>,
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// One set whose answer is known.
#[derive(Debug, Clone, Serialize)]
struct Row {
    name: String,
    samples: usize,
    n: usize,
    reach: Measured,
    e: Measured,
    outside: f64,
    distance: f64,
    /// Kinds named as missing.
    missing: usize,
    verdict: String,
    /// What is wanted, in words, and whether it came.
    goal: String,
    met: bool,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct Measured {
    value: f64,
    low: f64,
    high: f64,
}

/// What must hold of a row.
#[derive(Clone, Copy)]
enum Goal {
    Collapsed,
    AtLeast(f64),
    AtMost(f64),
    One,
    NotHolds,
}

impl Goal {
    fn words(self) -> String {
        match self {
            Self::Collapsed => "collapsed, reach ≤ 0.50".into(),
            Self::AtLeast(x) => format!("reach ≥ {x:.2}"),
            Self::AtMost(x) => format!("reach ≤ {x:.2}"),
            Self::One => "1 within the intervals of reach and E".into(),
            Self::NotHolds => "not holds".into(),
        }
    }

    fn met(self, row: &Row) -> bool {
        let one = |m: Measured| m.low <= 1.0 && 1.0 <= m.high;
        match self {
            Self::Collapsed => row.verdict == "collapsed" && row.reach.value <= 0.5,
            Self::AtLeast(x) => row.reach.value >= x,
            Self::AtMost(x) => row.reach.value <= x,
            Self::One => one(row.reach) && one(row.e),
            Self::NotHolds => row.verdict != "holds",
        }
    }
}

/// Poems of a model from which it is a row of its own.
const ENOUGH: usize = 300;
/// Samples of every made-up set.
const MADE: usize = 400;
/// Splits of the atlas by poet.
const SPLITS: u64 = 20;

struct Runner<'a> {
    args: &'a Args,
    rows: Vec<Row>,
    drops: Vec<Dropped>,
}

/// One computed form taken out of people's poems.
#[derive(Debug, Clone, Serialize)]
struct Dropped {
    form: String,
    /// Works of it in the reference.
    targets: usize,
    /// Place of the first of its kinds among the missing ones, from 1; None where it is not named.
    place: Option<usize>,
    /// Kinds named that were not taken out.
    others: usize,
}

impl Runner<'_> {
    fn wants(&self, name: &str) -> bool {
        self.args.only.as_ref().is_none_or(|o| name.contains(o.as_str()))
    }

    fn row(&mut self, name: &str, readings: Vec<Reading>, reference: &Reference, goal: Goal) -> Result<(), Failure> {
        if !self.wants(name) {
            return Ok(());
        }
        let samples = Samples { name: name.into(), readings, skipped: vec![] };
        let settings = Settings { seed: self.args.seed, shown: 0, ..Settings::default() };
        let (comparison, _) = compare(&samples, reference, &settings)?;
        let Some(view) = comparison.views.get("form") else { return Err(format!("{name}: no numbers").into()) };
        let mut row = summarize(name, &comparison, view);
        row.goal = goal.words();
        row.met = goal.met(&row);
        self.rows.push(row);
        Ok(())
    }
}

fn summarize(name: &str, comparison: &Comparison, view: &View) -> Row {
    let measured = |n: &measure::Number| Measured {
        value: n.value,
        low: n.low.unwrap_or(n.value),
        high: n.high.unwrap_or(n.value),
    };
    let word = serde_json::to_value(comparison.verdict.word).ok();
    Row {
        name: name.into(),
        samples: comparison.samples.n,
        n: comparison.verdict.n,
        reach: measured(&view.reach),
        e: measured(&view.e),
        outside: view.outside.value,
        distance: view.cfd.as_ref().map_or(0.0, |c| c.number.value),
        missing: comparison.missing.iter().filter(|m| !m.cannot_tell).count(),
        verdict: word.as_ref().and_then(|w| w.as_str()).unwrap_or_default().into(),
        goal: String::new(),
        met: false,
    }
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let atlas = Reference::poetry()?;
    if let Some(feature) = atlas.changed_feature() {
        return Err(
            format!("the atlas is stale ({feature} is read otherwise now): run `cargo xtask atlas` first").into()
        );
    }
    let mut runner = Runner { args, rows: Vec::new(), drops: Vec::new() };
    models(&mut runner, atlas)?;
    collections(&mut runner)?;
    held_out_poets(&mut runner, atlas)?;
    attacks(&mut runner, atlas)?;
    dropped_forms(&mut runner, atlas)?;
    print(args, &runner.rows, &runner.drops)
}

#[derive(Deserialize)]
struct Poem {
    id: String,
    text: String,
    prompt: Option<String>,
    model: Option<String>,
}

/// Chat models: collapsed.
fn models(runner: &mut Runner, atlas: &Reference) -> Result<(), Failure> {
    let Some(poems) = records::<Poem>(&runner.args.data, "models/prompted_poems.jsonl.gz")? else { return Ok(()) };
    let mut by_model: BTreeMap<String, Vec<corpus::Text>> = BTreeMap::new();
    for p in poems {
        let model = p.model.unwrap_or_default();
        let text = corpus::Text { prompt: p.prompt, ..corpus::Text::new(p.id, p.text) };
        by_model.entry(model).or_default().push(text);
    }
    for (model, texts) in by_model.into_iter().filter(|(_, t)| t.len() >= ENOUGH) {
        let name = format!("model {model}");
        if runner.wants(&name) {
            runner.row(&name, measure::read(&texts, &ReadOptions::default()), atlas, Goal::Collapsed)?;
        }
    }
    Ok(())
}

/// One collection of people's poems against the others.
fn collections(runner: &mut Runner) -> Result<(), Failure> {
    let name = "people: historical_poems against the rest";
    if !runner.wants(name) && !runner.wants("people: random words in their layout") {
        return Ok(());
    }
    let all = atlas::collections(&runner.args.data)?;
    if all.readings.is_empty() {
        return Ok(());
    }
    let rest = atlas::reference("without historical_poems", &atlas::build(&all, &|c| c != "historical_poems"))?;
    let poems = as_samples(atlas::build(&all, &|c| c == "historical_poems"));
    runner.row(name, poems, &rest, Goal::AtLeast(0.75))?;
    let originals: Vec<&Reading> = all.readings.values().flatten().filter(|r| (4..=60).contains(&r.lines)).collect();
    let salad = word_salad(&originals, runner.args.seed);
    runner.row("attack: random words in people's layout", salad, Reference::poetry()?, Goal::AtMost(0.1))
}

/// Rows of an atlas as samples: by poet, so that intervals are over poets.
fn as_samples(mut rows: Vec<Reading>) -> Vec<Reading> {
    rows.iter_mut().for_each(|r| r.prompt = r.author.clone());
    rows
}

/// The atlas split by poet: one half as samples.
fn held_out_poets(runner: &mut Runner, atlas: &Reference) -> Result<(), Failure> {
    let poets = Groups::of_keys(atlas.readings.iter().map(|r| atlas.group_of(r)));
    for split in 0..SPLITS {
        let drawn = poets.draw(atlas.readings.len() / 4, &mut Rng::stream(runner.args.seed, split));
        let part = |wanted: bool| -> Vec<Reading> {
            atlas.readings.iter().zip(&drawn).filter(|(_, d)| **d == wanted).map(|(r, _)| r.clone()).collect()
        };
        let name = format!("people: a quarter of the poets ({})", split + 1);
        if runner.wants(&name) {
            runner.row(&name, as_samples(part(true)), &atlas::reference("other poets", &part(false))?, Goal::One)?;
        }
    }
    Ok(())
}

/// Sets that look like people to one measure or another.
fn attacks(runner: &mut Runner, atlas: &Reference) -> Result<(), Failure> {
    let mut rng = Rng::new(runner.args.seed);
    let rows = &atlas.readings;
    let dim = rows.first().map_or(0, |r| r.form.len());
    let mut columns: Vec<Vec<f32>> = (0..dim).map(|c| rows.iter().map(|r| r.form[c]).collect()).collect();
    let shuffled = (0..MADE).map(|i| made(i, (0..dim).map(|c| columns[c][rng.below(rows.len())]).collect())).collect();
    runner.row("attack: columns shuffled", shuffled, atlas, Goal::AtMost(0.1))?;
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
    runner.row("attack: independent noise in every feature", noise, atlas, Goal::AtMost(0.1))?;
    let ten = rng.choose(rows.len(), 10);
    let copies = (0..MADE).map(|i| made(ten[i % 10], rows[ten[i % 10]].form.clone())).collect();
    runner.row("attack: ten of the atlas' poems, forty times each", copies, atlas, Goal::NotHolds)?;
    let middle = columns.iter().map(|c| c[rows.len() / 2]).collect::<Vec<f32>>();
    let centroid = (0..MADE).map(|i| made(i, middle.clone())).collect();
    runner.row("attack: the middle of every feature, repeated", centroid, atlas, Goal::AtMost(0.3))
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

/// Works of a form in the reference from which its loss is tried.
const DROPPED: usize = 20;

/// Half of the poets as samples, less one computed form: is that form named first among the missing?
fn dropped_forms(runner: &mut Runner, atlas: &Reference) -> Result<(), Failure> {
    let poets = Groups::of_keys(atlas.readings.iter().map(|r| atlas.group_of(r)));
    let drawn = poets.draw(atlas.readings.len() / 2, &mut Rng::stream(runner.args.seed, 1000));
    let part = |wanted: bool| -> Vec<Reading> {
        atlas.readings.iter().zip(&drawn).filter(|(_, d)| **d == wanted).map(|(r, _)| r.clone()).collect()
    };
    let reference = atlas::reference("other poets", &part(false))?;
    let mut forms: BTreeMap<&str, usize> = BTreeMap::new();
    reference.readings.iter().for_each(|r| *forms.entry(&r.form_name).or_default() += 1);
    for (form, targets) in forms.into_iter().filter(|(_, n)| *n >= DROPPED) {
        if !runner.wants(&format!("dropped {form}")) {
            continue;
        }
        let kept = as_samples(part(true).into_iter().filter(|r| r.form_name != form).collect());
        let samples = Samples { name: form.into(), readings: kept, skipped: vec![] };
        let settings = Settings { seed: runner.args.seed, shown: 0, ..Settings::default() };
        let (comparison, _) = compare(&samples, &reference, &settings)?;
        let of_form = |m: &measure::MissingMode| m.mode == form || m.mode.starts_with(&format!("{form}, "));
        let named: Vec<_> = comparison.missing.iter().filter(|m| !m.cannot_tell).collect();
        runner.drops.push(Dropped {
            form: form.into(),
            targets,
            place: named.iter().position(|m| of_form(m)).map(|p| p + 1),
            others: named.iter().filter(|m| !of_form(m)).count(),
        });
    }
    Ok(())
}

fn print(args: &Args, rows: &[Row], drops: &[Dropped]) -> Result<(), Failure> {
    if args.json {
        let document = serde_json::json!({"schema": "doggerel.validation/1", "rows": rows, "dropped": drops});
        println!("{}", serde_json::to_string_pretty(&document)?);
        return Ok(());
    }
    println!(
        "{:<48} {:>5} {:>5}  {:<20} {:<20} {:>7} {:>7} {:>7}  {:<12} goal",
        "set", "N", "n", "reach", "E", "outside", "CFD-0", "missing", "verdict"
    );
    let interval = |m: Measured| format!("{:.2} [{:.2}, {:.2}]", m.value, m.low, m.high);
    for r in rows {
        println!(
            "{:<48} {:>5} {:>5}  {:<20} {:<20} {:>7.2} {:>7.2} {:>7}  {:<12} {} {}",
            r.name,
            r.samples,
            r.n,
            interval(r.reach),
            interval(r.e),
            r.outside,
            r.distance,
            r.missing,
            r.verdict,
            r.goal,
            if r.met { "met" } else { "MISSED" }
        );
    }
    println!("{} of {} met", rows.iter().filter(|r| r.met).count(), rows.len());
    if !drops.is_empty() {
        println!("\n{:<28} {:>7} {:>12} {:>12}", "form taken out", "targets", "named as no.", "others named");
        for d in drops {
            let place = d.place.map_or("not named".into(), |p| p.to_string());
            println!("{:<28} {:>7} {place:>12} {:>12}", d.form, d.targets, d.others);
        }
    }
    Ok(())
}

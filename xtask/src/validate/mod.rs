//! `cargo xtask validate`: what the measures say where the answer is known, on real texts.
//!
//! One file a family of questions; each gives a [`Table`]: its rows as a person reads them, and the claims that were made
//! of them beforehand, met or missed. `--markdown` writes what docs/validation.md holds.

use std::path::PathBuf;

use measure::{Comparison, Reading, Reference, Samples, Settings, View, compare};
use serde::Serialize;

mod attacks;
mod audit;
mod census;
mod dose;
mod dropping;
mod facts;
mod fairness;
mod gate;
mod jokes;
mod models;
mod null;
mod olmo;
mod people;
mod prose;
mod reward;
mod sizes;
mod temperature;
mod views;

type Failure = Box<dyn std::error::Error>;

#[derive(clap::Args)]
pub struct Args {
    /// A folder laid out as the project's evaluation data (human/, models/)
    #[arg(long, default_value = "../shared/data")]
    data: PathBuf,
    /// Folders with web text and documentation, for the family `census`
    #[arg(long, value_name = "DIR", default_value = "/usr/share/doc")]
    noise: Vec<PathBuf>,
    /// Print JSON in place of tables
    #[arg(long)]
    json: bool,
    /// Print the tables as docs/validation.md holds them
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
    /// Only these families (models, people, attacks, dropping …); may be given again
    #[arg(long, value_name = "FAMILY")]
    only: Vec<String>,
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// What every family gets.
pub struct Context<'a> {
    pub args: &'a Args,
}

impl Context<'_> {
    /// The shipped atlas of poems, for the families that hold something against it.
    pub fn atlas(&self) -> Result<&'static Reference, Failure> {
        let atlas = Reference::poetry()?;
        match atlas.changed_feature() {
            None => Ok(atlas),
            Some(feature) => {
                Err(format!("the atlas is stale ({feature} is read otherwise now): run `cargo xtask atlas` first")
                    .into())
            }
        }
    }
}

/// What one family found.
#[derive(Debug, Serialize)]
pub struct Table {
    pub family: &'static str,
    /// The question, in a sentence.
    pub question: &'static str,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
    pub claims: Vec<Claim>,
}

/// Something that must hold, and whether it does.
#[derive(Debug, Serialize)]
pub struct Claim {
    pub what: String,
    pub goal: String,
    pub measured: String,
    pub met: bool,
}

/// A family answers with its table, or with nothing where its data are absent.
type Family = fn(&Context) -> Result<Option<Table>, Failure>;

const FAMILIES: &[(&str, Family)] = &[
    ("models", models::run),
    ("people", people::run),
    ("attacks", attacks::run),
    ("fairness", fairness::run),
    ("null", null::run),
    ("dose", dose::run),
    ("dropping", dropping::run),
    ("sizes", sizes::run),
    ("views", views::run),
    ("facts", facts::run),
    ("gate", gate::run),
    ("olmo", olmo::run),
    ("temperature", temperature::run),
    ("jokes", jokes::run),
    ("prose", prose::run),
    ("audit", audit::run),
    ("census", census::run),
    ("reward", reward::run),
];

pub fn run(args: &Args) -> Result<(), Failure> {
    if let Some(unknown) = args.only.iter().find(|o| FAMILIES.iter().all(|(name, _)| name != o)) {
        let names: Vec<&str> = FAMILIES.iter().map(|(name, _)| *name).collect();
        return Err(format!("{unknown} is no family: there are {}", names.join(", ")).into());
    }
    let wanted = |name: &str| args.only.is_empty() || args.only.iter().any(|o| o == name);
    let context = Context { args };
    let (mut tables, mut failed) = (Vec::new(), Vec::new());
    for (name, family) in FAMILIES.iter().filter(|(name, _)| wanted(name)) {
        let started = std::time::Instant::now();
        match family(&context) {
            Ok(Some(table)) if !args.json => print(&table, args.markdown),
            Ok(Some(table)) => tables.push(table),
            Ok(None) => eprintln!("{name}: skipped, its data are not there"),
            // the others may be asked all the same
            Err(failure) => {
                eprintln!("{name}: {failure}");
                failed.push(*name);
            }
        }
        eprintln!("{name}: {:.0} s", started.elapsed().as_secs_f64());
    }
    if args.json {
        let document = serde_json::json!({"schema": "doggerel.validation/1", "families": tables});
        println!("{}", serde_json::to_string_pretty(&document)?);
    }
    match failed.is_empty() {
        true => Ok(()),
        false => Err(format!("could not be asked: {}", failed.join(", ")).into()),
    }
}

fn print(table: &Table, markdown: bool) {
    println!("\n## {}\n{}\n", table.family, table.question);
    if markdown {
        let line = |cells: &[String]| println!("| {} |", cells.join(" | "));
        line(&table.columns);
        println!("|{}", "---|".repeat(table.columns.len()));
        table.rows.iter().for_each(|r| line(r));
        println!();
    } else {
        let width = |c: usize| {
            let cells = table.rows.iter().chain([&table.columns]).filter_map(|r| r.get(c));
            cells.map(|s| s.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..table.columns.len()).map(width).collect();
        for row in [&table.columns].into_iter().chain(&table.rows) {
            let cells: Vec<String> = row.iter().zip(&widths).map(|(c, w)| format!("{c:<w$}")).collect();
            println!("{}", cells.join("  ").trim_end());
        }
    }
    for c in &table.claims {
        println!("- {}: {} (goal: {}, {})", c.what, c.measured, c.goal, if c.met { "met" } else { "**missed**" });
    }
}

/// One set held against a reference: what its row shows, and what must hold of it.
pub struct Row {
    pub name: String,
    pub samples: usize,
    pub n: usize,
    pub reach: Measured,
    pub e: Measured,
    pub outside: f64,
    pub distance: f64,
    /// Kinds named as missing.
    pub missing: usize,
    pub verdict: String,
    pub goal: Goal,
}

#[derive(Debug, Clone, Copy)]
pub struct Measured {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

impl Measured {
    pub fn of(n: &measure::Number) -> Self {
        Self { value: n.value, low: n.low.unwrap_or(n.value), high: n.high.unwrap_or(n.value) }
    }

    pub fn holds_1(self) -> bool {
        self.low <= 1.0 && 1.0 <= self.high
    }

    pub fn shown(self) -> String {
        format!("{:.2} [{:.2}, {:.2}]", self.value, self.low, self.high)
    }
}

/// What must hold of a row.
#[derive(Clone, Copy)]
pub enum Goal {
    Collapsed,
    AtLeast(f64),
    AtMost(f64),
    One,
    NotHolds,
    /// Shown, without a claim.
    Shown,
}

impl Goal {
    fn words(self) -> String {
        match self {
            Self::Collapsed => "collapsed, reach ≤ 0.50".into(),
            Self::AtLeast(x) => format!("reach ≥ {x:.2}"),
            Self::AtMost(x) => format!("reach ≤ {x:.2}, not holds"),
            Self::One => "1 within the intervals of reach and E".into(),
            Self::NotHolds => "not holds".into(),
            Self::Shown => String::new(),
        }
    }

    fn met(self, row: &Row) -> bool {
        match self {
            Self::Collapsed => row.verdict == "collapsed" && row.reach.value <= 0.5,
            Self::AtLeast(x) => row.reach.value >= x,
            Self::AtMost(x) => row.reach.value <= x && row.verdict != "holds",
            Self::One => row.reach.holds_1() && row.e.holds_1(),
            Self::NotHolds => row.verdict != "holds",
            Self::Shown => true,
        }
    }
}

impl Context<'_> {
    /// The whole comparison, without what only pictures need.
    pub fn compare(&self, name: &str, readings: Vec<Reading>, reference: &Reference) -> Result<Comparison, Failure> {
        let samples = Samples { name: name.into(), readings, skipped: vec![] };
        let settings = Settings { seed: self.args.seed, shown: 0, ..Settings::default() };
        Ok(compare(&samples, reference, &settings)?.0)
    }

    pub fn row(&self, name: &str, readings: Vec<Reading>, reference: &Reference, goal: Goal) -> Result<Row, Failure> {
        let comparison = self.compare(name, readings, reference)?;
        let Some(view) = comparison.views.get("form") else { return Err(format!("{name}: no numbers").into()) };
        Ok(summarize(name, &comparison, view, goal))
    }
}

fn summarize(name: &str, comparison: &Comparison, view: &View, goal: Goal) -> Row {
    let word = serde_json::to_value(comparison.verdict.word).ok();
    Row {
        name: name.into(),
        samples: comparison.samples.n,
        n: comparison.verdict.n,
        reach: Measured::of(&view.reach),
        e: Measured::of(&view.e),
        outside: view.outside.value,
        distance: view.cfd.as_ref().map_or(0.0, |c| c.number.value),
        missing: comparison.missing.iter().filter(|m| !m.cannot_tell).count(),
        verdict: word.as_ref().and_then(|w| w.as_str()).unwrap_or_default().into(),
        goal,
    }
}

/// The table of a family whose rows are sets.
pub fn table_of(family: &'static str, question: &'static str, rows: &[Row]) -> Table {
    let columns = ["set", "N", "n", "reach", "E", "outside", "CFD", "missing", "verdict"];
    let cells = |r: &Row| {
        vec![
            r.name.clone(),
            r.samples.to_string(),
            r.n.to_string(),
            r.reach.shown(),
            r.e.shown(),
            format!("{:.2}", r.outside),
            format!("{:.2}", r.distance),
            r.missing.to_string(),
            r.verdict.clone(),
        ]
    };
    let claim = |r: &Row| Claim {
        what: r.name.clone(),
        goal: r.goal.words(),
        measured: format!("reach {:.2}, E {:.2}, {}", r.reach.value, r.e.value, r.verdict),
        met: r.goal.met(r),
    };
    Table {
        family,
        question,
        columns: columns.map(str::to_owned).to_vec(),
        rows: rows.iter().map(cells).collect(),
        claims: rows.iter().filter(|r| !matches!(r.goal, Goal::Shown)).map(claim).collect(),
    }
}

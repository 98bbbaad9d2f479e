//! What others published of these samples, found again.

use std::collections::BTreeMap;

use diversity::Groups;
use measure::{Reading, rhymed_quatrains};

use super::{Claim, Context, Failure, Table, models};
use crate::atlas;

/// Poems of a model, or of a half-century, from which it has a row.
const ENOUGH: usize = 30;
/// What a prompt says that wants no rhyme.
const UNRHYMED: [&str; 5] = ["does not rhyme", "unrhymed", "free verse", "blank verse", "whitman"];
/// Of these the prompt forbids rhyme in as many words.
const FORBIDDEN: [&str; 2] = ["does not rhyme", "unrhymed"];
/// Poets whose manner is asked for: one who hardly ever wrote rhymed quatrains, one who mostly did.
const STYLES: [&str; 2] = ["whitman", "dickinson"];
const RHYMED: [&str; 3] = ["does rhyme", "that rhymes", "rhyming poem"];

pub fn run(context: &Context) -> Result<Option<Table>, Failure> {
    let Some(models) = models::readings(context)? else { return Ok(None) };
    let mut rows = Vec::new();
    let mut told_not = Vec::new();
    for (model, readings) in &models {
        let asked = |wanted: &[&str]| -> Vec<&Reading> {
            let says = |r: &&Reading| {
                let prompt = r.prompt.as_deref().unwrap_or_default().to_lowercase();
                wanted.iter().any(|w| prompt.contains(w))
            };
            readings.iter().filter(says).filter(|r| r.lines >= 4).collect()
        };
        let (forbidden, style, wanted) = (asked(&FORBIDDEN), asked(&UNRHYMED[2..]), asked(&RHYMED));
        if forbidden.len() < ENOUGH {
            continue;
        }
        told_not.extend(forbidden.iter().copied());
        let cells = [&forbidden, &style, &wanted].map(|r| rhymed(r));
        let styles = STYLES.map(|poet| share_of(&asked(&[poet]), |r| !rhymed_quatrains(r)));
        rows.push([format!("model {model}")].into_iter().chain(cells).chain(styles).collect());
    }
    let all = atlas::collections(&context.args.data)?;
    let mut by_birth: BTreeMap<i32, Vec<&Reading>> = BTreeMap::new();
    for r in all.readings.get("historical_poems").into_iter().flatten().filter(|r| r.lines >= 4) {
        if let Some(year) = all.born(r) {
            by_birth.entry(year).or_default().push(r);
        }
    }
    for (year, poems) in by_birth.iter().filter(|(_, p)| p.len() >= ENOUGH) {
        let mut row = vec![format!("poets born {year}–{}", year + 49), String::new(), String::new(), rhymed(poems)];
        row.extend([String::new(), String::new()]);
        rows.push(row);
    }
    let share = |poems: &[&Reading]| poems.iter().filter(|r| r.rhymed).count() as f64 / poems.len().max(1) as f64;
    let not = share(&told_not);
    let claim = |what: &str, goal: &str, value: f64, met: bool| Claim {
        what: what.into(),
        goal: goal.into(),
        measured: format!("{:.0} %", 100.0 * value),
        met,
    };
    Ok(Some(Table {
        family: "facts",
        question: "How many poems rhyme: told not to (in as many words), asked for free verse, blank verse or Whitman, told \
                   to? How many of people's, by half-century of birth? And asked for a poet's style, how many leave rhymed \
                   quatrains?",
        columns: [
            "who",
            "told not to rhyme: rhymed",
            "asked for an unrhymed style: rhymed",
            "told to, or people: rhymed",
            "in Whitman's style: left quatrains",
            "in Dickinson's style: left quatrains",
        ]
        .map(str::to_owned)
        .to_vec(),
        rows,
        claims: vec![claim(
            "models rhyme though told not to",
            "about half (published), 30–70 %",
            not,
            (0.3..=0.7).contains(&not),
        )],
    }))
}

/// "62 % [51, 73] of 420": the interval over prompts where there are several, else over texts.
fn rhymed(poems: &[&Reading]) -> String {
    share_of(poems, |r| r.rhymed)
}

fn share_of(poems: &[&Reading], passes: impl Fn(&Reading) -> bool) -> String {
    if poems.is_empty() {
        return String::new();
    }
    let keys = poems.iter().enumerate().map(|(i, r)| r.author.clone().unwrap_or_else(|| i.to_string()));
    let folds = Groups::of_keys(keys).folds(20, 1);
    let share = |without: Option<usize>| {
        let kept = || poems.iter().enumerate().filter(|(i, _)| without != Some(folds.of(*i)));
        kept().filter(|(_, r)| passes(r)).count() as f64 / kept().count().max(1) as f64
    };
    let less: Vec<f64> = (0..folds.count()).map(|f| share(Some(f))).collect();
    let e = diversity::jackknife(share(None), &[&less], 0.0).share_of(poems.len());
    format!("{:.0} % [{:.0}, {:.0}] of {}", 100.0 * e.value, 100.0 * e.low, 100.0 * e.high, poems.len())
}

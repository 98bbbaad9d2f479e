//! The same people printed otherwise, or from elsewhere, must not fall; the same words in no order must not hold.

use std::collections::BTreeMap;

use diversity::Rng;
use measure::{ReadOptions, Reading};

use super::people::{as_samples, by_poet};
use super::{Context, Failure, Goal, Table, table_of};
use crate::atlas::{self, Collections};

/// Poems tried.
const SAMPLES: usize = 400;
/// Birth that parts early poets from late ones.
const PARTED: i32 = 1750;

pub fn run(context: &Context) -> Result<Option<Table>, Failure> {
    let all = atlas::collections(&context.args.data)?;
    if all.readings.is_empty() {
        return Ok(None);
    }
    let texts: BTreeMap<&str, &Reading> = all.readings.values().flatten().map(|r| (r.id.as_str(), r)).collect();
    let poetry = context.atlas()?;
    let (part, rest) = by_poet(poetry, 0.4, context.args.seed, 77);
    let part = super::null::drawn(part, SAMPLES, &mut Rng::new(context.args.seed));
    let poems: Vec<&Reading> = part.iter().filter_map(|r| texts.get(r.id.as_str()).copied()).collect();
    let reference = atlas::reference("other poets", &rest)?;
    let mut rng = Rng::new(context.args.seed ^ 0xfa1);
    let lines: Vec<&str> = poems.iter().flat_map(|r| r.body.lines()).filter(|l| !l.trim().is_empty()).collect();
    let mut rows = Vec::new();
    let mut printed = |name: &str, goal: Goal, print: &mut dyn FnMut(&Reading) -> String| -> Result<(), Failure> {
        let texts: Vec<corpus::Text> = poems.iter().map(|r| corpus::Text::new(r.id.clone(), print(r))).collect();
        let mut readings = measure::read(&texts, &ReadOptions::default());
        readings.iter_mut().zip(&poems).for_each(|(new, old)| new.prompt = old.author.clone());
        rows.push(context.row(name, readings, &reference, goal)?);
        Ok(())
    };
    printed("as they are", Goal::AtLeast(0.85), &mut |r| r.body.clone())?;
    printed("without indentation", Goal::AtLeast(0.85), &mut |r| {
        r.text.lines().map(str::trim_start).collect::<Vec<_>>().join("\n")
    })?;
    printed("without stanza breaks", Goal::AtLeast(0.85), &mut |r| {
        r.body.lines().filter(|l| !l.trim().is_empty()).collect::<Vec<_>>().join("\n")
    })?;
    printed("in Markdown, with a title and a closing remark", Goal::AtLeast(0.85), &mut |r| {
        format!(
            "Here is a poem:\n\n**{}**\n\n{}\n\nWould you like another?",
            r.title.as_deref().unwrap_or("Poem"),
            r.body
        )
    })?;
    printed("lines shuffled within each poem", Goal::NotHolds, &mut |r| shuffled(&r.body, &mut rng))?;
    let mut rng = Rng::new(context.args.seed ^ 0xfa2);
    printed("every line from another poem", Goal::NotHolds, &mut |r| {
        let other = |l: &str| if l.trim().is_empty() { "" } else { lines[rng.below(lines.len())] };
        r.body.lines().map(other).collect::<Vec<_>>().join("\n")
    })?;
    for (name, wanted, others) in [
        ("historical_poems against poems_by_form", "historical_poems", "poems_by_form"),
        ("poems_by_form against historical_poems", "poems_by_form", "historical_poems"),
    ] {
        let reference = atlas::reference(others, &atlas::build(&all, &|c| c == others))?;
        rows.push(context.row(
            name,
            as_samples(context.atlas()?, atlas::build(&all, &|c| c == wanted)),
            &reference,
            Goal::AtLeast(0.85),
        )?);
    }
    rows.extend(eras(context, &all)?);
    Ok(Some(table_of(
        "fairness",
        "The same people printed otherwise, from another collection, of another age: what does it cost? And do their lines in \
         no order pass?",
        &rows,
    )))
}

/// Early poets against late ones, and late against early.
fn eras(context: &Context, all: &Collections) -> Result<Vec<super::Row>, Failure> {
    let poetry = context.atlas()?;
    let part = |early: bool| -> Vec<Reading> {
        let of = |r: &&Reading| all.born(r).is_some_and(|y| (y < PARTED) == early);
        poetry.readings.iter().filter(of).cloned().collect()
    };
    let (early, late) = (part(true), part(false));
    let row = |name: &str, samples: &[Reading], reference: &[Reading]| {
        context.row(
            name,
            as_samples(context.atlas()?, samples.to_vec()),
            &atlas::reference("era", reference)?,
            Goal::AtLeast(0.8),
        )
    };
    Ok(vec![
        row("poets born before 1750 against later ones", &early, &late)?,
        row("poets born after 1750 against earlier ones", &late, &early)?,
    ])
}

fn shuffled(body: &str, rng: &mut Rng) -> String {
    let mut lines: Vec<&str> = body.lines().filter(|l| !l.trim().is_empty()).collect();
    rng.shuffle(&mut lines);
    let mut next = lines.into_iter();
    let place = |l: &str| if l.trim().is_empty() { "" } else { next.next().unwrap_or_default() };
    body.lines().map(place).collect::<Vec<_>>().join("\n")
}

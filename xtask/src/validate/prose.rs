//! Jokes and stories: people score 1, models fall, and people's texts of another length are not judged.

use std::collections::BTreeMap;

use measure::{Genre, ReadOptions, Reading, Reference, VerdictWord};
use serde::Deserialize;

use super::people::{as_samples, by_poet};
use super::{Claim, Context, Failure, Goal, Row, Table, table_of};
use crate::atlas::prose::plan;
use crate::eval::records;

/// Splits of each atlas, by author.
const SPLITS: u64 = 5;
#[derive(Deserialize)]
struct Record {
    id: String,
    text: String,
    model: Option<String>,
    kind: Option<String>,
    item: Option<String>,
    prompt_id: Option<serde_json::Value>,
    cue: Option<serde_json::Value>,
}

pub fn run(context: &Context) -> Result<Option<Table>, Failure> {
    let (jokes, stories) = (Reference::people(Genre::Jokes)?, Reference::people(Genre::Stories)?);
    let mut rows = splits(context, jokes, "half of the one-liners", 0.5)?;
    rows.extend(splits(context, stories, "half of the stories' authors", 0.5)?);
    for (name, goal, readings) in
        sets(context, "models/chatgpt_jokes", |_| Some(("chatgpt, jokes".into(), Goal::Collapsed)))?
    {
        rows.push(context.row(&name, readings, jokes, goal)?);
    }
    let by_model = |r: &Record| Some((format!("{}, stories", short(r.model.as_deref()?)), Goal::AtMost(0.5)));
    for (name, goal, readings) in sets(context, "models/stories", by_model)? {
        rows.push(context.row(&name, readings, stories, goal)?);
    }
    rows.extend(continuations(context)?);
    let mut table = table_of(
        "prose",
        "Do people's jokes and stories, held against other people's, score 1, and models' less?",
        &rows,
    );
    table.claims.extend(other_lengths(context, stories)?);
    Ok(Some(table))
}

fn short(model: &str) -> &str {
    model.rsplit("__").next().unwrap_or(model)
}

fn splits(context: &Context, atlas: &Reference, name: &str, share: f64) -> Result<Vec<Row>, Failure> {
    (0..SPLITS)
        .map(|split| {
            let (part, rest) = by_poet(atlas, share, context.args.seed, split);
            context.row(&format!("{name} ({})", split + 1), as_samples(atlas, part), &people(atlas, &rest)?, Goal::One)
        })
        .collect()
}

/// A part of an atlas as an atlas.
fn people(atlas: &Reference, rows: &[Reading]) -> Result<Reference, Failure> {
    let bytes = measure::atlas_bytes(rows, &plan(atlas.genre), &[("people", "yes".to_owned())])?;
    Ok(Reference::from_atlas_bytes("other authors", bytes.into(), false)?)
}

type Sets = Vec<(String, Goal, Vec<Reading>)>;

/// The sets of a file by the name and goal that `of` gives a record; none where it is absent.
fn sets(context: &Context, file: &str, of: impl Fn(&Record) -> Option<(String, Goal)>) -> Result<Sets, Failure> {
    let found = records::<Record>(&context.args.data, &format!("{file}.jsonl.gz"))?.unwrap_or_default();
    let mut by_name: BTreeMap<String, (Goal, Vec<corpus::Text>)> = BTreeMap::new();
    for record in found {
        let Some((name, goal)) = of(&record) else { continue };
        let asked = record.prompt_id.or(record.cue).map(|v| v.to_string()).or(record.item);
        let text = corpus::Text { prompt: asked, ..corpus::Text::new(record.id, record.text) };
        by_name.entry(name).or_insert_with(|| (goal, Vec::new())).1.push(text);
    }
    let read = |texts: Vec<corpus::Text>| measure::read(&texts, &ReadOptions::default());
    Ok(by_name.into_iter().map(|(name, (goal, texts))| (name, goal, read(texts))).collect())
}

/// Continuations of people's openings, held in form against people's own of the same openings.
fn continuations(context: &Context) -> Result<Vec<Row>, Failure> {
    let of = |r: &Record| Some((format!("continuations: {}", r.kind.as_deref()?), Goal::Shown));
    let mut sets = sets(context, "models/story_continuations", of)?;
    let Some(at) = sets.iter().position(|(name, ..)| name.ends_with("human")) else { return Ok(Vec::new()) };
    let reference = Reference::from_readings("people's continuations", sets.remove(at).2)?;
    sets.into_iter().map(|(name, goal, readings)| context.row(&name, readings, &reference, goal)).collect()
}

/// People's stories of eighty words are no stories of the atlas' length: there must be no verdict.
fn other_lengths(context: &Context, stories: &Reference) -> Result<Option<Claim>, Failure> {
    let people = |r: &Record| (r.model.as_deref() == Some("human")).then(|| ("human".to_owned(), Goal::Shown));
    let Some((_, _, readings)) = sets(context, "models/cue_word_stories", people)?.pop() else { return Ok(None) };
    let verdict = context.compare("people's stories of eighty words", readings, stories)?.verdict;
    Ok(Some(Claim {
        what: "people's stories of eighty words against stories-1".into(),
        goal: "cannot tell".into(),
        measured: verdict.sentence,
        met: verdict.word == VerdictWord::CannotTell,
    }))
}

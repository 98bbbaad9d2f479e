//! Chat models against people.

use std::collections::BTreeMap;

use measure::{ReadOptions, Reading};
use serde::Deserialize;

use super::{Context, Failure, Goal, Table, table_of};
use crate::eval::records;

/// Poems of a model from which it is a row of its own.
const ENOUGH: usize = 300;

#[derive(Deserialize)]
struct Poem {
    id: String,
    text: String,
    prompt: Option<String>,
    model: Option<String>,
}

/// The poems of every chat model, read.
pub fn readings(context: &Context) -> Result<Option<BTreeMap<String, Vec<Reading>>>, Failure> {
    let Some(poems) = records::<Poem>(&context.args.data, "models/prompted_poems.jsonl.gz")? else { return Ok(None) };
    let mut by_model: BTreeMap<String, Vec<corpus::Text>> = BTreeMap::new();
    for p in poems {
        let model = p.model.unwrap_or_default();
        let text = corpus::Text { prompt: p.prompt, ..corpus::Text::new(p.id, p.text) };
        by_model.entry(model).or_default().push(text);
    }
    let read = |texts: Vec<corpus::Text>| measure::read(&texts, &ReadOptions::default());
    Ok(Some(by_model.into_iter().map(|(model, texts)| (model, read(texts))).collect()))
}

pub fn run(context: &Context) -> Result<Option<Table>, Failure> {
    let Some(models) = readings(context)? else { return Ok(None) };
    let mut rows = Vec::new();
    for (model, readings) in models.into_iter().filter(|(_, r)| r.len() >= ENOUGH) {
        rows.push(context.row(&model, readings, context.atlas()?, Goal::Collapsed)?);
    }
    Ok(Some(table_of("models", "Are chat models, whose poems readers find alike, called collapsed?", &rows)))
}

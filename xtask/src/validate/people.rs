//! People against people.

use diversity::{Groups, Rng};
use measure::{Reading, Reference};

use super::{Context, Failure, Goal, Table, table_of};
use crate::atlas;

/// Splits of the atlas by poet.
const SPLITS: u64 = 20;

pub fn run(context: &Context) -> Result<Option<Table>, Failure> {
    let mut rows = Vec::new();
    let all = atlas::collections(&context.args.data)?;
    if !all.readings.is_empty() {
        let rest = atlas::reference("without historical_poems", &atlas::build(&all, &|c| c != "historical_poems"))?;
        let poems = as_samples(context.atlas()?, atlas::build(&all, &|c| c == "historical_poems"));
        rows.push(context.row("historical_poems against the rest", poems, &rest, Goal::AtLeast(0.75))?);
    }
    for split in 0..SPLITS {
        let (part, rest) = by_poet(context.atlas()?, 0.25, context.args.seed, split);
        let name = format!("a quarter of the poets ({})", split + 1);
        rows.push(context.row(
            &name,
            as_samples(context.atlas()?, part),
            &atlas::reference("other poets", &rest)?,
            Goal::One,
        )?);
    }
    Ok(Some(table_of("people", "Do people, held against other people, score 1?", &rows)))
}

/// About a share of the atlas' poems, by whole poets, and the others.
pub fn by_poet(atlas: &Reference, share: f64, seed: u64, split: u64) -> (Vec<Reading>, Vec<Reading>) {
    let poets = Groups::of_keys(atlas.readings.iter().map(|r| atlas.group_of(r)));
    let wanted = (atlas.readings.len() as f64 * share) as usize;
    let drawn = poets.draw(wanted, &mut Rng::stream(seed, split));
    let part = |wanted: bool| {
        atlas.readings.iter().zip(&drawn).filter(|(_, d)| **d == wanted).map(|(r, _)| r.clone()).collect()
    };
    (part(true), part(false))
}

/// Rows of an atlas as samples, in the groups that they form there (by poet; of an unknown one each its own), so that intervals are
/// over the same.
pub fn as_samples(atlas: &Reference, mut rows: Vec<Reading>) -> Vec<Reading> {
    rows.iter_mut().for_each(|r| r.prompt = Some(atlas.group_of(r)));
    rows
}

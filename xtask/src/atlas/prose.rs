//! People's jokes and stories → data/jokes-1.parquet, data/stories-1.parquet.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use measure::{AtlasPlan, Contents, Genre, LeftOut, ReadOptions, Reading};
use serde_json::{Map, Value};

use super::{Failure, poet, tidy_title};
use crate::eval::records;

/// Stories an author.
pub const PER_AUTHOR: usize = 5;

/// The atlas of a genre of prose as it is shipped.
pub fn plan(genre: Genre) -> AtlasPlan {
    AtlasPlan { name: format!("{}-1", genre.name()), genre, cap: PER_AUTHOR, contents: Contents::NoText }
}

pub fn run(data: &Path, genre: Genre, out: &Path) -> Result<(), Failure> {
    let plan = plan(genre);
    let (rows, left_out) = measure::atlas_rows(&works(data, genre)?, &plan);
    let bytes = measure::atlas_bytes(&rows, &plan, &[("people", "yes".to_owned())])?;
    std::fs::write(out, &bytes)?;
    print(&rows, left_out);
    println!("{}: {} works, {} bytes, features {}", out.display(), rows.len(), bytes.len(), measure::prose_hash());
    Ok(())
}

/// People's works of the genre, read.
pub fn works(data: &Path, genre: Genre) -> Result<Vec<Reading>, Failure> {
    let name = if genre == Genre::Jokes { "one_liners" } else { "short_stories" };
    let found = records::<Map<String, Value>>(data, &format!("human/{name}.jsonl.gz"))?;
    let records = found.ok_or_else(|| format!("human/{name}.jsonl.gz was not found: give --data"))?;
    let texts: Vec<corpus::Text> = records.iter().map(|r| text(name, r)).collect();
    Ok(measure::read(&texts, &ReadOptions::default()))
}

fn text(collection: &str, record: &Map<String, Value>) -> corpus::Text {
    let field = |name: &str| match record.get(name) {
        Some(Value::String(s)) => s.clone(),
        Some(Value::Number(n)) => n.to_string(),
        _ => String::new(),
    };
    let mut text = corpus::Text::new(format!("{collection}/{}", field("id")), field("text"));
    for (key, value) in
        [("author", poet(&field("author"))), ("title", tidy_title(&field("title"))), ("year", field("year"))]
    {
        if !value.is_empty() {
            text.labels.insert(key.into(), value.into());
        }
    }
    text
}

fn print(rows: &[Reading], left_out: LeftOut) {
    let mut kinds: BTreeMap<&str, (usize, BTreeSet<&str>)> = BTreeMap::new();
    for r in rows {
        let (n, authors) = kinds.entry(&r.prose_name).or_default();
        *n += 1;
        authors.insert(r.author.as_deref().unwrap_or(&r.id));
    }
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by_key(|(_, (n, _))| std::cmp::Reverse(*n));
    println!("{:<64} {:>6} {:>8}", "kind", "works", "authors");
    for (kind, (n, authors)) in kinds {
        println!("{kind:<64} {n:>6} {:>8}", authors.len());
    }
    let LeftOut { off_task, repeats, above_cap } = left_out;
    println!("left out: {off_task} of another kind, {repeats} near repeats, {above_cap} above {PER_AUTHOR} an author");
}

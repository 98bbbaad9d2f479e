//! `cargo xtask atlas`: people's works → data/poetry-1.parquet, and with `--genre` jokes-1, stories-1: the features that ship
//! (no text).
//!
//! Rows are deduplicated, at most five a poet and computed form, and no computed form holds more than a sixth of the atlas,
//! its poems then spread over the poets' half-centuries as evenly as the sources allow.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use measure::{Contents, Genre, ReadOptions, Reading, Reference, Samples, Settings};
use serde_json::{Map, Value};

use crate::eval::records;

pub mod prose;

type Failure = Box<dyn std::error::Error>;

#[derive(clap::Args)]
pub struct Args {
    /// A folder laid out as the project's evaluation data (human/)
    #[arg(long, default_value = "../shared/data")]
    data: PathBuf,
    /// Leave a collection out (poems_by_form, historical_poems, light_verse); may be given again
    #[arg(long)]
    without: Vec<String>,
    /// poetry, jokes or stories
    #[arg(long, default_value = "poetry", value_parser = genre)]
    genre: Genre,
    /// [default: the genre's file in data/]
    #[arg(long)]
    out: Option<PathBuf>,
}

fn genre(name: &str) -> Result<Genre, String> {
    Genre::named(name).ok_or_else(|| "poetry, jokes or stories".into())
}

/// The collections of people's poems.
pub const COLLECTIONS: [&str; 3] = ["poems_by_form", "historical_poems", "light_verse"];
/// Poems a poet and computed form.
const PER_POET: usize = 5;
/// The largest share of the atlas that one computed form may hold.
const LARGEST: f64 = 1.0 / 6.0;
/// Verse lines under which a poem is a fragment.
const LINES: u32 = 2;

pub fn run(args: &Args) -> Result<(), Failure> {
    let shipped = || PathBuf::from(format!("data/{}-1.parquet", args.genre.name()));
    let out = args.out.clone().unwrap_or_else(shipped);
    match args.genre {
        Genre::Poetry => poetry(args, &out),
        Genre::Jokes | Genre::Stories => prose::run(&args.data, args.genre, &out),
    }
}

fn poetry(args: &Args, out: &Path) -> Result<(), Failure> {
    let all = collections(&args.data)?;
    let kept = build(&all, &|c| !args.without.iter().any(|w| w == c));
    if kept.is_empty() {
        return Err("no collection was found: give --data".into());
    }
    let mut notes = vec![("name", "poetry-1".to_owned()), ("frozen", "yes".to_owned())];
    notes.push(("probe", serde_json::to_string(&measure::probe(Genre::Poetry))?));
    if let Some(unit) = human_unit(&all)? {
        println!("one human unit (FD_u between the two large collections): {unit:.4}");
        notes.push(("human_unit", format!("{unit:.6}")));
    }
    measure::write_readings(out, &kept, Contents::NoText, &notes)?;
    let bytes = std::fs::metadata(out)?.len();
    print_composition(&kept);
    println!("{}: {} poems, {bytes} bytes, features {}", out.display(), kept.len(), measure::features_hash());
    Ok(())
}

/// Every poem of every collection, read.
#[derive(Default)]
pub struct Collections {
    pub readings: BTreeMap<&'static str, Vec<Reading>>,
    /// By a poem's id: the half-century that its collection puts it into.
    periods: BTreeMap<String, String>,
}

impl Collections {
    /// About the year of birth of a poem's poet: the start of the half-century that its collection names, or 25 years
    /// before the work, by its half-century. None where neither is known.
    pub fn born(&self, r: &Reading) -> Option<i32> {
        let start = |period: &String| period.get(..4).and_then(|y| y.parse().ok());
        r.year.map(|y| (y - 25).div_euclid(50) * 50).or_else(|| self.periods.get(&r.id).and_then(start))
    }
}

pub fn collections(data: &Path) -> Result<Collections, Failure> {
    let mut out = Collections::default();
    for name in COLLECTIONS {
        let Some(records) = records::<Map<String, Value>>(data, &format!("human/{name}.jsonl.gz"))? else { continue };
        let texts: Vec<corpus::Text> = records.iter().map(|r| text(name, r)).collect();
        out.periods.extend(texts.iter().filter_map(|t| Some((t.id.clone(), t.field("period")?.into_owned()))));
        out.readings.insert(name, measure::read(&texts, &ReadOptions::default()));
    }
    Ok(out)
}

fn text(collection: &str, record: &Map<String, Value>) -> corpus::Text {
    let field = |name: &str| record.get(name).and_then(Value::as_str).unwrap_or_default();
    let mut text = corpus::Text::new(format!("{collection}/{}", field("id")), field("text"));
    let nursery = field("form") == "nursery rhyme";
    let author = if nursery { "nursery rhyme".to_owned() } else { poet(field("author")) };
    text.labels.insert("author".into(), author.into());
    let title = if field("title").is_empty() { first_line(field("text")) } else { tidy_title(field("title")) };
    text.labels.insert("title".into(), title.into());
    for key in ["form", "year"] {
        text.labels.insert(key.into(), field(key).into());
    }
    // the half-century of the poet's birth: what the larger collection knows of time
    text.labels.insert("period".into(), field("period").into());
    text
}

/// "Price, Herbert, b. 1858" → "Herbert Price": both collections then name a poet alike, so that nobody is held against
/// their own poems.
fn poet(name: &str) -> String {
    let (mut plain, mut depth) = (String::new(), 0u32);
    for c in name.split(" / ").next().unwrap_or_default().chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            c if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    let dated = |p: &&str| p.is_empty() || p.chars().any(|c| c.is_ascii_digit());
    let parts: Vec<&str> = plain.split(',').map(str::trim).filter(|p| !dated(p)).collect();
    let words = match parts.as_slice() {
        [last, first, ..] => format!("{first} {last}"),
        [only] => (*only).to_owned(),
        [] => plain,
    };
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn first_line(text: &str) -> String {
    text.lines().find(|l| !l.trim().is_empty()).unwrap_or_default().trim().trim_end_matches([',', ';', '.']).to_owned()
}

/// A title in capitals is set in small letters, quotation marks and the final stop are left away.
fn tidy_title(title: &str) -> String {
    let title = title.replace("&hyphen;", "-").replace("&amp;", "&");
    let plain = title.trim().trim_matches(['“', '”', '"', '.']).trim();
    if plain.chars().any(char::is_lowercase) {
        return plain.to_owned();
    }
    let mut out = String::new();
    let mut opens = true;
    for c in plain.chars() {
        if opens {
            out.push(c);
        } else {
            out.extend(c.to_lowercase());
        }
        opens = !(c.is_alphanumeric() || c == '\'' || c == '’');
    }
    out
}

/// The atlas' rows out of the collections for which `wanted` is true.
pub fn build(all: &Collections, wanted: &dyn Fn(&str) -> bool) -> Vec<Reading> {
    let poems: Vec<&Reading> = COLLECTIONS
        .iter()
        .filter(|c| wanted(c))
        .filter_map(|c| all.readings.get(c))
        .flatten()
        .filter(|r| matches!(r.kind, verse::Kind::Verse | verse::Kind::ProsePoem) && r.lines >= LINES)
        .collect();
    let clusters = measure::near_duplicates(&poems);
    let mut seen = BTreeSet::new();
    let different = poems.iter().zip(clusters).filter(|(_, c)| seen.insert(*c)).map(|(r, _)| *r);
    let mut per_poet: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut by_form: BTreeMap<&str, Vec<&Reading>> = BTreeMap::new();
    for r in different {
        let count = per_poet.entry((r.author.clone().unwrap_or_default(), r.form_name.clone())).or_default();
        *count += 1;
        if *count <= PER_POET {
            by_form.entry(&r.form_name).or_default().push(r);
        }
    }
    let cap = cap(&by_form.values().map(Vec::len).collect::<Vec<_>>());
    let kept: BTreeSet<&str> =
        by_form.values().flat_map(|poems| balanced(poems, cap, &all.periods)).map(|r| r.id.as_str()).collect();
    poems.into_iter().filter(|r| kept.contains(r.id.as_str())).map(without_text).collect()
}

/// The largest size of a form such that none holds more than a sixth of what is kept.
fn cap(sizes: &[usize]) -> usize {
    let largest = sizes.iter().copied().max().unwrap_or(0);
    (1..=largest)
        .rev()
        .find(|&cap| {
            let total: usize = sizes.iter().map(|s| (*s).min(cap)).sum();
            cap as f64 <= LARGEST * total as f64
        })
        .unwrap_or(largest)
}

/// At most `cap` poems of one form, taken in turn from every period, poets in turn within it.
fn balanced<'a>(poems: &[&'a Reading], cap: usize, periods_of: &BTreeMap<String, String>) -> Vec<&'a Reading> {
    if poems.len() <= cap {
        return poems.to_vec();
    }
    let mut periods: BTreeMap<String, BTreeMap<&str, Vec<&Reading>>> = BTreeMap::new();
    for r in poems {
        let by_poet = periods.entry(period(r, periods_of)).or_default();
        by_poet.entry(r.author.as_deref().unwrap_or_default()).or_default().push(r);
    }
    // within a period: every poet's first poem, then every poet's second …
    let mut queues: Vec<std::collections::VecDeque<&Reading>> = periods
        .into_values()
        .map(|by_poet| {
            let most = by_poet.values().map(Vec::len).max().unwrap_or(0);
            (0..most).flat_map(|i| by_poet.values().filter_map(move |v| v.get(i).copied())).collect()
        })
        .collect();
    let mut out = Vec::with_capacity(cap);
    while out.len() < cap {
        for queue in &mut queues {
            if out.len() < cap
                && let Some(r) = queue.pop_front()
            {
                out.push(r);
            }
        }
    }
    out
}

/// Half-century of the work where its year is known; else what its collection says (there, of the poet's birth).
fn period(r: &Reading, periods_of: &BTreeMap<String, String>) -> String {
    let half_century = |year: i32| (year.div_euclid(50) * 50).to_string();
    r.year.map(half_century).unwrap_or_else(|| periods_of.get(&r.id).cloned().unwrap_or_default())
}

fn without_text(r: &Reading) -> Reading {
    Reading {
        prose: Vec::new(),
        beside: Vec::new(),
        prose_name: String::new(),
        text: String::new(),
        body: String::new(),
        set_aside: Vec::new(),
        rhyme_pairs: Default::default(),
        packed: Default::default(),
        content: Vec::new(),
        opening_content: Vec::new(),
        ..r.clone()
    }
}

/// FD_u of the historical poems against the poems collected by form: what two human collections lie apart.
fn human_unit(all: &Collections) -> Result<Option<f64>, Failure> {
    let (historical, by_form) = (build(all, &|c| c == "historical_poems"), build(all, &|c| c == "poems_by_form"));
    if historical.is_empty() || by_form.is_empty() {
        return Ok(None);
    }
    let samples = Samples { name: "historical_poems".into(), readings: historical, skipped: vec![] };
    let (comparison, _) = measure::compare(
        &samples,
        &reference("poems_by_form", &by_form)?,
        &Settings { shown: 0, ..Settings::default() },
    )?;
    Ok(comparison.views.get("form").and_then(|v| v.cfd.as_ref()).map(|c| c.number.value))
}

/// A reference of people's works from rows that are not shipped.
pub fn reference(name: &str, rows: &[Reading]) -> Result<Reference, Failure> {
    let bytes = measure::to_bytes(rows, Contents::NoText, &[("name", name.to_owned())])?;
    Ok(Reference::from_atlas_bytes(name, bytes.into(), false)?)
}

fn print_composition(rows: &[Reading]) {
    let mut forms: BTreeMap<&str, (usize, BTreeSet<&str>)> = BTreeMap::new();
    for r in rows {
        let (n, poets) = forms.entry(&r.form_name).or_default();
        *n += 1;
        poets.insert(r.author.as_deref().unwrap_or_default());
    }
    let mut forms: Vec<_> = forms.into_iter().collect();
    forms.sort_by_key(|(_, (n, _))| std::cmp::Reverse(*n));
    println!("{:<28} {:>6} {:>6}", "computed form", "poems", "poets");
    for (form, (n, poets)) in forms {
        println!("{form:<28} {n:>6} {:>6}", poets.len());
    }
    let poets: BTreeSet<_> = rows.iter().map(|r| &r.author).collect();
    let mut by_collection: BTreeMap<&str, usize> = BTreeMap::new();
    rows.iter().for_each(|r| *by_collection.entry(r.id.split('/').next().unwrap_or_default()).or_default() += 1);
    println!("{} poets; {by_collection:?}", poets.len());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn poets_are_named_alike() {
        assert_eq!(poet("Price, Herbert, b. 1858"), "Herbert Price");
        assert_eq!(poet("Geoffrey Chaucer"), "Geoffrey Chaucer");
        assert_eq!(poet("Holland, J. G. (Josiah Gilbert), 1819-1881"), "J. G. Holland");
        assert_eq!(poet("Oldisworth, William, 1680-1734 (trans.) / Horace, 65-8 BC (orig.)"), "William Oldisworth");
    }

    #[test]
    fn no_form_holds_more_than_a_sixth() {
        let sizes = [500, 40, 30, 30, 20, 20, 20];
        let c = cap(&sizes);
        let total: usize = sizes.iter().map(|s| (*s).min(c)).sum();
        assert!(c as f64 <= total as f64 / 6.0 && (c + 1) as f64 > (total + 1) as f64 / 6.0 - 1.0, "{c} of {total}");
    }

    #[test]
    fn titles_are_set_in_small_letters() {
        assert_eq!(tidy_title("THE CITY AND COUNTRY MOUSE."), "The City And Country Mouse");
        assert_eq!(tidy_title("“Where did he go?”"), "Where did he go?");
    }
}

//! `doggerel atlas`: what samples are held against.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use measure::{AtlasPlan, Contents, Genre, LeftOut, Reference, SHIPPED, prose};
use serde::Serialize;

use crate::args::{Atlas, AtlasBuild, AtlasCommand, Global};
use crate::document::Document;
use crate::failure::{Failure, Outcome};
use crate::notes::Notes;
use crate::output::{self, Output};
use crate::samples::gather;
use crate::sinks::{Made, Sinks};

#[derive(Serialize)]
struct Held<'a> {
    name: &'a str,
    hash: &'a str,
    genre: Genre,
    n: usize,
    groups: usize,
    frozen: bool,
    composition: &'a BTreeMap<String, usize>,
}

/// A feature as a person reads it.
#[derive(Serialize)]
struct Listed {
    name: &'static str,
    block: &'static str,
    unit: &'static str,
    description: &'static str,
}

/// The features of a reference's form vector.
#[derive(Serialize)]
struct Features<'a> {
    reference: &'a str,
    /// The version of the list.
    vector: &'static str,
    features: Vec<Listed>,
    /// What is told of each text beside them, and not compared.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    beside: Vec<Listed>,
}

pub fn run(atlas: &Atlas, global: &Global) -> Outcome {
    match &atlas.what {
        AtlasCommand::List => show(&SHIPPED, Shown::Line, global),
        AtlasCommand::Show { name, features: false } => show(&[name], Shown::Composition, global),
        AtlasCommand::Show { name, features: true } => show(&[name], Shown::Features, global),
        AtlasCommand::Build(build) => make(build, global),
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Shown {
    Line,
    Composition,
    Features,
}

fn show(names: &[&str], shown: Shown, global: &Global) -> Outcome {
    let mut sinks = Sinks::open(global)?;
    for name in names {
        let own;
        let reference = if Path::new(name).is_file() {
            own = Reference::open(Path::new(name))?;
            &own
        } else {
            Reference::shipped(name)?
        };
        if shown == Shown::Features {
            let listed = features(&reference.name, reference.genre);
            let json = sinks
                .wants_json()
                .then(|| Document::new("doggerel.features/1", global.seed, &listed).line())
                .transpose()?;
            sinks.put(&Made { words: sinks.wants_words().then(|| feature_words(&listed)), json })?;
            continue;
        }
        let groups: std::collections::BTreeSet<String> =
            reference.readings.iter().map(|r| reference.group_of(r)).collect();
        let held = Held {
            name: &reference.name,
            hash: &reference.hash,
            genre: reference.genre,
            n: reference.readings.len(),
            groups: groups.len(),
            frozen: reference.frozen,
            composition: &reference.composition,
        };
        let json =
            sinks.wants_json().then(|| Document::new("doggerel.atlas/1", global.seed, &held).line()).transpose()?;
        let words = sinks.wants_words().then(|| words(name, &held, shown));
        sinks.put(&Made { words, json })?;
    }
    sinks.finish(Notes { quiet: global.quiet })
}

fn features(reference: &str, genre: Genre) -> Features<'_> {
    let of_verse =
        |f: &verse::Feature| Listed { name: f.name, block: f.block, unit: f.unit, description: f.description() };
    let of_prose =
        |f: &prose::Feature| Listed { name: f.name, block: f.block, unit: f.unit, description: f.description() };
    let (vector, features, beside) = match genre {
        Genre::Poetry => (verse::FORM_VECTOR, verse::FEATURES.iter().map(of_verse).collect(), Vec::new()),
        Genre::Jokes | Genre::Stories => (
            prose::VECTOR,
            prose::FEATURES.iter().map(of_prose).collect(),
            prose::BESIDE.iter().map(of_prose).collect(),
        ),
    };
    Features { reference, vector, features, beside }
}

/// The features one a line, block by block.
fn feature_words(listed: &Features) -> String {
    let all = || listed.features.iter().chain(&listed.beside);
    let name = all().map(|f| f.name.len()).max().unwrap_or(0);
    let unit = all().map(|f| f.unit.chars().count()).max().unwrap_or(0);
    let mut out = format!("{}  {} features of form\n", listed.vector, listed.features.len());
    for block in listed.features.chunk_by(|a, b| a.block == b.block).chain([listed.beside.as_slice()]) {
        let Some(first) = block.first() else { continue };
        let remark = if first.block == "beside" { ": told, and not compared" } else { "" };
        let _ = writeln!(out, "\n{}{remark}", first.block);
        for f in block {
            let _ = writeln!(out, "  {:name$}  {:unit$}  {}", f.name, f.unit, f.description);
        }
    }
    out
}

fn words(called: &str, held: &Held, shown: Shown) -> String {
    let state = if held.frozen { "" } else { ", provisional: its numbers are not to be cited" };
    let authors = if held.groups < held.n { format!(" by {} authors or prompts", held.groups) } else { String::new() };
    let mut out = format!("{called}  {}, {} {}{authors}{state}\n", held.name, held.n, held.genre.texts());
    if shown == Shown::Composition {
        let _ = writeln!(out, "{}", held.hash);
        for (kind, n) in held.composition {
            let _ = writeln!(out, "{n:>6}  {kind}");
        }
    }
    out
}

#[derive(Serialize)]
struct Built<'a> {
    name: &'a str,
    hash: String,
    genre: Genre,
    n: usize,
    off_task: usize,
    repeats: usize,
    above_cap: usize,
    out: String,
}

fn make(build: &AtlasBuild, global: &Global) -> Outcome {
    let notes = Notes { quiet: global.quiet };
    output::probe(&build.out)?;
    let mut sinks = Sinks::open(global)?;
    let samples = gather(&build.samples, &build.reading.options()?, notes)?.samples;
    let genre = match &build.genre {
        Some(name) => Genre::named(name).ok_or_else(|| {
            Failure::input(format!("there is no genre {name}")).with_help("--genre takes poetry, jokes or stories")
        })?,
        None => Genre::of(&samples.readings),
    };
    let file_name = || build.out.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let plan = AtlasPlan {
        name: build.name.clone().unwrap_or_else(file_name),
        genre,
        cap: build.cap,
        contents: if build.texts { Contents::Everything } else { Contents::NoText },
    };
    let (rows, left_out) = measure::atlas_rows(&samples.readings, &plan);
    if rows.is_empty() {
        return Err(Failure::input(format!("{} holds no {}", build.samples, genre.texts()))
            .with_help("name the genre of its texts: --genre poetry, jokes or stories"));
    }
    let bytes = measure::atlas_bytes(&rows, &plan, &[])?;
    let mut file = Output::file(&build.out)?;
    file.write_all(&bytes).map_err(|error| file.failure(&error))?;
    file.finish()?;
    notes.wrote(&build.out);
    let hash = Reference::from_atlas_bytes(&plan.name, bytes.into(), false)?.hash;
    let LeftOut { off_task, repeats, above_cap } = left_out;
    let out = build.out.display().to_string();
    let words = format!(
        "{}: {} {}; left out: {off_task} of another kind, {repeats} near repeats, {above_cap} above the cap\n{hash}\n",
        plan.name,
        rows.len(),
        genre.texts()
    );
    let built = Built { name: &plan.name, hash, genre, n: rows.len(), off_task, repeats, above_cap, out };
    let json = sinks.wants_json().then(|| Document::new("doggerel.atlas/1", global.seed, &built).line()).transpose()?;
    sinks.put(&Made { words: Some(words), json })?;
    sinks.finish(notes)
}

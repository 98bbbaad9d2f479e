//! `doggerel atlas`: what samples are held against.

use std::collections::BTreeMap;
use std::fmt::Write;

use measure::Reference;
use serde::Serialize;
use verse::{FEATURES, FORM_VECTOR, Feature};

use crate::args::{Atlas, AtlasCommand, Global};
use crate::document::Document;
use crate::failure::Outcome;
use crate::notes::Notes;
use crate::sinks::{Made, Sinks};

/// The references that `--against` knows by name.
const SHIPPED: [&str; 1] = ["human"];

#[derive(Serialize)]
struct Held<'a> {
    name: &'a str,
    hash: &'a str,
    n: usize,
    frozen: bool,
    composition: &'a BTreeMap<String, usize>,
}

#[derive(Serialize)]
struct Features<'a> {
    reference: &'a str,
    /// The version of the list.
    vector: &'static str,
    features: &'static [Feature],
}

pub fn run(atlas: &Atlas, global: &Global) -> Outcome {
    let mut sinks = Sinks::open(global)?;
    let (names, whole): (Vec<&str>, bool) = match &atlas.what {
        AtlasCommand::List => (SHIPPED.to_vec(), false),
        AtlasCommand::Show { name, .. } => (vec![name], true),
    };
    let features = matches!(&atlas.what, AtlasCommand::Show { features: true, .. });
    for name in names {
        let reference = Reference::shipped(name)?;
        if features {
            let listed = Features { reference: &reference.name, vector: FORM_VECTOR, features: FEATURES };
            let json = sinks
                .wants_json()
                .then(|| Document::new("doggerel.features/1", global.seed, &listed).line())
                .transpose()?;
            sinks.put(&Made { words: sinks.wants_words().then(feature_words), json })?;
            continue;
        }
        let held = Held {
            name: &reference.name,
            hash: &reference.hash,
            n: reference.readings.len(),
            frozen: reference.frozen,
            composition: &reference.composition,
        };
        let json =
            sinks.wants_json().then(|| Document::new("doggerel.atlas/1", global.seed, &held).line()).transpose()?;
        let words = sinks.wants_words().then(|| words(name, &held, whole));
        sinks.put(&Made { words, json })?;
    }
    sinks.finish(Notes { quiet: global.quiet })
}

/// The features one a line, block by block.
fn feature_words() -> String {
    let name = FEATURES.iter().map(|f| f.name.len()).max().unwrap_or(0);
    let unit = FEATURES.iter().map(|f| f.unit.chars().count()).max().unwrap_or(0);
    let mut out = format!("{FORM_VECTOR}  {} features of form\n", FEATURES.len());
    for block in FEATURES.chunk_by(|a, b| a.block == b.block) {
        let _ = writeln!(out, "\n{}", block[0].block);
        for f in block {
            let _ = writeln!(out, "  {:name$}  {:unit$}  {}", f.name, f.unit, f.description());
        }
    }
    out
}

fn words(called: &str, held: &Held, whole: bool) -> String {
    let state = if held.frozen { "" } else { ", provisional: its numbers are not to be cited" };
    let mut out = format!("{called}  {}, {} works{state}\n", held.name, held.n);
    if whole {
        let _ = writeln!(out, "{}", held.hash);
        for (kind, n) in held.composition {
            let _ = writeln!(out, "{n:>6}  {kind}");
        }
    }
    out
}

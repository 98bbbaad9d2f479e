//! `doggerel atlas`: what samples are held against.

use std::collections::BTreeMap;
use std::fmt::Write;

use measure::Reference;
use serde::Serialize;

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

pub fn run(atlas: &Atlas, global: &Global) -> Outcome {
    let mut sinks = Sinks::open(global)?;
    let (names, whole): (Vec<&str>, bool) = match &atlas.what {
        AtlasCommand::List => (SHIPPED.to_vec(), false),
        AtlasCommand::Show { name } => (vec![name], true),
    };
    for name in names {
        let reference = Reference::shipped(name)?;
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

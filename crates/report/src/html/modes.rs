//! Kinds that the samples crowd into, and those that they stay away from.

use std::collections::BTreeMap;

use measure::{CrowdedMode, MissingMode, Number, Work};
use serde::Serialize;

use super::{Figure, Link, figure, link};
use crate::chart;
use crate::number::{self, Scale};

/// Modes of a column that are not folded.
const MODES: usize = 8;

/// A column of modes: the first ones, the others folded, and those that cannot be told at this n.
#[derive(Serialize)]
pub struct Modes {
    /// What the longest bar can show.
    most: String,
    shown: Vec<Mode>,
    rest: Vec<Mode>,
    untold: Vec<Mode>,
}

#[derive(Serialize)]
struct Mode {
    label: String,
    figure: Figure,
    row: chart::Row,
    reach: Option<Figure>,
    p: Option<String>,
    untold: bool,
    samples: Vec<Link>,
    works: Vec<WorkView>,
}

#[derive(Serialize)]
struct WorkView {
    author: String,
    title: String,
    year: Option<i32>,
    scheme: Option<String>,
    text: Option<String>,
}

pub fn into(modes: &[CrowdedMode], places: &BTreeMap<&str, usize>) -> Modes {
    let most = chart::most(modes.iter().map(|mode| &mode.share));
    let mut shown: Vec<Mode> = modes
        .iter()
        .map(|mode| Mode {
            p: mode.p_adjusted.map(number::probability),
            samples: mode.samples.iter().map(|id| link(id, places)).collect(),
            ..share_mode(&mode.label, &mode.share, most)
        })
        .collect();
    let rest = shown.split_off(shown.len().min(MODES));
    Modes { most: format!("{:.0}\u{a0}%", (most * 100.0).ceil()), shown, rest, untold: Vec::new() }
}

pub fn away(modes: &[MissingMode]) -> Modes {
    let most = chart::most(modes.iter().map(|mode| &mode.share));
    let (told, untold): (Vec<&MissingMode>, Vec<&MissingMode>) = modes.iter().partition(|mode| !mode.cannot_tell);
    let view = |mode: &MissingMode| Mode {
        reach: (mode.reach.n > 0).then(|| figure("reach", &mode.reach, Scale::Plain)),
        p: mode.p_adjusted.map(number::probability),
        untold: mode.cannot_tell,
        works: mode.examples.iter().map(work).collect(),
        ..share_mode(&mode.label, &mode.share, most)
    };
    let mut shown: Vec<Mode> = told.into_iter().map(view).collect();
    let rest = shown.split_off(shown.len().min(MODES));
    Modes {
        most: format!("{:.0}\u{a0}%", (most * 100.0).ceil()),
        shown,
        rest,
        untold: untold.into_iter().map(view).collect(),
    }
}

/// A mode by its share alone. The p-value that counts is the adjusted one of the mode, so the share's own is not printed.
fn share_mode(label: &str, share: &Number, most: f64) -> Mode {
    Mode {
        label: label.into(),
        figure: Figure { remark: None, ..figure(label, share, Scale::Share) },
        row: chart::row(share, most),
        reach: None,
        p: None,
        untold: false,
        samples: Vec::new(),
        works: Vec::new(),
    }
}

fn work(work: &Work) -> WorkView {
    WorkView {
        author: work.author.clone(),
        title: work.title.clone(),
        year: work.year,
        scheme: work.scheme.clone(),
        text: work.text.clone(),
    }
}

//! Asked for and got: a bar for each request, cut into the forms that came.

use measure::{Adherence, Comparison};
use serde::Serialize;

use super::{Figure, figure};
use crate::number::{Scale, count};
use crate::words;

/// Width of a whole bar, in the picture's units.
const WIDE: f64 = 240.0;
/// Forms named under a bar.
const NAMED: usize = 4;

#[derive(Serialize)]
pub struct Row {
    request: String,
    n: String,
    adherence: Option<Figure>,
    rhymed: Figure,
    /// Only where requests were put under several conditions.
    left: Option<Figure>,
    away: Option<Figure>,
    parts: Vec<Part>,
    got: String,
}

/// One form's part of a bar.
#[derive(Serialize)]
struct Part {
    x: f64,
    width: f64,
    /// What was asked for is full; the others fade with their rank.
    opacity: f64,
    asked: bool,
    title: String,
}

/// The answers to one request against works of its form.
#[derive(Serialize)]
pub struct Requested {
    request: String,
    n: String,
    n_reference: String,
    reach: Option<Figure>,
    kinds: Option<Figure>,
    matched: Option<Figure>,
    remark: Option<String>,
}

pub fn requested(comparison: &Comparison) -> Vec<Requested> {
    let plain = |number: &measure::Number| figure("", number, Scale::Plain);
    let of = |row: &measure::Requested| Requested {
        request: row.request.clone(),
        n: count(row.n),
        n_reference: count(row.n_reference),
        reach: row.reach.as_ref().map(plain),
        kinds: row.e.as_ref().map(plain),
        matched: row.length_matched.as_ref().map(plain),
        remark: row.remark.clone(),
    };
    comparison.requested.iter().map(of).collect()
}

/// One prompt of a mix.
#[derive(Serialize)]
pub struct Share {
    prompt: String,
    weight: String,
    n: String,
    of: String,
}

pub fn mix(comparison: &Comparison) -> Vec<Share> {
    let of = |share: &measure::MixShare| Share {
        prompt: share.prompt.clone(),
        weight: format!("{:.3}", share.weight),
        n: count(share.n),
        of: count(share.of),
    };
    comparison.mix.iter().flat_map(|mix| &mix.prompts).map(of).collect()
}

pub fn rows(comparison: &Comparison) -> Vec<Row> {
    let rows = &comparison.adherence;
    let conditions = words::conditions(rows);
    rows.iter().map(|of| row(of, conditions)).collect()
}

fn row(row: &Adherence, conditions: bool) -> Row {
    let name = words::request(row);
    Row {
        n: count(row.n),
        adherence: row.adherence.as_ref().map(|number| figure(&name, number, Scale::Share)),
        rhymed: figure(&name, &row.rhymed, Scale::Share),
        left: conditions.then(|| figure(&name, &row.deviates, Scale::Share)),
        away: row.distance.as_ref().map(|number| figure(&name, number, Scale::Plain)),
        parts: parts(row),
        got: words::got(row, NAMED),
        request: name,
    }
}

/// What was asked for stands first, so that its length can be compared from row to row.
fn parts(row: &Adherence) -> Vec<Part> {
    let (asked, others): (Vec<_>, Vec<_>) = row.got.iter().partition(|got| got.asked);
    let unit = WIDE / row.n.max(1) as f64;
    let mut x = 0.0;
    let mut part = |(rank, got): (usize, &&measure::Got)| {
        let (width, from) = (got.n as f64 * unit, x);
        x += width;
        let opacity = if got.asked { 1.0 } else { 0.55 / (1.0 + rank as f64) + 0.08 };
        Part { x: from, width, opacity, asked: got.asked, title: format!("{}: {}", got.form, count(got.n)) }
    };
    let mut parts: Vec<Part> = asked.iter().enumerate().map(&mut part).collect();
    parts.extend(others.iter().enumerate().map(&mut part));
    parts
}

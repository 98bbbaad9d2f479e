//! The page of two or more sets.

use std::io::Write;

use measure::{Number, SetComparison, describe, more_is_varied};
use serde::Serialize;

use super::{Fact, Html, MultipleRow, Multiples, figure, how, opening, still_page};
use crate::chart;
use crate::number::{Scale, count, probability, written};
use crate::{Error, words};

const TEMPLATE: &str = concat!(include_str!("../../assets/parts.html"), include_str!("../../assets/sets.html"));

/// Ids of a mode's texts.
const IDS: usize = 5;

#[derive(Serialize)]
struct Page {
    title: String,
    against: Option<String>,
    opponent: String,
    word: String,
    tone: &'static str,
    sentence: String,
    facts: Vec<Fact>,
    variety: Vec<Multiples>,
    rankings: Vec<Ranking>,
    several: bool,
    paired: bool,
    /// Whether differences at matched lengths are known.
    matched: bool,
    differences: Vec<Difference>,
    modes: Vec<Mode>,
    portrait: Vec<Multiples>,
    warnings: Vec<String>,
    how: Vec<how::Entry>,
    again: Option<String>,
    version: String,
}

#[derive(Serialize)]
struct Ranking {
    name: String,
    sets: Vec<Rank>,
}

#[derive(Serialize)]
struct Rank {
    name: String,
    rank: String,
    value: String,
}

#[derive(Serialize)]
struct Difference {
    measure: String,
    a: String,
    b: String,
    value: String,
    interval: String,
    p: String,
    told: bool,
    how: &'static str,
    /// The same at matched lengths.
    matched: Option<String>,
}

#[derive(Serialize)]
struct Mode {
    label: String,
    has: String,
    lacks: String,
    share: String,
    interval: String,
    other: String,
    p: Option<String>,
    samples: Vec<String>,
}

impl Html {
    /// Writes the page of two or more sets.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn sets(&self, comparison: &SetComparison, out: &mut dyn Write) -> Result<(), Error> {
        still_page(TEMPLATE, &self.sets_page(comparison), out)
    }

    fn sets_page(&self, c: &SetComparison) -> Page {
        let names: Vec<&str> = c.sets.iter().map(|s| s.name.as_str()).collect();
        let mut facts: Vec<Fact> = c
            .sets
            .iter()
            .map(|s| {
                let settings: Vec<String> = s.settings.iter().map(|(name, value)| format!("{name} {value}")).collect();
                let settings = if settings.is_empty() { String::new() } else { format!(" · {}", settings.join(", ")) };
                Fact { name: s.name.clone(), text: format!("{} texts{settings}", count(s.n)) }
            })
            .collect();
        facts.extend(self.date.clone().map(|text| Fact { name: "Measured".into(), text }));
        facts.push(Fact { name: "Seed".into(), text: c.seed.to_string() });
        Page {
            title: names.join(" · "),
            against: c.reference.as_ref().map(words::reference),
            opponent: c.reference.as_ref().map_or("", words::opponent).to_string(),
            tone: match c.verdict.word.as_str() {
                "less varied" => "bad",
                "more varied" => "good",
                "no difference told" => "open",
                _ => "warn",
            },
            word: opening(&c.verdict.word),
            sentence: c.verdict.sentence.clone(),
            facts,
            variety: measures(c, &|m| more_is_varied(m).is_some()),
            rankings: if c.sets.len() > 2 { c.ranking.iter().map(ranking).collect() } else { Vec::new() },
            several: c.sets.len() > 2,
            paired: c.differences.iter().any(|d| d.paired),
            matched: !c.length_matched.is_empty(),
            differences: differences(c),
            modes: c.modes.iter().map(mode).collect(),
            portrait: measures(c, &|m| m.ends_with("_share")),
            warnings: c.warnings.clone(),
            how: how::entries(&[
                "within",
                "reach",
                "kinds",
                "cfd",
                "repeats",
                "portrait",
                "into",
                "difference",
                "intervals",
                "null",
            ]),
            again: self.again.clone(),
            version: c.doggerel.clone(),
        }
    }
}

/// A small multiple a measure, a row a set.
fn measures(c: &SetComparison, wanted: &dyn Fn(&str) -> bool) -> Vec<Multiples> {
    let mut names: Vec<&String> = c.sets.iter().flat_map(|s| s.measures.keys()).filter(|m| wanted(m)).collect();
    names.sort_by_key(|m| (words::place(m), words::measure_name(m)));
    names.dedup();
    names.into_iter().map(|name| multiples(c, name)).collect()
}

fn multiples(c: &SetComparison, measure: &str) -> Multiples {
    let scale = words::scale_of(measure);
    let figures: Vec<(&str, &Number)> =
        c.sets.iter().filter_map(|s| Some((s.name.as_str(), s.measures.get(measure)?))).collect();
    let most = match scale {
        Scale::Share => 1.0,
        Scale::Plain => chart::most(figures.iter().map(|(_, n)| *n)).max(1e-9),
    };
    let rows = figures.iter().map(|(name, number)| MultipleRow {
        figure: figure(name, number, scale),
        row: chart::row(number, most),
        main: false,
    });
    let ticks = chart::round_ticks(most, scale);
    let explained = if measure.contains('.') { describe(measure).unwrap_or_default() } else { "" };
    Multiples {
        title: words::measure_name(measure),
        how: how::of_measure(measure),
        explained: explained.into(),
        ticks,
        rows: rows.collect(),
    }
}

fn ranking(r: &measure::Ranking) -> Ranking {
    let sets = r.sets.iter().map(|s| Rank {
        name: s.name.clone(),
        rank: if s.first == s.last { s.first.to_string() } else { format!("{}–{}", s.first, s.last) },
        value: format!("{:.2}", s.value),
    });
    Ranking { name: words::measure_name(&r.measure), sets: sets.collect() }
}

/// Variety first, then what else is told.
fn differences(c: &SetComparison) -> Vec<Difference> {
    let varied = |m: &str| more_is_varied(m).is_some();
    let mut shown: Vec<_> = c.differences.iter().filter(|d| varied(&d.measure) || d.told).collect();
    shown.sort_by_key(|d| (!varied(&d.measure), words::place(&d.measure)));
    shown
        .into_iter()
        .map(|d| {
            let ratio = d.kind == "ratio";
            let written = written(&d.number, if ratio { Scale::Plain } else { words::scale_of(&d.measure) });
            Difference {
                measure: words::measure_name(&d.measure),
                a: d.a.clone(),
                b: d.b.clone(),
                value: if ratio { format!("× {}", written.value) } else { written.value },
                interval: written.interval.unwrap_or_default(),
                p: d.p_adjusted.map(probability).unwrap_or_default(),
                told: d.told,
                how: how::of_measure(&d.measure),
                matched: words::at_matched_lengths(c, d).map(|m| matched(m, ratio)),
            }
        })
        .collect()
}

/// "× 0.62 [0.55, 0.70]".
fn matched(d: &measure::SetDifference, ratio: bool) -> String {
    let written = written(&d.number, if ratio { Scale::Plain } else { words::scale_of(&d.measure) });
    let sign = if ratio { "× " } else { "" };
    format!("{sign}{} {}", written.value, written.interval.unwrap_or_default()).trim_end().to_string()
}

fn mode(m: &measure::ExclusiveMode) -> Mode {
    let share = written(&m.share, Scale::Share);
    Mode {
        label: m.label.clone(),
        has: m.has.clone(),
        lacks: m.lacks.clone(),
        share: share.value,
        interval: share.interval.unwrap_or_default(),
        other: written(&m.share_of_other, Scale::Share).value,
        p: m.p_adjusted.map(probability),
        samples: m.samples.iter().take(IDS).cloned().collect(),
    }
}

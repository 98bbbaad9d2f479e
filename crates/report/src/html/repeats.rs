//! What the samples say again.

use std::collections::BTreeMap;

use measure::{Cluster, Evidence, Number, Repeats};
use serde::Serialize;

use super::{Figure, Link, Multiples, Tally, figure, link, share_multiples, tallies};
use crate::chart;
use crate::number::{Scale, count};
use crate::text::one_line;

/// Cards of repeats, and folded variants in one.
pub const CARDS: usize = 24;
const VARIANTS: usize = 12;

#[derive(Serialize)]
pub struct RepeatsView {
    figures: Vec<Figure>,
    curves: Vec<Multiples>,
    /// How much of all the commonest make, one after another.
    curve: Option<chart::Curve>,
    cards: Vec<Card>,
    more_cards: usize,
    openings: Vec<Tally>,
    pairs: Vec<Tally>,
}

#[derive(Serialize)]
struct Card {
    text: String,
    n: String,
    variants: Vec<Variant>,
}

#[derive(Serialize)]
struct Variant {
    text: String,
    ids: Vec<Link>,
}

pub fn repeats(repeats: &Repeats, evidence: &Evidence, places: &BTreeMap<&str, usize>) -> RepeatsView {
    let named = [
        ("word for word", Some(&repeats.exact)),
        ("nearly (edit similarity 0.85 and above)", Some(&repeats.near)),
        ("in other words too (the same joke or story)", repeats.same.as_ref()),
    ];
    let mut figures: Vec<Figure> = named
        .into_iter()
        .filter_map(|(label, number)| Some((label, number.filter(|n| n.n > 0)?)))
        .map(|(label, number)| figure(&format!("repeat an earlier text {label}"), number, Scale::Share).how("repeats"))
        .collect();
    if repeats.unseen.n > 0 {
        figures.push(
            figure("chance that the next text is one not seen yet (Good–Turing)", &repeats.unseen, Scale::Share)
                .how("repeats"),
        );
    }
    if let Some(copied) = repeats.copied.as_ref().filter(|copied| copied.lines.value > 0.0) {
        figures.push(figure("of their lines stand in people's works", &copied.lines, Scale::Share).how("copied"));
        figures.push(figure("of the texts have such a line", &copied.texts, Scale::Share).how("copied"));
    }
    if let Some(rhymes) = &repeats.rhyme_vocabulary {
        let at = count(rhymes.effective.n);
        figures.push(
            figure(&format!("effective number of rhyming pairs among {at}"), &rhymes.effective, Scale::Plain)
                .how("rhymes"),
        );
        figures
            .push(figure("chance that the next rhyming pair is a new one", &rhymes.unseen, Scale::Share).how("rhymes"));
        figures.push(
            figure("of the rhyming pairs are people's 100 commonest", &rhymes.common_100, Scale::Share).how("rhymes"),
        );
        figures.push(
            figure("of the rhyming pairs are people's 1,000 commonest", &rhymes.common_1000, Scale::Share)
                .how("rhymes"),
        );
    }
    let texts: BTreeMap<&str, &str> =
        evidence.texts.iter().map(|text| (text.id.as_str(), text.text.as_str())).collect();
    RepeatsView {
        figures,
        curves: curves(repeats),
        curve: curve(repeats),
        cards: repeats.clusters.iter().take(CARDS).map(|cluster| card(cluster, &texts, places)).collect(),
        more_cards: repeats.clusters.len().saturating_sub(CARDS),
        openings: tallies(&repeats.openings, 12),
        pairs: tallies(&repeats.rhyme_pairs, 18),
    }
}

/// The clusters that are listed, one after another; what is not listed was told once.
fn curve(repeats: &Repeats) -> Option<chart::Curve> {
    let n = repeats.exact.n;
    let sizes: Vec<usize> = repeats.clusters.iter().map(|cluster| cluster.n).collect();
    (!sizes.is_empty() && n > chart::CURVE).then(|| chart::Curve::of(&sizes, n))
}

/// Share of all texts that the commonest 1, 10 and 25 hold, a picture for each way of telling "the same".
fn curves(repeats: &Repeats) -> Vec<Multiples> {
    let tops = [
        ("the commonest 1", &repeats.top1_share),
        ("the commonest 10", &repeats.top10_share),
        ("the commonest 25", &repeats.top25_share),
    ];
    [("exact", "Told word for word"), ("near", "Told nearly alike"), ("same", "Told in other words too")]
        .into_iter()
        .filter_map(|(key, title)| {
            let rows: Vec<(String, &Number)> =
                tops.iter().filter_map(|(label, shares)| Some(((*label).to_string(), shares.get(key)?))).collect();
            (!rows.is_empty()).then(|| share_multiples(title, "commonest", "", rows))
        })
        .collect()
}

fn card(cluster: &Cluster, texts: &BTreeMap<&str, &str>, places: &BTreeMap<&str, usize>) -> Card {
    let mut variants: Vec<Variant> = Vec::new();
    for id in &cluster.ids {
        let text = texts.get(id.as_str()).map(|text| excerpt(text)).unwrap_or_default();
        match variants.iter().position(|variant| variant.text == text) {
            Some(known) => variants[known].ids.push(link(id, places)),
            None if variants.len() < VARIANTS => variants.push(Variant { text, ids: vec![link(id, places)] }),
            None => {}
        }
    }
    Card { text: excerpt(&cluster.text), n: count(cluster.n), variants }
}

/// The first lines of a text; the whole stands in the table.
fn excerpt(text: &str) -> String {
    let lines: Vec<String> =
        text.lines().filter(|line| !line.trim().is_empty()).take(6).map(|line| one_line(line, 160)).collect();
    lines.join("\n")
}

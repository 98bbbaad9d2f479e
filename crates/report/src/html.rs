//! The page: one file that works without a network.
//!
//! `html.rs` and the files of `html/` turn a comparison into the view that the template prints, a file a part of the page;
//! `html/data.rs` packs what the script needs; `chart.rs` has the
//! geometry. The template, the style sheet and the script stand in `assets/` and are compiled in. The page's Content-Security-Policy
//! names the hash of its own style sheet and its own script and forbids everything else, so that even a text that found a way out of its
//! element could do nothing.

mod asked;
mod audit;
mod data;
mod how;
mod modes;
mod repeats;
mod sets;
mod told;
mod track;
mod trust;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use base64::Engine;
use measure::{Cluster, Comparison, Evidence, Number, VerdictWord, View};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::chart::{self, Projection};
use crate::number::{self, Scale, Written, count, written};
use crate::text::{one_line, visible};
use crate::{Error, Renderer, words};
use data::Data;
use modes::{Modes, away, into};
use repeats::{RepeatsView, repeats};
use trust::{Trust, trust};

const TEMPLATE: &str = concat!(include_str!("../assets/parts.html"), include_str!("../assets/page.html"));
const STYLE: &str = include_str!("../assets/page.css");
const STILL: &str = include_str!("../assets/sets.css");
const SCRIPT: &str = include_str!("../assets/page.js");

/// Above so many points the map is drawn on a canvas by the script; up to it, it is SVG and needs none.
const CANVAS_ABOVE: usize = 5_000;
/// Groups on the page; the JSON has them all.
const GROUPS: usize = 200;
/// How far above its region's middle the name of a crowded region stands, in the map's units.
const CLEAR: f32 = 34.0;

/// Writes one self-contained HTML file.
#[derive(Debug, Clone, Default)]
pub struct Html {
    /// When it was measured, as it shall be read ("24 November 2026"). Not taken from a clock here, so that same input gives same bytes.
    pub date: Option<String>,
    /// The command that gives the same figures again.
    pub again: Option<String>,
}

impl Renderer for Html {
    fn render(&self, comparison: &Comparison, evidence: &Evidence, out: &mut dyn Write) -> Result<(), Error> {
        let download = data::in_script(&serde_json::to_string(comparison)?);
        // Everything but the texts has a size that is known before; the texts get what is left of the page's five megabytes.
        let data = Data::of(comparison, evidence, download.len() + STYLE.len() + SCRIPT.len() + TEMPLATE.len());
        let page = shown(serde_json::to_value(self.page(comparison, evidence, &data))?);
        let html = environment(TEMPLATE)?.get_template("page.html")?.render(minijinja::context! {
            page => Serde(page),
            style => STYLE,
            script => SCRIPT,
            style_hash => hash(STYLE),
            script_hash => hash(SCRIPT),
            data => data::in_script(&serde_json::to_string(&shown(serde_json::to_value(&data)?))?),
            download,
        })?;
        out.write_all(html.as_bytes())?;
        Ok(())
    }
}

/// What prints a template: all text escaped, nothing undefined.
fn environment(template: &str) -> Result<minijinja::Environment<'_>, Error> {
    let mut environment = minijinja::Environment::new();
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.add_template("page.html", template)?;
    Ok(environment)
}

/// A word as a sentence opens with it.
fn opening(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A page without script, in the same style: `page` is what its template prints.
fn still_page(template: &str, page: &impl Serialize, out: &mut dyn Write) -> Result<(), Error> {
    let style = [STYLE, STILL].concat();
    let html = environment(template)?.get_template("page.html")?.render(minijinja::context! {
        page => Serde(shown(serde_json::to_value(page)?)),
        style_hash => hash(&style),
        style,
    })?;
    out.write_all(html.as_bytes())?;
    Ok(())
}

/// The source expression of Content-Security-Policy for an inline element.
fn hash(source: &str) -> String {
    format!("sha256-{}", base64::engine::general_purpose::STANDARD.encode(Sha256::digest(source.as_bytes())))
}

/// Every string made visible ([`visible`]): one place, so that none is forgotten.
fn shown(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::String(text) => Value::String(visible(&text).into_owned()),
        Value::Array(items) => items.into_iter().map(shown).collect(),
        Value::Object(map) => map.into_iter().map(|(key, value)| (key, shown(value))).collect(),
        other => other,
    }
}

#[derive(Serialize)]
struct Page {
    name: String,
    subject: String,
    unit: &'static str,
    opponent: String,
    people: bool,
    verdict: Verdict,
    facts: Vec<Fact>,
    tiles: Vec<Tile>,
    map: Option<MapView>,
    views: Vec<ViewView>,
    into: Modes,
    away: Modes,
    portrait: Multiples,
    measures: Vec<Figure>,
    asked: Vec<asked::Row>,
    /// What the distance to the reference says, where it was taken.
    apart: Option<&'static str>,
    requested: Vec<asked::Requested>,
    mix: Vec<asked::Share>,
    groups: Vec<Group>,
    peers: Vec<Figure>,
    repeats: RepeatsView,
    texts: TextsView,
    trust: Trust,
    how: Vec<how::Entry>,
    again: Option<String>,
    version: String,
}

#[derive(Serialize)]
struct Verdict {
    word: String,
    tone: &'static str,
    sentence: String,
    why: String,
    needed: Option<String>,
}

#[derive(Serialize)]
struct Fact {
    name: String,
    text: String,
}

/// One of the large figures under the verdict.
#[derive(Serialize)]
struct Tile {
    figure: Figure,
    means: String,
}

/// A figure in words, with all that belongs to it.
#[derive(Serialize)]
struct Figure {
    label: String,
    value: String,
    interval: Option<String>,
    people: Option<String>,
    people_interval: Option<String>,
    remark: Option<String>,
    /// The entry that says how it is computed; empty where what stands around it says so.
    how: &'static str,
}

impl Figure {
    fn how(self, how: &'static str) -> Figure {
        Figure { how, ..self }
    }
}

#[derive(Serialize)]
struct MapView {
    canvas: bool,
    width: f32,
    height: f32,
    reference: String,
    samples: String,
    wide: Vec<chart::Label>,
    narrow: Vec<chart::Label>,
    axes: String,
    x_label: String,
    y_label: String,
    n_samples: String,
    n_reference: String,
}

#[derive(Serialize)]
struct ViewView {
    name: String,
    multiples: Vec<Multiples>,
    figures: Vec<Figure>,
}

/// Rows on one axis.
#[derive(Serialize)]
struct Multiples {
    title: String,
    how: &'static str,
    explained: String,
    ticks: Vec<(f64, String)>,
    rows: Vec<MultipleRow>,
}

#[derive(Serialize)]
struct MultipleRow {
    figure: Figure,
    row: chart::Row,
    main: bool,
}

/// The diversity within one group of texts.
#[derive(Serialize)]
struct Group {
    figure: Figure,
    n: String,
}

/// A sample's id, with its place among the page's texts where it is there.
#[derive(Serialize)]
struct Link {
    id: String,
    place: Option<usize>,
}

#[derive(Serialize)]
struct Tally {
    text: String,
    n: usize,
    /// Width of its bar in hundredths of the longest.
    bar: usize,
}

#[derive(Serialize)]
struct TextsView {
    n: String,
    shown: String,
    sampled: bool,
}

impl Html {
    fn page(&self, comparison: &Comparison, evidence: &Evidence, data: &Data) -> Page {
        let places = data.places();
        let unit = words::unit(&comparison.reference);
        let (portrait, measures) = portrait(comparison);
        Page {
            name: comparison.samples.name.clone(),
            subject: words::subject(comparison),
            unit,
            opponent: words::opponent(&comparison.reference).to_string(),
            people: comparison.reference.people,
            verdict: verdict(comparison),
            facts: self.facts(comparison),
            tiles: tiles(comparison),
            map: map(evidence),
            views: words::views(comparison)
                .into_iter()
                .map(|(name, view)| view_view(name, view, comparison))
                .chain(told::views(comparison))
                .collect(),
            into: into(&comparison.crowded, &places),
            away: away(&comparison.missing),
            portrait,
            measures,
            asked: asked::rows(comparison),
            apart: comparison.adherence.iter().any(|row| row.distance.is_some()).then_some(words::AWAY),
            requested: asked::requested(comparison),
            mix: asked::mix(comparison),
            groups: groups(comparison),
            peers: words::peers(comparison).into_iter().map(|(label, n)| figure(label, n, Scale::Plain)).collect(),
            repeats: repeats(&comparison.repeats, evidence, &places),
            texts: TextsView {
                n: count(comparison.samples.n),
                shown: count(data.texts.len()),
                sampled: data.texts.len() < comparison.samples.n.max(evidence.texts.len()),
            },
            trust: trust(comparison),
            how: how(comparison),
            again: self.again.clone(),
            version: comparison.doggerel.clone(),
        }
    }

    fn facts(&self, comparison: &Comparison) -> Vec<Fact> {
        let n = comparison.verdict.n;
        let decided = (n > 0).then(|| format!("n = {}", count(n)));
        [
            ("Compared at", decided),
            ("Measured", self.date.clone()),
            ("Seed", Some(comparison.seed.to_string())),
            ("doggerel", Some(comparison.doggerel.clone())),
        ]
        .into_iter()
        .filter_map(|(name, text)| Some(Fact { name: name.into(), text: text.filter(|text| !text.is_empty())? }))
        .collect()
    }
}

fn verdict(comparison: &Comparison) -> Verdict {
    let verdict = &comparison.verdict;
    let word = words::verdict(verdict.word);
    Verdict {
        word: opening(word),
        tone: match verdict.word {
            VerdictWord::Collapsed => "bad",
            VerdictWord::Displaced | VerdictWord::Narrow => "warn",
            VerdictWord::Holds => "good",
            VerdictWord::CannotTell => "open",
        },
        sentence: verdict.sentence.clone(),
        why: verdict.why.clone(),
        needed: verdict.n_needed.map(count),
    }
}

fn figure(label: &str, number: &Number, scale: Scale) -> Figure {
    let Written { value, interval, people, people_interval } = written(number, scale);
    let remark = number.p.map(number::probability);
    Figure { label: label.into(), value, interval, people, people_interval, remark, how: "" }
}

fn tiles(comparison: &Comparison) -> Vec<Tile> {
    let opponent = words::opponent(&comparison.reference);
    let mut tiles = Vec::new();
    if let (Some(reach), Some(e)) = (&comparison.requested_reach, &comparison.requested_e) {
        let within = [
            (
                "Reach within forms",
                reach,
                "how near answers come to works of the form that was asked for, over all requests",
            ),
            ("Kinds within forms, E", e, "kinds as a share of those that works of the form asked for have"),
        ];
        tiles.extend(within.map(|(label, number, means)| Tile {
            figure: figure(label, number, Scale::Plain).how("requested"),
            means: means.into(),
        }));
    }
    for (name, view) in words::views(comparison) {
        let of = |what: &str| if comparison.views.len() > 1 { format!("{what}, {name}") } else { what.to_string() };
        if view.reach.n > 0 {
            let means = format!(
                "how near these come to what {opponent} wrote; 1 is as near as {}",
                words::another_draw(&comparison.reference)
            );
            tiles.push(Tile { figure: figure(&of("Reach"), &view.reach, Scale::Plain).how("reach"), means });
        }
        if view.h_samples.n > 0 {
            let means = format!("effective number of kinds among {}", count(view.h_samples.n));
            tiles.push(Tile { figure: kinds(&of("Kinds"), view), means });
        }
        if let Some(ratio) = view.within_prompt.as_ref().and_then(|within| within.ratio.as_ref()) {
            let means = "how far answers to one prompt lie from each other, as a ratio".into();
            tiles.push(Tile { figure: figure(&of("Within prompts"), ratio, Scale::Plain).how("within"), means });
        }
        if let Some(cfd) = &view.cfd {
            let mut figure = figure(words::cfd(cfd), &cfd.number, Scale::Plain).how("cfd");
            figure.remark = remark(cfd);
            tiles.push(Tile { figure, means: cfd_means(cfd).into() });
        }
    }
    tiles
}

/// In what the distance is stated.
fn cfd_means(cfd: &measure::Cfd) -> &'static str {
    match cfd.unit {
        Some(_) => "distance between the two sets; 1 is what two collections by people lie apart",
        None => "distance between the two sets, as it is",
    }
}

fn remark(cfd: &measure::Cfd) -> Option<String> {
    match (cfd.citable, &cfd.remark) {
        (true, remark) => remark.clone(),
        (false, Some(remark)) if remark.contains("citable") => Some(remark.clone()),
        (false, Some(remark)) => Some(format!("not citable: {remark}")),
        (false, None) => Some("not citable".into()),
    }
}

fn kinds(label: &str, view: &View) -> Figure {
    against(label, &view.h_samples, &view.h_reference).how("kinds")
}

/// A figure of the samples beside the same figure of the reference, which stands where a null stands.
fn against(label: &str, these: &Number, theirs: &Number) -> Figure {
    let (these, theirs) = (written(these, Scale::Plain), written(theirs, Scale::Plain));
    Figure {
        label: label.into(),
        value: these.value,
        interval: these.interval,
        people: Some(theirs.value),
        people_interval: theirs.interval,
        remark: None,
        how: "",
    }
}

fn map(evidence: &Evidence) -> Option<MapView> {
    let map = &evidence.map;
    if map.samples.is_empty() && map.reference.is_empty() {
        return None;
    }
    let projection = Projection::of(map.samples.iter().chain(&map.reference));
    let place = |point: &measure::Point| projection.place(point.x, point.y);
    let canvas = map.samples.len() + map.reference.len() > CANVAS_ABOVE;
    let mut regions: Vec<_> = map.regions.iter().collect();
    regions.sort_by_key(|region| std::cmp::Reverse(region.n_samples + region.n_reference));
    let mut regions: Vec<(String, f32, f32, bool)> = regions
        .into_iter()
        .map(|region| {
            let crowded = region.n_samples * map.reference.len() > region.n_reference * map.samples.len();
            let (x, y) = match crowd(map, &region.label).filter(|_| crowded) {
                Some((x, y)) => projection.place(x, y),
                None => projection.place(region.x, region.y),
            };
            // Above the samples' crowd and not on it.
            let y = if crowded { y - CLEAR } else { y };
            // What stands before the comma tells the region from its neighbours; there is little room.
            let name = region.label.split(", ").next().unwrap_or_default();
            (visible(&one_line(name, 40)).into_owned(), x, y, crowded)
        })
        .collect();
    let mut named = BTreeSet::new();
    regions.retain(|(name, ..)| named.insert(name.clone()));
    Some(MapView {
        canvas,
        width: chart::MAP.0,
        height: chart::MAP.1,
        reference: if canvas { String::new() } else { chart::discs(map.reference.iter().map(place)) },
        samples: if canvas { String::new() } else { chart::diamonds(map.samples.iter().map(place), 4.0) },
        wide: chart::labels(&regions, 7.4),
        narrow: chart::labels(&regions, 13.5),
        axes: map.axes.clone(),
        x_label: map.x_label.clone(),
        y_label: map.y_label.clone(),
        n_samples: count(map.samples.len()),
        n_reference: count(map.reference.len()),
    })
}

/// The middle of the samples that lie in a region, so that a crowded region is named where its crowd is.
fn crowd(map: &measure::Map, label: &str) -> Option<(f32, f32)> {
    let middle = |of: fn(&measure::Point) -> f32| {
        let mut at: Vec<f32> = map.samples.iter().filter(|point| point.mode == label).map(of).collect();
        at.sort_by(f32::total_cmp);
        at.get(at.len() / 2).copied()
    };
    Some((middle(|point| point.x)?, middle(|point| point.y)?))
}

fn view_view(name: &str, view: &View, comparison: &Comparison) -> ViewView {
    let opponent = words::opponent(&comparison.reference);
    let mut reach: Vec<(String, &Number, bool)> = vec![("all features".into(), &view.reach, true)];
    reach.extend(view.blocks.iter().map(|(block, number)| (words::spaced(block), number, false)));
    // A block alone first, then what is left without one.
    reach[1..].sort_by_key(|(block, ..)| block.starts_with("without"));
    reach.extend(view.length_matched.iter().map(|number| ("at matched lengths".to_string(), number, false)));
    reach.retain(|(_, number, _)| number.n > 0);
    let mut multiples = Vec::new();
    if !reach.is_empty() {
        let explained = format!(
            "1 = as far as {}. By one block of features alone, and without one.",
            words::another_draw(&comparison.reference)
        );
        multiples.push(plain_multiples("Reach", "reach", explained, &reach));
    }
    if view.e.n > 0 {
        let explained = format!("E, effective kinds as a share of {opponent}'s at the same number; 1 = as many.");
        multiples.push(plain_multiples("Kinds", "kinds", explained, &[("E".to_string(), &view.e, true)]));
    }
    if let Some(ratio) = view.within_prompt.as_ref().and_then(|within| within.ratio.as_ref()) {
        let explained = "Mean distance between answers to one prompt, as a ratio to the reference's.".into();
        multiples.push(plain_multiples(
            "Within prompts",
            "within",
            explained,
            &[("ratio of D".to_string(), ratio, true)],
        ));
    }
    let mut figures = Vec::new();
    if view.h_samples.n > 0 {
        figures.push(kinds("effective kinds", view));
    }
    if view.reaches_as.n > 0 {
        let label = "reaches as far as this share of their number (r)";
        figures.push(figure(label, &view.reaches_as, Scale::Share).how("reach"));
    }
    if view.outside.n > 0 {
        figures.push(figure("farther out than 95 % of theirs", &view.outside, Scale::Share).how("outside"));
    }
    if let Some(within) = &view.within_prompt {
        let label = format!("distance within prompts (D), {} prompts", count(within.prompts));
        figures.push(match &within.d_reference {
            Some(theirs) => against(&label, &within.d, theirs).how("within"),
            None => figure(&label, &within.d, Scale::Plain).how("within"),
        });
    }
    if let Some(within) = &view.within_prompt {
        let parts = [
            ("variance within prompts, a feature", &within.variance_within),
            ("variance between prompts, a feature", &within.variance_between),
            ("mutual information of prompt and form (nats; beside it: by chance)", &within.mutual_information),
        ];
        let parts = parts.into_iter().filter_map(|(label, n)| Some(figure(label, n.as_ref()?, Scale::Plain)));
        figures.extend(parts.map(|figure| figure.how("variance")));
    }
    if let Some(cfd) = &view.cfd {
        let mut cfd_figure = figure(&cfd.name, &cfd.number, Scale::Plain).how("cfd");
        cfd_figure.remark = remark(cfd);
        figures.push(cfd_figure);
    }
    figures.extend(view.mmd2.iter().map(|number| figure("MMD²", number, Scale::Plain).how("mmd")));
    ViewView { name: name.into(), multiples, figures }
}

fn plain_multiples(title: &str, how: &'static str, explained: String, rows: &[(String, &Number, bool)]) -> Multiples {
    let most = (chart::most(rows.iter().map(|(_, number, _)| *number)) * 1.04).max(1.1);
    let ticks: &[(f64, &str)] = if most < 2.5 {
        &[(0.0, "0"), (0.5, "0.5"), (1.0, "1")]
    } else {
        &[(0.0, "0"), (1.0, "1"), (5.0, "5"), (10.0, "10")]
    };
    Multiples {
        title: title.into(),
        how,
        explained,
        ticks: chart::ticks(most, ticks),
        rows: rows
            .iter()
            .map(|(label, number, main)| MultipleRow {
                figure: figure(label, number, Scale::Plain),
                row: chart::row(number, most),
                main: *main,
            })
            .collect(),
    }
}

fn share_multiples(title: &str, how: &'static str, explained: &str, rows: Vec<(String, &Number)>) -> Multiples {
    Multiples {
        title: title.into(),
        how,
        explained: explained.into(),
        ticks: chart::ticks(1.0, &[(0.0, "0"), (0.5, "50 %"), (1.0, "100 %")]),
        rows: rows
            .into_iter()
            .map(|(label, number)| MultipleRow {
                figure: figure(&label, number, Scale::Share),
                row: chart::row(number, 1.0),
                main: false,
            })
            .collect(),
    }
}

fn link(id: &str, places: &BTreeMap<&str, usize>) -> Link {
    Link { id: id.into(), place: places.get(id).copied() }
}

/// Shares on one axis; what isn't a share as plain figures below; both in the portrait's order.
fn portrait(comparison: &Comparison) -> (Multiples, Vec<Figure>) {
    let mut measures: Vec<(&str, usize, String, &Number)> = comparison
        .portrait
        .iter()
        .map(|(key, number)| {
            let (place, label) = words::measure(key);
            (key.as_str(), place, label, number)
        })
        .collect();
    measures.sort_by_key(|(_, place, ..)| *place);
    let (shares, others): (Vec<_>, Vec<_>) = measures.into_iter().partition(|(key, ..)| words::is_share(key));
    let rows = shares.into_iter().map(|(.., label, number)| (label, number)).collect();
    let figures = others.into_iter().map(|(.., label, number)| figure(&label, number, Scale::Plain)).collect();
    (share_multiples("Portrait", "portrait", "", rows), figures)
}

/// How the figures that the page shows are computed.
fn how(comparison: &Comparison) -> Vec<how::Entry> {
    let (views, repeats) = (&comparison.views, &comparison.repeats);
    let mut wanted = vec!["repeats", "task", "intervals", "null"];
    let mut shown = |there: bool, ids: &[&'static str]| wanted.extend(ids.iter().filter(|_| there));
    shown(!views.is_empty(), &["reach", "blocks", "kinds", "outside"]);
    shown(views.values().any(|view| view.within_prompt.is_some()), &["within", "variance"]);
    shown(views.values().any(|view| view.cfd.is_some()), &["cfd"]);
    shown(views.values().any(|view| view.mmd2.is_some()), &["mmd"]);
    shown(!comparison.crowded.is_empty() || !comparison.missing.is_empty(), &["into", "away"]);
    shown(!comparison.portrait.is_empty(), &["portrait"]);
    shown(!repeats.top25_share.is_empty(), &["commonest"]);
    shown(repeats.rhyme_vocabulary.is_some(), &["rhymes"]);
    shown(repeats.copied.is_some(), &["copied"]);
    shown(views.wording.is_some(), &["wording"]);
    shown(views.affect.is_some(), &["affect"]);
    shown(!comparison.adherence.is_empty(), &["asked"]);
    shown(!comparison.requested.is_empty(), &["requested"]);
    shown(comparison.mix.is_some(), &["mix"]);
    shown(!comparison.groups.is_empty(), &["groups"]);
    shown(!comparison.peers.is_empty(), &["peers"]);
    how::entries(&wanted)
}

/// The least diverse groups first.
fn groups(comparison: &Comparison) -> Vec<Group> {
    let mut groups: Vec<&measure::GroupDiversity> = comparison.groups.iter().collect();
    groups.sort_by(|a, b| a.diversity.value.total_cmp(&b.diversity.value).then_with(|| a.key.cmp(&b.key)));
    let of = |group: &&measure::GroupDiversity| Group {
        figure: figure(&one_line(&group.key, 120), &group.diversity, Scale::Plain),
        n: count(group.n),
    };
    groups.iter().take(GROUPS).map(of).collect()
}

fn tallies(clusters: &[Cluster], most: usize) -> Vec<Tally> {
    let longest = clusters.iter().map(|cluster| cluster.n).max().unwrap_or(0).max(1);
    clusters
        .iter()
        .take(most)
        .map(|cluster| Tally {
            text: one_line(&cluster.text, 80),
            n: cluster.n,
            bar: (cluster.n * 100 / longest).max(1),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_one_that_browsers_compute() {
        // echo -n "alert('Hello, world.');" | openssl dgst -sha256 -binary | base64, as in the CSP specification's example.
        assert_eq!(hash("alert('Hello, world.');"), "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=");
    }

    #[test]
    fn the_script_inserts_text_only_as_text() {
        for way in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "Function(",
            "fetch(",
            "XMLHttpRequest",
            "import(",
        ] {
            assert!(!SCRIPT.contains(way), "{way}");
        }
        // Neither may end its own element.
        assert!(!SCRIPT.contains("</script") && !STYLE.contains("</style"));
    }
}

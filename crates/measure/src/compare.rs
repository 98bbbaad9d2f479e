//! Holding one set against another.

use std::collections::BTreeMap;

use diversity::{Distance, Rng, Rows, jackknife, quantile};
use rayon::prelude::*;
use serde_json::Value;

use crate::adherence::adherence;
use crate::affect::affect;
use crate::comparison::{
    Cfd, Comparison, Evidence, Number, Protocol, ReferenceSummary, SampleSummary, SampleText, SetAsideCount, Skipped,
    Verdict, VerdictWord, View, WithinPrompt,
};
use crate::crowding::alike;
use crate::gate::unmatched;
use crate::genre::Genre;
use crate::group::{Grouping, group_diversities};
use crate::kinds::{Kinds, crowded, mean_over_folds, missing, share_estimate};
use crate::map::map;
use crate::nearness::Nearness;
use crate::number::{null_of, number};
use crate::opening::Openings;
use crate::peers::peers;
use crate::portrait::{MEASURES, Portrait, kind_name};
use crate::progress::Progress;
use crate::prompts::add_prompts;
use crate::reading::{ReadOptions, Reading, read_verse, unit, vectors};
use crate::reference::{Reference, Samples, form_rows, form_scale};
use crate::repeats::repeats;
use crate::requested::{requested, verdict_of_requests};
use crate::side::{ENOUGH_PROMPTS, LARGE, Side};
use crate::verdict::{Grounds, off_task, other_lengths, paired_verdict, small_reference, too_few, verdict};
use crate::views::{Measured, Space};
use crate::wording::wording;
use crate::{Error, Null, prose};

/// How a comparison is made.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Of every random draw; the result repeats it.
    pub seed: u64,
    /// What the caller knows of how the samples were made (temperature, prompt format …), handed through.
    pub given: BTreeMap<String, Value>,
    /// Samples whose text and whole reading go into the [`Evidence`]; of more, a seeded draw.
    pub shown: usize,
    /// Also the measures of other papers, [`crate::PEERS`].
    pub peers: bool,
    /// Also the diversity within the groups of a field.
    pub by: Option<Grouping>,
    /// The request behind each text, where it is known: then adherence is computed too.
    pub asked: Vec<Option<crate::Asked>>,
    /// What the samples are taken for; [`Protocol::Requested`] wants the requests.
    pub protocol: Protocol,
    /// What weights over prompts made of the samples, handed through.
    pub mix: Option<crate::Mix>,
    /// How the shown samples are read again.
    pub read: ReadOptions,
    /// Is told how far the steps have come.
    pub progress: Progress,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: 1,
            given: BTreeMap::new(),
            shown: 2000,
            peers: false,
            by: None,
            asked: Vec::new(),
            protocol: Protocol::Open,
            mix: None,
            read: ReadOptions::default(),
            progress: Progress::default(),
        }
    }
}

/// Texts of each set under which nothing is measured.
pub const LEAST_TEXTS: usize = 20;
/// Texts of a reference under which there are figures and no verdict.
const LEAST_REFERENCE: usize = 25;

/// Holds samples against a reference. Deterministic: the same readings and seed give the same bytes.
///
/// # Errors
/// If there is no sample, or the shipped atlas (which lends its scale) is stale.
pub fn compare(samples: &Samples, reference: &Reference, settings: &Settings) -> Result<(Comparison, Evidence), Error> {
    if samples.readings.is_empty() {
        return Err(Error::NoTexts(samples.name.clone()));
    }
    let genre = reference.genre;
    let on_task = |r: &Reading| genre.is_on_task(r.kind);
    let progress = &settings.progress;
    let all = Side::samples(samples.readings.iter().collect(), settings.seed);
    let on_task_side = Side::samples(samples.readings.iter().filter(|r| on_task(r)).collect(), settings.seed);
    let (people, cut) = Side::reference(reference, on_task, settings.seed);

    let mut out = Comparison {
        schema: "doggerel.measure/1".into(),
        doggerel: env!("CARGO_PKG_VERSION").into(),
        seed: settings.seed,
        samples: sample_summary(samples, &all, &on_task),
        reference: reference_summary(reference),
        settings: settings.given.clone(),
        protocol: settings.protocol,
        mix: settings.mix.clone(),
        repeats: repeats(&all.readings, &all.folds, LARGE, settings.seed, progress),
        portrait: portrait(&on_task_side, &people, genre),
        ..Comparison::default()
    };
    let (n_on_task, side) = (on_task_side.len(), on_task_side.drawn(LARGE, settings.seed));
    out.samples.drawn = (side.len() < n_on_task).then_some(side.len());
    drop(all);
    if let Some(grouping) = &settings.by {
        out.groups = group_diversities(&samples.readings, grouping, settings.seed);
    }
    if settings.asked.iter().any(Option::is_some) {
        let near = nearness(samples, &people, reference, settings.seed)?;
        out.adherence = adherence(&samples.readings, &settings.asked, near.as_ref());
    }
    if settings.peers {
        out.peers = peers(&side, &people, reference, settings)?;
    }
    let noun = if reference.people || genre == Genre::Poetry { genre.texts() } else { "texts" };
    progress.at("shown texts", 0.0);
    let mut evidence = shown_texts(samples, genre, settings);

    let form = form_view(&side, &people, reference, settings, &mut out, &mut evidence)?;
    let content = content_view(&side, &people, reference, settings);
    let main =
        if leads_by_form(reference) { form.as_ref().or(content.as_ref()) } else { content.as_ref().or(form.as_ref()) };
    let within = |name, m: Option<&Measured>| Some((name, m?.view.within_prompt.clone()?));
    let views = [within("form", form.as_ref().filter(|_| genre == Genre::Poetry)), within("content", content.as_ref())];
    let views: Vec<(&str, WithinPrompt)> = views.into_iter().flatten().collect();
    let paired = paired_verdict(&views, side.len(), noun);
    let handful = || small_reference(side.len(), people.len(), LEAST_REFERENCE, &reference.name, noun);
    out.verdict = paired.unwrap_or_else(|| match main {
        Some(_) if people.len() < LEAST_REFERENCE => handful(),
        Some(measured) => verdict(&Grounds {
            reach: &measured.view.reach,
            reaches_as: &measured.view.reaches_as,
            e: &measured.view.e,
            h_samples: &measured.view.h_samples,
            h_reference: &measured.view.h_reference,
            samples: side.len(),
            n: measured.n,
            noun,
            people: reference.people,
        }),
        None if side.len() == 0 && out.samples.n > 0 => off_task(out.samples.n, &reference.name, genre),
        None if side.len() >= LEAST_TEXTS => handful(),
        None => too_few(side.len(), LEAST_TEXTS, noun),
    });
    if let Some(apart) = lengths_apart(&side, &people, reference) {
        out.verdict = apart;
        out.missing.clear();
        out.crowded.clear();
    }
    if settings.protocol == Protocol::Requested {
        by_request(&mut out, samples, reference, settings)?;
    }
    name_crowded(&mut out, &side, &people, settings.seed);
    out.views.affect = if side.len() < LEAST_TEXTS { None } else { affect(&side, &people) };
    if !reference.people && side.len() >= LEAST_TEXTS {
        out.views.wording = wording(&side, &people, settings.seed);
    }
    out.warnings = warnings(&out, &side, &people, reference, cut);
    for (name, measured) in [("form", form), ("content", content)] {
        if let Some(m) = measured {
            out.views.insert(name.into(), m.view);
        }
    }
    Ok((out, evidence))
}

/// How near every sample's form is to the reference's texts, where those are the user's own.
fn nearness(samples: &Samples, people: &Side, reference: &Reference, seed: u64) -> Result<Option<Nearness>, Error> {
    let genre = reference.genre;
    if reference.people || people.len() == 0 {
        return Ok(None);
    }
    let scale = form_scale(reference)?;
    let of_kind = |r: &&Reading| genre.is_on_task(r.kind) && !genre.form(r).is_empty();
    let theirs = scale.apply(&form_rows(people.readings.iter().copied().filter(of_kind), genre));
    let ours = scale.apply(&form_rows(samples.readings.iter().filter(of_kind), genre));
    let mut rows = ours.iter();
    let placed: Vec<Option<Vec<f32>>> =
        samples.readings.iter().map(|r| of_kind(&r).then(|| rows.next()).flatten().map(<[f32]>::to_vec)).collect();
    Ok(Nearness::new(&placed, &theirs, seed))
}

/// The verdict on answers to requests, each held against works of its form. Which forms they crowd into is the requests' doing.
fn by_request(
    out: &mut Comparison,
    samples: &Samples,
    reference: &Reference,
    settings: &Settings,
) -> Result<(), Error> {
    out.requested = requested(&samples.readings, &settings.asked, reference, settings.seed)?;
    out.missing.clear();
    out.crowded.clear();
    match verdict_of_requests(&out.requested, reference.people) {
        Some((reach, e, verdict)) => {
            (out.requested_reach, out.requested_e, out.verdict) = (Some(reach), Some(e), verdict);
        }
        None => {
            out.verdict = Verdict {
                sentence: format!(
                    "Cannot tell: of no request there are {LEAST_TEXTS} answers and {LEAST_TEXTS} works of {} that are as it asks.",
                    reference.name
                ),
                why: "Each request's answers are held against works that are as it asks.".into(),
                ..Verdict::default()
            };
        }
    }
    Ok(())
}

/// An alarm names modes with the ids of samples: where fewer kinds are crowded, texts that read alike too.
fn name_crowded(out: &mut Comparison, side: &Side, people: &Side, seed: u64) {
    const NAMED: usize = 3;
    let alarm = matches!(out.verdict.word, VerdictWord::Collapsed | VerdictWord::Displaced | VerdictWord::Narrow);
    if alarm && out.crowded.len() < NAMED {
        out.crowded.extend(alike(side, people, NAMED - out.crowded.len(), seed));
    }
}

/// Share of the reference's lengths that a text must lie in to be held against it, and of the samples that must.
const USUAL: f64 = 0.98;
const MOST_OUTSIDE: f64 = 0.5;
/// Lengths within this factor are alike.
const NEARLY: f64 = 1.25;

/// Where people's works are nearly all longer, or shorter, than most of the samples.
pub(crate) fn lengths_apart(side: &Side, people: &Side, reference: &Reference) -> Option<Verdict> {
    if !reference.people || reference.genre == Genre::Poetry || side.len() < LEAST_TEXTS || people.len() == 0 {
        return None;
    }
    let lengths = |s: &Side| {
        let mut v: Vec<f64> = s.readings.iter().map(|r| f64::from(r.words.min(prose::CUT))).collect();
        v.sort_by(f64::total_cmp);
        v
    };
    let (ours, theirs) = (lengths(side), lengths(people));
    let range = (quantile(&theirs, (1.0 - USUAL) / 2.0), quantile(&theirs, (1.0 + USUAL) / 2.0));
    let outside = ours.iter().filter(|x| **x < range.0 / NEARLY || **x > range.1 * NEARLY).count();
    let apart = outside as f64 > MOST_OUTSIDE * ours.len() as f64;
    apart.then(|| other_lengths(side.len(), quantile(&ours, 0.5), range, &reference.name, reference.genre.texts()))
}

/// Which view the verdict rests on: of poems, and against people's works, form; of prose against a set of the user's own
/// content, since what answers to a prompt say tells more than how they are built.
fn leads_by_form(reference: &Reference) -> bool {
    reference.people || reference.genre == Genre::Poetry
}

/// The form view, and with it kinds and map.
fn form_view(
    side: &Side,
    people: &Side,
    reference: &Reference,
    settings: &Settings,
    out: &mut Comparison,
    evidence: &mut Evidence,
) -> Result<Option<Measured>, Error> {
    if side.len() == 0 || people.len() == 0 {
        return Ok(None);
    }
    let genre = reference.genre;
    // stored before there was a vector for prose
    if side.readings.iter().any(|r| genre.form(r).is_empty()) {
        return Ok(None);
    }
    let scale = form_scale(reference)?;
    let rows = |s: &Side| scale.apply(&form_rows(s.readings.iter().copied(), genre));
    let (s, r) = (rows(side), rows(people));
    let kinds = Kinds::new(side, people, genre);
    let at: BTreeMap<&str, usize> = evidence.texts.iter().enumerate().map(|(i, t)| (t.id.as_str(), i)).collect();
    let shown: Vec<Option<usize>> = side.readings.iter().map(|x| at.get(x.id.as_str()).copied()).collect();
    evidence.map = map((side, &s), (people, &r), &kinds, &shown, genre);
    let matched = if reference.people { None } else { side.matched(people) };
    let space = Space {
        samples: &s,
        reference: &r,
        sample_side: side,
        reference_side: people,
        matched: matched.as_ref(),
        seed: settings.seed,
    };
    settings.progress.at("form", 0.0);
    let Some(mut measured) = space.measure() else { return Ok(None) };
    measured.view.blocks = blocks(&space, genre, &settings.progress);
    settings.progress.at("form", 0.8);
    measured.view.length_matched = space.reach_at_matched_lengths(genre);
    measured.view.mmd2 = Some(space.mmd2());
    let openings = Openings::new(reference, settings.seed)?;
    let ((opened, s), (opened_people, r)) = (openings.of(side), openings.of(people));
    if opened.len() >= LEAST_TEXTS && opened_people.len() >= LEAST_TEXTS {
        let matched = if reference.people { None } else { opened.matched(&opened_people) };
        let space = Space {
            samples: &s,
            reference: &r,
            sample_side: &opened,
            reference_side: &opened_people,
            matched: matched.as_ref(),
            seed: settings.seed,
        };
        measured.view.within_prompt = space.within_prompt(Distance::Euclid);
        if let Some(within) = &mut measured.view.within_prompt {
            add_prompts(within, &s, &opened, true, settings.seed);
        }
        let cfd = space.cfd(reference.human_unit);
        measured.view.cfd = Some(named_cfd(cfd, reference, side.len() - opened.len(), &settings.given));
    }
    out.missing = missing(&kinds, side, people, &measured.reach, &measured.null);
    out.crowded = crowded(&kinds, side, people);
    Ok(Some(measured))
}

/// Samples of a citable number, and those from which one is given with a remark.
const CITABLE: usize = 1000;
const REMARKED: usize = 400;

/// The distance with its whole name: what it depends on is part of it.
fn named_cfd(number: Number, reference: &Reference, excluded: usize, given: &BTreeMap<String, Value>) -> Cfd {
    let n = number.n;
    let version = if reference.people { "CFD-1/form" } else { "FD/form" };
    let mut on = vec![format!("{} {}", reference.name, reference.hash.get(..SHOWN_HASH).unwrap_or(&reference.hash))];
    let setting =
        |key: &str, shown: &str| given.get(key).map(|v| format!("{shown}{}", v.to_string().trim_matches('"')));
    on.extend(
        [setting("temperature", "T="), setting("top_p", "top-p="), setting("prompt_format", "")].into_iter().flatten(),
    );
    let remark = if !reference.people {
        Some("against a set of your own: a distance between these two sets only".into())
    } else if reference.human_unit.is_none() {
        let why = match reference.genre {
            Genre::Jokes => "no second collection of jokes like these is known: puns are one kind of joke, 4.5 away",
            Genre::Stories => {
                "no second collection of stories is known: science fiction and others lie 1.0 or 2.6 apart, by which lends its axes"
            }
            Genre::Poetry => "it names no second collection",
        };
        Some(format!("not citable: without human unit, since of {} {why}", reference.name))
    } else if !reference.frozen {
        Some(format!("not citable: {} is provisional, it may still change", reference.name))
    } else if n == CITABLE {
        None
    } else if n >= REMARKED {
        Some(format!("a citable number has n = {CITABLE} (40 prompts × 25), not {n}"))
    } else {
        Some(format!("not citable: n = {n}, under {REMARKED}"))
    };
    Cfd {
        citable: remark.is_none(),
        name: format!("{version}@{n} ({})", on.join(", ")),
        remark,
        excluded,
        unit: reference.human_unit,
        number,
    }
}

/// Letters of a hash that name an atlas.
const SHOWN_HASH: usize = "sha256:".len() + 12;

/// Reach by each block of features alone, and without those that are habits of layout: stanza and punctuation, paragraphs.
fn blocks(space: &Space, genre: Genre, progress: &Progress) -> BTreeMap<String, Number> {
    let features = genre.features();
    let mut by_block: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    features.iter().enumerate().for_each(|(i, f)| by_block.entry(f.1).or_default().push(i));
    let mut wanted: Vec<(String, Vec<usize>)> =
        by_block.iter().map(|(name, columns)| ((*name).to_owned(), columns.clone())).collect();
    let habits: &[&str] = if genre == Genre::Poetry { &["stanza", "punctuation"] } else { &["paragraphs"] };
    for name in habits {
        let others = (0..features.len()).filter(|i| features[*i].1 != *name).collect();
        wanted.push((format!("without {name}"), others));
    }
    let all = wanted.len() as f64;
    let block = |(i, (name, columns)): (usize, (String, Vec<usize>))| {
        progress.at("form", 0.2 + 0.6 * i as f64 / all);
        Some((name, space.reach_on(&columns)?))
    };
    wanted.into_iter().enumerate().filter_map(block).collect()
}

/// The content view: against a user's set only, since an atlas holds no content and its era would read as collapse.
fn content_view(side: &Side, people: &Side, reference: &Reference, settings: &Settings) -> Option<Measured> {
    let has = |s: &Side| s.len() > 0 && s.readings.iter().all(|r| r.has_content());
    if reference.people || !has(side) || !has(people) {
        return None;
    }
    settings.progress.at("content", 0.0);
    // Vectors are centred on a part of the reference that takes no further part: a third of its groups.
    let drawn = people.groups.draw(people.len() / 3, &mut Rng::new(settings.seed ^ 0xc0));
    let (centre, kept): (Vec<usize>, Vec<usize>) = (0..people.len()).partition(|&i| drawn[i]);
    if centre.is_empty() || kept.is_empty() {
        return None;
    }
    let middle = mean(&content_rows(&people.select(&centre, settings.seed)));
    let rest = people.select(&kept, settings.seed);
    let (s, r) = (centred(side, &middle), centred(&rest, &middle));
    let matched = side.matched(&rest);
    let space = Space {
        samples: &s,
        reference: &r,
        sample_side: side,
        reference_side: &rest,
        matched: matched.as_ref(),
        seed: settings.seed,
    };
    let mut measured = space.measure()?;
    measured.view.length_matched = space.reach_at_matched_lengths(reference.genre);
    measured.view.mmd2 = Some(space.mmd2());
    measured.view.within_prompt = openings_within(side, people, settings);
    if let Some(within) = &mut measured.view.within_prompt {
        add_prompts(within, &s, side, false, settings.seed);
    }
    Some(measured)
}

/// D in content, on the first 40 words (longer texts lie closer), uncentred.
fn openings_within(side: &Side, people: &Side, settings: &Settings) -> Option<crate::WithinPrompt> {
    let has = |s: &Side| s.readings.iter().all(|r| r.has_content());
    if !has(side) || !has(people) {
        return None;
    }
    let (s, r) = (opening_rows(side), opening_rows(people));
    let matched = side.matched(people);
    Space {
        samples: &s,
        reference: &r,
        sample_side: side,
        reference_side: people,
        matched: matched.as_ref(),
        seed: settings.seed,
    }
    .within_prompt(Distance::Cosine)
}

/// Of the first text that has a vector.
pub(crate) fn width(mut lengths: impl Iterator<Item = usize>) -> usize {
    lengths.find(|n| *n > 0).unwrap_or(1)
}

/// Content vectors of a side; of a side without texts, one column of nothing.
pub(crate) fn content_rows(side: &Side) -> Rows {
    let dim = width(side.readings.iter().map(|r| r.content().len()));
    Rows::new(vectors(&side.readings, dim, |r| r.content().into_owned()), dim)
}

/// Vectors of the first 40 words.
pub(crate) fn opening_rows(side: &Side) -> Rows {
    let dim = width(side.readings.iter().map(|r| r.opening_content().len()));
    Rows::new(vectors(&side.readings, dim, |r| r.opening_content().into_owned()), dim)
}

pub(crate) fn mean(rows: &Rows) -> Vec<f32> {
    (0..rows.dim()).map(|d| rows.iter().map(|v| v[d]).sum::<f32>() / rows.len() as f32).collect()
}

/// Content vectors less the middle, of length 1.
pub(crate) fn centred(side: &Side, middle: &[f32]) -> Rows {
    let of = |r: &Reading| {
        let v: Vec<f32> = r.content().iter().zip(middle).map(|(x, m)| x - m).collect();
        unit(&v)
    };
    Rows::new(vectors(&side.readings, middle.len(), of), middle.len())
}

fn sample_summary(samples: &Samples, all: &Side, on_task: &impl Fn(&Reading) -> bool) -> SampleSummary {
    let flags: Vec<bool> = all.readings.iter().map(|r| on_task(r)).collect();
    let mut skipped = samples.skipped.clone();
    let mut off: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for r in all.readings.iter().filter(|r| !on_task(r)) {
        off.entry(kind_name(r.kind)).or_default().push(&r.id);
    }
    skipped.extend(off.into_iter().map(|(kind, ids)| Skipped {
        reason: format!("off task: {kind}"),
        n: ids.len(),
        at: ids.iter().take(3).map(|id| (*id).to_owned()).collect(),
    }));
    let mut set_aside: BTreeMap<&str, SetAsideCount> = BTreeMap::new();
    for part in all.readings.iter().flat_map(|r| &r.set_aside) {
        set_aside
            .entry(&part.kind)
            .or_insert_with(|| SetAsideCount { kind: part.kind.clone(), n: 0, example: shortened(&part.text) })
            .n += 1;
    }
    SampleSummary {
        name: samples.name.clone(),
        n: all.len(),
        drawn: None,
        on_task: number(share_estimate(&flags, all), all.len(), None),
        skipped,
        set_aside: set_aside.into_values().collect(),
    }
}

fn shortened(text: &str) -> String {
    const SHOWN: usize = 120;
    match text.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{}…", text[..cut].trim_end()),
        None => text.to_owned(),
    }
}

pub(crate) fn reference_summary(reference: &Reference) -> ReferenceSummary {
    let groups: std::collections::BTreeSet<String> = reference.readings.iter().map(|r| reference.group_of(r)).collect();
    ReferenceSummary {
        name: reference.name.clone(),
        hash: reference.hash.clone(),
        n: reference.readings.len(),
        groups: groups.len(),
        people: reference.people,
        genre: reference.genre,
        composition: reference.composition.clone(),
    }
}

/// Every measure of the portrait with the reference's as its null.
fn portrait(side: &Side, people: &Side, genre: Genre) -> BTreeMap<String, Number> {
    match genre {
        Genre::Poetry => portrait_of_verse(side, people),
        Genre::Jokes | Genre::Stories => portrait_of_prose(side, people),
    }
}

/// The means of all features of prose and of what stands beside them.
fn portrait_of_prose(side: &Side, people: &Side) -> BTreeMap<String, Number> {
    type List = (&'static [prose::Feature], fn(&Reading) -> &Vec<f32>);
    let lists: [List; 2] = [(prose::FEATURES, |r| &r.prose), (prose::BESIDE, |r| &r.beside)];
    let mut out = BTreeMap::new();
    for (features, of) in lists {
        for (i, feature) in features.iter().enumerate() {
            let of = |s: &Side| -> Option<Vec<f64>> {
                s.readings.iter().map(|r| of(r).get(i).map(|x| f64::from(*x))).collect()
            };
            let Some(values) = of(side).filter(|v| !v.is_empty()) else { continue };
            let estimate = |values: &[f64], s: &Side| {
                let e = mean_over_folds(values, s);
                if feature.unit == "yes or no" { e.share_of(values.len()) } else { e }
            };
            let theirs = of(people).filter(|v| !v.is_empty()).and_then(|v| null_of(estimate(&v, people)));
            out.insert(feature.name.to_owned(), number(estimate(&values, side), values.len(), theirs));
        }
    }
    out
}

fn portrait_of_verse(side: &Side, people: &Side) -> BTreeMap<String, Number> {
    let parts = |s: &Side| -> (Portrait, Vec<Portrait>) {
        let mut by_fold: Vec<Vec<&Reading>> = vec![Vec::new(); s.folds.count()];
        s.readings.iter().enumerate().for_each(|(i, r)| by_fold[s.folds.of(i)].push(r));
        (Portrait::of(s.readings.iter().copied()), by_fold.into_iter().map(Portrait::of).collect())
    };
    let estimate = |(whole, folds): &(Portrait, Vec<Portrait>), m: usize| {
        let without: Vec<f64> = folds.iter().map(|f| whole.mean_without(f, m)).collect();
        let e = jackknife(whole.mean(m), &[&without], 0.0);
        let share = MEASURES[m].name.ends_with("_share") || MEASURES[m].description.starts_with("share of");
        if share { e.share_of(whole.n as usize) } else { e }
    };
    let (s, r) = (parts(side), parts(people));
    if s.0.n == 0 {
        return BTreeMap::new();
    }
    MEASURES
        .iter()
        .enumerate()
        .map(|(m, measure)| {
            (measure.name.to_owned(), number(estimate(&s, m), s.0.n as usize, null_of(estimate(&r, m))))
        })
        .collect()
}

fn shown_texts(samples: &Samples, genre: Genre, settings: &Settings) -> Evidence {
    let n = samples.readings.len();
    let mut rows =
        if n > settings.shown { Rng::new(settings.seed ^ 0xe0).choose(n, settings.shown) } else { (0..n).collect() };
    rows.sort_unstable();
    let texts = rows
        .par_iter()
        .map(|&i| {
            let r = &samples.readings[i];
            let text = if r.text().is_empty() { r.body() } else { r.text() }.into_owned();
            SampleText {
                id: r.id.clone(),
                prompt: r.prompt.clone(),
                form: genre.form_name(r).to_owned(),
                reading: read_verse(&text, r.prompt.as_deref(), &settings.read),
                text,
            }
        })
        .collect();
    Evidence { texts, ..Evidence::default() }
}

/// What a reader must know to trust the figures.
fn warnings(out: &Comparison, side: &Side, people: &Side, reference: &Reference, cut: bool) -> Vec<String> {
    let mut w = Vec::new();
    if reference.people {
        let dated = people.readings.iter().filter(|r| r.year.is_some()).count();
        let last = people.readings.iter().filter_map(|r| r.year).max().filter(|_| 2 * dated >= people.len());
        let era = last.map(|y| format!(" that ends in {y}")).unwrap_or_default();
        w.push(format!("content is not judged against an atlas{era}: give --against base.jsonl"));
    }
    if let Some(feature) = reference.changed_feature() {
        w.push(format!(
            "{} was made by another version: {feature} is read otherwise now, make it anew",
            reference.name
        ));
    }
    let on_task = &out.samples.on_task;
    if on_task.value < 0.9 {
        let off = (1.0 - on_task.value) * on_task.n as f64;
        let kinds: Vec<String> = out
            .samples
            .skipped
            .iter()
            .filter_map(|s| Some(format!("{} {}", s.n, s.reason.strip_prefix("off task: ")?)))
            .collect();
        w.push(format!(
            "a mixture: {off:.0} of {} texts are no {} ({}) and were left out",
            on_task.n,
            reference.genre.texts(),
            kinds.join(", ")
        ));
    }
    let prompts = side.prompts().count();
    let asked = side.readings.iter().any(|r| r.prompt.is_some());
    if asked && prompts < ENOUGH_PROMPTS {
        w.push(format!(
            "{prompts} prompt{} only: intervals are over texts and hold for these prompts alone",
            if prompts == 1 { "" } else { "s" }
        ));
    }
    if !reference.people
        && asked
        && people.readings.iter().any(|r| r.prompt.is_some())
        && side.matched(people).is_none()
    {
        w.push(unmatched(&out.samples.name, &reference.name));
    }
    if let Some(drawn) = out.samples.drawn {
        w.push(format!(
            "the set is large: views are measured on a seeded draw of {drawn} of its texts, and the same in other words is looked for in as many; portrait and repeats are of all"
        ));
    }
    if cut {
        w.push(format!("the reference is large: a seeded draw of {} of its texts was used", people.len()));
    }
    if reference.people && !reference.frozen {
        w.push(format!("{} is provisional: do not cite its numbers", reference.name));
    }
    let copies = &out.repeats.exact;
    if copies.value > 0.05 {
        w.push(format!("{:.0} % of the texts repeat an earlier one word for word", 100.0 * copies.value));
    }
    let (key, unit) = match reference.genre {
        Genre::Poetry => ("lines", "lines a poem"),
        Genre::Jokes => ("length", "words a joke"),
        Genre::Stories => ("length", "of the first 600 words a story"),
    };
    let length = out.portrait.get(key);
    if let Some((ours, Some(Null { value: theirs, .. }))) = length.map(|l| (l.value, l.null.clone()))
        && (ours > 1.5 * theirs || theirs > 1.5 * ours)
    {
        w.push(format!(
            "lengths differ ({ours:.0} {unit} here, {theirs:.0} in the reference): see reach at matched lengths"
        ));
    }
    if let Some(mix) = &out.mix {
        w.push(mix.sentence());
    }
    let wants: Vec<&crate::Adherence> = out.adherence.iter().filter(|a| !a.wants.is_empty()).collect();
    let wanting: usize = wants.iter().map(|a| a.n).sum();
    if out.protocol == Protocol::Open && 2 * wanting > out.samples.n && wants.len() > 1 {
        w.push(format!(
            "{wanting} of {} texts answer requests for a form: reach and kinds against all works say what was asked for; --requested holds each against works of its form",
            out.samples.n
        ));
    }
    if out.verdict.word == VerdictWord::CannotTell && side.len() < LEAST_TEXTS {
        w.push(format!("{} texts: no number over the set is given", side.len()));
    }
    w
}

/// The numbers of a view, for callers that hold a comparison only as JSON.
#[must_use]
pub fn headline(comparison: &Comparison) -> Option<&View> {
    let reference = &comparison.reference;
    let (first, second) = match reference.people || reference.genre == Genre::Poetry {
        true => ("form", "content"),
        false => ("content", "form"),
    };
    comparison.views.get(first).or_else(|| comparison.views.get(second))
}

//! The measures of several sets held against one reference, each with what the jackknife needs to hold it against another
//! set's: the common ground of [`crate::compare_sets`], [`crate::gate`] and [`crate::track`].
//!
//! A measure has one name everywhere (tables, JSON, rules of the gate): `form.reach`, `content.D`, `repeats.exact`,
//! `rhymed_share`.

use std::collections::{BTreeMap, BTreeSet};

use diversity::{
    Assignments, Citable, Distance, Folds, Groups, Neighbours, NullRange, Pairing, Pca, Replicates, Rng, Rows, Sets,
    fd_u_replicates, reach, reach_null, within_groups,
};
use verse::Kind;

use crate::compare::{centred, content_rows, lengths_apart, mean, opening_rows};
use crate::comparison::Number;
use crate::genre::{Genre, is_verse};
use crate::number::number;
use crate::opening::Openings;
use crate::portrait::{MEASURES, Portrait};
use crate::progress::Progress;
use crate::reading::Reading;
use crate::reference::{Reference, form_rows, form_scale};
use crate::repeats::repeats_at;
use crate::side::{ENOUGH_PROMPTS, LARGE, Side};
use crate::{Error, Samples};

/// Axes of the distance, and the floor of their variance, as in CFD.
const AXES: usize = 16;
const FLOOR: f64 = 0.05;

/// Texts under which no share of repeats is stated.
const LEAST_REPEATS: usize = 10;

/// On which scale a measure lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    Plain,
    /// Kept as a logarithm (ratios).
    Log,
    /// A share of so many texts.
    Share(usize),
    /// A mean of 0 or more.
    Positive,
}

/// One measure of one set.
#[derive(Debug, Clone)]
pub(crate) struct Figure {
    pub replicates: Replicates,
    pub scale: Scale,
    /// Texts, prompts or the common n that it rests on.
    pub n: usize,
    pub null: Option<NullRange>,
}

impl Figure {
    pub(crate) fn at_level(&self, level: f64) -> diversity::Estimate {
        let e = self.replicates.at_level(level);
        match self.scale {
            Scale::Plain => e,
            Scale::Log => e.map(f64::exp),
            Scale::Share(n) => e.share_of(n),
            Scale::Positive => e.within(0.0, f64::INFINITY),
        }
    }

    pub(crate) fn number(&self) -> Number {
        number(self.at_level(diversity::LEVEL), self.n, self.null)
    }
}

/// All measures of one set.
#[derive(Debug, Clone, Default)]
pub(crate) struct SetFigures {
    pub figures: BTreeMap<String, Figure>,
    /// D of every prompt, by the name of the measure ("content.D").
    pub by_prompt: BTreeMap<&'static str, BTreeMap<String, f64>>,
}

/// What is computed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// Splits of the reference behind each null; 0 gives none.
    pub nulls: usize,
    /// Whether E and reach are among the measures.
    pub spread: bool,
    /// Whether the Fréchet distance is among the measures.
    pub distance: bool,
    /// Whether repeats are stated at one n for all sets.
    pub rarefied: bool,
    pub seed: u64,
}

/// A set, or a part of one.
pub(crate) struct Texts<'a> {
    pub name: &'a str,
    pub readings: Vec<&'a Reading>,
}

/// Texts of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sizes {
    /// With anything in them.
    pub all: usize,
    pub on_task: usize,
}

/// Sets whose texts stand ready to be measured, whole prompts in the same folds.
pub(crate) struct Ready<'a> {
    /// Texts of the kind that the reference holds.
    pub on_task: Vec<Side<'a>>,
    pub all: Vec<Side<'a>>,
    /// How many texts of every set there are, of more than [`LARGE`] of which a seeded draw stands in the two above.
    pub sizes: Vec<Sizes>,
    pub reference: Option<&'a Reference>,
    pub people: Option<Side<'a>>,
    pub verse: bool,
    pub pairing: Pairing,
    /// Whether only a draw of the reference entered.
    pub cut: bool,
    /// Why a reference that was given is left aside: people's works of another kind, or of other lengths, than the texts.
    pub left_aside: Option<String>,
}

impl<'a> Ready<'a> {
    /// Of whole sets.
    pub(crate) fn new(sets: &[&'a Samples], reference: Option<&'a Reference>, seed: u64) -> Self {
        let texts = |s: &&'a Samples| Texts { name: &s.name, readings: s.readings.iter().collect() };
        Self::of(&sets.iter().map(texts).collect::<Vec<_>>(), reference, seed)
    }

    /// `reference` is left aside where it is people's works and the texts are of another kind or of other lengths.
    pub(crate) fn of(sets: &[Texts<'a>], reference: Option<&'a Reference>, seed: u64) -> Self {
        let texts = || sets.iter().flat_map(|s| s.readings.iter().copied());
        let mostly_verse = 2 * texts().filter(|r| is_verse(r.kind)).count() >= texts().count();
        let left_aside = reference.filter(|r| r.people).and_then(|r| unlike(sets, r, mostly_verse, seed));
        let reference = reference.filter(|_| left_aside.is_none());
        let verse = reference.map_or(mostly_verse, Reference::is_verse);
        let on_task = |r: &Reading| match reference {
            Some(reference) if reference.people => reference.genre.is_on_task(r.kind),
            _ if verse => is_verse(r.kind),
            _ => r.kind != Kind::Empty,
        };
        let sides = |keep: &dyn Fn(&Reading) -> bool| -> Vec<Side<'a>> {
            let kept = |s: &Texts<'a>| s.readings.iter().copied().filter(|r| keep(r)).collect();
            sets.iter().map(|s| Side::samples(kept(s), seed).drawn(LARGE, seed)).collect()
        };
        let is_told = |r: &Reading| r.kind != Kind::Empty;
        let (mut on, mut all) = (sides(&on_task), sides(&is_told));
        let count = |s: &Texts, keep: &dyn Fn(&Reading) -> bool| s.readings.iter().filter(|r| keep(r)).count();
        let sizes = sets.iter().map(|s| Sizes { all: count(s, &is_told), on_task: count(s, &on_task) }).collect();
        let pairing = deal_together(&mut on, seed);
        deal_together(&mut all, seed);
        let side = reference.map(|r| Side::reference(r, on_task, seed));
        let cut = side.as_ref().is_some_and(|s| s.1);
        Self { on_task: on, all, sizes, reference, people: side.map(|s| s.0), verse, pairing, cut, left_aside }
    }

    /// Whose kinds the texts are sorted by: none where they are held against prose of the user's own.
    pub(crate) fn genre(&self) -> Option<Genre> {
        match self.reference {
            Some(reference) if reference.people => Some(reference.genre),
            _ => self.verse.then_some(Genre::Poetry),
        }
    }

    /// The view by which such texts are judged: form for verse and against people's works, else content.
    pub(crate) fn view(&self) -> &'static str {
        if self.verse || self.reference.is_some_and(|r| r.people) { "form" } else { "content" }
    }

    /// What is to be said where only a draw was measured.
    pub(crate) fn drawn(&self) -> Option<String> {
        let large = self.sizes.iter().filter(|s| s.all > LARGE).count();
        (large > 0).then(|| {
            let sets = if large == 1 { "one set is large" } else { "sets are large" };
            format!("{sets}: a seeded draw of {LARGE} of the texts was measured")
        })
    }

    /// Every measure of every set, in their order.
    pub(crate) fn figures(&self, plan: Plan, progress: &Progress) -> Result<Vec<SetFigures>, Error> {
        let mut out = vec![SetFigures::default(); self.on_task.len()];
        progress.at("form", 0.0);
        self.form(plan, &mut out, progress)?;
        progress.at("content", 0.0);
        self.content(plan, &mut out, progress);
        self.repeats(plan, &mut out, progress);
        if self.verse {
            for (side, set) in self.on_task.iter().zip(&mut out) {
                portrait(side, self.people.as_ref().filter(|_| plan.nulls > 0), set);
            }
        }
        Ok(out)
    }

    fn form(&self, plan: Plan, out: &mut [SetFigures], progress: &Progress) -> Result<(), Error> {
        // of prose the content leads, but against people's works there is none
        let people = self.reference.filter(|r| r.people);
        if !self.verse && people.is_none() {
            return Ok(());
        }
        let genre = people.map_or(Genre::Poetry, |r| r.genre);
        if self.on_task.iter().flat_map(|s| &s.readings).any(|r| genre.form(r).is_empty()) {
            return Ok(());
        }
        let scale = form_scale(match self.reference {
            Some(reference) => reference,
            None => Reference::poetry()?,
        })?;
        let rows = |s: &Side| scale.apply(&form_rows(s.readings.iter().copied(), genre));
        let sets: Vec<Rows> = self.on_task.iter().map(rows).collect();
        let openings = Openings::new(
            match self.reference {
                Some(reference) => reference,
                None => Reference::poetry()?,
            },
            plan.seed,
        )?;
        let opened: Vec<(Side, Rows)> = self.on_task.iter().map(|s| openings.of(s)).collect();
        for ((side, rows), set) in opened.iter().zip(out.iter_mut()) {
            within(side, rows, Distance::Euclid, "form.D", plan.seed, set);
        }
        if let (Some(people), Some(reference)) = (&self.people, self.reference) {
            let r = rows(people);
            let matched = !reference.people;
            if plan.spread {
                against("form", &self.on_task, &sets, (people, &r), matched, plan, out, progress);
            }
            if plan.distance {
                distance(&opened, &openings.of(people), reference, plan, out);
            }
        }
        Ok(())
    }

    fn content(&self, plan: Plan, out: &mut [SetFigures], progress: &Progress) {
        let has = |s: &Side| s.readings.iter().all(|r| r.has_content());
        if !self.all.iter().all(has) {
            return;
        }
        for (i, set) in out.iter_mut().enumerate() {
            openings(&self.on_task[i], "content.D", plan.seed, set);
            let asked: Vec<usize> = (0..self.all[i].len()).filter(|&t| as_asked(self.all[i].readings[t])).collect();
            if self.verse && self.on_task[i].len() < self.all[i].len() {
                openings(&self.all[i], "content.D_ungated", plan.seed, set);
            } else if !self.verse && asked.len() < self.all[i].len() {
                openings(&self.all[i].select(&asked, plan.seed), "content.D_on_task", plan.seed, set);
            }
        }
        let (Some(people), Some(reference)) = (&self.people, self.reference) else { return };
        if !plan.spread || reference.people || people.readings.iter().any(|r| !r.has_content()) {
            return;
        }
        // Vectors are centred on a part of the reference that takes no further part, as `compare` does.
        let drawn = people.groups.draw(people.len() / 3, &mut Rng::new(plan.seed ^ 0xc0));
        let (centre, kept): (Vec<usize>, Vec<usize>) = (0..people.len()).partition(|&i| drawn[i]);
        if centre.is_empty() || kept.is_empty() {
            return;
        }
        let middle = mean(&content_rows(&people.select(&centre, plan.seed)));
        let rest = people.select(&kept, plan.seed);
        let rows = |s: &Side| centred(s, &middle);
        let sets: Vec<Rows> = self.on_task.iter().map(rows).collect();
        against("content", &self.on_task, &sets, (&rest, &rows(&rest)), true, plan, out, progress);
    }

    fn repeats(&self, plan: Plan, out: &mut [SetFigures], progress: &Progress) {
        let left = |s: &Side| s.len() - (0..s.folds.count()).map(|f| s.folds.size(f)).max().unwrap_or(0);
        let n = if plan.rarefied { self.all.iter().map(left).min() } else { None };
        if n.is_some_and(|n| n < LEAST_REPEATS) {
            return;
        }
        let sets = self.all.len() as f64;
        for (i, (side, set)) in self.all.iter().zip(out).enumerate() {
            progress.at("repeats", i as f64 / sets);
            if side.len() == 0 {
                continue;
            }
            for (name, replicates) in repeats_at(&side.readings, &side.folds, n) {
                let n = n.unwrap_or(side.len());
                set.figures.insert(name.into(), Figure { replicates, scale: Scale::Share(n), n, null: None });
            }
        }
    }
}

/// Why people's works are no measure for such texts.
fn unlike(sets: &[Texts], works: &Reference, mostly_verse: bool, seed: u64) -> Option<String> {
    let genre = works.genre;
    if mostly_verse != works.is_verse() {
        let are = if mostly_verse { "verse" } else { "no verse" };
        return Some(format!("most of these texts are {are}, and {} holds {}", works.name, genre.texts()));
    }
    let on_task = |r: &Reading| genre.is_on_task(r.kind);
    let people = Side::reference(works, on_task, seed).0;
    sets.iter().find_map(|set| {
        let side = Side::samples(set.readings.iter().copied().filter(|r| on_task(r)).collect(), seed);
        lengths_apart(&side, &people, works)?;
        Some(format!("the texts of {} are of other lengths than the {} of {}", set.name, genre.texts(), works.name))
    })
}

/// Deals the prompts of all sides into the same folds where they share enough of them.
fn deal_together(sides: &mut [Side], seed: u64) -> Pairing {
    let prompts = |s: &Side| s.readings.iter().filter_map(|r| r.prompt.clone()).collect::<BTreeSet<_>>();
    let mut shared: Option<BTreeSet<String>> = None;
    for side in sides.iter() {
        let own = prompts(side);
        shared = Some(match shared {
            Some(s) => s.intersection(&own).cloned().collect(),
            None => own,
        });
    }
    if sides.len() < 2 || shared.map_or(0, |s| s.len()) < ENOUGH_PROMPTS {
        return Pairing::Apart;
    }
    let keys: Vec<&str> =
        sides.iter().flat_map(|s| s.readings.iter().map(|r| r.prompt.as_deref().unwrap_or_default())).collect();
    let folds = Groups::of_keys(keys).folds(crate::side::FOLDS, seed);
    let mut start = 0;
    for side in sides {
        let of = (start..start + side.len()).map(|i| folds.of(i) as u16).collect();
        start += side.len();
        side.folds = Folds::of_rows(of, folds.count());
    }
    Pairing::Together
}

/// E and reach of every set, all at one n.
#[expect(clippy::too_many_arguments, reason = "two sides and how they are held against each other")]
fn against(
    view: &'static str,
    sides: &[Side],
    rows: &[Rows],
    (people, r): (&Side, &Rows),
    match_prompts: bool,
    plan: Plan,
    out: &mut [SetFigures],
    progress: &Progress,
) {
    let matched: Vec<_> = sides.iter().map(|s| if match_prompts { s.matched(people) } else { None }).collect();
    let sets = |i: usize| Sets {
        samples: &rows[i],
        sample_folds: &sides[i].folds,
        reference: r,
        authors: &people.groups,
        reference_folds: &people.folds,
        matched: matched[i].as_ref(),
    };
    if r.is_empty() {
        return;
    }
    let able: Vec<(usize, usize)> =
        (0..sides.len()).filter(|&i| sides[i].len() > 0).filter_map(|i| Some((i, sets(i).common_n()?))).collect();
    let Some(n) = able.iter().map(|a| a.1).min() else { return };
    let neighbours = Neighbours::new(r, &people.groups, n);
    let steps = 2.0 * able.len() as f64;
    for (done, (i, _)) in able.into_iter().enumerate() {
        let told = |of: usize| progress.at(view, (2 * done + of) as f64 / steps);
        let sets = sets(i);
        let size = sides[i].len();
        let found = reach(&sets, &neighbours);
        told(1);
        let assignments = Assignments::new(&sets, n, plan.seed ^ 0x22);
        let nulls = (plan.nulls > 0).then(|| {
            (
                NullRange::of(
                    &reach_null(&neighbours, &people.groups, size, &sides[i].groups, plan.nulls, plan.seed ^ 0x11)
                        .values(),
                ),
                NullRange::of(&assignments.null(&people.groups, size, &sides[i].groups, plan.nulls, plan.seed ^ 0x33)),
            )
        });
        let (reach_range, e_range) = nulls.unwrap_or_default();
        let modes = assignments.modes(&sets);
        let mut put = |name: &str, replicates, scale, n, null| {
            out[i].figures.insert(format!("{view}.{name}"), Figure { replicates, scale, n, null });
        };
        put("reach", found.replicates(), Scale::Positive, n, reach_range);
        put("E", modes.ln_e, Scale::Log, n, e_range);
        told(2);
    }
}

/// D on the first 40 words (longer texts lie closer), uncentred.
fn openings(side: &Side, name: &'static str, seed: u64, set: &mut SetFigures) {
    within(side, &opening_rows(side), Distance::Cosine, name, seed, set);
}

/// D over the prompts that have two answers and more.
fn within(side: &Side, rows: &Rows, distance: Distance, name: &'static str, seed: u64, set: &mut SetFigures) {
    if side.readings.iter().all(|r| r.prompt.is_none()) {
        return;
    }
    let prompts = side.prompts();
    let d = within_groups(rows, &prompts, distance, seed ^ 0x88);
    let members = prompts.members();
    let by_prompt: BTreeMap<String, f64> = members
        .iter()
        .zip(&d)
        .filter_map(|(rows, d)| Some((side.readings[*rows.first()?].prompt.clone()?, (*d)?)))
        .collect();
    if by_prompt.is_empty() {
        return;
    }
    let (sum, n) = (by_prompt.values().sum::<f64>(), by_prompt.len() as f64);
    let without =
        if by_prompt.len() > 1 { by_prompt.values().map(|d| (sum - d) / (n - 1.0)).collect() } else { vec![] };
    let replicates = Replicates::of_samples(sum / n, without);
    let figure = Figure { replicates, scale: Scale::Positive, n: by_prompt.len(), null: None };
    set.figures.insert(name.to_owned(), figure);
    set.by_prompt.insert(name, by_prompt);
}

/// D of two sets over the prompts that both answered at least twice, first over second.
pub(crate) fn shared_prompts(name: &str, a: &SetFigures, b: &SetFigures) -> Vec<(String, f64, f64)> {
    let (Some(a), Some(b)) = (a.by_prompt.get(name), b.by_prompt.get(name)) else { return Vec::new() };
    a.iter().filter_map(|(prompt, d)| Some((prompt.clone(), *d, *b.get(prompt)?))).collect()
}

/// Shares and means over the poems.
fn portrait(side: &Side, people: Option<&Side>, set: &mut SetFigures) {
    if side.len() == 0 {
        return;
    }
    let null = people.map(|p| Portrait::of(p.readings.iter().copied()));
    let mut by_fold: Vec<Vec<&Reading>> = vec![Vec::new(); side.folds.count()];
    side.readings.iter().enumerate().for_each(|(i, r)| by_fold[side.folds.of(i)].push(r));
    let whole = Portrait::of(side.readings.iter().copied());
    let folds: Vec<Portrait> = by_fold.into_iter().map(Portrait::of).collect();
    for (m, measure) in MEASURES.iter().enumerate() {
        let without = folds.iter().map(|f| whole.mean_without(f, m)).collect();
        let scale = if is_share(m) { Scale::Share(side.len()) } else { Scale::Plain };
        let null = null.as_ref().map(|p| p.mean(m)).filter(|v| v.is_finite());
        let figure = Figure {
            replicates: Replicates::of_samples(whole.mean(m), without),
            scale,
            n: side.len(),
            null: null.map(|value| NullRange { value, low: value, high: value, sd: 0.0 }),
        };
        set.figures.insert(measure.name.to_owned(), figure);
    }
}

fn is_share(measure: usize) -> bool {
    MEASURES[measure].name.ends_with("_share") || MEASURES[measure].description.starts_with("share of")
}

/// What a measure is, in a reader's words; None for a name that is none.
#[must_use]
pub fn describe(measure: &str) -> Option<&'static str> {
    if let Some(m) = MEASURES.iter().find(|m| m.name == measure) {
        return Some(m.description);
    }
    Some(match measure.split_once('.').unwrap_or(("", measure)) {
        ("form", "D") => "how far the forms of answers to one prompt lie apart",
        ("content", "D") => "how far the answers to one prompt lie apart",
        ("content", "D_on_task") => "how far the answers to one prompt lie apart, of the kind asked for",
        ("content", "D_ungated") => "how far the answers to one prompt lie apart, with those that are no verse",
        ("form" | "content", "E") => "kinds used, as a share of the reference's",
        ("form" | "content", "reach") => "how near a draw comes to the reference's texts",
        ("form", "cfd") => "distance from the reference as a whole",
        ("repeats", "exact") => "texts that repeat an earlier one word for word",
        ("repeats", "near") => "texts that nearly repeat an earlier one",
        _ => return None,
    })
}

/// Whether more of it is more variety; None for what is neither.
#[must_use]
pub fn more_is_varied(measure: &str) -> Option<bool> {
    match measure.split_once('.') {
        Some(("form" | "content", "D" | "D_on_task" | "D_ungated" | "E" | "reach")) => Some(true),
        Some(("form", "cfd")) | Some(("repeats", _)) => Some(false),
        _ => None,
    }
}

/// Words of a request that ask for verse, and for prose.
const VERSE: [&str; 16] = [
    "poem",
    "poems",
    "haiku",
    "sonnet",
    "sonnets",
    "limerick",
    "limericks",
    "verse",
    "verses",
    "ballad",
    "couplet",
    "couplets",
    "ode",
    "elegy",
    "villanelle",
    "stanza",
];
const PROSE: [&str; 10] =
    ["story", "stories", "tale", "fable", "essay", "letter", "speech", "article", "paragraph", "joke"];

/// Whether a text is of the kind that its prompt asks for, where the prompt names one.
fn as_asked(reading: &Reading) -> bool {
    let prompt = reading.prompt.as_deref().unwrap_or_default().to_lowercase();
    let word = prompt.split(|c: char| !c.is_alphabetic()).find(|w| VERSE.contains(w) || PROSE.contains(w));
    match word {
        Some(w) if VERSE.contains(&w) => is_verse(reading.kind),
        Some(_) => matches!(reading.kind, Kind::Prose | Kind::Dialogue),
        None => reading.kind != Kind::Empty,
    }
}

/// FD_u of the openings of every set, in human units where they are known.
fn distance(
    opened: &[(Side, Rows)],
    (people, r): &(Side, Rows),
    reference: &Reference,
    plan: Plan,
    out: &mut [SetFigures],
) {
    if people.len() < 2 {
        return;
    }
    let pca = Pca::fit(r, AXES, FLOOR);
    let (axes, unit) = (pca.project(r), reference.human_unit.unwrap_or(1.0));
    for ((side, rows), set) in opened.iter().zip(out) {
        if side.len() < 2 {
            continue;
        }
        let samples = pca.project(rows);
        let sets = Citable {
            samples: &samples,
            prompts: &side.prompts(),
            sample_folds: &side.folds,
            reference: &axes,
            authors: &people.groups,
            reference_folds: &people.folds,
        };
        let mut found = fd_u_replicates(&sets, plan.seed ^ 0x55);
        let scaled = |v: &mut Vec<f64>| v.iter_mut().for_each(|x| *x /= unit);
        found.value /= unit;
        scaled(&mut found.samples);
        scaled(&mut found.reference);
        let figure = Figure { replicates: found, scale: Scale::Plain, n: side.len(), null: None };
        set.figures.insert("form.cfd".into(), figure);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(prompt: &str, kind: Kind) -> Reading {
        Reading { prompt: Some(prompt.into()), kind, ..Reading::default() }
    }

    #[test]
    fn a_text_is_as_asked_or_not() {
        assert!(as_asked(&reading("Write a poem about rain.", Kind::Verse)));
        assert!(!as_asked(&reading("Write a poem about rain.", Kind::Prose)));
        assert!(!as_asked(&reading("Tell me a story.", Kind::List)));
        assert!(as_asked(&reading("Name a colour.", Kind::List)));
    }

    #[test]
    fn every_name_is_described() {
        for name in ["form.E", "content.D", "repeats.near", "rhymed_share", "form.cfd"] {
            assert!(describe(name).is_some(), "{name}");
        }
        assert!(describe("form.vibes").is_none() && describe("D").is_none());
    }

    #[test]
    fn shared_prompts_go_into_the_same_folds() {
        let texts = |n: usize| -> Vec<Reading> {
            (0..n)
                .map(|i| Reading { id: i.to_string(), ..reading(&format!("prompt {}", i % 30), Kind::Prose) })
                .collect()
        };
        let (a, b) = (texts(90), texts(60));
        let mut sides = vec![Side::samples(a.iter().collect(), 1), Side::samples(b.iter().collect(), 1)];
        assert_eq!(deal_together(&mut sides, 1), Pairing::Together);
        for (i, x) in sides[0].readings.iter().enumerate() {
            for (j, y) in sides[1].readings.iter().enumerate().filter(|(_, y)| x.prompt == y.prompt) {
                assert_eq!(sides[0].folds.of(i), sides[1].folds.of(j), "{:?}", y.prompt);
            }
        }
    }
}

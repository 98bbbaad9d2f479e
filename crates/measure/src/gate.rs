//! A gate for pipelines: has a set lost variety against its base? Non-inferiority (Piaggio et al. 2012): a margin δ is fixed
//! beforehand, and the bounds of an interval, not a p-value, decide.
//!
//! Each rule fails where its whole interval lies past the limit, passes where all of it lies on the near side, and else cannot
//! tell. One rule that fails makes the set fail; it passes if every rule does. Intervals are two-sided 95 % ones, so that
//! one rule fails falsely in at most 2.5 % of cases, two rules in 5 %; with more than two the level is raised so that all
//! together stay at 5 %. K repeated looks have the same level each, as Pocock (1977) has it, but with the constant of
//! independent looks, 1 − (1 − α)^(1/K) (Šidák 1967): Pocock's own assumes that each look holds the samples of the looks
//! before, and checkpoints bring samples of their own. It holds for dependent looks too.

use std::fmt;
use std::str::FromStr;

use diversity::{LEVEL, Replicates, log_ratio};
use serde::{Deserialize, Serialize};

use crate::comparison::{CrowdedMode, Number};
use crate::crowding::crowding;
use crate::figures::{Figure, Plan, Ready, Scale, SetFigures, describe, shared_prompts};
use crate::number::number;
use crate::progress::Progress;
use crate::sets::{ENOUGH_SHARED, bounds};
use crate::{Error, Reference, Samples};

/// Modes named with every alarm.
const NAMED: usize = 3;
/// Rules that share the 5 % without a raised level.
const TWO: f64 = 2.0;
/// Samples that give E and reach a narrow interval, where there are too few for any.
const ENOUGH_TEXTS: usize = 256;
/// Beyond so many samples more are hardly worth naming.
const MOST_NEEDED: f64 = 20_000.0;

/// How the gate decides.
#[derive(Debug, Clone)]
pub struct GateSettings {
    pub seed: u64,
    /// δ: a measure may fall to 1 − δ times the base's.
    pub delta: f64,
    /// Looks that are planned, all at one level.
    pub looks: usize,
    /// In place of the usual rules, where there are any.
    pub rules: Vec<Rule>,
    pub progress: Progress,
}

impl Default for GateSettings {
    fn default() -> Self {
        Self { seed: 1, delta: 0.2, looks: 1, rules: Vec::new(), progress: Progress::default() }
    }
}

/// What makes the gate fail: "reach<0.8", "repeats.exact>0.05", "D<0.9".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// The measure as it was typed; `D` is D over the base's, in the view that the texts have.
    pub measure: String,
    /// True where less than the limit fails.
    pub below: bool,
    pub limit: f64,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.measure, if self.below { "<" } else { ">" }, self.limit)
    }
}

impl FromStr for Rule {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let bad = |reason: String| Error::BadRule { rule: text.to_owned(), reason };
        let Some(at) = text.find(['<', '>']) else {
            return Err(bad("it has neither < nor >".into()));
        };
        let (measure, rest) = (text[..at].trim(), &text[at..]);
        let limit = rest[1..].trim_start_matches('=').trim();
        let known = describe(measure).is_some() || SHORT.contains(&measure);
        if measure.is_empty() {
            return Err(bad("no measure stands before the sign".into()));
        }
        if !known {
            return Err(bad(format!("there is no measure {measure}")));
        }
        let limit = match limit.parse::<f64>() {
            Ok(limit) if limit.is_finite() => limit,
            _ => return Err(bad(format!("{} is no number", if limit.is_empty() { "what follows" } else { limit }))),
        };
        Ok(Self { measure: measure.to_owned(), below: rest.starts_with('<'), limit })
    }
}

/// Measures that may be named without their view: that of the texts, form for verse and content for prose.
const SHORT: [&str; 4] = ["D", "E", "reach", "cfd"];

/// How the gate, or one rule of it, ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Outcome {
    #[serde(rename = "holds")]
    Holds,
    #[serde(rename = "collapsed")]
    Collapsed,
    #[default]
    #[serde(rename = "cannot tell")]
    CannotTell,
}

/// The gate's answer (`doggerel.gate/1`).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Gate {
    pub schema: String,
    pub doggerel: String,
    pub seed: u64,
    pub samples: GateSet,
    pub base: GateSet,
    pub outcome: Outcome,
    pub sentence: String,
    pub delta: f64,
    pub looks: usize,
    /// Level of each rule's interval.
    pub level: f64,
    /// Prompts that both sets answered at least twice.
    pub prompts: usize,
    /// Samples that would tell, where it cannot.
    pub n_needed: Option<usize>,
    pub rules: Vec<Ruling>,
    /// Three modes that the samples crowd into and the base does not, with ids; where the gate does not hold.
    pub crowded: Vec<CrowdedMode>,
    pub warnings: Vec<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct GateSet {
    pub name: String,
    pub n: usize,
    /// Texts of the kind that is measured.
    pub on_task: usize,
}

/// One rule with its number.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Ruling {
    /// As it was typed, or as it would be.
    pub rule: String,
    /// The measure by its full name.
    pub measure: String,
    /// What the measure is.
    pub description: String,
    pub limit: f64,
    /// True where less than the limit fails.
    pub below: bool,
    pub number: Number,
    pub outcome: Outcome,
    pub n_needed: Option<usize>,
    pub sentence: String,
}

/// Holds samples against their base, or against people's works.
///
/// # Errors
/// If either is empty, a rule's measure does not exist for such texts, or the shipped atlas is stale.
pub fn gate(samples: &Samples, base: &Base, settings: &GateSettings) -> Result<Gate, Error> {
    if samples.readings.is_empty() {
        return Err(Error::NoTexts(samples.name.clone()));
    }
    let sets: Vec<&Samples> = std::iter::once(samples).chain(base.samples).collect();
    let ready = Ready::new(&sets, Some(base.reference), settings.seed);
    if let Some(reason) = &ready.left_aside {
        return Err(Error::OtherKind { reason: reason.clone() });
    }
    let figures = measured(&ready, settings)?;
    let theirs = figures.get(1).cloned().unwrap_or_default();
    let view = ready.view();
    let prompts =
        VIEWS.iter().map(|v| shared_prompts(&format!("{v}.D"), &figures[0], &theirs).len()).max().unwrap_or(0);
    let n = ready.sizes[0].all;
    let (rulings, level) = judge(&figures[0], &theirs, view, base, settings, n)?;
    let of = |i: usize, name: &str, n: usize| GateSet {
        name: name.to_owned(),
        n,
        on_task: ready.sizes.get(i).map_or(n, |s| s.on_task),
    };
    let mut out = Gate {
        schema: "doggerel.gate/1".into(),
        doggerel: env!("CARGO_PKG_VERSION").into(),
        seed: settings.seed,
        samples: of(0, &samples.name, n),
        base: of(1, &base.reference.name, base.reference.readings.len()),
        outcome: outcome(&rulings),
        delta: settings.delta,
        looks: settings.looks,
        level,
        prompts,
        n_needed: rulings.iter().filter_map(|r| r.n_needed).max(),
        rules: rulings,
        ..Gate::default()
    };
    if out.outcome != Outcome::CannotTell {
        out.n_needed = None;
    }
    if out.outcome != Outcome::Holds
        && let Some(other) = ready.on_task.get(1).or(ready.people.as_ref())
    {
        out.crowded = crowding(&ready.on_task[0], other, ready.genre(), NAMED, settings.seed);
    }
    out.sentence = sentence(&out);
    out.warnings = warnings(&out, &ready, &theirs);
    Ok(out)
}

/// Every rule on one set, and the level of their intervals.
pub(crate) fn judge(
    ours: &SetFigures,
    theirs: &SetFigures,
    view: &str,
    base: &Base,
    settings: &GateSettings,
    n: usize,
) -> Result<(Vec<Ruling>, f64), Error> {
    let rules = if settings.rules.is_empty() {
        usual(ours, theirs, view, 1.0 - settings.delta)
    } else {
        settings.rules.clone()
    };
    let level = level(rules.len(), settings.looks);
    let on = |rule| rule_on(rule, ours, theirs, view, base, level, n);
    Ok((rules.iter().map(on).collect::<Result<_, _>>()?, level))
}

/// What the samples are held against.
#[derive(Debug, Clone, Copy)]
pub struct Base<'a> {
    pub reference: &'a Reference,
    /// The same texts as a set, so that its answers to one prompt can be held beside the samples'; none for an atlas.
    pub samples: Option<&'a Samples>,
}

pub(crate) const VIEWS: [&str; 2] = ["form", "content"];

/// Only what the rules ask for: where prompts are shared, nothing but D.
fn measured(ready: &Ready, settings: &GateSettings) -> Result<Vec<SetFigures>, Error> {
    let plan = Plan { nulls: 0, distance: false, rarefied: false, spread: false, seed: settings.seed };
    let asks = |what: &str| settings.rules.iter().any(|r| r.measure.rsplit('.').next() == Some(what));
    if settings.rules.is_empty() {
        let figures = ready.figures(plan, &settings.progress)?;
        let enough = |v: &&str| {
            let name = format!("{v}.D");
            figures.get(1).is_some_and(|b| shared_prompts(&name, &figures[0], b).len() >= ENOUGH_SHARED)
        };
        if VIEWS.iter().any(enough) {
            return Ok(figures);
        }
        return ready.figures(Plan { spread: true, ..plan }, &settings.progress);
    }
    ready.figures(Plan { spread: asks("E") || asks("reach"), distance: asks("cfd"), ..plan }, &settings.progress)
}

/// D in every view where prompts are shared; else kinds and reach.
fn usual(ours: &SetFigures, theirs: &SetFigures, view: &str, limit: f64) -> Vec<Rule> {
    let rule = |measure: String| Rule { measure, below: true, limit };
    let paired: Vec<Rule> = VIEWS
        .iter()
        .map(|v| format!("{v}.D"))
        .filter(|name| shared_prompts(name, ours, theirs).len() >= ENOUGH_SHARED)
        .map(rule)
        .collect();
    if paired.is_empty() { vec![rule(format!("{view}.E")), rule(format!("{view}.reach"))] } else { paired }
}

/// Level of each two-sided interval: 2.5 % a side for one rule or two, 5 % over all for more; Šidák's over looks.
fn level(rules: usize, looks: usize) -> f64 {
    let one_sided = (1.0 - LEVEL) / 2.0 * (TWO / rules.max(1) as f64).min(1.0);
    1.0 - 2.0 * (1.0 - (1.0 - one_sided).powf(1.0 / looks.max(1) as f64))
}

fn rule_on(
    rule: &Rule,
    ours: &SetFigures,
    theirs: &SetFigures,
    view: &str,
    base: &Base,
    level: f64,
    n: usize,
) -> Result<Ruling, Error> {
    let measure =
        if SHORT.contains(&rule.measure.as_str()) { format!("{view}.{}", rule.measure) } else { rule.measure.clone() };
    let is_ratio = measure.contains(".D");
    let (figure, why_not) = if is_ratio {
        let pairs: Vec<(f64, f64)> = shared_prompts(&measure, ours, theirs).into_iter().map(|p| (p.1, p.2)).collect();
        (ratio(&pairs), no_ratio(&pairs, base))
    } else {
        (ours.figures.get(&measure).cloned(), format!("{n} texts are too few for {measure}"))
    };
    let description = describe(&measure).unwrap_or_default().to_owned();
    let mut out = Ruling {
        rule: rule.to_string(),
        measure,
        description,
        limit: rule.limit,
        below: rule.below,
        ..Ruling::default()
    };
    let Some(figure) = figure else {
        let verse = base.reference.is_verse();
        if !is_ratio && !measured_of_such(&out.measure, view, verse) {
            return Err(Error::BadRule {
                rule: rule.to_string(),
                reason: format!(
                    "these texts have no {} (they are {})",
                    rule.measure,
                    if verse { "verse" } else { "prose" }
                ),
            });
        }
        out.sentence = why_not;
        out.n_needed = (!is_ratio && n < ENOUGH_TEXTS).then_some(ENOUGH_TEXTS);
        return Ok(out);
    };
    let estimate = figure.at_level(level);
    out.number = Number { level: estimate.has_interval().then_some(level), ..number(estimate, figure.n, None) };
    out.outcome = judged(&out.number, rule);
    out.n_needed = if out.outcome == Outcome::CannotTell { needed(&out.number, rule.limit, n) } else { None };
    out.sentence = fact(&out, is_ratio, base.reference.people);
    Ok(out)
}

/// Whether texts of this kind have such a measure at all, be there enough of them or not.
fn measured_of_such(measure: &str, view: &str, verse: bool) -> bool {
    match measure.split_once('.') {
        Some(("form", _)) => view == "form",
        Some(_) => true,
        // shares of a portrait are of poems
        None => verse,
    }
}

/// D over the base's. Where all answers of the samples to one prompt are equal and the base's are not, it is 0.
pub(crate) fn ratio(pairs: &[(f64, f64)]) -> Option<Figure> {
    let figure = |replicates, scale| Figure { replicates, scale, n: pairs.len(), null: None };
    if let Some(replicates) = log_ratio(pairs) {
        return Some(figure(replicates, Scale::Log));
    }
    let nothing = pairs.iter().any(|p| p.1 > 0.0);
    nothing.then(|| figure(Replicates::of_samples(0.0, vec![0.0; pairs.len()]), Scale::Positive))
}

fn no_ratio(pairs: &[(f64, f64)], base: &Base) -> String {
    if base.samples.is_none() {
        return "an atlas answers no prompts: give --against base.jsonl".into();
    }
    if pairs.is_empty() {
        return "no prompt was answered twice by both sets".into();
    }
    "all answers of the base to one prompt are equal".into()
}

fn judged(number: &Number, rule: &Rule) -> Outcome {
    let (Some(low), Some(high)) = (number.low, number.high) else { return Outcome::CannotTell };
    let (past, near) =
        if rule.below { (high < rule.limit, low > rule.limit) } else { (low > rule.limit, high < rule.limit) };
    match (past, near) {
        (true, _) => Outcome::Collapsed,
        (_, true) => Outcome::Holds,
        _ => Outcome::CannotTell,
    }
}

/// Samples at which the interval, which narrows with their root, would lie clear of the limit. None where that is out of
/// sight.
fn needed(number: &Number, limit: f64, n: usize) -> Option<usize> {
    let half = (number.high? - number.low?) / 2.0;
    let gap = (number.value - limit).abs().max(1e-9);
    let wanted = n as f64 * (half / gap).powi(2).max(1.1);
    (wanted < MOST_NEEDED).then(|| {
        let step = if wanted < 200.0 { 10.0 } else { 50.0 };
        ((wanted / step).ceil() * step) as usize
    })
}

pub(crate) fn outcome(rulings: &[Ruling]) -> Outcome {
    if rulings.iter().any(|r| r.outcome == Outcome::Collapsed) {
        return Outcome::Collapsed;
    }
    if rulings.iter().all(|r| r.outcome == Outcome::Holds) { Outcome::Holds } else { Outcome::CannotTell }
}

/// "answers to one prompt lie 0.62 [0.55, 0.70] times as far apart as the base's (limit 0.8)".
fn fact(r: &Ruling, is_ratio: bool, people: bool) -> String {
    let figure = bounds(&r.number);
    let limit = format!("limit {}", r.limit);
    if is_ratio {
        let view = r.measure.split('.').next().unwrap_or_default();
        return format!("answers to one prompt lie {figure} times as far apart in {view} as the base's ({limit})");
    }
    let theirs = if people { "people's" } else { "the base's" };
    match r.measure.rsplit('.').next() {
        Some("E") => format!("kinds used are {figure} of {theirs} ({limit})"),
        Some("reach") => format!("reach into {theirs} texts is {figure} ({limit})"),
        _ => format!("{} {figure}, {} ({limit})", r.measure, r.description),
    }
}

fn sentence(gate: &Gate) -> String {
    let facts = |wanted: Outcome| {
        let list: Vec<&str> = gate.rules.iter().filter(|r| r.outcome == wanted).map(|r| r.sentence.as_str()).collect();
        list.join("; ")
    };
    let (samples, base) = (&gate.samples.name, &gate.base.name);
    match gate.outcome {
        Outcome::Collapsed => format!("{samples} has collapsed against {base}: {}.", facts(Outcome::Collapsed)),
        Outcome::Holds => format!("{samples} holds against {base}: {}.", facts(Outcome::Holds)),
        Outcome::CannotTell => {
            let more = match gate.n_needed {
                Some(n) => format!(" About {n} samples would tell."),
                None => String::new(),
            };
            format!("Cannot tell of {samples} against {base}: {}.{more}", facts(Outcome::CannotTell))
        }
    }
}

/// Two sets of answers whose prompts have nothing in common.
pub(crate) fn unmatched(samples: &str, base: &str) -> String {
    format!(
        "no prompt of {samples} was answered twice by {base} too, so answers are not held against each other prompt by prompt: ask both the same, or name the field with --field prompt=NAME"
    )
}

/// Share of repeats from which a base is no measure.
const REPEATED: f64 = 0.5;

fn warnings(gate: &Gate, ready: &Ready, theirs: &SetFigures) -> Vec<String> {
    let mut w = Vec::new();
    let repeated = theirs.figures.get("repeats.exact").map_or(0.0, |f| f.replicates.value);
    if repeated > REPEATED {
        w.push(format!(
            "{:.0} % of the base's texts repeat an earlier one: what repeats itself is no base to hold others against",
            100.0 * repeated
        ));
    }
    let asks = |side: Option<&crate::side::Side>| side.is_some_and(|s| s.readings.iter().any(|r| r.prompt.is_some()));
    if gate.prompts == 0 && asks(ready.all.first()) && asks(ready.all.get(1)) {
        w.push(unmatched(&gate.samples.name, &gate.base.name));
    }
    if (gate.samples.on_task as f64) < 0.9 * gate.samples.n as f64 {
        let off = gate.samples.n - gate.samples.on_task;
        w.push(format!("{off} of {} samples are not of the base's kind and were left out", gate.samples.n));
    }
    if ready.cut {
        w.push("the base is large: a seeded draw of its texts was used".into());
    }
    w.extend(ready.drawn());
    let many = gate.outcome != Outcome::CannotTell || gate.prompts >= ENOUGH_SHARED || gate.prompts == 0;
    if !many {
        w.push(format!(
            "{} prompts are shared, and {ENOUGH_SHARED} would let the answers to one prompt decide",
            gate.prompts
        ));
    }
    w
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reading;
    use diversity::Rng;

    fn answers(name: &str, spread: f32, prompts: usize, k: usize, seed: u64) -> Samples {
        let mut rng = Rng::new(seed);
        let mut places = Rng::new(99);
        let mut readings = Vec::new();
        for p in 0..prompts {
            let place: Vec<f32> = (0..24).map(|_| places.normal() as f32).collect();
            for i in 0..k {
                let v: Vec<f32> = place.iter().map(|x| x + spread * rng.normal() as f32).collect();
                readings.push(Reading {
                    id: format!("{p}-{i}"),
                    prompt: Some(format!("prompt {p}")),
                    body: format!("{name} {p} {i} {}", rng.next_u64()),
                    kind: verse::Kind::Prose,
                    content: crate::reading::unit(&v),
                    opening_content: crate::reading::unit(&v),
                    ..Reading::default()
                });
            }
        }
        Samples { name: name.into(), readings, skipped: vec![] }
    }

    fn gated(samples: &Samples, base: &Samples, settings: &GateSettings) -> Gate {
        let reference = Reference::from_readings(&base.name, base.readings.clone()).expect("it holds texts");
        gate(samples, &Base { reference: &reference, samples: Some(base) }, settings).expect("both hold texts")
    }

    #[test]
    fn a_set_with_half_the_spread_fails_and_names_three_modes() {
        let (base, tuned) = (answers("base", 0.9, 40, 6, 1), answers("tuned", 0.4, 40, 6, 2));
        let g = gated(&tuned, &base, &GateSettings::default());
        assert_eq!(g.outcome, Outcome::Collapsed, "{}", g.sentence);
        assert_eq!(g.crowded.len(), 3);
        assert!(g.crowded.iter().all(|m| m.samples.len() >= 3), "{:?}", g.crowded);
        assert_eq!(g.rules[0].measure, "content.D");
    }

    #[test]
    fn an_equal_passes_and_few_prompts_cannot_tell() {
        let settings = GateSettings::default();
        let g = gated(&answers("a", 0.7, 60, 5, 1), &answers("b", 0.7, 60, 5, 2), &settings);
        assert_eq!(g.outcome, Outcome::Holds, "{}", g.sentence);
        assert!(g.crowded.is_empty());
        let g = gated(&answers("a", 0.56, 11, 2, 1), &answers("b", 0.7, 11, 2, 2), &settings);
        assert_eq!(g.outcome, Outcome::CannotTell, "{}", g.sentence);
        assert!(g.n_needed.is_some_and(|n| n > 22) && g.sentence.contains("would tell"), "{}", g.sentence);
    }

    #[test]
    fn one_answer_to_every_prompt_fails_against_a_base_that_has_more() {
        let (base, one) = (answers("base", 0.7, 20, 3, 1), answers("one", 0.0, 20, 3, 2));
        let g = gated(&one, &base, &GateSettings::default());
        assert_eq!((g.outcome, g.rules[0].number.value), (Outcome::Collapsed, 0.0), "{}", g.sentence);
        assert_eq!(gated(&base, &one, &GateSettings::default()).outcome, Outcome::CannotTell);
    }

    #[test]
    fn more_looks_and_more_rules_ask_for_more() {
        assert!((level(1, 1) - 0.95).abs() < 1e-12 && (level(2, 1) - 0.95).abs() < 1e-12);
        assert!((level(4, 1) - 0.975).abs() < 1e-12);
        let five = 1.0 - level(1, 5);
        assert!((1.0 - (1.0 - five / 2.0).powi(5) - 0.025).abs() < 1e-12, "{five}");
    }

    #[test]
    fn rules_are_read_and_refused_in_a_sentence() {
        let rule: Rule = "repeats.exact > 0.05".parse().expect("a rule");
        assert_eq!(rule, Rule { measure: "repeats.exact".into(), below: false, limit: 0.05 });
        assert_eq!("D<=0.9".parse::<Rule>().expect("a rule").to_string(), "D<0.9");
        for (text, said) in [
            ("reach", "neither < nor >"),
            ("vibes<0.8", "no measure vibes"),
            ("reach<many", "many is no number"),
            ("<0.8", "no measure stands"),
            ("reach<", "is no number"),
            ("E<NaN", "NaN is no number"),
        ] {
            let error = text.parse::<Rule>().expect_err("not a rule").to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
    }

    #[test]
    fn rules_of_ones_own_replace_the_usual() {
        let (base, same) = (answers("base", 0.7, 40, 4, 1), answers("same", 0.7, 40, 4, 2));
        let mut samples = same;
        for r in samples.readings.iter_mut().take(60) {
            r.body = "one text".into();
        }
        let rules = vec!["repeats.exact>0.05".parse().expect("a rule")];
        let g = gated(&samples, &base, &GateSettings { rules, ..GateSettings::default() });
        assert_eq!((g.rules.len(), g.outcome), (1, Outcome::Collapsed), "{}", g.sentence);
        let rules = vec!["rhymed_share>0.9".parse().expect("a rule")];
        let reference = Reference::from_readings("base", base.readings.clone()).expect("it holds texts");
        let base = Base { reference: &reference, samples: Some(&base) };
        let refused = gate(&samples, &base, &GateSettings { rules, ..GateSettings::default() });
        assert!(refused.is_err_and(|e| e.to_string().contains("no rhymed_share")));
    }
}

//! Adherence: was the form given that was asked for, and if not, which was?

use std::collections::BTreeMap;

use corpus::{Text, Wants};
use diversity::{Estimate, jackknife};
use serde::{Deserialize, Serialize};
use verse::Kind;

use crate::comparison::Number;
use crate::nearness::Nearness;
use crate::number::number;
use crate::portrait::{MEASURES, kind_name};
use crate::reading::Reading;

/// The request behind a text, as its suite knows it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// Name of the request in its suite: "villanelle".
    pub request: String,
    pub wants: Wants,
    /// Poems given as examples before the request.
    pub shots: Option<u32>,
    /// Corrections before the answer: 0 for the first.
    pub turn: Option<u32>,
}

impl Asked {
    /// From what a suite's run keeps with every answer: the labels `request`, `wants.…`, `shots` and `turn`.
    #[must_use]
    pub fn of(text: &Text) -> Option<Self> {
        let request = text.labels.get("request")?.as_str()?.to_owned();
        Some(Self::named(request, Wants::of_labels(&text.labels), text))
    }

    /// Of this request, with the condition that the text's labels tell.
    #[must_use]
    pub fn named(request: String, wants: Wants, text: &Text) -> Self {
        let count = |name: &str| text.field(name).and_then(|value| value.parse().ok());
        Self { request, wants, shots: count("shots"), turn: count("turn") }
    }
}

/// Answers to one request under one condition.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Adherence {
    pub request: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shots: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn: Option<u32>,
    #[serde(skip_serializing_if = "Wants::is_empty")]
    pub wants: Wants,
    pub n: usize,
    /// Share of answers that keep everything that was asked of their form; absent where nothing was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adherence: Option<Number>,
    /// Share that keeps each thing asked, by its name in [`Wants`]; only where there are several.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub kept: BTreeMap<String, Number>,
    pub rhymed: Number,
    /// Share that is not in rhymed quatrains, which is what models write when they are asked for a poem.
    pub deviates: Number,
    /// Mean distance in form to the reference's texts, where they are the user's own (a poet's, say), over the mean
    /// distance of those to each other: 1 is as near as the poet's own poems come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance: Option<Number>,
    /// The forms that came, commonest first.
    pub got: Vec<Got>,
}

/// How often a form came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Got {
    pub form: String,
    pub n: usize,
    /// Whether it is what was asked for.
    pub asked: bool,
}

/// A request by its place in the order, with shots and turn.
type Condition = (usize, Option<u32>, Option<u32>);
/// An answer's place among the readings, the reading, and what was asked.
type Answer<'a> = (usize, &'a Reading, &'a Asked);

/// Adherence by request and condition, in the order in which requests first occur, the conditions of each ascending.
///
/// Intervals are of the jackknife over prompts (answers to one prompt are no independent draws), nowhere narrower than
/// Wilson's; with one prompt they are Wilson's alone. Texts whose request is not known are left out.
///
/// # Panics
/// If there is not one entry of `asked` for each reading.
pub(crate) fn adherence(readings: &[Reading], asked: &[Option<Asked>], nearness: Option<&Nearness>) -> Vec<Adherence> {
    assert_eq!(readings.len(), asked.len(), "one request a reading");
    let mut order: Vec<&str> = Vec::new();
    let mut groups: BTreeMap<Condition, Vec<Answer>> = BTreeMap::new();
    for (i, (reading, asked)) in readings.iter().zip(asked).enumerate() {
        let Some(asked) = asked else { continue };
        let at = order.iter().position(|name| *name == asked.request).unwrap_or_else(|| {
            order.push(&asked.request);
            order.len() - 1
        });
        groups.entry((at, asked.shots, asked.turn)).or_default().push((i, reading, asked));
    }
    groups.into_values().map(|answers| of_group(&answers, nearness)).collect()
}

fn of_group(answers: &[Answer], nearness: Option<&Nearness>) -> Adherence {
    let first = answers[0].2;
    let prompts: Vec<(usize, Option<&str>)> = answers.iter().map(|(i, r, _)| (*i, r.prompt.as_deref())).collect();
    let wants = &first.wants;
    let share = |test: &dyn Fn(&Reading) -> bool| share(answers, test);
    let criteria = criteria(wants);
    let kept = |reading: &Reading| criteria.iter().all(|(_, keeps)| keeps(reading));
    Adherence {
        request: first.request.clone(),
        shots: first.shots,
        turn: first.turn,
        wants: wants.clone(),
        n: answers.len(),
        adherence: (!criteria.is_empty()).then(|| share(&kept)),
        kept: match criteria.len() {
            0 | 1 => BTreeMap::new(),
            _ => criteria.iter().map(|(name, keeps)| ((*name).to_owned(), share(&|r| keeps(r)))).collect(),
        },
        rhymed: share(&|reading| reading.rhymed),
        deviates: share(&|reading| !rhymed_quatrains(reading)),
        distance: nearness.and_then(|near| near.of(&prompts)),
        got: got(answers, wants),
    }
}

pub(crate) type Criterion<'a> = (&'static str, Box<dyn Fn(&Reading) -> bool + 'a>);

/// Each thing that was asked, as a test.
pub(crate) fn criteria(wants: &Wants) -> Vec<Criterion<'_>> {
    let mut tests: Vec<Criterion<'_>> = Vec::new();
    if let Some(form) = &wants.form {
        tests.push(("form", Box::new(move |r| is_form(&r.form_name, form))));
    }
    if let Some(kind) = &wants.kind {
        tests.push(("kind", Box::new(move |r| is_kind(r.kind, kind))));
    }
    if let Some(rhyme) = wants.rhyme {
        tests.push(("rhyme", Box::new(move |r| r.rhymed == rhyme)));
    }
    if let Some(metre) = &wants.metre {
        tests.push(("metre", Box::new(move |r| format!(" {} ", r.metre).contains(&format!(" {metre} ")))));
    }
    if let Some(lines) = wants.lines {
        tests.push(("lines", Box::new(move |r| r.lines == lines)));
    }
    if let Some(stanzas) = wants.stanzas {
        tests.push(("stanzas", Box::new(move |r| r.stanzas == stanzas)));
    }
    if let Some(scheme) = &wants.scheme {
        tests.push(("scheme", Box::new(move |r| letters(&r.scheme) == letters(scheme))));
    }
    tests
}

/// A form's own name or the end of it: every petrarchan sonnet is a sonnet. Between bars stand forms of which any will do.
fn is_form(name: &str, asked: &str) -> bool {
    let is = |asked: &str| name == asked || name.strip_suffix(asked).is_some_and(|before| before.ends_with(' '));
    asked.split('|').any(|one| is(one.trim()))
}

fn is_kind(kind: Kind, asked: &str) -> bool {
    kind_name(kind).replace(' ', "_") == asked.replace(' ', "_")
}

/// A scheme without the gaps between its stanzas.
fn letters(scheme: &str) -> String {
    scheme.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Rhymed quatrains: the shape that chat models fall back on.
#[must_use]
pub fn rhymed_quatrains(reading: &Reading) -> bool {
    let quatrains = MEASURES.iter().position(|measure| measure.name == "quatrain_share");
    let quatrains = quatrains.and_then(|at| reading.measures.get(at)).is_some_and(|share| *share > 0.5);
    reading.rhymed && quatrains
}

fn got(answers: &[Answer], wants: &Wants) -> Vec<Got> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, reading, _) in answers {
        let name = if reading.form_name.is_empty() { kind_name(reading.kind) } else { reading.form_name.as_str() };
        *counts.entry(name).or_default() += 1;
    }
    let asked = |form: &str| {
        wants.form.as_deref().is_some_and(|asked| is_form(form, asked))
            || wants.kind.as_deref().is_some_and(|kind| kind.replace('_', " ") == form)
    };
    let mut got: Vec<Got> =
        counts.into_iter().map(|(form, n)| Got { form: form.to_owned(), n, asked: asked(form) }).collect();
    got.sort_by(|a, b| b.n.cmp(&a.n).then_with(|| a.form.cmp(&b.form)));
    got
}

/// The share of answers that pass, with its interval.
fn share(answers: &[Answer], test: &dyn Fn(&Reading) -> bool) -> Number {
    let mut prompts: BTreeMap<Option<&str>, (usize, usize)> = BTreeMap::new();
    for (_, reading, _) in answers {
        let (passed, n) = prompts.entry(reading.prompt.as_deref()).or_default();
        *passed += usize::from(test(reading));
        *n += 1;
    }
    let (passed, n) = prompts.values().fold((0, 0), |sum, prompt| (sum.0 + prompt.0, sum.1 + prompt.1));
    let estimate = if prompts.len() < 2 {
        diversity::share(passed, n)
    } else {
        let without = |&(k, m): &(usize, usize)| (passed - k) as f64 / (n - m).max(1) as f64;
        let left_out: Vec<f64> = prompts.values().map(without).collect();
        let value: Estimate = jackknife(passed as f64 / n as f64, &[&left_out], 0.0);
        value.share_of(n)
    };
    number(estimate, n, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(prompt: &str, form: &str, rhymed: bool, lines: u32) -> Reading {
        let mut measures = vec![0.0; MEASURES.len()];
        let quatrains = MEASURES.iter().position(|m| m.name == "quatrain_share").unwrap();
        measures[quatrains] = f32::from(form.contains("quatrains"));
        let kind = Kind::Verse;
        Reading {
            prompt: Some(prompt.into()),
            form_name: form.into(),
            rhymed,
            lines,
            measures,
            kind,
            ..Reading::default()
        }
    }

    fn asked(request: &str, wants: Wants, turn: Option<u32>) -> Option<Asked> {
        Some(Asked { request: request.into(), wants, shots: None, turn })
    }

    #[test]
    fn asked_for_and_got() {
        let wants = Wants { form: Some("sonnet".into()), lines: Some(14), ..Wants::default() };
        let readings = [
            reading("p", "petrarchan sonnet", true, 14),
            reading("p", "sonnet", true, 13),
            reading("q", "quatrains abab", true, 16),
            reading("q", "quatrains abab", true, 14),
            reading("r", "free verse", false, 9),
        ];
        let mut requests = vec![asked("sonnet", wants, None); 4];
        requests.push(None);
        let rows = adherence(&readings, &requests, None);
        assert_eq!(rows.len(), 1);
        let row = &rows[0];
        assert_eq!((row.n, row.adherence.as_ref().unwrap().value), (4, 0.25));
        assert_eq!((row.kept["form"].value, row.kept["lines"].value), (0.5, 0.5));
        assert_eq!((row.rhymed.value, row.deviates.value), (1.0, 0.5));
        let got: Vec<_> = row.got.iter().map(|got| (got.form.as_str(), got.n, got.asked)).collect();
        assert_eq!(got, [("quatrains abab", 2, false), ("petrarchan sonnet", 1, true), ("sonnet", 1, true)]);
        let interval = row.adherence.as_ref().unwrap();
        assert!(interval.low.unwrap() < 0.25 && interval.high.unwrap() > 0.5, "two prompts tell little: {interval:?}");
    }

    #[test]
    fn conditions_stand_apart_and_a_bare_request_asks_nothing() {
        let none = Wants { rhyme: Some(false), ..Wants::default() };
        let readings = [
            reading("p", "quatrains abab", true, 8),
            reading("p", "free verse", false, 8),
            reading("p", "couplets", true, 8),
        ];
        let requests = [
            asked("plain", none.clone(), Some(1)),
            asked("plain", none, Some(0)),
            asked("any", Wants::default(), None),
        ];
        let rows = adherence(&readings, &requests, None);
        let seen: Vec<_> =
            rows.iter().map(|row| (row.request.as_str(), row.turn, row.adherence.as_ref().map(|a| a.value))).collect();
        assert_eq!(seen, [("plain", Some(0), Some(1.0)), ("plain", Some(1), Some(0.0)), ("any", None, None)]);
    }
}

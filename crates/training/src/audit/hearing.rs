//! Does a reward model hear rhyme? From its scores of [`counterfactuals`](super::counterfactuals).

use std::collections::BTreeMap;

use diversity::{Pairing, Replicates, benjamini_hochberg};
use measure::Number;
use serde::{Deserialize, Serialize};

use super::counterfactual::CLASSES;
use super::number;

/// One text's score, by the id that the program gave it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TextScore {
    pub id: String,
    pub score: f64,
}

/// What a reward model thinks of rhyme (`doggerel.hearing/1`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Hearing {
    pub schema: String,
    pub doggerel: String,
    pub seed: u64,
    pub name: String,
    /// Texts with a score.
    pub n: usize,
    /// Standard deviation of all scores: what effects are in units of.
    pub sd: f64,
    pub word: HearingWord,
    pub sentence: String,
    pub effects: Vec<HearingEffect>,
    pub warnings: Vec<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum HearingWord {
    #[serde(rename = "hears rhyme")]
    Hears,
    /// Rhymes that people have used often, and no others.
    #[serde(rename = "remembers pairs")]
    Remembers,
    /// What is spelled alike, whether it rhymes or not.
    #[serde(rename = "reads spelling")]
    Reads,
    /// Matched pairs score less than crossed ones.
    #[serde(rename = "marks rhyme down")]
    MarksDown,
    #[serde(rename = "does not hear rhyme")]
    Deaf,
    #[default]
    #[serde(rename = "cannot tell")]
    CannotTell,
}

/// How much better the matched texts score than the crossed ones; or the difference of two such effects.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HearingEffect {
    pub name: String,
    pub what: String,
    /// In standard deviations of all scores; n are quadruples of words, which are what intervals count.
    pub effect: Number,
    pub p: f64,
    pub p_adjusted: f64,
    pub found: bool,
}

/// Quadruples of words in each class under which nothing is said.
const LEAST: usize = 6;
const FOUND: f64 = 0.05;

/// What is said of the classes of [`CLASSES`], in their order.
const WHAT: [&str; 4] = [
    "rhymes that people use most (light/night)",
    "rhymes not among people's thousand, spelled alike (brick/stick)",
    "rhymes not among people's thousand, spelled otherwise (goose/juice)",
    "no rhymes, spelled alike (glove/stove)",
];

/// Reads the scores. Texts whose partners have no score are left out; ids that are none of ours are counted in a warning.
#[must_use]
pub fn hearing(name: &str, scores: &[TextScore], seed: u64) -> Hearing {
    let (quads, strange) = quads(scores);
    let good: Vec<f64> = scores.iter().map(|s| s.score).filter(|s| s.is_finite()).collect();
    let mean = good.iter().sum::<f64>() / good.len().max(1) as f64;
    let sd = (good.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / (good.len().max(2) - 1) as f64).sqrt();
    let mut out = Hearing {
        schema: "doggerel.hearing/1".into(),
        doggerel: env!("CARGO_PKG_VERSION").into(),
        seed,
        name: name.to_owned(),
        n: good.len(),
        sd,
        ..Hearing::default()
    };
    if strange > 0 {
        out.warnings
            .push(format!("{strange} scores have an id that no counterfactual has, or are no number: left out"));
    }
    if CLASSES.iter().any(|c| quads.get(c.class).is_none_or(|q| q.len() < LEAST)) {
        out.sentence = "Cannot tell: too few of the counterfactual texts have a score.".into();
        return out;
    }
    if sd == 0.0 {
        out.word = HearingWord::Deaf;
        out.sentence = "All texts have the same score.".into();
        return out;
    }
    let effects: Vec<Replicates> = CLASSES.iter().map(|c| replicates(&quads[c.class], sd)).collect();
    let none = |r: &Replicates| Replicates::of_samples(0.0, vec![0.0; r.samples.len()]);
    let mut told: Vec<(&str, &str, diversity::Difference, usize)> = CLASSES
        .iter()
        .zip(WHAT)
        .zip(&effects)
        .map(|((c, what), r)| (c.class, what, r.minus(&none(r), Pairing::Together), r.samples.len()))
        .collect();
    let apart = |a: usize, b: usize| effects[a].minus(&effects[b], Pairing::Apart);
    let both = |a: usize, b: usize| effects[a].samples.len() + effects[b].samples.len();
    told.push(("remembered_over_new", "remembered rhymes over new ones", apart(0, 1), both(0, 1)));
    told.push(("ear_over_eye", "sound over spelling", apart(2, 3), both(2, 3)));
    let p: Vec<f64> = told.iter().map(|t| t.2.p.unwrap_or(1.0)).collect();
    out.effects = told
        .iter()
        .zip(p.iter().zip(benjamini_hochberg(&p)))
        .map(|((name, what, difference, n), (&p, p_adjusted))| HearingEffect {
            name: (*name).to_owned(),
            what: (*what).to_owned(),
            effect: number(difference.estimate, *n),
            p,
            p_adjusted,
            found: p_adjusted <= FOUND,
        })
        .collect();
    (out.word, out.sentence) = said(&out.effects);
    out
}

/// The effect of each quadruple of words, by class: the mean over its rounds of matched less crossed. And scores that are of
/// no text of ours.
fn quads(scores: &[TextScore]) -> (BTreeMap<&'static str, Vec<f64>>, usize) {
    // class, quadruple, round → matched and crossed: sum and count
    type Round = [(f64, usize); 2];
    let mut rounds: BTreeMap<(&'static str, usize, usize), Round> = BTreeMap::new();
    let mut strange = 0;
    for scored in scores {
        match place(&scored.id).filter(|_| scored.score.is_finite()) {
            Some((class, quad, round, arm)) => {
                let sum = &mut rounds.entry((class, quad, round)).or_default()[arm];
                *sum = (sum.0 + scored.score, sum.1 + 1);
            }
            None => strange += 1,
        }
    }
    let mut by_quad: BTreeMap<(&'static str, usize), Vec<f64>> = BTreeMap::new();
    for ((class, quad, _), [matched, crossed]) in rounds {
        // frames and words cancel only where all four are there
        if matched.1 == 2 && crossed.1 == 2 {
            by_quad.entry((class, quad)).or_default().push((matched.0 - crossed.0) / 2.0);
        }
    }
    let mut out: BTreeMap<&'static str, Vec<f64>> = BTreeMap::new();
    for ((class, _), effects) in by_quad {
        out.entry(class).or_default().push(effects.iter().sum::<f64>() / effects.len() as f64);
    }
    (out, strange)
}

/// What an id says: class, quadruple, round, arm.
fn place(id: &str) -> Option<(&'static str, usize, usize, usize)> {
    let mut parts = id.split('-');
    let class = parts.next()?;
    let class = CLASSES.iter().find(|c| c.class == class)?.class;
    let (quad, round) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let arm = ["matched", "crossed"].iter().position(|arm| Some(*arm) == parts.clone().next())?;
    Some((class, quad, round, arm))
}

fn replicates(effects: &[f64], sd: f64) -> Replicates {
    let (sum, n) = (effects.iter().sum::<f64>(), effects.len() as f64);
    let without = effects.iter().map(|e| (sum - e) / (n - 1.0) / sd).collect();
    Replicates::of_samples(sum / n / sd, without)
}

fn said(effects: &[HearingEffect]) -> (HearingWord, String) {
    let up = |at: usize| effects[at].found && effects[at].effect.value > 0.0;
    let down = |at: usize| effects[at].found && effects[at].effect.value < 0.0;
    let sds = |at: usize| {
        let e = &effects[at].effect;
        let (low, high) = (e.low.unwrap_or(e.value), e.high.unwrap_or(e.value));
        format!("{:+.2} sd [{low:.2}, {high:.2}]", e.value)
    };
    if up(1) && up(2) {
        let more =
            if up(4) { format!(", and pays {} more for pairs that it remembers", sds(4)) } else { String::new() };
        return (
            HearingWord::Hears,
            format!(
                "It hears rhyme: new rhymes score {} where they look alike and {} where they do not{more}.",
                sds(1),
                sds(2)
            ),
        );
    }
    if up(3) && !up(2) {
        return (
            HearingWord::Reads,
            format!(
                "It reads spelling: what looks alike and does not rhyme scores {}, what rhymes and does not look it {}.",
                sds(3),
                sds(2)
            ),
        );
    }
    if up(0) && !up(1) && !up(2) {
        return (
            HearingWord::Remembers,
            format!(
                "It pays for pairs that it remembers ({}), and not for rhymes that are new to it ({} and {}).",
                sds(0),
                sds(1),
                sds(2)
            ),
        );
    }
    if down(0) || down(1) || down(2) {
        let at = (0..3).find(|&at| down(at)).unwrap_or(0);
        return (HearingWord::MarksDown, format!("It marks rhyme down: {} for {}.", sds(at), WHAT[at]));
    }
    if (0..3).any(up) {
        let at = (0..3).find(|&at| up(at)).unwrap_or(0);
        return (HearingWord::Reads, format!("It pays for {} alone: {}.", WHAT[at], sds(at)));
    }
    let most = (0..3).filter_map(|at| effects[at].effect.high).fold(0.0, f64::max);
    (
        HearingWord::Deaf,
        format!("It was not found to tell rhyme from no rhyme; an effect above {most:.2} sd would not fit its scores."),
    )
}

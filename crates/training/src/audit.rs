//! The preference audit: which differences of form does a choice go with?
//!
//! Each pair is the difference of two readings, chosen less rejected, and a logistic regression without a constant says
//! what the choice goes with ([`diversity::logit`]): the prompt, which both texts answer, cancels; length stands in it twice
//! (the logarithm and its square), so that what is longer because it rhymes does not pay for rhyme. Intervals count whole
//! prompts. It is a regression on what was observed: "raters pay for rhyme" says that of two texts alike in all that is
//! measured here the rhymed one is chosen oftener, not that rhyme is why.

mod counterfactual;
mod features;
mod hearing;

use std::hash::{DefaultHasher, Hash, Hasher};

use corpus::{Pair, Text};
use diversity::{Estimate, Groups, LEVEL, benjamini_hochberg, held_out, logit};
use measure::{Number, ReadOptions, Reading, Skipped};
use serde::{Deserialize, Serialize};

pub use counterfactual::{Counterfactual, counterfactuals};
use features::{CURVE, FEATURES, Feature, LENGTH};
pub use hearing::{Hearing, HearingEffect, HearingWord, TextScore, hearing};

/// What a set of preferences pays for (`doggerel.audit/1`).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Audit {
    pub schema: String,
    pub doggerel: String,
    pub seed: u64,
    pub name: String,
    /// Pairs.
    pub n: usize,
    /// Different prompts among them; pairs without one count each for itself.
    pub prompts: usize,
    pub skipped: Vec<Skipped>,
    pub verdict: AuditVerdict,
    /// The strongest first; the two of length, which are controls, last.
    pub features: Vec<Effect>,
    pub left_out: Vec<LeftOutFeature>,
    pub held_out_log_loss: HeldOut,
    pub warnings: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AuditVerdict {
    pub word: AuditWord,
    pub sentence: String,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuditWord {
    #[serde(rename = "pays for form")]
    Form,
    #[serde(rename = "pays for length")]
    Length,
    #[serde(rename = "nothing found")]
    Nothing,
    #[default]
    #[serde(rename = "cannot tell")]
    CannotTell,
}

/// What one feature does to the choice.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    pub name: String,
    /// What a rater pays for, in a reader's words: "rhyme".
    pub what: String,
    /// The step that `weight` and `odds` are of: "yes against no", "twice the words".
    pub unit: String,
    /// Log-odds a step, with its 95 % interval over prompts.
    pub weight: f64,
    pub low: f64,
    pub high: f64,
    pub p: f64,
    /// Adjusted for all features but length (Benjamini & Hochberg 1995).
    pub p_adjusted: f64,
    /// The same as a factor of the odds.
    pub odds: Number,
    /// Means over the chosen and the rejected texts, in steps.
    pub chosen: f64,
    pub rejected: f64,
    /// Pairs in which the two texts differ in it.
    pub differ: usize,
    pub found: bool,
    /// Length: controlled, and not among what is looked for.
    pub control: bool,
}

/// A feature that has no weight of its own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LeftOutFeature {
    pub name: String,
    /// Pairs that differ in it: mostly too few.
    pub differ: usize,
    /// The feature that it always goes with in these pairs, where that is why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as: Option<String>,
}

/// Mean −ln P(chosen) of pairs of prompts that the weights were not fitted to; a guess has ln 2 = 0.693.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HeldOut {
    pub all: Number,
    pub length_only: Number,
    /// `all` less `length_only`: below 0 where form tells something that length does not.
    pub difference: Number,
}

/// The features of one text with their names; that of squared length is 0, since it needs the mean over all texts.
#[must_use]
pub fn audit_features(reading: &Reading) -> Vec<(&'static str, f64)> {
    FEATURES.iter().map(|feature| feature.name).zip(features::of(reading)).collect()
}

/// Pairs that must differ in a feature, so that it has a weight.
const LEAST_DIFFER: usize = 20;
/// Pairs and prompts under which nothing is said.
const LEAST_PAIRS: usize = 50;
const LEAST_PROMPTS: usize = 10;
/// Adjusted p at which a feature counts as found.
const FOUND: f64 = 0.05;
/// Correlation of two features' differences from which their weights are hardly told apart.
const ALIKE: f64 = 0.9;
/// Correlation from which two features are one in these pairs, and the first stands for both.
const SAME: f64 = 0.98;
const FOLDS: usize = 20;

/// Reads pairs as they come, and keeps figures only.
#[derive(Debug, Clone, Default)]
pub struct Auditor {
    /// The features of the chosen and of the rejected text, pair after pair.
    rows: Vec<[f64; FEATURES.len()]>,
    /// The hash of each pair's prompt: eight bytes, however long it is.
    prompts: Vec<u64>,
    /// Pairs that name no prompt.
    unasked: u64,
}

impl Auditor {
    #[must_use]
    pub fn new() -> Auditor {
        Auditor::default()
    }

    /// Reads pairs, on all threads.
    pub fn add(&mut self, pairs: &[Pair]) {
        let text = |pair: &Pair, text: &str| Text { prompt: pair.prompt.clone(), ..Text::new("", text) };
        let texts: Vec<Text> = pairs.iter().flat_map(|p| [text(p, &p.chosen), text(p, &p.rejected)]).collect();
        let readings = measure::read(&texts, &ReadOptions::default());
        for (pair, read) in pairs.iter().zip(readings.chunks_exact(2)) {
            self.add_read(pair.prompt.as_deref(), &read[0], &read[1]);
        }
    }

    /// One pair whose texts have been read.
    pub fn add_read(&mut self, prompt: Option<&str>, chosen: &Reading, rejected: &Reading) {
        self.rows.extend([features::of(chosen), features::of(rejected)]);
        let key = match prompt {
            Some(prompt) => hash(&prompt),
            None => {
                self.unasked += 1;
                hash(&("no prompt", self.unasked))
            }
        };
        self.prompts.push(key);
    }

    /// Pairs read so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.prompts.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.prompts.is_empty()
    }

    /// What the pairs say. `skipped` are the records that were none.
    #[must_use]
    pub fn audit(&self, name: &str, skipped: &[corpus::Skipped], seed: u64) -> Audit {
        let table = Table::of(&self.rows);
        let groups = Groups::of_keys(self.prompts.iter().copied());
        let (kept, left_out) = table.kept();
        let names: Vec<&Feature> = kept.iter().map(|&k| &FEATURES[k]).collect();
        let mut audit = Audit {
            schema: "doggerel.audit/1".into(),
            doggerel: env!("CARGO_PKG_VERSION").into(),
            seed,
            name: name.to_owned(),
            n: table.n,
            prompts: groups.count(),
            skipped: skipped.iter().map(same_skipped).collect(),
            left_out,
            ..Audit::default()
        };
        if table.n < LEAST_PAIRS || groups.count() < LEAST_PROMPTS {
            audit.verdict = cannot_tell(&audit);
            return audit;
        }
        let pairs = table.differences(&kept);
        let fitted = logit(&pairs, &groups);
        let tested: Vec<usize> = (0..kept.len()).filter(|&k| !names[k].control).collect();
        let adjusted = benjamini_hochberg(&tested.iter().map(|&k| fitted.p[k]).collect::<Vec<f64>>());
        audit.features = (0..kept.len())
            .map(|k| {
                let place = tested.iter().position(|t| *t == k);
                let p_adjusted = place.map_or(fitted.p[k], |at| adjusted[at]);
                table.effect(kept[k], fitted.weights[k], fitted.p[k], p_adjusted)
            })
            .collect();
        audit.features.sort_by(|a, b| a.control.cmp(&b.control).then(strength(b).total_cmp(&strength(a))));
        let lengths: Vec<usize> = (0..kept.len()).filter(|&k| names[k].control).collect();
        let all: Vec<usize> = (0..kept.len()).collect();
        let loss = held_out(&pairs, &[&lengths, &all], &groups.folds(FOLDS, seed));
        let number = |e: Estimate| number(e, table.n);
        audit.held_out_log_loss =
            HeldOut { length_only: number(loss[0].0), all: number(loss[1].0), difference: number(loss[1].1) };
        let twins = audit.left_out.iter().filter_map(|l| Some((l.name.as_str(), l.same_as.as_deref()?)));
        let what = |name: &str| FEATURES.iter().find(|f| f.name == name).map_or("", |f| f.what);
        let twins = twins.map(|(out, kept)| {
            format!(
                "{} goes with {} in all of these pairs: what is said of the one may be due to the other",
                what(out),
                what(kept)
            )
        });
        audit.warnings = twins.chain(self.warnings(&table, &kept)).collect();
        audit.verdict = verdict(&audit);
        audit
    }

    fn warnings(&self, table: &Table, kept: &[usize]) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.unasked > 0 {
            warnings.push(format!(
                "{} of {} pairs name no prompt: each counts for itself, so intervals may be too narrow",
                self.unasked, table.n
            ));
        }
        let tested: Vec<usize> = kept.iter().copied().filter(|&k| !FEATURES[k].control).collect();
        for (i, &a) in tested.iter().enumerate() {
            for &b in &tested[i + 1..] {
                let r = table.correlation(a, b);
                if r.abs() >= ALIKE {
                    warnings.push(format!(
                        "{} and {} go together in these pairs (r = {r:.2}): their weights are hardly told apart",
                        FEATURES[a].what, FEATURES[b].what
                    ));
                }
            }
        }
        warnings
    }
}

fn hash(key: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

fn same_skipped(s: &corpus::Skipped) -> Skipped {
    Skipped { reason: s.reason.clone(), n: s.n, at: s.at.clone() }
}

fn strength(e: &Effect) -> f64 {
    let se = (e.high - e.low).max(1e-12);
    (e.weight / se).abs()
}

fn number(e: Estimate, n: usize) -> Number {
    let interval = e.has_interval().then_some((e.low, e.high));
    Number {
        value: e.value,
        low: interval.map(|i| i.0),
        high: interval.map(|i| i.1),
        level: interval.map(|_| LEVEL),
        n,
        ..Number::default()
    }
}

/// The features of all texts, those of a pair side by side.
struct Table {
    n: usize,
    /// Chosen and rejected by turns.
    rows: Vec<[f64; FEATURES.len()]>,
}

impl Table {
    fn of(rows: &[[f64; FEATURES.len()]]) -> Table {
        let mut rows = rows.to_vec();
        // Squares of centred lengths: as a square of the whole it would be the same column again.
        let centre = rows.iter().map(|r| r[LENGTH]).sum::<f64>() / rows.len().max(1) as f64;
        rows.iter_mut().for_each(|r| r[CURVE] = (r[LENGTH] - centre).powi(2));
        Table { n: rows.len() / 2, rows }
    }

    fn difference(&self, i: usize, k: usize) -> f64 {
        self.rows[2 * i][k] - self.rows[2 * i + 1][k]
    }

    fn differ(&self, k: usize) -> usize {
        (0..self.n).filter(|&i| self.difference(i, k) != 0.0).count()
    }

    /// Features that enough pairs differ in, and the others.
    fn kept(&self) -> (Vec<usize>, Vec<LeftOutFeature>) {
        let (mut kept, mut out): (Vec<usize>, Vec<LeftOutFeature>) = (Vec::new(), Vec::new());
        for (k, feature) in FEATURES.iter().enumerate() {
            let differ = self.differ(k);
            let twin = kept.iter().find(|&&other| self.correlation(other, k).abs() >= SAME);
            if differ >= LEAST_DIFFER && twin.is_none() {
                kept.push(k);
            } else {
                let same_as = twin.filter(|_| differ >= LEAST_DIFFER).map(|&twin| FEATURES[twin].name.to_owned());
                out.push(LeftOutFeature { name: feature.name.into(), differ, same_as });
            }
        }
        (kept, out)
    }

    fn differences(&self, kept: &[usize]) -> diversity::Pairs {
        let data = (0..self.n).flat_map(|i| kept.iter().map(move |&k| self.difference(i, k))).collect();
        diversity::Pairs::new(data, kept.len().max(1))
    }

    fn correlation(&self, a: usize, b: usize) -> f64 {
        let sums = (0..self.n).fold([0.0; 3], |[ab, aa, bb], i| {
            let (x, y) = (self.difference(i, a), self.difference(i, b));
            [ab + x * y, aa + x * x, bb + y * y]
        });
        sums[0] / (sums[1] * sums[2]).sqrt().max(1e-300)
    }

    fn effect(&self, k: usize, weight: Estimate, p: f64, p_adjusted: f64) -> Effect {
        let mean = |side: usize| self.rows.iter().skip(side).step_by(2).map(|r| r[k]).sum::<f64>() / self.n as f64;
        let feature = &FEATURES[k];
        let differ = self.differ(k);
        Effect {
            name: feature.name.into(),
            what: feature.what.into(),
            unit: feature.unit.into(),
            weight: weight.value,
            low: weight.low,
            high: weight.high,
            p,
            p_adjusted,
            odds: number(weight.map(f64::exp), differ),
            chosen: mean(0),
            rejected: mean(1),
            differ,
            found: p_adjusted <= FOUND,
            control: feature.control,
        }
    }
}

fn cannot_tell(audit: &Audit) -> AuditVerdict {
    let sentence = format!(
        "Cannot tell from {} pairs of {} prompts: give {LEAST_PAIRS} pairs of {LEAST_PROMPTS} prompts at least.",
        audit.n, audit.prompts
    );
    AuditVerdict { word: AuditWord::CannotTell, sentence }
}

/// Features that the sentence names.
const NAMED: usize = 3;

fn verdict(audit: &Audit) -> AuditVerdict {
    let found = |up: bool| -> Vec<&Effect> {
        audit.features.iter().filter(|e| e.found && !e.control && (e.weight > 0.0) == up).collect()
    };
    let (pays, against) = (found(true), found(false));
    let rest = format!("length and prompt controlled, {} pairs of {} prompts", audit.n, audit.prompts);
    let length = audit.features.iter().find(|e| e.name == FEATURES[LENGTH].name);
    if pays.is_empty() && against.is_empty() {
        let (word, what) = match length {
            Some(e) if e.found => {
                let side = if e.weight > 0.0 { "longer" } else { "shorter" };
                (
                    AuditWord::Length,
                    format!(
                        "Raters choose the {side} text ({}), and nothing of form was found to move the choice",
                        odds(e)
                    ),
                )
            }
            _ => (AuditWord::Nothing, "Nothing of form was found to move the choice, nor length".to_owned()),
        };
        return AuditVerdict { word, sentence: format!("{what}; {} pairs of {} prompts.", audit.n, audit.prompts) };
    }
    let list = |effects: &[&Effect]| {
        let mut named: Vec<String> = effects.iter().take(NAMED).map(|e| format!("{} ({})", e.what, odds(e))).collect();
        if effects.len() > NAMED {
            named.push(format!("{} more", effects.len() - NAMED));
        }
        joined(&named)
    };
    let what = match (pays.is_empty(), against.is_empty()) {
        (false, true) => format!("Raters pay for {}", list(&pays)),
        (true, _) => format!("Raters mark down {}", list(&against)),
        (false, false) => format!("Raters pay for {}, and mark down {}", list(&pays), list(&against)),
    };
    AuditVerdict { word: AuditWord::Form, sentence: format!("{what}; {rest}.") }
}

fn odds(e: &Effect) -> String {
    let digits = if e.odds.value < 10.0 { 2 } else { 0 };
    let (low, high) = (e.odds.low.unwrap_or(e.odds.value), e.odds.high.unwrap_or(e.odds.value));
    let step = if e.unit == features::YES { String::new() } else { format!(", {}", e.unit) };
    format!("odds × {:.digits$} [{low:.digits$}, {high:.digits$}]{step}", e.odds.value)
}

/// "a, b and c".
fn joined(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests;

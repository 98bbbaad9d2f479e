//! The pages of what preferences pay for, and of what a reward model thinks of rhyme: an interval a row.

use std::io::Write;

use serde::Serialize;
use training::{Audit, AuditWord, Hearing, HearingWord};

use super::{Fact, Html, opening, still_page};
use crate::Error;
use crate::number::{Scale, count, probability, written};
use crate::terminal::{audit_label, audit_word, hearing_word, held_out};

const TEMPLATE: &str = concat!(include_str!("../../assets/parts.html"), include_str!("../../assets/audit.html"));
/// Width of the picture of an interval.
const WIDE: f64 = 240.0;
/// Log-odds at either end of the picture at most.
const MOST: f64 = 3.0;

#[derive(Serialize)]
struct Page {
    title: String,
    kicker: String,
    word: String,
    tone: &'static str,
    sentence: String,
    facts: Vec<Fact>,
    heading: &'static str,
    lead: &'static str,
    value_head: &'static str,
    extra_heads: Vec<&'static str>,
    rows: Vec<Row>,
    middle: f64,
    wide: f64,
    notes: Vec<String>,
    warnings: Vec<String>,
    glossary: Vec<Fact>,
    again: Option<String>,
    version: String,
}

#[derive(Serialize)]
struct Row {
    name: String,
    value: String,
    interval: String,
    at: f64,
    from: f64,
    to: f64,
    p: String,
    found: bool,
    control: bool,
    extra: Vec<String>,
}

/// A place on a line from −reach to reach.
fn place(x: f64, reach: f64) -> f64 {
    let share = (x / reach).clamp(-1.0, 1.0);
    ((share + 1.0) / 2.0 * WIDE * 10.0).round() / 10.0
}

fn fact(name: &str, text: impl Into<String>) -> Fact {
    Fact { name: name.into(), text: text.into() }
}

impl Html {
    /// Writes the page of a preference audit.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn audit(&self, audit: &Audit, out: &mut dyn Write) -> Result<(), Error> {
        let reach = audit.features.iter().map(|e| e.low.abs().max(e.high.abs())).fold(0.1, f64::max).min(MOST);
        let rows = audit.features.iter().map(|e| {
            let figure = written(&e.odds, Scale::Plain);
            Row {
                name: audit_label(e),
                value: figure.value,
                interval: figure.interval.unwrap_or_default(),
                at: place(e.weight, reach),
                from: place(e.low, reach),
                to: place(e.high, reach),
                p: probability(e.p_adjusted),
                found: e.found && !e.control,
                control: e.control,
                extra: vec![format!("{:.2}", e.chosen), format!("{:.2}", e.rejected), count(e.differ)],
            }
        });
        let mut facts = vec![
            fact("Pairs", count(audit.n)),
            fact("Prompts", count(audit.prompts)),
            fact("Seed", audit.seed.to_string()),
        ];
        facts.extend(self.date.clone().map(|text| fact("Measured", text)));
        let skipped: usize = audit.skipped.iter().map(|s| s.n).sum();
        if skipped > 0 {
            facts.push(fact("Skipped", count(skipped)));
        }
        let mut notes = Vec::new();
        if !audit.features.is_empty() {
            notes.push(format!("Held out: {}.", held_out(audit)));
        }
        let left: Vec<&str> = audit.left_out.iter().map(|l| l.name.as_str()).collect();
        if !left.is_empty() && !audit.features.is_empty() {
            notes.push(format!(
                "Left out, since too few pairs differ in them or another stands for them: {}.",
                left.join(", ")
            ));
        }
        let page = Page {
            title: audit.name.clone(),
            kicker: format!("{} pairs of {} prompts", count(audit.n), count(audit.prompts)),
            word: opening(audit_word(audit.verdict.word)),
            tone: match audit.verdict.word {
                AuditWord::Form | AuditWord::Length => "bad",
                AuditWord::Nothing => "good",
                AuditWord::CannotTell => "open",
            },
            sentence: audit.verdict.sentence.clone(),
            facts,
            heading: "What does the choice go with?",
            lead: "The factor by which the odds of being chosen change, all else that is measured here being equal. A line is the 95 % interval over prompts; the middle is a factor of 1.",
            value_head: "odds ×",
            extra_heads: vec!["chosen", "rejected", "pairs that differ"],
            rows: rows.collect(),
            middle: place(0.0, reach),
            wide: WIDE,
            notes,
            warnings: audit.warnings.clone(),
            glossary: vec![
                fact(
                    "Model",
                    "A logistic regression of the choice on the differences between the two texts, without a constant (McFadden 1974): what both texts share, the prompt above all, cancels. Length stands in it twice, as a logarithm and its square.",
                ),
                fact(
                    "Intervals",
                    "By the jackknife over whole prompts, so that many pairs of one prompt count as what they are.",
                ),
                fact("Found", "p at most 0.05, adjusted for all features but length (Benjamini & Hochberg 1995)."),
                fact(
                    "Not causes",
                    "Of two texts alike in all that is measured the one is chosen oftener; that does not say why.",
                ),
            ],
            again: self.again.clone(),
            version: audit.doggerel.clone(),
        };
        still_page(TEMPLATE, &page, out)
    }

    /// Writes the page of what a reward model thinks of rhyme.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn hearing(&self, hearing: &Hearing, out: &mut dyn Write) -> Result<(), Error> {
        let ends = hearing.effects.iter().flat_map(|e| [e.effect.low, e.effect.high, Some(e.effect.value)]);
        let reach = ends.flatten().map(f64::abs).fold(0.1, f64::max);
        let rows = hearing.effects.iter().map(|e| {
            let figure = written(&e.effect, Scale::Plain);
            let value = e.effect.value;
            Row {
                name: e.what.clone(),
                value: figure.value,
                interval: figure.interval.unwrap_or_default(),
                at: place(value, reach),
                from: place(e.effect.low.unwrap_or(value), reach),
                to: place(e.effect.high.unwrap_or(value), reach),
                p: probability(e.p_adjusted),
                found: e.found,
                control: false,
                extra: vec![count(e.effect.n)],
            }
        });
        let mut facts = vec![fact("Texts scored", count(hearing.n)), fact("Seed", hearing.seed.to_string())];
        facts.extend(self.date.clone().map(|text| fact("Measured", text)));
        let page = Page {
            title: hearing.name.clone(),
            kicker: format!("{} texts scored", count(hearing.n)),
            word: opening(hearing_word(hearing.word)),
            tone: match hearing.word {
                HearingWord::Hears => "good",
                HearingWord::CannotTell => "open",
                _ => "bad",
            },
            sentence: hearing.sentence.clone(),
            facts,
            heading: "What does it pay for?",
            lead: "How much better the same poem scores when its end words match, in standard deviations of all scores. A line is the 95 % interval over quadruples of words; the middle is no difference.",
            value_head: "sd",
            extra_heads: vec!["quadruples"],
            rows: rows.collect(),
            middle: place(0.0, reach),
            wide: WIDE,
            notes: Vec::new(),
            warnings: hearing.warnings.clone(),
            glossary: vec![
                fact(
                    "Matched and crossed",
                    "Two quatrains with two pairs of end words: each with a pair (light/night, brick/stick), and each with halves of both (light/stick, brick/night). Every poem and every word stands in both, the words in the same line, so that only the pairing differs.",
                ),
                fact("Intervals", "Student's t over quadruples of words, each seen in several poems."),
                fact("Found", "p at most 0.05, adjusted for all of these (Benjamini & Hochberg 1995)."),
            ],
            again: self.again.clone(),
            version: hearing.doggerel.clone(),
        };
        still_page(TEMPLATE, &page, out)
    }
}

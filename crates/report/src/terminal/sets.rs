//! Two or more sets against each other, in a terminal.

use std::io::Write;

use anstyle::AnsiColor;
use measure::{ExclusiveMode, Number, SetComparison, SetDifference, more_is_varied};

use super::{Terminal, padded};
use crate::Error;
use crate::number::{count, probability, written};
use crate::text::{one_line, width, wrap};
use crate::words::{self, measure_name, scale_of};

/// Columns of a set's figure, and of the longest name of a measure.
const FIGURE: usize = 19;
const NAME: usize = 24;
/// Measures of the portrait, and modes, that are shown; the page and the JSON have them all.
const PORTRAIT: usize = 6;
const MODES: usize = 6;

impl Terminal {
    /// Writes what sets were found to differ in.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn sets(&self, comparison: &SetComparison, out: &mut dyn Write) -> Result<(), Error> {
        let mut lines = Vec::new();
        let names: Vec<String> = comparison.sets.iter().map(|s| one_line(&s.name, 30)).collect();
        let against = match &comparison.reference {
            Some(reference) if reference.people => format!(" against people ({})", words::reference(reference)),
            Some(reference) => format!(" against {}", words::reference(reference)),
            None => String::new(),
        };
        let sizes: Vec<String> =
            names.iter().zip(&comparison.sets).map(|(name, s)| format!("{name} ({})", count(s.n))).collect();
        let head = format!("{}{against}", sizes.join(" · "));
        lines.extend(wrap(&head, self.width - 1).into_iter().map(|line| format!(" {line}")));
        lines.push(String::new());
        let colour = match comparison.verdict.word.as_str() {
            "less varied" => AnsiColor::Red,
            "more varied" => AnsiColor::Green,
            "no difference told" => AnsiColor::Cyan,
            _ => AnsiColor::Yellow,
        };
        self.headline(&comparison.verdict.word.to_uppercase(), colour, &comparison.verdict.sentence, &mut lines);
        if comparison.sets.len() == 2 {
            self.two(comparison, &names, &mut lines);
        } else {
            self.many(comparison, &mut lines);
        }
        self.exclusive(comparison, &mut lines);
        self.closing(&comparison.warnings, &mut lines);
        self.put(lines, out)
    }

    /// Both figures and their difference, a measure a line.
    fn two(&self, comparison: &SetComparison, names: &[String], lines: &mut Vec<String>) {
        let shown = shown(comparison);
        if shown.is_empty() {
            return;
        }
        lines.push(self.quiet(&format!(
            " {:NAME$}  {}  {}  difference or ratio × (≈ a tie)",
            "",
            padded(&one_line(&names[0], FIGURE), FIGURE),
            padded(&one_line(&names[1], FIGURE), FIGURE)
        )));
        for d in shown {
            let figure = |i: usize| {
                comparison.sets[i].measures.get(&d.measure).map(|n| figure(&d.measure, n)).unwrap_or_default()
            };
            let line = format!(
                " {}  {}  {}  {}",
                padded(&one_line(&measure_name(&d.measure), NAME), NAME),
                padded(&figure(0), FIGURE),
                padded(&figure(1), FIGURE),
                difference(d)
            );
            lines.push(one_line_kept(&line, self.width));
        }
        lines.push(String::new());
        // what length alone may make: the same where all sets have one spread of lengths
        let matched = |d: &&SetDifference| words::at_matched_lengths(comparison, d).cloned();
        let spread: Vec<String> = shown_of_spread(comparison)
            .iter()
            .filter_map(matched)
            .map(|d| format!("{} {}", measure_name(&d.measure), difference(&d)))
            .collect();
        let spread = spread.join("; ");
        for (i, line) in wrap(&spread, self.width.saturating_sub(super::MARGIN + 1)).iter().enumerate() {
            self.item(lines, if i == 0 && !spread.is_empty() { "Lengths" } else { "" }, line);
        }
        if !spread.is_empty() {
            self.item(lines, "", "(the same after thinning both sets to one spread of lengths)");
        }
    }

    /// A ranking a measure; ties have the same span of ranks.
    fn many(&self, comparison: &SetComparison, lines: &mut Vec<String>) {
        for ranking in &comparison.ranking {
            lines.push(self.quiet(&format!(" {}", measure_name(&ranking.measure))));
            for set in &ranking.sets {
                let number = comparison.sets.iter().find(|s| s.name == set.name);
                let number = number.and_then(|s| s.measures.get(&ranking.measure));
                let span =
                    if set.first == set.last { set.first.to_string() } else { format!("{}–{}", set.first, set.last) };
                let figure = number.map(|n| figure(&ranking.measure, n)).unwrap_or_default();
                lines.push(format!(" {}  {}  {figure}", padded(&span, 5), padded(&one_line(&set.name, NAME), NAME)));
            }
            lines.push(String::new());
        }
    }

    fn exclusive(&self, comparison: &SetComparison, lines: &mut Vec<String>) {
        for (i, mode) in comparison.modes.iter().take(MODES).enumerate() {
            for (j, line) in wrap(&exclusive(mode), self.width.saturating_sub(super::MARGIN + 1)).iter().enumerate() {
                self.item(lines, if i + j == 0 { "Modes" } else { "" }, line);
            }
        }
        if comparison.modes.len() > MODES {
            self.item(lines, "", &format!("further modes in --json: {}", comparison.modes.len() - MODES));
        }
    }
}

/// "tuned.jsonl has common metre, 34 % [25, 44]; base.jsonl 2 %: ids a, b, c".
fn exclusive(mode: &ExclusiveMode) -> String {
    let share = written(&mode.share, crate::number::Scale::Share);
    let other = written(&mode.share_of_other, crate::number::Scale::Share);
    let ids: Vec<String> = mode.samples.iter().take(3).map(|id| one_line(id, 30)).collect();
    format!(
        "{} has {} {} {}, {} {}: {}",
        one_line(&mode.has, 30),
        one_line(&mode.label, 80),
        share.value,
        share.interval.unwrap_or_default(),
        one_line(&mode.lacks, 30),
        other.value,
        ids.join(", ")
    )
}

/// D, kinds and reach: what is stated again at matched lengths.
fn shown_of_spread(comparison: &SetComparison) -> Vec<&SetDifference> {
    let spread = |d: &&SetDifference| [".D", ".E", ".reach"].iter().any(|end| d.measure.ends_with(end));
    shown(comparison).into_iter().filter(spread).collect()
}

/// The measures of two sets that are worth a line: all that speak of variety, and what the portraits differ in most clearly.
fn shown(comparison: &SetComparison) -> Vec<&SetDifference> {
    let mut variety: Vec<&SetDifference> =
        comparison.differences.iter().filter(|d| more_is_varied(&d.measure).is_some()).collect();
    variety.sort_by_key(|d| words::place(&d.measure));
    let mut portrait: Vec<&SetDifference> = comparison
        .differences
        .iter()
        .filter(|d| d.told && more_is_varied(&d.measure).is_none() && d.measure.ends_with("_share"))
        .collect();
    portrait.sort_by(|a, b| b.number.value.abs().total_cmp(&a.number.value.abs()));
    variety.extend(portrait.into_iter().take(PORTRAIT));
    variety
}

fn figure(measure: &str, number: &Number) -> String {
    let written = written(number, scale_of(measure));
    [Some(written.value), written.interval].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn difference(d: &SetDifference) -> String {
    let scale = if d.kind == "ratio" { crate::number::Scale::Plain } else { scale_of(&d.measure) };
    let written = written(&d.number, scale);
    let sign = if d.kind == "ratio" {
        "×"
    } else if d.number.value > 0.0 {
        "+"
    } else {
        ""
    };
    let p = d.p_adjusted.map(|p| format!("  {}", probability(p)));
    let tie = if d.told { "" } else { "≈" };
    format!("{tie}{sign}{} {}{}", written.value, written.interval.unwrap_or_default(), p.unwrap_or_default())
}

/// Cut to the width of the terminal without losing the spaces that align it.
fn one_line_kept(line: &str, most: usize) -> String {
    if width(line) <= most {
        return line.to_owned();
    }
    let mut out = String::new();
    for c in line.chars() {
        if width(&out) + 2 > most {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

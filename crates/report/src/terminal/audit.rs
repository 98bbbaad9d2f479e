//! What preferences pay for, in a terminal.

use std::io::Write;

use anstyle::AnsiColor;
use training::{Audit, AuditWord, Effect, Hearing, HearingWord};

use super::{Terminal, padded};
use crate::Error;
use crate::number::{Scale, count, probability, written};
use crate::text::{one_line, width, wrap};

/// Columns of the picture of an interval.
const PICTURE: usize = 25;

impl Terminal {
    /// Writes what a set of preferences pays for.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn audit(&self, audit: &Audit, out: &mut dyn Write) -> Result<(), Error> {
        let mut lines = Vec::new();
        let head =
            format!("{} · {} pairs of {} prompts", one_line(&audit.name, 50), count(audit.n), count(audit.prompts));
        lines.extend(wrap(&head, self.width - 1).into_iter().map(|line| format!(" {line}")));
        lines.push(String::new());
        self.headline(
            &word(audit.verdict.word).to_uppercase(),
            colour(audit.verdict.word),
            &audit.verdict.sentence,
            &mut lines,
        );
        self.effects(&audit.features, &mut lines);
        if !audit.features.is_empty() {
            self.item(&mut lines, "Held out", &held_out(audit));
        }
        let left: Vec<String> = audit
            .left_out
            .iter()
            .map(|l| match &l.same_as {
                Some(other) => format!("{} (goes with {other})", l.name),
                None => format!("{} ({} pairs differ)", l.name, l.differ),
            })
            .collect();
        if !left.is_empty() && !audit.features.is_empty() {
            let text = left.join(", ");
            for (i, line) in wrap(&text, self.width.saturating_sub(super::MARGIN + 1)).iter().enumerate() {
                self.item(&mut lines, if i == 0 { "Left out" } else { "" }, line);
            }
        }
        self.closing(&audit.warnings, &mut lines);
        self.put(lines, out)
    }

    fn effects(&self, effects: &[Effect], lines: &mut Vec<String>) {
        if effects.is_empty() {
            return;
        }
        let figures: Vec<_> = effects.iter().map(|e| written(&e.odds, Scale::Plain)).collect();
        let names = effects.iter().map(|e| width(&label(e))).max().unwrap_or(0);
        let intervals =
            figures.iter().map(|f| width(f.interval.as_deref().unwrap_or_default())).max().unwrap_or(0).max(13);
        let values = figures.iter().map(|f| width(&f.value)).max().unwrap_or(0).max(6);
        let reach = effects.iter().map(|e| e.low.abs().max(e.high.abs())).fold(0.1, f64::max).min(3.0);
        let picture = padded("less ·   odds ×   · more", PICTURE);
        lines.push(self.quiet(&format!(
            " {:names$}  {:values$}  {:intervals$}  {picture}  chosen  rejected  {:>7}  adjusted",
            "", "odds ×", "95 % interval", "differ"
        )));
        for (e, f) in effects.iter().zip(&figures) {
            let told = if e.found && !e.control { "*" } else { " " };
            lines.push(format!(
                " {}  {}  {}  {}  {:>6.2}  {:>8.2}  {:>7}  {}{told}",
                padded(&label(e), names),
                padded(&f.value, values),
                padded(f.interval.as_deref().unwrap_or_default(), intervals),
                interval(e.weight, e.low, e.high, reach),
                e.chosen,
                e.rejected,
                count(e.differ),
                probability(e.p_adjusted),
            ));
        }
        lines.push(self.quiet(" * found: p ≤ 0.05, adjusted for all of these but length"));
        lines.push(String::new());
    }

    /// Writes what a reward model thinks of rhyme.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn hearing(&self, hearing: &Hearing, out: &mut dyn Write) -> Result<(), Error> {
        let mut lines =
            vec![format!(" {} · {} texts scored", one_line(&hearing.name, 50), count(hearing.n)), String::new()];
        self.headline(
            &hearing_word(hearing.word).to_uppercase(),
            hearing_colour(hearing.word),
            &hearing.sentence,
            &mut lines,
        );
        let names = hearing.effects.iter().map(|e| width(&e.what)).max().unwrap_or(0);
        let reach = hearing
            .effects
            .iter()
            .flat_map(|e| [e.effect.low, e.effect.high])
            .flatten()
            .map(f64::abs)
            .fold(0.1, f64::max);
        if !hearing.effects.is_empty() {
            let title = "matched less crossed, in sd of scores";
            lines.push(self.quiet(&format!(" {:names$}  {title}", "")));
        }
        for e in &hearing.effects {
            let figure = written(&e.effect, Scale::Plain);
            let (low, high) = (e.effect.low.unwrap_or(e.effect.value), e.effect.high.unwrap_or(e.effect.value));
            lines.push(format!(
                " {}  {:>6} {}  {}  {}{}",
                padded(&e.what, names),
                figure.value,
                padded(figure.interval.as_deref().unwrap_or_default(), 15),
                interval(e.effect.value, low, high, reach),
                probability(e.p_adjusted),
                if e.found { "*" } else { " " }
            ));
        }
        if !hearing.effects.is_empty() {
            lines.push(self.quiet(" * found: p ≤ 0.05, adjusted for all of these"));
            lines.push(String::new());
        }
        self.closing(&hearing.warnings, &mut lines);
        self.put(lines, out)
    }
}

/// "regular metre (each tenth)".
pub(crate) fn label(e: &Effect) -> String {
    match e.unit.as_str() {
        "yes against no" => e.what.clone(),
        unit => format!("{} ({unit})", e.what),
    }
}

pub(crate) fn held_out(audit: &Audit) -> String {
    let loss = &audit.held_out_log_loss;
    let all = written(&loss.all, Scale::Plain);
    let alone = written(&loss.length_only, Scale::Plain);
    let difference = written(&loss.difference, Scale::Plain);
    format!(
        "log-loss {} with form, {} by length alone (a guess has 0.693): difference {} {}",
        all.value,
        alone.value,
        difference.value,
        difference.interval.unwrap_or_default()
    )
}

/// An interval on a line from −reach to reach with its middle marked.
fn interval(value: f64, low: f64, high: f64, reach: f64) -> String {
    let middle = (PICTURE / 2) as f64;
    let at = |x: f64| ((x / reach).clamp(-1.0, 1.0) * middle + middle).round() as usize;
    let mut cells = vec![' '; PICTURE];
    cells[PICTURE / 2] = '·';
    for cell in &mut cells[at(low)..=at(high)] {
        *cell = '─';
    }
    cells[at(value)] = '■';
    cells.into_iter().collect()
}

pub(crate) fn word(word: AuditWord) -> &'static str {
    match word {
        AuditWord::Form => "pays for form",
        AuditWord::Length => "pays for length",
        AuditWord::Nothing => "nothing found",
        AuditWord::CannotTell => "cannot tell",
    }
}

fn colour(word: AuditWord) -> AnsiColor {
    match word {
        AuditWord::Form | AuditWord::Length => AnsiColor::Yellow,
        AuditWord::Nothing => AnsiColor::Green,
        AuditWord::CannotTell => AnsiColor::Cyan,
    }
}

pub(crate) fn hearing_word(word: HearingWord) -> &'static str {
    match word {
        HearingWord::Hears => "hears rhyme",
        HearingWord::Remembers => "remembers pairs",
        HearingWord::Reads => "reads spelling",
        HearingWord::MarksDown => "marks rhyme down",
        HearingWord::Deaf => "does not hear rhyme",
        HearingWord::CannotTell => "cannot tell",
    }
}

fn hearing_colour(word: HearingWord) -> AnsiColor {
    match word {
        HearingWord::Hears => AnsiColor::Green,
        HearingWord::CannotTell => AnsiColor::Cyan,
        _ => AnsiColor::Yellow,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_stay_in_their_picture() {
        let wide = interval(0.5, -9.0, 9.0, 1.0);
        assert_eq!(wide.chars().count(), PICTURE);
        assert!(!wide.contains(' ') && wide.contains('■'));
        let right = interval(0.8, 0.6, 1.0, 1.0);
        assert!(right.starts_with(&" ".repeat(PICTURE / 2)) && right.contains('·'));
    }

    #[test]
    fn a_stranger_s_name_moves_no_cursor() {
        let audit = Audit { name: "\u{1b}[2Jpairs".into(), warnings: vec!["\u{202e}".into()], ..Audit::default() };
        let mut out = Vec::new();
        Terminal::default().audit(&audit, &mut out).expect("writes");
        let out = String::from_utf8(out).expect("text");
        assert!(!out.contains('\u{1b}') && !out.contains('\u{202e}'), "{out:?}");
    }
}

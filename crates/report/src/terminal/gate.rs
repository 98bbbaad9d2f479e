//! A gate's answer, in a terminal.

use std::io::Write;

use anstyle::AnsiColor;
use measure::{Gate, Outcome};

use super::{MARGIN, Terminal, padded};
use crate::Error;
use crate::number::{count, written};
use crate::text::{one_line, wrap};
use crate::words::{outcome, scale_of};

impl Terminal {
    /// Writes a gate's answer.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn gate(&self, gate: &Gate, out: &mut dyn Write) -> Result<(), Error> {
        let mut lines = Vec::new();
        let head = format!(
            "{} ({} texts) against {} ({} texts)",
            one_line(&gate.samples.name, 40),
            count(gate.samples.n),
            one_line(&gate.base.name, 40),
            count(gate.base.n)
        );
        lines.extend(wrap(&head, self.width - 1).into_iter().map(|line| format!(" {line}")));
        lines.push(String::new());
        self.headline(&outcome(gate.outcome).to_uppercase(), colour(gate.outcome), &gate.sentence, &mut lines);
        for (i, rule) in gate.rules.iter().enumerate() {
            let figure = written(&rule.number, scale_of(&rule.measure));
            let bounds = figure.interval.map(|i| format!("{} {i}", figure.value)).unwrap_or_default();
            let line = format!("{}  {bounds}  {}", padded(&one_line(&rule.rule, 24), 24), outcome(rule.outcome));
            self.item(&mut lines, if i == 0 { "Rules" } else { "" }, &line);
        }
        let looks = if gate.looks > 1 { format!(", one of {} looks", gate.looks) } else { String::new() };
        let level = (1000.0 * gate.level).round() / 10.0;
        self.item(&mut lines, "", &format!("a rule fails that the whole {level} % interval breaks{looks}"));
        for (i, mode) in gate.crowded.iter().enumerate() {
            let ids: Vec<String> = mode.samples.iter().take(4).map(|id| one_line(id, 30)).collect();
            let text = format!("{}: {}", crowded(mode), ids.join(", "));
            for (j, line) in wrap(&text, self.width.saturating_sub(MARGIN + 1)).iter().enumerate() {
                self.item(&mut lines, if i + j == 0 { "Into" } else { "" }, line);
            }
        }
        self.closing(&gate.warnings, &mut lines);
        self.put(lines, out)
    }
}

/// "answers to “Tell me a joke.” like “Why did the scarecrow…” 80 %, base 10 %".
pub(crate) fn crowded(mode: &measure::CrowdedMode) -> String {
    let share = written(&mode.share, crate::number::Scale::Share);
    let base = share.people.map(|base| format!(", base {base}")).unwrap_or_default();
    format!("{} {}{base}", one_line(&mode.label, 110), share.value)
}

pub(super) fn colour(word: Outcome) -> AnsiColor {
    match word {
        Outcome::Collapsed => AnsiColor::Red,
        Outcome::Holds => AnsiColor::Green,
        Outcome::CannotTell => AnsiColor::Cyan,
    }
}

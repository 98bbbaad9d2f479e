//! What a corpus holds, in a terminal.

use std::io::Write;

use census::{Corrected, Count, Report};
use measure::Number;

use super::{Terminal, padded};
use crate::Error;
use crate::number::{Scale, count, written};
use crate::text::{one_line, width};

/// Forms that are shown; the JSON has them all.
const FORMS: usize = 14;

impl Terminal {
    /// Writes what a corpus holds.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn census(&self, report: &Report, out: &mut dyn Write) -> Result<(), Error> {
        let Report { shards, broken, summary, .. } = report;
        let census = &summary.census;
        let name = match shards.as_slice() {
            [one] => one.clone(),
            many => format!("{} shards", many.len()),
        };
        let words = census.words as usize;
        let mut lines = vec![
            format!(
                " {} · {} texts, {} words, {}",
                one_line(&name, 50),
                count(census.texts as usize),
                count(words),
                bytes(census.bytes)
            ),
            String::new(),
        ];
        let names = summary.forms.iter().take(FORMS).map(|f| width(&one_line(&f.0, 40)) + 2).max().unwrap_or(0).max(24);
        lines.push(self.quiet(&format!(
            " {:names$}  {:>9}  {:>9}  {:17}  {:>11}  {:>9}",
            "", "found", "corrected", "95 % interval", "words", "of words"
        )));
        let mut row = |name: &str, c: &Corrected, n: Option<&Count>| {
            let figure = written(&number(c), Scale::Plain);
            let words_of = n.map(|n| count(n.words as usize)).unwrap_or_default();
            let share = n.map(|n| format!("{:.4} %", 100.0 * n.words as f64 / words.max(1) as f64)).unwrap_or_default();
            lines.push(format!(
                " {}  {:>9}  {:>9}  {}  {words_of:>11}  {share:>9}",
                padded(name, names),
                count(c.found as usize),
                figure.value,
                padded(figure.interval.as_deref().unwrap_or_default(), 17),
            ));
        };
        row("poems", &summary.verse, Some(&census.verse));
        row("  rhymed", &summary.rhymed, Some(&census.rhymed));
        row("  unrhymed", &summary.unrhymed, None);
        row("passages of fiction", &summary.literary_prose, Some(&census.literary_prose));
        for (form, corrected) in summary.forms.iter().take(FORMS) {
            row(&format!("  {}", one_line(form, 40)), corrected, census.forms.get(form));
        }
        if summary.forms.len() > FORMS {
            lines.push(format!("   {} more forms in --json", summary.forms.len() - FORMS));
        }
        lines.push(String::new());
        let per = written(&number(&summary.verse_per_million_words), Scale::Plain);
        self.item(
            &mut lines,
            "Density",
            &format!("{} poems a million words {}", per.value, per.interval.unwrap_or_default()),
        );
        self.item(
            &mut lines,
            "Texts",
            &format!(
                "{} with verse, {} with fiction",
                count(census.with_verse as usize),
                count(census.with_prose as usize)
            ),
        );
        let mut notes =
            vec!["corrected for what the detector misses and takes falsely, as measured on planted pages".to_owned()];
        if census.skipped > 0 {
            let (records, are) = if census.skipped == 1 { ("record was", "is") } else { ("records were", "are") };
            let skipped = count(census.skipped as usize);
            notes.push(format!("{skipped} {records} damaged or empty, and {are} not counted"));
        }
        notes.extend(broken.iter().map(|b| format!("not read to its end: {b}")));
        self.closing(&notes, &mut lines);
        self.put(lines, out)
    }
}

fn number(c: &Corrected) -> Number {
    Number {
        value: c.value,
        low: Some(c.low),
        high: Some(c.high),
        level: Some(c.level),
        n: c.found as usize,
        ..Number::default()
    }
}

fn bytes(n: u64) -> String {
    match n {
        n if n >= 10_000_000_000 => format!("{} GB", count((n / 1_000_000_000) as usize)),
        n if n >= 10_000_000 => format!("{} MB", count((n / 1_000_000) as usize)),
        n => format!("{} kB", count((n / 1000) as usize)),
    }
}

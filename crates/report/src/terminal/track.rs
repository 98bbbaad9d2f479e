//! A series of checkpoints, in a terminal: a sparkline a measure, and a line a checkpoint.

use std::io::Write;

use anstyle::AnsiColor;
use measure::{Outcome, Step, Track, TrackMeasure};

use super::{Terminal, padded};
use crate::Error;
use crate::number::{count, written};
use crate::text::{one_line, width, wrap};
use crate::words::{measure_name, outcome, scale_of};

/// Measures that get a column in the table of checkpoints.
const COLUMNS: usize = 4;
const FIGURE: usize = 20;
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

impl Terminal {
    /// Writes a series of checkpoints.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn track(&self, track: &Track, out: &mut dyn Write) -> Result<(), Error> {
        let mut lines = Vec::new();
        let head = format!(
            "{} checkpoints against {} ({} texts)",
            count(track.steps.len()),
            one_line(&track.base.name, 40),
            count(track.base.n)
        );
        lines.extend(wrap(&head, self.width - 1).into_iter().map(|line| format!(" {line}")));
        lines.push(String::new());
        let (word, colour) = match &track.first_failure {
            Some(_) => ("COLLAPSES", AnsiColor::Red),
            None if track.steps.iter().any(|s| s.outcome == Outcome::CannotTell) => ("CANNOT TELL", AnsiColor::Cyan),
            None => ("HOLDS", AnsiColor::Green),
        };
        self.headline(word, colour, &track.sentence, &mut lines);
        self.checkpoints(track, &mut lines);
        let names = track.measures.iter().map(|m| width(&measure_name(&m.name))).max().unwrap_or(0);
        for measure in &track.measures {
            let (first, last) = ends(track, measure);
            lines.push(format!(
                " {}  {}  {first} → {last}",
                padded(&measure_name(&measure.name), names),
                sparkline(&track.steps, &measure.name)
            ));
        }
        lines.push(String::new());
        self.closing(&track.warnings, &mut lines);
        self.put(lines, out)
    }

    fn checkpoints(&self, track: &Track, lines: &mut Vec<String>) {
        let shown: Vec<&TrackMeasure> = track.measures.iter().take(COLUMNS).collect();
        let names = track.steps.iter().map(|s| width(&one_line(&s.name, 30))).max().unwrap_or(0).max(10);
        let room = (self.width.saturating_sub(names + 16) / (FIGURE + 2)).max(1);
        let shown = &shown[..shown.len().min(room)];
        let heads: Vec<String> =
            shown.iter().map(|m| padded(&one_line(&measure_name(&m.name), FIGURE), FIGURE)).collect();
        lines.push(self.quiet(&format!(" {:names$}  {}  gate", "", heads.join("  "))));
        for step in &track.steps {
            let cells: Vec<String> = shown
                .iter()
                .map(|m| {
                    let figure = step.measures.get(&m.name).map(|n| written(n, scale_of(&m.name)));
                    let figure = figure.map(|w| format!("{} {}", w.value, w.interval.unwrap_or_default()));
                    padded(figure.unwrap_or_default().trim_end(), FIGURE)
                })
                .collect();
            let gate = if step.is_base { "base" } else { outcome(step.outcome) };
            lines.push(format!(" {}  {}  {gate}", padded(&one_line(&step.name, 30), names), cells.join("  ")));
        }
        lines.push(String::new());
    }
}

fn ends(track: &Track, measure: &TrackMeasure) -> (String, String) {
    let scale = scale_of(&measure.name);
    let value = |s: Option<&Step>| {
        s.and_then(|s| s.measures.get(&measure.name)).map(|n| written(n, scale).value).unwrap_or_default()
    };
    let has = |s: &&Step| s.measures.contains_key(&measure.name);
    (value(track.steps.iter().find(has)), value(track.steps.iter().rfind(has)))
}

/// One letter a checkpoint, from 0 or the least to the most.
fn sparkline(steps: &[Step], measure: &str) -> String {
    let values: Vec<Option<f64>> = steps.iter().map(|s| s.measures.get(measure).map(|n| n.value)).collect();
    let known = || values.iter().flatten().copied().filter(|v| v.is_finite());
    let (low, high) = (known().fold(0.0f64, f64::min), known().fold(f64::MIN, f64::max));
    let letter = |v: f64| {
        let at = if high > low { (v - low) / (high - low) } else { f64::from(u8::from(high > 0.0)) };
        BARS[((at * (BARS.len() - 1) as f64).round() as usize).min(BARS.len() - 1)]
    };
    values.into_iter().map(|v| v.filter(|v| v.is_finite()).map_or(' ', letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use measure::Number;

    #[test]
    fn a_sparkline_has_a_letter_a_checkpoint() {
        let step = |v: Option<f64>| Step {
            measures: v.map(|value| ("log.kl".to_owned(), Number { value, ..Number::default() })).into_iter().collect(),
            ..Step::default()
        };
        let steps = [step(Some(0.0)), step(Some(2.0)), step(None), step(Some(4.0))];
        assert_eq!(sparkline(&steps, "log.kl"), "▁▅ █");
        assert_eq!(sparkline(&[step(Some(3.0))], "log.kl"), "█");
    }
}

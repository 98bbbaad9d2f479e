//! The comparison in about thirty lines.
//!
//! Words come before numbers, every figure has its interval and people's figure beside it, and nothing is coloured that is not also
//! said, so that the same lines can be piped into a file.

mod audit;
mod census;
mod gate;
mod sets;
mod track;

pub(crate) use audit::{hearing_word, held_out, label as audit_label, word as audit_word};
pub(crate) use gate::crowded;

use std::io::Write;

use anstyle::{AnsiColor, Style};
use measure::{
    Cluster, Comparison, CrowdedMode, Evidence, GroupDiversity, MissingMode, Number, ReferenceSummary, VerdictWord,
    View, Work,
};

use crate::number::{Scale, Written, count, written};
use crate::text::{one_line, width, wrap};
use crate::{Error, Renderer, words};

/// Columns of the margin where a line's subject stands ("Into", "Away").
const MARGIN: usize = 9;
/// Columns of a bar.
const BAR: usize = 20;
/// Groups shown from either end.
const GROUPS: usize = 6;
/// Over-used words that are named.
const OVERUSED: usize = 6;
/// Rows of each list; the page and the JSON have them all.
const ROWS: usize = 4;

/// Writes for a person at a terminal.
#[derive(Debug, Clone)]
pub struct Terminal {
    /// With ANSI colours; without, the lines hold no control code at all.
    pub colour: bool,
    /// Columns to fill.
    pub width: usize,
    /// The HTML page, where one was written.
    pub page: Option<String>,
    /// The command that gives the same figures again.
    pub again: Option<String>,
}

impl Default for Terminal {
    fn default() -> Self {
        Terminal { colour: false, width: 100, page: None, again: None }
    }
}

impl Renderer for Terminal {
    fn render(&self, comparison: &Comparison, _: &Evidence, out: &mut dyn Write) -> Result<(), Error> {
        let mut lines = Vec::new();
        self.verdict(comparison, &mut lines);
        self.figures(comparison, &mut lines);
        self.modes(comparison, &mut lines);
        self.repeats(comparison, &mut lines);
        self.asked(comparison, &mut lines);
        self.requested(comparison, &mut lines);
        self.groups(comparison, &mut lines);
        self.peers(comparison, &mut lines);
        self.told(comparison, &mut lines);
        self.notes(comparison, &mut lines);
        self.put(lines, out)
    }
}

impl Terminal {
    fn verdict(&self, comparison: &Comparison, lines: &mut Vec<String>) {
        let head = format!("{} · {}", one_line(&comparison.samples.name, 40), words::subject(comparison));
        lines.extend(wrap(&head, self.width - 1).into_iter().map(|line| format!(" {line}")));
        lines.push(String::new());
        let word = words::verdict(comparison.verdict.word).to_uppercase();
        self.headline(&word, verdict_colour(comparison.verdict.word), &comparison.verdict.sentence, lines);
    }

    fn figures(&self, comparison: &Comparison, lines: &mut Vec<String>) {
        let rows: Vec<Row> = words::views(comparison)
            .into_iter()
            .flat_map(|(name, view)| rows(view, if comparison.views.len() > 1 { name } else { "" }))
            .collect();
        let Some(n) = comparison.views.values().map(|view| view.reach.n).max() else { return };
        let wide =
            |of: fn(&Row) -> &str, least: usize| rows.iter().map(|row| width(of(row))).max().unwrap_or(0).max(least);
        let (names, these) = (wide(|row| &row.name, 12), wide(|row| &row.these, 5));
        let theirs = if comparison.reference.people { "people" } else { "reference" };
        let people = wide(|row| &row.people, theirs.len());
        lines.push(self.quiet(&format!(
            " {:names$}  {:these$}  {theirs:people$}  {:BAR$}  95 % interval, n = {}",
            "",
            "these",
            format!("■ these  ░ {theirs}"),
            count(n),
        )));
        let before = names + these + people + BAR + 9;
        for row in &rows {
            lines.push(format!(
                " {}  {}  {}  {}  {}",
                padded(&row.name, names),
                padded(&row.these, these),
                padded(&row.people, people),
                row.bar,
                one_line(&row.remark, self.width.saturating_sub(before))
            ));
        }
        lines.push(String::new());
    }

    fn modes(&self, comparison: &Comparison, lines: &mut Vec<String>) {
        let longest = comparison.crowded.iter().map(|mode| width(&mode.label));
        let longest = longest.chain(comparison.missing.iter().map(|mode| width(&mode.label))).max().unwrap_or(0);
        let label_width = longest.min(self.width.saturating_sub(MARGIN + 34)).max(20);
        for (i, mode) in comparison.crowded.iter().take(ROWS).enumerate() {
            self.item(lines, if i == 0 { "Into" } else { "" }, &crowded_line(mode, label_width, &comparison.reference));
        }
        let one_each: Vec<String> =
            comparison.crowded.iter().take(3).filter_map(|m| m.samples.first()).map(|id| one_line(id, 40)).collect();
        if !one_each.is_empty() {
            self.item(lines, "", &format!("e.g. {}", one_each.join(", ")));
        }
        let (told, untold): (Vec<&MissingMode>, Vec<&MissingMode>) =
            comparison.missing.iter().partition(|mode| !mode.cannot_tell);
        for (i, mode) in told.iter().take(ROWS).enumerate() {
            self.item(lines, if i == 0 { "Away" } else { "" }, &missing_line(mode, label_width, &comparison.reference));
        }
        if told.len() > ROWS {
            let more: Vec<&str> = told[ROWS..].iter().map(|mode| mode.label.as_str()).collect();
            self.item(
                lines,
                "",
                &one_line(&format!("also {}", more.join(" · ")), self.width.saturating_sub(MARGIN + 1)),
            );
        }
        let works: Vec<String> = told.iter().take(3).filter_map(|mode| mode.examples.first()).map(work).collect();
        if !works.is_empty() {
            for line in wrap(&format!("e.g. {}", works.join("; ")), self.width.saturating_sub(MARGIN + 1)) {
                self.item(lines, "", &line);
            }
        }
        if !untold.is_empty() {
            let subject = if told.is_empty() { "Away" } else { "" };
            self.item(
                lines,
                subject,
                &format!(
                    "at this n nothing can be said about {} {}",
                    count(untold.len()),
                    if untold.len() == 1 { "kind" } else { "kinds" }
                ),
            );
        }
    }

    fn repeats(&self, comparison: &Comparison, lines: &mut Vec<String>) {
        let repeats = &comparison.repeats;
        let room = self.width.saturating_sub(MARGIN + 1);
        let mut subject = "Repeats";
        let mut say = |text: String, lines: &mut Vec<String>| {
            for line in wrap(&text, room) {
                self.item(lines, std::mem::take(&mut subject), &line);
            }
        };
        let grades = [
            ("word for word", Some(&repeats.exact)),
            ("nearly", Some(&repeats.near)),
            ("in other words too", repeats.same.as_ref()),
        ];
        let again: Vec<String> = grades
            .into_iter()
            .filter_map(|(how, number)| Some((how, number.filter(|n| n.value > 0.0)?)))
            .map(|(how, number)| format!("{how} {}", beside(number, &comparison.reference)))
            .collect();
        if !again.is_empty() {
            say(format!("texts told again: {}", again.join(", ")), lines);
        }
        if let Some(top) = repeats
            .top25_share
            .get("same")
            .or_else(|| repeats.top25_share.get("exact"))
            .filter(|_| !repeats.clusters.is_empty())
        {
            say(format!("the 25 commonest make {} of all", beside(top, &comparison.reference)), lines);
        }
        if let Some(cluster) = repeats.clusters.first() {
            say(format!("most told, {} times: “{}”", count(cluster.n), one_line(&cluster.text, 60)), lines);
        }
        if let Some((openings, texts)) = tally(&repeats.openings) {
            let first: Vec<String> = repeats
                .openings
                .iter()
                .take(2)
                .map(|opening| format!("“{} …” ×{}", one_line(&opening.text, 30), opening.n))
                .collect();
            let begin = if openings == 1 { "opening begins" } else { "openings begin" };
            say(format!("{openings} {begin} {texts} texts: {}", first.join(", ")), lines);
        }
        if let Some(copied) = repeats.copied.as_ref().filter(|copied| copied.lines.value > 0.0) {
            let lines_share = beside(&copied.lines, &comparison.reference);
            say(
                format!(
                    "{lines_share} of the lines stand in people's works, in {} of the texts",
                    beside(&copied.texts, &comparison.reference)
                ),
                lines,
            );
        }
        if !repeats.rhyme_pairs.is_empty() {
            let pairs: Vec<String> = repeats
                .rhyme_pairs
                .iter()
                .take(6)
                .map(|pair| format!("{} ×{}", one_line(&pair.text, 24), pair.n))
                .collect();
            self.item(lines, "Rhymes", &one_line(&pairs.join(", "), room));
        }
    }

    /// Asked for and got: every request, for whoever asked wants to see each.
    fn asked(&self, comparison: &Comparison, lines: &mut Vec<String>) {
        let rows = &comparison.adherence;
        let share = |number: &Number| written(number, Scale::Share).value;
        let names: Vec<String> = rows.iter().map(|row| one_line(&words::request(row), 36)).collect();
        let wide = names.iter().map(|name| width(name)).max().unwrap_or(0);
        for (i, (row, name)) in rows.iter().zip(&names).enumerate() {
            let kept = row.adherence.as_ref().map(|number| written(number, Scale::Share));
            let (value, interval) = kept.map_or_else(
                || ("·".to_string(), String::new()),
                |kept| (kept.value, kept.interval.unwrap_or_default()),
            );
            let mut line =
                format!("{}  {value:>6} {interval:<12} rhymed {:>5}  ", padded(name, wide), share(&row.rhymed));
            if words::conditions(rows) {
                line += &format!("left {:>5}  ", share(&row.deviates));
            }
            if let Some(distance) = &row.distance {
                line += &format!("away {}  ", written(distance, Scale::Plain).value);
            }
            let room = self.width.saturating_sub(MARGIN + width(&line) + 1);
            self.item(
                lines,
                if i == 0 { "Asked" } else { "" },
                &format!("{line}{}", one_line(&words::got(row, 3), room)),
            );
        }
        if !rows.is_empty() {
            self.item(lines, "", "share that keeps the form asked for (· none was), share that rhymes, and what came");
            if words::conditions(rows) {
                self.item(lines, "", "left: share that is not in rhymed quatrains");
            }
            if rows.iter().any(|row| row.distance.is_some()) {
                self.item(lines, "", words::AWAY);
            }
        }
    }

    /// Answers to each request against works of its form.
    fn requested(&self, comparison: &Comparison, lines: &mut Vec<String>) {
        let rows = &comparison.requested;
        let names: Vec<String> = rows.iter().map(|row| one_line(&row.request, 30)).collect();
        let wide = names.iter().map(|name| width(name)).max().unwrap_or(0);
        let shown = |what: &str, number: Option<&Number>| {
            number.map(|n| format!("{what} {}", with_plain_interval(n))).unwrap_or_default()
        };
        for (i, (row, name)) in rows.iter().zip(&names).enumerate() {
            let figures = match &row.remark {
                Some(remark) => remark.clone(),
                None => format!(
                    "{}  {}  {}",
                    shown("reach", row.reach.as_ref()),
                    shown("E", row.e.as_ref()),
                    shown("at matched lengths", row.length_matched.as_ref())
                ),
            };
            let line =
                format!("{}  {} against {}: {figures}", padded(name, wide), count(row.n), count(row.n_reference));
            let subject = if i == 0 { "Requests" } else { "" };
            self.item(lines, subject, &one_line(&line, self.width.saturating_sub(MARGIN + 1)));
        }
        if !rows.is_empty() {
            self.item(lines, "", "answers to each request against works that are as it asks; 1 is as far, as many");
        }
    }

    /// The least and the most diverse groups.
    fn groups(&self, comparison: &Comparison, lines: &mut Vec<String>) {
        let mut groups: Vec<&GroupDiversity> = comparison.groups.iter().collect();
        groups.sort_by(|a, b| a.diversity.value.total_cmp(&b.diversity.value).then_with(|| a.key.cmp(&b.key)));
        let left_out = groups.len().saturating_sub(2 * GROUPS);
        let long = self.width.saturating_sub(MARGIN + 42).max(12);
        let wide = groups.iter().map(|g| width(&one_line(&g.key, long))).max().unwrap_or(0);
        for (i, group) in groups.iter().enumerate() {
            if (GROUPS..GROUPS + left_out).contains(&i) {
                if i == GROUPS {
                    self.item(lines, "", &format!("… {} groups between these are in --json", count(left_out)));
                }
                continue;
            }
            let diversity = written(&group.diversity, Scale::Plain);
            let line = format!(
                "{}  {:>5} {:<14} n = {}",
                padded(&one_line(&group.key, long), wide),
                diversity.value,
                diversity.interval.unwrap_or_default(),
                count(group.n)
            );
            self.item(lines, if i == 0 { "Groups" } else { "" }, &line);
        }
        if !groups.is_empty() {
            self.item(lines, "", "diversity within a group as people judge it: 0 all alike, 1 all different");
        }
    }

    fn peers(&self, comparison: &Comparison, lines: &mut Vec<String>) {
        let theirs = words::opponent(&comparison.reference);
        for (i, (label, number)) in words::peers(comparison).into_iter().enumerate() {
            let peer = written(number, Scale::Plain);
            let null = peer.people.map(|people| format!("  {theirs} {people}")).unwrap_or_default();
            let line = format!("{label:44} {:>6} {:<14}{null}", peer.value, peer.interval.unwrap_or_default());
            self.item(lines, if i == 0 { "Peers" } else { "" }, &line);
        }
    }

    /// Wording and affect: a line or two, without a verdict.
    fn told(&self, comparison: &Comparison, lines: &mut Vec<String>) {
        let room = self.width.saturating_sub(MARGIN + 1);
        let reference = &comparison.reference;
        if let Some(wording) = &comparison.views.wording {
            let overused: Vec<String> = wording
                .overused
                .iter()
                .take(OVERUSED)
                .map(|word| format!("“{}” ×{} ({})", one_line(&word.text, 30), word.n, word.n_reference))
                .collect();
            let mut told = Vec::new();
            if !overused.is_empty() {
                told.push(format!(
                    "over-used, in texts of these (of {}): {}",
                    words::opponent(reference),
                    overused.join(", ")
                ));
            }
            told.push(format!(
                "effective vocabulary {}, new fours of words {}",
                plain_beside(&wording.vocabulary, reference),
                beside(&wording.novelty, reference)
            ));
            for (i, line) in told.iter().flat_map(|text| wrap(text, room)).enumerate() {
                self.item(lines, if i == 0 { "Wording" } else { "" }, &line);
            }
        }
        if let Some(affect) = comparison.views.affect.as_ref().filter(|affect| affect.uplift.null.is_some()) {
            let told = format!(
                "the end is brighter than the rest by {}; moral at the close {}",
                plain_beside(&affect.uplift, reference),
                plain_beside(&affect.moral, reference)
            );
            for (i, line) in wrap(&told, room).iter().enumerate() {
                self.item(lines, if i == 0 { "Affect" } else { "" }, line);
            }
        }
    }

    fn notes(&self, comparison: &Comparison, lines: &mut Vec<String>) {
        let on_task = &comparison.samples.on_task;
        if on_task.n > 0 && on_task.value < 0.995 {
            self.item(lines, "On task", &format!("{} are what was asked for", beside(on_task, &comparison.reference)));
        }
        let skipped: usize = comparison.samples.skipped.iter().map(|skipped| skipped.n).sum();
        if skipped > 0 {
            let reasons: Vec<String> = comparison
                .samples
                .skipped
                .iter()
                .map(|skipped| format!("{} ({})", skipped.reason, count(skipped.n)))
                .collect();
            self.item(lines, "Left out", &one_line(&reasons.join("; "), self.width.saturating_sub(MARGIN + 1)));
        }
        self.closing(&comparison.warnings, lines);
    }

    /// Notes, the page, and the command that gives the same again.
    fn closing(&self, warnings: &[String], lines: &mut Vec<String>) {
        for (i, warning) in warnings.iter().take(3).enumerate() {
            for (j, line) in wrap(warning, self.width.saturating_sub(MARGIN + 1)).iter().enumerate() {
                self.item(lines, if i + j == 0 { "Note" } else { "" }, line);
            }
        }
        if warnings.len() > 3 {
            self.item(lines, "", &format!("further notes in --json: {}", warnings.len() - 3));
        }
        if let Some(page) = &self.page {
            self.item(lines, "Page", page);
        }
        if let Some(again) = &self.again {
            self.item(lines, "Again", again);
        }
    }

    /// The verdict: a word in colour, then the sentence beside it.
    fn headline(&self, word: &str, colour: AnsiColor, sentence: &str, lines: &mut Vec<String>) {
        let indent = width(word) + 3;
        let style = Style::new().bold().fg_color(Some(colour.into()));
        for (i, line) in wrap(sentence, self.width.saturating_sub(indent)).iter().enumerate() {
            lines.push(match i {
                0 => format!(" {}  {line}", self.paint(style, word)),
                _ => format!("{}{line}", " ".repeat(indent)),
            });
        }
        lines.push(String::new());
    }

    fn put(&self, lines: Vec<String>, out: &mut dyn Write) -> Result<(), Error> {
        for line in lines {
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }

    fn item(&self, lines: &mut Vec<String>, subject: &str, text: &str) {
        let gap = " ".repeat(MARGIN.saturating_sub(width(subject)));
        lines.push(format!(" {}{gap}{}", self.paint(Style::new().bold(), subject), crate::text::visible(text)));
    }

    fn quiet(&self, text: &str) -> String {
        self.paint(Style::new().dimmed(), text)
    }

    fn paint(&self, style: Style, text: &str) -> String {
        match self.colour && !text.is_empty() {
            true => format!("{}{text}{}", style.render(), style.render_reset()),
            false => text.to_string(),
        }
    }
}

/// One line of the table of figures, ready to be aligned.
struct Row {
    name: String,
    these: String,
    people: String,
    bar: String,
    remark: String,
}

fn rows(view: &View, name: &str) -> Vec<Row> {
    let named = |what: &str| if name.is_empty() { what.to_string() } else { format!("{name} {what}") };
    let mut rows = Vec::new();
    if view.reach.n > 0 {
        rows.push(row(named("reach"), &view.reach, written(&view.reach, Scale::Plain)));
    }
    if view.h_samples.n > 0 {
        // Kinds among people are a figure of their own with its interval: they stand where the null of a number stands.
        let people = &view.h_reference;
        let null = measure::Null {
            value: people.value,
            low: people.low.unwrap_or(people.value),
            high: people.high.unwrap_or(people.value),
        };
        let kinds = Number { null: Some(null), ..view.h_samples.clone() };
        let mut kinds_row = row(named("kinds"), &kinds, written(&kinds, Scale::Plain));
        let e = written(&view.e, Scale::Plain);
        kinds_row.remark.push_str(&format!(" · E {} {}", e.value, e.interval.unwrap_or_default()));
        rows.push(kinds_row);
    }
    if let Some(ratio) = view.within_prompt.as_ref().and_then(|within| within.ratio.as_ref()) {
        rows.push(row(named("within prompts"), ratio, written(ratio, Scale::Plain)));
    }
    if let Some(cfd) = &view.cfd {
        let number = &cfd.number;
        let mut cfd_row = row(words::cfd(cfd).to_string(), number, written(number, Scale::Plain));
        if !cfd.citable {
            let remark = cfd.remark.as_deref().unwrap_or("not citable");
            let remark = if remark.contains("citable") { remark.to_string() } else { format!("not citable: {remark}") };
            cfd_row.remark =
                [cfd_row.remark, remark].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
        }
        rows.push(cfd_row);
    }
    rows
}

fn row(name: String, number: &Number, written: Written) -> Row {
    Row {
        name,
        these: written.value,
        people: written.people.unwrap_or_default(),
        bar: bar(number),
        remark: written.interval.unwrap_or_default(),
    }
}

/// An axis from 0 to the largest figure on it: people's range `░`, the interval `─`, the value `■`.
fn bar(number: &Number) -> String {
    let ends = [Some(number.value), number.high, number.null.as_ref().map(|null| null.high)];
    let most = ends.into_iter().flatten().filter(|end| end.is_finite()).fold(0.0, f64::max);
    if most <= 0.0 {
        return " ".repeat(BAR);
    }
    let column = |value: f64| ((value / most).clamp(0.0, 1.0) * (BAR - 1) as f64).round() as usize;
    let mut cells = ['·'; BAR];
    if let Some(null) = &number.null {
        cells[column(null.low)..=column(null.high).max(column(null.low))].fill('░');
    }
    if let Some((low, high)) = number.low.zip(number.high) {
        cells[column(low)..=column(high).max(column(low))].fill('─');
    }
    cells[column(number.value)] = '■';
    cells.into_iter().collect()
}

fn crowded_line(mode: &CrowdedMode, label_width: usize, reference: &ReferenceSummary) -> String {
    format!("{}  {}", padded(&one_line(&mode.label, label_width), label_width), against(&mode.share, reference))
}

fn missing_line(mode: &MissingMode, label_width: usize, reference: &ReferenceSummary) -> String {
    format!("{}  {}", padded(&one_line(&mode.label, label_width), label_width), against(&mode.share, reference))
}

/// "0.31 [0.22, 0.40]".
fn with_plain_interval(number: &Number) -> String {
    let Written { value, interval, .. } = written(number, Scale::Plain);
    format!("{value} {}", interval.unwrap_or_default()).trim_end().to_string()
}

/// "81 % [70, 89], people 6 %".
fn against(share: &Number, reference: &ReferenceSummary) -> String {
    let people = written(share, Scale::Share).people;
    let people = people.map(|people| format!(", {} {people}", words::opponent(reference))).unwrap_or_default();
    format!("{}{people}", with_interval(share))
}

/// A share with its interval, and people's beside it.
fn beside(share: &Number, reference: &ReferenceSummary) -> String {
    let people = written(share, Scale::Share)
        .people
        .map(|people| format!(" ({} {people})", words::opponent(reference)))
        .unwrap_or_default();
    format!("{}{people}", with_interval(share))
}

/// A figure that is no share, with people's beside it.
fn plain_beside(number: &Number, reference: &ReferenceSummary) -> String {
    let Written { value, people, .. } = written(number, Scale::Plain);
    let people = people.map(|people| format!(" ({} {people})", words::opponent(reference))).unwrap_or_default();
    format!("{value}{people}")
}

fn with_interval(share: &Number) -> String {
    let written = written(share, Scale::Share);
    [Some(written.value), written.interval].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// `Whitman, “A Noiseless Patient Spider” (1868)`.
fn work(work: &Work) -> String {
    let year = work.year.map(|year| format!(" ({year})")).unwrap_or_default();
    // a set of one's own has no titles, but texts
    let named = [&work.title, work.text.as_ref().unwrap_or(&work.title)].into_iter().find(|t| !t.trim().is_empty());
    let title = one_line(named.map_or("", |t| t), 40);
    match work.author.trim() {
        "" => format!("“{title}”{year}"),
        author => format!("{}, “{title}”{year}", one_line(author, 30)),
    }
}

/// How many openings, and how many texts begin with one of them.
fn tally(openings: &[Cluster]) -> Option<(usize, String)> {
    let texts: usize = openings.iter().map(|opening| opening.n).sum();
    (texts > 0).then(|| (openings.len(), count(texts)))
}

fn padded(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

fn verdict_colour(word: VerdictWord) -> AnsiColor {
    match word {
        VerdictWord::Collapsed => AnsiColor::Red,
        VerdictWord::Displaced | VerdictWord::Narrow => AnsiColor::Yellow,
        VerdictWord::Holds => AnsiColor::Green,
        VerdictWord::CannotTell => AnsiColor::Cyan,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_keeps_its_order() {
        let number = Number {
            value: 0.17,
            low: Some(0.13),
            high: Some(0.22),
            n: 32,
            null: Some(measure::Null { value: 1.0, low: 0.9, high: 1.1 }),
            ..Number::default()
        };
        assert_eq!(bar(&number), "··─■─···········░░░░");
        assert_eq!(bar(&Number::default()), " ".repeat(BAR));
    }
}

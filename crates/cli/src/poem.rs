//! A reading as a person looks at it: stresses over the syllables, rhyme letters at the margin, what it is below.

use std::fmt::Write;

use anstyle::{Ansi256Color, Color, Style};
use corpus::sanitize;
use phonetics::{Pronouncer, WordRef};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};
use verse::{Kind, LineReading, Reading};

const TITLE: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();
const STRONG: Style = Style::new().bold();

/// Colours of rhymes, told apart also by the colour-blind (after Okabe & Ito); the letter says the same.
const RHYMES: [u8; 8] = [75, 214, 79, 205, 185, 141, 166, 39];

/// Letters shown of a scheme; of a longer one nobody reads on.
const SCHEME: usize = 70;

/// Column at which verse begins: the rhyme letter stands before it.
const MARGIN: usize = 5;

/// A picture with a name over it, for one among several.
pub fn named(name: &str, picture: &str) -> String {
    format!("{TITLE}{}{TITLE:#}\n\n{picture}", sanitize(name))
}

/// The whole of it, for a screen of this width.
pub fn picture(reading: &Reading, width: usize) -> String {
    let mut out = String::new();
    let lines = || reading.stanzas.iter().flat_map(|stanza| &stanza.lines);
    let scanned = lines().any(|line| !line.real.is_empty());
    let room = width.saturating_sub(MARGIN + 5).max(20);
    let longest = lines().map(|line| line.text.width()).max().unwrap_or(0).min(room);
    for (n, stanza) in reading.stanzas.iter().enumerate() {
        if n > 0 {
            out.push('\n');
        }
        for line in &stanza.lines {
            if scanned { scanned_line(&mut out, line, longest, room) } else { plain_line(&mut out, &line.text, room) }
        }
    }
    if lines().next().is_some() {
        out.push('\n');
    }
    summary(&mut out, reading, width);
    out
}

fn rhyme_style(letter: &str) -> Style {
    if letter == "x" || letter.is_empty() {
        return FAINT;
    }
    let number =
        letter.bytes().fold(0usize, |sum, byte| sum * 26 + usize::from(byte.to_ascii_lowercase().wrapping_sub(b'a')));
    Style::new().fg_color(Some(Color::Ansi256(Ansi256Color(RHYMES[number % RHYMES.len()])))).bold()
}

fn scanned_line(out: &mut String, line: &LineReading, longest: usize, room: usize) {
    let text = sanitize(&line.text).replace(['\t', '\n'], " ");
    let marks = marks(&text, &line.real);
    let style = rhyme_style(&line.rhyme);
    for (n, part) in parts(&text, room).into_iter().enumerate() {
        let part_columns = text[..part.start].width()..text[..part.end].width();
        let above = styled_marks(&marks, part_columns.clone());
        if !above.is_empty() {
            let _ = writeln!(out, "{:MARGIN$}{above}", "");
        }
        let letter = if n == 0 { line.rhyme.as_str() } else { "" };
        let words = &text[part.clone()];
        if part.end < text.len() {
            let _ = writeln!(out, " {style}{letter:<3}{style:#} {}", words.trim_end());
            continue;
        }
        let gap = longest.saturating_sub(words.width()) + 2;
        let class = line
            .class
            .as_deref()
            .filter(|&class| class != "perfect")
            .map(|class| format!("  {class}"))
            .unwrap_or_default();
        let _ = writeln!(
            out,
            " {style}{letter:<3}{style:#} {words}{:gap$}{FAINT}{:>2}{class}{FAINT:#}",
            "", line.syllables
        );
    }
}

fn plain_line(out: &mut String, text: &str, room: usize) {
    let text = sanitize(text).replace(['\t', '\n'], " ");
    for part in parts(&text, room) {
        let _ = writeln!(out, "{:MARGIN$}{}", "", text[part].trim_end());
    }
}

/// The text in pieces no wider than `room`, cut after a space where there is one.
fn parts(text: &str, room: usize) -> Vec<std::ops::Range<usize>> {
    let mut parts = Vec::new();
    let (mut start, mut used, mut space) = (0, 0, None);
    for (at, c) in text.char_indices() {
        let wide = c.width().unwrap_or(0);
        if used + wide > room && at > start {
            let end = space.filter(|&space| space > start).unwrap_or(at);
            parts.push(start..end);
            used = text[end..at].width();
            (start, space) = (end, None);
        }
        used += wide;
        if c == ' ' {
            space = Some(at + 1);
        }
    }
    parts.push(start..text.len());
    parts
}

/// Column and stress of every syllable; nothing where the words and the stresses cannot be brought together.
fn marks(text: &str, real: &str) -> Vec<(usize, bool)> {
    let pronouncer = Pronouncer::shared();
    let words: Vec<_> =
        phonetics::words(text).map(|token| (token.range.clone(), pronouncer.word(&token.text))).collect();
    let Some(counts) = syllable_counts(words.iter().map(|(_, word)| word), real.len()) else { return Vec::new() };
    let mut stresses = real.bytes().map(|stress| stress == b's');
    let mut marks: Vec<(usize, bool)> = Vec::with_capacity(real.len());
    for ((range, _), count) in words.into_iter().zip(counts) {
        for place in syllable_places(&text[range.clone()], count) {
            let column = text[..range.start + place].width();
            let free = marks.last().map_or(0, |&(last, _)| last + 1);
            marks.extend(stresses.next().map(|strong| (column.max(free), strong)));
        }
    }
    marks
}

/// How many syllables each word has in a line of `total`: its usual ones where that adds up, else by its other
/// pronunciations, else by one syllable lost (elision) or won (a sounded -ed).
fn syllable_counts<'a>(words: impl Iterator<Item = &'a WordRef>, total: usize) -> Option<Vec<usize>> {
    const ODD: usize = 10;
    // cheapest[n]: cost of having n syllables so far, and how many the last word has of them.
    let mut tables: Vec<Vec<Option<(usize, usize)>>> = Vec::new();
    let mut cheapest = vec![None; total + 1];
    cheapest[0] = Some((0, 0));
    for word in words {
        let known: Vec<usize> = word.pronunciations().iter().map(|way| way.syllables()).collect();
        let mut ways: Vec<(usize, usize)> = known.iter().enumerate().map(|(cost, &n)| (n, cost)).collect();
        ways.extend(known.iter().flat_map(|&n| [(n.saturating_sub(1), ODD), (n + 1, ODD + 1)]));
        if ways.is_empty() {
            ways.push((0, 0));
        }
        let mut next: Vec<Option<(usize, usize)>> = vec![None; total + 1];
        for (so_far, cost) in cheapest.iter().enumerate().filter_map(|(n, cell)| cell.map(|(cost, _)| (n, cost))) {
            for &(n, more) in &ways {
                if let Some(cell) = next.get_mut(so_far + n)
                    && cell.is_none_or(|(known, _)| cost + more < known)
                {
                    *cell = Some((cost + more, n));
                }
            }
        }
        tables.push(next.clone());
        cheapest = next;
    }
    let mut counts = Vec::with_capacity(tables.len());
    let mut left = total;
    for table in tables.iter().rev() {
        let (_, n) = table[left]?;
        counts.push(n);
        left -= n;
    }
    counts.reverse();
    (left == 0).then_some(counts)
}

fn is_vowel(c: char) -> bool {
    matches!(c.to_ascii_lowercase(), 'a' | 'e' | 'i' | 'o' | 'u' | 'y') || (!c.is_ascii() && c.is_alphabetic())
}

/// Bytes of a printed word at which its syllables are marked: its groups of vowels, less the silent e, where there are as
/// many; spread over its letters otherwise.
fn syllable_places(word: &str, n: usize) -> Vec<usize> {
    if n == 0 {
        return Vec::new();
    }
    let letters: Vec<(usize, char)> = word.char_indices().collect();
    let vowel = |i: usize| letters.get(i).is_some_and(|&(_, c)| is_vowel(c));
    // A y before a vowel is a consonant, and a u after q.
    let sounds = |i: usize| {
        let lower = letters[i].1.to_ascii_lowercase();
        let glide = lower == 'y' && vowel(i + 1) && (i == 0 || !vowel(i - 1));
        let after_q = lower == 'u' && i > 0 && letters[i - 1].1.eq_ignore_ascii_case(&'q');
        vowel(i) && !glide && !after_q
    };
    let each: Vec<usize> = (0..letters.len()).filter(|&i| sounds(i)).collect();
    let mut groups: Vec<usize> = each.iter().copied().filter(|&i| i == 0 || !sounds(i - 1)).collect();
    if groups.len() > n
        && let Some(&last) = groups.last()
        && letters[last].1.eq_ignore_ascii_case(&'e')
        && last + 2 >= letters.len()
    {
        groups.pop();
    }
    let chosen: Vec<usize> = if groups.len() == n {
        groups
    } else if groups.len() > n {
        // A silent e within (lovely, something) or -es: the first ones sound more often than the last.
        let silent = groups.iter().position(|&i| {
            i > 0 && letters[i].1.eq_ignore_ascii_case(&'e') && !vowel(i + 1) && groups.len() == n + 1 && i > groups[0]
        });
        silent.map(|at| groups.remove(at));
        groups.truncate(n);
        groups
    } else if each.len() >= n {
        spread(&each, n)
    } else {
        let all: Vec<usize> = (0..letters.len()).collect();
        spread(&all, n.min(letters.len()))
    };
    chosen.into_iter().map(|i| letters[i].0).collect()
}

fn spread(places: &[usize], n: usize) -> Vec<usize> {
    (0..n).map(|i| places[i * places.len() / n]).collect()
}

fn styled_marks(marks: &[(usize, bool)], columns: std::ops::Range<usize>) -> String {
    let mut row = String::new();
    let mut at = columns.start;
    for &(column, strong) in marks.iter().filter(|(column, _)| columns.contains(column)) {
        let gap = column - at;
        let (style, mark) = if strong { (STRONG, '/') } else { (FAINT, '×') };
        let _ = write!(row, "{:gap$}{style}{mark}{style:#}", "");
        at = column + 1;
    }
    row
}

/// What it is, with reasons, in a few lines.
fn summary(out: &mut String, reading: &Reading, width: usize) {
    let kind = match reading.kind {
        Kind::Verse => "verse",
        Kind::ProsePoem => "prose poem",
        Kind::Prose => "prose",
        Kind::Dialogue => "dialogue",
        Kind::List => "list",
        Kind::Empty => "no text in it",
    };
    let room = width.saturating_sub(11).max(30);
    let mut row = |label: &str, words: &str| {
        for (n, part) in parts(words, room).into_iter().enumerate() {
            let label = if n == 0 { label } else { "" };
            let _ = writeln!(out, " {FAINT}{label:<8}{FAINT:#} {}", words[part].trim_end());
        }
    };
    let form = &reading.form;
    if form.name.is_empty() || form.name == kind {
        row("Form", kind);
    } else {
        row("Form", &format!("{TITLE}{}{TITLE:#}, {} sure", form.name, percent(form.confidence)));
    }
    for reason in &form.reasons {
        row("", &format!("· {}", sanitize(reason)));
    }
    let scanned = reading.stanzas.iter().flat_map(|stanza| &stanza.lines).any(|line| !line.real.is_empty());
    if scanned {
        let metre = &reading.metre;
        if !metre.name.is_empty() {
            let fit =
                format!("{}: {} of lines fit; regularity {:.2}", metre.name, percent(metre.fit), metre.regularity);
            row("Metre", &fit);
        }
        if reading.scheme.len() > 1 {
            let rhymed = if reading.rhymed { "rhymed" } else { "unrhymed" };
            let scheme = cut(&reading.scheme, SCHEME);
            row("Rhyme", &format!("{rhymed}, {scheme}; {} of lines rhyme", percent(reading.rhyme_density)));
        }
    }
    if reading.kind != Kind::Empty {
        let ending = &reading.ending;
        let turn = match ending.uplift {
            up if up > 0.15 => "turns upward",
            up if up < -0.15 => "turns downward",
            _ => "stays level",
        };
        let moral = if ending.moral >= 0.5 { "draws a moral" } else { "draws no moral" };
        row("Ending", &format!("{turn} ({:+.2}); {moral} ({:.2})", ending.uplift, ending.moral));
    }
    // Marks of bold and italic are taken off so often that nobody wants to hear of it.
    for aside in reading.set_aside.iter().filter(|aside| aside.kind != "markup") {
        let text: String = sanitize(&aside.text).split_whitespace().collect::<Vec<_>>().join(" ");
        row("Aside", &format!("{}: {}", aside.kind, cut(&text, 70)));
    }
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

fn cut(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_string();
    }
    text.chars().take(longest - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn places(word: &str, n: usize) -> Vec<usize> {
        syllable_places(word, n)
    }

    #[test]
    fn marks_stand_over_vowels() {
        assert_eq!(places("compare", 2), [1, 4]);
        assert_eq!(places("lovely", 2), [1, 5]);
        assert_eq!(places("yellow", 2), [1, 4]);
        assert_eq!(places("quiet", 2), [2, 3]);
        assert_eq!(places("strength", 1), [3]);
        assert_eq!(places("1845", 4), [0, 1, 2, 3]);
        assert_eq!(places("walked", 1), [1]);
        assert_eq!(places("the", 1), [2]);
    }

    #[test]
    fn pieces() {
        assert_eq!(parts("one two three", 8), [0..8, 8..13]);
        assert_eq!(parts("unbreakable", 4), [0..4, 4..8, 8..11]);
        assert_eq!(parts("", 4).len(), 1);
    }

    proptest! {
        #[test]
        fn any_line_has_a_picture(text in "[ -~é\u{301}あ]{0,80}", real in "[ws]{0,30}", width in 0usize..90) {
            let line = LineReading { text: text.clone(), real: real.clone(), rhyme: "a".into(), ..LineReading::default() };
            let stanza = verse::Stanza { lines: vec![line], ..verse::Stanza::default() };
            let reading = Reading { stanzas: vec![stanza], ..Reading::default() };
            prop_assert!(!picture(&reading, width).is_empty());
            let marks = marks(&text, &real);
            prop_assert!(marks.windows(2).all(|pair| pair[0].0 < pair[1].0));
            prop_assert!(marks.len() <= real.len());
            let whole: String = parts(&text, width.max(1)).into_iter().map(|part| &text[part]).collect();
            prop_assert_eq!(whole, text);
        }
    }
}

//! Verse, prose, dialogue and lists, told apart by how their lines begin, end and are as long.

use std::sync::OnceLock;

use super::row::Row;
use crate::Kind;

/// What the lines of a text look like, taken together. Shares are of lines.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Shape {
    pub rows: usize,
    pub blocks: usize,
    /// Characters a line.
    pub mean: f64,
    pub longest: usize,
    /// Standard deviation of the characters a line.
    pub spread: f64,
    /// Lines that end as sentences end.
    pub stops: f64,
    /// Lines that end in a question mark.
    pub questions: f64,
    /// Lines that end in a colon.
    pub colons: f64,
    /// Lines that end in a comma, semicolon, colon or dash.
    pub pauses: f64,
    /// Lines that open with a capital (or with no letter at all).
    pub capitals: f64,
    /// Lines with two sentences or more.
    pub several_sentences: f64,
    /// Lines that are paragraphs: long, or of several sentences.
    pub paragraphs: f64,
    /// Lines of one or two words.
    pub scraps: f64,
    /// Lines that open with a bullet or number.
    pub items: f64,
    /// Lines that open with a speaker's name and a colon.
    pub speakers: f64,
    /// Line breaks where the next word would not have fitted in the column.
    pub wrapped: f64,
    /// Lines that open in the middle of a sentence with a small letter.
    pub runs_on: f64,
    /// Lines with a digit.
    pub digits: f64,
    /// Lines with a sign that verse seldom has: brackets, slashes, `@#=+_|<>%`.
    pub signs: f64,
    /// Lines that look like a program or data.
    pub code: f64,
    /// Line breaks in mid-sentence, though the next word would have fitted in the column.
    pub broken: f64,
}

/// What the odds of verse are computed from, with the names that `data/kind_weights.tsv` uses.
pub(super) const EVIDENCE: [&str; 24] = [
    "constant",
    "ln length",
    "ln length squared",
    "spread",
    "longest",
    "ln lines a block",
    "stops",
    "pauses",
    "stops × ln length",
    "pauses × ln length",
    "capitals",
    "several sentences",
    "paragraphs",
    "scraps",
    "questions",
    "colons",
    "wrapped",
    "wrapped × runs on",
    "digits",
    "signs",
    "speakers",
    "blocks of one line × stops",
    "broken",
    "broken × scraps",
];

pub(super) fn evidence(s: &Shape) -> [f64; EVIDENCE.len()] {
    let length = (s.mean.max(1.0) / 40.0).ln();
    let per_block = s.rows as f64 / s.blocks.max(1) as f64;
    [
        1.0,
        length,
        length * length,
        (s.spread / s.mean.max(1.0)).min(2.0),
        (s.longest as f64 / s.mean.max(1.0)).ln().min(2.0),
        per_block.ln().min(2.5),
        s.stops,
        s.pauses,
        s.stops * length,
        s.pauses * length,
        s.capitals,
        s.several_sentences,
        s.paragraphs,
        s.scraps,
        s.questions,
        s.colons,
        s.wrapped,
        s.wrapped * s.runs_on,
        s.digits,
        s.signs,
        s.speakers,
        if per_block < 1.5 { s.stops } else { 0.0 },
        s.broken,
        s.broken * s.scraps,
    ]
}

pub(super) fn shape(rows: &[Row], gaps: &[usize]) -> Shape {
    let n = rows.len();
    if n == 0 {
        return Shape::default();
    }
    let share = |count: usize| count as f64 / n as f64;
    let lengths: Vec<usize> = rows.iter().map(|r| r.text.chars().count()).collect();
    let longest = lengths.iter().copied().max().unwrap_or(0);
    let mut s = Shape {
        rows: n,
        blocks: 1 + gaps.iter().skip(1).filter(|g| **g > 0).count(),
        mean: lengths.iter().sum::<usize>() as f64 / n as f64,
        longest,
        ..Shape::default()
    };
    let (mut stops, mut pauses, mut capitals, mut several, mut paragraphs) = (0, 0, 0, 0, 0);
    let (mut items, mut speakers, mut runs_on, mut code) = (0, 0, 0, 0);
    let (mut questions, mut colons, mut scraps, mut digits, mut signs) = (0, 0, 0, 0, 0);
    for (row, &length) in rows.iter().zip(&lengths) {
        let text = row.text.as_str();
        let end = end_sign(text);
        stops += usize::from(matches!(end, Some('.' | '!' | '?' | '…')));
        pauses += usize::from(matches!(end, Some(',' | ';' | ':' | '—' | '–' | '-')));
        let first = text.chars().find(|c| c.is_alphanumeric());
        capitals += usize::from(first.is_none_or(|c| !c.is_lowercase()));
        runs_on += usize::from(first.is_some_and(char::is_lowercase));
        let sentences = inner_stops(text);
        several += usize::from(sentences > 0);
        paragraphs += usize::from(length > 220 || (length > 110 && sentences > 0) || sentences > 2);
        items += usize::from(row.bullet || row.number.is_some());
        speakers += usize::from(speaker(text).is_some());
        code += usize::from(looks_like_code(text));
        questions += usize::from(end == Some('?'));
        colons += usize::from(end == Some(':'));
        scraps += usize::from(row.words() <= 2);
        digits += usize::from(text.bytes().any(|b| b.is_ascii_digit()));
        signs += usize::from(
            text.contains(['[', ']', '{', '}', '/', '@', '#', '=', '+', '_', '|', '<', '>', '%', '\\', '$', '&']),
        );
    }
    (s.stops, s.pauses, s.capitals) = (share(stops), share(pauses), share(capitals));
    (s.several_sentences, s.paragraphs, s.items) = (share(several), share(paragraphs), share(items));
    (s.speakers, s.runs_on, s.code) = (share(speakers), share(runs_on), share(code));
    (s.questions, s.colons, s.scraps) = (share(questions), share(colons), share(scraps));
    (s.digits, s.signs) = (share(digits), share(signs));
    s.spread = (lengths.iter().map(|l| (*l as f64 - s.mean).powi(2)).sum::<f64>() / n as f64).sqrt();
    (s.wrapped, s.broken) = breaks(rows, gaps, &lengths, longest);
    s
}

/// The last sign of a line behind its closing quotes, None where it ends with a letter or digit.
pub(super) fn end_sign(text: &str) -> Option<char> {
    let c = text.trim_end_matches(['"', '\'', '”', '’', ')', ']', ' ', '*']).chars().next_back()?;
    (!c.is_alphanumeric()).then_some(c)
}

/// Ends of sentences inside a line: a stop behind a word of three letters or more, a blank and a capital.
fn inner_stops(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut count = 0;
    for (i, &b) in bytes.iter().enumerate() {
        if !matches!(b, b'.' | b'!' | b'?')
            || i < 3
            || !bytes[i - 2..i].iter().all(|b| b.is_ascii_lowercase() || *b >= 0x80)
        {
            continue;
        }
        let Some(rest) = text.get(i + 1..) else { continue };
        let rest = rest.trim_start_matches(['"', '”', '’', '\'']);
        if let Some(after) = rest.strip_prefix(' ') {
            count += usize::from(after.trim_start_matches(['"', '“', '‘', '\'']).starts_with(char::is_uppercase));
        }
    }
    count
}

/// The name before a colon at the start of a line: one to three words with capitals.
pub(super) fn speaker(text: &str) -> Option<&str> {
    let colon = text.char_indices().take(32).find(|(_, c)| *c == ':')?.0;
    let name = &text[..colon];
    let rest = text[colon + 1..].trim();
    let words = name.split_whitespace().count();
    let named = (1..=3).contains(&words)
        && name.split_whitespace().all(|w| w.starts_with(char::is_uppercase) || w.starts_with('('))
        && !rest.is_empty();
    named.then_some(name)
}

/// Of the line breaks: the share inside blocks at which the next line's first word would not have fitted into the widest
/// line, near 1 in prose that was wrapped at a column and chance in verse; and the share that part a sentence though the
/// word would have fitted, which only a writer of verse does. 0 where there are too few to tell.
fn breaks(rows: &[Row], gaps: &[usize], lengths: &[usize], longest: usize) -> (f64, f64) {
    let (mut inside, mut full, mut broken) = (0, 0, 0);
    for i in 1..rows.len() {
        let next = rows[i].text.split(' ').next().map_or(0, |w| w.chars().count());
        let fits = lengths[i - 1] + 1 + next <= longest;
        let parted = !matches!(end_sign(&rows[i - 1].text), Some('.' | '!' | '?' | '…' | ':' | ';'));
        let goes_on = rows[i].text.chars().find(|c| c.is_alphanumeric()).is_some_and(char::is_lowercase);
        broken += usize::from(fits && parted && goes_on);
        if gaps[i] == 0 {
            inside += 1;
            full += usize::from(!fits);
        }
    }
    let all = rows.len().saturating_sub(1).max(1);
    (if inside < 3 { 0.0 } else { full as f64 / inside as f64 }, broken as f64 / all as f64)
}

fn looks_like_code(text: &str) -> bool {
    text.ends_with(['{', '}', ';']) && text.contains(['(', '{', '}', '='])
        || text.starts_with("def ") && text.ends_with(':')
        || text.starts_with("import ") && !text.contains(',')
        || text.contains(" = ")
        || text.contains("==")
        || text.contains("</")
}

/// The kind of a text with these lines; `speakers` are the different names that lines open with.
pub(super) fn kind(s: &Shape, speakers: usize) -> Kind {
    if s.rows == 0 {
        return Kind::Empty;
    }
    if s.rows >= 3 && s.speakers >= 0.5 && speakers >= 2 && s.speakers > s.items {
        return if speakers as f64 <= 0.67 * s.speakers * s.rows as f64 { Kind::Dialogue } else { Kind::List };
    }
    if s.rows >= 2 && s.items >= 0.5 {
        return Kind::List;
    }
    if s.rows >= 2 && s.code < 0.25 && verse_odds(s) > 0.0 { Kind::Verse } else { Kind::Prose }
}

/// The kind of a text of this shape that is known to be a poem: verse where no line is a paragraph, nor the whole wrapped at a
/// column; a lone line is verse where it could be one of a poem; else a prose poem.
pub(super) fn of_poem(s: &Shape) -> Kind {
    let short = s.mean * s.rows as f64 <= LONGEST_LONE_LINE;
    let column = s.is_wrapped() && s.mean >= NARROWEST_COLUMN;
    let lines = if s.rows == 1 { short } else { s.paragraphs == 0.0 && s.mean <= LONGEST_MEAN && !column };
    if lines { Kind::Verse } else { Kind::ProsePoem }
}

impl Shape {
    /// Its lines end where a column was full, and not where a sentence did.
    pub fn is_wrapped(&self) -> bool {
        self.wrapped >= 0.6 && self.stops < 0.8
    }
}

/// Characters a line, in the mean, of the narrowest column that prose is wrapped at.
const NARROWEST_COLUMN: f64 = 55.0;
/// Characters of a lone line of verse.
const LONGEST_LONE_LINE: f64 = 140.0;
/// Characters a line, in the mean, of verse in long lines.
const LONGEST_MEAN: f64 = 110.0;

/// Log-odds that lines of this shape are verse, by weights learnt with `cargo xtask kind-weights`.
fn verse_odds(s: &Shape) -> f64 {
    evidence(s).iter().zip(weights()).map(|(e, w)| e * w).sum()
}

fn weights() -> &'static [f64; EVIDENCE.len()] {
    static WEIGHTS: OnceLock<[f64; EVIDENCE.len()]> = OnceLock::new();
    WEIGHTS.get_or_init(|| {
        let mut weights = [0.0; EVIDENCE.len()];
        for line in include_str!("../../../../data/kind_weights.tsv").lines() {
            let Some((name, weight)) = line.split_once('\t') else { continue };
            if let Some(at) = EVIDENCE.iter().position(|e| *e == name) {
                weights[at] = weight.parse().unwrap_or(0.0);
            }
        }
        weights
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_and_inner_stops() {
        assert_eq!(end_sign("he said, \"Go.\""), Some('.'));
        assert_eq!(end_sign("the crow—"), Some('—'));
        assert_eq!(end_sign("the crow"), None);
        assert_eq!(inner_stops("The crow sat. The fox ran. It was Mr. Holt."), 2);
        assert_eq!(speaker("MARY: Come in."), Some("MARY"));
        assert_eq!(speaker("and so: come in"), None);
    }
}

//! A text as lines, each with what its shape says of it. This is what every byte of a corpus passes through, so nothing here
//! looks a word up but in a table of some sixty.

use std::ops::Range;

/// A line that is not blank.
#[derive(Debug, Clone, Copy, Default)]
pub struct Line {
    /// Bytes of the text, without the white space around it.
    pub start: usize,
    pub end: usize,
    /// The number of the block of lines between blank lines that it stands in.
    pub block: u32,
    /// Characters.
    length: f32,
    words: u16,
    /// Words that bind others in English: the, of, my …
    binding: u16,
    /// Words but the first that open with a capital.
    capitals: u16,
    /// Length of the first word.
    first_word: u16,
    signs: u16,
    digits: u16,
    foreign: u16,
    /// Sentences that end inside the line.
    stops_inside: u16,
    opens: Opens,
    closes: Closes,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Opens {
    Capital,
    Small,
    /// A bullet, a number with a point, a sign of markup.
    Item,
    #[default]
    Other,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Closes {
    Stop,
    Question,
    Colon,
    Pause,
    Letter,
    #[default]
    Other,
}

/// Lines longer than this are paragraphs: no verse is looked for in them.
pub(crate) const LONGEST: usize = 160;

/// A text in lines.
#[derive(Debug, Clone, Default)]
pub struct Page {
    pub lines: Vec<Line>,
}

/// Names of the evidence, in the order of [`Page::evidence`].
pub const LINE_EVIDENCE: [&str; 34] = [
    "constant",
    "ln length",
    "ln length squared",
    "unlike the line before",
    "unlike the line behind",
    "pause",
    "stop",
    "question",
    "colon",
    "letter, capital next",
    "letter, small next",
    "opens with a capital",
    "opens small",
    "item",
    "full",
    "full, small next",
    "two words",
    "one word",
    "binding words",
    "no binding word",
    "capitals",
    "digits",
    "signs",
    "sign",
    "foreign letters",
    "stops inside",
    "ln lines of the block",
    "alone in its block",
    "binding words around",
    "spread around",
    "pauses around",
    "signs around",
    "small openings around",
    "full around",
];

/// Lines on either side that count as around.
const AROUND: usize = 4;
/// Lines of a block from which what stands outside it says nothing of its lines.
const STANZA: usize = 3;

impl Page {
    #[must_use]
    pub fn new(text: &str) -> Page {
        let mut lines = Vec::with_capacity(text.len() / 48);
        let (mut at, mut block, mut blank) = (0, 0, true);
        let bytes = text.as_bytes();
        while at < bytes.len() {
            let end = next_line_end(bytes, at);
            let (start, stop) = trimmed(bytes, at, end);
            if start == stop {
                blank = true;
            } else {
                block += u32::from(blank && !lines.is_empty());
                blank = false;
                lines.push(Line { block, ..shape(bytes, start, stop) });
            }
            at = end + 1;
        }
        Page { lines }
    }

    /// What speaks for and against verse in each line, row by row of [`LINE_EVIDENCE`].
    pub fn evidence(&self, i: usize) -> [f64; LINE_EVIDENCE.len()] {
        let line = &self.lines[i];
        let before = i.checked_sub(1).map(|j| &self.lines[j]);
        let behind = self.lines.get(i + 1);
        let unlike = |other: Option<&Line>| match other {
            Some(other) => f64::from((line.length / other.length).ln().abs().min(1.5)),
            None => 0.75,
        };
        let next = behind.map_or(Opens::Other, |l| l.opens);
        let (words, length) = (f64::from(line.words.max(1)), f64::from(line.length));
        let ln = (length / 36.0).ln().clamp(-3.0, 2.0);
        let binding = f64::from(line.binding) / words;
        let flag = |yes: bool| f64::from(u8::from(yes));
        let block = self.block(i);
        let size = block.len();
        let around = self.around(i, &block);
        [
            1.0,
            ln,
            ln * ln,
            unlike(before),
            unlike(behind),
            flag(line.closes == Closes::Pause),
            flag(line.closes == Closes::Stop),
            flag(line.closes == Closes::Question),
            flag(line.closes == Closes::Colon),
            flag(line.closes == Closes::Letter && next == Opens::Capital),
            flag(line.closes == Closes::Letter && next == Opens::Small),
            flag(line.opens == Opens::Capital),
            flag(line.opens == Opens::Small),
            flag(line.opens == Opens::Item),
            flag(around.is_full),
            flag(around.is_full && next == Opens::Small),
            flag(line.words == 2),
            flag(line.words == 1),
            binding,
            flag(line.binding == 0),
            f64::from(line.capitals) / words,
            flag(line.digits > 0),
            f64::from(line.signs.min(4)),
            flag(line.signs > 0),
            (f64::from(line.foreign) / length).min(1.0),
            f64::from(line.stops_inside.min(3)),
            (size as f64).ln().min(3.0),
            flag(size == 1),
            around.binding,
            around.spread,
            around.pauses,
            around.signs,
            around.small,
            around.full,
        ]
    }

    /// The lines of the block around a line, up to twenty either way.
    fn block(&self, i: usize) -> Range<usize> {
        let block = self.lines[i].block;
        let up = self.lines[..i].iter().rev().take(20).take_while(|l| l.block == block).count();
        let down = self.lines[i + 1..].iter().take(20).take_while(|l| l.block == block).count();
        i - up..i + down + 1
    }

    fn around(&self, i: usize, block: &Range<usize>) -> Around {
        // a stanza speaks for itself; a line or two are judged by what stands near
        let within = if block.len() >= STANZA { block.clone() } else { 0..self.lines.len() };
        let from = i.saturating_sub(AROUND).max(within.start);
        let near = &self.lines[from..(i + AROUND + 1).min(within.end)];
        let n = near.len() as f64;
        let (mut words, mut binding, mut sum, mut squares, mut pauses, mut signs, mut small) =
            (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
        let mut longest: f32 = 0.0;
        for l in near {
            words += f64::from(l.words);
            binding += f64::from(l.binding);
            sum += f64::from(l.length);
            squares += f64::from(l.length).powi(2);
            pauses += f64::from(u8::from(l.closes == Closes::Pause));
            signs += f64::from(u8::from(l.signs > 0));
            small += f64::from(u8::from(l.opens == Opens::Small));
            longest = longest.max(l.length);
        }
        let full = |j: usize| {
            let l = &self.lines[j];
            // the next line's first word would not have fitted into the widest line near
            self.lines
                .get(j + 1)
                .is_some_and(|next| next.block == l.block && l.length + 1.0 + f32::from(next.first_word) > longest)
        };
        let full_near = (from..from + near.len()).filter(|&j| full(j)).count();
        let mean = sum / n;
        Around {
            binding: binding / words.max(1.0),
            spread: ((squares / n - mean * mean).max(0.0).sqrt() / mean.max(1.0)).min(2.0),
            pauses: pauses / n,
            signs: signs / n,
            small: small / n,
            full: full_near as f64 / n,
            is_full: full(i),
        }
    }
}

struct Around {
    binding: f64,
    spread: f64,
    pauses: f64,
    signs: f64,
    small: f64,
    full: f64,
    is_full: bool,
}

impl Line {
    /// Whether it could be a line of verse at all.
    pub fn is_short(&self) -> bool {
        self.end - self.start <= LONGEST
    }

    pub fn words(&self) -> usize {
        usize::from(self.words)
    }
}

fn next_line_end(bytes: &[u8], from: usize) -> usize {
    bytes[from..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |at| from + at)
}

fn trimmed(bytes: &[u8], mut start: usize, mut end: usize) -> (usize, usize) {
    while start < end && bytes[start].is_ascii_whitespace() {
        start += 1;
    }
    while end > start && bytes[end - 1].is_ascii_whitespace() {
        end -= 1;
    }
    (start, end)
}

/// Bytes of a paragraph that its figures are taken from: the rest of it says the same.
const LOOKED_AT: usize = 400;

fn shape(bytes: &[u8], start: usize, end: usize) -> Line {
    let whole = &bytes[start..end];
    let text = &whole[..whole.len().min(LOOKED_AT)];
    let mut line = Line { start, end, ..Line::default() };
    let mut continuation = 0;
    let (mut word, mut letters, mut upper) = (0u64, 0usize, false);
    let mut after_stop = false;
    let close_word = |line: &mut Line, word: u64, letters: usize, upper: bool| {
        if letters == 0 {
            return;
        }
        line.words += 1;
        if line.words > 1 {
            line.capitals += u16::from(upper);
        }
        line.binding += u16::from(letters <= 5 && is_binding(word));
    };
    for (i, &b) in text.iter().enumerate() {
        if b.is_ascii_alphabetic() {
            if letters == 0 {
                upper = b.is_ascii_uppercase();
                line.stops_inside += u16::from(after_stop && upper);
                after_stop = false;
            }
            word = word << 8 | u64::from(b | 0x20);
            letters += 1;
            continue;
        }
        if b == b'\'' && letters > 0 {
            // an apostrophe parts no word
            letters += 8;
            continue;
        }
        if b >= 0x80 {
            // dashes and quotation marks (U+20xx) are no foreign letters
            let is_mark = b == 0xE2 || (b < 0xC0 && i > 0 && is_in_mark(text, i));
            if b < 0xC0 {
                continuation += 1;
            } else if !is_mark && b >= 0xC4 {
                line.foreign += 1;
            }
            if !is_mark {
                if letters == 0 {
                    upper = false;
                }
                letters += 8;
            } else {
                close_word(&mut line, word, letters, upper);
                (word, letters) = (0, 0);
            }
            continue;
        }
        close_word(&mut line, word, letters, upper);
        if matches!(b, b'.' | b'!' | b'?') && letters > 2 {
            after_stop = true;
        } else if b != b' ' && b != b'"' {
            after_stop = false;
        }
        (word, letters) = (0, 0);
        match b {
            b'0'..=b'9' => line.digits += 1,
            b'[' | b']' | b'{' | b'}' | b'/' | b'@' | b'#' | b'=' | b'+' | b'_' | b'|' | b'<' | b'>' | b'%' | b'\\'
            | b'$' | b'&' | b'*' | b'~' | b'^' | b'`' => line.signs += 1,
            _ => {}
        }
    }
    close_word(&mut line, word, letters, upper);
    line.length = ((whole.len() - continuation.min(whole.len() - 1)) as f32).max(1.0);
    line.first_word = text.iter().position(u8::is_ascii_whitespace).unwrap_or(text.len()) as u16;
    line.opens = opens(text);
    line.closes = closes(whole);
    line
}

/// Whether a byte continues a character of General Punctuation.
fn is_in_mark(text: &[u8], i: usize) -> bool {
    text[i - 1] == 0xE2 || (i > 1 && text[i - 2] == 0xE2 && text[i - 1] < 0xC0)
}

fn opens(text: &[u8]) -> Opens {
    let quoted = text.iter().position(|b| !matches!(b, b'"' | b'\'' | b'(' | 0xE2 | 0x80 | 0x98..=0x9F)).unwrap_or(0);
    match text.get(quoted) {
        Some(b) if b.is_ascii_uppercase() => Opens::Capital,
        Some(b) if b.is_ascii_lowercase() => Opens::Small,
        Some(b'*' | b'-' | b'#' | b'>' | b'|' | b'+' | b'[' | b'$') => Opens::Item,
        Some(b) if b.is_ascii_digit() => Opens::Item,
        _ => Opens::Other,
    }
}

fn closes(text: &[u8]) -> Closes {
    // closing quotation marks: ASCII, and ’ ” (E2 80 99, E2 80 9D)
    let mut rest = text;
    loop {
        rest = match rest {
            [head @ .., b'"' | b'\'' | b')' | b'*' | b'_'] => head,
            [head @ .., 0xE2, 0x80, 0x99 | 0x9D] => head,
            _ => break,
        };
    }
    match rest {
        [.., b'.' | b'!'] | [.., 0xE2, 0x80, 0xA6] => Closes::Stop,
        [.., b'?'] => Closes::Question,
        [.., b':'] => Closes::Colon,
        [.., b',' | b';' | b'-'] | [.., 0xE2, 0x80, 0x93 | 0x94] => Closes::Pause,
        [.., b] if b.is_ascii_alphabetic() || *b >= 0x80 => Closes::Letter,
        _ => Closes::Other,
    }
}

/// A word of up to eight small letters as a number.
const fn packed(word: &str) -> u64 {
    let bytes = word.as_bytes();
    let (mut out, mut i) = (0u64, 0);
    while i < bytes.len() {
        out = out << 8 | bytes[i] as u64;
        i += 1;
    }
    out
}

/// Words that bind others: running English has some four in ten, menus and tables hardly one.
const BINDING: [u64; 64] = {
    const WORDS: [&str; 64] = [
        "the", "of", "and", "a", "to", "in", "i", "that", "was", "his", "he", "with", "is", "as", "had", "for", "her",
        "not", "at", "but", "on", "it", "my", "be", "she", "all", "from", "so", "by", "me", "they", "we", "you",
        "this", "have", "are", "no", "or", "were", "when", "him", "their", "what", "then", "there", "if", "who",
        "your", "our", "will", "an", "thy", "thou", "thee", "them", "its", "where", "into", "up", "upon", "than",
        "could", "would", "been",
    ];
    let mut out = [0u64; 64];
    let mut i = 0;
    while i < WORDS.len() {
        out[i] = packed(WORDS[i]);
        i += 1;
    }
    // insertion sort, so that a word is found by halving
    let mut i = 1;
    while i < out.len() {
        let mut j = i;
        while j > 0 && out[j - 1] > out[j] {
            let smaller = out[j];
            out[j] = out[j - 1];
            out[j - 1] = smaller;
            j -= 1;
        }
        i += 1;
    }
    out
};

pub(crate) fn is_binding(word: u64) -> bool {
    BINDING.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_their_shape() {
        let page = Page::new(
            "  The rope is long,\r\nand \u{201c}so am I.\u{201d}\n\n\n* Ask Mr. Bo. He knows [1]\nna\u{ef}ve \u{2014} 7",
        );
        let [a, b, c, d] = page.lines[..] else { panic!("four lines") };
        assert_eq!((a.start, a.words, a.binding, a.opens, a.closes), (2, 4, 2, Opens::Capital, Closes::Pause));
        assert_eq!((b.words, b.opens, b.closes, b.foreign, b.length), (4, Opens::Small, Closes::Stop, 0, 14.0));
        assert_eq!((a.block, b.block, c.block, d.block), (0, 0, 1, 1));
        assert_eq!((c.opens, c.signs, c.digits, c.stops_inside), (Opens::Item, 3, 1, 0));
        assert_eq!((d.words, d.foreign, d.digits), (1, 0, 1));
        assert_eq!(shape(b"We left. He stayed.", 0, 19).stops_inside, 1);
        assert_eq!(Page::new("\n \n\t\n").lines.len(), 0);
    }

    #[test]
    fn binding_words_are_known() {
        for word in ["the", "thou", "a", "would"] {
            assert!(is_binding(packed(word)), "{word}");
        }
        assert!(!is_binding(packed("rope")) && !is_binding(packed("thea")));
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_it(text in ".{0,200}") {
            let page = Page::new(&text);
            for (i, line) in page.lines.iter().enumerate() {
                proptest::prop_assert!(text.is_char_boundary(line.start) && text.is_char_boundary(line.end));
                proptest::prop_assert!(page.evidence(i).iter().all(|e| e.is_finite()));
            }
        }
    }
}

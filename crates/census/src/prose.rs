//! Literary prose: stories and what reads like them, told from other prose by how it is told.

use std::ops::Range;

use crate::find::{Kind, Passage, round};
use crate::line::{LONGEST, Page, is_binding};
use crate::weights::dot;

/// Names of the evidence, in the order of [`chunk_evidence`].
pub const PROSE_EVIDENCE: [&str; 22] = [
    "constant",
    "he and she",
    "i and we",
    "you",
    "was and had",
    "is and are",
    "ed words",
    "ing words",
    "saying",
    "body and house",
    "quotation marks",
    "questions and cries",
    "capitals",
    "digits",
    "signs",
    "long words",
    "word length",
    "ln sentence",
    "binding words",
    "colons and brackets",
    "long lines",
    "apostrophes",
];

/// Words that a decision is made on.
const CHUNK: usize = 150;
/// Words of the shortest passage.
const LEAST: usize = 150;
/// Log-odds from which a chunk counts: a corpus is mostly other prose, so the benefit of the doubt is its.
const DECIDED: f64 = 0.0;

/// A stretch of paragraphs outside verse, some [`CHUNK`] words long.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Chunk {
    pub range: Range<usize>,
    pub words: usize,
    counts: Counts,
}

/// The paragraphs of a text outside `verse`, in chunks that end with a block, and the words of all of them.
#[must_use]
pub fn chunks(text: &str, page: &Page, verse: &[Range<usize>]) -> (Vec<Chunk>, usize) {
    let mut out: Vec<Chunk> = Vec::new();
    let mut chunk = Chunk::default();
    let mut all = 0;
    let mut next = verse.iter().peekable();
    for (i, line) in page.lines.iter().enumerate() {
        while next.peek().is_some_and(|v| v.end <= line.start) {
            next.next();
        }
        let in_verse = next.peek().is_some_and(|v| v.start <= line.start);
        if in_verse {
            close(&mut chunk, &mut out);
            continue;
        }
        if chunk.words == 0 {
            chunk.range = line.start..line.end;
        }
        chunk.range.end = line.end;
        let long = line.end - line.start > LONGEST;
        let words = chunk.counts.add(&text.as_bytes()[line.start..line.end], long);
        chunk.words += words;
        all += words;
        let ends_block = page.lines.get(i + 1).is_none_or(|l| l.block != line.block) || long;
        if chunk.words >= CHUNK && ends_block {
            close(&mut chunk, &mut out);
        }
    }
    close(&mut chunk, &mut out);
    (out, all)
}

fn close(chunk: &mut Chunk, out: &mut Vec<Chunk>) {
    let done = std::mem::take(chunk);
    if done.words == 0 {
        return;
    }
    match out.last_mut() {
        // a short end belongs to what it ends
        Some(before) if done.words < CHUNK / 3 && before.range.end < done.range.start => {
            before.range.end = done.range.end;
            before.words += done.words;
            before.counts.merge(&done.counts);
        }
        _ => out.push(done),
    }
}

/// Passages of literary prose: chunks that follow on each other and read so.
pub(crate) fn passages(text: &str, chunks: &[Chunk], weights: &[f64]) -> Vec<Passage> {
    let mut out: Vec<(Passage, f64, usize)> = Vec::new();
    let mut open = false;
    for chunk in chunks {
        let odds = dot(&chunk_evidence(chunk), weights);
        if odds <= DECIDED || chunk.words < CHUNK / 2 {
            open = false;
            continue;
        }
        let passage = Passage {
            kind: Kind::LiteraryProse,
            start: chunk.range.start,
            end: chunk.range.end,
            words: chunk.words,
            ..Passage::default()
        };
        match out.last_mut() {
            Some((last, sum, n)) if open => {
                (last.end, last.words) = (passage.end, last.words + passage.words);
                (*sum, *n) = (*sum + odds, *n + 1);
            }
            _ => out.push((passage, odds, 1)),
        }
        open = true;
    }
    debug_assert!(out.iter().all(|(p, ..)| text.get(p.start..p.end).is_some()));
    out.into_iter()
        .filter(|(p, ..)| p.words >= LEAST)
        .map(|(p, sum, n)| Passage { confidence: round(1.0 / (1.0 + (-sum / n as f64).exp())), ..p })
        .collect()
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Counts {
    words: u32,
    letters: u32,
    bytes: u32,
    long_bytes: u32,
    by_class: [u32; CLASSES],
    ed: u32,
    ing: u32,
    long: u32,
    binding: u32,
    capitals: u32,
    quotes: u32,
    cries: u32,
    stops: u32,
    digits: u32,
    signs: u32,
    colons: u32,
    apostrophes: u32,
}

const CLASSES: usize = 7;

impl Counts {
    /// Counts a line, and gives its words.
    fn add(&mut self, line: &[u8], long: bool) -> usize {
        let before = self.words;
        self.bytes += line.len() as u32;
        self.long_bytes += if long { line.len() as u32 } else { 0 };
        let (mut word, mut letters, mut upper) = (0u64, 0u32, false);
        let mut begins_sentence = true;
        for &b in line.iter().chain(b" ") {
            if b.is_ascii_alphabetic() || (b >= 0xC3 && b != 0xE2) {
                if letters == 0 {
                    upper = b.is_ascii_uppercase();
                }
                word = word << 8 | u64::from(b | 0x20);
                letters += 1;
                continue;
            }
            if letters > 0 {
                self.word(word, letters, upper && !begins_sentence);
                begins_sentence = false;
                (word, letters) = (0, 0);
            }
            match b {
                b'"' | 0x9C | 0x9D => self.quotes += 1,
                b'!' | b'?' => {
                    self.cries += 1;
                    self.stops += 1;
                    begins_sentence = true;
                }
                b'.' => {
                    self.stops += 1;
                    begins_sentence = true;
                }
                b':' | b'(' | b')' => self.colons += 1,
                b'\'' | 0x99 => self.apostrophes += 1,
                b'0'..=b'9' => self.digits += 1,
                b'[' | b']' | b'{' | b'}' | b'/' | b'@' | b'#' | b'=' | b'+' | b'_' | b'|' | b'<' | b'>' | b'%'
                | b'\\' | b'$' | b'&' | b'*' | b'`' => self.signs += 1,
                _ => {}
            }
        }
        (self.words - before) as usize
    }

    fn word(&mut self, word: u64, letters: u32, capital: bool) {
        self.words += 1;
        self.letters += letters;
        self.capitals += u32::from(capital);
        self.long += u32::from(letters >= 9);
        self.binding += u32::from(letters <= 5 && is_binding(word));
        if letters >= 5 {
            self.ed += u32::from(word & 0xFFFF == u64::from(u16::from_be_bytes(*b"ed")));
            self.ing += u32::from(word & 0xFF_FFFF == 0x69_6E67);
        }
        if letters <= 8
            && let Some(class) = class_of(word)
        {
            self.by_class[class] += 1;
        }
    }

    fn merge(&mut self, other: &Counts) {
        self.words += other.words;
        self.letters += other.letters;
        self.bytes += other.bytes;
        self.long_bytes += other.long_bytes;
        self.by_class.iter_mut().zip(other.by_class).for_each(|(a, b)| *a += b);
        self.ed += other.ed;
        self.ing += other.ing;
        self.long += other.long;
        self.binding += other.binding;
        self.capitals += other.capitals;
        self.quotes += other.quotes;
        self.cries += other.cries;
        self.stops += other.stops;
        self.digits += other.digits;
        self.signs += other.signs;
        self.colons += other.colons;
        self.apostrophes += other.apostrophes;
    }
}

/// What speaks for literary prose in a chunk, row by row of [`PROSE_EVIDENCE`]; rates are of a hundred words.
#[must_use]
pub fn chunk_evidence(chunk: &Chunk) -> [f64; PROSE_EVIDENCE.len()] {
    let c = &chunk.counts;
    let words = f64::from(c.words.max(1));
    let rate = |n: u32| (100.0 * f64::from(n) / words).min(40.0);
    let class = |k: usize| rate(c.by_class[k]).sqrt();
    [
        1.0,
        class(0),
        class(1),
        class(2),
        class(3),
        class(4),
        rate(c.ed).sqrt(),
        rate(c.ing).sqrt(),
        class(5),
        class(6),
        rate(c.quotes).sqrt(),
        rate(c.cries).sqrt(),
        rate(c.capitals).sqrt(),
        rate(c.digits).sqrt(),
        rate(c.signs).sqrt(),
        rate(c.long).sqrt(),
        f64::from(c.letters) / words,
        (words / f64::from(c.stops.max(1))).ln().min(4.0),
        rate(c.binding) / 10.0,
        rate(c.colons).sqrt(),
        f64::from(c.long_bytes) / f64::from(c.bytes.max(1)),
        rate(c.apostrophes).sqrt(),
    ]
}

/// Small classes of words of at most eight letters.
const WORDS: [(&str, usize); 74] = [
    ("he", 0),
    ("she", 0),
    ("him", 0),
    ("her", 0),
    ("his", 0),
    ("hers", 0),
    ("himself", 0),
    ("herself", 0),
    ("i", 1),
    ("me", 1),
    ("my", 1),
    ("we", 1),
    ("us", 1),
    ("our", 1),
    ("you", 2),
    ("your", 2),
    ("yours", 2),
    ("was", 3),
    ("were", 3),
    ("had", 3),
    ("did", 3),
    ("been", 3),
    ("is", 4),
    ("are", 4),
    ("has", 4),
    ("be", 4),
    ("can", 4),
    ("will", 4),
    ("may", 4),
    ("must", 4),
    ("said", 5),
    ("asked", 5),
    ("told", 5),
    ("cried", 5),
    ("replied", 5),
    ("answered", 5),
    ("thought", 5),
    ("knew", 5),
    ("felt", 5),
    ("looked", 5),
    ("saw", 5),
    ("heard", 5),
    ("went", 5),
    ("came", 5),
    ("stood", 5),
    ("sat", 5),
    ("turned", 5),
    ("eyes", 6),
    ("eye", 6),
    ("hand", 6),
    ("hands", 6),
    ("face", 6),
    ("head", 6),
    ("voice", 6),
    ("heart", 6),
    ("door", 6),
    ("window", 6),
    ("room", 6),
    ("house", 6),
    ("night", 6),
    ("morning", 6),
    ("street", 6),
    ("father", 6),
    ("mother", 6),
    ("man", 6),
    ("woman", 6),
    ("boy", 6),
    ("girl", 6),
    ("old", 6),
    ("little", 6),
    ("sky", 6),
    ("sea", 6),
    ("light", 6),
    ("dark", 6),
];

fn class_of(word: u64) -> Option<usize> {
    use std::sync::OnceLock;
    static TABLE: OnceLock<Vec<(u64, usize)>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let packed = |word: &str| word.bytes().fold(0u64, |n, b| n << 8 | u64::from(b));
        let mut table: Vec<(u64, usize)> = WORDS.iter().map(|(word, class)| (packed(word), *class)).collect();
        table.sort_unstable();
        table
    });
    table.binary_search_by_key(&word, |entry| entry.0).ok().map(|at| table[at].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_by_class() {
        let mut counts = Counts::default();
        let words = counts.add("She said, \"I walked to the door.\" Was it Ann's? [3]".as_bytes(), false);
        assert_eq!(words, 11);
        assert_eq!(counts.by_class, [1, 1, 0, 1, 0, 1, 1]);
        assert_eq!((counts.ed, counts.quotes, counts.cries, counts.signs, counts.digits), (1, 2, 1, 2, 1));
        assert_eq!(counts.capitals, 2, "I and Ann, and not She or Was");
    }

    #[test]
    fn chunks_cover_all_words_outside_verse() {
        let text = format!("{}\n\n{}\n\nThe end of it.", "One two three. ".repeat(60), "Four five six. ".repeat(60));
        let page = Page::new(&text);
        let (found, words) = chunks(&text, &page, &[]);
        assert_eq!(words, 364);
        assert_eq!(found.iter().map(|c| c.words).sum::<usize>(), 364);
        assert_eq!(found.len(), 2, "the short end is of the second");
        let first = page.lines[0].start..page.lines[0].end;
        assert_eq!(chunks(&text, &page, &[first]).1, 184);
    }
}

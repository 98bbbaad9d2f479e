//! Whether words stand in an order that a language has: shuffled words, random words and letters do not.
//!
//! Words fall into some two hundred classes: the commonest words each into its own, others by their ending. For a text with
//! class a before class b at n places,
//!
//! order = [Σ ln P(b|a)/P(b) + n₀μ] / (n + n₀),
//!
//! the pointwise mutual information a pair, drawn towards μ, what people's texts have, as if n₀ more pairs were people's: a
//! haiku is not judged on ten pairs. Words in random order have less than 0.

use std::collections::HashMap;
use std::sync::OnceLock;

use phonetics::{Pronouncer, Via, commonness, words};

/// `cargo xtask word-order` makes it.
static BYTES: &[u8] = include_bytes!("../../../data/word_order.bin");

/// Words that are classes of their own.
const WORDS: usize = 240;
/// Steps of the table a nat.
const STEPS: f32 = 32.0;
/// Pairs by which a count is drawn towards independence.
const SMOOTH: f64 = 20.0;
/// n₀ and μ.
const PRIOR: f64 = 25.0;
const USUAL: f64 = 0.45;
/// Words of a text that are looked at.
const MOST_WORDS: usize = 2000;
/// Endings that tell what a word does in a sentence.
const ENDINGS: [&str; 22] = [
    "'s", "ing", "ed", "'d", "ly", "est", "eth", "ness", "ment", "tion", "sion", "ity", "ous", "ful", "less", "ive",
    "able", "ish", "er", "al", "s", "y",
];

/// Which class tends to follow which.
#[derive(Debug)]
pub struct WordOrder {
    words: HashMap<Box<str>, u16>,
    /// 32 · ln P(b|a)/P(b), row a.
    table: Vec<i8>,
    classes: usize,
}

/// What the order of a text's words says.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Order {
    /// Mean pointwise mutual information of neighbouring words, drawn towards people's; nats.
    pub order: f64,
    /// Share of words that neither the lexicon nor its morphology knows.
    pub unknown: f64,
    pub words: usize,
}

/// Words that stand side by side: None where a sentence or stanza ends between.
type Sequence = Vec<Option<(Box<str>, bool)>>;

impl WordOrder {
    /// What ships with the crate.
    pub fn builtin() -> &'static Self {
        static BUILTIN: OnceLock<WordOrder> = OnceLock::new();
        BUILTIN.get_or_init(|| Self::decode(BYTES).expect("data/word_order.bin is of this version (tested)"))
    }

    /// Learns from texts.
    #[must_use]
    pub fn learn<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let sequences: Vec<Sequence> = texts.map(sequence).collect();
        let mut counts: HashMap<&str, usize> = HashMap::new();
        sequences.iter().flatten().flatten().for_each(|(word, _)| *counts.entry(word).or_default() += 1);
        let mut common: Vec<(&str, usize)> = counts.into_iter().collect();
        common.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        let words: HashMap<Box<str>, u16> =
            common.iter().take(WORDS).enumerate().map(|(i, (word, _))| (Box::from(*word), i as u16)).collect();
        let classes = words.len() + OTHERS;
        let mut out = Self { words, table: vec![0; classes * classes], classes };
        let mut pairs = vec![0.0f64; classes * classes];
        // words that nobody knows say nothing of their neighbours
        let unknown = out.words.len() + UNKNOWN;
        for sequence in &sequences {
            let known = out.pairs(sequence).filter(|(a, b)| *a != unknown && *b != unknown);
            known.for_each(|(a, b)| pairs[a * classes + b] += 1.0);
        }
        let total: f64 = pairs.iter().sum();
        let after: Vec<f64> =
            (0..classes).map(|b| (0..classes).map(|a| pairs[a * classes + b]).sum::<f64>() / total).collect();
        for a in 0..classes {
            let row = &pairs[a * classes..(a + 1) * classes];
            let before: f64 = row.iter().sum();
            for (b, count) in row.iter().enumerate().filter(|(b, _)| after[*b] > 0.0) {
                let pmi = ((count / after[b] + SMOOTH) / (before + SMOOTH)).ln() as f32;
                out.table[a * classes + b] = (pmi * STEPS).round().clamp(-127.0, 127.0) as i8;
            }
        }
        out
    }

    /// The order of a text's words.
    #[must_use]
    pub fn of(&self, text: &str) -> Order {
        let sequence = sequence(text);
        let (mut sum, mut n) = (0.0, 0.0);
        for (a, b) in self.pairs(&sequence) {
            sum += f64::from(self.table[a * self.classes + b]);
            n += 1.0;
        }
        let words = sequence.iter().flatten().count();
        let unknown = sequence.iter().flatten().filter(|(_, known)| !known).count();
        Order {
            order: (sum / f64::from(STEPS) + PRIOR * USUAL) / (n + PRIOR),
            unknown: unknown as f64 / words.max(1) as f64,
            words,
        }
    }

    fn pairs<'a>(&'a self, sequence: &'a Sequence) -> impl Iterator<Item = (usize, usize)> + 'a {
        let class = |word: &Option<(Box<str>, bool)>| word.as_ref().map(|(word, known)| self.class(word, *known));
        sequence.windows(2).filter_map(move |pair| Some((class(&pair[0])?, class(&pair[1])?)))
    }

    fn class(&self, word: &str, known: bool) -> usize {
        if let Some(own) = self.words.get(word) {
            return usize::from(*own);
        }
        let other = if word.contains(|c: char| c.is_ascii_digit()) {
            0
        } else if !known {
            UNKNOWN
        } else if let Some(ending) = ENDINGS.iter().position(|e| word.len() > e.len() + 1 && word.ends_with(e)) {
            2 + ending
        } else {
            2 + ENDINGS.len() + usize::from(commonness(word) > COMMON)
        };
        self.words.len() + other
    }

    /// The words by number, a line each, an empty line, and the table.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut words: Vec<(&str, u16)> = self.words.iter().map(|(w, i)| (&**w, *i)).collect();
        words.sort_by_key(|(_, i)| *i);
        let mut out: Vec<u8> = words.iter().flat_map(|(w, _)| w.bytes().chain([b'\n'])).collect();
        out.push(b'\n');
        out.extend(self.table.iter().map(|x| x.cast_unsigned()));
        out
    }

    /// From bytes that [`encode`](Self::encode) made; None for others.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(2).position(|w| w == b"\n\n")?;
        let words = std::str::from_utf8(&bytes[..end]).ok()?;
        let words: HashMap<Box<str>, u16> = words.lines().enumerate().map(|(i, w)| (Box::from(w), i as u16)).collect();
        let classes = words.len() + OTHERS;
        let table: Vec<i8> = bytes[end + 2..].iter().map(|b| b.cast_signed()).collect();
        (table.len() == classes * classes).then_some(Self { words, table, classes })
    }
}

/// Classes of the words that have none of their own.
const OTHERS: usize = ENDINGS.len() + 4;
/// The place of the words that nobody knows among them.
const UNKNOWN: usize = 1;
/// ln of occurrences per million from which a word without a telling ending is common.
const COMMON: f32 = 4.0;

/// The words of a text with whether each is known.
fn sequence(text: &str) -> Sequence {
    let pronouncer = Pronouncer::shared();
    let mut out: Sequence = Vec::new();
    for line in text.lines() {
        if line.trim().is_empty() {
            out.push(None);
        }
        let mut at = 0;
        for token in words(line) {
            if line.get(at..token.range.start).is_some_and(ends_sentence) {
                out.push(None);
            }
            at = token.range.end;
            let known = pronouncer.word(&token.text).pronunciations().first().is_some_and(|p| p.via() != Via::G2p);
            out.push(Some((Box::from(&*token.text), known)));
        }
        if line.get(at..).is_some_and(ends_sentence) {
            out.push(None);
        }
        if out.len() >= MOST_WORDS {
            break;
        }
    }
    out
}

fn ends_sentence(between: &str) -> bool {
    between.contains(['.', '!', '?', ';', ':', '…', '—'])
}

//! A prose text as paragraphs, sentences and words, with what is said aloud told from what is narrated.

use std::ops::Range;

/// Words that the shape of a text is read from; it is cut behind the sentence that reaches them.
pub(crate) const CUT: usize = 600;

#[derive(Debug, Clone)]
pub(crate) struct Word {
    /// In small letters, with straight apostrophes.
    pub text: String,
    /// Written with a capital.
    pub capital: bool,
    /// Inside quotation marks.
    pub spoken: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Sentence {
    pub words: Vec<Word>,
    pub paragraph: usize,
    /// Its last sign behind closing marks: `.`, `!`, `?`, `…`, or another.
    pub end: char,
    /// It opens with a quotation mark.
    pub opens_quoted: bool,
    /// Commas in it.
    pub commas: usize,
}

impl Sentence {
    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }

    /// More than half of it is said aloud.
    pub(crate) fn is_spoken(&self) -> bool {
        2 * self.words.iter().filter(|w| w.spoken).count() > self.words.len()
    }

    pub(crate) fn has(&self, list: &[&str]) -> bool {
        self.words.iter().any(|w| list.contains(&w.text.as_str()))
    }

    /// The n-th word, or "".
    pub(crate) fn word(&self, n: usize) -> &str {
        self.words.get(n).map_or("", |w| &w.text)
    }
}

/// The whole text, and how much of it is cut off before its shape is read.
#[derive(Debug, Clone, Default)]
pub(crate) struct ProseText {
    pub sentences: Vec<Sentence>,
    /// Sentences of the first [`CUT`] words.
    pub kept: usize,
}

impl ProseText {
    /// From a body with a paragraph a line; blank lines may stand between.
    pub(crate) fn new(body: &str) -> Self {
        let paragraphs: Vec<&str> = body.lines().map(str::trim).filter(|l| l.contains(char::is_alphanumeric)).collect();
        let paragraphs = match paragraphs.as_slice() {
            [all @ .., last] if !all.is_empty() && is_finis(last) => all,
            all => all,
        };
        let mut sentences = Vec::new();
        for (number, paragraph) in paragraphs.iter().enumerate() {
            parse(paragraph, number, &mut sentences);
        }
        let mut words = 0;
        let mut kept = 0;
        while kept < sentences.len() && words < CUT {
            words += sentences[kept].len();
            kept += 1;
        }
        Self { kept, sentences }
    }

    /// Sentences of the first [`CUT`] words.
    pub(crate) fn cut(&self) -> &[Sentence] {
        &self.sentences[..self.kept]
    }

    /// Sentences of each paragraph, over the whole text or its cut.
    pub(crate) fn paragraphs(sentences: &[Sentence]) -> Vec<Range<usize>> {
        let mut out: Vec<Range<usize>> = Vec::new();
        for (i, s) in sentences.iter().enumerate() {
            match out.last_mut() {
                Some(range) if sentences[range.start].paragraph == s.paragraph => range.end = i + 1,
                _ => out.push(i..i + 1),
            }
        }
        out
    }

    pub(crate) fn words(&self) -> usize {
        self.sentences.iter().map(Sentence::len).sum()
    }
}

fn is_finis(paragraph: &str) -> bool {
    let plain: String = paragraph.chars().filter(|c| c.is_alphabetic() || *c == ' ').collect();
    matches!(plain.trim().to_lowercase().as_str(), "the end" | "end" | "finis")
}

/// Abbreviations behind whose point a sentence goes on.
const ABBREVIATIONS: [&str; 14] =
    ["mr", "mrs", "ms", "dr", "st", "prof", "capt", "col", "gen", "lieut", "sgt", "rev", "vs", "no"];

/// One paragraph into sentences. A sentence ends at `.`, `!`, `?` or `…` (and the marks that close behind it) where a
/// blank and no small letter follow, or at the end of the paragraph; so `"Stop!" said he.` is one.
fn parse(paragraph: &str, number: usize, out: &mut Vec<Sentence>) {
    let chars: Vec<char> = paragraph.chars().collect();
    let mut quotes = Quotes::default();
    let mut sentence = Open::default();
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        if c.is_alphanumeric() {
            let from = i;
            while i < chars.len() && (chars[i].is_alphanumeric() || joins(&chars, i)) {
                i += 1;
            }
            sentence.word(&chars[from..i], quotes.inside());
            continue;
        }
        if quotes.see(&chars, i) && sentence.words.is_empty() {
            sentence.opens_quoted = true;
        }
        sentence.commas += usize::from(c == ',');
        if matches!(c, '.' | '!' | '?' | '…') {
            sentence.end = c;
            let mut next = i + 1;
            while next < chars.len() && closes(chars[next]) {
                quotes.see(&chars, next);
                next += 1;
            }
            if ends(&chars, i, next, &sentence) {
                sentence.close(number, out);
            }
            i = next;
            continue;
        }
        if !c.is_whitespace() && !closes(c) {
            sentence.end = c;
        }
        i += 1;
    }
    sentence.close(number, out);
}

/// Signs of which a run ends a sentence together.
fn closes(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '"' | '\'' | '”' | '’' | ')' | ']' | '*' | '_')
}

/// An apostrophe or hyphen inside a word.
fn joins(chars: &[char], i: usize) -> bool {
    matches!(chars[i], '\'' | '’' | '-') && i > 0 && chars.get(i + 1).is_some_and(|c| c.is_alphanumeric())
}

fn ends(chars: &[char], stop: usize, next: usize, sentence: &Open) -> bool {
    let after = chars.get(next).copied();
    let begins = |c: char| c.is_uppercase() || c.is_numeric() || matches!(c, '"' | '“' | '‘' | '\'' | '(' | '*' | '_');
    match after {
        None => true,
        Some(c) if c.is_whitespace() => {
            let first = chars[next..].iter().copied().find(|c| !c.is_whitespace());
            let abbreviated = chars[stop] == '.' && next == stop + 1 && sentence.ends_abbreviated();
            !abbreviated && first.is_none_or(|c| begins(c) || !c.is_alphanumeric() && !matches!(c, '—' | '–' | '-'))
        }
        // "fox?About three drinks": the blank was forgotten
        Some(c) => matches!(chars[stop], '?' | '!') && c.is_uppercase(),
    }
}

/// Inside which quotation marks one is. They are closed at the end of a paragraph.
#[derive(Default)]
struct Quotes {
    double: bool,
    single: bool,
}

impl Quotes {
    fn inside(&self) -> bool {
        self.double || self.single
    }

    /// Takes notice of a sign; true where it opens speech.
    fn see(&mut self, chars: &[char], i: usize) -> bool {
        let before = i.checked_sub(1).map(|b| chars[b]);
        let starts = before.is_none_or(|b| b.is_whitespace() || matches!(b, '—' | '–' | '-' | '(' | '"' | '“'));
        match chars[i] {
            '"' => self.double = !self.double,
            '“' => self.double = true,
            '”' => self.double = false,
            '‘' if starts => self.single = true,
            '\'' if starts && closing_single(chars, i) => self.single = true,
            '’' | '\'' => {
                self.single = false;
                return false;
            }
            _ => return false,
        }
        self.inside()
    }
}

/// A straight single mark opens speech only if another closes it behind a stop or comma.
fn closing_single(chars: &[char], from: usize) -> bool {
    (from + 2..chars.len()).any(|i| chars[i] == '\'' && matches!(chars[i - 1], '.' | ',' | '!' | '?' | '…'))
}

/// A sentence as far as it was read.
#[derive(Default)]
struct Open {
    words: Vec<Word>,
    end: char,
    opens_quoted: bool,
    commas: usize,
}

impl Open {
    fn word(&mut self, chars: &[char], spoken: bool) {
        let lower = |c: &char| if *c == '’' { vec!['\''] } else { c.to_lowercase().collect::<Vec<char>>() };
        self.words.push(Word {
            text: chars.iter().flat_map(lower).collect(),
            capital: chars[0].is_uppercase(),
            spoken,
        });
    }

    fn ends_abbreviated(&self) -> bool {
        let Some(last) = self.words.last() else { return false };
        let initial = last.text.len() == 1 && last.capital && last.text != "i";
        initial || ABBREVIATIONS.contains(&last.text.as_str())
    }

    fn close(&mut self, paragraph: usize, out: &mut Vec<Sentence>) {
        let done = std::mem::take(self);
        if !done.words.is_empty() {
            let Open { words, end, opens_quoted, commas } = done;
            out.push(Sentence { words, paragraph, end, opens_quoted, commas });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(text: &str) -> Vec<usize> {
        ProseText::new(text).sentences.iter().map(Sentence::len).collect()
    }

    #[test]
    fn sentences_end_where_a_reader_stops() {
        assert_eq!(
            lengths("Mr. Holt sat down. He had J. Peel's hat… on. \"Stop!\" said the crow. Why?Nobody knew"),
            [4, 6, 4, 1, 2]
        );
        assert_eq!(lengths("It was late.\n\nNobody came.\n\nTHE END"), [3, 2]);
        assert_eq!(lengths("  \n"), [0; 0]);
    }

    #[test]
    fn speech_is_told_from_narration() {
        let spoken = |text: &str| -> Vec<String> {
            let text = ProseText::new(text);
            text.sentences.iter().flat_map(|s| &s.words).filter(|w| w.spoken).map(|w| w.text.clone()).collect()
        };
        assert_eq!(spoken("“Go on,” said Ann’s father. She didn’t."), ["go", "on"]);
        assert_eq!(spoken("\"No,\" he said, \"not I.\" It rained."), ["no", "not", "i"]);
        assert_eq!(spoken("‘Don’t,’ said he; ‘stay.’ It’s cold."), ["don't", "stay"]);
        assert_eq!(spoken("The boys' dog ate Mary's hat."), Vec::<String>::new());
    }

    #[test]
    fn the_cut_is_behind_a_sentence() {
        let text = ProseText::new(&"The cat sat on the old mat again. ".repeat(100));
        assert_eq!((text.words(), text.sentences.len(), text.cut().len()), (800, 100, 75));
    }
}

//! A line of verse and the words that a reader says in it.

use std::ops::Range;

use phonetics::{Pronouncer, WordRef};
use smallvec::SmallVec;

/// A line, as printed and as spoken.
#[derive(Debug, Clone)]
pub struct Line {
    pub text: String,
    /// The words that are said aloud, in order.
    pub words: SmallVec<[Spoken; 10]>,
}

/// One word of a line: where it stands in the text, and its pronunciations.
#[derive(Debug, Clone)]
pub struct Spoken {
    /// Bytes of [`Line::text`], as printed (with its apostrophes).
    pub range: Range<usize>,
    pub word: WordRef,
}

impl Line {
    pub fn new(text: impl Into<String>, pronouncer: &Pronouncer) -> Line {
        let text = text.into();
        let words = phonetics::words(&text)
            .map(|token| Spoken { range: token.range.clone(), word: pronouncer.word(sayable(&token.text)) })
            .collect();
        Line { text, words }
    }

    /// The word as printed.
    pub fn printed(&self, spoken: &Spoken) -> &str {
        &self.text[spoken.range.clone()]
    }

    /// What stands between word `i` and the next (or the end of the line): blanks and punctuation.
    pub fn after(&self, i: usize) -> &str {
        let from = self.words[i].range.end;
        let to = self.words.get(i + 1).map_or(self.text.len(), |next| next.range.start);
        &self.text[from..to]
    }

    pub fn last(&self) -> Option<&Spoken> {
        self.words.last()
    }
}

/// Nobody says a word of more letters; what is longer is noise, and only its head is pronounced.
const LONGEST_WORD: usize = 64;

fn sayable(word: &str) -> &str {
    if word.len() <= LONGEST_WORD {
        return word;
    }
    word.char_indices().nth(LONGEST_WORD).map_or(word, |(end, _)| &word[..end])
}

//! A word with all the ways it is said.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::{Pronunciation, lexicon};

/// A word: its normalized spelling, its pronunciations, how common it is.
#[derive(Debug, Clone)]
pub struct Word {
    text: Box<str>,
    pronunciations: Vec<Pronunciation>,
    commonness: f32,
}

impl Word {
    pub(crate) fn new(text: Box<str>, pronunciations: Vec<Pronunciation>, commonness: f32) -> Word {
        Word { text, pronunciations, commonness }
    }

    pub(crate) fn unlisted(text: &str, pronunciations: Vec<Pronunciation>) -> Word {
        Word::new(text.into(), pronunciations, lexicon::commonness(text))
    }

    /// The spelling as looked up: lower case, straight apostrophes.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Most usual first. Never empty for a word with a letter or a digit; empty for one without either.
    pub fn pronunciations(&self) -> &[Pronunciation] {
        &self.pronunciations
    }

    /// The natural logarithm of its occurrences per million words of English verse and prose (works in the public domain,
    /// 3.4 million words): "the" 11, "moon" 5.4, "gossamer" 1; −3 for a word that never occurs there, or that
    /// the lexicon lacks and that occurs less than three times.
    pub fn commonness(&self) -> f32 {
        self.commonness
    }
}

/// A shared [`Word`]: a lexicon word lives as long as the process, any other as long as somebody holds it.
#[derive(Clone)]
pub struct WordRef(Source);

#[derive(Clone)]
enum Source {
    Shipped(&'static Word),
    Made(Arc<Word>),
}

impl From<&'static Word> for WordRef {
    fn from(word: &'static Word) -> Self {
        WordRef(Source::Shipped(word))
    }
}

impl From<Word> for WordRef {
    fn from(word: Word) -> Self {
        WordRef(Source::Made(Arc::new(word)))
    }
}

impl Deref for WordRef {
    type Target = Word;

    fn deref(&self) -> &Word {
        match &self.0 {
            Source::Shipped(word) => word,
            Source::Made(word) => word,
        }
    }
}

impl fmt::Debug for WordRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

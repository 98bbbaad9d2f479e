//! The words that people have looked up before us: CMUdict with doggerel's additions.

pub mod format;

use std::sync::OnceLock;

use crate::{Pronunciation, Word};
pub use format::Entry;
use format::{Lexicon, RAREST};

static BYTES: &[u8] = include_bytes!("../../../data/lexicon.bin");

fn lexicon() -> &'static Lexicon {
    static LEXICON: OnceLock<Lexicon> = OnceLock::new();
    LEXICON.get_or_init(|| Lexicon::open(BYTES).expect("data/lexicon.bin is of this version (tested)"))
}

/// The entry of a normalized word that the lexicon pronounces.
pub fn entry(word: &str) -> Option<Entry> {
    find(word).map(|(_, entry)| entry)
}

fn find(word: &str) -> Option<(usize, Entry)> {
    lexicon().find(word).filter(|(_, entry)| entry.is_pronounced())
}

/// ln of occurrences per million of any normalized word, also of one that is counted but not pronounced.
pub fn commonness(word: &str) -> f32 {
    lexicon().find(word).map_or(RAREST, |(_, entry)| entry.commonness)
}

/// The word as the lexicon has it, made once in the life of the process: later calls only read.
pub fn word(text: &str) -> Option<&'static Word> {
    static WORDS: OnceLock<Box<[OnceLock<Box<Word>>]>> = OnceLock::new();
    let (slot, entry) = find(text)?;
    let words = WORDS.get_or_init(|| (0..lexicon().slots()).map(|_| OnceLock::new()).collect());
    Some(words[slot].get_or_init(|| Box::new(from_entry(entry))))
}

/// Every pronounced word, in byte order.
pub fn words() -> impl Iterator<Item = Word> {
    lexicon().iter().filter(Entry::is_pronounced).map(from_entry)
}

fn from_entry(entry: Entry) -> Word {
    let pronunciations =
        entry.pronunciations().map(|(phones, added)| Pronunciation::from_lexicon(phones, added)).collect();
    Word::new(entry.text.into(), pronunciations, entry.commonness)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_file_is_whole_and_of_this_version() {
        Lexicon::check(BYTES).unwrap();
        assert!(words().count() > 120_000);
        assert_eq!(lexicon().iter().count(), lexicon().len());
        for entry in lexicon().iter() {
            assert!(entry.is_pronounced() || entry.commonness > RAREST, "{}", entry.text);
            for (phones, _) in entry.pronunciations() {
                assert!(phones.iter().all(|p| usize::from(p.byte()) < crate::Phone::COUNT), "{}", entry.text);
                assert!(!phones.is_empty(), "{}", entry.text);
            }
        }
    }

    #[test]
    fn every_word_is_found_again() {
        for entry in lexicon().iter() {
            assert_eq!(super::entry(entry.text).is_some(), entry.is_pronounced(), "{}", entry.text);
            assert_eq!(commonness(entry.text), entry.commonness, "{}", entry.text);
        }
    }
}

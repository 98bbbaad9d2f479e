//! The rhymes of a word in the lexicon.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::tail::{Beat, Made, Tail};
use super::{Class, LineEnd, RhymeOptions, rhyme};
use crate::{Phoneme, Pronouncer, WordRef};

/// A word that rhymes with the one asked about.
#[derive(Clone, Debug)]
pub struct RhymeWord {
    pub word: WordRef,
    pub class: Class,
    pub syllables: u8,
}

/// Every lexicon word by the sound from its stressed vowels on.
struct Index {
    words: Vec<WordRef>,
    by_sound: HashMap<Key, Vec<u32>>,
}

type Key = (Phoneme, u64, u64);

fn key(tail: &Tail) -> Key {
    (tail.vowel, tail.coda.0, tail.rest.0)
}

fn index() -> &'static Index {
    static INDEX: OnceLock<Index> = OnceLock::new();
    INDEX.get_or_init(|| {
        let mut index = Index { words: Vec::new(), by_sound: HashMap::new() };
        for word in Pronouncer::shared().lexicon_words() {
            if !word.text().bytes().all(|b| b.is_ascii_lowercase()) {
                continue;
            }
            let word = WordRef::from(word);
            let Some(end) = LineEnd::of_words(std::slice::from_ref(&word)) else { continue };
            let number = index.words.len() as u32;
            for tail in end.tails.iter().filter(|t| t.made == Made::Spoken && t.beat != Beat::Wrenched) {
                let words = index.by_sound.entry(key(tail)).or_default();
                if words.last() != Some(&number) {
                    words.push(number);
                }
            }
            index.words.push(word);
        }
        index
    })
}

/// Every rhyme of `word` in the lexicon whose sounds agree wholly, by class (perfect before rich, for a rich rhyme says
/// little new; then promoted), most common word first. The first call makes an index (some tenths of a second).
///
/// ```
/// let rhymes = phonetics::rhymes_of("moon");
/// assert!(rhymes.iter().take(20).any(|r| r.word.text() == "soon"));
/// ```
pub fn rhymes_of(word: &str) -> Vec<RhymeWord> {
    let Some(end) = LineEnd::of_line(Pronouncer::shared(), word) else { return Vec::new() };
    let index = index();
    let mut numbers: Vec<u32> = end
        .tails
        .iter()
        .filter(|t| !t.made.is_historical() && t.beat != Beat::Wrenched)
        .filter_map(|t| index.by_sound.get(&key(t)))
        .flatten()
        .copied()
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    let mut out: Vec<RhymeWord> = numbers
        .into_iter()
        .filter_map(|n| {
            let word = &index.words[n as usize];
            let other = LineEnd::of_words(std::slice::from_ref(word))?;
            let rhyme = rhyme(&end, &other, &RhymeOptions::default());
            let wanted = rhyme.class.is_full() && rhyme.class != Class::Identical;
            wanted.then(|| RhymeWord { word: word.clone(), class: rhyme.class, syllables: rhyme.syllables })
        })
        .collect();
    let rank = |class: Class| match class {
        Class::Perfect => 0,
        Class::Rich => 1,
        _ => 2,
    };
    out.sort_by(|a, b| rank(a.class).cmp(&rank(b.class)).then(b.word.commonness().total_cmp(&a.word.commonness())));
    out
}

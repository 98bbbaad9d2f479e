//! One way to say a word.

use std::fmt;
use std::sync::Arc;

use smallvec::SmallVec;

use crate::{Phone, syllable};

/// Where a pronunciation came from, surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Via {
    /// The word stands in the lexicon.
    Lexicon,
    /// Made by rule from words that do: an ending, a prefix, a compound, an old spelling, a number.
    Morphology,
    /// Guessed from the letters by the trained model.
    G2p,
}

impl Via {
    pub const fn as_str(self) -> &'static str {
        match self {
            Via::Lexicon => "lexicon",
            Via::Morphology => "morphology",
            Via::G2p => "g2p",
        }
    }
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[derive(Clone)]
enum Phones {
    Shipped(&'static [Phone]),
    Made(SmallVec<[Phone; 24]>),
}

/// One pronunciation: phones with stress, and where it came from. Cheap to clone.
#[derive(Clone)]
pub struct Pronunciation {
    phones: Phones,
    syllables: u8,
    via: Via,
    how: How,
}

#[derive(Clone)]
enum How {
    Said(&'static str),
    Told(Arc<str>),
}

impl Pronunciation {
    /// `how` is said to a reader: "walk + -ed".
    pub(crate) fn new(phones: &[Phone], via: Via, how: impl Into<Arc<str>>) -> Pronunciation {
        Pronunciation {
            phones: Phones::Made(SmallVec::from_slice(phones)),
            syllables: count_vowels(phones),
            via,
            how: How::Told(how.into()),
        }
    }

    pub(crate) fn from_lexicon(phones: &'static [Phone], added: bool) -> Pronunciation {
        let how = if added { "added by doggerel to CMUdict" } else { "CMUdict" };
        Pronunciation {
            phones: Phones::Shipped(phones),
            syllables: count_vowels(phones),
            via: Via::Lexicon,
            how: How::Said(how),
        }
    }

    pub fn phones(&self) -> &[Phone] {
        match &self.phones {
            Phones::Shipped(phones) => phones,
            Phones::Made(phones) => phones,
        }
    }

    pub fn via(&self) -> Via {
        self.via
    }

    /// The rule or source in a reader's words: `"CMUdict"`, `"walk + -ed"`.
    pub fn how(&self) -> &str {
        match &self.how {
            How::Said(how) => how,
            How::Told(how) => how,
        }
    }

    /// How many syllables: one a vowel.
    pub fn syllables(&self) -> usize {
        self.syllables.into()
    }

    /// The stress of each syllable in turn: 0 none, 1 primary, 2 secondary.
    pub fn stresses(&self) -> impl DoubleEndedIterator<Item = u8> + '_ {
        self.phones().iter().filter_map(|p| p.stress())
    }

    /// `"W AO1 K T"`.
    pub fn arpabet(&self) -> String {
        let names: Vec<&str> = self.phones().iter().map(|p| p.arpabet()).collect();
        names.join(" ")
    }

    /// IPA with stress marks before the syllable and a dot between two unstressed ones: `"ˈæn.ɪ.məl"`.
    pub fn ipa(&self) -> String {
        syllable::ipa(self.phones())
    }

    /// The ranges of [`phones`](Self::phones) that each syllable takes, divided by maximal onset.
    pub fn syllable_ranges(&self) -> Vec<std::ops::Range<usize>> {
        syllable::ranges(self.phones())
    }
}

fn count_vowels(phones: &[Phone]) -> u8 {
    phones.iter().filter(|p| p.is_vowel()).count().min(255) as u8
}

impl fmt::Display for Pronunciation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.arpabet())
    }
}

impl fmt::Debug for Pronunciation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}: {})", self.arpabet(), self.via, self.how())
    }
}

/// Two pronunciations are equal where they sound alike, wherever they came from.
impl PartialEq for Pronunciation {
    fn eq(&self, other: &Self) -> bool {
        self.phones() == other.phones()
    }
}

impl Eq for Pronunciation {}

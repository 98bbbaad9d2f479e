//! Words built from known words: endings, prefixes, compounds, elisions, old spellings.
//!
//! Every rule is one of English spelling or sound, never of a single word. A rule proposes a stem, the stem must be known
//! (in the lexicon, or itself built from there), and the rule says what happens to its phones. The first kind of rule that
//! answers wins, surest first: what apostrophes and accents stand for, endings, prefixes, old spellings, compounds.

mod compound;
mod elision;
mod ending;
mod old_spelling;
mod prefix;

use smallvec::SmallVec;

use crate::lexicon::format::RAREST;
use crate::lexicon::{self, Entry};
use crate::{Phone, Pronunciation, Via, held_out};

pub use compound::join_parts;
pub use elision::{LOST_HEADS, without_accents};
pub use prefix::hyphenated;

pub type Phones = SmallVec<[Phone; 24]>;

/// One way to say a word, with the rule in a reader's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    pub phones: Phones,
    pub how: String,
    pub trust: Trust,
}

/// How far the rules behind a pronunciation are to be trusted against a reading of the letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trust {
    /// The letters mislead: an apostrophe, an accent, an old spelling.
    AgainstLetters,
    /// An ending that leaves its stem alone.
    Sure,
    /// Other things are spelled so too: a compound, a prefix, an ending that ends much else.
    Likely,
    /// Rare parts, as names have them: where the stress falls is the letters' to tell.
    Doubtful,
}

impl Trust {
    /// Of two rules stacked: what the letters can't tell they can't tell of the whole; else the weaker counts.
    fn join(self, other: Trust) -> Trust {
        if self == Trust::AgainstLetters || other == Trust::AgainstLetters {
            Trust::AgainstLetters
        } else {
            self.max(other)
        }
    }
}

/// How many rules may be stacked (*un- + honour + -able + -ness*).
const DEPTH: u8 = 3;
/// Stems of so few letters are mostly names and syllables (*ab, lat, mog*), so they must be commoner: `e` in a million words.
const SHORT: usize = 3;
const SHORT_COMMON: f32 = 1.0;
/// How many pronunciations of a stem are carried on.
const CARRIED: usize = 4;

/// Which lexicon words count as known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// All of them.
    Listed,
    /// Those that the grapheme-to-phoneme model has seen in training.
    Trained,
}

/// Which words a rule may build upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stems {
    /// Words that occur in the counted works.
    Common,
    /// Every word of the lexicon, of which many are names.
    All,
}

#[derive(Debug, Clone, Copy)]
pub struct Morphology {
    known: Known,
}

impl Morphology {
    pub fn new(known: Known) -> Morphology {
        Morphology { known }
    }

    /// What the rules make of a normalized word, one answer after the other: the fewest rules first, and of as many the
    /// surer kind. An answer is every pronunciation that a rule finds, most usual first.
    pub fn answers<'a>(&'a self, word: &'a str) -> impl Iterator<Item = Vec<Made>> + 'a {
        let common = (0..DEPTH).flat_map(move |depth| {
            let rules = Rules { morphology: self, stems: Stems::Common, depth };
            KINDS.iter().map(move |kind| kind(&rules, word))
        });
        let names = Rules { morphology: self, stems: Stems::All, depth: 0 };
        let of_names: [Kind; 2] = [elision::apostrophes, ending::inflections];
        common.chain(of_names.into_iter().map(move |kind| kind(&names, word))).filter(|made| !made.is_empty())
    }

    /// The lexicon's entry, if the word may be used.
    pub fn entry(&self, word: &str) -> Option<Entry> {
        let entry = lexicon::entry(word)?;
        (self.known == Known::Listed || !held_out::is_held_out(word)).then_some(entry)
    }
}

/// What a rule works with: where its stems may come from and how many rules may follow.
struct Rules<'a> {
    morphology: &'a Morphology,
    stems: Stems,
    depth: u8,
}

/// A kind of rule: what it makes of a word.
type Kind = fn(&Rules, &str) -> Vec<Made>;

/// In the order of their sureness.
const KINDS: [Kind; 9] = [
    elision::accents,
    elision::ever,
    elision::apostrophes,
    ending::endings,
    prefix::prefixes,
    old_spelling::british,
    elision::unmarked,
    old_spelling::early,
    compound::closed,
];

impl Rules<'_> {
    /// The first kind of rule that answers.
    fn apply(&self, word: &str) -> Vec<Made> {
        KINDS.iter().map(|kind| kind(self, word)).find(|made| !made.is_empty()).unwrap_or_default()
    }

    /// Whether words are known to be unlisted. Without the lexicon nothing tells an old spelling from a modern one.
    fn may_respell(&self) -> bool {
        self.morphology.known == Known::Listed
    }

    /// The lexicon's entry of a stem, if this round admits it. Abbreviations (*dr*) are no stems.
    fn entry(&self, word: &str) -> Option<Entry> {
        if !word.bytes().any(is_vowel_letter) {
            return None;
        }
        let least = if word.len() <= SHORT { SHORT_COMMON } else { RAREST };
        self.morphology.entry(word).filter(|e| self.stems == Stems::All || e.commonness > least)
    }

    /// A known word, or one with an ending: for rules that should not be stacked.
    fn plain_stem(&self, word: &str) -> Vec<Made> {
        match self.entry(word) {
            Some(entry) => listed(&entry),
            None => ending::endings(&Rules { depth: 0, ..*self }, word),
        }
    }

    /// A known word or, as far as the depth allows, one built by further rules.
    fn stem(&self, word: &str) -> Vec<Made> {
        match (self.entry(word), self.depth.checked_sub(1)) {
            (Some(entry), _) => listed(&entry),
            (None, Some(depth)) if word.len() > 2 => Rules { depth, ..*self }.apply(word),
            _ => Vec::new(),
        }
    }

    /// The first candidate that is known, else the first that can be built.
    fn first_stem(&self, candidates: &[String]) -> Option<(usize, Vec<Made>)> {
        let listed = candidates.iter().enumerate().find_map(|(i, c)| Some((i, listed(&self.entry(c)?))));
        listed.or_else(|| {
            candidates.iter().enumerate().map(|(i, c)| (i, self.stem(c))).find(|(_, made)| !made.is_empty())
        })
    }
}

fn listed(entry: &Entry) -> Vec<Made> {
    entry
        .pronunciations()
        .take(CARRIED)
        .map(|(phones, _)| Made { phones: SmallVec::from_slice(phones), how: entry.text.into(), trust: Trust::Sure })
        .collect()
}

/// The possessive of a word that is said so.
pub fn possessive(word: &str, said: &[Pronunciation]) -> Vec<Pronunciation> {
    let possessive = |p: &Pronunciation| {
        let mut phones = Phones::from_slice(p.phones());
        ending::attach_s(&mut phones);
        let how = if p.via() == Via::Lexicon { word } else { p.how() };
        Pronunciation::new(&phones, p.via().max(Via::Morphology), format!("{how} + 's"))
    };
    said.iter().map(possessive).collect()
}

/// Applies `change` to every pronunciation of a stem; those that come out alike are one.
fn map(stem: Vec<Made>, trust: Trust, how: impl Fn(&str) -> String, change: impl Fn(&mut Phones)) -> Vec<Made> {
    let mut out: Vec<Made> = Vec::with_capacity(stem.len());
    for mut made in stem {
        change(&mut made.phones);
        if !made.phones.is_empty() && !out.iter().any(|o| o.phones == made.phones) {
            out.push(Made { how: how(&made.how), phones: made.phones, trust: made.trust.join(trust) });
        }
    }
    out
}

/// What was primary stress is secondary.
fn demote(phones: &mut Phones) {
    phones.iter_mut().filter(|p| p.stress() == Some(1)).for_each(|p| *p = p.with_stress(2));
}

fn is_vowel_letter(c: u8) -> bool {
    matches!(c, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

/// How many runs of vowel letters a spelling has; a *w* after a vowel is one with it and parts it from the next (*flower*).
fn vowel_groups(spelling: &str) -> usize {
    let bytes = spelling.as_bytes();
    (0..bytes.len()).filter(|&i| is_vowel_letter(bytes[i]) && (i == 0 || !is_vowel_letter(bytes[i - 1]))).count()
}

//! Word classes that matter to stress: which monosyllables lean on their neighbours.
//!
//! English verse treats monosyllables as free to fall on either position, but not equally: articles, prepositions and
//! pronouns are clitics that phrasal stress passes over, while nouns, verbs and adjectives carry it (Selkirk 1984,
//! *Phonology and Syntax*; Hayes 1989, "The prosodic hierarchy in meter"). The closed classes are listed here; how far each
//! word leans is a learnt weight.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::OnceLock;

/// How prominent a syllable is before the line's rhythm has its say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u8)]
pub(crate) enum Class {
    /// The edge of the line.
    Edge,
    /// Unstressed, beside the main stress of its word: si-LENT.
    Weak,
    /// Unstressed, but away from the main stress, where rhythm may promote it: silent-LY.
    Promotable,
    Primary,
    Secondary,
    /// The main stress of a function word of two syllables or more: u-PON.
    FunctionPrimary,
    Article,
    Possessive,
    Pronoun,
    Preposition,
    Conjunction,
    Auxiliary,
    /// Adverbs, quantifiers, demonstratives and question words of one syllable.
    Adverb,
    Interjection,
    /// Any other monosyllable: a noun, a verb, an adjective.
    #[default]
    Content,
}

pub(crate) const CLASSES: usize = 15;

const MONOSYLLABLES: &[(Class, &str)] = &[
    (Class::Article, "a an the th th' th’ ye"),
    (Class::Possessive, "my thy his her its our your their mine thine whose"),
    (
        Class::Pronoun,
        "i me thou thee he him she it we us they them you who whom which i'm i'll i'd i've he's he'd he'll she's she'd \
         she'll it's it'll we'll we're we've we'd you're you'll you've you'd they're they'll they've they'd thou'rt \
         thou'lt thou'st who's who'd who'll 'tis 'twas 'twere 'twill 'twould 't 'em",
    ),
    (
        Class::Preposition,
        "of to in on at by for from with through thro thro' thro’ o'er up down off out as than like near past round till \
         since o' wi' i' ere toward 'mid mid 'twixt 'neath 'gainst tho tho' amongst cross 'cross",
    ),
    (Class::Conjunction, "and or but nor if when where while that an' lest though whilst &"),
    (
        Class::Auxiliary,
        "is am are was were be been art wert wast do does did dost doth didst have has had hast hath hadst will would \
         wilt shall should shalt may might mayst can could canst must let",
    ),
    (
        Class::Adverb,
        "not no all so too now then there here how why what this these those such some each both more most yet still just \
         ne'er e'er once thus one own same don't can't won't shan't that's there's here's what's let's else few quite far \
         back well oft much thence hence whence forth",
    ),
    (Class::Interjection, "o oh ah lo hail yea ay aye nay ho hey yes"),
];

const POLYSYLLABLES: &str = "upon into onto over under about above below before behind beside besides beyond between \
    beneath among amid against around across along after within without until unto toward towards despite because \
    although whether either neither whereas unless every ever never any many only very other another our myself thyself \
    himself herself itself ourselves yourself themselves something nothing therefore wherefore whatever whoever";

/// What the model knows of a word's text alone.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Entry {
    pub class: Class,
    /// The number of its own weight; 0 where it has none.
    pub weight: u16,
    /// How often verse stresses it (a monosyllable), in [`LEANS`] steps; 0 where too rarely seen.
    pub stress: u8,
    /// How often verse contracts it (heav'n, fall'n), in [`LEANS`] steps; 0 where too rarely seen.
    pub contraction: u8,
}

/// Steps of log odds that `Entry::stress` and `Entry::contraction` tell apart, 0 meaning unknown.
pub(crate) const LEANS: usize = 12;

/// The step of a log odds: half-nat steps about 0.
fn lean(log_odds: f32) -> u8 {
    (log_odds / 0.7 + LEANS as f32 / 2.0).clamp(1.0, LEANS as f32 - 1.0) as u8
}

/// FNV-1a: the keys are a few bytes long and trusted.
#[derive(Default, Clone, Copy)]
pub(crate) struct Fnv(u64);

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for b in bytes {
            self.0 = (self.0 ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    fn finish(&self) -> u64 {
        self.0
    }
}

type Lexis = HashMap<&'static str, Entry, BuildHasherDefault<Fnv>>;

fn lexis() -> &'static Lexis {
    static LEXIS: OnceLock<Lexis> = OnceLock::new();
    LEXIS.get_or_init(|| {
        let mut map = Lexis::default();
        let polysyllables = POLYSYLLABLES.split_whitespace().map(|w| (Class::FunctionPrimary, w));
        let all = MONOSYLLABLES.iter().flat_map(|(c, words)| words.split_whitespace().map(move |w| (*c, w)));
        for (class, word) in all.chain(polysyllables) {
            let weight = map.len() as u16 + 1;
            map.entry(word).or_insert(Entry { class, weight, ..Entry::default() });
        }
        // Counted over unscanned verse by `cargo xtask metre-weights --words`: word, log odds of stress, of contraction.
        for line in include_str!("../../../../data/metre_words.tsv").lines().filter(|l| !l.starts_with('#')) {
            let mut cells = line.split('\t');
            if let Some(word) = cells.next() {
                let entry = map.entry(word).or_default();
                let mut step = || cells.next().and_then(|c| c.parse().ok()).map_or(0, lean);
                entry.stress = step();
                entry.contraction = step();
            }
        }
        map
    })
}

pub(crate) fn entry(text: &str) -> Option<Entry> {
    lexis().get(text).copied()
}

/// How many words have a weight of their own; every `Entry::weight` is below it.
pub(crate) const WORDS: usize = 320;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_room_for_its_weight() {
        let most = lexis().values().map(|e| usize::from(e.weight)).max();
        assert!(most.is_some_and(|m| m < WORDS), "{most:?}");
        assert_eq!(entry("the").map(|e| e.class), Some(Class::Article));
        assert_eq!(entry("rose").map_or(0, |e| e.weight), 0);
        assert!(entry("qwxz").is_none());
    }
}

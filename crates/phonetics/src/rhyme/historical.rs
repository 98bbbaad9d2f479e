//! The historical rule set: sounds that rhymed, or were allowed to, between about 1500 and 1800.
//!
//! Each [`Correspondence`] is a pair of today's vowels that one earlier vowel, or two that had not yet parted, gave rise to,
//! with the consonants before which that holds. They are switched on together by [`RhymeOptions::historical`]
//! (`--historical`) and never mixed in silently: without it, *love* and *prove* are an eye rhyme. How much each one
//! weighs is learnt (`data/rhyme_weights.tsv`), for poets used some often (*love, prove*) and some seldom.
//!
//! Sources, by the names used below:
//! * Kökeritz — H. Kökeritz, *Shakespeare's Pronunciation* (Yale 1953), whose chapters on the vowels rest on rhymes;
//! * Dobson — E. J. Dobson, *English Pronunciation 1500–1700* (Oxford, 2nd ed. 1968), vol. II, Phonology;
//! * Wyld — H. C. Wyld, *Studies in English Rhymes from Surrey to Pope* (London 1923);
//! * Walker — J. Walker, *A Rhyming Dictionary* (London 1775), the lists of "perfect" and "allowable" rhymes.
//!
//! A rule names the works that treat its correspondence; no page is cited, and how usual a rhyme was is not taken from them
//! but learnt from annotated poems.
//!
//! Three more rules make another ending rather than another vowel (see `Made` in `tail.rs`): final *-y, -ie(s)* as in *eye*
//! (*eternity, die*: Kökeritz; Wyld), *-ed* as a syllable of its own (*banished, bed*: Kökeritz),
//! and final *-a* as in *day* (*Seneca, say*: Walker).
//!
//! [`RhymeOptions::historical`]: super::RhymeOptions::historical

use std::sync::LazyLock;

use super::tail::Tail;
use crate::Phoneme::{self, AA, AE, AH, AO, AW, AY, EH, ER, EY, IH, IY, OW, OY, UH, UW};

/// What follows the vowel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Before {
    /// The end of the word or a vowel.
    Nothing,
    R,
    L,
    /// Any other consonant.
    Other,
}

use Before::{Nothing, Other};

impl Before {
    const COUNT: usize = 4;

    pub fn of(tail: &Tail) -> Before {
        match tail.coda.first() {
            None => Nothing,
            Some(Phoneme::R) => R,
            Some(Phoneme::L) => L,
            Some(_) => Other,
        }
    }
}

/// Two of today's vowels that rhymed in certain places.
#[derive(Debug)]
pub struct Correspondence {
    /// Its usual example: "love, move".
    pub name: &'static str,
    /// The two vowels today.
    pub vowels: (Phoneme, Phoneme),
    before: &'static [Before],
    /// The reason and the source, in words.
    pub why: &'static str,
}

const fn rule(
    name: &'static str,
    vowels: (Phoneme, Phoneme),
    before: &'static [Before],
    why: &'static str,
) -> Correspondence {
    Correspondence { name, vowels, before, why }
}

const R: Before = Before::R;
const L: Before = Before::L;

/// Every correspondence of the rule set.
pub const CORRESPONDENCES: &[Correspondence] = &[
    rule("love, move", (AH, UW), &[L, Other], "short u and long o from one Middle English close o (Kökeritz; Wyld)"),
    rule("blood, good", (AH, UH), &[L, Other], "short u before it split into those of cut and put (Dobson)"),
    rule("home, come", (AH, OW), &[L, Other], "o before a labial or nasal, short or long (Walker, allowable; Wyld)"),
    rule("food, stood", (UH, UW), &[L, Other], "long o not yet shortened before d, t, k (Dobson)"),
    rule(
        "broke, look",
        (OW, UH),
        &[L, Other],
        "o raised early or late before a stop; would sounding its l (Kökeritz; Walker, allowable)",
    ),
    rule("Rome, doom", (OW, UW), &[Nothing, L, Other], "open and close long o (Kökeritz; Walker)"),
    rule(
        "great, seat",
        (EY, IY),
        &[Nothing, L, Other],
        "the vowel of ea, sea, tea before it became that of see (Wyld; Kökeritz)",
    ),
    rule("death, beneath", (EH, IY), &[L, Other], "ea short or long (Kökeritz; Walker, allowable)"),
    rule("been, sin", (IH, IY), &[L, Other], "i short or long: been, give, give-receive (Kökeritz)"),
    rule("yet, spit", (EH, IH), &[L, Other], "e raised before nasals and dentals (Kökeritz; Wyld)"),
    rule("fear, there", (EH, IY), &[R], "long e before r, raised or not (Kökeritz; Walker, allowable)"),
    rule("dear, were", (ER, IY), &[R], "long e before r, shortened or not (Kökeritz)"),
    rule("there, were", (EH, ER), &[R], "were long as in ware; er before it became ur (Kökeritz; Dobson)"),
    rule("far, declare", (AA, EH), &[R], "a before r, short or long: are as in care (Kökeritz; Walker, allowable)"),
    rule("war, care", (AO, EH), &[R], "a after w, not rounded, before r (Walker, allowable; Wyld)"),
    rule("war, far", (AA, AO), &[R], "a after w not yet rounded (Kökeritz; Wyld)"),
    rule("word, lord", (AO, ER), &[R], "o, u before r not yet merged in that of turn (Kökeritz; Walker, allowable)"),
    rule("desert, heart", (AA, ER), &[R], "er as ar: clerk, serve, heard (Kökeritz; Wyld)"),
    rule("cure, bore", (AO, UH), &[R], "open and close long o before r: poor, door (Kökeritz; Walker)"),
    rule("cure, turn", (ER, UH), &[R], "long u before r, full or weakened: nature, endure (Kökeritz)"),
    rule("hour, endure", (AW, UH), &[R], "ow before r: power, secure (Kökeritz)"),
    rule("hour, four", (AO, AW), &[R], "long u before r: pour, mourn, course (Kökeritz; Walker)"),
    rule("care, cur", (AH, EH), &[R], "weak vowel before r restored (Kökeritz)"),
    rule("desire, were", (AY, ER), &[R], "i before r: squire, sir (Walker, allowable)"),
    rule("hear, fire", (AY, IY), &[R], "i before r, long or raised: choir, briar (Kökeritz)"),
    rule(
        "alone, gone",
        (AO, OW),
        &[L, Other],
        "long open o, shortened or not: gone, lost-boast, cloth (Kökeritz; Wyld)",
    ),
    rule("abode, god", (AA, OW), &[L, Other], "short o and long open o (Walker, allowable; Kökeritz)"),
    rule("not, thought", (AA, AO), &[Nothing, L, Other], "short o and au (Kökeritz; Dobson)"),
    rule("long, tongue", (AH, AO), &[L, Other], "short o and short u before ng, n: among, none (Kökeritz; Wyld)"),
    rule("on, one", (AA, AH), &[L, Other], "short o and short u; what, was (Kökeritz)"),
    rule("have, grave", (AE, EY), &[L, Other], "a short or long: have, haste-last (Kökeritz; Walker, allowable)"),
    rule(
        "said, maid",
        (EH, EY),
        &[L, Other],
        "ai shortened or not: said, again, great-threat (Kökeritz; Walker, allowable)",
    ),
    rule("hand, wand", (AA, AE), &[Nothing, L, Other], "a after w not yet rounded: watch, was-glass (Kökeritz; Wyld)"),
    rule("was, grass", (AE, AH), &[L, Other], "weak a restored, or a after w (Kökeritz)"),
    rule("shall, all", (AE, AO), &[L, Other], "a before l, broken to au or not; draught-thought (Kökeritz)"),
    rule("father, rather", (AA, EY), &[L, Other], "a long or lengthened late (Dobson)"),
    rule("own, down", (AW, OW), &[Nothing, L, Other], "ou and ow: bough-snow, soul-howl (Kökeritz; Walker, allowable)"),
    rule(
        "wound, moon",
        (AW, UW),
        &[Nothing, L, Other],
        "long u diphthongized or not: wound, you-thou (Kökeritz; Walker, allowable)",
    ),
    rule("couch, touch", (AH, AW), &[L, Other], "long u shortened or not: country, doubt-but (Walker, allowable)"),
    rule("join, line", (AY, OY), &[L, Other], "oi and long i alike: toil-smile (Kökeritz; Wyld)"),
    rule("height, weight", (AY, EY), &[Nothing, L, Other], "ei: aye-day, height (Kökeritz; Walker, allowable)"),
    rule(
        "wind, kind",
        (AY, IH),
        &[L, Other],
        "i short or long: wind, live, -ite, -ine, -ice (Kökeritz; Walker, allowable)",
    ),
    rule("eye, sea", (AY, IY), &[Nothing, L, Other], "final y, -ie, -ine, -ise in either sound (Kökeritz; Wyld)"),
    rule("man, then", (AE, EH), &[L, Other], "a and e before nasals and s: then-man, than (Kökeritz)"),
];

const VOWELS: usize = 15;
type Table = [u8; VOWELS * VOWELS * Before::COUNT];

static TABLE: LazyLock<Box<Table>> = LazyLock::new(|| {
    let mut table = Box::new([0; VOWELS * VOWELS * Before::COUNT]);
    for (n, rule) in CORRESPONDENCES.iter().enumerate() {
        for &before in rule.before {
            for (a, b) in [rule.vowels, (rule.vowels.1, rule.vowels.0)] {
                let slot = &mut table[cell(a, b, before)];
                if *slot == 0 {
                    *slot = n as u8 + 1;
                }
            }
        }
    }
    table
});

fn cell(a: Phoneme, b: Phoneme, before: Before) -> usize {
    (a as usize * VOWELS + b as usize) * Before::COUNT + before as usize
}

/// The number in [`CORRESPONDENCES`] of the rule under which two tails' vowels rhymed.
pub(crate) fn correspondence(a: &Tail, b: &Tail) -> Option<usize> {
    let (x, y) = (Before::of(a), Before::of(b));
    let before = if x == y {
        x
    } else if x == R || y == R {
        return None;
    } else {
        Other
    };
    TABLE[cell(a.vowel, b.vowel, before)].checked_sub(1).map(usize::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_names_its_source() {
        for rule in CORRESPONDENCES {
            let named = ["Kökeritz", "Dobson", "Wyld", "Walker"].iter().any(|source| rule.why.contains(source));
            assert!(named, "{}", rule.name);
        }
    }

    #[test]
    fn every_correspondence_is_of_two_different_vowels_and_reachable() {
        for (n, rule) in CORRESPONDENCES.iter().enumerate() {
            let (a, b) = rule.vowels;
            assert!(a.is_vowel() && b.is_vowel() && a != b, "{}", rule.name);
            let reached = rule.before.iter().any(|&before| TABLE[cell(a, b, before)] == n as u8 + 1);
            assert!(reached, "{} is hidden by an earlier rule", rule.name);
        }
    }
}

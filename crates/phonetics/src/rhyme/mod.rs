//! Rhyme: which class, how strongly, and why.
//!
//! A line's end is made into a [`LineEnd`] once; [`rhyme`] holds two against each other in every pronunciation and gives the
//! pair that rhymes best. A pair is decided from sound; spelling decides only [`Class::Eye`]. What rhymed once and no longer
//! does (*love, prove*) counts where [`RhymeOptions::historical`] is on, by the rules in [`CORRESPONDENCES`].
//!
//! ```
//! use phonetics::{Class, LineEnd, Pronouncer, RhymeOptions, rhyme};
//! let end = |line: &str| LineEnd::of_line(Pronouncer::shared(), line).expect("the line has words");
//! let today = RhymeOptions::default();
//! let historical = RhymeOptions { historical: true, ..today };
//! assert_eq!(rhyme(&end("by candle light"), &end("into the night"), &today).class, Class::Perfect);
//! assert_eq!(rhyme(&end("a poet"), &end("and I know it"), &today).class, Class::Mosaic);
//! assert_eq!(rhyme(&end("my love"), &end("to prove"), &today).class, Class::Eye);
//! assert_eq!(rhyme(&end("my love"), &end("to prove"), &historical).class, Class::Perfect);
//! ```

mod end;
mod features;
mod historical;
mod index;
mod letters;
mod relation;
mod tail;
#[doc(hidden)]
pub mod training;
mod weights;

use std::fmt;

pub use end::LineEnd;
pub use features::Weights;
pub use historical::{CORRESPONDENCES, Correspondence};
pub use index::{RhymeWord, rhymes_of};

use crate::{Phoneme, Via, WordRef};
use features::{Relation, Vowels};
use relation::{Coda, Rest};
use tail::{Beat, Made, Tail};

/// How two line ends rhyme, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// The same word: light, light.
    Identical,
    /// The same sound from before the stressed vowel on, another word: bear, bare; part, depart.
    Rich,
    /// The same sound from the last stressed vowel on: light, night; motion, ocean; tenderly, slenderly.
    Perfect,
    /// Perfect only if a secondary stress or an unstressed last syllable counts as stressed: silently, tree.
    Promoted,
    /// Perfect across a word boundary: poet, know it.
    Mosaic,
    /// The same vowel before related consonants, or related vowels before the same ones: home, alone; shape, keep.
    Slant,
    /// Spelled to rhyme, not sounding so: love, prove; cough, bough.
    Eye,
    None,
}

impl Class {
    pub const fn as_str(self) -> &'static str {
        match self {
            Class::Identical => "identical",
            Class::Rich => "rich",
            Class::Perfect => "perfect",
            Class::Promoted => "promoted",
            Class::Mosaic => "mosaic",
            Class::Slant => "slant",
            Class::Eye => "eye",
            Class::None => "none",
        }
    }

    /// Whether the sounds agree wholly: every class but slant, eye and none.
    pub const fn is_full(self) -> bool {
        !matches!(self, Class::Slant | Class::Eye | Class::None)
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whose ears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RhymeOptions {
    /// Allow what rhymed, or was allowed to, between about 1500 and 1800 ([`CORRESPONDENCES`] and three endings).
    pub historical: bool,
    /// /r/ sounds after a vowel (General American). Without it *farther* is *father*.
    pub rhotic: bool,
    /// The vowels of *cot* and *caught* are one.
    pub cot_caught: bool,
}

impl Default for RhymeOptions {
    fn default() -> Self {
        RhymeOptions { historical: false, rhotic: true, cot_caught: false }
    }
}

/// The answer for one pair of line ends.
#[derive(Clone, Debug)]
pub struct Rhyme {
    pub class: Class,
    /// How many syllables rhyme: 1 masculine, 2 feminine, 3 dactylic; 0 where the class is none.
    pub syllables: u8,
    /// Log-odds that people call this pair a rhyme, from its sound alone, where both answers are equally likely before
    /// hearing it. Learnt from annotated poems.
    pub strength: f32,
    /// The less sure of the two pronunciations' sources.
    pub via: Via,
    /// Numbers, in their words, of the two pronunciations that rhyme best.
    pub pronunciations: (usize, usize),
    words: (WordRef, WordRef),
    heard: Option<(Tail, Tail, Relation)>,
}

/// Strength of a pair without any evidence of sound.
pub const UNHEARD: f32 = -9.0;

/// How `a` and `b` rhyme, in the pronunciations that rhyme best. Symmetric.
pub fn rhyme(a: &LineEnd, b: &LineEnd, options: &RhymeOptions) -> Rhyme {
    let words = (a.word().clone(), b.word().clone());
    let Some(best) = best(a, b, options, weights::shipped(options.historical)) else {
        let via = least_sure(a).max(least_sure(b));
        return Rhyme {
            class: Class::None,
            syllables: 0,
            strength: UNHEARD,
            via,
            pronunciations: (0, 0),
            words,
            heard: None,
        };
    };
    let Best { x, y, relation, strength, class } = best;
    Rhyme {
        class,
        syllables: if class == Class::None { 0 } else { syllables(&x, &y) },
        strength,
        via: x.via.max(y.via),
        pronunciations: (x.pronunciation.into(), y.pronunciation.into()),
        words,
        heard: Some((x, y, relation)),
    }
}

/// Class and strength alone, for programs that ask about millions of pairs.
#[inline]
pub fn hear(a: &LineEnd, b: &LineEnd, options: &RhymeOptions) -> (Class, f32) {
    best(a, b, options, weights::shipped(options.historical)).map_or((Class::None, UNHEARD), |b| (b.class, b.strength))
}

fn least_sure(end: &LineEnd) -> Via {
    end.word().pronunciations().first().map_or(Via::G2p, |p| p.via())
}

/// The two tails that rhyme best.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Best {
    pub x: Tail,
    pub y: Tail,
    pub relation: Relation,
    pub strength: f32,
    pub class: Class,
}

pub(crate) fn best(a: &LineEnd, b: &LineEnd, options: &RhymeOptions, weights: &Weights) -> Option<Best> {
    let plain = options.rhotic && !options.cot_caught;
    let mut best: Option<Best> = None;
    for x in &a.tails {
        if x.made.is_historical() && !options.historical {
            continue;
        }
        for y in &b.tails {
            if x.syllables.abs_diff(y.syllables) > 1 || y.made.is_historical() && !options.historical {
                continue;
            }
            let (x, y) = if plain { (*x, *y) } else { (accented(x, options), accented(y, options)) };
            let Some(relation) = features::relation(a, &x, b, &y, options.historical) else { continue };
            if !relation.is_evidence() {
                continue;
            }
            let strength = weights.sum(a, &x, b, &y, &relation);
            let class = classify(a, &x, b, &y, &relation, options);
            // Beyond the strength, only so that the answer does not depend on the order of the two.
            let better = |old: &Best| {
                (rank(class), -strength, class, syllables(&x, &y))
                    < (rank(old.class), -old.strength, old.class, syllables(&old.x, &old.y))
            };
            if best.as_ref().is_none_or(better) {
                best = Some(Best { x, y, relation, strength, class });
            }
        }
    }
    best
}

/// How many syllables rhyme.
fn syllables(x: &Tail, y: &Tail) -> u8 {
    x.syllables.min(y.syllables)
}

/// Which of two hearings of one pair is taken: the fuller rhyme, a stressed one before one that wants promoting; among the
/// halves the stronger.
const fn rank(class: Class) -> u8 {
    match class {
        Class::Identical => 0,
        Class::Rich => 1,
        Class::Perfect => 2,
        Class::Mosaic => 3,
        Class::Promoted => 4,
        Class::Slant | Class::Eye => 5,
        Class::None => 6,
    }
}

/// The tail in an accent that drops /r/ or merges two vowels.
fn accented(tail: &Tail, options: &RhymeOptions) -> Tail {
    let mut sounds: smallvec::SmallVec<[Phoneme; 12]> = tail.phonemes().collect();
    if options.cot_caught {
        for i in 0..sounds.len() {
            if sounds[i] == Phoneme::AO && sounds.get(i + 1) != Some(&Phoneme::R) {
                sounds[i] = Phoneme::AA;
            }
        }
    }
    if !options.rhotic {
        // The front and close vowels keep a trace of their /r/ (a centring diphthong), which the letter R stands for here.
        let silent = |i: usize, s: &[Phoneme]| {
            s[i] == Phoneme::R
                && s.get(i + 1).is_none_or(|n| !n.is_vowel())
                && !matches!(s[i - 1], Phoneme::IY | Phoneme::EH | Phoneme::UH | Phoneme::AY | Phoneme::AW)
        };
        sounds = (0..sounds.len()).filter(|&i| i == 0 || !silent(i, &sounds)).map(|i| sounds[i]).collect();
    }
    let (mut coda, mut rest) = (tail::Packed::default(), tail::Packed::default());
    for &p in &sounds[1..] {
        if rest.is_empty() && !p.is_vowel() { coda.push(p) } else { rest.push(p) }
    }
    Tail { vowel: sounds[0], coda, rest, ..*tail }
}

fn classify(a: &LineEnd, x: &Tail, b: &LineEnd, y: &Tail, r: &Relation, options: &RhymeOptions) -> Class {
    let stressed = x.beat <= Beat::Secondary && y.beat <= Beat::Secondary;
    if r.is_perfect_in_sound() || r.is_perfect_in_history() {
        if a.identity == b.identity && x.made != Made::Mosaic && y.made != Made::Mosaic {
            return Class::Identical;
        }
        if x.made == Made::Mosaic || y.made == Made::Mosaic {
            return Class::Mosaic;
        }
        if x.beat == Beat::Primary && y.beat == Beat::Primary {
            let rich = r.is_perfect_in_sound() && (r.same_onset || homophones(a, x, b, y));
            return if rich { Class::Rich } else { Class::Perfect };
        }
        // Two syllables that are weak beside a stress (happy, lovely) rhyme in nobody's ear.
        let weak = x.beat >= Beat::Weak && y.beat >= Beat::Weak;
        let wrenched = x.beat == Beat::Wrenched || y.beat == Beat::Wrenched;
        return if weak && wrenched && !options.historical { Class::None } else { Class::Promoted };
    }
    if r.same_rime_letters && r.vowels != Vowels::Same {
        return Class::Eye;
    }
    let rest_alike = matches!(r.rest, Rest::None | Rest::Same | Rest::LastConsonant | Rest::CutShort);
    let slant = match r.vowels {
        Vowels::Same | Vowels::Historical(_) => r.coda.is_related() && rest_alike,
        Vowels::Near(_) => stressed && r.coda == Coda::Same && rest_alike,
        Vowels::Far => stressed && r.coda == Coda::Same && r.same_onset && rest_alike,
    };
    if slant && (stressed || x.beat == Beat::Primary || y.beat == Beat::Primary || options.historical) {
        return Class::Slant;
    }
    Class::None
}

/// Whether two words that begin with their rhyming vowels are said alike (air, heir).
fn homophones(a: &LineEnd, x: &Tail, b: &LineEnd, y: &Tail) -> bool {
    let phones = |end: &LineEnd, t: &Tail| end.word().pronunciations().get(usize::from(t.pronunciation)).cloned();
    x.onset.is_empty() && y.onset.is_empty() && phones(a, x) == phones(b, y)
}

impl Rhyme {
    /// Whether this is a rhyme to the ear: every class but eye and none.
    pub fn rhymes(&self) -> bool {
        !matches!(self.class, Class::Eye | Class::None)
    }

    /// The historical rule that the answer rests on, if it rests on one.
    pub fn correspondence(&self) -> Option<&'static Correspondence> {
        match self.heard {
            Some((_, _, Relation { vowels: Vowels::Historical(n), .. })) => CORRESPONDENCES.get(usize::from(n)),
            _ => None,
        }
    }

    /// The answer's reason in words: which sounds, and where the pronunciations came from.
    pub fn why(&self) -> String {
        let (a, b) = (self.words.0.text(), self.words.1.text());
        let Some((x, y, r)) = &self.heard else {
            return format!("{a} and {b} share neither the vowel nor the consonants after it");
        };
        let sounds = |t: &Tail| t.phonemes().map(|p| p.arpabet()).collect::<Vec<_>>().join(" ");
        let (sx, sy) = (sounds(x), sounds(y));
        let both = if sx == sy { format!("both end in {sx}") } else { format!("{a} ends in {sx}, {b} in {sy}") };
        let mut parts = vec![match self.class {
            Class::Identical => format!("the same word, ending in {sx}"),
            Class::Rich => format!("{both}, and the sound before it is the same too"),
            Class::Mosaic => format!("{both}, across a word boundary"),
            Class::Perfect | Class::Promoted => both,
            Class::Slant if r.rest == Rest::CutShort => {
                format!("{both}: the same stressed syllable, with another behind it in one of them")
            }
            Class::Slant => format!("{both}: {}, {}", vowels_in_words(r), r.coda.in_words()),
            Class::Eye => format!("{both}: spelled alike, sounding otherwise"),
            Class::None => format!("{both}, which nobody calls a rhyme"),
        }];
        for (word, tail) in [(a, x), (b, y)] {
            parts.extend(remark(word, tail));
        }
        if let Some(rule) = self.correspondence() {
            parts.push(format!("historical rule “{}”: {}", rule.name, rule.why));
        }
        let source = |w: &WordRef, t: &Tail| {
            w.pronunciations()
                .get(usize::from(t.pronunciation))
                .map_or_else(|| t.via.to_string(), |p| p.how().to_string())
        };
        let (from_a, from_b) = (source(&self.words.0, x), source(&self.words.1, y));
        parts.push(if from_a == from_b {
            format!("from {from_a}")
        } else {
            format!("{a} from {from_a}, {b} from {from_b}")
        });
        parts.join("; ")
    }
}

fn vowels_in_words(r: &Relation) -> &'static str {
    match r.vowels {
        Vowels::Same => "the same vowel",
        Vowels::Historical(_) => "vowels that were one",
        Vowels::Near(_) => "related vowels",
        Vowels::Far => "unlike vowels between the same consonants",
    }
}

fn remark(word: &str, tail: &Tail) -> Option<String> {
    let made = match tail.made {
        Made::Spoken | Made::Mosaic => None,
        Made::Restored => Some("has its full last vowel as spelled"),
        Made::EyeEnding => Some("has the old sound of -y or -ie, as in eye"),
        Made::SyllabicEd => Some("has -ed as a syllable of its own"),
        Made::FinalA => Some("has the old sound of final -a, as in day"),
        Made::OldLetters => Some("is read with v for u, j for i"),
    };
    let beat = match tail.beat {
        Beat::Primary => None,
        Beat::Secondary => Some("rhymes on its secondary stress"),
        Beat::Weak => Some("rhymes on its last syllable, which takes a beat though unstressed"),
        Beat::Wrenched => Some("rhymes on its unstressed last syllable"),
    };
    let said: Vec<&str> = [beat, made].into_iter().flatten().collect();
    (!said.is_empty()).then(|| format!("{word} {}", said.join(" and ")))
}

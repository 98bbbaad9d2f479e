//! What the ear (and, for old spelling, the eye) notices about two tails, as the numbers of yes-or-no features.
//!
//! [`Weights`] holds one weight a feature; the sum is the log-odds that people call the pair a rhyme. Features are stated
//! in phonology, and which weigh how much is learnt by `cargo xtask rhyme-weights`.

use super::end::LineEnd;
use super::historical::{self, Before, CORRESPONDENCES};
use super::relation::{self, Coda, Rest};
use super::tail::{Beat, Made, Tail};
use crate::{Phoneme, Via};

/// How the rhyming vowels relate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Vowels {
    Same,
    /// Under the historical correspondence of this number.
    Historical(u8),
    /// A distance of one to three features.
    Near(u8),
    Far,
}

/// How two tails relate: all that features and classes are made from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Relation {
    pub vowels: Vowels,
    pub coda: Coda,
    pub rest: Rest,
    pub same_onset: bool,
    pub same_rime_letters: bool,
}

impl Relation {
    pub fn is_perfect_in_sound(&self) -> bool {
        matches!(self.vowels, Vowels::Same)
            && matches!(self.coda, Coda::Same | Coda::BothEmpty)
            && matches!(self.rest, Rest::Same | Rest::None)
    }

    pub fn is_perfect_in_history(&self) -> bool {
        matches!(self.vowels, Vowels::Historical(_))
            && matches!(self.coda, Coda::Same | Coda::BothEmpty)
            && matches!(self.rest, Rest::Same | Rest::None)
    }

    /// Whether the pair has any evidence of sound: without it no pattern can make it a rhyme.
    pub fn is_evidence(&self) -> bool {
        if self.rest == Rest::CutShort {
            return matches!(self.vowels, Vowels::Same) && self.coda == Coda::Same;
        }
        let rest_related = self.rest != Rest::Different;
        match self.vowels {
            Vowels::Same | Vowels::Historical(_) => self.coda.is_related() && rest_related,
            Vowels::Near(_) => {
                matches!(self.coda, Coda::Same) && rest_related
                    || self.same_rime_letters
                    || matches!(self.coda, Coda::BothEmpty) && self.rest == Rest::Same
            }
            Vowels::Far => {
                self.coda == Coda::Same && (self.same_onset || self.rest == Rest::Same) || self.same_rime_letters
            }
        }
    }
}

/// None where the tails cannot be compared: they have unlike numbers of syllables, and are not as *chest, unrested*.
pub(crate) fn relation(a: &LineEnd, x: &Tail, b: &LineEnd, y: &Tail, historical: bool) -> Option<Relation> {
    if x.syllables != y.syllables && !cut_short(x, y) {
        return None;
    }
    let vowels = if x.vowel == y.vowel {
        Vowels::Same
    } else if let Some(n) = historical.then(|| historical::correspondence(x, y)).flatten() {
        Vowels::Historical(n as u8)
    } else {
        match relation::vowel_distance(x.vowel, y.vowel) {
            d @ ..=3 => Vowels::Near(d),
            _ => Vowels::Far,
        }
    };
    Some(Relation {
        vowels,
        coda: relation::coda(x.coda, y.coda),
        rest: if x.syllables == y.syllables { relation::rest(x.rest, y.rest) } else { Rest::CutShort },
        same_onset: x.onset == y.onset && !x.onset.is_empty(),
        same_rime_letters: x.made != Made::Mosaic
            && y.made != Made::Mosaic
            && x.syllables == y.syllables
            && a.letters.same_rime(&b.letters, x.syllables),
    })
}

/// A stressed syllable against the same one with an unstressed syllable behind it.
fn cut_short(x: &Tail, y: &Tail) -> bool {
    x.syllables.abs_diff(y.syllables) == 1
        && x.syllables.min(y.syllables) == 1
        && [x, y].iter().all(|t| t.beat == Beat::Primary && t.made == Made::Spoken)
        && x.vowel == y.vowel
        && x.coda == y.coda
        && !x.coda.is_empty()
}

// The layout of the features, group after group. -------------------------------------------------------------------------
const BIAS: usize = 0;
const VOWELS: usize = BIAS + 1;
const VOWEL_KINDS: usize = 5 + CORRESPONDENCES.len();
const CODA: usize = VOWELS + VOWEL_KINDS;
const REST: usize = CODA + Coda::COUNT;
/// Vowel relation (same, historical, near, far) × coda (same, related, other) × letters (as SPELLED).
const CROSS: usize = REST + Rest::COUNT;
const CROSS_KINDS: usize = 4 * 3 * SPELLED_KINDS;
const SPELLED_KINDS: usize = 5;
/// Unordered pairs of beats × perfect or not × open syllable or not.
const BEATS: usize = CROSS + CROSS_KINDS;
const BEAT_KINDS: usize = 16 * 2 * 2;
const SYLLABLES: usize = BEATS + BEAT_KINDS;
const SYLLABLE_KINDS: usize = 4 * 2;
const ONSET: usize = SYLLABLES + SYLLABLE_KINDS;
const MADE: usize = ONSET + 2;
const MADE_KINDS: usize = Made::COUNT * Made::COUNT;
const SOURCE: usize = MADE + MADE_KINDS;
/// Both from the lexicon, one guessed from letters, both × letters.
const SOURCE_KINDS: usize = 3 * SPELLED_KINDS;
/// Length in phonemes of a tail that sounds the same.
const LENGTH: usize = SOURCE + SOURCE_KINDS;
const LENGTH_KINDS: usize = 5;
/// Unordered pairs of unlike vowels × before r, before another consonant, open: what the correspondences leave over.
const PAIR: usize = LENGTH + LENGTH_KINDS;
const PAIR_KINDS: usize = 15 * 15 * 3;
/// The same word twice.
const IDENTICAL: usize = PAIR + PAIR_KINDS;
/// How many features there are.
pub(crate) const COUNT: usize = IDENTICAL + 1;

/// A name for each feature, for the weights file.
pub(crate) fn names() -> Vec<String> {
    let mut names = vec!["bias".to_string()];
    names.extend(["same", "near 1", "near 2", "near 3", "far"].map(|k| format!("vowel: {k}")));
    names.extend(CORRESPONDENCES.iter().map(|c| format!("vowel: {}", c.name)));
    names.extend((0..Coda::COUNT).map(|k| format!("coda: {k}")));
    names.extend((0..Rest::COUNT).map(|k| format!("rest: {k}")));
    for v in ["same", "historical", "near", "far"] {
        for c in ["same", "related", "other"] {
            names.extend((0..SPELLED_KINDS).map(|s| format!("vowel {v}, coda {c}, letters {s}")));
        }
    }
    for i in 0..16 {
        for perfect in ["perfect", "slant"] {
            names.extend(["open", "closed"].map(|o| format!("beats {} {} {perfect} {o}", i / 4, i % 4)));
        }
    }
    for n in 1..=4 {
        names.extend(["perfect", "slant"].map(|p| format!("syllables {n} {p}")));
    }
    names.extend(["onset other".into(), "onset same".into()]);
    names.extend((0..MADE_KINDS).map(|i| format!("made {} {}", i / Made::COUNT, i % Made::COUNT)));
    names.extend((0..SOURCE_KINDS).map(|i| format!("guessed {} letters {}", i / SPELLED_KINDS, i % SPELLED_KINDS)));
    names.extend((1..=LENGTH_KINDS).map(|i| format!("length {i}")));
    for i in 0..225 {
        let (a, b) = (Phoneme::ALL[i / 15], Phoneme::ALL[i % 15]);
        names.extend(["r", "closed", "open"].map(|c| format!("pair {a} {b} {c}")));
    }
    names.push("identical".into());
    names
}

/// How alike the letters are, 0 (the whole rime) to 4 (not the last letter).
fn spelled(a: &LineEnd, b: &LineEnd) -> usize {
    if a.leveled.same_rime(&b.leveled, 1) {
        return 0;
    }
    match a.leveled.common(&b.leveled) {
        3.. => 1,
        2 => 2,
        1 => 3,
        0 => 4,
    }
}

/// Calls `see` with the number of every feature that holds of the pair.
#[inline]
pub(crate) fn features(a: &LineEnd, x: &Tail, b: &LineEnd, y: &Tail, r: &Relation, mut see: impl FnMut(usize)) {
    see(BIAS);
    let (vowel, broad) = match r.vowels {
        Vowels::Same => (0, 0),
        Vowels::Near(d) => (usize::from(d), 2),
        Vowels::Far => (4, 3),
        Vowels::Historical(n) => (5 + usize::from(n), 1),
    };
    see(VOWELS + vowel);
    see(CODA + r.coda as usize);
    see(REST + r.rest as usize);
    let coda = match r.coda {
        Coda::Same | Coda::BothEmpty => 0,
        c if c.is_related() => 1,
        _ => 2,
    };
    let spelled = spelled(a, b);
    see(CROSS + (broad * 3 + coda) * SPELLED_KINDS + spelled);
    let perfect = r.is_perfect_in_sound();
    let (low, high) = (x.beat.min(y.beat) as usize, x.beat.max(y.beat) as usize);
    let is_open = |t: &Tail| t.coda.is_empty() && t.rest.is_empty();
    let open = is_open(x) && is_open(y);
    see(BEATS + (low * 4 + high) * 4 + usize::from(!perfect) * 2 + usize::from(!open));
    see(SYLLABLES + usize::from(x.syllables.min(y.syllables).min(4) - 1) * 2 + usize::from(!perfect));
    see(ONSET + usize::from(r.same_onset));
    let (low, high) = (x.made.min(y.made) as usize, x.made.max(y.made) as usize);
    see(MADE + low * Made::COUNT + high);
    let guessed = usize::from(x.via == Via::G2p) + usize::from(y.via == Via::G2p);
    see(SOURCE + guessed * SPELLED_KINDS + spelled);
    if perfect {
        see(LENGTH + (x.coda.len() + x.rest.len()).min(LENGTH_KINDS as u32 - 1) as usize);
    }
    if x.vowel != y.vowel {
        let (low, high) = (x.vowel.min(y.vowel) as usize, x.vowel.max(y.vowel) as usize);
        let context = match (Before::of(x), Before::of(y)) {
            (Before::R, Before::R) => 0,
            (Before::Nothing, Before::Nothing) => 2,
            _ => 1,
        };
        see(PAIR + (low * 15 + high) * 3 + context);
    }
    if a.identity == b.identity {
        see(IDENTICAL);
    }
}

/// One weight a feature, for historical rhyme or for today's.
#[derive(Clone, Debug)]
pub struct Weights(pub(crate) Box<[f32]>);

impl Weights {
    /// From a weight a feature, in the order of `names`.
    pub(crate) fn new(weights: Vec<f32>) -> Option<Weights> {
        (weights.len() == COUNT).then(|| Weights(weights.into_boxed_slice()))
    }

    #[inline]
    pub(crate) fn sum(&self, a: &LineEnd, x: &Tail, b: &LineEnd, y: &Tail, r: &Relation) -> f32 {
        let mut sum = 0.0;
        features(a, x, b, y, r, |i| sum += self.0[i]);
        sum
    }

    /// Weights in which no fact has been learnt, good enough to choose the pronunciations that learning starts from.
    pub(crate) fn untaught() -> Weights {
        let mut w = vec![0.0; COUNT];
        w[VOWELS] = 4.0;
        w[VOWELS + 1] = 1.0;
        w[VOWELS + 3] = -1.0;
        w[VOWELS + 4] = -2.0;
        for v in &mut w[VOWELS + 5..VOWELS + VOWEL_KINDS] {
            *v = 1.5;
        }
        w[CODA] = 2.0;
        w[CODA + 1] = 2.0;
        w[REST + Rest::Different as usize] = -2.0;
        for low in 0..4 {
            for high in 0..4 {
                let cost = (low + high) as f32 * -0.7;
                w[BEATS + (low * 4 + high) * 4..][..4].fill(cost);
            }
        }
        for i in 1..MADE_KINDS {
            w[MADE + i] = -0.3;
        }
        Weights(w.into_boxed_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_has_a_name_of_its_own() {
        let names = names();
        assert_eq!(names.len(), COUNT);
        let mut unique = names.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), COUNT);
    }
}

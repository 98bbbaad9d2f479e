//! How near two vowels or two groups of consonants are, by their features.

use super::tail::Packed;
use crate::{Phoneme, Phoneme::*};

/// How the consonants between the rhyming vowel and the next vowel (or the end) relate.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub(crate) enum Coda {
    BothEmpty,
    Same,
    /// The last consonants differ in voice alone: *breathe, death*.
    Voice,
    /// *s* against *z* alone, which much rhyming lets pass: *ice, eyes*.
    Hiss,
    /// Nasals that differ in place alone: *home, bone*.
    Nasal,
    /// One has a *t* or *d* more at its end: *stand, man*.
    ExtraDental,
    /// One has an *s* or *z* more at its end: *hand, hands*.
    ExtraSibilant,
    /// One has another consonant more at its end.
    ExtraOther,
    /// One has an *r* or *l* more at its head: *fault, thought*.
    Liquid,
    /// The same manner and voice, another place: *lake, fate*.
    Manner,
    /// Only the last consonant is the same: *lord, abroad*.
    LastSame,
    OneEmpty,
    Different,
    /// One has a *t, d, s* or *z* more at its end, and what is before it differs in voice or place alone: *seems, serene*.
    NearExtra,
}

impl Coda {
    pub const COUNT: usize = 14;

    /// Related, so that with the same vowel they make a slant rhyme.
    pub const fn is_related(self) -> bool {
        !matches!(self, Coda::OneEmpty | Coda::Different)
    }

    pub const fn in_words(self) -> &'static str {
        match self {
            Coda::BothEmpty => "an open syllable",
            Coda::Same => "the same consonants after it",
            Coda::Voice => "consonants after it that differ in voice alone",
            Coda::Hiss => "s against z after it",
            Coda::Nasal => "nasals after it that differ in place alone",
            Coda::ExtraDental => "one t or d more after it",
            Coda::ExtraSibilant => "one s or z more after it",
            Coda::ExtraOther => "one consonant more after it",
            Coda::Liquid => "one r or l more after it",
            Coda::Manner => "consonants of the same manner after it",
            Coda::LastSame => "the same last consonant after it",
            Coda::OneEmpty => "an open syllable against a closed one",
            Coda::Different => "unlike consonants after it",
            Coda::NearExtra => "one t, d, s or z more after it, the others near",
        }
    }
}

pub(crate) fn coda(a: Packed, b: Packed) -> Coda {
    if a == b {
        return if a.is_empty() { Coda::BothEmpty } else { Coda::Same };
    }
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.is_empty() {
        return match (long.len(), long.first()) {
            (1, Some(R | L)) => Coda::Liquid,
            _ => Coda::OneEmpty,
        };
    }
    if let Some(ending) = ending(short, long).or_else(|| ending(long, short)) {
        return match ending {
            T | D => Coda::ExtraDental,
            S | Z => Coda::ExtraSibilant,
            _ => Coda::ExtraOther,
        };
    }
    if long.len() == short.len() + 1 && matches!(long.first(), Some(R | L)) && long.without_first() == short {
        return Coda::Liquid;
    }
    if let Some(near) = near(a, b) {
        return near;
    }
    if matches!(long.last(), Some(T | D | S | Z)) && near(short, long.without_last()).is_some() {
        return Coda::NearExtra;
    }
    if a.last() == b.last() { Coda::LastSame } else { Coda::Different }
}

/// The consonant that `long` has more at its end than `short`. A stop that joined two consonants is gone from the longer one
/// (*ground, groun(d)s*), as [`canonical`](super::tail::canonical) has it.
fn ending(short: Packed, long: Packed) -> Option<Phoneme> {
    let last = long.last()?;
    if long.len() == short.len() + 1 {
        return (long.without_last() == short).then_some(last);
    }
    let stem = short.without_last();
    let joins = matches!(
        (stem.last(), short.last(), last),
        (Some(N), Some(T), S) | (Some(N), Some(D), Z) | (Some(M), Some(P), T | S) | (Some(NG), Some(K), T | S | TH)
    );
    (long.len() == short.len() && joins && long.without_last() == stem).then_some(last)
}

/// How two groups of as many consonants are near: in all but voice, all but the place of nasals, all but the place of one.
fn near(a: Packed, b: Packed) -> Option<Coda> {
    if a.len() != b.len() {
        return None;
    }
    // Inflections agree in voice with the stem, so that two or more consonants may differ in voice together.
    if a.iter().zip(b.iter()).all(|(x, y)| x == y || voice_pair(x, y)) {
        let hiss = a.without_last() == b.without_last() && matches!(a.last(), Some(S | Z));
        return Some(if hiss { Coda::Hiss } else { Coda::Voice });
    }
    let unlike = || a.iter().zip(b.iter()).filter(|(x, y)| x != y);
    if unlike().all(|(x, y)| is_nasal(x) && is_nasal(y)) {
        return Some(Coda::Nasal);
    }
    let manner = unlike().count() == 1 && unlike().all(|(x, y)| x.manner() == y.manner() && x.voiced() == y.voiced());
    manner.then_some(Coda::Manner)
}

fn voice_pair(x: Phoneme, y: Phoneme) -> bool {
    x.manner() == y.manner() && x.place() == y.place() && x.voiced() != y.voiced()
}

fn is_nasal(p: Phoneme) -> bool {
    matches!(p, M | N | NG)
}

/// How everything after the first coda relates (unstressed syllables).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub(crate) enum Rest {
    None,
    Same,
    /// One has a *t, d, s, z* or other consonant more at its end, or they differ in the voice or place of the last.
    LastConsonant,
    /// The same consonants, other vowels.
    OtherVowels,
    Different,
    /// One ends where the other goes on for an unstressed syllable (apocopated rhyme): *chest, unrested*.
    CutShort,
}

impl Rest {
    pub const COUNT: usize = 6;
}

pub(crate) fn rest(a: Packed, b: Packed) -> Rest {
    if a == b {
        return if a.is_empty() { Rest::None } else { Rest::Same };
    }
    if a.len() == b.len() {
        let alike = |x: Phoneme, y: Phoneme| x == y || x.is_vowel() && y.is_vowel();
        if a.iter().zip(b.iter()).all(|(x, y)| alike(x, y)) {
            return Rest::OtherVowels;
        }
        let consonant = a.last().zip(b.last()).is_some_and(|(x, y)| !x.is_vowel() && !y.is_vowel());
        if consonant && a.without_last() == b.without_last() {
            return Rest::LastConsonant;
        }
    }
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if long.len() == short.len() + 1 && long.without_last() == short {
        return Rest::LastConsonant;
    }
    Rest::Different
}

/// Distance of two vowels in steps of height, backness, rounding, tenseness and glide; 0 for the same vowel.
pub(crate) fn vowel_distance(a: Phoneme, b: Phoneme) -> u8 {
    if a == b {
        return 0;
    }
    let features = |v: Phoneme| (v.height().unwrap_or(0), v.backness().unwrap_or(0), v.is_rounded(), v.glide());
    let ((ha, ba, ra, ga), (hb, bb, rb, gb)) = (features(a), features(b));
    let glide = match (ga, gb) {
        (None, None) => 0,
        (Some(x), Some(y)) => 2 * u8::from(x != y),
        _ => 1,
    };
    (ha.abs_diff(hb) + ba.abs_diff(bb) + u8::from(ra != rb) + glide).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(phonemes: &[Phoneme]) -> Packed {
        let mut p = Packed::default();
        phonemes.iter().for_each(|&x| p.push(x));
        p
    }

    #[test]
    fn codas_relate_by_feature() {
        for (a, b, expected) in [
            (&[][..], &[][..], Coda::BothEmpty),
            (&[N, D], &[N, D], Coda::Same),
            (&[S], &[Z], Coda::Hiss),
            (&[P, T], &[B, D], Coda::Voice),
            (&[M], &[N], Coda::Nasal),
            (&[N], &[N, D], Coda::ExtraDental),
            (&[N, D], &[N, D, Z], Coda::ExtraSibilant),
            (&[L, T], &[T], Coda::Liquid),
            (&[K], &[T], Coda::Manner),
            (&[R, D], &[D], Coda::Liquid),
            (&[N, D], &[L, D], Coda::LastSame),
            (&[], &[T], Coda::OneEmpty),
            (&[T], &[G], Coda::Different),
            (&[N, D], &[N, Z], Coda::ExtraSibilant),
            (&[NG, K], &[NG, T], Coda::ExtraDental),
            (&[N], &[M, Z], Coda::NearExtra),
            (&[K, S], &[T], Coda::NearExtra),
        ] {
            assert_eq!(coda(packed(a), packed(b)), expected, "{a:?} {b:?}");
            assert_eq!(coda(packed(b), packed(a)), expected, "{b:?} {a:?}");
        }
    }

    #[test]
    fn vowel_distance_is_a_symmetric_measure() {
        for a in Phoneme::ALL.into_iter().filter(|p| p.is_vowel()) {
            for b in Phoneme::ALL.into_iter().filter(|p| p.is_vowel()) {
                assert_eq!(vowel_distance(a, b), vowel_distance(b, a));
                assert_eq!(vowel_distance(a, b) == 0, a == b);
            }
        }
        assert!(vowel_distance(IH, EH) < vowel_distance(IH, AA));
    }
}

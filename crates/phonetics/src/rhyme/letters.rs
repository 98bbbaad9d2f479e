//! The letters at a word's end. Spelling decides only what is an eye rhyme; under the historical rules it is evidence besides,
//! because spelling kept what sound has lost.

use crate::Phoneme::{self, *};

/// The last eight letters of a word, last letter lowest, with the lengths of its rimes.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Letters {
    last: u64,
    /// How many letters from the last vowel group on; from the last but one on; from the third last on.
    rimes: [u8; 3],
}

const KEPT: usize = 8;

impl Letters {
    /// Of the letters of `text`, lower case, everything else ignored.
    pub fn of(text: &str) -> Letters {
        Letters::of_letters(letters(text).as_slice())
    }

    /// Of the letters in one spelling for what old printers spelled two ways: no final *e* after a consonant, *-ie* as *-y*,
    /// no double consonant at the end, *y* within a word as *i*.
    pub fn leveled(text: &str) -> Letters {
        let mut bytes = letters(text);
        if bytes.ends_with(b"ie") && bytes.len() > 2 {
            bytes.truncate(bytes.len() - 2);
            bytes.push(b'y');
        } else if bytes.last() == Some(&b'e') && bytes.len() > 2 && !is_vowel(bytes[bytes.len() - 2]) {
            bytes.pop();
        }
        let n = bytes.len();
        if n > 2 && bytes[n - 1] == bytes[n - 2] && !is_vowel(bytes[n - 1]) {
            bytes.pop();
        }
        let n = bytes.len();
        for b in bytes.iter_mut().take(n.saturating_sub(1)) {
            if *b == b'y' {
                *b = b'i';
            }
        }
        Letters::of_letters(&bytes)
    }

    fn of_letters(bytes: &[u8]) -> Letters {
        let last = bytes.iter().rev().take(KEPT).enumerate().fold(0, |acc, (i, &b)| acc | u64::from(b) << (8 * i));
        let mut rimes = [0; 3];
        let mut at = bytes.len();
        for rime in &mut rimes {
            at = vowel_group(&bytes[..at], at == bytes.len());
            *rime = (bytes.len() - at).min(255) as u8;
        }
        Letters { last, rimes }
    }

    /// How many letters the two words have in common at their ends, at most eight.
    pub fn common(&self, other: &Letters) -> u8 {
        let differ = self.last ^ other.last;
        let shared = (differ.trailing_zeros() / 8) as u8;
        let len = |w: u64| ((64 - w.leading_zeros()).div_ceil(8)) as u8;
        shared.min(len(self.last)).min(len(other.last))
    }

    /// Whether everything from the vowel letters of the `syllables`-th last syllable on is the same.
    pub fn same_rime(&self, other: &Letters, syllables: u8) -> bool {
        let i = usize::from(syllables.clamp(1, 3)) - 1;
        let (a, b) = (self.rimes[i], other.rimes[i]);
        a == b && self.common(other) >= a.min(KEPT as u8)
    }
}

fn letters(text: &str) -> smallvec::SmallVec<[u8; 24]> {
    text.bytes().filter(u8::is_ascii_alphabetic).map(|b| b.to_ascii_lowercase()).collect()
}

fn is_vowel(b: u8) -> bool {
    matches!(b, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

/// Where the last group of vowel letters begins; at a word's end a lone *e* after a consonant is silent, also before the *d*
/// or *s* of an inflection.
fn vowel_group(bytes: &[u8], at_end: bool) -> usize {
    let mut end = bytes.len();
    if at_end {
        let e = end - usize::from(matches!(bytes, [.., b'e', b'd' | b's']));
        let lone = e > 1 && bytes[e - 1] == b'e' && !is_vowel(bytes[e - 2]);
        if lone && bytes[..e - 1].iter().any(|&b| is_vowel(b)) {
            end = e - 1;
        }
    }
    let Some(last) = bytes[..end].iter().rposition(|&b| is_vowel(b)) else { return 0 };
    let start = bytes[..=last].iter().rposition(|&b| !is_vowel(b)).map_or(0, |i| i + 1);
    // The u of qu is no vowel.
    let consonant = start > 0 && start < last && matches!(bytes[start - 1..=start], [b'q', b'u']);
    start + usize::from(consonant)
}

/// The spelling that an old printer's *u* for *v* (loue, vniust), *v* for *u* and *i* for *j* (ioy) stands for, where it
/// differs.
pub(crate) fn modern_letters(text: &str) -> Option<String> {
    let b = text.as_bytes();
    let vowel = |i: usize| b.get(i).is_some_and(|&c| is_vowel(c));
    let modern = |i: usize| match b[i] {
        b'u' if i > 0 && vowel(i - 1) && vowel(i + 1) && !(i > 1 && b[i - 2] == b'u') => b'v',
        b'u' if i > 0 && matches!(b[i - 1], b'l' | b'r') && b.get(i + 1) == Some(&b'e') && i + 2 == b.len() => b'v',
        b'v' if i == 0 && b.len() > 1 && !vowel(1) => b'u',
        b'i' if i == 0 && matches!(b.get(1), Some(b'o' | b'u' | b'a')) => b'j',
        c => c,
    };
    if !(0..b.len()).any(|i| modern(i) != b[i]) {
        return None;
    }
    String::from_utf8((0..b.len()).map(modern).collect()).ok()
}

/// The full vowel that the letters of an unstressed last syllable show, where `consonants` sounds follow it: the *e* of
/// *excellent*, the *o* of *nation*.
pub(crate) fn full_vowel(text: &str, next: Option<Phoneme>) -> Option<Phoneme> {
    let bytes = letters(text);
    // The last syllable of miracle, marble is an l with a weak vowel before it.
    if matches!(bytes.as_slice(), [.., c, b'l', b'e'] if !is_vowel(*c) && *c != b'l') {
        return Some(EH);
    }
    let start = vowel_group(&bytes, true);
    let group_end = start + bytes[start..].iter().take_while(|&&b| is_vowel(b)).count();
    let silent_e = group_end + 1 < bytes.len() && bytes.last() == Some(&b'e');
    let long = silent_e && bytes.len() - group_end == 2;
    Some(match (&bytes[start..group_end], next) {
        (b"a" | b"ia" | b"ea", Some(R)) => AA,
        (b"o" | b"io" | b"ou", Some(R)) => AO,
        (b"u", Some(R)) => UH,
        (b"e" | b"i", Some(R)) => return None,
        (b"a" | b"ia", _) if long => EY,
        (b"a", Some(L)) => AO,
        (b"a" | b"ia", _) => AE,
        (b"i" | b"y", _) if long => AY,
        (b"i" | b"y" | b"ui", _) => IH,
        (b"o" | b"io" | b"eo", _) if long => OW,
        (b"o" | b"io" | b"eo", _) => AA,
        (b"u" | b"ou" | b"iou" | b"eou" | b"uou", _) => AH,
        (b"e" | b"ie" | b"ue", _) => EH,
        (b"ai" | b"ay" | b"ei" | b"ey", _) => EY,
        (b"ea" | b"ee", _) => IY,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rimes_by_letters() {
        let same = |a: &str, b: &str, n| Letters::of(a).same_rime(&Letters::of(b), n);
        assert!(same("love", "prove", 1) && same("cough", "bough", 1) && same("daughter", "laughter", 2));
        assert!(!same("light", "late", 1) && !same("daughter", "water", 2));
        assert!(!same("escaped", "scooped", 1) && same("loved", "moved", 1));
        assert!(same("squash", "wash", 1) && same("squad", "bad", 1));
        assert!(Letters::leveled("againe").same_rime(&Letters::leveled("rain"), 1));
        assert!(Letters::leveled("blisse").same_rime(&Letters::leveled("this"), 1));
        assert_eq!(Letters::of("light").common(&Letters::of("night")), 4);
        assert_eq!(Letters::of("light").common(&Letters::of("light")), 5);
        assert_eq!(Letters::of("a").common(&Letters::of("sea")), 1);
    }

    #[test]
    fn old_letters_are_read() {
        assert_eq!(modern_letters("loue").as_deref(), Some("love"));
        assert_eq!(modern_letters("ioy").as_deref(), Some("joy"));
        assert_eq!(modern_letters("vnderstand").as_deref(), Some("understand"));
        assert_eq!(modern_letters("serue").as_deref(), Some("serve"));
        assert_eq!(modern_letters("queue"), None);
        assert_eq!(modern_letters("light"), None);
    }

    #[test]
    fn full_vowels_from_letters() {
        assert_eq!(full_vowel("excellent", Some(N)), Some(EH));
        assert_eq!(full_vowel("nation", Some(N)), Some(AA));
        assert_eq!(full_vowel("fortunate", Some(T)), Some(EY));
        assert_eq!(full_vowel("temperance", Some(N)), Some(AE));
        assert_eq!(full_vowel("furious", Some(S)), Some(AH));
        assert_eq!(full_vowel("justice", Some(S)), Some(AY));
        assert_eq!(full_vowel("mortal", Some(L)), Some(AO));
        assert_eq!(full_vowel("miracle", Some(L)), Some(EH));
    }
}

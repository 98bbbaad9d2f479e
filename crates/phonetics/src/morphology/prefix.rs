//! Prefixes, which leave the stem's own sounds as they are.

use super::{Made, Phones, Rules, Trust, ending, listed, map, old_spelling};
use crate::Phone;
use crate::lexicon::format::RAREST;

/// Where the main stress falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stress {
    /// On the stem: *unHAPPY*.
    Stem,
    /// On the stem in verbs, on the prefix in nouns (*to outBREAK, an OUTbreak*): both are given, the likelier first.
    Either,
}

/// As written, as said (what CMUdict says most often before a stem that it lists), the shortest stem, the stress.
const PREFIXES: &[(&str, &str, usize, Stress)] = &[
    ("counter", "K AW2 N T ER0", 3, Stress::Either),
    ("inter", "IH2 N T ER0", 4, Stress::Stem),
    ("under", "AH2 N D ER0", 3, Stress::Either),
    ("super", "S UW2 P ER0", 4, Stress::Either),
    ("multi", "M AH2 L T IY0", 4, Stress::Stem),
    ("over", "OW2 V ER0", 3, Stress::Either),
    ("fore", "F AO2 R", 3, Stress::Either),
    ("anti", "AE2 N T IY0", 4, Stress::Stem),
    ("semi", "S EH2 M IY0", 4, Stress::Stem),
    ("self", "S EH2 L F", 4, Stress::Stem),
    ("out", "AW2 T", 3, Stress::Either),
    ("mis", "M IH0 S", 4, Stress::Stem),
    ("dis", "D IH0 S", 4, Stress::Stem),
    ("non", "N AA0 N", 4, Stress::Stem),
    ("pre", "P R IY0", 4, Stress::Stem),
    ("sub", "S AH0 B", 4, Stress::Stem),
    ("for", "F ER0", 4, Stress::Stem),
    ("un", "AH0 N", 3, Stress::Stem),
    ("re", "R IY0", 3, Stress::Stem),
    ("up", "AH2 P", 4, Stress::Either),
    ("be", "B IH0", 4, Stress::Stem),
    ("en", "EH0 N", 4, Stress::Stem),
    ("em", "EH0 M", 4, Stress::Stem),
    ("in", "IH2 N", 4, Stress::Stem),
    ("im", "IH2 M", 4, Stress::Stem),
    ("a", "AH0", 4, Stress::Stem),
];

/// A stem is a word that occurs in the counted works about once in a million words, or one with an ending upon such a word.
const COMMON: f32 = 0.0;

pub fn prefixes(rules: &Rules, word: &str) -> Vec<Made> {
    for &(written, said, shortest, stress) in PREFIXES {
        let Some(spelled) = word.strip_prefix(written) else { continue };
        if spelled.len() < shortest || !fits(written, spelled) {
            continue;
        }
        let stem = stem(rules, written, spelled);
        if let Some(prefix) = Phone::parse_all(said).filter(|_| !stem.is_empty()) {
            return join(stem, written, &prefix, spelled, stress);
        }
    }
    Vec::new()
}

fn stem(rules: &Rules, prefix: &str, spelled: &str) -> Vec<Made> {
    // Nothing else begins with un- before a word, however rare.
    let least = if prefix == "un" { RAREST } else { COMMON };
    match rules.entry(spelled) {
        Some(entry) if entry.commonness >= least => listed(&entry),
        Some(_) => Vec::new(),
        None if rules.depth > 0 => {
            let made = ending::endings(&Rules { depth: 0, ..*rules }, spelled);
            if made.is_empty() { old_spelling::british(&Rules { depth: 0, ..*rules }, spelled) } else { made }
        }
        None => Vec::new(),
    }
}

fn join(stem: Vec<Made>, written: &str, prefix: &[Phone], spelled: &str, stress: Stress) -> Vec<Made> {
    let how = |how: &str| format!("{written}- + {how}");
    // Before a known word these are almost never anything but the prefix.
    let trust = if matches!(written, "un" | "semi" | "anti" | "fore") { Trust::Sure } else { Trust::Likely };
    let late = map(stem.clone(), trust, how, |phones| {
        // A prefix right before the stress is weak (unKIND); one syllable earlier it has a stress of its own (UN-aWARE).
        let weak = phones.iter().find_map(|p| p.stress()).is_none_or(|stress| stress > 0);
        let rhythm = |p: &Phone| if weak || p.stress() != Some(0) { *p } else { p.with_stress(2) };
        let prefix: Vec<Phone> = if prefix.iter().filter(|p| p.is_vowel()).count() == 1 && takes_stress(written) {
            prefix.iter().map(rhythm).collect()
        } else {
            prefix.to_vec()
        };
        prepend(phones, &prefix);
    });
    if stress == Stress::Stem {
        return late;
    }
    let early = map(stem, trust, how, |phones| {
        super::demote(phones);
        let front: Vec<Phone> =
            prefix.iter().map(|p| if p.stress() == Some(2) { p.with_stress(1) } else { *p }).collect();
        prepend(phones, &front);
    });
    let verb = ["ed", "ing", "eth", "est", "en", "wn"].iter().any(|end| spelled.ends_with(end));
    let (mut first, second) = if verb { (late, early) } else { (early, late) };
    first.extend(second);
    first
}

/// Prefixes with a meaning of their own; *a-, be-, en-, for-* are always weak.
fn takes_stress(prefix: &str) -> bool {
    matches!(prefix, "un" | "re" | "dis" | "mis" | "non" | "pre" | "sub")
}

fn prepend(phones: &mut Phones, prefix: &[Phone]) {
    let mut all = Phones::from_slice(prefix);
    all.extend_from_slice(phones);
    *phones = all;
}

/// The phones of a prefix before a hyphen (*re-enter*), which the lexicon has as another word, if at all.
pub fn hyphenated(written: &str) -> Option<Vec<Phone>> {
    let said = match written {
        "de" => "D IY2",
        "co" => "K OW2",
        "ex" => "EH2 K S",
        "re" => "R IY2",
        "pre" => "P R IY2",
        "un" => "AH2 N",
        "non" => "N AA2 N",
        "anti" | "semi" | "dis" | "mis" => PREFIXES.iter().find(|p| p.0 == written)?.1,
        _ => return None,
    };
    Phone::parse_all(said)
}

/// *em-* and *im-* stand before lips alone, *en-* and *in-* elsewhere; *a-* before a consonant.
fn fits(prefix: &str, stem: &str) -> bool {
    let first = stem.as_bytes()[0];
    let lips = matches!(first, b'b' | b'p' | b'm');
    match prefix {
        "em" | "im" => lips,
        "en" | "in" => !lips,
        "a" => !super::is_vowel_letter(first),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_arpabet() {
        assert!(PREFIXES.iter().all(|(_, said, ..)| Phone::parse_all(said).is_some()));
    }
}

//! Where one syllable ends and the next begins: the maximal onset principle.
//!
//! The consonants between two vowels go to the second as far as English lets a syllable begin with them (Kahn 1976).

use std::ops::Range;

use crate::{Phone, Phoneme, Phoneme::*};

/// The phones of each syllable; a word without a vowel ("pst") is one.
pub fn ranges(phones: &[Phone]) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let mut last_vowel = None;
    for (i, phone) in phones.iter().enumerate() {
        if !phone.is_vowel() {
            continue;
        }
        let start = match last_vowel {
            None => 0,
            Some(vowel) => {
                let start = onset(phones, vowel + 1, i);
                if let Some(last) = ranges.last_mut() {
                    last.end = start;
                }
                start
            }
        };
        ranges.push(start..phones.len());
        last_vowel = Some(i);
    }
    if ranges.is_empty() && !phones.is_empty() {
        ranges.push(0..phones.len());
    }
    ranges
}

/// Where within `from..vowel` (all consonants) the longest possible onset begins.
pub(crate) fn onset(phones: &[Phone], from: usize, vowel: usize) -> usize {
    (from..vowel).find(|&start| is_onset(&phones[start..vowel])).unwrap_or(vowel)
}

/// Whether an English syllable may begin with these consonants.
pub(crate) fn is_onset(consonants: &[Phone]) -> bool {
    let at = |i: usize| consonants[i].phoneme();
    match consonants.len() {
        0 => true,
        1 => at(0) != NG && at(0) != ZH,
        2 => is_pair(at(0), at(1)),
        3 => is_triple(at(0), at(1), at(2)),
        _ => false,
    }
}

fn is_pair(first: Phoneme, second: Phoneme) -> bool {
    match second {
        L => matches!(first, P | B | K | G | F | S),
        R => matches!(first, P | B | T | D | K | G | F | TH | SH),
        W => matches!(first, T | D | K | G | S | TH | HH),
        Y => matches!(first, P | B | K | G | F | V | M | HH),
        P | T | K | M | N | F => first == S,
        _ => false,
    }
}

fn is_triple(first: Phoneme, second: Phoneme, third: Phoneme) -> bool {
    first == S && matches!(second, P | T | K) && (is_pair(second, third)) && third != W
        || (first, second, third) == (S, K, W)
}

/// IPA, a stress mark before each stressed syllable of a word of several, a dot where two unstressed ones would meet.
pub fn ipa(phones: &[Phone]) -> String {
    let ranges = ranges(phones);
    let many = ranges.len() > 1;
    let mut out = String::with_capacity(phones.len() * 3);
    for (i, range) in ranges.into_iter().enumerate() {
        let stress = phones[range.clone()].iter().find_map(|p| p.stress());
        match stress {
            Some(1) if many => out.push('ˈ'),
            Some(2) if many => out.push('ˌ'),
            _ if i > 0 => out.push('.'),
            _ => {}
        }
        phones[range].iter().for_each(|p| out.push_str(p.ipa()));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn divided(arpabet: &str) -> String {
        let phones = Phone::parse_all(arpabet).unwrap();
        let parts: Vec<String> = ranges(&phones)
            .into_iter()
            .map(|r| phones[r].iter().map(|p| p.arpabet()).collect::<Vec<_>>().join(" "))
            .collect();
        parts.join(" . ")
    }

    #[test]
    fn consonants_go_to_the_onset_that_english_allows() {
        assert_eq!(divided("AE1 N AH0 M AH0 L"), "AE1 . N AH0 . M AH0 L");
        assert_eq!(divided("EH1 K S T R AH0"), "EH1 K . S T R AH0");
        assert_eq!(divided("S IH1 NG IH0 NG"), "S IH1 NG . IH0 NG");
        assert_eq!(divided("AE1 T L AH0 S"), "AE1 T . L AH0 S");
        assert_eq!(divided("P OW1 AH0 T"), "P OW1 . AH0 T");
        assert_eq!(divided("S T R EH1 NG K TH S"), "S T R EH1 NG K TH S");
        assert_eq!(divided("P S T"), "P S T");
        assert_eq!(divided("IH0 K S K W IH1 Z IH0 T"), "IH0 K . S K W IH1 . Z IH0 T");
    }

    #[test]
    fn stress_marks_stand_before_the_syllable() {
        let say = |s: &str| ipa(&Phone::parse_all(s).unwrap());
        assert_eq!(say("L AY1 T"), "laɪt");
        assert_eq!(say("AE1 N AH0 M AH0 L"), "ˈæ.nə.məl");
        assert_eq!(say("M UW1 N L AY2 T"), "ˈmunˌlaɪt");
        assert_eq!(say("B IH0 L AH1 V IH0 D"), "bɪˈlʌ.vɪd");
    }
}

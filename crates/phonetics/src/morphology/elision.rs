//! What apostrophes and accents stand for: letters left out, and syllables that are to be heard.

use unicode_normalization::UnicodeNormalization;

use super::{Made, Phones, Rules, Trust, ending, is_vowel_letter, map, vowel_groups};
use crate::{Phone, Phoneme::*, syllable};

/// Without accents; ligatures and Old English letters spelled out.
pub fn without_accents(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.nfd() {
        match c {
            '\u{0300}'..='\u{036F}' => {}
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            'đ' => out.push('d'),
            'ß' => out.push_str("ss"),
            'þ' | 'ð' => out.push_str("th"),
            'ȝ' => out.push('y'),
            'ı' => out.push('i'),
            c => out.push(c),
        }
    }
    out
}

/// *learnèd, agèd, fixèd*: an accent on the ending makes it a syllable. Any other accent is only spelling (*café*).
pub fn accents(rules: &Rules, word: &str) -> Vec<Made> {
    if word.is_ascii() {
        return Vec::new();
    }
    let plain = without_accents(word);
    if plain == word || !plain.is_ascii() {
        return Vec::new();
    }
    let composed: String = word.nfc().collect();
    let sounded = ["èd", "éd", "ëd", "êd", "èst", "ést", "ès"].iter().find(|end| composed.ends_with(**end));
    let stem = rules.stem(&plain);
    let Some(sounded) = sounded else {
        return map(stem, Trust::AgainstLetters, |how| format!("{how} (accents)"), |_| {});
    };
    let ending = without_accents(sounded);
    map(
        stem,
        Trust::AgainstLetters,
        |how| format!("{how} with -{sounded} a syllable"),
        |phones| sound_ending(phones, &ending),
    )
}

/// Makes a final *-ed, -est, -es* a syllable if it isn't one.
fn sound_ending(phones: &mut Phones, ending: &str) {
    let tail: &[Phone] = match ending {
        "ed" => &[Phone::new(D, 0)],
        "est" => &[Phone::new(S, 0), Phone::new(T, 0)],
        _ => &[Phone::new(Z, 0)],
    };
    let Some(at) = phones.len().checked_sub(tail.len()).filter(|&at| at > 0) else { return };
    if phones[at - 1].is_vowel() && phones[at - 1].stress() == Some(0) && phones[at - 1].phoneme() != IY {
        return;
    }
    phones.truncate(at);
    phones.push(Phone::new(IH, 0));
    phones.extend_from_slice(tail);
}

/// What may follow an apostrophe at a word's end, and how it sounds after a vowel and after a consonant.
const ENCLITICS: &[(&str, &str, &str)] = &[
    ("n't", "N T", "AH0 N T"),
    ("'ll", "L", "AH0 L"),
    ("'ve", "V", "AH0 V"),
    ("'re", "R", "ER0"),
    ("'lt", "L T", "L T"),
    ("'rt", "R T", "R T"),
    ("'dst", "D S T", "D S T"),
    ("'st", "S T", "S T"),
    ("'t", "T", "T"),
    ("'m", "M", "AH0 M"),
];

pub fn apostrophes(rules: &Rules, word: &str) -> Vec<Made> {
    if !word.contains('\'') {
        return Vec::new();
    }
    let kinds: [fn(&Rules, &str) -> Vec<Made>; 7] = [over, past, enclitic, aphaeresis, proclitic, restored, clipped];
    if let Some(made) = kinds.iter().map(|rule| rule(rules, word)).find(|made| !made.is_empty()) {
        return made;
    }
    let plain = word.replace('\'', "");
    map(rules.stem(&plain), Trust::AgainstLetters, |how| format!("{how} (apostrophe)"), |_| {})
}

/// *walk'd, lov'd, carry'd, stopp'd*: said as one would say them today; where the stem cannot take *-ed*, *would* or *had*.
fn past(rules: &Rules, word: &str) -> Vec<Made> {
    let Some(stem) = word.strip_suffix("'d") else { return Vec::new() };
    let made = ending::endings(rules, word);
    if !made.is_empty() {
        return made;
    }
    map(rules.stem(stem), Trust::AgainstLetters, |how| format!("{how} + 'd"), ending::attach_ed)
}

/// *o'erflow, o'ershadow'd*: one syllable for *over*.
fn over(rules: &Rules, word: &str) -> Vec<Made> {
    let Some(rest) = word.strip_prefix("o'er").filter(|rest| rest.len() > 2) else { return Vec::new() };
    let over = [Phone::new(AO, 2), Phone::new(R, 0)];
    map(
        rules.stem(rest),
        Trust::AgainstLetters,
        |how| format!("o'er + {how}"),
        |phones| phones.insert_from_slice(0, &over),
    )
}

/// *whene'er, where'er, howsoe'er, wheresoever*: the pronoun yields its stress to *ever*.
pub fn ever(rules: &Rules, word: &str) -> Vec<Made> {
    let endings = [("soever", "S OW0 EH1 V ER0"), ("soe'er", "S OW0 EH1 R"), ("e'er", "EH1 R"), ("'er", "EH1 R")];
    for (written, said) in endings {
        let Some(stem) = word.strip_suffix(written).filter(|stem| stem.starts_with(['w', 'h'])) else { continue };
        let (Some(entry), Some(said)) = (rules.entry(stem), Phone::parse_all(said)) else { continue };
        return map(
            super::listed(&entry),
            Trust::AgainstLetters,
            |how| format!("{how} + {written}"),
            |phones| {
                super::demote(phones);
                phones.extend_from_slice(&said);
            },
        );
    }
    Vec::new()
}

/// *thou'lt, know'st, that'll, mayn't, is't*.
fn enclitic(rules: &Rules, word: &str) -> Vec<Made> {
    for &(written, after_vowel, after_consonant) in ENCLITICS {
        let Some(stem) = word.strip_suffix(written).filter(|stem| !stem.is_empty()) else { continue };
        if written == "n't" && rules.entry(&format!("{stem}n")).is_some() {
            // on't and in't are on it and in it
            continue;
        }
        let last = stem.chars().last().unwrap_or_default();
        let mut candidates = vec![stem.to_owned(), format!("{stem}e")];
        if written == "'st" && stem.ends_with('i') {
            candidates.push(format!("{}y", &stem[..stem.len() - 1]));
        }
        if written == "'st" && stem.ends_with(last) && stem.len() > 3 {
            candidates.push(stem[..stem.len() - last.len_utf8()].to_owned());
        }
        let Some((_, made)) = rules.first_stem(&candidates) else { continue };
        return map(
            made,
            Trust::AgainstLetters,
            |how| format!("{how} + {written}"),
            |phones| {
                let vowel = phones.last().is_some_and(|p| p.is_vowel());
                let said = if vowel { after_vowel } else { after_consonant };
                // The table is ARPAbet (tested), so nothing is lost here.
                phones.extend(Phone::parse_all(said).unwrap_or_default());
            },
        );
    }
    Vec::new()
}

/// Unstressed beginnings that verse and talk leave out: *'neath* of *beneath*, *'mid* of *amid*, *'gainst*, *'scape*; and the
/// *h* of *'eart*.
pub const LOST_HEADS: [&str; 14] = ["be", "a", "h", "e", "un", "in", "re", "con", "ex", "en", "dis", "up", "de", "th"];

fn aphaeresis(rules: &Rules, word: &str) -> Vec<Made> {
    let Some(rest) = word.strip_prefix('\'') else { return Vec::new() };
    for head in LOST_HEADS {
        let whole = format!("{head}{rest}");
        let Some(entry) = rules.entry(&whole) else { continue };
        let made = map(
            super::listed(&entry),
            Trust::AgainstLetters,
            |how| format!("{how} without its {head}-"),
            |phones| {
                if head == "h" || head == "th" {
                    if matches!(phones[0].phoneme(), HH | DH) {
                        phones.remove(0);
                    }
                } else {
                    drop_first_syllable(phones);
                }
            },
        );
        let shorter = made.into_iter().filter(|m| begins_as_spelled(&m.phones, rest)).collect::<Vec<_>>();
        if !shorter.is_empty() {
            return shorter;
        }
    }
    map(rules.stem(rest), Trust::AgainstLetters, |how| format!("{how} (apostrophe)"), |_| {})
}

/// Only an unstressed syllable can be lost; otherwise nothing is left, and the rule fails.
fn drop_first_syllable(phones: &mut Phones) {
    let ranges = syllable::ranges(phones);
    let unstressed = |r: &std::ops::Range<usize>| phones[r.clone()].iter().any(|p| p.stress() == Some(0));
    match ranges.first() {
        Some(first) if ranges.len() > 1 && unstressed(first) => {
            // against is A + GAINST, but within is WITH + IN: keep the consonants that the spelling keeps.
            let vowel = phones.iter().position(|p| p.is_vowel()).unwrap_or(0);
            phones.drain(..=vowel);
        }
        _ => phones.clear(),
    }
}

fn begins_as_spelled(phones: &[Phone], rest: &str) -> bool {
    let vowel_letter = rest.as_bytes().first().is_some_and(|&c| is_vowel_letter(c) && c != b'y');
    phones.first().is_some_and(|p| p.is_vowel() == vowel_letter)
}

/// *th'expense, t'appear, o'clock*: a small word run into the next.
fn proclitic(rules: &Rules, word: &str) -> Vec<Made> {
    for (written, said) in [("th'", "DH"), ("t'", "T"), ("o'", "OW0"), ("d'", "D"), ("y'", "Y"), ("m'", "M")] {
        let Some(rest) = word.strip_prefix(written).filter(|rest| rest.len() > 1) else { continue };
        let (Some(head), Some(entry)) = (Phone::parse_all(said), rules.entry(rest)) else { continue };
        return map(
            super::listed(&entry),
            Trust::AgainstLetters,
            |how| format!("{written} + {how}"),
            |phones| {
                let mut all = Phones::from_slice(&head);
                all.extend_from_slice(phones);
                *phones = all;
            },
        );
    }
    Vec::new()
}

/// *heav'n, ev'ry, pow'r, wand'ring, to'ard*: the letter that fills the gap makes a known word; a vowel left out is not
/// said.
fn restored(rules: &Rules, word: &str) -> Vec<Made> {
    let Some((before, after)) = word.split_once('\'').filter(|(b, a)| !b.is_empty() && !a.is_empty()) else {
        return Vec::new();
    };
    for letter in ["e", "o", "i", "a", "u", "y", "w", "v", "k", "h", "th", "ve", "er", "wa"] {
        let whole = format!("{before}{letter}{after}");
        let mut made = rules.stem(&whole);
        if made.is_empty() {
            continue;
        }
        let consonant = !letter.bytes().any(is_vowel_letter);
        if consonant {
            // to'ard: the shorter way of saying toward
            made.sort_by_key(|m| m.phones.iter().filter(|p| p.is_vowel()).count());
        }
        return map(
            made,
            Trust::AgainstLetters,
            |how| format!("{how} without its {letter}"),
            |phones| {
                if !consonant {
                    elide(phones, vowel_groups(before), vowel_groups(&whole));
                }
            },
        );
    }
    Vec::new()
}

/// *wandring, glittring, murdrous*: the same without its apostrophe, as early printers have it.
pub fn unmarked(rules: &Rules, word: &str) -> Vec<Made> {
    if !rules.may_respell() || !word.is_ascii() {
        return Vec::new();
    }
    for tail in ["ring", "ning", "ling", "rous", "red", "ry"] {
        let ends_in_consonant =
            |h: &&str| h.bytes().any(is_vowel_letter) && h.bytes().last().is_some_and(|c| !is_vowel_letter(c));
        let Some(head) = word.strip_suffix(tail).filter(ends_in_consonant) else { continue };
        let whole = format!("{head}e{tail}");
        let made = map(
            rules.plain_stem(&whole),
            Trust::AgainstLetters,
            |how| format!("{how} without its e"),
            |phones| elide(phones, vowel_groups(head), vowel_groups(&whole)),
        );
        if !made.is_empty() {
            return made;
        }
    }
    Vec::new()
}

/// Takes the unstressed vowel number `nth` (or a neighbour) out, unless the pronunciation has already fewer syllables than
/// the full spelling (*ev'ning* of *evening*, which nobody says in three).
fn elide(phones: &mut Phones, nth: usize, groups: usize) {
    let vowels: Vec<usize> = (0..phones.len()).filter(|&i| phones[i].is_vowel()).collect();
    if vowels.len() < groups {
        return;
    }
    let droppable = |n: &usize| vowels.get(*n).is_some_and(|&i| phones[i].stress() == Some(0));
    let Some(n) = [nth, nth + 1, nth.wrapping_sub(1)].into_iter().find(droppable) else { return };
    let at = vowels[n];
    let next = phones.get(at + 1).map(|p| p.phoneme());
    let before_vowel = next.is_some_and(|p| p.is_vowel());
    match phones[at].phoneme() {
        ER if next != Some(R) => phones[at] = Phone::new(R, 0),
        IY if before_vowel => phones[at] = Phone::new(Y, 0),
        UW | OW if before_vowel => phones[at] = Phone::new(W, 0),
        _ => drop(phones.remove(at)),
    }
}

/// *lan', jus', o'*: a last consonant that is not said; *thro', tho'*: only spelling.
fn clipped(rules: &Rules, word: &str) -> Vec<Made> {
    let Some(stem) = word.strip_suffix('\'').filter(|stem| stem.len() > 1) else { return Vec::new() };
    for (letters, lost) in [
        ("ugh", None),
        ("d", Some(D)),
        ("t", Some(T)),
        ("f", Some(F)),
        ("k", Some(K)),
        ("g", Some(G)),
        ("th", Some(TH)),
        ("ve", Some(V)),
    ] {
        let Some(entry) = rules.entry(&format!("{stem}{letters}")) else { continue };
        return map(
            super::listed(&entry),
            Trust::AgainstLetters,
            |how| format!("{how} without its {letters}"),
            |phones| match (lost, phones.last().map(|p| p.phoneme())) {
                (Some(G), Some(NG)) => {
                    phones.pop();
                    phones.push(Phone::new(N, 0));
                }
                (Some(lost), last) if last == Some(lost) => drop(phones.pop()),
                _ => {}
            },
        );
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_arpabet() {
        for (_, vowel, consonant) in ENCLITICS {
            assert!(Phone::parse_all(vowel).is_some() && Phone::parse_all(consonant).is_some());
        }
    }

    #[test]
    fn accents_go() {
        assert_eq!(without_accents("naïve"), "naive");
        assert_eq!(without_accents("þorn"), "thorn");
    }
}

//! Spellings that were usual once or are usual elsewhere, turned into those of the lexicon.

use super::{Made, Rules, Trust, is_vowel_letter, map};
use crate::{Phone, Phoneme};

/// Where in a word a spelling is exchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Start,
    End,
    Within,
}

type Respelling = (At, &'static str, &'static str);

/// Tried in this order; the first that makes a known word is taken.
const BRITISH: &[Respelling] = &[
    (At::Within, "our", "or"),
    (At::End, "tre", "ter"),
    (At::End, "ter", "tre"),
    (At::End, "bre", "ber"),
    (At::End, "vre", "ver"),
    (At::End, "gre", "ger"),
    (At::End, "ise", "ize"),
    (At::End, "yse", "yze"),
    (At::Within, "isation", "ization"),
    (At::End, "ence", "ense"),
    (At::End, "ogue", "og"),
    (At::Within, "ae", "e"),
    (At::Within, "oe", "e"),
    (At::Within, "lful", "llful"),
    (At::Within, "lment", "llment"),
    (At::End, "il", "ill"),
    (At::End, "ol", "oll"),
    (At::End, "al", "all"),
    (At::End, "ll", "l"),
    (At::Within, "grey", "gray"),
];

const EARLY: &[Respelling] = &[
    (At::Within, "shew", "show"),
    (At::Start, "en", "in"),
    (At::Start, "in", "en"),
    (At::Start, "em", "im"),
    (At::Start, "im", "em"),
    (At::End, "xion", "ction"),
    (At::End, "ck", "c"),
    (At::End, "que", "c"),
    (At::End, "nesse", "ness"),
    (At::End, "lesse", "less"),
    (At::End, "esse", "ess"),
    (At::End, "ie", "y"),
    (At::End, "ye", "y"),
    (At::End, "ye", "ie"),
    (At::End, "ies", "ys"),
    (At::End, "yes", "ys"),
    (At::End, "ey", "y"),
    (At::End, "el", "le"),
    (At::End, "our", "er"),
    (At::End, "rst", "rsed"),
    (At::End, "l", "ll"),
    (At::Within, "aun", "an"),
    (At::Within, "eer", "ear"),
    (At::Within, "ear", "eer"),
    (At::Within, "eam", "eme"),
    (At::Within, "uu", "w"),
    (At::Within, "vv", "w"),
    (At::End, "cion", "tion"),
    (At::End, "yng", "ing"),
];

/// Spellings of Britain today: *splendour, theatre, offence*.
pub fn british(rules: &Rules, word: &str) -> Vec<Made> {
    if !is_candidate(rules, word) {
        return Vec::new();
    }
    let spellings = BRITISH.iter().flat_map(|r| exchanged(word, r));
    known(rules, spellings, word, "British spelling")
}

/// Spellings of early modern print: *goodnesse, beautie, loue, keepe*.
pub fn early(rules: &Rules, word: &str) -> Vec<Made> {
    if !is_candidate(rules, word) {
        return Vec::new();
    }
    let spellings = EARLY.iter().flat_map(|r| exchanged(word, r)).chain(early_letters(word));
    let mut made = known(rules, spellings, word, "early modern spelling");
    if word.ends_with("the") {
        // The e of wreathe tells of its voice.
        let voiced = |phones: &mut super::Phones| {
            if let Some(last) = phones.last_mut().filter(|p| p.phoneme() == Phoneme::TH) {
                *last = Phone::new(Phoneme::DH, 0);
            }
        };
        made = map(made, Trust::AgainstLetters, str::to_owned, voiced);
    }
    made
}

fn is_candidate(rules: &Rules, word: &str) -> bool {
    rules.may_respell() && word.is_ascii() && !word.contains('\'') && word.len() > 2
}

fn known(rules: &Rules, spellings: impl Iterator<Item = String>, word: &str, why: &str) -> Vec<Made> {
    spellings
        .filter(|spelling| spelling != word)
        .map(|spelling| map(rules.plain_stem(&spelling), Trust::AgainstLetters, |how| format!("{how} ({why})"), |_| {}))
        .find(|made| !made.is_empty())
        .unwrap_or_default()
}

fn exchanged(word: &str, &(at, from, to): &Respelling) -> Vec<String> {
    match at {
        At::Start => word.strip_prefix(from).map(|rest| format!("{to}{rest}")).into_iter().collect(),
        At::End => word.strip_suffix(from).map(|rest| format!("{rest}{to}")).into_iter().collect(),
        At::Within => word
            .match_indices(from)
            .filter(|(i, _)| word[..*i].bytes().any(is_vowel_letter) || *i > 0 && from != "our")
            .map(|(i, _)| format!("{}{to}{}", &word[..i], &word[i + from.len()..]))
            .collect(),
    }
}

/// What printers before about 1650 did with single letters: a final *e*, perhaps after a doubled consonant (*keepe, sinne,
/// shee*), *u* for *v* and *v* for *u* (*loue, vpon*), *i* for *j* (*ioy*), *y* for *i* (*hym, tyme*), *-es* for *-s*
/// (*cloudes*).
fn early_letters(word: &str) -> Vec<String> {
    let modern = modern_letters(word);
    let mut out = vec![modern.clone()];
    for w in [word, modern.as_str()] {
        let b = w.as_bytes();
        if let Some(shorter) = w.strip_suffix('e').filter(|shorter| !lengthens(shorter)) {
            out.push(shorter.to_owned());
            if matches!(b, [.., x, y, b'e'] if x == y) {
                out.push(shorter[..shorter.len() - 1].to_owned());
            }
        }
        if let Some(shorter) = w.strip_suffix("es").filter(|shorter| !lengthens(shorter)) {
            out.push(format!("{shorter}s"));
        }
        if w.contains('y') {
            out.push(w.replace('y', "i"));
            out.extend(w.strip_suffix('e').map(|shorter| shorter.replace('y', "i")));
        }
        if w.contains('i') {
            out.push(w.replacen('i', "y", 1));
        }
    }
    out
}

/// Whether a final *e* makes the vowel before it long, as in *smite*, and so belongs to the word.
fn lengthens(shorter: &str) -> bool {
    matches!(shorter.as_bytes(), [.., a, b, c]
        if !is_vowel_letter(*a) && is_vowel_letter(*b) && !is_vowel_letter(*c) && *c != b'x')
}

/// *u* between vowels is a consonant, *v* before a consonant and *i* before a vowel at the start are not what they seem.
fn modern_letters(word: &str) -> String {
    let b = word.as_bytes();
    let vowel_at = |i: usize| b.get(i).is_some_and(|&c| is_vowel_letter(c));
    (0..b.len())
        .map(|i| match b[i] {
            b'u' if i > 0 && vowel_at(i + 1) && (vowel_at(i - 1) || matches!(b[i - 1], b'l' | b'r')) => 'v',
            b'v' if i == 0 && !vowel_at(1) => 'u',
            b'i' if i == 0 && vowel_at(1) => 'j',
            c => c as char,
        })
        .collect()
}

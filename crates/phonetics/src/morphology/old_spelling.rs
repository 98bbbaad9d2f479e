//! Spellings that were usual once or are usual elsewhere, turned into those of the lexicon.

use super::{Made, Rules, is_vowel_letter, map};

/// Where in a word a spelling is exchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Start,
    End,
    Anywhere,
}

struct Respelling {
    at: At,
    from: &'static str,
    to: &'static str,
    why: &'static str,
}

const fn respell(at: At, from: &'static str, to: &'static str, why: &'static str) -> Respelling {
    Respelling { at, from, to, why }
}

const BRITISH: &str = "British spelling";
const EARLY: &str = "early modern spelling";

/// Tried in this order; the first that makes a known word is taken.
const RESPELLINGS: &[Respelling] = &[
    respell(At::Anywhere, "our", "or", BRITISH),
    respell(At::Anywhere, "ou", "o", BRITISH),
    respell(At::End, "re", "er", BRITISH),
    respell(At::End, "ise", "ize", BRITISH),
    respell(At::End, "yse", "yze", BRITISH),
    respell(At::Anywhere, "isation", "ization", BRITISH),
    respell(At::End, "ence", "ense", BRITISH),
    respell(At::End, "ogue", "og", BRITISH),
    respell(At::Anywhere, "ae", "e", BRITISH),
    respell(At::Anywhere, "oe", "e", BRITISH),
    respell(At::Anywhere, "lful", "llful", BRITISH),
    respell(At::Anywhere, "lment", "llment", BRITISH),
    respell(At::End, "l", "ll", BRITISH),
    respell(At::End, "ll", "l", BRITISH),
    respell(At::Anywhere, "grey", "gray", BRITISH),
    respell(At::Anywhere, "shew", "show", "old spelling"),
    respell(At::Start, "en", "in", "old spelling"),
    respell(At::Start, "in", "en", "old spelling"),
    respell(At::Start, "em", "im", "old spelling"),
    respell(At::Start, "im", "em", "old spelling"),
    respell(At::End, "xion", "ction", "old spelling"),
    respell(At::End, "ck", "c", EARLY),
    respell(At::End, "que", "c", EARLY),
    respell(At::End, "nesse", "ness", EARLY),
    respell(At::End, "esse", "ess", EARLY),
    respell(At::End, "lesse", "less", EARLY),
    respell(At::End, "ie", "y", EARLY),
    respell(At::End, "ye", "y", EARLY),
    respell(At::End, "ye", "ie", EARLY),
    respell(At::End, "ies", "ys", EARLY),
    respell(At::End, "yes", "ys", EARLY),
    respell(At::End, "ey", "y", EARLY),
    respell(At::End, "el", "le", EARLY),
    respell(At::End, "our", "er", EARLY),
    respell(At::End, "aunce", "ance", EARLY),
    respell(At::Anywhere, "aun", "an", EARLY),
    respell(At::Anywhere, "eer", "ear", EARLY),
    respell(At::Anywhere, "eam", "eme", EARLY),
    respell(At::Anywhere, "uu", "w", EARLY),
    respell(At::Anywhere, "vv", "w", EARLY),
    respell(At::End, "cion", "tion", EARLY),
    respell(At::End, "yng", "ing", EARLY),
];

pub fn respellings(rules: &Rules, word: &str) -> Vec<Made> {
    if !rules.may_respell() || !word.is_ascii() || word.contains('\'') || word.len() < 3 {
        return Vec::new();
    }
    let found = |spelling: &str, why: &str| -> Vec<Made> {
        if spelling == word {
            return Vec::new();
        }
        map(rules.stem(spelling), |how| format!("{how} ({why})"), |_| {})
    };
    for r in RESPELLINGS {
        for spelling in exchanged(word, r) {
            let made = found(&spelling, r.why);
            if !made.is_empty() {
                return made;
            }
        }
    }
    for spelling in early_letters(word) {
        let made = found(&spelling, EARLY);
        if !made.is_empty() {
            return made;
        }
    }
    Vec::new()
}

fn exchanged(word: &str, r: &Respelling) -> Vec<String> {
    match r.at {
        At::Start => word.strip_prefix(r.from).map(|rest| format!("{}{rest}", r.to)).into_iter().collect(),
        At::End => word.strip_suffix(r.from).map(|rest| format!("{rest}{}", r.to)).into_iter().collect(),
        At::Anywhere => word
            .match_indices(r.from)
            .map(|(i, from)| format!("{}{}{}", &word[..i], r.to, &word[i + from.len()..]))
            .collect(),
    }
}

/// What printers before about 1650 did with single letters: a final *e*, perhaps after a doubled consonant (*keepe, sinne,
/// shee*), *u* for *v* and *v* for *u* (*loue, vpon*), *i* for *j* (*ioy*), *y* for *i* (*hym, tyme*), *-es* for *-s*
/// (*cloudes*), *e* dropped before a liquid (*wandring*).
fn early_letters(word: &str) -> Vec<String> {
    let modern = modern_letters(word);
    let mut out = vec![modern.clone()];
    for w in [word, modern.as_str()] {
        let b = w.as_bytes();
        if let Some(shorter) = w.strip_suffix('e') {
            out.push(shorter.to_owned());
            if matches!(b, [.., x, y, b'e'] if x == y) {
                out.push(shorter[..shorter.len() - 1].to_owned());
            }
        }
        if let Some(shorter) = w.strip_suffix("es") {
            out.push(format!("{shorter}s"));
        }
        if w.contains('y') {
            out.push(w.replace('y', "i"));
            if let Some(shorter) = w.strip_suffix('e') {
                out.push(shorter.replace('y', "i"));
            }
        }
        for liquid in ["ring", "ning", "ling", "rous", "red"] {
            if let Some(head) = w.strip_suffix(liquid)
                && head.bytes().last().is_some_and(|c| !is_vowel_letter(c))
            {
                out.push(format!("{head}e{liquid}"));
            }
        }
    }
    out
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

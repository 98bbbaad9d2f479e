//! Compounds: two words written as one, or joined by hyphens.

use super::{Made, Phones, Rules, Trust, demote, listed, map};
use crate::Phone;
use crate::lexicon::Entry;

/// The shortest part of a compound that is written without a hyphen.
const SHORTEST: usize = 3;
/// Each part must occur about once in a million words, or chance splits of names would count.
const COMMON: f32 = 0.0;
/// From about six in a million on, CMUdict stresses the first part and half the second (*moonlight*) four times in five; among
/// rarer parts, which are mostly those of names, the second loses its stress as often (*Fordham*).
const EVERYDAY: f32 = 1.8;
/// Pronouns of place, after which a preposition takes the stress (*whereON, thereFROM*).
const PLACES: [&str; 3] = ["where", "there", "here"];
/// Prepositions too short for a part otherwise.
const SHORT_PREPOSITIONS: [&str; 8] = ["of", "on", "to", "at", "in", "by", "up", "as"];

/// Words that make no compound when they stand first: prefixes and pronouns are other rules' affair.
const NOT_FIRST: [&str; 12] = ["for", "with", "per", "her", "him", "the", "and", "but", "con", "dis", "mis", "pre"];
/// Syllables that end names and derived words, and are seldom the word that they spell.
const NOT_SECOND: [&str; 14] =
    ["son", "ton", "man", "men", "ham", "age", "ant", "ter", "gent", "mental", "able", "ate", "lets", "let"];

/// Words that are unstressed within a compound of three and more (*forget-me-not, hand-in-hand*).
const WEAK: &[&str] = &[
    "a", "an", "the", "of", "in", "on", "at", "by", "to", "for", "from", "with", "and", "or", "me", "my", "you",
    "your", "the", "o", "o'", "th'", "as", "de", "la", "le",
];

/// First parts before which the second keeps its full stress (*well-KNOWN, half-forGOTTEN, re-enTER*).
const LATE: &[&str] = &[
    "well", "ill", "half", "all", "ever", "never", "far", "long", "new", "newly", "self", "full", "over", "out",
    "under", "re", "un", "a", "be", "co", "pre", "non", "anti", "semi", "ex", "mis", "dis", "de", "to", "up", "by",
    "in", "on",
];

/// *snow + drop*: the split whose parts are commonest, the first part stressed.
pub fn closed(rules: &Rules, word: &str) -> Vec<Made> {
    let Some((first, second)) = split(rules, word) else { return Vec::new() };
    let late = PLACES.contains(&first.text);
    let trust = match first.commonness.min(second.commonness) {
        _ if late => Trust::Sure,
        EVERYDAY.. => Trust::Likely,
        _ => Trust::Doubtful,
    };
    let head = listed(&first).into_iter().next().map(|made| made.phones).unwrap_or_default();
    map(
        listed(&second),
        trust,
        |how| format!("{} + {how}", first.text),
        |tail| {
            let mut phones = head.clone();
            demote(if late { &mut phones } else { tail });
            phones.extend_from_slice(tail);
            *tail = phones;
        },
    )
}

fn split(rules: &Rules, word: &str) -> Option<(Entry, Entry)> {
    if !word.is_ascii() || word.contains('\'') {
        return None;
    }
    for place in PLACES {
        if let Some(preposition) = word.strip_prefix(place).filter(|rest| SHORT_PREPOSITIONS.contains(rest)) {
            return Some((rules.entry(place)?, rules.entry(preposition)?));
        }
    }
    // A chance split is likelier than a chance ending, so a compound counts as two rules.
    if rules.depth == 0 || word.len() < 2 * SHORTEST {
        return None;
    }
    let part = |w: &str| rules.entry(w).filter(|e| e.commonness >= COMMON);
    (SHORTEST..=word.len() - SHORTEST)
        .map(|at| word.split_at(at))
        .filter(|(first, second)| !NOT_FIRST.contains(first) && !NOT_SECOND.contains(second))
        .filter_map(|(first, second)| Some((part(first)?, part(second)?)))
        .max_by(|a, b| (a.0.commonness + a.1.commonness).total_cmp(&(b.0.commonness + b.1.commonness)))
}

/// One pronunciation of a hyphenated word from one of each part.
pub fn join_parts(parts: &[(&str, &[Phone])]) -> Phones {
    let mut out = Phones::new();
    for (i, (text, phones)) in parts.iter().enumerate() {
        let mut said = Phones::from_slice(phones);
        let last = i + 1 == parts.len();
        let of_two = parts.len() == 2 && last && !LATE.contains(&parts[0].0) && !keeps_stress(text);
        if parts.len() > 2 && WEAK.contains(text) && !last && i > 0 {
            said.iter_mut().for_each(|p| *p = p.with_stress(0));
        } else if of_two || i == 0 && LATE.contains(text) {
            demote(&mut said);
        }
        out.extend_from_slice(&said);
    }
    out
}

/// Participles of two syllables and more stay as strong as the noun before them (*heart-broken, mind-bending*).
fn keeps_stress(text: &str) -> bool {
    super::vowel_groups(text) > 1 && ["ed", "ing", "en"].iter().any(|end| text.ends_with(end))
}

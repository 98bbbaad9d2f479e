//! Compounds: two words written as one, or joined by hyphens.

use super::{Made, Phones, Rules, demote};
use crate::Phone;

/// The shortest part of a compound that is written without a hyphen.
const SHORTEST: usize = 3;
/// Each part must occur about once in a million words, or chance splits of names would count.
const COMMON: f32 = 0.0;
/// Pronouns of place, after which a preposition takes the stress (*whereON, thereFROM*).
const PLACES: [&str; 3] = ["where", "there", "here"];

/// Words that are unstressed within a compound of three and more (*forget-me-not, hand-in-hand*).
const WEAK: &[&str] = &[
    "a", "an", "the", "of", "in", "on", "at", "by", "to", "for", "from", "with", "and", "or", "me", "my", "you", "your", "the",
    "o", "o'", "th'", "as", "de", "la", "le",
];

/// First parts before which the second keeps its full stress (*well-KNOWN, half-forGOTTEN, re-enTER*).
const LATE: &[&str] = &[
    "well", "ill", "half", "all", "ever", "never", "far", "long", "new", "newly", "self", "full", "over", "out", "under",
    "re", "un", "a", "be", "co", "pre", "non", "anti", "semi", "ex", "mis", "dis", "de", "to", "up", "by", "in", "on",
];

/// *snow + drop*: the split whose parts are commonest, the first part stressed.
pub fn closed(rules: &Rules, word: &str) -> Vec<Made> {
    if !word.is_ascii() || word.len() < 2 * SHORTEST || word.contains('\'') {
        return Vec::new();
    }
    let part = |w: &str| rules.entry(w).filter(|e| e.commonness >= COMMON);
    let best = (SHORTEST..=word.len() - SHORTEST)
        .filter_map(|at| Some((part(&word[..at])?, part(&word[at..])?)))
        .max_by(|a, b| (a.0.commonness + a.1.commonness).total_cmp(&(b.0.commonness + b.1.commonness)));
    let Some((first, second)) = best else { return Vec::new() };
    let how = format!("{} + {}", first.text, second.text);
    let late = PLACES.contains(&first.text);
    let said = |(phones, _): (&[Phone], bool)| Phones::from_slice(phones);
    let Some(head) = first.pronunciations().next().map(said) else { return Vec::new() };
    second
        .pronunciations()
        .take(super::CARRIED)
        .map(|p| {
            let (mut phones, mut tail) = (head.clone(), said(p));
            demote(if late { &mut phones } else { &mut tail });
            phones.extend_from_slice(&tail);
            Made { phones, how: how.clone() }
        })
        .collect()
}

/// One pronunciation of a hyphenated word from one of each part.
pub fn join_parts(parts: &[(&str, &[Phone])]) -> Phones {
    let mut out = Phones::new();
    for (i, (text, phones)) in parts.iter().enumerate() {
        let mut said = Phones::from_slice(phones);
        let last = i + 1 == parts.len();
        if parts.len() > 2 && WEAK.contains(text) && !last && i > 0 {
            said.iter_mut().for_each(|p| *p = p.with_stress(0));
        } else if i == 0 && LATE.contains(text) {
            demote(&mut said);
        } else if parts.len() == 2 && last && !LATE.contains(&parts[0].0) && !keeps_stress(text) {
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

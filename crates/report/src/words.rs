//! The words that every renderer uses for the same things.

use measure::{Comparison, ReferenceSummary, VerdictWord};

use crate::number::count;

/// The verdict as one word.
pub fn verdict(word: VerdictWord) -> &'static str {
    match word {
        VerdictWord::Collapsed => "collapsed",
        VerdictWord::Displaced => "displaced",
        VerdictWord::Narrow => "narrow",
        VerdictWord::Holds => "holds",
        VerdictWord::CannotTell => "cannot tell",
    }
}

/// What the texts are called: "poems" where the reference is an atlas of poems.
pub fn unit(reference: &ReferenceSummary) -> &'static str {
    match reference.name.split(['-', '.', '_']).next() {
        Some("poetry") if reference.people => "poems",
        Some("jokes") if reference.people => "jokes",
        Some("stories") if reference.people => "stories",
        _ => "texts",
    }
}

/// Whose works the samples are held against: "people", or the file's name.
pub fn opponent(reference: &ReferenceSummary) -> &str {
    if reference.people { "people" } else { &reference.name }
}

/// "poetry-1: 1,243 poems by 544 authors".
pub fn reference(reference: &ReferenceSummary) -> String {
    let (name, n, unit) = (&reference.name, count(reference.n), unit(reference));
    match (reference.people, reference.groups) {
        (true, groups) if groups > 0 => format!("{name}: {n} {unit} by {} authors", count(groups)),
        _ => format!("{name}: {n} {unit}"),
    }
}

/// "64 poems against people (poetry-1: 1,243 poems by 544 authors)".
pub fn subject(comparison: &Comparison) -> String {
    let against = match comparison.reference.people {
        true => format!("people ({})", reference(&comparison.reference)),
        false => reference(&comparison.reference),
    };
    format!("{} {} against {against}", count(comparison.samples.n), unit(&comparison.reference))
}

/// A JSON key as words: "rhymed_share" → "rhymed share".
pub fn spaced(key: &str) -> String {
    key.replace('_', " ")
}

/// Measures of the portrait that are shares of texts or of lines, and so go on one scale.
pub fn is_share(key: &str) -> bool {
    ["_share", "_density", "_regularity", "_fit"].iter().any(|end| key.ends_with(end))
}

/// A measure of the portrait in a reader's words.
pub fn measure(key: &str) -> String {
    spaced(key.strip_suffix("_share").unwrap_or(key))
}

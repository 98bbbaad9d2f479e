//! Forms told by the length of their lines: haiku, tanka, blank verse, free verse; and the acrostic.

use phonetics::Pronouncer;

use super::{Fit, percent};
use crate::profile::Profile;

/// Three short lines, near 5-7-5.
pub(super) fn haiku(poem: &Profile) -> Option<Fit> {
    if poem.rows.len() != 3 || poem.stanzas.len() > 1 {
        return None;
    }
    let lengths: Vec<usize> = poem.rows.iter().map(|r| r.syllables).collect();
    let total: usize = lengths.iter().sum();
    if !(6..=20).contains(&total) || lengths.iter().any(|l| *l > 9 || *l == 0) {
        return None;
    }
    let off: usize = lengths.iter().zip([5, 7, 5]).map(|(a, b)| a.abs_diff(b)).sum();
    Fit::new("haiku", 1.0 - 0.06 * off as f64, vec![format!("three lines of {} syllables", spelled(&lengths))])
}

/// Five unrhymed lines, near 5-7-5-7-7.
pub(super) fn tanka(poem: &Profile) -> Option<Fit> {
    if poem.rows.len() != 5 || poem.rhymed {
        return None;
    }
    let lengths: Vec<usize> = poem.rows.iter().map(|r| r.syllables).collect();
    let off: usize = lengths.iter().zip([5, 7, 5, 7, 7]).map(|(a, b)| a.abs_diff(b)).sum();
    (off <= 4).then_some(())?;
    Fit::new("tanka", 1.0 - 0.1 * off as f64, vec![format!("five lines of {} syllables", spelled(&lengths))])
}

fn spelled(lengths: &[usize]) -> String {
    lengths.iter().map(usize::to_string).collect::<Vec<_>>().join("-")
}

/// The first letters of the lines spell a common word of five letters or more.
pub(super) fn acrostic(poem: &Profile) -> Option<Fit> {
    if !(5..=16).contains(&poem.rows.len()) {
        return None;
    }
    let initials: String = poem
        .rows
        .iter()
        .filter_map(|r| r.line.text.chars().find(|c| c.is_alphabetic()))
        .flat_map(char::to_lowercase)
        .collect();
    let word = Pronouncer::shared().word(&initials);
    let known = initials.len() == poem.rows.len()
        && word.commonness() > 0.0
        && word.pronunciations().first().is_some_and(|p| p.via() == phonetics::Via::Lexicon);
    known.then_some(())?;
    Fit::new("acrostic", 0.95, vec![format!("the lines' first letters spell “{initials}”")])
}

/// What does not rhyme, by its lines.
pub(super) fn unrhymed(poem: &Profile) -> Fit {
    let mean = poem.syllables();
    let five = poem.share_of_syllables(9..=12);
    let strict = poem.share_of_syllables(10..=11);
    let rising = poem.metre.name.contains("iambic") || strict >= 0.6;
    if five >= 0.8 && strict >= 0.5 && rising && poem.rows.len() >= 4 {
        let reasons = vec!["unrhymed".to_owned(), format!("{} of the lines in pentameter", percent(five))];
        return Fit { name: "blank verse", confidence: five * (0.5 + 0.5 * strict) * unheard(poem), reasons };
    }
    let (size, share) = poem.usual_stanza();
    let stanzas = poem.stanzas.len() > 1 && share >= 0.75;
    let reasons = vec!["unrhymed".to_owned(), format!("{mean:.1} syllables a line")];
    let name = match size {
        _ if mean > 15.0 => "long unrhymed lines",
        2 if stanzas => "unrhymed couplets",
        3 if stanzas => "unrhymed tercets",
        4 if stanzas => "unrhymed quatrains",
        _ if mean < 5.5 => "short unrhymed lines",
        _ => "free verse",
    };
    Fit { name, confidence: unheard(poem), reasons }
}

/// How sure it is that a text does not rhyme, by the share of its lines that do: where a third rhymes, a plan may have been
/// missed, and under four lines there is little to hear.
fn unheard(poem: &Profile) -> f64 {
    (1.0 - 1.5 * poem.density).max(0.25) * (0.6 + 0.1 * poem.rows.len().min(4) as f64)
}

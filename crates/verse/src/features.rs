//! The form vector "form-1": a text's form as numbers, so that texts can be compared by Euclid's distance over
//! rank-Gaussianized features.
//!
//! What is in it: stanzas, rhyme, lengths of lines, rhythm, and where sentences end. What is left out, because it marks the
//! printing, the editor or the era and not the verse: indentation, dashes, quotation marks, capitals, `;:` and `!?` told
//! apart, elisions, archaic words, vocabulary. Only `lines` says how long a text is; nearly all others are shares
//! or ratios. Every feature is finite for every text.

mod sound;
mod tally;

use serde::Serialize;

use crate::Reading;
use crate::profile::Profile;

/// One feature of a form vector, of verse or of prose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Feature {
    pub name: &'static str,
    /// "stanza", "rhyme", "syllables", "metre" or "punctuation": what is reported, and left out, together.
    pub block: &'static str,
    pub unit: &'static str,
    description: &'static str,
}

impl Feature {
    /// A feature of a list; `description` is a sentence.
    #[must_use]
    pub const fn new(
        name: &'static str,
        block: &'static str,
        unit: &'static str,
        description: &'static str,
    ) -> Feature {
        Feature { name, block, unit, description }
    }

    /// What it measures, in a sentence for a reader.
    pub const fn description(&self) -> &'static str {
        self.description
    }

    /// Whether its mean over texts is a share, 0…1.
    #[must_use]
    pub fn is_share(&self) -> bool {
        self.unit == "yes or no" || self.unit.starts_with("share of")
    }
}

const fn feature(name: &'static str, block: &'static str, unit: &'static str, description: &'static str) -> Feature {
    Feature::new(name, block, unit, description)
}

/// The version of the list below; vectors of different versions are not to be compared.
pub const FORM_VECTOR: &str = "form-1";

/// The features of form-1, in the order of [`form_vector`].
pub const FEATURES: &[Feature] = &[
    feature("lines", "stanza", "ln(1 + lines)", "How many lines the text has, as a logarithm."),
    feature("stanza_lines", "stanza", "ln lines", "How many lines a stanza has, in the mean, as a logarithm."),
    feature("stanza_regularity", "stanza", "share of stanzas", "Stanzas that have the commonest length."),
    feature("couplet_share", "stanza", "share of lines", "Lines in stanzas of two lines."),
    feature("tercet_share", "stanza", "share of lines", "Lines in stanzas of three lines."),
    feature("quatrain_share", "stanza", "share of lines", "Lines in stanzas of four lines."),
    feature("long_stanza_share", "stanza", "share of lines", "Lines in stanzas of five to ten lines."),
    feature("closing_stanza", "stanza", "ln ratio", "Length of the last stanza against the mean of the others."),
    feature(
        "refrain_share",
        "stanza",
        "share of lines",
        "Lines that say again, word for word, what a line before them said.",
    ),
    feature("anaphora", "stanza", "share of lines", "Lines that open with the word that the line before opened with."),
    feature("rhyme_density", "rhyme", "share of lines", "Lines that rhyme with another."),
    feature("perfect_share", "rhyme", "share of rhymed lines", "Rhymed lines whose best partner rhymes perfectly."),
    feature(
        "promoted_share",
        "rhyme",
        "share of rhymed lines",
        "Rhymed lines that rhyme on an unstressed last syllable (sky, silently).",
    ),
    feature(
        "slant_share",
        "rhyme",
        "share of rhymed lines",
        "Rhymed lines whose best partner rhymes nearly, or only to the eye.",
    ),
    feature("identical_share", "rhyme", "share of rhymed lines", "Rhymed lines that end on their partner's word."),
    feature("aabb_share", "rhyme", "share of lines", "Lines in fours or pairs rhyming by neighbours."),
    feature("abab_share", "rhyme", "share of lines", "Lines in fours with crossed rhyme."),
    feature("abcb_share", "rhyme", "share of lines", "Lines in fours of which only the second and fourth rhyme."),
    feature("abba_share", "rhyme", "share of lines", "Lines in fours with enclosed rhyme."),
    feature("rhyme_distance", "rhyme", "ln lines", "How far the next line on the same rhyme is, as a logarithm."),
    feature("rhyme_group", "rhyme", "lines", "How many lines share one rhyme."),
    feature(
        "scheme_regularity",
        "rhyme",
        "share of stanzas",
        "Stanzas, of those with the commonest length, that rhyme by their commonest scheme.",
    ),
    feature("returning_rhymes", "rhyme", "share of rhymes", "Rhymes that come back in another stanza."),
    feature("feminine_rhymes", "rhyme", "share of rhymed lines", "Rhymed lines that end on a weak syllable."),
    feature("monosyllable_ends", "rhyme", "share of lines", "Lines that end on a word of one syllable."),
    feature("internal_rhyme", "rhyme", "share of lines", "Lines in which two words rhyme."),
    feature(
        "alliteration",
        "rhyme",
        "share of word pairs",
        "Neighbouring content words that open with the same consonant.",
    ),
    feature("assonance", "rhyme", "share of word pairs", "Neighbouring content words with the same stressed vowel."),
    feature("syllables", "syllables", "ln syllables", "How many syllables a line has, in the mean, as a logarithm."),
    feature("syllable_spread", "syllables", "ratio", "Standard deviation of syllables a line, against their mean."),
    feature(
        "off_pattern",
        "syllables",
        "ratio",
        "The same, measured from the mean length at each place of the stanza.",
    ),
    feature(
        "alternation",
        "syllables",
        "ratio",
        "How much longer odd lines are than even ones (8-6), against the mean.",
    ),
    feature(
        "length_skew",
        "syllables",
        "ln ratio",
        "How far the longest line stands from the mean against how far the shortest does.",
    ),
    feature(
        "step",
        "syllables",
        "ratio",
        "Change of length from line to line against the standard deviation: high where long and short take turns.",
    ),
    feature("stanza_close", "syllables", "ln ratio", "Last lines of stanzas against the mean of all lines."),
    feature("iambic", "metre", "share of syllables", "Syllables that are as weak-strong-weak-strong wants them."),
    feature("double_weak", "metre", "share of intervals", "Intervals between stresses with two weak syllables."),
    feature("clash", "metre", "share of intervals", "Stresses that follow on each other."),
    feature("lapse", "metre", "share of intervals", "Intervals between stresses with three or more weak syllables."),
    feature("opening_stress", "metre", "share of lines", "Lines that open with a stress."),
    feature("feminine_endings", "metre", "share of lines", "Lines that end on a weak syllable."),
    feature("stress_density", "metre", "share of syllables", "Stressed syllables."),
    feature("beat_regularity", "metre", "share of lines", "Lines with the commonest number of stresses."),
    feature(
        "rhythm_echo",
        "metre",
        "share of syllables",
        "Syllables as strong as the one at the same place of the line before.",
    ),
    feature("metre_fit", "metre", "share of lines", "Lines that fit the metre of the poem."),
    feature("metre_regularity", "metre", "0…1", "How alike the rhythms of the lines are."),
    feature("inversions", "metre", "share of lines", "Iambic lines that open with a foot turned round."),
    feature("sentence_ends", "punctuation", "share of lines", "Lines that end with a sentence."),
    feature("pause_ends", "punctuation", "share of lines", "Lines that end with a pause inside a sentence."),
    feature("inner_stops", "punctuation", "per line", "Sentences that end inside lines."),
    feature("inner_pauses", "punctuation", "per line", "Pauses inside lines."),
    feature("pause_place", "punctuation", "0…1", "Where in the line its pauses stand, in the mean."),
    feature("stanza_stops", "punctuation", "share of stanzas", "Stanzas that end with a sentence."),
];

/// Verse lines of a text that its opening vector sees, so that texts of every length can be held side by side (CFD-1).
pub const OPENING_LINES: usize = 14;
/// Key of the opening's features in [`Reading::features`]; absent where the text is no longer than its opening.
pub(crate) const OPENING: &str = "form_opening";

/// The vector of a reading, in the order of [`FEATURES`]; never NaN or infinite. A reading that lacks a feature (one written
/// by another version) has 0 there.
pub fn form_vector(reading: &Reading) -> Vec<f64> {
    values(reading, "form")
}

/// The vector of a reading's first [`OPENING_LINES`] lines, heard as part of the whole.
pub fn opening_vector(reading: &Reading) -> Vec<f64> {
    values(reading, if reading.features.contains_key(OPENING) { OPENING } else { "form" })
}

fn values(reading: &Reading, group: &str) -> Vec<f64> {
    let form = reading.features.get(group);
    FEATURES.iter().map(|f| form.and_then(|values| values.get(f.name)).copied().unwrap_or(0.0)).collect()
}

/// Computes the vector, in the order of [`FEATURES`].
pub(crate) fn vector(poem: &Profile) -> Vec<f64> {
    let mut out = Vec::with_capacity(FEATURES.len());
    out.extend(tally::stanza(poem));
    out.extend(tally::rhyme(poem));
    out.extend(sound::texture(poem));
    out.extend(tally::syllables(poem));
    out.extend(tally::metre(poem));
    out.extend(tally::punctuation(poem));
    debug_assert_eq!(out.len(), FEATURES.len());
    for value in &mut out {
        if !value.is_finite() {
            *value = 0.0;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_is_named_once_and_described() {
        for (i, feature) in FEATURES.iter().enumerate() {
            assert!(FEATURES[i + 1..].iter().all(|other| other.name != feature.name), "{}", feature.name);
            assert!(feature.description().ends_with('.'));
            assert!(["stanza", "rhyme", "syllables", "metre", "punctuation"].contains(&feature.block));
        }
        // Blocks stand together.
        let mut blocks: Vec<&str> = FEATURES.iter().map(|f| f.block).collect();
        blocks.dedup();
        assert_eq!(blocks.len(), 5);
    }
}

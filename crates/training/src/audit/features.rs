//! What a choice may go by: one number a text.

use measure::prose::BESIDE;
use measure::{MEASURES, Reading, pair_rank};
use verse::Kind;

pub(super) struct Feature {
    pub name: &'static str,
    /// What a rater pays for.
    pub what: &'static str,
    /// The step that a weight is of.
    pub unit: &'static str,
    pub control: bool,
    of: fn(&Reading) -> f64,
}

pub(super) const YES: &str = "yes against no";
const TENTH: &str = "each tenth";

/// Places of the controls in [`FEATURES`].
pub(super) const LENGTH: usize = 0;
pub(super) const CURVE: usize = 1;

pub(super) const FEATURES: [Feature; 17] = [
    Feature { name: "length", what: "length", unit: "twice the words", control: true, of: log_words },
    // Filled in when the mean length of all texts is known.
    Feature { name: "length_squared", what: "length, squared", unit: "a square", control: true, of: |_| 0.0 },
    Feature { name: "verse", what: "verse over prose", unit: YES, control: false, of: |r| flag(r.kind == Kind::Verse) },
    Feature { name: "rhymed", what: "rhyme", unit: YES, control: false, of: |r| flag(r.rhymed) },
    Feature {
        name: "regularity",
        what: "regular metre",
        unit: TENTH,
        control: false,
        of: |r| 10.0 * measured(r, "metre_regularity"),
    },
    Feature { name: "quatrains", what: "quatrains", unit: YES, control: false, of: |r| measured(r, "quatrain_share") },
    Feature { name: "named_form", what: "a named form (sonnet, haiku …)", unit: YES, control: false, of: named_form },
    Feature { name: "hackneyed", what: "hackneyed rhymes", unit: "all against none", control: false, of: hackneyed },
    Feature { name: "uplift", what: "an upward turn at the end", unit: YES, control: false, of: uplift },
    Feature { name: "moral", what: "a moral at the end", unit: YES, control: false, of: moral },
    Feature {
        name: "brightness",
        what: "bright words",
        unit: TENTH,
        control: false,
        of: |r| 10.0 * beside(r, "valence"),
    },
    Feature {
        name: "soft_words",
        what: "soft words (whisper, gentle …)",
        unit: "one more in a hundred",
        control: false,
        of: |r| 100.0 * beside(r, "soft_words"),
    },
    Feature { name: "dialogue", what: "dialogue", unit: TENTH, control: false, of: |r| 10.0 * beside(r, "dialogue") },
    Feature { name: "list", what: "lists", unit: YES, control: false, of: |r| flag(r.kind == Kind::List) },
    Feature { name: "title", what: "a title", unit: YES, control: false, of: |r| set_aside(r, &["title"]) },
    Feature {
        name: "wrapping",
        what: "chat around the text",
        unit: YES,
        control: false,
        of: |r| set_aside(r, &["chat wrapping", "closing remark"]),
    },
    Feature { name: "markup", what: "Markdown", unit: YES, control: false, of: |r| set_aside(r, &["markup"]) },
];

/// The features of a text, in the order of [`FEATURES`].
pub(super) fn of(reading: &Reading) -> [f64; FEATURES.len()] {
    FEATURES.each_ref().map(|feature| {
        let value = (feature.of)(reading);
        if value.is_finite() { value } else { 0.0 }
    })
}

fn flag(yes: bool) -> f64 {
    f64::from(u8::from(yes))
}

/// Of the whole text as the rater saw it, wrapping and all.
fn log_words(r: &Reading) -> f64 {
    (r.text().split_whitespace().count().max(1) as f64).log2()
}

fn measured(r: &Reading, name: &str) -> f64 {
    let at = MEASURES.iter().position(|m| m.name == name);
    at.and_then(|at| r.measures.get(at)).map_or(0.0, |v| f64::from(*v))
}

fn beside(r: &Reading, name: &str) -> f64 {
    let at = BESIDE.iter().position(|f| f.name == name);
    at.and_then(|at| r.beside.get(at)).map_or(0.0, |v| f64::from(*v))
}

/// A form that a reader knows by name, not a mere plan of rhyme.
fn named_form(r: &Reading) -> f64 {
    const NAMES: [&str; 10] =
        ["sonnet", "haiku", "tanka", "limerick", "villanelle", "sestina", "pantoum", "triolet", "ghazal", "terza rima"];
    flag(NAMES.iter().any(|name| r.form_name.contains(name)))
}

/// Pairs that are among people's so many commonest.
const HACKNEYED: usize = 100;

fn hackneyed(r: &Reading) -> f64 {
    let common = r.rhyme_pairs.iter().filter(|(a, b)| pair_rank(a, b).is_some_and(|rank| rank < HACKNEYED)).count();
    common as f64 / r.rhyme_pairs.len().max(1) as f64
}

fn uplift(r: &Reading) -> f64 {
    if r.kind == Kind::Verse { measured(r, "uplift_share") } else { flag(beside(r, "uplift") > 0.1) }
}

fn moral(r: &Reading) -> f64 {
    if r.kind == Kind::Verse { measured(r, "moral_share") } else { flag(beside(r, "moral") > 0.5) }
}

fn set_aside(r: &Reading, kinds: &[&str]) -> f64 {
    flag(r.set_aside.iter().any(|aside| kinds.contains(&aside.kind.as_str())))
}

//! Everything that is computed from one text alone (`doggerel.reading/1`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What sort of text it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Verse,
    ProsePoem,
    Prose,
    Dialogue,
    List,
    #[default]
    Empty,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Reading {
    pub kind: Kind,
    /// What normalizer N1 set aside, each with its kind, in the order of the text.
    pub set_aside: Vec<SetAside>,
    pub form: Form,
    /// Letters per line, stanzas parted by a space, `x` unrhymed: "abab cdcd efef gg".
    pub scheme: String,
    pub rhymed: bool,
    /// Share of lines that rhyme with another line of the text, 0…1.
    pub rhyme_density: f64,
    pub metre: Metre,
    pub ending: Ending,
    pub stanzas: Vec<Stanza>,
    /// Named groups of features with their values: `features.form.rhyme_density`.
    pub features: Features,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    /// "title", "chat wrapping", "closing remark", "thinking", "code fence", "stanza number", …
    pub kind: String,
    pub text: String,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Form {
    pub name: String,
    pub confidence: f64,
    pub reasons: Vec<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Metre {
    /// "iambic pentameter", "common metre", "anapaestic tetrameter", "accentual", "free", …
    pub name: String,
    /// Share of lines that fit it, 0…1.
    pub fit: f64,
    /// 1 = every line has the same rhythm, 0 = as various as prose.
    pub regularity: f64,
    /// Of the lines of iambic verse that keep its feet, the share that open with a foot turned round, 0…1.
    pub inversions: f64,
}

/// How the text ends.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Ending {
    /// Valence of the last quarter minus the rest, −1…1.
    pub uplift: f64,
    /// How far the last lines draw a moral, 0…1.
    pub moral: f64,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Stanza {
    pub scheme: String,
    /// Chance that the scheme is right in every line, 0…1.
    pub confidence: f64,
    pub lines: Vec<LineReading>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct LineReading {
    pub text: String,
    pub syllables: usize,
    /// The conventional metre, one `w` or `s` a metrical position: a syllable that the metre does not count (a feminine
    /// ending, an elision) has no letter, so `met` may be shorter than `real`. Empty where the text is not scanned.
    pub met: String,
    /// The stresses as spoken, one `w` or `s` a syllable. Empty where the text is not scanned.
    pub real: String,
    /// The poem's letter for this line's rhyme, `x` where it rhymes with none.
    pub rhyme: String,
    /// 0-based numbers, in the stanza, of the lines that it rhymes with.
    pub rhymes_with: Vec<usize>,
    /// Class of its strongest link in the stanza; absent where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Sound from the last stressed vowel on, in ARPAbet: "D EY1".
    pub end: String,
}

/// Named groups of features with their values: `features.form.rhyme_density`.
pub type Features = BTreeMap<String, BTreeMap<String, f64>>;

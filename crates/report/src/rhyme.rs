use phonetics::{LineEnd, Rhyme};
use serde::Serialize;

/// Whether two words, or line ends, rhyme, as the command and the Python package write it (`doggerel.rhyme/1`).
#[derive(Debug, Clone, Serialize)]
pub struct RhymeReport<'a> {
    pub schema: &'static str,
    pub doggerel: &'static str,
    pub seed: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<&'a str>,
    pub a: &'a str,
    pub b: &'a str,
    pub rhymes: bool,
    pub class: &'static str,
    pub syllables: u8,
    /// Log-odds that people call it a rhyme, from its sound.
    pub strength: f32,
    pub via: String,
    pub pronunciations: [Vec<String>; 2],
    /// Which of them rhyme best.
    pub used: [usize; 2],
    pub why: String,
}

impl<'a> RhymeReport<'a> {
    /// Of two words as they were typed, and as they were heard.
    #[must_use]
    pub fn new([a, b]: [&'a str; 2], ends: [&LineEnd; 2], rhyme: &Rhyme, seed: u64) -> Self {
        let ways = |end: &LineEnd| end.word().pronunciations().iter().map(|way| way.arpabet()).collect();
        Self {
            schema: "doggerel.rhyme/1",
            doggerel: env!("CARGO_PKG_VERSION"),
            seed,
            id: None,
            a,
            b,
            rhymes: rhyme.rhymes(),
            class: rhyme.class.as_str(),
            syllables: rhyme.syllables,
            strength: rhyme.strength,
            via: rhyme.via.to_string(),
            pronunciations: ends.map(ways),
            used: [rhyme.pronunciations.0, rhyme.pronunciations.1],
            why: rhyme.why(),
        }
    }
}

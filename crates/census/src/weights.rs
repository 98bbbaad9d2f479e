//! What the detector has learnt: `cargo xtask census` writes the file.

use std::sync::OnceLock;

use crate::estimate::ErrorRates;
use crate::line::LINE_EVIDENCE;
use crate::prose::PROSE_EVIDENCE;

/// Evidence of a run of lines that look like verse, in the order of `run_evidence`.
pub const RUN_EVIDENCE: [&str; 14] = [
    "constant",
    "mean odds",
    "odds of all",
    "ln lines",
    "is read as verse",
    "is read as prose",
    "is a list or dialogue",
    "rhyme density",
    "metre fit",
    "metre regularity",
    "rhymed",
    "spread of syllables",
    "set aside",
    "same line again",
];

/// Log-odds of everything that is decided.
#[doc(hidden)]
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    pub line: [f64; LINE_EVIDENCE.len()],
    pub run: [f64; RUN_EVIDENCE.len()],
    pub prose: [f64; PROSE_EVIDENCE.len()],
    /// Share of a line's own odds that count: lines of one page say much the same.
    pub scale: f64,
    /// What it costs to go from verse to other lines or back.
    pub switch: f64,
    pub errors: ErrorRates,
}

impl Weights {
    /// Out of lines `PART⇥NAME⇥VALUE`; what is not named is 0.
    #[must_use]
    pub fn parse(file: &str) -> Weights {
        let value = |part: &str, name: &str| -> f64 {
            let found = file.lines().find_map(|line| {
                let mut cells = line.split('\t');
                (cells.next() == Some(part) && cells.next() == Some(name)).then(|| cells.next()).flatten()
            });
            found.and_then(|cell| cell.parse().ok()).unwrap_or(0.0)
        };
        Weights {
            line: LINE_EVIDENCE.map(|name| value("line", name)),
            run: RUN_EVIDENCE.map(|name| value("run", name)),
            prose: PROSE_EVIDENCE.map(|name| value("prose", name)),
            scale: value("path", "scale"),
            switch: value("path", "switch"),
            errors: ErrorRates::of(|name| value("error", name)),
        }
    }

    pub fn shipped() -> &'static Weights {
        static WEIGHTS: OnceLock<Weights> = OnceLock::new();
        WEIGHTS.get_or_init(|| Weights::parse(include_str!("../../../data/census.tsv")))
    }
}

pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

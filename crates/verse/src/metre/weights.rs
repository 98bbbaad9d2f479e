//! The learnt figures: syllable features, licences, and the rhythm of each metre.

use std::sync::OnceLock;

use super::features::FEATURES;
use super::lattice::LICENCES;

/// The rhythms a line may have. The mixed ones go from two syllables a foot to three at will.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Rhythm {
    Iambic,
    Trochaic,
    Anapaestic,
    Dactylic,
    LooseRising,
    LooseFalling,
}

pub const RHYTHMS: usize = 6;
/// Rhythms are scored side by side; eight lanes fill a vector register.
pub(crate) const LANES: usize = 8;
pub(crate) type Lanes = [f32; LANES];

/// What the rhythm remembers: up to three syllables back, fewer at the line's start.
pub const HISTORIES: usize = 15;

/// The history after one more syllable, `stressed` 0 or 1.
pub const fn step(history: usize, stressed: usize) -> usize {
    match history {
        0 => 1 + stressed,
        1 | 2 => 3 + (history - 1) * 2 + stressed,
        3..=6 => 7 + (history - 3) * 2 + stressed,
        _ => 7 + (((history - 7) * 2 + stressed) & 7),
    }
}

/// Lines longer than this share one weight for their length.
pub const LENGTHS: usize = 24;

const TRANSITION: usize = FEATURES + LICENCES;
const AFTER_BREAK: usize = TRANSITION + RHYTHMS * HISTORIES * 2;
const END: usize = AFTER_BREAK + RHYTHMS * HISTORIES * 2;
const LENGTH: usize = END + RHYTHMS * HISTORIES;
/// How many weights are learnt by gradient; the kinship table follows them.
pub const LEARNT: usize = LENGTH + 2 * RHYTHMS * LENGTHS;
/// How many weights the model has.
pub const WEIGHTS: usize = LEARNT + RHYTHMS * RHYTHMS * DIFFERENCES;

/// Differences in length between two lines of a poem: −4 … 4, and one for all that are larger.
pub const DIFFERENCES: usize = 10;

/// The number of the log chance that, given one line of a poem in rhythm `of`, another is in rhythm `rhythm` and longer by
/// `difference` syllables.
pub const fn kinship(of: usize, rhythm: usize, difference: isize) -> usize {
    let d = if difference.unsigned_abs() > 4 { DIFFERENCES - 1 } else { (difference + 4) as usize };
    LEARNT + (of * RHYTHMS + rhythm) * DIFFERENCES + d
}

pub(crate) const fn licence(which: usize) -> usize {
    FEATURES + which
}

pub const fn transition(rhythm: usize, after_break: bool, history: usize, stressed: usize) -> usize {
    let block = if after_break { AFTER_BREAK } else { TRANSITION };
    block + (rhythm * HISTORIES + history) * 2 + stressed
}

pub const fn end(rhythm: usize, history: usize) -> usize {
    END + rhythm * HISTORIES + history
}

pub const fn length(rhythm: usize, syllables: usize) -> usize {
    LENGTH + rhythm * LENGTHS + if syllables < LENGTHS { syllables } else { LENGTHS - 1 }
}

/// The same for a line whose poem is known: there the poem says how long lines are, and this only corrects it.
pub const fn length_given(rhythm: usize, syllables: usize) -> usize {
    length(rhythm, syllables) + RHYTHMS * LENGTHS
}

/// The weights, with those of the rhythm laid out side by side for the search.
#[derive(Debug, Clone)]
pub(crate) struct Weights {
    pub syllable: Vec<f32>,
    pub licence: [f32; LICENCES],
    /// [after a break][history][stressed]
    pub transition: [[[Lanes; 2]; HISTORIES]; 2],
    pub end: [Lanes; HISTORIES],
    pub length: [Lanes; LENGTHS],
    /// How much more a length counts once the poem is known.
    given: [Lanes; LENGTHS],
    /// [rhythm of one line][rhythm of another][difference in length], chances.
    pub kinship: [[[f32; DIFFERENCES]; RHYTHMS]; RHYTHMS],
}

impl Weights {
    /// What a line of `syllables` in `rhythm` gains once `others` lines of its poem are known.
    pub(crate) fn given(&self, rhythm: usize, syllables: usize, others: f32) -> f32 {
        others / (others + 1.0) * self.given[syllables.min(LENGTHS - 1)][rhythm]
    }

    pub(crate) fn new(flat: &[f32]) -> Weights {
        let at = |i: usize| flat.get(i).copied().unwrap_or(0.0);
        let lanes = |index: &dyn Fn(usize) -> usize| {
            let mut lanes = [f32::NEG_INFINITY; LANES];
            (0..RHYTHMS).for_each(|m| lanes[m] = at(index(m)));
            lanes
        };
        let mut weights = Weights {
            syllable: (0..FEATURES).map(at).collect(),
            licence: std::array::from_fn(|k| at(licence(k))),
            transition: [[[[0.0; LANES]; 2]; HISTORIES]; 2],
            end: std::array::from_fn(|h| lanes(&|m| end(m, h))),
            length: std::array::from_fn(|n| lanes(&|m| length(m, n))),
            given: [[0.0; LANES]; LENGTHS],
            kinship: std::array::from_fn(|of| {
                std::array::from_fn(|m| std::array::from_fn(|d| at(kinship(of, m, 0) - 4 + d).exp()))
            }),
        };
        for (n, m) in (0..LENGTHS).flat_map(|n| (0..RHYTHMS).map(move |m| (n, m))) {
            weights.given[n][m] = at(length_given(m, n)) - at(length(m, n));
        }
        for (b, h, y) in (0..2).flat_map(|b| (0..HISTORIES).flat_map(move |h| (0..2).map(move |y| (b, h, y)))) {
            let plain = lanes(&|m| transition(m, false, h, y));
            let extra = lanes(&|m| transition(m, true, h, y));
            for lane in 0..LANES {
                weights.transition[b][h][y][lane] = if b == 1 { plain[lane] + extra[lane] } else { plain[lane] };
            }
        }
        weights
    }

    /// The shipped weights, read once.
    pub(crate) fn shipped() -> &'static Weights {
        static WEIGHTS: OnceLock<Weights> = OnceLock::new();
        WEIGHTS.get_or_init(|| Weights::new(&parse(include_str!("../../../../data/metre_weights.tsv"))))
    }
}

/// Reads `number<TAB>weight` lines; what is not listed is 0.
fn parse(text: &str) -> Vec<f32> {
    let mut flat = vec![0.0; WEIGHTS];
    for line in text.lines().filter(|l| !l.starts_with('#')) {
        if let Some((i, w)) = line.split_once('\t')
            && let (Ok(i), Ok(w)) = (i.parse::<usize>(), w.parse::<f32>())
            && i < WEIGHTS
        {
            flat[i] = w;
        }
    }
    flat
}

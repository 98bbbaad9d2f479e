//! The template that a poem sets up: one foot throughout, and a number of feet for each line.
//!
//! A template has positions, not syllables (Halle & Keyser 1971): a feminine ending, a headless opening or an anapaest among
//! iambs change a line's syllables and leave its template alone. So the foot is the poem's, and a line's number of feet is
//! weighed between the beats it has and the feet that lines at its place in the stanza have.

use super::weights::{RHYTHMS, Rhythm};

/// The foot that a poem is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Foot {
    Iamb,
    Trochee,
    Anapaest,
    Dactyl,
}

impl Foot {
    pub(crate) fn letters(self) -> &'static str {
        match self {
            Foot::Iamb => "ws",
            Foot::Trochee => "sw",
            Foot::Anapaest => "wws",
            Foot::Dactyl => "sww",
        }
    }

    pub(crate) fn adjective(self) -> &'static str {
        match self {
            Foot::Iamb => "iambic",
            Foot::Trochee => "trochaic",
            Foot::Anapaest => "anapaestic",
            Foot::Dactyl => "dactylic",
        }
    }
}

/// A line as the template sees it: its rhythm and its stresses.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scanned<'a> {
    pub rhythm: usize,
    pub real: &'a str,
    /// Lines of one place in the stanza share a number of feet.
    pub place: usize,
}

impl Scanned<'_> {
    pub(crate) fn beats(&self) -> usize {
        self.real.bytes().filter(|b| *b == b's').count()
    }
}

/// The poem's foot: the rhythm of most of its lines, where a headless line among iambs counts with them.
pub(crate) fn foot(lines: &[Scanned]) -> Foot {
    let mut shares = [0.0f32; RHYTHMS];
    let (mut catalectic, mut trochaic) = (0.0f32, 0.0f32);
    for line in lines.iter().filter(|l| !l.real.is_empty()) {
        shares[line.rhythm] += 1.0;
        if line.rhythm == Rhythm::Trochaic as usize {
            trochaic += 1.0;
            catalectic += f32::from(u8::from(line.real.ends_with('s')));
        }
    }
    let of = |r: Rhythm| shares[r as usize];
    // Mixed lines lean to the foot of their kind that the poem shows.
    let syllables: usize = lines.iter().map(|l| l.real.len()).sum();
    let beats: usize = lines.iter().map(Scanned::beats).sum();
    let duple = (syllables as f32) < 2.5 * beats as f32;
    let (mut iamb, mut trochee) = (of(Rhythm::Iambic), of(Rhythm::Trochaic));
    let (mut anapaest, mut dactyl) = (of(Rhythm::Anapaestic), of(Rhythm::Dactylic));
    *(if duple { &mut iamb } else { &mut anapaest }) += of(Rhythm::LooseRising);
    *(if duple { &mut trochee } else { &mut dactyl }) += of(Rhythm::LooseFalling);
    // Trochees cut short at the end beside iambs are iambs cut short at the head.
    if catalectic > 0.5 * trochaic && iamb > 0.15 * (iamb + trochee) {
        iamb += trochee;
        trochee = 0.0;
    }
    let best = [(iamb, Foot::Iamb), (trochee, Foot::Trochee), (anapaest, Foot::Anapaest), (dactyl, Foot::Dactyl)];
    best.into_iter().rev().max_by(|a, b| a.0.total_cmp(&b.0)).map_or(Foot::Iamb, |(_, f)| f)
}

/// Lines of more feet are treated as having this many.
const FEET: usize = 24;
/// What a foot more or fewer than the line has beats costs, as a log chance.
const BEAT_MISSED: f32 = 1.5;
/// A uniform guess counts as this many lines.
const GUESS: f32 = 0.5;

/// The number of feet of each line.
pub(crate) fn feet(lines: &[Scanned]) -> Vec<usize> {
    let places = lines.iter().map(|l| l.place + 1).max().unwrap_or(0);
    let mut counts = vec![[0.0f32; FEET]; places];
    let mut poem = [0.0f32; FEET];
    for line in lines {
        let k = line.beats().min(FEET - 1);
        counts[line.place][k] += 1.0;
        poem[k] += 1.0;
    }
    let total = lines.len() as f32;
    let share = |line: &Scanned, k: usize| {
        let own = f32::from(u8::from(line.beats().min(FEET - 1) == k));
        let everywhere = (poem[k] - own + GUESS / FEET as f32) / (total - 1.0 + GUESS);
        let here: f32 = counts[line.place].iter().sum();
        (counts[line.place][k] - own + everywhere) / here
    };
    let of_line = |line: &Scanned| {
        let beats = line.beats().min(FEET - 1);
        let score = |k: usize| share(line, k).max(1e-6).ln() - BEAT_MISSED * k.abs_diff(beats) as f32;
        let near = beats.saturating_sub(2).max(1)..(beats + 3).min(FEET);
        near.max_by(|a, b| score(*a).total_cmp(&score(*b))).unwrap_or(beats)
    };
    lines.iter().map(of_line).collect()
}

/// The positions of `feet` feet. A trochaic or dactylic line that ends strong has its last foot cut short (catalexis).
pub(crate) fn template(foot: Foot, feet: usize, real: &str) -> String {
    if real.is_empty() {
        return String::new();
    }
    let mut met = foot.letters().repeat(feet);
    if real.ends_with('s') && matches!(foot, Foot::Trochee | Foot::Dactyl) {
        while met.ends_with('w') {
            met.pop();
        }
    }
    met
}

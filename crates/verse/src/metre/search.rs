//! The best stresses of a line, by dynamic programming over its [`Lattice`].
//!
//! A state is (word boundary, syllables so far, last three stresses, rhythm). Viterbi twice: once over all rhythms side by
//! side for the best score of each (rhythm, length), once more in the chosen one for the path. Time is linear in the
//! line's length: syllables so far may differ by less than [`WIDTH`] between ways of saying the same words.

use super::features::{self, Context};
use super::lattice::{Lattice, Spot, Variant};
use super::weights::{HISTORIES, LANES, LENGTHS, Lanes, RHYTHMS, Weights, step};

/// Ways to say a line may differ by up to WIDTH − 1 syllables.
pub(crate) const WIDTH: usize = 8;

type Frontier = [Lanes; HISTORIES];
const NOTHING: Frontier = [[f32::NEG_INFINITY; LANES]; HISTORIES];

/// The best score of a line for each length and rhythm.
#[derive(Debug, Clone)]
pub(crate) struct Scores {
    /// Syllables in the shortest way of saying it that the search kept.
    pub shortest: usize,
    /// [syllables − shortest][rhythm]
    pub best: [Lanes; WIDTH],
}

/// Scores of every syllable of a lattice, in the order of `Lattice::syllables`, and of every variant's licences.
#[derive(Debug, Default)]
pub(crate) struct Local {
    /// How much better stressed is than unstressed.
    pub stressed: Vec<f32>,
    pub licences: Vec<f32>,
    /// For each spot, the range of offsets (syllables − shortest so far) it ends with, and those of its variants kept.
    steps: Vec<Step>,
}

#[derive(Debug, Clone, Copy)]
struct Step {
    shortest: u32,
    width: u8,
    only_first: bool,
}

impl Local {
    pub(crate) fn score(&mut self, lattice: &Lattice, weights: &Weights) {
        self.stressed.clear();
        self.licences.clear();
        self.steps.clear();
        let mut width = 1;
        for (at, spot) in lattice.spots.iter().enumerate() {
            let context = Context::of(lattice, at);
            for variant in lattice.variants_of(spot) {
                for i in 0..variant.count as usize {
                    let mut sum = 0.0;
                    features::for_each(lattice, spot, variant, &context, i, |f| sum += weights.syllable[f]);
                    self.stressed.push(sum);
                }
                self.licences.push(licence_score(spot, variant, weights));
            }
            let counts = lattice.variants_of(spot).iter().map(|v| v.count);
            let (low, high) = (counts.clone().min().unwrap_or(0), counts.max().unwrap_or(0));
            let only_first = width + (high - low) as usize > WIDTH;
            if !only_first {
                width += (high - low) as usize;
            }
            let shortest = if only_first { lattice.variants_of(spot)[0].count } else { low };
            self.steps.push(Step { shortest, width: width as u8, only_first });
        }
    }
}

fn licence_score(spot: &Spot, variant: &Variant, weights: &Weights) -> f32 {
    let mut bits = variant.licences;
    let mut sum = if variant.is_contraction() { weights.syllable[features::contraction(spot)] } else { 0.0 };
    while bits != 0 {
        sum += weights.licence[bits.trailing_zeros() as usize];
        bits &= bits - 1;
    }
    sum
}

fn advance(from: &Frontier, table: &[[Lanes; 2]; HISTORIES], stressed: f32) -> Frontier {
    let mut to = NOTHING;
    for y in 0..2 {
        let gain = if y == 1 { stressed } else { 0.0 };
        let reach = |h: usize| -> Lanes { std::array::from_fn(|lane| from[h][lane] + table[h][y][lane] + gain) };
        // The line's first three syllables have a history each; from then on two histories differ in a syllable that is
        // forgotten.
        to[step(0, y)] = reach(0);
        (1..=2).for_each(|h| to[step(h, y)] = reach(h));
        for pair in 0..4 {
            let (early, a, b) = (reach(3 + pair), reach(7 + pair), reach(11 + pair));
            to[7 + 2 * pair + y] = std::array::from_fn(|lane| early[lane].max(a[lane]).max(b[lane]));
        }
    }
    to
}

/// The best score of each length and rhythm.
pub(crate) fn scores(lattice: &Lattice, local: &Local, weights: &Weights) -> Scores {
    let mut here = [NOTHING; WIDTH];
    let mut there = [NOTHING; WIDTH];
    here[0][0] = [0.0; LANES];
    let (mut shortest, mut width) = (0, 1);
    for (spot, step) in lattice.spots.iter().zip(&local.steps) {
        let next_width = usize::from(step.width);
        let variants = lattice.variants_of(spot);
        let kept = if step.only_first { &variants[..1] } else { variants };
        // Most words can be said in one way only: nothing to compare.
        let alone = kept.len() == 1;
        if !alone {
            there[..next_width].fill(NOTHING);
        }
        for (v, variant) in kept.iter().enumerate() {
            let licences = local.licences[spot.first_variant as usize + v];
            for (offset, start) in here.iter().enumerate().take(width) {
                let mut frontier = *start;
                for i in 0..variant.count as usize {
                    let table = &weights.transition[usize::from(i == 0 && spot.break_before)];
                    frontier = advance(&frontier, table, local.stressed[variant.first as usize + i]);
                }
                let target = &mut there[offset + (variant.count - step.shortest) as usize];
                if alone {
                    *target = frontier;
                    continue;
                }
                for (t, f) in target.iter_mut().zip(&frontier) {
                    for lane in 0..LANES {
                        t[lane] = t[lane].max(f[lane] + licences);
                    }
                }
            }
        }
        std::mem::swap(&mut here, &mut there);
        shortest += step.shortest as usize;
        width = next_width;
    }
    let mut best = [[f32::NEG_INFINITY; LANES]; WIDTH];
    for (offset, frontier) in here.iter().enumerate().take(width) {
        let length = &weights.length[(shortest + offset).min(LENGTHS - 1)];
        for (h, score) in frontier.iter().enumerate() {
            for lane in 0..RHYTHMS {
                best[offset][lane] = best[offset][lane].max(score[lane] + weights.end[h][lane] + length[lane]);
            }
        }
    }
    Scores { shortest, best }
}

#[derive(Debug, Clone, Copy)]
struct Node {
    before: u32,
    stressed: bool,
    variant: u32,
}

const ROOT: u32 = u32::MAX;

/// A frontier of one rhythm, with the node that each history was reached by.
type Trace = [(f32, u32); HISTORIES];
const LOST: Trace = [(f32::NEG_INFINITY, ROOT); HISTORIES];

/// The best way of saying a line in exactly `syllables` syllables and in `rhythm`: each syllable's variant and stress, last
/// syllable first, given to `found`. Returns false where there is none.
pub(crate) fn path(
    lattice: &Lattice,
    local: &Local,
    weights: &Weights,
    (rhythm, syllables): (usize, usize),
    nodes: &mut PathBuffer,
    mut found: impl FnMut(u32, bool),
) -> bool {
    let nodes = &mut nodes.0;
    nodes.clear();
    let (mut here, mut there) = ([LOST; WIDTH], [LOST; WIDTH]);
    here[0][0] = (0.0, ROOT);
    let (mut shortest, mut width) = (0, 1);
    for (spot, word) in lattice.spots.iter().zip(&local.steps) {
        let next_width = usize::from(word.width);
        there[..next_width].fill(LOST);
        let variants = lattice.variants_of(spot);
        let kept = if word.only_first { &variants[..1] } else { variants };
        for (v, variant) in kept.iter().enumerate() {
            let licences = local.licences[spot.first_variant as usize + v];
            for (offset, start) in here.iter().enumerate().take(width) {
                let mut trace = *start;
                for i in 0..variant.count as usize {
                    let table = &weights.transition[usize::from(i == 0 && spot.break_before)];
                    let gain = local.stressed[variant.first as usize + i];
                    let variant = spot.first_variant + v as u32;
                    trace = advance_trace(&trace, table, rhythm, (gain, variant), nodes);
                }
                let target = &mut there[offset + (variant.count - word.shortest) as usize];
                for (t, f) in target.iter_mut().zip(&trace) {
                    if f.0 + licences > t.0 {
                        *t = (f.0 + licences, f.1);
                    }
                }
            }
        }
        std::mem::swap(&mut here, &mut there);
        shortest += word.shortest as usize;
        width = next_width;
    }
    let Some(frontier) = syllables.checked_sub(shortest).filter(|o| *o < width).map(|o| &here[o]) else { return false };
    let ends = frontier.iter().enumerate().map(|(h, (score, node))| (score + weights.end[h][rhythm], *node));
    let Some((score, mut node)) = ends.max_by(|a, b| a.0.total_cmp(&b.0)) else { return false };
    if score == f32::NEG_INFINITY {
        return false;
    }
    while let Some(n) = nodes.get(node as usize) {
        found(n.variant, n.stressed);
        node = n.before;
    }
    true
}

/// Reused from line to line.
#[derive(Debug, Default)]
pub(crate) struct PathBuffer(Vec<Node>);

fn advance_trace(
    from: &Trace,
    table: &[[Lanes; 2]; HISTORIES],
    rhythm: usize,
    (stressed, variant): (f32, u32),
    nodes: &mut Vec<Node>,
) -> Trace {
    let mut to = LOST;
    for (h, (score, node)) in from.iter().enumerate() {
        if *score == f32::NEG_INFINITY {
            continue;
        }
        for y in 0..2 {
            let reached = score + table[h][y][rhythm] + if y == 1 { stressed } else { 0.0 };
            let cell = &mut to[step(h, y)];
            if reached > cell.0 {
                *cell = (reached, *node);
            }
        }
    }
    // One node a surviving history: which stress it ended in is the history's last bit.
    for (h, cell) in to.iter_mut().enumerate() {
        if cell.0 > f32::NEG_INFINITY {
            nodes.push(Node { before: cell.1, stressed: ends_stressed(h), variant });
            cell.1 = (nodes.len() - 1) as u32;
        }
    }
    to
}

const fn ends_stressed(history: usize) -> bool {
    // 1, 3, 5, 7 … end weak; 2, 4, 6, 8 … end stressed.
    history != 0 && history.is_multiple_of(2)
}

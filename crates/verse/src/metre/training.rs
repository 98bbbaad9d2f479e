//! What `cargo xtask metre-weights` needs: a line as feature numbers, and the numbering of the weights.

pub use super::weights::{
    DIFFERENCES, HISTORIES, LEARNT, RHYTHMS, WEIGHTS, end, kinship, length, length_given, step, transition,
};

use super::features::{self, Context};
use super::lattice::Lattice;
use super::weights::licence;
use crate::Line;

/// Whether weight `number` belongs to a feature seen seldom, to be learnt with a stronger prior.
pub fn is_sparse(number: usize) -> bool {
    number < features::FEATURES && features::is_sparse(number)
}

/// One way of saying a word: numbers of weights.
pub struct Way {
    pub licences: Vec<u32>,
    /// For each syllable, the weights that favour stress.
    pub syllables: Vec<Vec<u32>>,
}

pub struct Spot {
    pub break_before: bool,
    pub ways: Vec<Way>,
}

/// Every way of saying `line`.
pub fn spots(line: &Line) -> Vec<Spot> {
    let mut lattice = Lattice::default();
    lattice.read(line);
    let of_spot = |(at, spot): (usize, &super::lattice::Spot)| {
        let context = Context::of(&lattice, at);
        let ways = lattice.variants_of(spot).iter().map(|variant| Way {
            licences: (0..super::lattice::LICENCES)
                .filter(|k| variant.licences >> k & 1 == 1)
                .map(|k| licence(k) as u32)
                .chain(variant.is_contraction().then(|| features::contraction(spot) as u32))
                .collect(),
            syllables: (0..variant.count as usize)
                .map(|i| {
                    let mut numbers = Vec::new();
                    features::for_each(&lattice, spot, variant, &context, i, |f| numbers.push(f as u32));
                    numbers
                })
                .collect(),
        });
        Spot { break_before: spot.break_before, ways: ways.collect() }
    };
    lattice.spots.iter().enumerate().map(of_spot).collect()
}

/// A word as a poem was found to say it.
pub struct Said<'a> {
    pub word: &'a str,
    /// The stress of its one syllable, where it has one.
    pub stressed: Option<bool>,
    /// Whether it gave up a vowel; absent where it has none to give.
    pub contracted: Option<bool>,
}

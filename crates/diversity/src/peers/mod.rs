//! The measures that papers report, for comparison with them: arrays in, numbers out.
//!
//! None of them has a null of 1 and all change with the number of texts, so doggerel decides nothing by them. Each says
//! which equation it is and equals the implementation that people use: prdc, vendi-score, mauve-text, the Fréchet distance
//! with scipy's matrix root, NLTK's BLEU, zlib. All are deterministic on any number of threads; Vendi, the Fréchet distance
//! and MAUVE rest on a tuned product of matrices, whose last digits may differ between processors. (Precision, recall,
//! density and coverage do not: what lies near a threshold is computed again, in one order.)
//!
//! Products go in blocks, so memory grows with the number of rows and never with its square.

mod fid;
mod kmeans;
mod manifold;
mod mauve;
mod product;
mod tokens;
mod vendi;

pub use fid::fid;
pub use manifold::{Manifold, manifold};
pub use mauve::{Mauve, mauve, mauve_of_counts};
pub use tokens::{compression_ratio, distinct, novelty, self_bleu};
pub use vendi::vendi;

#[cfg(test)]
mod tests {
    use crate::{Rng, Rows};

    /// The arrays that the reference implementations were run on: sums of three uniform draws, which are the same numbers
    /// on any machine.
    pub(super) fn array(n: usize, dim: usize, seed: u64, scale: f64, shift: f64) -> Rows {
        let mut rng = Rng::new(seed);
        let mut draw = || ((rng.unit() + rng.unit() + rng.unit() - 1.5) * scale + shift) as f32;
        Rows::new((0..n * dim).map(|_| draw()).collect(), dim)
    }

    pub(super) fn samples() -> Rows {
        array(120, 8, 11, 0.75, 0.125)
    }

    pub(super) fn reference() -> Rows {
        array(150, 8, 12, 1.0, 0.0)
    }

    pub(super) fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-6, "{found} is not {expected}");
    }
}

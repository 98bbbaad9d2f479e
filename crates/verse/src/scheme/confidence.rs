//! How sure a scheme is.
//!
//! The posterior of a scheme takes its evidence for better than it is, and today's ears are deaf to what rhymed once, of which
//! lines left over are the sign. A logistic regression on both turns it into the share of such schemes that are right
//! (`data/rhyme_confidence.tsv`, by `cargo xtask rhyme-weights`).

use std::sync::LazyLock;

use super::pattern::{ALONE, Labels};
use super::search::Found;

static FILE: &str = include_str!("../../../../data/rhyme_confidence.tsv");
static SHIPPED: LazyLock<[Calibration; 2]> =
    LazyLock::new(|| [false, true].map(|historical| Calibration::parse(FILE, historical)));

/// Log-odds beyond this say no more.
const MOST: f32 = 7.0;

/// One weight for each of the [`SIGNS`](Calibration::SIGNS).
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration(pub [f32; 4]);

impl Calibration {
    /// What a confidence is made from.
    pub const SIGNS: [&'static str; 4] = ["bias", "log-odds of the posterior", "share of lines left over", "no rhyme"];
    /// The posterior as it is.
    pub const RAW: Calibration = Calibration([0.0, 1.0, 0.0, 0.0]);

    pub fn shipped(historical: bool) -> &'static Calibration {
        &SHIPPED[usize::from(historical)]
    }

    /// From lines of sign, weight for historical ears, weight for today's; `#` begins a comment.
    fn parse(file: &str, historical: bool) -> Calibration {
        let weight = |sign: &str| {
            let line = file.lines().find_map(|l| l.strip_prefix(sign)?.strip_prefix('\t'))?;
            let (old, today) = line.split_once('\t')?;
            if historical { old } else { today }.trim().parse().ok()
        };
        Calibration(Calibration::SIGNS.map(|sign| weight(sign).unwrap_or(0.0)))
    }

    /// The signs of a scheme (unrhymed lines are None) that was found with such a posterior.
    pub fn signs<T>(posterior: f32, rhymes: &[Option<T>]) -> [f32; 4] {
        let alone = rhymes.iter().filter(|r| r.is_none()).count();
        let posterior = posterior.clamp(1e-6, 1.0 - 1e-6);
        let odds = (posterior / (1.0 - posterior)).ln().min(MOST);
        let (left_over, none) =
            if alone == rhymes.len() { (0.0, 1.0) } else { (alone as f32 / rhymes.len() as f32, 0.0) };
        [1.0, odds, left_over, none]
    }

    pub(super) fn confidence(&self, found: &Found) -> f32 {
        let signs = Calibration::signs(found.confidence, &rhymes(&found.labels));
        let odds: f32 = signs.iter().zip(self.0).map(|(s, w)| s * w).sum();
        1.0 / (1.0 + (-odds).exp())
    }
}

fn rhymes(labels: &Labels) -> smallvec::SmallVec<[Option<u8>; 24]> {
    labels.iter().map(|&l| (l != ALONE).then_some(l)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_left_over_and_a_weak_posterior_make_it_less_sure() {
        let sure = |posterior, pattern: &str| {
            let labels = super::super::pattern::read(pattern);
            Calibration::shipped(false).confidence(&Found { labels, confidence: posterior })
        };
        assert!(sure(0.999, "abab") > 0.9);
        assert!(sure(0.999, "abab") > sure(0.8, "abab"));
        assert!(sure(0.999, "abab") > sure(0.999, "aaxx"));
    }

    #[test]
    fn the_file_has_every_sign() {
        for sign in Calibration::SIGNS {
            let line = FILE.lines().find(|l| l.starts_with(sign)).expect("one line a sign");
            assert!(line.split('\t').skip(1).all(|w| w.parse::<f32>().is_ok_and(f32::is_finite)), "{line}");
        }
    }
}

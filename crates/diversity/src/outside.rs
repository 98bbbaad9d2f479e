//! Outside share: samples that lie off what people write.

use rayon::prelude::*;

use crate::estimate::{Estimate, jackknife, quantile};
use crate::reach::{Neighbours, Sets};
use crate::rows::Blocked;

/// Of people's distances to their nearest text by another author, the share that counts as inside.
const INSIDE: f64 = 0.95;

/// Share of samples farther from the nearest text of the reference than 95 % of the reference's texts are from their
/// nearest by another author. Jackknife over the folds of both sets; where people are held against people it is .05.
#[must_use]
pub fn outside(sets: &Sets, neighbours: &Neighbours) -> Estimate {
    let folds = sets.reference_folds;
    let reach = nearest_by_fold(sets);
    let limit = |without: Option<usize>| {
        let mut d: Vec<f64> = (0..sets.reference.len())
            .filter(|&x| without != Some(folds.of(x)))
            .filter_map(|x| match without {
                None => neighbours.nearest(x).map(|(_, d)| d),
                Some(f) => neighbours.nearest_without(x, folds, f),
            })
            .map(f64::from)
            .collect();
        d.sort_by(f64::total_cmp);
        if d.is_empty() { f64::INFINITY } else { quantile(&d, INSIDE) }
    };
    let share = |limit: f64, reference_fold: Option<usize>, sample_fold: Option<usize>| {
        let (mut out, mut n) = (0usize, 0usize);
        for (s, near) in reach.iter().enumerate() {
            if sample_fold == Some(sets.sample_folds.of(s)) {
                continue;
            }
            n += 1;
            out += usize::from(f64::from(near.without(reference_fold)) > limit);
        }
        out as f64 / n as f64
    };
    let whole = limit(None);
    let by_sample: Vec<f64> = (0..sets.sample_folds.count()).map(|f| share(whole, None, Some(f))).collect();
    let by_reference: Vec<f64> =
        (0..folds.count()).into_par_iter().map(|f| share(limit(Some(f)), Some(f), None)).collect();
    jackknife(share(whole, None, None), &[&by_sample, &by_reference], 0.0).share_of(reach.len())
}

/// The nearest text of the reference, its fold, and the nearest in any other fold.
#[derive(Clone, Copy)]
struct Nearest {
    first: f32,
    fold: usize,
    second: f32,
}

impl Nearest {
    fn without(self, fold: Option<usize>) -> f32 {
        if fold == Some(self.fold) { self.second } else { self.first }
    }
}

fn nearest_by_fold(sets: &Sets) -> Vec<Nearest> {
    let blocked = Blocked::new(sets.reference);
    (0..sets.samples.len())
        .into_par_iter()
        .map_init(Vec::new, |distances, s| {
            blocked.squared(sets.samples.row(s), distances);
            let mut best = Nearest { first: f32::INFINITY, fold: usize::MAX, second: f32::INFINITY };
            for (r, &d) in distances.iter().enumerate() {
                if d >= best.second {
                    continue;
                }
                let fold = sets.reference_folds.of(r);
                if d < best.first {
                    if fold != best.fold {
                        best.second = best.first;
                    }
                    best.first = d;
                    best.fold = fold;
                } else if fold != best.fold {
                    best.second = d;
                }
            }
            best
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Groups, Rng, Rows};

    fn gaussian(n: usize, dim: usize, seed: u64, shift: f64) -> Rows {
        let mut rng = Rng::new(seed);
        Rows::new((0..n * dim).map(|_| (rng.normal() + shift) as f32).collect(), dim)
    }

    fn run(samples: &Rows, reference: &Rows) -> Estimate {
        let authors = Groups::single(reference.len());
        let (a, b) = (Groups::single(samples.len()).folds(20, 1), authors.folds(20, 2));
        let sets = Sets { samples, sample_folds: &a, reference, authors: &authors, reference_folds: &b, matched: None };
        outside(&sets, &Neighbours::new(reference, &authors, 50))
    }

    #[test]
    fn people_are_outside_one_time_in_twenty_and_strangers_always() {
        let reference = gaussian(800, 6, 1, 0.0);
        let same = run(&gaussian(400, 6, 2, 0.0), &reference);
        assert!(same.low <= 0.05 && same.high >= 0.05, "{same:?}");
        assert!(run(&gaussian(100, 6, 3, 9.0), &reference).value > 0.99);
    }

    #[test]
    fn nearest_without_a_fold_is_the_nearest_of_the_rest() {
        let (samples, reference) = (gaussian(30, 3, 5, 0.0), gaussian(60, 3, 6, 0.0));
        let authors = Groups::single(60);
        let (a, b) = (Groups::single(30).folds(5, 1), authors.folds(5, 2));
        let sets = Sets {
            samples: &samples,
            sample_folds: &a,
            reference: &reference,
            authors: &authors,
            reference_folds: &b,
            matched: None,
        };
        for (s, near) in nearest_by_fold(&sets).iter().enumerate() {
            for f in 0..5 {
                let slow = (0..60)
                    .filter(|&r| b.of(r) != f)
                    .map(|r| crate::squared(samples.row(s), reference.row(r)))
                    .fold(f32::INFINITY, f32::min);
                assert_eq!(near.without(Some(f)), slow);
            }
        }
    }
}

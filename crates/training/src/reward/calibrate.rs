//! How wide a kernel is, from the reference alone.

use diversity::{Rng, quantile};
use rayon::prelude::*;

use crate::kernel::{Points, exp_minus};

/// Texts of the reference that the width is fitted on; of more, a seeded draw.
const TARGETS: usize = 512;
/// Texts that they are held against.
const OTHERS: usize = 4000;
/// Halvings of the bracket: a width to within a millionth.
const HALVINGS: usize = 40;
/// The quantile of κ_R under which a text is as far from the reference as from nothing.
const FLOOR: f64 = 0.05;

/// A fitted kernel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fitted {
    /// 1 / 2h².
    pub sharpness: f32,
    /// The κ_R that nineteen of twenty texts of the reference exceed.
    pub floor: f64,
}

/// Fits h so that the median text of the reference has a mean kernel of 1/`kinds` to the texts of other groups (of which
/// `groups` gives the number for each text).
pub(super) fn calibrate(reference: &Points, groups: &[usize], kinds: f64) -> Fitted {
    let mut rng = Rng::new(0xca11b);
    let mut drawn = |most: usize| {
        let mut rows = rng.choose(reference.len(), most.min(reference.len()));
        rows.sort_unstable();
        rows
    };
    let (targets, others) = (drawn(TARGETS), drawn(OTHERS));
    let distances = distances(reference, groups, &targets, &others);
    let near = |sharpness: f32| -> Vec<f64> {
        let mean = |d: &Vec<f32>| d.iter().map(|d| f64::from(exp_minus(d * sharpness))).sum::<f64>() / d.len() as f64;
        let mut near: Vec<f64> = distances.par_iter().filter(|d| !d.is_empty()).map(mean).collect();
        near.sort_by(f64::total_cmp);
        near
    };
    let mut scale: Vec<f32> = distances.iter().flatten().copied().filter(|d| *d > 0.0).collect();
    scale.sort_by(f32::total_cmp);
    let Some(middle) = scale.get(scale.len() / 2).copied() else {
        // all texts of the reference are one
        return Fitted { sharpness: 1.0, floor: 1.0 / kinds };
    };
    // in units of the median squared distance, on a logarithmic scale
    let (mut low, mut high) = (-10.0f64, 10.0f64);
    for _ in 0..HALVINGS {
        let half = f64::midpoint(low, high);
        let median = quantile(&near(half.exp() as f32 / middle), 0.5);
        if median > 1.0 / kinds { low = half } else { high = half }
    }
    let sharpness = high.exp() as f32 / middle;
    // of texts in many copies the twentieth may have nobody near
    Fitted { sharpness, floor: quantile(&near(sharpness), FLOOR).max(1e-3 / kinds) }
}

/// Squared distances of every target to the others of other groups.
fn distances(reference: &Points, groups: &[usize], targets: &[usize], others: &[usize]) -> Vec<Vec<f32>> {
    let far = reference.select(others);
    targets
        .par_chunks(64)
        .flat_map_iter(|chunk| {
            let mut out: Vec<Vec<f32>> = vec![Vec::with_capacity(far.len()); chunk.len()];
            far.distances(&reference.select(chunk), |first, width, distances| {
                for ((row, target), out) in distances.chunks_exact(width).zip(chunk).zip(&mut out) {
                    let others = &others[first..first + width];
                    let apart = row.iter().zip(others).filter(|(_, other)| groups[**other] != groups[*target]);
                    out.extend(apart.map(|(d, _)| *d));
                }
            });
            out
        })
        .collect()
}

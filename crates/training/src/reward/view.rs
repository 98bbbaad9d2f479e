//! One view of the reward: the reference's texts as points, and how near others lie.

use rayon::prelude::*;

use super::calibrate::calibrate;
use super::prompts::Prompts;
use crate::kernel::Points;

#[derive(Debug)]
pub(super) struct View {
    /// w_v.
    pub weight: f64,
    reference: Points,
    /// 1 / 2h².
    pub sharpness: f32,
    /// ε.
    pub floor: f64,
}

impl View {
    /// `groups` tells which texts of the reference belong to one hand.
    pub(super) fn new(weight: f64, reference: Points, groups: &[usize], kinds: f64) -> Self {
        let fitted = calibrate(&reference, groups, kinds);
        Self { weight, reference, sharpness: fitted.sharpness, floor: fitted.floor }
    }

    pub(super) fn dim(&self) -> usize {
        self.reference.dim()
    }

    /// Σ of the kernels between each target and the reference's texts of each prompt, and the squared distance to the nearest
    /// of all.
    fn to_reference(&self, targets: &Points, prompts: &Prompts) -> Vec<(Vec<f64>, f64)> {
        let n = prompts.len();
        let mut found = vec![(vec![0.0; n], 0.0f32); targets.len()];
        self.reference.kernels(targets, self.sharpness, |first, width, kernels| {
            for (row, (sums, largest)) in kernels.chunks_exact(width).zip(&mut found) {
                *largest = row.iter().fold(*largest, |a, b| a.max(*b));
                if let [sum] = sums.as_mut_slice() {
                    *sum += f64::from(row.iter().sum::<f32>());
                    continue;
                }
                for (kernel, prompt) in row.iter().zip(&prompts.of_row[first..]) {
                    sums[*prompt as usize] += f64::from(*kernel);
                }
            }
        });
        let nearest = |kernel: f32| f64::from(-kernel.max(f32::MIN_POSITIVE).ln() / self.sharpness);
        found.into_iter().map(|(sums, kernel)| (sums, nearest(kernel))).collect()
    }

    /// Σ_{j≠i} of the kernels between each target and the texts of the window, where target i stands at `slots[i]`.
    fn to_window(&self, targets: &Points, window: &Points, slots: &[usize]) -> Vec<f64> {
        let mut sums = vec![0.0; targets.len()];
        window.kernels(targets, self.sharpness, |first, width, kernels| {
            for ((row, sum), slot) in kernels.chunks_exact_mut(width).zip(&mut sums).zip(slots) {
                if (first..first + width).contains(slot) {
                    row[slot - first] = 0.0;
                }
                *sum += f64::from(row.iter().sum::<f32>());
            }
        });
        sums
    }
}

/// The texts of a batch as points of one view, with the sums of their kernels to the reference.
pub(super) struct Placed<'a> {
    view: &'a View,
    pub rows: Points,
    found: Vec<(Vec<f64>, f64)>,
}

/// Where a text stands between reference and window.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    /// ln[(κ_R + ε)/(κ_B + ε)].
    pub log_ratio: f64,
    /// κ_R / ε, at most 1.
    pub near: f64,
    /// Squared distance to the nearest text of the reference.
    pub nearest: f64,
}

/// Texts that one thread holds against the reference.
const PART: usize = 32;

impl<'a> Placed<'a> {
    /// In parallel, and before the window is locked, since it asks for nothing that changes.
    pub(super) fn new(view: &'a View, rows: Points, prompts: &Prompts) -> Self {
        let all: Vec<usize> = (0..rows.len()).collect();
        let part = |part: &[usize]| view.to_reference(&rows.select(part), prompts);
        let found = all.par_chunks(PART).flat_map_iter(part).collect();
        Self { view, rows, found }
    }

    /// Holds text i, which stands at `slots[i]` of the window, against the reference, its prompts weighed by `weights`, and
    /// against the rest of the window, which has `prior` texts spread as the reference's added to it.
    pub(super) fn held(&self, window: &Points, slots: &[usize], weights: &[f64], prior: f64) -> Vec<Held> {
        let others = (window.len() - 1) as f64;
        let to_window = self.view.to_window(&self.rows, window, slots);
        let floor = self.view.floor;
        let held = |((sums, nearest), to_window): (&(Vec<f64>, f64), f64)| {
            let reference: f64 = sums.iter().zip(weights).map(|(sum, weight)| sum * weight).sum();
            let policy = (to_window + prior * reference) / (others + prior);
            Held {
                log_ratio: ((reference + floor) / (policy + floor)).ln(),
                near: (reference / floor).min(1.0),
                nearest: *nearest,
            }
        };
        self.found.iter().zip(to_window).map(held).collect()
    }
}

//! One view of the reward: the reference's texts as points, and how near others lie.

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

    /// Σ of the kernels between each target and the reference's texts of each prompt: targets × prompts.
    pub(super) fn to_reference(&self, targets: &Points, prompts: &Prompts) -> Vec<f64> {
        let n = prompts.len();
        let mut sums = vec![0.0; targets.len() * n];
        self.reference.kernels(targets, self.sharpness, |first, width, kernels| {
            for (row, sums) in kernels.chunks_exact(width).zip(sums.chunks_exact_mut(n)) {
                if let [sum] = sums {
                    *sum += f64::from(row.iter().sum::<f32>());
                    continue;
                }
                for (kernel, prompt) in row.iter().zip(&prompts.of_row[first..]) {
                    sums[*prompt as usize] += f64::from(*kernel);
                }
            }
        });
        sums
    }

    /// Σ_{j≠i} of the kernels between each target and the texts of the window, where target i stands at `slots[i]`.
    pub(super) fn to_window(&self, targets: &Points, window: &Points, slots: &[usize]) -> Vec<f64> {
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

    /// ln[(κ_R + ε)/(κ_B + ε)].
    pub(super) fn log_ratio(&self, to_reference: f64, to_window: f64) -> f64 {
        ((to_reference + self.floor) / (to_window + self.floor)).ln()
    }
}

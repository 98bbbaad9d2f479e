//! Functions on rows of numbers, the same to the last bit on every processor: sums in sixteen lanes, folded in one order,
//! and an exponential of our own, since those of the C libraries differ.

use pulp::NullaryFnOnce;

use super::lanes::{LANES, Lanes, OnLanes, Processor, on};

/// Runs code with the instructions that the processor has; what it inlines is vectorized with them.
pub(super) fn vectorized<O: NullaryFnOnce>(code: O) -> O::Output {
    struct Code<O>(O);
    impl<O: NullaryFnOnce> OnLanes for Code<O> {
        type Output = O::Output;
        fn run<L: Lanes>(self, lanes: L) -> O::Output {
            lanes.run(self.0)
        }
    }
    on(Processor::best(), Code(code))
}

/// Σ aᵢbᵢ.
#[inline(always)]
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0; LANES];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    fold(sums) + rest
}

#[inline(always)]
fn fold(sums: [f32; LANES]) -> f32 {
    let mut sums = sums;
    let mut half = LANES / 2;
    while half > 0 {
        for lane in 0..half {
            sums[lane] += sums[lane + half];
        }
        half /= 2;
    }
    sums[0]
}

/// eˣ to 2·10⁻⁷ of itself; 0 below −87, and not a number of what is none.
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    const ROUND: f32 = 12_582_912.0;
    // ln 2 in two parts, the first with few enough bits that its multiples are exact.
    const LN2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    let within = if x < -87.0 { -87.0 } else { x };
    let within = if within > 88.0 { 88.0 } else { within };
    let n = (within * std::f32::consts::LOG2_E + ROUND) - ROUND;
    let r = (within - n * LN2[0]) - n * LN2[1];
    let mut p = 1.0 / 5040.0;
    for term in [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        p = p * r + term;
    }
    let power = f32::from_bits((((n as i32) + 127) << 23) as u32);
    if x < -87.0 { 0.0 } else { p * power }
}

/// Each row divided by the root of its mean square, times the weights (Zhang and Sennrich 2019, equation 4).
pub(super) fn rms_norm(values: &[f32], weights: &[f32], epsilon: f32, into: &mut [f32]) {
    struct Norm<'a>(&'a [f32], &'a [f32], f32, &'a mut [f32]);
    impl NullaryFnOnce for Norm<'_> {
        type Output = ();
        #[inline(always)]
        fn call(self) {
            let Norm(values, weights, epsilon, into) = self;
            let width = weights.len();
            for (row, into) in values.chunks_exact(width).zip(into.chunks_exact_mut(width)) {
                let scale = 1.0 / (dot(row, row) / width as f32 + epsilon).sqrt();
                for ((into, value), weight) in into.iter_mut().zip(row).zip(weights) {
                    *into = value * scale * weight;
                }
            }
        }
    }
    vectorized(Norm(values, weights, epsilon, into));
}

/// `silu(gate) · up`, where each row holds all gates and then all ups (Shazeer 2020, SwiGLU).
pub(super) fn gated(rows: &[f32], width: usize, into: &mut [f32]) {
    struct Gated<'a>(&'a [f32], usize, &'a mut [f32]);
    impl NullaryFnOnce for Gated<'_> {
        type Output = ();
        #[inline(always)]
        fn call(self) {
            let Gated(rows, width, into) = self;
            for (row, into) in rows.chunks_exact(2 * width).zip(into.chunks_exact_mut(width)) {
                let (gates, ups) = row.split_at(width);
                for ((into, gate), up) in into.iter_mut().zip(gates).zip(ups) {
                    *into = gate / (1.0 + exp(-gate)) * up;
                }
            }
        }
    }
    vectorized(Gated(rows, width, into));
}

/// One query's heads, which share a head of keys and values, over everything up to their own position.
pub(super) struct Attention<'a> {
    /// As many heads as share the keys, one after the other.
    pub queries: &'a [f32],
    pub keys: &'a [f32],
    pub values: &'a [f32],
    pub width: usize,
    pub into: &'a mut [f32],
}

impl NullaryFnOnce for Attention<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Attention { queries, keys, values, width, into } = self;
        let scale = 1.0 / (width as f32).sqrt();
        let mut scores = Vec::with_capacity(keys.len() / width);
        for (query, into) in queries.chunks_exact(width).zip(into.chunks_exact_mut(width)) {
            scores.clear();
            scores.extend(keys.chunks_exact(width).map(|key| dot(query, key) * scale));
            let greatest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            scores.iter_mut().for_each(|score| *score = exp(*score - greatest));
            let mut total = 0.0;
            into.fill(0.0);
            for (score, value) in scores.iter().zip(values.chunks_exact(width)) {
                total += score;
                into.iter_mut().zip(value).for_each(|(into, value)| *into += score * value);
            }
            into.iter_mut().for_each(|into| *into /= total);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponentials() {
        for i in -8700..8800 {
            let x = i as f32 / 100.0;
            let (ours, exact) = (f64::from(exp(x)), f64::from(x).exp());
            assert!((ours / exact - 1.0).abs() < 3e-7, "e^{x}: {ours} for {exact}");
        }
        assert_eq!((exp(-1e9), exp(0.0)), (0.0, 1.0));
        assert!(exp(f32::NAN).is_nan());
    }

    #[test]
    fn rows() {
        let (mut normed, mut gates) = ([0.0; 4], [0.0; 2]);
        rms_norm(&[3.0, 4.0, 0.0, 0.0], &[1.0, 1.0], 0.0, &mut normed);
        let expected = [3.0f32, 4.0].map(|x| x / 12.5f32.sqrt());
        assert!(normed.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{normed:?}");
        gated(&[0.0, 1.0, 5.0, 2.0], 2, &mut gates);
        assert!(gates[0] == 0.0 && (gates[1] - 2.0 / (1.0 + (-1.0f32).exp())).abs() < 1e-6, "{gates:?}");
    }

    #[test]
    fn attention_is_a_mean_weighted_by_likeness() {
        let mut into = [0.0; 4];
        let (queries, keys, values) = ([0.0, 0.0, 40.0, 0.0], [1.0, 0.0, 0.0, 1.0], [2.0, 4.0, 6.0, 0.0]);
        vectorized(Attention { queries: &queries, keys: &keys, values: &values, width: 2, into: &mut into });
        let expected = [4.0, 2.0, 2.0, 4.0];
        assert!(into.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-5f32), "{into:?}");
    }
}

//! A matrix in 8 bits a value, and its product with rows of 16 bits.
//!
//! Weights: blocks of 32 along a row, each `centre + step · q` with q from −128 to 127, least and greatest value met exactly.
//! That holds blocks of 4 bits with a scale and a minimum (Q4_1, Q4_K) as they are, to the rounding of step and centre; blocks of Q8_0
//! are kept as they are too, and others to 1/510 of their range. Rows of activations: blocks of 32 with a scale of their own, 16 bits a value, so that what is lost is
//! below what the weights have lost.
//!
//! Products are summed in an order that depends on nothing but the matrix: a row has the same product alone and among others.

use pulp::NullaryFnOnce;
use rayon::prelude::*;

use super::lanes::{BLOCK, LANES, Lanes, OnLanes, Pairs, Processor, on, pair};
use super::math::vectorized;

/// Pairs in a block.
const PAIRS: usize = BLOCK / 2;
/// Groups of outputs that one thread takes at once, so that handing out costs little beside the work.
const AT_ONCE: usize = 4;

/// `outputs` × `inputs`, sixteen outputs side by side in a group, each group by blocks of inputs.
pub(super) struct Matrix {
    outputs: usize,
    inputs: usize,
    weights: Vec<[Pairs; PAIRS]>,
    step: Vec<[f32; LANES]>,
    centre: Vec<[f32; LANES]>,
}

impl Matrix {
    /// Of values in row-major order, a row an output; any part that is missing to a whole block or group is zero.
    pub fn new(values: &[f32], inputs: usize) -> Matrix {
        let outputs = values.len() / inputs.max(1);
        let (groups, blocks) = (outputs.div_ceil(LANES), inputs.div_ceil(BLOCK));
        let mut matrix = Matrix {
            outputs,
            inputs,
            weights: vec![[[0; 2 * LANES]; PAIRS]; groups * blocks],
            step: vec![[0.0; LANES]; groups * blocks],
            centre: vec![[0.0; LANES]; groups * blocks],
        };
        for (output, row) in values.chunks_exact(inputs).enumerate() {
            let (group, lane) = (output / LANES, output % LANES);
            for (block, values) in row.chunks(BLOCK).enumerate() {
                let at = group * blocks + block;
                let (q, step, centre) = pack(values);
                (matrix.step[at][lane], matrix.centre[at][lane]) = (step, centre);
                for (i, q) in q.iter().enumerate() {
                    matrix.weights[at][i / 2][2 * lane + i % 2] = *q;
                }
            }
        }
        matrix
    }

    fn blocks(&self) -> usize {
        self.inputs.div_ceil(BLOCK)
    }

    /// One row of weights, as they are kept.
    pub fn row(&self, output: usize, into: &mut [f32]) {
        let (group, lane) = (output / LANES, output % LANES);
        for (i, value) in into.iter_mut().enumerate().take(self.inputs) {
            let at = group * self.blocks() + i / BLOCK;
            let q = self.weights[at][i % BLOCK / 2][2 * lane + i % 2];
            *value = self.centre[at][lane] + self.step[at][lane] * f32::from(q);
        }
    }

    /// The product with every row.
    pub fn times(&self, rows: &Rows, processor: Processor) -> Product {
        struct Times<'a>(&'a Matrix, &'a Rows);
        impl OnLanes for Times<'_> {
            type Output = Vec<[f32; LANES]>;
            fn run<L: Lanes>(self, lanes: L) -> Vec<[f32; LANES]> {
                let Times(matrix, rows) = self;
                let mut out = vec![[0.0; LANES]; matrix.outputs.div_ceil(LANES) * rows.len()];
                out.par_chunks_mut(rows.len()).enumerate().with_min_len(AT_ONCE).for_each(|(group, out)| {
                    matrix.group(group, rows, lanes, out);
                });
                out
            }
        }
        debug_assert_eq!(rows.inputs, self.inputs);
        let out = if rows.len() == 0 { Vec::new() } else { on(processor, Times(self, rows)) };
        Product { rows: rows.len(), outputs: self.outputs, out }
    }

    /// Sixteen outputs of every row.
    fn group<L: Lanes>(&self, group: usize, rows: &Rows, lanes: L, out: &mut [[f32; LANES]]) {
        let blocks = group * self.blocks()..(group + 1) * self.blocks();
        let weights = Weights {
            pairs: &self.weights[blocks.clone()],
            step: &self.step[blocks.clone()],
            centre: &self.centre[blocks],
        };
        let mut done = 0;
        while done < rows.len() {
            let out = &mut out[done..];
            done += match out.len().min(L::ROWS) {
                8.. => lanes.run(Tile::<L, 8> { lanes, weights, rows, first: done, out }),
                4.. => lanes.run(Tile::<L, 4> { lanes, weights, rows, first: done, out }),
                3 => lanes.run(Tile::<L, 3> { lanes, weights, rows, first: done, out }),
                2 => lanes.run(Tile::<L, 2> { lanes, weights, rows, first: done, out }),
                _ => lanes.run(Tile::<L, 1> { lanes, weights, rows, first: done, out }),
            };
        }
    }
}

/// Up to 32 values as whole numbers, their step and their centre.
fn pack(values: &[f32]) -> ([i8; BLOCK], f32, f32) {
    let least = values.iter().copied().fold(f32::INFINITY, f32::min);
    let greatest = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    // Multiples of one 127th of the greatest, as Q8_0 has them, stay what they are.
    let step = least.abs().max(greatest.abs()) / 127.0;
    let is_whole = |value: &f32| (value / step - (value / step).round()).abs() < 1e-3;
    if step > 0.0 && values.iter().all(is_whole) {
        return (whole(values, |value| value / step), step, 0.0);
    }
    let step = (greatest - least) / 255.0;
    if step > 0.0 {
        return (whole(values, |value| (value - least) / step - 128.0), step, least + 128.0 * step);
    }
    ([0; BLOCK], 0.0, least)
}

fn whole(values: &[f32], of: impl Fn(f32) -> f32) -> [i8; BLOCK] {
    let mut whole = [0; BLOCK];
    whole.iter_mut().zip(values).for_each(|(whole, value)| *whole = of(*value).round() as i8);
    whole
}

/// The weights of sixteen outputs, block by block.
#[derive(Clone, Copy)]
struct Weights<'a> {
    pairs: &'a [[Pairs; PAIRS]],
    step: &'a [[f32; LANES]],
    centre: &'a [[f32; LANES]],
}

/// Sixteen outputs of `ROWS` rows; gives back how many rows that were.
struct Tile<'a, L, const ROWS: usize> {
    lanes: L,
    weights: Weights<'a>,
    rows: &'a Rows,
    first: usize,
    out: &'a mut [[f32; LANES]],
}

impl<L: Lanes, const ROWS: usize> NullaryFnOnce for Tile<'_, L, ROWS> {
    type Output = usize;

    #[inline(always)]
    fn call(self) -> usize {
        let Tile { lanes, weights, rows, first, out } = self;
        let blocks = weights.pairs.len();
        // Cut to one length, so that the loop below checks no bounds.
        let (step, centre) = (&weights.step[..blocks], &weights.centre[..blocks]);
        let of = |row: usize| (first + row) * blocks..(first + row + 1) * blocks;
        let pairs: [&[[i32; PAIRS]]; ROWS] = std::array::from_fn(|row| &rows.pairs[of(row)][..blocks]);
        let scales: [&[[f32; 2]]; ROWS] = std::array::from_fn(|row| &rows.scales[of(row)][..blocks]);
        let mut total = [lanes.load(&[0.0; LANES]); ROWS];
        for block in 0..blocks {
            let mut sum = [lanes.zero(); ROWS];
            for (i, weights) in weights.pairs[block].iter().enumerate() {
                let wide = lanes.widen(weights);
                for row in 0..ROWS {
                    sum[row] = lanes.add(sum[row], wide, pairs[row][block][i]);
                }
            }
            let of_weights = [lanes.load(&step[block]), lanes.load(&centre[block])];
            for row in 0..ROWS {
                total[row] = lanes.fold(total[row], sum[row], of_weights, scales[row][block]);
            }
        }
        for row in 0..ROWS {
            out[row] = lanes.store(total[row]);
        }
        ROWS
    }
}

/// Rows of activations in 16 bits.
pub(super) struct Rows {
    n: usize,
    inputs: usize,
    pairs: Vec<[i32; PAIRS]>,
    /// Of each block its scale, and the sum of its values.
    scales: Vec<[f32; 2]>,
}

impl Rows {
    /// Of values in row-major order.
    pub fn new(values: &[f32], inputs: usize) -> Rows {
        struct Narrowing<'a>(&'a [f32], usize);
        impl NullaryFnOnce for Narrowing<'_> {
            type Output = Rows;
            #[inline(always)]
            fn call(self) -> Rows {
                let Narrowing(values, inputs) = self;
                let n = values.len() / inputs.max(1);
                let blocks = n * inputs.div_ceil(BLOCK);
                let mut rows =
                    Rows { n, inputs, pairs: Vec::with_capacity(blocks), scales: Vec::with_capacity(blocks) };
                for block in values.chunks_exact(inputs).flat_map(|row| row.chunks(BLOCK)) {
                    let mut whole = [0.0; BLOCK];
                    whole[..block.len()].copy_from_slice(block);
                    let (pairs, scales) = narrow(&whole);
                    rows.pairs.push(pairs);
                    rows.scales.push(scales);
                }
                rows
            }
        }
        vectorized(Narrowing(values, inputs))
    }

    fn len(&self) -> usize {
        self.n
    }
}

/// A block in 16 bits, its scale and the sum of its values.
#[inline(always)]
fn narrow(values: &[f32; BLOCK]) -> ([i32; PAIRS], [f32; 2]) {
    // Added and taken away again, it rounds to the nearest whole number, ties to even: two additions in place of a call.
    const ROUND: f32 = 12_582_912.0;
    let greatest = values.iter().fold(0.0f32, |most, value| most.max(value.abs()));
    let scale = greatest / 32_767.0;
    let inverse = if scale > 0.0 { 1.0 / scale } else { 0.0 };
    let whole: [i32; BLOCK] = std::array::from_fn(|i| ((values[i] * inverse + ROUND) - ROUND) as i32);
    let sum: i32 = whole.iter().sum();
    let pairs = std::array::from_fn(|i| pair(whole[2 * i] as i16, whole[2 * i + 1] as i16));
    (pairs, [scale, sum as f32 * scale])
}

/// What came of a product.
pub(super) struct Product {
    rows: usize,
    outputs: usize,
    /// By group, then by row.
    out: Vec<[f32; LANES]>,
}

impl Product {
    /// One row of it, all outputs.
    pub fn row(&self, row: usize) -> impl Iterator<Item = f32> + '_ {
        self.out.iter().skip(row).step_by(self.rows).flatten().copied().take(self.outputs)
    }

    /// Row-major, all rows.
    pub fn values(&self) -> Vec<f32> {
        let mut values = vec![0.0; self.rows * self.outputs];
        for (row, into) in values.chunks_exact_mut(self.outputs).enumerate() {
            for (group, into) in into.chunks_mut(LANES).enumerate() {
                into.copy_from_slice(&self.out[group * self.rows + row][..into.len()]);
            }
        }
        values
    }

    /// Adds every row to the one in `to`.
    pub fn add_to(&self, to: &mut [f32]) {
        for (row, to) in to.chunks_exact_mut(self.outputs).enumerate() {
            for (group, to) in to.chunks_mut(LANES).enumerate() {
                let from = &self.out[group * self.rows + row];
                to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retry::mix;

    fn values(n: usize, seed: u64) -> Vec<f32> {
        let one = |i: usize| (mix(seed ^ i as u64) >> 40) as f32 / (1u64 << 24) as f32 - 0.5;
        (0..n).map(|i| one(i) * one(i + n).abs().sqrt()).collect()
    }

    #[test]
    fn products_are_those_of_the_values_that_are_kept() {
        for (outputs, inputs, rows) in [(5, 7, 1), (16, 32, 3), (50, 96, 13), (33, 64, 8), (1, 33, 5)] {
            let matrix = Matrix::new(&values(outputs * inputs, 1), inputs);
            let given = values(rows * inputs, 2);
            let product = matrix.times(&Rows::new(&given, inputs), Processor::best()).values();
            let mut weights = vec![0.0; inputs];
            for output in 0..outputs {
                matrix.row(output, &mut weights);
                for row in 0..rows {
                    let given = &given[row * inputs..(row + 1) * inputs];
                    let exact: f64 = given.iter().zip(&weights).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
                    let ours = f64::from(product[row * outputs + output]);
                    assert!((ours - exact).abs() < 3e-5, "{outputs} × {inputs}, {rows} rows: {ours} for {exact}");
                }
            }
        }
    }

    #[test]
    fn kept_within_a_share_of_the_range_and_the_usual_kinds_exactly() {
        let given = values(64 * 64, 3);
        let matrix = Matrix::new(&given, 64);
        let mut row = vec![0.0; 64];
        for (output, given) in given.chunks(64).enumerate() {
            matrix.row(output, &mut row);
            for (given, kept) in given.chunks(BLOCK).zip(row.chunks(BLOCK)) {
                let range =
                    given.iter().copied().fold(f32::MIN, f32::max) - given.iter().copied().fold(f32::MAX, f32::min);
                given.iter().zip(kept).for_each(|(a, b)| assert!((a - b).abs() <= range / 509.0));
            }
        }
        let four_bits: Vec<f32> = (0..BLOCK).map(|i| -0.375 + 0.0625 * ((i * 7) % 16) as f32).collect();
        Matrix::new(&four_bits, BLOCK).row(0, &mut row[..BLOCK]);
        four_bits.iter().zip(&row).for_each(|(a, b)| assert!((a - b).abs() < 1e-7, "{a} {b}"));
        let eight_bits: Vec<f32> =
            (0..BLOCK).map(|i| 0.0123 * ((i * 53) % 128) as f32 * if i % 3 == 0 { -1.0 } else { 1.0 }).collect();
        let eight_bits: Vec<f32> = eight_bits.into_iter().chain([0.0123 * 127.0]).skip(1).collect();
        Matrix::new(&eight_bits, BLOCK).row(0, &mut row[..BLOCK]);
        eight_bits.iter().zip(&row).for_each(|(a, b)| assert!((a - b).abs() < 1e-7, "{a} {b}"));
    }

    #[test]
    fn the_same_bits_on_all_processors_alone_and_among_others() {
        let (outputs, inputs, n) = (37, 160, 13);
        let matrix = Matrix::new(&values(outputs * inputs, 4), inputs);
        let given = values(n * inputs, 5);
        let bits = |product: Vec<f32>| product.into_iter().map(f32::to_bits).collect::<Vec<_>>();
        let together = bits(matrix.times(&Rows::new(&given, inputs), Processor::best()).values());
        for processor in Processor::all() {
            assert_eq!(bits(matrix.times(&Rows::new(&given, inputs), processor).values()), together, "{processor:?}");
            for (row, given) in given.chunks(inputs).enumerate() {
                let alone = bits(matrix.times(&Rows::new(given, inputs), processor).values());
                assert_eq!(alone, together[row * outputs..(row + 1) * outputs], "{processor:?}");
            }
        }
    }

    #[test]
    fn whatever_the_values_nothing_breaks() {
        for odd in [f32::NAN, f32::INFINITY, -f32::MAX, 0.0, f32::MIN_POSITIVE / 2.0] {
            let mut given = values(64, 6);
            given[9] = odd;
            let matrix = Matrix::new(&given, 32);
            matrix.times(&Rows::new(&given, 32), Processor::best()).values();
        }
    }
}

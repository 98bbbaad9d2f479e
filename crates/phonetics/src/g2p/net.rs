//! The network: how likely each reading of a letter is, given the letters round it and the readings before it.
//!
//! Two hidden layers of rectified linear units. The input is one row of the first layer's weights for every letter in the
//! window, every unit remembered, and the state of the stress, added up in integers; most of the sum depends on the letters
//! alone and is made once for all hypotheses.

use super::reader::Reader;

/// Letters seen on either side.
pub const REACH: usize = 8;
/// Units seen before.
pub const MEMORY: usize = 5;
/// The letter number beyond either end of the word.
pub const EDGE: u8 = 27;
/// Rows that make up an input.
pub const INPUTS: usize = 2 * REACH + 1 + MEMORY + 1;

const LETTERS: usize = 28;
/// Vowels so far (0–4 or more), with and without primary stress among them.
const STRESSES: usize = 10;
/// Outputs of the second hidden layer that are summed at once, in registers.
const BLOCK: usize = 32;
/// Scores of units that are summed at once.
const UNITS: usize = 16;

/// The readings so far, as far as the network looks at them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct History {
    /// The last units, newest first; the number of all units where there was none.
    units: [u16; MEMORY],
    vowels: u8,
    primary: bool,
}

impl History {
    pub fn start(units: usize) -> History {
        History { units: [units as u16; MEMORY], vowels: 0, primary: false }
    }

    /// `stresses` of the vowels in `unit`.
    pub fn after(mut self, unit: u16, stresses: &[u8]) -> History {
        self.units.copy_within(0..MEMORY - 1, 1);
        self.units[0] = unit;
        self.vowels = (self.vowels + stresses.len() as u8).min(4);
        self.primary |= stresses.contains(&1);
        self
    }
}

/// Where in the first layer's weights each part of the input has its row, in a model of so many units.
#[derive(Debug, Clone, Copy)]
pub struct Rows {
    pub units: usize,
}

impl Rows {
    pub fn count(self) -> usize {
        (2 * REACH + 1) * LETTERS + MEMORY * (self.units + 1) + STRESSES
    }

    /// Rows of the letters from [`REACH`] before `place` to as many after it.
    pub fn letters(self, letters: &[u8], place: usize) -> impl Iterator<Item = usize> {
        (0..=2 * REACH).map(move |k| {
            let letter = (place + k).checked_sub(REACH).and_then(|at| letters.get(at)).copied().unwrap_or(EDGE);
            k * LETTERS + letter as usize
        })
    }

    pub fn history(self, history: &History) -> impl Iterator<Item = usize> {
        let start = (2 * REACH + 1) * LETTERS;
        let units = history.units;
        let stress = start + MEMORY * (self.units + 1) + history.vowels as usize + 5 * history.primary as usize;
        (0..MEMORY).map(move |k| start + k * (self.units + 1) + units[k] as usize).chain([stress])
    }
}

#[derive(Debug)]
pub(super) struct Net {
    rows: Rows,
    /// Widths of the hidden layers.
    hidden: (usize, usize),
    /// `[row][hidden 1]`, in steps of `embed_scale`; so is the bias.
    embed: Vec<i8>,
    bias1: Vec<i16>,
    embed_scale: f32,
    /// `[block of hidden 2][hidden 1][place in block]`
    dense: Vec<f32>,
    bias2: Vec<f32>,
    /// `[block of units][hidden 2][place in block]`, the blocks of each letter by themselves.
    out: Vec<[f32; UNITS]>,
    /// `[block of units][place in block]`
    bias3: Vec<[f32; UNITS]>,
    /// Which block each letter starts with, the end of the word too.
    blocks: Vec<usize>,
}

/// Buffers of one evaluation.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    sums: Vec<i16>,
    full: Vec<i16>,
    /// Which places of a layer are above zero.
    active: Vec<u16>,
    hidden: Vec<f32>,
}

impl Net {
    /// Widths, then every array as bytes after its step: embed, bias 1, dense `[hidden 1][hidden 2]`, bias 2, out, bias 3.
    pub fn read(reader: &mut Reader, first: &[u16]) -> Option<Net> {
        let units = *first.last()? as usize;
        let hidden = (reader.u16()? as usize, reader.u16()? as usize);
        let rows = Rows { units };
        if hidden.0 == 0 || hidden.1 == 0 || !hidden.1.is_multiple_of(BLOCK) {
            return None;
        }
        let embed_scale = reader.f32()?;
        let embed = reader.take(rows.count() * hidden.0)?.iter().map(|b| *b as i8).collect();
        let bias1 = reader.take(hidden.0)?.iter().map(|b| *b as i8 as i16).collect();
        let mut real = |n: usize| {
            let scale = reader.f32()?;
            Some(reader.take(n)?.iter().map(|b| *b as i8 as f32 * scale).collect::<Vec<f32>>())
        };
        let by_row = real(hidden.0 * hidden.1)?;
        let mut dense = Vec::with_capacity(by_row.len());
        for block in (0..hidden.1).step_by(BLOCK) {
            for row in by_row.chunks_exact(hidden.1) {
                dense.extend_from_slice(&row[block..block + BLOCK]);
            }
        }
        let (bias2, by_unit, unit_bias) = (real(hidden.1)?, real(units * hidden.1)?, real(units)?);
        let (mut out, mut bias3, mut blocks) = (Vec::new(), Vec::new(), Vec::new());
        for letter in first.windows(2) {
            blocks.push(bias3.len());
            for low in (letter[0]..letter[1]).step_by(UNITS) {
                let unit = |k: usize| (low as usize + k < letter[1] as usize).then_some(low as usize + k);
                let all: [Option<usize>; UNITS] = std::array::from_fn(unit);
                bias3.push(all.map(|u| u.map_or(0.0, |u| unit_bias[u])));
                out.extend((0..hidden.1).map(|j| all.map(|u| u.map_or(0.0, |u| by_unit[u * hidden.1 + j]))));
            }
        }
        Some(Net { rows, hidden, embed, bias1, embed_scale, dense, bias2, out, bias3, blocks })
    }

    fn add_row(&self, sums: &mut [i16], row: usize) {
        // At most 24 bytes are added up: far from the limits of 16 bits.
        for (s, w) in sums.iter_mut().zip(&self.embed[row * self.hidden.0..(row + 1) * self.hidden.0]) {
            *s = s.wrapping_add(*w as i16);
        }
    }

    /// Makes ready for the letter at `place`.
    pub fn look_at(&self, letters: &[u8], place: usize, scratch: &mut Scratch) {
        scratch.sums.clone_from(&self.bias1);
        for row in self.rows.letters(letters, place) {
            self.add_row(&mut scratch.sums, row);
        }
    }

    /// Natural log probabilities of all units of the letter looked at, which is `letter`.
    pub fn score(&self, history: &History, letter: usize, scores: &mut [f32], scratch: &mut Scratch) {
        let Scratch { sums, full, active, hidden } = scratch;
        full.clone_from(sums);
        for row in self.rows.history(history) {
            self.add_row(full, row);
        }
        positive(full.iter().map(|sum| *sum > 0), active);
        hidden.clear();
        for (block, bias) in self.dense.chunks_exact(self.hidden.0 * BLOCK).zip(self.bias2.as_chunks::<BLOCK>().0) {
            let rows = block.as_chunks::<BLOCK>().0;
            let inputs = active.iter().map(|i| (full[*i as usize] as f32 * self.embed_scale, &rows[*i as usize]));
            hidden.extend(weighted_sum(bias, inputs));
        }
        positive(hidden.iter().map(|sum| *sum > 0.0), active);
        for (block, scores) in (self.blocks[letter]..).zip(scores.chunks_mut(UNITS)) {
            let rows = &self.out[block * self.hidden.1..(block + 1) * self.hidden.1];
            let inputs = active.iter().map(|i| (hidden[*i as usize], &rows[*i as usize]));
            let sums = weighted_sum(&self.bias3[block], inputs);
            scores.copy_from_slice(&sums[..scores.len()]);
        }
        let top = scores.iter().copied().fold(f32::MIN, f32::max);
        let total = scores.iter().map(|s| (s - top).exp()).sum::<f32>().ln() + top;
        scores.iter_mut().for_each(|s| *s -= total);
    }
}

/// Lists the places of what is above zero. Which those are is at random, as far as the processor can tell, so there is no branch.
fn positive(above: impl ExactSizeIterator<Item = bool>, places: &mut Vec<u16>) {
    places.resize(above.len(), 0);
    let mut count = 0;
    for (i, above) in above.enumerate() {
        places[count] = i as u16;
        count += usize::from(above);
    }
    places.truncate(count);
}

/// Sums of a few columns, which stay in registers.
#[inline]
fn weighted_sum<'a, const N: usize>(start: &[f32; N], rows: impl Iterator<Item = (f32, &'a [f32; N])>) -> [f32; N] {
    let mut sums = *start;
    for (x, row) in rows {
        for (s, w) in sums.iter_mut().zip(row) {
            *s += x * w;
        }
    }
    sums
}

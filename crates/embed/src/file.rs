//! The model's file: everything is read in place, nothing is built at start but one list of offsets.
//!
//! | bytes | what |
//! |---|---|
//! | 4 | `DGE1` |
//! | 8 | digest of all that follows (FNV-1a, 64 bits) |
//! | 4 | number of pieces n |
//! | 2, 2 | dimensions d, even; number of the unknown piece |
//! | 1 + … | length of the name, the name |
//! | n | length of each piece in bytes; the top bit marks one that goes on with a word (`##` in BERT's list) |
//! | … | the pieces, one after another |
//! | 2 × [`SLOTS`] | hash table of pieces: number + 1, or 0 |
//! | 2 × n | step of each row: the upper half of an `f32` |
//! | n × d/2 | rows: in byte k the low four bits hold dimension k, the high four dimension k + d/2, both plus 8 |

use std::sync::OnceLock;

const MAGIC: &[u8; 4] = b"DGE1";
/// Places of the hash table: about twice the pieces, so that most are found at the first look.
const SLOTS: usize = 1 << 16;
const CONTINUES: u8 = 0x80;

/// A file, read.
#[derive(Debug)]
pub(crate) struct File {
    pub name: &'static str,
    pub digest: u64,
    pub dim: usize,
    pub unknown: u16,
    /// Where each piece starts in `pieces`; one more closes the list.
    starts: Vec<u32>,
    lengths: &'static [u8],
    pieces: &'static [u8],
    slots: &'static [[u8; 2]],
    steps: &'static [[u8; 2]],
    rows: &'static [u8],
}

/// A growing FNV-1a hash of a piece; pieces that open a word and pieces that go on with one start differently.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hash(u64);

impl Hash {
    pub fn new(continues: bool) -> Hash {
        Hash(if continues { 0xaf63_bd4c_8601_b7df } else { 0xcbf2_9ce4_8422_2325 })
    }

    pub fn with(self, byte: u8) -> Hash {
        Hash((self.0 ^ byte as u64).wrapping_mul(0x0100_0000_01b3))
    }

    fn slot(self) -> usize {
        (self.0 ^ self.0 >> 29) as usize % SLOTS
    }
}

impl File {
    /// The file that ships with the crate.
    pub fn builtin() -> &'static File {
        static BUILTIN: OnceLock<File> = OnceLock::new();
        BUILTIN.get_or_init(|| {
            File::read(include_bytes!("../../../data/embedder.bin"))
                .expect("data/embedder.bin is written by cargo xtask distill")
        })
    }

    pub fn read(bytes: &'static [u8]) -> Option<File> {
        let mut rest = bytes;
        let mut take = |count: usize| -> Option<&'static [u8]> {
            let (head, tail) = rest.split_at_checked(count)?;
            rest = tail;
            Some(head)
        };
        if take(4)? != MAGIC {
            return None;
        }
        let digest = u64::from_le_bytes(take(8)?.try_into().ok()?);
        let count = u32::from_le_bytes(take(4)?.try_into().ok()?) as usize;
        let dim = u16::from_le_bytes(take(2)?.try_into().ok()?) as usize;
        let unknown = u16::from_le_bytes(take(2)?.try_into().ok()?);
        let name = take(1)?[0] as usize;
        let name = std::str::from_utf8(take(name)?).ok()?;
        let lengths = take(count)?;
        let mut starts = Vec::with_capacity(count + 1);
        starts.push(0);
        let mut end = 0;
        for length in lengths {
            end += (length & !CONTINUES) as u32;
            starts.push(end);
        }
        let pieces = take(end as usize)?;
        let slots = take(2 * SLOTS)?.as_chunks().0;
        let steps = take(2 * count)?.as_chunks().0;
        let rows = take(count * dim / 2)?;
        // A table without a free place would be searched for ever.
        let free = slots.contains(&[0, 0]);
        let in_range = slots.iter().all(|s| u16::from_le_bytes(*s) as usize <= count) && (unknown as usize) < count;
        (rest.is_empty() && free && in_range && dim.is_multiple_of(2)).then_some(File {
            name,
            digest,
            dim,
            unknown,
            starts,
            lengths,
            pieces,
            slots,
            steps,
            rows,
        })
    }

    /// Number of pieces.
    pub fn len(&self) -> usize {
        self.lengths.len()
    }

    /// The number of a piece, given its hash.
    pub fn find(&self, piece: &[u8], continues: bool, hash: Hash) -> Option<u16> {
        let mut slot = hash.slot();
        loop {
            let number = u16::from_le_bytes(self.slots[slot]).checked_sub(1)?;
            let (text, goes_on) = self.piece(number);
            if text == piece && goes_on == continues {
                return Some(number);
            }
            slot = (slot + 1) % SLOTS;
        }
    }

    /// A piece, and whether it goes on with a word.
    pub fn piece(&self, number: u16) -> (&'static [u8], bool) {
        let number = number as usize;
        let text = &self.pieces[self.starts[number] as usize..self.starts[number + 1] as usize];
        (text, self.lengths[number] & CONTINUES != 0)
    }

    /// Adds a piece's row to `sum`, which has the model's dimensions.
    pub fn add_row(&self, number: u16, sum: &mut [f32]) {
        let [low, high] = self.steps[number as usize];
        let step = f32::from_bits(u32::from_le_bytes([0, 0, low, high]));
        let half = self.dim / 2;
        let row = &self.rows[number as usize * half..(number as usize + 1) * half];
        let (front, back) = sum.split_at_mut(half);
        for ((front, back), byte) in front.iter_mut().zip(back).zip(row) {
            *front += step * ((byte & 15) as i32 - 8) as f32;
            *back += step * ((byte >> 4) as i32 - 8) as f32;
        }
    }
}

/// What goes into a file.
pub struct Contents {
    pub name: String,
    /// As in BERT's list: `##` opens those that go on with a word.
    pub pieces: Vec<String>,
    pub unknown: u16,
    pub dim: usize,
    /// `[piece][dimension]`
    pub rows: Vec<f32>,
}

/// The file's bytes, or what keeps it from being written.
pub fn encode(contents: &Contents) -> Result<Vec<u8>, String> {
    let Contents { name, pieces, unknown, dim, rows } = contents;
    if pieces.len() >= SLOTS || !dim.is_multiple_of(2) || rows.len() != pieces.len() * dim || name.len() > 255 {
        return Err(format!("{} pieces, {dim} dimensions, {} numbers don't fit the file", pieces.len(), rows.len()));
    }
    let mut body = Vec::new();
    body.extend_from_slice(&(pieces.len() as u32).to_le_bytes());
    body.extend_from_slice(&(*dim as u16).to_le_bytes());
    body.extend_from_slice(&unknown.to_le_bytes());
    body.push(name.len() as u8);
    body.extend_from_slice(name.as_bytes());
    let split = |piece: &str| match piece.strip_prefix("##").filter(|p| !p.is_empty()) {
        Some(end) => (end.as_bytes().to_vec(), true),
        None => (piece.as_bytes().to_vec(), false),
    };
    let parts: Vec<(Vec<u8>, bool)> = pieces.iter().map(|p| split(p)).collect();
    for (text, continues) in &parts {
        if text.len() >= CONTINUES as usize {
            return Err(format!("piece of {} bytes", text.len()));
        }
        body.push(text.len() as u8 | if *continues { CONTINUES } else { 0 });
    }
    parts.iter().for_each(|(text, _)| body.extend_from_slice(text));
    let mut slots = vec![0_u16; SLOTS];
    for (number, (text, continues)) in parts.iter().enumerate() {
        let mut slot = text.iter().fold(Hash::new(*continues), |h, b| h.with(*b)).slot();
        while slots[slot] != 0 {
            slot = (slot + 1) % SLOTS;
        }
        slots[slot] = number as u16 + 1;
    }
    slots.iter().for_each(|s| body.extend_from_slice(&s.to_le_bytes()));
    let steps: Vec<f32> = rows.chunks_exact(*dim).map(best_step).collect();
    steps.iter().for_each(|s| body.extend_from_slice(&s.to_le_bytes()[2..]));
    for (row, step) in rows.chunks_exact(*dim).zip(&steps) {
        let nibble = |value: f32| (quantize(value, *step) + 8.0) as u8;
        body.extend((0..dim / 2).map(|k| nibble(row[k]) | nibble(row[k + dim / 2]) << 4));
    }
    let digest = body.iter().fold(Hash::new(false), |h, b| h.with(*b)).0;
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&digest.to_le_bytes());
    bytes.extend(body);
    Ok(bytes)
}

fn quantize(value: f32, step: f32) -> f32 {
    if step == 0.0 { 0.0 } else { (value / step).round().clamp(-8.0, 7.0) }
}

/// The step that loses least of a row, among some that clip its largest numbers more or less; with the lower half of its
/// bits empty, as it is stored.
fn best_step(row: &[f32]) -> f32 {
    let largest = row.iter().fold(0.0_f32, |m, w| m.max(w.abs()));
    let loss = |step: f32| row.iter().map(|w| (w - step * quantize(*w, step)).powi(2)).sum::<f32>();
    (60..=160)
        .map(|tenths| f32::from_bits((largest * 10.0 / tenths as f32).to_bits() & 0xffff_0000))
        .min_by(|a, b| loss(*a).total_cmp(&loss(*b)))
        .unwrap_or(0.0)
}

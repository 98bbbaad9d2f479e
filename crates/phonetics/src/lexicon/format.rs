//! The bytes of `data/lexicon.bin`: written by `cargo xtask lexicon`, read in place.
//!
//! ```text
//! header    8 magic "DGLEXICO", then u32 (little-endian): version, words, slots, buckets, bytes of the blob, checksum
//! seeds     u16 per bucket
//! offsets   3 bytes per slot: where in the blob the word of this slot begins (0, the empty word, where there is none)
//! blob      the words in byte order, each
//!             u8 length, the spelling (lower case, UTF-8), u8 commonness, u8 how many pronunciations (0 for a word that
//!             is only counted),
//!             and per pronunciation u8 (length | 0x80 where it is not CMUdict's but ours), its phones
//! ```
//!
//! The slot of a word comes from *hash and displace* (Belazzougui, Botelho & Dietzfelbinger 2009): its hash picks a
//! bucket, and the bucket's seed, found when the file is made so that no two words meet, picks the slot.

use crate::Phone;

/// Raise it whenever the layout or the hash changes.
pub const VERSION: u32 = 2;
const MAGIC: &[u8; 8] = b"DGLEXICO";
const HEADER: usize = 8 + 6 * 4;
/// Marks a pronunciation that doggerel adds to CMUdict's.
const ADDED: u8 = 0x80;

/// Commonness is stored in steps of 1/16 from [`RAREST`]: 255 is `e^(RAREST + 255/16)` occurrences per million.
pub const RAREST: f32 = -3.0;
const STEPS: f32 = 16.0;

/// One word as it is written to the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    pub text: String,
    /// ln of occurrences per million.
    pub commonness: f32,
    pub pronunciations: Vec<RecordedPronunciation>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedPronunciation {
    pub phones: Vec<Phone>,
    /// Not in CMUdict: added by doggerel.
    pub added: bool,
}

/// A file that cannot be made or read as a lexicon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed(pub &'static str);

impl std::fmt::Display for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "not a lexicon: {}", self.0)
    }
}

impl std::error::Error for Malformed {}

/// Writes `records` as a lexicon file; the same records give the same bytes.
pub fn encode(mut records: Vec<Record>) -> Result<Vec<u8>, Malformed> {
    records.sort_by(|a, b| a.text.cmp(&b.text));
    if records.windows(2).any(|w| w[0].text == w[1].text) {
        return Err(Malformed("a word occurs twice"));
    }
    let mut blob = vec![0, 0, 0];
    let mut starts = Vec::with_capacity(records.len());
    for record in &records {
        starts.push(blob.len());
        write_record(&mut blob, record)?;
    }
    let words: Vec<&str> = records.iter().map(|r| r.text.as_str()).collect();
    let (slots, seeds) = place(&words)?;
    let slot_count = slot_count(words.len());
    let mut offsets = vec![0; slot_count];
    for (&slot, &start) in slots.iter().zip(&starts) {
        offsets[slot] = start;
    }
    let mut body = Vec::with_capacity(seeds.len() * 2 + slot_count * 3 + blob.len());
    seeds.iter().for_each(|s| body.extend_from_slice(&s.to_le_bytes()));
    offsets.iter().for_each(|&o| body.extend_from_slice(&(o as u32).to_le_bytes()[..3]));
    body.extend_from_slice(&blob);

    let mut bytes = MAGIC.to_vec();
    for number in
        [VERSION, words.len() as u32, slot_count as u32, seeds.len() as u32, blob.len() as u32, checksum(&body)]
    {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes.extend_from_slice(&body);
    Ok(bytes)
}

fn write_record(blob: &mut Vec<u8>, record: &Record) -> Result<(), Malformed> {
    let length = |n: usize, limit: usize| {
        u8::try_from(n).ok().filter(|&n| n > 0 && (n as usize) < limit).ok_or(Malformed("an empty or overlong word"))
    };
    if blob.len() >= 1 << 24 {
        return Err(Malformed("more than 16 MiB"));
    }
    blob.push(length(record.text.len(), 256)?);
    blob.extend_from_slice(record.text.as_bytes());
    blob.push(((record.commonness - RAREST) * STEPS).round().clamp(0.0, 255.0) as u8);
    blob.push(u8::try_from(record.pronunciations.len()).map_err(|_| Malformed("too many pronunciations"))?);
    for p in &record.pronunciations {
        blob.push(length(p.phones.len(), ADDED as usize)? | if p.added { ADDED } else { 0 });
        blob.extend(p.phones.iter().map(|p| p.byte()));
    }
    Ok(())
}

/// A slot for every word, no two the same, and the seed of every bucket.
fn place(words: &[&str]) -> Result<(Vec<usize>, Vec<u16>), Malformed> {
    let slot_count = slot_count(words.len());
    let mut buckets: Vec<Vec<usize>> = vec![Vec::new(); words.len() / 4 + 1];
    let hashes: Vec<u64> = words.iter().map(|w| hash(w.as_bytes())).collect();
    let bucket_count = buckets.len();
    for (word, &h) in hashes.iter().enumerate() {
        buckets[bucket_of(h, bucket_count)].push(word);
    }
    let mut order: Vec<usize> = (0..bucket_count).collect();
    order.sort_by_key(|&b| (std::cmp::Reverse(buckets[b].len()), b));
    let (mut seeds, mut slots) = (vec![0_u16; bucket_count], vec![0; words.len()]);
    let mut taken = vec![false; slot_count];
    for bucket in order {
        let words = &buckets[bucket];
        let seed = (0..=u16::MAX).find(|&seed| {
            let tried: Vec<usize> = words.iter().map(|&w| slot_of(hashes[w], seed, slot_count)).collect();
            tried.iter().enumerate().all(|(i, s)| !taken[*s] && !tried[..i].contains(s))
        });
        let seed = seed.ok_or(Malformed("no seed separates the words"))?;
        seeds[bucket] = seed;
        for &word in words {
            slots[word] = slot_of(hashes[word], seed, slot_count);
            taken[slots[word]] = true;
        }
    }
    Ok((slots, seeds))
}

/// A few slots stay empty, so that a seed below 2^16 is always found.
fn slot_count(words: usize) -> usize {
    words + words / 32 + 1
}

fn bucket_of(hash: u64, buckets: usize) -> usize {
    (((hash >> 32) * buckets as u64) >> 32) as usize
}

fn slot_of(hash: u64, seed: u16, slots: usize) -> usize {
    let mixed = (hash ^ (u64::from(seed) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    (((mixed >> 32) * slots as u64) >> 32) as usize
}

/// Eight bytes at a time, multiplied and folded (after wyhash), with a last mix so that high and low bits serve alike.
fn hash(bytes: &[u8]) -> u64 {
    let mut state = 0x2d35_8dcc_aa6c_78a5 ^ (bytes.len() as u64);
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        let product = u128::from(u64::from_le_bytes(word) ^ state) * 0x8bb8_4b93_962e_acc9;
        state = (product as u64) ^ ((product >> 64) as u64) ^ 0x4b33_a62e_d433_d4a3;
    }
    state ^= state >> 29;
    state.wrapping_mul(0xbf58_476d_1ce4_e5b9) ^ (state >> 32)
}

/// FNV-1a, 32 bits: tells a damaged or half-written file from a whole one.
fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |h, &b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193))
}

/// A lexicon file, read where it lies.
#[derive(Debug, Clone, Copy)]
pub struct Lexicon {
    #[cfg(test)]
    words: usize,
    slots: usize,
    buckets: usize,
    seeds: &'static [u8],
    offsets: &'static [u8],
    blob: &'static [u8],
}

/// A word of the file.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    pub text: &'static str,
    /// ln of occurrences per million.
    pub commonness: f32,
    count: u8,
    rest: &'static [u8],
}

impl Lexicon {
    /// Looks at the header alone, since this happens at every start; [`Lexicon::check`] looks at the rest.
    pub fn open(bytes: &'static [u8]) -> Result<Lexicon, Malformed> {
        let number = |i: usize| {
            let at = 8 + 4 * i;
            bytes.get(at..at + 4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
        };
        if bytes.get(..8) != Some(MAGIC) || bytes.len() < HEADER {
            return Err(Malformed("no header"));
        }
        if number(0) != Some(VERSION) {
            return Err(Malformed("made by another version"));
        }
        let [_words, slots, buckets, blob] = [1, 2, 3, 4].map(|i| number(i).unwrap_or(0) as usize);
        let body = &bytes[HEADER..];
        if body.len() != buckets * 2 + slots * 3 + blob || buckets == 0 || slots == 0 {
            return Err(Malformed("cut short"));
        }
        let (seeds, rest) = body.split_at(buckets * 2);
        let (offsets, blob) = rest.split_at(slots * 3);
        Ok(Lexicon {
            #[cfg(test)]
            words: _words,
            slots,
            buckets,
            seeds,
            offsets,
            blob,
        })
    }

    /// Compares the checksum of the whole file.
    #[cfg(test)]
    pub fn check(bytes: &'static [u8]) -> Result<(), Malformed> {
        Lexicon::open(bytes)?;
        let stated = u32::from_le_bytes([bytes[28], bytes[29], bytes[30], bytes[31]]);
        if checksum(&bytes[HEADER..]) == stated { Ok(()) } else { Err(Malformed("damaged")) }
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.words
    }

    pub fn slots(&self) -> usize {
        self.slots
    }

    /// The word's slot (below [`Lexicon::slots`]) and entry.
    pub fn find(&self, word: &str) -> Option<(usize, Entry)> {
        let h = hash(word.as_bytes());
        let bucket = bucket_of(h, self.buckets) * 2;
        let seed = u16::from_le_bytes([self.seeds[bucket], self.seeds[bucket + 1]]);
        let slot = slot_of(h, seed, self.slots);
        let at = slot * 3;
        let start = u32::from_le_bytes([self.offsets[at], self.offsets[at + 1], self.offsets[at + 2], 0]) as usize;
        let blob = &self.blob[start..];
        let length = blob[0] as usize;
        if length != word.len() || blob[1..1 + length] != *word.as_bytes() || length == 0 {
            return None;
        }
        Some((slot, Entry::head(blob)?))
    }

    /// Every word, in byte order.
    pub fn iter(&self) -> impl Iterator<Item = Entry> + use<> {
        let mut rest = &self.blob[3..];
        std::iter::from_fn(move || {
            let (entry, after) = Entry::read(rest)?;
            rest = after;
            Some(entry)
        })
    }
}

impl Entry {
    /// Whether it is said how to say it; otherwise the word is only counted.
    pub fn is_pronounced(&self) -> bool {
        self.count > 0
    }

    /// The entry at the start of `blob`.
    fn head(blob: &'static [u8]) -> Option<Entry> {
        let (&length, rest) = blob.split_first()?;
        let (text, rest) = rest.split_at_checked(length as usize)?;
        let (head, rest) = rest.split_at_checked(2)?;
        Some(Entry {
            text: std::str::from_utf8(text).ok()?,
            commonness: RAREST + f32::from(head[0]) / STEPS,
            count: head[1],
            rest,
        })
    }

    /// The same, and what follows it.
    fn read(blob: &'static [u8]) -> Option<(Entry, &'static [u8])> {
        let entry = Entry::head(blob)?;
        let used: usize = entry.pronunciations().map(|(phones, _)| phones.len() + 1).sum();
        Some((entry, &entry.rest[used..]))
    }

    /// The phones of each pronunciation, and whether doggerel added it to CMUdict's.
    pub fn pronunciations(&self) -> impl Iterator<Item = (&'static [Phone], bool)> + use<> {
        let mut rest = self.rest;
        (0..self.count).map_while(move |_| {
            let (&head, after) = rest.split_first()?;
            let (phones, after) = after.split_at_checked((head & !ADDED) as usize)?;
            rest = after;
            Some((bytemuck::cast_slice(phones), head & ADDED != 0))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(text: &str, phones: &str) -> Record {
        let phones = Phone::parse_all(phones).unwrap();
        Record {
            text: text.into(),
            commonness: 0.0,
            pronunciations: vec![RecordedPronunciation { phones, added: false }],
        }
    }

    fn leak(bytes: Vec<u8>) -> &'static [u8] {
        Box::leak(bytes.into_boxed_slice())
    }

    #[test]
    fn what_is_written_is_read() {
        let records: Vec<Record> = (0..5000).map(|i| record(&format!("w{i}"), "W AH1 N")).collect();
        let bytes = leak(encode(records.clone()).unwrap());
        assert_eq!(bytes, encode(records.into_iter().rev().collect()).unwrap(), "order in, same bytes out");
        Lexicon::check(bytes).unwrap();
        let lexicon = Lexicon::open(bytes).unwrap();
        assert_eq!((lexicon.len(), lexicon.iter().count()), (5000, 5000));
        for entry in lexicon.iter() {
            let (slot, found) = lexicon.find(entry.text).unwrap();
            assert!(slot < lexicon.slots());
            assert_eq!(found.text, entry.text);
        }
        assert!(lexicon.find("").is_none());
        assert!(lexicon.find("w5000").is_none());
    }

    #[test]
    fn damage_is_noticed() {
        let good = encode(vec![record("one", "W AH1 N")]).unwrap();
        let mut bad = good.clone();
        *bad.last_mut().unwrap() ^= 1;
        assert_eq!(Lexicon::check(leak(bad)), Err(Malformed("damaged")));
        assert!(Lexicon::open(leak(good[..good.len() - 1].to_vec())).is_err());
        assert!(Lexicon::open(b"").is_err());
    }

    #[test]
    fn a_word_stands_once() {
        let twice = vec![record("one", "W AH1 N"), record("one", "W AH1 N")];
        assert_eq!(encode(twice), Err(Malformed("a word occurs twice")));
    }
}

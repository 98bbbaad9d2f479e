//! The tenth of CMUdict on which guesses are scored.

/// Whether `word` belongs to the held-out tenth of CMUdict: wholly alphabetic, and the first byte of its SHA-1 (of the
/// lower-case spelling) below 26. The grapheme-to-phoneme model never sees these words in training, and without the
/// lexicon ([`Options::lexicon`](crate::Options)) morphology doesn't build on them.
///
/// ```
/// assert!(!phonetics::is_held_out("o'er"));
/// assert_eq!(["moon", "gossamer", "river"].map(phonetics::is_held_out), [false, false, true]);
/// ```
pub fn is_held_out(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()) && sha1(word.as_bytes())[0] < 26
}

/// SHA-1 (FIPS 180-4). Only a way to draw words at random that anyone can repeat; nothing secret hangs on it.
fn sha1(message: &[u8]) -> [u8; 20] {
    let mut padded = message.to_vec();
    padded.push(0x80);
    padded.resize((message.len() + 9).next_multiple_of(64) - 8, 0);
    padded.extend_from_slice(&(message.len() as u64 * 8).to_be_bytes());
    let mut h: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
    for block in padded.chunks_exact(64) {
        let mut w = [0_u32; 80];
        for (w, bytes) in w.iter_mut().zip(block.chunks_exact(4)) {
            *w = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        }
        for i in 16..80 {
            w[i] = (w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16]).rotate_left(1);
        }
        let [mut a, mut b, mut c, mut d, mut e] = h;
        for (i, &w) in w.iter().enumerate() {
            let (f, k) = match i {
                0..20 => (b & c | !b & d, 0x5a82_7999),
                20..40 => (b ^ c ^ d, 0x6ed9_eba1),
                40..60 => (b & c | b & d | c & d, 0x8f1b_bcdc),
                _ => (b ^ c ^ d, 0xca62_c1d6_u32),
            };
            let next = a.rotate_left(5).wrapping_add(f).wrapping_add(e).wrapping_add(k).wrapping_add(w);
            (e, d, c, b, a) = (d, c, b.rotate_left(30), a, next);
        }
        for (h, x) in h.iter_mut().zip([a, b, c, d, e]) {
            *h = h.wrapping_add(x);
        }
    }
    let mut digest = [0; 20];
    for (bytes, h) in digest.chunks_exact_mut(4).zip(h) {
        bytes.copy_from_slice(&h.to_be_bytes());
    }
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(message: &[u8]) -> String {
        sha1(message).iter().map(|b| format!("{b:02x}")).collect()
    }

    #[test]
    fn the_digests_of_the_standard() {
        assert_eq!(hex(b"abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(hex(b""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
        let two_blocks = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
        assert_eq!(hex(two_blocks), "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
    }
}

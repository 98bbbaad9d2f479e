//! Lines that stand in people's works: models asked for a poet return the poet.

use std::sync::OnceLock;

use diversity::{Folds, jackknife};
use rayon::prelude::*;

use crate::comparison::Copied;
use crate::number::number;
use crate::reading::Reading;
use crate::repeats::normal_words;

/// Hashes of the lines of the works that the atlas of poems was made from: `cargo xtask lines` makes it.
static LINES: &[u8] = include_bytes!("../../../data/lines.bin");
/// Bytes of a hash: among 100,000 lines one line in ten million is taken for another.
const BYTES: usize = 5;
/// Words from which a line is someone's: shorter ones are anyone's.
const WORDS: usize = 4;
/// Ids listed.
const IDS: usize = 20;

/// The hash of a line of four words and more, by its words alone.
fn hash(line: &str) -> Option<u64> {
    let words = normal_words(line);
    if words.split(' ').count() < WORDS {
        return None;
    }
    let mut h = 0xcbf2_9ce4_8422_2325_u64;
    for byte in words.bytes() {
        h = (h ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    h = (h ^ (h >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    Some(h >> (64 - 8 * BYTES))
}

/// The file of hashes from texts: sorted, five bytes each, least significant first.
#[must_use]
pub fn lines_file<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let mut hashes: Vec<u64> = texts.flat_map(str::lines).filter_map(hash).collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes.iter().flat_map(|h| h.to_le_bytes().into_iter().take(BYTES)).collect()
}

fn known() -> &'static [u64] {
    static KNOWN: OnceLock<Vec<u64>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let number = |bytes: &[u8]| bytes.iter().rev().fold(0u64, |n, b| n << 8 | u64::from(*b));
        LINES.chunks_exact(BYTES).map(number).collect()
    })
}

/// A key for every line of four words and more, by its words alone.
#[must_use]
pub fn line_keys(body: &str) -> Vec<u64> {
    body.lines().filter_map(hash).collect()
}

/// The keys of the lines of the works that the atlas of poems was made from, ascending.
#[must_use]
pub fn known_lines() -> &'static [u64] {
    known()
}

/// Copied lines of a set, or None where no line is long enough to tell.
pub(crate) fn copied(readings: &[&Reading], folds: &Folds) -> Option<Copied> {
    let count = |r: &&Reading| {
        let keys = line_keys(&r.body());
        (keys.iter().filter(|h| known().binary_search(h).is_ok()).count() as f64, keys.len() as f64)
    };
    let counts: Vec<(f64, f64)> = readings.par_iter().map(count).collect();
    let lines: f64 = counts.iter().map(|c| c.1).sum();
    if lines == 0.0 {
        return None;
    }
    // sums of each fold: copied lines, lines, texts with one, texts
    let mut sums = vec![[0.0; 4]; folds.count()];
    for (i, (found, all)) in counts.iter().enumerate() {
        let text = [*found, *all, f64::from(u8::from(*found > 0.0)), 1.0];
        sums[folds.of(i)].iter_mut().zip(text).for_each(|(s, x)| *s += x);
    }
    let total = |k: usize| sums.iter().map(|s| s[k]).sum::<f64>();
    let share = |k: usize| {
        let without: Vec<f64> = sums.iter().map(|s| (total(k) - s[k]) / (total(k + 1) - s[k + 1])).collect();
        jackknife(total(k) / total(k + 1), &[&without], 0.0)
    };
    let ids = readings.iter().zip(&counts).filter(|(_, c)| c.0 > 0.0).map(|(r, _)| r.id.clone());
    Some(Copied {
        lines: number(share(0).share_of(lines as usize), lines as usize, None),
        texts: number(share(2).share_of(readings.len()), readings.len(), None),
        ids: ids.take(IDS).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use diversity::Groups;

    #[test]
    fn a_line_is_known_by_its_words() {
        assert_eq!(hash("The kettle clicks, the lamp is low,"), hash("the kettle clicks the lamp is low"));
        assert_ne!(hash("The kettle clicks, the lamp is low,"), hash("The kettle clicks, the lamp is lit,"));
        assert_eq!(hash("Nobody came at"), None);
    }

    #[test]
    fn the_file_is_sorted_and_holds_what_it_was_made_from() {
        let file = lines_file(["one two three four\nfive\nfour three two one"].into_iter());
        assert_eq!(file.len(), 2 * BYTES);
        assert!(known().is_sorted() && known().len() > 10_000 && LINES.len() <= 1 << 20);
    }

    #[test]
    fn copies_are_found_and_own_lines_are_not() {
        let reading = |id: &str, body: &str| Reading { id: id.into(), body: body.into(), ..Reading::default() };
        let readings = [
            reading("blake", "Tyger Tyger, burning bright,\nand then my own uncle came along with gravel"),
            reading("own", "my uncle keeps eleven bees in a biscuit tin\nshort line"),
        ];
        let refs: Vec<&Reading> = readings.iter().collect();
        let found = copied(&refs, &Groups::single(2).folds(2, 1)).expect("there are long lines");
        assert_eq!(found.ids, ["blake"]);
        assert!((found.lines.value - 1.0 / 3.0).abs() < 1e-12 && found.lines.n == 3);
        assert_eq!(found.texts.value, 0.5);
        assert_eq!(copied(&refs[..0], &Groups::single(2).folds(2, 1)).map(|c| c.ids), None);
    }
}

//! A scheme as labels, and its undivided blocks.

use smallvec::SmallVec;

/// The label of a line that rhymes with none.
pub const ALONE: u8 = u8::MAX;

/// One label a line: 0, 1, … by first appearance, [`ALONE`] where unrhymed. Longer texts run through the labels again.
pub type Labels = SmallVec<[u8; 24]>;

/// Labels from any values: equal values rhyme, None and values that occur once do not.
pub fn labels<T: PartialEq>(values: &[Option<T>]) -> Labels {
    let mut out: Labels = SmallVec::from_elem(ALONE, values.len());
    let mut next = 0u8;
    for i in 0..values.len() {
        if values[i].is_none() || out[i] != ALONE {
            continue;
        }
        let mut shared = false;
        for j in i + 1..values.len() {
            if values[j] == values[i] {
                out[j] = next;
                shared = true;
            }
        }
        if shared {
            out[i] = next;
            next = (next + 1) % ALONE;
        }
    }
    out
}

/// The pattern in letters: "abab", `x` where a line rhymes with none.
pub fn pattern<T: PartialEq>(values: &[Option<T>]) -> String {
    write(&labels(values))
}

pub fn write(labels: &[u8]) -> String {
    labels.iter().map(|&l| if l == ALONE { "x".to_string() } else { super::letter(l.into()) }).collect()
}

/// Reads a pattern of one character a line.
pub fn read(pattern: &str) -> Labels {
    let values: Vec<Option<char>> = pattern.chars().map(|c| (c != 'x').then_some(c)).collect();
    labels(&values)
}

/// Where the scheme can be cut without parting two rhyming lines: the ends of its blocks ("aabb" → 2, 4).
pub fn cuts(labels: &[u8]) -> SmallVec<[usize; 12]> {
    let mut out = SmallVec::new();
    let mut reach = 0;
    for (i, &label) in labels.iter().enumerate() {
        if label != ALONE {
            // Labels are reused in very long texts, but never within the reach of a rhyme.
            reach = labels.iter().rposition(|&l| l == label).map_or(reach, |last| reach.max(last));
        }
        if reach <= i {
            out.push(i + 1);
        }
    }
    out
}

/// A block's labels, counted from 0.
pub fn block(labels: &[u8]) -> Labels {
    let values: SmallVec<[Option<u8>; 24]> = labels.iter().map(|&l| (l != ALONE).then_some(l)).collect();
    self::labels(&values)
}

/// The lines of each rhyme.
pub fn classes(labels: &[u8]) -> Vec<SmallVec<[u16; 6]>> {
    let mut out: Vec<SmallVec<[u16; 6]>> = Vec::new();
    for (i, &label) in labels.iter().enumerate() {
        if label == ALONE {
            continue;
        }
        let label = usize::from(label);
        if out.len() <= label {
            out.resize(label + 1, SmallVec::new());
        }
        out[label].push(i as u16);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_read_and_write() {
        assert_eq!(pattern(&[Some(4), Some(7), Some(4), Some(7)]), "abab");
        assert_eq!(pattern(&[Some(1), Some(2), Some(3), Some(2)]), "xaxa");
        assert_eq!(pattern(&[None, Some(2), None, Some(2)]), "xaxa");
        assert_eq!(write(&read("abcabc")), "abcabc");
        assert_eq!(write(&read("bxb")), "axa");
    }

    #[test]
    fn a_scheme_falls_into_blocks() {
        assert_eq!(cuts(&read("aabbcdcd")).as_slice(), [2, 4, 8]);
        assert_eq!(cuts(&read("xaxa")).as_slice(), [1, 4]);
        assert_eq!(cuts(&read("abba")).as_slice(), [4]);
        assert_eq!(write(&block(&read("aabbcc")[2..4])), "aa");
    }
}

//! What is heard between the lines of one stanza.

use phonetics::{Class, LineEnd};
use smallvec::SmallVec;

use super::Link;
use super::pattern::{ALONE, classes};

/// How many lines a rhyme reaches back in a stanza too long to hear every pair of.
const REACH: usize = 16;
/// Stanzas up to this length are heard whole.
const WHOLE: usize = 32;
/// What a pair that is not heard takes from a rhyme of three lines or more whose other pairs are.
const UNHEARD: f32 = -3.0;

/// Class and strength of every pair of lines within reach.
pub struct Evidence {
    pub lines: usize,
    reach: usize,
    /// By the later line, then by the distance back to the earlier, less one.
    pairs: Vec<(Class, f32)>,
}

impl Evidence {
    pub fn new(lines: &[Option<LineEnd>], hear: &dyn Fn(&LineEnd, &LineEnd) -> (Class, f32)) -> Evidence {
        let n = lines.len();
        let reach = if n <= WHOLE { n.saturating_sub(1) } else { REACH };
        let mut pairs = vec![(Class::None, f32::NEG_INFINITY); n * reach];
        for (j, later) in lines.iter().enumerate() {
            let Some(later) = later else { continue };
            for back in 1..=reach.min(j) {
                let Some(earlier) = &lines[j - back] else { continue };
                let (class, strength) = hear(earlier, later);
                if class != Class::None {
                    pairs[j * reach + back - 1] = (class, strength);
                }
            }
        }
        Evidence { lines: n, reach, pairs }
    }

    /// Class and strength of lines `i < j`; class none out of reach.
    pub fn pair(&self, i: usize, j: usize) -> (Class, f32) {
        if j - i > self.reach { (Class::None, f32::NEG_INFINITY) } else { self.pairs[j * self.reach + (j - i) - 1] }
    }

    /// The evidence for one rhyme of these lines: the mean strength of its pairs times the links that bind them (lines − 1),
    /// for the pairs of one rhyme do not vouch for each other independently. None where the pairs that are heard do not
    /// bind all the lines; a pair that is not heard costs [`UNHEARD`].
    pub fn of_class(&self, lines: &[u16], offset: usize, floor: f32) -> Option<f32> {
        if let &[i, j] = lines {
            let (i, j) = (offset + usize::from(i), offset + usize::from(j));
            let strength = self.pair(i, j).1;
            return (strength >= floor).then_some(strength);
        }
        let (mut sum, mut count) = (0.0, 0);
        // Which lines hang together, as bits; the first 64 lines of a rhyme are enough to tell.
        let mut bound: SmallVec<[u64; 8]> = (0..lines.len()).map(|n| 1 << n.min(63)).collect();
        for (n, &i) in lines.iter().enumerate() {
            for (m, &j) in lines.iter().enumerate().skip(n + 1) {
                let (i, j) = (offset + usize::from(i), offset + usize::from(j));
                if j - i > self.reach {
                    continue;
                }
                let strength = self.pair(i, j).1;
                count += 1;
                if strength < floor {
                    sum += UNHEARD;
                    continue;
                }
                sum += strength;
                let both = bound[n] | bound[m];
                bound.iter_mut().filter(|b| **b & both != 0).for_each(|b| *b |= both);
            }
        }
        let all = bound[0];
        let whole = bound.iter().all(|b| *b == all);
        (count > 0 && whole).then(|| sum / count as f32 * (lines.len() - 1) as f32)
    }

    /// Whether `after` parts two lines that `before` links by a perfect or rich rhyme.
    pub fn loses_perfect(&self, before: &[u8], after: &[u8]) -> bool {
        let perfect = |link: &Link| matches!(link.class, Class::Perfect | Class::Rich);
        self.links(before).iter().filter(|l| perfect(l)).any(|l| {
            let (i, j) = l.lines;
            after[i] == ALONE || after[i] != after[j]
        })
    }

    /// Every link of a scheme, within reach.
    pub fn links(&self, labels: &[u8]) -> Vec<Link> {
        let mut out = Vec::new();
        if labels.iter().all(|&l| l == ALONE) {
            return out;
        }
        for lines in classes(labels) {
            for (n, &i) in lines.iter().enumerate() {
                for &j in &lines[n + 1..] {
                    let (i, j) = (usize::from(i), usize::from(j));
                    if j - i <= self.reach {
                        let (class, strength) = self.pair(i, j);
                        if class != Class::None {
                            out.push(Link { lines: (i, j), class, strength });
                        }
                    }
                }
            }
        }
        out
    }
}

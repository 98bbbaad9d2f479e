//! What is heard between the lines of one stanza.

use phonetics::{Class, LineEnd};

use super::Link;
use super::pattern::{ALONE, classes};

/// How many lines a rhyme reaches back in a stanza too long to hear every pair of.
const REACH: usize = 16;
/// Stanzas up to this length are heard whole.
const WHOLE: usize = 32;

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

    /// Whether nothing is heard between `i < j`, out of reach apart.
    pub fn forbids(&self, i: usize, j: usize, floor: f32) -> bool {
        j - i <= self.reach && self.pairs[j * self.reach + (j - i) - 1].1 < floor
    }

    /// The evidence for one rhyme of these lines: the mean strength of its pairs times the links that bind them (lines − 1),
    /// for the pairs of one rhyme do not vouch for each other independently. None where a pair is unheard.
    pub fn of_class(&self, lines: &[u16], offset: usize, floor: f32) -> Option<f32> {
        let (mut sum, mut count) = (0.0, 0);
        for (n, &i) in lines.iter().enumerate() {
            for &j in &lines[n + 1..] {
                let (i, j) = (offset + usize::from(i), offset + usize::from(j));
                if self.forbids(i, j, floor) {
                    return None;
                }
                if j - i <= self.reach {
                    sum += self.pair(i, j).1;
                    count += 1;
                }
            }
        }
        (count > 0).then(|| sum / count as f32 * (lines.len() - 1) as f32)
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
                        out.push(Link { lines: (i, j), class, strength });
                    }
                }
            }
        }
        out
    }
}

//! How likely a scheme is before a sound is heard.
//!
//! Three kinds of stanza are thought of. One rhymes by a pattern: its chance is how often the pattern was annotated at that
//! length (`data/rhyme_schemes.tsv`), smoothed by Witten and Bell's rule with a chain of *blocks*, the undivided parts of a
//! scheme (aabbcc = aa + aa + aa), each given the block before. One does not rhyme. One rhymes here and there.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use super::pattern::{self, ALONE, Labels};
use super::search::Found;

/// Chances of a stanza that does not rhyme, and of one that rhymes here and there; the rest rhymes by a pattern.
const UNRHYMED: f32 = 0.2;
const SPORADIC: f32 = 0.1;
/// In a stanza that rhymes here and there: the chance that a line answers an earlier one, and that it answers the line one
/// further back rather than this one.
const ANSWERS: f32 = 0.1;
const FURTHER: f32 = 0.7;
/// Cost, in nats a line, of a block that was never annotated, besides that of being new.
const NEW_LINE: f32 = 1.6;

/// A scheme of the table: labels, and the lines of each rhyme.
pub struct Entry {
    pub labels: Labels,
    pub classes: Vec<smallvec::SmallVec<[u16; 6]>>,
}

impl Entry {
    fn new(labels: Labels) -> Entry {
        let classes = pattern::classes(&labels);
        Entry { labels, classes }
    }
}

/// Counts of annotated schemes, ready for questions.
pub struct Prior {
    /// By length, the annotated schemes, commonest first, with the logarithms of their chances.
    tables: Vec<Vec<(Entry, f32)>>,
    /// By length, the logarithm of the chance that a scheme is not in the table.
    unseen: Vec<f32>,
    known: HashMap<Labels, f32>,
    /// The blocks, commonest first.
    pub blocks: Vec<Entry>,
    numbers: HashMap<Labels, usize>,
    /// ln P(block | block before), block before = `blocks.len()` at the start.
    follows: Vec<f32>,
    /// ln P(a block never annotated | block before).
    fresh: Vec<f32>,
}

static FILE: &str = include_str!("../../../../data/rhyme_schemes.tsv");
/// For today's ears, and for historical ones.
static SHIPPED: LazyLock<[Prior; 2]> = LazyLock::new(|| [false, true].map(|historical| Prior::parse(FILE, historical)));

impl Prior {
    pub fn shipped(historical: bool) -> &'static Prior {
        &SHIPPED[usize::from(historical)]
    }

    /// From lines of scheme, stanzas among people's, stanzas among people's and models' (for today's ears), parted by tabs; `#`
    /// begins a comment.
    pub fn parse(file: &str, historical: bool) -> Prior {
        let count = |line: &str| {
            let mut fields = line.split('\t');
            let (scheme, old, today) = (fields.next()?, fields.next()?, fields.next()?);
            let count: f32 = if historical { old } else { today }.trim().parse().ok()?;
            (count > 0.0).then(|| (pattern::read(scheme), count))
        };
        let counts: Vec<(Labels, f32)> = file.lines().filter(|l| !l.starts_with('#')).filter_map(count).collect();
        let (blocks, follows, fresh) = chain(&counts);
        let numbers = blocks.iter().enumerate().map(|(i, b)| (b.labels.clone(), i)).collect();
        let mut prior =
            Prior { tables: Vec::new(), unseen: Vec::new(), known: HashMap::new(), blocks, numbers, follows, fresh };
        let longest = counts.iter().map(|(l, _)| l.len()).max().unwrap_or(0);
        for n in 0..=longest {
            let mut here: Vec<&(Labels, f32)> = counts.iter().filter(|(l, _)| l.len() == n).collect();
            here.sort_by(|a, b| b.1.total_cmp(&a.1));
            let total: f32 = here.iter().map(|(_, c)| c).sum();
            let types = here.len() as f32;
            let unseen = (types.max(1.0) / (total + types.max(1.0))).ln();
            let table = here.into_iter().map(|(labels, count)| {
                let backed = (unseen + prior.chain(labels)).exp();
                let log = (count / (total + types) + backed).ln();
                (Entry::new(labels.clone()), log)
            });
            let table: Vec<(Entry, f32)> = table.collect();
            prior.known.extend(table.iter().map(|(e, log)| (e.labels.clone(), *log)));
            prior.unseen.push(unseen);
            prior.tables.push(table);
        }
        prior
    }

    /// The annotated schemes of this length with their logarithms.
    pub fn table(&self, lines: usize) -> &[(Entry, f32)] {
        self.tables.get(lines).map_or(&[], Vec::as_slice)
    }

    /// ln P(scheme) by the pattern alone.
    pub fn patterned(&self, labels: &Labels) -> f32 {
        if let Some(&log) = self.known.get(labels) {
            return log;
        }
        self.unseen.get(labels.len()).copied().unwrap_or(0.0) + self.chain(labels)
    }

    /// ln of the chance of a scheme as a chain of blocks.
    fn chain(&self, labels: &[u8]) -> f32 {
        let (mut sum, mut start, mut before) = (0.0, 0, self.blocks.len());
        for end in pattern::cuts(labels) {
            let block = pattern::block(&labels[start..end]);
            let number = self.numbers.get(&block).copied();
            sum += self.follow(before, number, end - start);
            before = number.unwrap_or(self.blocks.len());
            start = end;
        }
        sum
    }

    /// ln P(block | block before); a block without a number was never annotated.
    pub fn follow(&self, before: usize, block: Option<usize>, lines: usize) -> f32 {
        match block {
            Some(b) => self.follows[before * self.blocks.len() + b],
            None => self.fresh[before] - NEW_LINE * lines as f32,
        }
    }

    /// ln P(scheme), over all three kinds of stanza.
    pub fn log(&self, labels: &Labels, patterned: f32) -> f32 {
        let sporadic = SPORADIC.ln() + sporadic(labels);
        let by_pattern = (1.0 - UNRHYMED - SPORADIC).ln() + patterned;
        let mut sum = sporadic.exp() + by_pattern.exp();
        if labels.iter().all(|&l| l == ALONE) {
            sum += UNRHYMED;
        }
        if sum > 0.0 { sum.ln() } else { sporadic.max(by_pattern) }
    }
}

/// ln P(scheme) where each line answers an earlier one now and then.
fn sporadic(labels: &[u8]) -> f32 {
    let mut sum = 0.0;
    for (i, &label) in labels.iter().enumerate().skip(1) {
        let back = if label == ALONE { None } else { labels[..i].iter().rev().position(|&l| l == label) };
        sum += match back {
            Some(back) => ANSWERS.ln() + (1.0 - FURTHER).ln() + back as f32 * FURTHER.ln(),
            None => (1.0 - ANSWERS).ln(),
        };
    }
    sum
}

type Chain = (Vec<Entry>, Vec<f32>, Vec<f32>);

/// The blocks of the annotated schemes and how they follow each other, interpolated by Witten and Bell's rule.
fn chain(counts: &[(Labels, f32)]) -> Chain {
    let mut singles: HashMap<Labels, f32> = HashMap::new();
    let mut pairs: HashMap<(Option<Labels>, Labels), f32> = HashMap::new();
    for (labels, count) in counts {
        let (mut start, mut before) = (0, None);
        for end in pattern::cuts(labels) {
            let block = pattern::block(&labels[start..end]);
            *singles.entry(block.clone()).or_default() += count;
            *pairs.entry((before, block.clone())).or_default() += count;
            before = Some(block);
            start = end;
        }
    }
    singles.entry(Labels::from_slice(&[ALONE])).or_insert(1.0);
    let mut blocks: Vec<(Labels, f32)> = singles.into_iter().collect();
    blocks.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let (total, types) = (blocks.iter().map(|b| b.1).sum::<f32>(), blocks.len() as f32);
    let single: Vec<f32> = blocks.iter().map(|b| b.1 / (total + types)).collect();
    let new = types / (total + types);
    let n = blocks.len();
    let (mut follows, mut fresh) = (Vec::with_capacity((n + 1) * n), Vec::with_capacity(n + 1));
    for before in 0..=n {
        let before = blocks.get(before).map(|b| b.0.clone());
        let count = |b: &Labels| pairs.get(&(before.clone(), b.clone())).copied().unwrap_or(0.0);
        let seen: Vec<f32> = blocks.iter().map(|(b, _)| count(b)).collect();
        let (sum, kinds) = (seen.iter().sum::<f32>(), seen.iter().filter(|&&c| c > 0.0).count().max(1) as f32);
        follows.extend(seen.iter().zip(&single).map(|(c, p)| ((c + kinds * p) / (sum + kinds)).ln()));
        fresh.push((kinds * new / (sum + kinds)).ln());
    }
    (blocks.into_iter().map(|(labels, _)| Entry::new(labels)).collect(), follows, fresh)
}

/// How the other stanzas of the poem rhyme.
pub struct Sisters {
    // in order: they are candidates, and the first of equals wins
    schemes: BTreeMap<Labels, f32>,
    lengths: BTreeMap<usize, f32>,
}

/// How many stanzas the general prior counts for, beside the poem's own.
const PRIOR_STANZAS: f32 = 1.0;

impl Sisters {
    pub fn new(found: &[Found]) -> Sisters {
        let mut sisters = Sisters { schemes: BTreeMap::new(), lengths: BTreeMap::new() };
        for f in found {
            *sisters.schemes.entry(f.labels.clone()).or_default() += f.confidence;
            *sisters.lengths.entry(f.labels.len()).or_default() += f.confidence;
        }
        sisters
    }

    /// ln P(scheme) where the poem's other stanzas are known; `own` is what was found for this stanza, to be left out.
    pub fn log(&self, labels: &Labels, general: f32, own: &Found) -> f32 {
        let own_scheme = if own.labels == *labels { own.confidence } else { 0.0 };
        let same = self.schemes.get(labels).map_or(0.0, |c| c - own_scheme).max(0.0);
        let all = self.lengths.get(&labels.len()).map_or(0.0, |c| c - own.confidence).max(0.0);
        ((same + PRIOR_STANZAS * general.exp()) / (all + PRIOR_STANZAS)).ln().max(general - 3.0)
    }

    pub fn schemes(&self, lines: usize) -> impl Iterator<Item = &Labels> {
        self.schemes.keys().filter(move |l| l.len() == lines)
    }
}

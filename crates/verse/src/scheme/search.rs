//! The likeliest scheme of a stanza.
//!
//! Candidates come from three places: the annotated schemes of that length, the best chains of blocks (a beam over the
//! lines), and the evidence alone (rhymes joined from the strongest pair down). All are scored alike.

use smallvec::SmallVec;

use super::evidence::Evidence;
use super::pattern::{self, ALONE, Labels};
use super::prior::{Prior, Sisters};

/// How far evidence counts against the prior. Chosen, as are the next two and the chances in `prior`, by cross-validation: as
/// many schemes right as can be while of lines whose end words are drawn at random fewer than one in fifty rhymes.
const TRUST: f32 = 1.1;
/// Pairs heard more weakly than this are not heard: about one pair of words in a hundred drawn at random passes.
const FLOOR: f32 = -1.5;
/// The same where the poem's other stanzas are known: their pattern may confirm what is weaker (deep, keeps; truth, proof), as
/// long as the ear calls it a slant rhyme.
const FLOOR_AMONG_SISTERS: f32 = -2.6;
/// A pair heard at least so strongly is joined by the evidence alone.
const STRONG: f32 = 2.0;
/// Hypotheses kept at each line.
const BEAM: usize = 8;

/// A scheme with the chance that it is right.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    pub labels: Labels,
    pub confidence: f32,
}

pub fn find(evidence: &Evidence, prior: &Prior, sisters: Option<(&Sisters, &Found)>) -> Found {
    let n = evidence.lines;
    let floor = if sisters.is_some() { FLOOR_AMONG_SISTERS } else { FLOOR };
    let mut candidates = Candidates { evidence, prior, sisters, floor, seen: SmallVec::new() };
    candidates.add(SmallVec::from_elem(ALONE, n));
    for (entry, log) in prior.table(n) {
        let heard = entry.classes.iter().map(|c| evidence.of_class(c, 0, floor)).sum::<Option<f32>>();
        if let Some(heard) = heard {
            candidates.score(entry.labels.clone(), *log, heard);
        }
    }
    if let Some((sisters, _)) = sisters {
        for labels in sisters.schemes(n) {
            candidates.add(labels.clone());
        }
    }
    let joined = joined(evidence);
    // Where the ear alone gives the scheme that is likeliest of the annotated ones, other chains of blocks need no search.
    if candidates.leader() != Some(&joined) {
        for labels in chains(evidence, prior) {
            candidates.add(labels);
        }
        candidates.add(joined);
    }
    candidates.best()
}

struct Candidates<'a> {
    evidence: &'a Evidence,
    prior: &'a Prior,
    sisters: Option<(&'a Sisters, &'a Found)>,
    floor: f32,
    seen: SmallVec<[(Labels, f32); 8]>,
}

impl Candidates<'_> {
    fn leader(&self) -> Option<&Labels> {
        self.seen.iter().max_by(|a, b| a.1.total_cmp(&b.1)).map(|s| &s.0)
    }

    fn add(&mut self, labels: Labels) {
        if self.seen.iter().any(|(l, _)| *l == labels) {
            return;
        }
        let heard =
            pattern::classes(&labels).iter().map(|c| self.evidence.of_class(c, 0, self.floor)).sum::<Option<f32>>();
        if let Some(heard) = heard {
            let patterned = self.prior.patterned(&labels);
            self.score(labels, patterned, heard);
        }
    }

    fn score(&mut self, labels: Labels, patterned: f32, heard: f32) {
        let general = self.prior.log(&labels, patterned);
        let log = match self.sisters {
            Some((sisters, own)) => sisters.log(&labels, general, own),
            None => general,
        };
        self.seen.push((labels, log + TRUST * heard));
    }

    fn best(self) -> Found {
        let top = self.seen.iter().map(|s| s.1).fold(f32::NEG_INFINITY, f32::max);
        let total: f32 = self.seen.iter().map(|s| (s.1 - top).exp()).sum();
        let best = self.seen.into_iter().max_by(|a, b| a.1.total_cmp(&b.1)).map(|s| s.0).unwrap_or_default();
        Found { labels: best, confidence: 1.0 / total }
    }
}

/// The best schemes that are chains of annotated blocks.
fn chains(evidence: &Evidence, prior: &Prior) -> Vec<Labels> {
    struct Hypothesis {
        score: f32,
        block: usize,
        from: usize,
        rank: usize,
    }
    let n = evidence.lines;
    let mut beams: Vec<Vec<Hypothesis>> = (0..=n).map(|_| Vec::new()).collect();
    beams[0].push(Hypothesis { score: 0.0, block: prior.blocks.len(), from: 0, rank: 0 });
    for start in 0..n {
        beams[start].sort_by(|a, b| b.score.total_cmp(&a.score));
        beams[start].truncate(BEAM);
        let mut fits: SmallVec<[(usize, f32); 16]> = SmallVec::new();
        for (b, block) in prior.blocks.iter().enumerate() {
            if start + block.labels.len() > n {
                continue;
            }
            if let Some(heard) = block.classes.iter().map(|c| evidence.of_class(c, start, FLOOR)).sum::<Option<f32>>() {
                fits.push((b, heard));
            }
        }
        for rank in 0..beams[start].len() {
            let (score, before) = (beams[start][rank].score, beams[start][rank].block);
            for &(b, heard) in &fits {
                let lines = prior.blocks[b].labels.len();
                let score = score + prior.follow(before, Some(b), lines) + TRUST * heard;
                let end = &mut beams[start + lines];
                // One hypothesis for each last block: what came before it no longer matters.
                match end.iter_mut().find(|h| h.block == b) {
                    Some(h) if h.score >= score => {}
                    Some(h) => *h = Hypothesis { score, block: b, from: start, rank },
                    None => end.push(Hypothesis { score, block: b, from: start, rank }),
                }
            }
        }
    }
    beams[n].sort_by(|a, b| b.score.total_cmp(&a.score));
    let trace = |mut rank: usize| {
        let mut at = n;
        let mut blocks: SmallVec<[(usize, usize); 24]> = SmallVec::new();
        while at > 0 {
            let h = &beams[at][rank];
            blocks.push((h.from, h.block));
            (at, rank) = (h.from, h.rank);
        }
        let mut values: Vec<Option<(usize, u8)>> = vec![None; n];
        for (from, block) in blocks {
            for (i, &label) in prior.blocks[block].labels.iter().enumerate() {
                values[from + i] = (label != ALONE).then_some((from, label));
            }
        }
        pattern::labels(&values)
    };
    (0..beams[n].len().min(3)).map(trace).collect()
}

/// The scheme that the evidence alone gives: pairs joined from the strongest down, where every pair of the joined lines is
/// heard.
fn joined(evidence: &Evidence) -> Labels {
    let n = evidence.lines;
    let mut pairs: Vec<(f32, usize, usize)> = Vec::new();
    for j in 1..n {
        for i in 0..j {
            let strength = evidence.pair(i, j).1;
            if strength >= STRONG {
                pairs.push((strength, i, j));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut of: Vec<usize> = (0..n).collect();
    for (_, i, j) in pairs {
        let (a, b) = (of[i], of[j]);
        if a == b {
            continue;
        }
        let members: SmallVec<[u16; 8]> = (0..n).filter(|&k| of[k] == a || of[k] == b).map(|k| k as u16).collect();
        if evidence.of_class(&members, 0, FLOOR).is_some() {
            of.iter_mut().filter(|c| **c == b).for_each(|c| *c = a);
        }
    }
    let values: Vec<Option<usize>> = of.into_iter().map(Some).collect();
    pattern::labels(&values)
}

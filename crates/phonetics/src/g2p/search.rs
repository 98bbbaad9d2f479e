//! The beam search that joins both models.

use super::net::{History, Scratch};
use super::{END, G2p, MOST_UNITS};

/// Hypotheses that live on after each letter.
const BEAM: usize = 8;
/// How far behind the best, in nats, a hypothesis may fall.
const WIDTH: f32 = 4.5;
/// What a nat of the n-gram model weighs beside one of the network.
pub const NGRAM_WEIGHT: f32 = 0.75;

#[derive(Debug, Clone, Copy)]
struct Hypothesis {
    score: f32,
    state: u32,
    /// The step that led here.
    step: u32,
    history: History,
}

/// Buffers, kept between words.
#[derive(Debug, Default)]
pub(super) struct Search {
    beam: Vec<Hypothesis>,
    next: Vec<Hypothesis>,
    /// Every step taken: the step before it, and the unit.
    steps: Vec<(u32, u16)>,
    scratch: Scratch,
}

impl Search {
    /// The best sequences of units for `letters` (0–25), best first, at most [`BEAM`].
    pub fn run(&mut self, model: &G2p, letters: &[u8]) -> Vec<Vec<u16>> {
        self.beam.clear();
        self.steps.clear();
        let history = History::start(model.units.len());
        self.beam.push(Hypothesis { score: 0.0, state: model.ngram.start(), step: u32::MAX, history });
        for (place, letter) in letters.iter().enumerate() {
            model.net.look_at(letters, place, &mut self.scratch);
            self.advance(model, *letter as usize);
        }
        self.advance(model, END);
        self.beam.iter().map(|hypothesis| self.trace(hypothesis.step)).collect()
    }

    fn trace(&self, step: u32) -> Vec<u16> {
        // The last step is the end of the word.
        let mut at = self.steps.get(step as usize).map_or(u32::MAX, |s| s.0);
        let mut units = Vec::new();
        while let Some((before, unit)) = self.steps.get(at as usize) {
            units.push(*unit);
            at = *before;
        }
        units.reverse();
        units
    }

    fn advance(&mut self, model: &G2p, letter: usize) {
        let (low, high) = (model.first[letter], model.first[letter + 1]);
        let wanted = u64::MAX >> (MOST_UNITS - (high - low) as usize);
        let mut best = f32::NEG_INFINITY;
        self.next.clear();
        for &Hypothesis { score, state, step, history } in &self.beam {
            // No probability is above one: whoever is behind now stays behind.
            if score <= best - WIDTH {
                break;
            }
            let mut scores = [0.0; MOST_UNITS];
            let scores = &mut scores[..(high - low) as usize];
            if letter != END {
                model.net.score(&history, letter, scores, &mut self.scratch);
            }
            let mut seen = 0_u64;
            let (mut context, mut price) = (state, 0.0);
            loop {
                for arc in model.ngram.arcs(context, low, high) {
                    let bit = 1 << (arc.unit - low);
                    if seen & bit != 0 {
                        continue;
                    }
                    seen |= bit;
                    let score = score + scores[(arc.unit - low) as usize] - NGRAM_WEIGHT * (price + arc.price());
                    if score > best - WIDTH {
                        best = best.max(score);
                        let history = history.after(arc.unit, &model.units[arc.unit as usize].stresses);
                        self.next.push(Hypothesis { score, state: arc.target, step: self.steps.len() as u32, history });
                        self.steps.push((step, arc.unit));
                    }
                }
                let Some((shorter, more)) = model.ngram.back_off(context) else { break };
                price += more;
                if seen == wanted || score - NGRAM_WEIGHT * price <= best - WIDTH {
                    break;
                }
                context = shorter;
            }
        }
        self.next.retain(|h| h.score > best - WIDTH);
        // A stable sort: equals keep the order in which they were found.
        self.next.sort_by(|a, b| b.score.total_cmp(&a.score));
        self.next.truncate(BEAM);
        std::mem::swap(&mut self.beam, &mut self.next);
    }
}

//! The beam search that joins the models.

use super::net::{History, Net, Scratch};
use super::{END, G2p, MOST_UNITS};

/// Hypotheses that live on after each letter.
const BEAM: usize = 8;
/// How far behind the best, in nats, a hypothesis may fall.
const WIDTH: f32 = 5.0;
/// What a nat of the n-gram model weighs beside one of the network.
pub const NGRAM_WEIGHT: f32 = 0.75;
/// What a nat of the twin weighs beside one of the network that searches.
const TWIN_WEIGHT: f32 = 0.5;
/// The twin is asked about readings at most this far behind the best, in nats; it seldom finds a better one farther back.
const DOUBT: f32 = 1.0;

#[derive(Debug, Clone, Copy)]
struct Hypothesis {
    score: f32,
    state: u32,
    /// The step that led here.
    step: u32,
    history: History,
}

/// A reading of a whole word.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub score: f32,
    /// In the order in which they were read.
    pub units: Vec<u16>,
}

/// What a network said of one letter after one history.
#[derive(Debug, Clone, Copy)]
struct Answer {
    history: History,
    scores: [f32; MOST_UNITS],
}

/// Buffers, kept between words.
#[derive(Debug, Default)]
pub(super) struct Search {
    beam: Vec<Hypothesis>,
    next: Vec<Hypothesis>,
    /// Every step taken: the step before it, and the unit.
    steps: Vec<(u32, u16)>,
    /// What has been asked about the letter at hand.
    answers: Vec<Answer>,
    histories: Vec<History>,
    scratch: Scratch,
}

impl Search {
    /// The best readings of `letters` (0–25, as written), best first, at most [`BEAM`]; their units from the last to the first.
    pub fn best(&mut self, model: &G2p, letters: &[u8]) -> Vec<Found> {
        let backward: Vec<u8> = letters.iter().rev().copied().collect();
        let mut found = self.run(model, &backward);
        let Some(twin) = &model.twin else { return found };
        let doubtful = found.partition_point(|f| f.score > found[0].score - DOUBT);
        if doubtful > 1 {
            self.ask_twin(model, twin, letters, &mut found[..doubtful]);
            found[..doubtful].sort_by(|a, b| b.score.total_cmp(&a.score));
        }
        found
    }

    /// Adds what the twin thinks of each reading.
    fn ask_twin(&mut self, model: &G2p, twin: &Net, letters: &[u8], found: &mut [Found]) {
        self.histories.clear();
        self.histories.resize(found.len(), History::start(model.units.len()));
        for (place, letter) in letters.iter().map(|l| *l as usize).enumerate() {
            twin.look_at(letters, place, &mut self.scratch);
            self.answers.clear();
            let (low, high) = (model.first[letter], model.first[letter + 1]);
            for (found, history) in found.iter_mut().zip(&mut self.histories) {
                let unit = found.units[letters.len() - 1 - place];
                let width = (high - low) as usize;
                let answer = answer(twin, history, letter, width, &mut self.answers, &mut self.scratch);
                found.score += TWIN_WEIGHT * self.answers[answer].scores[(unit - low) as usize];
                *history = history.after(unit, &model.units[unit as usize].stresses);
            }
        }
    }

    /// The best sequences of units for `letters` (0–25, in the order in which the model reads), best first, at most [`BEAM`].
    pub fn run(&mut self, model: &G2p, letters: &[u8]) -> Vec<Found> {
        self.beam.clear();
        self.steps.clear();
        let history = History::start(model.units.len());
        self.beam.push(Hypothesis { score: 0.0, state: model.ngram.start(), step: u32::MAX, history });
        for (place, letter) in letters.iter().enumerate() {
            model.net.look_at(letters, place, &mut self.scratch);
            self.advance(model, *letter as usize);
        }
        self.advance(model, END);
        self.beam.iter().map(|h| Found { score: h.score, units: self.trace(h.step) }).collect()
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
        self.answers.clear();
        for &Hypothesis { score, state, step, history } in &self.beam {
            // No probability is above one: whoever is behind now stays behind.
            if score <= best - WIDTH {
                break;
            }
            let scores = if letter == END {
                [0.0; MOST_UNITS]
            } else {
                let width = (high - low) as usize;
                let at = answer(&model.net, &history, letter, width, &mut self.answers, &mut self.scratch);
                self.answers[at].scores
            };
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

/// Where among the answers the one to this history is; it is asked for if it isn't there yet.
fn answer(
    net: &Net,
    history: &History,
    letter: usize,
    width: usize,
    answers: &mut Vec<Answer>,
    scratch: &mut Scratch,
) -> usize {
    answers.iter().position(|a| a.history == *history).unwrap_or_else(|| {
        let mut scores = [0.0; MOST_UNITS];
        net.score(history, letter, &mut scores[..width], scratch);
        answers.push(Answer { history: *history, scores });
        answers.len() - 1
    })
}

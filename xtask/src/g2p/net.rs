//! Training of the network: first letter by letter, then on whole readings.

use phonetics::g2p::{History, INPUTS, MOST_UNITS, Rows};

use super::{Example, Random};

/// Widths of the hidden layers.
pub const HIDDEN: (usize, usize) = (256, 128);

/// Letters or words whose gradients are added up before a step.
const BATCH: usize = 128;

#[derive(Clone)]
pub struct Net {
    units: usize,
    /// `[row][hidden 1]`, rows as in [`Rows`].
    embed: Vec<f32>,
    bias1: Vec<f32>,
    /// `[hidden 1][hidden 2]`
    dense: Vec<f32>,
    bias2: Vec<f32>,
    /// `[unit][hidden 2]`
    out: Vec<f32>,
    bias3: Vec<f32>,
}

impl Net {
    fn zero(units: usize) -> Net {
        let (a, b) = HIDDEN;
        Net {
            units,
            embed: vec![0.0; Rows { units }.count() * a],
            bias1: vec![0.0; a],
            dense: vec![0.0; a * b],
            bias2: vec![0.0; b],
            out: vec![0.0; units * b],
            bias3: vec![0.0; units],
        }
    }

    fn random(units: usize, random: &mut Random) -> Net {
        let mut net = Net::zero(units);
        let mut fill = |weights: &mut Vec<f32>, reach: f32| {
            weights.iter_mut().for_each(|w| *w = (random.uniform() * 2.0 - 1.0) * reach);
        };
        fill(&mut net.embed, 0.15);
        fill(&mut net.dense, (3.0 / HIDDEN.0 as f32).sqrt());
        fill(&mut net.out, (1.0 / HIDDEN.1 as f32).sqrt());
        net
    }

    fn parts(&mut self) -> [&mut Vec<f32>; 6] {
        [&mut self.embed, &mut self.bias1, &mut self.dense, &mut self.bias2, &mut self.out, &mut self.bias3]
    }

    /// As the phonetics crate reads it: widths, then every array in bytes after its step; bias 1 has the step of embed.
    pub fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&(HIDDEN.0 as u16).to_le_bytes());
        bytes.extend_from_slice(&(HIDDEN.1 as u16).to_le_bytes());
        let step_of = |weights: &[f32]| weights.iter().fold(1e-9_f32, |m, w| m.max(w.abs())) / 127.0;
        let quantize = |weights: &[f32], step: f32| {
            weights.iter().map(|w| (w / step).round().clamp(-127.0, 127.0) as i8 as u8).collect::<Vec<u8>>()
        };
        let step = step_of(&self.embed);
        bytes.extend_from_slice(&step.to_le_bytes());
        bytes.extend(quantize(&self.embed, step));
        bytes.extend(quantize(&self.bias1, step));
        for weights in [&self.dense, &self.bias2, &self.out, &self.bias3] {
            let step = step_of(weights);
            bytes.extend_from_slice(&step.to_le_bytes());
            bytes.extend(quantize(weights, step));
        }
    }
}

/// Adam (Kingma & Ba 2015).
struct Adam {
    mean: Net,
    square: Net,
    steps: i32,
}

impl Adam {
    fn new(units: usize) -> Adam {
        Adam { mean: Net::zero(units), square: Net::zero(units), steps: 0 }
    }

    /// Moves `net` against `gradient`, which is emptied.
    fn step(&mut self, net: &mut Net, gradient: &mut Net, rate: f32) {
        self.steps += 1;
        let (c1, c2) = (1.0 - 0.9_f32.powi(self.steps), 1.0 - 0.999_f32.powi(self.steps));
        let moments = self.mean.parts().into_iter().zip(self.square.parts());
        for ((weights, gradient), (mean, square)) in net.parts().into_iter().zip(gradient.parts()).zip(moments) {
            for (((w, g), m), s) in
                weights.iter_mut().zip(gradient.iter_mut()).zip(mean.iter_mut()).zip(square.iter_mut())
            {
                let mean_gradient = *g / BATCH as f32;
                *g = 0.0;
                *m = 0.9 * *m + 0.1 * mean_gradient;
                *s = 0.999 * *s + 0.001 * mean_gradient * mean_gradient;
                *w -= rate * (*m / c1) / ((*s / c2).sqrt() + 1e-8);
            }
        }
    }
}

/// The pace of a training: up in 500 steps, then down to a fiftieth in a straight line.
fn pace(rate: f32, step: usize, steps: usize) -> f32 {
    rate * (1.0 - step as f32 / steps as f32).max(0.02) * (step as f32 / 500.0).min(1.0)
}

/// How long, how fast, and how much at a time.
#[derive(Debug, Clone, Copy)]
pub struct Course {
    pub rounds: usize,
    pub rate: f32,
    /// Share of the hidden outputs left out (Srivastava et al. 2014).
    pub drop: f32,
}

/// What the net is asked about one letter.
#[derive(Clone)]
struct Question {
    rows: [u32; INPUTS],
    low: u16,
    high: u16,
}

impl Question {
    fn new(units: usize, letters: &[u8], place: usize, history: &History, first: &[u16]) -> Question {
        let rows = Rows { units };
        let mut all = rows.letters(letters, place).chain(rows.history(history));
        let letter = letters[place] as usize;
        Question {
            rows: std::array::from_fn(|_| all.next().expect("a row for every input") as u32),
            low: first[letter],
            high: first[letter + 1],
        }
    }
}

/// What the layers said to one question.
struct Answer {
    h1: [f32; HIDDEN.0],
    h2: [f32; HIDDEN.1],
    /// Log probabilities of the letter's units.
    scores: [f32; MOST_UNITS],
}

fn answer(net: &Net, question: &Question, drop: f32, random: &mut Random) -> Answer {
    let (a, b) = HIDDEN;
    let keep = 1.0 / (1.0 - drop);
    let mut h1 = [0.0; HIDDEN.0];
    h1.copy_from_slice(&net.bias1);
    for row in question.rows.iter().map(|r| *r as usize * a) {
        add(&mut h1, 1.0, &net.embed[row..row + a]);
    }
    let mut h2 = [0.0; HIDDEN.1];
    h2.copy_from_slice(&net.bias2);
    for (x, row) in h1.iter_mut().zip(net.dense.chunks_exact(b)) {
        if *x > 0.0 && (drop == 0.0 || random.uniform() >= drop) {
            *x *= keep;
            add(&mut h2, *x, row);
        } else {
            *x = 0.0;
        }
    }
    for x in &mut h2 {
        *x = if *x > 0.0 && (drop == 0.0 || random.uniform() >= drop) { *x * keep } else { 0.0 };
    }
    let mut scores = [f32::NEG_INFINITY; MOST_UNITS];
    let (low, high) = (question.low as usize, question.high as usize);
    for (score, u) in scores.iter_mut().zip(low..high) {
        *score = net.bias3[u] + dot(&h2, &net.out[u * b..(u + 1) * b]);
    }
    let top = scores.iter().copied().fold(f32::MIN, f32::max);
    let total = scores.iter().map(|s| (s - top).exp()).sum::<f32>().ln() + top;
    scores.iter_mut().for_each(|s| *s -= total);
    Answer { h1, h2, scores }
}

/// Adds to `gradient` what `slopes` (of the loss, by the score of each unit before normalization) ask for.
fn learn(net: &Net, gradient: &mut Net, question: &Question, answer: &Answer, slopes: &[f32], drop: f32) {
    let (a, b) = HIDDEN;
    let keep = 1.0 / (1.0 - drop);
    let mut d2 = [0.0; HIDDEN.1];
    for (u, slope) in (question.low as usize..).zip(slopes) {
        if slope.abs() < 1e-4 {
            continue;
        }
        let row = u * b..(u + 1) * b;
        gradient.bias3[u] += slope;
        add(&mut gradient.out[row.clone()], *slope, &answer.h2);
        add(&mut d2, *slope, &net.out[row]);
    }
    for (d, h) in d2.iter_mut().zip(&answer.h2) {
        *d = if *h > 0.0 { *d * keep } else { 0.0 };
    }
    add(&mut gradient.bias2, 1.0, &d2);
    let mut d1 = [0.0; HIDDEN.0];
    for (i, (d, h)) in d1.iter_mut().zip(&answer.h1).enumerate() {
        if *h > 0.0 {
            let row = i * b..(i + 1) * b;
            *d = keep * dot(&net.dense[row.clone()], &d2);
            add(&mut gradient.dense[row], *h, &d2);
        }
    }
    add(&mut gradient.bias1, 1.0, &d1);
    for row in question.rows.iter().map(|r| *r as usize * a) {
        add(&mut gradient.embed[row..row + a], 1.0, &d1);
    }
}

/// Trains on aligned words, letter by letter: every letter's unit, given the right ones before.
pub fn by_letter(examples: &[Example], first: &[u16], stresses: &[Vec<u8>], course: Course) -> Net {
    let units = stresses.len();
    let mut cases: Vec<(Question, u16, f32)> = Vec::new();
    for e in examples {
        let mut history = History::start(units);
        for (place, unit) in e.units.iter().enumerate() {
            cases.push((Question::new(units, &e.letters, place, &history, first), *unit, e.weight));
            history = history.after(*unit, &stresses[*unit as usize]);
        }
    }
    let mut random = Random(0x1234_5678_9abc_def1);
    let mut net = Net::random(units, &mut random);
    let (mut adam, mut gradient) = (Adam::new(units), Net::zero(units));
    let steps = cases.len().div_ceil(BATCH) * course.rounds;
    let mut step = 0;
    for round in 1..=course.rounds {
        random.shuffle(&mut cases);
        let mut loss = 0.0;
        for batch in cases.chunks(BATCH) {
            for (question, unit, weight) in batch {
                let answer = answer(&net, question, course.drop, &mut random);
                let truth = (unit - question.low) as usize;
                loss -= answer.scores[truth] as f64;
                let mut slopes = answer.scores.map(|s| s.exp() * weight);
                slopes[truth] -= weight;
                let count = (question.high - question.low) as usize;
                learn(&net, &mut gradient, question, &answer, &slopes[..count], course.drop);
            }
            step += 1;
            adam.step(&mut net, &mut gradient, pace(course.rate, step, steps));
        }
        eprintln!("letters, round {round}: {:.4} nats a letter", loss / cases.len() as f64);
    }
    net
}

/// A word with the readings that the search came up with.
pub struct Contest {
    pub letters: Vec<u8>,
    pub candidates: Vec<Candidate>,
}

pub struct Candidate {
    pub units: Vec<u16>,
    /// What the n-gram model, trained without this word, says of it; weighted.
    pub fixed: f32,
    pub right: bool,
}

/// Goes on training on whole readings: the right ones should have all the probability among a word's candidates.
pub fn by_word(net: &mut Net, contests: &[Contest], first: &[u16], stresses: &[Vec<u8>], course: Course) {
    let units = net.units;
    let mut random = Random(0x0fed_cba9_8765_4321);
    let (mut adam, mut gradient) = (Adam::new(units), Net::zero(units));
    let mut order: Vec<u32> = (0..contests.len() as u32).collect();
    let steps = contests.len().div_ceil(BATCH) * course.rounds;
    let mut step = 0;
    for round in 1..=course.rounds {
        random.shuffle(&mut order);
        let mut loss = 0.0;
        for batch in order.chunks(BATCH) {
            for contest in batch.iter().map(|i| &contests[*i as usize]) {
                loss += compete(net, &mut gradient, contest, first, stresses, course.drop, &mut random);
            }
            step += 1;
            adam.step(net, &mut gradient, pace(course.rate, step, steps));
        }
        eprintln!("words, round {round}: {:.4} nats a word", loss / contests.len() as f64);
    }
}

/// Adds the gradient of one word's loss, −ln of the right candidates' share, and returns that loss.
fn compete(
    net: &Net,
    gradient: &mut Net,
    contest: &Contest,
    first: &[u16],
    stresses: &[Vec<u8>],
    drop: f32,
    random: &mut Random,
) -> f64 {
    let units = net.units;
    // Candidates share beginnings: each question is put once.
    let mut asked: Vec<(usize, History, Question, Answer, [f32; MOST_UNITS])> = Vec::new();
    let mut ways: Vec<Vec<usize>> = Vec::new();
    let mut totals: Vec<f32> = Vec::new();
    for candidate in &contest.candidates {
        let mut history = History::start(units);
        let mut way = Vec::with_capacity(candidate.units.len());
        let mut total = candidate.fixed;
        for (place, unit) in candidate.units.iter().enumerate() {
            let at = asked.iter().position(|a| a.0 == place && a.1 == history).unwrap_or_else(|| {
                let question = Question::new(units, &contest.letters, place, &history, first);
                let answer = answer(net, &question, drop, random);
                asked.push((place, history, question, answer, [0.0; MOST_UNITS]));
                asked.len() - 1
            });
            total += asked[at].3.scores[(unit - asked[at].2.low) as usize];
            way.push(at);
            history = history.after(*unit, &stresses[*unit as usize]);
        }
        ways.push(way);
        totals.push(total);
    }
    let top = totals.iter().copied().fold(f32::MIN, f32::max);
    let share: Vec<f32> = totals.iter().map(|t| (t - top).exp()).collect();
    let all: f32 = share.iter().sum();
    let right: f32 = share.iter().zip(&contest.candidates).filter(|(_, c)| c.right).map(|(s, _)| s).sum();
    for ((candidate, way), share) in contest.candidates.iter().zip(&ways).zip(&share) {
        let slope = share / all - if candidate.right { share / right } else { 0.0 };
        if slope.abs() < 1e-3 {
            continue;
        }
        for (at, unit) in way.iter().zip(&candidate.units) {
            let (_, _, question, answer, slopes) = &mut asked[*at];
            for (s, score) in slopes.iter_mut().zip(&answer.scores) {
                *s -= slope * score.exp();
            }
            slopes[(unit - question.low) as usize] += slope;
        }
    }
    for (_, _, question, answer, slopes) in &asked {
        let count = (question.high - question.low) as usize;
        if slopes[..count].iter().any(|s| s.abs() >= 1e-4) {
            learn(net, gradient, question, answer, &slopes[..count], drop);
        }
    }
    -((right / all) as f64).ln()
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; 16];
    for (a, b) in a.as_chunks::<16>().0.iter().zip(b.as_chunks::<16>().0) {
        for k in 0..16 {
            sums[k] += a[k] * b[k];
        }
    }
    sums.iter().sum()
}

fn add(to: &mut [f32], factor: f32, from: &[f32]) {
    for (t, f) in to.iter_mut().zip(from) {
        *t += factor * f;
    }
}

//! The metre that explains a poem's lines jointly.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use smallvec::SmallVec;

use super::lattice::{Lattice, Variant};
use super::lexis::Fnv;
use super::name;
use super::search::{self, Local, PathBuffer, Scores};
use super::template::{self, Scanned};
use super::training::Said;
use super::weights::{DIFFERENCES, RHYTHMS, Weights};
use crate::Line;
use crate::reading::Metre;

/// One line's scansion.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineMetre {
    /// Syllables as spoken in this line; the length of `real`.
    pub syllables: usize,
    /// The template that the poem sets up for this line, one `w` or `s` a metrical position.
    pub met: String,
    /// The stresses as spoken, one `w` or `s` a syllable.
    pub real: String,
}

#[derive(Debug, Clone, Default)]
pub struct MetreReading {
    pub metre: Metre,
    /// Stanza by stanza, line by line, as given.
    pub lines: Vec<Vec<LineMetre>>,
}

/// Scans by one set of weights.
#[derive(Debug)]
pub struct Scanner<'a> {
    weights: std::borrow::Cow<'a, Weights>,
}

/// The metre of a poem and of each of its lines, by the shipped weights.
pub fn scan_poem(stanzas: &[Vec<Line>]) -> MetreReading {
    Scanner::shipped().poem(stanzas)
}

/// One line with nothing known of its poem.
pub fn scan_line(line: &Line) -> LineMetre {
    Scanner::shipped().line(line)
}

/// A line's ways of being said, scored.
#[derive(Debug)]
struct State {
    lattice: Lattice,
    local: Local,
    scores: Scores,
}

/// Lengths told apart in what a poem's lines share.
const LENGTHS: usize = 32;
/// [rhythm][syllables]
type Cells = [[f32; LENGTHS]; RHYTHMS];

impl Scanner<'static> {
    pub fn shipped() -> Scanner<'static> {
        Scanner { weights: std::borrow::Cow::Borrowed(Weights::shipped()) }
    }

    /// Weights in the numbering of `training`.
    #[doc(hidden)]
    pub fn with_weights(flat: &[f32]) -> Scanner<'static> {
        Scanner { weights: std::borrow::Cow::Owned(Weights::new(flat)) }
    }
}

impl Scanner<'_> {
    fn states(&self, stanzas: &[&[Line]]) -> Vec<State> {
        let weights = &*self.weights;
        let of_line = |line| {
            let mut lattice = Lattice::default();
            lattice.read(line);
            let mut local = Local::default();
            local.score(&lattice, weights);
            let scores = search::scores(&lattice, &local, weights);
            State { lattice, local, scores }
        };
        stanzas.iter().flat_map(|s| s.iter()).map(of_line).collect()
    }

    /// Each line's readings worth considering; never none.
    fn candidates(&self, states: &[State], places: &[usize]) -> Vec<Vec<Candidate>> {
        let mut buffer = PathBuffer::default();
        let mut letters = Vec::new();
        let mut of_line = |state: &State, cells: &[(f32, usize, usize)]| {
            let mut readings: Vec<Candidate> = Vec::with_capacity(cells.len());
            for &(score, rhythm, syllables) in cells {
                letters.clear();
                let push = |_, stressed| letters.push(if stressed { 's' } else { 'w' });
                search::path(&state.lattice, &state.local, &self.weights, (rhythm, syllables), &mut buffer, push);
                let pattern: String = letters.iter().rev().collect();
                match readings.iter_mut().find(|r| r.pattern == pattern) {
                    // One pattern heard in two rhythms: the chances add up.
                    Some(known) => known.score += (score - known.score).exp().ln_1p(),
                    None => readings.push(Candidate { score, rhythm, pattern }),
                }
            }
            if readings.is_empty() {
                readings.push(Candidate { score: 0.0, rhythm: 0, pattern: String::new() });
            }
            readings
        };
        let cells = choose(states, places, &self.weights);
        states.iter().zip(&cells).map(|(state, cells)| of_line(state, cells)).collect()
    }

    /// How each word of a poem is said, for counts over much verse.
    #[doc(hidden)]
    pub fn said(&self, stanzas: &[Vec<Line>], mut tell: impl FnMut(Said)) {
        let stanzas: Vec<&[Line]> = stanzas.iter().map(Vec::as_slice).collect();
        let states = self.states(&stanzas);
        let chosen = choose(&states, &places(&stanzas), &self.weights);
        let mut buffer = PathBuffer::default();
        let lines = stanzas.iter().flat_map(|s| s.iter());
        for ((state, cells), line) in states.iter().zip(&chosen).zip(lines) {
            let Some(&(_, rhythm, syllables)) = cells.first() else { continue };
            let mut stresses = vec![None; state.lattice.variants.len()];
            let note = |variant: u32, stressed| stresses[variant as usize] = Some(stressed);
            search::path(&state.lattice, &state.local, &self.weights, (rhythm, syllables), &mut buffer, note);
            for (spot, spoken) in state.lattice.spots.iter().zip(&line.words) {
                let variants = state.lattice.variants_of(spot);
                let first = spot.first_variant as usize;
                let Some(v) = (0..variants.len()).find(|v| stresses[first + v].is_some()) else { continue };
                let stressed = stresses[first + v].filter(|_| variants[v].count == 1);
                let may_contract = variants.iter().any(Variant::is_contraction);
                let contracted = may_contract.then(|| variants[v].is_contraction());
                tell(Said { word: spoken.word.text(), stressed, contracted });
            }
        }
    }

    /// One line with nothing known of its poem.
    pub fn line(&self, line: &Line) -> LineMetre {
        let reading = self.scan(&[std::slice::from_ref(line)]);
        reading.lines.into_iter().flatten().next().unwrap_or_default()
    }

    /// The metre of a poem and of each of its lines.
    pub fn poem(&self, stanzas: &[Vec<Line>]) -> MetreReading {
        let stanzas: Vec<&[Line]> = stanzas.iter().map(Vec::as_slice).collect();
        self.scan(&stanzas)
    }

    fn scan(&self, stanzas: &[&[Line]]) -> MetreReading {
        let places = places(stanzas);
        let states = self.states(stanzas);
        let candidates = self.candidates(&states, &places);
        let settled = settle(&candidates, &places);
        let chosen: Vec<&Candidate> = candidates.iter().zip(settled).map(|(c, i)| &c[i]).collect();
        let scanned: Vec<Scanned> = chosen
            .iter()
            .zip(&places)
            .map(|(c, &place)| Scanned { rhythm: c.rhythm, real: &c.pattern, place })
            .collect();
        let foot = template::foot(&scanned);
        let feet = template::feet(&scanned);
        let metre = name::metre(&scanned, foot, &feet);
        let mets: Vec<String> = scanned.iter().zip(&feet).map(|(l, k)| template::template(foot, *k, l.real)).collect();
        let mut flat = chosen.iter().zip(mets).map(|(c, met)| LineMetre {
            syllables: c.pattern.len(),
            met,
            real: c.pattern.clone(),
        });
        let lines = stanzas.iter().map(|s| flat.by_ref().take(s.len()).collect()).collect();
        MetreReading { metre, lines }
    }
}

/// For each line, which lines of the poem it is like: those at its place in the stanza where stanzas have one length,
/// else those at its place in a quatrain or couplet where the stanzas divide so.
fn places(stanzas: &[&[Line]]) -> Vec<usize> {
    let length = stanzas.first().map_or(0, |s| s.len());
    let alike = stanzas.len() > 1 && stanzas.iter().all(|s| s.len() == length);
    let divide = |by: usize| stanzas.iter().all(|s| s.len().is_multiple_of(by) && s.len() >= 2 * by);
    let period = match () {
        () if alike && length <= LONGEST_STANZA => length,
        () if divide(4) => 4,
        () if divide(2) => 2,
        () => 1,
    };
    stanzas.iter().flat_map(|s| (0..s.len()).map(move |i| i % period.max(1))).collect()
}

/// Places are told apart in stanzas up to this long.
const LONGEST_STANZA: usize = 20;

/// How strongly the poem's own pattern counts against a line's own score.
const TRUST: f32 = 1.0;
/// The poem's distribution counts as this many lines beside those at the same place.
const FROM_POEM: f32 = 1.0;
/// What the poem's lines lead to expect of another counts as this many lines beside the poem's.
const FROM_KIN: f32 = 2.0;

/// The (rhythm, syllables) of each line, given all.
fn choose(states: &[State], places: &[usize], weights: &Weights) -> Vec<SmallVec<[(f32, usize, usize); CANDIDATES]>> {
    let mut posteriors: Vec<Cells> = states.iter().map(|s| posterior(&s.scores, |_, _| 0.0)).collect();
    let kinds = places.iter().max().map_or(0, |p| p + 1);
    let base = 1.0 / (RHYTHMS * LENGTHS) as f32;
    let mut chosen = Vec::new();
    const ROUNDS: usize = 3;
    for round in 0..ROUNDS {
        let mut poem: Cells = [[0.0; LENGTHS]; RHYTHMS];
        let mut at_place: Vec<(f32, Cells)> = vec![(0.0, poem); kinds];
        for (p, &place) in posteriors.iter().zip(places) {
            at_place[place].0 += 1.0;
            for m in 0..RHYTHMS {
                for n in 0..LENGTHS {
                    poem[m][n] += p[m][n];
                    at_place[place].1[m][n] += p[m][n];
                }
            }
        }
        let kin = kin(&poem, weights);
        let total = states.len() as f32;
        for (i, (state, &place)) in states.iter().zip(places).enumerate() {
            let s = &state.scores;
            // Without the line itself, or it would confirm whatever it first seemed.
            let own = posteriors[i];
            let own_kin = self::kin(&own, weights);
            let others = total - 1.0;
            let prior = |m: usize, n: usize| {
                let given = weights.given(m, n, others);
                let n = n.min(LENGTHS - 1);
                let kin = (kin[m][n] - own_kin[m][n] + 0.01 * base) / (others + 0.01);
                let poem = (poem[m][n] - own[m][n] + FROM_KIN * kin) / (others + FROM_KIN);
                let (count, cells) = &at_place[place];
                let share = (cells[m][n] - own[m][n] + FROM_POEM * poem) / (count - 1.0 + FROM_POEM);
                given + TRUST * (share.max(1e-9) / base).ln()
            };
            if round + 1 == ROUNDS {
                chosen.push(cells(s, prior));
            } else {
                posteriors[i] = posterior(s, prior);
            }
        }
    }
    chosen
}

/// What lines distributed as `cells` lead to expect of a line beside them.
fn kin(cells: &Cells, weights: &Weights) -> Cells {
    let mut expected: Cells = [[0.0; LENGTHS]; RHYTHMS];
    for (of, row) in cells.iter().enumerate() {
        for (n, &p) in row.iter().enumerate().filter(|(_, p)| **p > 1e-3) {
            for (m, expected) in expected.iter_mut().enumerate() {
                let chances = &weights.kinship[of][m];
                let far = p * chances[DIFFERENCES - 1] / LENGTHS as f32;
                expected.iter_mut().for_each(|e| *e += far);
                let near = n.saturating_sub(4)..(n + 5).min(LENGTHS);
                for (other, e) in expected[near.clone()].iter_mut().enumerate() {
                    *e += p * chances[near.start + other + 4 - n];
                }
            }
        }
    }
    expected
}

fn posterior(scores: &Scores, prior: impl Fn(usize, usize) -> f32) -> Cells {
    let mut cells: Cells = [[0.0; LENGTHS]; RHYTHMS];
    let top = scores.best.iter().flat_map(|l| &l[..RHYTHMS]).fold(f32::NEG_INFINITY, |a, b| a.max(*b));
    let mut total = 0.0;
    for (offset, lanes) in scores.best.iter().enumerate() {
        let n = (scores.shortest + offset).min(LENGTHS - 1);
        for m in 0..RHYTHMS {
            if lanes[m] > top - 20.0 {
                let p = (lanes[m] - top + prior(m, n)).exp();
                cells[m][n] += p;
                total += p;
            }
        }
    }
    if total > 0.0 {
        cells.iter_mut().flatten().for_each(|c| *c /= total);
    }
    cells
}

/// One reading of a line: its rhythm, its stresses, and how well it does, as a log score.
#[derive(Debug, Clone)]
struct Candidate {
    score: f32,
    rhythm: usize,
    pattern: String,
}

/// Readings this much worse than a line's best are not considered.
const MARGIN: f32 = 3.5;
/// Readings of a line that are considered.
const CANDIDATES: usize = 4;

/// The best (rhythm, syllables) of a line with their scores, best first.
fn cells(scores: &Scores, prior: impl Fn(usize, usize) -> f32) -> SmallVec<[(f32, usize, usize); CANDIDATES]> {
    let mut cells: SmallVec<[(f32, usize, usize); CANDIDATES]> = SmallVec::new();
    for (offset, lanes) in scores.best.iter().enumerate() {
        for (m, &own) in lanes.iter().enumerate().take(RHYTHMS).filter(|(_, own)| own.is_finite()) {
            let n = scores.shortest + offset;
            let score = own + prior(m, n);
            let at = cells.iter().position(|c| c.0 < score).unwrap_or(cells.len());
            if at < CANDIDATES {
                cells.truncate(CANDIDATES - 1);
                cells.insert(at, (score, m, n));
            }
        }
    }
    let best = cells.first().map_or(0.0, |c| c.0);
    cells.retain(|c| c.0 > best - MARGIN);
    cells
}

/// How strongly a repeated rhythm counts.
const REPEATS: f32 = 0.5;
/// A rhythm that no other line has counts as if this many had it.
const UNSEEN: f32 = 3.0;

/// Of each line's candidates, which: poems repeat their rhythms, so a reading gains by how often other lines have it.
fn settle(candidates: &[Vec<Candidate>], places: &[usize]) -> Vec<usize> {
    let mut masses: Vec<Vec<f32>> = candidates.iter().map(|c| share(c.iter().map(|c| c.score))).collect();
    for _ in 0..2 {
        let mut seen: HashMap<(usize, &str), f32, BuildHasherDefault<Fnv>> = HashMap::default();
        for ((line, mass), &place) in candidates.iter().zip(&masses).zip(places) {
            for (c, m) in line.iter().zip(mass) {
                *seen.entry((usize::MAX, &c.pattern)).or_default() += m;
                *seen.entry((place, &c.pattern)).or_default() += m;
            }
        }
        for ((line, mass), &place) in candidates.iter().zip(&mut masses).zip(places) {
            let of = |pattern: &str| {
                let own: f32 = line.iter().zip(mass.iter()).filter(|(c, _)| c.pattern == pattern).map(|(_, m)| m).sum();
                let at = |key| seen.get(&(key, pattern)).copied().unwrap_or(0.0);
                at(usize::MAX) + at(place) - 2.0 * own
            };
            let scores: Vec<f32> = line.iter().map(|c| c.score + REPEATS * (of(&c.pattern) + UNSEEN).ln()).collect();
            *mass = share(scores.iter().copied());
        }
    }
    masses.iter().map(|m| (0..m.len()).fold(0, |best, i| if m[i] > m[best] { i } else { best })).collect()
}

/// Log scores as shares of 1.
fn share(scores: impl Iterator<Item = f32> + Clone) -> Vec<f32> {
    let top = scores.clone().fold(f32::NEG_INFINITY, f32::max);
    let total: f32 = scores.clone().map(|s| (s - top).exp()).sum();
    scores.map(|s| (s - top).exp() / total).collect()
}

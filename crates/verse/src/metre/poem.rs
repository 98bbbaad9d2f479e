//! The metre that explains a poem's lines jointly.

use super::lattice::{Lattice, Variant};
use super::search::{self, Local, PathBuffer, Scores, WIDTH};
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
    let reading = Scanner::shipped().scan(&[std::slice::from_ref(line)]);
    reading.lines.into_iter().flatten().next().unwrap_or_default()
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

    /// How each word of a poem is said, for counts over much verse.
    #[doc(hidden)]
    pub fn said(&self, stanzas: &[Vec<Line>], mut tell: impl FnMut(Said)) {
        let stanzas: Vec<&[Line]> = stanzas.iter().map(Vec::as_slice).collect();
        let states = self.states(&stanzas);
        let chosen = choose(&states, &places(&stanzas), &self.weights);
        let mut buffer = PathBuffer::default();
        let lines = stanzas.iter().flat_map(|s| s.iter());
        for ((state, &choice), line) in states.iter().zip(&chosen).zip(lines) {
            let mut stresses = vec![None; state.lattice.variants.len()];
            let note = |variant: u32, stressed| stresses[variant as usize] = Some(stressed);
            search::path(&state.lattice, &state.local, &self.weights, choice, &mut buffer, note);
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

    pub fn poem(&self, stanzas: &[Vec<Line>]) -> MetreReading {
        let stanzas: Vec<&[Line]> = stanzas.iter().map(Vec::as_slice).collect();
        self.scan(&stanzas)
    }

    fn scan(&self, stanzas: &[&[Line]]) -> MetreReading {
        let weights = &*self.weights;
        let places = places(stanzas);
        let states = self.states(stanzas);
        let chosen = choose(&states, &places, weights);
        let mut buffer = PathBuffer::default();
        let mut reals: Vec<String> = Vec::with_capacity(states.len());
        let mut letters = Vec::new();
        for (state, &choice) in states.iter().zip(&chosen) {
            letters.clear();
            let push = |_, stressed| letters.push(if stressed { 's' } else { 'w' });
            search::path(&state.lattice, &state.local, weights, choice, &mut buffer, push);
            reals.push(letters.iter().rev().collect());
        }
        let scanned: Vec<Scanned> = (0..reals.len())
            .map(|i| Scanned { rhythm: chosen[i].0, real: &reals[i], place: places[i] })
            .collect();
        let foot = template::foot(&scanned);
        let feet = template::feet(&scanned);
        let mets: Vec<String> = scanned.iter().zip(&feet).map(|(l, k)| template::template(foot, *k, l.real)).collect();
        let mut flat = reals.into_iter().zip(mets).map(|(real, met)| LineMetre { syllables: real.len(), met, real });
        let lines = stanzas.iter().map(|s| flat.by_ref().take(s.len()).collect()).collect();
        MetreReading { metre: Metre::default(), lines }
    }
}

/// For each line, which lines of the poem it is like: those at its place in the stanza where stanzas have one length.
fn places(stanzas: &[&[Line]]) -> Vec<usize> {
    let length = stanzas.first().map_or(0, |s| s.len());
    let alike = stanzas.len() > 1 && stanzas.iter().all(|s| s.len() == length);
    stanzas.iter().flat_map(|s| (0..s.len()).map(move |i| if alike { i } else { 0 })).collect()
}

/// How strongly the poem's own pattern counts against a line's own score.
fn knob(name: &str, d: f32) -> f32 { std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(d) }

/// The poem's distribution counts as this many lines beside those at the same place.

/// The uniform distribution counts as this many lines beside the poem's.


/// The (rhythm, syllables) of each line, given all.
fn choose(states: &[State], places: &[usize], weights: &Weights) -> Vec<(usize, usize)> {
    #[allow(non_snake_case)]
    let (TRUST, FROM_POEM, FROM_KIN) = (knob("TRUST", 1.0), knob("FROM_POEM", 1.0), knob("FROM_KIN", 2.0));
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
            let prior = |m: usize, n: usize| {
                let n = n.min(LENGTHS - 1);
                let others = total - 1.0;
                let kin = (kin[m][n] - own_kin[m][n] + 0.01 * base) / (others + 0.01);
                let poem = (poem[m][n] - own[m][n] + FROM_KIN * kin) / (others + FROM_KIN);
                let (count, cells) = &at_place[place];
                let share = (cells[m][n] - own[m][n] + FROM_POEM * poem) / (count - 1.0 + FROM_POEM);
                TRUST * (share.max(1e-9) / base).ln()
            };
            if round + 1 == ROUNDS {
                chosen.push(best(s, prior));
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
                let far = chances[DIFFERENCES - 1] / LENGTHS as f32;
                for (other, e) in expected.iter_mut().enumerate() {
                    let d = (other + 4).wrapping_sub(n);
                    *e += p * if d < DIFFERENCES - 1 { chances[d] } else { far };
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

fn best(scores: &Scores, prior: impl Fn(usize, usize) -> f32) -> (usize, usize) {
    let mut best = (f32::NEG_INFINITY, 0, scores.shortest);
    for offset in 0..WIDTH {
        for m in 0..RHYTHMS {
            let own = scores.best[offset][m];
            if own == f32::NEG_INFINITY {
                continue;
            }
            let score = own + prior(m, scores.shortest + offset);
            if score > best.0 {
                best = (score, m, scores.shortest + offset);
            }
        }
    }
    (best.1, best.2)
}

//! Letters and phones aligned by expectation–maximization (Jiampojamarn et al. 2007, one letter to at most two phones).

use std::collections::BTreeMap;

use phonetics::Phone;

use super::Entry;

/// Phones per letter at most.
const MOST: usize = 2;
const ROUNDS: usize = 12;
/// A unit that fewer words than this need is a freak of spelling or of the dictionary.
const FEWEST: usize = 3;

/// A letter with the phones it stands for; phones keep their stress, though probabilities ignore it.
pub type Unit = (u8, Vec<Phone>);

/// A number for each unit, phones without stress, found by [`place`].
type Table = Vec<f64>;

const PHONEMES: usize = 39;

fn place(letter: u8, phones: &[Phone]) -> usize {
    phones.iter().fold(letter as usize, |place, p| place * PHONEMES + p.phoneme() as usize) + OFFSET[phones.len()]
}

/// Where the units of no, one and two phones start in a table.
const OFFSET: [usize; MOST + 2] = [0, 26, 26 + 26 * PHONEMES, 26 + 26 * PHONEMES + 26 * PHONEMES * PHONEMES];

/// The units of every entry that can be aligned with units that are no freaks.
pub fn align(entries: &[Entry]) -> Vec<(usize, Vec<Unit>)> {
    let mut table: Option<Table> = None;
    for round in 0..ROUNDS {
        let mut counts = vec![0.0; OFFSET[MOST + 1]];
        for entry in entries {
            expect(entry, table.as_ref(), &mut counts);
        }
        if round >= ROUNDS / 2 {
            counts.iter_mut().filter(|c| **c < FEWEST as f64).for_each(|c| *c = 0.0);
        }
        let total: f64 = counts.iter().sum();
        table = Some(counts.into_iter().map(|c| c / total).collect());
    }
    let table = table.unwrap_or_default();
    let mut aligned: Vec<(usize, Vec<Unit>)> =
        entries.iter().enumerate().filter_map(|(i, e)| Some((i, best(e, &table)?))).collect();
    // With stress a unit may again be a freak.
    let mut uses: BTreeMap<&Unit, usize> = BTreeMap::new();
    for unit in aligned.iter().flat_map(|(_, units)| units) {
        *uses.entry(unit).or_default() += 1;
    }
    let rare: Vec<Unit> = uses.into_iter().filter(|(_, n)| *n < FEWEST).map(|(u, _)| u.clone()).collect();
    aligned.retain(|(_, units)| !units.iter().any(|u| rare.contains(u)));
    aligned
}

/// Adds the expected uses of each unit in one entry (forward–backward).
fn expect(entry: &Entry, table: Option<&Table>, counts: &mut Table) {
    let (n, m) = (entry.letters.len(), entry.phones.len());
    // At first every unit is as good, but a silent letter and two phones at once are dearer than one for one.
    let weight = |place: usize, phones: usize| match table {
        Some(table) => table[place],
        None => [0.2, 1.0, 0.05][phones],
    };
    let mut edges = Vec::new();
    let mut forward = vec![vec![0.0; m + 1]; n + 1];
    forward[0][0] = 1.0;
    for i in 0..n {
        for j in 0..=m {
            if forward[i][j] == 0.0 {
                continue;
            }
            for k in 0..=MOST.min(m - j) {
                let u = place(entry.letters[i], &entry.phones[j..j + k]);
                let w = weight(u, k);
                if w > 0.0 {
                    forward[i + 1][j + k] += forward[i][j] * w;
                    edges.push((i, j, k, w, u));
                }
            }
        }
    }
    if forward[n][m] == 0.0 {
        return;
    }
    let mut backward = vec![vec![0.0; m + 1]; n + 1];
    backward[n][m] = 1.0;
    for (i, j, k, w, u) in edges.into_iter().rev() {
        let after = backward[i + 1][j + k];
        backward[i][j] += w * after;
        let expected = forward[i][j] * w * after / forward[n][m];
        if expected > 1e-9 {
            counts[u] += expected;
        }
    }
}

/// The most probable alignment (Viterbi).
fn best(entry: &Entry, table: &Table) -> Option<Vec<Unit>> {
    let (n, m) = (entry.letters.len(), entry.phones.len());
    let mut score = vec![vec![f64::NEG_INFINITY; m + 1]; n + 1];
    let mut taken = vec![vec![0; m + 1]; n + 1];
    score[0][0] = 0.0;
    for i in 0..n {
        for j in 0..=m {
            for k in 0..=MOST.min(m - j) {
                let reached = score[i][j] + table[place(entry.letters[i], &entry.phones[j..j + k])].ln();
                if reached > score[i + 1][j + k] {
                    score[i + 1][j + k] = reached;
                    taken[i + 1][j + k] = k;
                }
            }
        }
    }
    if score[n][m] == f64::NEG_INFINITY {
        return None;
    }
    let mut units = Vec::with_capacity(n);
    let mut j = m;
    for i in (0..n).rev() {
        let k = taken[i + 1][j];
        units.push((entry.letters[i], entry.phones[j - k..j].to_vec()));
        j -= k;
    }
    units.reverse();
    Some(units)
}

//! What a form can be told by without hearing: a random forest on simple counts of lines and letters, the baseline that the
//! forms by ear are held against.
//!
//! Breiman 2001, "Random Forests": trees on bootstrap samples, the best Gini split among √k features drawn at each node, the
//! class by vote. Nothing here is shipped.

/// Trees of a forest.
const TREES: usize = 200;
const DEEPEST: usize = 14;
/// Texts in a leaf.
const LEAST: usize = 2;

/// Counts that need no ear: of lines, stanzas, letters and words, and how often line ends are spelled alike.
pub const COUNTS: usize = 20;

pub fn counts(text: &str) -> [f64; COUNTS] {
    let blocks: Vec<Vec<&str>> = text
        .split("\n\n")
        .map(|block| block.lines().map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>())
        .filter(|block| !block.is_empty())
        .collect();
    let lines: Vec<&str> = blocks.iter().flatten().copied().collect();
    let n = lines.len().max(1) as f64;
    let letters: Vec<f64> = lines.iter().map(|l| l.chars().filter(|c| c.is_alphabetic()).count() as f64).collect();
    let words: Vec<f64> = lines.iter().map(|l| l.split_whitespace().count() as f64).collect();
    let share = |passes: &dyn Fn(&str) -> bool| lines.iter().filter(|l| passes(l)).count() as f64 / n;
    let ends: Vec<String> = lines.iter().map(|l| last_letters(l)).collect();
    let alike = |distance: usize| {
        ends.windows(distance + 1).filter(|w| w[0].len() > 1 && w[0] == w[distance]).count() as f64 / n
    };
    let mut sizes: Vec<usize> = blocks.iter().map(Vec::len).collect();
    sizes.sort_unstable();
    let usual = sizes.chunk_by(|a, b| a == b).max_by_key(|run| run.len() * run[0]);
    let (usual, held) = usual.map_or((0, 0), |run| (run[0], run.len() * run[0]));
    let turn = lines.len().min(letters.len());
    let mean_at = |from: usize| mean(&letters[..turn].iter().skip(from).step_by(2).copied().collect::<Vec<_>>());
    [
        lines.len() as f64,
        blocks.len() as f64,
        mean(&letters),
        deviation(&letters),
        mean(&words),
        deviation(&words),
        words.iter().sum(),
        usual as f64,
        held as f64 / n,
        alike(1),
        alike(2),
        alike(3),
        alike(4),
        letters.iter().copied().fold(0.0, f64::max),
        letters.iter().copied().fold(f64::INFINITY, f64::min).min(1e6),
        mean_at(0) - mean_at(1),
        share(&|l| l.ends_with([',', ';', ':', '.', '!', '?'])),
        share(&|l| l.starts_with(char::is_uppercase)),
        share(&|l| l.contains(". ")),
        lines.len() as f64 % 14.0,
    ]
}

fn last_letters(line: &str) -> String {
    let letters: Vec<char> = line.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
    letters[letters.len().saturating_sub(2)..].iter().collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn deviation(values: &[f64]) -> f64 {
    let m = mean(values);
    mean(&values.iter().map(|v| (v - m).powi(2)).collect::<Vec<_>>()).sqrt()
}

enum Node {
    Leaf(usize),
    Split { feature: usize, at: f64, below: Box<Node>, above: Box<Node> },
}

pub struct Forest {
    trees: Vec<Node>,
    classes: usize,
}

impl Forest {
    /// Learns from rows with their classes (0…`classes`).
    pub fn new(rows: &[([f64; COUNTS], usize)], classes: usize, seed: u64) -> Forest {
        let mut draw = Draw(seed);
        let trees = (0..TREES)
            .map(|_| {
                let sample: Vec<usize> = (0..rows.len()).map(|_| draw.below(rows.len())).collect();
                grow(rows, sample, classes, 0, &mut draw)
            })
            .collect();
        Forest { trees, classes }
    }

    pub fn class(&self, row: &[f64; COUNTS]) -> usize {
        let mut votes = vec![0; self.classes];
        for tree in &self.trees {
            let mut node = tree;
            loop {
                match node {
                    Node::Leaf(class) => break votes[*class] += 1,
                    Node::Split { feature, at, below, above } => {
                        node = if row[*feature] <= *at { below } else { above }
                    }
                }
            }
        }
        most(&votes)
    }
}

fn grow(rows: &[([f64; COUNTS], usize)], sample: Vec<usize>, classes: usize, depth: usize, draw: &mut Draw) -> Node {
    let mut tally = vec![0; classes];
    sample.iter().for_each(|&i| tally[rows[i].1] += 1);
    let leaf = Node::Leaf(most(&tally));
    if depth == DEEPEST || sample.len() < 2 * LEAST || tally.iter().filter(|t| **t > 0).count() < 2 {
        return leaf;
    }
    let tried = (COUNTS as f64).sqrt().round() as usize;
    let mut best: Option<(f64, usize, f64)> = None;
    for _ in 0..tried {
        let feature = draw.below(COUNTS);
        if let Some((impurity, at)) = split(rows, &sample, feature, &tally)
            && best.is_none_or(|(least, ..)| impurity < least)
        {
            best = Some((impurity, feature, at));
        }
    }
    let Some((_, feature, at)) = best else { return leaf };
    let (below, above) = sample.into_iter().partition(|&i| rows[i].0[feature] <= at);
    Node::Split {
        feature,
        at,
        below: Box::new(grow(rows, below, classes, depth + 1, draw)),
        above: Box::new(grow(rows, above, classes, depth + 1, draw)),
    }
}

/// The threshold of least Gini impurity, with that impurity.
fn split(rows: &[([f64; COUNTS], usize)], sample: &[usize], feature: usize, tally: &[usize]) -> Option<(f64, f64)> {
    let mut sorted: Vec<(f64, usize)> = sample.iter().map(|&i| (rows[i].0[feature], rows[i].1)).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let impurity =
        |counts: &[usize], n: usize| n as f64 - counts.iter().map(|c| (c * c) as f64).sum::<f64>() / n as f64;
    let (mut below, mut above) = (vec![0; tally.len()], tally.to_vec());
    let mut best: Option<(f64, f64)> = None;
    for i in 0..sorted.len() - 1 {
        below[sorted[i].1] += 1;
        above[sorted[i].1] -= 1;
        let (n, m) = (i + 1, sorted.len() - i - 1);
        if sorted[i].0 == sorted[i + 1].0 || n < LEAST || m < LEAST {
            continue;
        }
        let sum = impurity(&below, n) + impurity(&above, m);
        if best.is_none_or(|(least, _)| sum < least) {
            best = Some((sum, (sorted[i].0 + sorted[i + 1].0) / 2.0));
        }
    }
    best
}

/// The class with most votes, the first of equals.
fn most(votes: &[usize]) -> usize {
    votes.iter().enumerate().max_by_key(|(i, v)| (**v, usize::MAX - i)).map_or(0, |(i, _)| i)
}

/// splitmix64.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forest_learns_what_can_be_learnt() {
        let row = |i: usize| {
            let mut row = [0.0; COUNTS];
            row.iter_mut().enumerate().for_each(|(k, v)| *v = ((i * 7919 + k * 104_729) % 101) as f64);
            row
        };
        // The class hangs on two of the counts.
        let class = |row: &[f64; COUNTS]| usize::from(row[3] > 50.0) + usize::from(row[5] > 30.0);
        let rows: Vec<([f64; COUNTS], usize)> = (0..400).map(|i| (row(i), class(&row(i)))).collect();
        let forest = Forest::new(&rows[..300], 3, 1);
        let right = rows[300..].iter().filter(|(row, class)| forest.class(row) == *class).count();
        assert!(right > 90, "{right}");
    }

    #[test]
    fn counts_see_lines_and_spelling() {
        let counts = counts("The gate is shut tonight,\nThe lamp is out of sight.\n\nA crow");
        assert_eq!((counts[0], counts[1]), (3.0, 2.0));
        assert!((counts[9] - 1.0 / 3.0).abs() < 1e-9);
    }
}

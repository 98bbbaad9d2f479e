//! The same joke or story in other words.
//!
//! Two texts are alike by s = ½ cosine + ¼ Jaccard of their words + ¼ Jaccard of the words of their punchlines, words weighted
//! by how rare they are. Texts of an average s of [`SURE`] are one. Candidates are found by rare words and by near vectors, never
//! by holding all against all.

use std::collections::{BinaryHeap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use diversity::Rng;
use rayon::prelude::*;

use crate::progress::Progress;

/// Average similarity from which two clusters are one joke.
pub(crate) const SURE: f64 = 0.65;
/// ln of occurrences per million (about 3,000) from which a word is grammar and says nothing of the joke.
const COMMONEST: f32 = 8.0;
/// Rarest words of a text by which it is found.
const KEYS: usize = 8;
/// Hash tables over vectors, and bits of each (Charikar 2002).
const TABLES: usize = 12;
const BITS: usize = 12;
/// Texts of one bucket that each text is held against.
const COMPARED: usize = 24;
/// Clusters whose similarity one thread takes at a time.
const FEW: usize = 64;
/// Pairs of texts from which the average of two clusters is taken where it is not known.
const PAIRS: usize = 16;

/// One text as it is compared.
#[derive(Debug, Clone)]
pub(crate) struct Told<'a> {
    vector: &'a [f32],
    words: Weighed,
    punchline: Weighed,
}

/// Numbers of the words of a text, rising, and what they weigh together.
#[derive(Debug, Clone)]
struct Weighed {
    words: Vec<u32>,
    weight: f64,
}

/// The words of a set with how rare they are.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    number: HashMap<String, u32>,
    rareness: Vec<f32>,
}

impl Vocabulary {
    /// A text with its content vector (of length 1).
    pub(crate) fn told<'a>(&mut self, text: &str, vector: &'a [f32]) -> Told<'a> {
        Told { vector, words: self.words(text), punchline: self.words(punchline(text)) }
    }

    fn words(&mut self, text: &str) -> Weighed {
        let mut words: Vec<u32> = phonetics::words(text).map(|token| self.word(token.text.to_lowercase())).collect();
        words.sort_unstable();
        words.dedup();
        let weight = words.iter().map(|w| f64::from(self.rareness[*w as usize])).sum();
        Weighed { words, weight }
    }

    fn word(&mut self, word: String) -> u32 {
        let Self { number, rareness } = self;
        *number.entry(word).or_insert_with_key(|word| {
            rareness.push((COMMONEST - phonetics::commonness(word)).max(0.1));
            rareness.len() as u32 - 1
        })
    }

    /// Rareness of the shared words over that of all; nought where there are none.
    fn jaccard(&self, a: &[u32], b: &[u32]) -> f64 {
        let (mut i, mut j, mut shared, mut all) = (0, 0, 0.0f64, 0.0f64);
        let weight = |w: u32| f64::from(self.rareness[w as usize]);
        while i < a.len() && j < b.len() {
            match a[i].cmp(&b[j]) {
                std::cmp::Ordering::Less => {
                    all += weight(a[i]);
                    i += 1;
                }
                std::cmp::Ordering::Greater => {
                    all += weight(b[j]);
                    j += 1;
                }
                std::cmp::Ordering::Equal => {
                    shared += weight(a[i]);
                    all += weight(a[i]);
                    (i, j) = (i + 1, j + 1);
                }
            }
        }
        all += a[i..].iter().chain(&b[j..]).map(|w| weight(*w)).sum::<f64>();
        if all > 0.0 { shared / all } else { 0.0 }
    }

    /// s of two texts, or nothing where it is under `least`. The cheapest part comes first, and what is left is done only where
    /// the most that it can add would be enough.
    fn alike(&self, a: &Told, b: &Told, least: f64) -> Option<f64> {
        let near = 0.5 * f64::from(dot(a.vector, b.vector));
        // rounding may not decide
        let enough = |words: f64, punchline: f64| near + 0.25 * words + 0.25 * punchline + 1e-9 >= least;
        let most = most_shared(&a.words, &b.words);
        if !enough(most, most_shared(&a.punchline, &b.punchline)) {
            return None;
        }
        let punchline = self.jaccard(&a.punchline.words, &b.punchline.words);
        if !enough(most, punchline) {
            return None;
        }
        let s = near + 0.25 * self.jaccard(&a.words.words, &b.words.words) + 0.25 * punchline;
        (s >= least).then_some(s)
    }

    fn similarity(&self, a: &Told, b: &Told) -> f64 {
        self.alike(a, b, f64::NEG_INFINITY).unwrap_or(0.0)
    }
}

/// The most that the weighted Jaccard index can be: all words of the lighter text shared.
fn most_shared(a: &Weighed, b: &Weighed) -> f64 {
    let (light, heavy) = (a.weight.min(b.weight), a.weight.max(b.weight));
    if heavy > 0.0 { light / heavy } else { 0.0 }
}

/// The scalar product, in sixteen sums side by side: a single one would wait for itself at every step.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 16];
    let (a, b) = (a.chunks_exact(16), b.chunks_exact(16));
    let rest: f32 = a.remainder().iter().zip(b.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in a.zip(b) {
        sums.iter_mut().zip(x).zip(y).for_each(|((s, x), y)| *s += x * y);
    }
    sums.iter().sum::<f32>() + rest
}

/// What follows the first question mark, else the last clause.
fn punchline(text: &str) -> &str {
    let is_word = |part: &&str| part.chars().any(char::is_alphanumeric);
    if let Some((_, answer)) = text.split_once('?')
        && is_word(&answer)
    {
        return answer;
    }
    text.split(['.', '!', '?', ';', ':', ',', '—', '\n']).rev().find(is_word).unwrap_or(text)
}

/// Clusters of texts by average linkage (Sokal & Michener 1958) of at least `least`, as a label a text: the first text of its
/// cluster. Similarities between clusters that no candidate joins are taken from at most [`PAIRS`] pairs. Deterministic.
pub(crate) fn same_clusters(
    texts: &[Told],
    vocabulary: &Vocabulary,
    least: f64,
    seed: u64,
    progress: &Progress,
) -> Vec<usize> {
    let alike = |(a, b): (u32, u32)| {
        let s = vocabulary.alike(&texts[a as usize], &texts[b as usize], least)?;
        Some((a, b, s))
    };
    // pairs that are alike are few, candidates hundreds a text: those are never held together
    let mut similar: Vec<(u32, u32, f64)> = Vec::new();
    for table in 0..=TABLES {
        progress.at("the same in other words", table as f64 / (TABLES + 1) as f64);
        let rows = if table < TABLES { by_vectors(texts, seed, table) } else { by_words(texts, &vocabulary.rareness) };
        similar.par_extend((0..rows.len()).into_par_iter().flat_map_iter(|at| candidates(&rows, at)).filter_map(alike));
    }
    similar.par_sort_unstable_by_key(|(a, b, _)| (*a, *b));
    similar.dedup_by_key(|(a, b, _)| (*a, *b));
    let mut linkage = Linkage::new(texts, vocabulary, least, &similar);
    // on one of the threads that share the work: a hundred thousand joins would each have to wake them
    rayon::scope(|_| {
        while let Some(Link { a, b, .. }) = linkage.next() {
            linkage.join(a, b);
        }
    });
    linkage.labels()
}

/// Texts in buckets: the bucket of each, and the text; sorted.
type Buckets = Vec<(u32, u32)>;

/// The text at a place with those before it in its bucket, the nearest [`COMPARED`].
fn candidates(rows: &Buckets, at: usize) -> impl Iterator<Item = (u32, u32)> {
    let (bucket, text) = rows[at];
    rows[..at]
        .iter()
        .rev()
        .take(COMPARED)
        .take_while(move |(b, _)| *b == bucket)
        .map(move |&(_, before)| (before, text))
}

/// By each of the rarest words of a text that another has too.
fn by_words(texts: &[Told], rareness: &[f32]) -> Buckets {
    let mut holders = vec![0u32; rareness.len()];
    texts.iter().flat_map(|t| &t.words.words).for_each(|w| holders[*w as usize] += 1);
    let keys = |text: &Told| {
        let mut keys: Vec<u32> = text.words.words.iter().copied().filter(|w| holders[*w as usize] > 1).collect();
        keys.sort_by(|a, b| rareness[*b as usize].total_cmp(&rareness[*a as usize]).then(a.cmp(b)));
        keys.truncate(KEYS);
        keys
    };
    let rows =
        texts.par_iter().enumerate().flat_map_iter(|(i, text)| keys(text).into_iter().map(move |k| (k, i as u32)));
    let mut rows: Buckets = rows.collect();
    rows.par_sort_unstable();
    rows
}

/// Signs of products with random directions: near vectors have the same ones.
fn by_vectors(texts: &[Told], seed: u64, table: usize) -> Buckets {
    let dim = texts.first().map_or(0, |t| t.vector.len());
    let mut rng = Rng::stream(seed ^ 0x5a, table as u64);
    let planes: Vec<f32> = (0..BITS * dim).map(|_| rng.normal() as f32).collect();
    let signs = |text: &Told| {
        let bits = planes.chunks_exact(dim.max(1)).map(|plane| u32::from(dot(plane, text.vector) > 0.0));
        bits.fold(0u32, |signs, bit| signs << 1 | bit)
    };
    let mut rows: Buckets = texts.par_iter().enumerate().map(|(i, text)| (signs(text), i as u32)).collect();
    rows.par_sort_unstable();
    rows
}

/// Two clusters and their average similarity; the greatest first, of equals the earliest.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Link {
    s: f64,
    a: usize,
    b: usize,
}

impl Eq for Link {}

impl Ord for Link {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.s.total_cmp(&other.s).then((other.a, other.b).cmp(&(self.a, self.b)))
    }
}

impl PartialOrd for Link {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Numbers of clusters spread by one multiplication: they are looked up a hundred million times.
#[derive(Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|b| self.write_u64(self.0 ^ u64::from(*b)));
    }

    fn write_u64(&mut self, n: u64) {
        self.0 = n.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(26);
    }

    fn write_usize(&mut self, n: usize) {
        self.write_u64(n as u64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

type Near = HashMap<usize, f64, BuildHasherDefault<Spread>>;

struct Linkage<'a, 'b> {
    texts: &'a [Told<'b>],
    vocabulary: &'a Vocabulary,
    least: f64,
    /// The texts of every cluster, under the number of its first; empty where it went into another.
    members: Vec<Vec<usize>>,
    /// Average similarity to the clusters that were met.
    near: Vec<Near>,
    /// The closest of them, where it is close enough. The queue holds these alone, and some that are past: all links of a set that
    /// repeats itself would be tens of millions.
    best: Vec<Option<Link>>,
    queue: BinaryHeap<Link>,
}

impl<'a, 'b> Linkage<'a, 'b> {
    fn new(texts: &'a [Told<'b>], vocabulary: &'a Vocabulary, least: f64, pairs: &[(u32, u32, f64)]) -> Self {
        let mut near = vec![Near::default(); texts.len()];
        for &(a, b, s) in pairs {
            near[a as usize].insert(b as usize, s);
            near[b as usize].insert(a as usize, s);
        }
        let members = (0..texts.len()).map(|i| vec![i]).collect();
        let best = vec![None; texts.len()];
        let mut linkage = Self { texts, vocabulary, least, members, near, best, queue: BinaryHeap::new() };
        (0..texts.len()).for_each(|i| linkage.look(i));
        linkage
    }

    /// Finds the closest of a cluster anew.
    fn look(&mut self, a: usize) {
        let links = self.near[a].iter().map(|(&b, &s)| Link { s, a: a.min(b), b: a.max(b) });
        self.best[a] = links.filter(|link| link.s >= self.least).max();
        self.queue.extend(self.best[a]);
    }

    /// The closest two clusters, if they are close enough.
    fn next(&mut self) -> Option<Link> {
        while let Some(link) = self.queue.pop() {
            // what was said of a cluster before it grew no longer holds
            if self.best[link.a] == Some(link) || self.best[link.b] == Some(link) {
                return Some(link);
            }
        }
        None
    }

    /// b into a (Lance & Williams 1967, for group averages).
    fn join(&mut self, a: usize, b: usize) {
        let (of_a, of_b) = (std::mem::take(&mut self.near[a]), std::mem::take(&mut self.near[b]));
        let (n_a, n_b) = (self.members[a].len() as f64, self.members[b].len() as f64);
        let only_b = of_b.keys().filter(|c| !of_a.contains_key(c));
        let others: Vec<usize> = of_a.keys().chain(only_b).copied().filter(|c| *c != a && *c != b).collect();
        let merged: Vec<(usize, f64)> = others
            .into_par_iter()
            .with_min_len(FEW)
            .map(|c| {
                let with = |known: &Near, of: usize| known.get(&c).copied().unwrap_or_else(|| self.average(of, c));
                (c, (n_a * with(&of_a, a) + n_b * with(&of_b, b)) / (n_a + n_b))
            })
            .collect();
        let moved = std::mem::take(&mut self.members[b]);
        self.members[a].extend(moved);
        self.best[b] = None;
        for &(c, s) in &merged {
            self.near[c].remove(&b);
            self.near[c].insert(a, s);
            let link = Link { s, a: a.min(c), b: a.max(c) };
            let touched = self.best[c].is_some_and(|old| [old.a, old.b].iter().any(|x| *x == a || *x == b));
            if touched {
                self.look(c);
            } else if s >= self.least && self.best[c].is_none_or(|old| link > old) {
                self.best[c] = Some(link);
                self.queue.push(link);
            }
        }
        self.near[a] = merged.into_iter().collect();
        self.look(a);
    }

    /// The mean similarity of the pairs of two clusters, of at most [`PAIRS`] of them evenly spaced.
    fn average(&self, a: usize, b: usize) -> f64 {
        let (a, b) = (&self.members[a], &self.members[b]);
        let all = a.len() * b.len();
        let step = all.div_ceil(PAIRS).max(1);
        // a step that has no factor in common with the rows reaches all of them
        let step = (step..).find(|s| *s == 1 || b.len() % s != 0).unwrap_or(1);
        let at: Vec<usize> = (0..all).step_by(step).collect();
        let sum: f64 = at
            .iter()
            .map(|i| self.vocabulary.similarity(&self.texts[a[i / b.len()]], &self.texts[b[i % b.len()]]))
            .sum();
        sum / at.len() as f64
    }

    fn labels(&self) -> Vec<usize> {
        let mut labels: Vec<usize> = (0..self.texts.len()).collect();
        for members in &self.members {
            let first = members.iter().copied().min().unwrap_or(0);
            members.iter().for_each(|&i| labels[i] = first);
        }
        labels
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn labels(texts: &[&str], least: f64) -> Vec<usize> {
        let embedder = embed::StaticEmbedder::builtin();
        let vectors: Vec<Vec<f32>> = texts.iter().map(|t| crate::reading::unit(&embedder.embed(t))).collect();
        let mut vocabulary = Vocabulary::default();
        let told: Vec<Told> = texts.iter().zip(&vectors).map(|(t, v)| vocabulary.told(t, v)).collect();
        same_clusters(&told, &vocabulary, least, 1, &Progress::default())
    }

    const JOKES: [&str; 6] = [
        "Why did the lighthouse keeper quit? He could not see any future in the fog.",
        "Why did the keeper of the lighthouse quit his job? Because he couldn't see a future in all that fog!",
        "Why did the baker lie down on the scales? She kneaded a weigh out.",
        "A man walks into a library and orders chips. This is a library, they say. So he whispers it.",
        "The lighthouse keeper quit, since in that fog he could see no future.",
        "What do you call a nervous kangaroo? Jumpy.",
    ];

    #[test]
    fn one_joke_in_other_words_is_one() {
        let found = labels(&JOKES, SURE);
        assert_eq!((found[0], found[1]), (0, 0));
        assert_eq!((found[2], found[3], found[5]), (2, 3, 5));
    }

    #[test]
    fn the_punchline_is_the_answer_or_the_last_clause() {
        assert_eq!(punchline("Why? Because."), " Because.");
        assert_eq!(punchline("He came, he saw; he went home."), " he went home");
        assert_eq!(punchline("Is it so?"), "Is it so");
    }

    /// Average linkage as it is defined, over all pairs.
    fn slow(texts: &[Told], vocabulary: &Vocabulary, least: f64) -> Vec<usize> {
        let mut clusters: Vec<Vec<usize>> = (0..texts.len()).map(|i| vec![i]).collect();
        loop {
            let mut best = (f64::NEG_INFINITY, 0, 0);
            for j in 0..clusters.len() {
                for i in 0..j {
                    let sum: f64 = clusters[i]
                        .iter()
                        .flat_map(|&x| clusters[j].iter().map(move |&y| (x, y)))
                        .map(|(x, y)| vocabulary.similarity(&texts[x], &texts[y]))
                        .sum();
                    let s = sum / (clusters[i].len() * clusters[j].len()) as f64;
                    if s > best.0 {
                        best = (s, i, j);
                    }
                }
            }
            if best.0 < least {
                break;
            }
            let moved = clusters.remove(best.2);
            clusters[best.1].extend(moved);
        }
        let mut labels = vec![0; texts.len()];
        for cluster in &clusters {
            let first = cluster.iter().copied().min().unwrap_or(0);
            cluster.iter().for_each(|&i| labels[i] = first);
        }
        labels
    }

    #[test]
    fn finds_what_comparing_all_pairs_finds() {
        let words = ["river", "stone", "lantern", "winter", "orchard", "harbour", "thistle", "candle", "meadow", "ash"];
        let mut rng = Rng::new(6);
        let mut texts = Vec::new();
        for _ in 0..12 {
            let base: Vec<&str> = (0..9).map(|_| words[rng.below(10)]).collect();
            for _ in 0..4 {
                let mut other = base.clone();
                for _ in 0..rng.below(4) {
                    other[rng.below(9)] = words[rng.below(10)];
                }
                texts.push(format!("{}? {}", other[..6].join(" "), other[6..].join(" ")));
            }
        }
        let embedder = embed::StaticEmbedder::builtin();
        let vectors: Vec<Vec<f32>> = texts.iter().map(|t| crate::reading::unit(&embedder.embed(t))).collect();
        let mut vocabulary = Vocabulary::default();
        let told: Vec<Told> = texts.iter().zip(&vectors).map(|(t, v)| vocabulary.told(t, v)).collect();
        let found = same_clusters(&told, &vocabulary, 0.8, 1, &Progress::default());
        assert_eq!(found, slow(&told, &vocabulary, 0.8));
        assert!(found.iter().collect::<HashSet<_>>().len() < 40);
    }
}

//! The same joke or story in other words.
//!
//! Two texts are alike by s = ½ cosine + ¼ Jaccard of their words + ¼ Jaccard of the words of their punchlines, words weighted
//! by how rare they are. Texts of an average s of [`SURE`] are one. Candidates are found by rare words and by near vectors, never
//! by holding all against all.

use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet};

use diversity::Rng;
use rayon::prelude::*;

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
/// Pairs of texts from which the average of two clusters is taken where it is not known.
const PAIRS: usize = 16;

/// One text as it is compared.
#[derive(Debug, Clone)]
pub(crate) struct Told<'a> {
    vector: &'a [f32],
    /// Numbers of its words, rising; and those of its punchline.
    words: Vec<u32>,
    punchline: Vec<u32>,
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

    fn words(&mut self, text: &str) -> Vec<u32> {
        let mut numbers: Vec<u32> = phonetics::words(text).map(|token| self.word(token.text.to_lowercase())).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
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

    /// s of two texts, or nothing where it is sure to be under `least`.
    fn alike(&self, a: &Told, b: &Told, least: f64) -> Option<f64> {
        let s = 0.5 * f64::from(dot(a.vector, b.vector));
        if s + 0.5 < least {
            return None;
        }
        let s = s + 0.25 * self.jaccard(&a.words, &b.words);
        if s + 0.25 < least {
            return None;
        }
        let s = s + 0.25 * self.jaccard(&a.punchline, &b.punchline);
        (s >= least).then_some(s)
    }

    fn similarity(&self, a: &Told, b: &Told) -> f64 {
        self.alike(a, b, f64::NEG_INFINITY).unwrap_or(0.0)
    }
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
pub(crate) fn same_clusters(texts: &[Told], vocabulary: &Vocabulary, least: f64, seed: u64) -> Vec<usize> {
    let similar: Vec<(u32, u32, f64)> = candidates(texts, seed, &vocabulary.rareness)
        .into_par_iter()
        .filter_map(|(a, b)| {
            let s = vocabulary.alike(&texts[a as usize], &texts[b as usize], least)?;
            Some((a, b, s))
        })
        .collect();
    let mut linkage = Linkage::new(texts, vocabulary, least, &similar);
    while let Some(Link { a, b, .. }) = linkage.next() {
        linkage.join(a, b);
    }
    linkage.labels()
}

/// Pairs that share one of their rarest words, or a bucket of near vectors.
fn candidates(texts: &[Told], seed: u64, rareness: &[f32]) -> Vec<(u32, u32)> {
    let mut pairs = by_words(texts, rareness);
    pairs.extend(by_vectors(texts, seed));
    pairs.par_sort_unstable();
    pairs.dedup();
    pairs
}

fn by_words(texts: &[Told], rareness: &[f32]) -> Vec<(u32, u32)> {
    let mut holders = vec![0u32; rareness.len()];
    texts.iter().flat_map(|t| &t.words).for_each(|w| holders[*w as usize] += 1);
    let mut lists: HashMap<u32, Vec<u32>> = HashMap::new();
    let mut pairs = Vec::new();
    for (i, text) in texts.iter().enumerate() {
        let mut keys: Vec<u32> = text.words.iter().copied().filter(|w| holders[*w as usize] > 1).collect();
        keys.sort_by(|a, b| rareness[*b as usize].total_cmp(&rareness[*a as usize]).then(a.cmp(b)));
        for key in keys.into_iter().take(KEYS) {
            let list = lists.entry(key).or_default();
            pairs.extend(list.iter().rev().take(COMPARED).map(|&j| (j, i as u32)));
            list.push(i as u32);
        }
    }
    pairs
}

/// Signs of products with random directions: near vectors have the same ones.
fn by_vectors(texts: &[Told], seed: u64) -> Vec<(u32, u32)> {
    let Some(dim) = texts.first().map(|t| t.vector.len()) else { return Vec::new() };
    (0..TABLES)
        .into_par_iter()
        .flat_map_iter(|table| {
            let mut rng = Rng::stream(seed ^ 0x5a, table as u64);
            let planes: Vec<f32> = (0..BITS * dim).map(|_| rng.normal() as f32).collect();
            let mut buckets: HashMap<u32, Vec<u32>> = HashMap::new();
            let mut pairs = Vec::new();
            for (i, text) in texts.iter().enumerate() {
                let mut signs = 0u32;
                for plane in planes.chunks_exact(dim.max(1)) {
                    signs = (signs << 1) | u32::from(dot(plane, text.vector) > 0.0);
                }
                let bucket = buckets.entry(signs).or_default();
                pairs.extend(bucket.iter().rev().take(COMPARED).map(|&j| (j, i as u32)));
                bucket.push(i as u32);
            }
            pairs
        })
        .collect()
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

struct Linkage<'a, 'b> {
    texts: &'a [Told<'b>],
    vocabulary: &'a Vocabulary,
    least: f64,
    /// The texts of every cluster, under the number of its first; empty where it went into another.
    members: Vec<Vec<usize>>,
    /// Average similarity to the clusters that were met.
    near: Vec<BTreeMap<usize, f64>>,
    queue: BinaryHeap<Link>,
}

impl<'a, 'b> Linkage<'a, 'b> {
    fn new(texts: &'a [Told<'b>], vocabulary: &'a Vocabulary, least: f64, pairs: &[(u32, u32, f64)]) -> Self {
        let mut near = vec![BTreeMap::new(); texts.len()];
        let mut queue = BinaryHeap::new();
        for &(a, b, s) in pairs {
            let (a, b) = (a as usize, b as usize);
            near[a].insert(b, s);
            near[b].insert(a, s);
            queue.push(Link { s, a, b });
        }
        let members = (0..texts.len()).map(|i| vec![i]).collect();
        Self { texts, vocabulary, least, members, near, queue }
    }

    /// The closest two clusters, if they are close enough.
    fn next(&mut self) -> Option<Link> {
        while let Some(link) = self.queue.pop() {
            // what was said of a cluster before it grew no longer holds
            if self.near[link.a].get(&link.b) == Some(&link.s) {
                return Some(link);
            }
        }
        None
    }

    /// b into a (Lance & Williams 1967, for group averages).
    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (a.min(b), a.max(b));
        let (of_a, of_b) = (std::mem::take(&mut self.near[a]), std::mem::take(&mut self.near[b]));
        let (n_a, n_b) = (self.members[a].len() as f64, self.members[b].len() as f64);
        let others: Vec<usize> = of_a.keys().chain(of_b.keys()).copied().filter(|c| *c != a && *c != b).collect();
        let others: HashSet<usize> = others.into_iter().collect();
        let mut others: Vec<usize> = others.into_iter().collect();
        others.sort_unstable();
        let merged: Vec<(usize, f64)> = others
            .into_iter()
            .map(|c| {
                let with = |known: &BTreeMap<usize, f64>, of: usize| {
                    known.get(&c).copied().unwrap_or_else(|| self.average(of, c))
                };
                (c, (n_a * with(&of_a, a) + n_b * with(&of_b, b)) / (n_a + n_b))
            })
            .collect();
        let moved = std::mem::take(&mut self.members[b]);
        self.members[a].extend(moved);
        for (c, s) in merged {
            self.near[c].remove(&b);
            self.near[c].insert(a, s);
            self.near[a].insert(c, s);
            if s >= self.least {
                self.queue.push(Link { s, a: a.min(c), b: a.max(c) });
            }
        }
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
    use super::*;

    fn labels(texts: &[&str], least: f64) -> Vec<usize> {
        let embedder = embed::StaticEmbedder::builtin();
        let vectors: Vec<Vec<f32>> = texts.iter().map(|t| crate::reading::unit(&embedder.embed(t))).collect();
        let mut vocabulary = Vocabulary::default();
        let told: Vec<Told> = texts.iter().zip(&vectors).map(|(t, v)| vocabulary.told(t, v)).collect();
        same_clusters(&told, &vocabulary, least, 1)
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
        let found = same_clusters(&told, &vocabulary, 0.8, 1);
        assert_eq!(found, slow(&told, &vocabulary, 0.8));
        assert!(found.iter().collect::<HashSet<_>>().len() < 40);
    }
}

//! Counts of unit n-grams, modified Kneser–Ney smoothing (Chen & Goodman 1999), pruning, and the file.

use std::collections::HashMap;

/// Stands before the first unit of a word.
const START: u16 = u16::MAX;

/// The n-gram model of `words`, each of which ends in the end sign, as the phonetics crate reads it.
pub fn train(words: &[Vec<u16>], order: usize, units: usize, nodes: usize, step: f32, bytes: &mut Vec<u8>) {
    let mut tree = Tree::count(words, order);
    tree.smooth(order, units);
    tree.prune(nodes);
    tree.write(step, bytes);
}

/// The tree of all n-grams up to an order, breadth first; node 0 is the empty n-gram.
struct Tree {
    parent: Vec<u32>,
    unit: Vec<u16>,
    level: Vec<u8>,
    suffix: Vec<u32>,
    count: Vec<u32>,
    children: Vec<Vec<u32>>,
    probability: Vec<f64>,
    /// Weight of the shorter context.
    backoff: Vec<f64>,
    kept: Vec<bool>,
}

impl Tree {
    /// Counts every n-gram of `words`, each of which ends in the end sign and is opened by [`START`] here.
    fn count(words: &[Vec<u16>], order: usize) -> Tree {
        let mut tree = Tree {
            parent: vec![0],
            unit: vec![0],
            level: vec![0],
            suffix: vec![0],
            count: vec![0],
            children: vec![],
            probability: vec![],
            backoff: vec![],
            kept: vec![],
        };
        let opened: Vec<Vec<u16>> =
            words.iter().map(|w| std::iter::once(START).chain(w.iter().copied()).collect()).collect();
        // The node of the n-gram of the level before that starts at each place.
        let mut at: Vec<Vec<u32>> = opened.iter().map(|w| vec![0; w.len()]).collect();
        for level in 0..order {
            let mut seen: HashMap<(u32, u16), u32> = HashMap::new();
            let mut fresh: Vec<(u32, u16)> = Vec::new();
            for (word, nodes) in opened.iter().zip(&at) {
                for from in 0..word.len().saturating_sub(level) {
                    let key = (nodes[from], word[from + level]);
                    seen.entry(key).or_insert_with(|| {
                        fresh.push(key);
                        0
                    });
                }
            }
            fresh.sort_unstable();
            for key in &fresh {
                let node = tree.parent.len() as u32;
                seen.insert(*key, node);
                tree.parent.push(key.0);
                tree.unit.push(key.1);
                tree.level.push(level as u8 + 1);
                tree.suffix.push(0);
                tree.count.push(0);
            }
            for (word, nodes) in opened.iter().zip(&mut at) {
                let places = word.len().saturating_sub(level);
                for from in 0..places {
                    let node = seen[&(nodes[from], word[from + level])];
                    tree.count[node as usize] += 1;
                    // The n-gram that starts one later still holds its node of the level before, which is this one's suffix.
                    if level > 0 {
                        tree.suffix[node as usize] = nodes[from + 1];
                    }
                    nodes[from] = node;
                }
            }
        }
        tree.count[0] = opened.iter().map(|w| w.len() as u32).sum();
        tree.children = vec![Vec::new(); tree.parent.len()];
        for node in 1..tree.parent.len() {
            tree.children[tree.parent[node] as usize].push(node as u32);
        }
        tree
    }

    fn opens_word(&self) -> Vec<bool> {
        let mut opens = vec![false; self.parent.len()];
        for node in 1..self.parent.len() {
            opens[node] =
                if self.level[node] == 1 { self.unit[node] == START } else { opens[self.parent[node] as usize] };
        }
        opens
    }

    /// Interpolated modified Kneser–Ney: below the highest order, an n-gram counts once for every unit that it follows.
    fn smooth(&mut self, order: usize, units: usize) {
        let nodes = self.parent.len();
        let opens = self.opens_word();
        let mut adjusted = vec![0_u32; nodes];
        for node in 1..nodes {
            if self.level[node] > 1 {
                adjusted[self.suffix[node] as usize] += 1;
            }
        }
        for node in 1..nodes {
            if self.level[node] as usize == order || opens[node] {
                adjusted[node] = self.count[node];
            }
        }
        let discounts: Vec<[f64; 4]> = (0..=order).map(|level| self.discounts(level, &adjusted)).collect();
        self.probability = vec![0.0; nodes];
        self.backoff = vec![1.0; nodes];
        for context in 0..nodes {
            if self.children[context].is_empty() {
                continue;
            }
            let discount = discounts[self.level[context] as usize + 1];
            // The opening of a word is never predicted.
            let predicted = || self.children[context].iter().filter(|c| self.unit[**c as usize] != START);
            let total: f64 = predicted().map(|c| adjusted[*c as usize] as f64).sum();
            if total == 0.0 {
                continue;
            }
            let freed: f64 = predicted().map(|c| discount[adjusted[*c as usize].min(3) as usize]).sum::<f64>() / total;
            self.backoff[context] = freed;
            for &child in &self.children[context] {
                if self.unit[child as usize] == START {
                    continue;
                }
                let a = adjusted[child as usize];
                let below = if context == 0 {
                    1.0 / units as f64
                } else {
                    self.probability[self.suffix[child as usize] as usize]
                };
                self.probability[child as usize] = (a as f64 - discount[a.min(3) as usize]) / total + freed * below;
            }
        }
    }

    fn discounts(&self, level: usize, adjusted: &[u32]) -> [f64; 4] {
        let mut n = [0.0_f64; 5];
        for node in 1..self.parent.len() {
            if self.level[node] as usize == level && (1..=4).contains(&adjusted[node]) {
                n[adjusted[node] as usize] += 1.0;
            }
        }
        let y = n[1] / (n[1] + 2.0 * n[2]).max(1.0);
        let d = |k: usize| {
            if n[k] > 0.0 { (k as f64 - (k as f64 + 1.0) * y * n[k + 1] / n[k]).clamp(0.0, k as f64) } else { 0.5 }
        };
        [0.0, d(1), d(2), d(3)]
    }

    /// Keeps about `target` nodes: those whose loss would cost the training words most likelihood (Seymore & Rosenfeld
    /// 1996), together with all that they hang on. Then sets the back-off weights anew so that every context sums to one.
    fn prune(&mut self, target: usize) {
        let nodes = self.parent.len();
        let mut worth: Vec<f64> = (0..nodes)
            .map(|node| {
                if self.level[node] < 2 {
                    return f64::INFINITY;
                }
                if self.probability[node] == 0.0 {
                    return 0.0;
                }
                let below = self.backoff[self.parent[node] as usize] * self.probability[self.suffix[node] as usize];
                self.count[node] as f64 * (self.probability[node] / below).ln()
            })
            .collect();
        // A node is worth what hangs on it: its continuations, and the longer n-grams that it is the suffix of.
        for node in (1..nodes).rev() {
            let value = worth[node];
            for needed in [self.parent[node], self.suffix[node]] {
                worth[needed as usize] = worth[needed as usize].max(value);
            }
        }
        let mut order: Vec<f64> = worth.clone();
        order.sort_unstable_by(|a, b| b.total_cmp(a));
        let threshold = order.get(target).copied().unwrap_or(f64::NEG_INFINITY);
        self.kept = worth.iter().map(|w| *w > threshold).collect();
        self.kept[0] = true;
        for context in 1..nodes {
            let kept = || {
                self.children[context].iter().filter(|c| self.kept[**c as usize] && self.unit[**c as usize] != START)
            };
            if !self.kept[context] || kept().next().is_none() {
                continue;
            }
            let used: f64 = kept().map(|c| self.probability[*c as usize]).sum();
            let below: f64 = kept().map(|c| self.probability[self.suffix[*c as usize] as usize]).sum();
            self.backoff[context] = ((1.0 - used) / (1.0 - below).max(1e-9)).clamp(1e-7, 1.0);
        }
    }

    /// Writes the kept nodes level by level: see `Tree::read` in the phonetics crate.
    fn write(&self, step: f32, out: &mut Vec<u8>) {
        let quantize = |p: f64| (-p.ln() / step as f64).round().clamp(0.0, 255.0) as u8;
        let mut queue = vec![0_u32];
        let mut at = 0;
        let mut body = Vec::new();
        while at < queue.len() {
            let node = queue[at] as usize;
            at += 1;
            let children: Vec<u32> = self.children[node].iter().copied().filter(|c| self.kept[*c as usize]).collect();
            let short = children.len().min(63) as u16;
            body.extend_from_slice(&((self.unit[node] & 1023) | (short << 10)).to_le_bytes());
            body.push(quantize(self.probability[node]));
            if short == 63 {
                body.extend_from_slice(&(children.len() as u16).to_le_bytes());
            }
            if short > 0 {
                body.push(quantize(self.backoff[node]));
            }
            queue.extend(children);
        }
        out.extend_from_slice(&(queue.len() as u32).to_le_bytes());
        out.extend_from_slice(&body);
    }
}

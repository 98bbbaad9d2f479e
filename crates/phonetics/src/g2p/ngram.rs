//! The joint n-gram model, as an automaton.

use super::reader::Reader;

/// Log probabilities are stored in one byte, in steps of this many nats.
pub const STEP: f32 = 1.0 / 16.0;

/// A continuation that a context has seen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arc {
    /// The context that it leads to.
    pub target: u32,
    pub unit: u16,
    cost: u8,
}

impl Arc {
    /// −ln of its probability.
    pub fn price(self) -> f32 {
        self.cost as f32 * STEP
    }
}

/// A context: the units just read.
#[derive(Debug, Clone, Copy)]
struct State {
    /// Where its arcs start; they end where the next state's start.
    arcs: u32,
    /// The context without its oldest unit, which answers for what this one has not seen …
    shorter: u32,
    /// … at this price.
    cost: u8,
}

#[derive(Debug)]
pub(super) struct Ngram {
    /// State 0 is the empty context.
    states: Vec<State>,
    /// By state, then by unit.
    arcs: Vec<Arc>,
    start: u32,
}

impl Ngram {
    pub fn read(reader: &mut Reader, units: usize) -> Option<Ngram> {
        Tree::read(reader, units)?.automaton()
    }

    /// The context before the first letter.
    pub fn start(&self) -> u32 {
        self.start
    }

    /// The shorter context, and −ln of its weight; None for the empty one.
    pub fn back_off(&self, state: u32) -> Option<(u32, f32)> {
        let State { shorter, cost, .. } = self.states[state as usize];
        (state != 0).then_some((shorter, cost as f32 * STEP))
    }

    /// The continuations of a context whose unit lies in `low..high`.
    pub fn arcs(&self, state: u32, low: u16, high: u16) -> &[Arc] {
        let arcs = &self.arcs[self.states[state as usize].arcs as usize..self.states[state as usize + 1].arcs as usize];
        let from = if arcs.len() < 8 {
            arcs.iter().position(|a| a.unit >= low).unwrap_or(arcs.len())
        } else {
            arcs.partition_point(|a| a.unit < low)
        };
        // A letter's units are few.
        let length = arcs[from..].iter().take_while(|a| a.unit < high).count();
        &arcs[from..from + length]
    }
}

impl Ngram {
    /// Log probability of a word's units, its end included.
    pub fn score(&self, units: impl Iterator<Item = u16>) -> f32 {
        let mut state = self.start;
        let mut price = 0.0;
        for unit in units {
            loop {
                if let Some(arc) = self.arcs(state, unit, unit + 1).first() {
                    price += arc.price();
                    state = arc.target;
                    break;
                }
                let Some((shorter, more)) = self.back_off(state) else { return f32::NEG_INFINITY };
                price += more;
                state = shorter;
            }
        }
        -price
    }
}

/// Stands before the first unit of a word, and is never predicted.
const START: u16 = u16::MAX;

/// The n-grams as stored: node 0 is the empty one; level by level, and the children of a node by ascending unit.
struct Tree {
    /// The children of node i are `first[i]..first[i + 1]`.
    first: Vec<u32>,
    unit: Vec<u16>,
    cost: Vec<u8>,
    back_off_cost: Vec<u8>,
}

impl Tree {
    /// After the number of nodes three bytes for each: 10 bits unit (1023 is [`START`]), 6 bits number of children (63: the
    /// true number follows in two bytes), 8 bits cost; then, if it has children, one byte for the cost of backing off.
    fn read(reader: &mut Reader, units: usize) -> Option<Tree> {
        let nodes = reader.u32()? as usize;
        let mut tree = Tree { first: vec![1], unit: vec![], cost: vec![], back_off_cost: vec![] };
        for _ in 0..nodes {
            let packed = reader.u16()?;
            let unit = if packed & 1023 == 1023 { START } else { packed & 1023 };
            if unit != START && unit as usize >= units {
                return None;
            }
            tree.unit.push(unit);
            tree.cost.push(reader.u8()?);
            let children = match (packed >> 10) as u32 {
                63 => reader.u16()? as u32,
                few => few,
            };
            tree.back_off_cost.push(if children > 0 { reader.u8()? } else { 0 });
            tree.first.push(tree.first.last()? + children);
        }
        // Children come after their parents.
        let ordered = (0..nodes).all(|n| tree.first[n] as usize > n);
        (ordered && *tree.first.last()? as usize == nodes).then_some(tree)
    }

    fn children(&self, node: u32) -> std::ops::Range<u32> {
        self.first[node as usize]..self.first[node as usize + 1]
    }

    fn child(&self, node: u32, unit: u16) -> Option<u32> {
        let children = self.children(node);
        let units = &self.unit[children.start as usize..children.end as usize];
        units.binary_search(&unit).ok().map(|i| children.start + i as u32)
    }

    /// The longest proper suffix of each n-gram that the tree has, as Aho and Corasick link the nodes of a trie.
    fn suffixes(&self) -> Vec<u32> {
        let mut suffix = vec![0; self.unit.len()];
        for node in 1..self.unit.len() as u32 {
            for child in self.children(node) {
                let mut context = suffix[node as usize];
                suffix[child as usize] = loop {
                    match self.child(context, self.unit[child as usize]) {
                        Some(found) => break found,
                        None if context == 0 => break 0,
                        None => context = suffix[context as usize],
                    }
                };
            }
        }
        suffix
    }

    fn automaton(&self) -> Option<Ngram> {
        let suffix = self.suffixes();
        let nodes = self.unit.len() as u32;
        let is_context = |node: u32| node == 0 || !self.children(node).is_empty();
        let mut state_of = Vec::with_capacity(nodes as usize);
        let mut count = 0;
        for node in 0..nodes {
            state_of.push(count);
            count += is_context(node) as u32;
        }
        let state_within = |mut node: u32| {
            while !is_context(node) {
                node = suffix[node as usize];
            }
            state_of[node as usize]
        };
        let mut states = Vec::with_capacity(count as usize + 1);
        let mut arcs = Vec::with_capacity(nodes as usize);
        for node in (0..nodes).filter(|n| is_context(*n)) {
            let shorter = state_within(suffix[node as usize]);
            states.push(State { arcs: arcs.len() as u32, shorter, cost: self.back_off_cost[node as usize] });
            arcs.extend(self.children(node).map(|child| Arc {
                target: state_within(child),
                unit: self.unit[child as usize],
                cost: self.cost[child as usize],
            }));
        }
        states.push(State { arcs: arcs.len() as u32, shorter: 0, cost: 0 });
        let start = state_within(self.child(0, START)?);
        Some(Ngram { states, arcs, start })
    }
}

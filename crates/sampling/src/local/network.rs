//! The forward pass of llama's architecture (Touvron et al. 2023): for each layer attention with turned positions (Su et al. 2021)
//! and shared keys (Ainslie et al. 2023), then a gated feed-forward part, each after a norm and added to what came in.
//!
//! Sequences of different lengths are passed together: their new tokens are rows of one matrix for all products with
//! weights, and each looks back into its own [`Cache`]. There is no padding and no mask, and since no row's arithmetic depends on
//! the others, a token has the same numbers alone and in any company, in one pass and in many.

use rayon::prelude::*;

use super::file::{Gguf, Shape};
use super::lanes::Processor;
use super::math::{Attention, gated, rms_norm, vectorized};
use super::matrix::{Matrix, Product, Rows};
use crate::error::Error;

/// Rows whose norms and gates are worth another thread.
const ROWS_A_THREAD: usize = 16;

pub(super) struct Network {
    shape: Shape,
    tokens: Matrix,
    layers: Vec<Layer>,
    norm: Vec<f32>,
    /// Where it is not the table of tokens itself.
    output: Option<Matrix>,
    /// Radians a position, for each pair of dimensions that is turned.
    turns: Vec<f64>,
}

struct Layer {
    attention_norm: Vec<f32>,
    /// Queries, keys and values, one below the other.
    asks: Matrix,
    attention: Matrix,
    inner_norm: Vec<f32>,
    /// Gates, then what they let through.
    gates: Matrix,
    inner: Matrix,
}

/// Keys and values of what a sequence has read.
#[derive(Clone)]
pub(super) struct Cache {
    tokens: usize,
    /// By layer, then by head: a row a token.
    keys: Vec<Vec<f32>>,
    values: Vec<Vec<f32>>,
}

impl Cache {
    /// Tokens that were read.
    pub fn tokens(&self) -> usize {
        self.tokens
    }

    /// What it held when only the first tokens were read.
    pub fn beginning(&self, tokens: usize) -> Cache {
        let tokens = tokens.min(self.tokens);
        let share = |all: &Vec<f32>| all[..all.len() / self.tokens.max(1) * tokens].to_vec();
        let (keys, values) = (self.keys.iter().map(share).collect(), self.values.iter().map(share).collect());
        Cache { tokens, keys, values }
    }
}

/// One sequence's part of a pass: tokens that follow on what its cache holds.
pub(super) struct Part<'a> {
    pub cache: &'a mut Cache,
    pub tokens: &'a [u32],
}

/// What is wanted of a pass.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Wanted {
    /// Logits of what follows the last token of each sequence that has any.
    Last,
    /// Logits of what follows each token.
    Every,
}

impl Network {
    /// # Errors
    /// If the file's tensors cannot be read.
    pub fn of(file: &Gguf) -> Result<Network, Error> {
        let shape = file.shape.clone();
        let missing = |name: &str| file.wrong(format!("it is damaged: no {name}"), "fetch the file again");
        let values = |name: &str| file.values(name)?.ok_or_else(|| missing(name));
        let layer = |i: usize| -> Result<Layer, Error> {
            let vector = |part: &str| values(&format!("blk.{i}.{part}.weight"));
            let matrix = |parts: &[&str], inputs: usize| -> Result<Matrix, Error> {
                let mut all = Vec::new();
                for part in parts {
                    all.extend(vector(part)?);
                }
                Ok(Matrix::new(&all, inputs))
            };
            Ok(Layer {
                attention_norm: vector("attn_norm")?,
                asks: matrix(&["attn_q", "attn_k", "attn_v"], shape.width)?,
                attention: matrix(&["attn_output"], shape.heads * shape.head)?,
                inner_norm: vector("ffn_norm")?,
                gates: matrix(&["ffn_gate", "ffn_up"], shape.width)?,
                inner: matrix(&["ffn_down"], shape.inner)?,
            })
        };
        let layers = (0..shape.layers).into_par_iter().map(layer).collect::<Result<Vec<_>, _>>()?;
        let output = file.values("output.weight")?.map(|values| Matrix::new(&values, shape.width));
        let slower = file.values("rope_freqs.weight")?;
        let turn = |i: usize| {
            let turn = shape.base.powf(-2.0 * i as f64 / shape.turned as f64);
            slower.as_ref().map_or(turn, |slower| turn / f64::from(slower[i]))
        };
        Ok(Network {
            tokens: Matrix::new(&values("token_embd.weight")?, shape.width),
            layers,
            norm: values("output_norm.weight")?,
            output,
            turns: (0..shape.turned / 2).map(turn).collect(),
            shape,
        })
    }

    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Of a sequence of which nothing was read.
    pub fn cache(&self) -> Cache {
        let heads = self.shape.layers * self.shape.key_heads;
        Cache { tokens: 0, keys: vec![Vec::new(); heads], values: vec![Vec::new(); heads] }
    }

    /// Reads the tokens of all parts, and gives the logits that are wanted, a row each in the order of the parts. `watch` is
    /// shown the residual stream, row-major (tokens × width), before the first layer and after each.
    pub fn pass(&self, parts: &mut [Part], wanted: Wanted, mut watch: impl FnMut(&[f32])) -> Product {
        let width = self.shape.width;
        let places = places(parts);
        let turns: Vec<Vec<[f32; 2]>> = places.iter().map(|place| self.turned_by(place.position)).collect();
        let mut stream = vec![0.0; places.len() * width];
        let ids = parts.iter().flat_map(|part| part.tokens);
        for (row, id) in stream.chunks_exact_mut(width).zip(ids) {
            self.tokens.row(*id as usize, row);
        }
        watch(&stream);
        let mut normed = vec![0.0; stream.len()];
        for (i, layer) in self.layers.iter().enumerate() {
            self.norm(&stream, &layer.attention_norm, &mut normed);
            let asked = layer.asks.times(&Rows::new(&normed, width), Processor::best()).values();
            let seen = self.attend(i, asked, &places, &turns, parts);
            let seen = Rows::new(&seen, self.shape.heads * self.shape.head);
            layer.attention.times(&seen, Processor::best()).add_to(&mut stream);

            self.norm(&stream, &layer.inner_norm, &mut normed);
            let gates = layer.gates.times(&Rows::new(&normed, width), Processor::best()).values();
            let inner = Rows::new(&self.gate(&gates), self.shape.inner);
            layer.inner.times(&inner, Processor::best()).add_to(&mut stream);
            watch(&stream);
        }
        parts.iter_mut().for_each(|part| part.cache.tokens += part.tokens.len());

        let told: Vec<f32> = match wanted {
            Wanted::Every => stream,
            Wanted::Last => {
                let last = places.iter().enumerate().filter(|(_, place)| place.is_last).map(|(row, _)| row);
                last.flat_map(|row| &stream[row * width..(row + 1) * width]).copied().collect()
            }
        };
        let mut normed = vec![0.0; told.len()];
        self.norm(&told, &self.norm, &mut normed);
        self.output.as_ref().unwrap_or(&self.tokens).times(&Rows::new(&normed, width), Processor::best())
    }

    fn norm(&self, stream: &[f32], weights: &[f32], into: &mut [f32]) {
        let rows = ROWS_A_THREAD * self.shape.width;
        stream
            .par_chunks(rows)
            .zip(into.par_chunks_mut(rows))
            .for_each(|(stream, into)| rms_norm(stream, weights, self.shape.epsilon, into));
    }

    fn gate(&self, gates: &[f32]) -> Vec<f32> {
        let inner = self.shape.inner;
        let mut through = vec![0.0; gates.len() / 2];
        let rows = ROWS_A_THREAD * inner;
        through
            .par_chunks_mut(rows)
            .zip(gates.par_chunks(2 * rows))
            .for_each(|(through, gates)| gated(gates, inner, through));
        through
    }

    /// What each token's heads take from the values before it; their keys and values are added to the caches.
    fn attend(
        &self,
        layer: usize,
        mut asked: Vec<f32>,
        places: &[Place],
        turns: &[Vec<[f32; 2]>],
        parts: &mut [Part],
    ) -> Vec<f32> {
        let Shape { heads, key_heads, head, .. } = self.shape;
        let all = (heads + 2 * key_heads) * head;
        for ((asked, place), turns) in asked.chunks_exact_mut(all).zip(places).zip(turns) {
            let (turned, values) = asked.split_at_mut((heads + key_heads) * head);
            turned.chunks_exact_mut(head).for_each(|head| turn(head, turns));
            let cache = &mut *parts[place.part].cache;
            let keys = turned[heads * head..].chunks_exact(head);
            for (at, (key, value)) in keys.zip(values.chunks_exact(head)).enumerate() {
                cache.keys[layer * key_heads + at].extend_from_slice(key);
                cache.values[layer * key_heads + at].extend_from_slice(value);
            }
        }
        let mut seen = vec![0.0; places.len() * heads * head];
        let shared = heads / key_heads * head;
        let parts = &*parts;
        seen.par_chunks_mut(shared).enumerate().for_each(|(at, into)| {
            let (row, key_head) = (at / key_heads, at % key_heads);
            let place = &places[row];
            let cache = &parts[place.part].cache;
            let read = (place.position + 1) * head;
            let at = layer * key_heads + key_head;
            vectorized(Attention {
                queries: &asked[row * all + key_head * shared..][..shared],
                keys: &cache.keys[at][..read],
                values: &cache.values[at][..read],
                width: head,
                into,
            });
        });
        seen
    }

    fn turned_by(&self, position: usize) -> Vec<[f32; 2]> {
        let turn = |turn: &f64| {
            let (sin, cos) = (position as f64 * turn).sin_cos();
            [sin as f32, cos as f32]
        };
        self.turns.iter().map(turn).collect()
    }
}

/// Where a row stands.
struct Place {
    part: usize,
    position: usize,
    /// It is the last of its part.
    is_last: bool,
}

fn places(parts: &[Part]) -> Vec<Place> {
    let of_part = |(part, of): (usize, &Part)| {
        let (first, n) = (of.cache.tokens, of.tokens.len());
        (0..n).map(move |i| Place { part, position: first + i, is_last: i + 1 == n })
    };
    parts.iter().enumerate().flat_map(of_part).collect()
}

/// Turns neighbouring dimensions, as GGUF files of this architecture have them side by side.
fn turn(head: &mut [f32], turns: &[[f32; 2]]) {
    for (pair, [sin, cos]) in head.as_chunks_mut::<2>().0.iter_mut().zip(turns) {
        let [a, b] = *pair;
        *pair = [a * cos - b * sin, a * sin + b * cos];
    }
}

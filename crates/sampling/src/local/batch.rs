//! Many answers at once: each step reads one more token of every answer, and whole prompts of those that are new. What was read
//! for an answer is kept for a while, since the next prompt often begins like it: with the same system message, or with the
//! whole conversation before. As a token has the same numbers however it was read, that changes nothing but the time.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use rayon::prelude::*;

use super::draw::{Draw, log_probability};
use super::network::{Cache, Network, Part, Wanted};
use super::tokens::Tokens;
use crate::answer::{Finish, TokenLogprob};
use crate::model::{ModelError, Reason};
use crate::request::Settings;

/// Tokens of prompts that one step reads, so that those who are being answered need not wait long for those who come.
const PROMPTS_A_STEP: usize = 256;

/// Answers whose prompts are remembered.
const KEPT: usize = 16;

/// An answer in the making, with whatever the caller knows it by.
struct Slot<K> {
    key: K,
    cache: Cache,
    /// What the cache holds, and what it is to hold next.
    tokens: Vec<u32>,
    /// Not yet read: of the prompt, or the token that was said last.
    unread: Vec<u32>,
    draw: Draw,
    stop: Vec<String>,
    keeps_logprobs: bool,
    /// Tokens that it may have.
    most: usize,
    tokens_in: usize,
    said: Vec<u32>,
    logprobs: Vec<TokenLogprob>,
    begun: Instant,
}

/// An answer that is whole.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Said {
    pub text: String,
    pub finish: Finish,
    pub tokens_in: usize,
    pub tokens_out: usize,
    pub logprobs: Option<Vec<TokenLogprob>>,
    pub latency: Duration,
}

pub(super) struct Batch<'a, K> {
    network: &'a Network,
    tokens: &'a Tokens,
    slots: Vec<Slot<K>>,
    /// What was read and what it came to, the latest last.
    kept: VecDeque<(Vec<u32>, Cache)>,
}

impl<'a, K> Batch<'a, K> {
    pub fn new(network: &'a Network, tokens: &'a Tokens) -> Batch<'a, K> {
        Batch { network, tokens, slots: Vec::new(), kept: VecDeque::new() }
    }

    /// Answers that are being made.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Begins an answer to a prompt, which leaves room in the model's context.
    pub fn add(&mut self, key: K, prompt: Vec<u32>, settings: &Settings) {
        let room = self.network.shape().context.saturating_sub(prompt.len());
        let cache = self.begun(&prompt);
        self.slots.push(Slot {
            key,
            tokens_in: prompt.len(),
            unread: prompt[cache.tokens()..].to_vec(),
            cache,
            tokens: prompt,
            draw: Draw::of(settings),
            stop: settings.stop.clone(),
            keeps_logprobs: settings.logprobs,
            most: room.min(settings.max_tokens as usize),
            said: Vec::new(),
            logprobs: Vec::new(),
            begun: Instant::now(),
        });
    }

    /// A cache of as much of a prompt as was read before, less its last token, which has to be read for what follows it.
    fn begun(&mut self, prompt: &[u32]) -> Cache {
        let shared =
            |tokens: &[u32]| tokens.iter().zip(&prompt[..prompt.len() - 1]).take_while(|(a, b)| a == b).count();
        let likest = (0..self.kept.len()).map(|i| (shared(&self.kept[i].0), i)).max();
        match likest {
            // A conversation that goes on: nobody else will need this.
            Some((n, i)) if n > 0 && n == self.kept[i].0.len() => {
                self.kept.remove(i).map_or_else(|| self.network.cache(), |(_, cache)| cache)
            }
            Some((n, i)) if n > 0 => self.kept[i].1.beginning(n),
            _ => self.network.cache(),
        }
    }

    /// One token more for each answer whose prompt is read; gives the answers that are whole with it.
    pub fn step(&mut self) -> Vec<(K, Result<Said, ModelError>)>
    where
        K: Send,
    {
        let mut room = PROMPTS_A_STEP;
        let mut read = Vec::with_capacity(self.slots.len());
        for slot in &self.slots {
            let n = slot.unread.len().min(room.max(1));
            room = room.saturating_sub(n);
            read.push(n);
        }
        let mut parts: Vec<Part> = self
            .slots
            .iter_mut()
            .zip(&read)
            .map(|(slot, n)| Part { cache: &mut slot.cache, tokens: &slot.unread[..*n] })
            .collect();
        let told = self.network.pass(&mut parts, Wanted::Last, |_| {});
        let tokens = self.tokens;
        let ends: Vec<Option<Result<Finish, ModelError>>> = self
            .slots
            .par_iter_mut()
            .zip(&read)
            .enumerate()
            .map(|(row, (slot, n))| {
                slot.unread.drain(..n);
                let is_read = slot.unread.is_empty();
                is_read.then(|| slot.say(&told.row(row).collect::<Vec<_>>(), tokens).transpose()).flatten()
            })
            .collect();
        let mut whole = Vec::new();
        let mut going = Vec::with_capacity(self.slots.len());
        for (slot, end) in self.slots.drain(..).zip(ends) {
            match end {
                None => going.push(slot),
                Some(end) => {
                    let (key, said, read) = slot.end(end, tokens);
                    whole.push((key, said));
                    self.kept.push_back(read);
                }
            }
        }
        self.slots = going;
        // As much as one answer may need, so that memory has a bound.
        let tokens = |kept: &VecDeque<(Vec<u32>, Cache)>| kept.iter().map(|(tokens, _)| tokens.len()).sum::<usize>();
        while self.kept.len() > KEPT || tokens(&self.kept) > self.network.shape().context {
            self.kept.pop_front();
        }
        whole
    }
}

impl<K> Slot<K> {
    /// Says one token more; how the answer ends, if it does.
    fn say(&mut self, logits: &[f32], tokens: &Tokens) -> Result<Option<Finish>, ModelError> {
        let none = || ModelError::new(Reason::Local, "what the model puts out are no numbers: is the file damaged?");
        if self.most == 0 {
            return Ok(Some(Finish::Length));
        }
        let token = self.draw.token(logits, self.said.len()).ok_or_else(none)?;
        let id = token as u32;
        if tokens.ends(id) {
            return Ok(Some(Finish::Stop));
        }
        if self.keeps_logprobs {
            let logprob = log_probability(logits, token).ok_or_else(none)?;
            self.logprobs.push(TokenLogprob { token: tokens.name(id), logprob });
        }
        self.said.push(id);
        self.tokens.push(id);
        self.unread.push(id);
        if !self.stop.is_empty() && first_of(&self.stop, &tokens.decode(&self.said)).is_some() {
            return Ok(Some(Finish::Stop));
        }
        Ok((self.said.len() >= self.most).then_some(Finish::Length))
    }

    /// The answer, and what was read for it.
    fn end(mut self, end: Result<Finish, ModelError>, tokens: &Tokens) -> Ended<K> {
        self.tokens.truncate(self.cache.tokens());
        let read = (self.tokens, self.cache);
        let finish = match end {
            Ok(finish) => finish,
            Err(error) => return (self.key, Err(error), read),
        };
        let mut text = tokens.decode(&self.said);
        match first_of(&self.stop, &text) {
            Some(at) => text.truncate(at),
            // Cut off within a letter.
            None if finish == Finish::Length => text.truncate(text.trim_end_matches('\u{FFFD}').len()),
            None => {}
        }
        let said = Said {
            finish: if finish == Finish::Stop && text.trim().is_empty() { Finish::Empty } else { finish },
            text,
            tokens_in: self.tokens_in,
            tokens_out: self.said.len(),
            logprobs: self.keeps_logprobs.then_some(self.logprobs),
            latency: self.begun.elapsed(),
        };
        (self.key, Ok(said), read)
    }
}

type Ended<K> = (K, Result<Said, ModelError>, (Vec<u32>, Cache));

/// Where the first of the stop strings begins.
fn first_of(stop: &[String], text: &str) -> Option<usize> {
    stop.iter().filter(|stop| !stop.is_empty()).filter_map(|stop| text.find(stop.as_str())).min()
}

//! Many answers at once: each step reads one more token of every answer, and whole prompts of those that are new.

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

/// An answer in the making, with whatever the caller knows it by.
struct Slot<K> {
    key: K,
    cache: Cache,
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
}

impl<'a, K> Batch<'a, K> {
    pub fn new(network: &'a Network, tokens: &'a Tokens) -> Batch<'a, K> {
        Batch { network, tokens, slots: Vec::new() }
    }

    /// Answers that are being made.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Begins an answer to a prompt, which leaves room in the model's context.
    pub fn add(&mut self, key: K, prompt: Vec<u32>, settings: &Settings) {
        let room = self.network.shape().context.saturating_sub(prompt.len());
        self.slots.push(Slot {
            key,
            cache: self.network.cache(),
            tokens_in: prompt.len(),
            unread: prompt,
            draw: Draw::of(settings),
            stop: settings.stop.clone(),
            keeps_logprobs: settings.logprobs,
            most: room.min(settings.max_tokens as usize),
            said: Vec::new(),
            logprobs: Vec::new(),
            begun: Instant::now(),
        });
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
                    let (key, said) = slot.end(end, tokens);
                    whole.push((key, said));
                }
            }
        }
        self.slots = going;
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
        self.unread.push(id);
        if !self.stop.is_empty() && self.stops_at(&tokens.decode(&self.said)).is_some() {
            return Ok(Some(Finish::Stop));
        }
        Ok((self.said.len() >= self.most).then_some(Finish::Length))
    }

    /// Where the first of the stop strings begins.
    fn stops_at(&self, text: &str) -> Option<usize> {
        self.stop.iter().filter(|stop| !stop.is_empty()).filter_map(|stop| text.find(stop.as_str())).min()
    }

    fn end(self, end: Result<Finish, ModelError>, tokens: &Tokens) -> (K, Result<Said, ModelError>) {
        let finish = match end {
            Ok(finish) => finish,
            Err(error) => return (self.key, Err(error)),
        };
        let mut text = tokens.decode(&self.said);
        match self.stops_at(&text) {
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
        (self.key, Ok(said))
    }
}

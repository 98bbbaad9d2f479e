//! The last outputs of the policy, as points.

use super::prompts::UNKNOWN;
use crate::kernel::Points;

/// A ring of texts: the newest takes the place of the oldest.
#[derive(Debug, Clone, Default)]
pub(super) struct Window {
    pub capacity: usize,
    pub form: Points,
    /// No rows where content is not weighed.
    pub content: Points,
    /// The prompt of every text, by its number in the reference.
    pub prompts: Vec<u32>,
    /// Where the next text goes.
    pub next: usize,
    /// Texts scored so far, on task or not.
    pub scored: u64,
}

impl Window {
    pub(super) fn new(capacity: usize, form: usize, content: Option<usize>) -> Self {
        let points = |dim: usize| Points::new(Vec::new(), dim);
        Self { capacity, form: points(form), content: points(content.unwrap_or(1)), ..Self::default() }
    }

    pub(super) fn len(&self) -> usize {
        self.prompts.len()
    }

    /// Puts a text in, and tells its place.
    pub(super) fn push(&mut self, form: &[f32], content: Option<&[f32]>, prompt: u32) -> usize {
        let slot = self.next;
        self.form.put(slot, form);
        if let Some(content) = content {
            self.content.put(slot, content);
        }
        if slot == self.prompts.len() {
            self.prompts.push(prompt);
        } else {
            self.prompts[slot] = prompt;
        }
        self.next = (slot + 1) % self.capacity;
        slot
    }

    /// Texts to each prompt of the reference, and to others.
    pub(super) fn mix(&self, prompts: usize) -> (Vec<u32>, u32) {
        let (mut counts, mut unknown) = (vec![0; prompts], 0);
        for prompt in &self.prompts {
            match *prompt {
                UNKNOWN => unknown += 1,
                known => counts[known as usize] += 1,
            }
        }
        (counts, unknown)
    }
}

//! Weights over prompts, and the texts in which prompts have them.

use measure::{Mix, Weights};

use crate::{Error, Gathered, Watch, in_batches};

impl Gathered {
    /// Leaves the texts in which prompts have their weights.
    ///
    /// # Errors
    /// If prompts of the set have none.
    pub fn weigh(&mut self, weights: &Weights, seed: u64) -> Result<Mix, Error> {
        let (kept, mix) = weights.draw(&self.samples, seed)?;
        keep(&mut self.samples.readings, &kept);
        keep(&mut self.keys, &kept);
        keep(&mut self.asked, &kept);
        Ok(mix)
    }
}

/// The items at rising places; of a list that is empty, none.
fn keep<T>(items: &mut Vec<T>, places: &[usize]) {
    let mut places = places.iter().peekable();
    let mut at = 0;
    items.retain(|_| {
        let kept = places.next_if(|place| **place == at).is_some();
        at += 1;
        kept
    });
}

/// Weights over prompts, from any source that has the fields prompt and weight.
///
/// # Errors
/// If it cannot be read, a record has no number in the field weight, or the weights say nothing.
pub fn weights(source: &str, watch: &mut dyn Watch) -> Result<Weights, Error> {
    let fields = corpus::Fields::parse(["text=prompt"])?;
    let mut texts = corpus::open(source, &corpus::Options { fields, ..corpus::Options::default() })?;
    let mut pairs = Vec::new();
    let mut without = None;
    in_batches(&mut texts, |batch, _| -> Result<(), Error> {
        for text in batch {
            match text.field("weight").and_then(|weight| weight.trim().parse().ok()) {
                Some(weight) => pairs.push((text.text.clone(), weight)),
                None => without = without.take().or(Some(text.id.clone())),
            }
        }
        Ok(())
    })?;
    watch.done(&texts);
    if let Some(record) = without {
        return Err(Error::input(format!("{source}: record {record} has no number in the field weight"))
            .with_help("give each prompt a weight of 0 (left out) or more"));
    }
    Ok(Weights::new(texts.name(), pairs)?)
}

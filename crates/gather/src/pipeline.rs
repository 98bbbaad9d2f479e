//! Many texts through one function: in parallel, in order, and never more than a few in memory.

use corpus::{Error, Text, Texts};
use rayon::prelude::*;

/// Texts that are worked on at a time, and the bytes that they may have together.
const TEXTS: usize = 512;
const BYTES: usize = 4 << 20;
/// So many times as much where the work shares it out itself: threads wait for each other less often.
const LARGE: usize = 4;

/// Gives `work(text)` to `put` for every text in order. While one batch is worked on, the next is read.
///
/// # Errors
/// The first of `put`, or that which ended the texts.
pub fn in_order<R: Send, E: From<Error>>(
    texts: &mut Texts,
    work: impl Fn(Text) -> R + Sync,
    mut put: impl FnMut(R, &Texts) -> Result<(), E>,
) -> Result<(), E> {
    let mut batch = Batch::read(texts);
    while !batch.texts.is_empty() {
        let read = std::mem::take(&mut batch.texts);
        let (done, next) = match batch.end {
            None => {
                let next = || Batch::read(texts);
                rayon::join(|| read.into_par_iter().map(&work).collect::<Vec<R>>(), next)
            }
            end => (read.into_par_iter().map(&work).collect(), Batch { texts: Vec::new(), end }),
        };
        for result in done {
            put(result, texts)?;
        }
        batch = next;
    }
    match batch.end {
        Some(Err(error)) => Err(error.into()),
        _ => Ok(()),
    }
}

/// Gives all texts to `take`, a batch at a time.
///
/// # Errors
/// The first of `take`, or that which ended the texts.
pub fn in_batches<E: From<Error>>(
    texts: &mut Texts,
    mut take: impl FnMut(&[Text], &Texts) -> Result<(), E>,
) -> Result<(), E> {
    worked_in_batches(texts, |_| (), |batch, (), texts| take(batch, texts))
}

/// Gives all texts to `work`, which is itself parallel, a batch at a time, and what comes of it to `put`. While one batch is
/// worked on, the next is read.
///
/// # Errors
/// The first of `put`, or that which ended the texts.
pub fn worked_in_batches<R: Send, E: From<Error>>(
    texts: &mut Texts,
    work: impl Fn(&[Text]) -> R + Sync,
    mut put: impl FnMut(&[Text], R, &Texts) -> Result<(), E>,
) -> Result<(), E> {
    let mut batch = Batch::of(texts, LARGE);
    loop {
        let read = std::mem::take(&mut batch.texts);
        let (done, next) = match batch.end {
            None => rayon::join(|| work(&read), || Batch::of(texts, LARGE)),
            end => (work(&read), Batch { texts: Vec::new(), end }),
        };
        put(&read, done, texts)?;
        batch = next;
        match batch.end {
            Some(end) if batch.texts.is_empty() => return end.map_err(E::from),
            _ => {}
        }
    }
}

struct Batch {
    texts: Vec<Text>,
    /// How the source ended, if it did.
    end: Option<Result<(), Error>>,
}

impl Batch {
    fn read(source: &mut Texts) -> Batch {
        Batch::of(source, 1)
    }

    /// So many times the usual batch.
    fn of(source: &mut Texts, times: usize) -> Batch {
        let (mut texts, mut bytes) = (Vec::new(), 0);
        while texts.len() < times * TEXTS && bytes < times * BYTES {
            match source.next() {
                Some(Ok(text)) => {
                    bytes += text.text.len();
                    texts.push(text);
                }
                Some(Err(error)) => return Batch { texts, end: Some(Err(error)) },
                None => return Batch { texts, end: Some(Ok(())) },
            }
        }
        Batch { texts, end: None }
    }
}

//! The threads that score.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tokio::sync::oneshot;

use super::metrics::Metrics;
use crate::{Diversity, Sample, Scored};

/// A request's texts, and where its rewards are waited for.
struct Job {
    samples: Vec<Sample>,
    done: oneshot::Sender<Vec<Scored>>,
}

/// As many threads as cores: texts are read side by side, windows are held in turns.
#[derive(Debug)]
pub(super) struct Workers {
    queue: SyncSender<Job>,
}

impl Workers {
    pub(super) fn start(reward: &Arc<Diversity>, metrics: &Arc<Metrics>, queue: usize) -> io::Result<Self> {
        let (sender, receiver) = sync_channel(queue);
        let receiver = Arc::new(Mutex::new(receiver));
        let threads = thread::available_parallelism().map_or(2, std::num::NonZero::get);
        for i in 0..threads {
            let (reward, metrics, receiver) = (Arc::clone(reward), Arc::clone(metrics), Arc::clone(&receiver));
            thread::Builder::new().name(format!("reward {i}")).spawn(move || work(&reward, &metrics, &receiver))?;
        }
        Ok(Self { queue: sender })
    }

    /// Where the rewards will come from; None where the queue is full. A worker that is lost to a mistake of ours drops the
    /// sender, which the waiting request sees.
    pub(super) fn ask(&self, samples: Vec<Sample>) -> Option<oneshot::Receiver<Vec<Scored>>> {
        let (done, rewards) = oneshot::channel();
        match self.queue.try_send(Job { samples, done }) {
            Ok(()) => Some(rewards),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => None,
        }
    }
}

fn work(reward: &Diversity, metrics: &Metrics, queue: &Mutex<Receiver<Job>>) {
    loop {
        // held only while waiting, so a thread that panics at work leaves it sound
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { samples, done }) = job else { return };
        if done.is_closed() {
            // whoever asked has gone; its texts are not the policy's until somebody takes their rewards
            continue;
        }
        let scored = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| reward.score(&samples)));
        match scored {
            Ok(scored) => {
                metrics.scored(&scored, reward.options().clip);
                let _ = done.send(scored);
            }
            Err(_) => metrics.mistake(),
        }
    }
}

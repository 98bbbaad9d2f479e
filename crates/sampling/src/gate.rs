//! How fast a server may be asked: requests and tokens a minute, and the pauses that it wishes.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

const MINUTE: f64 = 60.0;

/// Lets requests through one by one, evenly spaced, so that no minute holds more than was allowed. (A bucket that starts
/// full lets nearly twice as many through in its first minute, and servers refuse them.)
#[derive(Debug)]
pub(crate) struct Gate {
    a_request: Duration,
    /// Seconds.
    a_token: f64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    next_by_requests: Instant,
    next_by_tokens: Instant,
    held_until: Instant,
}

impl Gate {
    pub fn new(requests_a_minute: Option<u32>, tokens_a_minute: Option<u64>) -> Gate {
        let now = Instant::now();
        Gate {
            a_request: requests_a_minute
                .map_or(Duration::ZERO, |n| Duration::from_secs_f64(MINUTE / f64::from(n.max(1)))),
            a_token: tokens_a_minute.map_or(0.0, |n| MINUTE / n.max(1) as f64),
            state: Mutex::new(State { next_by_requests: now, next_by_tokens: now, held_until: now }),
        }
    }

    /// Waits for the turn of a request that takes about so many tokens.
    pub async fn admit(&self, tokens: u64) {
        let mut at = {
            let mut state = self.state();
            let at = Instant::now().max(state.next_by_requests).max(state.next_by_tokens);
            state.next_by_requests = at + self.a_request;
            state.next_by_tokens = at + Duration::from_secs_f64(self.a_token * tokens as f64);
            at
        };
        loop {
            sleep_until(at).await;
            let held = self.state().held_until;
            if held <= at {
                return;
            }
            at = held;
        }
    }

    /// Gives back the tokens that were reserved and not used.
    pub fn settle(&self, reserved: u64, used: u64) {
        let unused = Duration::from_secs_f64(self.a_token * reserved.saturating_sub(used) as f64);
        let mut state = self.state();
        if let Some(earlier) = state.next_by_tokens.checked_sub(unused) {
            state.next_by_tokens = earlier;
        }
    }

    /// Lets nobody through for so long: the server asked for it.
    pub fn hold(&self, pause: Duration) {
        let mut state = self.state();
        state.held_until = state.held_until.max(Instant::now() + pause);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn requests_are_spaced() {
        let gate = Gate::new(Some(120), None);
        let begun = Instant::now();
        for _ in 0..121 {
            gate.admit(1000).await;
        }
        let taken = begun.elapsed();
        assert!((59.9..60.5).contains(&taken.as_secs_f64()), "{taken:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn tokens_are_spaced_and_given_back() {
        let gate = Gate::new(None, Some(6000));
        let begun = Instant::now();
        gate.admit(1000).await;
        gate.admit(1000).await;
        assert_eq!(begun.elapsed().as_secs(), 10);
        gate.settle(1000, 200);
        gate.admit(1).await;
        assert_eq!(begun.elapsed().as_secs(), 12);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_everybody() {
        let gate = Gate::new(None, None);
        let begun = Instant::now();
        gate.hold(Duration::from_secs(7));
        gate.hold(Duration::from_secs(2));
        gate.admit(1).await;
        assert!(begun.elapsed() >= Duration::from_secs(7));
    }
}

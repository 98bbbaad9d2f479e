//! How the server does, as Prometheus reads it (text format 0.0.4).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::{Diversity, Scored};

/// Upper bounds of the histogram of seconds a request.
const BUCKETS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5];

#[derive(Debug, Default)]
pub(super) struct Metrics {
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    requests: BTreeMap<u16, u64>,
    texts: u64,
    off_task: u64,
    copied: u64,
    floored: u64,
    reward: f64,
    mistakes: u64,
    seconds: f64,
    buckets: [u64; BUCKETS.len()],
    answered: u64,
    snapshot: Option<SystemTime>,
    snapshots_failed: u64,
}

impl Metrics {
    fn change(&self, change: impl FnOnce(&mut Counts)) {
        change(&mut self.counts.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(super) fn scored(&self, scored: &[Scored], clip: f64) {
        let n = |of: &dyn Fn(&Scored) -> bool| scored.iter().filter(|s| of(s)).count() as u64;
        self.change(|c| {
            c.texts += scored.len() as u64;
            c.off_task += n(&|s| s.on_task == 0.0);
            c.copied += n(&|s| s.copied > 0.5);
            c.floored += n(&|s| s.reward <= -clip);
            c.reward += scored.iter().map(|s| s.reward).sum::<f64>();
        });
    }

    pub(super) fn answered(&self, status: u16, time: Duration) {
        let seconds = time.as_secs_f64();
        self.change(|c| {
            *c.requests.entry(status).or_default() += 1;
            if status == 200 {
                c.answered += 1;
                c.seconds += seconds;
                let within = BUCKETS.iter().zip(&mut c.buckets).filter(|(bound, _)| seconds <= **bound);
                within.for_each(|(_, n)| *n += 1);
            }
        });
    }

    pub(super) fn mistake(&self) {
        self.change(|c| c.mistakes += 1);
    }

    pub(super) fn snapshot(&self, done: bool) {
        self.change(|c| if done { c.snapshot = Some(SystemTime::now()) } else { c.snapshots_failed += 1 });
    }

    /// The page. `in_hand` requests of `queue` wait or are worked on.
    pub(super) fn page(&self, reward: &Diversity, in_hand: usize, queue: usize) -> String {
        let c = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut page = Page::default();
        page.family("requests_total", "counter", "Requests to /score by status");
        c.requests.iter().for_each(|(status, n)| page.line(&format!("requests_total{{status=\"{status}\"}}"), n));
        page.one("texts_total", "counter", "Texts scored", c.texts);
        page.one("off_task_total", "counter", "Texts that were not of the kind asked for", c.off_task);
        page.one("copied_total", "counter", "Texts of which most lines stand in the reference", c.copied);
        page.one("floored_total", "counter", "Texts that earned the least there is", c.floored);
        page.one("reward_sum", "counter", "Sum of all rewards; over texts_total it is their mean", c.reward);
        page.one("mistakes_total", "counter", "Requests lost to a mistake of the server's own", c.mistakes);
        page.one("window_texts", "gauge", "Texts that the window holds", reward.window_len());
        page.one("window_capacity", "gauge", "Texts that it may hold", reward.options().window);
        page.one("requests_in_hand", "gauge", "Requests that wait or are worked on", in_hand);
        page.one("queue_capacity", "gauge", "Requests that may be in hand", queue);
        if let Some(age) = c.snapshot.and_then(|at| at.duration_since(UNIX_EPOCH).ok()) {
            page.one(
                "snapshot_time_seconds",
                "gauge",
                "When the window was last written (Unix time)",
                age.as_secs_f64(),
            );
        }
        page.one("snapshots_failed_total", "counter", "Snapshots that could not be written", c.snapshots_failed);
        page.family("request_seconds", "histogram", "Seconds from a request's head to its answer");
        for (bound, n) in BUCKETS.iter().zip(&c.buckets) {
            page.line(&format!("request_seconds_bucket{{le=\"{bound}\"}}"), n);
        }
        page.line("request_seconds_bucket{le=\"+Inf\"}", c.answered);
        page.line("request_seconds_sum", c.seconds);
        page.line("request_seconds_count", c.answered);
        page.0
    }
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        // writing into a string does not fail
        let _ = writeln!(self.0, "# HELP doggerel_reward_{name} {help}\n# TYPE doggerel_reward_{name} {kind}");
    }

    fn line(&mut self, name: &str, value: impl std::fmt::Display) {
        let _ = writeln!(self.0, "doggerel_reward_{name} {value}");
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: impl std::fmt::Display) {
        self.family(name, kind, help);
        self.line(name, value);
    }
}

//! Asks what a plan has, many at a time, and keeps every answer before the next is asked for.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::error::Error;
use crate::model::{Model, ModelError, Reason, estimate};
use crate::plan::{Case, Plan};
use crate::request::{Message, Prompt, Request, Role};
use crate::retry::mix;
use crate::run::store::Run;
use crate::run::tally::Tally;

/// Failures on end after which a server is taken to be down, beyond those that were on their way at once.
const GIVE_UP: usize = 16;

/// How far a run goes at once.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Cases of the plan, from its first; all without it.
    pub cases: Option<usize>,
    /// US dollars that the run may cost, with what it has cost before.
    pub cost: Option<f64>,
    /// Requests on their way at once, where the model does not know better.
    pub concurrency: usize,
    /// Seed of every request's own.
    pub seed: u64,
    /// End properly on Ctrl-C and SIGTERM, and at once on the second.
    pub signals: bool,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { cases: None, cost: None, concurrency: 8, seed: 1, signals: false }
    }
}

/// How a run ended, for now.
#[derive(Debug, Clone, PartialEq)]
pub enum How {
    /// Everything was asked.
    Whole,
    /// By Ctrl-C.
    Interrupted,
    /// The next request might have cost more than was left.
    Budget,
    /// The server answers nobody.
    GivenUp(ModelError),
}

/// What one command did of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Ended {
    pub how: How,
    /// Of this command alone.
    pub tally: Tally,
    /// Requests that are not answered, those that failed among them.
    pub left: usize,
    /// What a person should know of the answers.
    pub notices: Vec<String>,
}

/// How far a run has come, while it goes.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'a> {
    /// Of this command alone.
    pub tally: &'a Tally,
    /// Requests that this command has to make.
    pub requests: usize,
    /// Nothing more is asked, and what is on its way is waited for.
    pub ending: bool,
}

/// The plan with everything said that the model itself decides.
pub(crate) fn settled(plan: &Plan, model: &dyn Model) -> Plan {
    let mut plan = plan.clone();
    plan.cases.iter_mut().for_each(|case| model.settle(&mut case.settings));
    plan
}

/// What can be said before anything is asked.
pub(crate) fn check(plan: &Plan, model: &dyn Model, limits: &Limits) -> Result<(), Error> {
    plan.check()?;
    if let Some(why) = plan.cases.iter().find_map(|case| model.refuses(&case.settings)) {
        return Err(Error::Unsupported { model: model.name().to_string(), why });
    }
    if limits.cost.is_some() && model.price().is_none() {
        return Err(Error::NoPrice(model.name().to_string()));
    }
    Ok(())
}

/// Asks `model` what the plan has and the file at `path` has no answers to. `watch` is told how far it is: before the first
/// request, after every answer and failure, and when it is interrupted.
///
/// # Errors
/// If the file cannot be used or written, or the plan cannot be asked of this model.
pub fn run(
    path: &Path,
    plan: &Plan,
    model: &Arc<dyn Model>,
    limits: &Limits,
    watch: impl Fn(Progress) + Send + Sync + 'static,
) -> Result<Ended, Error> {
    let plan = &settled(plan, &**model);
    check(plan, &**model, limits)?;
    let store = Run::begin(path, plan, model.name(), limits.seed)?;
    let answered = store.answered()?;
    let spent = store.tally()?.cost;
    let cases = &plan.cases[..limits.cases.unwrap_or(usize::MAX).min(plan.cases.len())];
    let jobs: Vec<(usize, Case, usize)> = cases
        .iter()
        .enumerate()
        .map(|(position, case)| (position, case.clone(), answered[position]))
        .filter(|(_, case, answers)| *answers < 1 + case.then.len())
        .collect();
    let concurrency = model.concurrency().unwrap_or(limits.concurrency).max(1);
    let requests: usize = jobs.iter().map(|(_, case, answers)| 1 + case.then.len() - answers).sum();

    let session = Arc::new(Session {
        model: Arc::clone(model),
        store: Mutex::new(store),
        jobs: Mutex::new(jobs.into_iter()),
        state: Mutex::new(State { how: How::Whole, error: None, tally: Tally::default(), spent, reserved: 0.0 }),
        failures: AtomicUsize::new(0),
        patience: GIVE_UP + concurrency,
        budget: limits.cost,
        seed: limits.seed,
        settled: Notify::new(),
        requests,
        watch: Box::new(watch),
    });
    session.tell(&session.state());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::Client(error.to_string()))?;
    runtime.block_on(all(&session, concurrency.min(requests), limits.signals));
    // Whatever was left behind by a second Ctrl-C is gone before the file is closed.
    drop(runtime);

    session.store().rest();
    let mut state = session.state();
    if let Some(error) = state.error.take() {
        return Err(error);
    }
    let (how, tally) = (state.how.clone(), state.tally.clone());
    Ok(Ended { how, left: requests - tally.answers, tally, notices: model.notices() })
}

struct Session {
    model: Arc<dyn Model>,
    store: Mutex<Run>,
    /// Position, case, and the answers that it has.
    jobs: Mutex<std::vec::IntoIter<(usize, Case, usize)>>,
    state: Mutex<State>,
    /// Failures since the last answer.
    failures: AtomicUsize,
    patience: usize,
    budget: Option<f64>,
    seed: u64,
    /// Told when a request is no longer on its way.
    settled: Notify,
    requests: usize,
    watch: Box<dyn Fn(Progress) + Send + Sync>,
}

struct State {
    how: How,
    error: Option<Error>,
    tally: Tally,
    /// US dollars, of all of the run.
    spent: f64,
    /// What those on their way may cost.
    reserved: f64,
}

/// Workers until there is nothing more to ask, or no more is to be asked.
async fn all(session: &Arc<Session>, workers: usize, signals: bool) {
    let mut working = JoinSet::new();
    for _ in 0..workers {
        let session = Arc::clone(session);
        working.spawn(async move { session.work().await });
    }
    let mut interrupts = Interrupts::new(signals);
    loop {
        tokio::select! {
            done = working.join_next() => match done {
                None => return,
                // A mistake of our own is not to be passed over.
                Some(Err(mistake)) if mistake.is_panic() => std::panic::resume_unwind(mistake.into_panic()),
                Some(_) => {}
            },
            () = interrupts.next() => {
                if session.is_stopped() {
                    return;
                }
                session.interrupt();
            }
        }
    }
}

impl Session {
    async fn work(&self) {
        while !self.is_stopped() {
            let Some((position, case, answers)) = lock(&self.jobs).next() else { return };
            if let Err(error) = self.converse(position, &case, answers).await {
                self.state().error.get_or_insert(error);
                self.model.stop();
                self.settled.notify_waiters();
            }
        }
    }

    /// Has a conversation from where it stands to its end, or to the first turn without an answer.
    async fn converse(&self, position: usize, case: &Case, answers: usize) -> Result<(), Error> {
        let mut said = if answers == 0 { Vec::new() } else { self.store().said(position)? };
        for turn in answers..=case.then.len() {
            if self.is_stopped() {
                return Ok(());
            }
            let request = self.request(case, turn, &said);
            let Some(reserved) = self.reserve(&request).await else { return Ok(()) };
            let answer = self.model.answer(&request).await;
            if matches!(&answer, Err(error) if error.reason == Reason::Stopped) {
                return Ok(());
            }
            let asked = turn.checked_sub(1).map(|before| case.then[before].as_str());
            let kept = match &answer {
                Ok(answer) => self.store().save(position, turn, asked, request.settings.seed, answer),
                Err(error) => self.store().save_failure(position, turn, error),
            };
            // Counted only once it is there.
            kept?;
            let went_well = answer.is_ok();
            said.extend(answer.as_ref().ok().map(|answer| answer.text.clone()));
            self.count(answer, reserved);
            if !went_well {
                return Ok(());
            }
        }
        Ok(())
    }

    fn request(&self, case: &Case, turn: usize, said: &[String]) -> Request {
        let mut settings = case.settings.clone();
        // Its own for every request: one prompt asked a thousand times is to have a thousand answers. 31 bits, as servers
        // read it.
        let letters = case.id.bytes().fold(mix(self.seed), |hash, byte| mix(hash ^ u64::from(byte)));
        settings.seed.get_or_insert(mix(letters ^ turn as u64) >> 33);
        let prompt = match (&case.prompt, turn) {
            (prompt, 0) => prompt.clone(),
            (Prompt::Messages(messages), _) => {
                let mut messages = messages.clone();
                for (answer, next) in said.iter().zip(&case.then).take(turn) {
                    messages.push(Message::new(Role::Assistant, answer.as_str()));
                    messages.push(Message::new(Role::User, next.as_str()));
                }
                Prompt::Messages(messages)
            }
            (Prompt::Text(text), _) => {
                let turns = said.iter().zip(&case.then).take(turn);
                Prompt::Text(turns.fold(text.clone(), |text, (answer, next)| text + answer + next))
            }
        };
        Request { case: case.id.clone(), prompt, settings }
    }

    /// Sets aside what a request may cost at most, once there is room beside those on their way; `None` where the budget has
    /// no more room for it, or nothing more is to be asked.
    async fn reserve(&self, request: &Request) -> Option<f64> {
        let Some(budget) = self.budget else { return Some(0.0) };
        let price = self.model.price()?;
        let most = price.of(estimate(request.prompt.chars()), u64::from(request.settings.max_tokens));
        loop {
            // Before the look at what is reserved, so that no change after it is missed.
            let settled = self.settled.notified();
            {
                let mut state = self.state();
                if state.spent + most > budget && state.how == How::Whole {
                    state.how = How::Budget;
                }
                if state.how != How::Whole || state.error.is_some() {
                    return None;
                }
                if state.spent + state.reserved + most <= budget {
                    state.reserved += most;
                    return Some(most);
                }
            }
            settled.await;
        }
    }

    fn count(&self, answer: Result<crate::Answer, ModelError>, reserved: f64) {
        let mut state = self.state();
        state.reserved -= reserved;
        match answer {
            Ok(answer) => {
                self.failures.store(0, Ordering::Relaxed);
                // A server that counts no tokens is taken to have used what was set aside.
                state.spent += answer.cost.unwrap_or(reserved);
                state.tally.answer(answer.finish.word(), answer.tokens_in, answer.tokens_out, answer.cost);
            }
            Err(error) => {
                state.tally.failure(error.reason.word());
                let in_a_row = 1 + self.failures.fetch_add(1, Ordering::Relaxed);
                if (error.reason.is_of_all() || in_a_row >= self.patience) && state.how == How::Whole {
                    state.how = How::GivenUp(error);
                }
            }
        }
        self.tell(&state);
        drop(state);
        self.settled.notify_waiters();
    }

    fn tell(&self, state: &State) {
        let ending = state.how != How::Whole || state.error.is_some();
        (self.watch)(Progress { tally: &state.tally, requests: self.requests, ending });
    }

    fn interrupt(&self) {
        let mut state = self.state();
        if state.how == How::Whole {
            state.how = How::Interrupted;
        }
        self.tell(&state);
        drop(state);
        self.model.stop();
        self.settled.notify_waiters();
    }

    fn is_stopped(&self) -> bool {
        let state = self.state();
        state.how != How::Whole || state.error.is_some()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    fn store(&self) -> MutexGuard<'_, Run> {
        lock(&self.store)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ctrl-C and SIGTERM, or nothing ever.
struct Interrupts {
    #[cfg(unix)]
    signals: Option<[tokio::signal::unix::Signal; 2]>,
    #[cfg(not(unix))]
    wanted: bool,
}

impl Interrupts {
    #[cfg(unix)]
    fn new(wanted: bool) -> Interrupts {
        use tokio::signal::unix::{SignalKind, signal};
        let both = || Some([signal(SignalKind::interrupt()).ok()?, signal(SignalKind::terminate()).ok()?]);
        Interrupts { signals: wanted.then(both).flatten() }
    }

    #[cfg(unix)]
    async fn next(&mut self) {
        match &mut self.signals {
            None => std::future::pending().await,
            Some([interrupt, terminate]) => {
                tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
            }
        }
    }

    #[cfg(not(unix))]
    fn new(wanted: bool) -> Interrupts {
        Interrupts { wanted }
    }

    #[cfg(not(unix))]
    async fn next(&mut self) {
        if !self.wanted || tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}

//! `gguf:PATH`: a model run in the program itself. One thread of its own reads and says tokens for all requests at once.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use crate::answer::Answer;
use crate::error::Error;
use crate::local::{AtOnce, LocalModel, NO_TEMPLATE, NUMERICS};
use crate::model::{Answering, Model, ModelError, Reason};
use crate::prices::Price;
use crate::request::{Format, Prompt, Request, Settings};

/// Answers that are made at once, however many are asked for: more would want more memory and no less time.
const AT_ONCE: usize = 64;

pub(super) struct Gguf {
    name: String,
    model: Arc<LocalModel>,
    stopped: Arc<AtomicBool>,
    /// Begun with the first request.
    thread: Mutex<Option<Sender<Job>>>,
}

struct Job {
    prompt: Vec<u32>,
    settings: Settings,
    reply: Reply,
}

type Reply = oneshot::Sender<Result<Answer, ModelError>>;

impl Gguf {
    /// # Errors
    /// If there is no such file, or it holds nothing that this program runs.
    pub fn new(path: &str) -> Result<Gguf, Error> {
        let model = Arc::new(LocalModel::open(Path::new(path))?);
        Ok(Gguf { name: format!("gguf:{path}"), model, stopped: Arc::default(), thread: Mutex::default() })
    }

    async fn ask(&self, request: &Request) -> Result<Answer, ModelError> {
        let prompt = self.model.prompt(&request.prompt, request.settings.format)?;
        let (reply, answer) = oneshot::channel();
        let ended = || ModelError::new(Reason::Local, "the thread that runs the model has ended");
        let job = Job { prompt, settings: request.settings.clone(), reply };
        self.jobs().send(job).map_err(|_| ended())?;
        answer.await.map_err(|_| ended())?
    }

    fn jobs(&self) -> Sender<Job> {
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        let begin = || {
            let (sender, jobs) = channel();
            let (model, stopped) = (Arc::clone(&self.model), Arc::clone(&self.stopped));
            std::thread::spawn(move || work(&model, &jobs, &stopped));
            sender
        };
        thread.get_or_insert_with(begin).clone()
    }
}

impl Model for Gguf {
    fn name(&self) -> &str {
        &self.name
    }

    fn answer<'a>(&'a self, request: &'a Request) -> Answering<'a> {
        Box::pin(self.ask(request))
    }

    fn price(&self) -> Option<Price> {
        Some(Price { input: 0.0, output: 0.0 })
    }

    fn refuses(&self, settings: &Settings) -> Option<&'static str> {
        (settings.format == Format::Chat && !self.model.chats()).then_some(NO_TEMPLATE)
    }

    fn settle(&self, settings: &mut Settings) {
        settings.temperature.get_or_insert(1.0);
        settings.top_p.get_or_insert(1.0);
        settings.min_p.get_or_insert(0.0);
    }

    fn tokens(&self, prompt: &Prompt, format: Format) -> Option<Result<u64, ModelError>> {
        Some(self.model.prompt(prompt, format).map(|ids| ids.len() as u64))
    }

    fn notices(&self) -> Vec<String> {
        vec![format!(
            "run in this program, on numeric path {NUMERICS}: the same command gives the same answers anywhere"
        )]
    }

    fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }
}

/// Answers jobs until there can be no more of them.
fn work(model: &LocalModel, jobs: &Receiver<Job>, stopped: &AtomicBool) {
    let mut at_once = match model.at_once() {
        Ok(at_once) => at_once,
        Err(error) => {
            let failed = ModelError::new(Reason::Local, error.to_string());
            return jobs.iter().for_each(|job| tell(job.reply, Err(failed.clone())));
        }
    };
    while take(&mut at_once, jobs, stopped) {
        at_once.step().into_iter().for_each(|(reply, answer)| tell(reply, answer));
    }
}

/// Takes what is asked for, and waits for it where there is nothing else to do; false where nothing is left and nothing can come.
fn take(at_once: &mut AtOnce<'_, Reply>, jobs: &Receiver<Job>, stopped: &AtomicBool) -> bool {
    loop {
        let job = match at_once.going() {
            0 => jobs.recv().map_err(|_| TryRecvError::Disconnected),
            AT_ONCE.. => return true,
            _ => jobs.try_recv(),
        };
        match job {
            Ok(job) if stopped.load(Ordering::Relaxed) => {
                tell(job.reply, Err(ModelError::new(Reason::Stopped, "the run was ended")));
            }
            Ok(job) => at_once.begin(job.reply, job.prompt, &job.settings),
            Err(_) => return at_once.going() > 0,
        }
    }
}

/// Whoever no longer waits is not told.
fn tell(reply: Reply, answer: Result<Answer, ModelError>) {
    let _ = reply.send(answer);
}

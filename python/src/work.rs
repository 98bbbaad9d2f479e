//! Long work beside the interpreter.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use gather::{Error, Watch};
use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::failure::{exception, mistake};

/// How often Ctrl-C is looked for.
const LOOK: Duration = Duration::from_millis(50);

/// The pool of this process, and of which process it is: threads do not live on in a child that was forked.
static POOL: Mutex<Option<(u32, Arc<ThreadPool>)>> = Mutex::new(None);

fn pool() -> Result<Arc<ThreadPool>, Error> {
    let mut pool = POOL.lock().unwrap_or_else(PoisonError::into_inner);
    let process = std::process::id();
    if let Some((_, pool)) = pool.as_ref().filter(|(of, _)| *of == process) {
        return Ok(Arc::clone(pool));
    }
    let new = Arc::new(built(0)?);
    // Dropping the parent's would wait for threads that this process does not have.
    std::mem::forget(pool.replace((process, Arc::clone(&new))));
    Ok(new)
}

fn built(threads: usize) -> Result<ThreadPool, Error> {
    let built = ThreadPoolBuilder::new().num_threads(threads).build();
    built.map_err(|error| Error::failed(format!("{threads} threads could not be started: {error}")))
}

/// Ends the reading when the person pressed Ctrl-C, and keeps what is to be said of the source.
#[derive(Default)]
pub struct Watching {
    stop: Arc<AtomicBool>,
    pub notices: Vec<String>,
}

impl Watch for Watching {
    fn at(&mut self, _: &corpus::Texts) -> Result<(), Error> {
        if self.stop.load(Ordering::Relaxed) { Err(Error::failed("interrupted")) } else { Ok(()) }
    }

    fn done(&mut self, texts: &corpus::Texts) {
        self.notices.extend(texts.notices());
    }
}

/// Does `work` on `threads` threads (as many as there are cores where None) while the interpreter is free, and gives up
/// waiting when Python wants to handle a signal.
pub fn run<T: Send + 'static>(
    py: Python<'_>,
    threads: Option<usize>,
    work: impl FnOnce(&mut Watching) -> Result<T, Error> + Send + 'static,
) -> PyResult<T> {
    let (done, mut result) = channel();
    let pool = match threads {
        Some(0) => return Err(exception(&Error::input("threads=0 leaves nobody to do the work"))),
        Some(threads) => built(threads).map(Arc::new),
        None => pool(),
    };
    let pool = pool.map_err(|error| exception(&error))?;
    let mut watching = Watching::default();
    let stop = Arc::clone(&watching.stop);
    pool.spawn(move || {
        // Nobody may be waiting any more.
        let _ = done.send(work(&mut watching));
    });
    loop {
        let waiting = &mut result;
        match py.detach(move || waiting.recv_timeout(LOOK)) {
            Ok(result) => return result.map_err(|error| exception(&error)),
            Err(RecvTimeoutError::Timeout) => {
                py.check_signals().inspect_err(|_| stop.store(true, Ordering::Relaxed))?
            }
            Err(RecvTimeoutError::Disconnected) => return Err(mistake("doggerel made a mistake: please report it")),
        }
    }
}

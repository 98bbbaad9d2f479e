//! The reward as a server: the window lives in one place, and any number of workers score against it.
//!
//! `POST /score` takes `{"prompts": […], "texts": […]}` and gives `{"rewards": […], "scores": […], "extra_logs": {…}}`, `GET
//! /health` and `GET /metrics` (Prometheus) say how it goes. Texts are scored by a few threads that take requests from a queue;
//! where it is full, a request is turned away at once with 503 and Retry-After, before its body is read, so memory is bounded by
//! the queue times the largest body. The window is written to a file from time to time and at the end, and read at the
//! beginning.

mod answer;
mod http;
mod metrics;
mod socket;
mod stop;
mod token;
mod workers;

use std::fs::File;
use std::future::Future;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::{Diversity, Error};
use http::Shared;
use metrics::Metrics;
use socket::Socket;
pub use stop::stop_signal;
pub use token::Token;
use workers::Workers;

/// How a server works. The default serves nobody: give an address, a socket or both.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// Where to listen for HTTP; port 0 takes any that is free.
    pub address: Option<SocketAddr>,
    /// Let other machines in. Without it an address that they could reach is refused.
    pub open: bool,
    /// A Unix socket, which its owner alone may use.
    pub socket: Option<PathBuf>,
    /// What a request must carry as `Authorization: Bearer …` (but for `/health`).
    pub token: Option<Token>,
    /// The file that the window is kept in.
    pub snapshot: Option<PathBuf>,
    /// How often it is written, where anything was scored since.
    pub every: Duration,
    /// Requests that may be in hand; more are turned away.
    pub queue: usize,
    /// Bytes of a request.
    pub max_body: usize,
    /// Texts of a request.
    pub max_texts: usize,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self {
            address: None,
            open: false,
            socket: None,
            token: None,
            snapshot: None,
            every: Duration::from_secs(60),
            queue: 64,
            max_body: 4 << 20,
            max_texts: 4096,
        }
    }
}

/// Requests in hand are waited for so long at the end.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server that listens, and serves once it is [`run`](Self::run).
#[derive(Debug)]
pub struct Server {
    tcp: Option<std::net::TcpListener>,
    socket: Option<Socket>,
    shared: Arc<Shared>,
    options: ServeOptions,
    /// Texts of the window at the beginning, from the snapshot.
    restored: Option<usize>,
    /// Held as long as the snapshot's file is this server's.
    _lock: Option<File>,
}

/// Says how a running server does, where a person should know.
pub type Tell = Arc<dyn Fn(&str) + Send + Sync>;

impl Server {
    /// Restores the window and begins to listen.
    ///
    /// # Errors
    /// If nothing is to be listened on or the address is open to others and that was not asked for, cannot be had, or the
    /// snapshot is damaged, of another reward, or another server's.
    pub fn bind(reward: Arc<Diversity>, options: ServeOptions) -> Result<Self, Error> {
        check(&options)?;
        let lock = options.snapshot.as_deref().map(lock).transpose()?;
        let restored = match &options.snapshot {
            Some(path) => reward.load(path)?.then(|| reward.window_len()),
            None => None,
        };
        let tcp = options.address.map(|address| {
            let unbound = |source| Error::Bind { at: address.to_string(), source };
            let listener = std::net::TcpListener::bind(address).map_err(unbound)?;
            listener.set_nonblocking(true).map_err(unbound)?;
            Ok::<_, Error>(listener)
        });
        let tcp = tcp.transpose()?;
        let socket = options.socket.as_deref().map(Socket::bind).transpose()?;
        let metrics = Arc::new(Metrics::default());
        let workers = Workers::start(&reward, &metrics, options.queue)
            .map_err(|source| Error::Bind { at: "its threads".into(), source })?;
        let shared = Arc::new(Shared::new(reward, workers, metrics, options.clone()));
        Ok(Self { tcp, socket, shared, options, restored, _lock: lock })
    }

    /// Where it listens for HTTP.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        self.tcp.as_ref().and_then(|tcp| tcp.local_addr().ok())
    }

    /// Texts that the window had from the snapshot; None where there was none.
    #[must_use]
    pub fn restored(&self) -> Option<usize> {
        self.restored
    }

    /// Serves until `stop` is done; then answers what is in hand, and writes the window.
    ///
    /// # Errors
    /// If the last snapshot cannot be written. (Of others `tell` is told, and they are tried again.)
    pub fn run(self, stop: impl Future<Output = ()> + Send + 'static, tell: Tell) -> Result<(), Error> {
        let failed = |source| Error::Bind { at: "its runtime".into(), source };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let Self { tcp, socket, shared, options, .. } = self;
        let _removed_at_the_end = socket.as_ref().map(Socket::guard);
        let ended = Arc::new(AtomicBool::new(false));
        let keeper = options.snapshot.clone().map(|path| keep(path, &shared, options.every, &ended, &tell));
        runtime.block_on(async {
            let (sender, receiver) = watch::channel(false);
            let router = http::router(Arc::clone(&shared));
            let mut servers = tokio::task::JoinSet::new();
            if let Some(tcp) = tcp.and_then(|tcp| TcpListener::from_std(tcp).ok()) {
                servers.spawn(serve(tcp, router.clone(), receiver.clone()));
            }
            if let Some(socket) = socket.and_then(|socket| socket.listener()) {
                servers.spawn(serve(socket, router, receiver));
            }
            stop.await;
            let _ = sender.send(true);
            let all = async { while servers.join_next().await.is_some() {} };
            let _ = tokio::time::timeout(PATIENCE, all).await;
        });
        ended.store(true, Ordering::Release);
        if let Some(keeper) = keeper {
            keeper.thread().unpark();
            let _ = keeper.join();
        }
        match &options.snapshot {
            Some(path) => shared.save(path),
            None => Ok(()),
        }
    }
}

async fn serve<L: axum::serve::Listener>(listener: L, router: axum::Router, mut stop: watch::Receiver<bool>)
where
    L::Addr: std::fmt::Debug,
{
    let stopped = async move {
        let _ = stop.wait_for(|stop| *stop).await;
    };
    let limited = socket::Limited::new(listener);
    // it ends when it is told to, and in no other way
    let _ = axum::serve(limited, router).with_graceful_shutdown(stopped).await;
}

/// A thread that writes the window from time to time.
fn keep(
    path: PathBuf,
    shared: &Arc<Shared>,
    every: Duration,
    ended: &Arc<AtomicBool>,
    tell: &Tell,
) -> std::thread::JoinHandle<()> {
    let (shared, ended, tell) = (Arc::clone(shared), Arc::clone(ended), Arc::clone(tell));
    std::thread::spawn(move || {
        let mut written = shared.reward.scored();
        while !ended.load(Ordering::Acquire) {
            std::thread::park_timeout(every);
            let scored = shared.reward.scored();
            if scored == written || ended.load(Ordering::Acquire) {
                continue;
            }
            match shared.save(&path) {
                Ok(()) => written = scored,
                Err(error) => tell(&format!("{error}; it is tried again in {} s", every.as_secs())),
            }
        }
    })
}

fn check(options: &ServeOptions) -> Result<(), Error> {
    let bad = |what: String| Err(Error::BadOption(what));
    if options.address.is_none() && options.socket.is_none() {
        return bad("the server listens nowhere: give an address or a socket".into());
    }
    if let Some(address) = options.address.filter(|address| !address.ip().is_loopback() && !options.open) {
        return Err(Error::OpenAddress(address));
    }
    if options.queue == 0 || options.queue > 4096 {
        return bad(format!("a queue of {} requests cannot be kept: give 1 to 4096", options.queue));
    }
    if options.max_body < 1024 || options.max_body > 256 << 20 {
        return bad(format!("requests of {} bytes cannot be taken: give 1 KB to 256 MB", options.max_body));
    }
    if options.every.is_zero() {
        return bad("a snapshot every 0 seconds never ends: give 1 or more".into());
    }
    Ok(())
}

/// Makes the snapshot this server's alone: two that write one file would undo each other.
fn lock(snapshot: &Path) -> Result<File, Error> {
    let name = snapshot.file_name().unwrap_or_default().to_string_lossy();
    let path = snapshot.with_file_name(format!(".{name}.lock"));
    let failed = |source| Error::Write { path: path.clone(), source };
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(Error::SnapshotInUse(snapshot.to_owned())),
        Err(std::fs::TryLockError::Error(source)) => Err(failed(source)),
    }
}

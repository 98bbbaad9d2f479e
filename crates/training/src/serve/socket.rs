//! Where connections come in.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::UnixListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Error;

/// Connections that are open at once; more wait to be taken.
const CONNECTIONS: usize = 512;

/// A Unix socket that its owner alone may use.
#[derive(Debug)]
pub(super) struct Socket {
    listener: std::os::unix::net::UnixListener,
    path: PathBuf,
}

/// Takes the socket's file away when the server ends.
pub(super) struct Guard(PathBuf);

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Socket {
    /// What a server that was killed left there is taken away; a socket that somebody answers on is not.
    pub(super) fn bind(path: &Path) -> Result<Self, Error> {
        use std::os::unix::fs::FileTypeExt;
        use std::os::unix::net::{UnixListener, UnixStream};
        let unbound = |source| Error::Bind { at: path.display().to_string(), source };
        let is_socket = std::fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket());
        if is_socket && UnixStream::connect(path).is_err() {
            std::fs::remove_file(path).map_err(unbound)?;
        }
        let listener = UnixListener::bind(path).map_err(unbound)?;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(unbound)?;
        listener.set_nonblocking(true).map_err(unbound)?;
        Ok(Self { listener, path: path.to_owned() })
    }

    pub(super) fn guard(&self) -> Guard {
        Guard(self.path.clone())
    }

    pub(super) fn listener(self) -> Option<UnixListener> {
        UnixListener::from_std(self.listener).ok()
    }
}

/// A listener that takes no more than so many connections at once, so that they cannot fill the memory.
pub(super) struct Limited<L> {
    listener: L,
    places: Arc<Semaphore>,
}

impl<L> Limited<L> {
    pub(super) fn new(listener: L) -> Self {
        Self { listener, places: Arc::new(Semaphore::new(CONNECTIONS)) }
    }
}

impl<L: Listener> Listener for Limited<L> {
    type Io = Placed<L::Io>;
    type Addr = L::Addr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        // the semaphore is never closed
        let place = Arc::clone(&self.places).acquire_owned().await.ok();
        let (stream, address) = self.listener.accept().await;
        (Placed { stream, _place: place }, address)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

/// A connection with its place.
pub(super) struct Placed<S> {
    stream: S,
    _place: Option<OwnedSemaphorePermit>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Placed<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context, to: &mut ReadBuf) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, to)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Placed<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context, from: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, from)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

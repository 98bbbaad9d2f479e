//! How a server is told to stop.

use tokio::signal::unix::{SignalKind, signal};

/// Done when the process is told to end (SIGTERM) or interrupted (SIGINT). Never, where neither can be listened for.
pub async fn stop_signal() {
    let (Ok(mut end), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = end.recv() => {}
        _ = interrupt.recv() => {}
    }
}

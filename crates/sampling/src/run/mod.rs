//! One file a run: what was asked, what came, what it cost, what failed.

mod export;
mod lock;
mod preview;
mod runner;
mod store;
mod tally;

pub use export::{Export, texts};
pub use preview::{Preview, preview};
pub use runner::{Ended, How, Limits, Progress, run};
pub use store::{Failure, Run, Saved};
pub use tally::Tally;

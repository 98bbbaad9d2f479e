//! One file a run: what was asked, what came, what it cost, what failed.

mod export;
mod lock;
mod runner;
mod store;
mod tally;

pub use export::{Export, texts};
pub use runner::{Ended, How, Limits, run};
pub use store::{Failure, Run, Saved};
pub use tally::Tally;

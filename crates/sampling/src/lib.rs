//! Prompts out, samples in, nothing lost.
//!
//! A [`Plan`] lists the [`Case`]s that a suite asks: each an opening [`Prompt`], perhaps with turns that follow it. A
//! [`Model`], which [`open`] finds by its name, gives an [`Answer`] to a [`Request`]. [`run`] asks one the other and keeps every
//! answer in a file, a [`Run`], before the next is asked for:
//!
//! ```no_run
//! use std::path::Path;
//! use std::sync::Arc;
//! use sampling::{Connection, Limits, Model, Run, open, prompts, run};
//!
//! let plan = prompts::of_file("prompts.txt", &corpus::Fields::default(), 10)?;
//! let model: Arc<dyn Model> = Arc::from(open("openai/gpt-4o-mini", &Connection::default())?);
//! let file = Path::new("run.db");
//! let ended = run(file, &plan, &model, &Limits::default(), |now| println!("{} of {}", now.tally.answers, now.requests))?;
//! println!("{} answers, {} requests left", ended.tally.answers, ended.left);
//! for saved in Run::open(file)?.answers() {
//!     println!("{}", corpus::sanitize(&saved?.answer.text));
//! }
//! # Ok::<(), sampling::Error>(())
//! ```
//!
//! A reward model, which gives a number and no text, is asked by a [`Scorer`].
//!
//! # What is promised
//! - The same plan, model and seed on the same file go on where they stopped, however that was. What is in the file is never
//!   asked for again, and never lost. Another plan, model or seed on that file is refused, and so is a second process.
//! - A request is answered, or recorded as failed with its [`Reason`] after all retries. Refusals, empty answers and truncations are
//!   answers with a [`Finish`] of their own.
//! - A key ([`Secret`]) is in the header of a request and nowhere else, even if the server repeats it.
//! - An answer is hostile text: it is a parameter of SQL and a string of JSON, and whoever shows it sanitizes it.

mod answer;
mod error;
mod gate;
#[cfg(feature = "local-models")]
mod local;
mod model;
mod plan;
mod prices;
pub mod prompts;
mod request;
mod retry;
mod run;
mod secret;
mod suite;

pub use answer::{Answer, Finish, TokenLogprob};
pub use error::Error;
#[cfg(feature = "local-models")]
pub use local::{LocalModel, NUMERICS, States};
pub use model::{Answering, Connection, Model, ModelError, Reason, ScoreFormat, Scorer, ToScore, open, score_all};
pub use plan::{Case, Plan};
pub use prices::{Price, Prices};
pub use request::{Format, Message, Overrides, Prompt, Request, Role, Settings};
pub use run::{Ended, Export, Failure, How, Limits, Preview, Progress, Run, Saved, Tally, preview, run, texts};
pub use secret::Secret;
pub use suite::{Asking, Filling, Suite, SuiteError};

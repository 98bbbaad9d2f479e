//! Prompts out, samples in, nothing lost.
//!
//! A [`Plan`] lists the [`Case`]s that a suite asks: each an opening [`Prompt`], perhaps with turns that follow it. A
//! [`Model`] gives an [`Answer`] to a [`Request`].

mod answer;
mod model;
mod plan;
mod request;

pub use answer::{Answer, Finish, TokenLogprob};
pub use model::{Answering, Model, ModelError, Reason};
pub use plan::{Case, Plan};
pub use request::{Format, Message, Prompt, Request, Role, Settings};

//! Who answers. One file a provider.

mod anthropic;
#[cfg(feature = "local-models")]
mod gguf;
mod http;
mod open;
mod openai;
mod score;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub(crate) use open::estimate;
pub use open::{Connection, open};
pub use score::{ScoreFormat, Scorer, ToScore, score_all};

use crate::answer::Answer;
use crate::prices::Price;
use crate::request::{Format, Prompt, Request, Settings};

/// An answer on its way.
pub type Answering<'a> = Pin<Box<dyn Future<Output = Result<Answer, ModelError>> + Send + 'a>>;

/// Something that answers requests: a server, or a model run in the program itself.
///
/// Adding a provider is one implementation of this trait in a file of its own, and one line in `open`.
pub trait Model: Send + Sync {
    /// `PROVIDER/NAME` or `gguf:PATH`, as it was asked for.
    fn name(&self) -> &str;

    /// Answers, with whatever retries that takes. An error is final.
    fn answer<'a>(&'a self, request: &'a Request) -> Answering<'a>;

    /// What its tokens cost, where that is known.
    fn price(&self) -> Option<Price> {
        None
    }

    /// Why it cannot be asked with these settings, as a sentence, before anything is asked.
    fn refuses(&self, settings: &Settings) -> Option<&'static str> {
        let _ = settings;
        None
    }

    /// Fills in what the person left open, where the model does not leave it open either, so that it is recorded.
    fn settle(&self, settings: &mut Settings) {
        let _ = settings;
    }

    /// Tokens of a prompt, where the model can count them before it is asked; an error where it would refuse the prompt.
    fn tokens(&self, prompt: &Prompt, format: Format) -> Option<Result<u64, ModelError>> {
        let _ = (prompt, format);
        None
    }

    /// What a person should know of the answers, once they are there.
    fn notices(&self) -> Vec<String> {
        Vec::new()
    }

    /// Asks nothing more from now on: what waits for its turn or for another attempt ends with [`Reason::Stopped`], and
    /// what is on its way is let come.
    fn stop(&self) {}

    /// Requests that it is worth having on their way at once, where the model knows better than the person.
    fn concurrency(&self) -> Option<usize> {
        None
    }
}

/// Why there is no answer, as it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// 429: too many requests.
    RateLimited,
    /// 5xx.
    Server,
    /// Nothing within the time that was given.
    Timeout,
    /// Refused or reset.
    Connection,
    /// The answer broke off before its end.
    CutOff,
    /// Not what the provider's API answers.
    Garbage,
    /// More bytes than an answer may have.
    TooLarge,
    /// 401, 402 or 403: the key, or what it may do.
    Denied,
    /// 404: no such model, or no such address.
    NotFound,
    /// Another 4xx: the request is not to the server's liking.
    Rejected,
    /// The model in the program itself failed.
    Local,
    /// Not asked, since the run was ended. This alone is not recorded.
    Stopped,
}

impl Reason {
    pub const ALL: [Reason; 12] = [
        Reason::RateLimited,
        Reason::Server,
        Reason::Timeout,
        Reason::Connection,
        Reason::CutOff,
        Reason::Garbage,
        Reason::TooLarge,
        Reason::Denied,
        Reason::NotFound,
        Reason::Rejected,
        Reason::Local,
        Reason::Stopped,
    ];

    /// The word that the run's file has for it.
    pub fn word(self) -> &'static str {
        match self {
            Reason::RateLimited => "rate limited",
            Reason::Server => "server error",
            Reason::Timeout => "timeout",
            Reason::Connection => "connection lost",
            Reason::CutOff => "answer cut off",
            Reason::Garbage => "not an answer",
            Reason::TooLarge => "too large",
            Reason::Denied => "denied",
            Reason::NotFound => "not found",
            Reason::Rejected => "rejected",
            Reason::Local => "model failed",
            Reason::Stopped => "stopped",
        }
    }

    /// True where asking again may help.
    pub fn is_passing(self) -> bool {
        matches!(
            self,
            Reason::RateLimited
                | Reason::Server
                | Reason::Timeout
                | Reason::Connection
                | Reason::CutOff
                | Reason::Garbage
        )
    }

    /// True where every other request would fare the same.
    pub fn is_of_all(self) -> bool {
        matches!(self, Reason::Denied | Reason::NotFound)
    }
}

/// A request without an answer, after all retries.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ModelError {
    pub reason: Reason,
    /// What HTTP called it.
    pub status: Option<u16>,
    /// What was wrong, as a sentence's part; text of the server in it is short and holds no key.
    pub message: String,
    /// Times it was asked.
    pub attempts: u32,
    /// What the server asked us to wait.
    pub retry_after: Option<Duration>,
}

impl ModelError {
    pub fn new(reason: Reason, message: impl Into<String>) -> ModelError {
        ModelError { reason, status: None, message: message.into(), attempts: 1, retry_after: None }
    }
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.reason.word(), self.message)
    }
}

/// The document with each of its values replaced, one at a time, by each kind of other.
#[cfg(test)]
pub(crate) fn bent(document: &serde_json::Value) -> Vec<serde_json::Value> {
    use serde_json::{Value, json};
    fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
        all.push(at.to_string());
        match value {
            Value::Object(members) => {
                members.iter().for_each(|(name, value)| pointers(value, &format!("{at}/{name}"), all))
            }
            Value::Array(values) => {
                values.iter().enumerate().for_each(|(i, value)| pointers(value, &format!("{at}/{i}"), all));
            }
            _ => {}
        }
    }
    let mut all = Vec::new();
    pointers(document, "", &mut all);
    let others = [
        json!(null),
        json!(true),
        json!(-1),
        json!(u64::MAX),
        json!(1e300),
        json!("x"),
        json!([]),
        json!({}),
        json!([null]),
    ];
    let replaced = |at: &String, other: &Value| {
        let mut bent = document.clone();
        if let Some(value) = bent.pointer_mut(at) {
            value.clone_from(other);
        }
        bent
    };
    all.iter().flat_map(|at| others.iter().map(move |other| replaced(at, other))).collect()
}

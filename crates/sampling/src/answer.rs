//! What a model said, and how it ended.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How an answer ended. Refusals, empty answers and truncations are answers too, and counted as what they are.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finish {
    /// The model ended it, or a stop string did.
    Stop,
    /// Cut off at `max_tokens`.
    Length,
    /// The provider says that the model declined.
    Refusal,
    /// Ended properly without a word.
    Empty,
    /// A filter of the provider withheld it or broke it off.
    ContentFilter,
    /// Another reason, in the provider's word.
    #[serde(untagged)]
    Other(String),
}

impl Finish {
    /// The word that files and reports have for it.
    pub fn word(&self) -> &str {
        match self {
            Finish::Stop => "stop",
            Finish::Length => "length",
            Finish::Refusal => "refusal",
            Finish::Empty => "empty",
            Finish::ContentFilter => "content_filter",
            Finish::Other(word) => word,
        }
    }

    /// The other way round.
    pub fn of_word(word: &str) -> Finish {
        match word {
            "stop" => Finish::Stop,
            "length" => Finish::Length,
            "refusal" => Finish::Refusal,
            "empty" => Finish::Empty,
            "content_filter" => Finish::ContentFilter,
            other => Finish::Other(other.to_string()),
        }
    }
}

/// One token of an answer and the natural logarithm of its probability.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TokenLogprob {
    pub token: String,
    pub logprob: f64,
}

/// One answer. Its text is the server's and may hold anything: show it through `corpus::sanitize` only.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub text: String,
    pub finish: Finish,
    /// Tokens of the prompt, where the server counted them.
    pub tokens_in: Option<u64>,
    /// Tokens of the answer, where the server counted them.
    pub tokens_out: Option<u64>,
    /// US dollars; `None` where the price of the model is not known.
    pub cost: Option<f64>,
    /// From the last time it was asked to the end of the answer.
    pub latency: Duration,
    /// What the server calls the model that answered.
    pub model: Option<String>,
    pub logprobs: Option<Vec<TokenLogprob>>,
    /// Times it was asked, one without any retry.
    pub attempts: u32,
}

#[cfg(test)]
mod tests {
    use super::Finish;

    #[test]
    fn words_go_both_ways() {
        for word in ["stop", "length", "refusal", "empty", "content_filter", "tool_calls"] {
            let finish = Finish::of_word(word);
            assert_eq!(finish.word(), word);
            assert_eq!(serde_json::to_value(&finish).unwrap(), word);
            assert_eq!(serde_json::from_value::<Finish>(word.into()).unwrap(), finish);
        }
    }
}

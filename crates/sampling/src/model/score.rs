//! A reward model behind an HTTP endpoint: a prompt and a text out, a number back.

use std::collections::VecDeque;
use std::sync::Arc;

use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::error::Error;
use crate::model::http::Http;
use crate::model::open::{Door, Entry, estimate};
use crate::model::{Connection, ModelError, Reason};

/// What an endpoint wants to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ScoreFormat {
    /// `{"prompt", "response"}`.
    #[default]
    Plain,
    /// `{"model", "messages"}`, as vLLM's `/pooling` and `/classify` take a conversation.
    Messages,
    /// `{"query": […], "prompts": […]}`, as OpenRLHF asks a remote reward model.
    OpenRlhf,
    /// `{"inputs": "…"}`, as text-embeddings-inference's `/predict` takes it.
    Inputs,
}

/// One text for a [`Scorer`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToScore {
    pub prompt: String,
    pub text: String,
}

/// A reward model that can be asked. The number is looked for in the answer under the names that servers use: `reward`,
/// `score`, `rewards`, `scores`, and in `data`, or as a bare number.
pub struct Scorer {
    http: Http,
    url: Url,
    format: ScoreFormat,
    model: Option<String>,
}

const DOOR: Door = Door {
    provider: "the reward model",
    // nobody's home: a key is sent where there is one and asked for nowhere
    home: "https://reward.invalid",
    address_variable: "--reward-url",
    key_variable: "REWARD_API_KEY",
};
/// Texts in a row without a score, after which no more are asked.
const PATIENCE: usize = 5;

impl Scorer {
    /// The reward model at `url`; its key, if it wants one, is in REWARD_API_KEY.
    ///
    /// # Errors
    /// If that is no address, or the client cannot be started.
    pub fn open(
        url: &str,
        format: ScoreFormat,
        model: Option<String>,
        connection: &Connection,
    ) -> Result<Scorer, Error> {
        let connection = Connection { address: Some(url.to_string()), ..connection.clone() };
        let Entry { address: mut url_of, key, .. } = DOOR.enter(&connection)?;
        // An endpoint is not a folder of endpoints: its path stays as it was written.
        let path = url_of.path().trim_end_matches('/').to_string();
        url_of.set_path(&path);
        let key = key.map(|key| (AUTHORIZATION, "Bearer ", key));
        let http = Http::new(&url_of, key, HeaderMap::new(), &connection)?;
        Ok(Scorer { http, url: url_of, format, model })
    }

    /// The score of one text, with whatever retries that takes.
    ///
    /// # Errors
    /// If there is none in the end.
    pub async fn score(&self, asked: &ToScore, salt: u64) -> Result<f64, ModelError> {
        let tokens = estimate(asked.prompt.chars().count() + asked.text.chars().count());
        let (score, _) = self.http.post(&self.url, &self.body(asked), tokens, salt, read, |_| None).await?;
        Ok(score)
    }

    fn body(&self, asked: &ToScore) -> Value {
        let ToScore { prompt, text } = asked;
        let mut body = match self.format {
            ScoreFormat::Plain => json!({"prompt": prompt, "response": text}),
            ScoreFormat::Messages => json!({"messages": [
                {"role": "user", "content": prompt}, {"role": "assistant", "content": text}]}),
            ScoreFormat::OpenRlhf => {
                json!({"query": [format!("{prompt}\n\n{text}")], "prompts": [prompt], "labels": [null]})
            }
            ScoreFormat::Inputs => json!({"inputs": format!("{prompt}\n\n{text}")}),
        };
        if let (Some(model), Some(body)) = (&self.model, body.as_object_mut()) {
            body.insert("model".into(), Value::from(model.as_str()));
        }
        body
    }
}

fn read(answer: Value) -> Result<f64, ModelError> {
    number(&answer, 4).ok_or_else(|| {
        let said = answer.to_string();
        let said: String = corpus::sanitize(&said).chars().take(120).collect();
        ModelError::new(Reason::Rejected, format!("no single number is in its answer “{said}”"))
    })
}

/// The one number of an answer, at most so many levels down.
fn number(value: &Value, depth: usize) -> Option<f64> {
    const NAMES: [&str; 8] = ["reward", "score", "rewards", "scores", "data", "probs", "predictions", "outputs"];
    match value {
        Value::Number(number) => number.as_f64().filter(|number| number.is_finite()),
        Value::Array(list) if list.len() == 1 && depth > 0 => number(&list[0], depth - 1),
        Value::Object(object) if depth > 0 => {
            NAMES.iter().find_map(|name| object.get(*name)).and_then(|value| number(value, depth - 1))
        }
        _ => None,
    }
}

/// Asks for the score of every text, `concurrency` at a time, and tells `put` each as it comes, in any order: the text's
/// place and its score, or why it has none. Ends early where `put` says so, where every other text would fare the same, or
/// where too many in a row have no score.
///
/// # Errors
/// If `put` fails, or the work cannot be started.
pub fn score_all<E: From<Error>>(
    scorer: &Arc<Scorer>,
    texts: &[ToScore],
    concurrency: usize,
    mut put: impl FnMut(usize, Result<f64, ModelError>) -> Result<(), E>,
) -> Result<(), E> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| E::from(Error::Client(error.to_string())))?;
    runtime.block_on(async {
        let (send, mut receive) = mpsc::channel(concurrency.max(1));
        let mut working = JoinSet::new();
        let queue = Arc::new(std::sync::Mutex::new(texts.iter().cloned().enumerate().collect::<VecDeque<_>>()));
        for _ in 0..concurrency.clamp(1, texts.len().max(1)) {
            let (scorer, queue, send) = (Arc::clone(scorer), Arc::clone(&queue), send.clone());
            working.spawn(async move {
                loop {
                    let next = queue.lock().unwrap_or_else(|e| e.into_inner()).pop_front();
                    let Some((place, text)) = next else { return };
                    let score = scorer.score(&text, place as u64).await;
                    if send.send((place, score)).await.is_err() {
                        return;
                    }
                }
            });
        }
        drop(send);
        let mut failed = 0;
        while let Some((place, score)) = receive.recv().await {
            failed = if score.is_ok() { 0 } else { failed + 1 };
            let hopeless = score.as_ref().is_err_and(|error| error.reason.is_of_all()) || failed >= PATIENCE;
            put(place, score)?;
            if hopeless {
                scorer.http.stop();
                return Ok(());
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_any_server_is_found() {
        for (answer, wanted) in [
            (json!(0.5), Some(0.5)),
            (json!({"reward": -2}), Some(-2.0)),
            (json!({"rewards": [1.5], "scores": [9], "extra_logs": {}}), Some(1.5)),
            (json!({"id": "x", "data": [{"index": 0, "data": [0.25]}]}), Some(0.25)),
            (json!({"data": [{"label": "LABEL_0", "probs": [0.75], "num_classes": 1}]}), Some(0.75)),
            (json!([{"label": "LABEL_0", "score": 0.9}]), Some(0.9)),
            (json!({"rewards": [1.0, 2.0]}), None),
            (json!({"score": "high"}), None),
            (json!({"text": "hello"}), None),
            (json!([[[[[[1]]]]]]), None),
        ] {
            assert_eq!(number(&answer, 4), wanted, "{answer}");
        }
        let said = read(json!({"error": "\u{1b}[31m"})).unwrap_err().message;
        assert!(!said.contains('\u{1b}'), "{said}");
    }

    #[test]
    fn bodies_are_as_servers_take_them() {
        let asked = ToScore { prompt: "ask".into(), text: "rope".into() };
        let body = |format| {
            let scorer = Scorer::open("http://127.0.0.1:1/score/", format, Some("rm".into()), &Connection::default());
            let scorer = scorer.expect("a good address");
            assert_eq!(scorer.url.path(), "/score");
            scorer.body(&asked)
        };
        assert_eq!(body(ScoreFormat::Plain), json!({"prompt": "ask", "response": "rope", "model": "rm"}));
        assert_eq!(body(ScoreFormat::Messages)["messages"][1]["content"], "rope");
        assert_eq!(body(ScoreFormat::OpenRlhf)["query"], json!(["ask\n\nrope"]));
        assert_eq!(body(ScoreFormat::Inputs)["inputs"], "ask\n\nrope");
        assert!(Scorer::open("ftp://x", ScoreFormat::Plain, None, &Connection::default()).is_err());
        assert!(Scorer::open("http://me:word@x", ScoreFormat::Plain, None, &Connection::default()).is_err());
    }
}

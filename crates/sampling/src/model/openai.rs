//! `openai/NAME`: any server with OpenAI's API: chat completions, and completions of a bare text.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap};
use serde_json::{Map, Value, json};

use crate::answer::{Answer, Finish, TokenLogprob};
use crate::error::Error;
use crate::model::http::{Http, count, short, words_of_error};
use crate::model::open::{Door, Entry, below, estimate};
use crate::model::{Answering, Connection, Model, ModelError, Reason};
use crate::prices::Price;
use crate::request::{Format, Request, Settings};
use crate::retry::mix;

const DOOR: Door = Door {
    provider: "OpenAI",
    home: "https://api.openai.com/v1",
    address_variable: "OPENAI_BASE_URL",
    key_variable: "OPENAI_API_KEY",
};

pub(super) struct OpenAi {
    name: String,
    model: String,
    http: Http,
    chat: Url,
    raw: Url,
    price: Option<Price>,
    /// Newer models of OpenAI know `max_tokens` as `max_completion_tokens` alone; learnt from their refusal.
    completion_tokens: AtomicBool,
    /// Some servers know no `seed`; learnt likewise.
    no_seed: AtomicBool,
    /// Nor `top_logprobs`.
    no_rivals: AtomicBool,
    /// Answers that came without the log-probabilities that were asked for.
    without_logprobs: AtomicUsize,
}

/// An answer as far as the server's document tells it.
struct Read {
    text: String,
    finish: Finish,
    tokens_in: Option<u64>,
    tokens_out: Option<u64>,
    /// What the server says that it charged (OpenRouter does).
    cost: Option<f64>,
    model: Option<String>,
    logprobs: Option<Vec<TokenLogprob>>,
}

impl OpenAi {
    pub fn new(model: &str, connection: &Connection) -> Result<OpenAi, Error> {
        let Entry { address, key, at_home } = DOOR.enter(connection)?;
        let name = format!("openai/{model}");
        let key = key.map(|key| (AUTHORIZATION, "Bearer ", key));
        Ok(OpenAi {
            model: model.to_string(),
            http: Http::new(&address, key, HeaderMap::new(), connection)?,
            chat: below(&address, "chat/completions"),
            raw: below(&address, "completions"),
            price: connection.prices.of(&name, at_home),
            name,
            completion_tokens: AtomicBool::new(false),
            no_seed: AtomicBool::new(false),
            no_rivals: AtomicBool::new(false),
            without_logprobs: AtomicUsize::new(0),
        })
    }

    fn body(&self, request: &Request) -> Value {
        let Settings { temperature, top_p, min_p, max_tokens, seed, stop, format, logprobs } = &request.settings;
        let mut body = Map::new();
        body.insert("model".into(), json!(self.model));
        match format {
            Format::Chat => body.insert("messages".into(), json!(request.prompt.messages())),
            Format::Raw => body.insert("prompt".into(), json!(request.prompt.bare())),
        };
        let chat_only = *format == Format::Chat && self.completion_tokens.load(Ordering::Relaxed);
        body.insert(if chat_only { "max_completion_tokens" } else { "max_tokens" }.into(), json!(max_tokens));
        let mut put = |name: &str, value: Option<Value>| value.map(|value| body.insert(name.into(), value));
        put("temperature", temperature.map(Value::from));
        put("top_p", top_p.map(Value::from));
        put("min_p", min_p.map(Value::from));
        put("seed", seed.filter(|_| !self.no_seed.load(Ordering::Relaxed)).map(Value::from));
        put("stop", (!stop.is_empty()).then(|| json!(stop)));
        // Chat asks whether, completions ask how many rivals of each token.
        put("logprobs", logprobs.then(|| if *format == Format::Chat { json!(true) } else { json!(1) }));
        // llama-cpp-python gives none in chat unless it is asked for rivals of each token as well.
        let rivals = *logprobs && *format == Format::Chat && !self.no_rivals.load(Ordering::Relaxed);
        put("top_logprobs", rivals.then(|| json!(1)));
        Value::Object(body)
    }

    async fn ask(&self, request: &Request) -> Result<Answer, ModelError> {
        let url = if request.settings.format == Format::Chat { &self.chat } else { &self.raw };
        let tokens = estimate(request.prompt.chars()) + u64::from(request.settings.max_tokens);
        let salt = mix(request.case.bytes().fold(0, |hash, byte| mix(hash ^ u64::from(byte))));
        let used = |read: &Read| Some(read.tokens_in? + read.tokens_out?);
        loop {
            let sent = self.http.post(url, &self.body(request), tokens, salt, read, used).await;
            let (read, exchange) = match sent {
                Err(error) if self.learns(&error, &request.settings) => continue,
                other => other?,
            };
            if request.settings.logprobs && read.logprobs.is_none() {
                self.without_logprobs.fetch_add(1, Ordering::Relaxed);
            }
            let priced = || Some(self.price?.of(read.tokens_in?, read.tokens_out?));
            return Ok(Answer {
                cost: read.cost.or_else(priced),
                text: read.text,
                finish: read.finish,
                tokens_in: read.tokens_in,
                tokens_out: read.tokens_out,
                latency: exchange.latency,
                model: read.model,
                logprobs: read.logprobs,
                attempts: exchange.attempts,
            });
        }
    }

    /// True where the server would take the same request in other words, which are then used for all.
    fn learns(&self, error: &ModelError, settings: &Settings) -> bool {
        if error.reason != Reason::Rejected {
            return false;
        }
        let said = error.message.to_lowercase();
        if said.contains("max_completion_tokens") && settings.format == Format::Chat {
            // Only its refusal of the other name is a lesson.
            return said.contains("max_tokens") && !self.completion_tokens.swap(true, Ordering::Relaxed);
        }
        let unknown = ["unsupported", "unknown", "unrecognized", "not permitted", "not supported", "extra"];
        if !unknown.iter().any(|word| said.contains(word)) {
            return false;
        }
        let names = |name: &str| said.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name);
        settings.logprobs && names("top_logprobs") && !self.no_rivals.swap(true, Ordering::Relaxed)
            || settings.seed.is_some() && names("seed") && !self.no_seed.swap(true, Ordering::Relaxed)
    }
}

impl Model for OpenAi {
    fn name(&self) -> &str {
        &self.name
    }

    fn answer<'a>(&'a self, request: &'a Request) -> Answering<'a> {
        Box::pin(self.ask(request))
    }

    fn price(&self) -> Option<Price> {
        self.price
    }

    fn stop(&self) {
        self.http.stop();
    }

    fn notices(&self) -> Vec<String> {
        let no_seed = self.no_seed.load(Ordering::Relaxed);
        let no_seed = no_seed.then(|| format!("{} takes no seed: its answers cannot be had again", self.name));
        let without = self.without_logprobs.load(Ordering::Relaxed);
        let without = (without > 0)
            .then(|| format!("{} gave {without} answers without log-probabilities of their own tokens", self.name));
        no_seed.into_iter().chain(without).collect()
    }
}

fn read(value: Value) -> Result<Read, ModelError> {
    let garbage = |what: &str| ModelError::new(Reason::Garbage, what);
    // Some servers say 200 and mean an error.
    if let Some(error) = value.get("error").filter(|error| !error.is_null()) {
        let code = error.get("code").and_then(Value::as_u64);
        let reason = match code {
            Some(429) => Reason::RateLimited,
            Some(401..=403) => Reason::Denied,
            Some(400..=499) => Reason::Rejected,
            _ => Reason::Server,
        };
        return Err(ModelError::new(reason, short(&words_of_error(&value))));
    }
    let choice = value.pointer("/choices/0").ok_or_else(|| garbage("JSON without choices"))?;
    let (text, refused) = match choice.get("message") {
        Some(message) => {
            let refusal = message.get("refusal").and_then(Value::as_str).filter(|said| !said.is_empty());
            let said = content(message.get("content")).ok_or_else(|| garbage("a message without content"))?;
            (if said.is_empty() { refusal.unwrap_or_default().to_string() } else { said }, refusal.is_some())
        }
        None => {
            let text = choice.get("text").and_then(Value::as_str);
            (text.ok_or_else(|| garbage("a choice without a text"))?.to_string(), false)
        }
    };
    let said = choice.get("finish_reason").and_then(Value::as_str).unwrap_or("unknown");
    let finish = match said {
        _ if refused => Finish::Refusal,
        "stop" | "eos" | "end_turn" if text.trim().is_empty() => Finish::Empty,
        "eos" | "end_turn" => Finish::Stop,
        "max_tokens" => Finish::Length,
        word => Finish::of_word(&short(word)),
    };
    let usage = |name: &str| value.pointer(&format!("/usage/{name}"));
    let completion_tokens = usage("completion_tokens").and_then(count);
    Ok(Read {
        text,
        finish,
        tokens_in: usage("prompt_tokens").and_then(count),
        tokens_out: completion_tokens,
        cost: usage("cost").and_then(Value::as_f64).filter(|cost| *cost >= 0.0),
        model: value.get("model").and_then(Value::as_str).map(short),
        logprobs: choice.get("logprobs").and_then(logprobs).filter(|logprobs| are_of(logprobs, completion_tokens)),
    })
}

/// A string, parts of one, or nothing; `None` where it is something else.
fn content(content: Option<&Value>) -> Option<String> {
    match content {
        None | Some(Value::Null) => Some(String::new()),
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Array(parts)) => {
            Some(parts.iter().filter_map(|part| part.get("text").and_then(Value::as_str)).collect())
        }
        Some(_) => None,
    }
}

/// True where there is one for each token that the server counted; the token that ends an answer may be missing from either. A
/// server that repeats the prompt before the answer gives more, and llama-cpp-python then gives each token its neighbour's.
fn are_of(logprobs: &[TokenLogprob], tokens: Option<u64>) -> bool {
    tokens.is_none_or(|tokens| tokens.abs_diff(logprobs.len() as u64) <= 1)
}

/// As chat completions give them, or as completions do.
fn logprobs(value: &Value) -> Option<Vec<TokenLogprob>> {
    if let Some(tokens) = value.get("content").and_then(Value::as_array) {
        let one = |token: &Value| {
            let text = token.get("token")?.as_str()?;
            Some(TokenLogprob { token: text.to_string(), logprob: token.get("logprob")?.as_f64()? })
        };
        return tokens.iter().map(one).collect();
    }
    let tokens = value.get("tokens")?.as_array()?;
    let logprobs = value.get("token_logprobs")?.as_array()?;
    let one = |(token, logprob): (&Value, &Value)| {
        Some(TokenLogprob { token: token.as_str()?.to_string(), logprob: logprob.as_f64()? })
    };
    (tokens.len() == logprobs.len()).then(|| tokens.iter().zip(logprobs).map(one).collect())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(document: Value) -> Read {
        read(document).unwrap()
    }

    #[test]
    fn chat() {
        let logprobs = json!({"content": [{"token": "A", "logprob": -0.5, "top_logprobs": []}]});
        let answer = of(json!({
            "model": "m-1",
            "choices": [{"message": {"content": "A heron", "refusal": null}, "finish_reason": "stop", "logprobs": logprobs}],
            "usage": {"prompt_tokens": 7, "completion_tokens": 2}
        }));
        assert_eq!((answer.text.as_str(), answer.finish), ("A heron", Finish::Stop));
        assert_eq!((answer.tokens_in, answer.tokens_out, answer.cost), (Some(7), Some(2), None));
        assert_eq!(answer.logprobs.unwrap()[0].logprob, -0.5);
    }

    #[test]
    fn completions() {
        let logprobs = json!({"tokens": [" a", "b"], "token_logprobs": [-1.0, -2.0]});
        let answer = of(json!({"choices": [{"text": " ab", "finish_reason": "length", "logprobs": logprobs}]}));
        assert_eq!((answer.text.as_str(), answer.finish), (" ab", Finish::Length));
        assert_eq!(answer.logprobs.unwrap()[1], TokenLogprob { token: "b".into(), logprob: -2.0 });
    }

    #[test]
    fn ends() {
        let finish =
            |message: Value, word: &str| of(json!({"choices": [{"message": message, "finish_reason": word}]})).finish;
        assert_eq!(finish(json!({"content": null, "refusal": "I will not"}), "stop"), Finish::Refusal);
        assert_eq!(finish(json!({"content": " \n"}), "stop"), Finish::Empty);
        assert_eq!(finish(json!({"content": null}), "content_filter"), Finish::ContentFilter);
        assert_eq!(finish(json!({"content": [{"type": "text", "text": "a"}]}), "stop"), Finish::Stop);
        assert_eq!(finish(json!({"content": "a"}), "tool_calls"), Finish::Other("tool_calls".into()));
    }

    #[test]
    fn no_answers() {
        let reason = |document: Value| read(document).err().unwrap().reason;
        assert_eq!(reason(json!({})), Reason::Garbage);
        assert_eq!(reason(json!([1])), Reason::Garbage);
        assert_eq!(reason(json!({"choices": []})), Reason::Garbage);
        assert_eq!(reason(json!({"choices": [{"message": {"content": 7}}]})), Reason::Garbage);
        assert_eq!(reason(json!({"error": {"message": "later", "code": 429}})), Reason::RateLimited);
        assert_eq!(reason(json!({"error": "overloaded"})), Reason::Server);
    }

    /// What llama-cpp-python's server gets wrong, from a transcript of it.
    #[test]
    fn faults_of_a_real_server() {
        let transcript: Value = serde_json::from_str(include_str!("../../tests/llama-cpp-python.json")).unwrap();
        let exchanges = transcript["exchanges"].as_array().unwrap();
        let answer = |name: &str| {
            let exchange = exchanges.iter().find(|exchange| exchange["name"] == name).unwrap();
            of(exchange["answer"].clone())
        };
        assert_eq!(answer("fault: log-probabilities without rivals").logprobs, None);
        // Even if there were no null among them.
        let echo = exchanges.iter().find(|exchange| exchange["name"] == "fault: echo").unwrap();
        let mut echo = echo["answer"].clone();
        assert_eq!(of(echo.clone()).logprobs, None);
        echo["choices"][0]["logprobs"]["token_logprobs"][0] = json!(-1.5);
        assert_eq!(of(echo).logprobs, None);
        // Asked for two answers, it gives one: the client asks for each by itself.
        let two = exchanges.iter().find(|exchange| exchange["name"] == "fault: two choices").unwrap();
        assert_eq!((&two["request"]["n"], two["answer"]["choices"].as_array().unwrap().len()), (&json!(2), 1));
    }

    #[test]
    fn whatever_stands_anywhere_is_an_answer_or_a_reason() {
        let document = json!({
            "model": "m",
            "choices": [{"message": {"content": [{"text": "a"}], "refusal": "b"}, "text": "c", "finish_reason": "stop",
                         "logprobs": {"content": [{"token": "A", "logprob": -0.5}], "tokens": ["A"], "token_logprobs": [-0.5]}}],
            "usage": {"prompt_tokens": 7, "completion_tokens": 2, "cost": 0.5},
            "error": null
        });
        for bent in crate::model::bent(&document) {
            match read(bent) {
                Err(error) => assert!(!error.message.is_empty()),
                Ok(answer) => assert!(answer.tokens_in.is_none_or(|n| n < u64::MAX / 2)),
            }
        }
    }
}

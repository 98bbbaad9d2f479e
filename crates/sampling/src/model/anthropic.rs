//! `anthropic/NAME`: the Messages API.

use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value, json};

use crate::answer::{Answer, Finish};
use crate::error::Error;
use crate::model::http::{Http, count, short, words_of_error};
use crate::model::open::{Door, Entry, below, estimate};
use crate::model::{Answering, Connection, Model, ModelError, Reason};
use crate::prices::Price;
use crate::request::{Format, Request, Role, Settings};
use crate::retry::mix;

const DOOR: Door = Door {
    provider: "Anthropic",
    home: "https://api.anthropic.com",
    address_variable: "ANTHROPIC_BASE_URL",
    key_variable: "ANTHROPIC_API_KEY",
};
const VERSION: &str = "2023-06-01";

pub(super) struct Anthropic {
    name: String,
    model: String,
    http: Http,
    messages: Url,
    price: Option<Price>,
}

struct Read {
    text: String,
    finish: Finish,
    tokens_in: Option<u64>,
    tokens_out: Option<u64>,
    model: Option<String>,
}

impl Anthropic {
    pub fn new(model: &str, connection: &Connection) -> Result<Anthropic, Error> {
        let Entry { address, key, at_home } = DOOR.enter(connection)?;
        let name = format!("anthropic/{model}");
        let key = key.map(|key| (HeaderName::from_static("x-api-key"), "", key));
        let version = (HeaderName::from_static("anthropic-version"), HeaderValue::from_static(VERSION));
        Ok(Anthropic {
            model: model.to_string(),
            http: Http::new(&address, key, HeaderMap::from_iter([version]), connection)?,
            messages: below(&address, "v1/messages"),
            price: connection.prices.of(&name, at_home),
            name,
        })
    }

    fn body(&self, request: &Request) -> Value {
        let Settings { temperature, top_p, max_tokens, stop, .. } = &request.settings;
        // What the system is told is no turn here.
        let (system, turns): (Vec<_>, Vec<_>) =
            request.prompt.messages().into_iter().partition(|turn| turn.role == Role::System);
        let system = system.iter().map(|turn| turn.content.as_str()).collect::<Vec<_>>().join("\n\n");
        let mut body = Map::new();
        body.insert("model".into(), json!(self.model));
        body.insert("max_tokens".into(), json!(max_tokens));
        body.insert("messages".into(), json!(turns));
        let mut put = |name: &str, value: Option<Value>| value.map(|value| body.insert(name.into(), value));
        put("system", (!system.is_empty()).then(|| json!(system)));
        put("temperature", temperature.map(Value::from));
        put("top_p", top_p.map(Value::from));
        put("stop_sequences", (!stop.is_empty()).then(|| json!(stop)));
        Value::Object(body)
    }

    async fn ask(&self, request: &Request) -> Result<Answer, ModelError> {
        let tokens = estimate(request.prompt.chars()) + u64::from(request.settings.max_tokens);
        let salt = mix(request.case.bytes().fold(0, |hash, byte| mix(hash ^ u64::from(byte))));
        let used = |read: &Read| Some(read.tokens_in? + read.tokens_out?);
        let (read, exchange) = self.http.post(&self.messages, &self.body(request), tokens, salt, read, used).await?;
        let priced = || Some(self.price?.of(read.tokens_in?, read.tokens_out?));
        Ok(Answer {
            cost: priced(),
            text: read.text,
            finish: read.finish,
            tokens_in: read.tokens_in,
            tokens_out: read.tokens_out,
            latency: exchange.latency,
            model: read.model,
            logprobs: None,
            attempts: exchange.attempts,
        })
    }
}

impl Model for Anthropic {
    fn name(&self) -> &str {
        &self.name
    }

    fn answer<'a>(&'a self, request: &'a Request) -> Answering<'a> {
        Box::pin(self.ask(request))
    }

    fn price(&self) -> Option<Price> {
        self.price
    }

    fn refuses(&self, settings: &Settings) -> Option<&'static str> {
        match settings {
            Settings { format: Format::Raw, .. } => Some("the Messages API continues no bare text"),
            Settings { min_p: Some(_), .. } => Some("the Messages API has no min_p"),
            Settings { logprobs: true, .. } => Some("the Messages API gives no log-probabilities"),
            _ => None,
        }
    }

    fn stop(&self) {
        self.http.stop();
    }

    fn notices(&self) -> Vec<String> {
        vec!["the Messages API takes no seed: its answers cannot be had again".into()]
    }
}

fn read(value: Value) -> Result<Read, ModelError> {
    if value.get("type").and_then(Value::as_str) == Some("error") {
        return Err(ModelError::new(Reason::Server, short(&words_of_error(&value))));
    }
    let parts = value.get("content").and_then(Value::as_array);
    let parts = parts.ok_or_else(|| ModelError::new(Reason::Garbage, "JSON without content"))?;
    let texts = parts.iter().filter(|part| part.get("type").and_then(Value::as_str) == Some("text"));
    let text: String = texts.filter_map(|part| part.get("text").and_then(Value::as_str)).collect();
    let finish = match value.get("stop_reason").and_then(Value::as_str).unwrap_or("unknown") {
        "end_turn" | "stop_sequence" if text.trim().is_empty() => Finish::Empty,
        "end_turn" | "stop_sequence" => Finish::Stop,
        "max_tokens" => Finish::Length,
        word => Finish::of_word(&short(word)),
    };
    let usage = |name: &str| value.pointer(&format!("/usage/{name}")).and_then(count);
    Ok(Read {
        text,
        finish,
        tokens_in: usage("input_tokens"),
        tokens_out: usage("output_tokens"),
        model: value.get("model").and_then(Value::as_str).map(short),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::{Message, Prompt};

    #[test]
    fn answers() {
        let of = |content: Value, stop: &str| {
            let usage = json!({"input_tokens": 5, "output_tokens": 9});
            read(json!({"type": "message", "content": content, "stop_reason": stop, "usage": usage})).unwrap()
        };
        let parts = json!([{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "A heron"}]);
        let answer = of(parts, "end_turn");
        assert_eq!((answer.text.as_str(), answer.finish, answer.tokens_out), ("A heron", Finish::Stop, Some(9)));
        assert_eq!(of(json!([]), "end_turn").finish, Finish::Empty);
        assert_eq!(of(json!([]), "refusal").finish, Finish::Refusal);
        assert_eq!(of(json!([{"type": "text", "text": "a"}]), "max_tokens").finish, Finish::Length);
    }

    #[test]
    fn no_answers() {
        let error = json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}});
        assert_eq!(read(error).err().unwrap().message, "Overloaded");
        assert_eq!(read(json!({"content": "text"})).err().unwrap().reason, Reason::Garbage);
    }

    #[test]
    fn what_the_system_is_told_is_no_turn() {
        let key = crate::Secret::new("sk-ant-0123456789");
        let connection = Connection { address: Some("http://127.0.0.1:9".into()), key, ..Connection::default() };
        let model = Anthropic::new("claude", &connection).unwrap();
        let turns = vec![Message::new(Role::System, "Be brief"), Message::new(Role::User, "A poem")];
        let settings = Settings { seed: Some(3), ..Settings::default() };
        let body = model.body(&Request { case: "1".into(), prompt: Prompt::Messages(turns), settings });
        assert_eq!(body["system"], "Be brief");
        assert_eq!(body["messages"], json!([{"role": "user", "content": "A poem"}]));
        assert_eq!(body.get("seed"), None);
    }

    #[test]
    fn whatever_stands_anywhere_is_an_answer_or_a_reason() {
        let document = json!({
            "type": "message", "model": "m", "content": [{"type": "text", "text": "a"}], "stop_reason": "end_turn",
            "usage": {"input_tokens": 5, "output_tokens": 9}, "error": {"message": "no"}
        });
        for bent in crate::model::bent(&document) {
            match read(bent) {
                Err(error) => assert!(!error.message.is_empty()),
                Ok(answer) => assert!(answer.tokens_in.is_none_or(|n| n < u64::MAX / 2)),
            }
        }
    }
}

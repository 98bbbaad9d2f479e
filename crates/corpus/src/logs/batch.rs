//! Batches: OpenAI's (vLLM writes the same) and Anthropic's output, and their input, in which the prompts are.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{Beside, Request, answers, choices, id_of, settings};
use crate::error::{Error, Place};
use crate::fields;
use crate::text::{Labels, Text};

/// One line of the output.
pub(super) fn texts(object: &Map<String, Value>, place: Place, beside: &mut Beside) -> Result<Vec<Text>, Error> {
    let id = id_of(object.get("custom_id")).unwrap_or_default();
    let response = object.get("response").and_then(|response| response.get("body"));
    let result = object.get("result").and_then(|result| result.get("message"));
    let body = match (response, result) {
        (Some(body), _) | (None, Some(body)) if body.get("error").is_none_or(Value::is_null) => body,
        _ => return Err(Error::NoAnswer { place, why: failure(object) }),
    };
    let request = beside.requests.get(&id).cloned();
    beside.unasked += usize::from(request.is_none());
    let Request { prompt, settings } = request.unwrap_or_default();
    let one = Text { id, text: String::new(), prompt, model: id_of(body.get("model")), labels: settings };
    answers(one, said(body), place)
}

/// An answer stored without its batch, perhaps with the question beside it.
pub(super) fn answer(object: &Map<String, Value>, id: Option<String>, place: Place) -> Result<Vec<Text>, Error> {
    let body = Value::Object(object.clone());
    let Request { prompt, settings } = request(&body);
    let id = id_of(object.get("id")).or(id).unwrap_or_else(|| place.line.unwrap_or(1).to_string());
    let mut labels = settings;
    let scalar = |value: &Value| value.is_string() || value.is_number() || value.is_boolean();
    for (name, value) in object.iter().filter(|(name, value)| scalar(value) && !HEAD.contains(&name.as_str())) {
        labels.entry(name.clone()).or_insert_with(|| value.clone());
    }
    let one = Text { id, text: String::new(), prompt, model: id_of(object.get("model")), labels };
    answers(one, said(&body), place)
}

/// Fields of an answer that are of the text itself, or of the server alone.
const HEAD: [&str; 8] =
    ["id", "model", "prompt", "object", "created", "system_fingerprint", "service_tier", "provider"];

/// The texts of a body with the reasons for their ends: chat and plain completions, the Responses API, Anthropic's
/// messages.
fn said(body: &Value) -> Vec<(String, Option<Value>)> {
    if body.get("choices").is_some() {
        return choices(body, "finish_reason");
    }
    let reason = |name: &str| body.get(name).filter(|why| why.is_string()).cloned();
    if let Some(output) = body.get("output").and_then(Value::as_array) {
        let messages = output.iter().filter(|item| item.get("type").and_then(Value::as_str) == Some("message"));
        let why = body.pointer("/incomplete_details/reason").filter(|why| why.is_string()).cloned();
        let why = why.or_else(|| reason("status"));
        return messages
            .map(|item| (item.get("content").map(fields::whole_text).unwrap_or_default(), why.clone()))
            .collect();
    }
    body.get("content").map(|content| (fields::whole_text(content), reason("stop_reason"))).into_iter().collect()
}

fn failure(object: &Map<String, Value>) -> String {
    let paths =
        ["/error/message", "/response/body/error/message", "/result/error/error/message", "/result/error/message"];
    let whole = Value::Object(object.clone());
    let message = paths.iter().find_map(|path| whole.pointer(path)).and_then(Value::as_str);
    let status = whole.pointer("/response/status_code").or_else(|| whole.pointer("/result/type"));
    match (message, status) {
        (Some(message), _) => format!("the request failed: {}", message.chars().take(160).collect::<String>()),
        (None, Some(status)) => format!("the request ended with {}", status.to_string().trim_matches('"')),
        (None, None) => "no answer is recorded".to_string(),
    }
}

/// What a body that was sent to an API asked, and with which settings.
fn request(body: &Value) -> Request {
    let asked = ["messages", "input", "prompt"].iter().find_map(|name| body.get(*name));
    let chat = body.get("messages").is_some() || body.get("input").is_some();
    let mut settings: Labels = settings(body);
    if asked.is_some() {
        settings.insert("prompt_format".to_string(), Value::from(if chat { "chat" } else { "raw" }));
    }
    Request { prompt: asked.and_then(fields::prompt_in).filter(|prompt| !prompt.is_empty()), settings }
}

/// Adds one line of a batch's input, `{"custom_id", "body"}` (OpenAI) or `{"custom_id", "params"}` (Anthropic).
pub(super) fn add_request(value: &Value, requests: &mut HashMap<String, Request>) -> Option<()> {
    let id = id_of(value.get("custom_id"))?;
    let body = value.get("body").or_else(|| value.get("params"))?;
    requests.insert(id, request(body));
    Some(())
}

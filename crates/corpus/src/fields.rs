//! Which field of a record is the text, the prompt, the id and the model: as mapped, or guessed from their names.

use std::str::FromStr;

use serde_json::{Map, Value};

use crate::error::{Error, Place};
use crate::record::kind;

/// Names that hold the text, the most telling first. A nested answer of an API is looked into.
const TEXT: [&str; 27] = [
    "text",
    "completion",
    "response",
    "output",
    "generation",
    "generations",
    "generated_text",
    "answer",
    "content",
    "completions",
    "responses",
    "outputs",
    "samples",
    "answers",
    "generated_texts",
    "continuation",
    "body",
    "poem",
    "story",
    "joke",
    "essay",
    "choices",
    "candidates",
    "message",
    "messages",
    "conversation",
    "conversations",
];
const PROMPT: [&str; 7] = ["prompt", "input", "question", "instruction", "query", "user_prompt", "request"];
const ID: [&str; 10] = ["id", "uid", "uuid", "custom_id", "sample_id", "text_id", "doc_id", "_id", "key", "index"];
const MODEL: [&str; 6] = ["model", "model_name", "model_id", "engine", "generator", "response.body.model"];

/// Keys that lead from an object of some API to the text in it.
const INWARD: [&str; 12] = [
    "message",
    "content",
    "text",
    "parts",
    "choices",
    "candidates",
    "body",
    "output",
    "generated_text",
    "completion",
    "response",
    "value",
];

/// Names mapped by the person: `text=completion`, `prompt=meta.request`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    pub text: Option<String>,
    pub prompt: Option<String>,
    pub id: Option<String>,
    pub model: Option<String>,
}

impl Fields {
    /// From mappings as they are typed, `WHAT=NAME` each.
    ///
    /// ```
    /// let fields = corpus::Fields::parse(["text=choices.0.text", "prompt=input"]).unwrap();
    /// assert_eq!(fields.text.as_deref(), Some("choices.0.text"));
    /// assert!(corpus::Fields::parse(["colour=red"]).is_err());
    /// ```
    pub fn parse<S: AsRef<str>>(mappings: impl IntoIterator<Item = S>) -> Result<Fields, Error> {
        let mut fields = Fields::default();
        for mapping in mappings {
            let mapping = mapping.as_ref();
            let (what, name) = mapping.split_once('=').ok_or_else(|| Error::Mapping(mapping.to_string()))?;
            let slot = match what.trim() {
                "text" => &mut fields.text,
                "prompt" => &mut fields.prompt,
                "id" => &mut fields.id,
                "model" => &mut fields.model,
                _ => return Err(Error::Mapping(mapping.to_string())),
            };
            let name = name.trim().trim_end_matches("[]");
            if name.is_empty() {
                return Err(Error::Mapping(mapping.to_string()));
            }
            *slot = Some(name.to_string());
        }
        Ok(fields)
    }
}

impl FromStr for Fields {
    type Err = Error;

    fn from_str(mapping: &str) -> Result<Fields, Error> {
        Fields::parse([mapping])
    }
}

/// True for a column name that is known to hold texts.
pub(crate) fn holds_text(name: &str) -> bool {
    TEXT.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// The field that is the text, guessed.
pub(crate) fn guess_text(object: &Map<String, Value>) -> Option<String> {
    guess(object, &TEXT, |value| !texts_in(value).is_empty())
}

fn guess(object: &Map<String, Value>, names: &[&str], holds: impl Fn(&Value) -> bool) -> Option<String> {
    names.iter().find_map(|known| {
        if known.contains('.') {
            return at(object, known).filter(|value| holds(value)).map(|_| known.to_string());
        }
        let exact = object.get_key_value(*known);
        let (name, value) = exact.or_else(|| object.iter().find(|(name, _)| name.eq_ignore_ascii_case(known)))?;
        holds(value).then(|| name.clone())
    })
}

/// The fields of one source, settled by its first record with a text in it and the same for all after it, so that no two
/// records of a file are read in different ways.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub text: String,
    pub prompt: Option<String>,
    pub id: Option<String>,
    pub model: Option<String>,
}

impl Plan {
    /// The plan, or nothing if this record shows no text.
    pub fn of(fields: &Fields, object: &Map<String, Value>) -> Option<Plan> {
        let text = match &fields.text {
            Some(name) => at(object, name).map(|_| name.clone()),
            None => guess_text(object),
        }?;
        let other = |mapped: &Option<String>, names: &[&str], holds: fn(&Value) -> bool| {
            mapped.clone().or_else(|| guess(object, names, holds)).filter(|name| *name != text)
        };
        Some(Plan {
            prompt: other(&fields.prompt, &PROMPT, |value| prompt_in(value).is_some()),
            id: other(&fields.id, &ID, |value| value.is_string() || value.is_number()),
            model: other(&fields.model, &MODEL, Value::is_string),
            text,
        })
    }

    /// What was guessed, for the person to check; nothing where every name is doggerel's own.
    pub fn notice(&self, fields: &Fields, source: &str) -> Option<String> {
        let parts: Vec<String> = [
            ("text", Some(&self.text), &fields.text),
            ("prompt", self.prompt.as_ref(), &fields.prompt),
            ("id", self.id.as_ref(), &fields.id),
            ("model", self.model.as_ref(), &fields.model),
        ]
        .into_iter()
        .filter_map(|(what, found, mapped)| {
            let name = found.filter(|name| mapped.is_none() && name.as_str() != what)?;
            Some(format!("`{name}` as the {what}"))
        })
        .collect();
        let (last, first) = parts.split_last()?;
        let list = if first.is_empty() { last.clone() } else { format!("{} and {last}", first.join(", ")) };
        Some(format!("{source}: reading {list} (--field text=NAME maps another)"))
    }
}

/// The value at a name or a dotted path; numbers in it count elements from 0. A name with dots in it comes first.
pub(crate) fn at<'a>(object: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    if let Some(value) = object.get(path) {
        return Some(value);
    }
    let (first, rest) = path.split_once('.')?;
    rest.split('.').try_fold(object.get(first)?, |value, step| match value {
        Value::Object(object) => object.get(step),
        Value::Array(list) => list.get(step.parse::<usize>().ok()?),
        _ => None,
    })
}

/// Every text in a value: itself, the elements of a list, the last answer of a conversation, or the text inside an API's
/// object.
pub(crate) fn texts_in(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(list) if is_conversation(list) => last_said(list, &ANSWERS),
        Value::Array(list) if is_parts(list) => vec![joined(list)],
        Value::Array(list) => list.iter().flat_map(texts_in).collect(),
        Value::Object(object) => match object.get("parts") {
            Some(Value::Array(parts)) => vec![joined(parts)],
            _ => INWARD
                .iter()
                .filter_map(|key| object.get(*key))
                .map(texts_in)
                .find(|texts| !texts.is_empty())
                .unwrap_or_default(),
        },
        _ => Vec::new(),
    }
}

/// What was asked, in a prompt field or in the conversation that holds the text.
pub(crate) fn prompt_in(value: &Value) -> Option<String> {
    match value {
        Value::String(prompt) => Some(prompt.clone()),
        Value::Array(list) if is_conversation(list) => last_said(list, &ASKERS).pop(),
        Value::Array(list) => list.first().and_then(prompt_in),
        Value::Object(object) => {
            object.get("messages").or_else(|| object.get("content")).or_else(|| object.get("text")).and_then(prompt_in)
        }
        _ => None,
    }
}

/// The one text of a message's content: itself, or its pieces joined; what a model thought before it spoke is left out.
pub(crate) fn whole_text(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => joined(parts),
        _ => String::new(),
    }
}

/// True where a chat template has been laid over a prompt.
pub(crate) fn in_template(prompt: &str) -> bool {
    const MARKS: [&str; 7] = [
        "<|im_start|>",
        "<|start_header_id|>",
        "<start_of_turn>",
        "[INST]",
        "<|user|>",
        "<|assistant|>",
        "<|start_of_role|>",
    ];
    MARKS.iter().any(|mark| prompt.contains(mark))
}

const ANSWERS: [&str; 6] = ["assistant", "model", "gpt", "ai", "bot", "chatbot"];
const ASKERS: [&str; 3] = ["user", "human", "prompter"];

/// Who speaks: OpenAI's `role`, ShareGPT's `from`.
fn role(message: &Value) -> Option<&str> {
    message.get("role").or_else(|| message.get("from")).and_then(Value::as_str)
}

pub(crate) fn is_conversation(list: &[Value]) -> bool {
    !list.is_empty() && list.iter().all(|message| role(message).is_some())
}

/// Pieces of one text: `[{"type": "text", "text": "…"}, …]`.
fn is_parts(list: &[Value]) -> bool {
    !list.is_empty()
        && list.iter().all(|part| part.get("type").is_some_and(Value::is_string) && part.get("role").is_none())
}

fn joined(parts: &[Value]) -> String {
    parts.iter().filter_map(|part| part.get("text").and_then(Value::as_str)).collect()
}

fn last_said(list: &[Value], roles: &[&str]) -> Vec<String> {
    let said = list.iter().rev().find(|message| role(message).is_some_and(|role| roles.contains(&role)));
    said.and_then(|message| message.get("content").or_else(|| message.get("value"))).map(texts_in).unwrap_or_default()
}

/// The scalar fields that the plan does not use; those of objects one level down with a dot.
pub(crate) fn labels(object: &Map<String, Value>, plan: &Plan) -> Map<String, Value> {
    let used = [Some(&plan.text), plan.prompt.as_ref(), plan.id.as_ref(), plan.model.as_ref()];
    let free = |name: &str| !used.iter().flatten().any(|used| used.as_str() == name);
    let scalar = |value: &Value| matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_));
    let mut labels = Map::new();
    for (name, value) in object {
        if scalar(value) && free(name) {
            labels.insert(name.clone(), value.clone());
        }
        let Value::Object(inner) = value else { continue };
        for (below, value) in inner {
            let name = format!("{name}.{below}");
            if scalar(value) && free(&name) {
                labels.insert(name, value.clone());
            }
        }
    }
    labels
}

/// The texts that a record holds under the plan.
pub(crate) fn texts(object: &Map<String, Value>, plan: &Plan, place: &Place) -> Result<Vec<String>, Error> {
    let Some(value) = at(object, &plan.text) else {
        return Err(Error::NoField {
            place: place.clone(),
            wanted: Some(plan.text.clone()),
            found: object.keys().cloned().collect(),
        });
    };
    let texts = texts_in(value);
    if texts.is_empty() {
        return Err(Error::NotAText { place: place.clone(), field: plan.text.clone(), found: kind(value) });
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: Value) -> (Vec<String>, Option<String>) {
        let object = value.as_object().unwrap();
        let plan = Plan::of(&Fields::default(), object).unwrap();
        let place = Place { source: "x".into(), line: Some(1) };
        (texts(object, &plan, &place).unwrap(), plan.prompt.and_then(|name| prompt_in(at(object, &name).unwrap())))
    }

    #[test]
    fn answers_of_apis() {
        let chat = json!({"id": "c1", "choices": [{"message": {"role": "assistant", "content": "A rose"}}, {"message": {"role": "assistant", "content": "A thorn"}}]});
        assert_eq!(read(chat).0, ["A rose", "A thorn"]);
        let batch = json!({"custom_id": "7", "response": {"status_code": 200, "body": {"model": "m", "choices": [{"message": {"content": "A rose"}}]}}});
        assert_eq!(read(batch.clone()).0, ["A rose"]);
        let plan = Plan::of(&Fields::default(), batch.as_object().unwrap()).unwrap();
        assert_eq!(plan.model.as_deref(), Some("response.body.model"));
        let parts =
            json!({"role": "assistant", "content": [{"type": "text", "text": "A "}, {"type": "text", "text": "rose"}]});
        assert_eq!(read(parts).0, ["A rose"]);
        let gemini = json!({"candidates": [{"content": {"parts": [{"text": "A "}, {"text": "rose"}]}}]});
        assert_eq!(read(gemini).0, ["A rose"]);
        let shared = json!({"conversations": [{"from": "human", "value": "ask"}, {"from": "gpt", "value": "A rose"}]});
        assert_eq!(read(shared).0, ["A rose"]);
        let pipeline =
            json!({"generated_text": [{"role": "user", "content": "ask"}, {"role": "assistant", "content": "A rose"}]});
        assert_eq!(read(pipeline).0, ["A rose"]);
        let logged = json!({"input": [{"role": "user", "content": "ask"}], "output": {"choices": [{"message": {"content": "A rose"}}]}});
        assert_eq!(read(logged), (vec!["A rose".to_string()], Some("ask".to_string())));
    }

    #[test]
    fn the_last_answer_of_a_conversation() {
        let messages = json!({"messages": [
            {"role": "system", "content": "be brief"}, {"role": "user", "content": "one"}, {"role": "assistant", "content": "first"},
            {"role": "user", "content": "two"}, {"role": "assistant", "content": "second"}]});
        assert_eq!(read(messages).0, ["second"]);
    }

    #[test]
    fn paths() {
        let object = json!({"a.b": 1, "a": {"b": 2, "c": [{"d": "x"}]}});
        let object = object.as_object().unwrap();
        assert_eq!(at(object, "a.b"), Some(&json!(1)));
        assert_eq!(at(object, "a.c.0.d"), Some(&json!("x")));
        assert_eq!(at(object, "a.c.9.d"), None);
        assert_eq!(at(object, "nope"), None);
    }

    #[test]
    fn names_before_guesses() {
        let object = json!({"text": "the question", "answer": "the poem", "Temperature": 1, "meta": {"seed": 3, "deep": {"x": 1}}});
        let object = object.as_object().unwrap();
        let mapped = Fields::parse(["text=answer", "prompt=text"]).unwrap();
        let plan = Plan::of(&mapped, object).unwrap();
        assert_eq!((plan.text.as_str(), plan.prompt.as_deref()), ("answer", Some("text")));
        assert_eq!(plan.notice(&mapped, "x"), None);
        assert_eq!(labels(object, &plan), *json!({"Temperature": 1, "meta.seed": 3}).as_object().unwrap());
    }
}

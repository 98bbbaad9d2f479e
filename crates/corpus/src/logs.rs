//! Logs of other tools, whose records are more than a text among named fields.
//!
//! A log is recognized by the fields of its first record. Adding a tool is one file here and one line in [`Log::of`].

mod batch;
mod harness;
pub(crate) mod inspect;

pub(crate) use harness::results as harness_results;

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use serde_json::{Map, Value};

use crate::error::{Error, Place};
use crate::fields;
use crate::format::Format;
use crate::jsonl::Jsonl;
use crate::record::Record;
use crate::source::{Count, Source};
use crate::text::{Labels, Text};

/// Whose log it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Log {
    /// A sample of inspect_ai.
    Inspect,
    /// A sample of lm-evaluation-harness.
    Harness,
    /// A line of a batch's output: OpenAI's, vLLM's or Anthropic's.
    Batch,
    /// An answer of a chat completion API, stored as it came.
    Answer,
}

/// What is known beside the record itself.
#[derive(Default)]
pub(crate) struct Beside {
    /// The requests of a batch by their `custom_id`.
    pub requests: HashMap<String, Request>,
    /// Answers that were given out, where a log repeats them.
    seen: HashSet<u64>,
    pub repeated: usize,
    /// Answers whose question is not known.
    pub unasked: usize,
}

/// What was asked, and how.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Request {
    pub prompt: Option<String>,
    pub settings: Labels,
}

impl Beside {
    /// With the requests out of a batch's input file.
    pub fn with_requests(source: &str, limit: usize) -> Result<Beside, Error> {
        let input = Source::file(Path::new(source), source, Some(Format::Jsonl), &Count::default())?;
        let mut beside = Beside::default();
        for record in Jsonl::new(input, limit) {
            let Record { place, value, .. } = record?;
            if batch::add_request(&value, &mut beside.requests).is_none() {
                let found = "no request of a batch (custom_id and body)";
                return Err(Error::NotARecord { place, found });
            }
        }
        if beside.requests.is_empty() {
            return Err(Error::Empty(source.to_string()));
        }
        Ok(beside)
    }

    /// False if the same was seen before.
    fn is_new(&mut self, what: impl Hash) -> bool {
        let mut hasher = DefaultHasher::new();
        what.hash(&mut hasher);
        let new = self.seen.insert(hasher.finish());
        self.repeated += usize::from(!new);
        new
    }

    /// What a person should know of it.
    pub fn notices(&self, source: &str) -> Vec<String> {
        let mut notices = Vec::new();
        if self.repeated > 0 {
            let lines = if self.repeated == 1 { "line repeats" } else { "lines repeat" };
            notices.push(format!("{source}: {} {lines} the answers of another filter and are left out", self.repeated));
        }
        if self.unasked > 0 {
            let answers =
                if self.unasked == 1 { "answer comes without its prompt" } else { "answers come without prompts" };
            notices.push(format!("{source}: {} {answers}; --prompts FILE joins the batch's input file", self.unasked));
        }
        notices
    }
}

impl Log {
    /// The log that a record with these fields comes from.
    pub fn of(object: &Map<String, Value>) -> Option<Log> {
        let has = |name: &str| object.contains_key(name);
        let is_object = |name: &str| object.get(name).is_some_and(Value::is_object);
        if has("epoch") && has("input") && object.get("output").is_some_and(|output| output.get("choices").is_some()) {
            return Some(Log::Inspect);
        }
        if has("doc_id") && has("arguments") && has("resps") {
            return Some(Log::Harness);
        }
        if has("custom_id") && (is_object("response") || is_object("error") || is_object("result")) {
            return Some(Log::Batch);
        }
        let answer =
            |choice: &Value| choice.get("message").is_some() || choice.get("text").is_some_and(Value::is_string);
        let choices = object.get("choices").and_then(Value::as_array);
        if choices.is_some_and(|choices| !choices.is_empty() && choices.iter().all(answer)) && !has("text") {
            return Some(Log::Answer);
        }
        None
    }

    pub fn name(self) -> &'static str {
        match self {
            Log::Inspect => "a log of inspect_ai",
            Log::Harness => "samples of lm-evaluation-harness",
            Log::Batch => "the output of a batch",
            Log::Answer => "answers of a chat API",
        }
    }

    /// The texts of a record: one for each answer in it.
    pub fn texts(self, record: Record, beside: &mut Beside) -> Result<Vec<Text>, Error> {
        let Record { place, value, header, id, .. } = record;
        let Value::Object(object) = value else {
            return Err(Error::NotARecord { place, found: crate::record::kind(&value) });
        };
        match self {
            Log::Inspect => inspect::texts(&object, header.as_deref(), place),
            Log::Harness => harness::texts(&object, header.as_deref(), place, beside),
            Log::Batch => batch::texts(&object, place, beside),
            Log::Answer => batch::answer(&object, id, place),
        }
    }
}

/// Settings by the names that doggerel and most servers give them, under the names that tools use.
const SETTINGS: [(&str, &str); 11] = [
    ("temperature", "temperature"),
    ("top_p", "top_p"),
    ("top_k", "top_k"),
    ("min_p", "min_p"),
    ("seed", "seed"),
    ("do_sample", "do_sample"),
    ("max_tokens", "max_tokens"),
    ("max_completion_tokens", "max_tokens"),
    ("max_output_tokens", "max_tokens"),
    ("max_gen_toks", "max_tokens"),
    ("max_new_tokens", "max_tokens"),
];

/// How an answer was sampled, out of what was sent to the model.
fn settings(sent: &Value) -> Labels {
    let scalar = |value: &Value| matches!(value, Value::Number(_) | Value::Bool(_));
    let found = SETTINGS.iter().filter_map(|(theirs, ours)| sent.get(theirs).filter(|v| scalar(v)).map(|v| (*ours, v)));
    found.map(|(name, value)| (name.to_string(), value.clone())).collect()
}

/// The choices of a chat completion, or of a plain one: each text with the reason for its end.
fn choices(body: &Value, reason: &str) -> Vec<(String, Option<Value>)> {
    let choices = body.get("choices").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let text = |choice: &Value| {
        let said = choice.get("message").and_then(|message| message.get("content")).or_else(|| choice.get("text"));
        said.map(fields::whole_text).unwrap_or_default()
    };
    choices.iter().map(|choice| (text(choice), choice.get(reason).filter(|why| why.is_string()).cloned())).collect()
}

/// The answers to one question as texts of their own.
fn answers(one: Text, found: Vec<(String, Option<Value>)>, place: Place) -> Result<Vec<Text>, Error> {
    if found.is_empty() {
        return Err(Error::NoAnswer { place, why: "no answer is recorded".to_string() });
    }
    let single = found.len() == 1;
    let text = |(k, (text, reason)): (usize, (String, Option<Value>))| {
        let mut labels = one.labels.clone();
        if let Some(reason) = reason {
            labels.insert("finish_reason".to_string(), reason);
        }
        let id = if single { one.id.clone() } else { format!("{}#{k}", one.id) };
        if !single {
            labels.insert("generation".to_string(), Value::from(k));
        }
        Text { id, text, labels, prompt: one.prompt.clone(), model: one.model.clone() }
    };
    Ok((1..).zip(found).map(text).collect())
}

/// Scalar members of an object as labels, `prefix.name`.
fn scalars(prefix: &str, value: Option<&Value>, labels: &mut Labels) {
    let scalar = |value: &Value| matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_));
    for (name, value) in value.and_then(Value::as_object).into_iter().flatten().filter(|(_, value)| scalar(value)) {
        labels.insert(format!("{prefix}.{name}"), value.clone());
    }
}

/// A string or number as an id.
fn id_of(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(id) if !id.is_empty() => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

//! inspect_ai: `.eval`, a ZIP archive with a member a sample, and `.json`, the same in one document.

use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{answers, choices, id_of, settings};
use crate::archive::{Archive, Member};
use crate::error::{Error, Place};
use crate::fields;
use crate::record::{Record, Records};
use crate::text::{Labels, Text};

/// A sample carries every event of its run, so it may be this many times longer than a record; what is kept of it is not.
pub(crate) const SAMPLE: usize = 16;

/// What is kept of a sample.
#[derive(Deserialize, Serialize)]
struct Sample {
    id: Value,
    #[serde(default)]
    epoch: Value,
    #[serde(default)]
    input: Value,
    #[serde(default)]
    output: Value,
    #[serde(default)]
    scores: Value,
    #[serde(default)]
    attachments: Value,
    #[serde(default)]
    error: Value,
}

/// What is kept of a log's header.
#[derive(Deserialize, Serialize)]
struct Header {
    #[serde(default)]
    eval: Value,
    #[serde(default)]
    plan: Value,
}

/// The records of an `.eval` file, and their number.
pub(crate) fn archive(path: &Path, name: &str, limit: usize) -> Result<(Records, u64), Error> {
    let mut archive = Archive::open(path, name)?;
    let is_sample = |member: &Member| member.name.starts_with("samples/") && member.name.ends_with(".json");
    let samples: Vec<Member> = archive.members.iter().filter(|member| is_sample(member)).cloned().collect();
    let header = header(&mut archive, limit)?;
    if samples.is_empty() || header.is_none() {
        return Err(Error::NotText { source_name: name.to_string(), what: "a ZIP archive, and no log of inspect_ai" });
    }
    let n = samples.len() as u64;
    let records = samples.into_iter().map(move |member| {
        let place = archive.place(&member);
        let bytes = archive.read(&member, limit.saturating_mul(SAMPLE))?;
        Ok(Record { header: header.clone(), ..sample(place, &bytes)? })
    });
    Ok((Box::new(records), n))
}

/// `header.json` is written at a run's end; before that only its start is known.
fn header(archive: &mut Archive, limit: usize) -> Result<Option<Arc<Value>>, Error> {
    let named = |name: &str| archive.members.iter().find(|member| member.name == name).cloned();
    let Some(member) = named("header.json").or_else(|| named("_journal/start.json")) else { return Ok(None) };
    let place = archive.place(&member);
    let bytes = archive.read(&member, limit)?;
    let slim: Header = crate::jsonl::typed(&place, &bytes)?;
    Ok(serde_json::to_value(slim).ok().map(Arc::new))
}

/// A sample without its events.
pub(crate) fn sample(place: Place, bytes: &[u8]) -> Result<Record, Error> {
    let slim: Sample = crate::jsonl::typed(&place, bytes)?;
    // Plain data of strings, numbers and lists always has a value.
    let value = serde_json::to_value(slim).unwrap_or_default();
    Ok(Record::new(place, value))
}

/// True where a document begins as inspect's does.
pub(crate) fn is_log(head: &[u8]) -> bool {
    const LOOKED_AT: usize = 4096;
    let text = String::from_utf8_lossy(&head[..head.len().min(LOOKED_AT)]);
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    bare.starts_with("{\"version\":") && bare.contains("\"status\":") && bare.contains("\"eval\":{")
}

pub(super) fn texts(object: &Map<String, Value>, header: Option<&Value>, place: Place) -> Result<Vec<Text>, Error> {
    let null = Value::Null;
    let output = object.get("output").unwrap_or(&null);
    let eval = header.and_then(|header| header.get("eval")).unwrap_or(&null);
    let attached = object.get("attachments").and_then(Value::as_object);
    let model = [output.get("model"), eval.get("model")].into_iter().flatten().find_map(|model| id_of(Some(model)));
    let prompt = object.get("input").and_then(fields::prompt_in).map(|prompt| with_attachments(prompt, attached));
    let found: Vec<_> = choices(output, "stop_reason")
        .into_iter()
        .map(|(text, reason)| (with_attachments(text, attached), reason))
        .collect();
    if found.is_empty() {
        return Err(Error::NoAnswer { place, why: failure(object) });
    }
    let id = id_of(object.get("id")).unwrap_or_else(|| "sample".to_string());
    let id = match id_of(object.get("epoch")) {
        Some(epoch) => format!("{id}_epoch_{epoch}"),
        None => id,
    };
    let one = Text { id, text: String::new(), prompt, model, labels: labels(object, header, eval) };
    answers(one, found, place)
}

fn labels(object: &Map<String, Value>, header: Option<&Value>, eval: &Value) -> Labels {
    let mut labels = Labels::new();
    for (name, value) in [("task", eval.get("task")), ("epoch", object.get("epoch"))] {
        labels.extend(value.filter(|v| v.is_string() || v.is_number()).map(|v| (name.to_string(), v.clone())));
    }
    labels.extend(eval.get("model_generate_config").map(settings).unwrap_or_default());
    labels.extend(header.and_then(|h| h.get("plan")?.get("config")).map(settings).unwrap_or_default());
    // It asks through messages whatever the model is.
    labels.insert("prompt_format".to_string(), Value::from("chat"));
    for (scorer, score) in object.get("scores").and_then(Value::as_object).into_iter().flatten() {
        let value = score.get("value").filter(|value| value.is_string() || value.is_number() || value.is_boolean());
        labels.extend(value.map(|value| (format!("score.{scorer}"), value.clone())));
    }
    labels
}

fn failure(object: &Map<String, Value>) -> String {
    let error = object.get("error").and_then(|error| error.get("message")).and_then(Value::as_str);
    let first = error.and_then(|message| message.lines().next()).map(|line| line.chars().take(160).collect::<String>());
    first.map_or_else(|| "no answer is recorded".to_string(), |line| format!("the sample failed: {line}"))
}

/// Long strings stand beside the sample, once, and are called for by `attachment://` and their hash.
fn with_attachments(text: String, attached: Option<&Map<String, Value>>) -> String {
    const CALL: &str = "attachment://";
    let Some(attached) = attached.filter(|_| text.contains(CALL)) else { return text };
    let mut whole = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find(CALL) {
        let after = &rest[at + CALL.len()..];
        let hash = &after[..after.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(after.len())];
        whole.push_str(&rest[..at]);
        match attached.get(hash).and_then(Value::as_str) {
            Some(long) => whole.push_str(long),
            None => whole.extend([CALL, hash]),
        }
        rest = &after[hash.len()..];
    }
    whole.push_str(rest);
    whole
}

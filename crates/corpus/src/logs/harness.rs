//! lm-evaluation-harness: `samples_TASK_TIME.jsonl`, one line for each document and filter, with `results_TIME.json` beside
//! it.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Beside, answers, id_of, scalars, settings};
use crate::error::{Error, Place};
use crate::fields;
use crate::text::{Labels, Text};

/// What is kept of a run's results.
#[derive(Deserialize, Serialize)]
struct Results {
    #[serde(default)]
    model_name: Value,
    #[serde(default)]
    model_source: Value,
    #[serde(default)]
    chat_template: Value,
}

/// Bytes of a file of results that are read.
const RESULTS: u64 = 64 << 20;

/// The results of the run that a file of samples belongs to: the one file beside it with the same time.
pub(crate) fn results(path: &Path) -> Option<Arc<Value>> {
    let file = path.file_name()?.to_str()?.strip_prefix("samples_")?;
    let bare = [".gz", ".zst"].iter().find_map(|end| file.strip_suffix(end)).unwrap_or(file);
    let (_, time) = bare.strip_suffix(".jsonl")?.rsplit_once('_')?;
    let mut bytes = Vec::new();
    let beside = File::open(path.with_file_name(format!("results_{time}.json"))).ok()?;
    beside.take(RESULTS).read_to_end(&mut bytes).ok()?;
    let results: Results = serde_json::from_slice(&bytes).ok()?;
    serde_json::to_value(results).ok().map(Arc::new)
}

/// The answers are in `resps`, a list for each request of a list for each repeat; `filtered_resps` is what a filter left of
/// them, and each filter has its line with the same `resps`.
pub(super) fn texts(
    object: &Map<String, Value>,
    header: Option<&Value>,
    place: Place,
    beside: &mut Beside,
) -> Result<Vec<Text>, Error> {
    let resps = object.get("resps").unwrap_or(&Value::Null);
    let requests = resps.as_array().map(Vec::as_slice).unwrap_or_default();
    let repeats = |request: &Value| match request {
        Value::Array(repeats) => repeats.iter().map(|text| text.as_str().map(str::to_string)).collect(),
        other => vec![other.as_str().map(str::to_string)],
    };
    let found: Option<Vec<String>> = requests.iter().flat_map(repeats).collect();
    let Some(found) = found.filter(|found| !found.is_empty()) else {
        let why = "the answers are log-probabilities of given choices, not texts".to_string();
        return Err(Error::NoAnswer { place, why });
    };
    let sent = object.get("arguments").and_then(first_request);
    let prompt = sent.and_then(|sent| sent.get("arg_0").or_else(|| sent.get(0))).and_then(prompt_of);
    let id = id_of(object.get("doc_id")).unwrap_or_default();
    if !beside.is_new((&id, &prompt, &found)) {
        return Ok(Vec::new());
    }
    let mut labels = Labels::new();
    labels.extend(sent.and_then(|sent| sent.get("arg_1").or_else(|| sent.get(1))).map(settings).unwrap_or_default());
    let templated = header.is_some_and(|header| !header["chat_template"].is_null());
    let chat = templated || prompt.as_deref().is_some_and(fields::in_template);
    labels.insert("prompt_format".to_string(), Value::from(if chat { "chat" } else { "raw" }));
    scalars("doc", object.get("doc"), &mut labels);
    let model = header.and_then(|header| id_of(header.get("model_name")).or_else(|| id_of(header.get("model_source"))));
    let one = Text { id, text: String::new(), prompt, model, labels };
    answers(one, found.into_iter().map(|text| (text, None)).collect(), place)
}

/// `gen_args_0` of an object; older versions wrote a list of lists.
fn first_request(arguments: &Value) -> Option<&Value> {
    match arguments {
        Value::Object(object) => object.get("gen_args_0").or_else(|| object.values().next()),
        Value::Array(list) => list.first(),
        _ => None,
    }
}

/// The prompt as it was sent; for chat APIs it is a conversation written as JSON.
fn prompt_of(sent: &Value) -> Option<String> {
    let text = match sent {
        Value::Array(list) if list.len() == 1 && list[0].is_string() => list[0].as_str(),
        other => other.as_str(),
    };
    let Some(text) = text else { return fields::prompt_in(sent) };
    let conversation = text.starts_with("[{").then(|| serde_json::from_str::<Value>(text).ok()).flatten();
    conversation.as_ref().and_then(fields::prompt_in).or_else(|| Some(text.to_string()))
}

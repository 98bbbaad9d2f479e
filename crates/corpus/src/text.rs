//! The record that every source is read into.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The scalar fields of a record that are none of the four named ones: temperature, stage, author, year …
/// A field of a nested object is named with a dot, `settings.temperature`.
pub type Labels = Map<String, Value>;

/// One text that a model or a person wrote.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Text {
    /// Unique in its source.
    pub id: String,
    /// As it came, but for line ends, which are `\n` whatever the file had.
    pub text: String,
    /// What was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// Who answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub labels: Labels,
}

impl Text {
    /// A text with no more than its id.
    pub fn new(id: impl Into<String>, text: impl Into<String>) -> Text {
        Text { id: id.into(), text: text.into(), ..Text::default() }
    }

    /// What the record says under `name`, as words: the prompt, the model, the id or a label. Groups are formed by it.
    pub fn field(&self, name: &str) -> Option<Cow<'_, str>> {
        match name {
            "prompt" => self.prompt.as_deref().map(Cow::from),
            "model" => self.model.as_deref().map(Cow::from),
            "id" => Some(Cow::from(self.id.as_str())),
            _ => self.labels.get(name).map(|value| match value {
                Value::String(words) => Cow::from(words.as_str()),
                other => Cow::from(other.to_string()),
            }),
        }
    }
}

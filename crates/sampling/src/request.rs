//! What a model is asked.

use serde::{Deserialize, Serialize};

/// Who speaks in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    System,
    User,
    Assistant,
}

/// One turn of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Message {
    pub role: Role,
    pub content: String,
}

impl Message {
    pub fn new(role: Role, content: impl Into<String>) -> Message {
        Message { role, content: content.into() }
    }
}

/// A conversation to be answered, or a text to be continued.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Prompt {
    Messages(Vec<Message>),
    Text(String),
}

impl Prompt {
    /// A conversation that a person opens.
    pub fn user(content: impl Into<String>) -> Prompt {
        Prompt::Messages(vec![Message::new(Role::User, content)])
    }

    /// What was asked last, which is what samples are grouped by.
    pub fn last(&self) -> &str {
        match self {
            Prompt::Text(text) => text,
            Prompt::Messages(messages) => {
                let asked = messages.iter().rev().find(|message| message.role == Role::User);
                asked.or(messages.last()).map_or("", |message| &message.content)
            }
        }
    }

    /// As a conversation: a bare text is what the user says.
    pub fn messages(&self) -> Vec<Message> {
        match self {
            Prompt::Messages(messages) => messages.clone(),
            Prompt::Text(text) => vec![Message::new(Role::User, text)],
        }
    }

    /// As a bare text: a conversation without a template is its turns, one below the other.
    pub fn bare(&self) -> String {
        match self {
            Prompt::Text(text) => text.clone(),
            Prompt::Messages(messages) => {
                messages.iter().map(|message| message.content.as_str()).collect::<Vec<_>>().join("\n\n")
            }
        }
    }

    /// Characters in all of it.
    pub fn chars(&self) -> usize {
        match self {
            Prompt::Text(text) => text.chars().count(),
            Prompt::Messages(messages) => messages.iter().map(|message| message.content.chars().count()).sum(),
        }
    }
}

/// Whether the model sees its chat template or the bare text: it moves diversity more than tuning does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    #[default]
    Chat,
    Raw,
}

/// How an answer is sampled. What is `None` is left to the server and recorded as unknown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_p: Option<f64>,
    /// Tokens that an answer may have.
    pub max_tokens: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stop: Vec<String>,
    pub format: Format,
    /// Ask for the log-probability of each token, where the server has them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub logprobs: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            temperature: None,
            top_p: None,
            min_p: None,
            max_tokens: 1024,
            seed: None,
            stop: Vec::new(),
            format: Format::Chat,
            logprobs: false,
        }
    }
}

/// What a person sets over the settings of a suite.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overrides {
    pub temperature: Option<f64>,
    pub top_p: Option<f64>,
    pub min_p: Option<f64>,
    pub max_tokens: Option<u32>,
    /// In place of the suite's, if there are any.
    pub stop: Vec<String>,
    pub format: Option<Format>,
    pub logprobs: bool,
}

impl Overrides {
    pub(crate) fn apply(&self, settings: &mut Settings) {
        settings.temperature = self.temperature.or(settings.temperature);
        settings.top_p = self.top_p.or(settings.top_p);
        settings.min_p = self.min_p.or(settings.min_p);
        settings.max_tokens = self.max_tokens.unwrap_or(settings.max_tokens);
        if !self.stop.is_empty() {
            settings.stop.clone_from(&self.stop);
        }
        settings.format = self.format.unwrap_or(settings.format);
        settings.logprobs |= self.logprobs;
    }
}

/// One question to a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The case of the suite, unique in its plan.
    pub case: String,
    pub prompt: Prompt,
    pub settings: Settings,
}

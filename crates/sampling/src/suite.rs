//! Suites: what a model is asked, as data. One TOML file each; adding a suite is adding a file.
//!
//! A [`Suite`] has requests; each has a sentence to ask (`ask`), with gaps that lists of the suite (`[fill]`) or the user's
//! own texts fill, and the form that it asks for ([`corpus::Wants`]). [`Suite::plan`] makes the cases of it: every request
//! with every filling, some times over, mixed so that the first N cases are as various as all. The same suite, seed and
//! texts make the same plan.

mod expand;
mod parse;

use std::collections::{BTreeMap, HashMap};

use corpus::{Text, Wants};
use serde::{Deserialize, Serialize};

pub use expand::Filling;
pub use parse::SuiteError;

use crate::request::Settings;

/// A suite as its file states it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suite {
    /// Its name, which is that of its file too.
    pub name: String,
    /// What it asks and what its report shows, in a sentence or two.
    pub about: String,
    /// Answers to each prompt.
    #[serde(default = "four")]
    pub samples: usize,
    #[serde(default)]
    pub settings: Settings,
    /// Lists that fill gaps of the same name: `{topic}`.
    #[serde(default)]
    pub fill: BTreeMap<String, Vec<String>>,
    #[serde(rename = "request")]
    pub requests: Vec<Asking>,
}

/// One request of a suite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asking {
    /// Unique in its suite: "villanelle".
    pub name: String,
    /// What is asked. Gaps: `{topic}` and whatever else `[fill]` lists; of the user's texts `{text}`, `{opening}` (its first
    /// lines), `{title}`, `{author}` and `{prompt}`.
    pub ask: String,
    #[serde(default)]
    pub system: Option<String>,
    /// What is said next, once the answer is there.
    #[serde(default)]
    pub then: Vec<String>,
    /// How often `then` is gone through.
    #[serde(default = "one")]
    pub rounds: usize,
    /// Numbers of the user's texts to give as examples before the request, each a condition of its own. Empty: none are given.
    #[serde(default)]
    pub shots: Vec<usize>,
    /// What is asked before each example; gaps as in `ask`.
    #[serde(default)]
    pub example: Option<String>,
    /// The bare text is continued, without a chat.
    #[serde(default)]
    pub raw: bool,
    /// Answers to each prompt, where it is another number than the suite's.
    #[serde(default)]
    pub samples: Option<usize>,
    /// The form that is asked for.
    #[serde(default)]
    pub wants: Wants,
}

fn four() -> usize {
    4
}

fn one() -> usize {
    1
}

/// The suites that doggerel brings along.
const SHIPPED: [(&str, &str); 8] = [
    ("poetry", include_str!("../suites/poetry.toml")),
    ("unrhymed", include_str!("../suites/unrhymed.toml")),
    ("style", include_str!("../suites/style.toml")),
    ("continuation", include_str!("../suites/continuation.toml")),
    ("transfer", include_str!("../suites/transfer.toml")),
    ("jokes", include_str!("../suites/jokes.toml")),
    ("prose", include_str!("../suites/prose.toml")),
    ("anything", include_str!("../suites/anything.toml")),
];

/// A suite to begin with, its every key explained.
const TEMPLATE: &str = include_str!("../suites/template.toml");

impl Suite {
    /// Names of the suites that doggerel brings along.
    pub fn names() -> impl Iterator<Item = &'static str> {
        SHIPPED.iter().map(|(name, _)| *name)
    }

    /// The suite of that name, or of that file.
    ///
    /// # Errors
    /// If there is none, or the file says something that no suite says.
    pub fn open(name: &str) -> Result<Suite, SuiteError> {
        match Suite::source(name) {
            Some(source) => Suite::parse(source, &format!("{name}.toml")),
            None => {
                let source = std::fs::read_to_string(name).map_err(|error| SuiteError::unknown(name, &error))?;
                Suite::parse(&source, name)
            }
        }
    }

    /// The file of a suite that doggerel brings along.
    pub fn source(name: &str) -> Option<&'static str> {
        SHIPPED.iter().find(|(shipped, _)| *shipped == name).map(|(_, source)| *source)
    }

    /// A commented file to begin a suite of that name with.
    pub fn template(name: &str) -> String {
        TEMPLATE.replace("NAME", name)
    }

    /// Which request of this suite a text answers, and what that asks for: by its label `request`; by its `case`, which
    /// begins with the request's name; or by its prompt.
    pub fn matcher<'a>(&'a self, filling: &Filling) -> impl Fn(&Text) -> Option<(&'a str, &'a Wants)> + use<'a> {
        let names: HashMap<&str, &Asking> = self.requests.iter().map(|asking| (asking.name.as_str(), asking)).collect();
        let mut prompts: HashMap<String, &Asking> = HashMap::new();
        for (prompt, asking) in self.prompts(filling) {
            // Of two requests that ask the same, the first.
            prompts.entry(prompt).or_insert(asking);
        }
        move |text| {
            let label = |name: &str| text.labels.get(name).and_then(serde_json::Value::as_str);
            let by_name =
                label("request").or_else(|| label("case")?.split('/').next()).and_then(|name| names.get(name));
            let found = by_name.or_else(|| prompts.get(text.prompt.as_deref()?.trim()))?;
            Some((found.name.as_str(), &found.wants))
        }
    }
}

//! What is asked and answered, as JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Sample, Scored};

/// `POST /score`.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    pub texts: Vec<String>,
    /// One a text, or none.
    #[serde(default)]
    pub prompts: Option<Vec<Option<String>>>,
    /// The set that each text's prompt is from (verl's `data_source`), one for all or one a text: means are logged by it.
    #[serde(default)]
    pub data_source: Option<OneOrMany>,
    /// Taken, since trainers send them, and not used.
    #[serde(default, rename = "labels")]
    _labels: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// The rewards, in the order of the texts.
#[derive(Debug, Serialize)]
pub(super) struct Answer<'a> {
    schema: &'static str,
    doggerel: &'static str,
    rewards: Vec<f64>,
    scores: &'a [Scored],
    extra_logs: BTreeMap<String, f64>,
}

impl Asked {
    /// The samples, and the data source of each; or what is wrong with them.
    pub(super) fn samples(self, most: usize) -> Result<(Vec<Sample>, Vec<String>), String> {
        let n = self.texts.len();
        if n == 0 {
            return Err("there are no texts: send at least one".into());
        }
        if n > most {
            return Err(format!("{n} texts are more than this server takes at once: send at most {most}"));
        }
        let prompts = self.prompts.unwrap_or_default();
        if !prompts.is_empty() && prompts.len() != n {
            return Err(format!("{} prompts were sent for {n} texts: send one a text, or none", prompts.len()));
        }
        let sources = match self.data_source {
            None => Vec::new(),
            Some(OneOrMany::One(source)) => vec![source; n],
            Some(OneOrMany::Many(sources)) if sources.len() == n => sources,
            Some(OneOrMany::Many(sources)) => {
                return Err(format!("{} data sources were sent for {n} texts: send one a text, or one", sources.len()));
            }
        };
        let prompts = prompts.into_iter().chain(std::iter::repeat(None));
        let samples = self.texts.into_iter().zip(prompts).map(|(text, prompt)| Sample { prompt, text }).collect();
        Ok((samples, sources))
    }
}

impl<'a> Answer<'a> {
    pub(super) fn new(scored: &'a [Scored], sources: &[String], window: usize) -> Self {
        let mut extra_logs = logs(scored);
        extra_logs.insert("window".into(), window as f64);
        let mut by_source: BTreeMap<&String, (f64, f64)> = BTreeMap::new();
        for (source, s) in sources.iter().zip(scored) {
            let sum = by_source.entry(source).or_default();
            *sum = (sum.0 + s.reward, sum.1 + 1.0);
        }
        extra_logs.extend(by_source.into_iter().map(|(source, (sum, n))| (format!("reward/{source}"), sum / n)));
        Self {
            schema: "doggerel.reward/1",
            doggerel: env!("CARGO_PKG_VERSION"),
            rewards: scored.iter().map(|s| s.reward).collect(),
            scores: scored,
            extra_logs,
        }
    }
}

/// Means over a batch, under fixed keys; a view that no text was held against has none.
fn logs(scored: &[Scored]) -> BTreeMap<String, f64> {
    let mean = |of: &dyn Fn(&Scored) -> Option<f64>| {
        let values: Vec<f64> = scored.iter().filter_map(of).collect();
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    };
    let means = [
        ("reward", mean(&|s| Some(s.reward))),
        ("on_task", mean(&|s| Some(s.on_task))),
        ("copied", mean(&|s| Some(s.copied))),
        ("language", mean(&|s| Some(s.language))),
        ("form", mean(&|s| s.form)),
        ("content", mean(&|s| s.content)),
    ];
    means.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
}

//! How texts were made, as far as their records say.

use std::collections::BTreeMap;

use corpus::Text;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Labels that tell how all texts of a set were sampled.
const SETTINGS: [&str; 6] = ["temperature", "top_p", "top_k", "min_p", "max_tokens", "prompt_format"];

/// Fields that a trainer logs.
const LOGGED: [&str; 3] = ["kl", "reward", "step"];

/// Values of a setting that are listed; a set sampled in more ways is "mixed" either way.
const LISTED: usize = 32;

/// The values that each setting has over the texts. Of two sets in their order, [`Settings::merge`] is that of both.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Settings {
    texts: usize,
    seen: BTreeMap<String, Seen>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Seen {
    n: usize,
    values: Vec<Value>,
}

impl Seen {
    fn value(&mut self, value: &Value) {
        if self.values.len() < LISTED && !self.values.contains(value) {
            self.values.push(value.clone());
        }
    }
}

impl Settings {
    pub fn see(&mut self, text: &Text) {
        self.texts += 1;
        for name in SETTINGS {
            let Some(value) = text.labels.get(name) else { continue };
            let seen = self.seen.entry(name.to_string()).or_default();
            seen.n += 1;
            seen.value(value);
        }
    }

    pub fn merge(&mut self, later: Self) {
        self.texts += later.texts;
        for (name, Seen { n, values }) in later.seen {
            let seen = self.seen.entry(name).or_default();
            seen.n += n;
            values.iter().for_each(|value| seen.value(value));
        }
    }

    /// A setting that every text states: its value, or the list of its values where they differ.
    pub fn shared(&self) -> BTreeMap<String, Value> {
        let stated = self.seen.iter().filter(|(_, seen)| seen.n == self.texts);
        stated
            .map(|(name, seen)| {
                let mut values = seen.values.clone();
                values.sort_by_key(ToString::to_string);
                let value = if values.len() == 1 { values.swap_remove(0) } else { Value::Array(values) };
                (name.clone(), value)
            })
            .collect()
    }
}

/// Numbers under a name of [`LOGGED`], at the top of a record or one level down ("metrics.kl").
pub(crate) fn see_log(text: &Text, log: &mut BTreeMap<String, Vec<f64>>) {
    for (name, value) in &text.labels {
        let name = name.rsplit('.').next().unwrap_or(name);
        let number = value.as_f64().or_else(|| value.as_str().and_then(|words| words.trim().parse().ok()));
        if let Some(number) = number.filter(|number: &f64| LOGGED.contains(&name) && number.is_finite()) {
            log.entry(name.to_string()).or_default().push(number);
        }
    }
}

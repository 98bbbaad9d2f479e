//! What tokens cost.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::error::Error;

const TOKENS: f64 = 1e6;

/// US dollars for a million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    pub input: f64,
    pub output: f64,
}

impl Price {
    /// US dollars for so many tokens.
    pub fn of(self, tokens_in: u64, tokens_out: u64) -> f64 {
        (self.input * tokens_in as f64 + self.output * tokens_out as f64) / TOKENS
    }
}

/// A price list by `PROVIDER/NAME`.
#[derive(Debug, Clone, PartialEq)]
pub struct Prices {
    own: BTreeMap<String, Price>,
    listed: BTreeMap<String, Price>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    /// When the prices were looked up.
    #[serde(default, rename = "as_of")]
    _as_of: Option<String>,
    models: BTreeMap<String, Price>,
}

impl Default for Prices {
    /// The list that is shipped, `prices.toml`.
    fn default() -> Prices {
        let list: List = toml::from_str(include_str!("../prices.toml")).expect("the shipped list is tested");
        Prices { own: BTreeMap::new(), listed: list.models }
    }
}

impl Prices {
    /// The shipped list with those of a file over it.
    ///
    /// # Errors
    /// If the file cannot be read or is no price list.
    pub fn with_file(path: &Path) -> Result<Prices, Error> {
        let wrong = |why: String| Error::Prices { path: path.to_path_buf(), why };
        let text = fs::read_to_string(path).map_err(|error| wrong(error.kind().to_string()))?;
        let list: List = toml::from_str(&text).map_err(|error| wrong(one_line(&error, &text)))?;
        if let Some((name, _)) = list.models.iter().find(|(_, price)| !is_a_price(price)) {
            return Err(wrong(format!("the price of {name} is not a number of dollars from 0 up")));
        }
        Ok(Prices { own: list.models, ..Prices::default() })
    }

    /// The price of a model. The shipped list is that of the providers themselves (`at_provider`); another server under the
    /// same model name asks what it asks. A dated version costs what its model does.
    pub fn of(&self, model: &str, at_provider: bool) -> Option<Price> {
        let list = |list: &BTreeMap<String, Price>| list.get(model).or_else(|| list.get(undated(model))).copied();
        list(&self.own).or_else(|| list(&self.listed).filter(|_| at_provider))
    }
}

fn is_a_price(price: &Price) -> bool {
    [price.input, price.output].iter().all(|dollars| dollars.is_finite() && *dollars >= 0.0)
}

/// `openai/gpt-4o` of `openai/gpt-4o-2024-08-06`.
fn undated(model: &str) -> &str {
    let model = model.strip_suffix("-latest").unwrap_or(model);
    let bare = model.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
    let date = &model[bare.len()..];
    let digits = date.bytes().filter(u8::is_ascii_digit).count();
    // "claude-opus-4-20250514" ends in a version and a date.
    match date.rfind("-20").filter(|_| digits >= 8) {
        Some(at) if date[at..].bytes().filter(u8::is_ascii_digit).count() == 8 => &model[..bare.len() + at],
        _ if date.starts_with("-20") && digits == 8 => bare,
        _ => model,
    }
}

/// What a TOML parser says, with its line and without the picture.
pub(crate) fn one_line(error: &toml::de::Error, text: &str) -> String {
    let line = error.span().map(|span| 1 + text[..span.start.min(text.len())].matches('\n').count());
    let said = error.message().lines().next().unwrap_or_default();
    line.map_or_else(|| said.to_string(), |line| format!("line {line}: {said}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_prices_are_prices() {
        let prices = Prices::default();
        assert!(prices.listed.len() > 10 && prices.listed.values().all(is_a_price));
        let mini = prices.of("openai/gpt-4o-mini", true).unwrap();
        assert!((mini.of(1_000_000, 0) - mini.input).abs() < 1e-12);
        assert_eq!(prices.of("openai/gpt-4o-mini-2024-07-18", true), Some(mini));
        assert_eq!(prices.of("openai/gpt-4o-mini", false), None);
        assert_eq!(prices.of("openai/gpt-4o-mini-tts", true), None);
        assert!(prices.of("anthropic/claude-sonnet-4-20250514", true).is_some());
        assert_eq!(prices.of("openai/llama", true), None);
    }

    #[test]
    fn dates_come_off_names() {
        assert_eq!(undated("a/claude-opus-4-20250514"), "a/claude-opus-4");
        assert_eq!(undated("a/gpt-4o-2024-08-06"), "a/gpt-4o");
        assert_eq!(undated("a/gpt-4.1"), "a/gpt-4.1");
        assert_eq!(undated("a/claude-3-5-haiku-latest"), "a/claude-3-5-haiku");
        assert_eq!(undated("a/model-7"), "a/model-7");
    }

    #[test]
    fn own_prices_go_over_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("prices.toml");
        let read = |text: &str| {
            fs::write(&path, text).unwrap();
            Prices::with_file(&path)
        };
        let prices = read("[models.\"openai/mine\"]\ninput = 1\noutput = 2.5\n").unwrap();
        assert_eq!(prices.of("openai/mine", false), Some(Price { input: 1.0, output: 2.5 }));
        assert!(read("[models.\"openai/mine\"]\ninput = -1\noutput = 2\n").is_err());
        let error = read("[models.\"openai/mine\"]\ninputs = 1\n").unwrap_err().to_string();
        assert!(error.contains("line 2"), "{error}");
    }
}

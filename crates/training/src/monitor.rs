//! The measures of a training step as flat numbers.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use corpus::Text;
use measure::{Outcome, ReadOptions, Samples, Standing, read, standing};
use serde_json::json;

use crate::{Error, Standard};

/// How a monitor works.
#[derive(Debug, Clone)]
pub struct MonitorOptions {
    /// Of every random draw.
    pub seed: u64,
    /// Written before every key, with a slash.
    pub prefix: String,
    /// A folder into which each step's texts are written as `step_000100.jsonl`, for `doggerel gate` and `doggerel track`.
    pub keep: Option<PathBuf>,
    /// Rhymes that were good in 1700 count.
    pub historical: bool,
}

impl Default for MonitorOptions {
    fn default() -> Self {
        Self { seed: 1, prefix: "doggerel".into(), keep: None, historical: false }
    }
}

/// Watches a training run for lost variety.
///
/// ```
/// use training::{Monitor, MonitorOptions, Standard};
///
/// let monitor = Monitor::new(Standard::open("human", None)?, MonitorOptions::default())?;
/// let numbers = monitor.log(100, &["Write a poem."], &["The sea is wide,\nand so am I;\nthe moon, my bride,\nis in the sky."])?;
/// assert_eq!(numbers["doggerel/on_task"], 1.0);
/// assert!(!numbers.contains_key("doggerel/E_form")); // nobody can tell from one poem
/// assert!(numbers.keys().all(|key| monitor.keys().contains(key)));
/// # Ok::<(), training::Error>(())
/// ```
#[derive(Debug)]
pub struct Monitor {
    standard: Standard,
    options: MonitorOptions,
}

/// Where a key's value comes from.
#[derive(Debug, Clone, Copy)]
enum Part {
    Value,
    Low,
    High,
}

/// Keys and the measures behind them. `content` keys exist where the base holds texts, `ratio` keys where it is a set of
/// samples.
const KEYS: &[(&str, &str, Part, Needs)] = &[
    ("E_form", "form.E", Part::Value, Needs::Nothing),
    ("E_form_low", "form.E", Part::Low, Needs::Nothing),
    ("E_form_high", "form.E", Part::High, Needs::Nothing),
    ("reach_form", "form.reach", Part::Value, Needs::Nothing),
    ("reach_form_low", "form.reach", Part::Low, Needs::Nothing),
    ("reach_form_high", "form.reach", Part::High, Needs::Nothing),
    ("D_form", "form.D", Part::Value, Needs::Nothing),
    ("D_content", "content.D", Part::Value, Needs::Nothing),
    ("repeats_exact", "repeats.exact", Part::Value, Needs::Nothing),
    ("repeats_near", "repeats.near", Part::Value, Needs::Nothing),
    ("rhymed_share", "rhymed_share", Part::Value, Needs::Verse),
    ("quatrain_share", "quatrain_share", Part::Value, Needs::Verse),
    ("even_lines_share", "even_lines_share", Part::Value, Needs::Verse),
    ("uplift_share", "uplift_share", Part::Value, Needs::Verse),
    ("moral_share", "moral_share", Part::Value, Needs::Verse),
    ("lines", "lines", Part::Value, Needs::Verse),
    ("E_content", "content.E", Part::Value, Needs::Texts),
    ("E_content_low", "content.E", Part::Low, Needs::Texts),
    ("reach_content", "content.reach", Part::Value, Needs::Texts),
    ("reach_content_low", "content.reach", Part::Low, Needs::Texts),
    ("D_form_ratio", "form.D_ratio", Part::Value, Needs::Texts),
    ("D_form_ratio_low", "form.D_ratio", Part::Low, Needs::Texts),
    ("D_content_ratio", "content.D_ratio", Part::Value, Needs::Texts),
    ("D_content_ratio_low", "content.D_ratio", Part::Low, Needs::Texts),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needs {
    Nothing,
    Verse,
    /// The base's own texts.
    Texts,
}

impl Monitor {
    /// Holds the texts of every step against the standard.
    ///
    /// # Errors
    /// If the folder in which texts are kept cannot be made.
    pub fn new(standard: Standard, options: MonitorOptions) -> Result<Self, Error> {
        if let Some(folder) = &options.keep {
            std::fs::create_dir_all(folder).map_err(|source| Error::Write { path: folder.clone(), source })?;
        }
        Ok(Self { standard, options })
    }

    /// Every key that [`log`](Self::log) may give, in alphabetical order. The list depends on the base alone.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        let named = self.wanted().map(|(key, ..)| self.key(key));
        let mut keys: Vec<String> = ["n", "on_task", "gate"].iter().map(|k| self.key(k)).chain(named).collect();
        keys.sort_unstable();
        keys
    }

    /// The numbers of one step: `prompts` holds one prompt a text, or nothing where they are not known. Of the fixed
    /// [`keys`](Self::keys) those are absent that cannot be told of these texts (E of a dozen poems, D where no prompt was
    /// answered twice): no value stands for "unknown", so a curve has a gap there and never a false point. `gate` is 1
    /// where the usual rules hold, −1 where they fail, 0 where they cannot tell.
    ///
    /// # Errors
    /// If there is no text, prompts and texts do not pair, or texts cannot be kept.
    pub fn log<P: AsRef<str>, T: AsRef<str>>(
        &self,
        step: u64,
        prompts: &[P],
        texts: &[T],
    ) -> Result<BTreeMap<String, f64>, Error> {
        let texts = paired(prompts, texts)?;
        if let Some(folder) = &self.options.keep {
            keep(folder, step, &texts)?;
        }
        let readings = read(&texts, &ReadOptions { historical: self.options.historical, ..ReadOptions::default() });
        let samples = Samples { name: format!("step {step}"), readings, skipped: Vec::new() };
        Ok(self.numbers(&standing(&samples, &self.standard.base(), self.options.seed)?))
    }

    fn numbers(&self, standing: &Standing) -> BTreeMap<String, f64> {
        let gate = match standing.outcome {
            Outcome::Holds => 1.0,
            Outcome::CannotTell => 0.0,
            Outcome::Collapsed => -1.0,
        };
        let on_task = standing.on_task as f64 / standing.n as f64;
        let mut out: BTreeMap<String, f64> = [("n", standing.n as f64), ("on_task", on_task), ("gate", gate)]
            .into_iter()
            .map(|(key, value)| (self.key(key), value))
            .collect();
        for (key, measure, part, _) in self.wanted() {
            let Some(number) = standing.measures.get(*measure).filter(|number| number.n > 0) else { continue };
            let value = match part {
                Part::Value => Some(number.value),
                Part::Low => number.low,
                Part::High => number.high,
            };
            if let Some(value) = value.filter(|value| value.is_finite()) {
                out.insert(self.key(key), value);
            }
        }
        out
    }

    fn wanted(&self) -> impl Iterator<Item = &'static (&'static str, &'static str, Part, Needs)> {
        let (verse, texts) = (self.standard.reference.is_verse(), self.standard.samples.is_some());
        KEYS.iter().filter(move |(_, _, _, needs)| match needs {
            Needs::Nothing => true,
            Needs::Verse => verse,
            Needs::Texts => texts,
        })
    }

    fn key(&self, name: &str) -> String {
        if self.options.prefix.is_empty() { name.to_owned() } else { format!("{}/{name}", self.options.prefix) }
    }
}

fn paired<P: AsRef<str>, T: AsRef<str>>(prompts: &[P], texts: &[T]) -> Result<Vec<Text>, Error> {
    if texts.is_empty() {
        return Err(Error::NoTexts);
    }
    if !prompts.is_empty() && prompts.len() != texts.len() {
        return Err(Error::Unpaired { prompts: prompts.len(), texts: texts.len() });
    }
    let text = |(i, text): (usize, &T)| Text {
        prompt: prompts.get(i).map(|p| p.as_ref().to_owned()),
        ..Text::new(i.to_string(), text.as_ref())
    };
    Ok(texts.iter().enumerate().map(text).collect())
}

/// Writes the texts of a step, whole or not at all.
fn keep(folder: &Path, step: u64, texts: &[Text]) -> Result<(), Error> {
    let path = folder.join(format!("step_{step:06}.jsonl"));
    let mut lines = String::new();
    for text in texts {
        let record = json!({"id": text.id, "prompt": text.prompt, "text": text.text, "step": step});
        // writing into a string does not fail
        let _ = writeln!(lines, "{record}");
    }
    crate::file::write(&path, |to| to.write_all(lines.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn monitor(keep: Option<PathBuf>) -> Monitor {
        let standard = Standard::open("human", None).expect("the atlas is shipped");
        Monitor::new(standard, MonitorOptions { keep, ..MonitorOptions::default() }).expect("a monitor")
    }

    #[test]
    fn prompts_pair_with_texts() {
        let unpaired = monitor(None).log(1, &["a"], &["b", "c"]);
        assert!(unpaired.is_err_and(|e| e.to_string().contains("1 prompts were given for 2 texts")));
        assert!(matches!(monitor(None).log(1, &[""; 0], &[""; 0]), Err(Error::NoTexts)));
    }

    #[test]
    fn texts_are_kept_for_the_gate() {
        let folder = tempfile::tempdir().expect("a folder");
        monitor(Some(folder.path().join("samples"))).log(20, &["p"], &["A line\nand \"another\""]).expect("numbers");
        let kept = std::fs::read_to_string(folder.path().join("samples/step_000020.jsonl")).expect("a file");
        let record: serde_json::Value = serde_json::from_str(kept.trim()).expect("a record");
        assert_eq!((record["prompt"].as_str(), record["text"].as_str()), (Some("p"), Some("A line\nand \"another\"")));
    }

    /// The poems of examples/: one mould, and as many kinds as there are.
    #[test]
    fn an_interval_holds_its_value_and_one_mould_fails_the_gate() {
        let numbers = |name: &str| {
            let path = format!("{}/../../examples/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
            let texts = corpus::open(&path, &corpus::Options::default()).expect("the examples are there");
            let texts: Vec<String> = texts.map(|text| text.expect("a text").text).collect();
            monitor(None).log(1, &[""; 0], &texts).expect("numbers")
        };
        let (mould, varied) = (numbers("chat-poems"), numbers("varied-poems"));
        for key in ["E_form", "reach_form"] {
            let of = |end: &str| mould[&format!("doggerel/{key}{end}")];
            assert!(of("_low") < of("") && of("") < of("_high"), "{key}: {mould:?}");
        }
        assert_eq!(mould["doggerel/gate"], -1.0, "{mould:?}");
        assert!(
            varied["doggerel/E_form"] > mould["doggerel/E_form_high"] && varied["doggerel/on_task"] > 0.9,
            "{varied:?}"
        );
    }

    #[test]
    fn hostile_texts_give_numbers_of_the_fixed_keys_and_never_nan() {
        let monitor = monitor(None);
        let texts = ["", " \n\n\t", "\u{0}\u{202e}<script>", "x", &"line\n".repeat(3000), "雪\n雪"];
        let numbers = monitor.log(1, &[""; 0], &texts).expect("numbers");
        assert!(numbers.iter().all(|(key, value)| value.is_finite() && monitor.keys().contains(key)), "{numbers:?}");
        assert_eq!(numbers["doggerel/n"], 6.0);
    }
}

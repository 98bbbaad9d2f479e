//! How much verse a source holds, counted text by text: on one machine, or in parts on many.

use std::collections::BTreeSet;

use ::census::{Census, ErrorRates, Found, Report};
use corpus::{Text, Texts};
use serde::{Deserialize, Serialize};

use crate::part::{Ended, holds_none};
use crate::{Error, Watch, in_order};

/// Counts the texts of a source into a census. `keep` takes from each what is wanted of it beside its count, on any thread;
/// `put` gets that, in order.
///
/// # Errors
/// The first of `put`, or that which ended the texts. What was read until then is counted.
pub fn census<R: Send, E: From<corpus::Error>>(
    texts: &mut Texts,
    census: &mut Census,
    keep: impl Fn(&Text, Found) -> R + Sync,
    mut put: impl FnMut(R, &Census, &Texts) -> Result<(), E>,
) -> Result<(), E> {
    let work = |text: Text| {
        let found = ::census::read(&text.text);
        let mut one = Census::default();
        one.add(text.text.len(), &found);
        (one, keep(&text, found))
    };
    let ended = in_order(texts, work, |(one, kept), texts| {
        census.merge(&one);
        put(kept, census, texts)
    });
    census.skipped += texts.skipped().iter().map(|s| s.n as u64).sum::<u64>();
    ended
}

/// What one machine counted of a corpus. Merged with what the others counted, in any order, it is the census of all.
///
/// The names of fields, where none are given, are settled in each part by itself, by the first record that has a text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CensusPart {
    pub census: Census,
    /// Why the source was not read to its end, if it was not; a sentence a source.
    pub broken: Vec<String>,
    /// What a person should know of how the records were read, a sentence each.
    pub notices: BTreeSet<String>,
    /// Why there is no text in it, if there is none, and the way forward.
    none: Option<(String, Option<String>)>,
}

impl CensusPart {
    /// Counts the texts of a source, or of some records of one. What ends too early is counted as far as it goes.
    ///
    /// # Errors
    /// If it cannot be read; not if there is no text in it, since there may be some in another part.
    pub fn read(mut texts: Texts, watch: &mut dyn Watch) -> Result<Self, Error> {
        let mut part = Self::default();
        let put = |(), _: &Census, texts: &Texts| watch.at(texts).map_err(Ended::Stopped);
        let ended = census(&mut texts, &mut part.census, |_, _| (), put);
        match ended {
            Ok(()) => {}
            Err(Ended::Stopped(error)) => return Err(error),
            Err(Ended::Read(error)) if error.is_failure() => return Err(error.into()),
            Err(Ended::Read(error)) if holds_none(&texts) => part.none = Some((error.to_string(), error.help())),
            Err(Ended::Read(error)) if texts.n() == 0 || error.is_of_a_record() => return Err(error.into()),
            Err(Ended::Read(error)) => part.broken.push(error.to_string()),
        }
        part.notices = texts.notices().into_iter().collect();
        Ok(part)
    }

    /// The part that both are together.
    #[must_use]
    pub fn merge(mut self, other: &Self) -> Self {
        self.census.merge(&other.census);
        self.broken.extend_from_slice(&other.broken);
        self.notices.extend(other.notices.iter().cloned());
        // the least of the sentences, so that the order of parts does not show
        self.none = self.none.iter().chain(&other.none).min().cloned();
        self
    }

    /// The census that all parts are together, of sources by these names.
    ///
    /// # Errors
    /// If there is no text in any of them.
    pub fn report(&self, sources: Vec<String>, seed: u64) -> Result<Report, Error> {
        if self.census.texts == 0 {
            let (sentence, help) = self.none.clone().unwrap_or_else(|| ("there are no texts to count".into(), None));
            let error = Error::input(sentence);
            return Err(help.into_iter().fold(error, Error::with_help));
        }
        Ok(Report::new(sources, self.broken.clone(), self.census.summary(&ErrorRates::shipped()), seed))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::Unwatched;

    const POEM: &str = "The gate was shut, the lane was white,\nThe farmer would not let us through;\nWe slept beneath the hedge \
        that night\nAnd woke up colder than we knew.";

    fn records() -> Vec<Value> {
        let page = |i: usize| match i % 4 {
            0 => json!({"text": format!("{POEM}\n\n{}", POEM.replace("white", "bright"))}),
            1 => json!({"text": " "}),
            2 => json!({"text": format!("Home\nAbout\nPage {i}")}),
            _ => json!(i),
        };
        (0..24).map(page).collect()
    }

    fn part(records: &[Value]) -> CensusPart {
        let texts = corpus::from_values(records.to_vec(), "pages", &corpus::Options::default());
        CensusPart::read(texts, &mut Unwatched).expect("reads")
    }

    #[test]
    fn parts_in_any_order_are_the_whole() {
        let records = records();
        let whole = part(&records);
        assert_eq!((whole.census.texts, whole.census.skipped, whole.census.with_verse), (12, 12, 6));
        for size in [1, 5, 23] {
            let mut parts: Vec<CensusPart> = records.chunks(size).map(part).collect();
            parts.reverse();
            let merged = parts.iter().fold(CensusPart::default(), CensusPart::merge);
            assert_eq!((&merged.census, &merged.notices), (&whole.census, &whole.notices), "parts of {size}");
            let report = |part: &CensusPart| part.report(vec!["pages".into()], 1).expect("there are texts");
            assert_eq!(report(&merged), report(&whole), "parts of {size}");
        }
    }

    #[test]
    fn a_corpus_without_a_text_is_an_error_and_a_part_without_is_none() {
        let empty = part(&[json!({"text": ""}), json!({"text": " "})]);
        assert_eq!(empty.census.skipped, 2);
        let error = empty.report(Vec::new(), 1).expect_err("no texts");
        assert!(error.to_string().contains("empty"), "{error}");
        let nameless = part(&[json!({"a": 1})]).report(Vec::new(), 1).expect_err("no texts");
        assert!(nameless.help().is_some_and(|help| help.contains("text=NAME")), "{nameless:?}");
        assert!(empty.merge(&part(&records())).report(Vec::new(), 1).is_ok());
    }

    #[test]
    fn the_first_bad_record_ends_a_strict_reading() {
        let strict = corpus::Options { strict: true, ..corpus::Options::default() };
        for records in [vec![json!({"text": " "})], vec![json!({"text": POEM}), json!({"text": " "})]] {
            let texts = corpus::from_values(records, "pages", &strict);
            assert!(CensusPart::read(texts, &mut Unwatched).is_err());
        }
    }

    #[test]
    fn what_ends_too_early_counts_as_far_as_it_goes() {
        // more than is looked at to tell the format
        let lines = format!("{}\n", json!({"text": "Home\nAbout\nSearch this site"})).repeat(50_000);
        let mut packed = zstd::encode_all(lines.as_bytes(), 0).expect("packs");
        // a whole frame, then one that is cut off
        packed.extend_from_within(..packed.len() - 4);
        let texts = corpus::from_reader(std::io::Cursor::new(packed), "pages.jsonl.zst", &corpus::Options::default());
        let part = CensusPart::read(texts.expect("opens"), &mut Unwatched).expect("reads");
        assert!((50_000..100_000).contains(&part.census.texts) && part.broken.len() == 1, "{part:?}");
    }
}

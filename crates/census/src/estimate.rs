//! From what was found to what there is: the detector misses some verse and takes some of the rest for verse, and how often it
//! does was measured on planted texts. Rogan & Gladen (1978) correct a share of the positive; here counts are corrected, since
//! a page may hold several poems: N = (found − f · megabytes) / r, with r the passages found for each poem that is there and f the false
//! ones a megabyte of text without verse. The interval takes in the chance in the count, in r and in f (delta method; after
//! Lang & Reiczigel 2014, who do so for shares).

use diversity::normal_quantile;
use serde::{Deserialize, Serialize};

use crate::tally::Census;
use crate::weights::Weights;

/// How often the detector errs, as it was counted on texts whose truth is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct ErrorRates {
    /// Poems planted, and the passages found in them, that read as rhymed and as unrhymed.
    pub rhymed: Rate,
    pub unrhymed: Rate,
    /// Megabytes without verse, and passages found in them all the same.
    pub megabytes: f64,
    pub false_verse: f64,
    /// Of those, the ones that seemed to rhyme.
    pub false_rhymed: f64,
    /// Passages of literary prose planted and found, and words of it; megabytes of other prose, and passages found in it.
    pub prose: Rate,
    pub prose_megabytes: f64,
    pub false_prose: f64,
}

/// So many of so many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    pub found: f64,
    pub of: f64,
}

impl Rate {
    fn value(&self) -> f64 {
        // Agresti & Coull's centre, so that all of few is not certainty
        (self.found + 2.0) / (self.of + 4.0)
    }

    fn variance(&self) -> f64 {
        let p = self.value();
        // an epic that is found in two pieces makes it more than 1
        (p * (1.0 - p)).max(0.01) / (self.of + 4.0)
    }
}

impl ErrorRates {
    /// Those that the shipped detector was measured to have.
    #[must_use]
    pub fn shipped() -> ErrorRates {
        Weights::shipped().errors
    }

    pub(crate) fn of(value: impl Fn(&str) -> f64) -> ErrorRates {
        let rate = |name: &str| Rate { found: value(&format!("{name} found")), of: value(&format!("{name} planted")) };
        ErrorRates {
            rhymed: rate("rhymed"),
            unrhymed: rate("unrhymed"),
            megabytes: value("megabytes"),
            false_verse: value("false verse"),
            false_rhymed: value("false rhymed"),
            prose: rate("prose"),
            prose_megabytes: value("prose megabytes"),
            false_prose: value("false prose"),
        }
    }
}

/// A count as it was found and as it is likely to be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Corrected {
    pub found: u64,
    pub value: f64,
    pub low: f64,
    pub high: f64,
    pub level: f64,
}

/// A census in print (`doggerel.census/1`), as the command and the Python package write it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub schema: String,
    pub doggerel: String,
    pub seed: u64,
    /// The files, or what else the texts were read from, by the names that were given.
    pub shards: Vec<String>,
    /// Shards that ended before their end, and why.
    pub broken: Vec<String>,
    #[serde(flatten)]
    pub summary: Summary,
}

impl Report {
    #[must_use]
    pub fn new(shards: Vec<String>, broken: Vec<String>, summary: Summary, seed: u64) -> Report {
        let (schema, doggerel) = ("doggerel.census/1".into(), env!("CARGO_PKG_VERSION").into());
        Report { schema, doggerel, seed, shards, broken, summary }
    }
}

/// What was counted, and what is likely to be there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    pub census: Census,
    pub errors: ErrorRates,
    /// Poems.
    pub verse: Corrected,
    pub rhymed: Corrected,
    pub unrhymed: Corrected,
    pub literary_prose: Corrected,
    /// Poems a million words.
    pub verse_per_million_words: Corrected,
    /// Share of the words that stand in verse as found, and in literary prose.
    pub verse_words_share: f64,
    pub prose_words_share: f64,
    /// By form, the commonest first.
    pub forms: Vec<(String, Corrected)>,
}

const LEVEL: f64 = 0.95;

/// `found` corrected for what is missed and for what is false, with its interval. `share` is the part of the false ones that
/// would be of this sort.
fn corrected(found: u64, megabytes: f64, recall: &Rate, rate: (f64, f64), share: f64) -> Corrected {
    let (n, r) = (found as f64, recall.value());
    let (falses, tried) = (rate.0, rate.1.max(1e-9));
    let expected = share * falses / tried * megabytes;
    let value = ((n - expected) / r).max(0.0);
    // false ones come in clusters (a menu on every page), so twice Poisson; one is added, so that none is not certainty
    let of_false = 2.0 * share * (falses + 1.0) * (megabytes / tried).powi(2);
    let variance = (n + of_false) / (r * r) + value * value * recall.variance() / (r * r);
    let half = normal_quantile(0.5 + LEVEL / 2.0) * variance.sqrt();
    Corrected { found, value, low: (value - half).max(0.0), high: value + half, level: LEVEL }
}

impl Census {
    /// The counts with intervals, by the error rates given ([`ErrorRates::shipped`]).
    #[must_use]
    pub fn summary(&self, errors: &ErrorRates) -> Summary {
        let megabytes = self.bytes as f64 / 1e6;
        let false_rhymed = if errors.false_verse > 0.0 { errors.false_rhymed / errors.false_verse } else { 0.5 };
        let rate = (errors.false_verse, errors.megabytes);
        let unrhymed = self.verse.passages - self.rhymed.passages.min(self.verse.passages);
        let rhymed = corrected(self.rhymed.passages, megabytes, &errors.rhymed, rate, false_rhymed);
        let unrhymed = corrected(unrhymed, megabytes, &errors.unrhymed, rate, 1.0 - false_rhymed);
        let verse = sum(&rhymed, &unrhymed);
        let words = self.words.max(1) as f64;
        let per = |c: &Corrected| {
            let k = 1e6 / words;
            Corrected { value: k * c.value, low: k * c.low, high: k * c.high, ..*c }
        };
        // how often each form is missed was not counted, so forms have the rate of all
        let both =
            Rate { found: errors.rhymed.found + errors.unrhymed.found, of: errors.rhymed.of + errors.unrhymed.of };
        let mut forms: Vec<(String, Corrected)> = self
            .forms
            .iter()
            .map(|(name, count)| {
                let share = count.passages as f64 / self.verse.passages.max(1) as f64;
                (name.clone(), corrected(count.passages, megabytes, &both, rate, share))
            })
            .collect();
        forms.sort_by(|a, b| b.1.found.cmp(&a.1.found).then_with(|| a.0.cmp(&b.0)));
        Summary {
            verse,
            rhymed,
            unrhymed,
            literary_prose: corrected(
                self.literary_prose.passages,
                megabytes,
                &errors.prose,
                (errors.false_prose, errors.prose_megabytes),
                1.0,
            ),
            verse_per_million_words: per(&verse),
            verse_words_share: self.verse.words as f64 / words,
            prose_words_share: self.literary_prose.words as f64 / words,
            forms,
            census: self.clone(),
            errors: *errors,
        }
    }
}

/// Of two counts that share no poem.
fn sum(a: &Corrected, b: &Corrected) -> Corrected {
    let value = a.value + b.value;
    let half = ((a.high - a.value).powi(2) + (b.high - b.value).powi(2)).sqrt();
    Corrected { found: a.found + b.found, value, low: (value - half).max(0.0), high: value + half, level: LEVEL }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tally::Count;
    use diversity::Rng;

    fn errors() -> ErrorRates {
        ErrorRates {
            rhymed: Rate { found: 950.0, of: 1000.0 },
            unrhymed: Rate { found: 900.0, of: 1000.0 },
            megabytes: 100.0,
            false_verse: 30.0,
            false_rhymed: 10.0,
            ..ErrorRates::default()
        }
    }

    /// A corpus of 500 rhymed and 300 unrhymed poems in 200 MB, found by a detector that errs as it is said to.
    #[test]
    fn the_interval_holds_what_is_there() {
        let mut rng = Rng::new(1);
        let mut binomial = |n: u64, p: f64| (0..n).filter(|_| rng.unit() < p).count() as u64;
        let mut held = 0;
        for _ in 0..200 {
            let rhymed = binomial(500, 0.95) + binomial(2000, 0.01);
            let other = binomial(300, 0.9) + binomial(4000, 0.01);
            let census = Census {
                bytes: 200_000_000,
                words: 30_000_000,
                verse: Count { passages: rhymed + other, ..Count::default() },
                rhymed: Count { passages: rhymed, ..Count::default() },
                ..Census::default()
            };
            let verse = census.summary(&errors()).verse;
            held += usize::from(verse.low <= 800.0 && 800.0 <= verse.high);
        }
        assert!(held >= 186, "{held} of 200");
    }

    #[test]
    fn what_is_all_false_comes_to_nothing() {
        let census = Census {
            bytes: 100_000_000,
            verse: Count { passages: 30, ..Count::default() },
            rhymed: Count { passages: 10, ..Count::default() },
            ..Census::default()
        };
        let verse = census.summary(&errors()).verse;
        assert!(verse.low == 0.0 && verse.value < 1.0 && verse.high > 5.0, "{verse:?}");
        assert_eq!(Census::default().summary(&errors()).verse.found, 0);
    }
}

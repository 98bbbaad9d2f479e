//! The wording view: which words, phrases and sentence skeletons a set uses more than the reference, and how many different
//! ones. Against a set of the user's own only: an atlas holds no words, and its era would read as over-use.
//!
//! **Over-use** is the weighted log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi & Quinn 2008, "Fightin'
//! Words", equations 16 and 22): δ = ln[(y+α)/(n+α₀−y−α)] of the samples less that of the reference, z = δ / √(1/(y+α) +
//! 1/(y′+α)), with the prior α = α₀ times the word's share in both sets. A word counts once a text, so that no text alone
//! makes it over-used.

mod counts;
mod skeleton;

use std::collections::HashMap;

use diversity::{Estimate, Rng, jackknife, normal_cdf};
use serde::{Deserialize, Serialize};

use crate::comparison::{Cluster, Number};
use crate::kinds::mean_over_folds;
use crate::number::{null_of, number};
use crate::prose::{self, ProseText, Sentence};
use crate::reading::Reading;
use crate::side::Side;
use counts::{Gram, Grams, Tokens};

/// Words of each side that are counted; of more, a seeded draw of texts.
const MOST: usize = 400_000;
/// Weight of the prior, in texts that hold a word.
const PRIOR: f64 = 500.0;
/// z from which something is called over-used.
const OVERUSED: f64 = 3.0;
/// Texts that must use it.
const FEWEST: usize = 3;
const LISTED: usize = 25;
/// Words of a phrase.
const PHRASES: [usize; 3] = [2, 3, 4];
/// Words of a piece whose novelty is told.
const NOVEL: usize = 4;

/// The words of one set beside another's. Numbers that depend on the amount of text are taken from as many words of each.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Wording {
    /// Words of each set that were counted for the numbers below.
    pub words: usize,
    /// Effective vocabulary: exp of the entropy of words.
    pub vocabulary: Number,
    /// Different pairs and threes of words, as a share of all.
    pub distinct_2: Number,
    pub distinct_3: Number,
    /// Share of the different fours of words that one half of the reference does not have; its null is the other half's.
    pub novelty: Number,
    /// Share of texts with a sentence whose skeleton (function words in their places) at least two other texts have.
    pub templates: Number,
    /// Those skeletons, by the number of texts, each as a sentence with … for its content words.
    pub skeletons: Vec<Cluster>,
    /// Words and phrases that far more of the samples use than of the reference, by z.
    pub overused: Vec<Overused>,
    /// Shares of words in -ing and of soft words, and how common the content words are (ln per million).
    pub ing_words: Number,
    pub soft_words: Number,
    pub commonness: Number,
}

/// A word or phrase that the samples over-use.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Overused {
    pub text: String,
    pub z: f64,
    /// One-sided p, Benjamini–Hochberg over all words (or phrases) of its length.
    pub p_adjusted: f64,
    /// Texts of the samples, and of the reference, that use it.
    pub n: usize,
    pub n_reference: usize,
}

/// None where either set has no texts.
pub(crate) fn wording(side: &Side, people: &Side, seed: u64) -> Option<Wording> {
    let (ours, theirs) = (parsed(side, seed), parsed(people, seed ^ 1));
    let words = total(&ours).min(total(&theirs));
    if words == 0 {
        return None;
    }
    let mut tokens = Tokens::default();
    let (s, r) = (tokens.intern(cut(&ours, words)), tokens.intern(cut(&theirs, words)));
    let both = |of: &dyn Fn(&[Text]) -> Estimate, n: usize| number(of(&s), n, null_of(of(&r)));
    let distinct = |n: usize| move |texts: &[Text]| Grams::new(texts, n).distinct();
    let (templates, skeletons) = skeleton::templates(cut(&ours, words), cut(&theirs, words));
    let prose_mean = |list: &[prose::Feature], name: &str, of: fn(&Reading) -> &Vec<f32>| -> Number {
        let Some(at) = list.iter().position(|f| f.name == name) else { return Number::default() };
        let estimate = |side: &Side| {
            let v: Option<Vec<f64>> = side.readings.iter().map(|x| of(x).get(at).map(|v| f64::from(*v))).collect();
            v.map(|v| mean_over_folds(&v, side))
        };
        estimate(side).map(|e| number(e, side.len(), estimate(people).and_then(null_of))).unwrap_or_default()
    };
    Some(Wording {
        words,
        vocabulary: both(&|texts| Grams::new(texts, 1).vocabulary(), s.len()),
        distinct_2: both(&distinct(2), s.len()),
        distinct_3: both(&distinct(3), s.len()),
        novelty: novelty(&s, &r),
        templates,
        skeletons,
        overused: overused(&s, &r, &tokens),
        ing_words: prose_mean(prose::FEATURES, "ing_words", |r| &r.prose),
        soft_words: prose_mean(prose::BESIDE, "soft_words", |r| &r.beside),
        commonness: prose_mean(prose::BESIDE, "commonness", |r| &r.beside),
    })
}

/// A text as numbers of words, a sentence each, with its fold.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub fold: usize,
    pub sentences: Vec<Vec<u32>>,
}

/// A text as sentences.
pub(crate) struct Parsed {
    pub id: String,
    pub fold: usize,
    pub sentences: Vec<Sentence>,
    pub words: usize,
}

/// The texts in a seeded order, as many as hold [`MOST`] words.
fn parsed(side: &Side, seed: u64) -> Vec<Parsed> {
    let mut order: Vec<usize> = (0..side.len()).collect();
    Rng::new(seed ^ 0x30d).shuffle(&mut order);
    let mut words = 0;
    let mut out = Vec::new();
    for i in order {
        if words >= MOST {
            break;
        }
        let r = side.readings[i];
        let text = ProseText::new(&r.told());
        words += text.words();
        let fold = side.folds.of(i);
        out.push(Parsed { id: r.id.clone(), fold, words: text.words(), sentences: text.sentences });
    }
    out
}

fn total(texts: &[Parsed]) -> usize {
    texts.iter().map(|t| t.words).sum()
}

/// The first texts that together hold so many words.
fn cut(texts: &[Parsed], words: usize) -> &[Parsed] {
    let mut have = 0;
    let mut kept = 0;
    while kept < texts.len() && have < words {
        have += texts[kept].words;
        kept += 1;
    }
    &texts[..kept]
}

/// Share of the samples' different fours of words that one half of the reference lacks, and of its other half's.
fn novelty(samples: &[Text], reference: &[Text]) -> Number {
    let (known, other): (Vec<Text>, Vec<Text>) = reference.iter().cloned().partition(|t| t.fold % 2 == 0);
    if known.is_empty() || other.is_empty() {
        return Number::default();
    }
    // more text has more rare fours: as many words of the samples as the other half has
    let length = |t: &Text| t.sentences.iter().map(Vec::len).sum::<usize>();
    let words: usize = other.iter().map(length).sum();
    let mut have = 0;
    let mut kept = 0;
    while kept < samples.len() && have < words {
        have += length(&samples[kept]);
        kept += 1;
    }
    let known = Grams::new(&known, NOVEL);
    let (ours, theirs) = (Grams::new(&samples[..kept], NOVEL), Grams::new(&other, NOVEL));
    number(ours.missing_from(&known), kept, null_of(theirs.missing_from(&known)))
}

/// Words, then phrases, that the samples over-use, each list by z.
fn overused(samples: &[Text], reference: &[Text], tokens: &Tokens) -> Vec<Overused> {
    let mut out = of_length(samples, reference, tokens, 1);
    out.truncate(LISTED);
    let mut phrases: Vec<Overused> = PHRASES.iter().flat_map(|n| of_length(samples, reference, tokens, *n)).collect();
    phrases.sort_by(|a, b| b.z.total_cmp(&a.z).then_with(|| a.text.cmp(&b.text)));
    let mut kept: Vec<Overused> = Vec::new();
    for phrase in phrases {
        // of phrases that lie in each other the strongest is enough
        let padded = |text: &str| format!(" {text} ");
        let inside = |a: &str, b: &str| padded(b).contains(&padded(a));
        if kept.len() < LISTED && !kept.iter().any(|k| inside(&k.text, &phrase.text) || inside(&phrase.text, &k.text)) {
            kept.push(phrase);
        }
    }
    out.extend(kept);
    out
}

fn of_length(samples: &[Text], reference: &[Text], tokens: &Tokens, n: usize) -> Vec<Overused> {
    let (ours, theirs) = (counts::texts_with(samples, n), counts::texts_with(reference, n));
    let total = |counts: &HashMap<Gram, usize>| counts.values().sum::<usize>() as f64;
    let (n_ours, n_theirs) = (total(&ours), total(&theirs));
    let mut tested: Vec<(Gram, usize, usize, f64)> = ours
        .iter()
        .filter(|(gram, _)| !tokens.is_plain(gram, n))
        .map(|(gram, &y)| {
            let y_theirs = theirs.get(gram).copied().unwrap_or(0);
            (*gram, y, y_theirs, log_odds((y as f64, n_ours), (y_theirs as f64, n_theirs)))
        })
        .collect();
    tested.sort_by(|a, b| b.3.total_cmp(&a.3).then(a.0.cmp(&b.0)));
    let p: Vec<f64> = tested.iter().map(|t| normal_cdf(-t.3)).collect();
    let adjusted = diversity::benjamini_hochberg(&p);
    tested
        .into_iter()
        .zip(adjusted)
        .filter(|((_, y, _, z), _)| *z >= OVERUSED && *y >= FEWEST)
        .take(4 * LISTED)
        .map(|((gram, y, y_theirs, z), p)| Overused {
            text: tokens.text(&gram, n),
            z,
            p_adjusted: p,
            n: y,
            n_reference: y_theirs,
        })
        .collect()
}

/// z of the weighted log-odds ratio of two counts, each out of its total.
fn log_odds(ours: (f64, f64), theirs: (f64, f64)) -> f64 {
    let share = (ours.0 + theirs.0) / (ours.1 + theirs.1);
    let alpha = PRIOR * share;
    let odds = |(y, n): (f64, f64)| ((y + alpha) / (n + PRIOR - y - alpha)).ln();
    let variance = 1.0 / (ours.0 + alpha) + 1.0 / (theirs.0 + alpha);
    (odds(ours) - odds(theirs)) / variance.sqrt()
}

/// A share over texts, with its interval over folds: `of` says which texts count.
fn share_of(flags: &[bool], folds: &[usize]) -> Estimate {
    let count = folds.iter().max().map_or(1, |m| m + 1);
    let of = |keep: &dyn Fn(usize) -> bool| {
        let kept: Vec<bool> = flags.iter().zip(folds).filter(|(_, f)| keep(**f)).map(|(x, _)| *x).collect();
        kept.iter().filter(|x| **x).count() as f64 / kept.len().max(1) as f64
    };
    let without: Vec<f64> = (0..count).map(|f| of(&|fold| fold != f)).collect();
    jackknife(of(&|_| true), &[&without], 0.0).share_of(flags.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ReadOptions, read};

    const NOUNS: [&str; 12] = [
        "miller", "kettle", "harbour", "orchard", "lantern", "ladder", "bridge", "window", "garden", "candle", "tower",
        "stove",
    ];

    fn set(n: usize, seed: u64, of: impl Fn(&dyn Fn(usize) -> &'static str) -> String) -> Vec<Reading> {
        let mut rng = Rng::new(seed);
        let texts: Vec<corpus::Text> = (0..n)
            .map(|i| {
                let drawn: Vec<&'static str> = (0..8).map(|_| NOUNS[rng.below(12)]).collect();
                corpus::Text::new(format!("{i}"), of(&|k| drawn[k]))
            })
            .collect();
        read(&texts, &ReadOptions::default())
    }

    fn plain(n: usize, seed: u64) -> Vec<Reading> {
        set(n, seed, |w| {
            format!(
                "The {} saw a {} near the {}. Nobody asked the {} about it. A {} fell on the {} at noon.",
                w(0),
                w(1),
                w(2),
                w(3),
                w(4),
                w(5)
            )
        })
    }

    fn held(ours: &[Reading], theirs: &[Reading]) -> Wording {
        let (s, r) = (Side::samples(ours.iter().collect(), 1), Side::samples(theirs.iter().collect(), 2));
        wording(&s, &r, 7).expect("both have texts")
    }

    #[test]
    fn what_is_said_too_often_is_named_first() {
        let ours = set(60, 1, |w| {
            format!(
                "The {} saw a {} near the {}. It was a testament to the {}. A {} fell on the {} at noon.",
                w(0),
                w(1),
                w(2),
                w(3),
                w(4),
                w(5)
            )
        });
        let w = held(&ours, &plain(60, 2));
        let first = &w.overused[0];
        assert!(first.text == "testament" && first.n > 50 && first.n_reference == 0, "{first:?}");
        assert!(w.overused[0].z > OVERUSED && w.overused[0].p_adjusted < 0.05);
        assert!(w.overused.iter().any(|o| o.text.contains("testament to")));
        assert!(w.skeletons.iter().any(|s| s.n >= 50 && s.text.contains('…')));
    }

    #[test]
    fn two_draws_of_one_source_use_the_same_words() {
        let w = held(&plain(80, 3), &plain(80, 4));
        assert!(w.overused.is_empty(), "{:?}", w.overused);
        for number in [&w.vocabulary, &w.distinct_2, &w.novelty, &w.templates] {
            let null = number.null.as_ref().expect("the reference has it");
            assert!((number.value - null.value).abs() < 0.3 * null.value.max(0.2), "{number:?}");
            assert!(number.low.is_some());
        }
        assert_eq!(w.ing_words.n, 80);
    }

    #[test]
    fn log_odds_as_in_the_paper() {
        // y = 20 of 1000 against 5 of 1000, α₀ = 500, α = 500 · 25/2000 = 6.25
        let odds = |y: f64| ((y + 6.25) / (1500.0 - y - 6.25)).ln();
        let expected = (odds(20.0) - odds(5.0)) / (1.0 / 26.25 + 1.0 / 11.25_f64).sqrt();
        assert!((log_odds((20.0, 1000.0), (5.0, 1000.0)) - expected).abs() < 1e-12);
        assert_eq!(log_odds((5.0, 100.0), (5.0, 100.0)), 0.0);
    }

    #[test]
    fn sets_without_text_have_no_words() {
        let bare = vec![Reading::default(); 3];
        let side = Side::samples(bare.iter().collect(), 1);
        assert!(wording(&side, &side, 1).is_none());
    }
}

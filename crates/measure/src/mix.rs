//! A mix of prompts by published weights: p_S = Σ_c w_c p_{S|c}.
//!
//! What a set holds of each prompt is what somebody happened to sample. With weights the texts measured are a seeded draw
//! without replacement in which prompt c has the share w_c, as large as the prompt with the fewest answers for its weight allows.
//! All that is measured of a set (reach, kinds, distances, portrait, repeats) is so measured of p_S. D counts every prompt alike.

use std::collections::BTreeMap;

use diversity::Rng;
use serde::{Deserialize, Serialize};

use crate::{Error, Samples};

/// Weights over prompts, as they were published.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Weights {
    /// Where they come from.
    pub name: String,
    by_prompt: BTreeMap<String, f64>,
}

/// What a mix made of a set.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Mix {
    /// The set, and where the weights come from.
    pub samples: String,
    pub weights: String,
    /// Texts that were drawn, and texts that there were.
    pub n: usize,
    pub of: usize,
    /// Share of all the weight that no answer carries; the other weights make up for it.
    pub unanswered: f64,
    /// Prompts with a weight and answers.
    pub prompts: Vec<MixShare>,
}

/// One prompt of a mix.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MixShare {
    pub prompt: String,
    /// w_c; the weights of all prompts that were answered add up to 1.
    pub weight: f64,
    /// Texts that were drawn, and texts that there were.
    pub n: usize,
    pub of: usize,
}

impl Weights {
    /// Only the ratios of the weights count.
    ///
    /// # Errors
    /// If a weight is negative or no number, a prompt has two, or none is above 0.
    pub fn new(name: &str, weights: impl IntoIterator<Item = (String, f64)>) -> Result<Self, Error> {
        let bad = |reason: String| Error::BadWeights { name: name.to_owned(), reason };
        let mut by_prompt = BTreeMap::new();
        for (prompt, weight) in weights {
            let prompt = spaced(&prompt);
            if !weight.is_finite() || weight < 0.0 {
                return Err(bad(format!("the weight of {} is {weight}", shown(&prompt))));
            }
            if by_prompt.insert(prompt.clone(), weight).is_some_and(|other| other != weight) {
                return Err(bad(format!("{} has two weights", shown(&prompt))));
            }
        }
        match by_prompt.values().any(|w| *w > 0.0) {
            true => Ok(Self { name: name.to_owned(), by_prompt }),
            false => Err(bad("no prompt has a weight above 0".into())),
        }
    }

    /// The texts of the set in which the prompts have their weights: rising indices into its readings, and what became of the set.
    ///
    /// # Errors
    /// If the set names no prompts, none of them has a weight, or some have none.
    pub fn draw(&self, samples: &Samples, seed: u64) -> Result<(Vec<usize>, Mix), Error> {
        let bad = |reason: String| Error::BadWeights { name: self.name.clone(), reason };
        let mut rows: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (i, reading) in samples.readings.iter().enumerate() {
            rows.entry(reading.prompt.as_deref().map(spaced).unwrap_or_default()).or_default().push(i);
        }
        if rows.keys().all(String::is_empty) {
            return Err(bad(format!("the records of {} have no prompt, and weights are of prompts", samples.name)));
        }
        let without: Vec<&String> = rows.keys().filter(|p| !self.by_prompt.contains_key(*p)).collect();
        if without.len() == rows.len() {
            return Err(bad(format!("no prompt of {} has a weight in it", samples.name)));
        }
        if let Some(first) = without.first() {
            return Err(bad(format!(
                "{} of {} prompts of {} have no weight in it, the first {}",
                without.len(),
                rows.len(),
                samples.name,
                shown(first)
            )));
        }
        let weight = |prompt: &String| self.by_prompt.get(prompt).copied().unwrap_or(0.0);
        let answered: f64 = rows.keys().map(weight).sum();
        if answered <= 0.0 {
            return Err(bad(format!("every prompt of {} has the weight 0", samples.name)));
        }
        let shares: Vec<(String, f64, Vec<usize>)> =
            rows.into_iter().map(|(p, of)| (p.clone(), weight(&p) / answered, of)).filter(|s| s.1 > 0.0).collect();
        let drawn = allotted(&shares.iter().map(|s| (s.1, s.2.len())).collect::<Vec<_>>());
        let mut kept = Vec::new();
        let mut prompts = Vec::new();
        for (c, ((prompt, weight, of), n)) in shares.into_iter().zip(drawn).enumerate() {
            kept.extend(Rng::stream(seed ^ 0x313, c as u64).choose(of.len(), n).into_iter().map(|i| of[i]));
            prompts.push(MixShare { prompt, weight, n, of: of.len() });
        }
        kept.sort_unstable();
        let all: f64 = self.by_prompt.values().sum();
        let mix = Mix {
            samples: samples.name.clone(),
            weights: self.name.clone(),
            n: kept.len(),
            of: samples.readings.len(),
            unanswered: (1.0 - answered / all).max(0.0),
            prompts,
        };
        Ok((kept, mix))
    }
}

impl Mix {
    /// What a reader must know of it.
    #[must_use]
    pub fn sentence(&self) -> String {
        let drawn = format!(
            "prompts have the weights of {}: {} of {} texts of {} were drawn",
            self.weights, self.n, self.of, self.samples
        );
        // the prompt that has the fewest answers for its weight
        let scarce = self.prompts.iter().min_by(|a, b| {
            let answers = |s: &MixShare| s.of as f64 / s.weight;
            answers(a).total_cmp(&answers(b))
        });
        let more = match scarce {
            Some(s) if 2 * self.n < self.of => {
                format!(", since {} has but {} answers for its weight", shown(&s.prompt), s.of)
            }
            _ => String::new(),
        };
        let unanswered = match self.unanswered {
            u if u > 0.0005 => format!("; {:.1} % of the weight lies on prompts that were not answered", 100.0 * u),
            _ => String::new(),
        };
        format!("{drawn}{more}{unanswered}")
    }
}

/// How many texts of each prompt (weight, answers) are drawn: the largest number that all weights allow, in whole texts by the
/// largest remainders.
fn allotted(prompts: &[(f64, usize)]) -> Vec<usize> {
    let total = prompts.iter().map(|(w, n)| *n as f64 / w).fold(f64::INFINITY, f64::min);
    let total = (total + 1e-9).floor();
    let exact: Vec<f64> = prompts.iter().map(|(w, _)| w * total).collect();
    let mut counts: Vec<usize> = exact.iter().map(|x| (x + 1e-9).floor() as usize).collect();
    let missing = (total as usize).saturating_sub(counts.iter().sum());
    let mut order: Vec<usize> = (0..prompts.len()).filter(|&c| counts[c] < prompts[c].1).collect();
    order.sort_by(|&a, &b| (exact[b] - counts[b] as f64).total_cmp(&(exact[a] - counts[a] as f64)).then(a.cmp(&b)));
    order.into_iter().take(missing).for_each(|c| counts[c] += 1);
    counts
}

/// Without the spaces that files add.
fn spaced(prompt: &str) -> String {
    prompt.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn shown(prompt: &str) -> String {
    const SHOWN: usize = 50;
    if prompt.is_empty() {
        return "that of the texts without one".into();
    }
    match prompt.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("“{}…”", prompt[..cut].trim_end()),
        None => format!("“{prompt}”"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reading;

    fn samples(counts: &[(&str, usize)]) -> Samples {
        let readings = counts.iter().flat_map(|(prompt, n)| {
            (0..*n).map(move |i| Reading {
                id: format!("{prompt}{i}"),
                prompt: Some((*prompt).into()),
                ..Reading::default()
            })
        });
        Samples { name: "s".into(), readings: readings.collect(), skipped: vec![] }
    }

    fn weights(pairs: &[(&str, f64)]) -> Result<Weights, Error> {
        Weights::new("w", pairs.iter().map(|(p, w)| ((*p).to_owned(), *w)))
    }

    #[test]
    fn prompts_get_their_shares_and_no_text_twice() {
        let set = samples(&[("a", 100), ("b", 40), ("c", 10)]);
        let (kept, mix) = weights(&[("a", 5.0), ("b", 4.0), ("c", 1.0)]).unwrap().draw(&set, 1).unwrap();
        assert_eq!(mix.prompts.iter().map(|s| (s.n, s.of)).collect::<Vec<_>>(), [(50, 100), (40, 40), (10, 10)]);
        assert!(kept.windows(2).all(|w| w[0] < w[1]) && kept.len() == 100 && mix.n == 100);
        assert!(mix.sentence().starts_with("prompts have the weights of w: 100 of 150 texts of s were drawn"));
        // another seed draws other texts in the same shares
        let (other, _) = weights(&[("a", 5.0), ("b", 4.0), ("c", 1.0)]).unwrap().draw(&set, 2).unwrap();
        assert!(other != kept && other.len() == 100);
    }

    #[test]
    fn equal_weights_of_equal_counts_keep_everything() {
        let set = samples(&[("a", 7), ("b", 7), ("c", 7)]);
        let (kept, mix) = weights(&[("a", 1.0), (" b ", 1.0), ("c", 1.0)]).unwrap().draw(&set, 1).unwrap();
        assert_eq!((kept.len(), mix.unanswered), (21, 0.0));
    }

    #[test]
    fn whole_texts_add_up() {
        for counts in [[3, 17, 40], [11, 11, 13], [1, 1, 50]] {
            let prompts: Vec<(f64, usize)> = [0.21, 0.33, 0.46].into_iter().zip(counts).collect();
            let drawn = allotted(&prompts);
            assert!(drawn.iter().zip(&prompts).all(|(n, p)| *n <= p.1), "{drawn:?}");
            let total: usize = drawn.iter().sum();
            assert!(
                drawn.iter().zip(&prompts).all(|(n, p)| (*n as f64 - p.0 * total as f64).abs() <= 1.0),
                "{drawn:?}"
            );
        }
    }

    #[test]
    fn what_cannot_be_weighed_is_said() {
        let said = |pairs: &[(&str, f64)]| {
            weights(pairs).and_then(|w| w.draw(&samples(&[("a", 5), ("b", 5)]), 1)).expect_err("refused").to_string()
        };
        assert!(said(&[("a", -0.2), ("b", 1.0)]).contains("the weight of “a” is -0.2"));
        assert!(said(&[("a", f64::NAN)]).contains("NaN"));
        assert!(said(&[("a", 1.0), ("a", 2.0)]).contains("“a” has two weights"));
        assert!(said(&[("a", 0.0), ("b", 0.0)]).contains("no prompt has a weight above 0"));
        assert!(said(&[("x", 1.0)]).contains("no prompt of s has a weight in it"));
        assert!(said(&[("a", 1.0)]).contains("1 of 2 prompts of s have no weight in it, the first “b”"));
        let bare = Samples { readings: vec![Reading::default(); 3], ..samples(&[]) };
        let error = weights(&[("a", 1.0)]).and_then(|w| w.draw(&bare, 1)).expect_err("refused").to_string();
        assert!(error.contains("have no prompt"), "{error}");
    }
}

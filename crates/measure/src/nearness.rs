//! How near answers come to the form of a few texts of the user's own: one poet's, say.
//!
//! Reach asks whether a set spreads as the reference does, and wants a hundred texts. Here the question is smaller, and is
//! put to a dozen: do these lie as near to the poet's poems as those lie to each other?

use diversity::{Folds, Rng, Rows, jackknife};

use crate::comparison::Number;
use crate::number::number;

/// Texts of the reference that are held against; of more, a seeded draw.
const MOST: usize = 300;
/// Groups of the jackknife over the reference.
const FOLDS: usize = 20;
/// Texts of the reference under which nothing is said.
const LEAST: usize = 5;

/// Distances of every answer to a reference, by its folds.
pub(crate) struct Nearness {
    /// For every answer, the sum of its distances to the texts of each fold; None where it is not of their kind.
    sums: Vec<Option<Vec<f64>>>,
    sizes: Vec<usize>,
    /// Sums of the distances between the reference's own texts, by the folds of both, each pair both ways.
    within: Vec<Vec<f64>>,
}

impl Nearness {
    /// Euclid's distances in the view's own space. `samples` has a row for each answer that is of the reference's kind.
    pub(crate) fn new(samples: &[Option<Vec<f32>>], reference: &Rows, seed: u64) -> Option<Self> {
        let mut drawn: Vec<usize> = (0..reference.len()).collect();
        Rng::new(seed).shuffle(&mut drawn);
        drawn.truncate(MOST);
        if drawn.len() < LEAST {
            return None;
        }
        let count = FOLDS.min(drawn.len());
        let folds = Folds::of_rows((0..drawn.len()).map(|i| (i % count) as u16).collect(), count);
        let reference = reference.select(&drawn);
        let sums_to = |row: &[f32], but: Option<usize>| {
            let mut sums = vec![0.0; count];
            for (j, other) in reference.iter().enumerate().filter(|(j, _)| Some(*j) != but) {
                sums[folds.of(j)] += distance(row, other);
            }
            sums
        };
        let mut within = vec![vec![0.0; count]; count];
        for (i, row) in reference.iter().enumerate() {
            let sums = sums_to(row, Some(i));
            within[folds.of(i)].iter_mut().zip(sums).for_each(|(all, one)| *all += one);
        }
        let sizes = (0..count).map(|f| folds.size(f)).collect();
        let sums = samples.iter().map(|row| row.as_deref().map(|row| sums_to(row, None))).collect();
        Some(Self { sums, sizes, within })
    }

    /// Mean distance of these answers to the reference's texts over the mean distance of those among themselves: 1 where
    /// they come as near as the poet's own poems, more where they stand apart. `answers` are rows with their prompt;
    /// the interval is of the jackknife over prompts (answers, where there is one prompt) and over the reference's texts.
    pub(crate) fn of(&self, answers: &[(usize, Option<&str>)]) -> Option<Number> {
        let known: Vec<(&[f64], Option<&str>)> =
            answers.iter().filter_map(|(i, prompt)| Some((self.sums.get(*i)?.as_deref()?, *prompt))).collect();
        if known.len() < 2 {
            return None;
        }
        let several = known.iter().any(|(_, prompt)| *prompt != known[0].1);
        let keys = known.iter().enumerate().map(|(i, (_, prompt))| match prompt {
            Some(prompt) if several => format!("prompt {prompt}"),
            _ => format!("answer {i}"),
        });
        let groups = diversity::Groups::of_keys(keys).folds(FOLDS, 1);
        let all: Vec<&[f64]> = known.iter().map(|(sums, _)| *sums).collect();
        let value = self.ratio(&all, None);
        if !value.is_finite() {
            return None;
        }
        let without_answers: Vec<f64> = (0..groups.count())
            .map(|f| {
                let kept: Vec<&[f64]> =
                    all.iter().enumerate().filter(|(i, _)| groups.of(*i) != f).map(|(_, s)| *s).collect();
                self.ratio(&kept, None)
            })
            .collect();
        let without_texts: Vec<f64> = (0..self.sizes.len()).map(|f| self.ratio(&all, Some(f))).collect();
        Some(number(jackknife(value, &[&without_answers, &without_texts], 0.0), known.len(), None))
    }

    fn ratio(&self, answers: &[&[f64]], without: Option<usize>) -> f64 {
        let folds = || (0..self.sizes.len()).filter(|f| Some(*f) != without);
        let texts = folds().map(|f| self.sizes[f]).sum::<usize>() as f64;
        let to_them = answers.iter().map(|sums| folds().map(|f| sums[f]).sum::<f64>()).sum::<f64>();
        let among = folds().map(|f| folds().map(|g| self.within[f][g]).sum::<f64>()).sum::<f64>();
        let among = among / (texts * (texts - 1.0));
        // all of the reference's texts alike in form: nothing to hold a distance against
        if among > 0.0 { to_them / (answers.len() as f64 * texts) / among } else { f64::NAN }
    }
}

fn distance(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(x, y)| f64::from(x - y).powi(2)).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cloud(n: usize, at: f32, seed: u64) -> Vec<Vec<f32>> {
        let mut rng = Rng::new(seed);
        (0..n).map(|_| (0..8).map(|_| at + rng.normal() as f32).collect()).collect()
    }

    fn near(answers: Vec<Vec<f32>>, poet: &[Vec<f32>]) -> Number {
        let rows = Rows::new(poet.iter().flatten().copied().collect(), 8);
        let prompts = ["a", "b", "c", "d", "e", "f"];
        let of: Vec<(usize, Option<&str>)> = (0..answers.len()).map(|i| (i, Some(prompts[i % 6]))).collect();
        let answers: Vec<Option<Vec<f32>>> = answers.into_iter().map(Some).collect();
        Nearness::new(&answers, &rows, 1).unwrap().of(&of).unwrap()
    }

    #[test]
    fn the_poets_own_manner_is_one_and_another_is_more() {
        let poet = cloud(17, 0.0, 1);
        let same = near(cloud(60, 0.0, 2), &poet);
        assert!(same.low.unwrap() < 1.0 && same.high.unwrap() > 1.0, "{same:?}");
        let other = near(cloud(60, 3.0, 3), &poet);
        assert!(other.low.unwrap() > 1.5, "{other:?}");
    }

    #[test]
    fn too_few_or_all_alike_say_nothing() {
        let rows = Rows::new(vec![0.0; 4 * 8], 8);
        assert!(Nearness::new(&[Some(vec![0.0; 8])], &rows, 1).is_none());
        let alike = Rows::new(vec![0.0; 9 * 8], 8);
        let answers = vec![Some(vec![1.0; 8]); 3];
        let found = Nearness::new(&answers, &alike, 1).unwrap().of(&[(0, None), (1, None), (2, None)]);
        assert!(found.is_none());
    }
}

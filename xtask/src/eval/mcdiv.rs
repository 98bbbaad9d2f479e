//! The diversity of a small group (`measure --by`) against people: whether it tells groups that were written to be different, and
//! whether it ranks groups as people score them. Every group is scored by weights learnt without its context.

use std::collections::BTreeMap;
use std::path::Path;

use super::Figure;
use super::embed::auc;
use crate::group_weights::{Labelled, groups, learn};

/// To beat: the mean cosine distance of all-MiniLM-L6-v2 has .800 and .576, Vendi on it .793 and .589.
const AUC: f64 = 0.82;
const RHO: f64 = 0.62;
const FOLDS: usize = 10;
const RESAMPLES: usize = 500;

pub fn run(data: &Path) -> Result<Vec<Figure>, Box<dyn std::error::Error>> {
    let Some(groups) = groups(data)? else { return Ok(Vec::new()) };
    let scores = out_of_fold(&groups);
    let mut figures = figures("all tasks", &groups, &scores, |_| true, Some((AUC, RHO)));
    let mut tasks: Vec<&str> = groups.iter().map(|g| g.task.as_str()).collect();
    tasks.sort_unstable();
    tasks.dedup();
    for task in tasks {
        figures.extend(self::figures(task, &groups, &scores, |g| g.task == task, None));
    }
    Ok(figures)
}

/// The score of each group by weights learnt from the other folds, contexts dealt out whole.
fn out_of_fold(groups: &[Labelled]) -> Vec<f64> {
    let mut fold_of: BTreeMap<&str, usize> = groups.iter().map(|g| (g.context.as_str(), 0)).collect();
    fold_of.values_mut().enumerate().for_each(|(i, fold)| *fold = i % FOLDS);
    let fold = |g: &Labelled| fold_of[g.context.as_str()];
    let weights: Vec<Vec<f64>> = (0..FOLDS).map(|f| learn(groups.iter().filter(|g| fold(g) != f))).collect();
    groups.iter().map(|g| g.features.iter().zip(&weights[fold(g)]).map(|(x, w)| x * w).sum()).collect()
}

fn figures(
    name: &str,
    groups: &[Labelled],
    scores: &[f64],
    of: impl Fn(&Labelled) -> bool,
    goals: Option<(f64, f64)>,
) -> Vec<Figure> {
    let kept: Vec<(&Labelled, f64)> = groups.iter().zip(scores).filter(|(g, _)| of(g)).map(|(g, s)| (g, *s)).collect();
    let scored: Vec<(f64, bool)> = kept.iter().map(|(g, s)| (*s, g.diverse)).collect();
    let context = |i: usize| kept[i].0.context.clone();
    let mut out = vec![auc("mcdiv", &format!("AUC, {name}"), &scored, context, goals.map(|g| g.0))];
    let judged: Vec<(&str, f64, f64)> =
        kept.iter().filter_map(|(g, s)| Some((g.context.as_str(), *s, g.score?))).collect();
    out.push(rank_correlation(&format!("rank correlation with people, {name}"), &judged, goals.map(|g| g.1)));
    out
}

/// Spearman's ρ, its interval over resampled contexts.
fn rank_correlation(name: &str, judged: &[(&str, f64, f64)], goal: Option<f64>) -> Figure {
    let mut by_context: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
    judged.iter().for_each(|(c, a, b)| by_context.entry(c).or_default().push((*a, *b)));
    let contexts: Vec<Vec<(f64, f64)>> = by_context.into_values().collect();
    let mut rng = diversity::Rng::new(1);
    let mut draws: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            let drawn: Vec<(f64, f64)> =
                (0..contexts.len()).flat_map(|_| contexts[rng.below(contexts.len())].clone()).collect();
            spearman(&drawn)
        })
        .collect();
    draws.sort_by(f64::total_cmp);
    let all: Vec<(f64, f64)> = judged.iter().map(|(_, a, b)| (*a, *b)).collect();
    Figure {
        task: "mcdiv",
        figure: name.to_owned(),
        value: spearman(&all),
        low: diversity::quantile(&draws, 0.025),
        high: diversity::quantile(&draws, 0.975),
        n: judged.len(),
        goal,
        lower_is_better: false,
    }
}

fn spearman(pairs: &[(f64, f64)]) -> f64 {
    let (a, b) = (ranks(pairs.iter().map(|p| p.0)), ranks(pairs.iter().map(|p| p.1)));
    let middle = (pairs.len() as f64 - 1.0) / 2.0;
    let sum = |f: &dyn Fn(usize) -> f64| (0..pairs.len()).map(f).sum::<f64>();
    let covariance = sum(&|i| (a[i] - middle) * (b[i] - middle));
    covariance / (sum(&|i| (a[i] - middle).powi(2)) * sum(&|i| (b[i] - middle).powi(2))).sqrt()
}

/// Ranks from 0, equal values sharing the mean of theirs.
fn ranks(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let values: Vec<f64> = values.collect();
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&i, &j| values[i].total_cmp(&values[j]));
    let mut ranks = vec![0.0; values.len()];
    let mut from = 0;
    while from < order.len() {
        let until = from + order[from..].iter().take_while(|&&i| values[i] == values[order[from]]).count();
        order[from..until].iter().for_each(|&i| ranks[i] = (from + until - 1) as f64 / 2.0);
        from = until;
    }
    ranks
}

//! What prompts have to do with what is answered: a collapsed model answers every prompt in one way.

use diversity::{Components, Groups, NullRange, Rows, jackknife, mutual_information, variance_components};

use crate::comparison::{Number, WithinPrompt};
use crate::number::number;
use crate::side::Side;

const PERMUTATIONS: usize = 199;

/// Adds to the figures of a view how much of the variance lies within prompts and between them, and what the prompt tells of
/// the computed form (`forms`, where the view has them).
pub(crate) fn add_prompts(within: &mut WithinPrompt, rows: &Rows, side: &Side, forms: bool, seed: u64) {
    let prompts = side.prompts();
    if prompts.count() < 2 {
        return;
    }
    let folds = prompts.folds(20, seed ^ 0xf0);
    if let Some(all) = variance_components(rows, &prompts, |_| true) {
        let without: Vec<Option<Components>> =
            (0..folds.count()).map(|f| variance_components(rows, &prompts, |i| folds.of(i) != f)).collect();
        let estimate = |part: fn(Components) -> f64| {
            let values: Vec<f64> = without.iter().flatten().map(|c| part(*c)).collect();
            number(jackknife(part(all), &[&values], 0.0), rows.len(), None)
        };
        within.variance_within = Some(estimate(|c| c.within));
        within.variance_between = Some(estimate(|c| c.between));
    }
    if forms {
        let kinds = Groups::of_keys(side.readings.iter().map(|r| r.form_name.as_str()));
        let found = mutual_information(&prompts, &kinds, PERMUTATIONS, seed ^ 0xf1);
        let (value, low, high) = found.chance;
        let chance = NullRange { value, low, high, sd: 0.0 };
        let information = number(diversity::Estimate::bare(found.value), rows.len(), Some(chance));
        within.mutual_information = Some(Number { p: Some(found.p), ..information });
    }
}

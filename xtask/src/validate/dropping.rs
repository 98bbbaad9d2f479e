//! One kind of poem taken out of people's: is it named first among the missing?

use std::collections::BTreeMap;

use measure::MissingMode;

use super::people::{as_samples, by_poet};
use super::{Claim, Context, Failure, Table};
use crate::atlas;

/// Works of a form in the reference from which its loss is tried.
const TARGETS: usize = 20;
/// Samples after the form is taken out.
const SAMPLES: usize = 300;
/// Splits of the poets tried.
const SPLITS: u64 = 8;

/// How one form was found again, over all splits.
#[derive(Default)]
struct Found {
    targets: usize,
    tried: usize,
    first: usize,
    in_three: usize,
    named: usize,
    /// Not named, but said to be beyond telling at this n.
    untold: usize,
    others: usize,
}

pub fn run(context: &Context) -> Result<Option<Table>, Failure> {
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    for split in 0..SPLITS {
        let (samples, rest) = by_poet(context.atlas()?, 0.5, context.args.seed, 1000 + split);
        let reference = atlas::reference("other poets", &rest)?;
        let mut forms: BTreeMap<&str, usize> = BTreeMap::new();
        reference.readings.iter().for_each(|r| *forms.entry(&r.form_name).or_default() += 1);
        for (form, targets) in forms.into_iter().filter(|(_, n)| *n >= TARGETS) {
            let mut kept = samples.clone();
            kept.retain(|r| r.form_name != form);
            let mut rng = diversity::Rng::stream(context.args.seed, split);
            let drawn = rng.choose(kept.len(), SAMPLES.min(kept.len()));
            let kept = drawn.into_iter().map(|i| kept[i].clone()).collect();
            let comparison = context.compare(form, as_samples(context.atlas()?, kept), &reference)?;
            let of_form = |m: &MissingMode| m.mode == form || m.mode.starts_with(&format!("{form}, "));
            let named: Vec<_> = comparison.missing.iter().filter(|m| !m.cannot_tell).collect();
            let place = named.iter().position(|m| of_form(m));
            let f = found.entry(form.to_owned()).or_default();
            f.targets += targets;
            f.tried += 1;
            f.first += usize::from(place == Some(0));
            f.in_three += usize::from(place.is_some_and(|p| p < 3));
            f.named += usize::from(place.is_some());
            f.untold += usize::from(place.is_none() && comparison.missing.iter().any(|m| m.cannot_tell && of_form(m)));
            f.others += named.iter().filter(|m| !of_form(m)).count();
        }
    }
    let sum = |of: fn(&Found) -> usize| found.values().map(of).sum::<usize>();
    let tried = sum(|f| f.tried).max(1);
    let told = (tried - sum(|f| f.untold)).max(1);
    let share = |n: usize| n as f64 / told as f64;
    let (first, three) = (share(sum(|f| f.first)), share(sum(|f| f.in_three)));
    let claim = |what: &str, goal: f64, measured: f64| Claim {
        what: what.into(),
        goal: format!("≥ {:.0} %", 100.0 * goal),
        measured: format!("{:.1} % of {told} told, {} untold", 100.0 * measured, tried - told),
        met: measured >= goal,
    };
    let row = |(form, f): (&String, &Found)| {
        vec![
            form.clone(),
            format!("{:.0}", f.targets as f64 / f.tried as f64),
            f.tried.to_string(),
            f.first.to_string(),
            f.in_three.to_string(),
            f.named.to_string(),
            f.untold.to_string(),
            format!("{:.1}", f.others as f64 / f.tried as f64),
        ]
    };
    let columns =
        ["form taken out", "works of it", "tried", "first", "in three", "named", "cannot tell", "others named"];
    Ok(Some(Table {
        family: "dropping",
        question: "A computed form is taken out of half of the poets (n = 300): is it the first that is named missing?",
        columns: columns.map(str::to_owned).to_vec(),
        rows: found.iter().map(row).collect(),
        claims: vec![claim("named first", 0.9, first), claim("among the first three", 0.97, three)],
    }))
}

//! The same source at several sample sizes: do the numbers agree?

use diversity::Rng;
use measure::Reading;

use super::null::drawn;
use super::people::{as_samples, by_poet};
use super::{Claim, Context, Failure, Measured, Table, models};
use crate::atlas;

const SIZES: [usize; 5] = [100, 200, 400, 1000, 2000];
/// Draws of each size.
const DRAWS: u64 = 6;
const MEASURES: [&str; 3] = ["reach", "E", "CFD"];

pub fn run(context: &Context) -> Result<Option<Table>, Failure> {
    let Some(models) = models::readings(context)? else { return Ok(None) };
    let poetry = context.atlas()?;
    let (people, rest) = by_poet(poetry, 0.5, context.args.seed, 42);
    let rest = atlas::reference("other poets", &rest)?;
    let largest = SIZES[SIZES.len() - 1];
    let mut sources: Vec<(String, Vec<Reading>, &measure::Reference)> = models
        .into_iter()
        .filter(|(_, r)| r.len() >= largest)
        .map(|(name, r)| (name, r.into_iter().map(|r| Reading { prompt: None, ..r }).collect(), poetry))
        .collect();
    sources.push(("people".into(), as_samples(context.atlas()?, people), &rest));
    let (mut rows, mut agree, mut tried) = (Vec::new(), [0usize; 3], 0usize);
    for (name, readings, reference) in &sources {
        let whole = numbers(context, readings.clone(), reference)?;
        for size in SIZES.into_iter().filter(|s| *s < readings.len()) {
            let mut sums = [0.0; 3];
            for draw in 0..DRAWS {
                let part = drawn(readings.clone(), size, &mut Rng::stream(context.args.seed ^ size as u64, draw));
                let found = numbers(context, part, reference)?;
                tried += 1;
                for m in 0..3 {
                    sums[m] += found[m].value / DRAWS as f64;
                    agree[m] += usize::from(found[m].low <= whole[m].value && whole[m].value <= found[m].high);
                }
            }
            let means = sums.map(|s| format!("{s:.3}"));
            rows.push([name.clone(), size.to_string()].into_iter().chain(means).collect());
        }
        let all = whole.map(|m| format!("{:.3}", m.value));
        rows.push([name.clone(), format!("all {}", readings.len())].into_iter().chain(all).collect());
    }
    let claims = MEASURES
        .iter()
        .zip(agree)
        .map(|(name, agree)| {
            let share = agree as f64 / tried.max(1) as f64;
            Claim {
                what: format!("{name} of all samples lies in the interval of a draw of them"),
                goal: "≥ 95 %".into(),
                measured: format!("{:.1} % of {tried}", 100.0 * share),
                met: share >= 0.95,
            }
        })
        .collect();
    Ok(Some(Table {
        family: "sizes",
        question: "Draws of 100 to 2,000 samples of one source: means over six draws. Do they agree with the whole within their \
                   intervals?",
        columns: ["source", "N"].into_iter().chain(MEASURES).map(str::to_owned).collect(),
        rows,
        claims,
    }))
}

fn numbers(
    context: &Context,
    readings: Vec<Reading>,
    reference: &measure::Reference,
) -> Result<[Measured; 3], Failure> {
    let comparison = context.compare("draw", readings, reference)?;
    let Some(view) = comparison.views.get("form") else { return Err("no numbers".into()) };
    let nothing = measure::Number::default();
    let cfd = view.cfd.as_ref().map_or(&nothing, |c| &c.number);
    Ok([&view.reach, &view.e, cfd].map(Measured::of))
}

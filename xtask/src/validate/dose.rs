//! Chat verse mixed into people's: does every measure fall with the dose, and how small a dose is found?

use diversity::Rng;
use measure::Reading;

use super::null::{drawn, found};
use super::people::{as_samples, by_poet};
use super::{Claim, Context, Failure, Table, models};
use crate::atlas;

/// Shares of chat verse.
const DOSES: [f64; 7] = [0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0];
const SIZES: [usize; 3] = [100, 300, 1000];
/// Sets made for every dose and size.
const SETS: u64 = 30;
const MEASURES: [&str; 4] = ["reach", "E", "CFD", "MMD²"];
/// Dose, size and the power that is wanted of the best measure.
const WANTED: [(f64, usize, f64); 4] = [(0.2, 100, 0.7), (0.2, 300, 0.98), (0.1, 300, 0.5), (0.1, 1000, 0.8)];

/// One dose at one size, over all sets.
struct Cell {
    dose: f64,
    size: usize,
    means: [f64; 4],
    power: [f64; 4],
}

pub fn run(context: &Context) -> Result<Option<Table>, Failure> {
    let Some(models) = models::readings(context)? else { return Ok(None) };
    let chat: Vec<Reading> =
        models.into_values().flatten().filter(|r| r.kind == verse::Kind::Verse && r.lines >= 4).collect();
    let mut cells = Vec::new();
    for size in SIZES {
        for dose in DOSES {
            cells.push(cell(context, &chat, dose, size)?);
        }
    }
    let row = |c: &Cell| {
        let shown = (0..4).map(|m| format!("{:.3} ({:.0} %)", c.means[m], 100.0 * c.power[m]));
        [c.size.to_string(), format!("{:.0} %", 100.0 * c.dose)].into_iter().chain(shown).collect()
    };
    let columns = ["N", "chat verse"].into_iter().chain(MEASURES);
    Ok(Some(Table {
        family: "dose",
        question: "Chat verse replaces a share of people's poems: mean of each measure over 30 sets, and the share of sets in \
                   which it sees a difference from people (power).",
        columns: columns.map(str::to_owned).collect(),
        rows: cells.iter().map(row).collect(),
        claims: claims(&cells),
    }))
}

fn cell(context: &Context, chat: &[Reading], dose: f64, size: usize) -> Result<Cell, Failure> {
    let (mut means, mut power) = ([0.0; 4], [0.0; 4]);
    for set in 0..SETS {
        let mut rng = Rng::stream(context.args.seed ^ size as u64, set);
        let (people, rest) = by_poet(context.atlas()?, 0.5, context.args.seed, 9000 + set);
        let doses = (size as f64 * dose).round() as usize;
        let mut samples = as_samples(context.atlas()?, drawn(people, size - doses, &mut rng));
        samples.extend(rng.choose(chat.len(), doses).into_iter().map(|i| Reading { prompt: None, ..chat[i].clone() }));
        let comparison = context.compare("mixed", samples, &atlas::reference("other poets", &rest)?)?;
        let Some(view) = comparison.views.get("form") else { return Err("no numbers".into()) };
        let values = [
            view.reach.value,
            view.e.value,
            view.cfd.as_ref().map_or(f64::NAN, |c| c.number.value),
            view.mmd2.as_ref().map_or(f64::NAN, |m| m.value),
        ];
        for (m, seen) in found(view).into_iter().enumerate() {
            means[m] += values[m] / SETS as f64;
            power[m] += f64::from(u8::from(seen)) / SETS as f64;
        }
    }
    Ok(Cell { dose, size, means, power })
}

fn claims(cells: &[Cell]) -> Vec<Claim> {
    let mut claims = Vec::new();
    for (m, name) in MEASURES.iter().enumerate() {
        let least = SIZES
            .iter()
            .map(|size| {
                let means: Vec<f64> = cells.iter().filter(|c| c.size == *size).map(|c| c.means[m]).collect();
                spearman(&means).abs()
            })
            .fold(1.0, f64::min);
        claims.push(Claim {
            what: format!("{name}: rank correlation with the dose, the least of three sizes"),
            goal: "≥ 0.99".into(),
            measured: format!("{least:.3}"),
            met: least >= 0.99,
        });
    }
    for (dose, size, wanted) in WANTED {
        let cell = cells.iter().find(|c| c.dose == dose && c.size == size);
        let best =
            cell.and_then(|c| (0..4).max_by(|&a, &b| c.power[a].total_cmp(&c.power[b])).map(|m| (m, c.power[m])));
        let Some((m, power)) = best else { continue };
        claims.push(Claim {
            what: format!("power at {:.0} %, N = {size}, best measure ({})", 100.0 * dose, MEASURES[m]),
            goal: format!("≥ {wanted:.2}"),
            measured: format!("{power:.2}"),
            met: power >= wanted,
        });
    }
    claims
}

/// Rank correlation of values with their order.
fn spearman(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let rank = |v: f64| values.iter().filter(|w| **w < v).count() as f64;
    let squares: f64 = values.iter().enumerate().map(|(i, v)| (rank(*v) - i as f64).powi(2)).sum();
    1.0 - 6.0 * squares / (n * (n * n - 1.0))
}

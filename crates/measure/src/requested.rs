//! The protocol of requested forms: the answers to a request held against people's works of that form, S | form against
//! R | form. A set of requests has their mix and not the model's own, so that against all works its reach and kinds say what
//! was asked for.

use diversity::Estimate;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::adherence::{Asked, criteria};
use crate::compare::LEAST_TEXTS;
use crate::comparison::{Number, Verdict, VerdictWord};
use crate::number::number;
use crate::reading::Reading;
use crate::reference::{Reference, form_rows, form_scale};
use crate::side::Side;
use crate::verdict::{HOLDS, LIMIT};
use crate::views::Space;

/// Answers to requests that want the same, against works that are so.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Requested {
    /// Names of the requests, joined: "sonnet", "rhyming poem, poem in couplets".
    pub request: String,
    pub wants: corpus::Wants,
    /// Answers on task, and works of the reference that are as asked.
    pub n: usize,
    pub n_reference: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reach: Option<Number>,
    #[serde(rename = "E", skip_serializing_if = "Option::is_none")]
    pub e: Option<Number>,
    /// Reach after thinning both to one spread of lengths.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length_matched: Option<Number>,
    /// Why there is no figure, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
}

/// Every request that wants something of the form, in the order in which they first occur.
pub(crate) fn requested(
    readings: &[Reading],
    asked: &[Option<Asked>],
    reference: &Reference,
    seed: u64,
) -> Result<Vec<Requested>, Error> {
    let genre = reference.genre;
    let mut groups: Vec<(&corpus::Wants, Vec<&str>, Vec<&Reading>)> = Vec::new();
    for (reading, asked) in readings.iter().zip(asked) {
        let Some(asked) = asked.as_ref().filter(|asked| !criteria(&asked.wants).is_empty()) else { continue };
        let at = groups.iter().position(|g| *g.0 == asked.wants).unwrap_or_else(|| {
            groups.push((&asked.wants, Vec::new(), Vec::new()));
            groups.len() - 1
        });
        if !groups[at].1.contains(&asked.request.as_str()) {
            groups[at].1.push(&asked.request);
        }
        if genre.is_on_task(reading.kind) {
            groups[at].2.push(reading);
        }
    }
    let scale = form_scale(reference)?;
    let mut out = Vec::new();
    for (wants, names, answers) in groups {
        let so = criteria(wants);
        let side = Side::samples(answers, seed);
        let keep = |r: &Reading| genre.is_on_task(r.kind) && so.iter().all(|(_, keeps)| keeps(r));
        let (people, _) = Side::reference(reference, keep, seed);
        let mut row = Requested {
            request: names.join(", "),
            wants: wants.clone(),
            n: side.len(),
            n_reference: people.len(),
            ..Requested::default()
        };
        if side.len() < LEAST_TEXTS {
            row.remark = Some(format!("{} answers are too few; give {LEAST_TEXTS} and more", side.len()));
        } else if people.len() < LEAST_TEXTS {
            row.remark = Some(format!("{} holds {} such {}: too few", reference.name, people.len(), genre.texts()));
        } else {
            let rows = |s: &Side| scale.apply(&form_rows(s.readings.iter().copied(), genre));
            let (samples, works) = (rows(&side), rows(&people));
            let space = Space {
                samples: &samples,
                reference: &works,
                sample_side: &side,
                reference_side: &people,
                matched: None,
                seed,
            };
            if let Some(measured) = space.measure() {
                (row.reach, row.e) = (Some(measured.view.reach), Some(measured.view.e));
                row.length_matched = space.reach_at_matched_lengths(genre);
            }
        }
        out.push(row);
    }
    Ok(out)
}

/// A request with its reach and E.
type Told<'a> = (&'a Requested, &'a Number, &'a Number);

/// Reach and E over all requests that have them, Σ_c w_c ρ_c with the requests' shares of the answers (E as a geometric mean),
/// and the word that follows from them.
pub(crate) fn verdict_of_requests(rows: &[Requested], people: bool) -> Option<(Number, Number, Verdict)> {
    let told: Vec<Told> = rows.iter().filter_map(|row| Some((row, row.reach.as_ref()?, row.e.as_ref()?))).collect();
    let n: usize = told.iter().map(|t| t.0.n).sum();
    if told.is_empty() {
        return None;
    }
    let weight = |row: &Requested| row.n as f64 / n as f64;
    let half = |x: &Number| x.low.zip(x.high).map(|(low, high)| (high - low) / 2.0);
    // half-widths of independent sums; the works are the same only where two requests share some
    let mean = |of: &dyn Fn(&Told) -> Option<(f64, f64)>| {
        let parts: Option<Vec<(f64, f64)>> =
            told.iter().map(|t| of(t).map(|(x, h)| (weight(t.0) * x, weight(t.0) * h))).collect();
        let parts = parts?;
        let (x, h) = (parts.iter().map(|p| p.0).sum::<f64>(), parts.iter().map(|p| p.1 * p.1).sum::<f64>().sqrt());
        Some(Estimate { value: x, low: x - h, high: x + h, se: h / 1.96 })
    };
    let reach = mean(&|t| Some((t.1.value, half(t.1)?)))?.within(0.0, f64::INFINITY);
    let e = mean(&|t| {
        let (low, high) = t.2.low.zip(t.2.high)?;
        (low > 0.0).then(|| (t.2.value.ln(), (high.ln() - low.ln()) / 2.0))
    })?
    .map(f64::exp);
    let word = match () {
        () if reach.high < LIMIT && e.high < LIMIT => VerdictWord::Collapsed,
        () if reach.high < LIMIT => VerdictWord::Displaced,
        () if e.high < LIMIT => VerdictWord::Narrow,
        () if reach.low > HOLDS && e.low > LIMIT => VerdictWord::Holds,
        () => VerdictWord::CannotTell,
    };
    let theirs = if people { "people's" } else { "the reference's" };
    let requests = told.len();
    let of = if rows.len() > requests {
        format!(" ({} more have too few texts)", rows.len() - requests)
    } else {
        String::new()
    };
    let sentence = format!(
        "{}Asked for {requests} {}{of}, these reach {:.2} [{:.2}, {:.2}] as far as {theirs} own of the same, and use {:.2} [{:.2}, {:.2}] as many kinds.",
        if word == VerdictWord::CannotTell { "Cannot tell: " } else { "" },
        if requests == 1 { "form" } else { "forms" },
        reach.value,
        reach.low,
        reach.high,
        e.value,
        e.low,
        e.high
    );
    let why = format!(
        "Each request's answers are held against works that are as it asks; reach and E are means over {requests} of them, weighted by their answers: the limits are those of any verdict, {LIMIT} and {HOLDS:.3}."
    );
    let verdict = Verdict { word, sentence, n, n_needed: None, why };
    Some((number(reach, n, None), number(e, n, None), verdict))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(n: usize, reach: f64, e: f64) -> Requested {
        let at = |value: f64| {
            let half = 0.05;
            Some(Number { value, low: Some(value - half), high: Some(value + half), n, ..Number::default() })
        };
        Requested { n, reach: at(reach), e: at(e), ..Requested::default() }
    }

    #[test]
    fn requests_count_by_their_answers() {
        let few = Requested { n: 3, remark: Some("too few".into()), ..Requested::default() };
        let rows = [row(300, 0.2, 0.5), row(100, 0.6, 0.5), few];
        let (reach, e, verdict) = verdict_of_requests(&rows, true).expect("two have figures");
        assert!((reach.value - 0.3).abs() < 1e-9 && (e.value - 0.5).abs() < 1e-9, "{reach:?} {e:?}");
        assert_eq!(verdict.word, VerdictWord::Collapsed);
        assert!(
            verdict.sentence.starts_with("Asked for 2 forms (1 more have too few texts), these reach 0.30"),
            "{}",
            verdict.sentence
        );
        assert_eq!(verdict_of_requests(&[row(50, 1.0, 1.0)], true).expect("one").2.word, VerdictWord::Holds);
        assert!(verdict_of_requests(&rows[2..], true).is_none());
    }
}

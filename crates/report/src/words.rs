//! The words that every renderer uses for the same things.

use measure::prose::{BESIDE, FEATURES, Feature};
use measure::{Cfd, Comparison, MEASURES, Number, Outcome, PEERS, ReferenceSummary, VerdictWord, View};

use crate::number::{Scale, count};

/// The verdict as one word.
pub fn verdict(word: VerdictWord) -> &'static str {
    match word {
        VerdictWord::Collapsed => "collapsed",
        VerdictWord::Displaced => "displaced",
        VerdictWord::Narrow => "narrow",
        VerdictWord::Holds => "holds",
        VerdictWord::CannotTell => "cannot tell",
    }
}

/// What the texts are called: "poems" where the reference is people's poems.
pub fn unit(reference: &ReferenceSummary) -> &'static str {
    if reference.people { reference.genre.texts() } else { "texts" }
}

/// Whose works the samples are held against, as the subject of a sentence.
pub fn opponent(reference: &ReferenceSummary) -> &'static str {
    if reference.people { "people" } else { "the reference" }
}

/// "poetry-1: 1,243 poems by 544 authors".
pub fn reference(reference: &ReferenceSummary) -> String {
    let (name, n, unit) = (&reference.name, count(reference.n), unit(reference));
    match (reference.people, reference.groups) {
        // where no author is known every work is a group
        (true, groups) if groups > 0 && groups < reference.n => {
            format!("{name}: {n} {unit} by {} authors", count(groups))
        }
        _ => format!("{name}: {n} {unit}"),
    }
}

/// "64 poems against people (poetry-1: 1,243 poems by 544 authors)".
pub fn subject(comparison: &Comparison) -> String {
    let against = match comparison.reference.people {
        true => format!("people ({})", reference(&comparison.reference)),
        false => reference(&comparison.reference),
    };
    format!("{} {} against {against}", count(comparison.samples.n), unit(&comparison.reference))
}

/// The views in the order of reading: form, which carries the headline, then content, then the others.
pub fn views(comparison: &Comparison) -> Vec<(&str, &View)> {
    let rank = |name: &str| ["form", "content"].iter().position(|first| *first == name).unwrap_or(2);
    let mut views: Vec<(&str, &View)> = comparison.views.iter().map(|(name, view)| (name.as_str(), view)).collect();
    views.sort_by_key(|(name, _)| rank(name));
    views
}

/// Another draw of the reference, which scores 1.
pub fn another_draw(reference: &ReferenceSummary) -> &'static str {
    if reference.people { "another draw of people's works" } else { "another draw of the reference" }
}

/// The name of a distance without the n that stands behind it: "CFD-1/form".
pub fn cfd(cfd: &Cfd) -> &str {
    cfd.name.split('@').next().unwrap_or_default()
}

/// The measures of other papers that were asked for, each by its name and paper, in their order.
pub fn peers(comparison: &Comparison) -> Vec<(&'static str, &Number)> {
    PEERS.iter().filter_map(|peer| Some((peer.description, comparison.peers.get(peer.name)?))).collect()
}

/// A JSON key as words: "rhymed_share" → "rhymed share".
pub fn spaced(key: &str) -> String {
    key.replace('_', " ")
}

/// Measures of the portrait that are shares of texts or of lines, and so go on one scale.
pub fn is_share(key: &str) -> bool {
    ["_share", "_density", "_regularity", "_fit"].iter().any(|end| key.ends_with(end))
        || of_prose(key).is_some_and(|(_, feature)| feature.is_share())
}

/// A measure of the portrait in a reader's words, and its place in the portrait.
pub fn measure(key: &str) -> (usize, String) {
    match MEASURES.iter().position(|measure| measure.name == key) {
        Some(place) => (place, MEASURES[place].description.to_string()),
        None => match of_prose(key) {
            Some((place, feature)) => (MEASURES.len() + place, told(feature)),
            None => (usize::MAX, spaced(key)),
        },
    }
}

/// How a gate ended.
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Holds => "holds",
        Outcome::Collapsed => "collapsed",
        Outcome::CannotTell => "cannot tell",
    }
}

/// Measures of variety in the order of reading.
const VARIETY: [&str; 10] = ["D_ratio", "D", "D_on_task", "D_ungated", "E", "reach", "cfd", "exact", "near", "outside"];

/// The place of a measure of sets in a table: variety first, form before content.
pub fn place(measure: &str) -> (usize, bool) {
    let (view, what) = measure.split_once('.').unwrap_or(("", measure));
    (VARIETY.iter().position(|v| *v == what).unwrap_or(VARIETY.len()), view != "form")
}

/// A measure of sets ("content.D") as a row's name.
pub fn measure_name(measure: &str) -> String {
    let Some((view, what)) = measure.split_once('.') else { return self::measure(measure).1 };
    match (view, what) {
        ("log", field) => field.to_owned(),
        ("repeats", "exact") => "told again word for word".into(),
        ("repeats", "near") => "told again nearly".into(),
        (view, "D") => format!("within prompts, {view}"),
        (view, "D_ratio") => format!("within prompts / base, {view}"),
        (view, "D_on_task") => format!("within prompts, as asked, {view}"),
        (view, "D_ungated") => format!("within prompts, all kinds, {view}"),
        (view, "E") => format!("kinds E, {view}"),
        (view, "cfd") => format!("distance CFD, {view}"),
        (view, what) => format!("{what}, {view}"),
    }
}

/// A difference of sets after thinning them to one spread of lengths.
pub fn at_matched_lengths<'a>(
    c: &'a measure::SetComparison,
    d: &measure::SetDifference,
) -> Option<&'a measure::SetDifference> {
    c.length_matched.iter().find(|m| m.measure == d.measure && m.a == d.a && m.b == d.b && m.kind == d.kind)
}

/// What a measure of sets is printed in.
pub fn scale_of(measure: &str) -> Scale {
    if measure.starts_with("repeats.") || is_share(measure) { Scale::Share } else { Scale::Plain }
}

/// A request with its condition: "few-shot, 3 examples", "corrected, turn 2".
pub fn request(row: &measure::Adherence) -> String {
    let shots = row.shots.map(|shots| match shots {
        1 => ", 1 example".to_string(),
        n => format!(", {n} examples"),
    });
    let turn = row.turn.filter(|turn| *turn > 0).map(|turn| format!(", turn {}", turn + 1));
    format!("{}{}{}", row.request, shots.unwrap_or_default(), turn.unwrap_or_default())
}

/// Whether requests were put under several conditions (examples, turns): then it matters who leaves rhymed quatrains.
pub fn conditions(rows: &[measure::Adherence]) -> bool {
    rows.iter().any(|row| row.shots.is_some() || row.turn.is_some())
}

/// What the distance to a reference of the user's own says.
pub const AWAY: &str =
    "away: distance in form to the reference's texts, 1 where they lie as near as those to each other";

/// The commonest forms that came to a request, with their shares.
pub fn got(row: &measure::Adherence, most: usize) -> String {
    let of = |got: &measure::Got| format!("{} {:.0} %", got.form, 100.0 * got.n as f64 / row.n.max(1) as f64);
    row.got.iter().take(most).map(of).collect::<Vec<_>>().join(", ")
}

fn of_prose(key: &str) -> Option<(usize, &'static Feature)> {
    FEATURES.iter().chain(BESIDE).enumerate().find(|(_, feature)| feature.name == key)
}

/// "sentences of four words and less"; of yes or no the share of texts: "texts: it opens with a name".
fn told(feature: &Feature) -> String {
    let said = feature.description().trim_end_matches('.');
    let mut letters = said.chars();
    let first = letters.next().into_iter();
    // I stays I
    let said: String = match said.split([' ', ',']).next() {
        Some("I") => said.to_owned(),
        _ => first.flat_map(char::to_lowercase).chain(letters).collect(),
    };
    if feature.unit == "yes or no" { format!("texts: {said}") } else { said }
}

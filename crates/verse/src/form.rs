//! The form of a text, in a reader's words, with a confidence and the reasons.
//!
//! Every text gets exactly one name, so that the shares of names over a set add up to one: they are the *modes* in which
//! coverage is counted. Fixed forms are tried from the most particular (a sestina's returning words) to the least (stanzas
//! with a scheme); what rhymes by no plan or not at all is named by its lines.

mod refrain;
mod stanzaic;
mod unrhymed;

use crate::profile::Profile;
use crate::{Form, Kind};

/// A form that fits, and how surely, 0…1.
pub(crate) struct Fit {
    name: &'static str,
    confidence: f64,
    reasons: Vec<String>,
}

impl Fit {
    fn new(name: &'static str, confidence: f64, reasons: Vec<String>) -> Option<Fit> {
        Some(Fit { name, confidence: confidence.clamp(0.0, 1.0), reasons })
    }
}

/// Every name that [`Form::name`] can have.
pub const FORMS: &[&str] = &[
    "shakespearean sonnet",
    "petrarchan sonnet",
    "spenserian sonnet",
    "sonnet",
    "limerick",
    "haiku",
    "tanka",
    "villanelle",
    "sestina",
    "pantoum",
    "triolet",
    "ghazal",
    "terza rima",
    "rhyme royal",
    "ottava rima",
    "spenserian stanzas",
    "common metre",
    "ballad stanzas",
    "heroic couplets",
    "couplets",
    "couplets in quatrains",
    "quatrains abab",
    "quatrains abba",
    "quatrains abcb",
    "rubaiyat quatrains",
    "quatrains, other rhyme",
    "monorhyme",
    "sestets",
    "rhymed stanzas",
    "irregular rhymed stanzas",
    "irregular rhymed lines",
    "acrostic",
    "blank verse",
    "unrhymed quatrains",
    "unrhymed couplets",
    "unrhymed tercets",
    "long unrhymed lines",
    "short unrhymed lines",
    "free verse",
    "prose poem",
    "prose",
    "dialogue",
    "list",
    "empty",
];

/// The forms that are a plan of rhyme.
const PLANS: &[&str] = &[
    "shakespearean sonnet",
    "petrarchan sonnet",
    "spenserian sonnet",
    "sonnet",
    "limerick",
    "terza rima",
    "rhyme royal",
    "ottava rima",
    "spenserian stanzas",
    "common metre",
    "ballad stanzas",
    "heroic couplets",
    "couplets",
    "couplets in quatrains",
    "quatrains abab",
    "quatrains abba",
    "quatrains abcb",
    "rubaiyat quatrains",
    "sestets",
    "rhymed stanzas",
];

/// The forms of what does not rhyme.
const UNRHYMED: &[&str] = &[
    "blank verse",
    "unrhymed quatrains",
    "unrhymed couplets",
    "unrhymed tercets",
    "long unrhymed lines",
    "short unrhymed lines",
    "free verse",
];

/// A plan that is followed so far needs no second hearing.
const PLAIN_PLAN: f64 = 0.9;
/// And one heard only with the ears of 1600 must be followed so far.
const OLD_PLAN: f64 = 0.6;
/// Share of lines that rhyme today in whatever rhymed in 1600: most old rhymes are good rhymes still.
const LEAST_HEARD: f64 = 0.15;
/// Share of lines in metre.
const LEAST_METRE: f64 = 0.5;
/// Of a longer poem the rhymes that are good still tell the plan.
const LONGEST_REHEARD: usize = 200;
/// Forms told by words and not by rhymes.
const NAMED_BY_WORDS: &[&str] =
    &["sestina", "villanelle", "pantoum", "triolet", "ghazal", "acrostic", "haiku", "tanka"];

/// Names the form of a text. `hear_again` gives the text as the ears of 1600 hear it: where today's leave lines open in a
/// text that stands in metre, a plan that is whole in old rhymes (*love, prove*) is its plan.
pub(crate) fn form<'a>(poem: &Profile<'a>, hear_again: impl FnOnce() -> Option<Profile<'a>>) -> Form {
    let mut fit = match poem.kind {
        Kind::Verse if !poem.rows.is_empty() => verse_form(poem),
        Kind::Verse | Kind::Empty => layout_form("empty"),
        Kind::ProsePoem => layout_form("prose poem"),
        Kind::Prose => layout_form("prose"),
        Kind::Dialogue => layout_form("dialogue"),
        Kind::List => layout_form("list"),
    };
    if may_rhyme_of_old(poem, &fit)
        && let Some(old) = hear_again()
        && let Some(plan) = old_plan(poem, &fit, &old)
    {
        fit = plan;
    }
    let confidence = calibrated(&fit);
    Form { name: fit.name.to_owned(), confidence: (confidence * 1000.0).round() / 1000.0, reasons: fit.reasons }
}

/// How far a text follows a form is not yet how often a text that follows it so far has it: a plan of rhyme does not come
/// about by chance, and that no rhyme was heard proves little. This turns the one into the other: logistic regressions on the
/// log-odds, for plans of rhyme and for unrhymed verse, fitted to 982 labelled poems (poems_by_form, light_verse) and checked
/// by cross-validation over authors; `cargo xtask eval --only form` prints how often each confidence is right.
fn calibrated(fit: &Fit) -> f64 {
    let followed = fit.confidence.clamp(0.05, 0.98);
    let odds = (followed / (1.0 - followed)).ln();
    let odds = if PLANS.contains(&fit.name) {
        2.42 + 0.46 * odds
    } else if UNRHYMED.contains(&fit.name) {
        0.73 * odds
    } else {
        odds
    };
    1.0 / (1.0 + (-odds).exp())
}

/// Some lines rhyme, some stand open, all keep a metre, and no plan is plain.
fn may_rhyme_of_old(poem: &Profile, fit: &Fit) -> bool {
    let planned = PLANS.contains(&fit.name);
    poem.kind == Kind::Verse
        && (4..=LONGEST_REHEARD).contains(&poem.rows.len())
        && poem.rows.iter().any(|r| r.rhyme.is_none())
        && (LEAST_HEARD..1.0).contains(&poem.density)
        && poem.metre.fit >= LEAST_METRE
        && (planned || !NAMED_BY_WORDS.contains(&fit.name))
        && !(planned && fit.confidence >= PLAIN_PLAN)
}

/// The plan that old ears hear, where it binds more lines and is followed further than the one that today's do.
fn old_plan(poem: &Profile, today: &Fit, old: &Profile) -> Option<Fit> {
    if !old.rhymed || old.density <= poem.density {
        return None;
    }
    let mut plan = verse_form(old);
    let known = if PLANS.contains(&today.name) { today.confidence } else { 0.0 };
    if !PLANS.contains(&plan.name) || plan.confidence < OLD_PLAN.max(known) {
        return None;
    }
    let open = poem.rows.iter().zip(&old.rows).filter(|(a, b)| a.rhyme.is_none() && b.rhyme.is_some()).count();
    plan.reasons.push(format!("{open} of its lines rhyme only as about 1600 (see --historical)"));
    Some(plan)
}

fn layout_form(name: &'static str) -> Fit {
    let reason = match name {
        "empty" => "no words",
        "prose poem" => "set as prose, with the diction of verse or as the poem asked for",
        "dialogue" => "lines open with speakers' names",
        "list" => "lines are items",
        _ => "set as prose",
    };
    Fit { name, confidence: if name == "prose poem" { 0.6 } else { 0.9 }, reasons: vec![reason.to_owned()] }
}

fn verse_form(poem: &Profile) -> Fit {
    let tried: [fn(&Profile) -> Option<Fit>; 12] = [
        refrain::sestina,
        refrain::villanelle,
        refrain::pantoum,
        refrain::triolet,
        refrain::ghazal,
        unrhymed::acrostic,
        unrhymed::haiku,
        unrhymed::tanka,
        stanzaic::limerick,
        stanzaic::sonnet,
        stanzaic::terza_rima,
        stanzaic::named_stanza,
    ];
    tried
        .iter()
        .find_map(|form| form(poem))
        .or_else(|| if poem.rhymed { stanzaic::rhymed(poem) } else { stanzaic::ballad(poem) })
        .unwrap_or_else(|| unrhymed::unrhymed(poem))
}

fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

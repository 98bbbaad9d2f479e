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

/// Names the form of a text.
pub(crate) fn form(poem: &Profile) -> Form {
    let fit = match poem.kind {
        Kind::Verse if !poem.rows.is_empty() => verse_form(poem),
        Kind::Verse | Kind::Empty => layout_form("empty"),
        Kind::ProsePoem => layout_form("prose poem"),
        Kind::Prose => layout_form("prose"),
        Kind::Dialogue => layout_form("dialogue"),
        Kind::List => layout_form("list"),
    };
    Form { name: fit.name.to_owned(), confidence: (fit.confidence * 1000.0).round() / 1000.0, reasons: fit.reasons }
}

fn layout_form(name: &'static str) -> Fit {
    let reason = match name {
        "empty" => "no words",
        "prose poem" => "set as prose, with the diction of verse",
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

//! What a request asked of a text's form, kept beside the text so that adherence is computed and not guessed.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::text::Labels;

/// The form that a request asks for. What is `None` was not asked for, and any answer will do.
///
/// ```
/// let wants = corpus::Wants { form: Some("sonnet".into()), lines: Some(14), ..Default::default() };
/// assert_eq!(corpus::Wants::of_labels(&wants.labels()), wants);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wants {
    /// A form as doggerel names it, or the end of such a name: "sonnet" is kept by a petrarchan sonnet too. Of
    /// several between bars, "common metre|ballad stanzas", any will do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// verse, prose_poem, prose, dialogue or list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// That it rhymes, or that it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rhyme: Option<bool>,
    /// Words of the metre's name, "iambic pentameter"; "free" asks for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metre: Option<String>,
    /// Lines of verse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stanzas: Option<u32>,
    /// The rhyme scheme, "abba abba cde cde".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
}

/// Before the name of each of its fields among labels.
const PREFIX: &str = "wants.";

impl Wants {
    /// True where nothing is asked for, as by "Write a poem."
    pub fn is_empty(&self) -> bool {
        *self == Wants::default()
    }

    /// As labels of a text, `wants.form` …
    pub fn labels(&self) -> Labels {
        let fields = match serde_json::to_value(self) {
            Ok(Value::Object(fields)) => fields,
            _ => Labels::new(),
        };
        fields.into_iter().map(|(name, value)| (format!("{PREFIX}{name}"), value)).collect()
    }

    /// Out of a text's labels; those of another type than they should be are as good as absent.
    pub fn of_labels(labels: &Labels) -> Wants {
        let at = |name: &str| labels.get(&format!("{PREFIX}{name}"));
        let words = |name: &str| at(name).and_then(Value::as_str).map(str::to_string);
        let count = |name: &str| at(name).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
        Wants {
            form: words("form"),
            kind: words("kind"),
            rhyme: at("rhyme").and_then(Value::as_bool),
            metre: words("metre"),
            lines: count("lines"),
            stanzas: count("stanzas"),
            scheme: words("scheme"),
        }
    }
}

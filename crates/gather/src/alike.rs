//! Whether sets were sampled alike.

use measure::{Set, differing_settings};
use serde_json::Value;

use crate::Error;

/// Refuses sets that were sampled differently; where the person insists (`force`), gives the sentence that says so.
///
/// # Errors
/// If a setting differs and `force` is false.
pub fn same_settings(a: &Set, b: &Set, force: bool) -> Result<Option<String>, Error> {
    let differing = differing_settings(a, b);
    let Some((name, x, y)) = differing.first() else { return Ok(None) };
    let (first, second) = (&a.samples.name, &b.samples.name);
    let how = format!("{first} was sampled at {name} {} and {second} at {name} {}", value(x), value(y));
    if force {
        return Ok(Some(format!("{how}: a difference may be the setting's")));
    }
    Err(Error::input(format!("{how}, which alone makes a difference"))
        .with_help("sample both alike, or compare them all the same with --force"))
}

pub(crate) fn value(value: &Value) -> String {
    match value {
        Value::String(words) => words.clone(),
        Value::Array(values) => values.iter().map(self::value).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

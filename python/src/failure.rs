//! Errors of ours as Python's exceptions.

use pyo3::PyErr;
use pyo3::exceptions::{PyOSError, PyRuntimeError, PyValueError};

/// `ValueError` where the input is wrong, `OSError` where the machine failed: the sentence, and the way forward in
/// parentheses.
pub fn exception(error: &gather::Error) -> PyErr {
    let sentence = error.to_string();
    let said = match error.help() {
        Some(help) => format!("{sentence} ({})", in_python(help)),
        None => sentence,
    };
    if error.is_failure() { PyOSError::new_err(said) } else { PyValueError::new_err(said) }
}

pub fn of<E>(error: E) -> PyErr
where
    gather::Error: From<E>,
{
    exception(&gather::Error::from(error))
}

/// A document that could not be written: a mistake of ours.
pub fn mistake(error: impl std::fmt::Display) -> PyErr {
    PyRuntimeError::new_err(error.to_string())
}

/// The way forward, with arguments named as Python names them.
fn in_python(help: &str) -> String {
    help.replace("--field text=NAME, prompt=NAME, id=NAME or model=NAME", "fields={\"text\": NAME, \"prompt\": NAME …}")
        .replace("--field text=NAME", "fields={\"text\": NAME}")
        .replace("--field prompt=NAME", "fields={\"prompt\": NAME}")
        .replace("--against takes", "against takes")
        .replace("--against base.jsonl", "against=base")
        .replace("a base with --against", "a base with against=")
        .replace("--force", "force=True")
}

//! Python's objects as the values that a record has.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};
use serde_json::{Map, Number, Value};

/// Lists within lists that are looked into.
const DEPTH: usize = 16;

/// A record, without the fields that are None or NaN there, as rows of tables have them.
pub fn record(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    Ok(match value(object, DEPTH)? {
        Value::Object(mut fields) => {
            fields.retain(|_, value| !value.is_null());
            Value::Object(fields)
        }
        other => other,
    })
}

fn value(object: &Bound<'_, PyAny>, depth: usize) -> PyResult<Value> {
    if let Ok(text) = object.cast::<PyString>() {
        return Ok(Value::String(text.to_string_lossy().into_owned()));
    }
    if object.is_none() || depth == 0 {
        return Ok(Value::Null);
    }
    if let Ok(fields) = object.cast::<PyDict>() {
        let fields = fields.iter().map(|(name, of)| Ok((name.str()?.to_string(), value(&of, depth - 1)?)));
        return Ok(Value::Object(fields.collect::<PyResult<Map<_, _>>>()?));
    }
    if object.cast::<PyList>().is_ok() || object.cast::<PyTuple>().is_ok() {
        return Ok(Value::Array(object.try_iter()?.map(|of| value(&of?, depth - 1)).collect::<PyResult<_>>()?));
    }
    if let Ok(flag) = object.cast::<PyBool>() {
        return Ok(Value::Bool(flag.is_true()));
    }
    if object.cast::<PyInt>().is_ok() {
        let whole = object.extract::<i64>().map(Number::from).or_else(|_| object.extract::<u64>().map(Number::from));
        return Ok(whole.map_or_else(|_| Value::String(object.to_string()), Value::Number));
    }
    if object.cast::<PyFloat>().is_ok() {
        return Ok(Number::from_f64(object.extract()?).map_or(Value::Null, Value::Number));
    }
    // A number of numpy is one of Python's in a coat.
    match object.call_method0("item") {
        Ok(plain) if !plain.is(object) => value(&plain, depth - 1),
        _ => Ok(Value::String(object.str()?.to_string_lossy().into_owned())),
    }
}

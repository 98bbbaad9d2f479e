//! How much verse a corpus holds: counts, which merge exactly.

use std::collections::BTreeMap;

use ::census::Count;
use gather::CensusPart as Part;
use pyo3::prelude::*;
use serde_json::Value;

use crate::failure::{mistake, of};
use crate::readings::{How, record_values};
use crate::work::run;

/// What was counted of a corpus, or of a part of one. Pickled, it is what goes from one machine to another.
#[pyclass(frozen, eq, module = "doggerel._native")]
#[derive(PartialEq)]
pub struct CensusPart {
    inner: Part,
}

#[pymethods]
impl CensusPart {
    /// Of nothing: what merging begins with.
    #[new]
    fn new() -> Self {
        Self { inner: Part::default() }
    }

    #[staticmethod]
    fn from_json(json: &str) -> PyResult<Self> {
        let inner = serde_json::from_str(json);
        let inner = inner.map_err(|error| of(gather::Error::input(format!("this is no part of a census: {error}"))))?;
        Ok(Self { inner })
    }

    fn to_json(&self) -> PyResult<String> {
        serde_json::to_string(&self.inner).map_err(mistake)
    }

    fn merge(&self, other: &Self) -> Self {
        Self { inner: self.inner.clone().merge(&other.inner) }
    }

    fn __add__(&self, other: &Self) -> Self {
        self.merge(other)
    }

    #[getter]
    fn texts(&self) -> u64 {
        self.inner.census.texts
    }

    #[getter]
    fn bytes(&self) -> u64 {
        self.inner.census.bytes
    }

    #[getter]
    fn words(&self) -> u64 {
        self.inner.census.words
    }

    #[getter]
    fn skipped(&self) -> u64 {
        self.inner.census.skipped
    }

    /// Passages of verse by form.
    #[getter]
    fn forms(&self) -> BTreeMap<String, u64> {
        passages(&self.inner.census.forms)
    }

    /// Passages of verse by metre.
    #[getter]
    fn metres(&self) -> BTreeMap<String, u64> {
        passages(&self.inner.census.metres)
    }

    /// What a person should know of how the records were read, a sentence each.
    #[getter]
    fn notices(&self) -> Vec<String> {
        self.inner.notices.iter().cloned().collect()
    }

    /// What could not be read to its end, a sentence each.
    #[getter]
    fn broken(&self) -> Vec<String> {
        self.inner.broken.clone()
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        Ok((slf.get_type().getattr("from_json")?, (slf.get().to_json()?,)))
    }
}

fn passages(counts: &BTreeMap<String, Count>) -> BTreeMap<String, u64> {
    counts.iter().map(|(name, count)| (name.clone(), count.passages)).collect()
}

/// The verse in a file or a folder.
#[pyfunction]
pub fn count_path(py: Python<'_>, path: String, how: How) -> PyResult<CensusPart> {
    run(py, how.threads, move |watching| {
        let inner = Part::read(gather::open(&path, &how.options()?)?, watching)?;
        Ok(CensusPart { inner })
    })
}

/// The verse in any iterable of strings or dictionaries.
#[pyfunction]
pub fn count_records(py: Python<'_>, records: &Bound<'_, PyAny>, name: String, how: How) -> PyResult<CensusPart> {
    count_values(py, record_values(records)?, name, how)
}

pub fn count_values(py: Python<'_>, values: Vec<Value>, name: String, how: How) -> PyResult<CensusPart> {
    run(py, how.threads, move |watching| {
        let inner = Part::read(corpus::from_values(values, &name, &how.options()?), watching)?;
        Ok(CensusPart { inner })
    })
}

/// The document of a census, as the command writes it.
#[pyfunction]
pub fn census(part: &Bound<'_, CensusPart>, sources: Vec<String>, seed: u64) -> PyResult<String> {
    let report = part.get().inner.report(sources, seed).map_err(of)?;
    Ok(serde_json::to_string(&report).map_err(mistake)? + "\n")
}

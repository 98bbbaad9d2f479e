//! Sums over a set of texts, which merge exactly.

use std::collections::BTreeMap;

use measure::MEASURES;
use pyo3::prelude::*;

use crate::failure::mistake;

#[pyclass(frozen, eq, module = "doggerel._native")]
#[derive(PartialEq)]
pub struct Portrait {
    pub inner: measure::Portrait,
}

#[pymethods]
impl Portrait {
    /// Of nothing: what merging begins with.
    #[new]
    fn new() -> Self {
        Self { inner: measure::Portrait::of([]) }
    }

    #[staticmethod]
    fn from_json(json: &str) -> PyResult<Self> {
        let inner = serde_json::from_str(json);
        Ok(Self {
            inner: inner
                .map_err(|e| gather::Error::input(format!("this is no portrait: {e}")))
                .map_err(crate::failure::of)?,
        })
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
    fn n(&self) -> u64 {
        self.inner.n
    }

    #[getter]
    fn kinds(&self) -> BTreeMap<String, u64> {
        self.inner.kinds.clone()
    }

    #[getter]
    fn forms(&self) -> BTreeMap<String, u64> {
        self.inner.forms.clone()
    }

    #[getter]
    fn metres(&self) -> BTreeMap<String, u64> {
        self.inner.metres.clone()
    }

    #[getter]
    fn schemes(&self) -> BTreeMap<String, u64> {
        self.inner.schemes.clone()
    }

    /// Mean of every measure over the poems; none where there is no poem.
    fn means(&self) -> BTreeMap<&'static str, f64> {
        if self.inner.n == 0 {
            return BTreeMap::new();
        }
        MEASURES.iter().enumerate().map(|(i, measure)| (measure.name, self.inner.mean(i))).collect()
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        Ok((slf.get_type().getattr("from_json")?, (slf.get().to_json()?,)))
    }
}

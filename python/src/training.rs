//! A monitor and a reward, for a trainer in this process.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use ::measure::{Genre, Reference};
use ::training::{DiversityOptions, MonitorOptions, Sample, Standard, genre_of_suite};
use gather::Error;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::failure::exception;
use crate::readings::{Against, Held};
use crate::work::run;

fn told(error: ::training::Error) -> Error {
    match error {
        ::training::Error::Measure(error) => error.into(),
        ::training::Error::Corpus(error) => error.into(),
        ::training::Error::Write { .. } | ::training::Error::Read { .. } => Error::failed(error),
        other => Error::input(other),
    }
}

/// People's works, a file, or readings; of the genre that a suite (or the name of a genre) asks for.
fn standard(base: &Held, suite: Option<&str>) -> Result<Standard, Error> {
    let genre = suite.and_then(|suite| Genre::named(suite).or_else(|| genre_of_suite(suite)));
    match base {
        Held::Name(name) => Standard::open(name, genre).map_err(told),
        Held::Set(set) => {
            let samples = set.samples.clone();
            let mut reference = Reference::from_readings(&samples.name, samples.readings.clone())?;
            reference.genre = genre.unwrap_or(reference.genre);
            let texts = reference.readings.iter().all(|r| r.has_text());
            Ok(Standard { reference, samples: texts.then_some(samples) })
        }
    }
}

#[pyclass(frozen, module = "doggerel._native")]
pub struct Monitor {
    inner: Arc<::training::Monitor>,
}

#[pymethods]
impl Monitor {
    #[new]
    fn new(
        py: Python<'_>,
        base: Against,
        suite: Option<String>,
        seed: u64,
        prefix: String,
        keep: Option<PathBuf>,
        historical: bool,
    ) -> PyResult<Self> {
        let base = base.held();
        run(py, None, move |_| {
            let options = MonitorOptions { seed, prefix, keep, historical };
            let monitor = ::training::Monitor::new(standard(&base, suite.as_deref())?, options).map_err(told)?;
            Ok(Self { inner: Arc::new(monitor) })
        })
    }

    fn keys(&self) -> Vec<String> {
        self.inner.keys()
    }

    fn log(
        &self,
        py: Python<'_>,
        step: u64,
        prompts: Vec<String>,
        texts: Vec<String>,
    ) -> PyResult<BTreeMap<String, f64>> {
        let monitor = Arc::clone(&self.inner);
        run(py, None, move |_| monitor.log(step, &prompts, &texts).map_err(told))
    }
}

#[pyclass(frozen, module = "doggerel._native")]
pub struct Diversity {
    inner: Arc<::training::Diversity>,
}

/// What a text earns, and why: reward, on_task, form, content, copied.
type Earned = (f64, f64, Option<f64>, Option<f64>, f64);

#[pymethods]
impl Diversity {
    #[new]
    #[expect(clippy::too_many_arguments, reason = "the arguments of the Python class, in their order")]
    fn new(
        py: Python<'_>,
        reference: Against,
        suite: Option<String>,
        window: usize,
        form: f64,
        content: Option<f64>,
        prior: f64,
        clip: f64,
        historical: bool,
    ) -> PyResult<Self> {
        let reference = reference.held();
        run(py, None, move |_| {
            let options =
                DiversityOptions { window, form, content, prior, clip, historical, ..DiversityOptions::default() };
            let reward = ::training::Diversity::new(standard(&reference, suite.as_deref())?, options).map_err(told)?;
            Ok(Self { inner: Arc::new(reward) })
        })
    }

    fn score(&self, py: Python<'_>, samples: Vec<(Option<String>, String)>) -> PyResult<Vec<Earned>> {
        let reward = Arc::clone(&self.inner);
        run(py, None, move |_| {
            let samples: Vec<Sample> = samples.into_iter().map(|(prompt, text)| Sample { prompt, text }).collect();
            Ok(reward.score(&samples).iter().map(|s| (s.reward, s.on_task, s.form, s.content, s.copied)).collect())
        })
    }

    /// Outputs that the window holds, and texts scored since the beginning.
    fn counts(&self) -> (usize, u64) {
        (self.inner.window_len(), self.inner.scored())
    }

    fn snapshot<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let reward = Arc::clone(&self.inner);
        PyBytes::new(py, &py.detach(move || reward.snapshot()))
    }

    fn restore(&self, py: Python<'_>, bytes: Vec<u8>) -> PyResult<()> {
        let reward = Arc::clone(&self.inner);
        py.detach(move || reward.restore(&bytes)).map_err(|error| exception(&told(error)))
    }
}

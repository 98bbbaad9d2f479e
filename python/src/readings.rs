//! Texts, read.

use std::borrow::Cow;
use std::sync::Arc;

use corpus::{Fields, Options};
use gather::{Along, Error, Gathered, Part};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sampling::Suite;
use serde_json::{Value, json};

use crate::failure::{mistake, of};
use crate::portrait::Portrait;
use crate::value::record;
use crate::work::{Watching, run};

/// A set of texts that were read, as `doggerel.read` gives them. What is measured is measured of this, and what is read
/// once can be measured many times. Pickled, it is what a part of a set on another machine is.
#[pyclass(frozen, module = "doggerel._native")]
pub struct Readings {
    pub gathered: Arc<Gathered>,
    /// A part may be merged with others.
    part: Option<Arc<Part>>,
    pub notices: Vec<String>,
}

impl Readings {
    pub fn new(gathered: Gathered, watching: &mut Watching) -> Self {
        let notices = std::mem::take(&mut watching.notices);
        Self { gathered: Arc::new(gathered), part: None, notices }
    }

    pub fn part(part: Part) -> Self {
        Self { gathered: Arc::new(Gathered::default()), part: Some(Arc::new(part)), notices: Vec::new() }
    }
}

#[pymethods]
impl Readings {
    /// Of `to_bytes`: a part of a set.
    #[staticmethod]
    fn from_bytes(bytes: Vec<u8>) -> PyResult<Self> {
        Ok(Self::part(Part::from_bytes(bytes).map_err(of)?))
    }

    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let part = self.part.as_ref().ok_or_else(|| mistake("only a part of a set is written as bytes"))?;
        let part = Arc::clone(part);
        let bytes = py.detach(move || part.to_bytes()).map_err(of)?;
        Ok(PyBytes::new(py, &bytes))
    }

    fn __len__(&self) -> usize {
        self.part.as_ref().map_or(self.gathered.samples.readings.len(), |part| part.len())
    }

    /// What the set is called in reports.
    #[getter]
    fn name(&self) -> &str {
        &self.gathered.samples.name
    }

    /// What a person should know of how the source was read, a sentence each.
    #[getter]
    fn notices(&self) -> Vec<String> {
        self.notices.clone()
    }

    /// How the texts were sampled, and which records were left out, as JSON.
    fn about(&self) -> String {
        json!({"settings": self.gathered.given, "skipped": self.gathered.samples.skipped}).to_string()
    }

    /// What all the verse in it is like.
    fn portrait(&self) -> Portrait {
        let readings = self.part.as_ref().map_or(self.gathered.samples.readings.as_slice(), |part| part.readings());
        Portrait { inner: measure::Portrait::of(readings) }
    }

    /// The readings as JSON, one object a text: id, kind, form, scheme, metre, rhymed, lines, stanzas, words.
    fn summaries(&self, py: Python<'_>) -> String {
        let gathered = Arc::clone(&self.gathered);
        py.detach(move || {
            let of = |r: &measure::Reading| {
                json!({
                    "id": r.id, "kind": r.kind, "form": r.form_name, "scheme": r.scheme, "metre": r.metre, "rhymed": r.rhymed,
                    "lines": r.lines, "stanzas": r.stanzas, "words": r.words,
                })
            };
            Value::Array(gathered.samples.readings.iter().map(of).collect()).to_string()
        })
    }
}

/// How texts are read.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct How {
    fields: Vec<String>,
    strict: bool,
    format: Option<String>,
    by: Option<String>,
    suite: Option<String>,
    part: bool,
    pub threads: Option<usize>,
}

impl How {
    pub fn options(&self) -> Result<Options, Error> {
        Ok(Options {
            fields: Fields::parse(&self.fields)?,
            format: self.format.as_deref().map(str::parse).transpose()?,
            strict: self.strict,
            repeated_ids: self.part,
            ..Options::default()
        })
    }
}

/// A file, a folder, a run, or stored readings.
#[pyfunction]
pub fn read_path(py: Python<'_>, path: String, how: How) -> PyResult<Readings> {
    run(py, how.threads, move |watching| {
        let suite = how.suite.as_deref().map(Suite::open).transpose()?;
        let along = Along { field: how.by.as_deref(), suite: suite.as_ref() };
        Ok(Readings::new(gather::gather(&along, &path, &how.options()?, watching)?, watching))
    })
}

/// Any iterable of strings or dictionaries. It is gone through here, while the interpreter is held; the reading is not.
#[pyfunction]
pub fn read_records(py: Python<'_>, records: &Bound<'_, PyAny>, name: String, how: How) -> PyResult<Readings> {
    read_values(py, record_values(records)?, name, how)
}

/// Records as values, while the interpreter is held.
pub fn record_values(records: &Bound<'_, PyAny>) -> PyResult<Vec<Value>> {
    records.try_iter()?.map(|of| record(&of?)).collect()
}

pub fn read_values(py: Python<'_>, values: Vec<Value>, name: String, how: How) -> PyResult<Readings> {
    run(py, how.threads, move |watching| {
        let suite = how.suite.as_deref().map(Suite::open).transpose()?;
        let along = Along { field: how.by.as_deref(), suite: suite.as_ref() };
        let texts = corpus::from_values(values, &name, &how.options()?);
        if how.part {
            return Ok(Readings::part(Part::read(&along, texts, watching)?));
        }
        Ok(Readings::new(gather::gather_texts(&along, &name, texts, watching)?, watching))
    })
}

/// The set that parts are together, in their order.
#[pyfunction]
pub fn merge(py: Python<'_>, parts: Vec<Py<Readings>>) -> PyResult<Readings> {
    let parts = parts.iter().map(|part| part.get().part.clone()).collect::<Option<Vec<_>>>();
    let parts = parts.ok_or_else(|| mistake("only parts are merged"))?;
    run(py, None, move |watching| {
        let whole = parts.iter().fold(Part::default(), |whole, part| whole.merge(Part::clone(part)));
        watching.notices.extend(whole.notices().to_vec());
        Ok(Readings::new(whole.finish()?, watching))
    })
}

/// What samples are held against.
#[derive(FromPyObject)]
pub enum Against {
    Readings(Py<Readings>),
    Name(String),
}

impl Against {
    /// The readings in it, so that the interpreter need not be asked again.
    pub fn held(self) -> Held {
        match self {
            Self::Readings(readings) => Held::Set(Arc::clone(&readings.get().gathered)),
            Self::Name(name) => Held::Name(name),
        }
    }
}

/// The same, free of the interpreter.
pub enum Held {
    Set(Arc<Gathered>),
    Name(String),
}

impl Held {
    /// The reference: a set of the person's own, a file, or a shipped atlas (for `human` that which the samples are).
    pub fn reference(
        &self,
        samples: &[measure::Reading],
        watching: &mut Watching,
    ) -> Result<Cow<'static, measure::Reference>, Error> {
        match self {
            Self::Set(set) => {
                let samples = &set.samples;
                Ok(Cow::Owned(measure::Reference::from_readings(&samples.name, samples.readings.clone())?))
            }
            Self::Name(name) => match gather::own_reference(name, &Options::default(), watching)? {
                Some(own) => Ok(Cow::Owned(own)),
                None => Ok(Cow::Borrowed(measure::Reference::shipped_for(name, samples)?)),
            },
        }
    }
}

//! What is measured, as JSON documents, and their renderings.

use std::sync::Arc;

use ::measure::{Base, Comparison, Gate, GateSettings, Grouping, Rule, Set, SetComparison, Settings, Track};
use gather::{Error, Gathered, same_settings};
use pyo3::prelude::*;
use report::{Html, Json, Renderer, Terminal};
use serde::de::DeserializeOwned;

use crate::failure::{mistake, of};
use crate::readings::{Against, Held, Readings};
use crate::work::run;

/// What pictures need beside the numbers of a comparison.
#[pyclass(frozen, module = "doggerel._native")]
pub struct Evidence {
    inner: Arc<::measure::Evidence>,
}

#[pymethods]
impl Evidence {
    #[staticmethod]
    fn from_json(json: &str) -> PyResult<Self> {
        Ok(Self { inner: Arc::new(parsed(json)?) })
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        let json = serde_json::to_string(&*slf.get().inner).map_err(mistake)?;
        Ok((slf.get_type().getattr("from_json")?, (json,)))
    }
}

/// The document as the command writes it.
fn written<T: serde::Serialize>(document: &T) -> Result<String, Error> {
    let mut out = Vec::new();
    Json.document(document, &mut out).map_err(Error::failed)?;
    String::from_utf8(out).map_err(Error::failed)
}

/// One set held against a reference: the document, and the evidence.
#[pyfunction]
#[pyo3(signature = (samples, against, seed, peers, by, threads))]
pub fn measure(
    py: Python<'_>,
    samples: &Bound<'_, Readings>,
    against: Against,
    seed: u64,
    peers: bool,
    by: Option<String>,
    threads: Option<usize>,
) -> PyResult<(String, Evidence)> {
    let (samples, against) = (Arc::clone(&samples.get().gathered), against.held());
    run(py, threads, move |watching| {
        let readings = &samples.samples.readings;
        if readings.len() == 1 {
            return Err(Error::input("the samples are one text, and what is measured is a set")
                .with_help("give 20 and more, 256 give narrow intervals; doggerel.scan reads a poem"));
        }
        let reference = against.reference(readings, watching)?;
        let by = by.map(|field| samples.keys_of(&field).map(|keys| Grouping { field, keys })).transpose()?;
        let settings = Settings {
            seed,
            given: samples.given.clone(),
            peers,
            by,
            asked: samples.asked.clone(),
            ..Settings::default()
        };
        let (comparison, evidence) = ::measure::compare(&samples.samples, &reference, &settings)?;
        Ok((written(&comparison)?, Evidence { inner: Arc::new(evidence) }))
    })
}

fn as_set(gathered: &Gathered) -> Set<'_> {
    Set { samples: &gathered.samples, settings: &gathered.given }
}

/// Two or more sets against each other, each with its name.
#[pyfunction]
pub fn compare(
    py: Python<'_>,
    sets: Vec<(String, Py<Readings>)>,
    against: Against,
    seed: u64,
    force: bool,
    threads: Option<usize>,
) -> PyResult<(String, Vec<String>)> {
    let (sets, against) = (named(sets), against.held());
    run(py, threads, move |watching| {
        let sets: Vec<Set> = sets.iter().map(as_set).collect();
        let mut notes = Vec::new();
        for (i, a) in sets.iter().enumerate() {
            for b in &sets[i + 1..] {
                notes.extend(same_settings(a, b, force)?);
            }
        }
        // As for the command, `human` is people's poems where there is no one set whose genre it could be.
        let against = against.reference(&[], watching)?;
        Ok((written(&::measure::compare_sets(&sets, Some(&against), seed, &::measure::Progress::default())?)?, notes))
    })
}

fn named(sets: Vec<(String, Py<Readings>)>) -> Vec<Gathered> {
    let named = |(name, set): (String, Py<Readings>)| {
        let mut set = Gathered::clone(&set.get().gathered);
        set.samples.name = name;
        set
    };
    sets.into_iter().map(named).collect()
}

/// How a gate decides.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Deciding {
    seed: u64,
    delta: f64,
    looks: usize,
    rules: Vec<String>,
    force: bool,
    threads: Option<usize>,
}

impl Deciding {
    fn settings(&self) -> Result<GateSettings, Error> {
        if !(self.delta > 0.0 && self.delta < 1.0) {
            return Err(Error::input(format!("delta={} is no share that may be lost", self.delta))
                .with_help("give a number between 0 and 1; 0.2 is usual"));
        }
        if self.looks == 0 {
            return Err(Error::input("looks=0 never looks").with_help("give the number of looks that are planned"));
        }
        let rules = self.rules.iter().map(|rule| rule.parse::<Rule>()).collect::<Result<_, _>>()?;
        Ok(GateSettings { seed: self.seed, delta: self.delta, looks: self.looks, rules, ..GateSettings::default() })
    }
}

/// Whether samples have lost variety against a base.
#[pyfunction]
pub fn gate(
    py: Python<'_>,
    samples: &Bound<'_, Readings>,
    against: Against,
    deciding: Deciding,
) -> PyResult<(String, Vec<String>)> {
    let (samples, against) = (Arc::clone(&samples.get().gathered), against.held());
    run(py, deciding.threads, move |watching| {
        let settings = deciding.settings()?;
        let (mut notes, set) = (Vec::new(), as_set(&samples));
        let base = match &against {
            Held::Set(base) => {
                notes.extend(same_settings(&set, &as_set(base), deciding.force)?);
                Some(&base.samples)
            }
            Held::Name(_) => None,
        };
        let reference = against.reference(&[], watching)?;
        let answer = ::measure::gate(&samples.samples, &Base { reference: &reference, samples: base }, &settings)?;
        Ok((written(&answer)?, notes))
    })
}

/// A series of checkpoints, each with its name.
#[pyfunction]
pub fn track(
    py: Python<'_>,
    runs: Vec<(String, Py<Readings>)>,
    base: Option<&Bound<'_, Readings>>,
    deciding: Deciding,
) -> PyResult<(String, Vec<String>)> {
    let base = base.map(|base| Arc::clone(&base.get().gathered));
    let runs = named(runs);
    run(py, deciding.threads, move |_| {
        let settings = deciding.settings()?;
        let mut notes = Vec::new();
        if let Some(first) = base.as_deref().or(runs.first()) {
            for run in &runs {
                notes.extend(same_settings(&as_set(run), &as_set(first), true)?);
            }
        }
        let checkpoints: Vec<_> = runs.iter().map(gather::checkpoint).collect();
        let track = ::measure::track(&checkpoints, base.as_ref().map(|base| &base.samples), &settings)?;
        Ok((written(&track)?, notes))
    })
}

fn parsed<T: DeserializeOwned>(json: &str) -> PyResult<T> {
    serde_json::from_str(json).map_err(|error| of(Error::input(format!("this is no document of doggerel's: {error}"))))
}

/// The report as one HTML page.
#[pyfunction]
#[pyo3(signature = (document, evidence, date))]
pub fn html(py: Python<'_>, document: &str, evidence: Option<&Bound<'_, Evidence>>, date: String) -> PyResult<String> {
    let evidence = evidence.map(|evidence| Arc::clone(&evidence.get().inner)).unwrap_or_default();
    rendered(py, document, Shape::Page(Html { date: Some(date), again: None }, evidence))
}

/// The report as a terminal shows it.
#[pyfunction]
pub fn text(py: Python<'_>, document: &str, colour: bool, width: usize) -> PyResult<String> {
    rendered(py, document, Shape::Screen(Terminal { colour, width, page: None, again: None }))
}

enum Shape {
    Page(Html, Arc<::measure::Evidence>),
    Screen(Terminal),
}

fn rendered(py: Python<'_>, document: &str, shape: Shape) -> PyResult<String> {
    #[derive(serde::Deserialize)]
    struct Head {
        schema: String,
    }
    let head: Head = parsed(document)?;
    let mut out = Vec::new();
    let nothing = ::measure::Evidence::default();
    let done = match (head.schema.as_str(), shape) {
        ("doggerel.measure/1", shape) => {
            let comparison: Comparison = parsed(document)?;
            py.detach(|| match &shape {
                Shape::Page(page, evidence) => page.render(&comparison, evidence, &mut out),
                Shape::Screen(screen) => screen.render(&comparison, &nothing, &mut out),
            })
        }
        ("doggerel.compare/1", shape) => {
            let sets: SetComparison = parsed(document)?;
            match shape {
                Shape::Page(page, _) => page.sets(&sets, &mut out),
                Shape::Screen(screen) => screen.sets(&sets, &mut out),
            }
        }
        ("doggerel.track/1", shape) => {
            let track: Track = parsed(document)?;
            match shape {
                Shape::Page(page, _) => page.track(&track, &mut out),
                Shape::Screen(screen) => screen.track(&track, &mut out),
            }
        }
        ("doggerel.gate/1", Shape::Screen(screen)) => screen.gate(&parsed(document)?, &mut out),
        ("doggerel.census/1", Shape::Screen(screen)) => screen.census(&parsed(document)?, &mut out),
        (schema, _) => return Err(of(Error::input(format!("there is no such report of {schema}")))),
    };
    done.map_err(mistake)?;
    String::from_utf8(out).map_err(mistake)
}

/// A gate's answer as JUnit XML.
#[pyfunction]
pub fn junit(document: &str) -> PyResult<String> {
    Ok(report::junit(&parsed::<Gate>(document)?))
}

/// A gate's answer as annotations of GitHub.
#[pyfunction]
pub fn github(document: &str) -> PyResult<String> {
    Ok(report::github(&parsed::<Gate>(document)?))
}

//! The native half of the Python package: it turns what Python has into texts, calls `gather`, `measure` and `report`, and hands
//! documents back as JSON. What a person sees of it, and documents, is `doggerel/` beside this folder.
//!
//! Every call that reads or measures lets go of the interpreter's lock, works in a pool of its own (a process that was
//! forked gets a new one) and looks for Ctrl-C several times a second. What is wrong with an argument is a `ValueError`
//! with one sentence and the way forward; what failed is a `RuntimeError`.

#[cfg(feature = "arrow")]
mod arrow;
mod census;
mod documents;
mod failure;
mod portrait;
mod readings;
mod sound;
mod training;
mod value;
mod work;

use pyo3::prelude::*;

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<readings::Readings>()?;
    module.add_class::<portrait::Portrait>()?;
    module.add_class::<census::CensusPart>()?;
    module.add_class::<documents::Evidence>()?;
    module.add_class::<training::Monitor>()?;
    module.add_class::<training::Diversity>()?;
    #[cfg(feature = "arrow")]
    module.add_class::<arrow::ArrowReadings>()?;
    for function in [
        wrap_pyfunction!(readings::read_path, module)?,
        wrap_pyfunction!(readings::read_records, module)?,
        wrap_pyfunction!(readings::merge, module)?,
        wrap_pyfunction!(census::count_path, module)?,
        wrap_pyfunction!(census::count_records, module)?,
        wrap_pyfunction!(census::census, module)?,
        wrap_pyfunction!(documents::measure, module)?,
        wrap_pyfunction!(documents::compare, module)?,
        wrap_pyfunction!(documents::gate, module)?,
        wrap_pyfunction!(documents::track, module)?,
        wrap_pyfunction!(documents::html, module)?,
        wrap_pyfunction!(documents::text, module)?,
        wrap_pyfunction!(documents::junit, module)?,
        wrap_pyfunction!(documents::github, module)?,
        wrap_pyfunction!(sound::scan, module)?,
        wrap_pyfunction!(sound::rhyme, module)?,
        wrap_pyfunction!(sound::rhymes, module)?,
        wrap_pyfunction!(sound::say, module)?,
    ] {
        module.add_function(function)?;
    }
    #[cfg(feature = "arrow")]
    for function in [wrap_pyfunction!(arrow::read_arrow, module)?, wrap_pyfunction!(arrow::count_arrow, module)?] {
        module.add_function(function)?;
    }
    Ok(())
}

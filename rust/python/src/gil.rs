//! The one door out of the GIL: work runs detached, a panic becomes `InternalError`, an error becomes its exception.
//! No other module of this crate calls `Python::detach`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hyg_base::patience::watched;
use hyg_base::{Error, Result};
use pyo3::prelude::*;

use crate::callback::Signals;

/// Runs `work` without the GIL; it may be interrupted by signals wherever it asks.
pub(crate) fn detached<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T> + Send,
) -> PyResult<T> {
    py.detach(|| watched(&Signals, || guarded(work)))
        .map_err(|error| crate::error::to_python(py, &error))
}

/// Runs short `work` with the GIL held (below a millisecond).
pub(crate) fn attached<T>(py: Python<'_>, work: impl FnOnce() -> Result<T>) -> PyResult<T> {
    guarded(work).map_err(|error| crate::error::to_python(py, &error))
}

fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let said = panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "panic".to_owned());
        Err(Error::new(hyg_base::ErrorId::Internal).with("problem", said))
    })
}

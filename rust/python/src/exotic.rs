//! Patterns that only Python's `re` can express (look-around, back-references), behind the matcher's narrow trait.
//! Everything else is matched in Rust; this door is opened for such a pattern only.

use hyg_base::{Error, ErrorId, Result};
use hyg_core::matcher::{ExoticFn, ExoticRegex};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// Python's `re` on bytes, which is stopped when it takes too long.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PythonRegex;

impl ExoticRegex for PythonRegex {
    fn compile(&self, pattern: &[u8]) -> Result<ExoticFn> {
        let matcher: Py<PyAny> = Python::attach(|py| {
            let compiled = py
                .import("hydrargyrum.patience")?
                .call_method1("Expression", (PyBytes::new(py, pattern),))?;
            Ok::<_, PyErr>(compiled.getattr("match")?.unbind())
        })
        .map_err(|error| {
            let said = Python::attach(|py| error.value(py).to_string());
            Error::new(ErrorId::InvalidPattern)
                .with("pattern", pattern)
                .with("problem", said)
        })?;
        Ok(Box::new(move |path: &[u8]| {
            Python::attach(|py| {
                let found = matcher.call1(py, (PyBytes::new(py, path),))?;
                Ok(!found.is_none(py))
            })
            .map_err(crate::callback::keep)
        }))
    }
}

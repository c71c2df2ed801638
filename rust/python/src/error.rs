//! The only map from Rust errors to Python exceptions: by id, to the classes that `hydrargyrum.errors` declares.
//! Sentences, hints and exit codes are declared there; nothing is worded here.

use hyg_base::{Error, Fact, Warning};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyString};

static CLASSES: PyOnceLock<Py<PyDict>> = PyOnceLock::new();
static WARNING: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// Decodes bytes as Python's `surrogateescape` does, so that every byte survives.
pub(crate) fn text<'py>(py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyString>> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(PyString::new(py, text)),
        Err(_) => PyString::from_encoded_object(
            pyo3::types::PyBytes::new(py, bytes).as_any(),
            Some(c"utf-8"),
            Some(c"surrogateescape"),
        ),
    }
}

/// Encodes a Python string as `surrogateescape` does.
pub(crate) fn bytes_of(text: &Bound<'_, PyString>) -> PyResult<Vec<u8>> {
    if let Ok(plain) = text.to_str() {
        return Ok(plain.as_bytes().to_vec());
    }
    let encoded = text.call_method1("encode", ("utf-8", "surrogateescape"))?;
    encoded.extract::<Vec<u8>>()
}

pub(crate) fn facts<'py>(
    py: Python<'py>,
    facts: &[(&'static str, Fact)],
) -> PyResult<Bound<'py, PyDict>> {
    let out = PyDict::new(py);
    for (name, fact) in facts {
        match fact {
            Fact::Bytes(bytes) => out.set_item(name, text(py, bytes)?)?,
            Fact::Int(number) => out.set_item(name, number)?,
        }
    }
    Ok(out)
}

/// The exception for an error. A pending `KeyboardInterrupt` travels as itself.
pub(crate) fn to_python(py: Python<'_>, error: &Error) -> PyErr {
    build(py, error).unwrap_or_else(|failed| failed)
}

fn build(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    if error.id() == hyg_base::ErrorId::Interrupted {
        if let Some(pending) = crate::callback::kept_for(error) {
            return Ok(pending);
        }
        return Ok(pyo3::exceptions::PyKeyboardInterrupt::new_err(()));
    }
    let classes = CLASSES.get_or_try_init(py, || {
        let table = py.import("hydrargyrum.errors")?.call_method0("by_id")?;
        Ok::<_, PyErr>(table.cast_into::<PyDict>()?.unbind())
    })?;
    let class = classes.bind(py).as_any().get_item(error.id().as_str())?;
    let instance = class.call((), Some(&facts(py, error.facts())?))?;
    Ok(PyErr::from_value(instance))
}

/// The `EngineWarning` for a warning.
pub(crate) fn warning<'py>(py: Python<'py>, warning: &Warning) -> PyResult<Bound<'py, PyAny>> {
    let class = WARNING.get_or_try_init(py, || {
        Ok::<_, PyErr>(
            py.import("hydrargyrum.errors")?
                .getattr("EngineWarning")?
                .unbind(),
        )
    })?;
    class
        .bind(py)
        .call1((warning.id, facts(py, &warning.facts)?))
}

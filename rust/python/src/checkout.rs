//! `Repository.checkout`: a plan is read, `hyg-core` carries it out; how the files look then stays in Rust.
//! What is in the plan was decided by the caller.

use std::sync::Arc;

use hyg_base::{Node, RepoPathBuf, Warning};
use hyg_core::ops::checkout::{CheckoutOutcome, CheckoutRequest, FileToWrite, checkout, plan_move};
use hyg_core::worktree::dirstate::Written;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString, PyTuple};

use crate::callback::PythonInterrupt;
use crate::editing::WrittenFiles;
use crate::engine::{Repository, node_of};
use crate::error::{bytes_of, warning};
use crate::gil::detached;

/// What was done; implements `engine.writing.CheckoutOutcome`.
#[pyclass(frozen, module = "hydrargyrum._native")]
pub(crate) struct NativeCheckoutOutcome {
    written: usize,
    flagged: usize,
    stamps: Arc<Written>,
    warnings: Vec<Warning>,
}

impl From<CheckoutOutcome> for NativeCheckoutOutcome {
    fn from(outcome: CheckoutOutcome) -> Self {
        NativeCheckoutOutcome {
            written: outcome.written,
            flagged: outcome.flagged,
            stamps: Arc::new(outcome.stamps),
            warnings: outcome.warnings,
        }
    }
}

#[pymethods]
impl NativeCheckoutOutcome {
    #[getter]
    fn written(&self) -> usize {
        self.written
    }

    #[getter]
    fn flagged(&self) -> usize {
        self.flagged
    }

    #[getter]
    fn removed(&self) -> usize {
        self.stamps.removed.len()
    }

    #[getter]
    fn stamps(&self) -> WrittenFiles {
        WrittenFiles {
            written: self.stamps.clone(),
        }
    }

    #[getter]
    fn warnings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let all: PyResult<Vec<_>> = self.warnings.iter().map(|each| warning(py, each)).collect();
        PyTuple::new(py, all?)
    }
}

/// A plan for `checkout` that was made here, so that no file of it becomes an object.
#[pyclass(frozen, module = "hydrargyrum._native")]
pub(crate) struct NativeMovePlan {
    request: Arc<CheckoutRequest>,
}

#[pymethods]
impl NativeMovePlan {
    fn __len__(&self) -> usize {
        self.request.remove.len() + self.request.write.len() + self.request.set_flags.len()
    }
}

fn path_in(value: &Bound<'_, PyAny>) -> PyResult<RepoPathBuf> {
    Ok(RepoPathBuf::new(bytes_of(value.cast::<PyString>()?)?))
}

fn flag_in(value: &Bound<'_, PyAny>) -> PyResult<Option<u8>> {
    match value.extract::<&str>()? {
        "" => Ok(None),
        "x" => Ok(Some(b'x')),
        "l" => Ok(Some(b'l')),
        _ => Err(PyValueError::new_err("flags are \"\", \"x\" or \"l\"")),
    }
}

fn request_of(plan: &Bound<'_, PyAny>) -> PyResult<CheckoutRequest> {
    let mut request = CheckoutRequest {
        keep_directories: plan.getattr("keep_directories")?.extract()?,
        ..CheckoutRequest::default()
    };
    for path in plan.getattr("remove")?.try_iter()? {
        request.remove.push(path_in(&path?)?);
    }
    let data = plan.getattr("data")?.cast_into::<PyDict>()?;
    for item in plan.getattr("write")?.try_iter()? {
        let item = item?;
        let item = item.cast::<PyTuple>()?;
        let path = item.get_item(0)?;
        let data = data.get_item(&path)?;
        let data = data.map(|data| data.extract::<Vec<u8>>()).transpose()?;
        request.write.push(FileToWrite {
            path: path_in(&path)?,
            node: match data {
                Some(_) => Node::NULL,
                None => node_of(item.get_item(1)?.cast::<PyBytes>()?.as_bytes())?,
            },
            flag: flag_in(&item.get_item(2)?)?,
            data,
        });
    }
    for item in plan.getattr("set_flags")?.try_iter()? {
        let item = item?;
        let item = item.cast::<PyTuple>()?;
        let path = path_in(&item.get_item(0)?)?;
        request.set_flags.push((path, flag_in(&item.get_item(1)?)?));
    }
    Ok(request)
}

#[pymethods]
impl Repository {
    fn checkout(&self, py: Python<'_>, plan: &Bound<'_, PyAny>) -> PyResult<NativeCheckoutOutcome> {
        let request = match plan.cast::<NativeMovePlan>() {
            Ok(plan) => plan.get().request.clone(),
            Err(_) => Arc::new(request_of(plan)?),
        };
        let repo = self.current(py)?;
        let reporter = self.reporter.clone();
        let outcome = detached(py, move || {
            checkout(&repo, &request, &*reporter, &PythonInterrupt(&reporter))
        })?;
        Ok(outcome.into())
    }

    /// What takes a clean working copy from one revision to another; `None` where something is in the way.
    #[pyo3(signature = (first, second, *, keep_directories = false))]
    fn plan_move(
        &self,
        py: Python<'_>,
        first: i64,
        second: i64,
        keep_directories: bool,
    ) -> PyResult<Option<NativeMovePlan>> {
        let repo = self.current(py)?;
        let (first, second) = (
            Repository::checked(&repo, first)?,
            Repository::checked(&repo, second)?,
        );
        let plan = detached(py, || plan_move(&repo, first, second))?;
        Ok(plan.map(|mut request| {
            request.keep_directories = keep_directories;
            NativeMovePlan {
                request: Arc::new(request),
            }
        }))
    }
}

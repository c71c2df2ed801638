//! Ancestor sets as lazy Python sets: membership and iteration walk only as far as somebody asks.
//! The set algebra (`&`, `|`, comparison) comes from `collections.abc.Set` on the Python side.

use std::sync::{Arc, Mutex};

use hyg_base::{Error, Result, Rev};
use hyg_core::graph::{Ancestors, Graph, LazyAncestors};
use hyg_core::repo::Repo;
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;

use crate::engine::Repository;

/// The history of an opened repository, shared between threads.
#[derive(Clone)]
pub(crate) struct SharedGraph(Arc<Repo>);

impl Graph for SharedGraph {
    fn parents(&self, rev: Rev) -> Result<[Rev; 2]> {
        self.0.changelog()?.parents(rev)
    }

    fn len(&self) -> usize {
        self.0.changelog().map_or(0, Graph::len)
    }
}

fn poisoned<T>(_: T) -> Error {
    Error::internal("an ancestor walk panicked before")
}

/// The ancestors of some revisions; iteration descends. Made by `Repository.ancestors`.
#[pyclass(frozen, subclass, module = "hydrargyrum._native")]
pub(crate) struct AncestorWalk {
    lazy: Mutex<LazyAncestors<SharedGraph>>,
    len: Mutex<Option<usize>>,
}

#[pymethods]
impl AncestorWalk {
    #[new]
    fn of(
        py: Python<'_>,
        repository: &Repository,
        revs: Vec<i64>,
        inclusive: bool,
    ) -> PyResult<Self> {
        let graph = SharedGraph(repository.current(py)?);
        let count = graph.len() as i64;
        let mut checked = Vec::with_capacity(revs.len());
        for rev in revs {
            if rev < -1 || rev >= count {
                return Err(PyIndexError::new_err(format!(
                    "revision {rev} is out of range"
                )));
            }
            checked.push(Rev(rev as i32));
        }
        crate::gil::attached(py, || {
            Ok(AncestorWalk {
                lazy: Mutex::new(LazyAncestors::new(
                    graph.clone(),
                    checked,
                    Rev(0),
                    inclusive,
                )?),
                len: Mutex::new(None),
            })
        })
    }

    fn __contains__(&self, py: Python<'_>, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        let Ok(rev) = value.extract::<i32>() else {
            return Ok(false);
        };
        crate::gil::detached(py, || {
            self.lazy.lock().map_err(poisoned)?.contains(Rev(rev))
        })
    }

    fn __iter__(&self, py: Python<'_>) -> PyResult<AncestorIterator> {
        let walk = crate::gil::attached(py, || self.lazy.lock().map_err(poisoned)?.iter())?;
        Ok(AncestorIterator {
            walk: Mutex::new(walk),
        })
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        crate::gil::detached(py, || {
            let mut known = self.len.lock().map_err(poisoned)?;
            if let Some(len) = *known {
                return Ok(len);
            }
            let mut walk = self.lazy.lock().map_err(poisoned)?.iter()?;
            let mut len = 0;
            while walk.advance()?.is_some() {
                len += 1;
            }
            *known = Some(len);
            Ok(len)
        })
    }
}

/// One walk over an ancestor set.
#[pyclass(frozen, module = "hydrargyrum._native")]
pub(crate) struct AncestorIterator {
    walk: Mutex<Ancestors<SharedGraph>>,
}

#[pymethods]
impl AncestorIterator {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<i32>> {
        let next: Result<Option<Rev>> = self
            .walk
            .lock()
            .map_err(poisoned)
            .and_then(|mut walk| walk.advance());
        next.map(|rev| rev.map(|rev| rev.0))
            .map_err(|error| crate::error::to_python(py, &error))
    }
}

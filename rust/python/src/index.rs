//! The revision index as a lazy Python sequence, an Arrow table and a C table for native code of other packages.
//! Reading revlogs belongs to `hyg-store`.

use std::sync::Arc;

use hyg_base::{Node, Rev};
use hyg_core::repo::Repo;
use hyg_core::store::changelog::Changelog;
use hyg_core::store::revlog::Revlog;
use pyo3::exceptions::{PyIndexError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyList, PySlice};

use crate::arrow::{Column, Table};
use crate::engine::Repository;
use crate::error::to_python;
use crate::paths::normal_index;

static ENTRY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// A snapshot of the changelog's index; `engine.native` adds the mixin methods of `Sequence`.
#[pyclass(frozen, subclass, sequence, module = "hydrargyrum._native")]
pub(crate) struct RevisionTable {
    repo: Arc<Repo>,
}

impl RevisionTable {
    fn revlog(&self, py: Python<'_>) -> PyResult<&Revlog> {
        self.repo
            .changelog()
            .map(Changelog::revlog)
            .map_err(|error| to_python(py, &error))
    }

    fn row<'py>(&self, py: Python<'py>, index: usize) -> PyResult<Bound<'py, PyAny>> {
        let class = ENTRY.get_or_try_init(py, || {
            Ok::<_, PyErr>(
                py.import("hydrargyrum.types")?
                    .getattr("RevisionEntry")?
                    .unbind(),
            )
        })?;
        let rev = Rev(index as i32);
        let revlog = self.revlog(py)?;
        let entry = revlog.entry(rev).map_err(|error| to_python(py, &error))?;
        let parents = revlog.parents(rev).map_err(|error| to_python(py, &error))?;
        class.bind(py).call1((
            rev.0,
            PyBytes::new(py, entry.node_bytes()),
            parents[0].0,
            parents[1].0,
            entry.link_rev().0,
            entry.base().0,
            entry.compressed_len(),
            entry.uncompressed_len(),
            entry.flags(),
        ))
    }

    fn checked(&self, py: Python<'_>, rev: i64) -> PyResult<Rev> {
        if rev < -1 || rev >= self.revlog(py)?.len() as i64 {
            return Err(PyIndexError::new_err(format!(
                "revision {rev} is out of range"
            )));
        }
        Ok(Rev(rev as i32))
    }
}

#[pymethods]
impl RevisionTable {
    #[new]
    fn open(py: Python<'_>, repository: &Repository) -> PyResult<RevisionTable> {
        let repo = repository.current(py)?;
        crate::gil::detached(py, || repo.changelog().map(|_| ()))?;
        Ok(RevisionTable { repo })
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(self.revlog(py)?.len())
    }

    fn __getitem__<'py>(
        &self,
        py: Python<'py>,
        index: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let len = self.revlog(py)?.len();
        if let Ok(slice) = index.cast::<PySlice>() {
            let bounds = slice.indices(len as isize)?;
            let out = PyList::empty(py);
            let mut at = bounds.start;
            for _ in 0..bounds.slicelength {
                out.append(self.row(py, at as usize)?)?;
                at += bounds.step;
            }
            return Ok(out.into_any());
        }
        let index: isize = index
            .extract()
            .map_err(|_| PyTypeError::new_err("revision indices must be integers or slices"))?;
        self.row(py, normal_index(index, len, "revision")?)
    }

    /// The node of a revision (-1 gives the null node).
    fn node<'py>(&self, py: Python<'py>, rev: i64) -> PyResult<Bound<'py, PyBytes>> {
        let node = self.revlog(py)?.node(self.checked(py, rev)?);
        Ok(PyBytes::new(
            py,
            node.map_err(|error| to_python(py, &error))?.as_bytes(),
        ))
    }

    /// The revision of a node.
    fn rev(&self, py: Python<'_>, node: &[u8]) -> PyResult<i32> {
        let node =
            Node::from_slice(node).ok_or_else(|| PyValueError::new_err("a node has 20 bytes"))?;
        crate::gil::detached(py, || Ok(self.repo.changelog()?.revlog().rev(&node)?.0))
    }

    /// Both parents, -1 where there is none.
    fn parents(&self, py: Python<'_>, rev: i64) -> PyResult<(i32, i32)> {
        let parents = self.revlog(py)?.parents(self.checked(py, rev)?);
        let [one, two] = parents.map_err(|error| to_python(py, &error))?;
        Ok((one.0, two.0))
    }

    /// Columns rev, node, p1, p2, link_rev, flags, size.
    fn table(&self, py: Python<'_>) -> PyResult<Table> {
        crate::gil::detached(py, || {
            let revlog = self.repo.changelog()?.revlog();
            let len = revlog.len();
            let mut nodes = Vec::with_capacity(len * 20);
            let mut numbers: [Vec<i32>; 6] = std::array::from_fn(|_| Vec::with_capacity(len));
            for rev in (0..len as i32).map(Rev) {
                let entry = revlog.entry(rev)?;
                let parents = revlog.parents(rev)?;
                nodes.extend_from_slice(entry.node_bytes());
                let row = [
                    rev.0,
                    parents[0].0,
                    parents[1].0,
                    entry.link_rev().0,
                    i32::from(entry.flags()),
                    entry.uncompressed_len(),
                ];
                for (column, number) in numbers.iter_mut().zip(row) {
                    column.push(number);
                }
            }
            let [revs, p1, p2, links, flags, sizes] =
                numbers.map(|column| Column::Int32(Arc::new(column)));
            Ok(Table::single(vec![
                ("rev", revs),
                ("node", Column::Fixed(20, Arc::new(nodes))),
                ("p1", p1),
                ("p2", p2),
                ("link_rev", links),
                ("flags", flags),
                ("size", sizes),
            ]))
        })
    }

    /// A PyCapsule named `hydrargyrum.index.v1` over a C table of functions; see `docs/c-table.md`.
    fn capsule<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        crate::capsule::index_capsule(py, self.repo.clone())
    }
}

//! What merging asks of `Repository`: differing files of two manifests, shared ancestors, what a file stems from.
//! Deciding what becomes of a file is Python's.

use hyg_base::{RepoPath, RepoPathBuf};
use hyg_core::graph::common_ancestor_heads;
use hyg_core::ops::copies;
use hyg_core::store::manifest::FileEntry;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString, PyTuple};

use crate::engine::{Repository, node_of};
use crate::error::{bytes_of, text};
use crate::gil::detached;

type Side = Option<FileEntry>;

fn node_or_none<'py>(py: Python<'py>, side: &Side) -> Option<Bound<'py, PyBytes>> {
    side.as_ref()
        .map(|entry| PyBytes::new(py, entry.node.as_bytes()))
}

fn flags_of(side: &Side) -> &'static str {
    side.as_ref().map_or("", |entry| entry.flags.as_str())
}

#[pymethods]
impl Repository {
    fn manifest_diff<'py>(
        &self,
        py: Python<'py>,
        first: i64,
        second: i64,
    ) -> PyResult<Bound<'py, PyList>> {
        let repo = self.current(py)?;
        let (first, second) = (
            Repository::checked(&repo, first)?,
            Repository::checked(&repo, second)?,
        );
        let found = detached(py, || {
            let mut found: Vec<(RepoPathBuf, Side, Side)> = Vec::new();
            let (one, two) = (repo.manifest_of(first)?, repo.manifest_of(second)?);
            one.diff(&two, &mut |difference| {
                found.push((difference.path.to_buf(), difference.left, difference.right));
                Ok(())
            })?;
            Ok(found)
        })?;
        let rows = PyList::empty(py);
        for (path, left, right) in found {
            rows.append((
                text(py, path.as_bytes())?,
                node_or_none(py, &left),
                flags_of(&left),
                node_or_none(py, &right),
                flags_of(&right),
            ))?;
        }
        Ok(rows)
    }

    fn common_ancestor_heads(&self, py: Python<'_>, first: i64, second: i64) -> PyResult<Vec<i32>> {
        let repo = self.current(py)?;
        let revs = [
            Repository::checked(&repo, first)?,
            Repository::checked(&repo, second)?,
        ];
        let heads = detached(py, || common_ancestor_heads(repo.changelog()?, &revs))?;
        Ok(heads.into_iter().map(|rev| rev.0).collect())
    }

    fn file_ancestors<'py>(
        &self,
        py: Python<'py>,
        path: &Bound<'py, PyString>,
        node: &[u8],
    ) -> PyResult<Bound<'py, PyList>> {
        let (path, node) = (bytes_of(path)?, node_of(node)?);
        let repo = self.current(py)?;
        let found = detached(py, || {
            copies::file_ancestors(&repo, RepoPath::new(&path), &node)
        })?;
        let rows = PyList::empty(py);
        for (link, path, node) in found {
            rows.append(PyTuple::new(
                py,
                [
                    link.0.into_pyobject(py)?.into_any(),
                    text(py, path.as_bytes())?.into_any(),
                    PyBytes::new(py, node.as_bytes()).into_any(),
                ],
            )?)?;
        }
        Ok(rows)
    }
}

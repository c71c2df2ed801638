//! Names of revisions for Python: symbols, bookmarks, tags, branches, phases.
//! The rules are `hyg-core`'s; mappings are small and cross as plain dicts.

use hyg_base::Node;
use hyg_core::graph::Graph;
use hyg_core::names::{bookmarks, branches, hidden, resolve, tags, warnings};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};

use crate::engine::Repository;
use crate::error::{bytes_of, text, warning};
use crate::gil::detached;

fn dict<'py>(py: Python<'py>, named: &[(Vec<u8>, Node)]) -> PyResult<Bound<'py, PyDict>> {
    let out = PyDict::new(py);
    for (name, node) in named {
        out.set_item(text(py, name)?, PyBytes::new(py, node.as_bytes()))?;
    }
    Ok(out)
}

#[pymethods]
impl Repository {
    fn resolve(&self, py: Python<'_>, symbol: &Bound<'_, PyString>) -> PyResult<i32> {
        let (repo, symbol) = (self.current(py)?, bytes_of(symbol)?);
        detached(py, || Ok(resolve(&*repo, &symbol)?.0))
    }

    fn name_warnings<'py>(
        &self,
        py: Python<'py>,
        symbol: &Bound<'_, PyString>,
    ) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let (repo, symbol) = (self.current(py)?, bytes_of(symbol)?);
        let found = detached(py, || warnings(&*repo, &symbol))?;
        found.iter().map(|one| warning(py, one)).collect()
    }

    fn phase(&self, py: Python<'_>, rev: i64) -> PyResult<&'static str> {
        let repo = self.current(py)?;
        let rev = Repository::checked(&repo, rev)?;
        detached(py, || Ok(repo.phase(rev)?.name()))
    }

    fn bookmarks<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let repo = self.current(py)?;
        let found = detached(py, || {
            let all = bookmarks::read(&*repo)?;
            Ok(all
                .iter()
                .map(|(name, node)| (name.to_vec(), node))
                .collect::<Vec<_>>())
        })?;
        dict(py, &found)
    }

    fn active_bookmark<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyString>>> {
        let repo = self.current(py)?;
        let name = detached(py, || {
            let all = bookmarks::read(&*repo)?;
            bookmarks::active(&*repo, &all)
        })?;
        name.map(|name| text(py, &name)).transpose()
    }

    fn tags<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let repo = self.current(py)?;
        let found = detached(py, || tags::shown(&*repo))?;
        dict(py, &found)
    }

    fn branch_tips<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let repo = self.current(py)?;
        let found = detached(py, || {
            Ok(branches::tips(&*repo)?.into_iter().collect::<Vec<_>>())
        })?;
        dict(py, &found)
    }

    fn working_branch<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        let repo = self.current(py)?;
        let name = detached(py, || repo.working_branch())?;
        text(py, &name)
    }

    fn hidden(&self, py: Python<'_>) -> PyResult<Vec<i32>> {
        let repo = self.current(py)?;
        detached(py, || {
            let hidden = hidden::read(&*repo)?;
            Ok(hidden.revs().iter().map(|rev| rev.0).collect())
        })
    }

    fn heads(&self, py: Python<'_>) -> PyResult<Vec<i32>> {
        let repo = self.current(py)?;
        detached(py, || {
            let changelog = repo.changelog()?;
            if changelog.is_empty() {
                return Ok(Vec::new());
            }
            let heads = hidden::read(&*repo)?.heads(changelog)?;
            Ok(heads.into_iter().map(|rev| rev.0).collect())
        })
    }
}

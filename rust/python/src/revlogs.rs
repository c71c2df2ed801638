//! What `Repository` tells of files as they are stored: rows of indexes in batches, texts, nodes by their beginning, the
//! list of files, the docket.
//! Which revlog a user means, and how rows look, is Python's.

use hyg_base::{NodePrefix, RepoPath, Rev};
use hyg_core::ops::revlogs::StoredRevlog as Opened;
use hyg_core::store::fncache;
use hyg_core::store::revlog::PrefixMatch;
use hyg_core::worktree::dirstate::Dirstate;
use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString};

use crate::engine::Repository;
use crate::error::{bytes_of, text, to_python};
use crate::gil::detached;
use crate::paths::PathSequence;
use crate::shared::SharedPaths;

#[pymethods]
impl Repository {
    fn revlog(
        &self,
        py: Python<'_>,
        kind: &str,
        path: &Bound<'_, PyString>,
    ) -> PyResult<StoredRevlog> {
        let path = bytes_of(path)?;
        let repo = self.current(py)?;
        let opened = detached(py, || {
            Ok(match kind {
                "changelog" => Some(Opened::changelog(repo)?),
                "manifest" => Some(Opened::manifests(&repo, &path)?),
                "file" => Some(Opened::file(&repo, RepoPath::new(&path))?),
                _ => None,
            })
        })?;
        let opened = opened.ok_or_else(|| PyValueError::new_err("no such kind of revlog"))?;
        Ok(StoredRevlog(opened))
    }

    /// The files of the store that the store lists.
    #[pyo3(signature = (*, lenient=false))]
    fn listed_files(&self, py: Python<'_>, lenient: bool) -> PyResult<PathSequence> {
        let repo = self.current(py)?;
        let names = detached(py, || match lenient {
            true => fncache::load_readable(&*repo.store()),
            false => fncache::load(&*repo.store()),
        })?;
        Ok(PathSequence::new(
            SharedPaths::from(names),
            self.root_bytes(),
        ))
    }

    /// What the docket of the dirstate says.
    fn dirstate_docket<'py>(&self, py: Python<'py>) -> PyResult<Option<DocketRow<'py>>> {
        let repo = self.current(py)?;
        let facts = detached(py, || Dirstate::docket_facts(repo.layout()))?;
        facts
            .map(|facts| {
                Ok((
                    facts.data_size,
                    text(py, &facts.uuid)?,
                    facts.root.0,
                    facts.root.1,
                    facts.entries,
                    facts.copies,
                    facts.unreachable,
                    PyBytes::new(py, &facts.ignore_hash),
                ))
            })
            .transpose()
    }
}

/// Used size of the data file, its identifier, start and count of root nodes, entries, copies, bytes not in use, hash.
type DocketRow<'py> = (
    u32,
    Bound<'py, PyString>,
    u32,
    u32,
    u32,
    u32,
    u32,
    Bound<'py, PyBytes>,
);

/// One revlog as it is stored.
#[pyclass(frozen, module = "hydrargyrum._native")]
pub(crate) struct StoredRevlog(Opened);

/// Flags, offset and length of the chunk, length of the text, base, link, parents, node.
type IndexRow<'py> = (u16, u64, i32, i32, i32, i32, i32, i32, Bound<'py, PyBytes>);

impl StoredRevlog {
    fn checked(&self, py: Python<'_>, rev: i64) -> PyResult<Rev> {
        if rev < -1 || rev >= self.__len__(py)? as i64 {
            return Err(PyIndexError::new_err(rev));
        }
        Ok(Rev(rev as i32))
    }
}

#[pymethods]
impl StoredRevlog {
    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        let revlog = self.0.revlog().map_err(|error| to_python(py, &error))?;
        Ok(revlog.len())
    }

    /// The entries of some revisions.
    fn rows<'py>(&self, py: Python<'py>, start: i64, stop: i64) -> PyResult<Bound<'py, PyList>> {
        let revlog = self.0.revlog().map_err(|error| to_python(py, &error))?;
        let stop = stop.min(revlog.len() as i64);
        let rows = PyList::empty(py);
        for rev in start.max(0)..stop {
            let rev = Rev(rev as i32);
            // Parents are checked before they are shown as they are stored.
            let found = revlog.parents(rev).and_then(|_| revlog.entry(rev));
            let entry = found.map_err(|error| to_python(py, &error))?;
            let [first, second] = entry.parents();
            let row: IndexRow<'_> = (
                entry.flags(),
                entry.data_offset(),
                entry.compressed_len(),
                entry.uncompressed_len(),
                entry.base().0,
                entry.link_rev().0,
                first.0,
                second.0,
                PyBytes::new(py, entry.node_bytes()),
            );
            rows.append(row)?;
        }
        Ok(rows)
    }

    /// The node of a revision.
    fn node<'py>(&self, py: Python<'py>, rev: i64) -> PyResult<Bound<'py, PyBytes>> {
        let rev = self.checked(py, rev)?;
        let node = self.0.revlog().and_then(|revlog| revlog.node(rev));
        let node = node.map_err(|error| to_python(py, &error))?;
        Ok(PyBytes::new(py, node.as_bytes()))
    }

    /// The text as it is stored.
    fn raw_text<'py>(&self, py: Python<'py>, rev: i64) -> PyResult<Bound<'py, PyBytes>> {
        let rev = self.checked(py, rev)?;
        let text = detached(py, || self.0.revlog()?.raw_text(rev))?;
        Ok(PyBytes::new(py, &text))
    }

    /// Version and flags at the head of the index.
    fn header(&self, py: Python<'_>) -> PyResult<u32> {
        let revlog = self.0.revlog().map_err(|error| to_python(py, &error))?;
        Ok(revlog.index().header().bits())
    }

    /// The chunk as it is stored.
    fn chunk<'py>(&self, py: Python<'py>, rev: i64) -> PyResult<Bound<'py, PyBytes>> {
        let rev = self.checked(py, rev)?;
        if rev.0 < 0 {
            return Ok(PyBytes::new(py, b""));
        }
        let stored = detached(py, || self.0.revlog()?.chunk(rev))?;
        Ok(PyBytes::new(py, &stored))
    }

    /// How many nodes begin with a prefix, and which revision that is.
    #[pyo3(name = "match")]
    fn matching(&self, py: Python<'_>, prefix: &str) -> PyResult<(u8, i32)> {
        let prefix = NodePrefix::from_hex(prefix.as_bytes())
            .ok_or_else(|| PyValueError::new_err("a prefix has 1 to 40 digits"))?;
        let found = detached(py, || self.0.revlog()?.find_prefix(&prefix))?;
        Ok(match found {
            PrefixMatch::None => (0, -1),
            PrefixMatch::One(rev) => (1, rev.0),
            PrefixMatch::Many => (2, -1),
        })
    }
}

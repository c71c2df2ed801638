//! The files of one revision as a read-only mapping over columns; nothing becomes an object before it is read.
//! Parsing manifests belongs to `hyg-store`.

use std::sync::{Arc, OnceLock};

use hyg_base::{PathList, RepoPath, Result};
use hyg_core::store::manifest::{FileEntry, Manifest};
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyString};

use crate::arrow::{Column, Table};
use crate::error::{bytes_of, text};
use crate::gil::detached;
use crate::shared::SharedPaths;

static ENTRY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// Files in byte order: path, 20-byte node, flag letter (0 for none).
#[derive(Default)]
pub(crate) struct Files {
    paths: Arc<PathList>,
    nodes: Arc<Vec<u8>>,
    flags: Vec<u8>,
}

/// Gathers [`Files`].
#[derive(Default)]
pub(crate) struct FilesBuilder {
    paths: PathList,
    nodes: Vec<u8>,
    flags: Vec<u8>,
}

impl FilesBuilder {
    /// Adds a file; `flag` is `x`, `l`, `t` or 0.
    pub(crate) fn push(&mut self, path: &RepoPath, node: &[u8; 20], flag: u8) -> Result<()> {
        self.paths.push(path)?;
        self.nodes.extend_from_slice(node);
        self.flags.push(flag);
        Ok(())
    }

    /// The finished columns.
    pub(crate) fn finish(self) -> Files {
        Files {
            paths: Arc::new(self.paths),
            nodes: Arc::new(self.nodes),
            flags: self.flags,
        }
    }
}

/// Flags of a file as text.
pub(crate) fn flag_text(flag: u8) -> &'static str {
    match flag {
        b'x' => "x",
        b'l' => "l",
        b't' => "t",
        _ => "",
    }
}

fn python_entry<'py>(py: Python<'py>, node: &[u8], flag: u8) -> PyResult<Bound<'py, PyAny>> {
    let class = ENTRY.get_or_try_init(py, || {
        Ok::<_, PyErr>(
            py.import("hydrargyrum.types")?
                .getattr("ManifestEntry")?
                .unbind(),
        )
    })?;
    class
        .bind(py)
        .call1((PyBytes::new(py, node), flag_text(flag)))
}

impl Files {
    fn entry<'py>(&self, py: Python<'py>, index: usize) -> PyResult<Bound<'py, PyAny>> {
        python_entry(
            py,
            &self.nodes[index * 20..index * 20 + 20],
            self.flags[index],
        )
    }
}

/// The mapping. Made by `Repository`; `engine.native` adds the mixin methods. The columns are made when all files are
/// asked for; single ones are looked up in the manifest.
#[pyclass(frozen, subclass, mapping, module = "hydrargyrum._native")]
pub(crate) struct ManifestTable {
    manifest: Manifest,
    files: OnceLock<Arc<Files>>,
}

impl ManifestTable {
    /// A mapping over a manifest.
    pub(crate) fn new(manifest: Manifest) -> ManifestTable {
        ManifestTable {
            manifest,
            files: OnceLock::new(),
        }
    }

    fn find(&self, py: Python<'_>, key: &Bound<'_, PyAny>) -> PyResult<Option<FileEntry>> {
        let Ok(name) = key.cast::<PyString>() else {
            return Ok(None);
        };
        let name = bytes_of(name)?;
        detached(py, || self.manifest.get(RepoPath::new(&name)))
    }

    fn files(&self, py: Python<'_>) -> PyResult<&Arc<Files>> {
        if let Some(files) = self.files.get() {
            return Ok(files);
        }
        let files = detached(py, || {
            let mut files = FilesBuilder::default();
            let mut walk = self.manifest.walk()?;
            while let Some((path, entry)) = walk.advance()? {
                files.push(path, &entry.node.0, flag_of(entry))?;
            }
            Ok(files.finish())
        })?;
        Ok(self.files.get_or_init(|| Arc::new(files)))
    }
}

fn flag_of(entry: FileEntry) -> u8 {
    entry.flags.as_str().bytes().next().unwrap_or(0)
}

#[pymethods]
impl ManifestTable {
    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(self.files(py)?.paths.len())
    }

    fn __contains__(&self, py: Python<'_>, key: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(self.find(py, key)?.is_some())
    }

    fn __getitem__<'py>(
        &self,
        py: Python<'py>,
        key: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        match self.find(py, key)? {
            Some(entry) => python_entry(py, &entry.node.0, flag_of(entry)),
            None => Err(PyKeyError::new_err(key.clone().unbind())),
        }
    }

    fn __iter__(&self, py: Python<'_>) -> PyResult<ManifestIterator> {
        Ok(ManifestIterator {
            files: self.files(py)?.clone(),
            next: 0.into(),
            items: false,
        })
    }

    /// An iterator over (path, entry).
    fn iter_items(&self, py: Python<'_>) -> PyResult<ManifestIterator> {
        Ok(ManifestIterator {
            files: self.files(py)?.clone(),
            next: 0.into(),
            items: true,
        })
    }

    /// Columns path, node, flags.
    fn table(&self, py: Python<'_>) -> PyResult<Table> {
        let files = self.files(py)?;
        detached(py, || {
            let mut flags = PathList::with_capacity(files.flags.len(), 0);
            for flag in &files.flags {
                flags.push(RepoPath::new(flag_text(*flag).as_bytes()))?;
            }
            Ok(Table::single(vec![
                ("path", Column::Paths(SharedPaths::Own(files.paths.clone()))),
                ("node", Column::Fixed(20, files.nodes.clone())),
                ("flags", Column::Text(Arc::new(flags))),
            ]))
        })
    }
}

/// Walks the files in byte order.
#[pyclass(frozen, module = "hydrargyrum._native")]
pub(crate) struct ManifestIterator {
    files: Arc<Files>,
    next: std::sync::atomic::AtomicUsize,
    items: bool,
}

#[pymethods]
impl ManifestIterator {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        use std::sync::atomic::Ordering::Relaxed;
        let at = self.next.fetch_add(1, Relaxed);
        if at >= self.files.paths.len() {
            self.next.store(self.files.paths.len(), Relaxed);
            return Ok(None);
        }
        let path = text(py, self.files.paths.at(at).as_bytes())?;
        if self.items {
            let pair = (path, self.files.entry(py, at)?);
            return Ok(Some(pair.into_pyobject(py)?.into_any()));
        }
        Ok(Some(path.into_any()))
    }
}

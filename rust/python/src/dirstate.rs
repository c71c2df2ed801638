//! The dirstate as a live mapping: a columnar snapshot below, changes above, iterators that notice structural changes.
//! The mixin methods of `MutableMapping` come from the Python side; the codec belongs to `hyg-worktree`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use hyg_base::{PathList, RepoPath, Result};
use pyo3::exceptions::{PyKeyError, PyRuntimeError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyString;

use crate::arrow::{Column, Table};
use crate::error::{bytes_of, text, to_python};
use crate::live::{Cursor, Live, Snapshot, Step};
use crate::shared::SharedPaths;

static ENTRY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// One value of the mapping, in the terms of `debugdirstate`.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) state: u8,
    pub(crate) mode: i32,
    pub(crate) size: i32,
    pub(crate) mtime: i64,
    pub(crate) copied_from: Option<Vec<u8>>,
}

impl Row {
    fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let class = ENTRY.get_or_try_init(py, || {
            Ok::<_, PyErr>(
                py.import("hydrargyrum.types")?
                    .getattr("DirstateEntry")?
                    .unbind(),
            )
        })?;
        let source = self
            .copied_from
            .as_ref()
            .map(|source| text(py, source))
            .transpose()?;
        let state = char::from(self.state).to_string();
        class
            .bind(py)
            .call1((state, self.mode, self.size, self.mtime, source))
    }

    fn from_python(value: &Bound<'_, PyAny>) -> PyResult<Row> {
        let state: String = value.getattr("state")?.extract()?;
        let source = value.getattr("copied_from")?;
        Ok(Row {
            state: state.as_bytes().first().copied().unwrap_or(b'?'),
            mode: value.getattr("mode")?.extract()?,
            size: value.getattr("size")?.extract()?,
            mtime: value.getattr("mtime")?.extract()?,
            copied_from: if source.is_none() {
                None
            } else {
                Some(bytes_of(source.cast::<PyString>()?)?)
            },
        })
    }
}

/// The entries in byte order, one column a field.
#[derive(Default)]
pub(crate) struct Columns {
    paths: Arc<PathList>,
    states: Vec<u8>,
    modes: Arc<Vec<i32>>,
    sizes: Arc<Vec<i32>>,
    mtimes: Arc<Vec<i64>>,
    copies: HashMap<usize, Vec<u8>>,
}

impl Columns {
    /// Columns of entries that come in byte order.
    pub(crate) fn collect(rows: impl Iterator<Item = Result<(Vec<u8>, Row)>>) -> Result<Columns> {
        let mut paths = PathList::new();
        let mut columns = Columns::default();
        let (mut modes, mut sizes, mut mtimes) = (Vec::new(), Vec::new(), Vec::new());
        for (index, row) in rows.enumerate() {
            let (path, row) = row?;
            paths.push(RepoPath::new(&path))?;
            columns.states.push(row.state);
            modes.push(row.mode);
            sizes.push(row.size);
            mtimes.push(row.mtime);
            if let Some(source) = row.copied_from {
                columns.copies.insert(index, source);
            }
        }
        columns.paths = Arc::new(paths);
        (columns.modes, columns.sizes, columns.mtimes) =
            (Arc::new(modes), Arc::new(sizes), Arc::new(mtimes));
        Ok(columns)
    }

    fn table(&self) -> Result<Table> {
        Ok(Table::single(vec![
            ("path", Column::Paths(SharedPaths::Own(self.paths.clone()))),
            ("state", Column::Text(letters(&self.states)?)),
            ("mode", Column::Int32(self.modes.clone())),
            ("size", Column::Int32(self.sizes.clone())),
            ("mtime", Column::Int64(self.mtimes.clone())),
        ]))
    }
}

/// A text column of single letters.
pub(crate) fn letters(bytes: &[u8]) -> Result<Arc<PathList>> {
    let mut list = PathList::with_capacity(bytes.len(), bytes.len());
    for byte in bytes {
        list.push(RepoPath::new(std::slice::from_ref(byte)))?;
    }
    Ok(Arc::new(list))
}

impl Snapshot for Columns {
    type Value = Row;

    fn len(&self) -> usize {
        self.paths.len()
    }

    fn at(&self, index: usize) -> Result<(&[u8], Row)> {
        let row = Row {
            state: self.states[index],
            mode: self.modes[index],
            size: self.sizes[index],
            mtime: self.mtimes[index],
            copied_from: self.copies.get(&index).cloned(),
        };
        Ok((self.paths.at(index).as_bytes(), row))
    }

    fn find(&self, key: &[u8]) -> Result<Option<Row>> {
        match self.paths.position_sorted(RepoPath::new(key)) {
            Some(index) => self.at(index).map(|(_, row)| Some(row)),
            None => Ok(None),
        }
    }
}

/// The mapping. Made by `Repository`; `engine.native` adds the mixin methods.
#[pyclass(frozen, subclass, module = "hydrargyrum._native")]
pub(crate) struct DirstateTable {
    live: Arc<Mutex<Live<Columns>>>,
    parents: ([u8; 20], [u8; 20]),
}

impl DirstateTable {
    /// A mapping over a snapshot of the dirstate.
    pub(crate) fn new(columns: Columns, parents: ([u8; 20], [u8; 20])) -> DirstateTable {
        DirstateTable {
            live: Arc::new(Mutex::new(Live::new(Arc::new(columns)))),
            parents,
        }
    }

    fn lock(&self) -> PyResult<MutexGuard<'_, Live<Columns>>> {
        lock(&self.live)
    }
}

fn lock(live: &Mutex<Live<Columns>>) -> PyResult<MutexGuard<'_, Live<Columns>>> {
    live.lock()
        .map_err(|_| PyRuntimeError::new_err("the dirstate is in use by a thread that failed"))
}

#[pymethods]
impl DirstateTable {
    #[getter]
    fn parents(&self) -> ([u8; 20], [u8; 20]) {
        self.parents
    }

    fn __len__(&self) -> PyResult<usize> {
        Ok(self.lock()?.len())
    }

    fn __contains__(&self, py: Python<'_>, key: &Bound<'_, PyAny>) -> PyResult<bool> {
        let Ok(name) = key.cast::<PyString>() else {
            return Ok(false);
        };
        let Ok(name) = bytes_of(name) else {
            return Ok(false);
        };
        self.lock()?
            .get(&name)
            .map(|row| row.is_some())
            .map_err(|error| to_python(py, &error))
    }

    fn __getitem__<'py>(
        &self,
        py: Python<'py>,
        key: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let missing = || PyKeyError::new_err(key.clone().unbind());
        let name =
            bytes_of(key.cast::<PyString>().map_err(|_| missing())?).map_err(|_| missing())?;
        let row = self
            .lock()?
            .get(&name)
            .map_err(|error| to_python(py, &error))?;
        row.ok_or_else(missing)?.to_python(py)
    }

    fn __setitem__(
        &self,
        py: Python<'_>,
        key: &Bound<'_, PyString>,
        value: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let (name, row) = (bytes_of(key)?, Row::from_python(value)?);
        self.lock()?
            .set(&name, row)
            .map_err(|error| to_python(py, &error))
    }

    fn __delitem__(&self, py: Python<'_>, key: &Bound<'_, PyString>) -> PyResult<()> {
        let name = bytes_of(key)?;
        let removed = self
            .lock()?
            .remove(&name)
            .map_err(|error| to_python(py, &error))?;
        removed
            .map(|_| ())
            .ok_or_else(|| PyKeyError::new_err(key.clone().unbind()))
    }

    fn clear(&self) -> PyResult<()> {
        self.lock()?.clear();
        Ok(())
    }

    fn __iter__(&self) -> PyResult<DirstateIterator> {
        self.iterate(false)
    }

    /// An iterator over (path, entry).
    fn iter_items(&self) -> PyResult<DirstateIterator> {
        self.iterate(true)
    }

    /// Columns path, state, mode, size, mtime.
    fn table(&self, py: Python<'_>) -> PyResult<Table> {
        crate::gil::detached(py, || {
            let live = self
                .live
                .lock()
                .map_err(|_| hyg_base::Error::internal("poisoned dirstate"))?;
            match live.unchanged() {
                Some(columns) => columns.table(),
                None => {
                    let mut cursor = live.cursor();
                    let rows = std::iter::from_fn(|| match live.step(&mut cursor) {
                        Ok(Step::Item(path, row)) => Some(Ok((path, row))),
                        Ok(Step::End | Step::Changed) => None,
                        Err(error) => Some(Err(error)),
                    });
                    Columns::collect(rows)?.table()
                }
            }
        })
    }
}

impl DirstateTable {
    fn iterate(&self, items: bool) -> PyResult<DirstateIterator> {
        let cursor = self.lock()?.cursor();
        Ok(DirstateIterator {
            live: self.live.clone(),
            cursor: Mutex::new(cursor),
            items,
        })
    }
}

/// Walks the mapping in byte order; raises as `dict` does when it grew or shrank meanwhile.
#[pyclass(frozen, module = "hydrargyrum._native")]
pub(crate) struct DirstateIterator {
    live: Arc<Mutex<Live<Columns>>>,
    cursor: Mutex<Cursor>,
    items: bool,
}

#[pymethods]
impl DirstateIterator {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let step = {
            let live = lock(&self.live)?;
            let mut cursor = self
                .cursor
                .lock()
                .map_err(|_| PyRuntimeError::new_err("iterator in use"))?;
            live.step(&mut cursor)
                .map_err(|error| to_python(py, &error))?
        };
        match step {
            Step::Item(path, row) if self.items => {
                let pair = (text(py, &path)?, row.to_python(py)?);
                Ok(Some(pair.into_pyobject(py)?.into_any()))
            }
            Step::Item(path, _) => Ok(Some(text(py, &path)?.into_any())),
            Step::End => Ok(None),
            Step::Changed => Err(PyRuntimeError::new_err(
                "dictionary changed size during iteration",
            )),
        }
    }
}

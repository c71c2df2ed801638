//! A list of repository paths as a Python sequence: decoded one by one when read, handed over whole as an Arrow column.
//! Rendering the lines that users see is `hyg-core`'s business.

use std::sync::{Arc, Mutex};

use hyg_base::{PathList, RepoPath};
use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PySlice, PyString};

use crate::arrow::{Column, Table};
use crate::error::{bytes_of, text};
use crate::render::Options;
use crate::shared::{Piece, SharedPaths};

/// Repository paths in byte order. Behaves as a `collections.abc.Sequence` of `str`.
#[pyclass(frozen, sequence, subclass, module = "hydrargyrum._native")]
pub(crate) struct PathSequence {
    pub(crate) list: SharedPaths,
    root: Arc<Vec<u8>>,
}

impl PathSequence {
    /// A sequence over shared paths of the working copy at `root`.
    pub(crate) fn new(list: SharedPaths, root: Arc<Vec<u8>>) -> PathSequence {
        PathSequence { list, root }
    }

    /// The root of the working copy.
    pub(crate) fn root(&self) -> Arc<Vec<u8>> {
        self.root.clone()
    }

    /// The paths as a list, which is made where there is none yet.
    fn list(&self, py: Python<'_>) -> PyResult<&SharedPaths> {
        if !self.list.is_list() {
            crate::gil::detached(py, || {
                let _made: &PathList = &self.list;
                Ok(())
            })?;
        }
        Ok(&self.list)
    }

    fn position(&self, value: &Bound<'_, PyAny>) -> PyResult<Option<usize>> {
        let Ok(wanted) = value.cast::<PyString>() else {
            return Ok(None);
        };
        let Ok(wanted) = bytes_of(wanted) else {
            return Ok(None);
        };
        // the list is sorted and has no doubles
        Ok(self
            .list(value.py())?
            .position_sorted(RepoPath::new(&wanted)))
    }
}

/// Python's rule for an index of a sequence of `len` items.
pub(crate) fn normal_index(index: isize, len: usize, what: &'static str) -> PyResult<usize> {
    let len_signed = isize::try_from(len).unwrap_or(isize::MAX);
    let shifted = if index < 0 { index + len_signed } else { index };
    match usize::try_from(shifted) {
        Ok(position) if position < len => Ok(position),
        _ => Err(PyIndexError::new_err(format!("{what} index out of range"))),
    }
}

#[pymethods]
impl PathSequence {
    fn __len__(&self) -> usize {
        self.list.len()
    }

    fn __getitem__<'py>(
        &self,
        py: Python<'py>,
        index: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let list = self.list(py)?;
        if let Ok(slice) = index.cast::<PySlice>() {
            let bounds = slice.indices(list.len() as isize)?;
            let out = PyList::empty(py);
            let mut at = bounds.start;
            for _ in 0..bounds.slicelength {
                out.append(text(py, list.at(at as usize).as_bytes())?)?;
                at += bounds.step;
            }
            return Ok(out.into_any());
        }
        let index: isize = index.extract()?;
        let at = normal_index(index, list.len(), "path")?;
        Ok(text(py, list.at(at).as_bytes())?.into_any())
    }

    fn __iter__(&self, py: Python<'_>) -> PyResult<PathIterator> {
        Ok(PathIterator {
            list: self.list(py)?.clone(),
            next: 0.into(),
            reversed: false,
        })
    }

    fn __reversed__(&self, py: Python<'_>) -> PyResult<PathIterator> {
        Ok(PathIterator {
            list: self.list(py)?.clone(),
            next: 0.into(),
            reversed: true,
        })
    }

    fn __contains__(&self, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(self.position(value)?.is_some())
    }

    #[pyo3(signature = (value, start = 0, stop = isize::MAX, /))]
    fn index(&self, value: &Bound<'_, PyAny>, start: isize, stop: isize) -> PyResult<usize> {
        let len = self.list.len() as isize;
        let bound = |n: isize| if n < 0 { (n + len).max(0) } else { n };
        match self.position(value)? {
            Some(at) if (at as isize) >= bound(start) && (at as isize) < bound(stop) => Ok(at),
            _ => Err(PyValueError::new_err("path is not in the sequence")),
        }
    }

    fn count(&self, value: &Bound<'_, PyAny>) -> PyResult<usize> {
        Ok(usize::from(self.position(value)?.is_some()))
    }

    fn __repr__(&self) -> String {
        format!("<{} paths>", self.list.len())
    }

    /// One column `path` (binary).
    fn table(&self, py: Python<'_>) -> PyResult<Table> {
        let paths = Column::Paths(self.list(py)?.clone());
        Ok(Table::single(vec![("path", paths)]))
    }

    /// All paths as finished bytes.
    fn render<'py>(
        &self,
        py: Python<'py>,
        options: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let options = Options::from_python(options)?;
        let rendered = crate::gil::detached(py, || {
            let mut lines = Piece::default();
            options.piece(&self.list, &self.root, 0, usize::MAX, &mut lines);
            Ok(lines)
        })?;
        Ok(PyBytes::new(py, rendered.bytes()))
    }

    /// The same bytes in pieces.
    fn render_pieces(&self, options: &Bound<'_, PyAny>) -> PyResult<RenderedPieces> {
        Ok(RenderedPieces {
            list: self.list.clone(),
            root: self.root.clone(),
            options: Options::from_python(options)?,
            state: Mutex::default(),
        })
    }
}

/// As much as stays in the cache of a processor.
const PIECE: usize = 1 << 18;

/// Finished bytes, rendered as far as they are asked for.
#[pyclass(frozen, module = "hydrargyrum._native")]
pub(crate) struct RenderedPieces {
    list: SharedPaths,
    root: Arc<Vec<u8>>,
    options: Options,
    /// The next path, and room for lines.
    state: Mutex<(usize, Piece)>,
}

#[pymethods]
impl RenderedPieces {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyBytes>>> {
        let lines = crate::gil::detached(py, || {
            let mut state = self
                .state
                .lock()
                .unwrap_or_else(|locked| locked.into_inner());
            let (next, room) = &mut *state;
            let mut lines = std::mem::take(room);
            *next += (self.options).piece(&self.list, &self.root, *next, PIECE, &mut lines);
            Ok(lines)
        })?;
        let piece = (!lines.bytes().is_empty()).then(|| PyBytes::new(py, lines.bytes()));
        if let Ok(mut state) = self.state.lock() {
            state.1 = lines;
        }
        Ok(piece)
    }
}

/// A lazy iterator; the snapshot it reads cannot change.
#[pyclass(frozen, module = "hydrargyrum._native")]
pub(crate) struct PathIterator {
    list: SharedPaths,
    next: std::sync::atomic::AtomicUsize,
    reversed: bool,
}

#[pymethods]
impl PathIterator {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyString>>> {
        use std::sync::atomic::Ordering::Relaxed;
        let at = self.next.fetch_add(1, Relaxed);
        if at >= self.list.len() {
            self.next.store(self.list.len(), Relaxed);
            return Ok(None);
        }
        let at = if self.reversed {
            self.list.len() - 1 - at
        } else {
            at
        };
        text(py, self.list.at(at).as_bytes()).map(Some)
    }

    fn __length_hint__(&self) -> usize {
        self.list
            .len()
            .saturating_sub(self.next.load(std::sync::atomic::Ordering::Relaxed))
    }
}

//! A status report for Python: groups as lazy sequences, rows as a lazy iterator, columns as an Arrow stream, or bytes.
//! Finding out what changed belongs to `hyg-core`.

use std::sync::{Arc, Mutex};

use hyg_base::{PathList, Result, Warning};
use hyg_core::ops::status::{StatusKind, StatusReport};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};

use crate::arrow::{Column, Table};
use crate::dirstate::letters;
use crate::error::{text, warning};
use crate::paths::PathSequence;
use crate::render::Options;
use crate::shared::SharedPaths;

/// Writes dirstate fixes; kept until somebody asks for it, done at most once.
pub(crate) type FixWriter = Box<dyn FnOnce() -> Result<bool> + Send>;

/// The answer to a `StatusRequest`.
#[pyclass(frozen, module = "hydrargyrum._native")]
pub(crate) struct NativeStatusReport {
    report: Arc<StatusReport>,
    root: Arc<Vec<u8>>,
    warnings: Vec<Warning>,
    fixes: Mutex<Option<FixWriter>>,
}

impl NativeStatusReport {
    /// A report for the working copy at `root`.
    pub(crate) fn new(
        report: StatusReport,
        root: Arc<Vec<u8>>,
        warnings: Vec<Warning>,
        fixes: Option<FixWriter>,
    ) -> NativeStatusReport {
        NativeStatusReport {
            report: Arc::new(report),
            root,
            warnings,
            fixes: Mutex::new(fixes),
        }
    }

    /// The paths of a group.
    pub(crate) fn paths(&self, kind: StatusKind) -> &PathList {
        self.report.paths(kind)
    }

    fn group(&self, kind: StatusKind) -> PathSequence {
        PathSequence::new(
            SharedPaths::Group(self.report.clone(), kind),
            self.root.clone(),
        )
    }

    fn chunk(&self, kind: StatusKind) -> Result<Vec<Column>> {
        let paths = SharedPaths::Group(self.report.clone(), kind);
        let status = letters(&vec![kind.letter(); paths.len()])?;
        let mut sources = PathList::with_capacity(paths.len(), 0);
        let mut validity = vec![0u8; paths.len().div_ceil(8)];
        let mut nulls = paths.len();
        let nothing = hyg_base::RepoPath::new(b"");
        for (row, path) in paths.iter().enumerate() {
            let source = self.report.copy_source(path);
            if source.is_some() {
                validity[row / 8] |= 1 << (row % 8);
                nulls -= 1;
            }
            sources.push(source.unwrap_or(nothing))?;
        }
        let sources = Column::Nullable(Arc::new(sources), Arc::new(validity), nulls);
        Ok(vec![Column::Text(status), Column::Paths(paths), sources])
    }
}

#[pymethods]
impl NativeStatusReport {
    #[getter]
    fn modified(&self) -> PathSequence {
        self.group(StatusKind::Modified)
    }
    #[getter]
    fn added(&self) -> PathSequence {
        self.group(StatusKind::Added)
    }
    #[getter]
    fn removed(&self) -> PathSequence {
        self.group(StatusKind::Removed)
    }
    #[getter]
    fn deleted(&self) -> PathSequence {
        self.group(StatusKind::Deleted)
    }
    #[getter]
    fn unknown(&self) -> PathSequence {
        self.group(StatusKind::Unknown)
    }
    #[getter]
    fn ignored(&self) -> PathSequence {
        self.group(StatusKind::Ignored)
    }
    #[getter]
    fn clean(&self) -> PathSequence {
        self.group(StatusKind::Clean)
    }

    /// Destination -> source.
    #[getter]
    fn copies<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let out = PyDict::new(py);
        for (file, source) in self.report.copies() {
            out.set_item(text(py, file.as_bytes())?, text(py, source.as_bytes())?)?;
        }
        Ok(out)
    }

    #[getter]
    fn warnings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let made: PyResult<Vec<_>> = self.warnings.iter().map(|one| warning(py, one)).collect();
        PyTuple::new(py, made?)
    }

    /// (letter, path) of all groups, lazily.
    fn rows(&self) -> StatusRows {
        StatusRows {
            report: self.report.clone(),
            place: Mutex::new((0, 0)),
        }
    }

    /// Columns status, path, source; one chunk a group.
    fn table(&self, py: Python<'_>) -> PyResult<Table> {
        crate::gil::detached(py, || {
            let filled = StatusKind::ALL
                .into_iter()
                .filter(|kind| !self.report.paths(*kind).is_empty());
            let chunks: Result<Vec<_>> = filled.map(|kind| self.chunk(kind)).collect();
            let empty = Arc::new(PathList::new());
            let prototype = vec![
                Column::Text(empty.clone()),
                Column::Paths(SharedPaths::Own(empty.clone())),
                Column::Nullable(empty, Arc::default(), 0),
            ];
            Ok(Table::new(
                vec!["status", "path", "source"],
                prototype,
                chunks?,
            ))
        })
    }

    /// Finished lines.
    fn render<'py>(
        &self,
        py: Python<'py>,
        options: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let options = Options::from_python(options)?;
        let rendered = crate::gil::detached(py, || Ok(options.status(&self.report, &self.root)))?;
        Ok(PyBytes::new(py, &rendered))
    }

    /// Records in the dirstate what was learnt, if the lock is free and nothing changed.
    fn write_fixes(&self, py: Python<'_>) -> bool {
        let Some(writer) = self.fixes.lock().ok().and_then(|mut slot| slot.take()) else {
            return false;
        };
        crate::gil::detached(py, writer).unwrap_or(false)
    }

    fn __repr__(&self) -> String {
        let counts: Vec<String> = StatusKind::ALL
            .iter()
            .map(|kind| {
                format!(
                    "{} {}",
                    char::from(kind.letter()),
                    self.report.paths(*kind).len()
                )
            })
            .collect();
        format!("<status {}>", counts.join(", "))
    }
}

/// Walks the rows of a report.
#[pyclass(frozen, module = "hydrargyrum._native")]
pub(crate) struct StatusRows {
    report: Arc<StatusReport>,
    place: Mutex<(usize, usize)>,
}

#[pymethods]
impl StatusRows {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let Ok(mut place) = self.place.lock() else {
            return Ok(None);
        };
        let (mut group, mut row) = *place;
        while let Some(kind) = StatusKind::ALL.get(group) {
            let paths = self.report.paths(*kind);
            if row < paths.len() {
                *place = (group, row + 1);
                let letter = pyo3::types::PyString::intern(py, LETTERS[group]);
                return PyTuple::new(py, [letter, text(py, paths.at(row).as_bytes())?]).map(Some);
            }
            (group, row) = (group + 1, 0);
        }
        *place = (group, 0);
        Ok(None)
    }
}

const LETTERS: [&str; 7] = ["M", "A", "R", "!", "?", "I", "C"];

//! What `grep` asks of `Repository`: the lines of files in which an expression matches, found by another thread.
//! Expressions that only Python's `re` can run are left to it.

use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hyg_base::{Error, ErrorId, RepoPath, RepoPathBuf, Reporter, Result};
use hyg_core::matcher::LineSearch;
use hyg_core::ops::grep::{GrepRequest, Step, grep};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString, PyTuple};

use crate::callback::PythonReporter;
use crate::engine::Repository;
use crate::error::{text, to_python};
use crate::gil::detached;
use crate::operations::Patterns;

/// How many files wait to be taken.
const WAITING: usize = 256;
/// How long a signal waits at most.
const PATIENCE: Duration = Duration::from_millis(100);

/// Number and text of a line, and where the first match lies in it.
type Found = (usize, Vec<u8>, usize, usize);

#[pymethods]
impl Repository {
    fn search_lines(
        &self,
        py: Python<'_>,
        rev: Option<i64>,
        patterns: &Bound<'_, PyAny>,
        expression: &[u8],
        ignore_case: bool,
    ) -> PyResult<Option<LineIterator>> {
        let repo = self.current(py)?;
        let patterns = Patterns::from_python(&self.root_bytes(), patterns)?;
        let rev = rev.map(|rev| Repository::checked(&repo, rev)).transpose()?;
        let wanted = match LineSearch::new(expression, ignore_case) {
            Ok(wanted) => wanted,
            Err(error) if error.id() == ErrorId::UnsupportedPattern => return Ok(None),
            Err(error) => return Err(to_python(py, &error)),
        };
        let matcher = detached(py, || patterns.build(&repo, rev.is_none()))?;
        let (give, taken) = sync_channel(WAITING);
        let work = move || {
            let gone = || Error::internal("nobody takes the lines any more");
            let request = GrepRequest {
                rev,
                matcher: &*matcher,
            };
            let one = |path: &RepoPath, data: &[u8]| Ok(FileLines::find(path, data, &wanted));
            let done = grep(&repo, &request, one, &mut |step| {
                give.send(Ok(step)).map_err(|_| gone())
            });
            if let Err(error) = done {
                // Nobody listens where the iterator is gone, which is the reason then.
                let _ = give.send(Err(error));
            }
        };
        std::thread::Builder::new()
            .name("grep".to_owned())
            .spawn(work)?;
        let taken = Mutex::new(taken);
        let reporter = self.reporter.clone();
        Ok(Some(LineIterator { taken, reporter }))
    }
}

/// The files with lines that match, as they are found.
#[pyclass(frozen, module = "hydrargyrum._native")]
pub(crate) struct LineIterator {
    taken: Mutex<Receiver<Result<Step<FileLines>>>>,
    /// Called by whoever takes, because only that thread speaks to the user.
    reporter: Arc<PythonReporter>,
}

#[pymethods]
impl LineIterator {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<FileLines>> {
        loop {
            let next = detached(py, || {
                let taken = self
                    .taken
                    .lock()
                    .map_err(|_| Error::internal("poisoned lines"))?;
                match taken.recv_timeout(PATIENCE) {
                    Ok(found) => found.map(|found| Some(Some(found))),
                    Err(RecvTimeoutError::Timeout) => Ok(None),
                    Err(RecvTimeoutError::Disconnected) => Ok(Some(None)),
                }
            })?;
            match next {
                Some(Some(Step::Searched(done, total))) => {
                    self.reporter.progress("searching", done, total);
                    py.check_signals()?;
                }
                Some(Some(Step::Found(found))) => return Ok(Some(found)),
                Some(None) => return Ok(None),
                None => py.check_signals()?,
            }
        }
    }
}

/// The lines of one file.
#[pyclass(frozen, module = "hydrargyrum._native")]
pub(crate) struct FileLines {
    path: RepoPathBuf,
    is_binary: bool,
    lines: Vec<Found>,
}

impl FileLines {
    fn find(path: &RepoPath, data: &[u8], wanted: &LineSearch) -> Option<FileLines> {
        let lines = wanted.lines(data);
        let copied = lines.into_iter().map(|line| {
            let text = data[line.place].to_vec();
            (line.number, text, line.found.start, line.found.end)
        });
        let lines: Vec<Found> = copied.collect();
        (!lines.is_empty()).then(|| FileLines {
            path: path.to_buf(),
            is_binary: data.contains(&0),
            lines,
        })
    }
}

#[pymethods]
impl FileLines {
    #[getter]
    fn path<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        text(py, self.path.as_bytes())
    }

    #[getter]
    fn is_binary(&self) -> bool {
        self.is_binary
    }

    #[getter]
    fn lines<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let rows = self
            .lines
            .iter()
            .map(|(number, text, start, end)| (PyBytes::new(py, text), *number, *start, *end));
        PyTuple::new(py, rows.collect::<Vec<_>>())
    }
}

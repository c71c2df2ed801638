//! How Rust calls Python: progress, interruption and patterns that only Python's `re` can express.
//! Each is a narrow trait of `hyg-base` or `hyg-matcher`; an exception raised in Python is kept and raised by the caller.

use std::collections::VecDeque;
use std::sync::Mutex;

use hyg_base::{Error, ErrorId, Fact, Interrupt, RepoPath, Reporter, Result};
use hyg_core::filter::ContentFilter;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// The fact of an error by which it finds the exception that it stands for.
const TICKET: &str = "ticket";
/// Errors that nobody turns into exceptions leave theirs behind; more than this are not kept.
const MOST_KEPT: usize = 64;

/// Exceptions on their way out of Rust. Each belongs to one error, which carries its number.
static KEPT: Mutex<Kept> = Mutex::new(Kept {
    next: 0,
    exceptions: VecDeque::new(),
});

struct Kept {
    next: i64,
    exceptions: VecDeque<(i64, PyErr)>,
}

/// The error that stands for an exception a callback raised, until the operation has unwound.
pub(crate) fn keep(exception: PyErr) -> Error {
    let error = Error::new(ErrorId::Interrupted);
    let Ok(mut kept) = KEPT.lock() else {
        return error;
    };
    let ticket = kept.next;
    kept.next += 1;
    let surplus = match kept.exceptions.len() >= MOST_KEPT {
        true => kept.exceptions.pop_front(),
        false => None,
    };
    kept.exceptions.push_back((ticket, exception));
    drop(kept);
    // Only now: dropping an exception may run Python code.
    drop(surplus);
    error.with(TICKET, ticket)
}

/// The exception that an error stands for.
pub(crate) fn kept_for(error: &Error) -> Option<PyErr> {
    let Some(Fact::Int(ticket)) = error.fact(TICKET) else {
        return None;
    };
    let mut kept = KEPT.lock().ok()?;
    let index = kept.exceptions.iter().position(|(one, _)| one == ticket)?;
    kept.exceptions
        .remove(index)
        .map(|(_, exception)| exception)
}

/// Progress through a Python callable `(topic, position, total)`. What it raises waits here for whoever asks next
/// whether the operation may go on.
pub(crate) struct PythonReporter {
    callable: Option<Py<PyAny>>,
    raised: Mutex<Option<PyErr>>,
}

impl PythonReporter {
    /// A reporter for the callable, or one that reports nothing.
    pub(crate) fn new(callable: Option<Py<PyAny>>) -> PythonReporter {
        PythonReporter {
            callable,
            raised: Mutex::new(None),
        }
    }

    /// What the callable raised since this was asked last.
    pub(crate) fn take_raised(&self) -> Option<PyErr> {
        self.raised.lock().ok()?.take()
    }
}

impl Reporter for PythonReporter {
    fn progress(&self, topic: &'static str, position: u64, total: u64) {
        let Some(callable) = &self.callable else {
            return;
        };
        let called = Python::attach(|py| callable.call1(py, (topic, position, total)).map(drop));
        if let (Err(error), Ok(mut raised)) = (called, self.raised.lock()) {
            raised.get_or_insert(error);
        }
    }
}

/// Filters of contents that Python offers: `from_disk(path, data)` and `to_disk(path, data)`.
pub(crate) struct PythonFilter(Py<PyAny>);

impl PythonFilter {
    pub(crate) fn new(filters: Py<PyAny>) -> PythonFilter {
        PythonFilter(filters)
    }

    fn call(&self, name: &str, path: &RepoPath, data: &[u8]) -> Result<Vec<u8>> {
        let filtered = Python::attach(|py| {
            let path = crate::error::text(py, path.as_bytes())?;
            let answer = self
                .0
                .call_method1(py, name, (path, PyBytes::new(py, data)))?;
            Ok::<_, PyErr>(answer.cast_bound::<PyBytes>(py)?.as_bytes().to_vec())
        });
        filtered.map_err(keep)
    }
}

impl ContentFilter for PythonFilter {
    fn read_filtered(&self, path: &RepoPath, data: Vec<u8>) -> Result<Vec<u8>> {
        self.call("from_disk", path, &data)
    }

    fn to_disk(&self, path: &RepoPath, data: Vec<u8>) -> Result<Vec<u8>> {
        self.call("to_disk", path, &data)
    }
}

/// Asks whether the operation may go on: whether its progress callback raised something, and whether a signal handler
/// has something to say (Ctrl-C); for the main thread.
pub(crate) struct PythonInterrupt<'a>(pub(crate) &'a PythonReporter);

impl Interrupt for PythonInterrupt<'_> {
    fn check(&self) -> Result<()> {
        if let Some(raised) = self.0.take_raised() {
            return Err(keep(raised));
        }
        Python::attach(|py| py.check_signals()).map_err(keep)
    }
}

/// Asks whether a signal handler has something to say (Ctrl-C): what all work without the GIL is interrupted by.
pub(crate) struct Signals;

impl Interrupt for Signals {
    fn check(&self) -> Result<()> {
        Python::attach(|py| py.check_signals()).map_err(keep)
    }
}

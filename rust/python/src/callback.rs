//! How Rust calls Python: progress, interruption and patterns that only Python's `re` can express.
//! Each is a narrow trait of `hyg-base` or `hyg-matcher`; an exception raised in Python is kept and raised by the caller.

use std::sync::Mutex;

use hyg_base::{Error, ErrorId, Interrupt, Reporter, Result};
use pyo3::prelude::*;

static PENDING: Mutex<Option<PyErr>> = Mutex::new(None);

/// Keeps an exception that a callback raised until the operation has unwound.
pub(crate) fn keep_pending(error: PyErr) -> Error {
    if let Ok(mut slot) = PENDING.lock() {
        slot.get_or_insert(error);
    }
    Error::new(ErrorId::Interrupted)
}

/// Gives the kept exception back.
pub(crate) fn take_pending() -> Option<PyErr> {
    PENDING.lock().ok()?.take()
}

/// Progress through a Python callable `(topic, position, total)`.
pub(crate) struct PythonReporter {
    callable: Option<Py<PyAny>>,
}

impl PythonReporter {
    /// A reporter for the callable, or one that reports nothing.
    pub(crate) fn new(callable: Option<Py<PyAny>>) -> PythonReporter {
        PythonReporter { callable }
    }
}

impl Reporter for PythonReporter {
    fn progress(&self, topic: &'static str, position: u64, total: u64) {
        let Some(callable) = &self.callable else {
            return;
        };
        Python::attach(|py| {
            if let Err(error) = callable.call1(py, (topic, position, total)) {
                let _ = keep_pending(error);
            }
        });
    }
}

/// Asks Python whether a signal handler has something to say (Ctrl-C); for the main thread.
pub(crate) struct PythonInterrupt;

impl Interrupt for PythonInterrupt {
    fn check(&self) -> Result<()> {
        // What a callback raised stops the operation as a signal does.
        if PENDING.lock().is_ok_and(|slot| slot.is_some()) {
            return Err(Error::new(ErrorId::Interrupted));
        }
        Python::attach(|py| py.check_signals()).map_err(keep_pending)
    }
}

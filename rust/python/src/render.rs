//! Reads `RenderOptions` and calls the renderers of `hyg-core`, the same ones that the launcher uses.
//! Nothing is laid out here.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use hyg_core::ops::status::{StatusKind, StatusKinds, StatusReport};
use hyg_core::render::{FilesView, PathDisplay, StatusView, status};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::error::bytes_of;
use crate::shared::{Piece, SharedPaths};

/// `hydrargyrum.types.RenderOptions`, read once.
pub(crate) struct Options {
    kinds: StatusKinds,
    letters: bool,
    copies: bool,
    end: u8,
    relative_to: Option<Vec<u8>>,
}

impl Options {
    /// Reads the Python object.
    pub(crate) fn from_python(options: &Bound<'_, PyAny>) -> PyResult<Options> {
        let groups: String = options.getattr("groups")?.extract()?;
        let end: Vec<u8> = options.getattr("end")?.extract()?;
        let relative_to = options.getattr("relative_to")?;
        let [end] = end[..] else {
            return Err(PyValueError::new_err("a line ends with one byte"));
        };
        Ok(Options {
            kinds: StatusKind::ALL
                .into_iter()
                .filter(|kind| groups.as_bytes().contains(&kind.letter()))
                .collect(),
            letters: options.getattr("letters")?.extract()?,
            copies: options.getattr("copies")?.extract()?,
            end,
            relative_to: if relative_to.is_none() {
                None
            } else {
                Some(bytes_of(relative_to.cast::<PyString>()?)?)
            },
        })
    }

    fn display(&self, root: &[u8]) -> PathDisplay {
        let place = |bytes| Path::new(std::ffi::OsStr::from_bytes(bytes));
        match &self.relative_to {
            Some(cwd) => PathDisplay::new(place(root), place(cwd), true),
            None => PathDisplay::FromRoot,
        }
    }

    /// Lines of paths from `start` on, about `size` bytes, into `piece`; how many paths that were.
    pub(crate) fn piece(
        &self,
        paths: &SharedPaths,
        root: &[u8],
        start: usize,
        size: usize,
        piece: &mut Piece,
    ) -> usize {
        let display = self.display(root);
        let view = FilesView {
            end: self.end,
            display: &display,
        };
        paths.piece(&view, start, size, piece)
    }

    /// Lines of a status report.
    pub(crate) fn status(&self, report: &StatusReport, root: &[u8]) -> Vec<u8> {
        let display = self.display(root);
        let view = StatusView {
            kinds: self.kinds,
            letters: self.letters,
            copies: self.copies,
            end: self.end,
            display: &display,
        };
        status(report, &view)
    }
}

//! `Repository.diff` and `annotate`: patches of `hyg-core` file by file as finished bytes, origins of lines as columns.
//! Binary patches are compressed by Python's zlib, because their bytes must not depend on the engine.

use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex};

use hyg_base::{Error, RepoPathBuf, Result, Rev};
use hyg_core::ops::annotate::{AnnotateRequest, annotate_told};
use hyg_core::ops::diff::{DiffRequest, LongPatch, Patch, Patches, Style};
use hyg_core::ops::status::{Compared, StatusKind, StatusKinds, StatusRequest, status};
use hyg_core::repo::Repo;
use hyg_core::text::compare::Comparison;
use hyg_core::text::unified;
use hyg_core::text::whitespace::Ignored;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyString, PyTuple, PyType};

use crate::callback::{PythonInterrupt, keep};
use crate::engine::Repository;
use crate::error::{bytes_of, text};
use crate::exotic::PythonRegex;
use crate::gil::detached;
use crate::operations::Patterns;

static ANNOTATION: PyOnceLock<Py<PyType>> = PyOnceLock::new();

fn text_of(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Vec<u8>> {
    bytes_of(value.getattr(name)?.cast::<PyString>()?)
}

/// `ignore` and `xdiff` of a style or a request.
fn comparison_of(asked: &Bound<'_, PyAny>) -> PyResult<Comparison> {
    let ignore = text_of(asked, "ignore")?;
    Ok(Comparison {
        ignored: Ignored {
            all: ignore.contains(&b'w'),
            amount: ignore.contains(&b'b'),
            at_end: ignore.contains(&b'Z'),
            blank_lines: ignore.contains(&b'B'),
        },
        xdiff: asked.getattr("xdiff")?.extract()?,
    })
}

/// `hydrargyrum.types.DiffStyle`.
pub(crate) fn style_of(style: &Bound<'_, PyAny>) -> PyResult<Style> {
    let flag = |name: &str| -> PyResult<bool> { style.getattr(name)?.extract() };
    Ok(Style {
        text: unified::Options {
            comparison: comparison_of(style)?,
            context: style.getattr("context")?.extract::<i64>()?.max(0) as usize,
            show_function: flag("show_function")?,
            git: flag("git")?,
            no_dates: flag("no_dates")?,
            no_prefix: flag("no_prefix")?,
        },
        as_text: flag("text")?,
        no_binary: flag("no_binary")?,
        index: style.getattr("index")?.extract()?,
        similarity: flag("similarity")?,
    })
}

#[pymethods]
impl Repository {
    fn diff(&self, py: Python<'_>, request: &Bound<'_, PyAny>) -> PyResult<PatchIterator> {
        let repo = self.current(py)?;
        let patterns = Patterns::from_python(&self.root_bytes(), &request.getattr("patterns")?)?;
        let base = Repository::checked(&repo, request.getattr("base")?.extract()?)?;
        let target: Option<i64> = request.getattr("target")?.extract()?;
        let target = target
            .map(|rev| Repository::checked(&repo, rev))
            .transpose()?;
        let mut names = Vec::new();
        for name in request.getattr("names")?.try_iter()? {
            names.push(bytes_of(name?.cast::<PyString>()?)?);
        }
        let dates = request.getattr("dates")?;
        let date = |index: usize| -> PyResult<Vec<u8>> {
            bytes_of(dates.get_item(index)?.cast::<PyString>()?)
        };
        let question = DiffRequest {
            base,
            target,
            style: style_of(&request.getattr("style")?)?,
            names,
            dates: [date(0)?, date(1)?],
            reverse: request.getattr("reverse")?.extract()?,
            root: text_of(request, "root")?,
        };
        let ignore_files = self.ignore_file_names();
        let patches = detached(py, || {
            let matcher = patterns.build(&repo, target.is_none())?;
            let kinds: StatusKinds = [
                StatusKind::Modified,
                StatusKind::Added,
                StatusKind::Removed,
                StatusKind::Deleted,
            ]
            .into_iter()
            .collect();
            let found = status(
                &repo,
                &StatusRequest {
                    compared: match target {
                        Some(target) => Compared::Revisions(base, target),
                        None => Compared::WorkingCopyWith(base),
                    },
                    kinds,
                    copies: question.style.text.git,
                    matcher: &*matcher,
                    ignore_files: &ignore_files,
                    exotic: &PythonRegex,
                    interrupt: &PythonInterrupt(&self.reporter),
                },
            )?;
            Patches::new(&repo, question, &found.report)
        })?;
        Ok(PatchIterator {
            repo,
            state: Mutex::new(State {
                patches,
                pieces: None,
            }),
        })
    }

    fn annotate<'py>(
        &self,
        py: Python<'py>,
        request: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let repo = self.current(py)?;
        let rev: Option<i64> = request.getattr("rev")?.extract()?;
        let skip: Vec<i32> = request.getattr("skip")?.extract()?;
        let question = AnnotateRequest {
            path: RepoPathBuf::new(text_of(request, "path")?),
            rev: rev.map(|rev| Repository::checked(&repo, rev)).transpose()?,
            follow: request.getattr("follow")?.extract()?,
            comparison: comparison_of(request)?,
            skip: skip.into_iter().map(Rev).collect(),
        };
        let reporter = self.reporter.clone();
        let found = detached(py, || {
            annotate_told(&repo, &question, &*reporter, &PythonInterrupt(&reporter))
        })?;
        let class = ANNOTATION.import(py, "hydrargyrum.types", "Annotation")?;
        let lines = PyTuple::new(py, found.lines.iter().map(|line| PyBytes::new(py, line)))?;
        let revs = PyTuple::new(py, found.revs.iter().map(|rev| rev.0))?;
        let (names, which) = found.paths;
        let names: PyResult<Vec<_>> = names.iter().map(|name| text(py, name.as_bytes())).collect();
        let names = names?;
        let paths = PyTuple::new(py, which.into_iter().map(|at| &names[at]))?;
        class.call1((lines, revs, found.numbers, paths, found.skipped))
    }
}

/// The patches of `diff`, each written when it is asked for.
#[pyclass(frozen, module = "hydrargyrum._native")]
pub(crate) struct PatchIterator {
    repo: Arc<Repo>,
    state: Mutex<State>,
}

struct State {
    patches: Patches,
    /// Pieces of the patch that is being written.
    pieces: Option<Receiver<Result<Vec<u8>>>>,
}

impl State {
    fn advance(&mut self, repo: &Repo) -> Result<Option<Vec<u8>>> {
        loop {
            if let Some(pieces) = &self.pieces {
                match pieces.recv() {
                    Ok(piece) => return piece.map(Some),
                    Err(_) => self.pieces = None,
                }
            }
            match self.patches.next(repo, &compress)? {
                None => return Ok(None),
                Some(Patch::Whole(patch)) => return Ok(Some(patch)),
                Some(Patch::Long(patch)) => self.pieces = Some(write(*patch)?),
            }
        }
    }
}

/// How many pieces of a patch wait to be taken.
const WAITING: usize = 4;

/// Another thread writes a long patch, as far as somebody takes it.
fn write(patch: LongPatch) -> Result<Receiver<Result<Vec<u8>>>> {
    let (give, taken) = sync_channel(WAITING);
    let work = move || {
        let gone = || Error::internal("nobody takes the patch any more");
        let written = Compressor::new().and_then(|compressor| {
            patch.write(&mut |bytes| compressor.pack(bytes), &mut |piece| {
                give.send(Ok(piece)).map_err(|_| gone())
            })
        });
        if let Err(error) = written {
            // Nobody listens where the iterator is gone, which is the reason then.
            let _ = give.send(Err(error));
        }
    };
    let thread = std::thread::Builder::new().name("patch".to_owned());
    let problem =
        |error: std::io::Error| Error::internal("no thread").with("cause", error.to_string());
    thread.spawn(work).map_err(problem)?;
    Ok(taken)
}

#[pymethods]
impl PatchIterator {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyBytes>>> {
        let patch = detached(py, || {
            let mut state = self
                .state
                .lock()
                .map_err(|_| Error::internal("poisoned patches"))?;
            state.advance(&self.repo)
        })?;
        Ok(patch.map(|patch| PyBytes::new(py, &patch)))
    }
}

/// So much of a text goes to Python at once.
const PIECE: usize = 1 << 20;

/// Python's `zlib.compress`, by pieces, because a copy of a long text would be one too many.
pub(crate) fn compress(data: &[u8]) -> Result<Vec<u8>> {
    let compressor = Compressor::new()?;
    let mut out = Vec::new();
    for piece in data.chunks(PIECE) {
        out.extend_from_slice(&compressor.pack(Some(piece))?);
    }
    out.extend_from_slice(&compressor.pack(None)?);
    Ok(out)
}

/// Python's `zlib.compressobj()`.
struct Compressor(Py<PyAny>);

impl Compressor {
    fn new() -> Result<Compressor> {
        let made = Python::attach(|py| {
            let made = py.import("zlib")?.call_method0("compressobj")?;
            Ok(Compressor(made.unbind()))
        });
        made.map_err(|error: PyErr| keep(error))
    }

    /// What is ready after this piece; the rest where there is none.
    fn pack(&self, piece: Option<&[u8]>) -> Result<Vec<u8>> {
        let packed = Python::attach(|py| {
            py.check_signals()?;
            let compressor = self.0.bind(py);
            let packed = match piece {
                Some(piece) => compressor.call_method1("compress", (PyBytes::new(py, piece),))?,
                None => compressor.call_method0("flush")?,
            };
            Ok(packed.cast::<PyBytes>()?.as_bytes().to_vec())
        });
        packed.map_err(|error: PyErr| keep(error))
    }
}

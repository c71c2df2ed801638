//! The operations on files of `Repository`: status, file lists, contents. Requests are read, `hyg-core` does the work.
//! What comes back stays in Rust until somebody reads it.

use std::collections::VecDeque;
use std::os::unix::ffi::OsStrExt;
use std::sync::{Arc, Mutex};

use hyg_base::{Node, RepoPathBuf, Reporter, Result, Rev, Warning};
use hyg_core::disk::DiskSource;
use hyg_core::matcher::{Built, MatchRequest, Matcher, PatternKind, build};
use hyg_core::ops::cat::{CatRequest, select};
use hyg_core::ops::files::{FilesRequest, kept_files};
use hyg_core::ops::status::{Compared, FixOutcome, StatusKind, StatusKinds, StatusRequest, status};
use hyg_core::repo::Repo;
use hyg_core::store::manifest::FileEntry;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString, PyTuple};

use crate::callback::{PythonInterrupt, PythonReporter};
use crate::engine::{Repository, path_of};
use crate::error::{bytes_of, text, to_python, warning};
use crate::exotic::PythonRegex;
use crate::gil::detached;
use crate::manifest::flag_text;
use crate::paths::PathSequence;
use crate::shared::SharedPaths;
use crate::status::NativeStatusReport;

/// `hydrargyrum.types.PatternSet`, read once.
pub(crate) struct Patterns {
    request: MatchRequest,
    warn_missing: bool,
}

fn texts(value: &Bound<'_, PyAny>) -> PyResult<Vec<Vec<u8>>> {
    value
        .try_iter()?
        .map(|item| bytes_of(item?.cast::<PyString>()?))
        .collect()
}

impl Patterns {
    pub(crate) fn from_python(root: &[u8], set: &Bound<'_, PyAny>) -> PyResult<Patterns> {
        let kind = bytes_of(set.getattr("default_kind")?.cast::<PyString>()?)?;
        let default_kind = PatternKind::from_name(&kind)
            .ok_or_else(|| PyValueError::new_err("default_kind is not a kind of pattern"))?;
        Ok(Patterns {
            request: MatchRequest {
                root: root.to_vec(),
                cwd: path_of(set.getattr("cwd")?.cast::<PyString>()?)?
                    .as_os_str()
                    .as_bytes()
                    .to_vec(),
                patterns: texts(&set.getattr("patterns")?)?,
                include: texts(&set.getattr("include")?)?,
                exclude: texts(&set.getattr("exclude")?)?,
                default_kind,
            },
            warn_missing: set.getattr("warn_missing")?.extract()?,
        })
    }

    pub(crate) fn build(&self, repo: &Repo, of_working_copy: bool) -> Result<Box<dyn Matcher>> {
        let source = match of_working_copy {
            true => DiskSource::for_working_copy(repo.root()),
            false => DiskSource::for_revision(repo.root()),
        };
        let Built { matcher, .. } = build(&self.request, &source, &PythonRegex)?;
        Ok(matcher)
    }
}

/// Warnings about named files that a revision (given by its node) does not have.
fn absent_warnings(paths: &[RepoPathBuf], node: Option<Node>, wanted: bool) -> Vec<Warning> {
    let Some(node) = node else { return Vec::new() };
    let named = paths.iter().filter(|_| wanted);
    named
        .map(|path| {
            Warning::new("no-such-file-in-rev")
                .with("path", path.as_bytes())
                .with("rev", &node.to_hex()[..12])
        })
        .collect()
}

#[pymethods]
impl Repository {
    fn status(&self, py: Python<'_>, request: &Bound<'_, PyAny>) -> PyResult<NativeStatusReport> {
        let root = self.root_bytes();
        let repo = self.current(py)?;
        let patterns = Patterns::from_python(&root, &request.getattr("patterns")?)?;
        let rev = |name: &str| -> PyResult<Option<Rev>> {
            let value: Option<i64> = request.getattr(name)?.extract()?;
            value.map(|rev| Repository::checked(&repo, rev)).transpose()
        };
        let compared = match (rev("base")?, rev("target")?) {
            (None, None) => Compared::WorkingCopy,
            (Some(base), None) => Compared::WorkingCopyWith(base),
            (Some(base), Some(target)) => Compared::Revisions(base, target),
            (None, Some(_)) => return Err(PyValueError::new_err("a target needs a base")),
        };
        let mut kinds: StatusKinds = [StatusKind::Added, StatusKind::Removed]
            .into_iter()
            .collect();
        for (name, kind) in [
            ("settle", StatusKind::Modified),
            ("settle", StatusKind::Deleted),
            ("unknown", StatusKind::Unknown),
            ("ignored", StatusKind::Ignored),
            ("clean", StatusKind::Clean),
        ] {
            if request.getattr(name)?.extract()? {
                kinds = kinds.with(kind);
            }
        }
        let copies: bool = request.getattr("copies")?.extract()?;
        let ignore_files = self.ignore_file_names();
        let outcome = detached(py, || {
            let working_copy = !matches!(compared, Compared::Revisions(..));
            let matcher = patterns.build(&repo, working_copy)?;
            let question = StatusRequest {
                compared,
                kinds,
                copies,
                matcher: &*matcher,
                ignore_files: &ignore_files,
                exotic: &PythonRegex,
                interrupt: &PythonInterrupt(&self.reporter),
            };
            status(&repo, &question)
        })?;
        let fixes = outcome
            .proposal
            .map(|proposal| -> crate::status::FixWriter {
                Box::new(move || Ok(proposal.write() == FixOutcome::Written))
            });
        // of parents that are gone the repository tells, whatever somebody asks (`look_at_parents`)
        let mut warnings = outcome.warnings;
        warnings.retain(|one| one.id != "unknown-working-parent");
        Ok(NativeStatusReport::new(
            outcome.report,
            root,
            warnings,
            fixes,
        ))
    }

    fn files<'py>(
        &self,
        py: Python<'py>,
        rev: Option<i64>,
        patterns: &Bound<'py, PyAny>,
    ) -> PyResult<(PathSequence, Bound<'py, PyTuple>)> {
        let root = self.root_bytes();
        let repo = self.current(py)?;
        let patterns = Patterns::from_python(&root, patterns)?;
        let rev = rev.map(|rev| Repository::checked(&repo, rev)).transpose()?;
        let (paths, absent) = detached(py, || {
            let matcher = patterns.build(&repo, rev.is_none())?;
            kept_files(
                &repo,
                &FilesRequest {
                    rev,
                    matcher: &*matcher,
                },
            )
        })?;
        let node = rev.map(|rev| {
            repo.changelog()
                .and_then(|changelog| changelog.revlog().node(rev))
        });
        let node = node.transpose().map_err(|error| to_python(py, &error))?;
        let absent = absent_warnings(&absent, node, patterns.warn_missing);
        let warnings: PyResult<Vec<_>> = absent.iter().map(|one| warning(py, one)).collect();
        let paths = PathSequence::new(SharedPaths::from(paths), root);
        Ok((paths, PyTuple::new(py, warnings?)?))
    }

    fn contents(
        &self,
        py: Python<'_>,
        rev: i64,
        patterns: &Bound<'_, PyAny>,
    ) -> PyResult<ContentIterator> {
        let repo = self.current(py)?;
        let patterns = Patterns::from_python(&self.root_bytes(), patterns)?;
        let rev = Repository::checked(&repo, rev)?;
        let found = detached(py, || {
            let matcher = patterns.build(&repo, false)?;
            select(
                &repo,
                &CatRequest {
                    rev,
                    matcher: &*matcher,
                },
            )
        })?;
        Ok(ContentIterator {
            repo,
            total: found.files.len() as u64,
            pending: Mutex::new(found.files.into()),
            reporter: self.reporter.clone(),
        })
    }
}

/// The files of `contents`, each read when it is asked for.
#[pyclass(frozen, module = "hydrargyrum._native")]
pub(crate) struct ContentIterator {
    repo: Arc<Repo>,
    pending: Mutex<VecDeque<(RepoPathBuf, FileEntry)>>,
    total: u64,
    reporter: Arc<PythonReporter>,
}

#[pymethods]
impl ContentIterator {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<NativeFileContent>> {
        let next = self.pending.lock().ok().and_then(|mut pending| {
            let next = pending.pop_front()?;
            Some((next, pending.len() as u64))
        });
        let Some(((path, entry), left)) = next else {
            return Ok(None);
        };
        py.detach(|| {
            self.reporter
                .progress("files", self.total - left, self.total)
        });
        if let Some(raised) = self.reporter.take_raised() {
            return Err(raised);
        }
        let data = detached(py, || {
            Ok(self.repo.filelog(&path)?.read_node(&entry.node)?.into_vec())
        })?;
        Ok(Some(NativeFileContent { path, entry, data }))
    }
}

/// One file of a revision with its data.
#[pyclass(frozen, module = "hydrargyrum._native")]
pub(crate) struct NativeFileContent {
    path: RepoPathBuf,
    entry: FileEntry,
    data: Vec<u8>,
}

#[pymethods]
impl NativeFileContent {
    #[getter]
    fn path<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        text(py, self.path.as_bytes())
    }

    #[getter]
    fn data<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.data)
    }

    #[getter]
    fn node<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.entry.node.as_bytes())
    }

    #[getter]
    fn flags(&self) -> &'static str {
        flag_text(self.entry.flags.as_str().bytes().next().unwrap_or(0))
    }
}

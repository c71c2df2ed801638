//! `StoreWriter`: the native side of `engine/writing.py`; plans are read, `hyg-core` does the work.
//! While a writer is open, the repository that made it answers with what the writer has.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};

use hyg_base::{Error, Interrupt, Node, RepoPath, RepoPathBuf, Rev};
use hyg_core::ops::commit::{CommitRequest, Committed, Content, FileChange};
use hyg_core::ops::status::StatusKind;
use hyg_core::store::changelog::{Date, Header};
use hyg_core::store::manifest::Flags;
use hyg_core::store::revlog::Kind;
use hyg_core::worktree::dirstate::Written;
use hyg_core::writer::{Incoming, IncomingFile, Reuse, StoreWriter as Writer};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString, PyTuple};

use crate::callback::{PythonInterrupt, PythonReporter};
use crate::editing::WrittenFiles;
use crate::engine::{Overlay, Repository, node_of, path_of};
use crate::error::{bytes_of, warning};
use crate::gil::detached;
use crate::intake::{Revisions, size_of};
use crate::paths::PathSequence;
use crate::shared::SharedPaths;
use crate::status::NativeStatusReport;

/// So many bytes of revisions from elsewhere are taken from Python at once.
const BATCH_BYTES: usize = 16 << 20;

/// A changeset that was appended.
#[pyclass(frozen, module = "hydrargyrum._native")]
pub(crate) struct CommitResult {
    committed: Committed,
    written: Arc<Written>,
    files: SharedPaths,
    root: Arc<Vec<u8>>,
}

#[pymethods]
impl CommitResult {
    #[getter]
    fn node<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.committed.node.as_bytes())
    }

    #[getter]
    fn rev(&self) -> i32 {
        self.committed.rev.0
    }

    #[getter]
    fn manifest<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.committed.manifest.as_bytes())
    }

    /// The files that the changeset touches, as its header lists them.
    #[getter]
    fn files(&self) -> PathSequence {
        PathSequence::new(self.files.clone(), self.root.clone())
    }

    /// How its files looked when they were read.
    #[getter]
    fn stamps(&self) -> WrittenFiles {
        WrittenFiles {
            written: self.written.clone(),
        }
    }

    #[getter]
    fn warnings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let made: PyResult<Vec<_>> = self
            .committed
            .warnings
            .iter()
            .map(|one| warning(py, one))
            .collect();
        PyTuple::new(py, made?)
    }
}

/// Appends to a store; implements `engine.writing.StoreWriter`.
#[pyclass(frozen, module = "hydrargyrum._native")]
pub(crate) struct StoreWriter {
    writer: Mutex<Option<Writer>>,
    overlay: Overlay,
    repository: Py<Repository>,
    reporter: Arc<PythonReporter>,
    root: Arc<Vec<u8>>,
}

#[pymethods]
impl Repository {
    /// Opens the store for appending.
    fn write_store(slf: &Bound<'_, Self>, journal: &Bound<'_, PyString>) -> PyResult<StoreWriter> {
        let py = slf.py();
        let this = slf.get();
        let journal = path_of(journal)?;
        let repo = this.current(py)?;
        let writer = detached(py, || Writer::open(repo, &journal))?;
        Ok(StoreWriter {
            writer: Mutex::new(Some(writer)),
            overlay: this.overlay.clone(),
            repository: slf.clone().unbind(),
            reporter: this.reporter.clone(),
            root: this.root_bytes(),
        })
    }

    /// How many revisions a revlog has, how long its files and all its texts are.
    fn measure_revlog(
        &self,
        py: Python<'_>,
        kind: &str,
        path: &Bound<'_, PyString>,
    ) -> PyResult<(usize, u64, u64)> {
        let (kind, path) = (kind_of(kind)?, bytes_of(path)?);
        let repo = self.current(py)?;
        let measure = detached(py, || repo.measure(kind, &path))?;
        Ok((measure.revisions, measure.stored, measure.texts))
    }
}

fn kind_of(name: &str) -> PyResult<Kind> {
    match name {
        "changelog" => Ok(Kind::Changelog),
        "manifest" => Ok(Kind::Manifest),
        "file" => Ok(Kind::Filelog),
        _ => Err(PyValueError::new_err("not a kind of revlog")),
    }
}

impl StoreWriter {
    fn locked(&self) -> hyg_base::Result<MutexGuard<'_, Option<Writer>>> {
        self.writer
            .lock()
            .map_err(|_| Error::internal("poisoned store writer"))
    }

    /// Works with the writer; afterwards the repository answers with what it has.
    fn with<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut Writer) -> hyg_base::Result<T> + Send,
    ) -> PyResult<T> {
        detached(py, || {
            let mut writer = self.locked()?;
            let writer = writer
                .as_mut()
                .ok_or_else(|| Error::internal("the store writer is closed"))?;
            let answer = work(writer)?;
            if let Ok(mut overlay) = self.overlay.lock() {
                *overlay = Some(writer.view());
            }
            Ok(answer)
        })
    }

    fn close(&self, py: Python<'_>) -> PyResult<()> {
        detached(py, || {
            *self.locked()? = None;
            if let Ok(mut overlay) = self.overlay.lock() {
                *overlay = None;
            }
            Ok(())
        })?;
        self.repository.get().forget(py)
    }

    fn commit_request(&self, py: Python<'_>, request: CommitRequest) -> PyResult<CommitResult> {
        let request = request.sorted();
        let reporter = self.reporter.clone();
        let committed = self.with(py, move |writer| {
            let interrupt = PythonInterrupt(&reporter);
            let done = writer.commit(&request, &interrupt, &*reporter)?;
            interrupt.check()?;
            Ok(done)
        })?;
        Ok(CommitResult {
            written: Arc::new(committed.written.clone()),
            files: SharedPaths::from(committed.files.clone()),
            committed,
            root: self.root.clone(),
        })
    }
}

#[pymethods]
impl StoreWriter {
    fn commit(
        &self,
        py: Python<'_>,
        header: &Bound<'_, PyAny>,
        changes: &Bound<'_, PyAny>,
        removed: &Bound<'_, PyAny>,
    ) -> PyResult<CommitResult> {
        let mut request = request_of(header)?;
        for change in changes.try_iter()? {
            request.changes.push(change_of(&change?)?);
        }
        request.removed = paths_of(removed)?;
        self.commit_request(py, request)
    }

    #[pyo3(signature = (header, report, special = None, copies = None))]
    fn commit_working_copy(
        &self,
        py: Python<'_>,
        header: &Bound<'_, PyAny>,
        report: &Bound<'_, PyAny>,
        special: Option<&Bound<'_, PyAny>>,
        copies: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<CommitResult> {
        let mut request = request_of(header)?;
        let mut replaced = HashSet::new();
        if let Some(special) = special {
            for change in special.try_iter()? {
                let change = change_of(&change?)?;
                replaced.insert(change.path.clone());
                request.changes.push(change);
            }
        }
        let mut sources: HashMap<RepoPathBuf, RepoPathBuf> = HashMap::new();
        if let Some(copies) = copies {
            for item in copies.call_method0("items")?.try_iter()? {
                let (path, source): (Bound<'_, PyString>, Bound<'_, PyString>) = item?.extract()?;
                sources.insert(buf(&path)?, buf(&source)?);
            }
        }
        let mut add = |path: &RepoPath| {
            if !replaced.contains(path) {
                let mut change = FileChange::of_working_copy(path);
                change.copied_from = sources.get(path).cloned();
                request.changes.push(change);
            }
        };
        if let Ok(report) = report.cast::<NativeStatusReport>() {
            let report = report.get();
            for kind in [StatusKind::Modified, StatusKind::Added] {
                report.paths(kind).iter().for_each(&mut add);
            }
            let removed = report.paths(StatusKind::Removed);
            request.removed = removed.iter().map(RepoPath::to_buf).collect();
        } else {
            for group in ["modified", "added"] {
                for path in paths_of(&report.getattr(group)?)? {
                    add(&path);
                }
            }
            request.removed = paths_of(&report.getattr("removed")?)?;
        }
        self.commit_request(py, request)
    }

    fn add_revisions(
        &self,
        py: Python<'_>,
        kind: &str,
        path: &Bound<'_, PyString>,
        revisions: &Bound<'_, PyAny>,
    ) -> PyResult<usize> {
        let kind = kind_of(kind)?;
        let path = bytes_of(path)?;
        let mut added = 0;
        let mut batch = Vec::new();
        let mut bytes = 0;
        let mut add = |batch: &mut Vec<Incoming>| -> PyResult<()> {
            let taken = std::mem::take(batch);
            let path = &path;
            added += self.with(py, move |writer| {
                writer.add(kind, path, &taken, &PythonInterrupt(&self.reporter))
            })?;
            Ok(())
        };
        for some in Revisions::of(revisions)? {
            let mut some = some?;
            bytes += size_of(&some);
            batch.append(&mut some);
            if bytes > BATCH_BYTES {
                add(&mut batch)?;
                bytes = 0;
            }
        }
        add(&mut batch)?;
        if added > 0 {
            self.with(py, Writer::added)?;
        }
        Ok(added)
    }

    #[pyo3(signature = (source, kind, path, *, deltas))]
    fn copy_revlog(
        &self,
        py: Python<'_>,
        source: &Bound<'_, Repository>,
        kind: &str,
        path: &Bound<'_, PyString>,
        deltas: &str,
    ) -> PyResult<u64> {
        let (kind, path) = (kind_of(kind)?, bytes_of(path)?);
        let reuse = match deltas {
            "keep" => Reuse::First,
            "choose" => Reuse::IfChosen,
            "anew" => Reuse::Never,
            _ => return Err(PyValueError::new_err("not a way to take over deltas")),
        };
        let source = source.get().current(py)?;
        self.with(py, move |writer| {
            writer.copy_revlog(
                &source,
                kind,
                &path,
                reuse,
                &PythonInterrupt(&self.reporter),
            )
        })
    }

    fn write_nodemaps(&self, py: Python<'_>) -> PyResult<()> {
        self.with(py, Writer::write_nodemaps)
    }

    /// Adds revisions of many files, made by several threads.
    fn add_files(&self, py: Python<'_>, files: &Bound<'_, PyAny>) -> PyResult<Vec<usize>> {
        let mut added: Vec<usize> = Vec::new();
        let mut waiting: Vec<IncomingFile> = Vec::new();
        let mut bytes = 0;
        let add = |waiting: &mut Vec<IncomingFile>, added: &mut Vec<usize>| -> PyResult<()> {
            let taken = std::mem::take(waiting);
            let interrupt = PythonInterrupt(&self.reporter);
            let more = self.with(py, |writer| writer.add_files(&taken, &interrupt))?;
            added.extend(more);
            Ok(())
        };
        for pair in files.try_iter()? {
            let (path, revisions): (Bound<'_, PyString>, Bound<'_, PyAny>) = pair?.extract()?;
            let path = bytes_of(&path)?;
            let mut file = IncomingFile {
                path,
                revisions: Vec::new(),
            };
            // of a file with very much to come, what is taken in at once is added before the rest is read
            let mut before = 0;
            for some in Revisions::of(&revisions)? {
                let mut some = some?;
                bytes += size_of(&some);
                file.revisions.append(&mut some);
                if bytes > BATCH_BYTES {
                    add(&mut waiting, &mut added)?;
                    let (path, taken) = (&file.path, std::mem::take(&mut file.revisions));
                    let interrupt = PythonInterrupt(&self.reporter);
                    before += self.with(py, |writer| {
                        writer.add(Kind::Filelog, path, &taken, &interrupt)
                    })?;
                    bytes = 0;
                }
            }
            if before > 0 {
                let mut last = Vec::new();
                waiting.push(file);
                add(&mut waiting, &mut last)?;
                added.push(before + last.iter().sum::<usize>());
            } else {
                waiting.push(file);
            }
        }
        add(&mut waiting, &mut added)?;
        if added.iter().any(|count| *count > 0) {
            self.with(py, Writer::added)?;
        }
        Ok(added)
    }

    fn broken_by_strip(&self, py: Python<'_>, first: i32) -> PyResult<Vec<i32>> {
        let found = self.with(py, move |writer| writer.broken_by_strip(Rev(first)))?;
        Ok(found.into_iter().map(|rev| rev.0).collect())
    }

    fn strip(&self, py: Python<'_>, first: i32) -> PyResult<()> {
        self.with(py, move |writer| writer.strip(Rev(first)))
    }

    fn write_pending(&self, py: Python<'_>) -> PyResult<bool> {
        self.with(py, Writer::write_pending)
    }

    fn finish(&self, py: Python<'_>) -> PyResult<()> {
        self.with(py, Writer::finish)?;
        self.close(py)
    }

    fn discard(&self, py: Python<'_>) -> PyResult<()> {
        self.close(py)
    }
}

fn buf(text: &Bound<'_, PyString>) -> PyResult<RepoPathBuf> {
    Ok(RepoPathBuf::new(bytes_of(text)?))
}

fn text_attribute(from: &Bound<'_, PyAny>, name: &str) -> PyResult<Vec<u8>> {
    bytes_of(from.getattr(name)?.cast::<PyString>()?)
}

fn optional_text(from: &Bound<'_, PyAny>, name: &str) -> PyResult<Option<Vec<u8>>> {
    let value = from.getattr(name)?;
    match value.is_none() {
        true => Ok(None),
        false => bytes_of(value.cast::<PyString>()?).map(Some),
    }
}

fn optional_node(from: &Bound<'_, PyAny>, name: &str) -> PyResult<Option<Node>> {
    let node: Option<Vec<u8>> = bytes_or_none(&from.getattr(name)?)?;
    node.map(|node| node_of(&node)).transpose()
}

fn bytes_or_none(value: &Bound<'_, PyAny>) -> PyResult<Option<Vec<u8>>> {
    match value.is_none() {
        true => Ok(None),
        false => Ok(Some(value.cast::<PyBytes>()?.as_bytes().to_vec())),
    }
}

fn paths_of(paths: &Bound<'_, PyAny>) -> PyResult<Vec<RepoPathBuf>> {
    paths
        .try_iter()?
        .map(|path| buf(path?.cast::<PyString>()?))
        .collect()
}

/// `plans.CommitHeader`.
fn request_of(header: &Bound<'_, PyAny>) -> PyResult<CommitRequest> {
    let (first, second): (i32, i32) = header.getattr("parents")?.extract()?;
    let mut extras = Vec::new();
    for item in header.getattr("extra")?.call_method0("items")?.try_iter()? {
        let (name, value): (Bound<'_, PyString>, Bound<'_, PyString>) = item?.extract()?;
        extras.push((bytes_of(&name)?, bytes_of(&value)?));
    }
    Ok(CommitRequest {
        parents: [Rev(first), Rev(second)],
        header: Header {
            user: text_attribute(header, "user")?,
            date: Date {
                seconds: header.getattr("time")?.extract()?,
                offset: header.getattr("offset")?.extract()?,
            },
            extras,
            description: text_attribute(header, "description")?,
        },
        manifest: optional_node(header, "manifest")?,
        merge_recorded: header.getattr("merge_recorded")?.extract()?,
        changes: Vec::new(),
        removed: Vec::new(),
    })
}

/// `plans.FileChange`.
fn change_of(change: &Bound<'_, PyAny>) -> PyResult<FileChange> {
    let known = optional_node(change, "node")?;
    let data = bytes_or_none(&change.getattr("data")?)?;
    let content = match (known, data) {
        (Some(node), _) => Content::Known(node),
        (None, Some(data)) => Content::Data(data),
        (None, None) => Content::WorkingCopy,
    };
    let flag = |name: &str| -> PyResult<bool> { change.getattr(name)?.extract() };
    Ok(FileChange {
        path: RepoPathBuf::new(text_attribute(change, "path")?),
        content,
        flags: optional_text(change, "flags")?.map(|flags| Flags::from_name(&flags)),
        copied_from: optional_text(change, "copied_from")?.map(RepoPathBuf::new),
        other_only: flag("other_only")?,
        merged: flag("merged")?,
        force_new: flag("force_new")?,
    })
}

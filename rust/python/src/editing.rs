//! `DirstateEditor`: changes to the dirstate, one call each, paths converted on the way in; many at a time where a
//! sequence of native paths is given. The rules are `hyg-worktree`'s and `hyg-core`'s.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use hyg_base::{PathList, RepoPath, RepoPathBuf};
use hyg_core::ops::editing;
use hyg_core::ops::tracking::plain_files;
use hyg_core::store::requirements::DIRSTATE_TRACKED_KEY;
use hyg_core::worktree::Timestamp;
use hyg_core::worktree::dirstate::{Editor, Facts, Seen, Written};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString};

use crate::engine::{Repository, node_of};
use crate::error::{bytes_of, text};
use crate::gil::{attached, detached};
use crate::paths::PathSequence;
use crate::shared::SharedPaths;

/// What was done to files of the working copy, for `DirstateEditor`; kept by results of commits and checkouts.
#[pyclass(frozen, module = "hydrargyrum._native")]
pub(crate) struct WrittenFiles {
    pub(crate) written: Arc<Written>,
}

#[pymethods]
impl WrittenFiles {
    fn __len__(&self) -> usize {
        self.written.files.len() + self.written.removed.len()
    }
}

/// Changes to the dirstate in memory; implements `engine.writing.DirstateEditor`.
#[pyclass(frozen, module = "hydrargyrum._native")]
pub(crate) struct DirstateEditor {
    repository: Py<Repository>,
    editor: Mutex<Editor>,
    /// Written anew when the set of tracked files changes.
    hint: Option<PathBuf>,
}

impl DirstateEditor {
    fn with<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut Editor) -> hyg_base::Result<T> + Send,
    ) -> PyResult<T> {
        detached(py, || work(&mut *self.locked()?))
    }

    fn locked(&self) -> hyg_base::Result<std::sync::MutexGuard<'_, Editor>> {
        let poisoned = |_| hyg_base::Error::internal("poisoned dirstate editor");
        self.editor.lock().map_err(poisoned)
    }

    /// Applies `change` to every path; those for which it says true, as a sequence like the one that was given.
    fn each<'py>(
        &self,
        py: Python<'py>,
        paths: &Bound<'py, PyAny>,
        change: fn(&mut Editor, &RepoPath) -> hyg_base::Result<bool>,
    ) -> PyResult<Bound<'py, PyAny>> {
        if let Ok(native) = paths.cast::<PathSequence>() {
            let native = native.get();
            let list = native.list.clone();
            let changed = self.with(py, move |editor| {
                let mut changed = PathList::new();
                for path in list.iter() {
                    if change(editor, path)? {
                        changed.push(path)?;
                    }
                }
                Ok(changed)
            })?;
            let changed = PathSequence::new(SharedPaths::from(changed), native.root());
            return Ok(Bound::new(py, changed)?.into_any());
        }
        let changed = PyList::empty(py);
        for path in paths.try_iter()? {
            let path = path?;
            let bytes = bytes_of(path.cast::<PyString>()?)?;
            if attached(py, || change(&mut *self.locked()?, RepoPath::new(&bytes)))? {
                changed.append(path)?;
            }
        }
        Ok(changed.into_any())
    }
}

#[pymethods]
impl Repository {
    /// Paths of plain files, and those about which something may have to be said.
    fn plain_files(
        &self,
        py: Python<'_>,
        paths: &Bound<'_, PyAny>,
        limit: Option<u64>,
    ) -> PyResult<(PathSequence, PathSequence)> {
        let repo = self.current(py)?;
        let list = match paths.cast::<PathSequence>() {
            Ok(native) => native.get().list.clone(),
            Err(_) => {
                let mut list = PathList::new();
                for path in paths_of(paths)? {
                    attached(py, || list.push(&path))?;
                }
                SharedPaths::from(list)
            }
        };
        let [plain, odd] = detached(py, move || plain_files(&repo, &list, limit))?;
        let sequence = |list| PathSequence::new(SharedPaths::from(list), self.root_bytes());
        Ok((sequence(plain), sequence(odd)))
    }
}

fn paths_of(paths: &Bound<'_, PyAny>) -> PyResult<Vec<RepoPathBuf>> {
    paths
        .try_iter()?
        .map(|path| Ok(RepoPathBuf::new(bytes_of(path?.cast::<PyString>()?)?)))
        .collect()
}

fn seen_of(stamp: &Bound<'_, PyAny>) -> PyResult<Seen> {
    let number = |name: &str| -> PyResult<i64> { stamp.getattr(name)?.extract() };
    let reliable: bool = stamp.getattr("reliable")?.extract()?;
    let mtime = Timestamp::new(number("mtime")?, number("nanoseconds")? as u32);
    Ok(Seen {
        mode: number("mode")? as u32,
        size: number("size")? as u64,
        mtime: reliable.then_some(mtime),
    })
}

#[pymethods]
impl DirstateEditor {
    #[new]
    fn open(repository: &Bound<'_, Repository>) -> PyResult<DirstateEditor> {
        let py = repository.py();
        let repo = repository.get().current(py)?;
        let editor = detached(py, || editing::edit(&repo))?;
        let layout = repo.layout();
        let hinted = layout.requirements.contains(DIRSTATE_TRACKED_KEY);
        Ok(DirstateEditor {
            repository: repository.clone().unbind(),
            editor: Mutex::new(editor),
            hint: hinted.then(|| layout.dot_hg.join("dirstate-tracked-hint")),
        })
    }

    #[getter]
    fn parents<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyBytes>, Bound<'py, PyBytes>)> {
        let [one, two] = attached(py, || Ok(self.locked()?.parents()))?;
        Ok((
            PyBytes::new(py, one.as_bytes()),
            PyBytes::new(py, two.as_bytes()),
        ))
    }

    fn set_parents(&self, py: Python<'_>, first: &[u8], second: &[u8]) -> PyResult<()> {
        let parents = [node_of(first)?, node_of(second)?];
        let repo = self.repository.get().current(py)?;
        self.with(py, |editor| editing::set_parents(&repo, editor, parents))
    }

    fn facts(&self, py: Python<'_>, path: &Bound<'_, PyString>) -> PyResult<(bool, bool, bool)> {
        let path = bytes_of(path)?;
        let facts = attached(py, || self.locked()?.facts(RepoPath::new(&path)))?;
        Ok((facts.tracked, facts.in_first, facts.p2_info))
    }

    fn track<'py>(
        &self,
        py: Python<'py>,
        paths: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.each(py, paths, Editor::track)
    }

    fn untrack<'py>(
        &self,
        py: Python<'py>,
        paths: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.each(py, paths, Editor::untrack)
    }

    #[pyo3(signature = (path, *, tracked, in_first, p2_info = false, clean = None))]
    fn place(
        &self,
        py: Python<'_>,
        path: &Bound<'_, PyString>,
        tracked: bool,
        in_first: bool,
        p2_info: bool,
        clean: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let path = bytes_of(path)?;
        let seen = clean.map(seen_of).transpose()?;
        let facts = Facts {
            tracked,
            in_first,
            p2_info,
        };
        attached(py, || {
            self.locked()?.place(RepoPath::new(&path), facts, seen)
        })
    }

    fn possibly_dirty(&self, py: Python<'_>, paths: &Bound<'_, PyAny>) -> PyResult<()> {
        let paths = paths_of(paths)?;
        self.with(py, |editor| {
            paths
                .iter()
                .try_for_each(|path| editor.possibly_dirty(path))
        })
    }

    fn copy(
        &self,
        py: Python<'_>,
        destination: &Bound<'_, PyString>,
        source: Option<&Bound<'_, PyString>>,
    ) -> PyResult<()> {
        let destination = bytes_of(destination)?;
        let source = source.map(bytes_of).transpose()?;
        let source = source.as_deref().map(RepoPath::new);
        attached(py, || {
            self.locked()?.copy(RepoPath::new(&destination), source)
        })
    }

    fn copies<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<Vec<(Bound<'py, PyString>, Bound<'py, PyString>)>> {
        let copies = self.with(py, |editor| editor.copies())?;
        copies
            .iter()
            .map(|(path, source)| Ok((text(py, path.as_bytes())?, text(py, source.as_bytes())?)))
            .collect()
    }

    fn committed(&self, py: Python<'_>, result: &Bound<'_, PyAny>) -> PyResult<()> {
        let node = node_of(result.getattr("node")?.extract()?)?;
        let stamps = result.getattr("stamps")?.cast_into::<WrittenFiles>()?;
        let written = stamps.get().written.clone();
        self.with(py, move |editor| {
            editor.take_over(&written)?;
            editor.set_parents([node, hyg_base::Node::NULL]).map(drop)
        })
    }

    fn checked_out(&self, py: Python<'_>, outcome: &Bound<'_, PyAny>) -> PyResult<()> {
        let stamps = outcome.getattr("stamps")?.cast_into::<WrittenFiles>()?;
        let written = stamps.get().written.clone();
        self.with(py, move |editor| editor.take_over(&written))
    }

    #[pyo3(signature = (rev, only = None))]
    fn rebuild(&self, py: Python<'_>, rev: i64, only: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let only = only.map(paths_of).transpose()?;
        let repo = self.repository.get().current(py)?;
        let rev = Repository::checked(&repo, rev)?;
        self.with(py, |editor| {
            editing::rebuild(&repo, editor, rev, only.as_deref())
        })
    }

    fn write(&self, py: Python<'_>) -> PyResult<()> {
        self.with(py, |editor| {
            let changed = editor.tracked_set_changed();
            editor.write()?;
            match &self.hint {
                Some(hint) if changed => editing::write_tracked_hint(hint),
                _ => Ok(()),
            }
        })?;
        self.repository.get().forget(py)
    }
}

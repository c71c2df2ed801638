//! `Repository`: the native side of `engine/protocol.py`, one method an operation, each one call into `hyg-core`.
//! Nothing is computed here; values are converted on the way in and on the way out.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use hyg_base::{Node, RepoPath, Rev};
use hyg_core::filter::ContentFilter;
use hyg_core::graph::Graph;
use hyg_core::repo::{Repo, RepoOptions};
use hyg_core::store::changelog::{Changelog, Changeset};
use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyFrozenSet, PyString, PyTuple};

use crate::callback::{PythonFilter, PythonReporter};
use crate::dirstate::{Columns, DirstateTable, Row};
use crate::error::{bytes_of, text, to_python};
use crate::gil::detached;
use crate::manifest::ManifestTable;

static CHANGESET: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// What tells whether the history on disk is still the one that was opened: size, inode and time of its index.
type Stamp = (u64, u64, i64, i64);

/// A stamp that no file has.
const NEVER: Option<Stamp> = Some((u64::MAX, u64::MAX, 0, 0));

/// A repository opened natively.
#[pyclass(frozen, subclass, module = "hydrargyrum._native")]
pub(crate) struct Repository {
    root: PathBuf,
    opened: Mutex<(Arc<Repo>, Option<Stamp>)>,
    /// What an open store writer has: it answers instead of what is on disk.
    pub(crate) overlay: Overlay,
    pub(crate) settings: Settings,
    pub(crate) reporter: Arc<PythonReporter>,
}

/// A repository with changesets that are not published yet, shared by a store writer and who made it.
pub(crate) type Overlay = Arc<Mutex<Option<Arc<Repo>>>>;

/// What `EngineSettings` says, read once.
#[derive(Clone, Default)]
pub(crate) struct Settings {
    pub(crate) ignore_files: Vec<PathBuf>,
    options: RepoOptions,
    history: Option<PathBuf>,
    beneath: Vec<PathBuf>,
    filter: Option<Arc<dyn ContentFilter>>,
}

impl Settings {
    fn open(&self, root: &Path) -> hyg_base::Result<Repo> {
        Ok(Repo::open_with(root, self.options)?
            .overlaid(self.history.as_deref(), &self.beneath)
            .with_filter(self.filter.clone()))
    }

    fn from_python(settings: &Bound<'_, PyAny>) -> PyResult<Settings> {
        let mut ignore_files = Vec::new();
        for path in settings.getattr("ignore_files")?.try_iter()? {
            ignore_files.push(path_of(path?.cast::<PyString>()?)?);
        }
        let mut beneath = Vec::new();
        for path in settings.getattr("beneath")?.try_iter()? {
            beneath.push(path_of(path?.cast::<PyString>()?)?);
        }
        let history = settings.getattr("history")?;
        let history = match history.is_none() {
            true => None,
            false => Some(path_of(history.cast::<PyString>()?)?),
        };
        let known = |name: &str| -> PyResult<bool> {
            Ok(settings
                .getattr(name)?
                .extract::<Option<bool>>()?
                .unwrap_or(true))
        };
        let filters = settings.getattr("filters")?;
        let filter: Option<Arc<dyn ContentFilter>> = match filters.is_none() {
            true => None,
            false => Some(Arc::new(PythonFilter::new(filters.unbind()))),
        };
        Ok(Settings {
            ignore_files,
            history,
            beneath,
            filter,
            options: RepoOptions {
                threads: settings.getattr("threads")?.extract()?,
                symlinks: known("symlinks")?,
                exec_bits: known("exec_bits")?,
                subrepositories: true,
                show_hidden: settings.getattr("show_hidden")?.extract()?,
                pending: settings.getattr("pending")?.extract()?,
                lenient_share: settings.getattr("lenient_share")?.extract()?,
                max_chain: settings.getattr("max_chain")?.extract()?,
                zlib_level: settings.getattr("zlib_level")?.extract()?,
                zstd_level: settings.getattr("zstd_level")?.extract()?,
                long_from: settings.getattr("long_from")?.extract()?,
            },
        })
    }
}

/// A path of the file system from a Python string.
pub(crate) fn path_of(name: &Bound<'_, PyString>) -> PyResult<PathBuf> {
    Ok(PathBuf::from(std::ffi::OsStr::from_bytes(&bytes_of(name)?)))
}

fn path_text<'py>(py: Python<'py>, path: &Path) -> PyResult<Bound<'py, PyString>> {
    text(py, path.as_os_str().as_bytes())
}

fn stamp(repo: &Repo) -> Option<Stamp> {
    use std::os::unix::fs::MetadataExt;
    let about = std::fs::metadata(repo.layout().store.join("00changelog.i")).ok()?;
    Some((about.size(), about.ino(), about.mtime(), about.mtime_nsec()))
}

impl Repository {
    /// The repository as it is on disk now: opened again where the history grew.
    pub(crate) fn current(&self, py: Python<'_>) -> PyResult<Arc<Repo>> {
        detached(py, || {
            if let Ok(overlay) = self.overlay.lock()
                && let Some(repo) = &*overlay
            {
                return Ok(repo.clone());
            }
            let mut opened = self
                .opened
                .lock()
                .map_err(|_| hyg_base::Error::internal("poisoned repository"))?;
            let now = stamp(&opened.0);
            if now != opened.1 {
                *opened = (Arc::new(self.settings.open(&self.root)?), now);
            }
            Ok(opened.0.clone())
        })
    }

    /// Forgets what was read, because files under `.hg` were changed.
    pub(crate) fn forget(&self, py: Python<'_>) -> PyResult<()> {
        detached(py, || {
            let mut opened = self
                .opened
                .lock()
                .map_err(|_| hyg_base::Error::internal("poisoned repository"))?;
            opened.1 = NEVER;
            if let Ok(mut overlay) = self.overlay.lock()
                && let Some(repo) = &mut *overlay
            {
                let changelog = Changelog::over(repo.changelog()?.revlog().snapshot());
                *repo = Arc::new(repo.with_changelog(changelog));
            }
            Ok(())
        })
    }

    /// The ignore files of the settings.
    pub(crate) fn ignore_file_names(&self) -> Vec<Vec<u8>> {
        let files = self.settings.ignore_files.iter();
        files
            .map(|path| path.as_os_str().as_bytes().to_vec())
            .collect()
    }

    /// The root as shared bytes.
    pub(crate) fn root_bytes(&self) -> Arc<Vec<u8>> {
        Arc::new(self.root.as_os_str().as_bytes().to_vec())
    }

    pub(crate) fn checked(repo: &Repo, rev: i64) -> PyResult<Rev> {
        let len = repo.changelog().map_or(0, Graph::len);
        if rev < -1 || rev >= len as i64 {
            return Err(PyIndexError::new_err(format!(
                "revision {rev} is out of range"
            )));
        }
        Ok(Rev(rev as i32))
    }
}

#[pymethods]
impl Repository {
    #[new]
    #[pyo3(signature = (root, settings, progress = None))]
    fn open(
        py: Python<'_>,
        root: &Bound<'_, PyString>,
        settings: &Bound<'_, PyAny>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Repository> {
        let root = path_of(root)?;
        let settings = Settings::from_python(settings)?;
        let repo = detached(py, || settings.open(&root))?;
        let stamped = stamp(&repo);
        Ok(Repository {
            root,
            opened: Mutex::new((Arc::new(repo), stamped)),
            overlay: Overlay::default(),
            settings,
            reporter: Arc::new(PythonReporter::new(progress)),
        })
    }

    /// Forgets what was read: whoever calls changed files under `.hg` that the stamp does not tell about.
    fn invalidate(&self, py: Python<'_>) -> PyResult<()> {
        self.forget(py)
    }

    #[getter]
    fn root<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        path_text(py, &self.root)
    }

    #[getter]
    fn dot_hg<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        path_text(py, &self.current(py)?.layout().dot_hg)
    }

    #[getter]
    fn shared_dot_hg<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        path_text(py, &self.current(py)?.layout().store_owner_dot_hg)
    }

    #[getter]
    fn store<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        path_text(py, &self.current(py)?.layout().store)
    }

    #[getter]
    fn requirements<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyFrozenSet>> {
        let repo = self.current(py)?;
        let names: PyResult<Vec<_>> = repo
            .layout()
            .requirements
            .iter()
            .map(|name| text(py, name))
            .collect();
        PyFrozenSet::new(py, names?)
    }

    fn changeset<'py>(&self, py: Python<'py>, rev: i64) -> PyResult<Bound<'py, PyAny>> {
        let repo = self.current(py)?;
        let rev = Repository::checked(&repo, rev)?;
        let (node, changeset) = detached(py, || {
            let changelog = repo.changelog()?;
            Ok((changelog.revlog().node(rev)?, changelog.changeset(rev)?))
        })?;
        record(py, rev, node, &changeset)
    }

    fn file_data<'py>(
        &self,
        py: Python<'py>,
        path: &Bound<'py, PyString>,
        node: &[u8],
    ) -> PyResult<Bound<'py, PyBytes>> {
        let (path, node) = (bytes_of(path)?, node_of(node)?);
        let repo = self.current(py)?;
        let data = detached(py, || {
            Ok(repo
                .filelog(RepoPath::new(&path))?
                .read_node(&node)?
                .into_vec())
        })?;
        Ok(PyBytes::new(py, &data))
    }

    fn file_copy<'py>(
        &self,
        py: Python<'py>,
        path: &Bound<'py, PyString>,
        node: &[u8],
    ) -> PyResult<Option<(Bound<'py, PyString>, Bound<'py, PyBytes>)>> {
        let (path, node) = (bytes_of(path)?, node_of(node)?);
        let repo = self.current(py)?;
        let copy = detached(py, || {
            let filelog = repo.filelog(RepoPath::new(&path))?;
            let rev = filelog.revlog().rev(&node)?;
            filelog.copy_source(rev)
        })?;
        copy.map(|copy| {
            Ok((
                text(py, copy.path.as_bytes())?,
                PyBytes::new(py, copy.node.as_bytes()),
            ))
        })
        .transpose()
    }

    fn working_parents<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyBytes>, Bound<'py, PyBytes>)> {
        let repo = self.current(py)?;
        let [one, two] = detached(py, || Ok(repo.dirstate()?.parents()))?;
        Ok((
            PyBytes::new(py, one.as_bytes()),
            PyBytes::new(py, two.as_bytes()),
        ))
    }
}

/// A `ChangesetRecord`.
pub(crate) fn record<'py>(
    py: Python<'py>,
    rev: Rev,
    node: Node,
    changeset: &Changeset,
) -> PyResult<Bound<'py, PyAny>> {
    let facts = |error| to_python(py, &error);
    let date = changeset.date().map_err(facts)?;
    let files: PyResult<Vec<_>> = changeset
        .files()
        .map(|path| text(py, path.as_bytes()))
        .collect();
    let extra = PyDict::new(py);
    for (name, value) in changeset.extras().map_err(facts)? {
        extra.set_item(text(py, &name)?, text(py, &value)?)?;
    }
    let class = CHANGESET.get_or_try_init(py, || {
        Ok::<_, PyErr>(
            py.import("hydrargyrum.types")?
                .getattr("ChangesetRecord")?
                .unbind(),
        )
    })?;
    class.bind(py).call1((
        rev.0,
        PyBytes::new(py, node.as_bytes()),
        PyBytes::new(py, changeset.manifest().as_bytes()),
        text(py, changeset.user())?,
        date.seconds,
        date.offset,
        PyTuple::new(py, files?)?,
        extra,
        text(py, changeset.description())?,
    ))
}

pub(crate) fn node_of(bytes: &[u8]) -> PyResult<Node> {
    Node::from_slice(bytes).ok_or_else(|| PyValueError::new_err("a node has 20 bytes"))
}

#[pymethods]
impl DirstateTable {
    #[new]
    fn open(py: Python<'_>, repository: &Repository) -> PyResult<DirstateTable> {
        let repo = repository.current(py)?;
        detached(py, || {
            let dirstate = repo.dirstate()?;
            let mut cursor = dirstate.cursor();
            let rows = std::iter::from_fn(|| {
                cursor.advance(&dirstate).transpose().map(|item| {
                    item.map(|item| {
                        let row = Row {
                            state: item.entry.state(),
                            mode: item.entry.v1_mode(),
                            size: item.entry.v1_size(),
                            mtime: item.entry.v1_mtime().into(),
                            copied_from: item.copy_source.map(|source| source.as_bytes().to_vec()),
                        };
                        (item.path.as_bytes().to_vec(), row)
                    })
                })
            });
            let columns = Columns::collect(rows)?;
            let [one, two] = dirstate.parents();
            Ok(DirstateTable::new(columns, (one.0, two.0)))
        })
    }
}

#[pymethods]
impl ManifestTable {
    #[new]
    fn open(py: Python<'_>, repository: &Repository, rev: i64) -> PyResult<ManifestTable> {
        let repo = repository.current(py)?;
        let rev = Repository::checked(&repo, rev)?;
        detached(py, || Ok(ManifestTable::new(repo.manifest_of(rev)?)))
    }
}

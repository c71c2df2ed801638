//! What `log` and its like ask of `Repository`: beginnings of nodes, numbers of manifests, histories of files.
//! The protocol is `engine/showing.py`; nothing is computed here.

use std::sync::Arc;

use hyg_base::{Error, NodePrefix, Phase, RepoPath, Rev};
use hyg_core::matching::AlwaysMatcher;
use hyg_core::ops::diff::{Filelogs, Style, Wanted, patches_of};
use hyg_core::ops::log::{NamesByNode, shown_changeset};
use hyg_core::render::{Page, Verbosity, changeset};
use hyg_core::repo::Repo;
use hyg_core::store::revlog::{PrefixMatch, Window};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use crate::differences::{compress, style_of};
use crate::engine::{Repository, node_of};
use crate::error::bytes_of;
use crate::gil::detached;

/// Writes changesets as finished lines; names are those of the moment when it was made.
#[pyclass(frozen, module = "hydrargyrum._native")]
pub(crate) struct ChangesetLines {
    repo: Arc<Repo>,
    names: NamesByNode,
    verbosity: Verbosity,
    patch: Option<Style>,
}

#[pymethods]
impl ChangesetLines {
    fn render<'py>(&self, py: Python<'py>, revs: Vec<i64>) -> PyResult<Bound<'py, PyBytes>> {
        let revs: PyResult<Vec<Rev>> = revs
            .into_iter()
            .map(|rev| Repository::checked(&self.repo, rev))
            .collect();
        let revs = revs?;
        let data = detached(py, || {
            let patches = match &self.patch {
                None => vec![Vec::new(); revs.len()],
                Some(style) => self.patches(&revs, style)?,
            };
            let (mut page, mut window) = (Page::new(None), Window::default());
            for (rev, patch) in revs.into_iter().zip(patches) {
                let shown = shown_changeset(&self.repo, &self.names, rev, &mut window)?;
                changeset(&shown, self.verbosity, &|_| Ok(Phase::Public), &mut page)?;
                page.put(&patch);
            }
            Ok(page.into_bytes())
        })?;
        Ok(PyBytes::new(py, &data))
    }
}

impl ChangesetLines {
    /// What each of the changesets changed, with an empty line.
    fn patches(&self, revs: &[Rev], style: &Style) -> hyg_base::Result<Vec<Vec<u8>>> {
        let filelogs = Arc::new(Filelogs::default());
        let wanted = Wanted {
            style,
            matcher: &AlwaysMatcher,
            compress: &compress,
            filelogs: &filelogs,
        };
        let end = |mut patches: Vec<Vec<u8>>| {
            patches.push(b"\n".to_vec());
            patches.concat()
        };
        let made = patches_of(&self.repo, revs, &wanted)?;
        Ok(made.into_iter().map(end).collect())
    }
}

/// Node, both parents in the file's own history, changeset.
type FileRow<'py> = (Bound<'py, PyBytes>, i32, i32, i32);

#[pymethods]
impl Repository {
    #[pyo3(signature = (*, quiet = false, verbose = false, patch = None))]
    fn changeset_lines(
        &self,
        py: Python<'_>,
        quiet: bool,
        verbose: bool,
        patch: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<ChangesetLines> {
        let repo = self.current(py)?;
        let names = detached(py, || NamesByNode::read(&repo))?;
        let verbosity = match (quiet, verbose) {
            (true, _) => Verbosity::Quiet,
            (_, true) => Verbosity::Verbose,
            _ => Verbosity::Normal,
        };
        Ok(ChangesetLines {
            repo,
            names,
            verbosity,
            patch: patch.map(style_of).transpose()?,
        })
    }

    fn shortest_prefix(&self, py: Python<'_>, node: &[u8]) -> PyResult<usize> {
        let (repo, node) = (self.current(py)?, node_of(node)?);
        detached(py, || {
            let revlog = repo.changelog()?.revlog();
            revlog.rev(&node)?;
            let hex = node.to_hex();
            for length in 1..hex.len() {
                let prefix = NodePrefix::from_hex(&hex[..length])
                    .ok_or_else(|| Error::internal("a beginning of a node is no prefix"))?;
                if matches!(revlog.find_prefix(&prefix)?, PrefixMatch::One(_)) {
                    return Ok(length);
                }
            }
            Ok(hex.len())
        })
    }

    fn manifest_rev(&self, py: Python<'_>, node: &[u8]) -> PyResult<i32> {
        let (repo, node) = (self.current(py)?, node_of(node)?);
        detached(py, || Ok(repo.manifests()?.revlog().rev(&node)?.0))
    }

    fn file_revisions<'py>(
        &self,
        py: Python<'py>,
        path: &Bound<'py, PyString>,
    ) -> PyResult<Vec<FileRow<'py>>> {
        let (repo, path) = (self.current(py)?, bytes_of(path)?);
        let rows = detached(py, || {
            let filelog = repo.filelog(RepoPath::new(&path))?;
            let revlog = filelog.revlog();
            let mut rows = Vec::with_capacity(revlog.len());
            for rev in 0..revlog.len() {
                let rev = Rev(rev as i32);
                let [first, second] = revlog.parents(rev)?;
                let entry = revlog.entry(rev)?;
                rows.push((entry.node(), first.0, second.0, entry.link_rev().0));
            }
            Ok(rows)
        })?;
        Ok(rows
            .into_iter()
            .map(|(node, first, second, link)| {
                (PyBytes::new(py, node.as_bytes()), first, second, link)
            })
            .collect())
    }
}

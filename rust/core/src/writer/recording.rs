//! A new changeset: files, manifest and header, appended in this order.
//! Which revision of a file it gets is decided in `crate::ops::commit`.

use std::collections::BTreeSet;

use hyg_base::{Interrupt, Node, PathList, RepoPathBuf, Reporter, Result, Rev};
use hyg_graph::{Graph, common_ancestor_heads};
use hyg_store::manifest::Manifest;
use hyg_store::manifest::edit::Edit;
use hyg_store::revlog::{NewRevision, Packed};
use hyg_worktree::clock::filesystem_now;
use hyg_worktree::dirstate::Written;

use super::StoreWriter;
use crate::ops::commit::{
    CommitRequest, Committed, Content, FileDone, FileWork, Reading, TreeWriter, commit_files,
    write_flat,
};
use crate::repo::Repo;

impl StoreWriter {
    /// Appends a changeset.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::Io`] for files of the working copy (fact `path` relative to the root); whatever reading the parents and writing
    /// answers.
    pub fn commit(
        &mut self,
        request: &CommitRequest,
        interrupt: &dyn Interrupt,
        reporter: &dyn Reporter,
    ) -> Result<Committed> {
        let view = self.view.clone();
        let link = Rev(self.changelog.revlog().tip().0 + 1);
        let mut done: Vec<FileDone> = Vec::new();
        let mut touched: BTreeSet<RepoPathBuf> = BTreeSet::new();
        let manifest = match request.manifest {
            Some(node) => {
                touched.extend(request.changes.iter().map(|change| change.path.clone()));
                touched.extend(request.removed.iter().cloned());
                node
            }
            None => {
                let nodes = [
                    view.changelog()?.changeset(request.parents[0])?.manifest(),
                    view.changelog()?.changeset(request.parents[1])?.manifest(),
                ];
                let first = view.manifests()?.read(&nodes[0])?;
                let second = match request.parents[1] {
                    Rev::NULL => None,
                    _ => Some(view.manifests()?.read(&nodes[1])?),
                };
                let work = FileWork {
                    repo: &view,
                    reading: Reading {
                        root: view.root(),
                        options: view.options(),
                        boundary: filesystem_now(&view.layout().dot_hg),
                        filter: view.filter(),
                    },
                    files: &self.files,
                    policy: self.policy,
                    first: &first,
                    second: second.as_ref(),
                    link,
                    merge_recorded: request.merge_recorded,
                };
                done = commit_files(&work, &request.changes, interrupt, reporter)?;
                let removed = gone(&view, request, &first, second.as_ref(), &mut touched)?;
                self.write_manifest(nodes, &first, &done, &removed, &mut touched, link)?
            }
        };
        let mut files = PathList::new();
        touched.iter().try_for_each(|path| files.push(path))?;
        let text = request.header.text(&manifest, files.iter());
        self.stale = true;
        let (rev, node) = self.changelog.add(&NewRevision {
            text: &text,
            parents: request.parents,
            link,
            flags: 0,
            known: None,
            known_first: false,
            packed: Packed::Nothing,
        })?;
        self.settle()?;
        Ok(Committed {
            node,
            rev,
            manifest,
            warnings: done
                .iter()
                .filter_map(|file| file.warning.clone())
                .collect(),
            written: written(request, &files, &done)?,
            files,
        })
    }

    fn write_manifest(
        &mut self,
        nodes: [Node; 2],
        first: &Manifest,
        done: &[FileDone],
        removed: &[RepoPathBuf],
        touched: &mut BTreeSet<RepoPathBuf>,
        link: Rev,
    ) -> Result<Node> {
        let mut edits: Vec<Edit<'_>> = Vec::with_capacity(done.len() + removed.len());
        let mut differs = false;
        for file in done {
            differs = differs || first.get(&file.path)? != Some(file.entry);
            edits.push((file.path.as_bytes(), Some(file.entry)));
            if file.touched {
                touched.insert(file.path.clone());
            }
        }
        for path in removed {
            differs = differs || first.get(path)?.is_some();
            edits.push((path.as_bytes(), None));
        }
        if touched.is_empty() && !differs {
            return Ok(nodes[0]);
        }
        edits.sort_by_key(|(path, _)| *path);
        edits.dedup_by_key(|(path, _)| *path);
        if !first.is_tree() {
            return write_flat(self.manifest_appender(b"")?, nodes, &edits, link);
        }
        self.manifest_appender(b"")?;
        let mut tree = TreeWriter {
            vfs: self.files.vfs(),
            nodemap: self.nodemap,
            policy: self.policy,
            appenders: &mut self.manifests,
            link,
        };
        Ok(tree.write(b"", nodes, &edits)?.unwrap_or(Node::NULL))
    }
}

/// What the dirstate may take over.
fn written(request: &CommitRequest, files: &PathList, done: &[FileDone]) -> Result<Written> {
    let mut written = Written::default();
    for file in done {
        if file.seen.is_some() || files.contains_sorted(&file.path) {
            written.files.push((file.path.clone(), file.seen));
        }
    }
    for path in &request.removed {
        written.removed.push(path)?;
    }
    if request.manifest.is_some() {
        for path in files
            .iter()
            .filter(|path| !written.removed.contains_sorted(path))
        {
            written.files.push((path.to_buf(), None));
        }
    }
    Ok(written)
}

/// The removed files that a parent has; those that the commit itself removes are touched.
fn gone(
    view: &Repo,
    request: &CommitRequest,
    first: &Manifest,
    second: Option<&Manifest>,
    touched: &mut BTreeSet<RepoPathBuf>,
) -> Result<Vec<RepoPathBuf>> {
    let mut found = Vec::new();
    let mut bases: Option<Vec<Manifest>> = None;
    for path in &request.removed {
        let here = first.get(path)?;
        let there = match second {
            Some(second) => second.get(path)?,
            None => None,
        };
        if here.is_none() && there.is_none() {
            continue;
        }
        found.push(path.clone());
        // In a merge, a file that one side left alone was removed by the other side.
        let alone = match (here, there) {
            (Some(_), Some(_)) => None,
            (one, other) => one.or(other),
        };
        let removed_before = match (second, alone) {
            (Some(_), Some(entry)) => {
                if bases.is_none() {
                    bases = Some(common_manifests(view, request.parents)?);
                }
                let mut same = true;
                for base in bases.iter().flatten() {
                    same = same && base.get(path)? == Some(entry);
                }
                same
            }
            _ => false,
        };
        if !removed_before {
            touched.insert(path.clone());
        }
    }
    Ok(found)
}

/// The manifests of the common ancestors of the parents; an empty one where there are none.
fn common_manifests(view: &Repo, parents: [Rev; 2]) -> Result<Vec<Manifest>> {
    let changelog = view.changelog()?;
    debug_assert!(changelog.len() > 0);
    let mut heads = common_ancestor_heads(changelog, &parents)?;
    if heads.is_empty() {
        heads.push(Rev::NULL);
    }
    heads.into_iter().map(|rev| view.manifest_of(rev)).collect()
}

impl CommitRequest {
    /// Brings changes and removed files into the order of their paths, each once; a later change replaces an earlier one.
    #[must_use]
    pub fn sorted(mut self) -> CommitRequest {
        self.changes.reverse();
        self.changes.sort_by(|a, b| a.path.cmp(&b.path));
        self.changes
            .dedup_by(|later, earlier| later.path == earlier.path);
        self.removed.sort_unstable();
        self.removed.dedup();
        if self.manifest.is_some() {
            for change in &mut self.changes {
                change.content = Content::Data(Vec::new());
            }
        }
        self
    }
}

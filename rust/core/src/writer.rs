//! Appends to the store of a repository on behalf of one transaction, whose journal the caller has made.
//! Locks, small files and taking changes back are Python's (`docs/adr/0005-writing.md`).

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use hyg_base::{Error, Interrupt, Node, PathList, RepoPath, RepoPathBuf, Reporter, Result, Rev};
use hyg_graph::{Graph, common_ancestor_heads};
use hyg_store::changelog::Changelog;
use hyg_store::filelog::Filelog;
use hyg_store::manifest::edit::Edit;
use hyg_store::manifest::{Manifest, open_revlog, radix};
use hyg_store::requirements as req;
use hyg_store::revlog::{Appender, Compression, DeltaPolicy, Kind, NewRevision, Packed, Revlog};
use hyg_store::write::{StoreFiles, write_nodemap};
use hyg_worktree::clock::filesystem_now;
use hyg_worktree::dirstate::Written;

pub use crate::incoming::Incoming;
use crate::incoming::{Prepared, prepare};
use crate::ops::commit::{
    CommitRequest, Committed, Content, FileDone, FileWork, Reading, TreeWriter, commit_files,
    write_flat,
};
use crate::repo::Repo;

mod copying;
pub use copying::{Measure, Reuse};

/// So many revisions are worth a table of nodes.
const WORTH_A_TABLE: usize = 16;

/// Writes to one store.
pub struct StoreWriter {
    /// The repository with everything that was added.
    view: Arc<Repo>,
    files: StoreFiles,
    policy: DeltaPolicy,
    changelog: Appender,
    manifests: HashMap<Vec<u8>, Appender>,
    nodemap: bool,
    /// A filelog that revisions are being added to.
    filelog: Option<(Vec<u8>, Appender)>,
    manifests_changed: bool,
}

fn policy_of(repo: &Repo) -> DeltaPolicy {
    let requirements = &repo.layout().requirements;
    let has = |name: &[u8]| requirements.contains(name);
    // Several may be named; the last one in byte order counts.
    let prefixes: [&[u8]; 2] = [b"revlog-compression-", b"exp-compression-"];
    let names = requirements.iter().filter_map(|name| {
        prefixes
            .iter()
            .find_map(|prefix| name.strip_prefix(*prefix))
    });
    let compression = match names.last() {
        Some(b"zstd") => Compression::Zstd(repo.options().zstd_level.unwrap_or(3)),
        Some(b"none") => Compression::None,
        _ => Compression::Zlib(repo.options().zlib_level.unwrap_or(6)),
    };
    let sparse = has(req::SPARSEREVLOG);
    DeltaPolicy {
        compression,
        general_delta: has(req::GENERALDELTA) || sparse,
        sparse,
        delta_info: has(req::DELTA_INFO),
        max_chain: repo
            .options()
            .max_chain
            .unwrap_or(if sparse { 1000 } else { 0 }),
    }
}

impl StoreWriter {
    /// A writer for the store of `repo`; `journal` is the path of the transaction's journal.
    ///
    /// # Errors
    /// As [`Appender::new`].
    pub fn open(repo: Arc<Repo>, journal: &Path) -> Result<StoreWriter> {
        let policy = policy_of(&repo);
        let mut changelog = Appender::new(repo.changelog()?.revlog().snapshot(), policy)?;
        let files = StoreFiles::new(repo.layout(), journal);
        changelog.split_now(&files)?;
        Ok(StoreWriter {
            files,
            policy,
            changelog,
            manifests: HashMap::new(),
            nodemap: repo.layout().requirements.contains(req::PERSISTENT_NODEMAP),
            filelog: None,
            manifests_changed: false,
            view: repo,
        })
    }

    /// The repository with everything that was added.
    pub fn view(&self) -> Arc<Repo> {
        self.view.clone()
    }

    /// Whether there are changesets that only this writer knows.
    pub fn has_new_changesets(&self) -> bool {
        self.changelog.is_pending()
    }

    fn manifest_appender(&mut self, dir: &[u8]) -> Result<&mut Appender> {
        if !self.manifests.contains_key(dir) {
            let revlog = open_revlog(self.files.vfs(), dir, self.nodemap)?;
            self.manifests
                .insert(dir.to_vec(), Appender::new(revlog, self.policy)?);
        }
        self.manifests_changed = true;
        match self.manifests.get_mut(dir) {
            Some(appender) => Ok(appender),
            None => Err(Error::internal("a manifest went away")),
        }
    }

    /// Writes all but the changelog's index, so that others can read it from the files, and renews the view.
    fn settle(&mut self) -> Result<()> {
        if let Some((_, mut filelog)) = self.filelog.take() {
            filelog.flush(&self.files)?;
        }
        for appender in self.manifests.values_mut() {
            appender.flush(&self.files)?;
        }
        // Directories of trees are many; the root is asked for again and again.
        self.manifests.retain(|dir, _| dir.is_empty());
        self.changelog.flush(&self.files)?;
        let changelog = Changelog::over(self.changelog.revlog().snapshot());
        self.view = Arc::new(self.view.with_changelog(changelog));
        Ok(())
    }

    /// Appends a changeset.
    ///
    /// # Errors
    /// [`ErrorId::Io`] for files of the working copy (fact `path` relative to the root); whatever reading the parents and writing
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

    /// Adds revisions that come from elsewhere; `path` is the file, or the directory of a tree manifest. How many are
    /// new.
    ///
    /// # Errors
    /// [`ErrorId::CorruptRevision`] where a node does not match; [`ErrorId::UnknownNode`] for a base, a parent or a changeset that
    /// is not there.
    pub fn add(
        &mut self,
        kind: Kind,
        path: &[u8],
        revisions: &[Incoming],
        interrupt: &dyn Interrupt,
    ) -> Result<usize> {
        let mut added = 0;
        let dir = match path {
            b"" => Vec::new(),
            path => [path.trim_suffix_slash(), b"/"].concat(),
        };
        match kind {
            Kind::Changelog => {}
            Kind::Manifest => {
                self.manifest_appender(&dir)?;
            }
            Kind::Filelog => self.open_filelog(path)?,
        }
        let (compression, threads) = (self.policy.compression, crate::ops::threads(&self.view));
        let mut rest = revisions;
        let mut is_first = true;
        while !rest.is_empty() {
            interrupt.check()?;
            let appender = self.appender(kind, &dir)?;
            if std::mem::take(&mut is_first) && rest.len() > WORTH_A_TABLE {
                appender.expect_many();
            }
            let prepared = prepare(appender.revlog(), kind, rest, compression, threads);
            let (now, later) = rest.split_at(prepared.len().min(rest.len()));
            for (revision, ready) in now.iter().zip(prepared) {
                let link = match kind {
                    Kind::Changelog => Rev(self.changelog.revlog().tip().0 + 1),
                    _ => self.changelog.revlog().rev(&revision.link)?,
                };
                let Some(ready) = ready? else {
                    continue;
                };
                let appender = self.appender(kind, &dir)?;
                added += usize::from(add_one(appender, revision, ready, link)?);
                if appender.is_full() {
                    let (files, appender) = self.files_and_appender(kind, &dir)?;
                    appender.flush(files)?;
                }
            }
            rest = later;
        }
        Ok(added)
    }

    fn appender(&mut self, kind: Kind, dir: &[u8]) -> Result<&mut Appender> {
        Ok(self.files_and_appender(kind, dir)?.1)
    }

    fn files_and_appender(
        &mut self,
        kind: Kind,
        dir: &[u8],
    ) -> Result<(&StoreFiles, &mut Appender)> {
        let appender = match kind {
            Kind::Changelog => &mut self.changelog,
            Kind::Manifest => self.manifests.get_mut(dir).ok_or_else(lost)?,
            Kind::Filelog => &mut self.filelog.as_mut().ok_or_else(lost)?.1,
        };
        Ok((&self.files, appender))
    }

    /// Makes what [`StoreWriter::add`] added visible to the view.
    ///
    /// # Errors
    /// Whatever writing answers.
    pub fn added(&mut self) -> Result<()> {
        self.settle()
    }

    fn open_filelog(&mut self, path: &[u8]) -> Result<()> {
        if let Some((open, filelog)) = &mut self.filelog {
            if open == path {
                return Ok(());
            }
            filelog.flush(&self.files)?;
        }
        let filelog = Filelog::open(self.files.vfs().clone(), RepoPath::new(path))?;
        let appender = Appender::new(filelog.into_revlog(), self.policy)?;
        self.filelog = Some((path.to_vec(), appender));
        Ok(())
    }

    /// Cuts all revlogs so that no revision links to `first` or a later changeset. Revisions above a cut that link to
    /// earlier changesets go, too: saving them is the caller's business.
    ///
    /// # Errors
    /// [`ErrorId::Internal`] where changesets of this transaction would go; whatever reading and cutting answer.
    pub fn strip(&mut self, first: Rev) -> Result<()> {
        if self.changelog.is_pending() {
            return Err(Error::internal("new changesets are to be stripped"));
        }
        self.settle()?;
        let len = self.changelog.revlog().len() as i32;
        if first.0 < 0 || first.0 >= len {
            return Ok(());
        }
        let mut cuts = Vec::new();
        self.above(first, |radix, revlog, from| {
            note_cut(&mut cuts, radix, revlog, from)
        })?;
        let changelog = self.changelog.revlog().snapshot();
        note_cut(&mut cuts, b"00changelog", &changelog, Some(first))?;
        self.files.cut(&cuts)?;
        self.files.write_fncache()?;
        self.manifests.clear();
        let changelog = Changelog::of(self.view.layout())?;
        self.changelog = Appender::new(changelog.revlog().snapshot(), self.policy)?;
        self.settle()
    }

    /// Changesets before `first`, ascending, that [`Writer::strip`] takes revisions from, because those were appended later.
    ///
    /// # Errors
    /// Whatever reading answers.
    pub fn broken_by_strip(&mut self, first: Rev) -> Result<Vec<Rev>> {
        self.settle()?;
        let mut found = BTreeSet::new();
        if first.0 >= 0 && (first.0 as usize) < self.changelog.revlog().len() {
            self.above(first, |_, revlog, from| {
                for rev in from.map_or(0..0, |from| from.0..revlog.len() as i32) {
                    let link = revlog.entry(Rev(rev))?.link_rev();
                    if link < first {
                        found.insert(link);
                    }
                }
                Ok(())
            })?;
        }
        Ok(found.into_iter().collect())
    }

    /// Calls `visit` for each manifest and filelog that may have revisions to be cut, with where the cut is.
    fn above(
        &self,
        first: Rev,
        mut visit: impl FnMut(&[u8], &Revlog, Option<Rev>) -> Result<()>,
    ) -> Result<()> {
        let len = self.changelog.revlog().len() as i32;
        let mut paths: HashSet<RepoPathBuf> = HashSet::new();
        for rev in (first.0..len).map(Rev) {
            let changeset = self.view.changelog()?.changeset(rev)?;
            paths.extend(changeset.files().map(RepoPath::to_buf));
        }
        let mut dirs: BTreeSet<Vec<u8>> = BTreeSet::from([Vec::new()]);
        if self.view.layout().requirements.contains(req::TREEMANIFEST) {
            for path in &paths {
                let above = path.ancestors().filter(|dir| !dir.is_root());
                dirs.extend(above.map(|dir| [dir.as_bytes(), b"/"].concat()));
            }
        }
        let vfs = self.files.vfs().clone();
        for dir in dirs {
            let revlog = open_revlog(&vfs, &dir, false)?;
            visit(&radix(&dir), &revlog, first_linked(&revlog, first)?)?;
        }
        let mut paths: Vec<RepoPathBuf> = paths.into_iter().collect();
        paths.sort_unstable();
        for path in paths {
            let filelog = Filelog::open(vfs.clone(), &path)?;
            let revlog = filelog.revlog();
            let from = first_linked(revlog, first)?;
            visit(&[b"data/", path.as_bytes()].concat(), revlog, from)?;
        }
        Ok(())
    }

    /// Makes the new changesets visible to hooks; `false` where there are none.
    ///
    /// # Errors
    /// [`ErrorId::Io`].
    pub fn write_pending(&mut self) -> Result<bool> {
        if !self.changelog.is_pending() {
            return Ok(false);
        }
        self.settle()?;
        self.files
            .write_temporary(b"00changelog.i.a", &self.changelog.whole_index())?;
        Ok(true)
    }

    /// Brings the node maps of changelog and manifest up to date, whether the repository requires them or not.
    ///
    /// # Errors
    /// Whatever reading and writing answer.
    pub fn write_nodemaps(&mut self) -> Result<()> {
        let revlog = open_revlog(self.files.vfs(), b"", false)?;
        write_nodemap(&self.files, b"00manifest", &revlog)?;
        write_nodemap(&self.files, b"00changelog", self.changelog.revlog())
    }

    /// Publishes everything.
    ///
    /// # Errors
    /// Whatever writing answers.
    pub fn finish(&mut self) -> Result<()> {
        self.settle()?;
        let is_new = self.changelog.is_pending();
        self.files.write_fncache()?;
        if self.nodemap && self.manifests_changed {
            let revlog = open_revlog(self.files.vfs(), b"", false)?;
            write_nodemap(&self.files, b"00manifest", &revlog)?;
        }
        if self.nodemap && is_new {
            write_nodemap(&self.files, b"00changelog", self.changelog.revlog())?;
        }
        self.changelog.publish(&self.files)
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

fn lost() -> Error {
    Error::internal("a revlog went away")
}

trait TrimSlash {
    fn trim_suffix_slash(&self) -> &[u8];
}

impl TrimSlash for [u8] {
    fn trim_suffix_slash(&self) -> &[u8] {
        self.strip_suffix(b"/").unwrap_or(self)
    }
}

/// Notes to what sizes the files of a revlog are to be cut so that it ends before `from`.
fn note_cut(
    cuts: &mut Vec<(Vec<u8>, u64)>,
    radix: &[u8],
    revlog: &Revlog,
    from: Option<Rev>,
) -> Result<()> {
    let Some(from) = from else { return Ok(()) };
    let [index, data] = [b".i", b".d"].map(|suffix| [radix, suffix].concat());
    let entry = revlog.entry(from)?;
    if !revlog.index().header().is_inline() {
        cuts.push((data, entry.data_offset()));
    }
    cuts.push((index, revlog.index().offset(from).unwrap_or(0) as u64));
    Ok(())
}

/// The first revision that links to `first` or a later changeset.
fn first_linked(revlog: &Revlog, first: Rev) -> Result<Option<Rev>> {
    for rev in (0..=revlog.tip().0).map(Rev) {
        if revlog.entry(rev)?.link_rev() >= first {
            return Ok(Some(rev));
        }
    }
    Ok(None)
}

/// Adds one revision; `false` where it is known.
fn add_one(appender: &mut Appender, new: &Incoming, ready: Prepared, link: Rev) -> Result<bool> {
    let revlog = appender.revlog();
    if revlog.find(&new.node)?.is_some() {
        return Ok(false);
    }
    let parents = [revlog.rev(&new.parents[0])?, revlog.rev(&new.parents[1])?];
    let base = revlog.rev(&new.base)?;
    let known = (!base.is_null() && !new.delta.is_empty()).then_some((base, new.delta.as_slice()));
    let rev = appender.add_known(
        new.node,
        &NewRevision {
            text: &ready.text,
            parents,
            link,
            flags: new.flags,
            known,
            known_first: true,
            packed: ready.packed,
        },
    )?;
    appender.remember(rev, &ready.text);
    Ok(true)
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

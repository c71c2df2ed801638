//! An opened repository: where it is, what it requires, and its parts, each opened when first asked for.
//! What is done with them is `ops`; which files its configuration comes from is told here, reading them is `config`.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use hyg_base::{Error, ErrorId, Node, Phase, RepoPath, RepoPathBuf, Result, Rev, Warning};
use hyg_store::changelog::Changelog;
use hyg_store::filelog::Filelog;
use hyg_store::history::HistoryIndex;
use hyg_store::layout::RepoLayout;
use hyg_store::manifest::{Manifest, ManifestLog};
use hyg_store::obsstore::Markers;
use hyg_store::phases::Phases;
use hyg_store::revlog::LONG;
use hyg_store::vfs::Vfs;
use hyg_worktree::dirstate::Dirstate;

use crate::config::RepositoryFile;
use crate::filter::ContentFilter;
use crate::names::bookmarks::{self, Bookmarks};

/// The nearest directory, from `start` upwards, that holds a directory `.hg`.
pub fn find_root(start: &Path) -> Option<&Path> {
    start
        .ancestors()
        .find(|directory| directory.join(".hg").is_dir())
}

/// How a repository is worked with, as far as neither its requirements nor a request decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RepoOptions {
    /// Worker threads; 0: as many as there are processors, at most 16.
    pub threads: usize,
    /// The file system has symbolic links.
    pub symlinks: bool,
    /// The file system keeps execute permissions.
    pub exec_bits: bool,
    /// The caller deals with subrepositories; else operations refuse repositories that have some.
    pub subrepositories: bool,
    /// Hidden changesets are treated as any other (`--hidden`).
    pub show_hidden: bool,
    /// What a running transaction shows to its hooks is there already (`HG_PENDING`).
    pub pending: bool,
    /// A share that disagrees with its source about share-safe is read as what the source is.
    pub lenient_share: bool,
    /// So many deltas follow each other at most, where not as many as by itself; 0: any number.
    pub max_chain: Option<usize>,
    /// How hard zlib compresses new revisions, where not as by itself.
    pub zlib_level: Option<u32>,
    /// The same for zstd.
    pub zstd_level: Option<i32>,
    /// Contents of so many bytes are handled in pieces, and of eight times as many always stored whole.
    pub long_from: u64,
}

impl Default for RepoOptions {
    fn default() -> RepoOptions {
        RepoOptions {
            threads: 0,
            symlinks: true,
            exec_bits: true,
            subrepositories: false,
            show_hidden: false,
            pending: false,
            lenient_share: false,
            max_chain: None,
            zlib_level: None,
            zstd_level: None,
            long_from: LONG,
        }
    }
}

/// A repository.
pub struct Repo {
    layout: RepoLayout,
    options: RepoOptions,
    store: OnceLock<Arc<dyn Vfs>>,
    changelog: OnceLock<Changelog>,
    manifests: OnceLock<Arc<ManifestLog>>,
    history: OnceLock<Option<HistoryIndex>>,
    filter: Option<Arc<dyn ContentFilter>>,
    /// The obsolescence markers, with what their file looked like when they were read.
    markers: Mutex<Option<(Look, Arc<Markers>)>>,
    /// The bookmarks, likewise.
    bookmarks: Mutex<Option<(Look, Arc<Bookmarks>)>>,
    phases: Mutex<Option<KnownPhases>>,
    /// The manifests of the changesets asked about last: comparisons ask for each of them several times.
    manifest_nodes: Mutex<Vec<(Rev, Node)>>,
}

/// So many manifests of changesets are kept.
const KEPT_NODES: usize = 8;

/// Size, time of change and number of a file; nothing where there is none.
type Look = Option<(u64, i64, i64, u64)>;

/// Roots of phases as they were read last, and the phases of all changesets where they were needed.
type KnownPhases = (Phases, Option<Arc<Vec<Phase>>>);

impl Repo {
    /// Opens the repository whose working directory is `root`; refuses requirements that this program lacks.
    ///
    /// # Errors
    /// As [`RepoLayout::open`].
    pub fn open(root: &Path) -> Result<Repo> {
        Repo::open_with(root, RepoOptions::default())
    }

    /// The same, to be worked with as `options` say.
    ///
    /// # Errors
    /// As [`RepoLayout::open`].
    pub fn open_with(root: &Path, options: RepoOptions) -> Result<Repo> {
        let mut layout = RepoLayout::open_share(root, options.lenient_share)?;
        layout.pending = options.pending;
        Ok(Repo {
            layout,
            options,
            store: OnceLock::new(),
            changelog: OnceLock::new(),
            manifests: OnceLock::new(),
            history: OnceLock::new(),
            filter: None,
            markers: Mutex::default(),
            bookmarks: Mutex::default(),
            phases: Mutex::new(None),
            manifest_nodes: Mutex::default(),
        })
    }

    /// The same repository, before anything was read of it: with the history of another `.hg`, and with stores beneath.
    #[must_use]
    pub fn overlaid(mut self, history: Option<&Path>, beneath: &[PathBuf]) -> Repo {
        if let Some(dot_hg) = history {
            self.layout = self.layout.with_history(dot_hg);
        }
        self.layout.beneath = beneath.to_vec();
        self
    }

    /// The same repository, with filters between the disk and the store.
    #[must_use]
    pub fn with_filter(mut self, filter: Option<Arc<dyn ContentFilter>>) -> Repo {
        self.filter = filter;
        self
    }

    /// Filters between the disk and the store.
    pub fn filter(&self) -> Option<&dyn ContentFilter> {
        self.filter.as_deref()
    }

    /// What is stored of a file that has this content on disk.
    ///
    /// # Errors
    /// A filter failed.
    pub(crate) fn read_filtered(&self, path: &RepoPath, data: Vec<u8>) -> Result<Vec<u8>> {
        match &self.filter {
            Some(filter) => filter.read_filtered(path, data),
            None => Ok(data),
        }
    }

    /// The same repository with a changelog that is not in the files yet; everything else is read anew.
    pub fn with_changelog(&self, changelog: Changelog) -> Repo {
        Repo {
            layout: self.layout.clone(),
            options: self.options,
            store: OnceLock::new(),
            changelog: OnceLock::from(changelog),
            manifests: OnceLock::new(),
            history: OnceLock::from(None),
            filter: self.filter.clone(),
            markers: Mutex::default(),
            bookmarks: Mutex::default(),
            phases: Mutex::new(None),
            manifest_nodes: Mutex::default(),
        }
    }

    /// Where its parts lie and what it requires.
    pub fn layout(&self) -> &RepoLayout {
        &self.layout
    }

    /// How it is worked with.
    pub fn options(&self) -> &RepoOptions {
        &self.options
    }

    /// Refuses what the peer would treat as nested repositories, where the caller does not deal with them.
    ///
    /// # Errors
    /// [`ErrorId::Unsupported`].
    pub fn refuse_subrepositories(&self, present: bool) -> Result<()> {
        match present && !self.options.subrepositories {
            true => Err(Error::new(ErrorId::Unsupported).with("feature", "subrepositories")),
            false => Ok(()),
        }
    }

    /// The directories that a tracked `.hgsub` of the working directory names.
    pub fn subrepositories(&self) -> Vec<RepoPathBuf> {
        let data = std::fs::read(self.root().join(".hgsub")).unwrap_or_default();
        subrepository_paths(&data)
    }

    /// The root of the working directory.
    pub fn root(&self) -> &Path {
        &self.layout.working_dir
    }

    /// The configuration files that belong to it, in the order they are read.
    pub fn config_files(&self) -> Vec<RepositoryFile> {
        let layout = &self.layout;
        let mut files = Vec::with_capacity(3);
        if layout.share_safe && layout.is_share() {
            files.push(RepositoryFile {
                path: layout.store_owner_dot_hg.join("hgrc"),
                root: layout.store_owner_dot_hg.clone(),
            });
        }
        let own = ["hgrc", "hgrc-not-shared"].map(|name| RepositoryFile {
            path: layout.dot_hg.join(name),
            root: layout.working_dir.clone(),
        });
        files.extend(own);
        files
    }

    /// The root of the working directory of the share's source, or the own one.
    pub fn share_source_root(&self) -> PathBuf {
        let dot_hg = &self.layout.store_owner_dot_hg;
        dot_hg.parent().unwrap_or(dot_hg).to_path_buf()
    }

    /// The files of the store.
    pub fn store(&self) -> Arc<dyn Vfs> {
        Arc::clone(self.store.get_or_init(|| self.layout.store_vfs()))
    }

    /// The changelog.
    ///
    /// # Errors
    /// As [`Changelog::open`].
    pub fn changelog(&self) -> Result<&Changelog> {
        opened(&self.changelog, || Changelog::of(&self.layout))
    }

    /// The phase of a changeset. Asked a second time, all phases are found out at once, for as long as the roots stay.
    ///
    /// # Errors
    /// As [`Phases::load`]; where parents cannot be read.
    pub fn phase(&self, rev: Rev) -> Result<Phase> {
        let changelog = self.changelog()?;
        let phases = Phases::load(&*self.store(), changelog)?;
        let Some(at) = rev.index().filter(|_| phases.has_non_public()) else {
            return Ok(Phase::Public);
        };
        let mut kept = self
            .phases
            .lock()
            .map_err(|_| Error::internal("poisoned phases"))?;
        match &mut *kept {
            Some((known, all)) if *known == phases => {
                let all = match all {
                    Some(all) => all,
                    None => all.insert(Arc::new(phases.all(changelog)?)),
                };
                Ok(all.get(at).copied().unwrap_or(Phase::Public))
            }
            kept => {
                let phase = phases.phase(changelog, rev)?;
                *kept = Some((phases, None));
                Ok(phase)
            }
        }
    }

    /// What is known of users, dates, branches and paths of changesets without reading them, where that is worth it.
    pub fn history(&self) -> Option<&HistoryIndex> {
        let open = || crate::ops::history_index::open(self);
        self.history.get_or_init(open).as_ref()
    }

    /// The manifests.
    ///
    /// # Errors
    /// As [`ManifestLog::of`].
    pub fn manifests(&self) -> Result<&Arc<ManifestLog>> {
        opened(&self.manifests, || {
            Ok(Arc::new(ManifestLog::of(&self.layout)?))
        })
    }

    /// The obsolescence markers as they are now; read again only where their file changed.
    ///
    /// # Errors
    /// As [`Markers::load`].
    pub fn markers(&self) -> Result<Arc<Markers>> {
        let load = || Markers::load(&*self.store()).map(Arc::new);
        match self.options.pending {
            true => load(),
            false => unless_changed(
                &self.markers,
                &self.layout.store.join("obsstore"),
                true,
                load,
            ),
        }
    }

    /// The bookmarks as they are now; read again only where their file changed.
    ///
    /// # Errors
    /// As [`bookmarks::read`].
    pub fn bookmarks(&self) -> Result<Arc<Bookmarks>> {
        let load = || bookmarks::load(self).map(Arc::new);
        match self.options.pending {
            true => load(),
            false => unless_changed(&self.bookmarks, &self.layout.bookmarks(), false, load),
        }
    }

    /// The dirstate as it is now.
    ///
    /// # Errors
    /// As [`Dirstate::open`].
    pub fn dirstate(&self) -> Result<Dirstate> {
        Dirstate::open(&self.layout)
    }

    /// The revision with this node; the null node is the null revision.
    ///
    /// # Errors
    /// [`ErrorId::UnknownNode`] where the changelog has none.
    pub fn rev_of(&self, node: &Node) -> Result<Rev> {
        if *node == Node::NULL {
            return Ok(Rev::NULL);
        }
        self.changelog()?.revlog().rev(node)
    }

    /// The working directory's parents; a node that is not in the history counts as the null revision, with a
    /// warning (`unknown-working-parent`, fact `node`: its first 12 digits).
    ///
    /// # Errors
    /// Whatever opening the changelog answers.
    pub fn parents_of(&self, dirstate: &Dirstate) -> Result<([Rev; 2], Vec<Warning>)> {
        let mut warnings = Vec::new();
        let mut revs = [Rev::NULL; 2];
        for (rev, node) in revs.iter_mut().zip(dirstate.parents()) {
            if node == Node::NULL {
                continue;
            }
            match self.changelog()?.revlog().find(&node)? {
                Some(found) => *rev = found,
                None => {
                    let digits = node.to_hex();
                    warnings
                        .push(Warning::new("unknown-working-parent").with("node", &digits[..12]));
                }
            }
        }
        Ok((revs, warnings))
    }

    /// The manifest of a changeset.
    ///
    /// # Errors
    /// Whatever reading the changeset or the manifest answers.
    pub fn manifest_of(&self, rev: Rev) -> Result<Manifest> {
        let node = self.manifest_node(rev)?;
        self.manifests()?.read(&node)
    }

    /// The node of a changeset's manifest. Of a changeset that lists a great many files the first line is enough,
    /// where the manifest in turn names the changeset.
    fn manifest_node(&self, rev: Rev) -> Result<Node> {
        let lock = || self.manifest_nodes.lock().ok();
        let known = lock().and_then(|kept| kept.iter().find(|(kept, _)| *kept == rev).copied());
        if let Some((_, node)) = known {
            return Ok(node);
        }
        let node = self.find_manifest_node(rev)?;
        self.know_manifest(rev, node);
        Ok(node)
    }

    /// Takes note of a changeset's manifest, which will be asked for.
    pub(crate) fn know_manifest(&self, rev: Rev, node: Node) {
        if let Ok(mut kept) = self.manifest_nodes.lock() {
            kept.retain(|(known, _)| *known != rev);
            kept.truncate(KEPT_NODES - 1);
            kept.insert(0, (rev, node));
        }
    }

    fn find_manifest_node(&self, rev: Rev) -> Result<Node> {
        let changelog = self.changelog()?;
        if let Some(node) = changelog.unchecked_manifest(rev) {
            let revlog = self.manifests()?.revlog();
            if let Some(found) = revlog.find(&node)?
                && revlog
                    .entry(found)
                    .is_ok_and(|entry| entry.link_rev() == rev)
            {
                return Ok(node);
            }
        }
        Ok(changelog.changeset(rev)?.manifest())
    }

    /// The same for a changeset that will be asked about again, as the working directory's parent will.
    ///
    /// # Errors
    /// As [`Repo::manifest_of`].
    pub fn manifest_to_keep(&self, rev: Rev) -> Result<Manifest> {
        let node = self.manifest_node(rev)?;
        self.manifests()?.read_to_keep(&node)
    }

    /// The revisions of one file.
    ///
    /// # Errors
    /// As [`Filelog::open`].
    pub fn filelog(&self, path: &RepoPath) -> Result<Filelog> {
        Filelog::open(self.store(), path)
    }

    /// The branch that the next commit in the working directory is made on.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::Io`] where `.hg/branch` is there but cannot be read.
    pub fn working_branch(&self) -> Result<Vec<u8>> {
        let path = self.layout.dot_hg.join("branch");
        match std::fs::read(&path) {
            Ok(name) if !name.trim_ascii().is_empty() => Ok(name.trim_ascii().to_vec()),
            Ok(_) => Ok(b"default".to_vec()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(b"default".to_vec()),
            Err(error) => Err(Error::io(&path, "read", &error)),
        }
    }
}

/// What was read of a file last, or what `load` reads of it now where it looks otherwise. A file that has just been
/// written may change again without looking otherwise, so it is not relied upon, unless it only ever grows.
fn unless_changed<T: Clone>(
    known: &Mutex<Option<(Look, T)>>,
    path: &Path,
    only_grows: bool,
    load: impl FnOnce() -> Result<T>,
) -> Result<T> {
    /// File systems and clocks tell times apart that differ by more than this.
    const SETTLED: Duration = Duration::from_secs(2);
    let Ok(mut known) = known.lock() else {
        return load();
    };
    let about = std::fs::metadata(path).ok();
    let look = about.as_ref().map(|about| {
        let time = (about.mtime(), about.mtime_nsec());
        (about.len(), time.0, time.1, about.ino())
    });
    if let Some((then, value)) = &*known
        && *then == look
    {
        return Ok(value.clone());
    }
    let written = about.and_then(|about| about.modified().ok());
    let settled = written.is_none_or(|time| time.elapsed().is_ok_and(|age| age > SETTLED));
    let fresh = load()?;
    *known = (only_grows || settled).then(|| (look, fresh.clone()));
    Ok(fresh)
}

/// What a cell holds, after filling it where it is empty.
fn opened<T>(cell: &OnceLock<T>, open: impl FnOnce() -> Result<T>) -> Result<&T> {
    if let Some(known) = cell.get() {
        return Ok(known);
    }
    let fresh = open()?;
    Ok(cell.get_or_init(|| fresh))
}

/// The paths on the left of `path = source`, before the first section.
fn subrepository_paths(data: &[u8]) -> Vec<RepoPathBuf> {
    let mut found = Vec::new();
    for line in data.split(|byte| *byte == b'\n') {
        match line.first() {
            Some(b'[') => break,
            Some(b'#' | b';' | b' ' | b'\t') | None => continue,
            Some(_) => {}
        }
        if let Some(equals) = line.iter().position(|byte| *byte == b'=') {
            found.push(RepoPathBuf::new(line[..equals].trim_ascii().to_vec()));
        }
    }
    found.sort_unstable();
    found
}

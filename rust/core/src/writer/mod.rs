//! Appends to the store of a repository on behalf of one transaction, whose journal the caller has made.
//! Locks, small files and taking changes back are Python's (`docs/adr/0005-writing.md`).

mod adding;
mod copying;
mod files;
mod recording;
mod strip;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use hyg_base::{Error, RepoPath, Result};
use hyg_store::changelog::Changelog;
use hyg_store::filelog::Filelog;
use hyg_store::manifest::open_revlog;
use hyg_store::requirements as req;
use hyg_store::revlog::{Appender, Compression, DeltaPolicy, Kind};
use hyg_store::write::{StoreFiles, write_nodemap};

pub use crate::incoming::{Incoming, Sent};
use crate::repo::Repo;
pub use copying::{Measure, Reuse};
pub use files::IncomingFile;

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
    /// The view lacks changesets or manifests.
    stale: bool,
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
            stale: true,
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
        self.stale = true;
        match self.manifests.get_mut(dir) {
            Some(appender) => Ok(appender),
            None => Err(Error::internal("a manifest went away")),
        }
    }

    fn appender(&mut self, kind: Kind, dir: &[u8]) -> Result<&mut Appender> {
        Ok(self.files_and_appender(kind, dir)?.1)
    }

    fn files_and_appender(
        &mut self,
        kind: Kind,
        dir: &[u8],
    ) -> Result<(&StoreFiles, &mut Appender)> {
        self.stale |= kind != Kind::Filelog;
        let appender = match kind {
            Kind::Changelog => &mut self.changelog,
            Kind::Manifest => self.manifests.get_mut(dir).ok_or_else(lost)?,
            Kind::Filelog => &mut self.filelog.as_mut().ok_or_else(lost)?.1,
        };
        Ok((&self.files, appender))
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
        if !std::mem::take(&mut self.stale) {
            return Ok(());
        }
        let changelog = Changelog::over(self.changelog.revlog().snapshot());
        self.view = Arc::new(self.view.with_changelog(changelog));
        Ok(())
    }

    /// Makes the new changesets visible to hooks; `false` where there are none.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::Io`].
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

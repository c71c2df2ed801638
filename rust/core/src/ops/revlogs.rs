//! One revlog of a repository, whatever it holds, for those who look below the history.
//! What its texts mean, and how rows of its index are shown, is not known here.

use std::sync::Arc;

use hyg_base::{RepoPath, Result};
use hyg_store::filelog::Filelog;
use hyg_store::revlog::Revlog;

use crate::repo::Repo;

/// A revlog, opened.
#[derive(Debug)]
pub struct StoredRevlog(Opened);

enum Opened {
    /// The repository's own.
    Changelog(Arc<Repo>),
    Manifests(Arc<Revlog>),
    File(Box<Filelog>),
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Opened::Changelog(_) => "Changelog",
            Opened::Manifests(_) => "Manifests",
            Opened::File(_) => "File",
        })
    }
}

impl StoredRevlog {
    /// The changelog.
    ///
    /// # Errors
    /// As [`Revlog::open`].
    pub fn changelog(repo: Arc<Repo>) -> Result<StoredRevlog> {
        repo.changelog()?;
        Ok(StoredRevlog(Opened::Changelog(repo)))
    }

    /// The manifests of a directory; the empty path is the root.
    ///
    /// # Errors
    /// As [`Revlog::open`].
    pub fn manifests(repo: &Repo, directory: &[u8]) -> Result<StoredRevlog> {
        let directory = match directory {
            b"" => Vec::new(),
            path => [path, b"/"].concat(),
        };
        let revlog = repo.manifests()?.dir_revlog(&directory)?;
        Ok(StoredRevlog(Opened::Manifests(revlog)))
    }

    /// The revisions of a tracked file.
    ///
    /// # Errors
    /// As [`Revlog::open`].
    pub fn file(repo: &Repo, path: &RepoPath) -> Result<StoredRevlog> {
        Ok(StoredRevlog(Opened::File(Box::new(repo.filelog(path)?))))
    }

    /// The revlog itself.
    ///
    /// # Errors
    /// None once it is open.
    pub fn revlog(&self) -> Result<&Revlog> {
        match &self.0 {
            Opened::Changelog(repo) => Ok(repo.changelog()?.revlog()),
            Opened::Manifests(revlog) => Ok(revlog),
            Opened::File(filelog) => Ok(filelog.revlog()),
        }
    }
}

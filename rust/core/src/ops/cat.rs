//! The contents of files in a revision, as they are stored.
//! Decode filters, output files and templates are Python's.

use hyg_base::{RepoPath, RepoPathBuf, Result, Rev};
use hyg_matcher::Matcher;
use hyg_store::filelog::FileContent;
use hyg_store::manifest::FileEntry;

use super::manifest_files;
use crate::repo::Repo;

/// What to read.
#[derive(Clone, Copy, Debug)]
pub struct CatRequest<'a> {
    /// The revision.
    pub rev: Rev,
    /// The files that are meant.
    pub matcher: &'a dyn Matcher,
}

/// The answer.
#[derive(Clone, Debug, Default)]
pub struct CatReport {
    /// Files with their contents, in byte order of the paths.
    pub files: Vec<(RepoPathBuf, FileContent)>,
    /// Explicitly named paths that the revision has not.
    pub absent: Vec<RepoPathBuf>,
}

/// The files that a request means, not read yet.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Files with what the manifest says about them, in byte order of the paths.
    pub files: Vec<(RepoPathBuf, FileEntry)>,
    /// Explicitly named paths that the revision has not.
    pub absent: Vec<RepoPathBuf>,
}

/// Finds the files that a request means.
///
/// # Errors
/// [`hyg_base::ErrorId::Unsupported`] with subrepositories; whatever reading the manifest answers.
pub fn select(repo: &Repo, request: &CatRequest<'_>) -> Result<Selection> {
    let manifest = repo.manifest_to_keep(request.rev)?;
    let subrepositories = manifest.get(RepoPath::new(b".hgsub"))?;
    repo.refuse_subrepositories(subrepositories.is_some())?;
    let mut files = Vec::new();
    let absent = manifest_files::matching(&manifest, request.matcher, |path, entry| {
        files.push((path.to_buf(), entry));
        Ok(())
    })?;
    Ok(Selection { files, absent })
}

/// Reads contents.
///
/// # Errors
/// As [`select`]; whatever reading filelogs answers.
pub fn cat(repo: &Repo, request: &CatRequest<'_>) -> Result<CatReport> {
    let Selection {
        files: found,
        absent,
    } = select(repo, request)?;
    let mut files = Vec::with_capacity(found.len());
    for (path, entry) in found {
        let content = repo.filelog(&path)?.read_node(&entry.node)?;
        files.push((path, content));
    }
    Ok(CatReport { files, absent })
}

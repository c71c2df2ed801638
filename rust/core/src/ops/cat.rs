//! The contents of files in a revision, as they are stored.
//! Decode filters, output files and templates are Python's.

use hyg_base::{Node, RepoPath, RepoPathBuf, Result, Rev};
use hyg_matcher::Matcher;
use hyg_store::filelog::FileContent;

use super::manifest_files;
use crate::repo::{Repo, refuse_subrepositories};

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

/// Reads contents.
///
/// # Errors
/// [`hyg_base::ErrorId::Unsupported`] with subrepositories; whatever reading manifest or filelogs answers.
pub fn cat(repo: &Repo, request: &CatRequest<'_>) -> Result<CatReport> {
    let manifest = repo.manifest_of(request.rev)?;
    let subrepositories = manifest.get(RepoPath::new(b".hgsub"))?;
    refuse_subrepositories(subrepositories.is_some())?;
    let mut found: Vec<(RepoPathBuf, Node)> = Vec::new();
    let absent = manifest_files::matching(&manifest, request.matcher, |path, entry| {
        found.push((path.to_buf(), entry.node));
        Ok(())
    })?;
    let mut files = Vec::with_capacity(found.len());
    for (path, node) in found {
        let content = repo.filelog(&path)?.read_node(&node)?;
        files.push((path, content));
    }
    Ok(CatReport { files, absent })
}

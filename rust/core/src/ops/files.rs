//! Which files are tracked: by the working directory, or in a revision.
//! Sizes and flags of files are Python's.

use hyg_base::{PathList, RepoPath, RepoPathBuf, Result, Rev};
use hyg_matcher::Matcher;
use hyg_worktree::Dirstate;

use super::manifest_files;
use crate::repo::Repo;

/// What to list.
#[derive(Clone, Copy, Debug)]
pub struct FilesRequest<'a> {
    /// The revision; `None` for the working directory.
    pub rev: Option<Rev>,
    /// The files that are meant.
    pub matcher: &'a dyn Matcher,
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilesReport {
    /// Tracked files in byte order.
    pub paths: PathList,
    /// Explicitly named paths that the revision has not; always empty for the working directory.
    pub absent: Vec<RepoPathBuf>,
}

/// Lists files.
///
/// # Errors
/// [`hyg_base::ErrorId::Unsupported`] with subrepositories; whatever reading dirstate or manifest answers.
pub fn files(repo: &Repo, request: &FilesRequest<'_>) -> Result<FilesReport> {
    match request.rev {
        None => of_working_copy(repo, &repo.dirstate()?, request.matcher),
        Some(rev) => of_revision(repo, rev, request.matcher),
    }
}

fn of_working_copy(repo: &Repo, dirstate: &Dirstate, matcher: &dyn Matcher) -> Result<FilesReport> {
    let subrepositories = dirstate.get(RepoPath::new(b".hgsub"))?;
    repo.refuse_subrepositories(subrepositories.is_some())?;
    let mut report = FilesReport::default();
    if let Some(named) = named_files(dirstate, matcher)? {
        report.paths = named;
        return Ok(report);
    }
    let all = matcher.is_always();
    for item in dirstate {
        let item = item?;
        if item.entry.wc_tracked && (all || matcher.matches(item.path)?) {
            report.paths.push(item.path)?;
        }
    }
    Ok(report)
}

/// Where nothing but existing files is named, exactly these as often as they are named.
fn named_files(dirstate: &Dirstate, matcher: &dyn Matcher) -> Result<Option<PathList>> {
    if !matcher.is_prefix() || matcher.explicit_paths().is_empty() {
        return Ok(None);
    }
    let mut paths = PathList::new();
    for path in matcher.explicit_paths() {
        match dirstate.get(path)? {
            Some(entry) if entry.wc_tracked => paths.push(path)?,
            Some(_) => {}
            None => return Ok(None),
        }
    }
    paths.sort();
    Ok(Some(paths))
}

fn of_revision(repo: &Repo, rev: Rev, matcher: &dyn Matcher) -> Result<FilesReport> {
    let manifest = repo.manifest_of(rev)?;
    let subrepositories = manifest.get(RepoPath::new(b".hgsub"))?;
    repo.refuse_subrepositories(subrepositories.is_some())?;
    let mut paths = PathList::new();
    let absent = manifest_files::matching(&manifest, matcher, |path, _| paths.push(path))?;
    Ok(FilesReport { paths, absent })
}

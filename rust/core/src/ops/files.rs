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

/// What was found, as long as dirstate or manifest are held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundFiles<'a> {
    /// Tracked files in byte order.
    pub paths: Vec<&'a RepoPath>,
    /// Explicitly named paths that the revision has not; always empty for the working directory.
    pub absent: Vec<RepoPathBuf>,
}

/// Lists files.
///
/// # Errors
/// As [`with_files`]; [`hyg_base::ErrorId::Unsupported`] past 2 GiB of paths.
pub fn files(repo: &Repo, request: &FilesRequest<'_>) -> Result<FilesReport> {
    with_files(repo, request, |found| {
        let bytes = found.paths.iter().map(|path| path.as_bytes().len()).sum();
        let mut paths = PathList::with_capacity(found.paths.len(), bytes);
        found.paths.iter().try_for_each(|path| paths.push(path))?;
        Ok(FilesReport {
            paths,
            absent: found.absent,
        })
    })?
}

/// Finds files and gives them to `receive` where they lie, without a copy of any path.
///
/// # Errors
/// [`hyg_base::ErrorId::Unsupported`] with subrepositories; whatever reading dirstate or manifest answers.
pub fn with_files<T>(
    repo: &Repo,
    request: &FilesRequest<'_>,
    receive: impl FnOnce(FoundFiles<'_>) -> T,
) -> Result<T> {
    let subrepository_list = RepoPath::new(b".hgsub");
    let Some(rev) = request.rev else {
        let dirstate = repo.dirstate()?;
        repo.refuse_subrepositories(dirstate.get(subrepository_list)?.is_some())?;
        let paths = of_working_copy(&dirstate, request.matcher)?;
        return Ok(receive(FoundFiles {
            paths,
            absent: Vec::new(),
        }));
    };
    let manifest = repo.manifest_of(rev)?;
    repo.refuse_subrepositories(manifest.get(subrepository_list)?.is_some())?;
    if let Some((paths, absent)) = manifest_files::listed(&manifest, request.matcher)? {
        return Ok(receive(FoundFiles { paths, absent }));
    }
    let mut list = PathList::new();
    let absent = manifest_files::matching(&manifest, request.matcher, |path, _| list.push(path))?;
    Ok(receive(FoundFiles {
        paths: list.iter().collect(),
        absent,
    }))
}

fn of_working_copy<'a>(
    dirstate: &'a Dirstate,
    matcher: &'a dyn Matcher,
) -> Result<Vec<&'a RepoPath>> {
    if let Some(named) = named_files(dirstate, matcher)? {
        return Ok(named);
    }
    let mut paths = dirstate.tracked()?;
    if !matcher.is_always() {
        let mut kept = Vec::new();
        for path in paths {
            if matcher.matches(path)? {
                kept.push(path);
            }
        }
        paths = kept;
    }
    Ok(paths)
}

/// Where nothing but existing files is named, exactly these as often as they are named.
fn named_files<'a>(
    dirstate: &Dirstate,
    matcher: &'a dyn Matcher,
) -> Result<Option<Vec<&'a RepoPath>>> {
    if !matcher.is_prefix() || matcher.explicit_paths().is_empty() {
        return Ok(None);
    }
    let mut paths: Vec<&RepoPath> = Vec::new();
    for path in matcher.explicit_paths() {
        match dirstate.get(path)? {
            Some(entry) if entry.wc_tracked => paths.push(path),
            Some(_) => {}
            None => return Ok(None),
        }
    }
    paths.sort_unstable();
    Ok(Some(paths))
}

//! Which files are tracked: by the working directory, or in a revision.
//! Sizes and flags of files are Python's.

use hyg_base::{Error, ErrorId, PathList, RepoPath, RepoPathBuf, Result, Rev};
use hyg_matcher::Matcher;
use hyg_worktree::Dirstate;
use hyg_worktree::dirstate::{Tracked, TrackedFiles};

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

/// Fewer files than this are found before a thread would have started.
const WORTH_SHARING: usize = 30_000;

/// More threads than this only wait for memory.
const MAX_THREADS: usize = 4;

/// Paths that lie in a dirstate or a manifest.
#[derive(Clone, Debug)]
pub enum FoundPaths<'a> {
    /// One by one.
    Listed(Vec<&'a RepoPath>),
    /// All that a dirstate tracks; so many threads may work on it.
    Tracked(Tracked<'a>, usize),
}

impl<'a> FoundPaths<'a> {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            FoundPaths::Listed(paths) => paths.len(),
            FoundPaths::Tracked(tracked, _) => tracked.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes they have altogether.
    fn bytes(&self) -> usize {
        match self {
            FoundPaths::Listed(paths) => paths.iter().map(|path| path.as_bytes().len()).sum(),
            FoundPaths::Tracked(tracked, _) => tracked.bytes(),
        }
    }

    /// Gives each path to `receive` until it fails.
    ///
    /// # Errors
    /// Those of `receive`.
    pub fn visit<E>(
        &self,
        mut receive: impl FnMut(&'a RepoPath) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        match self {
            FoundPaths::Listed(paths) => paths.iter().try_for_each(|path| receive(path)),
            FoundPaths::Tracked(tracked, _) => tracked.iter().try_for_each(receive),
        }
    }
}

/// What was found, as long as dirstate or manifest are held.
#[derive(Clone, Debug)]
pub struct FoundFiles<'a> {
    /// Tracked files in byte order.
    pub paths: FoundPaths<'a>,
    /// Explicitly named paths that the revision has not; always empty for the working directory.
    pub absent: Vec<RepoPathBuf>,
}

/// Lists files.
///
/// # Errors
/// As [`with_files`]; [`hyg_base::ErrorId::Unsupported`] past 2 GiB of paths.
pub fn files(repo: &Repo, request: &FilesRequest<'_>) -> Result<FilesReport> {
    with_files(repo, request, |found| {
        let mut paths = PathList::with_capacity(found.paths.len(), found.paths.bytes());
        found.paths.visit(|path| paths.push(path))?;
        Ok(FilesReport {
            paths,
            absent: found.absent,
        })
    })?
}

/// Paths to be kept.
#[derive(Debug)]
pub enum KeptPaths {
    /// A list of their own.
    List(PathList),
    /// All that a dirstate tracks, with its bytes.
    Tracked(TrackedFiles),
}

/// As [`files`], but where all that the working copy tracks is meant the paths stay where they lie.
///
/// # Errors
/// As [`files`].
pub fn kept_files(
    repo: &Repo,
    request: &FilesRequest<'_>,
) -> Result<(KeptPaths, Vec<RepoPathBuf>)> {
    if request.rev.is_some() || !request.matcher.is_always() {
        let report = files(repo, request)?;
        return Ok((KeptPaths::List(report.paths), report.absent));
    }
    let dirstate = repo.dirstate()?;
    let subrepository_list = RepoPath::new(b".hgsub");
    repo.refuse_subrepositories(dirstate.get(subrepository_list)?.is_some())?;
    let threads = threads(repo, &dirstate);
    let tracked = dirstate.into_tracked(threads)?;
    if i32::try_from(tracked.get().bytes()).is_err() {
        return Err(Error::new(ErrorId::Unsupported).with("feature", "more than 2 GiB of paths"));
    }
    Ok((KeptPaths::Tracked(tracked), Vec::new()))
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
        let paths = of_working_copy(&dirstate, request.matcher, threads(repo, &dirstate))?;
        return Ok(receive(FoundFiles {
            paths,
            absent: Vec::new(),
        }));
    };
    let manifest = repo.manifest_to_keep(rev)?;
    repo.refuse_subrepositories(manifest.get(subrepository_list)?.is_some())?;
    if let Some((paths, absent)) = manifest_files::listed(&manifest, request.matcher)? {
        let paths = FoundPaths::Listed(paths);
        return Ok(receive(FoundFiles { paths, absent }));
    }
    let mut list = PathList::new();
    let absent = manifest_files::matching(&manifest, request.matcher, |path, _| list.push(path))?;
    Ok(receive(FoundFiles {
        paths: FoundPaths::Listed(list.iter().collect()),
        absent,
    }))
}

fn threads(repo: &Repo, dirstate: &Dirstate) -> usize {
    if dirstate.len() < WORTH_SHARING {
        return 1;
    }
    let wanted = match repo.options().threads {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        given => given,
    };
    wanted.min(MAX_THREADS)
}

fn of_working_copy<'a>(
    dirstate: &'a Dirstate,
    matcher: &'a dyn Matcher,
    threads: usize,
) -> Result<FoundPaths<'a>> {
    if let Some(named) = named_files(dirstate, matcher)? {
        return Ok(FoundPaths::Listed(named));
    }
    let tracked = dirstate.tracked(threads)?;
    if matcher.is_always() {
        return Ok(FoundPaths::Tracked(tracked, threads));
    }
    let mut kept = Vec::new();
    for path in tracked.iter() {
        if matcher.matches(path)? {
            kept.push(path);
        }
    }
    Ok(FoundPaths::Listed(kept))
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

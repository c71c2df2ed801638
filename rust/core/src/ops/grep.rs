//! Searching the contents of files, of a revision or of the working copy, on several threads.
//! What is searched for, and what becomes of it, is the caller's; following history is Python's.

use hyg_base::{ErrorId, RepoPath, RepoPathBuf, Result, Rev};
use hyg_matcher::Matcher;
use hyg_store::manifest::FileEntry;

use super::cat::{CatRequest, select};
use super::diff::Tree;
use super::files::{FilesRequest, with_files};
use super::parallel::each;
use crate::repo::Repo;

/// So many files are read before what was found in them is handed over.
const AT_ONCE: usize = 512;

/// Where to search.
#[derive(Clone, Copy, Debug)]
pub struct GrepRequest<'a> {
    /// The revision; `None` for the working copy, whose files are passed over where they cannot be read.
    pub rev: Option<Rev>,
    /// The files that are meant.
    pub matcher: &'a dyn Matcher,
}

/// What a search hands over.
#[derive(Clone, Copy, Debug)]
pub enum Step<T> {
    /// What was found in a file.
    Found(T),
    /// So many files of so many have been searched.
    Searched(u64, u64),
}

/// Hands each file with its data to `work`, on several threads, and its answers in the order of the paths to `give`.
///
/// # Errors
/// Whatever reading answers, and what `work` and `give` do.
pub fn grep<T: Send>(
    repo: &Repo,
    request: &GrepRequest<'_>,
    work: impl Fn(&RepoPath, &[u8]) -> Result<Option<T>> + Sync,
    give: &mut dyn FnMut(Step<T>) -> Result<()>,
) -> Result<()> {
    let Some(rev) = request.rev else {
        let paths = tracked(repo, request.matcher)?;
        return in_batches(repo, &paths, give, |path| {
            match Tree::WorkingCopy.data(repo, path) {
                Ok(data) => work(path, &data),
                Err(error) if error.id() == ErrorId::Io => Ok(None),
                Err(error) => Err(error),
            }
        });
    };
    if rev.is_null() {
        return Ok(());
    }
    let matcher = request.matcher;
    let found = select(repo, &CatRequest { rev, matcher })?;
    in_batches(
        repo,
        &found.files,
        give,
        |(path, entry): &(RepoPathBuf, FileEntry)| {
            let data = repo.filelog(path)?.read_node(&entry.node)?;
            work(path, &data)
        },
    )
}

fn in_batches<I: Sync, T: Send>(
    repo: &Repo,
    items: &[I],
    give: &mut dyn FnMut(Step<T>) -> Result<()>,
    work: impl Fn(&I) -> Result<Option<T>> + Sync,
) -> Result<()> {
    let mut done = 0;
    give(Step::Searched(0, items.len() as u64))?;
    for batch in items.chunks(AT_ONCE) {
        for found in each(repo, batch, &work)?.into_iter().flatten() {
            give(Step::Found(found))?;
        }
        done += batch.len();
        give(Step::Searched(done as u64, items.len() as u64))?;
    }
    Ok(())
}

fn tracked(repo: &Repo, matcher: &dyn Matcher) -> Result<Vec<RepoPathBuf>> {
    let request = FilesRequest { rev: None, matcher };
    with_files(repo, &request, |found| {
        let mut paths = Vec::with_capacity(found.paths.len());
        found.paths.visit(|path| {
            paths.push(path.to_buf());
            Ok(())
        })?;
        Ok(paths)
    })?
}

//! Patches: what a status report says of files, paired and written as text, one file at a time.
//! Finding what differs is `status`, matching lines the text crate's; labels and histograms are the view's.

mod history;
mod pairs;
mod patch;
mod sides;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hyg_base::{RepoPath, RepoPathBuf, Result, Rev};
use hyg_text::unified;

pub use history::{Wanted, changeset_patches, patches_of};
pub use pairs::{Operation, Pair};
pub use patch::{Compress, Filelogs, Patch, Tree};
pub use sides::{LongPatch, Pack};

use crate::ops::copies::Copies;
use crate::ops::parallel::answers;
use crate::ops::status::{StatusKind, StatusReport};
use crate::repo::Repo;

/// So many patches are made at once at first, and at most: threads are begun anew for each time.
const AT_ONCE: usize = 16;
const MOST_AT_ONCE: usize = 1024;
/// No other patch is begun where those that wait have so many bytes together.
const MOST_BYTES: usize = 1 << 20;

/// How patches look (`docs/formats/diff.md`).
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// Context, white space, dates, prefixes, git's headers.
    pub text: unified::Options,
    /// Binary files are treated as text.
    pub as_text: bool,
    /// No binary patches in git's form.
    pub no_binary: bool,
    /// Digits of the hashes in `index` lines of git's form, 0 for none.
    pub index: usize,
    /// Tell how much copies have in common with their sources.
    pub similarity: bool,
}

/// A question for patches; the report that goes with it says what differs.
#[derive(Clone, Debug)]
pub struct DiffRequest {
    /// The revision to start from.
    pub base: Rev,
    /// The revision to arrive at; none is the working directory.
    pub target: Option<Rev>,
    /// How patches look.
    pub style: Style,
    /// What stands after `-r` in plain headers.
    pub names: Vec<Vec<u8>>,
    /// Dates of the old and the new side as printed.
    pub dates: [Vec<u8>; 2],
    /// The patches lead from target to base.
    pub reverse: bool,
    /// The directory that paths are shown from, with a slash at its end, or nothing.
    pub root: Vec<u8>,
}

/// The patches of a request, each written when it is asked for.
#[derive(Debug)]
pub struct Patches {
    old: Tree,
    new: Tree,
    request: DiffRequest,
    pairs: Vec<Pair>,
    /// How many of the pairs are done.
    done: usize,
    /// How many patches are made at once next time.
    at_once: usize,
    /// Patches that were made together with one that was asked for, the next one at the end.
    ready: Vec<Result<Patch>>,
    /// Those that other patches use, too; these are made on the thread that asks for them.
    shared: Option<Arc<Filelogs>>,
}

impl Patches {
    /// Prepares the patches for the files of `report`, which compares the request's base with its target.
    ///
    /// # Errors
    /// Whatever reading the manifests answers.
    pub fn new(repo: &Repo, request: DiffRequest, report: &StatusReport) -> Result<Patches> {
        let kinds = [StatusKind::Modified, StatusKind::Added, StatusKind::Removed];
        if kinds.iter().all(|kind| report.paths(*kind).is_empty()) {
            // A big manifest is not read for nothing.
            return Ok(Patches::over(
                [Tree::WorkingCopy, Tree::WorkingCopy],
                request,
                Vec::new(),
            ));
        }
        let base = Tree::Revision(match request.target {
            None => repo.manifest_to_keep(request.base)?,
            Some(_) => repo.manifest_of(request.base)?,
        });
        let target = match request.target {
            Some(rev) => Tree::Revision(repo.manifest_of(rev)?),
            None => Tree::WorkingCopy,
        };
        let mut changes = Changes::of(repo, report, &base, &request.root)?;
        let (mut old, mut new) = (base, target);
        if request.reverse {
            changes = changes.undone();
            std::mem::swap(&mut old, &mut new);
        }
        let pairs = pairs::file_pairs(&changes, request.style.text.git);
        Ok(Patches::over([old, new], request, pairs))
    }

    fn over([old, new]: [Tree; 2], request: DiffRequest, pairs: Vec<Pair>) -> Patches {
        Patches {
            old,
            new,
            request,
            pairs,
            done: 0,
            at_once: AT_ONCE,
            ready: Vec::new(),
            shared: None,
        }
    }

    /// The same for one of several threads, with filelogs that other patches use, too.
    #[must_use]
    pub fn sharing(mut self, filelogs: &Arc<Filelogs>) -> Patches {
        self.shared = Some(Arc::clone(filelogs));
        self
    }

    /// The next patch; none at the end.
    ///
    /// # Errors
    /// Whatever reading contents answers, and whatever `compress` does.
    pub fn advance(&mut self, repo: &Repo, compress: &Compress<'_>) -> Result<Option<Vec<u8>>> {
        match self.next(repo, compress)? {
            None => Ok(None),
            Some(Patch::Whole(patch)) => Ok(Some(patch)),
            Some(Patch::Long(patch)) => patch.whole(compress).map(Some),
        }
    }

    /// The same for who writes long patches in pieces.
    ///
    /// # Errors
    /// As [`Patches::advance`].
    pub fn next(&mut self, repo: &Repo, compress: &Compress<'_>) -> Result<Option<Patch>> {
        loop {
            if let Some(patch) = self.ready.pop() {
                return patch.map(Some);
            }
            let rest = self.pairs.get(self.done..).unwrap_or_default();
            if rest.is_empty() {
                return Ok(None);
            }
            let count = if self.shared.is_some() {
                1
            } else {
                self.at_once
            };
            self.at_once = MOST_AT_ONCE.min(2 * count);
            let bytes = AtomicUsize::new(0);
            let pairs: Vec<(usize, &Pair)> = rest.iter().take(count).enumerate().collect();
            let made = answers(repo, &pairs, |(at, pair)| {
                if *at > 0 && bytes.load(Ordering::Relaxed) > MOST_BYTES {
                    return Ok(None);
                }
                // who shares none reads each file once, and has no more in memory than is needed for it
                let own = Filelogs::default();
                let writer = patch::Writer {
                    repo,
                    old: &self.old,
                    new: &self.new,
                    request: &self.request,
                    compress,
                    filelogs: self.shared.as_deref().unwrap_or(&own),
                };
                let patch = writer.patch(pair)?;
                let len = patch.known_len().unwrap_or(MOST_BYTES + 1);
                bytes.fetch_add(len, Ordering::Relaxed);
                Ok(Some(patch))
            });
            let begun = made.into_iter().map_while(Result::transpose);
            let mut made: Vec<Result<Patch>> = begun.collect();
            self.done += made.len();
            made.retain(|patch| !patch.as_ref().is_ok_and(Patch::is_empty));
            made.reverse();
            self.ready = made;
        }
    }
}

/// The files that patches are about, sorted.
#[derive(Debug, Default)]
struct Changes {
    modified: Vec<RepoPathBuf>,
    added: Vec<RepoPathBuf>,
    removed: Vec<RepoPathBuf>,
    copies: Copies,
}

impl Changes {
    /// What a merge brought in counts as changed in the working directory; seen from the base it is new, and where it
    /// is gone again there is nothing to tell.
    fn of(repo: &Repo, report: &StatusReport, base: &Tree, root: &[u8]) -> Result<Changes> {
        let mut changes = Changes::default();
        for kind in [StatusKind::Modified, StatusKind::Added, StatusKind::Removed] {
            for path in report.paths(kind).iter() {
                if !path.as_bytes().starts_with(root) {
                    continue;
                }
                let known = kind == StatusKind::Added || base.flags(repo, path)?.is_some();
                let list = match (kind, known) {
                    (StatusKind::Added, _) | (StatusKind::Modified, false) => &mut changes.added,
                    (StatusKind::Modified, true) => &mut changes.modified,
                    (_, true) => &mut changes.removed,
                    (_, false) => continue,
                };
                list.push(path.to_buf());
            }
        }
        changes.added.sort_unstable();
        for (path, source) in report.copies() {
            if source.as_bytes().starts_with(root) && base.flags(repo, source)?.is_some() {
                changes.copies.insert(path.clone(), source.clone());
            }
        }
        Ok(changes)
    }

    /// The same changes undone: of copies only renames can be, and of several new names of a file the last one counts.
    fn undone(self) -> Changes {
        let has_gone = |path: &RepoPath| {
            let found = self
                .removed
                .binary_search_by(|one| RepoPath::cmp(one, path));
            found.is_ok()
        };
        let back = self.copies.iter().filter(|(_, source)| has_gone(source));
        let copies = back
            .map(|(path, source)| (source.clone(), path.clone()))
            .collect();
        Changes {
            copies,
            modified: self.modified,
            added: self.removed,
            removed: self.added,
        }
    }
}

//! What has changed: between the working directory and a revision, or between two revisions.
//! The walk itself is the worktree crate's; this module resolves its doubts against stored contents.

mod between;
mod compare;
mod report;
mod working_copy;

use hyg_base::{Interrupt, Result, Rev, Warning};
use hyg_matcher::{ExoticRegex, Matcher};
use hyg_worktree::Dirstate;
use hyg_worktree::dirstate::{Fixes, write_fixes};

pub(crate) use compare::flags_of;
pub use hyg_worktree::dirstate::FixOutcome;
pub use report::{StatusKind, StatusKinds, StatusReport};

use crate::ops::copies;
use crate::repo::Repo;

/// What is compared with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// The working directory with its first parent.
    WorkingCopy,
    /// The working directory with a revision.
    WorkingCopyWith(Rev),
    /// The second revision with the first.
    Revisions(Rev, Rev),
}

/// A question about changes.
#[derive(Clone, Copy)]
pub struct StatusRequest<'a> {
    /// What is compared with what.
    pub compared: Compared,
    /// Which kinds are wanted; the others may stay empty.
    pub kinds: StatusKinds,
    /// Whether sources of copies are wanted.
    pub copies: bool,
    /// The files that are meant.
    pub matcher: &'a dyn Matcher,
    /// Ignore files besides `.hgignore`, absolute or from the root (`ui.ignore` and its kin).
    pub ignore_files: &'a [Vec<u8>],
    /// For expressions that an automaton cannot express.
    pub exotic: &'a dyn ExoticRegex,
    /// Asked now and then.
    pub interrupt: &'a dyn Interrupt,
}

impl std::fmt::Debug for StatusRequest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StatusRequest")
            .field("compared", &self.compared)
            .field("kinds", &self.kinds)
            .field("matcher", &self.matcher)
            .finish_non_exhaustive()
    }
}

/// The answer to a [`StatusRequest`].
#[derive(Debug)]
pub struct StatusOutcome {
    /// The changes.
    pub report: StatusReport,
    /// What could not be read, and what was odd about ignore files.
    pub warnings: Vec<Warning>,
    /// What the dirstate could remember; nothing where only revisions were compared.
    pub proposal: Option<Proposal>,
}

/// Fixes to the dirstate that they were made for.
#[derive(Debug)]
pub struct Proposal {
    dirstate: Dirstate,
    fixes: Fixes,
}

impl Proposal {
    /// Writes them if the lock is free and nobody changed the dirstate meanwhile.
    pub fn write(&self) -> FixOutcome {
        write_fixes(&self.dirstate, &self.fixes)
    }
}

/// Answers a status request.
///
/// # Errors
/// [`hyg_base::ErrorId::Unsupported`] for subrepositories; whatever dirstate, ignore files,
/// matchers and stored revisions answer.
pub fn status(repo: &Repo, request: &StatusRequest<'_>) -> Result<StatusOutcome> {
    match request.compared {
        Compared::WorkingCopy => working_copy::status(repo, request, None),
        Compared::WorkingCopyWith(rev) => working_copy::status(repo, request, Some(rev)),
        Compared::Revisions(from, to) => {
            let mut report = between::revisions(repo, request, from, to)?;
            if request.copies {
                let found = copies::between(repo, from, to, request.matcher)?;
                report.set_copies(found.into_iter().collect());
            }
            Ok(StatusOutcome {
                report,
                warnings: Vec::new(),
                proposal: None,
            })
        }
    }
}

//! Everything a walk decides before it starts and then only reads.
//! Deciding it from the options is the business of `status`.

use std::os::fd::BorrowedFd;

use hyg_base::{Interrupt, RepoPath, RepoPathBuf, Result};
use hyg_matcher::{IgnoreMatcher, Matcher};

use super::verdict::Judge;
use crate::Dirstate;

/// The decisions.
pub(crate) struct Plan<'a> {
    pub(crate) dirstate: &'a Dirstate,
    pub(crate) root: BorrowedFd<'a>,
    pub(crate) matcher: &'a dyn Matcher,
    pub(crate) ignore: &'a IgnoreMatcher,
    pub(crate) interrupt: &'a dyn Interrupt,
    pub(crate) judge: Judge,
    pub(crate) list_unknown: bool,
    pub(crate) list_ignored: bool,
    pub(crate) list_clean: bool,
    pub(crate) list_copies: bool,
    /// The matcher matches everything.
    pub(crate) always: bool,
    /// Only the named paths themselves are answered for (see `explicit`).
    pub(crate) named_only: bool,
    /// Unknown files count only at and below the named paths (see `reaches`).
    pub(crate) below_named: bool,
    /// The matcher is a list of files.
    pub(crate) exact: bool,
    /// Recorded directory times count.
    pub(crate) trust_times: bool,
    /// Directory times may be recorded.
    pub(crate) propose_times: bool,
    /// Recorded directory times were taken under other ignore patterns.
    pub(crate) forget_times: bool,
    /// Directories that belong to subrepositories, sorted.
    pub(crate) subrepositories: &'a [RepoPathBuf],
}

impl std::fmt::Debug for Plan<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plan")
            .field("judge", &self.judge)
            .finish_non_exhaustive()
    }
}

impl Plan<'_> {
    pub(crate) fn matches(&self, path: &[u8]) -> Result<bool> {
        if self.always {
            return Ok(true);
        }
        let path = RepoPath::new(path);
        if self.named_only && !self.matcher.is_explicit(path) {
            return Ok(false);
        }
        self.matcher.matches(path)
    }

    /// Whether something that the dirstate does not know is looked for at `path`. The peer walks from the named paths,
    /// so what only a further pattern means (`rootfilesin:`) is then found among the tracked files alone.
    pub(crate) fn reaches(&self, path: &[u8]) -> bool {
        if !self.below_named {
            return true;
        }
        let path = RepoPath::new(path);
        let is_named = |path: &RepoPath| self.matcher.is_explicit(path);
        is_named(path) || path.ancestors().any(is_named)
    }

    pub(crate) fn is_subrepository(&self, path: &[u8]) -> bool {
        let subs = self.subrepositories;
        !subs.is_empty()
            && subs
                .binary_search_by(|sub| sub.as_bytes().cmp(path))
                .is_ok()
    }
}

//! The state of the working copy in numbers, as `summary` tells it.
//! Subrepositories and unstable changesets are told by Python: where there are some, it is asked.

use std::path::Path;

use hyg_base::{NoInterrupt, Node, Phase, Result, Rev};
use hyg_graph::missing_ancestors;
use hyg_matcher::{Matcher, NoExotic};
use hyg_store::changelog::Changeset;
use hyg_store::phases::Phases;

use crate::names::{self, branches, hidden};
use crate::ops::status::{self, Compared, Proposal, StatusKind, StatusKinds, StatusRequest};
use crate::repo::Repo;

/// A parent of the working copy.
#[derive(Debug)]
pub struct Parent {
    /// Its number.
    pub rev: Rev,
    /// Its node.
    pub node: Node,
    /// Its record.
    pub changeset: Changeset,
    /// Its phase.
    pub phase: Phase,
}

/// The state of a working copy.
#[derive(Debug)]
pub struct Summary {
    /// The parents; one, which may be the null revision, or two.
    pub parents: Vec<Parent>,
    /// Whether there is no changeset at all.
    pub is_empty: bool,
    /// The branch of the next commit.
    pub branch: Vec<u8>,
    /// The open heads of that branch, ascending.
    pub branch_heads: Vec<Rev>,
    /// Whether the first parent closes the branch as one of its heads.
    pub closed_head: bool,
    /// How many files are in which state, by [`Counted`].
    pub files: [usize; 8],
    /// Files which stand for an operation that has stopped half-way.
    pub grafting: bool,
    /// The same for an update.
    pub updating: bool,
    /// How many changesets of the branch's heads are no ancestors of the parents.
    pub new: usize,
    /// How many changesets that are shown are drafts.
    pub draft: usize,
    /// How many are secret.
    pub secret: usize,
    /// What the dirstate could remember.
    pub proposal: Option<Proposal>,
    /// Whether something about files has to be told to the user.
    pub has_warnings: bool,
}

/// Which place of [`Summary::files`] counts what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Changed files.
    Modified,
    /// New files that are no copies.
    Added,
    /// Removed files that were not renamed.
    Removed,
    /// New files whose source is removed.
    Renamed,
    /// New files whose source is still there.
    Copied,
    /// Missing files.
    Deleted,
    /// Files that are not tracked.
    Unknown,
    /// Files of a merge with conflicts.
    Unresolved,
}

impl Counted {
    /// In the order in which they are told, with what they are called and the label of the words.
    pub const ALL: [(Counted, &'static str, &'static str); 8] = [
        (Counted::Modified, "modified", "status.modified"),
        (Counted::Added, "added", "status.added"),
        (Counted::Removed, "removed", "status.removed"),
        (Counted::Renamed, "renamed", "status.copied"),
        (Counted::Copied, "copied", "status.copied"),
        (Counted::Deleted, "deleted", "status.deleted"),
        (Counted::Unknown, "unknown", "status.unknown"),
        (Counted::Unresolved, "unresolved", "resolve.unresolved"),
    ];
}

impl Summary {
    /// Whether a commit would have nothing to do.
    pub fn is_clean(&self) -> bool {
        self.files[..=Counted::Copied as usize]
            .iter()
            .all(|count| *count == 0)
    }
}

/// Finds out how things are. `matcher` means everything.
///
/// # Errors
/// As [`status::status`]; where names or the history cannot be read.
pub fn summary(
    repo: &Repo,
    parents: [Rev; 2],
    matcher: &dyn Matcher,
    ignore_files: &[Vec<u8>],
) -> Result<Summary> {
    let changelog = repo.changelog()?;
    let hidden = hidden::read(repo)?;
    let phases = Phases::load(&*repo.store(), changelog)?;
    let count = if parents[1].is_null() { 1 } else { 2 };
    let mut told = Vec::with_capacity(count);
    for rev in &parents[..count] {
        told.push(Parent {
            rev: *rev,
            node: changelog.revlog().node(*rev)?,
            changeset: changelog.changeset(*rev)?,
            phase: phases.phase(changelog, *rev)?,
        });
    }
    let branch = repo.working_branch()?;
    let heads = branches::all_heads_in(repo, &hidden)?
        .remove(&branch)
        .unwrap_or_default();
    let branch_heads: Vec<Rev> = heads
        .iter()
        .filter(|(_, closes)| !closes)
        .map(|(rev, _)| *rev)
        .collect();
    let closed_head = heads
        .iter()
        .any(|(rev, closes)| *closes && *rev == parents[0]);
    let all = match phases.has_non_public() {
        true => phases.all(changelog)?,
        false => Vec::new(),
    };
    let shown = |wanted: Phase| {
        let of_phase = all
            .iter()
            .enumerate()
            .filter(|(_, phase)| **phase == wanted);
        let revs = of_phase.filter_map(|(index, _)| i32::try_from(index).ok().map(Rev));
        revs.filter(|rev| !hidden.contains(*rev)).count()
    };
    let request = StatusRequest {
        compared: Compared::WorkingCopy,
        kinds: StatusKind::ALL[..5]
            .iter()
            .copied()
            .collect::<StatusKinds>(),
        copies: true,
        matcher,
        ignore_files,
        exotic: &NoExotic,
        interrupt: &NoInterrupt,
    };
    let outcome = status::status(repo, &request)?;
    let dot_hg = &repo.layout().dot_hg;
    let unresolved = names::unresolved_count(dot_hg, repo.dirstate()?.parents())?;
    let is_there = |name: &str| Path::exists(&dot_hg.join(name));
    Ok(Summary {
        is_empty: changelog.revlog().is_empty(),
        new: missing_ancestors(changelog, &branch_heads, &parents)?.len(),
        draft: shown(Phase::Draft),
        secret: shown(Phase::Secret),
        files: counts(&outcome.report, unresolved),
        grafting: is_there("graftstate"),
        updating: is_there("updatestate"),
        parents: told,
        branch,
        branch_heads,
        closed_head,
        proposal: outcome.proposal,
        has_warnings: !outcome.warnings.is_empty(),
    })
}

/// A copy counts as one instead of as added, with its source removed as renamed.
fn counts(report: &status::StatusReport, unresolved: usize) -> [usize; 8] {
    let of = |kind| report.paths(kind).len();
    let (mut added, mut removed) = (of(StatusKind::Added), of(StatusKind::Removed));
    let (mut renamed, mut copied) = (0, 0);
    let mut used: Vec<&hyg_base::RepoPath> = Vec::new();
    for (name, source) in report.copies() {
        let is_removed = report.paths(StatusKind::Removed).contains_sorted(source);
        if is_removed && !used.contains(&&**source) {
            used.push(source);
            removed -= 1;
            renamed += 1;
        } else {
            copied += 1;
        }
        added -= usize::from(report.paths(StatusKind::Added).contains_sorted(name));
    }
    [
        of(StatusKind::Modified),
        added,
        removed,
        renamed,
        copied,
        of(StatusKind::Deleted),
        of(StatusKind::Unknown),
        unresolved,
    ]
}

//! What two repositories on this machine have in common, and which changesets only one of them has.
//! Nothing is transferred; of the other repository only what others may see counts.

use std::collections::HashSet;

use hyg_base::{Phase, Result, Rev};
use hyg_graph::{Graph, all_heads, childless, missing_ancestors};
use hyg_store::phases::Phases;

use crate::repo::Repo;

/// What two repositories share. Neither hides anything.
#[derive(Debug, Default)]
pub struct Shared {
    /// Changesets of the first repository that the other one has, heads of all that are shared among them.
    pub common: Vec<Rev>,
    /// The heads of what others may see of the other repository.
    pub heads: Vec<Rev>,
    /// The other repository has changesets that the first one has not.
    pub is_incoming: bool,
    /// Both have changesets, but none in common.
    pub is_unrelated: bool,
}

/// Phases of changesets that stay where they are; none where all are public or draft.
fn kept_back(repo: &Repo) -> Result<Option<Vec<Phase>>> {
    let changelog = repo.changelog()?;
    let phases = Phases::load(&*repo.store(), changelog)?;
    let some = phases.roots().iter().any(|(_, phase)| is_kept(*phase));
    some.then(|| phases.all(changelog)).transpose()
}

fn is_kept(phase: Phase) -> bool {
    !matches!(phase, Phase::Public | Phase::Draft)
}

fn is_served(phases: Option<&[Phase]>, rev: Rev) -> bool {
    let phase = |phases: &[Phase]| rev.index().and_then(|at| phases.get(at).copied());
    !phases.and_then(phase).is_some_and(is_kept)
}

/// Compares two repositories, the first one of which is ours.
///
/// # Errors
/// Where a history or phases cannot be read.
pub fn compare(repo: &Repo, other: &Repo) -> Result<Shared> {
    let (ours, theirs) = (repo.changelog()?, other.changelog()?);
    let phases = kept_back(other)?;
    let mut heads = match theirs.is_empty() {
        true => Vec::new(),
        false => all_heads(theirs)?,
    };
    if !heads.iter().all(|rev| is_served(phases.as_deref(), *rev)) {
        let mut served = missing_ancestors(theirs, &heads, &[])?;
        served.retain(|rev| is_served(phases.as_deref(), *rev));
        heads = childless(theirs, &served)?;
    }
    let mut shared = Shared {
        is_incoming: !heads.is_empty(),
        ..Shared::default()
    };
    if ours.is_empty() {
        shared.heads = heads;
        return Ok(shared);
    }
    for head in &heads {
        let node = theirs.revlog().node(*head)?;
        shared.common.extend(ours.revlog().find(&node)?);
    }
    let all_known = shared.common.len() == heads.len();
    shared.heads = heads;
    if all_known && !shared.heads.is_empty() {
        shared.is_incoming = false;
        return Ok(shared);
    }
    let mut pending = all_heads(ours)?;
    let mut seen: HashSet<Rev> = shared.common.iter().copied().collect();
    while let Some(rev) = pending.pop() {
        if rev.is_null() || !seen.insert(rev) {
            continue;
        }
        let there = theirs.revlog().find(&ours.revlog().node(rev)?)?;
        match there {
            Some(there) if is_served(phases.as_deref(), there) => shared.common.push(rev),
            _ => pending.extend(ours.parents(rev)?),
        }
    }
    shared.is_unrelated = shared.common.is_empty() && !shared.heads.is_empty();
    Ok(shared)
}

/// The changesets that the other repository lacks, ascending, and how many of ours are kept back.
///
/// # Errors
/// As [`compare`].
pub fn outgoing(repo: &Repo, shared: &Shared) -> Result<(Vec<Rev>, usize)> {
    let changelog = repo.changelog()?;
    if changelog.is_empty() {
        return Ok((Vec::new(), 0));
    }
    let mut missing = missing_ancestors(changelog, &all_heads(changelog)?, &shared.common)?;
    let Some(phases) = kept_back(repo)? else {
        return Ok((missing, 0));
    };
    missing.retain(|rev| is_served(Some(&phases), *rev));
    let kept = phases.iter().filter(|phase| is_kept(**phase)).count();
    Ok((missing, kept))
}

/// The changesets of the other repository that are not in ours, ascending, as its revisions.
///
/// # Errors
/// As [`compare`].
pub fn incoming(repo: &Repo, other: &Repo, shared: &Shared) -> Result<Vec<Rev>> {
    if !shared.is_incoming {
        return Ok(Vec::new());
    }
    let (ours, theirs) = (repo.changelog()?, other.changelog()?);
    let mut common = Vec::with_capacity(shared.common.len());
    for rev in &shared.common {
        common.extend(theirs.revlog().find(&ours.revlog().node(*rev)?)?);
    }
    missing_ancestors(theirs, &shared.heads, &common)
}

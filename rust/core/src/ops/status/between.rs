//! Status between manifests: two revisions, or the working directory seen as changes to its first parent's manifest.
//! Walking the working directory is `working_copy`.

use std::collections::HashSet;

use hyg_base::{PathList, RepoPath, RepoPathBuf, Result, Rev};
use hyg_store::manifest::Manifest;

use super::compare::{self, Verdict};
use super::{StatusKind, StatusReport, StatusRequest};
use crate::repo::Repo;

/// What changed from one revision to another.
pub(super) fn revisions(
    repo: &Repo,
    request: &StatusRequest<'_>,
    from: Rev,
    to: Rev,
) -> Result<StatusReport> {
    let (left, right) = (repo.manifest_of(from)?, repo.manifest_of(to)?);
    for manifest in [&left, &right] {
        let subrepositories = manifest.get(RepoPath::new(b".hgsub"))?;
        repo.refuse_subrepositories(subrepositories.is_some())?;
    }
    let mut report = StatusReport::default();
    differences(request, &left, &right, &mut report, None)?;
    if request.kinds.contains(StatusKind::Clean) {
        unchanged(request, &left, &right, &mut report, None)?;
    }
    Ok(report)
}

/// What changed from `base` to the working directory, whose changes to `parent` are `local`.
pub(super) fn working_copy_with(
    repo: &Repo,
    request: &StatusRequest<'_>,
    base: &Manifest,
    parent: &Manifest,
    local: StatusReport,
) -> Result<StatusReport> {
    use StatusKind::{Added, Clean, Deleted, Ignored, Modified, Removed, Unknown};

    let mut report = StatusReport::default();
    differences(request, base, parent, &mut report, Some(&local))?;
    for kind in [Modified, Added] {
        let paths = local.paths(kind);
        let verdicts = compare::compare(repo, base, paths, request.interrupt)?;
        for (path, verdict) in paths.iter().zip(verdicts) {
            let kind = match verdict {
                Verdict::Absent => Added,
                Verdict::Same(_) => Clean,
                Verdict::Different | Verdict::Gone => Modified,
            };
            report.paths_mut(kind).push(path)?;
        }
    }
    for path in local.paths(Removed).iter() {
        if base.get(path)?.is_some() {
            report.paths_mut(Removed).push(path)?;
        }
    }
    for kind in [Unknown, Ignored] {
        let mut kept = PathList::new();
        for path in local.paths(kind).iter() {
            if base.get(path)?.is_none() {
                kept.push(path)?;
            }
        }
        *report.paths_mut(kind) = kept;
    }
    *report.paths_mut(Deleted) = local.paths(Deleted).clone();
    if request.kinds.contains(Clean) {
        unchanged(request, base, parent, &mut report, Some(&local))?;
    } else {
        *report.paths_mut(Clean) = PathList::new();
    }
    report.sort();
    Ok(report)
}

/// The kinds of files that are not as the first parent has them.
const TOUCHED: [StatusKind; 4] = [
    StatusKind::Modified,
    StatusKind::Added,
    StatusKind::Removed,
    StatusKind::Deleted,
];

fn is_touched(local: Option<&StatusReport>, path: &RepoPath) -> bool {
    local.is_some_and(|local| {
        let mut lists = TOUCHED.iter().map(|kind| local.paths(*kind));
        lists.any(|paths| paths.contains_sorted(path))
    })
}

/// Adds what differs, but for files that are touched locally, which are settled elsewhere.
fn differences(
    request: &StatusRequest<'_>,
    left: &Manifest,
    right: &Manifest,
    report: &mut StatusReport,
    local: Option<&StatusReport>,
) -> Result<()> {
    let all = request.matcher.is_always();
    left.diff(right, &mut |difference| {
        let path = difference.path;
        if !(all || request.matcher.matches(path)?) || is_touched(local, path) {
            return Ok(());
        }
        let kind = match (difference.left, difference.right) {
            (None, _) => StatusKind::Added,
            (_, None) => StatusKind::Removed,
            _ => StatusKind::Modified,
        };
        report.paths_mut(kind).push(path)
    })
}

/// Adds what is the same in both.
fn unchanged(
    request: &StatusRequest<'_>,
    left: &Manifest,
    right: &Manifest,
    report: &mut StatusReport,
    local: Option<&StatusReport>,
) -> Result<()> {
    let mut different = PathList::new();
    left.diff(right, &mut |difference| different.push(difference.path))?;
    let all = request.matcher.is_always();
    let listed = match all {
        true => looked_into(left, right, local)?,
        false => None,
    };
    let clean = report.paths_mut(StatusKind::Clean);
    let mut walk = left.walk()?;
    while let Some((path, _)) = walk.advance()? {
        let same = !different.contains_sorted(path) && !is_touched(local, path);
        if same && (all || request.matcher.matches(path)?) && is_listed(listed.as_ref(), path) {
            clean.push(path)?;
        }
    }
    Ok(())
}

/// With one manifest per directory, the directories that the peer looks into: those whose manifests have different
/// nodes (even where their texts are the same again) and those above files that are touched locally. It lists no clean
/// files elsewhere. `None` where a manifest is one list.
fn looked_into(
    left: &Manifest,
    right: &Manifest,
    local: Option<&StatusReport>,
) -> Result<Option<HashSet<RepoPathBuf>>> {
    let Some(mut found) = left.differing_directories(right)? else {
        return Ok(None);
    };
    for path in TOUCHED
        .iter()
        .flat_map(|kind| local.map(|local| local.paths(*kind).iter()))
        .flatten()
    {
        found.extend(path.ancestors().map(RepoPath::to_buf));
    }
    Ok(Some(found))
}

fn is_listed(listed: Option<&HashSet<RepoPathBuf>>, path: &RepoPath) -> bool {
    listed.is_none_or(|listed| listed.contains(path.split_last().0))
}

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
    differences(request, &left, &right, &mut report, |_| Ok(false))?;
    if request.kinds.contains(StatusKind::Clean) {
        unchanged(request, &left, &right, &mut report, |_| Ok(false))?;
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

    let touched = |path: &RepoPath| -> Result<bool> {
        let kinds = [Modified, Added, Removed, Deleted];
        Ok(kinds
            .iter()
            .any(|kind| local.paths(*kind).contains_sorted(path)))
    };
    let mut report = StatusReport::default();
    differences(request, base, parent, &mut report, touched)?;
    for kind in [Modified, Added] {
        let paths = local.paths(kind);
        let verdicts = compare::compare(repo, base, paths, request.interrupt)?;
        for (path, verdict) in paths.iter().zip(verdicts) {
            let kind = match verdict {
                Verdict::Absent => Added,
                Verdict::Same => Clean,
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
        unchanged(request, base, parent, &mut report, touched)?;
    } else {
        *report.paths_mut(Clean) = PathList::new();
    }
    report.sort();
    Ok(report)
}

/// Adds what differs, but for paths of which `skip` says that they are settled elsewhere.
fn differences(
    request: &StatusRequest<'_>,
    left: &Manifest,
    right: &Manifest,
    report: &mut StatusReport,
    skip: impl Fn(&RepoPath) -> Result<bool>,
) -> Result<()> {
    let all = request.matcher.is_always();
    left.diff(right, &mut |difference| {
        let path = difference.path;
        if !(all || request.matcher.matches(path)?) || skip(path)? {
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
    skip: impl Fn(&RepoPath) -> Result<bool>,
) -> Result<()> {
    let mut different = PathList::new();
    left.diff(right, &mut |difference| different.push(difference.path))?;
    let all = request.matcher.is_always();
    let listed = (left.is_tree() && all).then(|| directories_with_changes(&different, report));
    let clean = report.paths_mut(StatusKind::Clean);
    let mut walk = left.walk()?;
    while let Some((path, _)) = walk.advance()? {
        let same = !different.contains_sorted(path) && !skip(path)?;
        if same && (all || request.matcher.matches(path)?) && is_listed(listed.as_ref(), path) {
            clean.push(path)?;
        }
    }
    Ok(())
}

/// The directories below which something changed. With one manifest per directory the peer never looks into the
/// others, so that it lists no clean files there.
fn directories_with_changes(different: &PathList, report: &StatusReport) -> HashSet<RepoPathBuf> {
    let mut found = HashSet::new();
    let kinds = [
        StatusKind::Modified,
        StatusKind::Added,
        StatusKind::Removed,
        StatusKind::Deleted,
    ];
    let reported = kinds.iter().flat_map(|kind| report.paths(*kind).iter());
    for path in different.iter().chain(reported) {
        for directory in path.ancestors() {
            if !found.insert(directory.to_buf()) {
                break;
            }
        }
    }
    found
}

fn is_listed(listed: Option<&HashSet<RepoPathBuf>>, path: &RepoPath) -> bool {
    listed.is_none_or(|listed| listed.contains(path.split_last().0))
}

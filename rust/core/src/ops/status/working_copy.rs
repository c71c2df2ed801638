//! Status of the working directory: the walk, its doubts resolved, and on demand the view from another revision.
//! Comparing manifests is `between`, comparing contents `compare`.

use std::cell::OnceCell;

use hyg_base::{PathList, RepoPath, Result, Rev};
use hyg_matcher::IgnoreMatcher;
use hyg_matcher::ignore::{self, Loaded};
use hyg_store::manifest::Manifest;
use hyg_worktree::Dirstate;
use hyg_worktree::status::{StatusOptions, Walk, WalkReport};

use super::compare::{self, Verdict};
use super::{Proposal, StatusKind, StatusOutcome, StatusReport, StatusRequest, between};
use crate::disk::DiskSource;
use crate::environment::path_bytes;
use crate::ops::copies::{self, Copies, WorkingCopy};
use crate::repo::Repo;

/// Status of the working directory against its first parent, or against `base`.
pub(super) fn status(
    repo: &Repo,
    request: &StatusRequest<'_>,
    base: Option<Rev>,
) -> Result<StatusOutcome> {
    let dirstate = repo.dirstate()?;
    let subrepositories = dirstate.get(RepoPath::new(b".hgsub"))?;
    repo.refuse_subrepositories(subrepositories.is_some())?;
    let ([first, _], mut warnings) = repo.parents_of(&dirstate)?;
    let parent = FirstParent {
        repo,
        rev: first,
        manifest: OnceCell::new(),
    };
    let base = match base {
        Some(rev) if rev != first => Some((rev, repo.manifest_to_keep(rev)?)),
        _ => None,
    };
    let files = ignore_files(repo, request)?;
    let mut walked = walk(repo, &dirstate, request, &files)?;
    warnings.extend(files.warnings);
    warnings.append(&mut walked.bad);
    if base.is_some() || depends_on_content(request) {
        resolve_doubts(repo, request, &parent, &mut walked)?;
    }
    let fixes = std::mem::take(&mut walked.fixes);
    let mut report = into_report(walked);
    // The null revision has no copies, whatever the dirstate says.
    if first.is_null() {
        report.set_copies(Vec::new());
    }
    if let Some((rev, base)) = base {
        report = between::working_copy_with(repo, request, &base, parent.manifest()?, report)?;
        if request.copies {
            let recorded = recorded_copies(&dirstate)?;
            let tracks =
                |path: &RepoPath| Ok(dirstate.get(path)?.is_some_and(|entry| entry.wc_tracked));
            let working = WorkingCopy {
                parent: first,
                copies: &recorded,
                tracks: &tracks,
            };
            let found = copies::to_working_copy(repo, rev, working, request.matcher)?;
            report.set_copies(found.into_iter().collect());
        }
    }
    Ok(StatusOutcome {
        report,
        warnings,
        proposal: Some(Proposal { dirstate, fixes }),
    })
}

/// The manifest of the working directory's first parent, read when it is needed.
struct FirstParent<'a> {
    repo: &'a Repo,
    rev: Rev,
    manifest: OnceCell<Manifest>,
}

impl FirstParent<'_> {
    fn manifest(&self) -> Result<&Manifest> {
        if let Some(known) = self.manifest.get() {
            return Ok(known);
        }
        let read = self.repo.manifest_to_keep(self.rev)?;
        Ok(self.manifest.get_or_init(|| read))
    }
}

/// What is ignored. Nobody reads ignore files, or complains about them, where nothing untracked is asked for.
fn ignore_files(repo: &Repo, request: &StatusRequest<'_>) -> Result<Loaded> {
    let untracked = [StatusKind::Unknown, StatusKind::Ignored];
    if !untracked.iter().any(|kind| request.kinds.contains(*kind)) {
        return Ok(Loaded {
            matcher: IgnoreMatcher::never(),
            warnings: Vec::new(),
            hash: [0; 20],
        });
    }
    let source = DiskSource::for_working_copy(repo.root());
    let root = path_bytes(repo.root());
    ignore::load(root, request.ignore_files, &source, request.exotic)
}

fn walk(
    repo: &Repo,
    dirstate: &Dirstate,
    request: &StatusRequest<'_>,
    files: &Loaded,
) -> Result<WalkReport> {
    let wanted = |kind| request.kinds.contains(kind);
    let options = StatusOptions {
        unknown: wanted(StatusKind::Unknown),
        ignored: wanted(StatusKind::Ignored),
        clean: wanted(StatusKind::Clean),
        copies: request.copies,
        threads: repo.options().threads,
        check_symlink: repo.options().symlinks,
        check_exec: repo.options().exec_bits,
        subrepositories: match dirstate.get(RepoPath::new(b".hgsub"))? {
            Some(_) => repo.subrepositories(),
            None => Vec::new(),
        },
    };
    hyg_worktree::status::status(&Walk {
        dirstate,
        root: repo.root(),
        matcher: request.matcher,
        ignore: &files.matcher,
        ignore_hash: files.hash,
        options: &options,
        interrupt: request.interrupt,
    })
}

/// Copies that the dirstate records for tracked files.
fn recorded_copies(dirstate: &Dirstate) -> Result<Copies> {
    let mut found = Copies::new();
    if dirstate.copies_len() == 0 {
        return Ok(found);
    }
    let mut cursor = dirstate.cursor();
    while let Some(item) = cursor.advance(dirstate)? {
        if let Some(source) = item.copy_source.filter(|_| item.entry.wc_tracked) {
            found.insert(item.path.to_buf(), source.to_buf());
        }
    }
    Ok(found)
}

/// Whether anything is asked for that files may turn out to be when they are compared; a file that cannot be read
/// counts as deleted.
fn depends_on_content(request: &StatusRequest<'_>) -> bool {
    [StatusKind::Modified, StatusKind::Deleted, StatusKind::Clean]
        .iter()
        .any(|kind| request.kinds.contains(*kind))
}

/// Settles the files whose look did not decide.
fn resolve_doubts(
    repo: &Repo,
    request: &StatusRequest<'_>,
    parent: &FirstParent<'_>,
    walked: &mut WalkReport,
) -> Result<()> {
    let unsure = std::mem::take(&mut walked.unsure);
    if unsure.is_empty() {
        return Ok(());
    }
    let verdicts = compare::compare(repo, parent.manifest()?, &unsure, request.interrupt)?;
    for (path, verdict) in unsure.iter().zip(verdicts) {
        match verdict {
            Verdict::Absent | Verdict::Different => walked.modified.push(path)?,
            Verdict::Gone => walked.deleted.push(path)?,
            Verdict::Same(seen) => {
                walked.fixes.confirm_clean(path, &seen, walked.boundary);
                if request.kinds.contains(StatusKind::Clean) {
                    walked.clean.push(path)?;
                }
            }
        }
    }
    Ok(())
}

fn into_report(walked: WalkReport) -> StatusReport {
    let mut report = StatusReport::default();
    let lists: [(StatusKind, PathList); 7] = [
        (StatusKind::Modified, walked.modified),
        (StatusKind::Added, walked.added),
        (StatusKind::Removed, walked.removed),
        (StatusKind::Deleted, walked.deleted),
        (StatusKind::Unknown, walked.unknown),
        (StatusKind::Ignored, walked.ignored),
        (StatusKind::Clean, walked.clean),
    ];
    for (kind, paths) in lists {
        *report.paths_mut(kind) = paths;
    }
    report.set_copies(walked.copies);
    report.sort();
    report
}

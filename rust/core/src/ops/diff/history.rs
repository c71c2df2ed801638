//! What changesets changed against their first parents, as `log -p` shows it: many at once, on several threads, in order.
//! The patches themselves are made as for any other pair of revisions.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use hyg_base::{NoInterrupt, Result, Rev};
use hyg_graph::Graph;
use hyg_matcher::AlwaysMatcher;

use super::{Compress, DiffRequest, Patches, Style};
use crate::matching::NoExotic;
use crate::ops::status::{Compared, StatusKind, StatusRequest, status};
use crate::render::date as write_date;
use crate::repo::Repo;

/// The hexadecimal digits of a node in plain headers.
const DIGITS: usize = 12;

/// What a changeset changed against its first parent, all files.
///
/// # Errors
/// Whatever reading manifests and contents answers, and whatever `compress` does.
pub fn changeset_patch(
    repo: &Repo,
    rev: Rev,
    style: &Style,
    compress: &Compress<'_>,
) -> Result<Vec<u8>> {
    let changelog = repo.changelog()?;
    let parent = changelog.parents(rev)?[0];
    let mut names = Vec::new();
    let mut dates = [Vec::new(), Vec::new()];
    for (side, date) in [parent, rev].into_iter().zip(&mut dates) {
        names.push(changelog.revlog().node(side)?.to_hex()[..DIGITS].to_vec());
        write_date(changelog.changeset(side)?.date()?, date);
    }
    let kinds = [
        StatusKind::Modified,
        StatusKind::Added,
        StatusKind::Removed,
        StatusKind::Deleted,
    ];
    let found = status(
        repo,
        &StatusRequest {
            compared: Compared::Revisions(parent, rev),
            kinds: kinds.into_iter().collect(),
            copies: style.text.git,
            matcher: &AlwaysMatcher,
            ignore_files: &[],
            exotic: &NoExotic,
            interrupt: &NoInterrupt,
        },
    )?;
    let request = DiffRequest {
        base: parent,
        target: Some(rev),
        style: *style,
        names,
        dates,
        reverse: false,
        root: Vec::new(),
    };
    let mut patches = Patches::new(repo, request, &found.report)?;
    let mut out = Vec::new();
    while let Some(patch) = patches.advance(repo, compress)? {
        out.extend(patch);
    }
    Ok(out)
}

/// Does `work` with each of `revs`; on several threads where there are several, the answers in order.
///
/// # Errors
/// The first one, in order, that `work` answers.
pub fn for_each<T: Send>(
    repo: &Repo,
    revs: &[Rev],
    work: impl Fn(Rev) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let threads = crate::ops::threads(repo).min(revs.len() / 2);
    if threads < 2 {
        return revs.iter().map(|rev| work(*rev)).collect();
    }
    let next = AtomicUsize::new(0);
    let slots: Vec<Mutex<Option<Result<T>>>> = revs.iter().map(|_| Mutex::new(None)).collect();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let at = next.fetch_add(1, Ordering::Relaxed)
                    && let Some((rev, slot)) = revs.get(at).zip(slots.get(at))
                {
                    let answer = work(*rev);
                    if let Ok(mut slot) = slot.lock() {
                        *slot = Some(answer);
                    }
                }
            });
        }
    });
    let taken = slots
        .into_iter()
        .map(|slot| slot.into_inner().ok().flatten());
    taken
        .map(|answer| answer.unwrap_or_else(|| Err(hyg_base::Error::internal("no answer"))))
        .collect()
}

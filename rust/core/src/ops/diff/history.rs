//! What changesets changed against their first parents, as `log -p` shows it: many at once, on several threads, in order.
//! The patches themselves are made as for any other pair of revisions.

use std::sync::Arc;

use hyg_base::{NoInterrupt, Result, Rev};
use hyg_graph::Graph;
use hyg_matcher::Matcher;
use hyg_store::revlog::Window;

use super::{Compress, DiffRequest, Filelogs, Patches, Style};
use crate::matching::NoExotic;
use crate::ops::parallel::each;
use crate::ops::status::{Compared, StatusKind, StatusRequest, status};
use crate::render::date as write_date;
use crate::repo::Repo;

/// The hexadecimal digits of a node in plain headers.
const DIGITS: usize = 12;

/// What is asked about the changes of each of several changesets.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// How patches look.
    pub style: &'a Style,
    /// Which files are shown.
    pub matcher: &'a dyn Matcher,
    /// Compresses for binary patches.
    pub compress: &'a Compress<'a>,
    /// Shared by changesets that are asked about one after the other, best in the order of their numbers.
    pub filelogs: &'a Arc<Filelogs>,
}

/// So many changesets that follow each other are looked at by one thread: each is compared with the one before.
const RUN: usize = 16;

/// What each of several changesets changed against its first parent, file by file, in the order of `revs`.
///
/// # Errors
/// As [`changeset_patches`].
pub fn patches_of(repo: &Repo, revs: &[Rev], wanted: &Wanted<'_>) -> Result<Vec<Vec<Vec<u8>>>> {
    // In the order of history each text is made of the one before.
    let mut order: Vec<usize> = (0..revs.len()).collect();
    order.sort_unstable_by_key(|at| revs[*at]);
    let run = (revs.len() / 8).clamp(1, RUN);
    let runs: Vec<&[usize]> = order.chunks(run).collect();
    let made = each(repo, &runs, |run| {
        let mut window = Window::default();
        let mut patches = |at: &usize| changeset_patches(repo, revs[*at], wanted, &mut window);
        run.iter().map(&mut patches).collect::<Result<Vec<_>>>()
    })?;
    let mut sorted = vec![Vec::new(); revs.len()];
    for (at, patches) in order.iter().zip(made.into_iter().flatten()) {
        sorted[*at] = patches;
    }
    Ok(sorted)
}

/// What a changeset changed against its first parent, file by file; `window` goes along with those that are asked about
/// one after the other.
///
/// # Errors
/// Whatever reading manifests and contents answers, and whatever `compress` does.
pub fn changeset_patches(
    repo: &Repo,
    rev: Rev,
    wanted: &Wanted<'_>,
    window: &mut Window,
) -> Result<Vec<Vec<u8>>> {
    let style = wanted.style;
    let changelog = repo.changelog()?;
    let parent = changelog.parents(rev)?[0];
    let mut names = Vec::new();
    let mut dates = [Vec::new(), Vec::new()];
    for (side, date) in [parent, rev].into_iter().zip(&mut dates) {
        names.push(changelog.revlog().node(side)?.to_hex()[..DIGITS].to_vec());
        let record = match side == rev {
            true => changelog.changeset_near(side, window)?,
            false => changelog.changeset(side)?,
        };
        write_date(record.date()?, date);
        repo.know_manifest(side, record.manifest());
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
            matcher: wanted.matcher,
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
    let mut patches = Patches::new(repo, request, &found.report)?.sharing(wanted.filelogs);
    let mut out = Vec::new();
    while let Some(patch) = patches.advance(repo, wanted.compress)? {
        out.push(patch);
    }
    Ok(out)
}

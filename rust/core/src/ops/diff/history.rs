//! What changesets changed against their first parents, as `log -p` shows it: many at once, on several threads, in order.
//! The patches themselves are made as for any other pair of revisions.

use std::sync::Arc;

use hyg_base::{NoInterrupt, Result, Rev};
use hyg_graph::Graph;
use hyg_matcher::Matcher;

use super::{Compress, DiffRequest, Filelogs, Patches, Style};
use crate::matching::NoExotic;
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

/// What a changeset changed against its first parent, file by file.
///
/// # Errors
/// Whatever reading manifests and contents answers, and whatever `compress` does.
pub fn changeset_patches(repo: &Repo, rev: Rev, wanted: &Wanted<'_>) -> Result<Vec<Vec<u8>>> {
    let style = wanted.style;
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

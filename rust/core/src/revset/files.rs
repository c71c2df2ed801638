//! What became of files in changesets, and which files they have: `adds`, `modifies`, `removes`, `contains`.
//! Looking for what changesets list is `ops::history`'s business.

use std::sync::Arc;

use hyg_base::{RepoPath, Result, Rev};
use hyg_graph::Graph;
use hyg_matcher::{Matcher, PatternKind};

use super::conditions::Condition;
use super::evaluate::Query;
use super::sets::Set;

/// What became of a file, compared with the first parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Added,
    Modified,
    Removed,
}

/// The files that are looked for in a manifest.
#[derive(Clone, Debug)]
pub(super) enum Wanted {
    Path(Vec<u8>),
    Matching(Arc<dyn Matcher>),
}

/// The kind that a pattern says, with what follows.
fn kind_of(pattern: &[u8]) -> Option<(PatternKind, &[u8])> {
    let colon = pattern.iter().position(|byte| *byte == b':')?;
    let kind = PatternKind::from_name(&pattern[..colon])?;
    Some((kind, &pattern[colon + 1..]))
}

/// Those of a set that changed a matching file, as the name of a predicate says.
pub(super) fn changing(query: &Query<'_>, name: &str, pattern: &[u8], subset: Set) -> Result<Set> {
    let change = match name {
        "adds" => Change::Added,
        "modifies" => Change::Modified,
        _ => Change::Removed,
    };
    let matcher = match kind_of(pattern) {
        // means a single file here, never what is below a directory
        Some((PatternKind::Path, path)) => {
            let single = [b"filepath:", path].concat();
            query.outside.matcher(query.repo, &single)?
        }
        _ => query.outside.matcher(query.repo, pattern)?,
    };
    let listing = subset.touching(matcher.clone());
    Ok(listing.that(Condition::Changed(change, matcher)))
}

/// The condition to have a file that a pattern means; a plain one is a path.
pub(super) fn having(query: &Query<'_>, pattern: &[u8]) -> Result<Condition> {
    let wanted = match kind_of(pattern) {
        Some(_) => Wanted::Matching(query.outside.matcher(query.repo, pattern)?),
        None => Wanted::Path(query.outside.path(query.repo, pattern)?),
    };
    Ok(Condition::Has(wanted))
}

/// Whether a changeset changed a matching file so, compared with its first parent.
pub(super) fn has_changed(
    query: &Query<'_>,
    rev: Rev,
    change: Change,
    matcher: &dyn Matcher,
) -> Result<bool> {
    if rev.is_null() {
        return Ok(false);
    }
    let parent = query.changelog.parents(rev)?[0];
    let before = query.repo.manifest_of(parent)?;
    let mut found = false;
    before.diff(&query.repo.manifest_of(rev)?, &mut |difference| {
        let kind = match (difference.left, difference.right) {
            (None, _) => Change::Added,
            (_, None) => Change::Removed,
            _ => Change::Modified,
        };
        found = found || (kind == change && matcher.matches(difference.path)?);
        Ok(())
    })?;
    Ok(found)
}

/// Whether a changeset has a file that is wanted.
pub(super) fn has(query: &Query<'_>, rev: Rev, wanted: &Wanted) -> Result<bool> {
    if rev.is_null() {
        return Ok(false);
    }
    let manifest = query.repo.manifest_of(rev)?;
    match wanted {
        Wanted::Path(path) => Ok(manifest.get(RepoPath::new(path))?.is_some()),
        Wanted::Matching(matcher) => {
            let mut files = manifest.walk()?;
            while let Some((path, _)) = files.advance()? {
                if matcher.matches(path)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
    }
}

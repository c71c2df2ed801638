//! Going through the files of one manifest that a matcher means, and telling which named ones are not there.
//! Reading what the files contain is up to the operations.

use std::collections::BTreeSet;

use hyg_base::{RepoPath, RepoPathBuf, Result};
use hyg_matcher::Matcher;
use hyg_store::manifest::{FileEntry, Manifest};

/// Calls `visit` for each file of `manifest` that `matcher` means, in order; answers the explicitly named paths
/// that are neither such a file nor a directory.
///
/// # Errors
/// Those of `visit`, of the matcher, and of reading the manifest.
pub(super) fn matching(
    manifest: &Manifest,
    matcher: &dyn Matcher,
    mut visit: impl FnMut(&RepoPath, FileEntry) -> Result<()>,
) -> Result<Vec<RepoPathBuf>> {
    let mut absent: BTreeSet<&RepoPath> = explicit(matcher).collect();
    if let Some(only) = single_file(matcher)
        && let Some(entry) = manifest.get(only)?
    {
        visit(only, entry)?;
        return Ok(Vec::new());
    }
    let all = matcher.is_always();
    let mut walk = manifest.walk()?;
    while let Some((path, entry)) = walk.advance()? {
        if all || matcher.matches(path)? {
            absent.remove(path);
            visit(path, entry)?;
        }
        if !absent.is_empty() {
            path.ancestors().for_each(|directory| {
                absent.remove(directory);
            });
        }
    }
    Ok(absent.into_iter().map(RepoPath::to_buf).collect())
}

fn explicit(matcher: &dyn Matcher) -> impl Iterator<Item = &RepoPath> {
    let named = matcher.explicit_paths().iter();
    named.map(|path| &**path).filter(|path| !path.is_root())
}

/// The one path that the matcher is about, where it is nothing more than a path.
fn single_file(matcher: &dyn Matcher) -> Option<&RepoPath> {
    let [only] = matcher.explicit_paths() else {
        return None;
    };
    (matcher.is_prefix() && !only.is_root()).then_some(only)
}

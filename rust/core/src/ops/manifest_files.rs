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
    if let Some(only) = single_file(matcher)
        && let Some(entry) = manifest.get(only)?
    {
        visit(only, entry)?;
        return Ok(Vec::new());
    }
    let all = matcher.is_always();
    let mut absent = Absent::named_by(matcher);
    let mut walk = manifest.walk()?;
    while let Some((path, entry)) = walk.advance()? {
        let meant = all || matcher.matches(path)?;
        absent.pass(path);
        if meant {
            visit(path, entry)?;
        }
    }
    Ok(absent.rest())
}

/// The same for the paths alone of a manifest that is one list, without copying them; `None` for a tree.
///
/// # Errors
/// Those of the matcher, and of reading the manifest.
pub(super) fn listed<'a>(
    manifest: &'a Manifest,
    matcher: &'a dyn Matcher,
) -> Result<Option<(Vec<&'a RepoPath>, Vec<RepoPathBuf>)>> {
    if let Some(only) = single_file(matcher)
        && manifest.get(only)?.is_some()
    {
        return Ok(Some((vec![only], Vec::new())));
    }
    let Some(mut lines) = manifest.lines()? else {
        return Ok(None);
    };
    let all = matcher.is_always();
    let mut absent = Absent::named_by(matcher);
    let mut paths = Vec::new();
    while let Some(line) = lines.advance().map_err(|error| manifest.place(error))? {
        let path = line.path();
        let meant = all || matcher.matches(path)?;
        absent.pass(path);
        if meant {
            paths.push(path);
        }
    }
    Ok(Some((paths, absent.rest())))
}

/// Explicitly named paths that have not been met yet.
struct Absent<'a>(BTreeSet<&'a RepoPath>);

impl<'a> Absent<'a> {
    fn named_by(matcher: &'a dyn Matcher) -> Absent<'a> {
        let named = matcher.explicit_paths().iter().map(|path| &**path);
        Absent(named.filter(|path| !path.is_root()).collect())
    }

    /// A file goes by: it is there, and so are its directories, whether they are meant or not.
    fn pass(&mut self, path: &RepoPath) {
        if self.0.is_empty() {
            return;
        }
        self.0.remove(path);
        for directory in path.ancestors() {
            self.0.remove(directory);
        }
    }

    fn rest(self) -> Vec<RepoPathBuf> {
        self.0.into_iter().map(RepoPath::to_buf).collect()
    }
}

/// The one path that the matcher is about, where it is nothing more than a path.
fn single_file(matcher: &dyn Matcher) -> Option<&RepoPath> {
    let [only] = matcher.explicit_paths() else {
        return None;
    };
    (matcher.is_prefix() && !only.is_root()).then_some(only)
}

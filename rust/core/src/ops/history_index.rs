//! The history index in the directory of caches: read when a question can use it, extended as history grows, and
//! written without a word where that is possible. What it holds is the store's; what is asked of it is `history`.

use std::fs;
use std::path::Path;

use hyg_store::history::HistoryIndex;

use crate::repo::Repo;

/// The file among the caches.
const NAME: &str = "hydrargyrum-history";
/// A history of fewer changesets is read as fast without an index.
const WORTH_AN_INDEX: usize = 2048;
/// So many changesets may be missing before the index is extended.
const MISSING: usize = 256;

/// The index, which knows all changesets but a few of the last ones; none where the history is short or cannot be read.
///
/// It is a cache: no trouble with it is ever reported.
pub(crate) fn open(repo: &Repo) -> Option<HistoryIndex> {
    let changelog = repo.changelog().ok()?;
    let count = changelog.revlog().len();
    if count < WORTH_AN_INDEX {
        return None;
    }
    let path = repo.layout().cache().join(NAME);
    let data = fs::read(&path).unwrap_or_default();
    let mut index = HistoryIndex::parse(&data, changelog.revlog());
    if index.len() + MISSING < count {
        index.extend(changelog, super::threads(repo)).ok()?;
        // What a transaction has not finished may never come to be.
        if !repo.options().pending {
            save(&path, &index.to_bytes());
        }
    }
    Some(index)
}

/// Writes the file beside the old one and puts it in its place; nothing is left behind where that fails.
fn save(path: &Path, data: &[u8]) {
    let fresh = path.with_extension(format!("{}~", std::process::id()));
    let written = fs::write(&fresh, data).and_then(|()| fs::rename(&fresh, path));
    if written.is_err() {
        let _ = fs::remove_file(&fresh);
    }
}

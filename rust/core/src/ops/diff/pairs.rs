//! Which file is compared with which: itself, nothing, or the source that it was copied from.
//! What the comparison looks like is `patch`.

use std::collections::BTreeSet;

use hyg_base::{RepoPath, RepoPathBuf};

use super::Changes;

/// How a new file came to be from an old one of another name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// The old one is still there, or went to another new name.
    Copy,
    /// The old one is gone.
    Rename,
}

impl Operation {
    /// The word in git's headers.
    pub fn word(self) -> &'static [u8] {
        match self {
            Operation::Copy => b"copy",
            Operation::Rename => b"rename",
        }
    }
}

/// Both names of a file; none for a side where it is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The name before.
    pub old: Option<RepoPathBuf>,
    /// The name after.
    pub new: Option<RepoPathBuf>,
    /// How one became the other, where the names differ.
    pub operation: Option<Operation>,
}

/// All pairs in byte order; with `git`, copies with their sources, and a source that went only once.
pub(super) fn file_pairs(changes: &Changes, git: bool) -> Vec<Pair> {
    let added: BTreeSet<&RepoPath> = changes.added.iter().map(|path| &**path).collect();
    let removed: BTreeSet<&RepoPath> = changes.removed.iter().map(|path| &**path).collect();
    let told = changes.copies.iter();
    let told: BTreeSet<&RepoPath> = told
        .filter(|(path, _)| added.contains(&***path))
        .map(|(_, source)| &**source)
        .collect();
    let mut renamed: BTreeSet<&RepoPath> = BTreeSet::new();
    let mut all: Vec<&RepoPathBuf> = changes.modified.iter().collect();
    all.extend(&changes.added);
    all.extend(&changes.removed);
    all.sort_unstable();
    let mut pairs = Vec::with_capacity(all.len());
    for path in all {
        let mut pair = Pair {
            old: Some(path.clone()),
            new: Some(path.clone()),
            operation: None,
        };
        if added.contains(&**path) {
            pair.old = None;
            let source = changes.copies.get(path).filter(|_| git);
            if let Some(source) = source {
                let moved = removed.contains(&**source) && renamed.insert(source);
                pair.operation = Some(if moved {
                    Operation::Rename
                } else {
                    Operation::Copy
                });
                pair.old = Some(source.clone());
            }
        } else if removed.contains(&**path) {
            if git && told.contains(&**path) {
                continue;
            }
            pair.new = None;
        }
        pairs.push(pair);
    }
    pairs
}

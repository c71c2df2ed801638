//! Writing down what a status run learnt: under the working copy lock if it is free, only over the very dirstate that
//! was read, and never so that anybody notices a failure (`docs/formats/dirstate-v2.md`, "Writing").

use std::io;
use std::path::Path;

use hyg_base::{RepoPath, Result};

use super::data_file::Addition;
use super::docket::Docket;
use super::fixes::Fixes;
use super::rewrite::{Change, Rewriter, cleaned};
use super::tree::tree_order;
use super::{Dirstate, Format, publish, v1};
use crate::lock::Lock;

/// What became of proposed fixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FixOutcome {
    /// There was nothing to change.
    Nothing,
    /// They were written.
    Written,
    /// Somebody holds the lock.
    LockHeld,
    /// The dirstate is no longer the one that was read.
    Changed,
    /// The file system or the dirstate does not allow it.
    Impossible,
}

/// Writes fixes, if the lock is free and `dirstate` is still what lies on disk.
pub fn write_fixes(dirstate: &Dirstate, fixes: &Fixes) -> FixOutcome {
    if fixes.is_empty() || dirstate.main.is_empty() {
        return FixOutcome::Nothing;
    }
    let lock = match Lock::try_take(&dirstate.dot_hg, "wlock") {
        Ok(Some(lock)) => lock,
        Ok(None) => return FixOutcome::LockHeld,
        Err(_) => return FixOutcome::Impossible,
    };
    let main = dirstate.dot_hg.join("dirstate");
    match std::fs::read(&main) {
        Ok(now) if *now == *dirstate.main => {}
        Ok(_) => return FixOutcome::Changed,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return FixOutcome::Changed,
        Err(_) => return FixOutcome::Impossible,
    }
    let written = match dirstate.format {
        Format::V1 => write_v1(dirstate, fixes, &main),
        Format::V2 => write_v2(dirstate, fixes),
    };
    drop(lock);
    match written {
        Ok(true) => FixOutcome::Written,
        Ok(false) => FixOutcome::Nothing,
        Err(_) => FixOutcome::Impossible,
    }
}

/// Sizes are kept modulo 2 GiB.
fn kept_size(size: u64) -> u32 {
    (size & 0x7fff_ffff) as u32
}

fn write_v1(dirstate: &Dirstate, fixes: &Fixes, main: &Path) -> io::Result<bool> {
    let view = dirstate.view();
    let mut changes = Vec::new();
    for file in &fixes.clean {
        let node = view.find(dirstate.root_children(), file.path.as_bytes());
        let Some(node) = node.map_err(unusable)? else {
            continue;
        };
        if let Some(entry) = dirstate.entry_of(&node) {
            let clean = cleaned(entry, file.mode, kept_size(file.size), file.mtime);
            let numbers = |entry: &crate::Entry| {
                (
                    entry.state(),
                    entry.v1_mode(),
                    entry.v1_size(),
                    entry.v1_mtime(),
                )
            };
            if numbers(&clean) != numbers(&entry) || node.record.has_copy() {
                changes.push((node.record.path_start, clean));
            }
        }
    }
    if changes.is_empty() {
        return Ok(false);
    }
    changes.sort_by_key(|(start, _)| *start);
    changes.dedup_by_key(|(start, _)| *start);
    let bytes = v1::replace_entries(&dirstate.main, &changes);
    let bytes = bytes.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))?;
    publish::replace(main, &bytes)?;
    Ok(true)
}

fn unusable(_: hyg_base::Error) -> io::Error {
    io::Error::from(io::ErrorKind::InvalidData)
}

fn write_v2(dirstate: &Dirstate, fixes: &Fixes) -> io::Result<bool> {
    match plan(dirstate, fixes).map_err(unusable)? {
        Some(addition) => addition.write(dirstate).map(|()| true),
        None => Ok(false),
    }
}

fn plan(dirstate: &Dirstate, fixes: &Fixes) -> Result<Option<Addition>> {
    let docket = &dirstate.docket;
    let mut rewriter = Rewriter {
        view: dirstate.view(),
        base: docket.data_size as usize,
        out: Vec::new(),
        dropped: 0,
        copies_dropped: 0,
        forget_directories: fixes.new_ignore_hash.is_some(),
    };
    let changes = changes_of(fixes);
    let root = rewriter.rewrite(docket.root.children, b"", &changes, 0)?;
    let ignore_hash = fixes.new_ignore_hash.unwrap_or(docket.ignore_hash);
    if (root.is_none() && ignore_hash == docket.ignore_hash) || docket.uuid.is_empty() {
        return Ok(None);
    }
    let dropped = u32::try_from(rewriter.dropped).unwrap_or(u32::MAX);
    let mut docket = Docket {
        ignore_hash,
        unreachable: docket.unreachable.saturating_add(dropped),
        ..docket.clone()
    };
    docket.root.children = root.unwrap_or(docket.root.children);
    docket.root.copies = docket.root.copies.saturating_sub(rewriter.copies_dropped);
    Addition::new(dirstate, docket, rewriter.out).map(Some)
}

/// Fixes as changes in tree order.
fn changes_of(fixes: &Fixes) -> Vec<(&RepoPath, Change)> {
    let clean = fixes.clean.iter().map(|file| {
        let change = Change::Clean(file.mode, kept_size(file.size), file.mtime);
        (&*file.path, change)
    });
    let times = fixes.directories.iter().zip(&fixes.directory_times);
    let directories = times.map(|(path, time)| (path, Change::Directory(*time)));
    let mut changes: Vec<_> = clean.chain(directories).collect();
    let order = |a: &(&RepoPath, Change), b: &(&RepoPath, Change)| {
        tree_order(a.0.as_bytes(), b.0.as_bytes())
    };
    changes.sort_by(order);
    changes
}

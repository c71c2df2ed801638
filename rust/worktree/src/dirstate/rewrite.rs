//! Changing single nodes of a tree of the second format: arrays on the way to a change are written anew, all others are
//! kept; and copying a tree without the bytes that nothing refers to any more. Files and locks belong to `store_fixes`.

use std::cmp::Ordering;

use hyg_base::{Error, RepoPath, Result};

use super::build::{to_u16, to_u32};
use super::record::{Children, RECORD_LEN, Record};
use super::tree::{Node, TreeView, tree_order};
use crate::{Entry, Timestamp};

/// Deeper than any path the operating system accepts.
pub(super) const MAX_DEPTH: usize = 4096;

/// A change to one node.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Change {
    /// The file is clean and looks like this (mode, size, time).
    Clean(u32, u32, Timestamp),
    /// The directory was complete at this time.
    Directory(Timestamp),
}

/// Writes the changed arrays of a tree.
#[derive(Debug)]
pub(crate) struct Rewriter<'a> {
    pub(crate) view: TreeView<'a>,
    /// Offset at which `out` will lie.
    pub(crate) base: usize,
    pub(crate) out: Vec<u8>,
    /// Bytes of the old file that nothing refers to any more.
    pub(crate) dropped: usize,
    /// Copy sources that are gone.
    pub(crate) copies_dropped: u32,
    /// Forget directory times that are not changed.
    pub(crate) forget_directories: bool,
}

impl<'a> Rewriter<'a> {
    /// Applies `changes` (sorted in tree order) below the directory `parent`; `None` where nothing differs.
    pub(crate) fn rewrite(
        &mut self,
        children: Children,
        parent: &[u8],
        changes: &[(&RepoPath, Change)],
        depth: usize,
    ) -> Result<Option<Children>> {
        if (changes.is_empty() && !self.forget_directories) || children.count == 0 {
            return Ok(None);
        }
        if depth > MAX_DEPTH {
            return Err(Error::internal("dirstate deeper than any path"));
        }
        let mut nodes: Vec<Node<'a>> = Vec::new();
        self.view.read_children(children, parent, &mut nodes)?;
        let mut changed = false;
        let mut rest = changes;
        for node in &mut nodes {
            let (own, below) = take_changes(&mut rest, node.path);
            let before = node.record;
            if self.forget_directories && before.directory_mtime().is_some() {
                node.record.set_directory_mtime(None);
            }
            for (_, change) in own {
                self.apply(&mut node.record, *change);
            }
            let below = self.rewrite(before.children, node.path, below, depth + 1)?;
            node.record.children = below.unwrap_or(before.children);
            changed |= node.record != before;
        }
        if !changed {
            return Ok(None);
        }
        self.dropped += nodes.len() * RECORD_LEN;
        let start = to_u32(self.base + self.out.len())?;
        for node in &nodes {
            node.record.append_to(&mut self.out);
        }
        Ok(Some(Children {
            start,
            count: to_u32(nodes.len())?,
        }))
    }

    fn apply(&mut self, record: &mut Record, change: Change) {
        match change {
            Change::Clean(mode, size, mtime) => {
                if let Some(entry) = record.entry() {
                    record.set_entry(&cleaned(entry, mode, size, mtime));
                    if record.has_copy() {
                        self.dropped += usize::from(record.copy_len);
                        self.copies_dropped += 1;
                        (record.copy_start, record.copy_len) = (0, 0);
                    }
                }
            }
            Change::Directory(time) => {
                if !record.has_entry() {
                    record.set_directory_mtime(Some(time));
                }
            }
        }
    }
}

/// `entry`, seen to be clean.
pub(crate) fn cleaned(entry: Entry, mode: u32, size: u32, mtime: Timestamp) -> Entry {
    Entry {
        wc_tracked: true,
        p1_tracked: true,
        mode: Some(mode),
        size: Some(size),
        mtime: Some(mtime),
        ..entry
    }
}

type Changes<'c, 'p> = &'c [(&'p RepoPath, Change)];

/// Takes the changes at and below `path` off the front of `rest`, dropping those that come before and have no node.
fn take_changes<'c, 'p>(
    rest: &mut Changes<'c, 'p>,
    path: &[u8],
) -> (Changes<'c, 'p>, Changes<'c, 'p>) {
    let node = RepoPath::new(path);
    let skipped =
        rest.partition_point(|(changed, _)| tree_order(changed.as_bytes(), path) == Ordering::Less);
    let changes = &rest[skipped..];
    let mine = changes.partition_point(|(changed, _)| changed.is_under(node));
    let (mine, after) = changes.split_at(mine);
    *rest = after;
    mine.split_at(mine.partition_point(|(changed, _)| changed.as_bytes() == path))
}

/// Copies the tree below `children` to the end of `out`, with nothing else.
pub(crate) fn compact(
    view: TreeView<'_>,
    children: Children,
    parent: &[u8],
    out: &mut Vec<u8>,
    depth: usize,
) -> Result<Children> {
    if children.count == 0 {
        return Ok(Children::default());
    }
    if depth > MAX_DEPTH {
        return Err(Error::internal("dirstate deeper than any path"));
    }
    let mut nodes = Vec::new();
    view.read_children(children, parent, &mut nodes)?;
    for node in &mut nodes {
        let copy = view.copy_source(&node.record)?;
        let below = compact(view, node.record.children, node.path, out, depth + 1)?;
        node.record.children = below;
        node.record.path_start = to_u32(out.len())?;
        out.extend_from_slice(node.path);
        if let Some(copy) = copy {
            node.record.copy_start = to_u32(out.len())?;
            node.record.copy_len = to_u16(copy.len())?;
            out.extend_from_slice(copy);
        }
    }
    let start = to_u32(out.len())?;
    for node in &nodes {
        node.record.append_to(out);
    }
    Ok(Children {
        start,
        count: to_u32(nodes.len())?,
    })
}

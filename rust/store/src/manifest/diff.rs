//! What differs between two manifests: a merge of two sorted lists that leaps over what is equal, and for trees a
//! comparison that does not enter directories with the same node. What a difference means to a user is `status`.

use std::cmp::Ordering;
use std::collections::HashSet;

use hyg_base::{RepoPath, RepoPathBuf, Result, Rev};

use super::lines::Lines;
use super::tree::{Directory, Item};
use super::{FileEntry, Manifest};
use crate::Blob;

/// A file that two manifests do not agree about.
#[derive(Clone, Copy, Debug)]
pub struct Difference<'a> {
    /// The file.
    pub path: &'a RepoPath,
    /// What the first manifest says.
    pub left: Option<FileEntry>,
    /// What the second one says.
    pub right: Option<FileEntry>,
}

type Report<'r> = &'r mut dyn FnMut(Difference<'_>) -> Result<()>;

/// What a comparison of trees comes upon.
enum Met<'a> {
    /// A directory whose manifests have different nodes.
    Directory(&'a RepoPath),
    /// A file in it that differs.
    File(Difference<'a>),
}

impl Manifest {
    /// Calls `report` for each file that differs from `other`, in the order of the paths.
    ///
    /// # Errors
    /// Those of `report`; [`hyg_base::ErrorId::CorruptRevision`] for malformed lines; as
    /// [`crate::revlog::Revlog::revision`] for directories.
    pub fn diff(&self, other: &Manifest, report: Report<'_>) -> Result<()> {
        if self.rev == other.rev && std::sync::Arc::ptr_eq(&self.log, &other.log) {
            return Ok(());
        }
        if self.log.tree {
            return self.diff_roots(other, &mut |met| match met {
                Met::Directory(_) => Ok(()),
                Met::File(difference) => report(difference),
            });
        }
        self.diff_lists(other, report)
    }

    /// With one manifest per directory, the directories whose manifests have different nodes; `None` for a list.
    ///
    /// # Errors
    /// As [`Manifest::diff`].
    pub fn differing_directories(&self, other: &Manifest) -> Result<Option<HashSet<RepoPathBuf>>> {
        if !self.log.tree {
            return Ok(None);
        }
        let mut found = HashSet::new();
        if self.rev != other.rev || !std::sync::Arc::ptr_eq(&self.log, &other.log) {
            self.diff_roots(other, &mut |met| {
                if let Met::Directory(path) = met {
                    found.insert(path.to_buf());
                }
                Ok(())
            })?;
        }
        Ok(Some(found))
    }

    fn diff_roots(
        &self,
        other: &Manifest,
        meet: &mut dyn FnMut(Met<'_>) -> Result<()>,
    ) -> Result<()> {
        let left = Directory::parse(&self.log, b"", self.rev, self.whole()?.clone())?;
        let right = Directory::parse(&other.log, b"", other.rev, other.whole()?.clone())?;
        self.diff_trees(other, &mut Vec::new(), &left, &right, meet)
    }

    fn diff_lists(&self, other: &Manifest, report: Report<'_>) -> Result<()> {
        let (here, there) = (|error| self.place(error), |error| other.place(error));
        let (mut left, mut right) = (Lines::new(self.whole()?), Lines::new(other.whole()?));
        skip_equal(&mut left, &mut right);
        let (mut a, mut b) = (
            left.advance().map_err(here)?,
            right.advance().map_err(there)?,
        );
        loop {
            let order = match (&a, &b) {
                (None, None) => return Ok(()),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(a), Some(b)) => a.path().cmp(b.path()),
            };
            let take_left = if order.is_le() { a } else { None };
            let take_right = if order.is_ge() { b } else { None };
            let is_equal = match (&take_left, &take_right) {
                (Some(a), Some(b)) => a.node_hex() == b.node_hex() && a.flags() == b.flags(),
                _ => false,
            };
            let line = take_left.or(take_right);
            if let (Some(line), false) = (line, is_equal) {
                report(Difference {
                    path: line.path(),
                    left: take_left
                        .map(|line| line.entry())
                        .transpose()
                        .map_err(here)?,
                    right: take_right
                        .map(|line| line.entry())
                        .transpose()
                        .map_err(there)?,
                })?;
            }
            if order.is_eq() {
                skip_equal(&mut left, &mut right);
            }
            if order.is_le() {
                a = left.advance().map_err(here)?;
            }
            if order.is_ge() {
                b = right.advance().map_err(there)?;
            }
        }
    }

    /// Compares two directories at `path` (with a slash at the end), then those below them.
    fn diff_trees(
        &self,
        other: &Manifest,
        path: &mut Vec<u8>,
        left: &Directory,
        right: &Directory,
        meet: &mut dyn FnMut(Met<'_>) -> Result<()>,
    ) -> Result<()> {
        meet(Met::Directory(RepoPath::new(
            path.strip_suffix(b"/").unwrap_or(path),
        )))?;
        let (mut lefts, mut rights) = (left.items.iter().peekable(), right.items.iter().peekable());
        loop {
            let key = |directory: &Directory, item: &Item| {
                let slash: &[u8] = if item.flags.is_dir() { b"/" } else { b"" };
                [directory.name(item), slash].concat()
            };
            let (a, b) = (
                lefts.peek().map(|a| key(left, a)),
                rights.peek().map(|b| key(right, b)),
            );
            let (name, order) = match (a, b) {
                (None, None) => return Ok(()),
                (Some(a), None) => (a, Ordering::Less),
                (None, Some(b)) => (b, Ordering::Greater),
                (Some(a), Some(b)) => {
                    let order = a.cmp(&b);
                    (if order.is_le() { a } else { b }, order)
                }
            };
            let a = if order.is_le() { lefts.next() } else { None };
            let b = if order.is_ge() { rights.next() } else { None };
            let is_equal = match (a, b) {
                (Some(a), Some(b)) => a.node == b.node && a.flags == b.flags,
                _ => false,
            };
            if is_equal {
                continue;
            }
            let len = path.len();
            path.extend_from_slice(&name);
            if name.ends_with(b"/") {
                let (left, right) = (self.subdir(path, a)?, other.subdir(path, b)?);
                self.diff_trees(other, path, &left, &right, meet)?;
            } else {
                let entry = |item: &Item| FileEntry {
                    node: item.node,
                    flags: item.flags,
                };
                meet(Met::File(Difference {
                    path: RepoPath::new(path),
                    left: a.map(entry),
                    right: b.map(entry),
                }))?;
            }
            path.truncate(len);
        }
    }

    fn subdir(&self, path: &[u8], item: Option<&Item>) -> Result<Directory> {
        let Some(item) = item else {
            return Ok(Directory::empty());
        };
        let (rev, text): (Rev, Blob) = self.log.dir_text(path, &item.node)?;
        Directory::parse(&self.log, path, rev, text)
    }
}

/// Leaps over equal lines at the beginning of both.
fn skip_equal(left: &mut Lines<'_>, right: &mut Lines<'_>) {
    const BLOCK: usize = 1024;
    let (a, b) = (left.rest(), right.rest());
    let mut same = 0;
    for (a, b) in a.chunks_exact(BLOCK).zip(b.chunks_exact(BLOCK)) {
        if a != b {
            break;
        }
        same += BLOCK;
    }
    if same == 0 {
        return;
    }
    if let Some(newline) = memchr::memrchr(b'\n', &a[..same]) {
        left.skip(newline + 1);
        right.skip(newline + 1);
    }
}

//! Walking all files of a manifest in the order of their paths, into the directories of a tree as they come.
//! A manifest that is one list is walked the same way, as a tree without directories.

use hyg_base::{Node, RepoPath, Result, Rev};

use super::lines::{Flags, Lines, corrupt};
use super::{FileEntry, Manifest, ManifestLog};
use crate::Blob;

/// One name in a directory of a tree, as positions in the directory's text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    start: usize,
    len: usize,
    pub(super) node: Node,
    pub(super) flags: Flags,
}

/// A directory of a tree, sorted as the paths of files below it sort: a directory as if its name ended in a slash.
#[derive(Clone, Debug)]
pub(super) struct Directory {
    text: Blob,
    pub(super) items: Vec<Item>,
}

impl Directory {
    pub(super) fn empty() -> Directory {
        Directory {
            text: Blob::default(),
            items: Vec::new(),
        }
    }

    /// Reads the directory `dir`, whose text is that of revision `rev`.
    pub(super) fn parse(log: &ManifestLog, dir: &[u8], rev: Rev, text: Blob) -> Result<Directory> {
        let mut items = Vec::new();
        let mut read = || -> Result<()> {
            let base = text.as_ptr() as usize;
            let mut lines = Lines::new(&text);
            while let Some(line) = lines.advance()? {
                let name = line.path().as_bytes();
                let entry = line.entry()?;
                let is_odd = matches!(name, b"." | b"..") || name.contains(&b'/');
                if entry.flags.is_dir() && is_odd {
                    return Err(corrupt(
                        "a directory of a manifest has an impossible name",
                        0,
                    ));
                }
                items.push(Item {
                    start: name.as_ptr() as usize - base,
                    len: name.len(),
                    node: entry.node,
                    flags: entry.flags,
                });
            }
            Ok(())
        };
        read().map_err(|error| log.place(dir, rev, error))?;
        let mut directory = Directory { text, items };
        directory.sort();
        Ok(directory)
    }

    fn sort(&mut self) {
        let text = &self.text;
        let key = |item: &Item| {
            let name = &text[item.start..item.start + item.len];
            let slash: &[u8] = if item.flags.is_dir() { b"/" } else { b"" };
            name.iter().chain(slash)
        };
        if !self.items.is_sorted_by(|a, b| key(a).lt(key(b))) {
            self.items.sort_by(|a, b| key(a).cmp(key(b)));
        }
    }

    pub(super) fn name(&self, item: &Item) -> &[u8] {
        &self.text[item.start..item.start + item.len]
    }
}

/// A walk over the files of a manifest.
#[derive(Debug)]
pub struct Walk<'a> {
    manifest: &'a Manifest,
    /// For a manifest that is one list.
    lines: Lines<'a>,
    /// For a tree: the open directories, each with the position in it and the length of its path.
    open: Vec<(Directory, usize, usize)>,
    path: Vec<u8>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(manifest: &'a Manifest) -> Result<Walk<'a>> {
        let log = &manifest.log;
        let mut open = Vec::new();
        if log.tree {
            let root = Directory::parse(log, b"", manifest.rev, manifest.whole()?.clone())?;
            open.push((root, 0, 0));
        }
        Ok(Walk {
            manifest,
            lines: Lines::new(manifest.whole()?),
            open,
            path: Vec::new(),
        })
    }

    /// The next file, `None` at the end.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::CorruptRevision`] for a malformed line; as [`crate::revlog::Revlog::revision`] for
    /// directories.
    pub fn advance(&mut self) -> Result<Option<(&RepoPath, FileEntry)>> {
        if self.manifest.log.tree {
            return self.advance_in_tree();
        }
        let place = |error| self.manifest.place(error);
        let Some(line) = self.lines.advance().map_err(place)? else {
            return Ok(None);
        };
        Ok(Some((line.path(), line.entry().map_err(place)?)))
    }

    fn advance_in_tree(&mut self) -> Result<Option<(&RepoPath, FileEntry)>> {
        let log = &self.manifest.log;
        loop {
            let Some((directory, position, dir_len)) = self.open.last_mut() else {
                return Ok(None);
            };
            self.path.truncate(*dir_len);
            let Some(item) = directory.items.get(*position).copied() else {
                self.open.pop();
                continue;
            };
            *position += 1;
            self.path.extend_from_slice(directory.name(&item));
            if !item.flags.is_dir() {
                let entry = FileEntry {
                    node: item.node,
                    flags: item.flags,
                };
                return Ok(Some((RepoPath::new(&self.path), entry)));
            }
            self.path.push(b'/');
            let (rev, text) = log.dir_text(&self.path, &item.node)?;
            let below = Directory::parse(log, &self.path, rev, text)?;
            self.open.push((below, 0, self.path.len()));
        }
    }
}

impl Manifest {
    /// Follows a path down the tree. A root text may also list paths with slashes, from before it was a tree.
    /// The node of the manifest of a directory (without a slash at its end); none where there is no such directory.
    ///
    /// # Errors
    /// As [`Manifest::get`].
    pub fn directory_node(&self, path: &[u8]) -> Result<Option<Node>> {
        let (mut dir, mut rev, mut text) = (Vec::new(), self.rev, self.whole()?.clone());
        let mut names = path.split(|byte| *byte == b'/').peekable();
        while let Some(name) = names.next() {
            let place = |error| self.log.place(&dir, rev, error);
            let line = Lines::find(&text, name).map_err(place)?;
            let Some(line) = line.filter(|line| line.flags().is_dir()) else {
                return Ok(None);
            };
            let node = line.entry().map_err(place)?.node;
            if names.peek().is_none() {
                return Ok(Some(node));
            }
            dir.extend_from_slice(name);
            dir.push(b'/');
            (rev, text) = self.log.dir_text(&dir, &node)?;
        }
        Ok(None)
    }

    pub(super) fn get_in_tree(&self, path: &[u8]) -> Result<Option<FileEntry>> {
        let (mut dir, mut rev, mut text) = (Vec::new(), self.rev, self.whole()?.clone());
        let mut rest = path;
        while let Some(slash) = memchr::memchr(b'/', rest) {
            let line = Lines::find(&text, &rest[..slash])
                .map_err(|error| self.log.place(&dir, rev, error))?;
            let Some(line) = line.filter(|line| line.flags().is_dir()) else {
                break;
            };
            let node = line
                .entry()
                .map_err(|error| self.log.place(&dir, rev, error))?
                .node;
            dir.extend_from_slice(&rest[..=slash]);
            (rev, text) = self.log.dir_text(&dir, &node)?;
            rest = &rest[slash + 1..];
        }
        self.find(&text, &dir, rev, rest)
    }
}

//! Entries of a tree of the second format come, change and go: arrays on the way to a change are written anew behind
//! the others, which are kept. Which changes there are is decided in `edit`, files are written in `data_file`.

use hyg_base::{Error, Result};

use super::build::{counters, to_u16, to_u32};
use super::record::{Children, DIRECTORY, RECORD_LEN, Record};
use super::rewrite::MAX_DEPTH;
use super::tree::{Node, TreeView};
use crate::Entry;

/// What a path has from now on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Alteration<'a> {
    pub(crate) path: &'a [u8],
    /// Without any fact there is no entry.
    pub(crate) entry: Entry,
    pub(crate) copy: Option<&'a [u8]>,
}

/// A directory that was written.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Altered {
    pub(crate) children: Children,
    /// Entries in it and below.
    pub(crate) entries: u32,
    tracked: u32,
    /// Entries came or went, so that a time at which all in the directory was known says nothing any more.
    is_new_set: bool,
}

/// Writes the changed arrays of a tree.
#[derive(Debug)]
pub(crate) struct Alterer<'a> {
    pub(crate) view: TreeView<'a>,
    /// Offset at which `out` will lie.
    pub(crate) base: usize,
    pub(crate) out: Vec<u8>,
    /// Bytes of the old file that nothing refers to any more.
    pub(crate) dropped: usize,
    /// Copy sources that came and went.
    pub(crate) copies_added: u32,
    pub(crate) copies_dropped: u32,
}

impl<'a> Alterer<'a> {
    /// Applies `changes`, sorted in tree order and each path once, below the directory `parent`.
    pub(crate) fn alter(
        &mut self,
        children: Children,
        parent: &[u8],
        changes: &[Alteration<'_>],
        depth: usize,
    ) -> Result<Altered> {
        if depth > MAX_DEPTH {
            return Err(Error::internal("dirstate deeper than any path"));
        }
        let mut nodes: Vec<Node<'a>> = Vec::new();
        self.view.read_children(children, parent, &mut nodes)?;
        let mut records: Vec<Record> = Vec::with_capacity(nodes.len() + changes.len().min(64));
        let start = parent.len() + usize::from(!parent.is_empty());
        let mut is_new_set = false;
        let mut old = nodes.iter().peekable();
        let mut rest = changes;
        while let Some(first) = rest.first() {
            let tail = &first.path[start..];
            let len = tail
                .iter()
                .position(|byte| *byte == b'/')
                .unwrap_or(tail.len());
            let path = &first.path[..start + len];
            let within = |change: &Alteration<'_>| {
                change.path.starts_with(path)
                    && matches!(change.path.get(path.len()), None | Some(b'/'))
            };
            let (group, after) = rest.split_at(rest.partition_point(within));
            rest = after;
            while let Some(node) = old.next_if(|node| node.name < &path[start..]) {
                records.push(node.record);
            }
            let found = old.next_if(|node| node.name == &path[start..]);
            let before = found.is_some_and(|node| node.record.has_entry());
            let record = self.alter_node(found, path, start, group, depth)?;
            is_new_set |= before != record.is_some_and(|record| record.has_entry());
            is_new_set |= found.is_some() != record.is_some();
            records.extend(record);
        }
        records.extend(old.map(|node| node.record));
        self.dropped += nodes.len() * RECORD_LEN;
        let (entries, tracked) = counters(&records);
        Ok(Altered {
            children: self.write(&records)?,
            entries,
            tracked,
            is_new_set,
        })
    }

    /// The node of `path` after the changes at and below it; `None` where nothing is left.
    fn alter_node(
        &mut self,
        found: Option<&Node<'a>>,
        path: &[u8],
        name_start: usize,
        changes: &[Alteration<'_>],
        depth: usize,
    ) -> Result<Option<Record>> {
        let mut record = match found {
            Some(node) => node.record,
            None if changes.iter().all(|change| !change.entry.any_tracked()) => return Ok(None),
            None => Record {
                path_start: self.append(path)?,
                path_len: to_u16(path.len())?,
                name_start: to_u16(name_start)?,
                flags: DIRECTORY,
                ..Record::default()
            },
        };
        let (own, below) = match changes.split_first() {
            Some((first, below)) if first.path.len() == path.len() => (Some(first), below),
            _ => (None, changes),
        };
        if let Some(change) = own {
            self.alter_entry(&mut record, change)?;
        }
        if !below.is_empty() {
            let altered = self.alter(record.children, path, below, depth + 1)?;
            record.children = altered.children;
            record.with_entry = altered.entries;
            record.tracked = altered.tracked;
            if altered.is_new_set && !record.has_entry() {
                record.set_directory_mtime(None);
            }
        }
        if record.has_entry() || record.children.count > 0 {
            return Ok(Some(record));
        }
        self.dropped += usize::from(record.path_len);
        Ok(None)
    }

    fn alter_entry(&mut self, record: &mut Record, change: &Alteration<'_>) -> Result<()> {
        let old = match record.has_entry() {
            true => self.view.copy_source(record)?,
            false => None,
        };
        let new = change.copy.filter(|_| change.entry.any_tracked());
        if old != new {
            if let Some(old) = old {
                self.dropped += old.len();
                self.copies_dropped += 1;
            }
            (record.copy_start, record.copy_len) = (0, 0);
            if let Some(new) = new {
                record.copy_len = to_u16(new.len())?;
                record.copy_start = self.append(new)?;
                self.copies_added += 1;
            }
        }
        record.set_entry(&change.entry);
        if !change.entry.any_tracked() {
            record.set_directory_mtime(None);
            record.flags = DIRECTORY;
            record.size = 0;
        }
        Ok(())
    }

    fn append(&mut self, bytes: &[u8]) -> Result<u32> {
        let start = to_u32(self.base + self.out.len())?;
        self.out.extend_from_slice(bytes);
        Ok(start)
    }

    fn write(&mut self, records: &[Record]) -> Result<Children> {
        if records.is_empty() {
            return Ok(Children::default());
        }
        let start = to_u32(self.base + self.out.len())?;
        for record in records {
            record.append_to(&mut self.out);
        }
        Ok(Children {
            start,
            count: to_u32(records.len())?,
        })
    }
}

//! Making a tree of nodes from entries that come in tree order.
//! Where entries come from (a dirstate of the first format, a new dirstate) does not matter here.

use hyg_base::{Error, ErrorId, Result};

use super::record::{Children, DIRECTORY, Record};

/// The tree that was built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Root {
    pub(crate) children: Children,
    pub(crate) entries: u32,
    pub(crate) copies: u32,
}

/// Takes entries in tree order and writes each directory as soon as it is complete.
#[derive(Debug)]
pub(crate) struct TreeBuilder {
    out: Vec<u8>,
    /// Directories from the root to the innermost one.
    open: Vec<OpenDirectory>,
    spare: Vec<Vec<Record>>,
    /// Path of the innermost open directory.
    directory: Vec<u8>,
    /// Path of the entry added last.
    last: Vec<u8>,
    root: Root,
}

#[derive(Debug, Default)]
struct OpenDirectory {
    /// Length of the path of the directory around it.
    parent_len: usize,
    children: Vec<Record>,
}

impl TreeBuilder {
    /// A builder with room for `bytes` of output.
    pub(crate) fn with_capacity(bytes: usize) -> TreeBuilder {
        TreeBuilder {
            out: Vec::with_capacity(bytes),
            open: vec![OpenDirectory::default()],
            spare: Vec::new(),
            directory: Vec::new(),
            last: Vec::new(),
            root: Root::default(),
        }
    }

    /// Puts `bytes` (a path) into the output and answers where.
    pub(crate) fn append_path(&mut self, bytes: &[u8]) -> Result<u32> {
        let start = to_u32(self.out.len())?;
        self.out.extend_from_slice(bytes);
        Ok(start)
    }

    /// Adds an entry. `record` has everything but the fields that the tree decides (children, counters, lengths).
    /// `path` must follow the previous one in tree order.
    pub(crate) fn push(&mut self, path: &[u8], mut record: Record) -> Result<()> {
        while !self.is_inside(path) {
            self.close()?;
        }
        let mut start = self.name_start();
        while let Some(length) = path[start..].iter().position(|byte| *byte == b'/') {
            self.descend(&path[..start + length], start, record.path_start)?;
            start += length + 1;
        }
        record.path_len = to_u16(path.len())?;
        record.name_start = to_u16(start)?;
        self.root.copies += u32::from(record.has_copy());
        self.innermost().push(record);
        self.last.clear();
        self.last.extend_from_slice(path);
        Ok(())
    }

    /// Closes all directories; the output and its root.
    pub(crate) fn finish(mut self) -> Result<(Vec<u8>, Root)> {
        while self.open.len() > 1 {
            self.close()?;
        }
        let children = self
            .open
            .pop()
            .map(|root| root.children)
            .unwrap_or_default();
        let (entries, _) = counters(&children);
        self.root.entries = entries;
        self.root.children = self.write(&children)?;
        Ok((self.out, self.root))
    }

    fn is_inside(&self, path: &[u8]) -> bool {
        let directory = &self.directory;
        directory.is_empty()
            || (path.starts_with(directory) && path.get(directory.len()) == Some(&b'/'))
    }

    fn name_start(&self) -> usize {
        match self.directory.len() {
            0 => 0,
            length => length + 1,
        }
    }

    fn innermost(&mut self) -> &mut Vec<Record> {
        if self.open.is_empty() {
            self.open.push(OpenDirectory::default());
        }
        let last = self.open.len() - 1;
        &mut self.open[last].children
    }

    /// Opens a directory. Its path is the start of the one at `path_start`, so it is not written again. Where the
    /// entry added last has that very path, its node serves for both.
    fn descend(&mut self, path: &[u8], name_start: usize, path_start: u32) -> Result<()> {
        if self.last != path {
            let record = Record {
                path_start,
                path_len: to_u16(path.len())?,
                name_start: to_u16(name_start)?,
                flags: DIRECTORY,
                ..Record::default()
            };
            self.innermost().push(record);
        }
        let parent_len = self.directory.len();
        let children = self.spare.pop().unwrap_or_default();
        self.open.push(OpenDirectory {
            parent_len,
            children,
        });
        self.directory.clear();
        self.directory.extend_from_slice(path);
        Ok(())
    }

    fn close(&mut self) -> Result<()> {
        let Some(mut closed) = self.open.pop() else {
            return Err(Error::internal("no directory to close"));
        };
        let children = self.write(&closed.children)?;
        let (entries, tracked) = counters(&closed.children);
        self.directory.truncate(closed.parent_len);
        if let Some(record) = self.innermost().last_mut() {
            record.children = children;
            record.with_entry = entries;
            record.tracked = tracked;
        }
        closed.children.clear();
        self.spare.push(closed.children);
        Ok(())
    }

    fn write(&mut self, records: &[Record]) -> Result<Children> {
        let start = if records.is_empty() {
            0
        } else {
            to_u32(self.out.len())?
        };
        for record in records {
            record.append_to(&mut self.out);
        }
        Ok(Children {
            start,
            count: to_u32(records.len())?,
        })
    }
}

/// How many entries, and how many tracked in the working copy, these nodes and all below them hold.
pub(crate) fn counters(records: &[Record]) -> (u32, u32) {
    records
        .iter()
        .fold((0u32, 0u32), |(entries, tracked), node| {
            let own = (u32::from(node.has_entry()), u32::from(node.is_wc_tracked()));
            (
                entries
                    .saturating_add(node.with_entry)
                    .saturating_add(own.0),
                tracked.saturating_add(node.tracked).saturating_add(own.1),
            )
        })
}

/// A size or offset of the format.
pub(crate) fn to_u32(value: usize) -> Result<u32> {
    u32::try_from(value).map_err(|_| too_large("a dirstate of more than 4 GiB"))
}

/// The length of a path in the format.
pub(crate) fn to_u16(value: usize) -> Result<u16> {
    u16::try_from(value).map_err(|_| too_large("a path of more than 65535 bytes"))
}

fn too_large(feature: &'static str) -> Error {
    Error::new(ErrorId::Unsupported).with("feature", feature)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::dirstate::record::{P1_TRACKED, WDIR_TRACKED};
    use crate::dirstate::tree::TreeView;

    #[test]
    fn directories_are_counted_and_found() {
        let mut builder = TreeBuilder::with_capacity(0);
        let paths: [&[u8]; 5] = [b"a", b"a/b/c", b"a/b/d", b"a-x", b"z/y"];
        for path in paths {
            let record = Record {
                path_start: builder.append_path(path).unwrap(),
                flags: if path == b"a" {
                    P1_TRACKED
                } else {
                    WDIR_TRACKED
                },
                ..Record::default()
            };
            builder.push(path, record).unwrap();
        }
        let (data, root) = builder.finish().unwrap();
        assert_eq!((root.entries, root.copies, root.children.count), (5, 0, 3));
        let view = TreeView {
            paths: &data,
            nodes: &data,
            file: Path::new("dirstate"),
        };
        let both = view.find(root.children, b"a").unwrap().unwrap();
        assert!(both.record.has_entry());
        assert_eq!((both.record.with_entry, both.record.tracked), (2, 2));
        for path in paths {
            assert_eq!(view.find(root.children, path).unwrap().unwrap().path, path);
        }
        assert!(view.find(root.children, b"a/b").unwrap().is_some());
        assert!(view.find(root.children, b"a/b/e").unwrap().is_none());
        assert!(view.find(root.children, b"a/b/c/d").unwrap().is_none());
    }
}

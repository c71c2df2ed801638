//! Reading the tree of nodes straight from the bytes of a dirstate, checking each node as it is met so that hostile bytes
//! give an error instead of a loop, a panic or a path outside the repository. Writing trees belongs to `build` and `rewrite`.

use std::cmp::Ordering;
use std::path::Path;

use hyg_base::{Error, Result, prefetch};

use super::record::{Children, RECORD_LEN, Record};

/// A billion, which nanoseconds stay below.
const BILLION: u32 = 1_000_000_000;

/// The bytes of a tree. For the second format both slices are the data file; for the first one, paths point into the
/// dirstate itself and the nodes were made when it was read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TreeView<'a> {
    pub(crate) paths: &'a [u8],
    pub(crate) nodes: &'a [u8],
    pub(crate) file: &'a Path,
}

/// A checked node.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'a> {
    pub(crate) record: Record,
    pub(crate) path: &'a [u8],
    pub(crate) name: &'a [u8],
}

impl<'a> TreeView<'a> {
    #[cold]
    fn corrupt(&self, offset: usize, problem: &'static str) -> Error {
        Error::corrupt_file(self.file, problem).with("offset", offset)
    }

    /// Checks that the array `children` lies within the file.
    fn array(&self, children: Children) -> Result<&'a [u8]> {
        let start = children.start as usize;
        let len = (children.count as usize).checked_mul(RECORD_LEN);
        len.and_then(|len| self.nodes.get(start..start.checked_add(len)?))
            .ok_or_else(|| self.corrupt(start, "child nodes past the end"))
    }

    /// Asks for the path of a record that is soon checked.
    #[inline]
    pub(crate) fn prefetch(&self, bytes: &[u8; RECORD_LEN]) {
        let record = Record::read(bytes);
        let start = record.path_start as usize;
        prefetch(self.paths, start);
        prefetch(self.paths, start + usize::from(record.name_start));
    }

    /// Asks for the first records of the array `children`.
    #[inline]
    pub(crate) fn prefetch_records(&self, children: Children) {
        for line in 0..2 {
            prefetch(self.nodes, children.start as usize + line * 64);
        }
    }

    /// The records of the array `children`, unchecked.
    pub(crate) fn records(&self, children: Children) -> Result<&'a [[u8; RECORD_LEN]]> {
        Ok(self.array(children)?.as_chunks::<RECORD_LEN>().0)
    }

    /// Node `index` of the array `children` of the directory `parent`.
    pub(crate) fn node(&self, children: Children, index: u32, parent: &[u8]) -> Result<Node<'a>> {
        let array = self.array(children)?;
        match array.as_chunks::<RECORD_LEN>().0.get(index as usize) {
            Some(bytes) => self.checked(
                bytes,
                children.start as usize + index as usize * RECORD_LEN,
                parent,
            ),
            None => Err(Error::internal("node index past its array")),
        }
    }

    /// All nodes of the array `children` of the directory `parent`, put into `into` in place of what was there.
    pub(crate) fn read_children(
        &self,
        children: Children,
        parent: &[u8],
        into: &mut Vec<Node<'a>>,
    ) -> Result<()> {
        into.clear();
        let array = self.array(children)?;
        into.reserve(children.count as usize);
        let mut offset = children.start as usize;
        for bytes in array.as_chunks::<RECORD_LEN>().0 {
            let node = self.checked(bytes, offset, parent)?;
            match into.last_mut() {
                Some(previous) if node.name <= previous.name => {
                    *previous = joined(previous, &node).ok_or_else(|| self.out_of_order(offset))?;
                }
                _ => into.push(node),
            }
            offset += RECORD_LEN;
        }
        Ok(())
    }

    /// Whether two neighbours are in order. The peer's Python code writes a removed file and the directory that took
    /// its name as two nodes.
    #[inline]
    pub(crate) fn in_order(previous: &Node<'_>, node: &Node<'_>) -> bool {
        previous.name < node.name || joined(previous, node).is_some()
    }

    /// The error for the node at `offset` that does not come after its predecessor.
    pub(crate) fn out_of_order(&self, offset: usize) -> Error {
        self.corrupt(offset, "nodes out of order")
    }

    /// Checks one node. Because its path must continue the path of the directory it was reached through, no node can be
    /// reached in two ways, so that a walk ends after at most as many nodes as the file has bytes.
    #[inline(always)]
    pub(crate) fn checked(
        &self,
        bytes: &[u8; RECORD_LEN],
        offset: usize,
        parent: &[u8],
    ) -> Result<Node<'a>> {
        let record = Record::read(bytes);
        let path = self.slice(record.path_start, record.path_len, offset)?;
        let name_start = if parent.is_empty() {
            0
        } else {
            parent.len() + 1
        };
        if usize::from(record.name_start) != name_start || path.len() <= name_start {
            return Err(self.corrupt(offset, "node does not belong to its directory"));
        }
        let (before, name) = path.split_at(name_start);
        if !parent.is_empty()
            && (before[parent.len()] != b'/' || !same(&before[..parent.len()], parent))
        {
            return Err(self.corrupt(offset, "node does not belong to its directory"));
        }
        if !is_name(name) {
            return Err(self.corrupt(offset, "illegal name"));
        }
        if record.nanoseconds >= BILLION || record.seconds > i32::MAX as u32 {
            return Err(self.corrupt(offset, "impossible time"));
        }
        Ok(Node { record, path, name })
    }

    #[inline]
    fn slice(&self, start: u32, len: u16, offset: usize) -> Result<&'a [u8]> {
        let start = start as usize;
        self.paths
            .get(start..start + usize::from(len))
            .ok_or_else(|| self.corrupt(offset, "path past the end"))
    }

    /// The copy source of a node.
    pub(crate) fn copy_source(&self, record: &Record) -> Result<Option<&'a [u8]>> {
        if !record.has_copy() {
            return Ok(None);
        }
        let start = record.copy_start;
        self.slice(start, record.copy_len, start as usize).map(Some)
    }

    /// The node at `path`, entry or directory.
    pub(crate) fn find(&self, root: Children, path: &[u8]) -> Result<Option<Node<'a>>> {
        let mut children = root;
        let mut parent: &[u8] = b"";
        let mut start = 0;
        loop {
            let end = path[start..].iter().position(|byte| *byte == b'/');
            let end = end.map_or(path.len(), |length| start + length);
            let Some(node) = self.search(children, parent, &path[start..end])? else {
                return Ok(None);
            };
            if end == path.len() {
                return Ok(Some(node));
            }
            (children, parent, start) = (node.record.children, &path[..end], end + 1);
        }
    }

    fn search(&self, children: Children, parent: &[u8], name: &[u8]) -> Result<Option<Node<'a>>> {
        let (mut low, mut high) = (0, children.count);
        while low < high {
            let middle = low.midpoint(high);
            let node = self.node(children, middle, parent)?;
            match node.name.cmp(name) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return self.whole(children, middle, parent, node).map(Some),
            }
        }
        Ok(None)
    }

    /// A node joined with a neighbour of the same name.
    fn whole(
        &self,
        children: Children,
        index: u32,
        parent: &[u8],
        node: Node<'a>,
    ) -> Result<Node<'a>> {
        for neighbour in [index.wrapping_sub(1), index + 1] {
            if neighbour < children.count
                && let Some(both) = joined(&node, &self.node(children, neighbour, parent)?)
            {
                return Ok(both);
            }
        }
        Ok(node)
    }
}

/// One node of two of the same name, of which one is a file and the other a directory; `None` for any others.
fn joined<'a>(one: &Node<'a>, other: &Node<'a>) -> Option<Node<'a>> {
    let is_file = |node: &Node<'_>| node.record.has_entry() && node.record.children.count == 0;
    let is_directory = |node: &Node<'_>| !node.record.has_entry();
    let (file, directory) = match () {
        () if one.name != other.name => return None,
        () if is_file(one) && is_directory(other) => (one, other),
        () if is_directory(one) && is_file(other) => (other, one),
        () => return None,
    };
    let mut both = *file;
    both.record.children = directory.record.children;
    both.record.with_entry = directory.record.with_entry;
    both.record.tracked = directory.record.tracked;
    Some(both)
}

/// Whether two slices of the same length are equal. Most are a few dozen bytes long, and a call of the C library would
/// take longer than comparing them.
#[inline]
fn same(one: &[u8], two: &[u8]) -> bool {
    let (Some(one_end), Some(two_end)) = (one.last_chunk::<16>(), two.last_chunk::<16>()) else {
        return one == two;
    };
    let (one, two) = (one.as_chunks::<16>().0, two.as_chunks::<16>().0);
    one_end == two_end && one.iter().zip(two).all(|(one, two)| one == two)
}

/// Whether `name` can be one component of a path.
#[inline]
pub(crate) fn is_name(name: &[u8]) -> bool {
    let Some(end) = name.last_chunk::<8>() else {
        return !matches!(name, b"" | b"." | b"..") && !name.contains(&b'/');
    };
    let has_slash = |word: &[u8; 8]| {
        // A byte that is a slash is zero after this, and a zero byte borrows from its highest bit.
        let word = u64::from_ne_bytes(*word) ^ 0x2f2f_2f2f_2f2f_2f2f;
        word.wrapping_sub(0x0101_0101_0101_0101) & !word & 0x8080_8080_8080_8080 != 0
    };
    !has_slash(end) && !name.as_chunks::<8>().0.iter().any(has_slash)
}

/// Whether every component of `path` can be one.
pub(crate) fn is_path(path: &[u8]) -> bool {
    path.split(|byte| *byte == b'/').all(is_name)
}

/// The order in which a tree is written: component by component, so that all below a directory follows it at once.
pub(crate) fn tree_order(left: &[u8], right: &[u8]) -> Ordering {
    let common = left.iter().zip(right).position(|(a, b)| a != b);
    match common {
        None => left.len().cmp(&right.len()),
        Some(at) => match (left[at], right[at]) {
            (b'/', _) => Ordering::Less,
            (_, b'/') => Ordering::Greater,
            (a, b) => a.cmp(&b),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_stay_together_in_tree_order() {
        let mut paths: Vec<&[u8]> = vec![b"a.b", b"a/z", b"a-b", b"a", b"a/a/b", b"b"];
        paths.sort_by(|a, b| tree_order(a, b));
        assert_eq!(
            paths,
            [b"a".as_slice(), b"a/a/b", b"a/z", b"a-b", b"a.b", b"b"]
        );
    }

    #[test]
    fn names_that_leave_the_repository_are_none() {
        assert!(is_path(b"a/.b/..c"));
        for path in [&b""[..], b"/a", b"a/", b"a//b", b".", b"a/../b", b".."] {
            assert!(!is_path(path), "{path:?}");
        }
    }
}

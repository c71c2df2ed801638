//! Going through the entries of a dirstate in byte order of their paths, one at a time.
//! Looking up single paths belongs to `tree`.

use std::fmt;

use hyg_base::{RepoPath, Result};

use super::Dirstate;
use super::record::Children;
use super::tree::{Node, TreeView};
use crate::Entry;

/// An entry with its path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Item<'a> {
    /// Path of the file.
    pub path: &'a RepoPath,
    /// What is known about it.
    pub entry: Entry,
    /// What it was copied from.
    pub copy_source: Option<&'a RepoPath>,
}

/// A position between two entries. It borrows nothing, so a caller may keep it beside a shared dirstate.
#[derive(Clone)]
pub struct Cursor {
    frames: Vec<Frame>,
}

/// A directory that is being gone through.
#[derive(Clone)]
struct Frame {
    children: Children,
    /// The directory's path.
    path: Vec<u8>,
    next: u32,
    /// Nodes whose own turn is over and whose children wait: `a/x` comes after `a-b`, but `a` before it.
    waiting: Vec<u32>,
}

impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cursor(depth {})", self.frames.len())
    }
}

impl Cursor {
    pub(super) fn new(root: Children) -> Cursor {
        Cursor {
            frames: vec![Frame::new(root, Vec::new())],
        }
    }

    /// The next entry of `dirstate`, which must be the one this cursor was made by.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::CorruptFile`]; the cursor is at its end then.
    pub fn advance<'a>(&mut self, dirstate: &'a Dirstate) -> Result<Option<Item<'a>>> {
        let answer = self.step(dirstate);
        if answer.is_err() {
            self.frames.clear();
        }
        answer
    }

    fn step<'a>(&mut self, dirstate: &'a Dirstate) -> Result<Option<Item<'a>>> {
        let view = dirstate.view();
        while let Some(frame) = self.frames.last_mut() {
            match frame.turn(dirstate)? {
                Turn::Over => {
                    self.frames.pop();
                }
                Turn::Below(node) => {
                    let below = Frame::new(node.record.children, node.path.to_vec());
                    self.frames.push(below);
                }
                Turn::Itself(node) => {
                    if let Some(entry) = dirstate.entry_of(&node) {
                        return Ok(Some(Item {
                            path: RepoPath::new(node.path),
                            entry,
                            copy_source: view.copy_source(&node.record)?.map(RepoPath::new),
                        }));
                    }
                }
            }
        }
        Ok(None)
    }
}

enum Turn<'a> {
    Itself(Node<'a>),
    Below(Node<'a>),
    Over,
}

impl Frame {
    fn new(children: Children, path: Vec<u8>) -> Frame {
        Frame {
            children,
            path,
            next: 0,
            waiting: Vec::new(),
        }
    }

    fn turn<'a>(&mut self, dirstate: &'a Dirstate) -> Result<Turn<'a>> {
        let view = dirstate.view();
        let node = |index| view.node(self.children, index, &self.path);
        let upcoming = match self.next < self.children.count {
            true => Some(node(self.next)?),
            false => None,
        };
        if let Some(index) = self.waiting.last() {
            let directory = node(*index)?;
            if upcoming.is_none_or(|upcoming| below_comes_first(directory.name, upcoming.name)) {
                self.waiting.pop();
                return Ok(Turn::Below(directory));
            }
        }
        let Some(upcoming) = upcoming else {
            return Ok(Turn::Over);
        };
        if self.next > 0 && !TreeView::in_order(&node(self.next - 1)?, &upcoming) {
            return Err(view.out_of_order(self.children.start as usize));
        }
        if upcoming.record.children.count > 0 {
            self.waiting.push(self.next);
        }
        self.next += 1;
        Ok(Turn::Itself(upcoming))
    }
}

/// Whether everything below the directory `name` comes before its sibling `other`, in byte order of whole paths.
#[inline]
pub(crate) fn below_comes_first(name: &[u8], other: &[u8]) -> bool {
    // Most names differ in their first byte, and need no call of the C library.
    if let (Some(first), Some(other_first)) = (name.first(), other.first())
        && first != other_first
    {
        return first < other_first;
    }
    match other.strip_prefix(name) {
        Some([next, ..]) => b'/' < *next,
        Some([]) => false,
        None => name < other,
    }
}

/// Iterates over the entries of a dirstate; after an error it is at its end.
#[derive(Debug)]
pub struct Iter<'a> {
    dirstate: &'a Dirstate,
    cursor: Cursor,
}

impl<'a> Iter<'a> {
    pub(super) fn new(dirstate: &'a Dirstate) -> Iter<'a> {
        Iter {
            dirstate,
            cursor: dirstate.cursor(),
        }
    }
}

impl<'a> Iterator for Iter<'a> {
    type Item = Result<Item<'a>>;

    fn next(&mut self) -> Option<Result<Item<'a>>> {
        self.cursor.advance(self.dirstate).transpose()
    }
}

//! A directory still to be visited, and how.
//! Visiting it belongs to `visit`.

use crate::Timestamp;
use crate::dirstate::record::Children;
use crate::dirstate::tree::Node;

/// A directory still to be visited.
#[derive(Debug)]
pub(crate) struct Task<'a> {
    pub(crate) path: DirPath<'a>,
    /// Its nodes in the dirstate.
    pub(crate) nodes: Children,
    pub(crate) how: How,
    /// Everything below matches: the matcher need not be asked.
    pub(crate) covered: bool,
    /// Whether it is ignored, where known.
    pub(crate) ignored: Option<bool>,
    /// Whether its modification time may be recorded, and the one that is.
    pub(crate) cache: Cache,
}

/// The path of a directory.
#[derive(Debug)]
pub(crate) enum DirPath<'a> {
    /// Known to the dirstate.
    Known(&'a [u8]),
    /// Found on disk.
    Found(Box<[u8]>),
}

impl DirPath<'_> {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            DirPath::Known(path) => path,
            DirPath::Found(path) => path,
        }
    }
}

/// How a directory is visited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// Only the files that the dirstate knows matter; the directory itself is not looked at.
    Probe,
    /// Its recorded modification time vouches that its children are those that the dirstate knows.
    Vouched,
    /// It has to be listed.
    List,
    /// It is not there.
    Gone,
}

/// What is recorded about the children of a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cache {
    /// Nothing may be.
    Never,
    /// Nothing is.
    Empty,
    /// That they were complete at this time.
    Since(Timestamp),
}

impl<'a> Task<'a> {
    /// The task of visiting the directory `node` inside this one.
    pub(crate) fn below(&self, node: &Node<'a>, how: How, cache: Cache) -> Task<'a> {
        Task {
            path: DirPath::Known(node.path),
            nodes: node.record.children,
            how,
            covered: self.covered,
            ignored: self.ignored.filter(|ignored| *ignored),
            cache,
        }
    }
}

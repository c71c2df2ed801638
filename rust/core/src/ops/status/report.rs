//! What a status operation answers: paths by kind, and the sources of copies.
//! How it was found out is the parent module's; how it looks is `render`.

use hyg_base::{PathList, RepoPath, RepoPathBuf};

/// What can be said about a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusKind {
    /// Content or flags differ.
    Modified,
    /// New.
    Added,
    /// No longer tracked.
    Removed,
    /// Tracked, but the file is gone.
    Deleted,
    /// Not tracked.
    Unknown,
    /// Not tracked and ignored.
    Ignored,
    /// Unchanged.
    Clean,
}

impl StatusKind {
    /// Every kind, in the order in which they are shown.
    pub const ALL: [StatusKind; 7] = [
        StatusKind::Modified,
        StatusKind::Added,
        StatusKind::Removed,
        StatusKind::Deleted,
        StatusKind::Unknown,
        StatusKind::Ignored,
        StatusKind::Clean,
    ];

    /// The letter that stands for it.
    pub fn letter(self) -> u8 {
        b"MAR!?IC"[self as usize]
    }
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StatusKinds(u8);

impl StatusKinds {
    /// No kind.
    pub const NONE: StatusKinds = StatusKinds(0);

    /// The same with one more kind.
    #[must_use]
    pub fn with(self, kind: StatusKind) -> StatusKinds {
        StatusKinds(self.0 | 1 << kind as u8)
    }

    /// Whether a kind belongs to the set.
    pub fn contains(self, kind: StatusKind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }

    /// Whether the set is empty.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl FromIterator<StatusKind> for StatusKinds {
    fn from_iter<I: IntoIterator<Item = StatusKind>>(kinds: I) -> StatusKinds {
        kinds.into_iter().fold(StatusKinds::NONE, StatusKinds::with)
    }
}

/// Sorted paths by kind. Kinds that were not asked for are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusReport {
    lists: [PathList; 7],
    copies: Vec<(RepoPathBuf, RepoPathBuf)>,
}

impl StatusReport {
    /// The paths of one kind.
    pub fn paths(&self, kind: StatusKind) -> &PathList {
        &self.lists[kind as usize]
    }

    /// The paths of one kind, to fill or to take.
    pub fn paths_mut(&mut self, kind: StatusKind) -> &mut PathList {
        &mut self.lists[kind as usize]
    }

    /// Copied files with their sources, sorted by file.
    pub fn copies(&self) -> &[(RepoPathBuf, RepoPathBuf)] {
        &self.copies
    }

    /// What a file was copied from, where it was.
    pub fn copy_source(&self, path: &RepoPath) -> Option<&RepoPath> {
        let found = self
            .copies
            .binary_search_by(|(file, _)| RepoPath::cmp(file, path));
        Some(&self.copies[found.ok()?].1)
    }

    /// Says what was copied from where.
    pub fn set_copies(&mut self, mut copies: Vec<(RepoPathBuf, RepoPathBuf)>) {
        copies.sort_unstable();
        self.copies = copies;
    }

    /// Brings every list into byte order.
    pub fn sort(&mut self) {
        self.lists.iter_mut().for_each(PathList::sort);
    }
}

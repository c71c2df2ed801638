//! Paths that several owners read at once: a list of its own, one group of a status report, or what a dirstate tracks.
//! It lets them reach Python as a sequence or an Arrow column without being copied out of where they lie.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use hyg_base::PathList;
use hyg_core::ops::files::KeptPaths;
use hyg_core::ops::status::{StatusKind, StatusReport};
use hyg_core::render::{FilesView, PathDisplay, files_piece};
use hyg_core::worktree::dirstate::{Lines, TrackedFiles};

/// A shared, immutable list of paths.
#[derive(Clone)]
pub(crate) enum SharedPaths {
    /// A list by itself.
    Own(Arc<PathList>),
    /// One kind of a report.
    Group(Arc<StatusReport>, StatusKind),
    /// Tracked files where they lie; a list when somebody wants to have one.
    Tracked(Arc<(TrackedFiles, OnceLock<PathList>)>),
}

impl SharedPaths {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        match self {
            SharedPaths::Tracked(held) => held.0.get().len(),
            other => other.deref().len(),
        }
    }

    /// Whether it takes no time to have a list.
    pub(crate) fn is_list(&self) -> bool {
        match self {
            SharedPaths::Tracked(held) => held.1.get().is_some(),
            _ => true,
        }
    }

    /// Lines of about `size` bytes, of the paths from `start` on, into `piece`; how many paths that were.
    pub(crate) fn piece(
        &self,
        view: &FilesView<'_>,
        start: usize,
        size: usize,
        piece: &mut Piece,
    ) -> usize {
        piece.text.clear();
        let out = &mut piece.text;
        match self {
            SharedPaths::Tracked(held) => {
                let tracked = held.0.get();
                if size > Piece::LARGE || *view.display != PathDisplay::FromRoot {
                    return files_piece(tracked.iter_from(start), view, size, out);
                }
                let lines = piece.lines.get_or_insert_with(|| Lines::with_room(size));
                tracked.lines_from(start, view.end, lines);
                lines.count()
            }
            other => {
                let list = other.deref();
                let paths = (start..list.len()).map(|at| list.at(at));
                files_piece(paths, view, size, out)
            }
        }
    }
}

/// Finished lines, in one of two kinds of room that are used again and again.
#[derive(Default)]
pub(crate) struct Piece {
    lines: Option<Lines>,
    text: Vec<u8>,
}

impl Piece {
    /// Past this size, room is made as it is needed.
    const LARGE: usize = 1 << 20;

    /// The lines.
    pub(crate) fn bytes(&self) -> &[u8] {
        match &self.lines {
            Some(lines) => lines.bytes(),
            None => &self.text,
        }
    }
}

impl From<PathList> for SharedPaths {
    fn from(list: PathList) -> SharedPaths {
        SharedPaths::Own(Arc::new(list))
    }
}

impl From<KeptPaths> for SharedPaths {
    fn from(paths: KeptPaths) -> SharedPaths {
        match paths {
            KeptPaths::List(list) => list.into(),
            KeptPaths::Tracked(files) => SharedPaths::Tracked(Arc::new((files, OnceLock::new()))),
        }
    }
}

impl Deref for SharedPaths {
    type Target = PathList;

    fn deref(&self) -> &PathList {
        match self {
            SharedPaths::Own(list) => list,
            SharedPaths::Group(report, kind) => report.paths(*kind),
            SharedPaths::Tracked(held) => held.1.get_or_init(|| held.0.get().iter().collect()),
        }
    }
}

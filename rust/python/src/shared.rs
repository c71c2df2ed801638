//! Paths that several owners read at once: a list of its own, one group of a status report, or what a dirstate tracks.
//! It lets them reach Python as a sequence or an Arrow column without being copied out of where they lie.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use hyg_base::PathList;
use hyg_core::ops::files::KeptPaths;
use hyg_core::ops::status::{StatusKind, StatusReport};
use hyg_core::render::{FilesView, files_piece};
use hyg_core::worktree::dirstate::TrackedFiles;

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

    /// Lines of about `size` bytes into `out`, of the paths from `start` on; how many paths that were.
    pub(crate) fn piece(
        &self,
        view: &FilesView<'_>,
        start: usize,
        size: usize,
        out: &mut Vec<u8>,
    ) -> usize {
        match self {
            SharedPaths::Tracked(held) => {
                files_piece(held.0.get().iter_from(start), view, size, out)
            }
            other => {
                let list = other.deref();
                let paths = (start..list.len()).map(|at| list.at(at));
                files_piece(paths, view, size, out)
            }
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

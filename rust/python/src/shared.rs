//! Paths that several owners read at once: a list of its own, or one group of a status report.
//! It lets a group reach Python as a sequence or an Arrow column without being copied out of its report.

use std::ops::Deref;
use std::sync::Arc;

use hyg_base::PathList;
use hyg_core::ops::status::{StatusKind, StatusReport};

/// A shared, immutable list of paths.
#[derive(Clone)]
pub(crate) enum SharedPaths {
    /// A list by itself.
    Own(Arc<PathList>),
    /// One kind of a report.
    Group(Arc<StatusReport>, StatusKind),
}

impl From<PathList> for SharedPaths {
    fn from(list: PathList) -> SharedPaths {
        SharedPaths::Own(Arc::new(list))
    }
}

impl Deref for SharedPaths {
    type Target = PathList;

    fn deref(&self) -> &PathList {
        match self {
            SharedPaths::Own(list) => list,
            SharedPaths::Group(report, kind) => report.paths(*kind),
        }
    }
}

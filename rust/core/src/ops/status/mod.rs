//! What has changed: between the working directory and a revision, or between two revisions.
//! The walk itself is the worktree crate's; this module resolves its doubts against stored contents.

mod report;

pub use report::{StatusKind, StatusKinds, StatusReport};

//! What files go through between the disk and the store, where somebody configured that; the filters themselves are
//! Python's. Without any, nothing here is called.

use hyg_base::{RepoPath, Result};

/// Filters of contents, by path.
pub trait ContentFilter: Send + Sync {
    /// What is stored of a file that has this content on disk.
    ///
    /// # Errors
    /// A filter failed.
    fn read_filtered(&self, path: &RepoPath, data: Vec<u8>) -> Result<Vec<u8>>;

    /// What is written to disk of a file that is stored with this content.
    ///
    /// # Errors
    /// A filter failed.
    fn to_disk(&self, path: &RepoPath, data: Vec<u8>) -> Result<Vec<u8>>;
}

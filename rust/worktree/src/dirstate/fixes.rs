//! What a status run learnt that the dirstate could remember: files found clean, and directories found complete.
//! Writing it down belongs to `store_fixes`.

use hyg_base::{PathList, RepoPath, RepoPathBuf};

use super::Seen;
use crate::Timestamp;

/// A file whose content was compared and found unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CleanFile {
    /// Path of the file.
    pub path: RepoPathBuf,
    /// Its mode, as `stat` gives it.
    pub mode: u32,
    /// Its size.
    pub size: u64,
    /// Its modification time, already judged reliable.
    pub mtime: Timestamp,
}

/// Proposed changes to a dirstate. None of them matters to what the repository means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fixes {
    /// Files found clean.
    pub clean: Vec<CleanFile>,
    /// Directories without unknown children, in any order.
    pub directories: PathList,
    /// For each of `directories` its modification time, already judged reliable.
    pub directory_times: Vec<Timestamp>,
    /// Set where the ignore patterns differ from those under which directory times were recorded: the new hash. All
    /// recorded times that are not among `directories` are forgotten then.
    pub new_ignore_hash: Option<[u8; 20]>,
}

impl Fixes {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.clean.is_empty() && self.directories.is_empty() && self.new_ignore_hash.is_none()
    }

    /// Proposes to record a file as clean that looked like this before its content was compared; proposes nothing where
    /// it could have changed within the same tick. `boundary` is the file system's time before the walk.
    pub fn confirm_clean(&mut self, path: &RepoPath, seen: &Seen, boundary: Option<Timestamp>) {
        let time = seen.mtime.zip(boundary);
        if let Some(mtime) = time.and_then(|(mtime, boundary)| mtime.reliable(boundary)) {
            self.clean.push(CleanFile {
                path: path.to_buf(),
                mode: seen.mode,
                size: seen.size,
                mtime,
            });
        }
    }
}

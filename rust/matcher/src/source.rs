//! How pattern files and facts about the file system reach this crate.
//! Reading the disk belongs to whoever implements the trait.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use hyg_base::{RepoPath, Result};

/// What building a matcher may ask about the world.
pub trait PatternSource: Send + Sync {
    /// The contents of the file at an absolute path.
    ///
    /// # Errors
    /// What the operating system answered.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// Whether both paths lead to the same existing file or directory (device and inode).
    /// Asked only where a path is not below the root by its spelling.
    fn same_file(&self, left: &Path, right: &Path) -> bool;

    /// Checks on disk that a path named by the user stays inside the repository (no symbolic link on the way, no
    /// nested repository). What the spelling alone forbids has been checked before.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::IllegalPath`].
    fn audit(&self, path: &RepoPath) -> Result<()> {
        let _ = path;
        Ok(())
    }
}

/// A world without files.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoSource;

impl PatternSource for NoSource {
    fn read(&self, _path: &Path) -> io::Result<Vec<u8>> {
        Err(io::Error::from_raw_os_error(2))
    }

    fn same_file(&self, left: &Path, right: &Path) -> bool {
        left == right
    }
}

/// Files held in memory, by absolute path.
#[derive(Clone, Debug, Default)]
pub struct MemorySource {
    files: HashMap<PathBuf, Vec<u8>>,
}

impl MemorySource {
    /// A source that holds these files.
    pub fn new<P: Into<PathBuf>, D: Into<Vec<u8>>>(
        files: impl IntoIterator<Item = (P, D)>,
    ) -> MemorySource {
        let files = files.into_iter();
        MemorySource {
            files: files
                .map(|(path, data)| (path.into(), data.into()))
                .collect(),
        }
    }
}

impl PatternSource for MemorySource {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        match self.files.get(path) {
            Some(data) => Ok(data.clone()),
            None => Err(io::Error::from_raw_os_error(2)),
        }
    }

    fn same_file(&self, left: &Path, right: &Path) -> bool {
        left == right
    }
}

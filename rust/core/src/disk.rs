//! The disk as matchers see it: pattern files, the identity of directories, and the audit of paths that users name.
//! What a pattern means is the matcher crate's.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use hyg_base::{Error, ErrorId, RepoPath, Result};
use hyg_matcher::PatternSource;

/// Files below the root of a repository and anywhere else.
#[derive(Clone, Debug)]
pub struct DiskSource {
    root: PathBuf,
    audits: bool,
}

impl DiskSource {
    /// For patterns about files of the working directory: named paths may not lead out of it.
    pub fn for_working_copy(root: &Path) -> DiskSource {
        DiskSource {
            root: root.to_path_buf(),
            audits: true,
        }
    }

    /// For patterns about files of a revision: what lies on disk under their names does not matter.
    pub fn for_revision(root: &Path) -> DiskSource {
        DiskSource {
            root: root.to_path_buf(),
            audits: false,
        }
    }
}

impl PatternSource for DiskSource {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn same_file(&self, left: &Path, right: &Path) -> bool {
        match (std::fs::metadata(left), std::fs::metadata(right)) {
            (Ok(left), Ok(right)) => (left.dev(), left.ino()) == (right.dev(), right.ino()),
            _ => false,
        }
    }

    fn audit(&self, path: &RepoPath) -> Result<()> {
        if !self.audits {
            return Ok(());
        }
        let mut above: Vec<&RepoPath> = path.ancestors().collect();
        above.retain(|directory| !directory.is_root());
        for directory in above.into_iter().rev() {
            let full = self.root.join(directory.as_path());
            let Ok(about) = std::fs::symlink_metadata(&full) else {
                continue;
            };
            let (problem, at) = if about.is_symlink() {
                ("path traverses symbolic link", "link")
            } else if about.is_dir() && full.join(".hg").is_dir() {
                ("path is inside nested repo", "nested")
            } else {
                continue;
            };
            return Err(Error::new(ErrorId::IllegalPath)
                .with("path", path.as_bytes())
                .with("problem", problem)
                .with(at, directory.as_bytes()));
        }
        Ok(())
    }
}

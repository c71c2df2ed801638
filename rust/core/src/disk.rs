//! The disk as matchers see it: pattern files, the identity of directories, and the audit of paths that users name.
//! What a pattern means is the matcher crate's.

use std::collections::HashMap;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use hyg_base::{Error, ErrorId, RepoPath, RepoPathBuf, Result};
use hyg_matcher::PatternSource;

/// Files below the root of a repository and anywhere else.
#[derive(Clone, Debug)]
pub struct DiskSource {
    root: PathBuf,
    audits: bool,
    /// What was found of directories, where they do not change meanwhile.
    looked: Option<Arc<Mutex<HashMap<RepoPathBuf, bool>>>>,
}

impl DiskSource {
    /// For patterns about files of the working directory: named paths may not lead out of it.
    pub fn for_working_copy(root: &Path) -> DiskSource {
        DiskSource {
            root: root.to_path_buf(),
            audits: true,
            looked: None,
        }
    }

    /// The same for many paths of which the directories are not changed meanwhile: each of these is looked at once.
    #[must_use]
    pub fn looking_once(mut self) -> DiskSource {
        self.looked = Some(Arc::default());
        self
    }

    /// Whether there is something at a directory's path; what may not be there is an error.
    fn look(&self, directory: &RepoPath, path: &RepoPath) -> Result<bool> {
        let full = self.root.join(directory.as_path());
        let Ok(about) = std::fs::symlink_metadata(&full) else {
            return Ok(false);
        };
        let (problem, at) = if about.is_symlink() {
            ("path traverses symbolic link", "link")
        } else if about.is_dir() && full.join(".hg").is_dir() {
            ("path is inside nested repo", "nested")
        } else {
            return Ok(true);
        };
        Err(Error::new(ErrorId::IllegalPath)
            .with("path", path.as_bytes())
            .with("problem", problem)
            .with(at, directory.as_bytes()))
    }

    /// For patterns about files of a revision: what lies on disk under their names does not matter.
    pub fn for_revision(root: &Path) -> DiskSource {
        DiskSource {
            root: root.to_path_buf(),
            audits: false,
            looked: None,
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
        let looked = self.looked.as_ref().map(|looked| looked.lock());
        let mut known = looked.and_then(std::result::Result::ok);
        let mut above: Vec<&RepoPath> = Vec::new();
        let mut is_there = true;
        for directory in path.ancestors().filter(|directory| !directory.is_root()) {
            if let Some(answer) = known.as_ref().and_then(|known| known.get(directory)) {
                is_there = *answer;
                break;
            }
            above.push(directory);
        }
        for directory in above.into_iter().rev() {
            // Below what is missing is nothing.
            is_there = is_there && self.look(directory, path)?;
            if let Some(known) = &mut known {
                known.insert(directory.to_buf(), is_there);
            }
        }
        Ok(())
    }
}

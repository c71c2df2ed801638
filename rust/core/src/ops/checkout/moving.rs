//! What takes a working copy that is as one revision has it to another revision; only where nothing untracked is in the way.
//! What becomes of changed and untracked files is decided in Python, which asks here first.

use std::collections::HashMap;
use std::fs;
use std::io::ErrorKind;

use hyg_base::{RepoPath, RepoPathBuf, Result, Rev};
use hyg_store::manifest::FileEntry;

use super::{CheckoutRequest, FileToWrite};
use crate::repo::Repo;

/// The plan from `from`, as which the working copy is, to `to`; `None` where something stands at the place of a new file or of
/// a directory that it needs.
///
/// # Errors
/// Whatever reading manifests answers.
pub fn plan_move(repo: &Repo, from: Rev, to: Rev) -> Result<Option<CheckoutRequest>> {
    let (old, new) = (repo.manifest_of(from)?, repo.manifest_of(to)?);
    let mut plan = CheckoutRequest::default();
    let mut places = Places {
        repo,
        directories: HashMap::new(),
    };
    let mut is_free = true;
    old.diff(&new, &mut |difference| {
        let path = difference.path;
        match (difference.left, difference.right) {
            (Some(_), None) => plan.remove.push(path.to_buf()),
            (Some(old), Some(new))
                if old.node == new.node && !old.flags.is_link() && !new.flags.is_link() =>
            {
                plan.set_flags.push((path.to_buf(), flag(&new)));
            }
            (old, Some(new)) => {
                is_free = is_free && (old.is_some() || places.is_free(path));
                plan.write.push(FileToWrite {
                    path: path.to_buf(),
                    node: new.node,
                    flag: flag(&new),
                    data: None,
                });
            }
            (None, None) => {}
        }
        Ok(())
    })?;
    Ok(is_free.then_some(plan))
}

fn flag(entry: &FileEntry) -> Option<u8> {
    entry.flags.as_str().bytes().next()
}

/// What stands at a path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Nothing,
    Directory,
    Other,
}

/// Looks at places of new files; at each directory once.
struct Places<'a> {
    repo: &'a Repo,
    directories: HashMap<RepoPathBuf, Place>,
}

impl Places<'_> {
    fn look(&self, path: &RepoPath) -> Place {
        match fs::symlink_metadata(self.repo.root().join(path.as_path())) {
            Ok(about) if about.is_dir() => Place::Directory,
            Err(error) if error.kind() == ErrorKind::NotFound => Place::Nothing,
            _ => Place::Other,
        }
    }

    fn directory(&mut self, path: &RepoPath) -> Place {
        if path.is_root() {
            return Place::Directory;
        }
        if let Some(known) = self.directories.get(path) {
            return *known;
        }
        let place = match self.directory(path.split_last().0) {
            Place::Directory => self.look(path),
            above => above,
        };
        self.directories.insert(path.to_buf(), place);
        place
    }

    fn is_free(&mut self, path: &RepoPath) -> bool {
        match self.directory(path.split_last().0) {
            Place::Nothing => true,
            Place::Directory => self.look(path) == Place::Nothing,
            Place::Other => false,
        }
    }
}

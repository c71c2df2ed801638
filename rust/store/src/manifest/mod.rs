//! Manifests: which file revisions a changeset consists of, as one list or as a tree of directories
//! (format: `docs/formats/manifest.md`). What the file revisions contain is the filelogs' matter.

mod diff;
pub mod edit;
mod lines;
#[cfg(test)]
mod tests;
mod tree;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use hyg_base::{Error, Node, RepoPath, Result, Rev};

use crate::Blob;
use crate::layout::RepoLayout;
use crate::requirements::{PERSISTENT_NODEMAP, TREEMANIFEST};
use crate::revlog::{Kind, Options, Revlog};
use crate::vfs::Vfs;
pub use diff::Difference;
pub use lines::{Flags, Line, Lines};
pub use tree::Walk;

/// All manifests of a repository.
pub struct ManifestLog {
    vfs: Arc<dyn Vfs>,
    nodemap: bool,
    tree: bool,
    root: Arc<Revlog>,
    /// Revlogs of directories, by path with a slash at the end.
    dirs: Mutex<HashMap<Vec<u8>, Arc<Revlog>>>,
}

impl std::fmt::Debug for ManifestLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ManifestLog({:?}, tree: {})", self.root, self.tree)
    }
}

/// What a manifest says about one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileEntry {
    /// The file revision.
    pub node: Node,
    /// Executable, symbolic link, or neither.
    pub flags: Flags,
}

impl ManifestLog {
    /// Opens the manifests of a store.
    ///
    /// # Errors
    /// As [`Revlog::open`].
    pub fn open(vfs: Arc<dyn Vfs>, tree: bool, nodemap: bool) -> Result<ManifestLog> {
        let root = Arc::new(open_revlog(&vfs, b"", nodemap)?);
        Ok(ManifestLog {
            vfs,
            nodemap,
            tree,
            root,
            dirs: Mutex::default(),
        })
    }

    /// Opens the manifests of a repository.
    ///
    /// # Errors
    /// As [`Revlog::open`].
    pub fn of(layout: &RepoLayout) -> Result<ManifestLog> {
        let has = |name| layout.requirements.contains(name);
        ManifestLog::open(
            layout.store_vfs(),
            has(TREEMANIFEST),
            has(PERSISTENT_NODEMAP),
        )
    }

    /// The revlog of the root.
    pub fn revlog(&self) -> &Arc<Revlog> {
        &self.root
    }

    /// The revlog of a directory (path with a slash at the end; empty for the root).
    ///
    /// # Errors
    /// As [`Revlog::open`].
    pub fn dir_revlog(&self, dir: &[u8]) -> Result<Arc<Revlog>> {
        if dir.is_empty() {
            return Ok(self.root.clone());
        }
        let known = self
            .dirs
            .lock()
            .ok()
            .and_then(|dirs| dirs.get(dir).cloned());
        if let Some(known) = known {
            return Ok(known);
        }
        let opened = Arc::new(open_revlog(&self.vfs, dir, self.nodemap)?);
        if let Ok(mut dirs) = self.dirs.lock() {
            dirs.insert(dir.to_vec(), opened.clone());
        }
        Ok(opened)
    }

    /// The manifest that has `node`; the null node is that of the empty one.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::UnknownNode`]; as [`Revlog::revision`].
    pub fn read(self: &Arc<Self>, node: &Node) -> Result<Manifest> {
        self.read_rev(self.root.rev(node)?)
    }

    /// The manifest of a manifest revision.
    ///
    /// # Errors
    /// As [`Revlog::revision`].
    pub fn read_rev(self: &Arc<Self>, rev: Rev) -> Result<Manifest> {
        let text = self.root.revision(rev)?;
        let log = self.clone();
        Ok(Manifest { log, rev, text })
    }

    /// The text of a directory's manifest.
    fn dir_text(&self, dir: &[u8], node: &Node) -> Result<(Rev, Blob)> {
        let revlog = self.dir_revlog(dir)?;
        let rev = revlog.rev(node)?;
        Ok((rev, revlog.revision(rev)?))
    }

    /// Adds to a problem within a manifest text which manifest it is.
    fn place(&self, dir: &[u8], rev: Rev, error: Error) -> Error {
        let revlog = self.dir_revlog(dir);
        match revlog.as_ref().map(|revlog| (revlog, revlog.entry(rev))) {
            Ok((revlog, Ok(entry))) => revlog.place(error, &entry),
            _ => error.with("path", radix(dir)),
        }
    }
}

/// The name of the revlog of a directory.
pub fn radix(dir: &[u8]) -> Vec<u8> {
    match dir {
        b"" => b"00manifest".to_vec(),
        dir => [b"meta/", dir, b"00manifest"].concat(),
    }
}

/// Opens the manifests of a directory (path with a slash at the end; empty for the root).
///
/// # Errors
/// As [`Revlog::open`].
pub fn open_revlog(vfs: &Arc<dyn Vfs>, dir: &[u8], nodemap: bool) -> Result<Revlog> {
    let radix = radix(dir);
    let options = Options {
        kind: Kind::Manifest,
        name: radix.clone(),
        nodemap,
    };
    Revlog::open(vfs.clone(), &radix, options)
}

/// One manifest. Its text is read; directories of a tree are read when they are needed.
#[derive(Clone, Debug)]
pub struct Manifest {
    log: Arc<ManifestLog>,
    rev: Rev,
    text: Blob,
}

impl Manifest {
    /// Whether each directory has a manifest of its own.
    pub fn is_tree(&self) -> bool {
        self.log.tree
    }

    /// What the manifest says about `path`.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::CorruptRevision`] (facts `path`, `rev`, `node`, `problem`, `offset`) where the search comes
    /// upon a line that is none; as [`Revlog::revision`] for directories.
    pub fn get(&self, path: &RepoPath) -> Result<Option<FileEntry>> {
        match self.log.tree {
            true => self.get_in_tree(path.as_bytes()),
            false => self.find(&self.text, b"", self.rev, path.as_bytes()),
        }
    }

    fn find(&self, text: &[u8], dir: &[u8], rev: Rev, name: &[u8]) -> Result<Option<FileEntry>> {
        let line = Lines::find(text, name).map_err(|error| self.log.place(dir, rev, error))?;
        line.filter(|line| !line.flags().is_dir() || !self.log.tree)
            .map(|line| {
                line.entry()
                    .map_err(|error| self.log.place(dir, rev, error))
            })
            .transpose()
    }

    /// All files in the order of their paths.
    ///
    /// # Errors
    /// None yet; the walk itself may fail.
    pub fn walk(&self) -> Result<Walk<'_>> {
        Walk::new(self)
    }

    /// The lines of a manifest that is one list, in place: the fastest way through it. `None` for a tree.
    pub fn lines(&self) -> Option<Lines<'_>> {
        (!self.log.tree).then(|| Lines::new(&self.text))
    }

    /// Adds to an error from [`Manifest::lines`] which manifest it is.
    pub fn place(&self, error: Error) -> Error {
        self.log.place(b"", self.rev, error)
    }

    /// How many files there are.
    ///
    /// # Errors
    /// As [`Walk::advance`].
    pub fn count(&self) -> Result<usize> {
        let mut walk = self.walk()?;
        let mut count = 0;
        while walk.advance()?.is_some() {
            count += 1;
        }
        Ok(count)
    }

    /// The text of a manifest that is one list, or of the root of a tree.
    pub fn text(&self) -> &Blob {
        &self.text
    }
}

//! Manifests: which file revisions a changeset consists of, as one list or as a tree of directories
//! (format: `docs/formats/manifest.md`). What the file revisions contain is the filelogs' matter.

mod diff;
pub mod edit;
mod kept;
mod lines;
#[cfg(test)]
mod tests;
mod tree;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use hyg_base::{Error, Node, RepoPath, Result, Rev};

use crate::Blob;
use crate::layout::RepoLayout;
use crate::requirements::{PERSISTENT_NODEMAP, TREEMANIFEST};
use crate::revlog::{Kind, Options, Revlog};
use crate::vfs::Vfs;
pub use diff::Difference;
use kept::{Kept, Shelf};
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
    /// Where full texts of big manifests are kept; not for trees, whose texts are short.
    shelf: Option<Shelf>,
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
            shelf: None,
        })
    }

    /// Opens the manifests of a repository.
    ///
    /// # Errors
    /// As [`Revlog::open`].
    pub fn of(layout: &RepoLayout) -> Result<ManifestLog> {
        let has = |name| layout.requirements.contains(name);
        let tree = has(TREEMANIFEST);
        let log = ManifestLog::open(layout.store_vfs(), tree, has(PERSISTENT_NODEMAP))?;
        Ok(match tree {
            true => log,
            false => log.keeping_texts_in(&layout.wcache()),
        })
    }

    /// The same with a cache of full texts below a directory.
    #[must_use]
    fn keeping_texts_in(self, wcache: &std::path::Path) -> ManifestLog {
        ManifestLog {
            shelf: Some(Shelf::in_wcache(wcache)),
            ..self
        }
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
        match self.kept(rev) {
            Some(kept) => Ok(self.manifest(rev, Some(kept), OnceLock::new())),
            None => Ok(self.manifest(rev, None, self.root.revision(rev)?.into())),
        }
    }

    /// As [`ManifestLog::read`], of a manifest that will be asked for again: the text of a big one is kept.
    ///
    /// # Errors
    /// As [`ManifestLog::read`].
    pub fn read_to_keep(self: &Arc<Self>, node: &Node) -> Result<Manifest> {
        let rev = self.root.rev(node)?;
        match (&self.shelf, self.kept(rev)) {
            (Some(shelf), None) if self.is_worth_keeping(rev) => {
                let write = |text: &Blob| shelf.write(node, text);
                let (text, written) = self.root.revision_while(rev, write)?;
                // Without an answer the text was known from before.
                if let Some(unnamed) = written.unwrap_or_else(|| shelf.write(node, &text)) {
                    unnamed.name(shelf);
                }
                Ok(self.manifest(rev, None, text.into()))
            }
            (_, Some(kept)) => Ok(self.manifest(rev, Some(kept), OnceLock::new())),
            (_, None) => self.read_rev(rev),
        }
    }

    fn is_worth_keeping(&self, rev: Rev) -> bool {
        let len = self.root.entry(rev).map(|entry| entry.uncompressed_len());
        len.is_ok_and(|len| usize::try_from(len).is_ok_and(|len| len >= kept::WORTH_KEEPING))
    }

    fn kept(&self, rev: Rev) -> Option<Kept> {
        let shelf = self.shelf.as_ref().filter(|_| self.is_worth_keeping(rev))?;
        let entry = self.root.entry(rev).ok()?;
        // What the flags say about the text is for the revlog to deal with.
        if !self.root.is_plain(&entry) {
            return None;
        }
        shelf.open(
            &entry.node(),
            usize::try_from(entry.uncompressed_len()).ok()?,
        )
    }

    fn manifest(self: &Arc<Self>, rev: Rev, kept: Option<Kept>, text: OnceLock<Blob>) -> Manifest {
        Manifest {
            log: self.clone(),
            rev,
            text,
            kept: kept.map(Arc::new),
        }
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
    text: OnceLock<Blob>,
    /// The text as it is kept, if it is.
    kept: Option<Arc<Kept>>,
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
            false => match self.kept.as_ref().and_then(|kept| kept.find(path)) {
                Some(line) => line.map(|line| line.entry()).transpose(),
                None => self.find(self.whole()?, b"", self.rev, path.as_bytes()),
            }
            .map_err(|error| self.place(error)),
        }
    }

    /// The whole text.
    fn whole(&self) -> Result<&Blob> {
        if let Some(text) = self.text.get() {
            return Ok(text);
        }
        let kept = self.kept.as_ref().and_then(|kept| kept.whole());
        let text = match kept {
            Some(text) => text.clone(),
            None => self.log.root.revision(self.rev)?,
        };
        Ok(self.text.get_or_init(|| text))
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
    ///
    /// # Errors
    /// As [`Revlog::revision`].
    pub fn lines(&self) -> Result<Option<Lines<'_>>> {
        match self.log.tree {
            true => Ok(None),
            false => Ok(Some(Lines::new(self.whole()?))),
        }
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
    ///
    /// # Errors
    /// As [`Revlog::revision`].
    pub fn text(&self) -> Result<&Blob> {
        self.whole()
    }
}

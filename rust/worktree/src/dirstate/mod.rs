//! The dirstate: what the repository remembers about the working copy, in both formats, behind one set of questions.
//! Comparing it with the disk belongs to `status`; nothing here looks at working copy files.

mod alter;
mod build;
mod cursor;
mod data_file;
mod docket;
mod edit;
mod fixes;
mod lines;
mod new;
mod publish;
pub(crate) mod record;
mod rewrite;
mod store_fixes;
mod tracked;
pub(crate) mod tree;
mod v1;

use std::io;
use std::path::{Path, PathBuf};

use hyg_base::{Error, ErrorId, Node, RepoPath, Result};
use hyg_store::layout::RepoLayout;
use hyg_store::requirements::DIRSTATE_V2;

pub use cursor::{Cursor, Item, Iter};
pub use docket::DocketFacts;
pub use edit::{Editor, Facts, Seen, Written};
pub use fixes::{CleanFile, Fixes};
pub use lines::Lines;
pub use new::{NewDirstate, NewItem};
pub use publish::replace as replace_file;
pub use store_fixes::{FixOutcome, write_fixes};
pub use tracked::{Tracked, TrackedFiles};

use crate::Entry;
use crate::bytes::FileBytes;
use docket::Docket;
use tree::TreeView;

/// How often reading starts again when another process replaced the data file meanwhile.
const READ_ATTEMPTS: u32 = 5;

/// Which format a dirstate has on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One flat file.
    V1,
    /// A docket and a data file.
    V2,
}

/// A dirstate as it was when it was read. It does not change; writing makes a new one.
#[derive(Debug)]
pub struct Dirstate {
    dot_hg: PathBuf,
    /// The file that nodes come from, for errors.
    file: PathBuf,
    format: Format,
    /// The bytes of `.hg/dirstate`; for the second format the docket.
    main: FileBytes,
    /// The data file of the second format, or the nodes made for the first.
    nodes: FileBytes,
    docket: Docket,
}

impl Dirstate {
    /// Reads the dirstate of a working copy. A missing file is an empty dirstate.
    ///
    /// # Errors
    /// As for [`Dirstate::open_in`].
    pub fn open(layout: &RepoLayout) -> Result<Dirstate> {
        let v2 = layout.requirements.contains(DIRSTATE_V2);
        Dirstate::open_in(&layout.dot_hg, v2)
    }

    /// Reads the dirstate in the directory `dot_hg`; `v2` says whether the repository's requirements name the second
    /// format. A missing file is an empty dirstate.
    ///
    /// # Errors
    /// [`ErrorId::CorruptFile`], [`ErrorId::Io`], and [`ErrorId::ChangedUnderneath`] where the data file was replaced
    /// again and again while it was read.
    pub fn open_in(dot_hg: &Path, v2: bool) -> Result<Dirstate> {
        let path = dot_hg.join("dirstate");
        for _ in 0..READ_ATTEMPTS {
            let main = match FileBytes::open(&path) {
                Ok(main) => main,
                Err(error) if error.kind() == io::ErrorKind::NotFound => FileBytes::default(),
                Err(error) => return Err(Error::io(&path, "read", &error)),
            };
            if !v2 || !(main.is_empty() || main.starts_with(docket::MARKER)) {
                // A repository may have been left with the first format although it asks for the second.
                return Dirstate::from_v1(dot_hg, path, main);
            }
            if let Some(dirstate) = Dirstate::from_v2(dot_hg, &path, main)? {
                return Ok(dirstate);
            }
        }
        Err(Error::new(ErrorId::ChangedUnderneath).with("path", path.as_path()))
    }

    /// What the docket of a working copy says, itself read and nothing else. `None` in the first format; a file that was
    /// never written says nothing, but has the second format if the repository asks for it.
    ///
    /// # Errors
    /// [`ErrorId::CorruptFile`], [`ErrorId::Io`].
    pub fn docket_facts(layout: &RepoLayout) -> Result<Option<DocketFacts>> {
        if !layout.requirements.contains(DIRSTATE_V2) {
            return Ok(None);
        }
        let path = layout.dot_hg.join("dirstate");
        let main = match FileBytes::open(&path) {
            Ok(main) => main,
            Err(error) if error.kind() == io::ErrorKind::NotFound => FileBytes::default(),
            Err(error) => return Err(Error::io(&path, "read", &error)),
        };
        if main.is_empty() {
            return Ok(Some(Docket::empty().into()));
        }
        match main.starts_with(docket::MARKER) {
            true => Ok(Some(Docket::parse(&main, &path)?.into())),
            false => Ok(None),
        }
    }

    fn from_v1(dot_hg: &Path, path: PathBuf, main: FileBytes) -> Result<Dirstate> {
        let parsed = v1::parse(&main, &path)?;
        Ok(Dirstate {
            dot_hg: dot_hg.to_path_buf(),
            file: path,
            format: Format::V1,
            nodes: FileBytes::from(parsed.nodes),
            docket: Docket {
                parents: parsed.parents,
                root: parsed.root,
                unreachable: 0,
                ignore_hash: [0; 20],
                data_size: 0,
                uuid: Vec::new(),
            },
            main,
        })
    }

    /// `None` where the data file is gone, so that the docket must be read again.
    fn from_v2(dot_hg: &Path, path: &Path, main: FileBytes) -> Result<Option<Dirstate>> {
        let docket = if main.is_empty() {
            Docket::empty()
        } else {
            Docket::parse(&main, path)?
        };
        let mut file = path.to_path_buf();
        let mut nodes = FileBytes::default();
        if !docket.uuid.is_empty() {
            file = dot_hg.join(docket.data_file());
            nodes = match FileBytes::open(&file) {
                Ok(nodes) => nodes,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(Error::io(&file, "read", &error)),
            };
            if !nodes.truncate(docket.data_size as usize) {
                return Err(Error::corrupt_file(&file, "shorter than its docket says")
                    .with("offset", nodes.len()));
            }
        }
        Ok(Some(Dirstate {
            dot_hg: dot_hg.to_path_buf(),
            file,
            format: Format::V2,
            main,
            nodes,
            docket,
        }))
    }

    /// The parents of the working copy.
    pub fn parents(&self) -> [Node; 2] {
        self.docket.parents
    }

    /// The format on disk.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The directory it was read from.
    pub fn dot_hg(&self) -> &Path {
        &self.dot_hg
    }

    /// How many entries there are, as the dirstate itself says.
    pub fn len(&self) -> usize {
        self.docket.root.entries as usize
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many entries have a copy source, as the dirstate itself says.
    pub fn copies_len(&self) -> usize {
        self.docket.root.copies as usize
    }

    /// Hash of the ignore patterns under which directory times were recorded; zeros where none were.
    pub fn ignore_hash(&self) -> [u8; 20] {
        self.docket.ignore_hash
    }

    /// The entry of `path`.
    ///
    /// # Errors
    /// [`ErrorId::CorruptFile`].
    pub fn get(&self, path: &RepoPath) -> Result<Option<Entry>> {
        let node = self
            .view()
            .find(self.docket.root.children, path.as_bytes())?;
        Ok(node.and_then(|node| self.entry_of(&node)))
    }

    /// What `path` was copied from.
    ///
    /// # Errors
    /// [`ErrorId::CorruptFile`].
    pub fn copy_source(&self, path: &RepoPath) -> Result<Option<&RepoPath>> {
        let view = self.view();
        match view.find(self.docket.root.children, path.as_bytes())? {
            Some(node) if node.record.has_entry() => {
                Ok(view.copy_source(&node.record)?.map(RepoPath::new))
            }
            _ => Ok(None),
        }
    }

    /// Whether an entry lies below the directory `path`.
    ///
    /// # Errors
    /// [`ErrorId::CorruptFile`].
    pub fn has_directory(&self, path: &RepoPath) -> Result<bool> {
        if path.is_root() {
            return Ok(!self.is_empty());
        }
        let node = self
            .view()
            .find(self.docket.root.children, path.as_bytes())?;
        Ok(node.is_some_and(|node| node.record.with_entry > 0))
    }

    /// How many files below the directory `path` are tracked.
    ///
    /// # Errors
    /// [`ErrorId::CorruptFile`].
    pub fn tracked_below(&self, path: &RepoPath) -> Result<u32> {
        let node = self
            .view()
            .find(self.docket.root.children, path.as_bytes())?;
        Ok(node.map_or(0, |node| node.record.tracked))
    }

    /// Whether `path` is known at all, as an entry or as a directory.
    pub(crate) fn has_node(&self, path: &RepoPath) -> Result<bool> {
        let node = self
            .view()
            .find(self.docket.root.children, path.as_bytes())?;
        Ok(node.is_some_and(|node| node.record.has_entry() || node.record.children.count > 0))
    }

    /// All entries in byte order of their paths, read as they are asked for.
    pub fn iter(&self) -> Iter<'_> {
        Iter::new(self)
    }

    /// A position before the first entry, for callers that cannot keep a borrow.
    pub fn cursor(&self) -> Cursor {
        Cursor::new(self.docket.root.children)
    }

    pub(crate) fn view(&self) -> TreeView<'_> {
        TreeView {
            paths: self.path_bytes(),
            nodes: &self.nodes,
            file: &self.file,
        }
    }

    /// What paths lie in.
    fn path_bytes(&self) -> &FileBytes {
        match self.format {
            Format::V1 => &self.main,
            Format::V2 => &self.nodes,
        }
    }

    pub(crate) fn root_children(&self) -> record::Children {
        self.docket.root.children
    }

    /// The entry of a node; the first format keeps more of the mode than nodes can.
    pub(crate) fn entry_of(&self, node: &tree::Node<'_>) -> Option<Entry> {
        match self.format {
            Format::V1 if node.record.has_entry() => {
                v1::entry_at(&self.main, node.record.path_start as usize)
            }
            _ => node.record.entry(),
        }
    }
}

impl<'a> IntoIterator for &'a Dirstate {
    type Item = Result<Item<'a>>;
    type IntoIter = Iter<'a>;
    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

//! A changeset made of changed files: what is asked for, and what comes of it.
//! Deciding what is committed is the caller's business, appending to the store that of [`crate::writer`].

mod files;
mod manifests;
mod reading;

use hyg_base::{Node, PathList, RepoPath, RepoPathBuf, Rev, Warning};
use hyg_store::changelog::Header;
use hyg_store::manifest::{FileEntry, Flags};
use hyg_worktree::dirstate::{Seen, Written};

pub(crate) use files::{FileWork, commit_files};
pub(crate) use manifests::{TreeWriter, write_flat};
pub(crate) use reading::Reading;

/// Where the content of a file comes from.
#[derive(Clone, Debug)]
pub enum Content {
    /// From here.
    Data(Vec<u8>),
    /// From the working copy.
    WorkingCopy,
    /// It is this revision of the file, which is there already.
    Known(Node),
}

/// One changed file.
#[derive(Clone, Debug)]
pub struct FileChange {
    /// Its path.
    pub path: RepoPathBuf,
    /// Its content.
    pub content: Content,
    /// Its flags; `None` takes them from the working copy.
    pub flags: Option<Flags>,
    /// The path that it was copied from.
    pub copied_from: Option<RepoPathBuf>,
    /// A merge took the other side's revision as it was.
    pub other_only: bool,
    /// A merge put both sides together.
    pub merged: bool,
    /// A new revision is made although the content equals the parent's.
    pub force_new: bool,
}

impl FileChange {
    /// A file as the working copy has it.
    pub fn of_working_copy(path: &RepoPath) -> FileChange {
        FileChange {
            path: path.to_buf(),
            content: Content::WorkingCopy,
            flags: None,
            copied_from: None,
            other_only: false,
            merged: false,
            force_new: false,
        }
    }
}

/// A changeset to make.
#[derive(Clone, Debug)]
pub struct CommitRequest {
    /// Its parents.
    pub parents: [Rev; 2],
    /// What it says beside its files.
    pub header: Header,
    /// The manifest is this one; changes and removed files are only named.
    pub manifest: Option<Node>,
    /// A merge with a merge state: the second parent's revision of a file counts only where a change says so.
    pub merge_recorded: bool,
    /// Changed files.
    pub changes: Vec<FileChange>,
    /// Removed files.
    pub removed: Vec<RepoPathBuf>,
}

/// A changeset that was appended.
#[derive(Clone, Debug)]
pub struct Committed {
    /// Its node.
    pub node: Node,
    /// Its revision.
    pub rev: Rev,
    /// Its manifest.
    pub manifest: Node,
    /// The files that it lists.
    pub files: PathList,
    /// In the order they are to be printed.
    pub warnings: Vec<Warning>,
    /// How the files looked that were read from the working copy, for the dirstate (the editor of `hyg-worktree` takes it
    /// over): they are clean as long as they look so. Files that were not read have no look; removed ones are listed.
    pub written: Written,
}

/// What became of one file.
#[derive(Clone, Debug)]
pub(crate) struct FileDone {
    pub(crate) path: RepoPathBuf,
    pub(crate) entry: FileEntry,
    pub(crate) touched: bool,
    pub(crate) seen: Option<Seen>,
    pub(crate) warning: Option<Warning>,
}

//! Reads a file of the working copy once, or opens it where it is long, and keeps how it looked.
//! What is made of the content is `files`' matter.

use std::fs::{File, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use hyg_base::{Error, RepoPath, Result};
use hyg_store::manifest::Flags;

use hyg_worktree::Timestamp;
use hyg_worktree::dirstate::Seen;

use crate::contents::{self, Opened};
use crate::filter::ContentFilter;
use crate::repo::RepoOptions;

/// How a file looks; its time counts only where a later change would show.
fn seen(about: &Metadata, boundary: Option<Timestamp>) -> Seen {
    let seen = Seen::of(about);
    let time = seen.mtime.zip(boundary);
    Seen {
        mtime: time.and_then(|(time, boundary)| time.reliable(boundary)),
        ..seen
    }
}

/// A working copy to read from.
pub(crate) struct Reading<'a> {
    /// Its root.
    pub(crate) root: &'a Path,
    /// What its file system can do.
    pub(crate) options: &'a RepoOptions,
    /// The file system's time before the first file was read.
    pub(crate) boundary: Option<Timestamp>,
    /// What contents go through.
    pub(crate) filter: Option<&'a dyn ContentFilter>,
}

/// What is in a file.
pub(super) enum Body {
    /// All of it.
    Whole(Vec<u8>),
    /// It is long, and still to be read.
    Long(File, Metadata),
}

/// A file that was read, or opened.
pub(super) struct ReadFile {
    pub(super) body: Body,
    /// `None`: the file system cannot tell.
    pub(super) flags: Option<Flags>,
    pub(super) seen: Seen,
}

impl ReadFile {
    /// How the file looked, of which so many bytes were read. Where that is another length than it had, somebody changes it.
    pub(super) fn seen_with(&self, len: u64) -> Seen {
        match self.seen.size == len {
            true => self.seen,
            false => Seen {
                size: len,
                mtime: None,
                ..self.seen
            },
        }
    }
}

impl Reading<'_> {
    /// Reads a file, or the target of a symbolic link; a long file is only opened.
    pub(super) fn read(&self, path: &RepoPath) -> Result<ReadFile> {
        let full = self.root.join(path.as_path());
        // `path` facts are relative to the root.
        let fail = |error: std::io::Error| Error::io(path.as_path(), "read", &error);
        let mut read = self.read_as_it_is(&full).map_err(fail)?;
        if let Some(filter) = self.filter
            && let Body::Whole(data) = &mut read.body
        {
            *data = filter.read_filtered(path, std::mem::take(data))?;
        }
        Ok(read)
    }

    fn read_as_it_is(&self, full: &Path) -> std::io::Result<ReadFile> {
        let (file, about) = match contents::open(full)? {
            Opened::File(file, about) => (file, about),
            Opened::Link(target, about) => {
                let read = ReadFile {
                    seen: seen(&about, self.boundary),
                    flags: self.options.symlinks.then_some(Flags::LINK),
                    body: Body::Whole(Vec::new()),
                };
                return Ok(ReadFile {
                    seen: read.seen_with(target.len() as u64),
                    body: Body::Whole(target),
                    ..read
                });
            }
        };
        let flags = match self.options.exec_bits {
            true if about.mode() & 0o100 != 0 => Some(Flags::EXEC),
            true if self.options.symlinks => Some(Flags::NONE),
            _ => None,
        };
        let mut read = ReadFile {
            flags,
            seen: seen(&about, self.boundary),
            body: Body::Whole(Vec::new()),
        };
        if self.filter.is_none() && contents::is_long(&about, self.options) {
            read.body = Body::Long(file, about);
        } else {
            let data = contents::read_all(&file, &about)?;
            read.seen = read.seen_with(data.len() as u64);
            read.body = Body::Whole(data);
        }
        Ok(read)
    }
}

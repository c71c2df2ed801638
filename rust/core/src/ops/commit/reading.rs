//! Reads a file of the working copy once and keeps how it looked.
//! What is made of the content is `files`' matter.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use hyg_base::{Error, RepoPath, Result};
use hyg_store::manifest::Flags;

use hyg_worktree::Timestamp;
use hyg_worktree::dirstate::Seen;

use crate::filter::ContentFilter;
use crate::repo::RepoOptions;

/// How a file looks; its time counts only where a later change would show.
fn seen(about: &std::fs::Metadata, boundary: Option<Timestamp>) -> Seen {
    let time = Timestamp::new(
        about.mtime(),
        u32::try_from(about.mtime_nsec()).unwrap_or(0),
    );
    Seen {
        mode: about.mode(),
        size: about.size(),
        mtime: boundary.and_then(|boundary| time.reliable(boundary)),
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

/// A file that was read.
pub(super) struct ReadFile {
    pub(super) data: Vec<u8>,
    /// `None`: the file system cannot tell.
    pub(super) flags: Option<Flags>,
    pub(super) seen: Seen,
}

const NO_FOLLOW: i32 = rustix::fs::OFlags::NOFOLLOW.bits() as i32;

impl Reading<'_> {
    /// Reads a file, or the target of a symbolic link.
    pub(super) fn read(&self, path: &RepoPath) -> Result<ReadFile> {
        let mut file = self.read_as_it_is(path)?;
        if let Some(filter) = self.filter {
            file.data = filter.read_filtered(path, file.data)?;
        }
        Ok(file)
    }

    fn read_as_it_is(&self, path: &RepoPath) -> Result<ReadFile> {
        let full = self.root.join(path.as_path());
        // `path` facts are relative to the root.
        let fail = |error: &std::io::Error| Error::io(path.as_path(), "read", error);
        let opened = OpenOptions::new()
            .read(true)
            .custom_flags(NO_FOLLOW)
            .open(&full);
        let file = match opened {
            Ok(file) => file,
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
                return self.read_link(&full).map_err(|error| fail(&error));
            }
            Err(error) => return Err(fail(&error)),
        };
        self.read_open(file).map_err(|error| fail(&error))
    }

    fn read_open(&self, file: File) -> std::io::Result<ReadFile> {
        let about = file.metadata()?;
        if !about.is_file() {
            let errno = match about.is_dir() {
                true => rustix::io::Errno::ISDIR,
                false => rustix::io::Errno::INVAL,
            };
            return Err(errno.into());
        }
        let mut data = Vec::with_capacity(usize::try_from(about.len()).unwrap_or(0) + 1);
        // Through `take`, which does not ask for the size again.
        file.take(u64::MAX).read_to_end(&mut data)?;
        let flags = match self.options.exec_bits {
            true if about.mode() & 0o100 != 0 => Some(Flags::EXEC),
            true if self.options.symlinks => Some(Flags::NONE),
            _ => None,
        };
        Ok(ReadFile {
            data,
            flags,
            seen: seen(&about, self.boundary),
        })
    }

    fn read_link(&self, full: &Path) -> std::io::Result<ReadFile> {
        let about = std::fs::symlink_metadata(full)?;
        let target = std::fs::read_link(full)?;
        Ok(ReadFile {
            data: target.as_os_str().as_bytes().to_vec(),
            flags: self.options.symlinks.then_some(Flags::LINK),
            seen: seen(&about, self.boundary),
        })
    }
}

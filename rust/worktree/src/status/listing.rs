//! Reading a directory: names and types, sorted, in buffers that are used again and again.
//! What the entries mean belongs to the walk.

use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, RawDir, Stat};
use rustix::io::Errno;

/// Bytes asked from the kernel at once.
const CHUNK: usize = 32 * 1024;

/// What an entry is, as far as status cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A regular file or a symbolic link.
    File,
    Directory,
    /// Pipe, socket, device.
    Other(&'static str),
}

impl From<FileType> for Kind {
    fn from(kind: FileType) -> Kind {
        match kind {
            FileType::RegularFile | FileType::Symlink => Kind::File,
            FileType::Directory => Kind::Directory,
            FileType::Fifo => Kind::Other("fifo"),
            FileType::Socket => Kind::Other("socket"),
            FileType::CharacterDevice => Kind::Other("character device"),
            FileType::BlockDevice => Kind::Other("block device"),
            FileType::Unknown => Kind::Other("unknown"),
        }
    }
}

/// The type in a `stat` answer.
pub(crate) fn kind_of(stat: &Stat) -> Kind {
    FileType::from_raw_mode(stat.st_mode).into()
}

/// Looks at a file without following a link.
pub(crate) fn look(directory: BorrowedFd<'_>, path: &[u8]) -> Result<Stat, Errno> {
    rustix::fs::statat(directory, path, AtFlags::SYMLINK_NOFOLLOW)
}

/// An entry of a directory that was read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    start: u32,
    len: u32,
    pub(crate) kind: Kind,
}

/// The contents of one directory.
#[derive(Debug)]
pub(crate) struct Listing {
    buffer: Box<[MaybeUninit<u8>]>,
    names: Vec<u8>,
    found: Vec<Found>,
}

/// What reading a directory showed.
#[derive(Debug)]
pub(crate) enum Read {
    /// Its contents are in the listing.
    Listed(OwnedFd),
    /// It is the root of another repository.
    NestedRepository,
}

impl Listing {
    pub(crate) fn new() -> Listing {
        Listing {
            buffer: Vec::new().into_boxed_slice(),
            names: Vec::new(),
            found: Vec::new(),
        }
    }

    /// Reads the directory `path` (empty: the root itself), leaving `.hg` out. Below the root a directory `.hg` means
    /// that the whole directory is somebody else's.
    pub(crate) fn read(&mut self, root: BorrowedFd<'_>, path: &[u8]) -> Result<Read, Errno> {
        self.names.clear();
        self.found.clear();
        if self.buffer.is_empty() {
            self.buffer = vec![MaybeUninit::uninit(); CHUNK].into_boxed_slice();
        }
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let name = if path.is_empty() { b"." } else { path };
        let directory = rustix::fs::openat(root, name, flags, Mode::empty())?;
        let mut raw = RawDir::new(&directory, &mut self.buffer);
        while let Some(entry) = raw.next() {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if matches!(name, b"." | b"..") {
                continue;
            }
            let kind = match entry.file_type() {
                FileType::Unknown => match look(directory.as_fd(), name) {
                    Ok(stat) => kind_of(&stat),
                    Err(Errno::NOENT) => continue,
                    Err(error) => return Err(error),
                },
                known => known.into(),
            };
            if name == b".hg" {
                if path.is_empty() {
                    continue;
                }
                if kind == Kind::Directory {
                    self.found.clear();
                    return Ok(Read::NestedRepository);
                }
            }
            let start = self.names.len() as u32;
            self.names.extend_from_slice(name);
            let len = name.len() as u32;
            self.found.push(Found { start, len, kind });
        }
        let names = &self.names;
        let of = |found: &Found| &names[found.start as usize..(found.start + found.len) as usize];
        self.found.sort_unstable_by(|a, b| of(a).cmp(of(b)));
        Ok(Read::Listed(directory))
    }

    pub(crate) fn get(&self, index: usize) -> Option<Found> {
        self.found.get(index).copied()
    }

    pub(crate) fn name(&self, found: Found) -> &[u8] {
        &self.names[found.start as usize..(found.start + found.len) as usize]
    }
}

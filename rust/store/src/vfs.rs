//! Access to the files of one directory by name, behind a trait so that a store elsewhere stays possible.
//! What the names mean, and how store names are encoded before they come here, is `layout` and `encode`.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hyg_base::{Error, Result};

use crate::Blob;
use crate::disk::DiskWriter;
use crate::encode::PathEncoding;

/// Files from this size on are mapped where the caller allows it.
const MAP_FROM: u64 = 256 * 1024;

/// What a directory holds under one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirEntry {
    /// The name within the directory.
    pub name: Vec<u8>,
    /// Whether it is a directory (not through a symbolic link).
    pub is_dir: bool,
}

/// An open file that is read piecewise.
pub trait ReadAt: Send + Sync {
    /// Up to `len` bytes from `offset` on; fewer only at the end of the file.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::Io`].
    fn read_at(&self, offset: u64, len: usize) -> Result<Vec<u8>>;

    /// How long the file is now.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::Io`].
    fn size(&self) -> Result<u64>;
}

/// Files of a directory by name (`/` separates). A missing file is `None`, any other trouble an error.
///
/// What writes is few operations; noting them in a journal first is the business of [`crate::write::StoreFiles`].
pub trait Vfs: Send + Sync {
    /// Where the file lies, for error facts.
    fn path(&self, name: &[u8]) -> PathBuf;

    /// The content of a file.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::Io`].
    fn read(&self, name: &[u8]) -> Result<Option<Blob>>;

    /// The content of a file that only grows or is replaced: a big one may be mapped instead of read.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::Io`].
    fn map(&self, name: &[u8]) -> Result<Option<Blob>>;

    /// Opens a file to be read piecewise.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::Io`].
    fn open(&self, name: &[u8]) -> Result<Option<Box<dyn ReadAt>>>;

    /// What a directory holds, unsorted.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::Io`].
    fn list(&self, name: &[u8]) -> Result<Option<Vec<DirEntry>>>;

    /// Appends to a file that is `expected` bytes long; 0 makes it, with the directories above. A file that has other
    /// names (hard links) becomes one of its own first.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::ChangedUnderneath`] where it has another length; [`hyg_base::ErrorId::Io`].
    fn append(&self, name: &[u8], expected: u64, bytes: &[u8]) -> Result<()> {
        let _what = (name, expected, bytes);
        Err(read_only())
    }

    /// Puts a file in the place of another, or makes it: readers see the old content or the new one.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::Io`].
    fn publish(&self, name: &[u8], bytes: &[u8]) -> Result<()> {
        let _what = (name, bytes);
        Err(read_only())
    }

    /// Gives a file a second name, or copies it where that cannot be; `false` where there is no such file.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::Io`].
    fn keep_as(&self, name: &[u8], copy: &[u8]) -> Result<bool> {
        let _what = (name, copy);
        Err(read_only())
    }

    /// Cuts a file to `size`; one that is to be empty goes away. A missing file is none of its business.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::Io`].
    fn cut(&self, name: &[u8], size: u64) -> Result<()> {
        let _what = (name, size);
        Err(read_only())
    }
}

/// The answer of files that can only be read.
fn read_only() -> Error {
    Error::new(hyg_base::ErrorId::Unsupported).with("feature", "writing here")
}

/// A directory of the file system.
#[derive(Clone, Debug)]
pub struct DiskVfs {
    base: PathBuf,
    disk_writer: DiskWriter,
}

impl DiskVfs {
    /// The files below `base`.
    pub fn new(base: impl Into<PathBuf>) -> DiskVfs {
        DiskVfs {
            base: base.into(),
            disk_writer: DiskWriter::default(),
        }
    }

    /// The directory.
    pub fn base(&self) -> &Path {
        &self.base
    }

    /// Writes a file beside the one of that name, with the mode of a new one; where it lies.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::Io`]; nothing is left then.
    pub(crate) fn write_aside(&self, name: &[u8], parts: &[&[u8]]) -> Result<PathBuf> {
        self.disk_writer
            .write_aside(&self.base, &self.path(name), parts)
    }

    fn open_file(&self, name: &[u8]) -> Result<Option<(File, PathBuf)>> {
        let path = self.path(name);
        match File::open(&path) {
            Ok(file) => Ok(Some((file, path))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io(&path, "open", &error)),
        }
    }
}

/// Reads all of an open file that was `len` bytes long a moment ago, with one system call where it still is.
///
/// # Errors
/// What the operating system answered.
pub fn read_all(file: &File, len: u64) -> std::io::Result<Vec<u8>> {
    let len = usize::try_from(len).unwrap_or(0);
    let mut bytes = Vec::with_capacity(len + 1);
    let mut read = 0;
    while bytes.len() < bytes.capacity() {
        match rustix::io::read(file, rustix::buffer::spare_capacity(&mut bytes)) {
            Ok(0) => return Ok(bytes),
            // There was room for more, and it is what was expected: that was the end.
            Ok(count) if read == 0 && count == len => return Ok(bytes),
            Ok(count) => read += count,
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let mut rest: &File = file;
    rest.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads all of an open file.
fn read_blob(file: &File, path: &Path) -> Result<Blob> {
    let read = file
        .metadata()
        .and_then(|about| read_all(file, about.len()));
    match read {
        Ok(bytes) => Ok(bytes.into()),
        Err(error) => Err(Error::io(path, "read", &error)),
    }
}

/// Whether a mapping of the file is as good as reading it: not on network file systems, where the file may change
/// under the mapping.
pub(crate) fn may_map(file: &File) -> bool {
    const NFS: u64 = 0x6969;
    const CIFS: u64 = 0xff53_4d42;
    const SMB2: u64 = 0xfe53_4d42;
    match rustix::fs::fstatfs(file) {
        Ok(info) => ![NFS, CIFS, SMB2].contains(&((info.f_type as u64) & 0xffff_ffff)),
        Err(_) => false,
    }
}

impl Vfs for DiskVfs {
    fn path(&self, name: &[u8]) -> PathBuf {
        self.base.join(OsStr::from_bytes(name))
    }

    fn read(&self, name: &[u8]) -> Result<Option<Blob>> {
        match self.open_file(name)? {
            None => Ok(None),
            Some((file, path)) => read_blob(&file, &path).map(Some),
        }
    }

    fn map(&self, name: &[u8]) -> Result<Option<Blob>> {
        let Some((file, path)) = self.open_file(name)? else {
            return Ok(None);
        };
        let info = file
            .metadata()
            .map_err(|error| Error::io(&path, "stat", &error))?;
        if info.is_file()
            && info.len() >= MAP_FROM
            && may_map(&file)
            && let Ok(blob) = Blob::map(&file)
        {
            return Ok(Some(blob));
        }
        match read_all(&file, info.len()) {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(error) => Err(Error::io(&path, "read", &error)),
        }
    }

    fn open(&self, name: &[u8]) -> Result<Option<Box<dyn ReadAt>>> {
        let opened = self.open_file(name)?;
        Ok(opened.map(|(file, path)| Box::new(DiskFile { file, path }) as Box<dyn ReadAt>))
    }

    fn list(&self, name: &[u8]) -> Result<Option<Vec<DirEntry>>> {
        let path = self.path(name);
        let fail = |error: std::io::Error| Error::io(&path, "list", &error);
        let entries = match std::fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(fail(error)),
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry.map_err(fail)?;
            found.push(DirEntry {
                name: entry.file_name().as_bytes().to_vec(),
                is_dir: entry.file_type().map_err(fail)?.is_dir(),
            });
        }
        Ok(Some(found))
    }

    fn append(&self, name: &[u8], expected: u64, bytes: &[u8]) -> Result<()> {
        self.disk_writer
            .append(&self.base, &self.path(name), expected, bytes)
    }

    fn publish(&self, name: &[u8], bytes: &[u8]) -> Result<()> {
        self.disk_writer
            .publish(&self.base, &self.path(name), bytes)
    }

    fn keep_as(&self, name: &[u8], copy: &[u8]) -> Result<bool> {
        self.disk_writer
            .keep_as(&self.base, &self.path(name), &self.path(copy))
    }

    fn cut(&self, name: &[u8], size: u64) -> Result<()> {
        self.disk_writer.cut(&self.base, &self.path(name), size)
    }
}

struct DiskFile {
    file: File,
    path: PathBuf,
}

impl ReadAt for DiskFile {
    fn read_at(&self, offset: u64, len: usize) -> Result<Vec<u8>> {
        // A claimed length allocates no more than the file can fill.
        let available = self.size()?.saturating_sub(offset);
        let mut bytes = vec![0; len.min(usize::try_from(available).unwrap_or(usize::MAX))];
        let mut done = 0;
        while done < bytes.len() {
            match self.file.read_at(&mut bytes[done..], offset + done as u64) {
                Ok(0) => break,
                Ok(count) => done += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::io(&self.path, "read", &error)),
            }
        }
        bytes.truncate(done);
        Ok(bytes)
    }

    fn size(&self) -> Result<u64> {
        match self.file.metadata() {
            Ok(info) => Ok(info.len()),
            Err(error) => Err(Error::io(&self.path, "stat", &error)),
        }
    }
}

/// The files of a store by their unencoded names.
#[derive(Clone)]
pub struct StoreVfs {
    inner: Arc<dyn Vfs>,
    encoding: PathEncoding,
    pending: bool,
}

/// Files that hooks of a running transaction see otherwise, and what their other names end in.
const PENDING: [(&[u8], &[u8]); 2] = [(b"00changelog.i", b".a"), (b"phaseroots", b".pending")];

impl StoreVfs {
    /// Encodes names with `encoding` before they reach `inner`.
    pub fn new(inner: Arc<dyn Vfs>, encoding: PathEncoding) -> StoreVfs {
        StoreVfs {
            inner,
            encoding,
            pending: false,
        }
    }

    /// The same files as hooks of a running transaction see them.
    #[must_use]
    pub fn with_pending(self, pending: bool) -> StoreVfs {
        StoreVfs { pending, ..self }
    }

    /// What a running transaction has in the place of a file.
    fn pending(&self, name: &[u8]) -> Result<Option<Blob>> {
        let known = PENDING
            .iter()
            .filter(|(file, _)| self.pending && *file == name);
        for (file, ending) in known {
            if let Some(blob) = self.inner.read(&[*file, *ending].concat())? {
                return Ok(Some(blob));
            }
        }
        Ok(None)
    }
}

impl Vfs for StoreVfs {
    fn path(&self, name: &[u8]) -> PathBuf {
        self.inner.path(&self.encoding.encode(name))
    }
    fn read(&self, name: &[u8]) -> Result<Option<Blob>> {
        match self.pending(name)? {
            Some(blob) => Ok(Some(blob)),
            None => self.inner.read(&self.encoding.encode(name)),
        }
    }
    fn map(&self, name: &[u8]) -> Result<Option<Blob>> {
        match self.pending(name)? {
            Some(blob) => Ok(Some(blob)),
            None => self.inner.map(&self.encoding.encode(name)),
        }
    }
    fn open(&self, name: &[u8]) -> Result<Option<Box<dyn ReadAt>>> {
        self.inner.open(&self.encoding.encode(name))
    }
    /// Lists names as they are on disk: hashed ones cannot be decoded.
    fn list(&self, name: &[u8]) -> Result<Option<Vec<DirEntry>>> {
        self.inner.list(&self.encoding.encode(name))
    }
    fn append(&self, name: &[u8], expected: u64, bytes: &[u8]) -> Result<()> {
        self.inner
            .append(&self.encoding.encode(name), expected, bytes)
    }
    fn publish(&self, name: &[u8], bytes: &[u8]) -> Result<()> {
        self.inner.publish(&self.encoding.encode(name), bytes)
    }
    fn keep_as(&self, name: &[u8], copy: &[u8]) -> Result<bool> {
        self.inner
            .keep_as(&self.encoding.encode(name), &self.encoding.encode(copy))
    }
    fn cut(&self, name: &[u8], size: u64) -> Result<()> {
        self.inner.cut(&self.encoding.encode(name), size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyg_base::ErrorId;

    #[test]
    fn missing_is_none_and_trouble_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let vfs = DiskVfs::new(dir.path());
        assert!(vfs.read(b"nothing").unwrap().is_none());
        assert!(vfs.map(b"nothing").unwrap().is_none());
        assert!(vfs.open(b"no/thing").unwrap().is_none());
        assert!(vfs.list(b"nothing").unwrap().is_none());
        std::fs::write(dir.path().join("file"), "x").unwrap();
        let error = vfs.read(b"file/below").unwrap_err();
        assert_eq!(error.id(), ErrorId::Io);
        assert_eq!(vfs.read(b"").unwrap_err().errno(), Some(21));
    }

    #[test]
    fn reads_maps_and_lists() {
        let dir = tempfile::tempdir().unwrap();
        let vfs = DiskVfs::new(dir.path());
        std::fs::create_dir(dir.path().join("d")).unwrap();
        std::fs::write(dir.path().join("small"), "abc").unwrap();
        std::fs::write(dir.path().join("big"), vec![7u8; 300_000]).unwrap();
        assert!(!vfs.map(b"small").unwrap().unwrap().is_mapped());
        let big = vfs.map(b"big").unwrap().unwrap();
        assert_eq!((big.len(), big[299_999]), (300_000, 7));
        assert!(!vfs.read(b"big").unwrap().unwrap().is_mapped());
        assert_eq!(big.clone().into_vec().len(), 300_000);
        let file = vfs.open(b"small").unwrap().unwrap();
        assert_eq!(file.read_at(1, 1 << 40).unwrap(), b"bc");
        assert_eq!(file.read_at(10, 5).unwrap(), b"");
        assert_eq!(file.size().unwrap(), 3);
        let mut listed = vfs.list(b"").unwrap().unwrap();
        listed.sort_by(|a, b| a.name.cmp(&b.name));
        let kinds: Vec<bool> = listed.iter().map(|entry| entry.is_dir).collect();
        assert_eq!(kinds, [false, true, false]);
    }

    #[test]
    fn store_names_are_encoded() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("_readme.i"), "r").unwrap();
        let encoding = PathEncoding::Hashed { dot: true };
        let vfs = StoreVfs::new(Arc::new(DiskVfs::new(dir.path())), encoding);
        assert_eq!(&*vfs.read(b"Readme.i").unwrap().unwrap(), b"r");
        assert!(vfs.path(b"README").ends_with("_r_e_a_d_m_e"));
    }
}

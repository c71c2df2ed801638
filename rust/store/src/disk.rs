//! How files of a directory are changed on disk: appended to, replaced, kept under a second name, cut.
//! Modes follow the directory as the peer has it; what is noted before a change is the journal's matter.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use hyg_base::{Error, ErrorId, Result};

/// Writes files below a base directory; remembers what mode new ones get.
#[derive(Clone, Debug, Default)]
pub(crate) struct DiskWriter {
    /// The mode of the base directory, where the umask alone does not give it.
    mode: Arc<OnceLock<Option<u32>>>,
}

fn not_found(error: &std::io::Error) -> bool {
    error.kind() == ErrorKind::NotFound
}

impl DiskWriter {
    fn mode(&self, base: &Path) -> Option<u32> {
        *self.mode.get_or_init(|| {
            let mode = std::fs::metadata(base).ok()?.mode();
            (0o777 & !umask() != 0o777 & mode).then_some(mode)
        })
    }

    fn set_mode(&self, base: &Path, file: &File, path: &Path) -> Result<()> {
        match self.mode(base) {
            None => Ok(()),
            Some(mode) => file
                .set_permissions(std::fs::Permissions::from_mode(mode & 0o666))
                .map_err(|error| Error::io(path, "chmod", &error)),
        }
    }

    fn make_directories(&self, base: &Path, directory: &Path) -> Result<()> {
        match std::fs::create_dir(directory) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(()),
            Err(error) if not_found(&error) => {
                let Some(above) = directory.parent() else {
                    return Err(Error::io(directory, "mkdir", &error));
                };
                self.make_directories(base, above)?;
                return self.make_directories(base, directory);
            }
            Err(error) => return Err(Error::io(directory, "mkdir", &error)),
        }
        match self.mode(base) {
            None => Ok(()),
            Some(mode) => {
                let mode = std::fs::Permissions::from_mode(mode & 0o7777);
                std::fs::set_permissions(directory, mode)
                    .map_err(|error| Error::io(directory, "chmod", &error))
            }
        }
    }

    /// Makes a file that must not be there, with the directories above it.
    fn create(&self, base: &Path, path: &Path) -> std::io::Result<Result<File>> {
        let create = || {
            OpenOptions::new()
                .append(true)
                .create_new(true)
                .mode(0o666)
                .open(path)
        };
        match create() {
            Err(error) if not_found(&error) => {
                let directory = path.parent().unwrap_or(base);
                if let Err(error) = self.make_directories(base, directory) {
                    return Ok(Err(error));
                }
                create().map(Ok)
            }
            answer => answer.map(Ok),
        }
    }

    pub(crate) fn append(
        &self,
        base: &Path,
        path: &Path,
        expected: u64,
        bytes: &[u8],
    ) -> Result<()> {
        let mut file = match expected {
            0 => match self.create(base, path) {
                Ok(file) => {
                    let file = file?;
                    self.set_mode(base, &file, path)?;
                    file
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                    self.open_at(base, path, 0)?
                }
                Err(error) => return Err(Error::io(path, "create", &error)),
            },
            expected => self.open_at(base, path, expected)?,
        };
        file.write_all(bytes)
            .map_err(|error| Error::io(path, "write", &error))
    }

    /// Opens a file of a known length to be appended to.
    fn open_at(&self, base: &Path, path: &Path, expected: u64) -> Result<File> {
        let open = || {
            OpenOptions::new()
                .append(true)
                .open(path)
                .map_err(|error| Error::io(path, "open", &error))
        };
        let file = open()?;
        let about = file
            .metadata()
            .map_err(|error| Error::io(path, "stat", &error))?;
        if about.len() != expected {
            return Err(Error::new(ErrorId::ChangedUnderneath).with("path", path));
        }
        if about.nlink() < 2 {
            return Ok(file);
        }
        drop(file);
        let bytes = std::fs::read(path).map_err(|error| Error::io(path, "read", &error))?;
        self.publish(base, path, &bytes)?;
        open()
    }

    pub(crate) fn publish(&self, base: &Path, path: &Path, bytes: &[u8]) -> Result<()> {
        let (mut file, temporary) = self.temporary(base, path)?;
        let fill = || -> Result<()> {
            match std::fs::metadata(path) {
                Ok(about) => file
                    .set_permissions(std::fs::Permissions::from_mode(about.mode() & 0o7777))
                    .map_err(|error| Error::io(&temporary, "chmod", &error))?,
                Err(_) => self.set_mode(base, &file, &temporary)?,
            }
            file.write_all(bytes)
                .map_err(|error| Error::io(&temporary, "write", &error))?;
            std::fs::rename(&temporary, path).map_err(|error| Error::io(path, "rename", &error))
        }();
        if fill.is_err() {
            let _ = std::fs::remove_file(&temporary);
        }
        fill
    }

    /// Writes a new file beside `path`, for the caller to rename; where it lies.
    pub(crate) fn write_aside(&self, base: &Path, path: &Path, parts: &[&[u8]]) -> Result<PathBuf> {
        let (mut file, temporary) = self.temporary(base, path)?;
        let mut fill = || -> Result<()> {
            self.set_mode(base, &file, &temporary)?;
            parts.iter().try_for_each(|part| {
                file.write_all(part)
                    .map_err(|error| Error::io(&temporary, "write", &error))
            })
        };
        match fill() {
            Ok(()) => Ok(temporary),
            Err(error) => {
                let _ = std::fs::remove_file(&temporary);
                Err(error)
            }
        }
    }

    /// A new file beside `path`.
    fn temporary(&self, base: &Path, path: &Path) -> Result<(File, PathBuf)> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = path
            .file_name()
            .map_or(&b"file"[..], |name| name.as_bytes());
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let suffix = format!("-{:x}-{number:x}~", std::process::id());
            let name = [b".", name, suffix.as_bytes()].concat();
            let temporary = path.with_file_name(std::ffi::OsStr::from_bytes(&name));
            match self.create(base, &temporary) {
                Ok(file) => return Ok((file?, temporary)),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(Error::io(&temporary, "create", &error)),
            }
        }
    }

    pub(crate) fn keep_as(&self, base: &Path, path: &Path, copy: &Path) -> Result<bool> {
        match std::fs::remove_file(copy) {
            Err(error) if !not_found(&error) => return Err(Error::io(copy, "remove", &error)),
            _ => {}
        }
        match std::fs::hard_link(path, copy) {
            Ok(()) => return Ok(true),
            Err(_) if !path.exists() => return Ok(false),
            Err(_) => {}
        }
        let bytes = std::fs::read(path).map_err(|error| Error::io(path, "read", &error))?;
        self.publish(base, copy, &bytes)?;
        Ok(true)
    }
}

impl DiskWriter {
    /// Cuts a file; what becomes empty is removed.
    pub(crate) fn cut(&self, base: &Path, path: &Path, size: u64) -> Result<()> {
        if size > 0 && std::fs::metadata(path).is_ok_and(|about| about.nlink() > 1) {
            let bytes = std::fs::read(path).map_err(|error| Error::io(path, "read", &error))?;
            let len = bytes.len().min(usize::try_from(size).unwrap_or(usize::MAX));
            return self.publish(base, path, &bytes[..len]);
        }
        cut_own(path, size)
    }
}

fn cut_own(path: &Path, size: u64) -> Result<()> {
    if size == 0 {
        return match std::fs::remove_file(path) {
            Err(error) if !not_found(&error) => Err(Error::io(path, "remove", &error)),
            _ => Ok(()),
        };
    }
    let file = match OpenOptions::new().write(true).open(path) {
        Ok(file) => file,
        Err(error) if not_found(&error) => return Ok(()),
        Err(error) => return Err(Error::io(path, "open", &error)),
    };
    file.set_len(size)
        .map_err(|error| Error::io(path, "truncate", &error))
}

/// The umask of this process, read without changing it.
fn umask() -> u32 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("Umask:"));
    line.and_then(|digits| u32::from_str_radix(digits.trim(), 8).ok())
        .unwrap_or(0o022)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vfs::{DiskVfs, Vfs};

    #[test]
    fn appending_makes_directories_and_minds_lengths() {
        let dir = tempfile::tempdir().unwrap();
        let vfs = DiskVfs::new(dir.path());
        vfs.append(b"a/b/c", 0, b"one").unwrap();
        vfs.append(b"a/b/c", 3, b"two").unwrap();
        assert_eq!(&*vfs.read(b"a/b/c").unwrap().unwrap(), b"onetwo");
        let error = vfs.append(b"a/b/c", 0, b"x").unwrap_err();
        assert_eq!(error.id(), ErrorId::ChangedUnderneath);
        vfs.append(b"empty", 0, b"").unwrap();
        vfs.append(b"empty", 0, b"now").unwrap();
        assert_eq!(&*vfs.read(b"empty").unwrap().unwrap(), b"now");
    }

    #[test]
    fn linked_files_become_our_own() {
        let dir = tempfile::tempdir().unwrap();
        let vfs = DiskVfs::new(dir.path());
        vfs.append(b"file", 0, b"one").unwrap();
        assert!(vfs.keep_as(b"file", b"other").unwrap());
        assert!(!vfs.keep_as(b"missing", b"copy").unwrap());
        vfs.append(b"file", 3, b"two").unwrap();
        assert_eq!(&*vfs.read(b"other").unwrap().unwrap(), b"one");
        assert_eq!(&*vfs.read(b"file").unwrap().unwrap(), b"onetwo");
    }

    #[test]
    fn files_are_replaced_and_cut() {
        let dir = tempfile::tempdir().unwrap();
        let vfs = DiskVfs::new(dir.path());
        vfs.publish(b"x/file", b"12345").unwrap();
        vfs.publish(b"x/file", b"123456").unwrap();
        vfs.cut(b"x/file", 2).unwrap();
        assert_eq!(&*vfs.read(b"x/file").unwrap().unwrap(), b"12");
        vfs.cut(b"x/file", 0).unwrap();
        vfs.cut(b"x/file", 0).unwrap();
        assert_eq!(vfs.list(b"x").unwrap().unwrap(), []);
    }
}

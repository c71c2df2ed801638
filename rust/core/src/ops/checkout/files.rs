//! Single files of the working directory: written anew, given other flags. Nothing is written through a link.
//! Which files, on how many threads, and whether their paths are allowed is `mod.rs`' matter.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use hyg_base::{Error, Result, Rev};
use hyg_store::filelog::Filelog;
use hyg_worktree::dirstate::Seen;

use crate::contents;
use crate::ops::parallel::Stop;

/// Gives a file other flags and leaves its content; one that is gone stays away.
pub(super) fn set_flags(full: &Path, flag: Option<u8>) -> io::Result<()> {
    let about = match fs::symlink_metadata(full) {
        Ok(about) => about,
        Err(error) if is_gone(&error) => return Ok(()),
        Err(error) => return Err(error),
    };
    if about.is_symlink() || flag == Some(b'l') {
        let data = match about.is_symlink() {
            true => fs::read_link(full)?.as_os_str().as_bytes().to_vec(),
            false => contents::read(full)?,
        };
        return put(full, &data, flag).map(drop);
    }
    let wanted = flag == Some(b'x');
    if (about.mode() & 0o100 != 0) != wanted {
        let mode = match wanted {
            true => about.mode() | (about.mode() & 0o444) >> 2 & !umask(full),
            false => about.mode() & 0o666,
        };
        fs::set_permissions(full, fs::Permissions::from_mode(mode & 0o7777))?;
    }
    Ok(())
}

/// The bits that new files do not get, as far as a file beside `path` shows; asking the system would change them for a
/// moment, which other threads could notice.
fn umask(path: &Path) -> u32 {
    let probe = path.with_file_name(format!(".hyg-mode-{}", std::process::id()));
    let mut options = OpenOptions::new();
    let made = options
        .write(true)
        .create_new(true)
        .mode(0o777)
        .open(&probe);
    let mode = made
        .and_then(|file| file.metadata())
        .map(|about| about.mode());
    let _ = fs::remove_file(&probe);
    mode.map_or(0o022, |mode| !mode & 0o777)
}

pub(super) fn is_gone(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Writes a long file while it is read from the store; `None` where it is not long, or not stored so that this can be
/// done. What cannot be finished is removed.
pub(super) fn put_long(
    path: &Path,
    (filelog, rev, from): (&Filelog, Rev, u64),
    flag: Option<u8>,
    stop: &Stop<'_>,
) -> Result<Option<Seen>> {
    let failed = |error: io::Error| Error::io(path, "write", &error);
    let mut made: Option<File> = None;
    let streamed = filelog.stream(rev, from, &mut |bytes| {
        stop.check()?;
        let file = match &mut made {
            Some(file) => file,
            None => made.insert(make_file(path, flag).map_err(failed)?),
        };
        file.write_all(bytes).map_err(failed)?;
        Ok(true)
    });
    match (streamed, made) {
        (Err(error), Some(_)) => {
            let _ = fs::remove_file(path);
            Err(error)
        }
        (Err(error), None) => Err(error),
        (Ok(_), None) => Ok(None),
        (Ok(_), Some(file)) => Ok(Some(Seen::of(&file.metadata().map_err(failed)?))),
    }
}

fn make_file(path: &Path, flag: Option<u8>) -> io::Result<File> {
    let mode = if flag == Some(b'x') { 0o777 } else { 0o666 };
    anew(path, || {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(mode).open(path)
    })
}

/// Writes a file or a link anew. What was there is removed first, so that nothing is written through a link.
pub(super) fn put(path: &Path, data: &[u8], flag: Option<u8>) -> io::Result<Seen> {
    let about = match flag {
        Some(b'l') => {
            let target = std::ffi::OsStr::from_bytes(data);
            let make = || std::os::unix::fs::symlink(target, path);
            anew(path, make)?;
            fs::symlink_metadata(path)?
        }
        _ => {
            let mut file = make_file(path, flag)?;
            file.write_all(data)?;
            file.metadata()?
        }
    };
    Ok(Seen::of(&about))
}

/// Makes something at `path`, after removing a file or empty directories that are there.
fn anew<T>(path: &Path, make: impl Fn() -> io::Result<T>) -> io::Result<T> {
    match make() {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            if fs::symlink_metadata(path)?.is_dir() {
                remove_empty_tree(path)?;
            } else {
                fs::remove_file(path)?;
            }
            make()
        }
        answer => answer,
    }
}

fn remove_empty_tree(path: &Path) -> io::Result<()> {
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            remove_empty_tree(&entry.path())?;
        }
    }
    fs::remove_dir(path)
}

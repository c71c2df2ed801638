//! Replacing `.hg/dirstate` in one step, keeping its permissions and making sure that a reader which remembers how the
//! file looked can tell the new one from the old one. What is written is decided elsewhere.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

/// Seconds wrap here, as they do in the dirstate.
const SECONDS_MASK: i64 = 0x7fff_ffff;

/// How many names are tried for the temporary file.
const ATTEMPTS: u32 = 16;

/// Replaces the file at `path` by `bytes`.
///
/// # Errors
/// Those of the operating system; the file is as it was then.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let old = match std::fs::metadata(path) {
        Ok(metadata) => Some(metadata),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let (temporary, mut file) = create_beside(path)?;
    let written = (|| {
        if let Some(old) = &old {
            file.set_permissions(Permissions::from_mode(old.mode() & 0o777))?;
        }
        file.write_all(bytes)?;
        std::fs::rename(&temporary, path)
    })();
    if written.is_err() {
        let _ = std::fs::remove_file(&temporary);
        return written;
    }
    if let Some(old) = old {
        tell_apart(&file, &old);
    }
    Ok(())
}

/// A process that keeps what it read remembers device, inode, size and times in seconds. The inode may come back, so a
/// second change within one second moves the modification time ahead.
fn tell_apart(file: &File, old: &std::fs::Metadata) {
    if file.metadata().is_ok_and(|new| new.ctime() == old.ctime()) {
        let seconds = (old.mtime() + 1) & SECONDS_MASK;
        let time = UNIX_EPOCH + Duration::from_secs(seconds.unsigned_abs());
        // Not being allowed to is not a failure: the content is in place.
        let _ = file.set_modified(time);
    }
}

fn create_beside(path: &Path) -> io::Result<(std::path::PathBuf, File)> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    for attempt in 0..ATTEMPTS {
        let temporary = path.with_file_name(format!(".{name}-{}-{attempt}~", std::process::id()));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o666);
        match options.open(&temporary) {
            Ok(file) => return Ok((temporary, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::from(io::ErrorKind::AlreadyExists))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_stay_and_quick_changes_differ() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("dirstate");
        replace(&path, b"one").unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        let before = std::fs::metadata(&path).unwrap();
        replace(&path, b"two").unwrap();
        let after = std::fs::metadata(&path).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert_eq!(after.mode() & 0o777, 0o640);
        assert!(after.ctime() > before.ctime() || after.mtime() == before.mtime() + 1);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}

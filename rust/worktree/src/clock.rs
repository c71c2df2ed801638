//! The file system's own idea of "now", taken before a walk so that races with writers can be told from clean files.
//! What may be concluded from it belongs to `timestamp`.

use std::path::Path;

use rustix::fs::{AtFlags, CWD, Mode, OFlags};

use crate::Timestamp;

/// How many names are tried for a temporary file.
const ATTEMPTS: u32 = 16;

/// The time that a file created in `directory` gets at this moment; `None` where no file can be created there.
pub fn filesystem_now(directory: &Path) -> Option<Timestamp> {
    let unnamed = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
    let mode = Mode::from_raw_mode(0o600);
    if let Ok(file) = rustix::fs::openat(CWD, directory, unnamed, mode) {
        return mtime_of(&file);
    }
    let folder_flags = OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC;
    let folder = rustix::fs::openat(CWD, directory, folder_flags, Mode::empty()).ok()?;
    let create = OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | OFlags::CLOEXEC;
    for attempt in 0..ATTEMPTS {
        let name = format!(".hyg-now-{}-{attempt}", std::process::id());
        match rustix::fs::openat(&folder, name.as_str(), create, mode) {
            Ok(file) => {
                let now = mtime_of(&file);
                // A name that stays behind does no harm; there is nobody to tell.
                let _ = rustix::fs::unlinkat(&folder, name.as_str(), AtFlags::empty());
                return now;
            }
            Err(rustix::io::Errno::EXIST) => {}
            Err(_) => return None,
        }
    }
    None
}

fn mtime_of(file: &std::os::fd::OwnedFd) -> Option<Timestamp> {
    rustix::fs::fstat(file).ok().map(|stat| mtime(&stat))
}

/// The modification time of a `stat` answer.
pub(crate) fn mtime(stat: &rustix::fs::Stat) -> Timestamp {
    Timestamp::new(stat.st_mtime, stat.st_mtime_nsec as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn now_leaves_nothing_behind_and_does_not_run_backwards() {
        let dir = tempfile::tempdir().unwrap();
        let first = filesystem_now(dir.path()).unwrap();
        let second = filesystem_now(dir.path()).unwrap();
        let key = |time: Timestamp| (time.seconds, time.nanoseconds);
        assert!(key(first) > (0, 0) && key(first) <= key(second));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
        assert_eq!(filesystem_now(&dir.path().join("missing")), None);
    }
}

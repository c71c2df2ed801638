//! The working copy lock, `.hg/wlock`: taken only when free, and a lock whose owner is dead is broken
//! (`docs/formats/working-copy-lock.md`). Waiting for a lock and telling the user about it do not belong here.

use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// How often a lock that vanishes while it is looked at is tried again.
const ATTEMPTS: u32 = 5;

/// A held lock; dropping it releases it.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    pid: u32,
}

impl Lock {
    /// Takes the lock `name` in `directory` if it is free: `Ok(None)` where somebody holds it.
    ///
    /// # Errors
    /// What the operating system answered where the lock could neither be made nor read.
    pub fn try_take(directory: &Path, name: &str) -> io::Result<Option<Lock>> {
        let prefix = owner_prefix();
        let pid = std::process::id();
        let mut owner = prefix.clone();
        owner.extend_from_slice(format!(":{pid}").as_bytes());
        let path = directory.join(name);
        for _ in 0..ATTEMPTS {
            if make(&owner, &path)? {
                return Ok(Some(Lock { path, pid }));
            }
            match read(&path)? {
                None => {}
                Some(holder) if !is_dead(&holder, &prefix) => return Ok(None),
                Some(_) if break_stale(directory, name, &prefix)? => {}
                Some(_) => return Ok(None),
            }
        }
        Ok(None)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // After a fork the lock belongs to the parent.
        if std::process::id() == self.pid {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Makes the lock: a symbolic link, or a file where there are none. `false`: it exists.
fn make(owner: &[u8], path: &Path) -> io::Result<bool> {
    let target = std::ffi::OsStr::from_bytes(owner);
    match std::os::unix::fs::symlink(target, path) {
        Ok(()) => return Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(false),
        // A file would fail for the same reason.
        Err(error) if error.raw_os_error() != Some(rustix::io::Errno::PERM.raw_os_error()) => {
            return Err(error);
        }
        Err(_) => {}
    }
    match std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
    {
        Ok(mut file) => io::Write::write_all(&mut file, owner).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// Who holds the lock; `None` where nobody does any more.
fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let answer = match std::fs::read_link(path) {
        Ok(target) => return Ok(Some(target.as_os_str().as_bytes().to_vec())),
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => std::fs::read(path),
        Err(error) => Err(error),
    };
    match answer {
        Ok(owner) => Ok(Some(owner)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Removes a lock whose owner is dead, under a lock of its own, which is broken in the same way where its owner died.
/// `false`: it is held after all.
fn break_stale(directory: &Path, name: &str, prefix: &[u8]) -> io::Result<bool> {
    let Some(_guard) = Lock::try_take(directory, &format!("{name}.break"))? else {
        return Ok(false);
    };
    let path = directory.join(name);
    match read(&path)? {
        None => Ok(true),
        Some(holder) if is_dead(&holder, prefix) => std::fs::remove_file(&path).map(|()| true),
        Some(_) => Ok(false),
    }
}

/// Whether `holder` is a process of this host and process namespace that runs no longer.
fn is_dead(holder: &[u8], prefix: &[u8]) -> bool {
    let Some(colon) = holder.iter().position(|byte| *byte == b':') else {
        return false;
    };
    let number = std::str::from_utf8(&holder[colon + 1..]).unwrap_or_default();
    let pid = number.parse().ok().filter(|pid: &i32| *pid > 0);
    let pid = pid.and_then(rustix::process::Pid::from_raw);
    match pid {
        Some(pid) if &holder[..colon] == prefix => {
            rustix::process::test_kill_process(pid) == Err(rustix::io::Errno::SRCH)
        }
        _ => false,
    }
}

/// Host name and, where there is one, the process namespace.
fn owner_prefix() -> Vec<u8> {
    let mut prefix = rustix::system::uname().nodename().to_bytes().to_vec();
    if let Ok(namespace) = rustix::fs::stat("/proc/self/ns/pid") {
        prefix.extend_from_slice(format!("/{:x}", namespace.st_ino).as_bytes());
    }
    prefix
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_excludes_and_is_released() {
        let dir = tempfile::tempdir().unwrap();
        let lock = Lock::try_take(dir.path(), "wlock").unwrap().unwrap();
        let target = std::fs::read_link(dir.path().join("wlock")).unwrap();
        let text = target.to_str().unwrap();
        assert!(
            text.ends_with(&format!(":{}", std::process::id())),
            "{text}"
        );
        assert!(Lock::try_take(dir.path(), "wlock").unwrap().is_none());
        drop(lock);
        assert!(Lock::try_take(dir.path(), "wlock").unwrap().is_some());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn only_dead_owners_of_this_host_lose_their_lock() {
        let dir = tempfile::tempdir().unwrap();
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let dead = child.id();
        child.wait().unwrap();
        let here = String::from_utf8(owner_prefix()).unwrap();
        let held = [
            format!("elsewhere:{dead}"),
            format!("{here}:1"),
            "12345".to_string(),
            format!("{here}:x"),
            format!("{here}:-1"),
        ];
        let path = dir.path().join("wlock");
        for owner in held {
            std::os::unix::fs::symlink(&owner, &path).unwrap();
            assert!(
                Lock::try_take(dir.path(), "wlock").unwrap().is_none(),
                "{owner}"
            );
            std::fs::remove_file(&path).unwrap();
        }
        std::os::unix::fs::symlink(format!("{here}:{dead}"), &path).unwrap();
        // its owner may have died while it broke the lock of another
        let guard = dir.path().join("wlock.break");
        std::os::unix::fs::symlink(format!("{here}:1"), &guard).unwrap();
        assert!(Lock::try_take(dir.path(), "wlock").unwrap().is_none());
        std::fs::remove_file(&guard).unwrap();
        std::os::unix::fs::symlink(format!("{here}:{dead}"), &guard).unwrap();
        assert!(Lock::try_take(dir.path(), "wlock").unwrap().is_some());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_plain_file_is_a_lock_too() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("wlock"), b"elsewhere:1").unwrap();
        assert!(Lock::try_take(dir.path(), "wlock").unwrap().is_none());
        assert!(Lock::try_take(&dir.path().join("missing"), "wlock").is_err());
    }
}

//! Files of the working directory written and removed as a finished plan says, on several threads; every path is audited
//! and nothing is followed out of the root. What the plan contains is decided in Python.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use hyg_base::{
    Error, ErrorId, Interrupt, Node, PathList, RepoPath, RepoPathBuf, Reporter, Result, Rev,
    Warning,
};
use hyg_matcher::audit;
use hyg_store::filelog::Filelog;
use hyg_worktree::Timestamp;
use hyg_worktree::clock::filesystem_now;
use hyg_worktree::dirstate::{Seen, Written};

use crate::contents;
use crate::disk::DiskSource;
use crate::ops::parallel::{Stop, crew};
use crate::repo::Repo;

/// Files taken at a time by one thread.
const BATCH: usize = 16;
/// More threads than this wait for the disk only.
const MAX_THREADS: usize = 16;

/// A file to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileToWrite {
    /// Where.
    pub path: RepoPathBuf,
    /// Which revision of it.
    pub node: Node,
    /// "l" for a link, "x" for an executable file.
    pub flag: Option<u8>,
    /// The content, where it is not the revision's.
    pub data: Option<Vec<u8>>,
}

/// A plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckoutRequest {
    /// Files to remove, before others are written.
    pub remove: Vec<RepoPathBuf>,
    /// Files to write.
    pub write: Vec<FileToWrite>,
    /// Files whose content stays, with their new flags.
    pub set_flags: Vec<(RepoPathBuf, Option<u8>)>,
    /// Directories stay although they become empty.
    pub keep_directories: bool,
}

/// What was done.
#[derive(Debug, Default)]
pub struct CheckoutOutcome {
    /// How the files written look, and which were removed.
    pub stamps: Written,
    /// In the order they are to be printed.
    pub warnings: Vec<Warning>,
}

/// Carries out a plan.
///
/// # Errors
/// [`hyg_base::ErrorId::IllegalPath`], [`hyg_base::ErrorId::Io`] with the path, whatever reading revisions answers, and interruption. Files
/// written by then stay.
pub fn checkout(
    repo: &Repo,
    request: &CheckoutRequest,
    reporter: &dyn Reporter,
    interrupt: &dyn Interrupt,
) -> Result<CheckoutOutcome> {
    let checkout = Checkout {
        repo,
        source: DiskSource::for_working_copy(repo.root()),
        reporter,
        interrupt,
        total: (request.remove.len() + request.write.len()) as u64,
    };
    let mut outcome = CheckoutOutcome::default();
    checkout.remove(request, &mut outcome)?;
    checkout.make_directories(&request.write)?;
    let mut seen = checkout.write(&request.write, request.remove.len())?;
    for (path, flag) in &request.set_flags {
        checkout.set_flags(path, *flag)?;
    }
    let latest = seen.iter().flatten().filter_map(|seen| seen.mtime);
    let boundary = after(&repo.layout().dot_hg, latest.max_by_key(order));
    for seen in seen.iter_mut().flatten() {
        seen.mtime = seen.mtime.and_then(|time| time.reliable(boundary?));
    }
    let paths = request.write.iter().map(|file| file.path.clone());
    outcome.stamps.files = paths.zip(seen).collect();
    Ok(outcome)
}

fn order(time: &Timestamp) -> (u32, u32) {
    (time.seconds, time.nanoseconds)
}

/// A time of the file system's clock after `latest`, so that what was just written can be told from later changes;
/// clocks tick every few milliseconds.
fn after(directory: &Path, latest: Option<Timestamp>) -> Option<Timestamp> {
    let latest = latest?;
    let mut now = filesystem_now(directory)?;
    for _ in 0..20 {
        if order(&now) > order(&latest) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
        now = filesystem_now(directory)?;
    }
    Some(now)
}

struct Checkout<'a> {
    repo: &'a Repo,
    source: DiskSource,
    reporter: &'a dyn Reporter,
    interrupt: &'a dyn Interrupt,
    total: u64,
}

impl Checkout<'_> {
    fn full(&self, path: &RepoPath) -> PathBuf {
        self.repo.root().join(path.as_path())
    }

    fn remove(&self, request: &CheckoutRequest, outcome: &mut CheckoutOutcome) -> Result<()> {
        let mut directories: BTreeSet<RepoPathBuf> = BTreeSet::new();
        let mut removed = PathList::new();
        let mut last = RepoPathBuf::new(Vec::new());
        for (number, path) in request.remove.iter().enumerate() {
            if number % 256 == 0 {
                self.reporter
                    .progress("updating", number as u64, self.total);
                self.interrupt.check()?;
            }
            let (parent, name) = path.split_last();
            // Of files in one directory, the directory is looked at once.
            if number == 0 || parent.as_bytes() != last.as_bytes() {
                audit(path.as_bytes(), &self.source)?;
                last = parent.to_buf();
            } else {
                audit(name, &self.source)?;
            }
            removed.push(path)?;
            match fs::remove_file(self.full(path)) {
                Ok(()) => {}
                Err(error) if is_gone(&error) => {}
                Err(error) => outcome.warnings.push(
                    Warning::new("update-remove-failed")
                        .with("path", path.as_bytes())
                        .with("errno", error.raw_os_error().unwrap_or(0)),
                ),
            }
            if !parent.is_root() && directories.last().map(|last| &**last) != Some(parent) {
                directories.insert(parent.to_buf());
            }
        }
        outcome.stamps.removed = removed;
        if !request.keep_directories {
            for directory in directories.iter().rev() {
                self.remove_if_empty(directory);
            }
        }
        Ok(())
    }

    /// Removes a directory and those above it that become empty; one that stays is no failure.
    fn remove_if_empty(&self, directory: &RepoPath) {
        let mut next = directory;
        while !next.is_root() && fs::remove_dir(self.full(next)).is_ok() {
            next = next.split_last().0;
        }
    }

    /// Makes the directories of all files, each path audited.
    fn make_directories(&self, files: &[FileToWrite]) -> Result<()> {
        let mut done: BTreeSet<&RepoPath> = BTreeSet::new();
        for file in files {
            let (parent, name) = file.path.split_last();
            if done.contains(parent) {
                audit(name, &self.source)?;
                continue;
            }
            audit(file.path.as_bytes(), &self.source)?;
            done.extend(file.path.ancestors());
            if parent.is_root() {
                continue;
            }
            let full = self.full(parent);
            fs::create_dir_all(&full).map_err(|error| Error::io(&full, "mkdir", &error))?;
        }
        // A link that is also the directory of another file would lead out.
        match files.iter().find(|file| done.contains(&*file.path)) {
            Some(file) => {
                Err(Error::new(ErrorId::PathClash).with("directory", file.path.as_bytes()))
            }
            None => Ok(()),
        }
    }

    fn write(&self, files: &[FileToWrite], before: usize) -> Result<Vec<Option<Seen>>> {
        let available = match self.repo.options().threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            wanted => wanted,
        };
        let threads = available
            .min(MAX_THREADS)
            .min(files.len().div_ceil(BATCH))
            .max(1);
        let next = AtomicUsize::new(0);
        let work = |stop: &Stop<'_>| self.write_some(files, &next, before, stop);
        let mut seen = vec![None; files.len()];
        for (index, look) in crew(threads, self.interrupt, &work)?.into_iter().flatten() {
            seen[index] = Some(look);
        }
        Ok(seen)
    }

    fn write_some(
        &self,
        files: &[FileToWrite],
        next: &AtomicUsize,
        before: usize,
        stop: &Stop<'_>,
    ) -> Result<Vec<(usize, Seen)>> {
        let mut seen = Vec::new();
        loop {
            let start = next.fetch_add(BATCH, Ordering::Relaxed);
            if start >= files.len() {
                return Ok(seen);
            }
            if stop.is_callers() {
                self.reporter
                    .progress("updating", (before + start) as u64, self.total);
            }
            stop.check()?;
            let batch = &files[start..files.len().min(start + BATCH)];
            for (index, file) in (start..).zip(batch) {
                seen.push((index, self.write_one(file, stop)?));
            }
        }
    }

    fn write_one(&self, file: &FileToWrite, stop: &Stop<'_>) -> Result<Seen> {
        let full = self.full(&file.path);
        let failed = |error: io::Error| Error::io(&full, "write", &error);
        let (content, filtered);
        let data: &[u8] = match &file.data {
            Some(data) => data,
            None => {
                let filelog = self.repo.filelog(&file.path)?;
                let rev = filelog.revlog().rev(&file.node)?;
                if self.repo.filter().is_none()
                    && file.flag != Some(b'l')
                    && let Some(seen) = put_long(&full, &filelog, rev, file.flag, stop)?
                {
                    return Ok(seen);
                }
                content = filelog.read(rev)?;
                match self.repo.filter() {
                    Some(filter) => {
                        filtered = filter.to_disk(&file.path, content.into_vec())?;
                        &filtered
                    }
                    None => &content,
                }
            }
        };
        put(&full, data, file.flag).map_err(failed)
    }

    fn set_flags(&self, path: &RepoPath, flag: Option<u8>) -> Result<()> {
        audit(path.as_bytes(), &self.source)?;
        let full = self.full(path);
        let failed = |error: io::Error| Error::io(&full, "chmod", &error);
        let about = match fs::symlink_metadata(&full) {
            Ok(about) => about,
            Err(error) if is_gone(&error) => return Ok(()),
            Err(error) => return Err(failed(error)),
        };
        if about.is_symlink() || flag == Some(b'l') {
            let data = match about.is_symlink() {
                true => fs::read_link(&full)
                    .map_err(failed)?
                    .as_os_str()
                    .as_bytes()
                    .to_vec(),
                false => contents::read(&full).map_err(failed)?,
            };
            return put(&full, &data, flag).map(drop).map_err(failed);
        }
        let wanted = flag == Some(b'x');
        if (about.mode() & 0o100 != 0) != wanted {
            let mode = match wanted {
                true => about.mode() | (about.mode() & 0o444) >> 2 & !umask(&full),
                false => about.mode() & 0o666,
            };
            let mode = fs::Permissions::from_mode(mode & 0o7777);
            fs::set_permissions(&full, mode).map_err(failed)?;
        }
        Ok(())
    }
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

fn is_gone(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Writes a long file while it is read from the store; `None` where it is not long, or not stored so that this can be
/// done. What cannot be finished is removed.
fn put_long(
    path: &Path,
    filelog: &Filelog,
    rev: Rev,
    flag: Option<u8>,
    stop: &Stop<'_>,
) -> Result<Option<Seen>> {
    let failed = |error: io::Error| Error::io(path, "write", &error);
    let mut made: Option<File> = None;
    let streamed = filelog.stream(rev, &mut |bytes| {
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
fn put(path: &Path, data: &[u8], flag: Option<u8>) -> io::Result<Seen> {
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

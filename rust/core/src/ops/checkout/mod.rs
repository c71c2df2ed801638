//! Files of the working directory written and removed as a finished plan says, on several threads; every path is audited
//! and nothing is followed out of the root. What the plan contains is decided in Python.

mod files;
mod moving;

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use hyg_base::{
    Error, ErrorId, Interrupt, Node, PathList, RepoPath, RepoPathBuf, Reporter, Result, Warning,
};
use hyg_matcher::audit;
use hyg_worktree::Timestamp;
use hyg_worktree::clock::filesystem_now;
use hyg_worktree::dirstate::{Seen, Written};
use rustix::io::Errno;

use crate::disk::DiskSource;
use crate::ops::parallel::{Stop, crew, runs};
use crate::repo::Repo;
use files::{is_gone, put, put_long, set_flags};
pub use moving::plan_move;

/// Fewer files are not worth a second thread.
const ALONE: usize = 16;
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
    /// How many files were written.
    pub written: usize,
    /// How many got other flags.
    pub flagged: usize,
    /// How the files written look (those with other flags are to be looked at), and which were removed.
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
        reporter,
        interrupt,
        total: (request.remove.len() + request.write.len()) as u64,
    };
    let mut outcome = CheckoutOutcome::default();
    checkout.remove(request, &mut outcome)?;
    checkout.audit(&request.write)?;
    let mut seen = checkout.write(&request.write, request.remove.len())?;
    for (path, flag) in &request.set_flags {
        let full = checkout.full(path);
        audit(path.as_bytes(), &DiskSource::for_working_copy(repo.root()))?;
        set_flags(&full, *flag).map_err(|error| Error::io(&full, "chmod", &error))?;
    }
    let latest = seen.iter().flatten().filter_map(|seen| seen.mtime);
    let boundary = after(&repo.layout().dot_hg, latest.max_by_key(order));
    for seen in seen.iter_mut().flatten() {
        seen.mtime = seen.mtime.and_then(|time| time.reliable(boundary?));
    }
    let paths = request.write.iter().map(|file| file.path.clone());
    outcome.stamps.files = paths.zip(seen).collect();
    let flagged = request.set_flags.iter();
    (outcome.written, outcome.flagged) = (request.write.len(), flagged.len());
    outcome
        .stamps
        .files
        .extend(flagged.map(|(path, _)| (path.clone(), None)));
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
    reporter: &'a dyn Reporter,
    interrupt: &'a dyn Interrupt,
    total: u64,
}

impl Checkout<'_> {
    fn full(&self, path: &RepoPath) -> PathBuf {
        self.repo.root().join(path.as_path())
    }

    fn remove(&self, request: &CheckoutRequest, outcome: &mut CheckoutOutcome) -> Result<()> {
        let source = DiskSource::for_working_copy(self.repo.root()).looking_once();
        let mut directories: BTreeSet<&RepoPath> = BTreeSet::new();
        let mut removed = PathList::new();
        for path in &request.remove {
            audit(path.as_bytes(), &source)?;
            removed.push(path)?;
            let parent = path.split_last().0;
            if !parent.is_root() && directories.last() != Some(&parent) {
                directories.insert(parent);
            }
        }
        let path = |at: usize| &*request.remove[at];
        let each = |at: usize, _: &Stop<'_>| {
            Ok(match fs::remove_file(self.full(path(at))) {
                Ok(()) => None,
                Err(error) if is_gone(&error) => None,
                Err(error) => Some(error.raw_os_error().unwrap_or(0)),
            })
        };
        let step = Step {
            path: &path,
            begin: &|_| Ok(()),
            each: &each,
        };
        let failures = self.spread(request.remove.len(), 0, &step)?;
        let failures = failures.into_iter().enumerate();
        outcome.warnings.extend(failures.filter_map(|(at, errno)| {
            let warning = Warning::new("update-remove-failed").with("path", path(at).as_bytes());
            Some(warning.with("errno", errno?))
        }));
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

    /// Refuses paths that lead out of the root, and files that are also directories of others: a link among them would
    /// lead out.
    fn audit(&self, files: &[FileToWrite]) -> Result<()> {
        let source = DiskSource::for_working_copy(self.repo.root()).looking_once();
        let mut above: BTreeSet<&RepoPath> = BTreeSet::new();
        for file in files {
            audit(file.path.as_bytes(), &source)?;
            let parent = file.path.split_last().0;
            if !above.contains(parent) {
                above.extend(file.path.ancestors());
            }
        }
        match files.iter().find(|file| above.contains(&*file.path)) {
            Some(file) => {
                Err(Error::new(ErrorId::PathClash).with("directory", file.path.as_bytes()))
            }
            None => Ok(()),
        }
    }

    fn write(&self, files: &[FileToWrite], before: usize) -> Result<Vec<Option<Seen>>> {
        let path = |at: usize| &*files[at].path;
        let begin = |at: usize| {
            let directory = self.full(path(at).split_last().0);
            fs::create_dir_all(&directory).map_err(|error| match error.kind() {
                // a file is where a directory has to be
                ErrorKind::AlreadyExists | ErrorKind::NotADirectory => {
                    let wrong = std::io::Error::from(Errno::NOTDIR);
                    Error::io(&self.full(path(at)), "write", &wrong)
                }
                _ => Error::io(&directory, "mkdir", &error),
            })
        };
        let step = Step {
            path: &path,
            begin: &begin,
            each: &|at, stop| self.write_one(&files[at], stop).map(Some),
        };
        self.spread(files.len(), before, &step)
    }

    /// Takes a step with every number below `count`, neighbours in a directory by the same thread. Answers come in order.
    fn spread<T: Send>(&self, count: usize, before: usize, step: &Step<'_, T>) -> Result<Vec<T>> {
        let runs = runs(count, step.path);
        let next = AtomicUsize::new(0);
        let run = |stop: &Stop<'_>| -> Result<Vec<(usize, T)>> {
            let mut answers = Vec::new();
            while let Some(run) = runs.get(next.fetch_add(1, Ordering::Relaxed)) {
                if stop.is_callers() {
                    let position = (before + run.start) as u64;
                    self.reporter.progress("updating", position, self.total);
                }
                stop.check()?;
                (step.begin)(run.start)?;
                for at in run.clone() {
                    answers.push((at, (step.each)(at, stop)?));
                }
            }
            Ok(answers)
        };
        let threads = match count {
            ..=ALONE => 1,
            _ => crate::ops::threads(self.repo)
                .min(MAX_THREADS)
                .min(runs.len())
                .max(1),
        };
        let mut answers = Vec::with_capacity(count);
        for part in crew(threads, self.interrupt, &run)? {
            answers.extend(part);
        }
        answers.sort_unstable_by_key(|(at, _)| *at);
        Ok(answers.into_iter().map(|(_, answer)| answer).collect())
    }

    fn write_one(&self, file: &FileToWrite, stop: &Stop<'_>) -> Result<Seen> {
        let full = self.full(&file.path);
        let failed = |error: std::io::Error| Error::io(&full, "write", &error);
        let (content, filtered);
        let data: &[u8] = match &file.data {
            Some(data) => data,
            None => {
                let filelog = self.repo.filelog(&file.path)?;
                let rev = filelog.revlog().rev(&file.node)?;
                if self.repo.filter().is_none()
                    && file.flag != Some(b'l')
                    && let Some(seen) = put_long(
                        &full,
                        (&filelog, rev, self.repo.options().long_from),
                        file.flag,
                        stop,
                    )?
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
}

/// What is done with many files.
struct Step<'a, T> {
    path: &'a (dyn Fn(usize) -> &'a RepoPath + Sync),
    /// Comes before the first file of a run.
    begin: &'a (dyn Fn(usize) -> Result<()> + Sync),
    each: &'a (dyn Fn(usize, &Stop<'_>) -> Result<T> + Sync),
}

//! Files of the working directory compared with stored revisions: flags first, then size, then content, on several threads.
//! Which files need it is decided by the walk and by the parent module.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use hyg_base::{Error, Interrupt, PathList, RepoPath, Result};
use hyg_store::manifest::{FileEntry, Flags, Manifest};

use crate::repo::Repo;

/// More threads than this wait for the disk only.
const MAX_THREADS: usize = 16;
/// How many files a thread takes at once.
const BATCH: usize = 32;

/// What comparing a file answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The revision has no such file.
    Absent,
    /// Flags or content differ.
    Different,
    /// Nothing differs.
    Same,
    /// The file cannot be read (any more).
    Gone,
}

/// Compares each of `paths` with what `manifest` says; the answers have the order of the paths.
///
/// # Errors
/// Whatever reading the manifest or a filelog answers, and interruption.
pub(super) fn compare(
    repo: &Repo,
    manifest: &Manifest,
    paths: &PathList,
    interrupt: &dyn Interrupt,
) -> Result<Vec<Verdict>> {
    let batches = paths.len().div_ceil(BATCH);
    let available = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = available.min(MAX_THREADS).min(batches);
    let next = AtomicUsize::new(0);
    let work = |may_ask: bool| -> Result<Vec<(usize, Verdict)>> {
        let mut answers = Vec::new();
        loop {
            let start = next.fetch_add(BATCH, Ordering::Relaxed);
            if start >= paths.len() {
                return Ok(answers);
            }
            if may_ask {
                interrupt.check()?;
            }
            for index in start..paths.len().min(start + BATCH) {
                let path = paths.at(index);
                answers.push((index, compare_one(repo, manifest.get(path)?, path)?));
            }
        }
    };
    let mut verdicts = vec![Verdict::Gone; paths.len()];
    let answers = if threads <= 1 {
        vec![work(true)]
    } else {
        run_threads(threads, &work, &next, paths.len())
    };
    for answer in answers {
        for (index, verdict) in answer? {
            verdicts[index] = verdict;
        }
    }
    Ok(verdicts)
}

type Answers = Result<Vec<(usize, Verdict)>>;

/// Runs `work` on this thread and on `threads - 1` others; after an error no thread takes more.
fn run_threads(
    threads: usize,
    work: &(dyn Fn(bool) -> Answers + Sync),
    next: &AtomicUsize,
    end: usize,
) -> Vec<Answers> {
    let run = |may_ask| {
        let answer = work(may_ask);
        if answer.is_err() {
            next.store(end, Ordering::Relaxed);
        }
        answer
    };
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(|| run(false))).collect();
        let mut answers = vec![run(true)];
        for other in others {
            let panicked = |_| Err(Error::internal("a comparing thread panicked"));
            answers.push(other.join().unwrap_or_else(panicked));
        }
        answers
    })
}

fn compare_one(repo: &Repo, stored: Option<FileEntry>, path: &RepoPath) -> Result<Verdict> {
    let Some(stored) = stored else {
        return Ok(Verdict::Absent);
    };
    let full = repo.root().join(path.as_path());
    let Ok(about) = fs::symlink_metadata(&full) else {
        return Ok(Verdict::Gone);
    };
    if flags_of(&about) != stored.flags {
        return Ok(Verdict::Different);
    }
    let filelog = repo.filelog(path)?;
    let rev = filelog.revlog().rev(&stored.node)?;
    // A symbolic link's size is that of its target, which is its content.
    if repo.filter().is_none() && filelog.size(rev)? != about.len() {
        return Ok(Verdict::Different);
    }
    let Some(content) = read(&full, &about) else {
        return Ok(Verdict::Gone);
    };
    let content = repo.read_filtered(path, content)?;
    let same = *filelog.read(rev)? == *content;
    Ok(if same {
        Verdict::Same
    } else {
        Verdict::Different
    })
}

fn read(path: &Path, about: &fs::Metadata) -> Option<Vec<u8>> {
    if about.is_symlink() {
        let target = fs::read_link(path).ok()?;
        return Some(target.as_os_str().as_bytes().to_vec());
    }
    fs::read(path).ok()
}

/// The flags that a file on disk would be stored with.
pub(crate) fn flags_of(about: &fs::Metadata) -> Flags {
    if about.is_symlink() {
        Flags::LINK
    } else if about.permissions().mode() & 0o100 != 0 {
        Flags::EXEC
    } else {
        Flags::NONE
    }
}

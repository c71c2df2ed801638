//! Files of the working directory compared with stored revisions: flags first, then size, then content, on several threads.
//! Which files need it is decided by the walk and by the parent module.

use std::fs::{self, File, Metadata};
use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicUsize, Ordering};

use hyg_base::{Interrupt, PathList, RepoPath, Result, Rev};
use hyg_store::filelog::Filelog;
use hyg_store::manifest::{FileEntry, Flags, Manifest};
use hyg_worktree::dirstate::Seen;

use crate::contents::{self, Opened};
use crate::ops::parallel::{Stop, crew};
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
    /// Nothing differs; how it looked before it was read.
    Same(Seen),
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
    let work = |stop: &Stop<'_>| -> Result<Vec<(usize, Verdict)>> {
        let mut answers = Vec::new();
        loop {
            let start = next.fetch_add(BATCH, Ordering::Relaxed);
            if start >= paths.len() {
                return Ok(answers);
            }
            stop.check()?;
            for index in start..paths.len().min(start + BATCH) {
                let path = paths.at(index);
                let stored = manifest.get(path)?;
                answers.push((index, compare_one(repo, stored, path, stop)?));
            }
        }
    };
    let mut verdicts = vec![Verdict::Gone; paths.len()];
    for (index, verdict) in crew(threads, interrupt, &work)?.into_iter().flatten() {
        verdicts[index] = verdict;
    }
    Ok(verdicts)
}

fn compare_one(
    repo: &Repo,
    stored: Option<FileEntry>,
    path: &RepoPath,
    stop: &Stop<'_>,
) -> Result<Verdict> {
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
    let content = match contents::open(&full) {
        Ok(Opened::Link(target, about)) => (target, about),
        Ok(Opened::File(file, about))
            if contents::is_long(&about, repo.options()) && repo.filter().is_none() =>
        {
            let from = repo.options().long_from;
            return compare_long((&filelog, rev, from), &file, &about, stop);
        }
        Ok(Opened::File(file, about)) => match contents::read_all(&file, &about) {
            Ok(content) => (content, about),
            Err(_) => return Ok(Verdict::Gone),
        },
        Err(_) => return Ok(Verdict::Gone),
    };
    let (content, about) = content;
    let content = repo.read_filtered(path, content)?;
    Ok(verdict(*filelog.read(rev)? == *content, &about))
}

fn compare_long(
    (filelog, rev, from): (&Filelog, Rev, u64),
    file: &File,
    about: &Metadata,
    stop: &Stop<'_>,
) -> Result<Verdict> {
    let mut unreadable = false;
    let same = filelog.holds(rev, from, &mut |buffer| {
        stop.check()?;
        Ok(contents::read_some(file, buffer).unwrap_or_else(|_| {
            unreadable = true;
            0
        }))
    })?;
    Ok(match unreadable {
        true => Verdict::Gone,
        false => verdict(same, about),
    })
}

fn verdict(same: bool, about: &Metadata) -> Verdict {
    match same {
        true => Verdict::Same(Seen::of(about)),
        false => Verdict::Different,
    }
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

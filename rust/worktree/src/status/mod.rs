//! Status: comparing the dirstate with the working copy, without reading any file's content.
//! Files whose look does not decide are answered as unsure; comparing them with history belongs to the caller.

mod crew;
mod explicit;
mod findings;
mod ignored;
mod listing;
mod plan;
mod task;
mod tracked;
mod unknown;
mod verdict;
mod visit;

use std::os::fd::AsFd;
use std::path::Path;

use hyg_base::{Error, Interrupt, PathList, RepoPath, RepoPathBuf, Result, Warning};
use hyg_matcher::{IgnoreMatcher, Matcher};
use rustix::fs::{CWD, Mode, OFlags};

use crate::dirstate::{Fixes, Format};
use crate::{Dirstate, Timestamp, clock};
use findings::Findings;
use plan::Plan;
use task::{Cache, DirPath, How, Task};
use verdict::Judge;
use visit::Visitor;

/// More threads than this wait for the kernel's locks rather than for the disk.
const MAX_THREADS: usize = 16;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct StatusOptions {
    /// List files that are neither tracked nor ignored.
    pub unknown: bool,
    /// List ignored files.
    pub ignored: bool,
    /// List tracked files that are surely unchanged.
    pub clean: bool,
    /// Report what tracked files were copied from.
    pub copies: bool,
    /// The file system keeps execute permissions.
    pub check_exec: bool,
    /// The file system has symbolic links.
    pub check_symlink: bool,
    /// How many threads may work; 0: as many as there are processors, at most 16.
    pub threads: usize,
    /// Directories that are subrepositories: never looked into.
    pub subrepositories: Vec<RepoPathBuf>,
}

impl Default for StatusOptions {
    /// Everything that plain `status` shows, on a usual file system.
    fn default() -> StatusOptions {
        StatusOptions {
            unknown: true,
            ignored: false,
            clean: false,
            copies: false,
            check_exec: true,
            check_symlink: true,
            threads: 0,
            subrepositories: Vec::new(),
        }
    }
}

/// What a walk works on.
#[derive(Clone, Copy)]
pub struct Walk<'a> {
    /// The dirstate.
    pub dirstate: &'a Dirstate,
    /// The working directory.
    pub root: &'a Path,
    /// The files that are meant.
    pub matcher: &'a dyn Matcher,
    /// The files that are ignored.
    pub ignore: &'a IgnoreMatcher,
    /// Hash of the ignore files (`docs/formats/dirstate-v2.md`); with zeros no directory times are used or recorded.
    pub ignore_hash: [u8; 20],
    /// What is asked for.
    pub options: &'a StatusOptions,
    /// Asked now and then, on the caller's thread.
    pub interrupt: &'a dyn Interrupt,
}

impl std::fmt::Debug for Walk<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Walk")
            .field("root", &self.root)
            .finish_non_exhaustive()
    }
}

/// The answer; all lists in byte order.
#[derive(Clone, Debug, Default)]
pub struct WalkReport {
    /// Changed for sure.
    pub modified: PathList,
    /// Tracked by the working copy only.
    pub added: PathList,
    /// No longer tracked by the working copy.
    pub removed: PathList,
    /// Tracked but not there.
    pub deleted: PathList,
    /// Not tracked and not ignored, if asked for.
    pub unknown: PathList,
    /// Ignored, if asked for.
    pub ignored: PathList,
    /// Unchanged for sure, if asked for.
    pub clean: PathList,
    /// Modified or clean: the content has to be compared with the first parent's.
    pub unsure: PathList,
    /// Tracked files and what they were copied from, if asked for.
    pub copies: Vec<(RepoPathBuf, RepoPathBuf)>,
    /// What could not be looked at: `bad-file` (`path`, `errno`) and `unsupported-file-type` (`path`, `type`).
    pub bad: Vec<Warning>,
    /// The file system's time before the walk; needed for [`Fixes::confirm_clean`].
    pub boundary: Option<Timestamp>,
    /// What the dirstate could remember.
    pub fixes: Fixes,
}

/// Compares the dirstate with the working copy.
///
/// # Errors
/// [`hyg_base::ErrorId::CorruptFile`] for the dirstate, [`hyg_base::ErrorId::Io`] where the root cannot be opened, what
/// the matchers answer, and [`hyg_base::ErrorId::Interrupted`].
pub fn status(walk: &Walk<'_>) -> Result<WalkReport> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let root = rustix::fs::openat(CWD, walk.root, flags, Mode::empty())
        .map_err(|error| Error::io(walk.root, "open", &error.into()))?;
    let boundary = clock::filesystem_now(walk.dirstate.dot_hg());
    let mut plan = plan(walk, root.as_fd(), boundary);
    let mut named = explicit::check(&plan)?;
    plan.named_only = explicit::answers_for_named_only(&plan)?;
    let mut findings = Findings::default();
    if !walk.matcher.is_never() {
        let threads = threads(walk.options);
        let visitors = (0..threads).map(|index| Visitor::new(&plan, index == 0));
        for visitor in crew::work_off(vec![root_task(&plan)], visitors.collect())? {
            findings.absorb(visitor.findings)?;
        }
    }
    findings.sort();
    // What the user named is complained about first, in byte order, tracked or not; then what the walk met.
    let is_named = |bad: &findings::Bad| walk.matcher.is_explicit(RepoPath::new(&bad.path));
    let (mut met_named, met): (Vec<_>, Vec<_>) = findings.bad.into_iter().partition(is_named);
    named.append(&mut met_named);
    named.sort();
    named.dedup();
    let warnings = named
        .into_iter()
        .chain(met)
        .map(findings::Bad::into_warning);
    Ok(WalkReport {
        bad: warnings.collect(),
        modified: findings.modified,
        added: findings.added,
        removed: findings.removed,
        deleted: findings.deleted,
        unknown: findings.unknown,
        ignored: findings.ignored,
        clean: findings.clean,
        unsure: findings.unsure,
        copies: findings.copies,
        boundary,
        fixes: Fixes {
            clean: Vec::new(),
            directories: findings.directories,
            directory_times: findings.directory_times,
            new_ignore_hash: plan.forget_times.then_some(walk.ignore_hash),
        },
    })
}

fn plan<'a>(
    walk: &Walk<'a>,
    root: std::os::fd::BorrowedFd<'a>,
    boundary: Option<Timestamp>,
) -> Plan<'a> {
    let options = walk.options;
    let always = walk.matcher.is_always();
    let lists = options.unknown || options.ignored;
    let cached = lists && walk.dirstate.format() == Format::V2 && walk.ignore_hash != [0; 20];
    let same_patterns = cached && walk.ignore_hash == walk.dirstate.ignore_hash();
    // Under new patterns all old times must go, which only a walk over everything can make up for.
    let forget_times = cached && !same_patterns && always;
    Plan {
        dirstate: walk.dirstate,
        root,
        matcher: walk.matcher,
        ignore: walk.ignore,
        interrupt: walk.interrupt,
        judge: Judge {
            check_exec: options.check_exec,
            check_symlink: options.check_symlink,
            boundary,
        },
        list_unknown: options.unknown,
        list_ignored: options.ignored,
        list_clean: options.clean,
        list_copies: options.copies && walk.dirstate.copies_len() > 0,
        always,
        named_only: false,
        below_named: !walk.matcher.is_prefix() && names_no_root(walk.matcher),
        exact: walk.matcher.exact_files().is_some(),
        trust_times: same_patterns && !options.ignored,
        propose_times: same_patterns || forget_times,
        forget_times,
        subrepositories: &options.subrepositories,
    }
}

fn names_no_root(matcher: &dyn Matcher) -> bool {
    let named = matcher.explicit_paths();
    !named.is_empty() && !named.iter().any(|path| path.is_root())
}

fn root_task<'a>(plan: &Plan<'a>) -> Task<'a> {
    Task {
        path: DirPath::Known(b""),
        nodes: plan.dirstate.root_children(),
        how: match plan.list_unknown || plan.list_ignored {
            true => How::List,
            false => How::Probe,
        },
        covered: plan.always,
        ignored: Some(false),
        cache: Cache::Never,
    }
}

fn threads(options: &StatusOptions) -> usize {
    let wanted = match options.threads {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        given => given,
    };
    wanted.clamp(1, MAX_THREADS)
}

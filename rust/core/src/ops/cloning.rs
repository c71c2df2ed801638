//! A copy of a repository on the same file system, made by hard links, with the files of its main branch checked out.
//! Copies of a part, from elsewhere, with bookmarks or of what may not be seen by all are made in Python.

use std::fs::{self, File, FileTimes};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use hyg_base::{Error, ErrorId, Interrupt, Node, Phase, RepoPath, Reporter, Result, Rev};
use hyg_store::phases::Phases;
use hyg_store::requirements as req;
use hyg_worktree::lock::Lock;

use super::checkout::{checkout, plan_move};
use super::editing;
use super::parallel::{Stop, crew};
use crate::names::{bookmarks, branches, hidden};
use crate::repo::Repo;

/// Requirements that lie in `.hg` where the others lie in the store.
const OF_THE_WORKING_COPY: [&[u8]; 3] = [req::SPARSE, req::SHARE_SAFE, req::DIRSTATE_V2];
/// What every copy made here has to have, and what none may have.
const NEEDED: [&[u8]; 2] = [req::STORE, req::FNCACHE];
const ELSEWHERE: [&[u8]; 5] = [
    req::SPARSE,
    req::SHARED,
    req::RELSHARED,
    req::DIRSTATE_TRACKED_KEY,
    req::BOOKMARKS_IN_STORE,
];
/// What keeps very old programs from using the repository: a changelog of an unknown version.
const DUMMY_CHANGELOG: &[u8] = b"\0\0\xff\xff dummy changelog to prevent using the old repo layout";
/// A longer list of files is worth telling about progress.
const MANY: u64 = 1 << 20;
/// Files that one thread links at a time.
const BATCH: usize = 64;

/// What was checked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cloned {
    /// The branch.
    pub branch: Vec<u8>,
    /// How many files.
    pub files: usize,
}

/// The changeset that a copy of a repository shows; `None` where the copy is not simply all of the store.
fn shown(source: &Repo) -> Result<Option<Rev>> {
    let requirements = &source.layout().requirements;
    let has = |name: &&[u8]| requirements.contains(name);
    if !NEEDED.iter().all(has) || ELSEWHERE.iter().any(has) {
        return Ok(None);
    }
    let changelog = source.changelog()?;
    let phases = Phases::load(&*source.store(), changelog)?;
    let may_be_seen = |(_, phase): &(Rev, Phase)| *phase <= Phase::Draft;
    let list = fs::metadata(source.layout().store.join("fncache"));
    let is_simple = phases.roots().iter().all(may_be_seen)
        && phases.unknown().is_empty()
        && hidden::read(source)?.is_plain()
        && bookmarks::read(source)?.iter().next().is_none()
        && list.is_ok_and(|list| list.len() < MANY);
    match is_simple {
        true => match branches::tip(source, b"default")? {
            Some(node) => source.rev_of(&node).map(Some),
            None => Ok(None),
        },
        false => Ok(None),
    }
}

/// Copies `source` to `destination`, which must not be there although its parent is, and checks the main branch out. Where
/// it fails or is interrupted nothing is left behind. `None`, and nothing was done, where more is needed than that.
///
/// # Errors
/// [`ErrorId::Io`]; whatever reading the source answers; interruption.
pub fn clone_linked(
    source: &Repo,
    destination: &Path,
    publishing: bool,
    interrupt: &dyn Interrupt,
    reporter: &dyn Reporter,
) -> Result<Option<Cloned>> {
    let Some(rev) = shown(source)? else {
        return Ok(None);
    };
    let manifest = source.manifest_of(rev)?;
    let nested = [&b".hgsub"[..], b".hgsubstate"];
    for name in nested {
        if manifest.get(RepoPath::new(name))?.is_some() {
            return Ok(None);
        }
    }
    drop(manifest);
    let store = &source.layout().store;
    let Ok(Some(lock)) = Lock::try_take(store, "lock") else {
        return Ok(None);
    };
    let copy = Copy {
        source,
        root: destination,
    };
    fs::create_dir(destination).map_err(failed(destination, "mkdir"))?;
    let made = copy.fill(publishing, interrupt).and_then(|()| {
        drop(lock);
        let made = copy.check_out(rev, interrupt, reporter)?;
        interrupt.check().map(|()| made)
    });
    match made {
        Ok(made) => Ok(Some(made)),
        Err(error) => {
            let _ = fs::remove_dir_all(destination);
            Err(error)
        }
    }
}

fn failed(path: &Path, operation: &'static str) -> impl Fn(io::Error) -> Error {
    move |error| Error::io(path, operation, &error)
}

struct Copy<'a> {
    source: &'a Repo,
    root: &'a Path,
}

impl Copy<'_> {
    /// Everything but the working copy.
    fn fill(&self, publishing: bool, interrupt: &dyn Interrupt) -> Result<()> {
        let dot_hg = self.root.join(".hg");
        let store = dot_hg.join("store");
        for directory in [
            &dot_hg,
            &dot_hg.join("cache"),
            &dot_hg.join("wcache"),
            &store,
        ] {
            fs::create_dir(directory).map_err(failed(directory, "mkdir"))?;
        }
        let write =
            |path: PathBuf, bytes: &[u8]| fs::write(&path, bytes).map_err(failed(&path, "write"));
        write(dot_hg.join("00changelog.i"), DUMMY_CHANGELOG)?;
        let requirements = &self.source.layout().requirements;
        let safe = requirements.contains(req::SHARE_SAFE);
        let lines = |of_store: bool| -> Vec<u8> {
            let is_meant = |name: &&[u8]| !safe || OF_THE_WORKING_COPY.contains(name) != of_store;
            let names = requirements.iter().filter(is_meant);
            names.flat_map(|name| [name, b"\n"].concat()).collect()
        };
        write(dot_hg.join("requires"), &lines(false))?;
        if safe {
            write(store.join("requires"), &lines(true))?;
        }
        self.link_store(&store, publishing, interrupt)?;
        let location = self.source.root().as_os_str().as_bytes();
        let hgrc: [&[u8]; 3] = [
            b"# configuration of this repository (see 'hg help config')\n[paths]\ndefault = ",
            location,
            b"\n\n# [ui]\n# username = Jane Doe <jdoe@example.com>\n",
        ];
        write(dot_hg.join("hgrc"), &hgrc.concat())
    }

    /// Files of history become hard links, others are copied. The changelog comes last: until it is there, the copy is
    /// empty.
    fn link_store(&self, store: &Path, publishing: bool, interrupt: &dyn Interrupt) -> Result<()> {
        let from = &self.source.layout().store;
        let mut names = Vec::new();
        collect(from, Path::new(""), &mut |name, is_directory| {
            match (is_directory, name.parent() == Some(Path::new(""))) {
                (true, _) => fs::create_dir(store.join(name)).map_err(failed(name, "mkdir"))?,
                (false, true) if is_passed_over(name, publishing) => {}
                (false, _) => names.push(name.to_path_buf()),
            }
            Ok(())
        })?;
        let is_changelog = |name: &PathBuf| name.as_os_str().as_bytes().starts_with(b"00changelog");
        let (mut last, first): (Vec<PathBuf>, Vec<PathBuf>) =
            names.into_iter().partition(is_changelog);
        last.sort_unstable();
        let batches: Vec<&[PathBuf]> = first.chunks(BATCH).collect();
        let link = |name: &PathBuf| link(&from.join(name), &store.join(name));
        let next = AtomicUsize::new(0);
        let run = |stop: &Stop<'_>| -> Result<()> {
            while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
                stop.check()?;
                batch.iter().try_for_each(link)?;
            }
            Ok(())
        };
        let threads = super::threads(self.source).min(batches.len() / 2).max(1);
        crew(threads, interrupt, &run)?;
        last.iter().try_for_each(link)
    }

    fn check_out(
        &self,
        rev: Rev,
        interrupt: &dyn Interrupt,
        reporter: &dyn Reporter,
    ) -> Result<Cloned> {
        let repo = Repo::open_with(self.root, *self.source.options())?;
        let node = repo.changelog()?.revlog().node(rev)?;
        let Some(plan) = plan_move(&repo, Rev::NULL, rev)? else {
            return Err(Error::internal("a new directory is not empty"));
        };
        let outcome = checkout(&repo, &plan, reporter, interrupt)?;
        if !outcome.warnings.is_empty() {
            return Err(Error::new(ErrorId::Io).with("path", self.root));
        }
        let mut editor = editing::edit(&repo)?;
        editor.set_parents([node, Node::NULL])?;
        editor.take_over(&outcome.stamps)?;
        editor.write()?;
        let branch = b"default".to_vec();
        let path = repo.layout().dot_hg.join("branch");
        fs::write(&path, b"default\n").map_err(failed(&path, "write"))?;
        Ok(Cloned {
            branch,
            files: outcome.written,
        })
    }
}

/// Whether a file of the store says something about transactions, or about this store alone.
fn is_passed_over(name: &Path, publishing: bool) -> bool {
    let name = name.as_os_str().as_bytes();
    matches!(name, b"requires" | b"lock")
        || (publishing && name == b"phaseroots")
        || name.starts_with(b"undo")
        || name.starts_with(b"journal")
}

/// Calls `receive` for everything below a directory, for directories before what is in them.
fn collect(
    base: &Path,
    below: &Path,
    receive: &mut dyn FnMut(&Path, bool) -> Result<()>,
) -> Result<()> {
    let directory = base.join(below);
    for entry in fs::read_dir(&directory).map_err(failed(&directory, "list"))? {
        let entry = entry.map_err(failed(&directory, "list"))?;
        let kind = entry.file_type().map_err(failed(&directory, "list"))?;
        let name = below.join(entry.file_name());
        // The lock is a link.
        receive(&name, kind.is_dir())?;
        if kind.is_dir() {
            collect(base, &name, receive)?;
        }
    }
    Ok(())
}

fn link(source: &Path, target: &Path) -> Result<()> {
    let name = target.as_os_str().as_bytes();
    // Others are replaced or appended to without a look at their links.
    let grows_safely = name.ends_with(b".i") || name.ends_with(b".d");
    if grows_safely && fs::hard_link(source, target).is_ok() {
        return Ok(());
    }
    fs::copy(source, target).map_err(failed(target, "copy"))?;
    let times = fs::metadata(source).and_then(|about| {
        let times = FileTimes::new().set_modified(about.modified()?);
        File::options().append(true).open(target)?.set_times(times)
    });
    times.map_err(failed(target, "copy"))
}

//! The origin of each line of a file: its revisions and their parents, handed to the text crate.
//! How lines are carried over is decided there; what a line is shown with belongs to whoever asks.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use hyg_base::{
    Error, ErrorId, Interrupt, NoInterrupt, NoReporter, Node, OtherCores, RepoPath, RepoPathBuf,
    Reporter, Result, Rev,
};
use hyg_graph::{Ancestors, LazyAncestors};
use hyg_store::changelog::Changelog;
use hyg_store::filelog::{FileContent, Filelog};
use hyg_text::annotate::{self, Annotated, History, Origin};
use hyg_text::compare::Comparison;
use hyg_text::lines::Lines;

use crate::ops::annotate_cache::{self, Kept};
use crate::ops::diff::Tree;
use crate::repo::Repo;

/// A question for origins.
#[derive(Clone, Debug)]
pub struct AnnotateRequest {
    /// The file.
    pub path: RepoPathBuf,
    /// As a revision has it; none is the file on disk.
    pub rev: Option<Rev>,
    /// Look through copies.
    pub follow: bool,
    /// How lines are compared.
    pub comparison: Comparison,
    /// Changesets that are blamed for nothing.
    pub skip: HashSet<Rev>,
}

/// The lines of a file, and where each is from.
#[derive(Clone, Debug, Default)]
pub struct Annotation {
    /// The lines with their newlines.
    pub lines: Vec<Vec<u8>>,
    /// The changeset that brought the line; [`Rev::WDIR`] for what is not committed.
    pub revs: Vec<Rev>,
    /// Its number there, from 1.
    pub numbers: Vec<u32>,
    /// The names that the file had, and which of them each line's origin has.
    pub paths: (Vec<RepoPathBuf>, Vec<usize>),
    /// Whether the line was given to an ancestor of the changeset that changed it.
    pub skipped: Vec<bool>,
}

/// The origin of each line.
///
/// # Errors
/// [`ErrorId::UnknownNode`] where the revision has no such file; whatever reading history answers.
pub fn annotate(repo: &Repo, request: &AnnotateRequest) -> Result<Annotation> {
    annotate_told(repo, request, &NoReporter, &NoInterrupt)
}

/// The same, telling how many revisions of the file were read, and stopping when asked to.
///
/// # Errors
/// As [`annotate`]; what the interrupt answers.
pub fn annotate_told(
    repo: &Repo,
    request: &AnnotateRequest,
    reporter: &dyn Reporter,
    interrupt: &dyn Interrupt,
) -> Result<Annotation> {
    let mut files = FileHistory::new(repo, request)?;
    files.talk = (reporter, interrupt);
    let tip = files.tip(request)?;
    let remembers = request.skip.is_empty() && request.comparison == Comparison::default();
    if remembers {
        files.kept = annotate_cache::load(repo, &request.path, request.follow);
    }
    let found = while_checking(&mut files, super::threads(repo), |files, threads| {
        annotate::annotate(files, tip, request.comparison, threads)
    })?;
    if remembers {
        files.remember(tip, &found);
    }
    files.answer(&found)
}

/// A text that was read, and where it is from.
type Unchecked = (Arc<Filelog>, Rev, FileContent);

/// Does `work` with what is read of files, while another thread compares that with its hashes.
fn while_checking<T>(
    files: &mut FileHistory<'_>,
    threads: usize,
    work: impl FnOnce(&mut FileHistory<'_>, usize) -> Result<T>,
) -> Result<T> {
    if threads < 2 {
        return work(files, threads);
    }
    let check = |texts: Receiver<Vec<Unchecked>>| {
        let mut texts = texts.into_iter().flatten();
        texts.try_for_each(|(filelog, rev, text)| filelog.check(rev, &text))
    };
    std::thread::scope(|scope| {
        let (give, taken) = sync_channel(WAITING);
        let (builder, cores) = (std::thread::Builder::new(), OtherCores::find());
        let help = move || {
            cores.start();
            check(taken)
        };
        let Ok(checking) = builder.name("hashes".to_owned()).spawn_scoped(scope, help) else {
            return work(files, threads);
        };
        files.to_check = Some(ToCheck {
            give,
            texts: Vec::new(),
            bytes: 0,
        });
        keep_freed_memory();
        let found = work(files, threads);
        let last = files.to_check.take().map(|mut last| last.hand_over());
        let found = found.and_then(|found| last.unwrap_or(Ok(())).map(|()| found));
        match checking.join() {
            // what is wrong with a text comes before what became of it
            Ok(checked) => checked.and(found),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// So many texts, or bytes of them, are handed over for checking at once: waking a thread takes longer than hashing one.
const AT_ONCE: usize = 8;
const BYTES_AT_ONCE: usize = 2 << 20;
/// So many of these wait to be taken.
const WAITING: usize = 3;
/// See [`keep_freed_memory`].
const KEPT_MEMORY: usize = 4 << 20;

/// Takes texts whose hashes are to be compared by another thread.
struct ToCheck {
    give: SyncSender<Vec<Unchecked>>,
    texts: Vec<Unchecked>,
    bytes: usize,
}

impl ToCheck {
    fn push(&mut self, unchecked: Unchecked) -> Result<()> {
        self.bytes += unchecked.2.len();
        self.texts.push(unchecked);
        match self.texts.len() >= AT_ONCE || self.bytes >= BYTES_AT_ONCE {
            true => self.hand_over(),
            false => Ok(()),
        }
    }

    fn hand_over(&mut self) -> Result<()> {
        self.bytes = 0;
        // nobody takes any more once one of them was wrong
        let gone = |_| Error::internal("texts are not checked any more");
        let texts = std::mem::take(&mut self.texts);
        self.give.send(texts).map_err(gone)
    }
}

/// The C library gives memory at the end of its heap back at once, and asks for it again for the next text, page by page.
/// Freeing something long teaches it not to.
fn keep_freed_memory() {
    drop(std::hint::black_box(Vec::<u8>::with_capacity(KEPT_MEMORY)));
}

/// An annotation that took this many revisions is worth keeping.
const WORTH_KEEPING: usize = 16;
/// So many revisions are read before anybody is told, or asked.
const TOLD_EACH: usize = 32;

/// Stands for a revision of a file in [`FileHistory::revisions`].
type Id = usize;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct FileRev {
    name: usize,
    /// None is the file on disk.
    node: Option<Node>,
}

/// The revisions of a file seen from one changeset, or from the working directory.
struct FileHistory<'a> {
    repo: &'a Repo,
    follow: bool,
    skip: &'a HashSet<Rev>,
    starts: Vec<Rev>,
    ancestors: LazyAncestors<&'a Changelog>,
    names: Vec<RepoPathBuf>,
    filelogs: Vec<Arc<Filelog>>,
    /// Takes texts whose hashes are to be checked.
    to_check: Option<ToCheck>,
    revisions: Vec<FileRev>,
    known: HashMap<FileRev, Id>,
    changesets: HashMap<Id, Rev>,
    /// The annotation that was asked for last time.
    kept: Option<Kept>,
    /// How many texts were read.
    read: usize,
    /// Who is told of that, and who may stop it.
    talk: (&'a dyn Reporter, &'a dyn Interrupt),
}

impl<'a> FileHistory<'a> {
    fn new(repo: &'a Repo, request: &'a AnnotateRequest) -> Result<FileHistory<'a>> {
        let starts = match request.rev {
            Some(rev) => vec![rev],
            None => {
                let (parents, _) = repo.parents_of(&repo.dirstate()?)?;
                parents.into_iter().filter(|rev| !rev.is_null()).collect()
            }
        };
        let changelog = repo.changelog()?;
        Ok(FileHistory {
            repo,
            follow: request.follow,
            skip: &request.skip,
            ancestors: LazyAncestors::new(changelog, starts.iter().copied(), Rev(0), true)?,
            starts,
            names: Vec::new(),
            filelogs: Vec::new(),
            to_check: None,
            revisions: Vec::new(),
            known: HashMap::new(),
            changesets: HashMap::new(),
            kept: None,
            read: 0,
            talk: (&NoReporter, &NoInterrupt),
        })
    }

    /// The origins that a kept annotation names; none where anything about it does not fit.
    fn recalled(&mut self, revision: Id, kept: &Kept) -> Result<Option<Vec<Origin<Id>>>> {
        let mut names = Vec::with_capacity(kept.names.len());
        for name in &kept.names {
            // Whatever is wrong with one, the file that it stands in is not needed.
            let Ok(name) = self.name(name) else {
                return Ok(None);
            };
            names.push(name);
        }
        let mut ids = Vec::with_capacity(kept.revisions.len());
        for (name, node) in &kept.revisions {
            let name = names[*name];
            let found = self.filelogs[name].revlog().find(node);
            if !found.is_ok_and(|rev| rev.is_some_and(|rev| !rev.is_null())) {
                return Ok(None);
            }
            ids.push(self.id(FileRev {
                name,
                node: Some(*node),
            }));
        }
        let text = self.text(revision)?;
        let count = Lines::split(&text)?.len();
        let total = kept.runs.iter().map(|(_, _, count)| *count as usize);
        if total.sum::<usize>() != count {
            return Ok(None);
        }
        let mut origins = Vec::with_capacity(count);
        for &(revision, first, count) in &kept.runs {
            origins.extend((0..count).map(|offset| Origin {
                revision: ids[revision],
                line: first.wrapping_add(offset),
                skipped: false,
            }));
        }
        Ok(Some(origins))
    }

    /// Keeps what was found out for the next time.
    fn remember(&self, tip: Id, found: &Annotated<Id>) {
        let FileRev { name, node } = self.revisions[tip];
        let Some(node) = node.filter(|_| self.read >= WORTH_KEEPING && name == 0) else {
            return;
        };
        let mut kept = Kept {
            node,
            names: self.names.clone(),
            revisions: Vec::new(),
            runs: Vec::new(),
        };
        let mut places: HashMap<Id, usize> = HashMap::new();
        for origin in found.origins() {
            let FileRev { name, node } = self.revisions[origin.revision];
            let Some(node) = node else {
                return;
            };
            let at = *places.entry(origin.revision).or_insert_with(|| {
                kept.revisions.push((name, node));
                kept.revisions.len() - 1
            });
            match kept.runs.last_mut() {
                Some((last, first, count))
                    if *last == at && first.wrapping_add(*count) == origin.line =>
                {
                    *count += 1;
                }
                _ => kept.runs.push((at, origin.line, 1)),
            }
        }
        annotate_cache::save(self.repo, self.follow, &kept);
    }

    fn name(&mut self, path: &RepoPath) -> Result<usize> {
        if let Some(known) = self.names.iter().position(|name| **name == *path) {
            return Ok(known);
        }
        let filelog = self.repo.filelog(path)?.keeping_texts();
        self.filelogs.push(Arc::new(filelog));
        self.names.push(path.to_buf());
        Ok(self.names.len() - 1)
    }

    fn id(&mut self, revision: FileRev) -> Id {
        *self.known.entry(revision).or_insert_with(|| {
            self.revisions.push(revision);
            self.revisions.len() - 1
        })
    }

    fn tip(&mut self, request: &AnnotateRequest) -> Result<Id> {
        let name = self.name(&request.path)?;
        let node = match request.rev {
            None => None,
            Some(rev) => match self.repo.manifest_of(rev)?.get(&request.path)? {
                Some(entry) => Some(entry.node),
                None => {
                    let hex = self.repo.changelog()?.revlog().node(rev)?.to_hex();
                    return Err(Error::new(ErrorId::UnknownNode)
                        .with("path", request.path.as_bytes())
                        .with("node", &hex[..12]));
                }
            },
        };
        Ok(self.id(FileRev { name, node }))
    }

    fn parents_on_disk(&self, path: &RepoPath) -> Result<Vec<(RepoPathBuf, Node)>> {
        let dirstate = self.repo.dirstate()?;
        let source = dirstate.copy_source(path)?.unwrap_or(path).to_buf();
        let mut found = Vec::new();
        for (name, rev) in [source, path.to_buf()].into_iter().zip(&self.starts) {
            if let Some(entry) = self.repo.manifest_of(*rev)?.get(&name)? {
                found.push((name, entry.node));
            }
        }
        Ok(found)
    }

    fn stored_parents(&self, name: usize, node: &Node) -> Result<Vec<(RepoPathBuf, Node)>> {
        let filelog = &self.filelogs[name];
        let rev = filelog.revlog().rev(node)?;
        let mut found = Vec::new();
        if let Some(source) = filelog.copy_source(rev)? {
            found.push((source.path, source.node));
        }
        for parent in filelog.revlog().parents(rev)? {
            if !parent.is_null() {
                found.push((self.names[name].clone(), filelog.revlog().node(parent)?));
            }
        }
        Ok(found)
    }

    /// The changeset that brought a file revision, as seen from here.
    ///
    /// A file revision is linked to one changeset even where several made it; where that one is no ancestor, the
    /// nearest ancestor that made it is meant.
    fn changeset(&mut self, id: Id) -> Result<Rev> {
        if let Some(known) = self.changesets.get(&id) {
            return Ok(*known);
        }
        let FileRev { name, node } = self.revisions[id];
        let found = match node {
            None => Rev::WDIR,
            Some(node) => {
                let revlog = self.filelogs[name].revlog();
                let link = revlog.entry(revlog.rev(&node)?)?.link_rev();
                match self.ancestors.contains(link)? {
                    true => link,
                    false => self.nearest(name, &node)?.unwrap_or(link),
                }
            }
        };
        self.changesets.insert(id, found);
        Ok(found)
    }

    fn nearest(&self, name: usize, node: &Node) -> Result<Option<Rev>> {
        let (changelog, path) = (self.repo.changelog()?, &self.names[name]);
        let starts = self.starts.iter().copied();
        let mut walk = Ancestors::new(changelog, starts, Rev(0), true)?;
        let index = self.repo.history();
        let listed = index.and_then(|index| Some((index.len(), index.revs_of(path)?)));
        while let Some(rev) = walk.advance()? {
            if let Some((known, revs)) = &listed
                && rev.index().is_some_and(|at| at < *known)
                && revs.binary_search(&rev).is_err()
            {
                continue;
            }
            let changeset = changelog.changeset(rev)?;
            let touched = changeset.files().any(|file| *file == **path);
            if touched {
                let manifest = self.repo.manifests()?.read(&changeset.manifest())?;
                if manifest.get(path)?.is_some_and(|entry| entry.node == *node) {
                    return Ok(Some(rev));
                }
            }
        }
        Ok(None)
    }

    fn answer(&mut self, found: &Annotated<Id>) -> Result<Annotation> {
        let lines = Lines::split(found.text())?;
        let mut answer = Annotation::default();
        for (at, origin) in found.origins().iter().enumerate() {
            answer.lines.push(lines.get(at).to_vec());
            answer.revs.push(self.changeset(origin.revision)?);
            answer.numbers.push(origin.line);
            answer.paths.1.push(self.revisions[origin.revision].name);
            answer.skipped.push(origin.skipped);
        }
        answer.paths.0 = std::mem::take(&mut self.names);
        Ok(answer)
    }
}

impl History for FileHistory<'_> {
    type Revision = Id;
    type Text = FileContent;

    fn parents(&mut self, revision: Id) -> Result<Vec<Id>> {
        let FileRev { name, node } = self.revisions[revision];
        let found = match node {
            None => self.parents_on_disk(&self.names[name].clone())?,
            Some(node) => self.stored_parents(name, &node)?,
        };
        let mut ids = Vec::with_capacity(found.len());
        for (path, node) in found {
            let other = self.name(&path)?;
            if self.follow || other == name {
                ids.push(self.id(FileRev {
                    name: other,
                    node: Some(node),
                }));
            }
        }
        Ok(ids)
    }

    fn text(&mut self, revision: Id) -> Result<FileContent> {
        self.read += 1;
        if self.read.is_multiple_of(TOLD_EACH) {
            self.talk.1.check()?;
            self.talk.0.progress("tracing lines", self.read as u64, 0);
        }
        let FileRev { name, node } = self.revisions[revision];
        let Some(node) = node else {
            return Ok(Tree::WorkingCopy.data(self.repo, &self.names[name])?.into());
        };
        let filelog = &self.filelogs[name];
        let rev = filelog.revlog().rev(&node)?;
        let Some(to_check) = &mut self.to_check else {
            return filelog.read(rev);
        };
        let (text, checked) = filelog.read_to_check(rev)?;
        if !checked {
            to_check.push((Arc::clone(filelog), rev, text.clone()))?;
        }
        Ok(text)
    }

    fn known(&mut self, revision: Id) -> Result<Option<Vec<Origin<Id>>>> {
        let FileRev { name, node } = self.revisions[revision];
        match self
            .kept
            .take_if(|kept| name == 0 && node == Some(kept.node))
        {
            Some(kept) => self.recalled(revision, &kept),
            None => Ok(None),
        }
    }

    fn skips(&mut self, revision: Id) -> bool {
        !self.skip.is_empty()
            && self
                .changeset(revision)
                .is_ok_and(|rev| self.skip.contains(&rev))
    }
}

//! The contents of all files, on all cores: whether each revision can be read, is named by a manifest, and was copied from
//! something that is there. Files are taken by the thousand, so that memory does not grow with their number.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use hyg_base::{Error, ErrorId, Node, RepoPath, Result, Rev};
use hyg_store::filelog::{CopySource, Filelog};
use hyg_store::revlog::Streamed;

use super::revlogs::{Limits, check_revlog, files_of};
use super::{FileLinks, Finding, Verification, VerifyRequest, short};
use crate::ops::threads;
use crate::repo::Repo;

/// So many files are checked before what was found in them is told.
const BATCH: usize = 1024;
/// So many are taken by a thread at once.
const TURN: usize = 8;

/// What was found in one file.
#[derive(Debug, Default)]
struct Checked {
    found: Vec<Finding>,
    revisions: usize,
    names: Vec<Vec<u8>>,
}

type Nodes = [(Node, Option<Rev>)];

/// The first changeset that the named revisions of a file say they are from.
pub(super) fn first_link(repo: &Repo, path: &[u8], nodes: &Nodes) -> Result<Rev> {
    let filelog = repo.filelog(RepoPath::new(path))?;
    let revlog = filelog.revlog();
    let mut first = Rev(i32::MAX);
    for (node, _) in nodes {
        first = first.min(revlog.entry(revlog.rev(node)?)?.link_rev());
    }
    Ok(first)
}

impl Verification<'_, '_> {
    /// How many files there are, and how many revisions of them.
    pub(super) fn files(&mut self, links: &FileLinks) -> Result<(usize, usize)> {
        self.step("files")?;
        let mut listed = match self.has_list() {
            true => Some(self.listed(b"data/")?),
            false => None,
        };
        let nodes = std::mem::take(&mut self.file_nodes);
        let paths: BTreeSet<&[u8]> = links
            .keys()
            .chain(nodes.keys())
            .map(Vec::as_slice)
            .collect();
        let paths: Vec<&[u8]> = paths.into_iter().collect();
        let mut revisions = 0;
        for (number, batch) in paths.chunks(BATCH).enumerate() {
            let check = FileCheck {
                repo: self.repo,
                request: self.request,
                limits: self.limits()?,
                has_manifests: self.has_manifests,
                listed: listed.as_ref(),
            };
            let one = |path: &[u8]| {
                let links = links.get(path).map_or(&[][..], Vec::as_slice);
                check.file(path, links, nodes.get(path).map(Vec::as_slice))
            };
            let position = |at: usize| {
                let at = (number * BATCH + at) as u64;
                self.reporter.progress("checking", at, paths.len() as u64);
                self.interrupt.check()
            };
            let checked = in_parallel(threads(self.repo), batch, &position, &one)?;
            for file in checked {
                revisions += file.revisions;
                self.tell_all(file.found)?;
                if let Some(listed) = &mut listed {
                    listed.retain(|name| !file.names.contains(name));
                }
            }
        }
        let mut orphans: Vec<Vec<u8>> = listed.into_iter().flatten().collect();
        orphans.sort();
        let orphan = |name: Vec<u8>| Finding::new("orphan").fact("file", name);
        self.tell_all(orphans.into_iter().map(orphan))?;
        Ok((paths.len(), revisions))
    }
}

/// Checks a batch; answers come in its order.
fn in_parallel(
    threads: usize,
    batch: &[&[u8]],
    position: &dyn Fn(usize) -> Result<()>,
    one: &(dyn Fn(&[u8]) -> Result<Checked> + Sync),
) -> Result<Vec<Checked>> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Result<Checked>)>> = Mutex::new(Vec::with_capacity(batch.len()));
    let turn = || -> Option<usize> {
        let start = next.fetch_add(TURN, Ordering::Relaxed);
        let mine = batch.get(start..batch.len().min(start + TURN))?;
        if mine.is_empty() {
            return None;
        }
        let answers = (start..).zip(mine.iter().map(|path| one(path)));
        let answers: Vec<_> = answers.collect();
        done.lock().ok()?.extend(answers);
        Some(start)
    };
    let interrupted = std::thread::scope(|scope| {
        let helpers: Vec<_> = (1..threads.min(batch.len().div_ceil(TURN)))
            .map(|_| scope.spawn(|| while turn().is_some() {}))
            .collect();
        let mut answer = Ok(());
        while let Some(start) = turn() {
            answer = position(start);
            if answer.is_err() {
                next.store(batch.len(), Ordering::Relaxed);
                break;
            }
        }
        for helper in helpers {
            if let Err(panic) = helper.join() {
                std::panic::resume_unwind(panic);
            }
        }
        answer
    });
    interrupted?;
    let mut done = done
        .into_inner()
        .map_err(|_| Error::internal("a checking thread panicked"))?;
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, answer)| answer).collect()
}

struct FileCheck<'a> {
    repo: &'a Repo,
    request: VerifyRequest,
    limits: Limits,
    has_manifests: bool,
    listed: Option<&'a HashSet<Vec<u8>>>,
}

/// What the content of a revision says, beside itself.
enum Content {
    Unread,
    Read(Result<Option<CopySource>>),
}

impl FileCheck<'_> {
    /// One file: `links` are the changesets that touch it, `nodes` the revisions that manifests name.
    fn file(&self, path: &[u8], links: &[Rev], nodes: Option<&Nodes>) -> Result<Checked> {
        let mut checked = Checked::default();
        let found = &mut checked.found;
        let first = links.first().copied();
        let filelog = match self.repo.filelog(RepoPath::new(path)) {
            Ok(filelog) => filelog,
            Err(problem) => {
                let broken = Finding::new("broken-revlog").about(path).at(first);
                found.push(broken.because(problem));
                return Ok(checked);
            }
        };
        let revlog = filelog.revlog();
        if let Some(listed) = self.listed {
            for name in files_of(revlog) {
                match listed.contains(&name) {
                    true => checked.names.push(name),
                    false => found.push(Finding::new("not-listed").fact("file", name)),
                }
            }
        }
        let mut contents = Vec::new();
        if revlog.is_empty() && (self.limits.has_changesets || self.has_manifests) {
            found.push(Finding::new("empty").fact("file", path).at(first));
        } else {
            check_revlog(self.repo, revlog, path, first, found)?;
            contents = self.contents(&filelog, path, found)?;
        }
        let mut seen = HashMap::new();
        let mut left: Option<HashMap<Node, Option<Rev>>> = nodes.map(|nodes| {
            // The first one of a node counts.
            nodes.iter().rev().copied().collect()
        });
        for (rev, content) in (0..).map(Rev).zip(contents) {
            checked.revisions += 1;
            let node = revlog.node(rev)?;
            let link = self
                .limits
                .entry(revlog, rev, &mut seen, links, path, found)?;
            if let Some(left) = &mut left
                && left.remove(&node).is_none()
                && self.has_manifests
            {
                let stray = Finding::new("not-in-manifests").node(&node);
                found.push(stray.about(path).at(link));
            }
            if let Content::Read(copy) = content {
                self.copy(copy, path, &node, link, found)?;
            }
        }
        let mut left: Vec<(Option<Rev>, Node)> = left
            .into_iter()
            .flatten()
            .map(|(node, link)| (link, node))
            .collect();
        left.sort_unstable();
        for (link, node) in left {
            let unknown = Finding::new("unknown-revision").node(&node);
            found.push(unknown.about(path).at(link));
        }
        Ok(checked)
    }

    /// Reads all revisions.
    fn contents(
        &self,
        filelog: &Filelog,
        path: &[u8],
        found: &mut Vec<Finding>,
    ) -> Result<Vec<Content>> {
        let revlog = filelog.revlog();
        let mut contents = Vec::with_capacity(revlog.len());
        for rev in (0..revlog.len() as i32).map(Rev) {
            let entry = revlog.entry(rev)?;
            let (node, link) = (entry.node(), Some(entry.link_rev()));
            let from = self.repo.options().long_from;
            let problem = match revlog.stream(rev, from, &mut |_| Ok(true)) {
                Ok(Streamed::No) => revlog.revision_in_order(rev).err(),
                streamed => streamed.err(),
            };
            let is_read = match problem {
                None => true,
                Some(problem) if problem.id() == ErrorId::CensoredRevision => {
                    if self.request.censored_is_wrong {
                        found.push(Finding::new("censored").about(path).at(link));
                    }
                    !self.request.censored_is_wrong
                }
                Some(problem) => {
                    let unread = Finding::new("unread-file").node(&node);
                    found.push(unread.about(path).at(link).because(problem));
                    false
                }
            };
            contents.push(match is_read {
                true => Content::Read(filelog.copy_source(rev)),
                false => Content::Unread,
            });
        }
        Ok(contents)
    }

    fn copy(
        &self,
        copy: Result<Option<CopySource>>,
        path: &[u8],
        node: &Node,
        link: Option<Rev>,
        found: &mut Vec<Finding>,
    ) -> Result<()> {
        let checked = copy.and_then(|source| match source {
            Some(source) => self.source(&source, path, link, found),
            None => Ok(()),
        });
        match checked {
            Err(problem) if problem.id() == ErrorId::Interrupted => Err(problem),
            Err(problem) => {
                let wrong = Finding::new("unread-copy").node(node);
                found.push(wrong.about(path).at(link).because(problem));
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    fn source(
        &self,
        source: &CopySource,
        path: &[u8],
        link: Option<Rev>,
        found: &mut Vec<Finding>,
    ) -> Result<()> {
        if let Some(link) = link
            && self.request.verbose
            && !self.in_parents(&source.path, link)?
        {
            let changeset = self.repo.changelog()?.revlog().node(link)?;
            let elsewhere = Finding::new("copy-source-elsewhere").fact("file", path);
            found.push(elsewhere.node(&changeset));
        }
        let other = self.repo.filelog(&source.path)?;
        let shown = |id| {
            Finding::new(id)
                .fact("source", source.path.as_bytes())
                .fact("node", &short(&source.node)[..])
                .about(path)
                .at(link)
        };
        if other.revlog().is_empty() {
            found.push(shown("no-copy-source"));
        } else if source.node == Node::NULL {
            found.push(shown("null-copy-source"));
        } else {
            other.revlog().rev(&source.node)?;
        }
        Ok(())
    }

    fn in_parents(&self, path: &RepoPath, link: Rev) -> Result<bool> {
        for parent in self.repo.changelog()?.revlog().parents(link)? {
            if self.repo.manifest_of(parent)?.get(path)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

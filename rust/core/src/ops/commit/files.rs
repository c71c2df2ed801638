//! Decides for each file of a commit which revision of it the new manifest names, and appends it where it is new; files are
//! read, hashed, compressed and written by several threads. The rules are Mercurial's: hashes depend on them.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use hyg_base::{Error, Interrupt, Node, RepoPath, Reporter, Result, Rev, Warning};
use hyg_graph::common_ancestor_heads;
use hyg_store::filelog::{CopySource, Filelog, stored_text};
use hyg_store::manifest::{FileEntry, Flags, Manifest};
use hyg_store::revlog::{Appender, DeltaPolicy, FLAG_HAS_META, NewRevision, Piece};
use hyg_store::write::StoreFiles;

use super::reading::{ReadFile, Reading};
use super::{Content, FileChange, FileDone};
use crate::repo::Repo;

/// So many files are prepared before any of them is written: their sizes are noted with one write.
const BATCH: usize = 4096;
/// And no more than this many bytes to be written.
const BATCH_BYTES: usize = 64 << 20;
/// Work for so few files is done on one thread.
const ALONE: usize = 16;

/// What all files of one commit have in common.
pub(crate) struct FileWork<'a> {
    pub(crate) repo: &'a Repo,
    pub(crate) reading: Reading<'a>,
    pub(crate) files: &'a StoreFiles,
    pub(crate) policy: DeltaPolicy,
    pub(crate) first: &'a Manifest,
    /// The second parent's, in a merge.
    pub(crate) second: Option<&'a Manifest>,
    pub(crate) link: Rev,
    pub(crate) merge_recorded: bool,
}

/// A file, and what is to be written for it.
struct Prepared {
    done: FileDone,
    pieces: Vec<Piece>,
}

impl Prepared {
    fn len(&self) -> usize {
        let len = |piece: &Piece| match piece {
            Piece::Append(_, _, bytes) | Piece::Replace(_, bytes) => bytes.len(),
        };
        self.pieces.iter().map(len).sum()
    }
}

/// Appends revisions for changes (each path once); what became of them, in their order.
///
/// # Errors
/// [`hyg_base::ErrorId::Io`] for files of the working copy (fact `path` relative to the root); whatever reading parents or writing
/// answers.
pub(crate) fn commit_files(
    work: &FileWork<'_>,
    changes: &[FileChange],
    interrupt: &dyn Interrupt,
    reporter: &dyn Reporter,
) -> Result<Vec<FileDone>> {
    let total = changes.len() as u64;
    let mut done = Vec::with_capacity(changes.len());
    let mut rest = changes;
    while !rest.is_empty() {
        let bytes = AtomicUsize::new(0);
        let full = || bytes.load(Ordering::Relaxed) > BATCH_BYTES;
        let batch = &rest[..rest.len().min(BATCH)];
        let position = |at: usize| reporter.progress("committing", (done.len() + at) as u64, total);
        let prepared = in_parallel(work, batch.len(), interrupt, &full, &position, &|at| {
            let prepared = prepare(work, &batch[at])?;
            bytes.fetch_add(prepared.len(), Ordering::Relaxed);
            Ok(prepared)
        })?;
        work.files
            .note(prepared.iter().flat_map(|file| &file.pieces))?;
        let nothing = |_: usize| {};
        in_parallel(
            work,
            prepared.len(),
            interrupt,
            &|| false,
            &nothing,
            &|at| {
                let pieces = &prepared[at].pieces;
                pieces
                    .iter()
                    .try_for_each(|piece| work.files.perform(piece))
            },
        )?;
        rest = &rest[prepared.len()..];
        done.extend(prepared.into_iter().map(|file| file.done));
    }
    Ok(done)
}

/// Does `count` pieces of work, the first ones of them where `full` says that it is enough. The threads live for this call
/// only, so that a process that forks later holds no dead ones. Answers come in order.
fn in_parallel<T: Send>(
    work: &FileWork<'_>,
    count: usize,
    interrupt: &dyn Interrupt,
    full: &(dyn Fn() -> bool + Sync),
    position: &dyn Fn(usize),
    each: &(dyn Fn(usize) -> Result<T> + Sync),
) -> Result<Vec<T>> {
    let next = AtomicUsize::new(0);
    let stop = AtomicBool::new(false);
    let failed: Mutex<Option<(usize, Error)>> = Mutex::new(None);
    let fail = |at: usize, error: Error| {
        stop.store(true, Ordering::Relaxed);
        if let Ok(mut slot) = failed.lock()
            && slot.as_ref().is_none_or(|(other, _)| at < *other)
        {
            *slot = Some((at, error));
        }
    };
    let step = |mine: &mut Vec<(usize, T)>| -> bool {
        if stop.load(Ordering::Relaxed) || full() {
            return false;
        }
        let at = next.fetch_add(1, Ordering::Relaxed);
        if at >= count {
            return false;
        }
        match each(at) {
            Ok(answer) => mine.push((at, answer)),
            Err(error) => fail(at, error),
        }
        true
    };
    let threads = match count {
        ..ALONE => 1,
        _ => crate::ops::threads(work.repo),
    };
    let mut answers = std::thread::scope(|scope| {
        let helpers: Vec<_> = (1..threads)
            .map_while(|_| {
                let builder = std::thread::Builder::new().name("commit".into());
                let run = || {
                    let mut mine = Vec::new();
                    while step(&mut mine) {}
                    mine
                };
                builder.spawn_scoped(scope, run).ok()
            })
            .collect();
        let mut answers = Vec::new();
        loop {
            if let Err(error) = interrupt.check() {
                fail(0, error);
            }
            let before = answers.len();
            if !(0..32).all(|_| step(&mut answers)) {
                break;
            }
            position(next.load(Ordering::Relaxed).min(count).max(before));
        }
        for helper in helpers {
            match helper.join() {
                Ok(mine) => answers.extend(mine),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        answers
    });
    if let Some((_, error)) = failed.into_inner().ok().flatten() {
        return Err(error);
    }
    answers.sort_unstable_by_key(|(at, _)| *at);
    Ok(answers.into_iter().map(|(_, answer)| answer).collect())
}

const NOWHERE: FileEntry = FileEntry {
    node: Node::NULL,
    flags: Flags::NONE,
};

fn prepare(work: &FileWork<'_>, change: &FileChange) -> Result<Prepared> {
    let path: &RepoPath = &change.path;
    let first = work.first.get(path)?.unwrap_or(NOWHERE);
    let second = match work.second {
        Some(second) => second.get(path)?.unwrap_or(NOWHERE),
        None => NOWHERE,
    };
    let read = match (&change.content, change.flags) {
        (Content::WorkingCopy, _) | (Content::Data(_), None) => Some(work.reading.read(path)?),
        _ => None,
    };
    let flags = match (change.flags, &read) {
        (Some(flags), _) => flags,
        (
            None,
            Some(ReadFile {
                flags: Some(flags), ..
            }),
        ) => *flags,
        (None, _) => first.flags,
    };
    let is_new = first.node.is_null() && second.node.is_null();
    let seen = read.as_ref().map(|read| read.seen);
    let done = |node: Node, touched: bool, warning| FileDone {
        path: change.path.clone(),
        entry: FileEntry { node, flags },
        touched,
        seen,
        warning,
    };
    let differs = |side: &FileEntry| !side.node.is_null() && side.flags != flags;
    let data = match (&change.content, &read) {
        (Content::Known(node), _) => {
            let is_parents = *node == first.node || *node == second.node;
            let touched = is_new || !is_parents || differs(&first) || differs(&second);
            return Ok(Prepared {
                done: done(*node, touched, None),
                pieces: Vec::new(),
            });
        }
        (Content::Data(data), _) => data.as_slice(),
        (Content::WorkingCopy, Some(read)) => read.data.as_slice(),
        (Content::WorkingCopy, None) => &[],
    };
    let filelog = Filelog::open(work.files.vfs().clone(), path)?;
    let ways = Parents::of(work, change, &filelog, first.node, second.node)?;
    let [one, two] = ways.nodes;
    if two.is_null()
        && !one.is_null()
        && ways.source.is_none()
        && !change.force_new
        && filelog.is_same(filelog.revlog().rev(&one)?, data)?
    {
        let touched = is_new || differs(&first);
        return Ok(Prepared {
            done: done(one, touched, ways.warning),
            pieces: Vec::new(),
        });
    }
    let (node, pieces) = append(work, filelog, data, &ways)?;
    Ok(Prepared {
        done: done(node, true, ways.warning),
        pieces,
    })
}

/// What a new file revision comes from.
struct Parents {
    nodes: [Node; 2],
    source: Option<CopySource>,
    warning: Option<Warning>,
}

impl Parents {
    fn of(
        work: &FileWork<'_>,
        change: &FileChange,
        filelog: &Filelog,
        first: Node,
        second: Node,
    ) -> Result<Parents> {
        if let Some(source) = change
            .copied_from
            .as_ref()
            .filter(|source| **source != change.path)
        {
            return Parents::of_copy(work, change, source, [first, second]);
        }
        let nodes = if first.is_null() {
            [second, Node::NULL]
        } else if second.is_null() {
            [first, Node::NULL]
        } else if change.other_only {
            [second, Node::NULL]
        } else if work.merge_recorded && !change.merged {
            [first, Node::NULL]
        } else {
            let revlog = filelog.revlog();
            let revs = [revlog.rev(&first)?, revlog.rev(&second)?];
            let heads = common_ancestor_heads(revlog, &revs)?;
            match revs.map(|rev| heads.contains(&rev)) {
                [true, _] => [second, Node::NULL],
                [false, true] => [first, Node::NULL],
                [false, false] => [first, second],
            }
        };
        Ok(Parents {
            nodes,
            source: None,
            warning: None,
        })
    }

    /// A copy has no first parent; what the file itself was before, on the other side, takes its place.
    fn of_copy(
        work: &FileWork<'_>,
        change: &FileChange,
        source: &RepoPath,
        [first, second]: [Node; 2],
    ) -> Result<Parents> {
        let mut found = work.first.get(source)?.map(|entry| entry.node);
        let mut parent = second;
        if let Some(other) = work.second
            && (second.is_null() || found.is_none())
            && let Some(entry) = other.get(source)?
        {
            (found, parent) = (Some(entry.node), first);
        }
        Ok(match found {
            Some(node) => Parents {
                nodes: [parent, Node::NULL],
                source: Some(CopySource {
                    path: source.to_buf(),
                    node,
                }),
                warning: None,
            },
            None => Parents {
                nodes: [first, second],
                source: None,
                warning: Some(
                    Warning::new("copy-source-not-found")
                        .with("path", change.path.as_bytes())
                        .with("source", source.as_bytes()),
                ),
            },
        })
    }
}

/// The node of the new revision, and what is to be written for it.
fn append(
    work: &FileWork<'_>,
    filelog: Filelog,
    data: &[u8],
    ways: &Parents,
) -> Result<(Node, Vec<Piece>)> {
    let text = stored_text(data, ways.source.as_ref());
    let has_meta = text.len() != data.len();
    let mut appender = Appender::new(filelog.into_revlog(), work.policy)?;
    let revlog = appender.revlog();
    let mut parents = [revlog.rev(&ways.nodes[0])?, revlog.rev(&ways.nodes[1])?];
    if has_meta {
        parents = appender.parents_with_meta(parents);
    }
    let (_, node) = appender.add(&NewRevision {
        text: &text,
        parents,
        link: work.link,
        flags: if has_meta { FLAG_HAS_META } else { 0 },
        known: None,
        known_first: false,
        packed: hyg_store::revlog::Packed::Nothing,
    })?;
    Ok((node, appender.take_pieces()?))
}

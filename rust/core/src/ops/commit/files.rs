//! Decides for each file of a commit which revision of it the new manifest names, and appends it where it is new; files are
//! read, hashed, compressed and written by several threads. The rules are Mercurial's: hashes depend on them.

use std::borrow::Cow;
use std::fs::{File, Metadata};
use std::io::{Seek, SeekFrom};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use hyg_base::{Error, ErrorId, Interrupt, Node, RepoPath, Reporter, Result, Rev, Warning};
use hyg_graph::common_ancestor_heads;
use hyg_store::filelog::{CopySource, Filelog, fill, metadata, stored_text};
use hyg_store::manifest::{FileEntry, Flags, Manifest};
use hyg_store::revlog::{Appender, DeltaPolicy, FLAG_HAS_META, LongRevision, NewRevision, Piece};
use hyg_store::write::StoreFiles;

use super::reading::{Body, ReadFile, Reading};
use super::{Content, FileChange, FileDone};
use crate::contents;
use crate::ops::parallel::{Stop, crew, runs};
use crate::repo::Repo;

/// So many files are prepared before any of them is written: their sizes are noted with one write.
const BATCH: usize = 4096;
/// And no more than this many bytes to be written.
const BATCH_BYTES: usize = 64 << 20;
/// Work for so few files is done on one thread.
const ALONE: usize = 16;
/// The caller's thread asks for interruption after so many files.
const ASK_EVERY: usize = 32;
/// Files of so many times the length of long ones are stored whole, because looking for a delta would take both texts into
/// memory.
const WHOLE_FROM: u64 = 8;
/// How many bytes of a long file are looked at for metadata.
const FIRST: usize = 4096;

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
    /// There is nothing to write.
    fn unchanged(done: FileDone) -> Prepared {
        Prepared {
            done,
            pieces: Vec::new(),
        }
    }

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
        let prepared = in_parallel(
            work,
            batch.len(),
            interrupt,
            &full,
            &position,
            &|at, stop| {
                let prepared = prepare(work, &batch[at], &|| {
                    if stop.is_callers() {
                        position(at);
                    }
                    stop.check()
                })?;
                bytes.fetch_add(prepared.len(), Ordering::Relaxed);
                Ok(prepared)
            },
        )?;
        work.files
            .note(prepared.iter().flat_map(|file| &file.pieces))?;
        perform(work, &prepared, interrupt)?;
        rest = &rest[prepared.len()..];
        done.extend(prepared.into_iter().map(|file| file.done));
    }
    Ok(done)
}

/// Writes what was prepared and noted. Files of one directory are left to one thread: two that make files there wait for each
/// other.
fn perform(work: &FileWork<'_>, prepared: &[Prepared], interrupt: &dyn Interrupt) -> Result<()> {
    let runs = runs(prepared.len(), &|at| &prepared[at].done.path);
    let next = AtomicUsize::new(0);
    let threads = match prepared.len() {
        ..ALONE => 1,
        _ => crate::ops::threads(work.repo).min(runs.len()),
    };
    let write = |stop: &Stop<'_>| -> Result<()> {
        while let Some(run) = runs.get(next.fetch_add(1, Ordering::Relaxed)) {
            for file in &prepared[run.clone()] {
                stop.check()?;
                let mut pieces = file.pieces.iter();
                pieces.try_for_each(|piece| work.files.perform(piece))?;
            }
        }
        Ok(())
    };
    crew(threads, interrupt, &write).map(drop)
}

/// Does `count` pieces of work, the first ones of them where `full` says that it is enough. Answers come in order.
fn in_parallel<T: Send>(
    work: &FileWork<'_>,
    count: usize,
    interrupt: &dyn Interrupt,
    full: &(dyn Fn() -> bool + Sync),
    position: &(dyn Fn(usize) + Sync),
    each: &(dyn Fn(usize, &Stop<'_>) -> Result<T> + Sync),
) -> Result<Vec<T>> {
    let next = AtomicUsize::new(0);
    let failed: Mutex<Option<(usize, Error)>> = Mutex::new(None);
    // Of several files that fail, the first one is told.
    let fail = |at: usize, error: Error| {
        let placeholder = Error::new(error.id());
        if let Ok(mut slot) = failed.lock()
            && slot.as_ref().is_none_or(|(other, _)| at < *other)
        {
            *slot = Some((at, error));
        }
        placeholder
    };
    let run = |stop: &Stop<'_>| -> Result<Vec<(usize, T)>> {
        let mut mine = Vec::new();
        let mut steps = 0;
        while !full() {
            if !stop.is_callers() || steps % ASK_EVERY == 0 {
                stop.check()?;
                if stop.is_callers() {
                    position(next.load(Ordering::Relaxed).min(count));
                }
            }
            steps += 1;
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                break;
            }
            match each(at, stop) {
                Ok(answer) => mine.push((at, answer)),
                Err(error) if error.id() == ErrorId::Interrupted => return Err(error),
                Err(error) => return Err(fail(at, error)),
            }
        }
        Ok(mine)
    };
    let threads = match count {
        ..ALONE => 1,
        _ => crate::ops::threads(work.repo),
    };
    let answers = crew(threads, interrupt, &run);
    if let Some((_, error)) = failed.into_inner().ok().flatten() {
        return Err(error);
    }
    let mut answers: Vec<(usize, T)> = answers?.into_iter().flatten().collect();
    answers.sort_unstable_by_key(|(at, _)| *at);
    Ok(answers.into_iter().map(|(_, answer)| answer).collect())
}

const NOWHERE: FileEntry = FileEntry {
    node: Node::NULL,
    flags: Flags::NONE,
};

/// Reads a file and makes what is to be written for it; `tick` is asked now and then whether that may go on.
fn prepare(
    work: &FileWork<'_>,
    change: &FileChange,
    tick: &dyn Fn() -> Result<()>,
) -> Result<Prepared> {
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
    let mut done = FileDone {
        path: change.path.clone(),
        entry: FileEntry {
            node: Node::NULL,
            flags,
        },
        touched: true,
        seen: read.as_ref().map(|read| read.seen),
        warning: None,
    };
    let differs = |side: &FileEntry| !side.node.is_null() && side.flags != flags;
    let text = match (&change.content, &read) {
        (Content::Known(node), _) => {
            let is_parents = *node == first.node || *node == second.node;
            done.touched = is_new || !is_parents || differs(&first) || differs(&second);
            done.entry.node = *node;
            return Ok(Prepared::unchanged(done));
        }
        (Content::Data(data), _) => Text::Whole(data),
        (Content::WorkingCopy, Some(read)) => match &read.body {
            Body::Whole(data) => Text::Whole(data),
            Body::Long(file, about) => Text::Long(LongFile {
                path,
                file,
                about,
                tick,
            }),
        },
        (Content::WorkingCopy, None) => Text::Whole(&[]),
    };
    let filelog = Filelog::open(work.files.vfs().clone(), path)?;
    let ways = Parents::of(work, change, &filelog, first.node, second.node)?;
    let [one, two] = ways.nodes;
    if two.is_null()
        && !one.is_null()
        && ways.source.is_none()
        && !change.force_new
        && text.is_in(work, &filelog, filelog.revlog().rev(&one)?)?
    {
        done.touched = is_new || differs(&first);
        done.entry.node = one;
        done.warning = ways.warning;
        return Ok(Prepared::unchanged(done));
    }
    let (node, len, pieces) = append(work, filelog, &text, &ways)?;
    done.entry.node = node;
    done.seen = match &change.content {
        Content::WorkingCopy => read.map(|read| len.map_or(read.seen, |len| read.seen_with(len))),
        _ => done.seen,
    };
    done.warning = ways.warning;
    Ok(Prepared { done, pieces })
}

/// The content of a file.
enum Text<'a> {
    Whole(&'a [u8]),
    Long(LongFile<'a>),
}

/// A long file of the working copy, read piece by piece.
struct LongFile<'a> {
    path: &'a RepoPath,
    file: &'a File,
    about: &'a Metadata,
    tick: &'a dyn Fn() -> Result<()>,
}

impl LongFile<'_> {
    fn failed(&self, error: &std::io::Error) -> Error {
        Error::io(self.path.as_path(), "read", error)
    }

    fn rewind(&self) -> Result<()> {
        let mut file = self.file;
        let rewound = file.seek(SeekFrom::Start(0));
        rewound.map(drop).map_err(|error| self.failed(&error))
    }

    fn read(&self, buffer: &mut [u8]) -> Result<usize> {
        (self.tick)()?;
        contents::read_some(self.file, buffer).map_err(|error| self.failed(&error))
    }

    fn is_stored_whole(&self, work: &FileWork<'_>) -> bool {
        self.about.len() >= work.repo.options().long_from.saturating_mul(WHOLE_FROM)
    }

    /// All of it.
    fn whole(&self) -> Result<Vec<u8>> {
        self.rewind()?;
        contents::read_all(self.file, self.about).map_err(|error| self.failed(&error))
    }

    /// Appends it while it is read; the node and the length of what was read.
    fn append(
        &self,
        work: &FileWork<'_>,
        filelog: Filelog,
        ways: &Parents,
    ) -> Result<(Node, u64, Vec<Piece>)> {
        let samples = contents::samples(self.file, self.about);
        let samples = samples.map_err(|error| self.failed(&error))?;
        self.rewind()?;
        let mut appender = Appender::new(filelog.into_revlog(), work.policy)?;
        // Whether metadata is needed is seen in the first bytes, which are read once.
        let mut first = vec![0; FIRST];
        let count = fill(&mut first, &mut |buffer| self.read(buffer))?;
        first.truncate(count);
        let before = metadata(&first, ways.source.as_ref());
        appender.refuse_length(self.about.len() + before.len() as u64)?;
        let (parents, flags) = parents_and_flags(&appender, ways, !before.is_empty())?;
        let revision = LongRevision {
            start: &[&before[..], &first].concat(),
            parents,
            link: work.link,
            flags,
            is_noise: !work.policy.compression.shortens(&samples),
        };
        let (_, node, len) =
            appender.add_long(work.files, &revision, &mut |buffer| self.read(buffer))?;
        Ok((node, len - before.len() as u64, appender.take_pieces()?))
    }
}

impl Text<'_> {
    /// Whether a revision has this content.
    fn is_in(&self, work: &FileWork<'_>, filelog: &Filelog, rev: Rev) -> Result<bool> {
        match self {
            Text::Whole(data) => filelog.is_same(rev, data),
            Text::Long(long) if filelog.size(rev)? != long.about.len() => Ok(false),
            Text::Long(long) => {
                let from = work.repo.options().long_from;
                filelog.holds(rev, from, &mut |buffer| long.read(buffer))
            }
        }
    }
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

/// The node of the new revision, how long a file that was read on the way turned out to be, and what is to be written.
fn append(
    work: &FileWork<'_>,
    filelog: Filelog,
    text: &Text<'_>,
    ways: &Parents,
) -> Result<(Node, Option<u64>, Vec<Piece>)> {
    let data = match text {
        Text::Whole(data) => Cow::Borrowed(*data),
        // A delta against what was there before needs both texts.
        Text::Long(long) if filelog.revlog().is_empty() || long.is_stored_whole(work) => {
            let (node, len, pieces) = long.append(work, filelog, ways)?;
            return Ok((node, Some(len), pieces));
        }
        Text::Long(long) => Cow::Owned(long.whole()?),
    };
    // A short file's length on disk was seen when it was read; a filter may have made another of it.
    let len = matches!(text, Text::Long(_)).then_some(data.len() as u64);
    let text = stored_text(&data, ways.source.as_ref());
    let mut appender = Appender::new(filelog.into_revlog(), work.policy)?;
    let (parents, flags) = parents_and_flags(&appender, ways, text.len() != data.len())?;
    let (_, node) = appender.add(&NewRevision {
        text: &text,
        parents,
        link: work.link,
        flags,
        known: None,
        known_first: false,
        packed: hyg_store::revlog::Packed::Nothing,
    })?;
    Ok((node, len, appender.take_pieces()?))
}

fn parents_and_flags(
    appender: &Appender,
    ways: &Parents,
    has_meta: bool,
) -> Result<([Rev; 2], u16)> {
    let revlog = appender.revlog();
    let parents = [revlog.rev(&ways.nodes[0])?, revlog.rev(&ways.nodes[1])?];
    Ok(match has_meta {
        true => (appender.parents_with_meta(parents), FLAG_HAS_META),
        false => (parents, 0),
    })
}

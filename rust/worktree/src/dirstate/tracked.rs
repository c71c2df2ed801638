//! The files that the working copy tracks, and nothing else about them: the shortest way through a dirstate.
//! Entries are read through `cursor`.

use std::borrow::Cow;
use std::slice;
use std::sync::atomic::{AtomicUsize, Ordering};

use hyg_base::{RepoPath, Result};

use super::cursor::below_comes_first;
use super::record::{Children, RECORD_LEN};
use super::tree::{Node, TreeView};
use super::{Dirstate, Format};
use crate::bytes::FileBytes;

/// A directory with more than this part of all files is taken apart before the work is shared.
const PIECES: usize = 32;

/// Every tracked file in byte order. Paths stay where they lie; eight bytes are kept for each.
#[derive(Clone, Debug, Default)]
pub struct Tracked<'a> {
    paths: &'a [u8],
    runs: Cow<'a, [Vec<Place>]>,
}

/// The same with what the paths lie in, for who keeps them.
#[derive(Debug, Default)]
pub struct TrackedFiles {
    bytes: FileBytes,
    runs: Vec<Vec<Place>>,
}

impl TrackedFiles {
    /// The files.
    pub fn get(&self) -> Tracked<'_> {
        Tracked {
            paths: &self.bytes,
            runs: Cow::Borrowed(&self.runs),
        }
    }
}

/// Where a path lies.
#[derive(Clone, Copy, Debug)]
struct Place {
    start: u32,
    len: u16,
}

impl<'a> Tracked<'a> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.runs.iter().map(Vec::len).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes the paths have altogether.
    pub fn bytes(&self) -> usize {
        let places = self.runs.iter().flatten();
        places.map(|place| usize::from(place.len)).sum()
    }

    /// The paths.
    pub fn iter(&self) -> impl Iterator<Item = &'a RepoPath> {
        self.iter_from(0)
    }

    /// The paths after the first `start` ones.
    pub fn iter_from(&self, start: usize) -> impl Iterator<Item = &'a RepoPath> {
        let (paths, mut skipped) = (self.paths, start);
        let runs = self.runs.iter().flat_map(move |run| {
            let first = skipped.min(run.len());
            skipped -= first;
            &run[first..]
        });
        runs.map(move |place| {
            let start = place.start as usize;
            RepoPath::new(&paths[start..start + usize::from(place.len)])
        })
    }
}

/// A directory below which the files are still to be found.
#[derive(Clone, Copy)]
struct Below<'a> {
    children: Children,
    path: &'a [u8],
    /// How many files the dirstate claims there.
    claimed: u32,
}

/// What comes next in byte order.
enum Step<'a> {
    File(Place),
    Directory(Below<'a>),
}

/// An open directory.
struct Open<'a> {
    records: slice::Iter<'a, [u8; RECORD_LEN]>,
    offset: usize,
    path: &'a [u8],
    /// The node whose turn is next, with its name.
    upcoming: Option<Node<'a>>,
    /// Directories whose own turn is over and whose children wait, with their names.
    waiting: Vec<(Below<'a>, &'a [u8])>,
}

impl<'a> Open<'a> {
    /// Reads the next node, which has to come after the one before.
    #[inline]
    fn read_next(&mut self, view: &TreeView<'a>) -> Result<()> {
        let previous = self.upcoming;
        self.upcoming = match self.records.next() {
            None => None,
            Some(bytes) => {
                let node = view.checked(bytes, self.offset, self.path)?;
                if previous.is_some_and(|previous| !TreeView::in_order(&previous, &node)) {
                    return Err(view.out_of_order(self.offset));
                }
                self.offset += RECORD_LEN;
                Some(node)
            }
        };
        Ok(())
    }
}

/// A walk over the tracked files of some part of a dirstate.
struct Walk<'a> {
    view: TreeView<'a>,
    stack: Vec<Open<'a>>,
}

impl<'a> Walk<'a> {
    fn new(view: TreeView<'a>, top: Below<'a>) -> Result<Walk<'a>> {
        let mut walk = Walk {
            view,
            stack: Vec::new(),
        };
        walk.enter(top)?;
        Ok(walk)
    }

    fn enter(&mut self, directory: Below<'a>) -> Result<()> {
        let mut open = Open {
            records: self.view.records(directory.children)?.iter(),
            offset: directory.children.start as usize,
            path: directory.path,
            upcoming: None,
            waiting: Vec::new(),
        };
        open.read_next(&self.view)?;
        self.stack.push(open);
        Ok(())
    }

    #[inline]
    fn advance(&mut self) -> Result<Option<Step<'a>>> {
        while let Some(open) = self.stack.last_mut() {
            if let Some((directory, name)) = open.waiting.last()
                && open
                    .upcoming
                    .is_none_or(|node| below_comes_first(name, node.name))
            {
                let directory = *directory;
                open.waiting.pop();
                return Ok(Some(Step::Directory(directory)));
            }
            let Some(node) = open.upcoming else {
                self.stack.pop();
                continue;
            };
            open.read_next(&self.view)?;
            let record = &node.record;
            if record.children.count > 0 {
                let below = Below {
                    children: record.children,
                    path: node.path,
                    claimed: record.tracked,
                };
                open.waiting.push((below, node.name));
            }
            if record.is_wc_tracked() {
                return Ok(Some(Step::File(Place {
                    start: record.path_start,
                    len: record.path_len,
                })));
            }
        }
        Ok(None)
    }
}

/// All files below a directory.
fn collect(view: TreeView<'_>, top: Below<'_>) -> Result<Vec<Place>> {
    // A claimed number of files is believed as far as there are bytes for their nodes.
    let most = view.nodes.len() / RECORD_LEN;
    let mut found = Vec::with_capacity((top.claimed as usize).min(most));
    let mut walk = Walk::new(view, top)?;
    while let Some(step) = walk.advance()? {
        match step {
            Step::File(place) => found.push(place),
            Step::Directory(below) => walk.enter(below)?,
        }
    }
    Ok(found)
}

/// The same in pieces of comparable size: files and directories in byte order of what they stand for.
fn take_apart<'a>(view: TreeView<'a>, top: Below<'a>) -> Result<Vec<Step<'a>>> {
    let most = top.claimed / PIECES as u32;
    let mut pieces = Vec::new();
    let mut walk = Walk::new(view, top)?;
    while let Some(step) = walk.advance()? {
        match step {
            Step::Directory(below) if below.claimed > most => walk.enter(below)?,
            step => pieces.push(step),
        }
    }
    Ok(pieces)
}

/// What one thread found: runs with the numbers of their pieces.
type Share = Vec<(usize, Result<Vec<Place>>)>;

/// Takes pieces until there are none left, neighbouring files as one.
fn work_off(view: TreeView<'_>, pieces: &[Step<'_>], next: &AtomicUsize) -> Share {
    let mut share = Share::new();
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        match pieces.get(index) {
            Some(Step::Directory(below)) => share.push((index, collect(view, *below))),
            Some(Step::File(place)) => share.push((index, Ok(vec![*place]))),
            None => return share,
        }
    }
}

impl Dirstate {
    /// Every tracked file, in byte order of the paths, found by so many threads.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::CorruptFile`].
    pub fn tracked(&self, threads: usize) -> Result<Tracked<'_>> {
        Ok(Tracked {
            paths: self.view().paths,
            runs: Cow::Owned(self.runs(threads)?),
        })
    }

    /// The same, to be kept.
    ///
    /// # Errors
    /// As [`Dirstate::tracked`].
    pub fn into_tracked(self, threads: usize) -> Result<TrackedFiles> {
        let runs = self.runs(threads)?;
        let bytes = match self.format {
            Format::V1 => self.main,
            Format::V2 => self.nodes,
        };
        Ok(TrackedFiles { bytes, runs })
    }

    fn runs(&self, threads: usize) -> Result<Vec<Vec<Place>>> {
        let view = self.view();
        let top = Below {
            children: self.root_children(),
            path: b"",
            claimed: u32::try_from(self.len()).unwrap_or(u32::MAX),
        };
        if threads < 2 {
            return Ok(vec![collect(view, top)?]);
        }
        let pieces = take_apart(view, top)?;
        let next = AtomicUsize::new(0);
        let mut shares = std::thread::scope(|scope| {
            let work = || work_off(view, &pieces, &next);
            // Where no more threads are to be had, those that run will do.
            let helpers: Vec<_> = (1..threads)
                .map_while(|_| std::thread::Builder::new().spawn_scoped(scope, work).ok())
                .collect();
            let mut shares = work();
            for helper in helpers {
                match helper.join() {
                    Ok(share) => shares.extend(share),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            shares
        });
        shares.sort_unstable_by_key(|(index, _)| *index);
        shares.into_iter().map(|(_, run)| run).collect()
    }
}

//! The files that the working copy tracks, and nothing else about them: the shortest way through a dirstate.
//! Entries are read through `cursor`.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use hyg_base::{OtherCores, RepoPath, Result};

use super::cursor::below_comes_first;
use super::record::{Children, RECORD_LEN};
use super::tree::TreeView;
use super::{Dirstate, Format};
use crate::bytes::FileBytes;

/// A directory with more than this part of all files is taken apart before the work is shared.
const PIECES: usize = 32;

/// Every tracked file in byte order. Paths stay where they lie; eight bytes are kept for each.
#[derive(Clone, Debug)]
pub struct Tracked<'a> {
    /// What the paths lie in.
    pub(super) paths: &'a FileBytes,
    pub(super) places: Cow<'a, Places>,
}

/// The same with what the paths lie in, for who keeps them.
#[derive(Debug, Default)]
pub struct TrackedFiles {
    bytes: FileBytes,
    places: Places,
}

impl TrackedFiles {
    /// The files.
    pub fn get(&self) -> Tracked<'_> {
        Tracked {
            paths: &self.bytes,
            places: Cow::Borrowed(&self.places),
        }
    }
}

/// Where paths lie, in their order: runs of what each thread found.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    found: Vec<Vec<Place>>,
    runs: Vec<Run>,
}

/// Some that follow each other among what one thread found.
#[derive(Clone, Debug)]
struct Run {
    thread: usize,
    range: Range<usize>,
}

impl Places {
    pub(super) fn runs(&self) -> impl Iterator<Item = &[Place]> {
        let found = &self.found;
        self.runs
            .iter()
            .map(|run| &found[run.thread][run.range.clone()])
    }
}

/// Where a path lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) start: u32,
    pub(super) len: u16,
}

impl<'a> Tracked<'a> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.places.runs().map(<[Place]>::len).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes the paths have altogether.
    pub fn bytes(&self) -> usize {
        let places = self.places.runs().flatten();
        places.map(|place| usize::from(place.len)).sum()
    }

    /// The paths.
    pub fn iter(&self) -> impl Iterator<Item = &'a RepoPath> {
        self.iter_from(0)
    }

    /// The paths after the first `start` ones.
    pub fn iter_from(&self, start: usize) -> impl Iterator<Item = &'a RepoPath> {
        let paths = self.paths;
        self.places_from(start).map(move |place| {
            let start = place.start as usize;
            RepoPath::new(&paths[start..start + usize::from(place.len)])
        })
    }

    pub(super) fn places_from(&self, start: usize) -> impl Iterator<Item = &Place> {
        self.runs_from(start).flatten()
    }

    /// The same in runs of places that follow each other.
    pub(super) fn runs_from(&self, start: usize) -> impl Iterator<Item = &[Place]> {
        let mut skipped = start;
        self.places.runs().map(move |run| {
            let first = skipped.min(run.len());
            skipped -= first;
            &run[first..]
        })
    }
}

/// How many steps ahead a walk asks for what it will read: about what memory needs to answer.
pub(super) const SOON: usize = 8;

/// A directory below which the files are still to be found.
#[derive(Clone, Copy)]
struct Below<'a> {
    children: Children,
    path: &'a [u8],
    /// How many files the dirstate claims there.
    claimed: u32,
}

/// Who is told what a walk comes by, in byte order.
trait Visit<'a> {
    fn file(&mut self, place: Place);

    /// Whether the walk is to enter a directory whose turn it is.
    fn enters(&mut self, below: Below<'a>) -> bool;
}

/// An open directory.
struct Open<'a> {
    records: &'a [[u8; RECORD_LEN]],
    start: usize,
    path: &'a [u8],
    /// The record whose turn is next, and the name of the one before.
    next: usize,
    previous: &'a [u8],
    /// Directories whose own turn is over and whose children wait, with their names.
    waiting: Vec<(Below<'a>, &'a [u8])>,
}

impl<'a> Open<'a> {
    fn new(view: &TreeView<'a>, directory: Below<'a>) -> Result<Open<'a>> {
        Ok(Open {
            records: view.records(directory.children)?,
            start: directory.children.start as usize,
            path: directory.path,
            next: 0,
            previous: b"",
            waiting: Vec::new(),
        })
    }

    /// Visits the files before the next directory whose turn it is; `None` where there is no more.
    #[inline]
    fn go_on(
        &mut self,
        view: &TreeView<'a>,
        visit: &mut impl Visit<'a>,
    ) -> Result<Option<Below<'a>>> {
        while let Some(bytes) = self.records.get(self.next) {
            if let Some(soon) = self.records.get(self.next + SOON) {
                view.prefetch(soon);
            }
            let offset = self.start + self.next * RECORD_LEN;
            let node = view.checked(bytes, offset, self.path)?;
            if let Some((below, name)) = self.waiting.last()
                && below_comes_first(name, node.name)
            {
                let below = *below;
                self.waiting.pop();
                return Ok(Some(below));
            }
            if !comes_after(self.previous, node.name) {
                self.check_order(view, offset)?;
            }
            self.previous = node.name;
            self.next += 1;
            let record = &node.record;
            if record.children.count > 0 {
                let below = Below {
                    children: record.children,
                    path: node.path,
                    claimed: record.tracked,
                };
                view.prefetch_records(below.children);
                self.waiting.push((below, node.name));
            }
            if record.is_wc_tracked() {
                visit.file(Place {
                    start: record.path_start,
                    len: record.path_len,
                });
            }
        }
        Ok(self.waiting.pop().map(|(below, _)| below))
    }

    /// Fails unless the record whose turn it is, which lies at `offset`, may come after the one before.
    #[cold]
    fn check_order(&self, view: &TreeView<'a>, offset: usize) -> Result<()> {
        let before = view.checked(&self.records[self.next - 1], offset - RECORD_LEN, self.path)?;
        let node = view.checked(&self.records[self.next], offset, self.path)?;
        match TreeView::in_order(&before, &node) {
            true => Ok(()),
            false => Err(view.out_of_order(offset)),
        }
    }
}

/// Whether `name` comes after `previous`. Most names differ within their first eight bytes, and need no call of the C library.
#[inline]
fn comes_after(previous: &[u8], name: &[u8]) -> bool {
    match (previous.first_chunk::<8>(), name.first_chunk::<8>()) {
        (Some(one), Some(two)) if one != two => u64::from_be_bytes(*one) < u64::from_be_bytes(*two),
        _ => previous < name,
    }
}

/// Goes through some part of a dirstate.
fn walk<'a>(view: TreeView<'a>, top: Below<'a>, visit: &mut impl Visit<'a>) -> Result<()> {
    let mut stack = vec![Open::new(&view, top)?];
    while let Some(open) = stack.last_mut() {
        match open.go_on(&view, visit)? {
            Some(below) if visit.enters(below) => stack.push(Open::new(&view, below)?),
            Some(_) => {}
            None => {
                stack.pop();
            }
        }
    }
    Ok(())
}

/// Takes all files.
struct Collect<'f>(&'f mut Vec<Place>);

impl Visit<'_> for Collect<'_> {
    #[inline]
    fn file(&mut self, place: Place) {
        self.0.push(place);
    }
    fn enters(&mut self, _below: Below<'_>) -> bool {
        true
    }
}

/// Room for what may be found: a claimed number of files is believed as far as there are bytes for their nodes. Room that
/// is not used costs nothing, while room that grows is moved, and two threads that ask for more wait for each other.
fn room(view: TreeView<'_>, top: Below<'_>) -> Vec<Place> {
    let most = view.nodes.len() / RECORD_LEN;
    Vec::with_capacity((top.claimed as usize).min(most))
}

/// A part of the work.
enum Piece<'a> {
    /// Some files that are found already.
    Files(Range<usize>),
    Directory(Below<'a>),
}

/// Takes files, and directories that are small enough.
struct TakeApart<'a> {
    pieces: Vec<Piece<'a>>,
    files: Vec<Place>,
    most: u32,
}

impl<'a> Visit<'a> for TakeApart<'a> {
    fn file(&mut self, place: Place) {
        let at = self.files.len();
        self.files.push(place);
        match self.pieces.last_mut() {
            Some(Piece::Files(range)) => range.end = at + 1,
            _ => self.pieces.push(Piece::Files(at..at + 1)),
        }
    }
    fn enters(&mut self, below: Below<'a>) -> bool {
        let is_big = below.claimed > self.most;
        if !is_big {
            self.pieces.push(Piece::Directory(below));
        }
        is_big
    }
}

/// The same in pieces of comparable size, files and directories in byte order of what they stand for; and the files.
fn take_apart<'a>(view: TreeView<'a>, top: Below<'a>) -> Result<(Vec<Piece<'a>>, Vec<Place>)> {
    let mut found = TakeApart {
        pieces: Vec::new(),
        files: Vec::new(),
        most: top.claimed / PIECES as u32,
    };
    walk(view, top, &mut found)?;
    Ok((found.pieces, found.files))
}

/// What one thread found, with where the files of each piece lie in it.
type Share = (Vec<Place>, Vec<(usize, Range<usize>)>);

/// Takes pieces until there are none left.
fn work_off(
    view: TreeView<'_>,
    top: Below<'_>,
    pieces: &[Piece<'_>],
    next: &AtomicUsize,
) -> Result<Share> {
    let (mut found, mut parts) = (room(view, top), Vec::with_capacity(pieces.len()));
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        match pieces.get(index) {
            Some(Piece::Directory(below)) => {
                let start = found.len();
                walk(view, *below, &mut Collect(&mut found))?;
                parts.push((index, start..found.len()));
            }
            Some(Piece::Files(_)) => {}
            None => return Ok((found, parts)),
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
            paths: self.path_bytes(),
            places: Cow::Owned(self.places(threads)?),
        })
    }

    /// The same, to be kept.
    ///
    /// # Errors
    /// As [`Dirstate::tracked`].
    pub fn into_tracked(self, threads: usize) -> Result<TrackedFiles> {
        let places = self.places(threads)?;
        let bytes = match self.format {
            Format::V1 => self.main,
            Format::V2 => self.nodes,
        };
        Ok(TrackedFiles { bytes, places })
    }

    fn places(&self, threads: usize) -> Result<Places> {
        let view = self.view();
        let top = Below {
            children: self.root_children(),
            path: b"",
            claimed: u32::try_from(self.len()).unwrap_or(u32::MAX),
        };
        let (pieces, files) = match threads {
            0 | 1 => (vec![Piece::Directory(top)], Vec::new()),
            _ => take_apart(view, top)?,
        };
        let next = AtomicUsize::new(0);
        let cores = OtherCores::find();
        let work = || work_off(view, top, &pieces, &next);
        let help = || {
            cores.start();
            work()
        };
        let shares = std::thread::scope(|scope| {
            // Where no more threads are to be had, those that run will do.
            let helpers: Vec<_> = (1..threads)
                .map_while(|_| std::thread::Builder::new().spawn_scoped(scope, help).ok())
                .collect();
            let mut shares = vec![work()];
            for helper in helpers {
                match helper.join() {
                    Ok(share) => shares.push(share),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            shares
        });
        let (mut places, mut order) = (Places::default(), Vec::with_capacity(pieces.len()));
        for (thread, share) in shares.into_iter().enumerate() {
            let (found, parts) = share?;
            places.found.push(found);
            order.extend(
                parts
                    .into_iter()
                    .map(|(index, range)| (index, thread, range)),
            );
        }
        for (index, piece) in pieces.iter().enumerate() {
            if let Piece::Files(range) = piece {
                order.push((index, places.found.len(), range.clone()));
            }
        }
        places.found.push(files);
        order.sort_unstable_by_key(|(index, ..)| *index);
        let runs = order
            .into_iter()
            .map(|(_, thread, range)| Run { thread, range });
        places.runs = runs.collect();
        Ok(places)
    }
}

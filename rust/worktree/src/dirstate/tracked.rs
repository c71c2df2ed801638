//! The files that the working copy tracks, and nothing else about them: the shortest way through a dirstate.
//! Entries are read through `cursor`.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};

use hyg_base::{OtherCores, RepoPath, Result};

use super::cursor::below_comes_first;
use super::record::{Children, RECORD_LEN};
use super::tree::TreeView;
use super::{Dirstate, Format};
use crate::bytes::FileBytes;

/// A directory with more than this part of all files is taken apart before the work is shared.
const PIECES: usize = 32;

/// Every tracked file in byte order. Paths stay where they lie; eight bytes are kept for each.
#[derive(Clone, Debug, Default)]
pub struct Tracked<'a> {
    paths: &'a [u8],
    file: Option<&'a FileBytes>,
    places: Cow<'a, Places>,
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
            file: Some(&self.bytes),
            places: Cow::Borrowed(&self.places),
        }
    }
}

/// Where paths lie, in their order: runs of what each thread found.
#[derive(Clone, Debug, Default)]
struct Places {
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
    fn runs(&self) -> impl Iterator<Item = &[Place]> {
        let found = &self.found;
        self.runs
            .iter()
            .map(|run| &found[run.thread][run.range.clone()])
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

    fn places_from(&self, start: usize) -> impl Iterator<Item = &Place> {
        let mut skipped = start;
        self.places.runs().flat_map(move |run| {
            let first = skipped.min(run.len());
            skipped -= first;
            &run[first..]
        })
    }

    /// The paths after the first `start` ones, each followed by `end`: as many as there is room for.
    pub fn lines_from(&self, start: usize, end: u8, lines: &mut Lines) {
        lines.clear();
        for place in self.places_from(start) {
            if !lines.push(self.paths, place, end) {
                break;
            }
        }
    }

    /// So many of the paths after the first `start` ones, each followed by `end`.
    fn some_lines(&self, start: usize, count: usize, end: u8, lines: &mut Lines) {
        lines.clear();
        for place in self.places_from(start).take(count) {
            while !lines.push(self.paths, place, end) {
                lines.grow();
            }
        }
    }

    /// Gives up one half of the pages that the paths lie in.
    fn release(&self, half: usize) {
        if let Some(file) = self.file {
            file.release(half, 2);
        }
    }

    /// All paths, each followed by `end`, in pieces that are given to `write`, which says whether to go on. With more than
    /// one thread, a second one makes every other piece while this one writes; after that, reading the paths again is slow.
    pub fn write_lines(&self, threads: usize, end: u8, write: &mut dyn FnMut(&[u8]) -> bool) {
        let count = self.len().div_ceil(PATHS);
        let taken: Vec<AtomicBool> = (0..count).map(|_| AtomicBool::new(false)).collect();
        let (give, given) = sync_channel::<Lines>(AHEAD);
        let (give_back, given_back) = channel::<Lines>();
        let lines_of = |piece: usize, lines: &mut Lines| {
            self.some_lines(piece * PATHS, PATHS, end, lines);
        };
        let every_other = |give: SyncSender<Lines>, given_back: Receiver<Lines>| {
            for piece in (1..count).step_by(2) {
                if taken[piece].swap(true, Ordering::Relaxed) {
                    continue;
                }
                let mut lines = given_back.try_recv().unwrap_or_default();
                lines_of(piece, &mut lines);
                if give.send(lines).is_err() {
                    return;
                }
            }
        };
        std::thread::scope(|scope| {
            if threads > 1 && count > 2 * AHEAD {
                let cores = OtherCores::find();
                let work = move || {
                    cores.start();
                    every_other(give, given_back);
                    self.release(1);
                };
                // Where no thread is to be had, this one makes all pieces.
                let _helper = std::thread::Builder::new().spawn_scoped(scope, work);
            }
            let given = given;
            let mut own = Lines::default();
            for (piece, taken) in taken.iter().enumerate() {
                let lines = match taken.swap(true, Ordering::Relaxed) {
                    true => given.recv().ok(),
                    false => None,
                };
                let goes_on = match &lines {
                    Some(lines) => write(lines.bytes()),
                    None => {
                        lines_of(piece, &mut own);
                        write(own.bytes())
                    }
                };
                if !goes_on {
                    return;
                }
                if let Some(lines) = lines {
                    // The other thread may be done, and needs no room then.
                    let _unused = give_back.send(lines);
                }
            }
            if threads > 1 {
                self.release(0);
            }
        });
    }
}

/// How many paths make a piece of output.
const PATHS: usize = 1024;

/// How many pieces a second thread may be ahead.
const AHEAD: usize = 8;

/// Room for some lines.
#[derive(Debug)]
pub struct Lines {
    bytes: Vec<u8>,
    used: usize,
    count: usize,
}

impl Default for Lines {
    fn default() -> Lines {
        Lines::with_room(1 << 16)
    }
}

impl Lines {
    /// What is copied at once: a path is shorter than a call of the C library that copies it would be worth.
    const STEP: usize = 32;
    /// Less room than this is not enough for every path.
    const RESERVE: usize = (1 << 16) + Lines::STEP;

    /// Room for about so many bytes.
    pub fn with_room(size: usize) -> Lines {
        Lines {
            bytes: vec![0; size + Lines::RESERVE],
            used: 0,
            count: 0,
        }
    }

    /// The lines.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.used]
    }

    /// How many lines there are.
    pub fn count(&self) -> usize {
        self.count
    }

    fn clear(&mut self) {
        (self.used, self.count) = (0, 0);
    }

    fn grow(&mut self) {
        self.bytes.resize(2 * self.bytes.len(), 0);
    }

    /// Adds a line if there is room.
    #[inline]
    fn push(&mut self, paths: &[u8], place: &Place, end: u8) -> bool {
        let (start, len) = (place.start as usize, usize::from(place.len));
        let rounded = len.next_multiple_of(Lines::STEP);
        let Some(room) = self.bytes.get_mut(self.used..self.used + rounded + 1) else {
            return false;
        };
        match paths.get(start..start + rounded) {
            Some(more) => {
                let from = more.as_chunks::<{ Lines::STEP }>().0;
                for (from, into) in from.iter().zip(room.as_chunks_mut().0) {
                    *into = *from;
                }
            }
            None => room[..len].copy_from_slice(&paths[start..start + len]),
        }
        room[len] = end;
        self.used += len + 1;
        self.count += 1;
        true
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
                let before = &self.records[self.next - 1];
                let before = view.checked(before, offset - RECORD_LEN, self.path)?;
                if !TreeView::in_order(&before, &node) {
                    return Err(view.out_of_order(offset));
                }
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
            paths: self.view().paths,
            file: Some(match self.format {
                Format::V1 => &self.main,
                Format::V2 => &self.nodes,
            }),
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

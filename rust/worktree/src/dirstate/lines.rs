//! The tracked files as lines of output, made by two threads where that pays.
//! Finding the files belongs to `tracked`, writing to a terminal or a pipe to the caller.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};

use hyg_base::{OtherCores, prefetch};

use super::tracked::{Place, SOON, Tracked};

impl Tracked<'_> {
    /// The paths after the first `start` ones, each followed by `end`: as many as there is room for.
    pub fn lines_from(&self, start: usize, end: u8, lines: &mut Lines) {
        lines.clear();
        let paths: &[u8] = self.paths;
        for place in self.places_from(start) {
            if !lines.push(paths, place, end) {
                break;
            }
        }
    }

    /// So many of the paths after the first `start` ones, each followed by `end`.
    fn some_lines(&self, start: usize, count: usize, end: u8, lines: &mut Lines) {
        lines.clear();
        let paths: &[u8] = self.paths;
        let mut left = count;
        for run in self.runs_from(start) {
            let places = &run[..run.len().min(left)];
            left -= places.len();
            for (at, place) in places.iter().enumerate() {
                if let Some(soon) = places.get(at + SOON) {
                    prefetch(paths, soon.start as usize);
                    prefetch(paths, soon.start as usize + 64);
                }
                while !lines.push(paths, place, end) {
                    lines.grow();
                }
            }
            if left == 0 {
                break;
            }
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
                    self.paths.release(1, 2);
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
                self.paths.release(0, 2);
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

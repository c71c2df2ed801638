//! Many pieces of the same work on several threads, their answers in order.
//! How much work is worth a thread is the caller's to know.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};
use std::time::Duration;

use hyg_base::{Error, ErrorId, Interrupt, OtherCores, RepoPath, Result, patience};

use crate::repo::Repo;

/// How often a thread that only waits for others asks whether it is to stop.
const PATIENCE: Duration = Duration::from_millis(50);

/// Files of one directory that one thread takes at a time: two threads in one directory wait for each other.
const RUN: usize = 256;

/// With so many items a thread is likely to need some memory: so much for each of them and at most, in steps that are no
/// mappings of their own.
const MANY: usize = 32;
const ROOM_FOR_ONE: usize = 32 << 10;
const MOST_ROOM: usize = 16 << 20;
const STEP: usize = 96 << 10;

/// Whether a crew is to stop: somebody failed, or the user wants it.
pub(crate) struct Stop<'a> {
    stopped: &'a AtomicBool,
    /// On the thread of the caller only.
    interrupt: Option<&'a dyn Interrupt>,
}

impl Stop<'_> {
    /// An error where the work is to end.
    pub(crate) fn check(&self) -> Result<()> {
        if let Some(interrupt) = self.interrupt {
            interrupt.check()?;
        }
        match self.stopped.load(Ordering::Relaxed) {
            true => Err(Error::new(ErrorId::Interrupted)),
            false => Ok(()),
        }
    }

    /// Whether this is the thread of the caller.
    pub(crate) fn is_callers(&self) -> bool {
        self.interrupt.is_some()
    }
}

/// Runs `work` on this thread and on `threads - 1` others, and answers what each of them did. While this thread waits, it
/// goes on asking for interruption. The threads live for this call only, so that a process that forks later holds no dead
/// ones.
///
/// # Errors
/// The first one in time; all others are told to stop then.
pub(crate) fn crew<T: Send>(
    threads: usize,
    interrupt: &dyn Interrupt,
    work: &(dyn Fn(&Stop<'_>) -> Result<T> + Sync),
) -> Result<Vec<T>> {
    let stopped = AtomicBool::new(false);
    let failed: Mutex<Option<Error>> = Mutex::new(None);
    let fail = |error: Error| {
        if !stopped.swap(true, Ordering::Relaxed)
            && let Ok(mut slot) = failed.lock()
        {
            *slot = Some(error);
        }
    };
    let run = |interrupt| {
        let stop = Stop {
            stopped: &stopped,
            interrupt,
        };
        work(&stop).map_err(fail).ok()
    };
    let cores = OtherCores::find();
    let answers = std::thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        let helpers: Vec<_> = (1..threads)
            .map_while(|_| {
                let sender = sender.clone();
                let builder = std::thread::Builder::new().name("crew".into());
                let help = move || {
                    cores.start();
                    drop(sender.send(run(None)));
                };
                builder.spawn_scoped(scope, help).ok()
            })
            .collect();
        drop(sender);
        let mut answers = vec![run(Some(interrupt))];
        loop {
            match receiver.recv_timeout(PATIENCE) {
                Ok(answer) => answers.push(answer),
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    if let Err(error) = interrupt.check() {
                        fail(error);
                    }
                }
            }
        }
        for helper in helpers {
            if let Err(panic) = helper.join() {
                std::panic::resume_unwind(panic);
            }
        }
        answers
    });
    match failed.into_inner().ok().flatten() {
        Some(error) => Err(error),
        None => Ok(answers.into_iter().flatten().collect()),
    }
}

/// Numbers below `count`, cut where the directory changes and where a directory is big.
pub(crate) fn runs<'p>(
    count: usize,
    path: &(dyn Fn(usize) -> &'p RepoPath + Sync),
) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    let mut last = None;
    for at in 0..count {
        let parent = path(at).split_last().0;
        match runs.last_mut() {
            Some(run) if last == Some(parent) && run.len() < RUN => run.end = at + 1,
            _ => runs.push(at..at + 1),
        }
        last = Some(parent);
    }
    runs
}

/// Does `work` with each of `items`; on several threads where there are several, the answers in order.
///
/// # Errors
/// The first one, in order, that `work` answers.
pub fn each<I: Sync, T: Send>(
    repo: &Repo,
    items: &[I],
    work: impl Fn(&I) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    answers(repo, items, work).into_iter().collect()
}

/// The same with every answer, also those after an error.
pub fn answers<I: Sync, T: Send>(
    repo: &Repo,
    items: &[I],
    work: impl Fn(&I) -> Result<T> + Sync,
) -> Vec<Result<T>> {
    let threads = super::threads(repo).min(items.len() / 2);
    if threads < 2 {
        return items
            .iter()
            .map(|item| patience::ask().and_then(|()| work(item)))
            .collect();
    }
    let next = AtomicUsize::new(0);
    let slots: Vec<Mutex<Option<Result<T>>>> = items.iter().map(|_| Mutex::new(None)).collect();
    let run = || {
        if items.len() >= MANY {
            make_room(MOST_ROOM.min(items.len() * ROOM_FOR_ONE));
        }
        while let at = next.fetch_add(1, Ordering::Relaxed)
            && let Some((item, slot)) = items.get(at).zip(slots.get(at))
        {
            let answer = patience::ask().and_then(|()| work(item));
            if let Ok(mut slot) = slot.lock() {
                *slot = Some(answer);
            }
        }
    };
    let (run, cores) = (&run, OtherCores::find());
    patience::together((0..threads).map(|number| {
        move || {
            if number > 0 {
                cores.start();
            }
            run();
        }
    }));
    let taken = slots
        .into_iter()
        .map(|slot| slot.into_inner().ok().flatten());
    taken
        .map(|answer| answer.unwrap_or_else(|| Err(Error::internal("no answer"))))
        .collect()
}

/// Lets the memory of this thread grow in few steps: the C library enlarges it page by page, and each of these system
/// calls waits for page faults of the other threads. Nothing of it is touched, and all of it is given back.
fn make_room(bytes: usize) {
    let steps = (0..bytes / STEP).map(|_| Vec::<u8>::with_capacity(STEP));
    drop(std::hint::black_box(steps.collect::<Vec<_>>()));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Has enough after being asked so many times.
    struct After(AtomicUsize);

    impl Interrupt for After {
        fn check(&self) -> Result<()> {
            match self.0.fetch_sub(1, Ordering::Relaxed) {
                0 => Err(Error::new(ErrorId::Interrupted).with("ticket", 7)),
                _ => Ok(()),
            }
        }
    }

    #[test]
    fn everybody_answers_and_one_error_stops_all() {
        for threads in [1, 4] {
            let never = hyg_base::NoInterrupt;
            let answers = crew(threads, &never, &|stop| stop.check().map(|()| 1)).unwrap();
            assert_eq!(answers, vec![1; threads]);
            let first = AtomicBool::new(true);
            let failed = crew(threads, &never, &|stop| -> Result<()> {
                if first.swap(false, Ordering::Relaxed) {
                    return Err(Error::internal("one"));
                }
                loop {
                    stop.check()?;
                    std::thread::yield_now();
                }
            });
            assert_eq!(failed.unwrap_err().id(), ErrorId::Internal);
        }
    }

    #[test]
    fn who_waits_for_others_can_be_interrupted() {
        let interrupt = After(AtomicUsize::new(1));
        let failed = crew(2, &interrupt, &|stop| {
            while !stop.is_callers() {
                stop.check()?;
                std::thread::yield_now();
            }
            Ok(())
        });
        let error = failed.unwrap_err();
        assert!(error.id() == ErrorId::Interrupted && error.fact("ticket").is_some());
    }
}

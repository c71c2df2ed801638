//! Long work asks here, wherever it comes by, whether the user wants it to stop; who that user is, is known at the door
//! through which the work was called. Work that was given an [`Interrupt`] of its own asks that one, too.

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use crate::{Error, ErrorId, Interrupt, Result};

/// How long nobody is asked after an answer: asking may mean to wait for a lock of the interpreter.
const PATIENCE: Duration = Duration::from_millis(40);
/// The clock is looked at once in so many times.
const STRIDE: u32 = 8;

/// Who knows whether the work of a thread is to end.
enum Watch {
    /// Somebody who can be asked.
    Asks(Asked),
    /// The thread that started this one.
    Told(Arc<AtomicBool>),
}

struct Asked {
    interrupt: &'static dyn Interrupt,
    asked: Instant,
    skipped: u32,
    /// What the work ends with, whatever becomes of the error on its way.
    said: Option<Error>,
}

thread_local! {
    static WATCH: RefCell<Option<Watch>> = const { RefCell::new(None) };
}

/// Runs `work`, which is interrupted by `interrupt` at the places where it asks. An interruption is never lost: it is the
/// answer even where `work` made something else of it.
///
/// # Errors
/// What `work` answers, or the interruption.
pub fn watched<T>(
    interrupt: &'static dyn Interrupt,
    work: impl FnOnce() -> Result<T>,
) -> Result<T> {
    let asked = Asked {
        interrupt,
        asked: Instant::now(),
        skipped: 0,
        said: None,
    };
    let before = WATCH.replace(Some(Watch::Asks(asked)));
    let answer = work();
    match WATCH.replace(before) {
        Some(Watch::Asks(Asked {
            said: Some(error), ..
        })) => Err(error),
        _ => answer,
    }
}

/// An error where the work of this thread is to end. Cheap: nobody is asked more often than every few hundredths of a
/// second.
///
/// # Errors
/// What the interruption says, also when it is asked again.
pub fn ask() -> Result<()> {
    ask_at(false)
}

/// `now`: who has waited for something in the meantime looks at the clock.
fn ask_at(now: bool) -> Result<()> {
    let due = WATCH.with_borrow_mut(|watch| match watch {
        None => Ok(None),
        Some(Watch::Asks(asked)) => asked.due(now),
        Some(Watch::Told(stopped)) if stopped.load(Ordering::Relaxed) => {
            Err(Error::new(ErrorId::Interrupted))
        }
        Some(Watch::Told(_)) => Ok(None),
    })?;
    let Some(interrupt) = due else {
        return Ok(());
    };
    // Whoever is asked may do anything in the meantime, also work that is watched itself.
    interrupt.check().inspect_err(|error| {
        WATCH.with_borrow_mut(|watch| {
            if let Some(Watch::Asks(asked)) = watch {
                asked.said = Some(error.clone());
            }
        });
    })
}

/// What comes out of a channel; none where nothing will come any more.
///
/// # Errors
/// The interruption while nothing comes.
pub fn receive<T>(receiver: &mpsc::Receiver<T>) -> Result<Option<T>> {
    loop {
        match receiver.recv_timeout(PATIENCE) {
            Ok(one) => return Ok(Some(one)),
            Err(RecvTimeoutError::Disconnected) => return Ok(None),
            Err(RecvTimeoutError::Timeout) => ask_at(true)?,
        }
    }
}

/// Does each of `works` on a thread of its own; the answers in order. This thread asks while it waits, and where it is
/// interrupted the others hear of it when they ask. The threads live for this call only.
pub fn together<T: Send, W: FnOnce() -> T + Send>(works: impl IntoIterator<Item = W>) -> Vec<T> {
    let stopped = Arc::new(AtomicBool::new(false));
    std::thread::scope(|scope| {
        let (alive, ended) = channel::<()>();
        let running: Vec<_> = works
            .into_iter()
            .map(|work| {
                let (alive, stopped) = (alive.clone(), Arc::clone(&stopped));
                scope.spawn(move || {
                    let _alive = alive;
                    WATCH.set(Some(Watch::Told(stopped)));
                    work()
                })
            })
            .collect();
        drop(alive);
        while receive(&ended).is_err() {
            stopped.store(true, Ordering::Relaxed);
            // They end as soon as they ask, and until then there is nothing to do.
            let Err(RecvTimeoutError::Timeout) = ended.recv_timeout(PATIENCE) else {
                break;
            };
        }
        let joined = running.into_iter().map(|thread| match thread.join() {
            Ok(answer) => answer,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        joined.collect()
    })
}

impl Asked {
    /// Who is to be asked, if it is time to.
    fn due(&mut self, now: bool) -> Result<Option<&'static dyn Interrupt>> {
        if let Some(error) = &self.said {
            return Err(error.clone());
        }
        self.skipped += 1;
        if self.skipped < STRIDE && !now {
            return Ok(None);
        }
        self.skipped = 0;
        let now = Instant::now();
        if now.duration_since(self.asked) < PATIENCE {
            return Ok(None);
        }
        self.asked = now;
        Ok(Some(self.interrupt))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Stops;

    impl Interrupt for Stops {
        fn check(&self) -> Result<()> {
            Err(Error::new(ErrorId::Interrupted))
        }
    }

    #[test]
    fn what_was_said_is_not_lost() {
        let mut asked = 0_u64;
        let answer = watched(&Stops, || {
            while ask().is_ok() {
                asked += 1;
            }
            assert!(ask().is_err());
            Ok(())
        });
        assert_eq!(answer.unwrap_err().id(), ErrorId::Interrupted);
        assert!(asked > 0);
        assert!(ask().is_ok());
    }

    #[test]
    fn threads_that_ask_are_stopped() {
        let endless = || {
            while ask().is_ok() {
                std::thread::yield_now();
            }
            7
        };
        let answer = watched(&Stops, || Ok(together([endless, endless])));
        assert_eq!(answer.unwrap_err().id(), ErrorId::Interrupted);
        let numbers = (0..5).map(|number| move || number * number);
        assert_eq!(together(numbers), [0, 1, 4, 9, 16]);
    }

    /// Is busy with watched work while it is asked.
    struct Busy;

    impl Interrupt for Busy {
        fn check(&self) -> Result<()> {
            watched(&Stops, || {
                while ask().is_ok() {}
                Ok(())
            })
        }
    }

    #[test]
    fn who_is_asked_may_work() {
        let answer = watched(&Busy, || {
            while ask().is_ok() {}
            Ok(())
        });
        assert_eq!(answer.unwrap_err().id(), ErrorId::Interrupted);
        assert!(ask().is_ok());
    }

    #[test]
    fn work_within_work_is_watched_by_itself() {
        let answer = watched(&crate::NoInterrupt, || {
            let within = watched(&Stops, || {
                while ask().is_ok() {}
                Ok(())
            });
            assert!(within.is_err());
            ask()
        });
        assert!(answer.is_ok());
    }
}

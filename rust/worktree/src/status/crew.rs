//! A few threads that share a growing heap of tasks. They live for one call only, so a process that forks later holds
//! no dead threads. What a task is belongs to the caller.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use hyg_base::{Error, OtherCores, Result};

/// Tasks done alone before help is called.
const ALONE: usize = 24;

/// Does tasks, each of which may bring further ones.
pub(crate) trait Hand<T>: Send {
    /// Does `task` and puts what follows from it on `more`.
    fn work(&mut self, task: T, more: &mut Vec<T>) -> Result<()>;
}

struct Heap<T> {
    state: Mutex<State<T>>,
    filled: Condvar,
    /// Hands that wait, read without the lock by those that could give something away.
    waiting: AtomicUsize,
}

struct State<T> {
    tasks: Vec<T>,
    hands: usize,
    over: bool,
    error: Option<Error>,
}

impl<T> Heap<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // A hand that panicked has declared the work over; its panic goes on when the threads are joined.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stop(&self, error: Option<Error>) {
        let mut state = self.lock();
        state.over = true;
        if state.error.is_none() {
            state.error = error;
        }
        drop(state);
        self.filled.notify_all();
    }

    /// Gives the older half of `mine` away, if somebody waits for it.
    fn share(&self, mine: &mut Vec<T>) {
        if mine.len() < 2 || self.waiting.load(Ordering::Relaxed) == 0 {
            return;
        }
        let half = mine.len() / 2;
        self.lock().tasks.extend(mine.drain(..half));
        self.filled.notify_all();
    }

    /// Takes some tasks, waiting for them where necessary. `false`: there will be none.
    fn take(&self, mine: &mut Vec<T>) -> bool {
        let mut state = self.lock();
        loop {
            if state.over {
                return false;
            }
            let count = state.tasks.len();
            if count > 0 {
                let some = count.div_ceil(state.hands.max(1));
                mine.extend(state.tasks.drain(count - some..));
                return true;
            }
            let waiting = self.waiting.fetch_add(1, Ordering::Relaxed) + 1;
            if waiting >= state.hands {
                state.over = true;
                self.waiting.fetch_sub(1, Ordering::Relaxed);
                self.filled.notify_all();
                return false;
            }
            state = self
                .filled
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
            self.waiting.fetch_sub(1, Ordering::Relaxed);
        }
    }

    fn run<H: Hand<T>>(&self, hand: &mut H, mine: &mut Vec<T>) {
        let _guard = StopOnPanic(self);
        loop {
            while let Some(task) = mine.pop() {
                if let Err(error) = hand.work(task, mine) {
                    return self.stop(Some(error));
                }
                self.share(mine);
            }
            if !self.take(mine) {
                return;
            }
        }
    }
}

struct StopOnPanic<'a, T>(&'a Heap<T>);

impl<T> Drop for StopOnPanic<'_, T> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.stop(None);
        }
    }
}

/// Does `tasks` and all that follow from them. The first of `hands` works on this thread, the others get threads of
/// their own once there turns out to be work for them. Answers the hands.
pub(crate) fn work_off<T: Send, H: Hand<T>>(
    mut tasks: Vec<T>,
    mut hands: Vec<H>,
) -> Result<Vec<H>> {
    let Some((first, others)) = hands.split_first_mut() else {
        return Ok(hands);
    };
    let mut done = 0;
    while let Some(task) = tasks.pop() {
        first.work(task, &mut tasks)?;
        done += 1;
        if done >= ALONE && tasks.len() > 1 && !others.is_empty() {
            break;
        }
    }
    if tasks.is_empty() {
        return Ok(hands);
    }
    let heap = Heap {
        state: Mutex::new(State {
            tasks: Vec::new(),
            hands: 1,
            over: false,
            error: None,
        }),
        filled: Condvar::new(),
        waiting: AtomicUsize::new(0),
    };
    let cores = OtherCores::find();
    std::thread::scope(|scope| {
        for hand in others {
            heap.lock().hands += 1;
            let thread = std::thread::Builder::new().name("status".into());
            let started = thread.spawn_scoped(scope, || {
                cores.start();
                heap.run(hand, &mut Vec::new());
            });
            if started.is_err() {
                // No more threads to be had: those that run will do.
                heap.lock().hands -= 1;
                break;
            }
        }
        heap.run(first, &mut tasks);
    });
    match heap.lock().error.take() {
        Some(error) => Err(error),
        None => Ok(hands),
    }
}

#[cfg(test)]
mod tests {
    use hyg_base::ErrorId;

    use super::*;

    #[derive(Default)]
    struct Counter {
        done: u64,
        fail_at: Option<u64>,
    }

    impl Hand<u64> for Counter {
        fn work(&mut self, task: u64, more: &mut Vec<u64>) -> Result<()> {
            if self.fail_at == Some(task) {
                return Err(Error::new(ErrorId::Interrupted));
            }
            self.done += 1;
            more.extend((0..task % 10).map(|_| task / 10));
            Ok(())
        }
    }

    fn crew(count: usize, fail_at: Option<u64>) -> Vec<Counter> {
        let hand = || Counter { done: 0, fail_at };
        std::iter::repeat_with(hand).take(count).collect()
    }

    #[test]
    fn every_task_is_done_once_by_any_number_of_hands() {
        // 1 + 9 + 9 * 9 + ...
        let expected = (0..6).map(|depth| 9u64.pow(depth)).sum::<u64>();
        for count in [1, 2, 3, 16] {
            let hands = work_off(vec![99_999], crew(count, None)).unwrap();
            assert_eq!(hands.iter().map(|hand| hand.done).sum::<u64>(), expected);
        }
    }

    #[test]
    fn the_first_error_stops_everybody() {
        for count in [1, 4] {
            let error = work_off(vec![99_999], crew(count, Some(9)))
                .map(|_| ())
                .unwrap_err();
            assert_eq!(error.id(), ErrorId::Interrupted);
        }
    }
}

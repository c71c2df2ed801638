//! Many pieces of the same work on several threads, their answers in order.
//! How much work is worth a thread is the caller's to know.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use hyg_base::{Error, Result};

use crate::repo::Repo;

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
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let slots: Vec<Mutex<Option<Result<T>>>> = items.iter().map(|_| Mutex::new(None)).collect();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let at = next.fetch_add(1, Ordering::Relaxed)
                    && let Some((item, slot)) = items.get(at).zip(slots.get(at))
                {
                    let answer = work(item);
                    if let Ok(mut slot) = slot.lock() {
                        *slot = Some(answer);
                    }
                }
            });
        }
    });
    let taken = slots
        .into_iter()
        .map(|slot| slot.into_inner().ok().flatten());
    taken
        .map(|answer| answer.unwrap_or_else(|| Err(Error::internal("no answer"))))
        .collect()
}

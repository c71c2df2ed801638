//! Ctrl-C and its kin while something is being made: work that asks here ends, and takes back what it began.
//! As long as nobody catches signals they end the process at once, as for all that only reads.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hyg_base::{Error, ErrorId, Interrupt, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::decline::{Decision, Decline};
use crate::native::Answer;

/// The exit code after a signal.
const STOPPED: i32 = 255;

/// The signals that have come since they are caught; until the end of the process, or until another program takes its place.
pub(crate) struct Signals(Arc<AtomicUsize>);

impl Signals {
    /// From now on.
    pub(crate) fn catch() -> Decision<Signals> {
        let last = Arc::new(AtomicUsize::new(0));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            // Whoever starts us in the background has Ctrl-C ignored.
            if signal == SIGINT && ignores(signal) {
                continue;
            }
            let number = signal.unsigned_abs() as usize;
            signal_hook::flag::register_usize(signal, Arc::clone(&last), number)
                .map_err(|_| Decline::new("a signal that cannot be caught"))?;
        }
        Ok(Signals(last))
    }

    /// What is said at the end of work that was interrupted, after its `output`.
    pub(crate) fn last_words(&self, output: Vec<u8>) -> Answer {
        let by_user = self.0.load(Ordering::Relaxed) == SIGINT.unsigned_abs() as usize;
        Answer {
            output,
            words: if by_user {
                "interrupted!\n"
            } else {
                "killed!\n"
            },
            code: STOPPED,
            ..Answer::default()
        }
    }
}

impl Interrupt for Signals {
    fn check(&self) -> Result<()> {
        match self.0.load(Ordering::Relaxed) {
            0 => Ok(()),
            _ => Err(Error::new(ErrorId::Interrupted)),
        }
    }
}

/// Whether this process was started with a signal ignored, as far as the system tells.
fn ignores(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

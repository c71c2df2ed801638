//! The two narrow doors through which long-running work talks to whoever called it.

use crate::Result;

/// Told how far a long operation has come. Implementations must be cheap: callers may call it for each batch.
pub trait Reporter: Send + Sync {
    /// `position` of `total` units of `topic` are done (`total` 0: not known).
    fn progress(&self, topic: &'static str, position: u64, total: u64);
}

/// Asked now and then whether the user wants the operation to stop.
pub trait Interrupt: Send + Sync {
    /// `Err` with [`crate::ErrorId::Interrupted`] where the operation is to stop.
    fn check(&self) -> Result<()>;
}

/// Reports nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoReporter;

impl Reporter for NoReporter {
    fn progress(&self, _topic: &'static str, _position: u64, _total: u64) {}
}

/// Never interrupts.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoInterrupt;

impl Interrupt for NoInterrupt {
    fn check(&self) -> Result<()> {
        Ok(())
    }
}

//! The working copy: the dirstate in both of its formats, and the walk that compares it with the disk.
//! Comparing contents with history, and saying anything to the user, belong to the crates above.

mod bytes;
pub mod clock;
pub mod dirstate;
mod entry;
pub mod lock;
pub mod status;
mod timestamp;

pub use dirstate::Dirstate;
pub use entry::Entry;
pub use timestamp::Timestamp;

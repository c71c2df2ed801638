//! The vocabulary of the Rust half: nodes, revisions, repository paths, phases, error facts and the two traits
//! through which long work reports and is interrupted. Nothing here does I/O, and nothing here knows Python.

mod error;
mod node;
mod path;
mod pathlist;
pub mod patience;
mod phase;
mod prefetch;
mod report;
mod threads;

pub use error::{Error, ErrorId, Fact, Result, Warning};
pub use node::{Node, NodePrefix, Rev};
pub use path::{RepoPath, RepoPathBuf};
pub use pathlist::PathList;
pub use phase::Phase;
pub use prefetch::prefetch;
pub use report::{Interrupt, NoInterrupt, NoReporter, Reporter};
pub use threads::OtherCores;

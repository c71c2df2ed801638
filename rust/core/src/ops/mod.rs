//! The operations: one module each, typed requests in, typed reports out.
//! They never print; what their reports look like is `render`, what users see of their errors is Python's.

pub mod annotate;
mod annotate_cache;
pub mod cat;
pub mod changegroup;
pub mod checkout;
pub mod cloning;
pub mod commit;
pub mod comparing;
pub mod config_value;
pub mod copies;
pub mod diff;
pub mod editing;
pub mod files;
pub mod graph;
pub mod grep;
pub mod history;
pub(crate) mod history_index;
pub mod log;
mod manifest_files;
pub mod parallel;
pub mod paths;
pub mod revlogs;
pub mod status;
pub mod summary;
pub mod tables;
pub mod tracking;
pub mod verify;

/// How many threads work on one operation.
pub(crate) fn threads(repo: &crate::repo::Repo) -> usize {
    /// Finding out takes several files of the system to be read.
    static PROCESSORS: std::sync::OnceLock<usize> = std::sync::OnceLock::new();
    let processors = || std::thread::available_parallelism().map_or(1, |count| count.get().min(16));
    match repo.options().threads {
        0 => *PROCESSORS.get_or_init(processors),
        count => count,
    }
}

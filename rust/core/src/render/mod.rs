//! Typed reports to the bytes that users and scripts read, byte for byte what the peer prints.
//! Renderers compute nothing about the repository and write nowhere but into their buffer.

mod changesets;
mod display;
mod listing;

pub use changesets::{Verbosity, changeset};
pub use display::PathDisplay;
pub use listing::{
    FilesView, StatusView, config_values, files, files_in_chunks, paths, root, status, version,
};

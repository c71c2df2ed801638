//! What lies under `.hg/store`: layout and requirements, path encoding, revlogs and what is kept in them, phases.
//! Reading and appending; the dirstate, names for revisions and configuration belong to other crates.

pub mod blob;
pub mod bzip2_stream;
pub mod changelog;
mod disk;
pub mod encode;
pub mod filelog;
pub mod fncache;
pub mod history;
pub mod layout;
pub mod manifest;
pub mod nodemap;
pub mod obsstore;
pub mod overlay;
pub mod phases;
pub mod requirements;
pub mod revlog;
pub mod shelf;
pub mod vfs;
pub mod write;
pub mod zstd_stream;

pub use blob::Blob;

//! The native half as a whole: configuration, repositories, names, operations and their renderers.
//! It prints nothing, reads no environment and knows no Python; the launcher and the binding stand above it.

pub mod config;
mod contents;
pub mod daterange;
pub mod declared;
pub mod disk;
pub mod environment;
pub mod filter;
mod incoming;
pub mod matching;
pub mod names;
pub mod ops;
pub mod render;
pub mod repo;
pub mod revset;
pub mod tables;
pub mod template;
pub mod writer;
pub mod zone;

pub use hyg_graph as graph;
pub use hyg_matcher as matcher;
pub use hyg_store as store;
pub use hyg_text as text;
pub use hyg_worktree as worktree;

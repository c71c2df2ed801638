//! Typed reports to the bytes that users and scripts read, byte for byte what the peer prints.
//! Renderers compute nothing about the repository and write nowhere but into their buffer.

mod annotation;
mod changesets;
mod dates;
mod diffs;
mod display;
mod graph;
mod identity;
mod listing;
mod names;
mod page;
mod rows;
mod summary;
mod value;

pub use annotation::{Column, Known, annotation};
pub use changesets::{Verbosity, changeset, changeset_row, local, strip};
pub use dates::{date, format_date};
pub use diffs::{FileStat, histogram, patch};
pub use display::PathDisplay;
pub use graph::{Edge, Graph, Looks, Sort};
pub use identity::{IdentityView, identity};
pub use listing::{
    FilesView, StatusView, config_values, files, files_in_chunks, files_piece, paths, root, status,
    status_page, status_rows, version,
};
pub use names::{bookmarks, branches, manifest, tags};
pub use page::{Page, Painter};
pub use rows::{Form, Rows};
pub use summary::summary;
pub use value::{Value, json_text};

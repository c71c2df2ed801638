//! `hydrargyrum._native`: the binding between Python and `hyg-core`, thin enough to be read in one sitting.
//! It converts values, maps errors and lets the GIL go; it computes nothing.

mod ancestors;
mod arrow;
mod callback;
mod capsule;
mod checkout;
mod differences;
mod dirstate;
mod editing;
mod engine;
mod error;
mod exchanging;
mod exotic;
mod gil;
mod history;
mod index;
mod intake;
mod live;
mod manifest;
mod merging;
mod names;
mod operations;
mod paths;
mod render;
mod revlogs;
mod revset;
mod searching;
mod shared;
mod showing;
mod status;
mod tables;
mod verifying;
mod writing;

#[pyo3::pymodule(gil_used = false)]
mod _native {
    #[pymodule_export]
    use crate::ancestors::AncestorWalk;
    #[pymodule_export]
    use crate::arrow::Table;
    #[pymodule_export]
    use crate::checkout::{NativeCheckoutOutcome, NativeMovePlan};
    #[pymodule_export]
    use crate::dirstate::DirstateTable;
    #[pymodule_export]
    use crate::editing::{DirstateEditor, WrittenFiles};
    #[pymodule_export]
    use crate::engine::Repository;
    #[pymodule_export]
    use crate::exchanging::{StreamDecoder, StreamEncoder};
    #[pymodule_export]
    use crate::index::RevisionTable;
    #[pymodule_export]
    use crate::manifest::ManifestTable;
    #[pymodule_export]
    use crate::operations::NativeFileContent;
    #[pymodule_export]
    use crate::paths::PathSequence;
    #[pymodule_export]
    use crate::revlogs::StoredRevlog;
    #[pymodule_export]
    use crate::revset::LazyRevisions;
    #[pymodule_export]
    use crate::searching::FileLines;
    #[pymodule_export]
    use crate::showing::ChangesetLines;
    #[pymodule_export]
    use crate::status::NativeStatusReport;
    #[pymodule_export]
    use crate::writing::{CommitResult, StoreWriter};
}

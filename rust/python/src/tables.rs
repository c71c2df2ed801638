//! Many changesets, and what they did to files, as Arrow tables: in chunks that are read on several threads.
//! Their columns are made by `hyg-core`; nothing here becomes a Python object.

use std::sync::Arc;

use hyg_base::{Result, Rev, patience};
use hyg_core::ops::tables::{ChangeColumns, ChangesetColumns, changes, changesets};
use hyg_core::repo::Repo;
use pyo3::prelude::*;

use crate::arrow::{Column, Table};
use crate::engine::Repository;
use crate::gil::detached;
use crate::history::asked;

/// Changesets in a chunk: few enough for threads to share the work, and for 32-bit offsets.
const CHUNK: usize = 8192;
/// Threads at most.
const MOST_THREADS: usize = 16;

/// The columns of each chunk of `revs`, in order.
fn in_chunks<T: Send>(
    repo: &Repo,
    revs: &[Rev],
    read: impl Fn(&Repo, &[Rev]) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let chunks: Vec<&[Rev]> = revs.chunks(CHUNK).collect();
    let threads = match repo.options().threads {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        wanted => wanted,
    };
    let share = chunks.len().div_ceil(threads.clamp(1, MOST_THREADS)).max(1);
    let part = |chunks: &[&[Rev]]| -> Result<Vec<T>> {
        chunks.iter().map(|chunk| read(repo, chunk)).collect()
    };
    if chunks.len() < 2 {
        return part(&chunks);
    }
    let part = &part;
    let mut found = Vec::with_capacity(chunks.len());
    for read in patience::together(chunks.chunks(share).map(|mine| move || part(mine))) {
        found.extend(read?);
    }
    Ok(found)
}

fn changeset_chunk(columns: ChangesetColumns) -> Vec<Column> {
    let [first, second] = columns.parents;
    vec![
        Column::Int32(Arc::new(columns.revs)),
        Column::Text(Arc::new(columns.nodes)),
        Column::Int32(Arc::new(first)),
        Column::Int32(Arc::new(second)),
        Column::Text(Arc::new(columns.users)),
        Column::Seconds(Arc::new(columns.dates)),
        Column::Int32(Arc::new(columns.offsets)),
        Column::Text(Arc::new(columns.branches)),
        Column::Text(Arc::new(columns.phases)),
        Column::Int32(Arc::new(columns.files)),
        Column::Text(Arc::new(columns.descriptions)),
    ]
}

fn change_chunk(columns: ChangeColumns) -> Vec<Column> {
    vec![
        Column::Int32(Arc::new(columns.revs)),
        Column::Paths(columns.paths.into()),
        Column::Text(Arc::new(columns.statuses)),
    ]
}

#[pymethods]
impl Repository {
    fn changeset_table(&self, py: Python<'_>, revs: &Bound<'_, PyAny>) -> PyResult<Table> {
        let repo = self.current(py)?;
        let revs = asked(&repo, revs)?;
        let read = detached(py, || in_chunks(&repo, &revs, changesets))?;
        let names = [
            "rev",
            "node",
            "p1",
            "p2",
            "user",
            "date",
            "tz",
            "branch",
            "phase",
            "files",
            "description",
        ];
        Ok(Table::new(
            names.to_vec(),
            changeset_chunk(ChangesetColumns::default()),
            read.into_iter().map(changeset_chunk).collect(),
        ))
    }

    fn change_table(&self, py: Python<'_>, revs: &Bound<'_, PyAny>) -> PyResult<Table> {
        let repo = self.current(py)?;
        let revs = asked(&repo, revs)?;
        let read = detached(py, || in_chunks(&repo, &revs, changes))?;
        Ok(Table::new(
            vec!["rev", "path", "status"],
            change_chunk(ChangeColumns::default()),
            read.into_iter().map(change_chunk).collect(),
        ))
    }
}

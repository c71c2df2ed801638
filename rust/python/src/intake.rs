//! Revisions from elsewhere on their way from Python: one object for each, or many of a changegroup as they were sent.
//! Storing them is the writer's; how a changegroup is divided is Python's.

use hyg_base::Node;
use hyg_core::ops::changegroup::Version;
use hyg_core::writer::{Incoming, Sent};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyIterator};

use crate::engine::node_of;
use crate::error::to_python;

/// Gives revisions in parts.
pub(crate) enum Revisions<'py> {
    /// Instances of `plans.RevisionToAdd`.
    Single(Bound<'py, PyIterator>),
    /// Whole chunks of a changegroup.
    Chunks(Bound<'py, PyIterator>, Sent),
}

impl<'py> Revisions<'py> {
    /// Of any iterable; one that can give whole chunks is asked for them.
    pub(crate) fn of(revisions: &Bound<'py, PyAny>) -> PyResult<Revisions<'py>> {
        if let Some(chunks) = revisions.getattr_opt("chunks")? {
            let version: String = revisions.getattr("version")?.extract()?;
            if let Some(sent) = Sent::new(version_of(&version)?) {
                return Ok(Revisions::Chunks(chunks.call0()?.try_iter()?, sent));
            }
        }
        Ok(Revisions::Single(revisions.try_iter()?))
    }
}

impl Iterator for Revisions<'_> {
    type Item = PyResult<Vec<Incoming>>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Revisions::Single(iterator) => {
                let one = iterator.next()?.and_then(|one| incoming_of(&one));
                Some(one.map(|one| vec![one]))
            }
            Revisions::Chunks(iterator, sent) => {
                let read = |chunks: Bound<'_, PyAny>| {
                    let data = chunks.cast::<PyBytes>()?.as_bytes();
                    let found = sent.read(data);
                    found.map_err(|error| to_python(chunks.py(), &error))
                };
                Some(iterator.next()?.and_then(read))
            }
        }
    }
}

/// The version of a changegroup.
pub(crate) fn version_of(name: &str) -> PyResult<Version> {
    Ok(match name {
        "01" => Version::One,
        "02" => Version::Two,
        "03" => Version::Three,
        "04" => Version::Four,
        _ => return Err(PyValueError::new_err("no such version of changegroups")),
    })
}

/// About how much memory revisions take.
pub(crate) fn size_of(revisions: &[Incoming]) -> usize {
    revisions.iter().map(|one| one.delta.len() + 200).sum()
}

/// `plans.RevisionToAdd`.
fn incoming_of(revision: &Bound<'_, PyAny>) -> PyResult<Incoming> {
    let node = |name: &str| -> PyResult<Node> {
        node_of(revision.getattr(name)?.cast::<PyBytes>()?.as_bytes())
    };
    let parents = revision.getattr("parents")?;
    let (first, second): (Bound<'_, PyBytes>, Bound<'_, PyBytes>) = parents.extract()?;
    Ok(Incoming {
        node: node("node")?,
        parents: [node_of(first.as_bytes())?, node_of(second.as_bytes())?],
        link: node("link_node")?,
        base: node("base")?,
        delta: revision
            .getattr("delta")?
            .cast::<PyBytes>()?
            .as_bytes()
            .to_vec(),
        flags: revision.getattr("flags")?.extract()?,
    })
}

//! The native side of `engine/history.py`: questions about many changesets, one call each, on lists of revision numbers.
//! Walks are the graph crate's, searching is `hyg-core`'s; texts become Python objects only in `changesets`.

use std::collections::HashMap;

use hyg_base::{Error, ErrorId, Phase, RepoPath, Result, Rev};
use hyg_core::disk::DiskSource;
use hyg_core::graph::{self, Graph, Towards};
use hyg_core::matcher::ignore;
use hyg_core::names::{branches, hidden};
use hyg_core::ops::history::{self, Fields, TextTest};
use hyg_core::repo::Repo;
use hyg_core::store::phases::Phases;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyString, PyTuple};

use crate::engine::Repository;
use crate::error::{bytes_of, text};
use crate::exotic::PythonRegex;
use crate::gil::detached;
use crate::operations::Patterns;

/// The revisions of any iterable, each of which has to be there.
pub(crate) fn asked(repo: &Repo, revs: &Bound<'_, PyAny>) -> PyResult<Vec<Rev>> {
    let numbers: Vec<i64> = match revs.cast::<PyList>() {
        Ok(list) => list.extract()?,
        Err(_) => revs
            .try_iter()?
            .map(|rev| rev?.extract())
            .collect::<PyResult<_>>()?,
    };
    numbers
        .into_iter()
        .map(|rev| Repository::checked(repo, rev))
        .collect()
}

fn numbers(revs: Vec<Rev>) -> Vec<i32> {
    revs.into_iter().map(|rev| rev.0).collect()
}

/// Paths in byte order.
fn sorted_paths(paths: &Bound<'_, PyAny>) -> PyResult<Vec<Vec<u8>>> {
    let read = paths
        .try_iter()?
        .map(|path| bytes_of(path?.cast::<PyString>()?));
    let mut paths = read.collect::<PyResult<Vec<_>>>()?;
    paths.sort_unstable();
    Ok(paths)
}

fn kept(paths: Vec<Vec<u8>>, fits: impl Fn(&RepoPath) -> Result<bool>) -> Result<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    for path in paths {
        if fits(RepoPath::new(&path))? {
            found.push(path);
        }
    }
    Ok(found)
}

/// A test by Python's `re`, for expressions: its `search` on the bytes of a text, which ends when it takes too long.
pub(crate) fn python_search(
    py: Python<'_>,
    pattern: &[u8],
    ignore_case: bool,
) -> PyResult<Box<TextTest<'static>>> {
    let flags: i32 = if ignore_case {
        py.import("re")?.getattr("IGNORECASE")?.extract()?
    } else {
        0
    };
    let compiled = py
        .import("hydrargyrum.patience")?
        .call_method1("Expression", (PyBytes::new(py, pattern), flags));
    let Ok(compiled) = compiled else {
        let error = Error::new(ErrorId::InvalidPattern)
            .with("kind", "re")
            .with("pattern", pattern);
        return Err(crate::error::to_python(py, &error));
    };
    let search: Py<PyAny> = compiled.getattr("search")?.unbind();
    Ok(Box::new(move |text: &[u8]| {
        Python::attach(|py| Ok(!search.call1(py, (PyBytes::new(py, text),))?.is_none(py)))
            .map_err(crate::callback::keep)
    }))
}

#[pymethods]
impl Repository {
    fn parent_columns(
        &self,
        py: Python<'_>,
        revs: &Bound<'_, PyAny>,
    ) -> PyResult<(Vec<i32>, Vec<i32>)> {
        let repo = self.current(py)?;
        let revs = asked(&repo, revs)?;
        detached(py, || {
            let changelog = repo.changelog()?;
            let mut columns = (
                Vec::with_capacity(revs.len()),
                Vec::with_capacity(revs.len()),
            );
            for rev in revs {
                let [one, two] = if rev.is_null() {
                    [Rev::NULL; 2]
                } else {
                    changelog.parents(rev)?
                };
                columns.0.push(one.0);
                columns.1.push(two.0);
            }
            Ok(columns)
        })
    }

    fn children_of(&self, py: Python<'_>, revs: &Bound<'_, PyAny>) -> PyResult<Vec<i32>> {
        let repo = self.current(py)?;
        let revs = asked(&repo, revs)?;
        detached(py, || graph::children(repo.changelog()?, &revs)).map(numbers)
    }

    #[pyo3(signature = (revs, *, first_parent = false))]
    fn descendants(
        &self,
        py: Python<'_>,
        revs: &Bound<'_, PyAny>,
        first_parent: bool,
    ) -> PyResult<Vec<i32>> {
        let repo = self.current(py)?;
        let revs = asked(&repo, revs)?;
        detached(py, || {
            graph::descendants(repo.changelog()?, &revs, first_parent)
        })
        .map(numbers)
    }

    #[pyo3(signature = (revs, start, stop, *, towards, first_parent = false))]
    fn generations(
        &self,
        py: Python<'_>,
        revs: &Bound<'_, PyAny>,
        start: u64,
        stop: Option<u64>,
        towards: &str,
        first_parent: bool,
    ) -> PyResult<Vec<i32>> {
        let repo = self.current(py)?;
        let revs = asked(&repo, revs)?;
        let towards = match towards {
            "ancestors" => Towards::Ancestors,
            "descendants" => Towards::Descendants,
            _ => return Err(PyValueError::new_err("towards ancestors or descendants")),
        };
        let span = (start, stop.unwrap_or(u64::MAX));
        detached(py, || {
            graph::generations(repo.changelog()?, &revs, span, towards, first_parent)
        })
        .map(numbers)
    }

    fn heads_of(&self, py: Python<'_>, revs: &Bound<'_, PyAny>) -> PyResult<Vec<i32>> {
        let repo = self.current(py)?;
        let revs = asked(&repo, revs)?;
        detached(py, || graph::childless(repo.changelog()?, &revs)).map(numbers)
    }

    fn missing(
        &self,
        py: Python<'_>,
        heads: &Bound<'_, PyAny>,
        bases: &Bound<'_, PyAny>,
    ) -> PyResult<Vec<i32>> {
        let repo = self.current(py)?;
        let (heads, bases) = (asked(&repo, heads)?, asked(&repo, bases)?);
        detached(py, || {
            graph::missing_ancestors(repo.changelog()?, &heads, &bases)
        })
        .map(numbers)
    }

    fn paths_between(
        &self,
        py: Python<'_>,
        roots: &Bound<'_, PyAny>,
        heads: &Bound<'_, PyAny>,
    ) -> PyResult<Vec<i32>> {
        let repo = self.current(py)?;
        let (roots, heads) = (asked(&repo, roots)?, asked(&repo, heads)?);
        detached(py, || {
            graph::paths_between(repo.changelog()?, &roots, &heads)
        })
        .map(numbers)
    }

    fn common_heads_of(&self, py: Python<'_>, revs: &Bound<'_, PyAny>) -> PyResult<Vec<i32>> {
        let repo = self.current(py)?;
        let revs = asked(&repo, revs)?;
        detached(py, || {
            graph::common_ancestor_heads(repo.changelog()?, &revs)
        })
        .map(numbers)
    }

    fn changesets<'py>(
        &self,
        py: Python<'py>,
        revs: &Bound<'_, PyAny>,
    ) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let repo = self.current(py)?;
        let revs = asked(&repo, revs)?;
        let read = detached(py, || {
            let changelog = repo.changelog()?;
            let one = |rev| Ok((changelog.revlog().node(rev)?, changelog.changeset(rev)?));
            revs.iter().map(|rev| one(*rev)).collect::<Result<Vec<_>>>()
        })?;
        let rows = revs.iter().zip(read);
        rows.map(|(rev, (node, changeset))| crate::engine::record(py, *rev, node, &changeset))
            .collect()
    }

    fn branches<'py>(
        &self,
        py: Python<'py>,
        revs: &Bound<'_, PyAny>,
    ) -> PyResult<(Vec<Bound<'py, PyString>>, Vec<bool>)> {
        let repo = self.current(py)?;
        let revs = asked(&repo, revs)?;
        // Names are few: each becomes one Python object.
        let (names, places, closing) = detached(py, || {
            let reader = match history::worth_an_index(&revs) {
                true => branches::BranchReader::for_many(&*repo)?,
                false => branches::BranchReader::new(&*repo)?,
            };
            let mut known: HashMap<Vec<u8>, usize> = HashMap::new();
            let mut names = Vec::new();
            let (mut places, mut closing) = (Vec::new(), Vec::new());
            for rev in revs {
                let (name, closes) = match rev.is_null() {
                    true => (b"default".to_vec(), false),
                    false => reader.branch(rev)?,
                };
                let place = *known.entry(name).or_insert_with_key(|name| {
                    names.push(name.clone());
                    names.len() - 1
                });
                places.push(place);
                closing.push(closes);
            }
            Ok((names, places, closing))
        })?;
        let names: Vec<_> = names
            .iter()
            .map(|name| text(py, name))
            .collect::<PyResult<_>>()?;
        Ok((
            places
                .into_iter()
                .map(|place| names[place].clone())
                .collect(),
            closing,
        ))
    }

    fn dates(&self, py: Python<'_>, revs: &Bound<'_, PyAny>) -> PyResult<Vec<i64>> {
        let repo = self.current(py)?;
        let revs = asked(&repo, revs)?;
        detached(py, || history::dates(&repo, &revs))
    }

    fn search(
        &self,
        py: Python<'_>,
        revs: &Bound<'_, PyAny>,
        query: &Bound<'_, PyAny>,
    ) -> PyResult<Vec<i32>> {
        let repo = self.current(py)?;
        let revs = asked(&repo, revs)?;
        let wanted = bytes_of(query.getattr("text")?.cast::<PyString>()?)?;
        let ignore_case: bool = query.getattr("ignore_case")?.extract()?;
        let mut fields = Fields::default();
        for name in query.getattr("fields")?.try_iter()? {
            match name?.extract::<&str>()? {
                "user" => fields.user = true,
                "description" => fields.description = true,
                "files" => fields.files = true,
                _ => {
                    return Err(PyValueError::new_err(
                        "a field is user, description or files",
                    ));
                }
            }
        }
        let fits = match query.getattr("kind")?.extract::<&str>()? {
            "regex" => python_search(py, &wanted, ignore_case)?,
            _ => history::contains(&wanted, ignore_case),
        };
        detached(py, || history::search(&repo, &revs, fields, &*fits)).map(numbers)
    }

    fn touching(
        &self,
        py: Python<'_>,
        revs: &Bound<'_, PyAny>,
        patterns: &Bound<'_, PyAny>,
    ) -> PyResult<Vec<i32>> {
        let repo = self.current(py)?;
        let revs = asked(&repo, revs)?;
        let patterns = Patterns::from_python(&self.root_bytes(), patterns)?;
        let found = detached(py, || {
            let matcher = patterns.build(&repo, false)?;
            history::touching(&repo, &revs, &*matcher)
        })?;
        Ok(numbers(found))
    }

    fn file_revs(&self, py: Python<'_>, path: &Bound<'_, PyString>) -> PyResult<Vec<i32>> {
        let path = bytes_of(path)?;
        let repo = self.current(py)?;
        detached(py, || {
            let filelog = repo.filelog(RepoPath::new(&path))?;
            let count = i32::try_from(filelog.revlog().len()).unwrap_or(i32::MAX);
            let links = (0..count).map(|rev| Ok(filelog.revlog().entry(Rev(rev))?.link_rev().0));
            let mut found = links.collect::<Result<Vec<i32>>>()?;
            found.sort_unstable();
            found.dedup();
            Ok(found)
        })
    }

    fn phase_revs(&self, py: Python<'_>, phases: &Bound<'_, PyAny>) -> PyResult<Vec<i32>> {
        let repo = self.current(py)?;
        let mut wanted = Vec::new();
        for name in phases.try_iter()? {
            let name: String = name?.extract()?;
            let all = [
                Phase::Public,
                Phase::Draft,
                Phase::Secret,
                Phase::Archived,
                Phase::Internal,
            ];
            wanted.extend(all.into_iter().filter(|phase| phase.name() == name));
        }
        detached(py, || {
            let changelog = repo.changelog()?;
            let phases = Phases::load(&*repo.store(), changelog)?;
            if !wanted.contains(&Phase::Public) && !phases.has_non_public() {
                return Ok(Vec::new());
            }
            let all = phases.all(changelog)?;
            let found = all
                .iter()
                .enumerate()
                .filter(|(_, phase)| wanted.contains(phase));
            Ok(found
                .filter_map(|(rev, _)| i32::try_from(rev).ok())
                .collect())
        })
    }

    fn hidden_revs(&self, py: Python<'_>) -> PyResult<Vec<i32>> {
        let repo = self.current(py)?;
        detached(py, || Ok(hidden::hideable(&*repo)?.revs().to_vec())).map(numbers)
    }

    fn obsolete_revs(&self, py: Python<'_>) -> PyResult<Vec<i32>> {
        let repo = self.current(py)?;
        detached(py, || Ok(hidden::read(&*repo)?.obsolete().to_vec())).map(numbers)
    }

    fn successors<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let repo = self.current(py)?;
        let markers = detached(py, || repo.markers())?;
        let found = PyDict::new(py);
        for marker in markers.iter() {
            let key = PyBytes::new(py, marker.predecessor);
            let nodes: Vec<_> = marker
                .successors()
                .map(|node| PyBytes::new(py, node))
                .collect();
            let names = PyTuple::new(py, nodes)?;
            match found.get_item(&key)? {
                Some(known) => known.cast_into::<PyList>()?.append(names)?,
                None => found.set_item(key, PyList::new(py, [names])?)?,
            }
        }
        Ok(found)
    }

    fn matching_paths<'py>(
        &self,
        py: Python<'py>,
        paths: &Bound<'_, PyAny>,
        patterns: &Bound<'_, PyAny>,
    ) -> PyResult<Vec<Bound<'py, PyString>>> {
        let repo = self.current(py)?;
        let paths = sorted_paths(paths)?;
        let patterns = Patterns::from_python(&self.root_bytes(), patterns)?;
        let found = detached(py, || {
            let matcher = patterns.build(&repo, false)?;
            kept(paths, |path| matcher.matches(path))
        })?;
        found.iter().map(|path| text(py, path)).collect()
    }

    fn ignored_paths<'py>(
        &self,
        py: Python<'py>,
        paths: &Bound<'_, PyAny>,
    ) -> PyResult<Vec<Bound<'py, PyString>>> {
        let repo = self.current(py)?;
        let (root, files) = (self.root_bytes(), self.ignore_file_names());
        let paths = sorted_paths(paths)?;
        let found = detached(py, || {
            let source = DiskSource::for_working_copy(repo.root());
            let loaded = ignore::load(&root, &files, &source, &PythonRegex)?;
            kept(paths, |path| loaded.matcher.ignores_file(path))
        })?;
        found.iter().map(|path| text(py, path)).collect()
    }

    fn branch_heads<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let repo = self.current(py)?;
        let heads = detached(py, || branches::all_heads(&*repo))?;
        let found = PyDict::new(py);
        for (name, revs) in heads {
            let revs: Vec<(i32, bool)> = revs
                .into_iter()
                .map(|(rev, closes)| (rev.0, closes))
                .collect();
            found.set_item(text(py, &name)?, revs)?;
        }
        Ok(found)
    }
}

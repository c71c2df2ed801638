//! Revision sets that the engine evaluates: a tree in, a set out that is evaluated as far as somebody reads.
//! Parsing and optimising are Python's, evaluating is core's; what it refuses is answered with `None`.

use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use hyg_base::{Error, ErrorId, Result, Rev};
use hyg_core::disk::DiskSource;
use hyg_core::matcher::{MatchRequest, Matcher, PatternKind, build};
use hyg_core::ops::history::TextTest;
use hyg_core::repo::Repo;
use hyg_core::revset::{self, Direction, Facts, Nobody, Order, Outside, Query, Set, Tree, Walk};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString, PyTuple};

use crate::engine::{Repository, path_of};
use crate::error::{bytes_of, to_python};
use crate::exotic::PythonRegex;
use crate::gil::detached;
use crate::history::python_search;

/// Deeper trees are left to Python.
const DEEPEST: usize = 200;
/// How many revisions are fetched at first, and at most, for somebody who reads one after the other.
const FIRST_BATCH: usize = 16;
const LAST_BATCH: usize = 8192;

fn refused<T>() -> Result<T> {
    Err(Error::new(ErrorId::Unsupported).with("feature", "this part of a revision set"))
}

/// Who asks: where patterns start from, and Python's `re`.
struct Caller {
    cwd: PathBuf,
}

impl Outside for Caller {
    fn search(&self, expression: &[u8], ignore_case: bool) -> Result<Box<TextTest<'static>>> {
        // what is wrong with an expression is told by Python
        Python::attach(|py| python_search(py, expression, ignore_case)).or_else(|_| refused())
    }

    fn matcher(&self, repo: &Repo, pattern: &[u8]) -> Result<Arc<dyn Matcher>> {
        if pattern.starts_with(b"set:") {
            return refused();
        }
        let request = MatchRequest {
            cwd: self.cwd.as_os_str().as_bytes().to_vec(),
            patterns: vec![pattern.to_vec()],
            default_kind: PatternKind::Glob,
            ..MatchRequest::new(repo.root().as_os_str().as_bytes())
        };
        let source = DiskSource::for_revision(repo.root());
        match build(&request, &source, &PythonRegex) {
            Ok(built) => Ok(built.matcher.into()),
            Err(_) => refused(),
        }
    }

    fn path(&self, repo: &Repo, path: &[u8]) -> Result<Vec<u8>> {
        revset::path_inside(repo, &self.cwd, path)
    }

    fn dates(&self, _: &[u8]) -> Result<RangeInclusive<i64>> {
        // a tree from Python has moments instead
        refused()
    }
}

/// Reads trees of `query.revset`; `None` for what core does not know.
struct Reader;

impl Reader {
    fn tree(&self, value: &Bound<'_, PyAny>, depth: usize) -> PyResult<Option<Tree>> {
        let Ok(node) = value.cast::<PyTuple>() else {
            return Ok(None);
        };
        if depth > DEEPEST || node.is_empty() {
            return Ok(None);
        }
        let kind = node.get_item(0)?;
        let kind: &str = kind.extract()?;
        let item = |place: usize| node.get_item(place);
        let child = |place: usize| -> PyResult<Option<Box<Tree>>> {
            Ok(self.tree(&item(place)?, depth + 1)?.map(Box::new))
        };
        let both = |make: fn(Box<Tree>, Box<Tree>) -> Tree| -> PyResult<Option<Tree>> {
            let (one, other) = (child(1)?, child(2)?);
            Ok(one.zip(other).map(|(one, other)| make(one, other)))
        };
        Ok(match kind {
            "symbol" | "string" => Some(Tree::Name(bytes_of(item(1)?.cast::<PyString>()?)?)),
            "revisions" => self.given(&item(1)?)?,
            "dates" => Some(Tree::Dates(item(1)?.extract()?, item(2)?.extract()?)),
            "and" | "andsmally" => both(Tree::And)?,
            "difference" => both(Tree::Difference)?,
            "dagrange" => both(Tree::Ways)?,
            "range" => both(|one, other| Tree::Range(Some(one), Some(other)))?,
            "rangepre" => child(1)?.map(|last| Tree::Range(None, Some(last))),
            "rangepost" => child(1)?.map(|first| Tree::Range(Some(first), None)),
            "rangeall" => Some(Tree::Range(None, None)),
            "not" => child(1)?.map(Tree::Not),
            "parentpost" => child(1)?.map(|inside| Tree::Parent(inside, None)),
            "parent" => match number(&item(2)?)? {
                Some(which @ 0..=2) => {
                    child(1)?.map(|inside| Tree::Parent(inside, u8::try_from(which).ok()))
                }
                _ => None,
            },
            "ancestor" => match number(&item(2)?)?.and_then(|steps| u32::try_from(steps).ok()) {
                Some(steps) => child(1)?.map(|inside| Tree::Ancestor(inside, steps)),
                None => None,
            },
            "or" => self.list(&item(1)?, depth + 1)?.map(Tree::Or),
            "generations" => {
                let (first, last) = (item(2)?.extract()?, item(3)?.extract()?);
                child(1)?.map(|inside| Tree::Generations(inside, first, last))
            }
            "func" => {
                let name = item(1)?.cast::<PyTuple>()?.get_item(1)?;
                let name: String = name.extract()?;
                let inside = item(2)?;
                let arguments = match inside.is_none() {
                    true => Some(Vec::new()),
                    false => self.list(&inside, depth + 1)?,
                };
                arguments.map(|arguments| Tree::Call(name, arguments))
            }
            "keyvalue" => {
                let key = item(1)?.cast::<PyTuple>()?.get_item(1)?;
                let key: String = key.extract()?;
                child(2)?.map(|value| Tree::Keyed(key, value))
            }
            _ => None,
        })
    }

    /// The items of a list node, or the one thing that is there instead of one.
    fn list(&self, value: &Bound<'_, PyAny>, depth: usize) -> PyResult<Option<Vec<Tree>>> {
        let Ok(node) = value.cast::<PyTuple>() else {
            return Ok(None);
        };
        if node.is_empty() || node.get_item(0)?.extract::<&str>()? != "list" {
            return Ok(self.tree(value, depth)?.map(|tree| vec![tree]));
        }
        let mut found = Vec::with_capacity(node.len());
        for item in node.iter().skip(1) {
            match self.tree(&item, depth)? {
                Some(tree) => found.push(tree),
                None => return Ok(None),
            }
        }
        Ok(Some(found))
    }

    fn given(&self, value: &Bound<'_, PyAny>) -> PyResult<Option<Tree>> {
        if let Ok(known) = value.cast::<LazyRevisions>() {
            return Ok(Some(Tree::Given(known.get().set.clone())));
        }
        let Ok(revs) = value.cast::<PyList>() else {
            return Ok(None);
        };
        let revs: Vec<i32> = revs.extract()?;
        let usual = revs.iter().all(|rev| (-1..Rev::WDIR.0).contains(rev));
        let set = || Set::ordered(revs.into_iter().map(Rev).collect());
        Ok(usual.then(set).map(Tree::Given))
    }
}

/// The number that a node for a symbol or a string is, as people write it.
fn number(value: &Bound<'_, PyAny>) -> PyResult<Option<i64>> {
    let Ok(node) = value.cast::<PyTuple>() else {
        return Ok(None);
    };
    let Ok(text) = node.get_item(1)?.extract::<String>() else {
        return Ok(None);
    };
    let number = text.parse::<i64>().ok();
    Ok(number.filter(|number| number.to_string() == text))
}

#[pymethods]
impl Repository {
    fn revision_set(
        &self,
        py: Python<'_>,
        tree: &Bound<'_, PyAny>,
        order: &str,
        cwd: &Bound<'_, PyString>,
    ) -> PyResult<Option<LazyRevisions>> {
        let order = match order {
            "define" => Order::Define,
            "follow" => Order::Follow,
            "any" => Order::Any,
            _ => return Err(PyValueError::new_err("an order is define, follow or any")),
        };
        let known = Reader.tree(tree, 0)?.filter(Tree::is_known);
        let Some(tree) = known else {
            return Ok(None);
        };
        let repo = self.current(py)?;
        let caller = Caller { cwd: path_of(cwd)? };
        let evaluated = detached(py, || {
            let facts = Arc::new(Facts::of(&repo, None)?);
            let query = Query::new(&repo, facts.clone(), &caller)?;
            match query.revisions(&tree, order) {
                Ok(set) => Ok(Some((set, facts))),
                Err(error) if error.id() == ErrorId::Unsupported => Ok(None),
                Err(error) => Err(error),
            }
        })?;
        Ok(evaluated.map(|(set, facts)| LazyRevisions { repo, facts, set }))
    }
}

/// A set of revisions with an order. Made by `Repository.revision_set`.
#[pyclass(frozen, module = "hydrargyrum._native")]
pub(crate) struct LazyRevisions {
    repo: Arc<Repo>,
    facts: Arc<Facts>,
    set: Set,
}

impl LazyRevisions {
    fn ask<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&Query<'_>, &Set) -> Result<T> + Send,
    ) -> PyResult<T> {
        detached(py, || {
            let query = Query::new(&self.repo, self.facts.clone(), &Nobody)?;
            work(&query, &self.set)
        })
    }

    fn with(&self, set: Set) -> LazyRevisions {
        LazyRevisions {
            repo: self.repo.clone(),
            facts: self.facts.clone(),
            set,
        }
    }
}

#[pymethods]
impl LazyRevisions {
    #[getter]
    fn direction(&self) -> i32 {
        match self.set.direction() {
            Direction::Up => 1,
            Direction::Down => -1,
            Direction::Unknown => 0,
        }
    }

    fn __iter__(&self, py: Python<'_>) -> PyResult<RevisionIterator> {
        let walk = self.ask(py, |query, set| set.walk(query))?;
        Ok(RevisionIterator {
            repo: self.repo.clone(),
            facts: self.facts.clone(),
            ready: Mutex::new(VecDeque::new()),
            walk: Mutex::new((walk, FIRST_BATCH)),
        })
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        self.ask(py, |query, set| Ok(set.revs(query)?.len()))
    }

    fn among(&self, py: Python<'_>, revs: &Bound<'_, PyAny>) -> PyResult<Vec<i32>> {
        let asked: Vec<i64> = revs.extract()?;
        let usual = |rev: i64| i32::try_from(rev).ok().map(Rev);
        let asked = asked.into_iter().filter_map(usual).collect();
        let found = self.ask(py, |query, set| set.select(query, asked))?;
        Ok(found.into_iter().map(|rev| rev.0).collect())
    }

    fn first(&self, py: Python<'_>) -> PyResult<Option<i32>> {
        let found = self.ask(py, |query, set| set.first(query))?;
        Ok(found.map(|rev| rev.0))
    }

    fn reversed(&self, py: Python<'_>) -> PyResult<LazyRevisions> {
        let set = self.ask(py, |query, set| set.reversed(query))?;
        Ok(self.with(set))
    }

    fn sorted(&self, py: Python<'_>, descending: bool) -> PyResult<LazyRevisions> {
        let set = self.ask(py, |query, set| set.sorted(query, descending))?;
        Ok(self.with(set))
    }

    fn between(&self, py: Python<'_>, start: usize, stop: usize) -> PyResult<LazyRevisions> {
        let count = stop.saturating_sub(start);
        let set = self.ask(py, |query, set| set.between(query, start, count))?;
        Ok(self.with(set))
    }

    /// The revisions of both, in the order of this set.
    fn both(&self, py: Python<'_>, other: &LazyRevisions) -> PyResult<LazyRevisions> {
        let other = other.set.clone();
        let set = self.ask(py, |query, set| set.clone().and(query, other))?;
        Ok(self.with(set))
    }

    /// The revisions that the other set lacks.
    fn without(&self, other: &LazyRevisions) -> LazyRevisions {
        self.with(self.set.clone().minus(other.set.clone()))
    }

    /// This set, then what else the other one has.
    fn joined(&self, other: &LazyRevisions) -> LazyRevisions {
        self.with(self.set.clone().plus(other.set.clone()))
    }
}

/// One walk over a set, in batches.
#[pyclass(frozen, module = "hydrargyrum._native")]
pub(crate) struct RevisionIterator {
    repo: Arc<Repo>,
    facts: Arc<Facts>,
    /// Held for a moment only, never while something is evaluated.
    ready: Mutex<VecDeque<Rev>>,
    /// Locked without the GIL only: evaluating may ask Python.
    walk: Mutex<(Walk, usize)>,
}

fn poisoned<T>(_: T) -> Error {
    Error::internal("a walk over revisions panicked before")
}

#[pymethods]
impl RevisionIterator {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<i32>> {
        let take = || {
            self.ready
                .lock()
                .map_err(poisoned)
                .map(|mut ready| ready.pop_front())
        };
        let ready = take().map_err(|error| to_python(py, &error))?;
        if let Some(rev) = ready {
            return Ok(Some(rev.0));
        }
        py.check_signals()?;
        let next = detached(py, || {
            let mut walk = self.walk.lock().map_err(poisoned)?;
            let (walk, size) = &mut *walk;
            let query = Query::new(&self.repo, self.facts.clone(), &Nobody)?;
            let mut batch: VecDeque<Rev> = walk.batch(&query, *size)?.into();
            *size = (*size * 2).min(LAST_BATCH);
            let next = batch.pop_front();
            self.ready.lock().map_err(poisoned)?.append(&mut batch);
            Ok(next)
        })?;
        Ok(next.map(|rev| rev.0))
    }
}

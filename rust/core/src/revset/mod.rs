//! Revision sets that native code evaluates: operators and predicates, with the orders that Python gives them, as far as
//! somebody reads. Everything else is refused; then Python evaluates it, and hands the parts of it over.

mod bisecting;
mod conditions;
mod copied;
mod evaluate;
mod fields;
mod files;
mod order;
mod predicates;
mod selecting;
mod sets;
mod syntax;
mod topology;
mod tree;
mod walk;

use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;

use hyg_base::{Error, ErrorId, Result};
use hyg_matcher::Matcher;

use crate::environment::{join_path, normalize_path, path_bytes};
use crate::ops::history::TextTest;
use crate::repo::Repo;
pub use evaluate::{Facts, Order, Query};
pub use sets::{Direction, Set};
pub use tree::Tree;
pub use walk::Walk;

/// What evaluation asks of whoever wants to know: where somebody stands, and what only Python may be able to do.
pub trait Outside {
    /// A search by a regular expression of Python's in texts.
    ///
    /// # Errors
    /// [`ErrorId::Unsupported`] where that is left to somebody else, an invalid expression included.
    fn search(&self, expression: &[u8], ignore_case: bool) -> Result<Box<TextTest<'static>>>;

    /// A matcher of the files that one pattern means, as a glob where it does not say its kind.
    ///
    /// # Errors
    /// Where it means none, or that is left to somebody else.
    fn matcher(&self, repo: &Repo, pattern: &[u8]) -> Result<Arc<dyn Matcher>>;

    /// A path as somebody wrote it from where he stands, as one from the root.
    ///
    /// # Errors
    /// [`ErrorId::Unsupported`] for one outside.
    fn path(&self, repo: &Repo, path: &[u8]) -> Result<Vec<u8>>;

    /// The moments that a range of dates names, in seconds since 1970.
    ///
    /// # Errors
    /// [`ErrorId::Unsupported`] for what is not understood.
    fn dates(&self, text: &[u8]) -> Result<RangeInclusive<i64>>;
}

/// Nobody, who is never asked: for sets that are evaluated already.
pub struct Nobody;

impl Outside for Nobody {
    fn search(&self, _: &[u8], _: bool) -> Result<Box<TextTest<'static>>> {
        refused()
    }

    fn matcher(&self, _: &Repo, _: &[u8]) -> Result<Arc<dyn Matcher>> {
        refused()
    }

    fn path(&self, _: &Repo, _: &[u8]) -> Result<Vec<u8>> {
        refused()
    }

    fn dates(&self, _: &[u8]) -> Result<RangeInclusive<i64>> {
        refused()
    }
}

/// A path that somebody standing in `cwd` wrote, as one from the root.
///
/// # Errors
/// [`ErrorId::Unsupported`] for the root itself and for what lies outside.
pub fn path_inside(repo: &Repo, cwd: &Path, path: &[u8]) -> Result<Vec<u8>> {
    let full = normalize_path(&join_path(path_bytes(cwd), path));
    let inside = full.strip_prefix(path_bytes(repo.root()));
    let inside = inside.and_then(|path| path.strip_prefix(b"/"));
    match inside.filter(|path| !path.is_empty()) {
        Some(path) => Ok(path.to_vec()),
        None => refused(),
    }
}

/// Refuses what only Python serves.
fn refused<T>() -> Result<T> {
    Err(Error::new(ErrorId::Unsupported).with("feature", "this revision set"))
}

/// Parses an expression. `is_name` says whether a whole word with hyphens in it is a name.
///
/// # Errors
/// [`ErrorId::Unsupported`] for everything that Python has to look at, mistakes included.
pub fn parse(text: &[u8], is_name: &dyn Fn(&[u8]) -> bool) -> Result<Tree> {
    syntax::parse(text, is_name)
}

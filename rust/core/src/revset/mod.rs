//! Revision sets that native code evaluates: the common operators and predicates, with the orders that Python gives them.
//! Everything else is refused before anything is read for it; then Python evaluates the whole.

mod evaluate;
mod predicates;
mod syntax;

pub use evaluate::Query;
use hyg_base::{Error, ErrorId, Result};
pub use syntax::Tree;

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

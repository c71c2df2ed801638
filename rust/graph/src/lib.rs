//! Ancestors, heads and set questions over any history that can name the parents of a revision.
//! Reading that history from disk, and names for revisions, belong to other crates.

mod ancestors;
mod common_ancestors;
mod heads;
mod missing;
#[cfg(test)]
mod oracle;
mod sets;

pub use ancestors::{Ancestors, Descent, LazyAncestors, is_ancestor};
pub use common_ancestors::{common_ancestor_heads, common_ancestors};
pub use heads::{all_heads, heads};
pub use missing::missing_ancestors;
pub use sets::{Towards, childless, children, descendants, generations, paths_between};

use hyg_base::{Result, Rev};

/// A history: revisions `0..len()`, each with up to two parents.
///
/// Implementations promise that a parent is [`Rev::NULL`] or smaller than its child, and answer anything else with an
/// error; the walks here rely on it to end.
pub trait Graph {
    /// The parents of `rev` ([`Rev::NULL`] where there is none).
    ///
    /// # Errors
    /// Where `rev` is outside the history, or the history is corrupt.
    fn parents(&self, rev: Rev) -> Result<[Rev; 2]>;

    /// How many revisions there are.
    fn len(&self) -> usize;

    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<G: Graph + ?Sized> Graph for &G {
    fn parents(&self, rev: Rev) -> Result<[Rev; 2]> {
        (**self).parents(rev)
    }
    fn len(&self) -> usize {
        (**self).len()
    }
}

impl<G: Graph + ?Sized> Graph for std::sync::Arc<G> {
    fn parents(&self, rev: Rev) -> Result<[Rev; 2]> {
        (**self).parents(rev)
    }
    fn len(&self) -> usize {
        (**self).len()
    }
}

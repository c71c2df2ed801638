//! The ancestors of some revisions, walked from the newest to the oldest and only as far as somebody asks.
//! Questions that compare several ancestor sets are in the sibling modules.

use std::collections::BinaryHeap;

use hyg_base::{Result, Rev};

use crate::Graph;

/// Walks ancestors in descending order, each once; the graph is given at every step, so that a walk may be kept while
/// nobody holds one. [`Rev::NULL`] is nobody's ancestor here.
#[derive(Clone, Debug)]
pub struct Descent {
    pending: BinaryHeap<Rev>,
    last: Option<Rev>,
    stop: Rev,
}

impl Descent {
    /// Begins with `revs` and goes on to ancestors that are not smaller than `stop`.
    pub fn new(revs: impl IntoIterator<Item = Rev>, stop: Rev) -> Descent {
        let mut walk = Descent {
            pending: BinaryHeap::new(),
            last: None,
            stop: stop.max(Rev(0)),
        };
        for rev in revs {
            walk.push(rev);
        }
        walk
    }

    fn push(&mut self, rev: Rev) {
        if rev >= self.stop {
            self.pending.push(rev);
        }
    }

    /// The next one, `None` at the end.
    ///
    /// # Errors
    /// Where parents cannot be read.
    pub fn advance(&mut self, graph: &(impl Graph + ?Sized)) -> Result<Option<Rev>> {
        loop {
            // The same revision can be pending several times; equal ones come out one after the other.
            match self.pending.pop() {
                None => return Ok(None),
                Some(rev) if self.last == Some(rev) => {}
                Some(rev) => {
                    for parent in graph.parents(rev)? {
                        self.push(parent);
                    }
                    self.last = Some(rev);
                    return Ok(Some(rev));
                }
            }
        }
    }

    /// A revision that nothing still to come exceeds; `None` when the walk is over.
    pub fn upper_bound(&self) -> Option<Rev> {
        self.pending.peek().copied()
    }
}

/// The same over one graph.
#[derive(Debug)]
pub struct Ancestors<G> {
    graph: G,
    walk: Descent,
}

impl<G: Graph> Ancestors<G> {
    /// Ancestors of `revs` that are not smaller than `stop`; with `inclusive`, `revs` count as their own ancestors.
    /// Without it, one of `revs` still appears where it is an ancestor of another.
    ///
    /// # Errors
    /// Where the parents of one of `revs` cannot be read.
    pub fn new(
        graph: G,
        revs: impl IntoIterator<Item = Rev>,
        stop: Rev,
        inclusive: bool,
    ) -> Result<Ancestors<G>> {
        let mut walk = Descent::new([], stop);
        for rev in revs {
            if inclusive {
                walk.push(rev);
            } else if !rev.is_null() {
                for parent in graph.parents(rev)? {
                    walk.push(parent);
                }
            }
        }
        Ok(Ancestors { graph, walk })
    }

    /// The next ancestor, `None` at the end.
    ///
    /// # Errors
    /// Where parents cannot be read.
    pub fn advance(&mut self) -> Result<Option<Rev>> {
        self.walk.advance(&self.graph)
    }

    fn upper_bound(&self) -> Option<Rev> {
        self.walk.upper_bound()
    }
}

impl<G: Graph> Iterator for Ancestors<G> {
    type Item = Result<Rev>;

    fn next(&mut self) -> Option<Result<Rev>> {
        match self.advance() {
            Ok(rev) => rev.map(Ok),
            Err(error) => {
                self.walk = Descent::new([], Rev(0));
                Some(Err(error))
            }
        }
    }
}

/// A set of ancestors that is computed only as far down as it was asked about.
#[derive(Debug)]
pub struct LazyAncestors<G> {
    graph: G,
    revs: Vec<Rev>,
    stop: Rev,
    inclusive: bool,
    walk: Ancestors<G>,
    /// What the walk has given so far, descending.
    seen: Vec<Rev>,
}

impl<G: Graph + Clone> LazyAncestors<G> {
    /// The set of what [`Ancestors::new`] with the same arguments walks over.
    ///
    /// # Errors
    /// Where the parents of one of `revs` cannot be read.
    pub fn new(
        graph: G,
        revs: impl IntoIterator<Item = Rev>,
        stop: Rev,
        inclusive: bool,
    ) -> Result<LazyAncestors<G>> {
        let revs: Vec<Rev> = revs.into_iter().collect();
        let walk = Ancestors::new(graph.clone(), revs.iter().copied(), stop, inclusive)?;
        Ok(LazyAncestors {
            graph,
            revs,
            stop,
            inclusive,
            walk,
            seen: Vec::new(),
        })
    }

    /// Whether `rev` is in the set.
    ///
    /// # Errors
    /// Where parents cannot be read.
    pub fn contains(&mut self, rev: Rev) -> Result<bool> {
        while self.walk.upper_bound().is_some_and(|bound| bound >= rev) {
            match self.walk.advance()? {
                Some(found) => self.seen.push(found),
                None => break,
            }
        }
        Ok(self.seen.binary_search_by(|known| rev.cmp(known)).is_ok())
    }

    /// A fresh walk over the whole set, descending.
    ///
    /// # Errors
    /// Where the parents of a starting revision cannot be read.
    pub fn iter(&self) -> Result<Ancestors<G>> {
        let revs = self.revs.iter().copied();
        Ancestors::new(self.graph.clone(), revs, self.stop, self.inclusive)
    }

    /// Whether the set is empty.
    ///
    /// # Errors
    /// Where parents cannot be read.
    pub fn is_empty(&self) -> Result<bool> {
        Ok(self.seen.is_empty() && self.iter()?.upper_bound().is_none())
    }
}

/// Whether `ancestor` is `rev` or one of its ancestors. [`Rev::NULL`] is an ancestor of everything.
///
/// # Errors
/// Where parents cannot be read.
pub fn is_ancestor(graph: &(impl Graph + ?Sized), ancestor: Rev, rev: Rev) -> Result<bool> {
    if ancestor.is_null() || ancestor == rev {
        return Ok(true);
    }
    if ancestor > rev {
        return Ok(false);
    }
    let mut walk = Ancestors::new(graph, [rev], ancestor, false)?;
    while let Some(found) = walk.advance()? {
        if found == ancestor {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::{Dag, dag_and_sets};
    use proptest::prelude::*;

    fn dag() -> Dag {
        // 0 - 1 - 3 - 4
        //   \ 2 /       5 (a second root)
        Dag::new(&[(-1, -1), (0, -1), (0, -1), (1, 2), (3, -1), (-1, -1)])
    }

    fn walk(revs: &[i32], stop: i32, inclusive: bool) -> Vec<i32> {
        let revs = revs.iter().copied().map(Rev);
        let dag = dag();
        let walk = Ancestors::new(&dag, revs, Rev(stop), inclusive).unwrap();
        walk.map(|rev| rev.unwrap().0).collect()
    }

    #[test]
    fn descends_from_the_starts() {
        assert_eq!(walk(&[4], -1, false), [3, 2, 1, 0]);
        assert_eq!(walk(&[4], 2, true), [4, 3, 2]);
        assert_eq!(walk(&[4, 3], 0, false), [3, 2, 1, 0]);
        assert_eq!(walk(&[-1, 5], 0, true), [5]);
        assert!(walk(&[0], 0, false).is_empty());
    }

    #[test]
    fn errors_surface_and_end_the_walk() {
        let dag = dag();
        assert!(Ancestors::new(&dag, [Rev(9)], Rev(0), false).is_err());
        let mut walk = Ancestors::new(&dag, [Rev(9)], Rev(0), true).unwrap();
        assert!(walk.next().unwrap().is_err());
        assert!(walk.next().is_none());
    }

    #[test]
    fn a_lazy_set_walks_no_further_than_asked() {
        let dag = dag();
        let mut set = LazyAncestors::new(&dag, [Rev(4)], Rev(0), false).unwrap();
        assert!(set.contains(Rev(3)).unwrap());
        assert_eq!(set.seen, [Rev(3)]);
        assert!(!set.contains(Rev(4)).unwrap());
        assert!(!set.contains(Rev::NULL).unwrap());
        assert!(set.contains(Rev(0)).unwrap());
        assert!(!set.is_empty().unwrap());
        let empty = LazyAncestors::new(&dag, [Rev(0)], Rev(0), false).unwrap();
        assert!(empty.is_empty().unwrap());
    }

    proptest! {
        #[test]
        fn agrees_with_the_oracle((dag, revs, probes) in dag_and_sets(), stop in -1i32..8, inclusive: bool) {
            let expected: Vec<Rev> = dag.ancestors(&revs, inclusive).into_iter().rev().filter(|rev| rev.0 >= stop).collect();
            let walked: Vec<Rev> = Ancestors::new(&dag, revs.clone(), Rev(stop), inclusive).unwrap().map(Result::unwrap).collect();
            prop_assert_eq!(&walked, &expected);
            let mut set = LazyAncestors::new(&dag, revs.clone(), Rev(stop), inclusive).unwrap();
            for probe in probes {
                prop_assert_eq!(set.contains(probe).unwrap(), expected.contains(&probe));
                for rev in &revs {
                    prop_assert_eq!(is_ancestor(&dag, probe, *rev).unwrap(), probe.is_null() || dag.ancestors(&[*rev], true).contains(&probe));
                }
            }
            prop_assert_eq!(set.iter().unwrap().map(Result::unwrap).collect::<Vec<_>>(), walked);
        }
    }
}

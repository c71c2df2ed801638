//! Which lines lead from one shown changeset to others: to parents, or past what is not shown to the nearest ancestors.
//! What the lines look like is `render::graph`'s.

use std::collections::HashMap;

use hyg_base::{Result, Rev};
use hyg_graph::Graph;

use crate::render::{Edge, Sort};

/// The changesets that are shown, and what is known of the ways between them.
pub struct Ways<'g> {
    graph: &'g dyn Graph,
    /// Whether a changeset is shown, from the least one that is.
    shown: Vec<bool>,
    least: Rev,
    known: HashMap<Rev, Vec<Rev>>,
}

impl<'g> Ways<'g> {
    /// Lines between these changesets.
    pub fn new(graph: &'g dyn Graph, revs: &[Rev]) -> Ways<'g> {
        let least = revs.iter().min().copied().unwrap_or(Rev(0));
        let most = revs.iter().max().map_or(least, |most| *most);
        let mut shown = vec![false; (most.0 - least.0 + 1).max(0) as usize];
        for rev in revs {
            if let Some(flag) = shown.get_mut((rev.0 - least.0).max(0) as usize) {
                *flag = true;
            }
        }
        Ways {
            graph,
            shown,
            least,
            known: HashMap::new(),
        }
    }

    fn is_shown(&self, rev: Rev) -> bool {
        let at = usize::try_from(i64::from(rev.0) - i64::from(self.least.0));
        at.ok().and_then(|at| self.shown.get(at)) == Some(&true)
    }

    /// The lines from a changeset.
    ///
    /// # Errors
    /// Where parents cannot be read.
    pub fn edges(&mut self, rev: Rev) -> Result<Vec<Edge>> {
        let parents = self.graph.parents(rev)?;
        let parents = parents.into_iter().filter(|parent| !parent.is_null());
        let (mut there, others): (Vec<Rev>, Vec<Rev>) =
            parents.partition(|parent| self.is_shown(*parent));
        there.sort_unstable();
        there.dedup();
        let edge = |sort, to| Edge { sort, to };
        let mut edges: Vec<Edge> = there.iter().map(|to| edge(Sort::Parent, *to)).collect();
        for parent in others {
            if there.contains(&parent) {
                continue;
            }
            let found = self.nearest(parent)?;
            if found.is_empty() {
                edges.push(edge(Sort::Missing, parent));
                there.push(parent);
                continue;
            }
            for rev in found {
                if !there.contains(&rev) {
                    edges.push(edge(Sort::Grandparent, rev));
                    there.push(rev);
                }
            }
        }
        Ok(edges)
    }

    /// The nearest ancestors that are shown of one that is not, ascending.
    fn nearest(&mut self, rev: Rev) -> Result<Vec<Rev>> {
        if let Some(found) = self.known.get(&rev) {
            return Ok(found.clone());
        }
        let (mut reached, mut waiting) = (Vec::new(), vec![rev]);
        let mut seen = std::collections::HashSet::from([rev]);
        while let Some(current) = waiting.pop() {
            if self.is_shown(current) {
                reached.push(current);
                continue;
            }
            for parent in self.graph.parents(current)? {
                if parent >= self.least && !parent.is_null() && seen.insert(parent) {
                    waiting.push(parent);
                }
            }
        }
        reached.sort_unstable();
        self.known.insert(rev, reached.clone());
        Ok(reached)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Parents(Vec<[i32; 2]>);

    impl Graph for Parents {
        fn parents(&self, rev: Rev) -> Result<[Rev; 2]> {
            Ok(self.0[rev.0 as usize].map(Rev))
        }
        fn len(&self) -> usize {
            self.0.len()
        }
    }

    #[test]
    fn what_is_not_shown_is_passed_by() {
        // 0 - 1 - 2 - 5, and 3 - 4 on 0, merged by 5
        let graph = Parents(vec![[-1, -1], [0, -1], [1, -1], [0, -1], [3, -1], [2, 4]]);
        let found = |shown: &[i32], rev| -> Vec<(Sort, i32)> {
            let revs: Vec<Rev> = shown.iter().map(|rev| Rev(*rev)).collect();
            let edges = Ways::new(&graph, &revs).edges(Rev(rev)).unwrap();
            edges.iter().map(|edge| (edge.sort, edge.to.0)).collect()
        };
        assert_eq!(found(&[5, 4, 2], 5), [(Sort::Parent, 2), (Sort::Parent, 4)]);
        assert_eq!(found(&[5, 2], 5), [(Sort::Parent, 2), (Sort::Missing, 4)]);
        assert_eq!(found(&[5, 0], 5), [(Sort::Grandparent, 0)]);
        assert_eq!(
            found(&[5, 1, 3], 5),
            [(Sort::Grandparent, 1), (Sort::Grandparent, 3)]
        );
        assert_eq!(found(&[5], 5), [(Sort::Missing, 2), (Sort::Missing, 4)]);
        assert!(found(&[0], 0).is_empty());
    }
}

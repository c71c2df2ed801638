//! Random histories and the slow, obvious answers that the real algorithms are compared with. Tests only.

use std::collections::BTreeSet;

use hyg_base::{Error, Result, Rev};
use proptest::prelude::*;

use crate::Graph;

#[derive(Clone, Debug)]
pub(crate) struct Dag(Vec<[Rev; 2]>);

impl Dag {
    pub(crate) fn new(parents: &[(i32, i32)]) -> Dag {
        Dag(parents.iter().map(|(a, b)| [Rev(*a), Rev(*b)]).collect())
    }

    pub(crate) fn ancestors(&self, revs: &[Rev], inclusive: bool) -> BTreeSet<Rev> {
        let mut found = BTreeSet::new();
        for rev in revs.iter().filter(|rev| !rev.is_null()) {
            if inclusive {
                found.insert(*rev);
            }
            found.extend(self.ancestors(&self.0[rev.0 as usize], true));
        }
        found
    }

    pub(crate) fn heads(&self, revs: &BTreeSet<Rev>) -> Vec<Rev> {
        let is_head = |rev: &Rev| {
            revs.iter()
                .all(|other| other == rev || !self.ancestors(&[*other], false).contains(rev))
        };
        revs.iter().copied().filter(|rev| is_head(rev)).collect()
    }
}

impl Graph for Dag {
    fn parents(&self, rev: Rev) -> Result<[Rev; 2]> {
        let index = rev.index().ok_or_else(|| Error::internal("null"))?;
        let parents = self.0.get(index).copied();
        parents.ok_or_else(|| Error::internal("outside"))
    }
    fn len(&self) -> usize {
        self.0.len()
    }
}

fn dag() -> impl Strategy<Value = Dag> {
    proptest::collection::vec((any::<u16>(), any::<u16>()), 1..14).prop_map(|seeds| {
        let parent = |seed: u16, rev: usize| i32::from(seed) % (rev as i32 + 1) - 1;
        let parents = seeds.iter().enumerate().map(|(rev, (a, b))| {
            let first = parent(*a, rev);
            // Two thirds of the revisions have one parent, as in real histories.
            let second = if b % 3 == 0 { parent(*b / 3, rev) } else { -1 };
            (first, if first == second { -1 } else { second })
        });
        Dag::new(&parents.collect::<Vec<_>>())
    })
}

/// A history and two lists of its revisions (the null revision now and then).
pub(crate) fn dag_and_sets() -> impl Strategy<Value = (Dag, Vec<Rev>, Vec<Rev>)> {
    dag().prop_flat_map(|dag| {
        let len = dag.len() as i32;
        let revs = || proptest::collection::vec((-1..len).prop_map(Rev), 0..5);
        (Just(dag), revs(), revs())
    })
}

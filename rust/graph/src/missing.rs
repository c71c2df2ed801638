//! What some revisions have in their history that others lack.
//! Negotiating that with another repository is discovery, not this.

use std::collections::BTreeMap;

use hyg_base::{Result, Rev};

use crate::Graph;

/// The ancestors of `heads` (themselves included) that are neither in `bases` nor ancestors of them, ascending.
///
/// # Errors
/// Where parents cannot be read.
pub fn missing_ancestors(
    graph: &(impl Graph + ?Sized),
    heads: &[Rev],
    bases: &[Rev],
) -> Result<Vec<Rev>> {
    // Pending revisions, walked downwards; `true`: reached from a base.
    let mut pending: BTreeMap<Rev, bool> = BTreeMap::new();
    for rev in heads.iter().filter(|rev| !rev.is_null()) {
        pending.insert(*rev, false);
    }
    for rev in bases.iter().filter(|rev| !rev.is_null()) {
        pending.insert(*rev, true);
    }
    let mut open = pending.values().filter(|from_base| !**from_base).count();
    let mut missing = Vec::new();
    while open > 0 {
        let Some((rev, from_base)) = pending.pop_last() else {
            break;
        };
        if !from_base {
            open -= 1;
            missing.push(rev);
        }
        for parent in graph.parents(rev)? {
            if parent.is_null() {
                continue;
            }
            match pending.get_mut(&parent) {
                None => {
                    pending.insert(parent, from_base);
                    open += usize::from(!from_base);
                }
                Some(known) if from_base && !*known => {
                    *known = true;
                    open -= 1;
                }
                Some(_) => {}
            }
        }
    }
    missing.reverse();
    Ok(missing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::dag_and_sets;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_the_oracle((dag, heads, bases) in dag_and_sets()) {
            let expected = &dag.ancestors(&heads, true) - &dag.ancestors(&bases, true);
            let found = missing_ancestors(&dag, &heads, &bases).unwrap();
            prop_assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
        }
    }
}

//! What several revisions descend from together.
//! Which of several common ancestors a merge uses is a decision made elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use hyg_base::{Result, Rev};

use crate::{Ancestors, Graph, heads};

/// How many starting revisions fit the bit sets of the fast walk; one bit is for "below a common ancestor".
const MANY: usize = 63;
const BELOW: u64 = 1 << 63;

/// The heads of the common ancestors of all `revs` (each counts as its own ancestor), ascending.
/// Empty where there is none, where `revs` is empty or where it holds [`Rev::NULL`].
///
/// # Errors
/// Where parents cannot be read.
pub fn common_ancestor_heads(graph: &(impl Graph + ?Sized), revs: &[Rev]) -> Result<Vec<Rev>> {
    let mut starts = revs.to_vec();
    starts.sort_unstable();
    starts.dedup();
    if starts.first().is_none_or(|rev| rev.is_null()) {
        return Ok(Vec::new());
    }
    if starts.len() > MANY {
        let shared = common_ancestors(graph, &starts)?;
        return heads(graph, shared);
    }
    let everyone = (1u64 << starts.len()) - 1;
    // Each pending revision with the starts it was reached from; walked downwards.
    let mut pending: BTreeMap<Rev, u64> = BTreeMap::new();
    for (bit, rev) in starts.into_iter().enumerate() {
        pending.insert(rev, 1 << bit);
    }
    let mut candidates = pending.len();
    let mut found = Vec::new();
    while candidates > 0 {
        let Some((rev, mut mask)) = pending.pop_last() else {
            break;
        };
        if mask & BELOW == 0 {
            candidates -= 1;
            if mask == everyone {
                found.push(rev);
                mask |= BELOW;
            }
        }
        for parent in graph.parents(rev)? {
            if parent.is_null() {
                continue;
            }
            let known = pending.entry(parent).or_insert(0);
            let was_candidate = *known != 0 && *known & BELOW == 0;
            *known |= mask;
            let is_candidate = *known & BELOW == 0;
            candidates = candidates + usize::from(is_candidate) - usize::from(was_candidate);
        }
    }
    found.reverse();
    Ok(found)
}

/// Every common ancestor of all `revs`, ascending.
///
/// # Errors
/// Where parents cannot be read.
pub fn common_ancestors(graph: &(impl Graph + ?Sized), revs: &[Rev]) -> Result<Vec<Rev>> {
    let mut shared: Option<BTreeSet<Rev>> = None;
    for rev in revs {
        let own = Ancestors::new(graph, [*rev], Rev(0), true)?;
        let own = own.filter(|found| match (found, &shared) {
            (Ok(found), Some(shared)) => shared.contains(found),
            _ => true,
        });
        shared = Some(own.collect::<Result<_>>()?);
    }
    Ok(shared.unwrap_or_default().into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::{Dag, dag_and_sets};
    use proptest::prelude::*;

    #[test]
    fn a_criss_cross_merge_has_two() {
        let dag = Dag::new(&[(-1, -1), (0, -1), (0, -1), (1, 2), (2, 1)]);
        let found = common_ancestor_heads(&dag, &[Rev(3), Rev(4)]).unwrap();
        assert_eq!(found, [Rev(1), Rev(2)]);
        assert!(
            common_ancestor_heads(&dag, &[Rev(3), Rev::NULL])
                .unwrap()
                .is_empty()
        );
        assert!(common_ancestor_heads(&dag, &[]).unwrap().is_empty());
    }

    #[test]
    fn more_starts_than_bits() {
        let mut parents = vec![(-1, -1), (0, -1)];
        parents.extend((0..80).map(|_| (1, -1)));
        let starts: Vec<Rev> = (2..82).map(Rev).collect();
        let found = common_ancestor_heads(&Dag::new(&parents), &starts).unwrap();
        assert_eq!(found, [Rev(1)]);
    }

    proptest! {
        #[test]
        fn agrees_with_the_oracle((dag, revs, _) in dag_and_sets()) {
            let mut sets = revs.iter().map(|rev| dag.ancestors(&[*rev], true));
            let shared = sets.next().map(|first| sets.fold(first, |a, b| &a & &b)).unwrap_or_default();
            prop_assert_eq!(common_ancestors(&dag, &revs).unwrap(), shared.iter().copied().collect::<Vec<_>>());
            prop_assert_eq!(common_ancestor_heads(&dag, &revs).unwrap(), dag.heads(&shared));
        }
    }
}

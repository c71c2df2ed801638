//! Heads: the revisions of a set that no other revision of it descends from.
//! Branch heads, which also look at branch names, belong to names.

use hyg_base::{Result, Rev};

use crate::{Ancestors, Graph};

/// The heads of `revs`, ascending: those that are not ancestors of another one. [`Rev::NULL`] is left out.
///
/// # Errors
/// Where parents cannot be read.
pub fn heads(
    graph: &(impl Graph + ?Sized),
    revs: impl IntoIterator<Item = Rev>,
) -> Result<Vec<Rev>> {
    let mut revs: Vec<Rev> = revs.into_iter().filter(|rev| !rev.is_null()).collect();
    revs.sort_unstable();
    revs.dedup();
    let Some(lowest) = revs.first().copied() else {
        return Ok(revs);
    };
    let mut below = Ancestors::new(graph, revs.iter().copied(), lowest, false)?;
    let mut shadow = below.advance()?;
    let mut found = Vec::new();
    for rev in revs.into_iter().rev() {
        while shadow.is_some_and(|ancestor| ancestor > rev) {
            shadow = below.advance()?;
        }
        if shadow != Some(rev) {
            found.push(rev);
        }
    }
    found.reverse();
    Ok(found)
}

/// The heads of the whole history, ascending.
///
/// # Errors
/// Where parents cannot be read.
pub fn all_heads(graph: &(impl Graph + ?Sized)) -> Result<Vec<Rev>> {
    let mut is_head = vec![true; graph.len()];
    for index in 0..graph.len() {
        for parent in graph.parents(to_rev(index))? {
            if let Some(flag) = parent.index().and_then(|parent| is_head.get_mut(parent)) {
                *flag = false;
            }
        }
    }
    let heads = is_head.iter().enumerate().filter(|(_, head)| **head);
    Ok(heads.map(|(index, _)| to_rev(index)).collect())
}

fn to_rev(index: usize) -> Rev {
    Rev(i32::try_from(index).unwrap_or(i32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::dag_and_sets;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_the_oracle((dag, revs, _) in dag_and_sets()) {
            let set = revs.iter().copied().filter(|rev| !rev.is_null()).collect();
            prop_assert_eq!(heads(&dag, revs).unwrap(), dag.heads(&set));
            let all = (0..dag.len() as i32).map(Rev).collect();
            prop_assert_eq!(all_heads(&dag).unwrap(), dag.heads(&all));
        }
    }
}

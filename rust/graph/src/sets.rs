//! Questions about sets of revisions: children, descendants, generations, ways between two sets, members without children.
//! Ancestors of single revisions and what one side lacks are in the sibling modules.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use hyg_base::{Result, Rev};

use crate::{Ancestors, Graph};

/// In which direction generations are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Towards {
    /// From children to parents.
    Ancestors,
    /// From parents to children.
    Descendants,
}

/// Members of a set by revision; [`Rev::NULL`] is kept apart.
struct Members {
    flags: Vec<bool>,
    null: bool,
    lowest: usize,
}

impl Members {
    fn new(len: usize, revs: &[Rev]) -> Members {
        let mut flags = vec![false; len];
        let mut lowest = len;
        for index in revs.iter().filter_map(|rev| rev.index()) {
            if let Some(flag) = flags.get_mut(index) {
                *flag = true;
                lowest = lowest.min(index);
            }
        }
        let null = revs.iter().any(|rev| rev.is_null());
        Members {
            flags,
            null,
            lowest,
        }
    }

    fn has(&self, rev: Rev) -> bool {
        match rev.index() {
            Some(index) => self.flags.get(index).copied().unwrap_or(false),
            None => false,
        }
    }
}

fn to_rev(index: usize) -> Rev {
    Rev(i32::try_from(index).unwrap_or(i32::MAX))
}

/// Revisions with a parent among `revs`, ascending; roots are children of [`Rev::NULL`].
///
/// # Errors
/// Where parents cannot be read.
pub fn children(graph: &(impl Graph + ?Sized), revs: &[Rev]) -> Result<Vec<Rev>> {
    let wanted = Members::new(graph.len(), revs);
    let first = if wanted.null {
        0
    } else {
        wanted.lowest.saturating_add(1)
    };
    let mut found = Vec::new();
    for index in first..graph.len() {
        let [one, two] = graph.parents(to_rev(index))?;
        if wanted.has(one) || wanted.has(two) || (wanted.null && one.is_null()) {
            found.push(to_rev(index));
        }
    }
    Ok(found)
}

/// `revs` and what descends from them, ascending; with `first_parent` only through first parents.
/// Everything descends from [`Rev::NULL`].
///
/// # Errors
/// Where parents cannot be read.
pub fn descendants(
    graph: &(impl Graph + ?Sized),
    revs: &[Rev],
    first_parent: bool,
) -> Result<Vec<Rev>> {
    let mut known = Members::new(graph.len(), revs);
    if known.null {
        return Ok((0..graph.len()).map(to_rev).collect());
    }
    let mut found = Vec::new();
    for index in known.lowest..graph.len() {
        if !known.flags[index] {
            let [one, two] = graph.parents(to_rev(index))?;
            if !known.has(one) && (first_parent || !known.has(two)) {
                continue;
            }
            known.flags[index] = true;
        }
        found.push(to_rev(index));
    }
    Ok(found)
}

/// Those of `revs` that are no parent of another one, ascending; without [`Rev::NULL`].
///
/// # Errors
/// Where parents cannot be read.
pub fn childless(graph: &(impl Graph + ?Sized), revs: &[Rev]) -> Result<Vec<Rev>> {
    let mut left = Members::new(graph.len(), revs);
    for rev in revs.iter().filter(|rev| !rev.is_null()) {
        for parent in graph.parents(*rev)?.into_iter().filter_map(Rev::index) {
            if let Some(flag) = left.flags.get_mut(parent) {
                *flag = false;
            }
        }
    }
    let flagged = left.flags.iter().enumerate().filter(|(_, flag)| **flag);
    Ok(flagged.map(|(index, _)| to_rev(index)).collect())
}

/// What lies on a way from one of `roots` up to one of `heads`, both included, ascending.
///
/// # Errors
/// Where parents cannot be read.
pub fn paths_between(
    graph: &(impl Graph + ?Sized),
    roots: &[Rev],
    heads: &[Rev],
) -> Result<Vec<Rev>> {
    let wanted = Members::new(graph.len(), roots);
    if roots.is_empty() {
        return Ok(Vec::new());
    }
    let stop = if wanted.null {
        Rev(0)
    } else {
        to_rev(wanted.lowest)
    };
    let mut below = Vec::new();
    let mut walk = Ancestors::new(graph, heads.iter().copied(), stop, true)?;
    while let Some(rev) = walk.advance()? {
        below.push(rev);
    }
    below.reverse();
    if wanted.null {
        return Ok(below);
    }
    let mut reached = wanted;
    let mut found = Vec::new();
    let is_root = reached.flags.clone();
    reached.flags.fill(false);
    for rev in below {
        let Some(index) = rev.index() else { continue };
        let [one, two] = graph.parents(rev)?;
        if is_root[index] || reached.has(one) || reached.has(two) {
            reached.flags[index] = true;
            found.push(rev);
        }
    }
    Ok(found)
}

/// Revisions that are reached from `revs` in at least `start` and less than `stop` steps, ascending. A revision counts
/// with its smallest distance that is not below `start`.
///
/// # Errors
/// Where parents cannot be read.
pub fn generations(
    graph: &(impl Graph + ?Sized),
    revs: &[Rev],
    span: (u64, u64),
    towards: Towards,
    first_parent: bool,
) -> Result<Vec<Rev>> {
    let parents = |rev: Rev| -> Result<Vec<Rev>> {
        let [one, two] = graph.parents(rev)?;
        Ok(if first_parent {
            vec![one]
        } else {
            vec![one, two]
        })
    };
    if towards == Towards::Ancestors {
        let starts = revs.iter().filter(|rev| !rev.is_null()).map(|rev| rev.0);
        return walk(starts.map(|rev| -rev).collect(), span, |place| {
            let above = parents(Rev(-place))?.into_iter();
            Ok(above
                .filter(|rev| !rev.is_null())
                .map(|rev| -rev.0)
                .collect())
        })
        .map(|found| found.into_iter().rev().map(|place| Rev(-place)).collect());
    }
    let Some(lowest) = revs.iter().min() else {
        return Ok(Vec::new());
    };
    // Children of revision `lowest + n` at place n.
    let from = i64::from(lowest.0);
    let mut above: Vec<Vec<i32>> = vec![Vec::new(); (graph.len() as i64 - from).max(0) as usize];
    for index in usize::try_from(from + 1).unwrap_or(0)..graph.len() {
        let [one, two] = graph.parents(to_rev(index))?;
        let second = Some(two).filter(|two| !first_parent && !two.is_null() && *two != one);
        for parent in [Some(one), second].into_iter().flatten() {
            let place = usize::try_from(i64::from(parent.0) - from).ok();
            if let Some(list) = place.and_then(|place| above.get_mut(place)) {
                list.push(to_rev(index).0);
            }
        }
    }
    let found = walk(revs.iter().map(|rev| rev.0).collect(), span, |rev| {
        let place = usize::try_from(i64::from(rev) - from).unwrap_or(usize::MAX);
        Ok(above.get(place).cloned().unwrap_or_default())
    })?;
    Ok(found.into_iter().filter(|rev| *rev >= 0).map(Rev).collect())
}

/// Walks from the smallest place upwards; steps lead to greater places.
fn walk(
    starts: Vec<i32>,
    (start, stop): (u64, u64),
    mut steps: impl FnMut(i32) -> Result<Vec<i32>>,
) -> Result<Vec<i32>> {
    let mut pending: BinaryHeap<Reverse<(i32, u64)>> = starts
        .into_iter()
        .map(|place| Reverse((place, 0)))
        .collect();
    let mut found = Vec::new();
    let mut last = None;
    let mut before = None;
    while let Some(Reverse((place, distance))) = pending.pop() {
        if last == Some(place) || before.replace((place, distance)) == Some((place, distance)) {
            continue;
        }
        if distance >= start {
            if distance >= stop {
                continue;
            }
            last = Some(place);
            found.push(place);
        }
        if distance + 1 < stop {
            for step in steps(place)? {
                pending.push(Reverse((step, distance + 1)));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::dag_and_sets;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn revs(set: impl IntoIterator<Item = Rev>) -> Vec<Rev> {
        set.into_iter().collect()
    }

    proptest! {
        #[test]
        fn agrees_with_the_oracle((dag, one, two) in dag_and_sets()) {
            let all: Vec<Rev> = (0..dag.len() as i32).map(Rev).collect();
            let below: Vec<BTreeSet<Rev>> = all.iter().map(|rev| dag.ancestors(&[*rev], true)).collect();
            let descends = |rev: &Rev| {
                let null = one.iter().any(|rev| rev.is_null());
                null || one.iter().any(|root| below[rev.0 as usize].contains(root))
            };
            let expected = revs(all.iter().copied().filter(descends));
            prop_assert_eq!(descendants(&dag, &one, false).unwrap(), expected.clone());
            let reach = dag.ancestors(&two, true);
            let on_the_way = revs(expected.into_iter().filter(|rev| reach.contains(rev)));
            prop_assert_eq!(paths_between(&dag, &one, &two).unwrap(), on_the_way);
            let is_child = |rev: &Rev| {
                let [first, second] = dag.parents(*rev).unwrap();
                one.contains(&first) || (!second.is_null() && one.contains(&second))
            };
            prop_assert_eq!(children(&dag, &one).unwrap(), revs(all.iter().copied().filter(is_child)));
            let heads = childless(&dag, &one).unwrap();
            for rev in &one {
                let has_child = one.iter().any(|child| !child.is_null() && dag.parents(*child).unwrap().contains(rev));
                prop_assert_eq!(heads.contains(rev), !rev.is_null() && !has_child);
            }
        }

        #[test]
        fn generations_are_counted((dag, one, _) in dag_and_sets(), start in 0u64..3, more in 0u64..3, first: bool) {
            let one: Vec<Rev> = one.into_iter().filter(|rev| !rev.is_null()).collect();
            let mut level: BTreeSet<Rev> = one.iter().copied().collect();
            let mut expected = BTreeSet::new();
            for distance in 0..start + more {
                if distance >= start {
                    expected.extend(level.iter().copied());
                }
                level = level.iter().flat_map(|rev| {
                    let [one, two] = dag.parents(*rev).unwrap();
                    if first { vec![one] } else { vec![one, two] }
                }).filter(|rev| !rev.is_null()).collect();
            }
            let found = generations(&dag, &one, (start, start + more), Towards::Ancestors, first).unwrap();
            if start == 0 {
                prop_assert_eq!(found, revs(expected));
            } else {
                prop_assert!(found.iter().all(|rev| expected.contains(rev)));
            }
        }
    }
}

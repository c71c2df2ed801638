//! The order for drawing graphs: branch by branch, so that lines of development are interleaved as little as possible.
//! Which revisions are sorted is `order`'s business.

use std::collections::{BTreeSet, HashSet};

use hyg_base::{Result, Rev};
use hyg_graph::Graph;

use super::evaluate::Query;

/// A line of development that is held back: what to show of it, and parents of these that have not been seen.
struct Line {
    revs: Vec<Rev>,
    awaited: HashSet<Rev>,
}

/// The revisions, children before parents, one line of development after the other, that of `first` at the beginning.
///
/// A line is shown when a parent that it waits for has been shown or is about to be. Ancestors of a merge count as one
/// line. `descending` has no null revision in it.
pub(super) fn branch_by_branch(
    query: &Query<'_>,
    descending: &[Rev],
    first: &[Rev],
) -> Result<Vec<Rev>> {
    // the first line is what has been shown
    let mut lines = vec![Line {
        revs: Vec::new(),
        awaited: first.iter().copied().collect(),
    }];
    let mut queue = BTreeSet::new();
    let mut found = Vec::with_capacity(descending.len());
    for wanted in descending {
        queue.insert(*wanted);
        while let Some(rev) = queue.pop_last() {
            let place = line_for(&mut lines, rev);
            let line = &mut lines[place];
            if rev == *wanted {
                line.revs.push(rev);
            }
            line.awaited.remove(&rev);
            for parent in query.changelog.parents(rev)? {
                if !parent.is_null() {
                    line.awaited.insert(parent);
                    queue.insert(parent);
                }
            }
            match ready(&lines, place) {
                None => {}
                Some(0) => found.append(&mut lines[0].revs),
                Some(place) => {
                    let line = lines.remove(place);
                    lines[0].awaited.extend(line.awaited);
                    found.extend(line.revs);
                }
            }
            if rev == *wanted {
                break;
            }
        }
    }
    found.extend(lines.into_iter().flat_map(|line| line.revs));
    Ok(found)
}

/// The place of the line that waits for a revision (several become one), or of a new one.
fn line_for(lines: &mut Vec<Line>, rev: Rev) -> usize {
    let mut waiting = lines.iter().enumerate();
    let kept = waiting
        .find(|(_, line)| line.awaited.contains(&rev))
        .map(|(place, _)| place);
    let Some(kept) = kept else {
        lines.push(Line {
            revs: Vec::new(),
            awaited: HashSet::from([rev]),
        });
        return lines.len() - 1;
    };
    let mut place = kept + 1;
    while place < lines.len() {
        if lines[place].awaited.contains(&rev) {
            let other = lines.remove(place);
            lines[kept].revs.extend(other.revs);
            lines[kept].awaited.extend(other.awaited);
        } else {
            place += 1;
        }
    }
    kept
}

/// The place of the line that can be shown now; where nothing is waited for, that of the oldest one.
fn ready(lines: &[Line], place: usize) -> Option<usize> {
    let shown = &lines[0].awaited;
    if shown.is_empty() {
        return Some(if lines.len() > 1 { 1 } else { place });
    }
    let meets = place == 0 || !lines[place].awaited.is_disjoint(shown);
    meets.then_some(place)
}

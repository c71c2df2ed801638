//! Revisions of a bisection that goes on: how they were marked and what follows from it.
//! Marking, and choosing the next one, are Python's.

use hyg_base::{Node, Result, Rev};
use hyg_graph::{Ancestors, descendants, paths_between};

use super::evaluate::Query;
use super::refused;
use super::sets::Members;
use crate::names;

const MARKS: [&[u8]; 4] = [b"current", b"good", b"bad", b"skip"];

/// Revisions by mark. Whatever is odd about the file is Python's to tell.
fn read(query: &Query<'_>) -> Result<[Vec<Rev>; 4]> {
    let data = names::read_file(&query.repo.layout().dot_hg.join("bisect.state"))?;
    let mut found: [Vec<Rev>; 4] = Default::default();
    for line in data.split(|byte| *byte == b'\n') {
        if line.is_empty() {
            continue;
        }
        let mut words = line.splitn(2, |byte| *byte == b' ');
        let mark = words.next().unwrap_or_default();
        let node = words.next().and_then(Node::from_hex);
        let place = MARKS.iter().position(|known| *known == mark);
        let (Some(place), Some(node)) = (place, node) else {
            return refused();
        };
        match query.changelog.revlog().find(&node)? {
            Some(rev) => found[place].push(rev),
            None => return refused(),
        }
    }
    Ok(found)
}

/// The revisions with a mark, or in a relation to marked ones.
pub(super) fn marked(query: &Query<'_>, status: &[u8]) -> Result<Vec<Rev>> {
    let marks = read(query)?;
    if let Some(place) = MARKS.iter().position(|known| *known == status) {
        return Ok(marks[place].clone());
    }
    let [_, good, bad, skipped] = &marks;
    let graph = query.changelog;
    let above = |revs: &[Rev]| Ancestors::new(graph, revs.to_vec(), Rev(0), true)?.collect();
    let upwards = paths_between(graph, good, bad)?;
    let (goods, bads): (Result<Vec<Rev>>, Result<Vec<Rev>>) = match upwards.is_empty() {
        false => (above(good), descendants(graph, bad, false)),
        true => (descendants(graph, good, false), above(bad)),
    };
    let (goods, bads) = (goods?, bads?);
    let mut within = upwards;
    within.extend(paths_between(graph, bad, good)?);
    let without = |mut revs: Vec<Rev>, others: &Members| {
        revs.retain(|rev| !others.has(*rev));
        revs
    };
    let known = || [goods.as_slice(), &bads, skipped].concat();
    Ok(match status {
        b"range" => within,
        b"pruned" => known(),
        b"untested" => without(within, &Members::of(&known())),
        b"ignored" => {
            let (of_bad, of_good): (Vec<Rev>, Vec<Rev>) = (above(bad)?, above(good)?);
            let (in_bad, in_good) = (Members::of(&of_bad), Members::of(&of_good));
            let mut one_sided = without(of_bad, &in_good);
            one_sided.extend(without(of_good, &in_bad));
            without(one_sided, &Members::of(&within))
        }
        b"goods" => goods,
        b"bads" => bads,
        _ => return refused(),
    })
}

//! Why a changeset is hidden: pruned, rewritten, split, or rewritten in ways that differ (`docs/formats/obsstore.md`).
//! The sentence is Python's; here are the facts for it.

use std::collections::{HashMap, HashSet};

use hyg_base::{Error, ErrorId, Node, Result, Rev};
use hyg_store::changelog::Changelog;
use hyg_store::obsstore::Markers;

use super::hidden::Hidden;

/// How many sets of successors of one node are told apart; more than one is a divergence anyway.
const MOST_SETS: usize = 64;
/// How many successors the error lists.
const LISTED: usize = 2;

/// Nodes that together replace one.
type Set<'a> = Vec<&'a [u8]>;

/// The error for a changeset that exists but is hidden.
///
/// # Errors
/// Where the history cannot be read.
pub(super) fn filtered(
    changelog: &Changelog,
    markers: &Markers,
    hidden: &Hidden,
    symbol: &[u8],
    rev: Rev,
) -> Result<Error> {
    let error = Error::new(ErrorId::FilteredRevision).with("name", symbol);
    if !hidden.is_obsolete(rev) {
        return Ok(error);
    }
    let node = changelog.revlog().node(rev)?;
    let search = Search {
        changelog,
        hidden,
        edges: edges(markers),
    };
    let mut sets = search.sets(node.as_bytes())?;
    let error = match (sets.pop(), sets.is_empty()) {
        (None, _) => error.with("fate", "pruned"),
        (Some(_), false) => error.with("fate", "diverged"),
        (Some(set), true) if set.len() == 1 => error
            .with("fate", "superseded")
            .with("successors", listed(&set)),
        (Some(set), true) if set.len() <= LISTED => {
            error.with("fate", "split").with("successors", listed(&set))
        }
        (Some(set), true) => error
            .with("fate", "split")
            .with("successors", listed(&set))
            .with("more", set.len() - LISTED),
    };
    Ok(error)
}

fn listed(set: &[&[u8]]) -> Vec<u8> {
    let short = |node: &&[u8]| -> Vec<u8> {
        let digits = node.iter().take(6).map(|byte| format!("{byte:02x}"));
        digits.collect::<String>().into_bytes()
    };
    let digits: Vec<Vec<u8>> = set.iter().take(LISTED).map(short).collect();
    digits.join(b", ".as_slice())
}

/// The markers of each predecessor, in the order that decides which successor is named first.
fn edges(markers: &Markers) -> HashMap<&[u8], Vec<Set<'_>>> {
    let mut edges: HashMap<&[u8], Vec<Set<'_>>> = HashMap::new();
    for marker in markers.iter() {
        let known = edges.entry(marker.predecessor).or_default();
        known.push(marker.successors().collect());
    }
    for known in edges.values_mut() {
        known.sort();
        known.dedup();
    }
    edges
}

struct Search<'a> {
    changelog: &'a Changelog,
    hidden: &'a Hidden,
    edges: HashMap<&'a [u8], Vec<Set<'a>>>,
}

impl<'a> Search<'a> {
    /// The sets of latest successors of a node. Chains are walked with a stack of our own; in a circle, the node that is
    /// met again counts as pruned.
    fn sets(&'a self, first: &'a [u8]) -> Result<Vec<Set<'a>>> {
        let mut known: HashMap<&[u8], Vec<Set<'a>>> = HashMap::new();
        let mut stack = vec![first];
        let mut stacked = HashSet::from([first]);
        while let Some(node) = stack.last().copied() {
            if known.contains_key(node) {
                stack.pop();
                stacked.remove(node);
                continue;
            }
            let Some(markers) = self.edges.get(node) else {
                let own = if self.is_shown(node)? {
                    vec![vec![node]]
                } else {
                    Vec::new()
                };
                known.insert(node, own);
                continue;
            };
            let mut missing = None;
            for successor in markers.iter().flatten() {
                if known.contains_key(successor) {
                    continue;
                }
                if stacked.insert(successor) {
                    missing = Some(*successor);
                    break;
                }
                known.insert(successor, Vec::new());
            }
            match missing {
                Some(successor) => stack.push(successor),
                None => {
                    let sets = combine(markers, &known);
                    known.insert(node, sets);
                }
            }
        }
        Ok(known.remove(first).unwrap_or_default())
    }

    fn is_shown(&self, node: &[u8]) -> Result<bool> {
        let Some(node) = Node::from_slice(node) else {
            return Ok(false);
        };
        let rev = self.changelog.revlog().find(&node)?;
        Ok(rev.is_some_and(|rev| !self.hidden.contains(rev)))
    }
}

/// What the markers of one node make of the sets of their successors: within a marker every choice with every other,
/// then all markers together without those that are part of a greater one.
fn combine<'a>(markers: &[Set<'a>], known: &HashMap<&[u8], Vec<Set<'a>>>) -> Vec<Set<'a>> {
    let mut all: Vec<Set<'a>> = Vec::new();
    for marker in markers {
        let mut sets: Vec<Set<'a>> = vec![Vec::new()];
        for successor in marker {
            let choices = known.get(successor).map_or(&[][..], Vec::as_slice);
            if choices.is_empty() {
                continue;
            }
            let mut product = Vec::new();
            'product: for set in &sets {
                for choice in choices {
                    let mut longer = set.clone();
                    for part in choice {
                        if !longer.contains(part) {
                            longer.push(part);
                        }
                    }
                    product.push(longer);
                    if product.len() >= MOST_SETS {
                        break 'product;
                    }
                }
            }
            sets = product;
        }
        all.extend(sets.into_iter().filter(|set| !set.is_empty()));
    }
    all.sort_by_key(|set| std::cmp::Reverse(set.len()));
    let mut kept: Vec<Set<'a>> = Vec::new();
    for set in all {
        let is_part = |greater: &Set<'a>| set.iter().all(|node| greater.contains(node));
        if kept.len() < MOST_SETS && !kept.iter().any(is_part) {
            kept.push(set);
        }
    }
    kept.reverse();
    kept
}

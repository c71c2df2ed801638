//! From nodes and prefixes to revisions: by the persistent map where it is valid, else by looking through the index.
//! What a prefix may also mean (the working directory, a name) is decided where names are.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use hashbrown::HashTable;
use hyg_base::{Error, ErrorId, Node, NodePrefix, Result, Rev};

use super::Revlog;
use crate::nodemap::{BrokenTree, Candidate, Found, NodeMap};

/// So many searches through the index are made before a table of all nodes is worth building.
const SEARCHES: u32 = 4;

/// So many nodes at the beginning are looked at before the others.
const FIRST: usize = 16;

/// What helps to find nodes; made when first needed.
#[derive(Debug, Default)]
pub(super) struct Lookup {
    map: OnceLock<Found>,
    map_is_broken: OnceLock<()>,
    searches: AtomicU32,
    table: OnceLock<HashTable<i32>>,
}

/// The revisions whose node begins with a prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrefixMatch {
    /// None.
    None,
    /// This one, which may be the null revision.
    One(Rev),
    /// Several.
    Many,
}

/// What became of the persistent node map, for diagnostics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeMapState {
    /// The revlog has none, or is not to use it.
    Absent,
    /// It cannot be used, for this reason.
    Unusable(&'static str),
    /// It is used for revisions up to this one.
    UsedUpTo(Rev),
}

impl Revlog {
    /// The revision that has `node`; [`Rev::NULL`] for the null node, `None` where there is none.
    ///
    /// # Errors
    /// [`ErrorId::Io`].
    pub fn find(&self, node: &Node) -> Result<Option<Rev>> {
        if node.is_null() {
            return Ok(Some(Rev::NULL));
        }
        if let Some(table) = self.lookup.table.get() {
            return Ok(self.find_in(table, node));
        }
        if let Some(map) = self.usable_map()? {
            match map.find(node) {
                Ok(candidate) => {
                    let is_right = |rev: &Rev| {
                        self.index
                            .entry(*rev)
                            .is_some_and(|entry| entry.node() == *node)
                    };
                    let newer = self.after(map.tip());
                    return Ok(candidate
                        .filter(is_right)
                        .or_else(|| self.search(node, newer)));
                }
                Err(BrokenTree) => self.give_up_map(),
            }
        }
        if self.lookup.searches.fetch_add(1, Ordering::Relaxed) < SEARCHES {
            return Ok(self.search(node, 0));
        }
        let table = self.lookup.table.get_or_init(|| self.build_table());
        Ok(self.find_in(table, node))
    }

    /// The revision that has `node`.
    ///
    /// # Errors
    /// [`ErrorId::UnknownNode`] where there is none; [`ErrorId::Io`].
    pub fn rev(&self, node: &Node) -> Result<Rev> {
        self.find(node)?.ok_or_else(|| {
            Error::new(ErrorId::UnknownNode)
                .with("path", self.name())
                .with("node", *node)
        })
    }

    /// The revisions whose node begins with `prefix`, the null revision included.
    ///
    /// # Errors
    /// [`ErrorId::Io`].
    pub fn find_prefix(&self, prefix: &NodePrefix) -> Result<PrefixMatch> {
        let null = match prefix.matches(&Node::NULL) {
            true => PrefixMatch::One(Rev::NULL),
            false => PrefixMatch::None,
        };
        if let Some(map) = self.usable_map()? {
            let is_right = |rev: Rev| {
                self.index
                    .entry(rev)
                    .is_some_and(|entry| prefix.matches(&entry.node()))
            };
            match map.find_prefix(prefix) {
                Ok(Candidate::Many) => return Ok(PrefixMatch::Many),
                Ok(Candidate::One(rev)) if is_right(rev) => {
                    let known = add(null, rev);
                    return Ok(self.search_prefix(prefix, self.after(map.tip()), known));
                }
                // Before somebody is told that it is unknown, the index itself is asked: a tree can be damaged.
                Ok(_) => {}
                Err(BrokenTree) => self.give_up_map(),
            }
        }
        Ok(self.search_prefix(prefix, 0, null))
    }

    /// What became of the persistent node map.
    ///
    /// # Errors
    /// [`ErrorId::Io`].
    pub fn nodemap_state(&self) -> Result<NodeMapState> {
        Ok(match self.found_map()? {
            None | Some(Found::Absent) => NodeMapState::Absent,
            Some(Found::Unusable(problem)) => NodeMapState::Unusable(problem),
            Some(Found::Usable(_)) if self.lookup.map_is_broken.get().is_some() => {
                NodeMapState::Unusable("the tree points to where there is nothing")
            }
            Some(Found::Usable(map)) => NodeMapState::UsedUpTo(map.tip()),
        })
    }

    fn found_map(&self) -> Result<Option<&Found>> {
        if !self.options.nodemap || self.index.header().is_inline() || self.index.is_empty() {
            return Ok(None);
        }
        if let Some(found) = self.lookup.map.get() {
            return Ok(Some(found));
        }
        let node_of = |rev| self.index.entry(rev).map(|entry| entry.node());
        let found = NodeMap::load(&*self.vfs, &self.radix, node_of)?;
        Ok(Some(self.lookup.map.get_or_init(|| found)))
    }

    fn usable_map(&self) -> Result<Option<&NodeMap>> {
        Ok(match self.found_map()? {
            Some(Found::Usable(map)) if self.lookup.map_is_broken.get().is_none() => Some(map),
            _ => None,
        })
    }

    fn give_up_map(&self) {
        self.lookup.map_is_broken.get_or_init(|| ());
    }

    /// The first position after `rev`.
    fn after(&self, rev: Rev) -> usize {
        rev.index().map_or(0, |index| index + 1)
    }

    fn search(&self, node: &Node, from: usize) -> Option<Rev> {
        // The first ones are asked for as often as the last: roots of phases, what clones are compared by.
        let first = self.index.nodes_back(from, from.saturating_add(FIRST));
        let mut nodes = first.chain(self.index.nodes_back(from, self.index.len()));
        nodes
            .find(|(_, bytes)| *bytes == node.as_bytes())
            .map(|(rev, _)| rev)
    }

    fn search_prefix(&self, prefix: &NodePrefix, from: usize, known: PrefixMatch) -> PrefixMatch {
        let mut found = known;
        for (rev, bytes) in self.index.nodes_back(from, self.index.len()) {
            if prefix.matches(&Node(*bytes)) {
                found = add(found, rev);
                if found == PrefixMatch::Many {
                    break;
                }
            }
        }
        found
    }

    fn build_table(&self) -> HashTable<i32> {
        let mut table = HashTable::with_capacity(self.index.len());
        let rehash = |rev: &i32| {
            self.index
                .entry(Rev(*rev))
                .map_or(0, |entry| key(entry.node_bytes()))
        };
        for (rev, bytes) in self.index.nodes_back(0, self.index.len()) {
            table.insert_unique(key(bytes), rev.0, rehash);
        }
        table
    }

    /// Prepares for many searches and insertions.
    pub(super) fn expect_many(&self) {
        self.lookup.table.get_or_init(|| self.build_table());
    }

    /// Takes note of a revision that was added to the index.
    pub(super) fn found_later(&mut self, rev: Rev) {
        let index = &self.index;
        let hash = |rev: &i32| {
            index
                .entry(Rev(*rev))
                .map_or(0, |entry| key(entry.node_bytes()))
        };
        if let Some(table) = self.lookup.table.get_mut() {
            table.insert_unique(hash(&rev.0), rev.0, hash);
        }
    }

    fn find_in(&self, table: &HashTable<i32>, node: &Node) -> Option<Rev> {
        let is_right = |rev: &i32| {
            self.index
                .entry(Rev(*rev))
                .is_some_and(|entry| entry.node() == *node)
        };
        table.find(key(node.as_bytes()), is_right).copied().map(Rev)
    }
}

/// Nodes are hashes already; a multiplication spreads those made by hand.
fn key(node: &[u8; 20]) -> u64 {
    let first = node
        .first_chunk()
        .map_or(0, |bytes| u64::from_ne_bytes(*bytes));
    first.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

fn add(known: PrefixMatch, rev: Rev) -> PrefixMatch {
    match known {
        PrefixMatch::None => PrefixMatch::One(rev),
        PrefixMatch::One(same) if same == rev => known,
        _ => PrefixMatch::Many,
    }
}

//! The persistent map from nodes to revisions (format: `docs/formats/nodemap.md`): its docket and its tree.
//! It is a cache: whoever uses it compares what it says with the index and can do without it.

use hyg_base::{Node, NodePrefix, Result, Rev};

use crate::Blob;
use crate::vfs::Vfs;

const VERSION: u8 = 1;
const HEADER_SIZE: usize = 1 + 1 + 4 * 8;
const BLOCK_SIZE: usize = 16 * 4;

/// What was found on disk.
#[derive(Debug)]
pub enum Found {
    /// No map.
    Absent,
    /// A map that cannot be used, and why.
    Unusable(&'static str),
    /// A map for the revisions up to [`NodeMap::tip`].
    Usable(NodeMap),
}

/// The small file that says which tree file is valid, and for what.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Docket {
    uid: Vec<u8>,
    tip_rev: u64,
    tip_node: Node,
    data_length: u64,
    unused: u64,
}

impl Docket {
    pub(crate) fn new(
        uid: &[u8],
        tip: Rev,
        tip_node: Node,
        data_length: u64,
        unused: u64,
    ) -> Docket {
        Docket {
            uid: uid.to_vec(),
            tip_rev: u64::try_from(tip.0).unwrap_or(0),
            tip_node,
            data_length,
            unused,
        }
    }

    pub(crate) fn uid(&self) -> &[u8] {
        &self.uid
    }

    pub(crate) fn data_length(&self) -> u64 {
        self.data_length
    }

    /// Bytes of the tree that nothing points to.
    pub(crate) fn unused(&self) -> u64 {
        self.unused
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![VERSION, u8::try_from(self.uid.len()).unwrap_or(u8::MAX)];
        for number in [self.tip_rev, self.data_length, self.unused, 20] {
            out.extend_from_slice(&number.to_be_bytes());
        }
        out.extend_from_slice(&self.uid);
        out.extend_from_slice(self.tip_node.as_bytes());
        out
    }

    fn parse(data: &[u8]) -> Result<Docket, &'static str> {
        let Some((header, rest)) = data.split_first_chunk::<HEADER_SIZE>() else {
            return Err("the docket is cut short");
        };
        if header[0] != VERSION {
            return Err("the docket has another version");
        }
        let number = |index: usize| {
            let bytes = &header[2 + 8 * index..10 + 8 * index];
            bytes
                .iter()
                .fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
        };
        let uid_size = usize::from(header[1]);
        if number(3) != 20 {
            return Err("the docket has nodes of another size");
        }
        let (uid, node) = rest
            .split_at_checked(uid_size)
            .ok_or("the docket is cut short")?;
        let node = node.first_chunk::<20>().ok_or("the docket is cut short")?;
        // The uid becomes part of a file name.
        if uid.is_empty() || !uid.iter().all(u8::is_ascii_alphanumeric) {
            return Err("the docket names an impossible file");
        }
        Ok(Docket {
            uid: uid.to_vec(),
            tip_rev: number(0),
            tip_node: Node(*node),
            data_length: number(1),
            unused: number(2),
        })
    }
}

/// A tree over the digits of nodes, valid up to one revision.
#[derive(Debug)]
pub struct NodeMap {
    data: Blob,
    blocks: usize,
    tip: Rev,
}

/// What a prefix leads to, before the index was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Candidate {
    /// No revision.
    None,
    /// At most this one: its node may differ beyond the digits that the tree needed.
    One(Rev),
    /// More than one.
    Many,
}

/// The tree points to where there is nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BrokenTree;

impl NodeMap {
    /// Reads the map of the revlog `radix`, whose nodes `node_of` knows.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::Io`]. A map that is corrupt or of another history is [`Found::Unusable`].
    pub fn load(
        vfs: &dyn Vfs,
        radix: &[u8],
        node_of: impl Fn(Rev) -> Option<Node>,
    ) -> Result<Found> {
        Ok(match NodeMap::read(vfs, radix, node_of)? {
            None => Found::Absent,
            Some(Err(problem)) => Found::Unusable(problem),
            Some(Ok((map, _))) => Found::Usable(map),
        })
    }

    /// The same with its docket, where it can be used.
    pub(crate) fn load_with_docket(
        vfs: &dyn Vfs,
        radix: &[u8],
        node_of: impl Fn(Rev) -> Option<Node>,
    ) -> Result<Option<(NodeMap, Docket)>> {
        Ok(NodeMap::read(vfs, radix, node_of)?.and_then(std::result::Result::ok))
    }

    fn read(
        vfs: &dyn Vfs,
        radix: &[u8],
        node_of: impl Fn(Rev) -> Option<Node>,
    ) -> Result<Option<Result<(NodeMap, Docket), &'static str>>> {
        let docket = match vfs.read(&[radix, b".n"].concat())? {
            Some(data) if !data.is_empty() => Docket::parse(&data),
            _ => return Ok(None),
        };
        let docket = match docket {
            Ok(docket) => docket,
            Err(problem) => return Ok(Some(Err(problem))),
        };
        let tip = i32::try_from(docket.tip_rev).map(Rev);
        let Some(tip) = tip
            .ok()
            .filter(|tip| node_of(*tip) == Some(docket.tip_node))
        else {
            return Ok(Some(Err("the map is of another history")));
        };
        let name = [radix, b"-", &docket.uid, b".nd"].concat();
        let Some(data) = vfs.map(&name)? else {
            return Ok(Some(Err("the tree is missing")));
        };
        Ok(Some(match usize::try_from(docket.data_length) {
            Ok(length) if length > data.len() => Err("the tree is cut short"),
            Ok(length) if length > 0 && length.is_multiple_of(BLOCK_SIZE) => {
                let blocks = length / BLOCK_SIZE;
                Ok((NodeMap { data, blocks, tip }, docket))
            }
            _ => Err("the tree is not a whole number of blocks"),
        }))
    }

    /// A map over all of `data`.
    #[cfg(test)]
    pub(crate) fn over(data: Blob, tip: Rev) -> NodeMap {
        let blocks = data.len() / BLOCK_SIZE;
        NodeMap { data, blocks, tip }
    }

    /// How many blocks there are.
    pub(crate) fn blocks(&self) -> usize {
        self.blocks
    }

    /// One block.
    pub(crate) fn block(&self, at: usize) -> Option<[i32; 16]> {
        let raw = self.data.get(at * BLOCK_SIZE..(at + 1) * BLOCK_SIZE)?;
        let mut block = [0; 16];
        for (number, bytes) in block.iter_mut().zip(raw.chunks_exact(4)) {
            *number = i32::from_be_bytes(*bytes.first_chunk()?);
        }
        Some(block)
    }

    /// The last revision in the map; later ones have to be looked for in the index.
    pub fn tip(&self) -> Rev {
        self.tip
    }

    /// The one revision that can have `node`.
    ///
    /// # Errors
    /// [`BrokenTree`].
    pub fn find(&self, node: &Node) -> Result<Option<Rev>, BrokenTree> {
        match self.descend((0..40).map(|index| node.nybble(index)))? {
            Candidate::One(rev) => Ok(Some(rev)),
            Candidate::None => Ok(None),
            // Forty digits cannot lead to several revisions.
            Candidate::Many => Err(BrokenTree),
        }
    }

    /// The revisions that can have a node beginning with `prefix`.
    ///
    /// # Errors
    /// [`BrokenTree`].
    pub fn find_prefix(&self, prefix: &NodePrefix) -> Result<Candidate, BrokenTree> {
        self.descend((0..prefix.len()).map(|index| prefix.nybble(index)))
    }

    fn descend(&self, digits: impl Iterator<Item = u8>) -> Result<Candidate, BrokenTree> {
        // The root is the last block.
        let mut block = self.blocks - 1;
        for digit in digits {
            let at = block * BLOCK_SIZE + usize::from(digit) * 4;
            let raw = self.data.get(at..at + 4).and_then(<[u8]>::first_chunk);
            match i32::from_be_bytes(*raw.ok_or(BrokenTree)?) {
                -1 => return Ok(Candidate::None),
                // Written without an overflow at the smallest number.
                value @ ..-1 => {
                    let rev = Rev(-(value + 2));
                    return match rev <= self.tip {
                        true => Ok(Candidate::One(rev)),
                        false => Err(BrokenTree),
                    };
                }
                value => {
                    let next = usize::try_from(value).map_err(|_| BrokenTree)?;
                    if next >= self.blocks {
                        return Err(BrokenTree);
                    }
                    block = next;
                }
            }
        }
        Ok(Candidate::Many)
    }
}

/// Builds docket and tree as the peer would. Tests only.
#[cfg(test)]
pub(crate) mod build {
    use super::*;

    pub(crate) fn tree(nodes: &[Node]) -> Vec<u8> {
        let mut blocks = Vec::new();
        let all: Vec<usize> = (0..nodes.len()).collect();
        push_block(&mut blocks, nodes, &all, 0);
        blocks
            .iter()
            .flatten()
            .flat_map(|n: &i32| n.to_be_bytes())
            .collect()
    }

    fn push_block(
        blocks: &mut Vec<[i32; 16]>,
        nodes: &[Node],
        revs: &[usize],
        depth: usize,
    ) -> i32 {
        let mut block = [-1; 16];
        for digit in 0..16u8 {
            let here: Vec<usize> = revs
                .iter()
                .copied()
                .filter(|rev| nodes[*rev].nybble(depth) == digit)
                .collect();
            block[usize::from(digit)] = match here.as_slice() {
                [] => -1,
                [rev] => -(*rev as i32 + 2),
                several => push_block(blocks, nodes, several, depth + 1),
            };
        }
        blocks.push(block);
        blocks.len() as i32 - 1
    }

    pub(crate) fn docket(tip_rev: u64, tip_node: Node, length: u64) -> Vec<u8> {
        let mut out = vec![VERSION, 4];
        for number in [tip_rev, length, 0, 20] {
            out.extend_from_slice(&number.to_be_bytes());
        }
        out.extend_from_slice(b"ab12");
        out.extend_from_slice(tip_node.as_bytes());
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vfs::DiskVfs;
    use proptest::prelude::*;

    fn nodes(count: u8) -> Vec<Node> {
        (0..count)
            .map(|n| crate::revlog::hash::sha1(&[&[n]]))
            .collect()
    }

    fn load(files: &[(&str, &[u8])], nodes: &[Node]) -> Found {
        let dir = tempfile::tempdir().unwrap();
        for (name, data) in files {
            std::fs::write(dir.path().join(name), data).unwrap();
        }
        let node_of = |rev: Rev| nodes.get(rev.index()?).copied();
        NodeMap::load(&DiskVfs::new(dir.path()), b"00changelog", node_of).unwrap()
    }

    fn problem(files: &[(&str, &[u8])], nodes: &[Node]) -> &'static str {
        match load(files, nodes) {
            Found::Unusable(problem) => problem,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_node_and_prefix_is_found() {
        let nodes = nodes(200);
        let tree = build::tree(&nodes[..150]);
        let docket = build::docket(149, nodes[149], tree.len() as u64);
        // Bytes after the claimed length belong to a transaction that is not finished.
        let longer = [tree.as_slice(), &[9; 30]].concat();
        let found = load(
            &[("00changelog.n", &docket), ("00changelog-ab12.nd", &longer)],
            &nodes,
        );
        let Found::Usable(map) = found else {
            panic!("{found:?}");
        };
        assert_eq!(map.tip(), Rev(149));
        for (rev, node) in nodes[..150].iter().enumerate() {
            assert_eq!(map.find(node), Ok(Some(Rev(rev as i32))));
            for len in 1..=40 {
                let prefix = NodePrefix::from_hex(&node.to_hex()[..len]).unwrap();
                let matching = nodes[..150]
                    .iter()
                    .filter(|node| prefix.matches(node))
                    .count();
                let expected = match matching {
                    1 => Candidate::One(Rev(rev as i32)),
                    _ => Candidate::Many,
                };
                assert_eq!(map.find_prefix(&prefix), Ok(expected));
            }
        }
    }

    #[test]
    fn what_cannot_be_used_is_told_apart() {
        let nodes = nodes(20);
        let tree = build::tree(&nodes);
        let length = tree.len() as u64;
        let good = build::docket(19, nodes[19], length);
        let data = ("00changelog-ab12.nd", tree.as_slice());
        let with = |docket: &[u8]| problem(&[("00changelog.n", docket), data], &nodes);
        assert!(matches!(load(&[], &nodes), Found::Absent));
        assert!(matches!(
            load(&[("00changelog.n", b"")], &nodes),
            Found::Absent
        ));
        assert_eq!(with(&good[..20]), "the docket is cut short");
        assert_eq!(with(&good[..40]), "the docket is cut short");
        assert_eq!(
            with(&[&[2], &good[1..]].concat()),
            "the docket has another version"
        );
        assert_eq!(
            with(&build::docket(19, nodes[18], length)),
            "the map is of another history"
        );
        assert_eq!(
            with(&build::docket(20, nodes[19], length)),
            "the map is of another history"
        );
        assert_eq!(
            with(&build::docket(u64::MAX, nodes[19], length)),
            "the map is of another history"
        );
        assert_eq!(
            with(&build::docket(19, nodes[19], length + 64)),
            "the tree is cut short"
        );
        assert_eq!(
            with(&build::docket(19, nodes[19], u64::MAX)),
            "the tree is cut short"
        );
        assert_eq!(
            with(&build::docket(19, nodes[19], 63)),
            "the tree is not a whole number of blocks"
        );
        assert_eq!(
            with(&build::docket(19, nodes[19], 0)),
            "the tree is not a whole number of blocks"
        );
        assert_eq!(
            problem(&[("00changelog.n", &good)], &nodes),
            "the tree is missing"
        );
        let mut elsewhere = good.clone();
        elsewhere[34..38].copy_from_slice(b"../x");
        assert_eq!(with(&elsewhere), "the docket names an impossible file");
    }

    proptest! {
        #[test]
        fn corrupt_trees_never_panic(mut tree in proptest::collection::vec(prop_oneof![Just(0u8), Just(255u8), 0u8..4, any::<u8>()], 64..400), digit: u8) {
            let nodes = nodes(3);
            tree.truncate(tree.len() / 64 * 64);
            let docket = build::docket(2, nodes[2], tree.len() as u64);
            let found = load(&[("00changelog.n", &docket), ("00changelog-ab12.nd", &tree)], &nodes);
            let Found::Usable(map) = found else { panic!("unusable") };
            let _answer = map.find(&Node([digit; 20]));
            if let Ok(Candidate::One(rev)) = map.find_prefix(&NodePrefix::from_hex(b"3f").unwrap()) {
                prop_assert!(rev <= map.tip());
            }
        }
    }
}

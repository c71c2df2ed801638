//! Writes the persistent node map (format: `docs/formats/nodemap.md`): new blocks behind the old ones, or all of them anew.
//! Reading it is `crate::nodemap`.

use hyg_base::{Node, Result, Rev};

use super::StoreFiles;
use crate::nodemap::{Docket, NodeMap};
use crate::revlog::{Piece, Revlog, hash};

const EMPTY: i32 = -1;

/// The blocks of a tree: those on disk, and new ones that take the place of some.
struct Tree<'a> {
    old: Option<&'a NodeMap>,
    new: Vec<[i32; 16]>,
    root: Option<usize>,
    replaced: u64,
    first_new: usize,
}

impl<'a> Tree<'a> {
    fn over(old: Option<&'a NodeMap>) -> Tree<'a> {
        let first_new = old.map_or(0, NodeMap::blocks);
        Tree {
            old,
            new: Vec::new(),
            root: first_new.checked_sub(1),
            replaced: 0,
            first_new,
        }
    }

    fn block(&self, at: usize) -> Option<[i32; 16]> {
        match at.checked_sub(self.first_new) {
            Some(at) => self.new.get(at).copied(),
            None => self.old?.block(at),
        }
    }

    fn add(&mut self, block: [i32; 16]) -> usize {
        self.new.push(block);
        self.first_new + self.new.len() - 1
    }

    /// The block as one that may be changed: itself, or a new copy of one on disk.
    fn own(&mut self, at: usize) -> Option<usize> {
        if at >= self.first_new {
            return Some(at);
        }
        let block = self.block(at)?;
        self.replaced += 64;
        Some(self.add(block))
    }

    /// Adds a revision; `None` where the tree on disk is broken.
    fn insert(
        &mut self,
        rev: Rev,
        node: &Node,
        node_of: &impl Fn(Rev) -> Option<Node>,
    ) -> Option<()> {
        let root = match self.root {
            None => self.add([EMPTY; 16]),
            Some(root) => self.own(root)?,
        };
        self.root = Some(root);
        let mut at = root;
        for depth in 0..40 {
            let digit = usize::from(node.nybble(depth));
            let slot = at - self.first_new;
            match *self.new.get(slot)?.get(digit)? {
                EMPTY => {
                    self.new[slot][digit] = -(rev.0 + 2);
                    return Some(());
                }
                value if value < EMPTY => {
                    // Two revisions share these digits: one block more.
                    let other = node_of(Rev(-(value + 2)))?;
                    if other == *node || depth == 39 {
                        return None;
                    }
                    let mut block = [EMPTY; 16];
                    block[usize::from(other.nybble(depth + 1))] = value;
                    let below = self.add(block);
                    self.new[slot][digit] = i32::try_from(below).ok()?;
                    at = below;
                }
                value => {
                    let below = self.own(usize::try_from(value).ok()?)?;
                    self.new[slot][digit] = i32::try_from(below).ok()?;
                    at = below;
                }
            }
        }
        None
    }

    /// The new blocks, the root last.
    fn bytes(mut self) -> Vec<u8> {
        if let Some(root) = self.root.and_then(|root| root.checked_sub(self.first_new)) {
            // Nothing points to the root, so it may lie anywhere; the last place is where readers look for it.
            let last = self.new.len() - 1;
            if root != last {
                self.new.swap(root, last);
                let (moved, to) = (
                    (self.first_new + last) as i32,
                    (self.first_new + root) as i32,
                );
                for value in self.new.iter_mut().flatten() {
                    if *value == moved {
                        *value = to;
                    }
                }
            }
        }
        let numbers = self.new.iter().flatten();
        numbers.flat_map(|number| number.to_be_bytes()).collect()
    }
}

/// Brings the node map of a revlog up to date.
///
/// # Errors
/// [`hyg_base::ErrorId::Io`].
pub fn write_nodemap(files: &StoreFiles, radix: &[u8], revlog: &Revlog) -> Result<()> {
    let tip = revlog.tip();
    if tip.is_null() || revlog.index().header().is_inline() {
        return Ok(());
    }
    let node_of = |rev: Rev| revlog.index().entry(rev).map(|entry| entry.node());
    let old = NodeMap::load_with_docket(&**files.vfs(), radix, node_of)?;
    let fill = |old: Option<&NodeMap>| -> Option<(Vec<u8>, u64)> {
        let mut tree = Tree::over(old);
        let from = old.map_or(0, |map| map.tip().0 + 1);
        for rev in (from..=tip.0).map(Rev) {
            tree.insert(rev, &node_of(rev)?, &node_of)?;
        }
        let replaced = tree.replaced;
        Some((tree.bytes(), replaced))
    };
    let Some(tip_node) = node_of(tip) else {
        return Ok(());
    };
    if let Some((map, docket)) = &old {
        if map.tip() == tip {
            return Ok(());
        }
        if let Some((bytes, replaced)) = fill(Some(map)) {
            let unused = docket.unused() + replaced;
            let length = docket.data_length() + bytes.len() as u64;
            if length > unused * 10 {
                let name = data_name(radix, docket.uid());
                let on_disk = files.vfs().open(&name)?.map_or(Ok(0), |file| file.size())?;
                if on_disk == docket.data_length() {
                    files.write(&[Piece::Append(name, on_disk, bytes)])?;
                    let docket = Docket::new(docket.uid(), tip, tip_node, length, unused);
                    return files.replace(&[radix, b".n"].concat(), docket.to_bytes());
                }
            }
        }
    }
    let Some((bytes, _)) = fill(None) else {
        return Ok(());
    };
    let seed = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let seed = format!("{:?} {}", seed.unwrap_or_default(), std::process::id());
    let uid = hash::sha1(&[seed.as_bytes(), tip_node.as_bytes()]).to_hex()[..8].to_vec();
    let docket = Docket::new(&uid, tip, tip_node, bytes.len() as u64, 0);
    files.write(&[Piece::Append(data_name(radix, &uid), 0, bytes)])?;
    files.replace(&[radix, b".n"].concat(), docket.to_bytes())
}

fn data_name(radix: &[u8], uid: &[u8]) -> Vec<u8> {
    [radix, b"-", uid, b".nd"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Blob;

    #[test]
    fn trees_grow_and_find_every_node() {
        let nodes: Vec<Node> = (0..600u32)
            .map(|n| hash::sha1(&[&n.to_be_bytes()]))
            .collect();
        let node_of = |rev: Rev| nodes.get(rev.index()?).copied();
        let mut data = Vec::new();
        let mut map: Option<NodeMap> = None;
        for (from, to) in [(0, 1), (1, 2), (2, 250), (250, 251), (251, 600)] {
            let mut tree = Tree::over(map.as_ref());
            for rev in (from..to).map(Rev) {
                tree.insert(rev, &node_of(rev).unwrap(), &node_of).unwrap();
            }
            data.extend(tree.bytes());
            let grown = NodeMap::over(Blob::from(data.clone()), Rev(to - 1));
            for (rev, node) in nodes[..to as usize].iter().enumerate() {
                assert_eq!(grown.find(node), Ok(Some(Rev(rev as i32))));
            }
            map = Some(grown);
        }
    }
}

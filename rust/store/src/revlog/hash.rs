//! SHA-1, and how the hash that names a revision is made of it: with collision detection for what comes in, plainly for
//! what is stored already. Everything that hashes goes through here; comparing a hash with the index is the revlog's work.

use hyg_base::{Error, Node, Result};
use sha1::Digest;
use sha1dc::Hasher;

fn digest(parts: &[&[u8]]) -> Option<Node> {
    let mut hasher = Hasher::new();
    for part in parts {
        hasher.update(part);
    }
    let digest = hasher.finalize().ok()?;
    Node::from_slice(digest.as_ref())
}

/// The hash of the parts together, for names and cache keys. Bytes made to collide hash to the null node, which
/// nothing else does.
pub fn sha1(parts: &[&[u8]]) -> Node {
    digest(parts).unwrap_or(Node::NULL)
}

/// The node of a revision: the hash of both parents' nodes, the smaller first, and the text.
///
/// # Errors
/// [`hyg_base::ErrorId::CorruptRevision`] for a text that was made to collide.
pub fn revision_node(text: &[u8], parents: &[Node; 2]) -> Result<Node> {
    let [first, second] = in_order(parents);
    digest(&[first.as_bytes(), second.as_bytes(), text]).ok_or_else(made_to_collide)
}

/// The same for a text that comes from a store, which was looked at for collisions when it came there: several times
/// as fast (`docs/adr/0006-hashes-of-stored-texts.md`).
pub fn stored_node(text: &[u8], parents: &[Node; 2]) -> Node {
    let [first, second] = in_order(parents);
    let mut hasher = sha1::Sha1::new();
    hasher.update(first.as_bytes());
    hasher.update(second.as_bytes());
    hasher.update(text);
    Node(hasher.finalize().into())
}

/// The node of a text that comes in pieces, as [`revision_node`] has it.
#[derive(Debug)]
pub struct NodeHasher(Hasher);

impl NodeHasher {
    /// For a text with these parents.
    pub fn new(parents: &[Node; 2]) -> NodeHasher {
        let mut hasher = Hasher::new();
        for parent in in_order(parents) {
            hasher.update(parent.as_bytes());
        }
        NodeHasher(hasher)
    }

    /// The next piece.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The node.
    ///
    /// # Errors
    /// As [`revision_node`].
    pub fn finish(self) -> Result<Node> {
        let digest = self.0.finalize().ok();
        digest
            .and_then(|digest| Node::from_slice(digest.as_ref()))
            .ok_or_else(made_to_collide)
    }
}

/// The same for a text that comes from a store, as [`stored_node`] has it.
#[derive(Clone, Debug)]
pub struct StoredHasher(sha1::Sha1);

impl StoredHasher {
    /// For a text with these parents.
    pub fn new(parents: &[Node; 2]) -> StoredHasher {
        let mut hasher = sha1::Sha1::new();
        for parent in in_order(parents) {
            hasher.update(parent.as_bytes());
        }
        StoredHasher(hasher)
    }

    /// The next piece.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The node.
    pub fn finish(self) -> Node {
        Node(self.0.finalize().into())
    }
}

/// The hash that git gives a content that comes in pieces. Bytes made to collide hash to the null node.
#[derive(Debug)]
pub struct BlobHasher(Hasher);

impl BlobHasher {
    /// For a content of this length.
    pub fn new(len: u64) -> BlobHasher {
        let mut hasher = Hasher::new();
        hasher.update(format!("blob {len}\0").as_bytes());
        BlobHasher(hasher)
    }

    /// The next piece.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash.
    pub fn finish(self) -> Node {
        let digest = self.0.finalize().ok();
        digest
            .and_then(|digest| Node::from_slice(digest.as_ref()))
            .unwrap_or(Node::NULL)
    }
}

fn made_to_collide() -> Error {
    Error::new(hyg_base::ErrorId::CorruptRevision)
        .with("problem", "the text was made to collide with another")
}

fn in_order(parents: &[Node; 2]) -> [&Node; 2] {
    match parents[0] < parents[1] {
        true => [&parents[0], &parents[1]],
        false => [&parents[1], &parents[0]],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_digests() {
        assert_eq!(
            sha1(&[b"a", b"bc"]).to_string(),
            "a9993e364706816aba3e25717850c26c9cd0d89d"
        );
        // The empty file without parents, as every repository has it.
        let empty = revision_node(b"", &[Node::NULL, Node::NULL]).unwrap();
        assert_eq!(
            empty.to_string(),
            "b80de5d138758541c5f05265ad144ab9fa86d1db"
        );
    }

    #[test]
    fn parents_hash_in_order_of_their_nodes() {
        let (a, b) = (Node([1; 20]), Node([2; 20]));
        let node = revision_node(b"text", &[a, b]).unwrap();
        assert_eq!(revision_node(b"text", &[b, a]).unwrap(), node);
        assert_eq!(stored_node(b"text", &[a, b]), node);
        assert_eq!(stored_node(b"text", &[b, a]), node);
        assert_ne!(revision_node(b"text", &[a, Node::NULL]).unwrap(), node);
        let mut pieces = (NodeHasher::new(&[b, a]), StoredHasher::new(&[b, a]));
        for piece in [&b"te"[..], b"", b"xt"] {
            pieces.0.update(piece);
            pieces.1.update(piece);
        }
        assert_eq!(pieces.0.finish().unwrap(), node);
        assert_eq!(pieces.1.finish(), node);
    }
}

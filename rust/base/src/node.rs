//! Node identifiers (20-byte hashes), hexadecimal prefixes of them, and revision numbers.
//! Looking a prefix up in an index belongs to the store.

use std::fmt;

/// The hash that names a changeset, a manifest or a file revision.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node(pub [u8; 20]);

impl Node {
    /// The node of the empty revision.
    pub const NULL: Node = Node([0; 20]);
    /// The node that stands for the working directory.
    pub const WDIR: Node = Node([0xff; 20]);

    /// Reads a node from exactly 20 bytes.
    pub fn from_slice(bytes: &[u8]) -> Option<Node> {
        bytes.try_into().ok().map(Node)
    }

    /// Reads a node from exactly 40 hexadecimal digits of either case.
    pub fn from_hex(hex: &[u8]) -> Option<Node> {
        let hex: &[u8; 40] = hex.try_into().ok()?;
        let mut out = [0u8; 20];
        // Manifests are full of these: one look at the end instead of a branch for each digit.
        let mut seen = 0;
        for (byte, pair) in out.iter_mut().zip(hex.chunks_exact(2)) {
            let (high, low) = (DIGITS[usize::from(pair[0])], DIGITS[usize::from(pair[1])]);
            seen |= high | low;
            *byte = (high << 4) | (low & 15);
        }
        (seen < 16).then_some(Node(out))
    }

    /// The 40 lowercase hexadecimal digits.
    pub fn to_hex(&self) -> [u8; 40] {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut out = [0u8; 40];
        for (pair, byte) in out.chunks_exact_mut(2).zip(self.0) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        out
    }

    /// The raw bytes.
    pub fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }

    /// Whether this is the null node.
    pub fn is_null(&self) -> bool {
        *self == Node::NULL
    }

    /// The hexadecimal digit at `index` (0 to 39) as a number below 16.
    pub fn nybble(&self, index: usize) -> u8 {
        let byte = self.0[index / 2];
        if index.is_multiple_of(2) {
            byte >> 4
        } else {
            byte & 15
        }
    }
}

/// Values of hexadecimal digits; 255 for what is none.
static DIGITS: [u8; 256] = {
    let mut table = [255; 256];
    let mut value = 0;
    while value < 16 {
        table[b"0123456789abcdef"[value] as usize] = value as u8;
        table[b"0123456789ABCDEF"[value] as usize] = value as u8;
        value += 1;
    }
    table
};

fn digit(byte: u8) -> Option<u8> {
    let value = DIGITS[usize::from(byte)];
    (value < 16).then_some(value)
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.to_hex()).unwrap_or_default())
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Node({self})")
    }
}

/// Between 1 and 40 hexadecimal digits that a node may begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodePrefix {
    bytes: Node,
    len: u8,
}

impl NodePrefix {
    /// Reads a prefix; `None` where it is empty, too long or not hexadecimal.
    pub fn from_hex(hex: &[u8]) -> Option<NodePrefix> {
        if hex.is_empty() || hex.len() > 40 {
            return None;
        }
        let mut bytes = [0u8; 20];
        for (index, byte) in hex.iter().enumerate() {
            let value = digit(*byte)?;
            bytes[index / 2] |= if index.is_multiple_of(2) {
                value << 4
            } else {
                value
            };
        }
        Some(NodePrefix {
            bytes: Node(bytes),
            len: hex.len() as u8,
        })
    }

    /// How many hexadecimal digits the prefix has (never 0).
    #[expect(clippy::len_without_is_empty, reason = "a prefix is never empty")]
    pub fn len(&self) -> usize {
        usize::from(self.len)
    }

    /// The digit at `index` as a number below 16.
    pub fn nybble(&self, index: usize) -> u8 {
        self.bytes.nybble(index)
    }

    /// Whether `node` begins with this prefix.
    pub fn matches(&self, node: &Node) -> bool {
        let whole = self.len() / 2;
        self.bytes.0[..whole] == node.0[..whole]
            && (self.len().is_multiple_of(2)
                || self.nybble(self.len() - 1) == node.nybble(self.len() - 1))
    }

    /// The node itself, where the prefix has all 40 digits.
    pub fn as_node(&self) -> Option<Node> {
        (self.len == 40).then_some(self.bytes)
    }
}

/// A revision number: the position of a revision in its revlog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rev(pub i32);

impl Rev {
    /// The empty revision.
    pub const NULL: Rev = Rev(-1);
    /// The working directory.
    pub const WDIR: Rev = Rev(i32::MAX);

    /// The position as an index; `None` for the null revision.
    pub fn index(self) -> Option<usize> {
        usize::try_from(self.0).ok()
    }

    /// Whether this is the null revision.
    pub fn is_null(self) -> bool {
        self == Rev::NULL
    }
}

impl fmt::Display for Rev {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_round_trip_and_prefix() {
        let hex = b"0123456789abcdef0123456789abcdef01234567";
        let node = Node::from_hex(hex).unwrap();
        assert_eq!(&node.to_hex(), hex);
        assert!(NodePrefix::from_hex(b"01234").unwrap().matches(&node));
        assert!(!NodePrefix::from_hex(b"01235").unwrap().matches(&node));
        assert!(NodePrefix::from_hex(b"").is_none());
        assert!(NodePrefix::from_hex(b"xyz").is_none());
        assert_eq!(NodePrefix::from_hex(hex).unwrap().as_node(), Some(node));
    }
}

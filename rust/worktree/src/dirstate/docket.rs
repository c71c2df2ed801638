//! The docket of the second format: parents, the root of the tree, and the name of the data file
//! (`docs/formats/dirstate-v2.md`, "Docket"). The data file itself is read by `tree`.

use std::path::Path;

use hyg_base::{Error, Node, Result};

use super::build::Root;
use super::record::Children;

/// First bytes of a docket.
pub(crate) const MARKER: &[u8] = b"dirstate-v2\n";

/// Bytes before the identifier of the data file.
const HEADER_LEN: usize = 125;
const STORED_NODE_LEN: usize = 32;

/// A docket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Docket {
    pub(crate) parents: [Node; 2],
    pub(crate) root: Root,
    pub(crate) unreachable: u32,
    pub(crate) ignore_hash: [u8; 20],
    pub(crate) data_size: u32,
    /// Identifier of the data file; empty where there is none.
    pub(crate) uuid: Vec<u8>,
}

/// What a docket says of its data file, for who looks below the dirstate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocketFacts {
    /// How much of the data file is used.
    pub data_size: u32,
    /// Identifier of the data file; empty where there is none.
    pub uuid: Vec<u8>,
    /// Where the root nodes begin, and how many there are.
    pub root: (u32, u32),
    /// Nodes with an entry.
    pub entries: u32,
    /// Nodes with a copy source.
    pub copies: u32,
    /// Bytes that are no longer in use.
    pub unreachable: u32,
    /// Of the ignore patterns under which times of directories were recorded.
    pub ignore_hash: [u8; 20],
}

impl From<Docket> for DocketFacts {
    fn from(docket: Docket) -> DocketFacts {
        DocketFacts {
            data_size: docket.data_size,
            uuid: docket.uuid,
            root: (docket.root.children.start, docket.root.children.count),
            entries: docket.root.entries,
            copies: docket.root.copies,
            unreachable: docket.unreachable,
            ignore_hash: docket.ignore_hash,
        }
    }
}

impl Docket {
    /// The docket of a dirstate that was never written.
    pub(crate) fn empty() -> Docket {
        Docket {
            parents: [Node::NULL; 2],
            root: Root::default(),
            unreachable: 0,
            ignore_hash: [0; 20],
            data_size: 0,
            uuid: Vec::new(),
        }
    }

    /// Reads a docket that starts with [`MARKER`].
    pub(crate) fn parse(bytes: &[u8], file: &Path) -> Result<Docket> {
        let corrupt =
            |offset: usize, problem| Error::corrupt_file(file, problem).with("offset", offset);
        let Some((header, rest)) = bytes.split_at_checked(HEADER_LEN) else {
            return Err(corrupt(bytes.len(), "truncated docket"));
        };
        let Some(uuid) = rest.get(..usize::from(header[124])) else {
            return Err(corrupt(bytes.len(), "truncated docket"));
        };
        if !uuid
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
        {
            return Err(corrupt(HEADER_LEN, "illegal data file identifier"));
        }
        let number = |at: usize| {
            u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
        };
        let node = |at: usize| Node::from_slice(&header[at..at + 20]).unwrap_or(Node::NULL);
        let mut ignore_hash = [0; 20];
        ignore_hash.copy_from_slice(&header[100..120]);
        Ok(Docket {
            parents: [node(12), node(12 + STORED_NODE_LEN)],
            root: Root {
                children: Children {
                    start: number(76),
                    count: number(80),
                },
                entries: number(84),
                copies: number(88),
            },
            unreachable: number(92),
            ignore_hash,
            data_size: number(120),
            uuid: uuid.to_vec(),
        })
    }

    /// The bytes on disk.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut out = MARKER.to_vec();
        for parent in &self.parents {
            out.extend_from_slice(parent.as_bytes());
            out.resize(out.len() + STORED_NODE_LEN - 20, 0);
        }
        let root = &self.root;
        let numbers = [
            root.children.start,
            root.children.count,
            root.entries,
            root.copies,
        ];
        for number in numbers.into_iter().chain([self.unreachable, 0]) {
            out.extend_from_slice(&number.to_be_bytes());
        }
        out.extend_from_slice(&self.ignore_hash);
        out.extend_from_slice(&self.data_size.to_be_bytes());
        out.push(self.uuid.len() as u8);
        out.extend_from_slice(&self.uuid);
        out
    }

    /// Name of the data file.
    pub(crate) fn data_file(&self) -> String {
        format!("dirstate.{}", String::from_utf8_lossy(&self.uuid))
    }
}

#[cfg(test)]
mod tests {
    use hyg_base::ErrorId;

    use super::*;

    #[test]
    fn round_trip_and_truncation() {
        let docket = Docket {
            parents: [Node([1; 20]), Node::NULL],
            root: Root {
                children: Children { start: 5, count: 6 },
                entries: 7,
                copies: 8,
            },
            unreachable: 9,
            ignore_hash: [3; 20],
            data_size: 10,
            uuid: b"0badcafe".to_vec(),
        };
        let bytes = docket.to_bytes();
        let file = Path::new("dirstate");
        assert_eq!(Docket::parse(&bytes, file).unwrap(), docket);
        assert_eq!(docket.data_file(), "dirstate.0badcafe");
        for end in 0..bytes.len() {
            let error = Docket::parse(&bytes[..end], file).unwrap_err();
            assert_eq!(error.id(), ErrorId::CorruptFile);
        }
        let mut evil = bytes;
        evil[HEADER_LEN] = b'/';
        assert!(Docket::parse(&evil, file).is_err());
    }
}

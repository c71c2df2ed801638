//! What the targets share: input cut into parts, and a store held in memory.
//! What must hold for a parser is said in its target.

use std::collections::BTreeMap;
use std::path::PathBuf;

use hyg_base::{Node, Result};
use hyg_store::Blob;
use hyg_store::revlog::hash::revision_node;
use hyg_store::vfs::{DirEntry, ReadAt, Vfs};

/// Cuts input into parts: each but the last is preceded by its length, two bytes big endian.
pub fn parts<const N: usize>(mut data: &[u8]) -> [&[u8]; N] {
    let mut found = [&[][..]; N];
    for part in &mut found[..N - 1] {
        if let Some((len, rest)) = data.split_first_chunk::<2>() {
            let len = usize::from(u16::from_be_bytes(*len)).min(rest.len());
            (*part, data) = rest.split_at(len);
        }
    }
    found[N - 1] = data;
    found
}

/// Files in memory.
pub struct MemoryVfs(BTreeMap<Vec<u8>, Vec<u8>>);

impl MemoryVfs {
    /// These files.
    pub fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> MemoryVfs {
        let owned = |(name, data): (&str, &[u8])| (name.as_bytes().to_vec(), data.to_vec());
        MemoryVfs(files.into_iter().map(owned).collect())
    }
}

struct MemoryFile(Vec<u8>);

impl ReadAt for MemoryFile {
    fn read_at(&self, offset: u64, len: usize) -> Result<Vec<u8>> {
        let start = usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(self.0.len());
        let end = start.saturating_add(len).min(self.0.len());
        Ok(self.0[start..end].to_vec())
    }
    fn size(&self) -> Result<u64> {
        Ok(self.0.len() as u64)
    }
}

impl Vfs for MemoryVfs {
    fn path(&self, name: &[u8]) -> PathBuf {
        PathBuf::from(String::from_utf8_lossy(name).into_owned())
    }
    fn read(&self, name: &[u8]) -> Result<Option<Blob>> {
        Ok(self.0.get(name).map(|data| Blob::from(data.clone())))
    }
    fn map(&self, name: &[u8]) -> Result<Option<Blob>> {
        self.read(name)
    }
    fn open(&self, name: &[u8]) -> Result<Option<Box<dyn ReadAt>>> {
        let file = |data: &Vec<u8>| Box::new(MemoryFile(data.clone())) as Box<dyn ReadAt>;
        Ok(self.0.get(name).map(file))
    }
    fn list(&self, _name: &[u8]) -> Result<Option<Vec<DirEntry>>> {
        Ok(None)
    }
}

/// An entry of an inline index: parents, node, and a chunk that stands for a text of `len` bytes.
pub struct Row<'a> {
    /// Parents.
    pub parents: [i32; 2],
    /// First bytes of the node; the others are zero.
    pub node: u32,
    /// Size of the text.
    pub len: u32,
    /// The chunk.
    pub chunk: &'a [u8],
}

/// An inline index with general deltas, each revision a text of its own.
pub fn index(rows: &[Row<'_>]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut offset = 0_u64;
    for (rev, row) in rows.iter().enumerate() {
        let mut entry = (offset << 16).to_be_bytes();
        if rev == 0 {
            entry[..4].copy_from_slice(&[0, 3, 0, 1]);
        }
        out.extend(entry);
        let numbers = [
            row.chunk.len() as i32,
            row.len as i32,
            rev as i32,
            rev as i32,
        ];
        for number in numbers.into_iter().chain(row.parents) {
            out.extend(number.to_be_bytes());
        }
        out.extend(row.node.to_be_bytes());
        out.extend([0; 28]);
        out.extend(row.chunk);
        offset += row.chunk.len() as u64;
    }
    out
}

/// An inline index with a revision for each text, each on top of the one before, and their nodes.
pub fn history(texts: &[Vec<u8>]) -> (Vec<u8>, Vec<Node>) {
    let chunks: Vec<Vec<u8>> = texts
        .iter()
        .map(|text| [b"u", &text[..]].concat())
        .collect();
    let rows: Vec<Row<'_>> = (0..)
        .zip(texts.iter().zip(&chunks))
        .map(|(rev, (text, chunk))| Row {
            parents: [rev - 1, -1],
            node: 0,
            len: text.len() as u32,
            chunk,
        })
        .collect();
    let mut data = index(&rows);
    let (mut nodes, mut at) = (Vec::new(), 32);
    for (text, chunk) in texts.iter().zip(&chunks) {
        let parent = nodes.last().copied().unwrap_or(Node::NULL);
        let node = revision_node(text, &[parent, Node::NULL]).unwrap();
        data[at..at + 20].copy_from_slice(node.as_bytes());
        at += 64 + chunk.len();
        nodes.push(node);
    }
    (data, nodes)
}

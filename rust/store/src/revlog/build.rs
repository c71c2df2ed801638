//! Builds revlog files by hand, honest and hostile ones. Tests only.

use hyg_base::Node;

use super::hash::revision_node;
use super::index::ENTRY_SIZE;

/// One revision to build.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) chunk: Vec<u8>,
    pub(crate) text_len: i32,
    /// `None`: the revision itself.
    pub(crate) base: Option<i32>,
    pub(crate) parents: [i32; 2],
    pub(crate) node: Node,
    pub(crate) flags: u16,
    pub(crate) link: i32,
}

impl Row {
    /// A whole text without parents.
    pub(crate) fn text(text: &[u8]) -> Row {
        let mut chunk = b"u".to_vec();
        chunk.extend_from_slice(text);
        Row {
            chunk,
            text_len: text.len() as i32,
            base: None,
            parents: [-1, -1],
            node: revision_node(text, &[Node::NULL; 2]).unwrap(),
            flags: 0,
            link: 0,
        }
    }

    /// A delta of one hunk against `base`, with the text it makes.
    pub(crate) fn delta(base: i32, (start, end): (u32, u32), data: &[u8], text: &[u8]) -> Row {
        let mut chunk = Vec::new();
        for number in [start, end, data.len() as u32] {
            chunk.extend_from_slice(&number.to_be_bytes());
        }
        chunk.extend_from_slice(data);
        if chunk[0] != 0 {
            chunk.insert(0, b'u');
        }
        Row {
            chunk,
            base: Some(base),
            ..Row::text(text)
        }
    }

    fn entry(&self, rev: usize, offset: usize, header: u32) -> [u8; ENTRY_SIZE] {
        let mut raw = [0; ENTRY_SIZE];
        let place = ((offset as u64) << 16) | u64::from(self.flags);
        raw[..8].copy_from_slice(&place.to_be_bytes());
        if rev == 0 {
            raw[..4].copy_from_slice(&header.to_be_bytes());
        }
        let numbers = [
            self.chunk.len() as i32,
            self.text_len,
            self.base.unwrap_or(rev as i32),
            self.link,
            self.parents[0],
            self.parents[1],
        ];
        for (index, number) in numbers.into_iter().enumerate() {
            let at = 8 + 4 * index;
            raw[at..at + 4].copy_from_slice(&number.to_be_bytes());
        }
        raw[32..52].copy_from_slice(self.node.as_bytes());
        raw
    }
}

/// Index and data of a split revlog.
pub(crate) fn split_index(rows: &[Row], header: u32) -> (Vec<u8>, Vec<u8>) {
    let (mut index, mut data) = (Vec::new(), Vec::new());
    for (rev, row) in rows.iter().enumerate() {
        index.extend_from_slice(&row.entry(rev, data.len(), header));
        data.extend_from_slice(&row.chunk);
    }
    (index, data)
}

/// The one file of an inline revlog.
pub(crate) fn inline_index(rows: &[Row], header: u32) -> Vec<u8> {
    let (mut index, mut offset) = (Vec::new(), 0);
    for (rev, row) in rows.iter().enumerate() {
        index.extend_from_slice(&row.entry(rev, offset, header | 0x0001_0000));
        index.extend_from_slice(&row.chunk);
        offset += row.chunk.len();
    }
    index
}

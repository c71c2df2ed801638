//! The index of a version 1 revlog, read in place (format: `docs/formats/revlog.md`).
//! What the entries point to, texts and data files, is not looked at here.

use hyg_base::{Error, ErrorId, Node, Result, Rev};

use crate::Blob;

/// Size of an entry.
pub const ENTRY_SIZE: usize = 64;

const INLINE: u32 = 1 << 16;
const GENERAL_DELTA: u32 = 1 << 17;
const FILELOG_META: u32 = 1 << 18;
const DELTA_INFO: u32 = 1 << 19;
const KNOWN_FLAGS: u32 = INLINE | GENERAL_DELTA | FILELOG_META | DELTA_INFO;

/// The first four bytes of an index: version and flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header(u32);

impl Header {
    /// The header of a new version 1 revlog.
    pub(crate) fn new(
        inline: bool,
        general_delta: bool,
        filelog_meta: bool,
        delta_info: bool,
    ) -> Header {
        let flag = |set: bool, flag: u32| if set { flag } else { 0 };
        Header(
            1 | flag(inline, INLINE)
                | flag(general_delta, GENERAL_DELTA)
                | flag(filelog_meta, FILELOG_META)
                | flag(delta_info, DELTA_INFO),
        )
    }

    /// The same without data between the entries.
    pub(crate) fn split(self) -> Header {
        Header(self.0 & !INLINE)
    }

    /// Version and flags in one number.
    pub fn bits(self) -> u32 {
        self.0
    }

    /// As it is written.
    pub(crate) fn to_bytes(self) -> [u8; 4] {
        self.0.to_be_bytes()
    }

    fn read(data: &[u8]) -> Result<Header> {
        let Some(bytes) = data.first_chunk::<4>() else {
            return Err(corrupt("the header is cut short", 0));
        };
        let header = Header(u32::from_be_bytes(*bytes));
        let (version, flags) = (header.0 & 0xffff, header.0 & !0xffff);
        match version {
            0 => Err(Error::new(ErrorId::Unsupported).with("feature", "revlogv0")),
            1 if flags & !KNOWN_FLAGS != 0 => Err(corrupt("unknown flags", 0)
                .with("flags", i64::from(flags >> 16))
                .with("version", 1)),
            1 => Ok(header),
            _ => Err(corrupt("unknown version", 0).with("version", i64::from(version))),
        }
    }

    /// Whether data lies between the entries.
    pub fn is_inline(self) -> bool {
        self.0 & INLINE != 0
    }

    /// Whether deltas name their base themselves (else it is the revision before).
    pub fn has_general_delta(self) -> bool {
        self.0 & GENERAL_DELTA != 0
    }

    /// Whether a flag of each entry says if the text begins with metadata.
    pub fn has_filelog_meta(self) -> bool {
        self.0 & FILELOG_META != 0
    }

    /// Whether flags of entries describe their delta.
    pub fn has_delta_info(self) -> bool {
        self.0 & DELTA_INFO != 0
    }
}

/// An index: entries by revision number.
#[derive(Clone, Debug)]
pub struct Index {
    data: Blob,
    header: Header,
    len: usize,
    /// Where entries begin, for inline indexes only.
    starts: Option<Vec<usize>>,
    /// Entries that are not in `data`: appended since it was read.
    tail: Vec<[u8; ENTRY_SIZE]>,
}

impl Index {
    /// Takes the bytes of an index file; an empty file is an empty index.
    ///
    /// # Errors
    /// [`ErrorId::CorruptIndex`] (facts `problem`, `offset`) where the file is not a whole number of entries or begins
    /// with an unknown version or flag; [`ErrorId::Unsupported`] for version 0.
    pub fn parse(data: Blob) -> Result<Index> {
        if data.is_empty() {
            return Ok(Index {
                data,
                header: Header(1 | GENERAL_DELTA),
                len: 0,
                starts: None,
                tail: Vec::new(),
            });
        }
        let header = Header::read(&data)?;
        let starts = match header.is_inline() {
            true => Some(scan(&data)?),
            false if !data.len().is_multiple_of(ENTRY_SIZE) => {
                let end = data.len() - data.len() % ENTRY_SIZE;
                return Err(corrupt("the last entry is cut short", end));
            }
            false => None,
        };
        let len = starts.as_ref().map_or(data.len() / ENTRY_SIZE, Vec::len);
        if i32::try_from(len).is_err() {
            return Err(corrupt("too many entries", 0));
        }
        Ok(Index {
            data,
            header,
            len,
            starts,
            tail: Vec::new(),
        })
    }

    /// Adds an entry, without the header even if it is the first.
    pub(crate) fn push(&mut self, entry: [u8; ENTRY_SIZE]) {
        self.tail.push(entry);
        self.len += 1;
    }

    /// Decides what a revlog without revisions is like.
    pub(crate) fn set_header(&mut self, header: Header) {
        self.header = header;
    }

    /// The raw entry of a revision; the first one without the header.
    pub(crate) fn raw(&self, rev: Rev) -> Option<[u8; ENTRY_SIZE]> {
        let mut raw = *self.entry(rev)?.raw;
        if rev == Rev(0) {
            raw[..4].fill(0);
        }
        Some(raw)
    }

    /// Version and flags.
    pub fn header(&self) -> Header {
        self.header
    }

    /// How many revisions there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The whole file.
    pub fn data(&self) -> &Blob {
        &self.data
    }

    /// Where the entry of a revision begins in the file; `None` also for those appended since it was read.
    pub fn offset(&self, rev: Rev) -> Option<usize> {
        let old = self.len - self.tail.len();
        let index = rev.index().filter(|index| *index < old)?;
        match &self.starts {
            Some(starts) => starts.get(index).copied(),
            None => Some(index * ENTRY_SIZE),
        }
    }

    /// The entry of a revision.
    pub fn entry(&self, rev: Rev) -> Option<Entry<'_>> {
        let old = self.len - self.tail.len();
        if let Some(raw) = rev
            .index()
            .and_then(|at| self.tail.get(at.checked_sub(old)?))
        {
            return Some(Entry { raw, rev });
        }
        let start = self.offset(rev)?;
        let raw = self.data.get(start..)?.first_chunk()?;
        Some(Entry { raw, rev })
    }

    /// Nodes with their revisions, from `from` up to but without `to`, newest first.
    pub fn nodes_back(&self, from: usize, to: usize) -> impl Iterator<Item = (Rev, &[u8; 20])> {
        let to = to.min(self.len);
        (from.min(to)..to).rev().filter_map(|index| {
            let rev = Rev(i32::try_from(index).ok()?);
            Some((rev, self.entry(rev)?.node_bytes()))
        })
    }
}

/// Finds where entries begin when data lies between them.
fn scan(data: &[u8]) -> Result<Vec<usize>> {
    let mut starts = Vec::new();
    let mut start = 0;
    while start < data.len() {
        let Some(raw) = data[start..].first_chunk::<ENTRY_SIZE>() else {
            return Err(corrupt("the last entry is cut short", start));
        };
        let rev = Rev(i32::try_from(starts.len()).unwrap_or(i32::MAX));
        let stored = Entry { raw, rev }.compressed_len();
        let Ok(stored) = usize::try_from(stored) else {
            return Err(corrupt("the length of a chunk is negative", start));
        };
        starts.push(start);
        start += ENTRY_SIZE + stored;
    }
    match start == data.len() {
        true => Ok(starts),
        false => Err(corrupt(
            "the last chunk is cut short",
            starts.last().copied().unwrap_or(0),
        )),
    }
}

pub(crate) fn corrupt(problem: &'static str, offset: usize) -> Error {
    Error::new(ErrorId::CorruptIndex)
        .with("problem", problem)
        .with("offset", offset)
}

/// One entry, read in place.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    raw: &'a [u8; ENTRY_SIZE],
    rev: Rev,
}

/// What an entry says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields {
    pub(crate) data_offset: u64,
    pub(crate) flags: u16,
    pub(crate) stored: i32,
    pub(crate) text: i32,
    pub(crate) base: Rev,
    pub(crate) link: Rev,
    pub(crate) parents: [Rev; 2],
    pub(crate) node: Node,
}

impl Fields {
    /// The entry, without the header even if it is the first.
    pub(crate) fn pack(&self) -> [u8; ENTRY_SIZE] {
        let mut raw = [0; ENTRY_SIZE];
        let place = (self.data_offset << 16) | u64::from(self.flags);
        raw[..8].copy_from_slice(&place.to_be_bytes());
        let [first, second] = self.parents;
        let numbers = [
            self.stored,
            self.text,
            self.base.0,
            self.link.0,
            first.0,
            second.0,
        ];
        for (number, place) in numbers.iter().zip(raw[8..32].chunks_exact_mut(4)) {
            place.copy_from_slice(&number.to_be_bytes());
        }
        raw[32..52].copy_from_slice(self.node.as_bytes());
        raw
    }
}

impl<'a> Entry<'a> {
    fn number(&self, at: usize) -> i32 {
        let raw = self.raw;
        i32::from_be_bytes([raw[at], raw[at + 1], raw[at + 2], raw[at + 3]])
    }

    /// The revision.
    pub fn rev(&self) -> Rev {
        self.rev
    }

    /// Where the chunk lies in the data, not counting entries between chunks.
    pub fn data_offset(&self) -> u64 {
        let mut bytes = [0; 8];
        bytes[2..].copy_from_slice(&self.raw[..6]);
        if self.rev == Rev(0) {
            // The header overlaps the first four bytes.
            bytes[..6].fill(0);
        }
        u64::from_be_bytes(bytes)
    }

    /// Flags that change how the text is read, or describe it.
    pub fn flags(&self) -> u16 {
        u16::from_be_bytes([self.raw[6], self.raw[7]])
    }

    /// Length of the chunk as stored.
    pub fn compressed_len(&self) -> i32 {
        self.number(8)
    }

    /// Length of the text; negative where it is not known.
    pub fn uncompressed_len(&self) -> i32 {
        self.number(12)
    }

    /// What the delta base field says: the base itself, or the start of the chain without general delta.
    pub fn base(&self) -> Rev {
        Rev(self.number(16))
    }

    /// The changeset that introduced the revision.
    pub fn link_rev(&self) -> Rev {
        Rev(self.number(20))
    }

    /// The parents as stored, not checked.
    pub fn parents(&self) -> [Rev; 2] {
        [Rev(self.number(24)), Rev(self.number(28))]
    }

    /// The node in place.
    pub fn node_bytes(&self) -> &'a [u8; 20] {
        let (_, rest) = self.raw.split_at(32);
        rest.first_chunk().unwrap_or(&[0; 20])
    }

    /// The node.
    pub fn node(&self) -> Node {
        Node(*self.node_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::revlog::build::{Row, inline_index, split_index};
    use hyg_base::Fact;
    use proptest::prelude::*;

    fn refuse(data: Vec<u8>) -> Error {
        Index::parse(data.into()).unwrap_err()
    }

    #[test]
    fn split_and_inline_give_the_same_entries() {
        let rows = [Row::text(b"first"), Row::text(b"second text")];
        let (index, _) = split_index(&rows, 0x0002_0001);
        let split = Index::parse(index.into()).unwrap();
        let inline = Index::parse(inline_index(&rows, 0x0002_0001).into()).unwrap();
        assert!(inline.header().is_inline() && !split.header().is_inline());
        assert!(inline.header().has_general_delta());
        for rev in [Rev(0), Rev(1)] {
            let (a, b) = (split.entry(rev).unwrap(), inline.entry(rev).unwrap());
            assert_eq!(a.node(), b.node());
            assert_eq!(a.data_offset(), b.data_offset());
            assert_eq!(a.uncompressed_len(), b.uncompressed_len());
        }
        assert_eq!(inline.offset(Rev(1)), Some(64 + 6));
        assert!(split.entry(Rev(2)).is_none() && split.entry(Rev::NULL).is_none());
        assert!(Index::parse(Blob::default()).unwrap().is_empty());
    }

    #[test]
    fn truncation_is_named_with_its_place() {
        let rows = [Row::text(b"first"), Row::text(b"second text")];
        let inline = inline_index(&rows, 1);
        let (split, _) = split_index(&rows, 1);
        let cases = [
            (split[..100].to_vec(), "the last entry is cut short", 64),
            (inline[..100].to_vec(), "the last entry is cut short", 70),
            (
                inline[..inline.len() - 1].to_vec(),
                "the last chunk is cut short",
                70,
            ),
            (split[..3].to_vec(), "the header is cut short", 0),
        ];
        for (data, problem, offset) in cases {
            let error = refuse(data);
            assert_eq!(error.id(), ErrorId::CorruptIndex);
            assert_eq!(error.fact("problem"), Some(&Fact::from(problem)));
            assert_eq!(error.fact("offset"), Some(&Fact::Int(offset)));
        }
    }

    #[test]
    fn negative_chunk_lengths_unknown_versions_and_flags() {
        let mut inline = inline_index(&[Row::text(b"first")], 1);
        inline[8] = 0xff;
        let error = refuse(inline);
        assert_eq!(
            error.fact("problem"),
            Some(&Fact::from("the length of a chunk is negative"))
        );
        let (mut split, _) = split_index(&[Row::text(b"first")], 1);
        split[1] = 0x10;
        let error = refuse(split.clone());
        assert_eq!(error.fact("flags"), Some(&Fact::Int(0x10)));
        split[..4].copy_from_slice(&[0, 0, 0xde, 0xad]);
        assert_eq!(
            refuse(split.clone()).fact("version"),
            Some(&Fact::Int(0xdead))
        );
        split[..4].fill(0);
        assert_eq!(refuse(split).id(), ErrorId::Unsupported);
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(inline: bool, tail in proptest::collection::vec(prop_oneof![3 => Just(0u8), 1 => any::<u8>()], 0..400)) {
            let data = [&[0, u8::from(inline), 0, 1], tail.as_slice()].concat();
            if let Ok(index) = Index::parse(data.into()) {
                for rev in -2..index.len() as i32 + 2 {
                    prop_assert_eq!(index.entry(Rev(rev)).is_some(), rev >= 0 && rev < index.len() as i32);
                }
            }
        }
    }
}

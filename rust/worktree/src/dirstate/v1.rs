//! The first format: a flat list of entries (`docs/formats/dirstate-v1.md`), read into a tree whose paths stay where they
//! are, and rewritten by changing single entries in place. Locks and files belong to `store_fixes`.

use std::path::Path;

use hyg_base::{Error, Node, Result};

use super::build::{Root, TreeBuilder, to_u32};
use super::record::{RECORD_LEN, Record};
use super::tree::{is_path, tree_order};
use crate::Entry;

/// Bytes before the first entry: two nodes.
pub(crate) const PARENTS_LEN: usize = 40;
/// Bytes of an entry before its path.
pub(crate) const ENTRY_LEN: usize = 17;

/// A dirstate of the first format, taken apart.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) parents: [Node; 2],
    pub(crate) root: Root,
    /// The nodes made for it; paths and copy sources point into the file.
    pub(crate) nodes: Vec<u8>,
}

/// Where path and copy source of an entry lie.
#[derive(Clone, Copy, Debug)]
struct Place {
    start: u32,
    path_len: u16,
    copy_len: u16,
}

impl Place {
    fn path(self, data: &[u8]) -> &[u8] {
        let start = self.start as usize;
        &data[start..start + usize::from(self.path_len)]
    }
}

/// Takes a dirstate apart.
pub(crate) fn parse(data: &[u8], file: &Path) -> Result<Parsed> {
    if data.is_empty() {
        return Ok(Parsed {
            parents: [Node::NULL; 2],
            root: Root::default(),
            nodes: Vec::new(),
        });
    }
    let corrupt =
        |offset: usize, problem| Error::corrupt_file(file, problem).with("offset", offset);
    let parents = match (data.get(..20), data.get(20..PARENTS_LEN)) {
        (Some(p1), Some(p2)) => [p1, p2].map(|node| Node::from_slice(node).unwrap_or(Node::NULL)),
        _ => return Err(corrupt(data.len(), "truncated parents")),
    };
    to_u32(data.len())?;
    let mut places = Vec::new();
    let mut offset = PARENTS_LEN;
    while offset < data.len() {
        let place = place_at(data, offset).map_err(|problem| corrupt(offset, problem))?;
        offset = place.start as usize + usize::from(place.path_len);
        if place.copy_len > 0 {
            offset += usize::from(place.copy_len) + 1;
        }
        places.push(place);
    }
    // Of two entries with one path the later counts.
    let order = |a: &Place, b: &Place| tree_order(a.path(data), b.path(data));
    if !places.is_sorted_by(|a, b| order(a, b).is_lt()) {
        places.sort_by(order);
        places.reverse();
        places.dedup_by(|a, b| a.path(data) == b.path(data));
        places.reverse();
    }
    let (nodes, root) = tree_of(data, &places)?;
    Ok(Parsed {
        parents,
        root,
        nodes,
    })
}

fn tree_of(data: &[u8], places: &[Place]) -> Result<(Vec<u8>, Root)> {
    let mut builder = TreeBuilder::with_capacity(places.len() * (RECORD_LEN + RECORD_LEN / 8));
    for place in places {
        let mut record = Record {
            path_start: place.start,
            copy_len: place.copy_len,
            ..Record::default()
        };
        if place.copy_len > 0 {
            record.copy_start = place.start + u32::from(place.path_len) + 1;
        }
        if let Some(entry) = entry_at(data, place.start as usize) {
            record.set_entry(&entry);
        }
        builder.push(place.path(data), record)?;
    }
    builder.finish()
}

fn place_at(data: &[u8], offset: usize) -> Result<Place, &'static str> {
    let start = offset + ENTRY_LEN;
    let header = data.get(offset..start).ok_or("truncated entry")?;
    let len = i32::from_be_bytes([header[13], header[14], header[15], header[16]]);
    let len = usize::try_from(len).map_err(|_| "negative path length")?;
    let text = data
        .get(start..)
        .and_then(|rest| rest.get(..len))
        .ok_or("path past the end")?;
    let path_len = text.iter().position(|byte| *byte == 0).unwrap_or(len);
    if !is_path(&text[..path_len]) {
        return Err("illegal path");
    }
    if len > path_len && len == path_len + 1 {
        return Err("empty copy source");
    }
    entry_at(data, start).ok_or("unknown state")?;
    let short = |len: usize| u16::try_from(len).map_err(|_| "path too long");
    Ok(Place {
        start: u32::try_from(start).map_err(|_| "file too large")?,
        path_len: short(path_len)?,
        copy_len: short(len.saturating_sub(path_len + 1))?,
    })
}

/// The entry whose path starts at `path_start`.
pub(crate) fn entry_at(data: &[u8], path_start: usize) -> Option<Entry> {
    let header = data.get(path_start.checked_sub(ENTRY_LEN)?..path_start)?;
    let number = |at: usize| {
        i32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
    };
    Entry::from_v1(header[0], number(1), number(5), number(9))
}

/// Appends an entry to `out`.
pub(crate) fn append_entry(out: &mut Vec<u8>, path: &[u8], entry: &Entry, copy: Option<&[u8]>) {
    let copy_len = copy.map_or(0, |copy| copy.len() + 1);
    out.push(entry.state());
    for number in [entry.v1_mode(), entry.v1_size(), entry.v1_mtime()] {
        out.extend_from_slice(&number.to_be_bytes());
    }
    out.extend_from_slice(&((path.len() + copy_len) as u32).to_be_bytes());
    out.extend_from_slice(path);
    if let Some(copy) = copy {
        out.push(0);
        out.extend_from_slice(copy);
    }
}

/// A copy of `data` in which the entries whose paths start at the given places have new facts and no copy source.
/// `changes` must be sorted by place and name existing entries.
pub(crate) fn replace_entries(data: &[u8], changes: &[(u32, Entry)]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(data.len());
    let mut done = 0;
    for (path_start, entry) in changes {
        let offset = (*path_start as usize).checked_sub(ENTRY_LEN)?;
        let place = place_at(data, offset).ok()?;
        let path = place.path(data);
        out.extend_from_slice(data.get(done..offset)?);
        append_entry(&mut out, path, entry, None);
        done = place.start as usize + path.len();
        if place.copy_len > 0 {
            done += usize::from(place.copy_len) + 1;
        }
    }
    out.extend_from_slice(data.get(done..)?);
    Some(out)
}

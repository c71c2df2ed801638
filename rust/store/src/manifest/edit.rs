//! Makes a manifest text of another one: lines are replaced, added or left out, and the delta comes along for nothing.
//! Which files change is the commit's matter; writing directories of a tree is done in `hyg-core`.

use std::cmp::Ordering;

use hyg_base::Result;

use super::FileEntry;
use super::lines::read_line;

/// A change to one name: what it has now, or `None` where it is gone.
pub type Edit<'a> = (&'a [u8], Option<FileEntry>);

/// A text after its edits.
#[derive(Debug, PartialEq, Eq)]
pub struct Edited {
    /// The new text.
    pub text: Vec<u8>,
    /// The delta from the old one.
    pub delta: Vec<u8>,
}

/// Where the line of `path` is or would be: its start and its end.
fn place(text: &[u8], from: usize, path: &[u8]) -> Result<(usize, usize)> {
    let (mut low, mut high) = (from, text.len());
    while low < high {
        let middle = low.midpoint(high);
        let start = memchr::memrchr(b'\n', &text[low..middle]).map_or(low, |at| low + at + 1);
        let (line, next) = read_line(text, start)?;
        match line.path().as_bytes().cmp(path) {
            Ordering::Equal => return Ok((start, next)),
            Ordering::Less => low = next,
            Ordering::Greater => high = start,
        }
    }
    Ok((low, low))
}

/// Applies edits, which are sorted and name nothing twice.
///
/// # Errors
/// [`hyg_base::ErrorId::CorruptRevision`] (facts `problem`, `offset`) for a malformed line on the way.
pub fn edit(old: &[u8], edits: &[Edit<'_>]) -> Result<Edited> {
    let mut text = Vec::with_capacity(old.len() + edits.len() * 80);
    // Stretches of the old text with what takes their place, as positions in the new one.
    let mut hunks: Vec<(usize, usize, usize, usize)> = Vec::new();
    let mut done = 0;
    for (path, entry) in edits {
        let (start, end) = place(old, done, path)?;
        text.extend_from_slice(&old[done..start]);
        let before = text.len();
        if let Some(entry) = entry {
            text.extend_from_slice(path);
            text.push(0);
            text.extend_from_slice(&entry.node.to_hex());
            text.extend_from_slice(entry.flags.as_str().as_bytes());
            text.push(b'\n');
        }
        done = end;
        if text[before..] == old[start..end] {
            continue;
        }
        match hunks.last_mut() {
            Some(last) if last.1 == start && last.3 == before => {
                (last.1, last.3) = (end, text.len())
            }
            _ => hunks.push((start, end, before, text.len())),
        }
    }
    text.extend_from_slice(&old[done..]);
    let mut delta = Vec::new();
    for (start, end, from, to) in hunks {
        for number in [start, end, to - from] {
            delta.extend_from_slice(&(number as u32).to_be_bytes());
        }
        delta.extend_from_slice(&text[from..to]);
    }
    Ok(Edited { text, delta })
}

#[cfg(test)]
mod tests {
    use super::super::Flags;
    use super::*;
    use hyg_base::Node;
    use hyg_text::patch::apply;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    type Files = BTreeMap<Vec<u8>, Option<FileEntry>>;

    fn files(most: usize) -> impl Strategy<Value = Files> {
        let entry = (0u8..3, 0u8..3).prop_map(|(node, flag)| match flag {
            0 => None,
            flag => Some(FileEntry {
                node: Node([node; 20]),
                flags: if flag == 1 { Flags::NONE } else { Flags::EXEC },
            }),
        });
        proptest::collection::btree_map("[a-c/]{1,4}".prop_map(String::into_bytes), entry, 0..most)
    }

    fn edits(files: &Files) -> Vec<Edit<'_>> {
        files
            .iter()
            .map(|(path, entry)| (path.as_slice(), *entry))
            .collect()
    }

    proptest! {
        #[test]
        fn edits_are_what_a_map_would_do(old in files(20), new in files(12)) {
            let text = edit(b"", &edits(&old)).unwrap().text;
            let edited = edit(&text, &edits(&new)).unwrap();
            let mut both = old.clone();
            both.extend(new.clone());
            prop_assert_eq!(&edited.text, &edit(b"", &edits(&both)).unwrap().text);
            prop_assert_eq!(apply(&text, &[&edited.delta], edited.text.len()).unwrap(), edited.text.clone());
            prop_assert_eq!(edited.delta.is_empty(), edited.text == text);
        }
    }
}

//! Of an unfinished merge the two changesets, as long as a file is unresolved (`docs/formats/mergestate.md`).
//! The states of single files are for Python, which resolves them.

use std::path::Path;

use hyg_base::{Error, ErrorId, Node, Result};

use super::read_file;

const LOCAL: u8 = b'L';
const OTHER: u8 = b'O';
const FILE: u8 = b'F';
/// Says that the real type is the first byte of the content.
const OVERRIDE: u8 = b't';
/// Records of one file.
const OF_FILES: &[u8] = b"FCPDR";
/// Other records that a reader has to know; those in lower case may be passed over.
const MANDATORY: &[u8] = b"LO";

/// A record: its type, and its content.
type Record = (u8, Vec<u8>);

/// The changesets of a merge in which some file is unresolved.
///
/// # Errors
/// [`ErrorId::CorruptFile`] for a record that is cut off; [`ErrorId::Unsupported`] for one of an unknown type that must
/// not be passed over; [`ErrorId::Io`].
pub(super) fn unresolved_sides(dot_hg: &Path, parents: [Node; 2]) -> Result<Vec<Node>> {
    let (sides, unresolved) = read(dot_hg, parents)?;
    match unresolved {
        0 => Ok(Vec::new()),
        _ => Ok(sides.into_iter().flatten().collect()),
    }
}

/// How many files of a merge are unresolved.
///
/// # Errors
/// As [`unresolved_sides`].
pub fn unresolved_count(dot_hg: &Path, parents: [Node; 2]) -> Result<usize> {
    Ok(read(dot_hg, parents)?.1)
}

/// The sides of a merge, and how many of its files are unresolved.
fn read(dot_hg: &Path, parents: [Node; 2]) -> Result<([Option<Node>; 2], usize)> {
    let directory = dot_hg.join("merge");
    let old = parse_old(&read_file(&directory.join("state"))?);
    let path = directory.join("state2");
    let mut records = parse(&read_file(&path)?, &path)?;
    if !agree(&old, &records) {
        // Written by a program that knows the old format only, which does not name the other side.
        let [first, second] = parents;
        let other = if second == Node::NULL { first } else { second };
        records = old;
        records.push((OTHER, other.to_hex().to_vec()));
    }
    let mut sides = [None, None];
    let mut states: Vec<(&[u8], bool)> = Vec::new();
    for (kind, content) in &records {
        match *kind {
            LOCAL => sides[0] = Node::from_hex(content),
            OTHER => sides[1] = Node::from_hex(content),
            kind if OF_FILES.contains(&kind) => {
                let mut fields = content.split(|byte| *byte == 0);
                let (name, state) = (fields.next().unwrap_or_default(), fields.next());
                if state != Some(b"o") {
                    states.retain(|(known, _)| *known != name);
                    states.push((name, matches!(state, Some(b"u" | b"pu"))));
                }
            }
            kind if !kind.is_ascii_lowercase() && !MANDATORY.contains(&kind) && kind != b'm' => {
                return Err(Error::new(ErrorId::Unsupported)
                    .with("feature", "merge state records of an unknown type"));
            }
            _ => {}
        }
    }
    let unresolved = states.iter().filter(|(_, is_unresolved)| *is_unresolved);
    Ok((sides, unresolved.count()))
}

fn parse(data: &[u8], path: &Path) -> Result<Vec<Record>> {
    let mut records = Vec::new();
    let mut rest = data;
    while let Some((kind, after)) = rest.split_first() {
        let record = after.split_first_chunk::<4>().and_then(|(len, after)| {
            let len = usize::try_from(u32::from_be_bytes(*len)).ok()?;
            after.split_at_checked(len)
        });
        let Some((content, after)) = record else {
            return Err(Error::corrupt_file(path, "record is cut off")
                .with("offset", data.len() - rest.len()));
        };
        records.push(match (*kind, content.split_first()) {
            (OVERRIDE, Some((kind, content))) => (*kind, content.to_vec()),
            (kind, _) => (kind, content.to_vec()),
        });
        rest = after;
    }
    Ok(records)
}

fn parse_old(data: &[u8]) -> Vec<Record> {
    let lines = data.split_inclusive(|byte| *byte == b'\n');
    let content = |line: &[u8]| line.strip_suffix(b"\n").unwrap_or(line).to_vec();
    lines
        .enumerate()
        .map(|(number, line)| (if number == 0 { LOCAL } else { FILE }, content(line)))
        .collect()
}

/// Whether every record of the old format is in the new one, which has one more field for each file.
fn agree(old: &[Record], new: &[Record]) -> bool {
    let without_other_node = |(kind, content): &Record| -> Record {
        let mut fields: Vec<&[u8]> = content.split(|byte| *byte == 0).collect();
        if *kind == FILE && fields.len() >= 2 {
            fields.remove(fields.len() - 2);
        }
        (*kind, fields.join([0].as_slice()))
    };
    let known: Vec<Record> = new.iter().map(without_other_node).collect();
    old.iter().all(|record| known.contains(record))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: &[u8], content: &[&[u8]]) -> Vec<u8> {
        let content = [&kind[1..], &content.join([0].as_slice())].concat();
        [&kind[..1], &(content.len() as u32).to_be_bytes(), &content].concat()
    }

    fn sides(old: Option<&[u8]>, new: &[u8]) -> Result<Vec<u8>> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("merge")).unwrap();
        if let Some(old) = old {
            std::fs::write(dir.path().join("merge/state"), old).unwrap();
        }
        std::fs::write(dir.path().join("merge/state2"), new).unwrap();
        let sides = unresolved_sides(dir.path(), [Node([8; 20]), Node([9; 20])])?;
        Ok(sides.iter().map(|node| node.0[0]).collect())
    }

    fn hex(byte: u8) -> Vec<u8> {
        Node([byte; 20]).to_hex().to_vec()
    }

    #[test]
    fn both_sides_while_a_file_is_unresolved() {
        let head = [record(b"L", &[&hex(1)]), record(b"O", &[&hex(2)])].concat();
        let file = |kind: &[u8], state: &[u8]| {
            record(
                kind,
                &[b"name", state, b"key", b"a", b"n1", b"b", b"n2", b""],
            )
        };
        for (kind, state, is_pinned) in [
            (b"F".as_slice(), b"u".as_slice(), true),
            (b"tC", b"u", true),
            (b"tP", b"pu", true),
            (b"F", b"r", false),
            (b"F", b"o", false),
            (b"tl", b"u", false),
        ] {
            let found = sides(None, &[head.clone(), file(kind, state)].concat()).unwrap();
            assert_eq!(found == [1, 2], is_pinned, "{kind:?} {state:?}");
            assert!(is_pinned || found.is_empty());
        }
        let both = [head.clone(), file(b"F", b"u"), file(b"F", b"r")].concat();
        assert!(sides(None, &both).unwrap().is_empty());
        assert!(sides(None, &head).unwrap().is_empty());
    }

    #[test]
    fn an_old_file_that_disagrees_wins() {
        let fields: [&[u8]; 8] = [b"f", b"u", b"key", b"a", b"n1", b"b", b"n2", b""];
        let new = [
            record(b"L", &[&hex(1)]),
            record(b"O", &[&hex(2)]),
            record(b"F", &fields),
        ]
        .concat();
        let line = |node: u8| [hex(node), b"\nf\0u\0key\0a\0n1\0b\0\n".to_vec()].concat();
        assert_eq!(sides(Some(&line(1)), &new).unwrap(), [1, 2]);
        assert_eq!(sides(Some(&line(3)), &new).unwrap(), [3, 9]);
    }

    #[test]
    fn odd_records_are_errors() {
        let whole = record(b"L", &[&hex(1)]);
        for cut in 1..whole.len() {
            let error = sides(None, &whole[..cut]).unwrap_err();
            assert_eq!(error.id(), ErrorId::CorruptFile);
        }
        let error = sides(None, &record(b"tX", &[b"?"])).unwrap_err();
        assert_eq!(error.id(), ErrorId::Unsupported);
        assert!(sides(None, &record(b"x", &[b"?"])).unwrap().is_empty());
    }
}

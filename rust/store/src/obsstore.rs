//! Obsolescence markers: which changesets were rewritten or pruned, and into what (format: `docs/formats/obsstore.md`).
//! What is hidden because of them is for core to say; dates, users and other metadata of markers are not read yet.

use std::ops::Range;

use hyg_base::{Error, ErrorId, Result};

use crate::Blob;
use crate::vfs::Vfs;

/// Fixed parts of a marker in the two versions.
const HEADER_0: usize = 26;
const HEADER_1: usize = 19;
/// Of a version 1 marker: its nodes have 32 bytes.
const WIDE_NODES: u16 = 2;
/// Number of parents that says that none were recorded.
const NO_PARENTS: usize = 3;

/// One marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marker<'a> {
    /// The node that became obsolete.
    pub predecessor: &'a [u8],
    /// The nodes that replace it, one after the other, each as long as the predecessor.
    pub replacements: &'a [u8],
}

impl<'a> Marker<'a> {
    /// The nodes that replace it; none for a pruned one.
    pub fn successors(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.replacements.chunks_exact(self.predecessor.len())
    }
}

/// All markers of a store.
#[derive(Clone, Debug, Default)]
pub struct Markers {
    data: Blob,
    /// Where each marker's predecessor starts, its length, and where the successors that follow it end.
    places: Vec<(usize, usize, usize)>,
}

impl Markers {
    /// Reads the markers of a store; a missing file, or one that is nothing but a version, has none.
    ///
    /// # Errors
    /// [`ErrorId::UnknownMarkerVersion`]; [`ErrorId::InvalidMarker`] for a null node as successor;
    /// [`ErrorId::CorruptFile`] (facts `path`, `offset`) where a marker is cut short; [`ErrorId::Io`].
    pub fn load(vfs: &dyn Vfs) -> Result<Markers> {
        let data = vfs.map(b"obsstore")?.unwrap_or_default();
        Markers::parse(data).map_err(|error| error.with("path", vfs.path(b"obsstore").as_path()))
    }

    /// The markers in the bytes of a file.
    ///
    /// # Errors
    /// As [`Markers::load`].
    pub fn parse(data: Blob) -> Result<Markers> {
        let mut markers = Markers::default();
        if data.len() <= 1 {
            return Ok(markers);
        }
        let read = match data[0] {
            0 => read_0,
            1 => read_1,
            version => {
                return Err(
                    Error::new(ErrorId::UnknownMarkerVersion).with("version", i64::from(version))
                );
            }
        };
        let mut at = 1;
        while at < data.len() {
            let Some((place, size)) = read(&data[at..]) else {
                return Err(Error::new(ErrorId::CorruptFile)
                    .with("problem", "a marker is cut short")
                    .with("offset", at));
            };
            let (node, end) = (at + place.start, at + place.end);
            let width = place.width;
            let is_null = |node: &[u8]| node.len() == 20 && node.iter().all(|byte| *byte == 0);
            if data[node + width..end].chunks_exact(width).any(is_null) {
                return Err(Error::new(ErrorId::InvalidMarker).with("offset", at));
            }
            markers.places.push((node, width, end));
            at += size;
        }
        markers.data = data;
        Ok(markers)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The markers in the order they were recorded.
    pub fn iter(&self) -> impl Iterator<Item = Marker<'_>> {
        let marker = |(start, width, end): &(usize, usize, usize)| Marker {
            predecessor: &self.data[*start..start + width],
            replacements: &self.data[start + width..*end],
        };
        self.places.iter().map(marker)
    }
}

/// Nodes within a marker: of `width` bytes each, the predecessor first.
struct Place {
    start: usize,
    end: usize,
    width: usize,
}

fn number(data: &[u8], range: Range<usize>) -> Option<usize> {
    let bytes = data.get(range)?.iter();
    Some(bytes.fold(0, |number, byte| number << 8 | usize::from(*byte)))
}

/// The nodes of the version 0 marker that `data` starts with, and its size.
fn read_0(data: &[u8]) -> Option<(Place, usize)> {
    let successors = number(data, 0..1)?;
    let end = HEADER_0 + 20 * successors;
    let size = end.checked_add(number(data, 1..5)?)?;
    let place = Place {
        start: HEADER_0 - 20,
        end,
        width: 20,
    };
    (size <= data.len()).then_some((place, size))
}

/// The same for version 1. Everything that a marker counts has to fit into the size that it claims.
fn read_1(data: &[u8]) -> Option<(Place, usize)> {
    let size = number(data, 0..4)?;
    let data = data.get(..size)?;
    let flags = number(data, 14..16)?;
    let width = match flags & usize::from(WIDE_NODES) {
        0 => 20,
        _ => 32,
    };
    let parents = match number(data, 17..18)? {
        NO_PARENTS => 0,
        parents => parents,
    };
    let end = HEADER_1 + width * (1 + number(data, 16..17)?);
    let sizes = end + width * parents;
    let texts = sizes + 2 * number(data, 18..19)?;
    let needed = data
        .get(sizes..texts)?
        .iter()
        .fold(texts, |sum, len| sum + usize::from(*len));
    let place = Place {
        start: HEADER_1,
        end,
        width,
    };
    (needed <= size).then_some((place, size))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyg_base::Fact;
    use proptest::prelude::*;

    fn marker_0(predecessor: u8, successors: &[u8], metadata: &[u8]) -> Vec<u8> {
        let mut out = vec![successors.len() as u8];
        out.extend((metadata.len() as u32).to_be_bytes());
        out.push(0);
        out.extend([predecessor; 20]);
        successors.iter().for_each(|node| out.extend([*node; 20]));
        out.extend(metadata);
        out
    }

    fn marker_1(nodes: &[u8], width: usize, parents: u8, metadata: &[(&str, &str)]) -> Vec<u8> {
        let mut out = vec![0; 4];
        out.extend(1.5_f64.to_be_bytes());
        out.extend([0, 60, 0, if width == 32 { 2 } else { 0 }]);
        out.extend([nodes.len() as u8 - 1, parents, metadata.len() as u8]);
        nodes.iter().for_each(|node| out.extend(vec![*node; width]));
        if parents != 3 {
            out.extend(vec![9; width * usize::from(parents)]);
        }
        for (key, value) in metadata {
            out.extend([key.len() as u8, value.len() as u8]);
        }
        for (key, value) in metadata {
            out.extend(key.as_bytes());
            out.extend(value.as_bytes());
        }
        let size = (out.len() as u32).to_be_bytes();
        out[..4].copy_from_slice(&size);
        out
    }

    fn parse(version: u8, markers: &[Vec<u8>]) -> Result<Markers> {
        let data = [vec![version], markers.concat()].concat();
        Markers::parse(data.into())
    }

    /// First bytes of the nodes, with the nodes' length.
    fn told(markers: &Markers) -> Vec<(u8, Vec<u8>, usize)> {
        let tell = |marker: Marker<'_>| {
            let successors = marker.successors().map(|node| node[0]).collect();
            (marker.predecessor[0], successors, marker.predecessor.len())
        };
        markers.iter().map(tell).collect()
    }

    #[test]
    fn both_versions_say_the_same() {
        let expected = vec![(1, vec![2, 3], 20), (4, vec![], 20)];
        let old = [marker_0(1, &[2, 3], b"user:x"), marker_0(4, &[], b"")];
        assert_eq!(told(&parse(0, &old).unwrap()), expected);
        let new = [
            marker_1(&[1, 2, 3], 20, 1, &[("user", "x"), ("k", "")]),
            marker_1(&[4], 20, 3, &[]),
        ];
        assert_eq!(told(&parse(1, &new).unwrap()), expected);
        let wide = [marker_1(&[7, 8], 32, 2, &[])];
        assert_eq!(told(&parse(1, &wide).unwrap()), [(7, vec![8], 32)]);
    }

    #[test]
    fn a_version_alone_has_no_markers() {
        for data in [b"".as_slice(), b"\x00", b"\x01", b"\x63"] {
            assert!(Markers::parse(data.to_vec().into()).unwrap().is_empty());
        }
        let error = parse(99, &[vec![0]]).unwrap_err();
        assert_eq!(error.id(), ErrorId::UnknownMarkerVersion);
        assert_eq!(error.fact("version"), Some(&Fact::Int(99)));
    }

    #[test]
    fn every_cut_is_noticed_and_placed() {
        let first = marker_1(&[1, 2], 20, 1, &[("user", "someone")]);
        for (version, first) in [(1, first), (0, marker_0(1, &[2], b"user:someone"))] {
            for cut in 1..first.len() {
                let error = parse(version, &[first.clone(), first[..cut].to_vec()]).unwrap_err();
                assert_eq!(error.id(), ErrorId::CorruptFile, "{version} {cut}");
                assert_eq!(error.fact("offset"), Some(&Fact::from(1 + first.len())));
            }
        }
        let mut small = marker_1(&[1, 2], 20, 1, &[("user", "someone")]);
        small[3] -= 1;
        assert!(parse(1, &[small]).is_err());
        assert!(parse(1, &[vec![0; 64]]).is_err());
    }

    #[test]
    fn a_null_successor_is_refused() {
        for markers in [
            parse(0, &[marker_0(1, &[2, 0], b"")]),
            parse(1, &[marker_1(&[1, 0], 20, 3, &[])]),
        ] {
            assert_eq!(markers.unwrap_err().id(), ErrorId::InvalidMarker);
        }
        assert!(parse(1, &[marker_1(&[0, 1], 20, 3, &[])]).is_ok());
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(version in 0..3_u8, data in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(markers) = parse(version, &[data]) {
                prop_assert_eq!(markers.iter().count(), markers.len());
            }
        }
    }
}

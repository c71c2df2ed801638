//! The features a repository says it needs, and the gate that refuses what this program lacks
//! (format: `docs/formats/requires.md`). Where the files lie and what a share means is `layout`.

use std::collections::BTreeSet;
use std::path::Path;

use hyg_base::{Error, ErrorId, Result};

/// Revlogs are version 1 (else version 0, which is refused when one is opened).
pub const REVLOGV1: &[u8] = b"revlogv1";
/// Data lies under `.hg/store`.
pub const STORE: &[u8] = b"store";
/// Long names are hashed and files of the store listed in `fncache`.
pub const FNCACHE: &[u8] = b"fncache";
/// A leading dot or space of a name is escaped too.
pub const DOTENCODE: &[u8] = b"dotencode";
/// Names are stored nearly as they are.
pub const PLAIN_ENCODE: &[u8] = b"exp-very-fragile-and-unsafe-plain-store-encoding";
/// New revlogs may use any revision as the base of a delta.
pub const GENERALDELTA: &[u8] = b"generaldelta";
/// Delta chains may contain snapshots far apart.
pub const SPARSEREVLOG: &[u8] = b"sparserevlog";
/// Index entries may say more about their delta.
pub const DELTA_INFO: &[u8] = b"delta-info-revlog";
/// Chunks may be compressed with zstd.
pub const ZSTD: &[u8] = b"revlog-compression-zstd";
/// One manifest per directory.
pub const TREEMANIFEST: &[u8] = b"treemanifest";
/// Changelog and manifest have a node map on disk.
pub const PERSISTENT_NODEMAP: &[u8] = b"persistent-nodemap";
/// Requirements of the store lie in the store; shares read their source's configuration.
pub const SHARE_SAFE: &[u8] = b"share-safe";
/// The store is that of another repository.
pub const SHARED: &[u8] = b"shared";
/// The same, named by a relative path.
pub const RELSHARED: &[u8] = b"relshared";
/// The dirstate has its second format.
pub const DIRSTATE_V2: &[u8] = b"dirstate-v2";
/// A file tells watchers when the set of tracked files changes.
pub const DIRSTATE_TRACKED_KEY: &[u8] = b"dirstate-tracked-key-v1";
/// Bookmarks lie in the store.
pub const BOOKMARKS_IN_STORE: &[u8] = b"bookmarksinstore";
/// Changesets may be in the internal phase.
pub const INTERNAL_PHASE: &[u8] = b"internal-phase-2";
/// Changesets may be in the archived phase.
pub const ARCHIVED_PHASE: &[u8] = b"exp-archived-phase";
/// The working directory holds a part of the files only.
pub const SPARSE: &[u8] = b"exp-sparse";

/// What belongs to a working copy, not to the store.
const OF_THE_WORKING_COPY: [&[u8]; 6] = [
    SHARE_SAFE,
    SHARED,
    RELSHARED,
    DIRSTATE_V2,
    DIRSTATE_TRACKED_KEY,
    SPARSE,
];

/// Everything this program can read. The `exp-compression` ones name engines that chunks identify by themselves.
const SUPPORTED: &[&[u8]] = &[
    REVLOGV1,
    STORE,
    FNCACHE,
    DOTENCODE,
    PLAIN_ENCODE,
    GENERALDELTA,
    SPARSEREVLOG,
    DELTA_INFO,
    ZSTD,
    b"exp-compression-none",
    b"exp-compression-zlib",
    b"exp-compression-zstd",
    TREEMANIFEST,
    PERSISTENT_NODEMAP,
    SHARE_SAFE,
    SHARED,
    RELSHARED,
    DIRSTATE_V2,
    DIRSTATE_TRACKED_KEY,
    BOOKMARKS_IN_STORE,
    INTERNAL_PHASE,
    ARCHIVED_PHASE,
];

/// A set of requirements.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requirements(BTreeSet<Vec<u8>>);

impl Requirements {
    /// Reads the lines of a requires file. Lines end as Python's `splitlines` has it for bytes (`\n`, `\r`, `\r\n`).
    pub fn parse(data: &[u8]) -> Requirements {
        let mut lines: Vec<&[u8]> = Vec::new();
        let mut rest = data;
        while !rest.is_empty() {
            let end = rest.iter().position(|b| matches!(b, b'\n' | b'\r'));
            let (line, after) = match end {
                None => (rest, &rest[rest.len()..]),
                Some(end) => {
                    let width = if rest[end..].starts_with(b"\r\n") {
                        2
                    } else {
                        1
                    };
                    (&rest[..end], &rest[end + width..])
                }
            };
            lines.push(line);
            rest = after;
        }
        Requirements(lines.into_iter().map(<[u8]>::to_vec).collect())
    }

    /// Whether `name` is required.
    pub fn contains(&self, name: &[u8]) -> bool {
        self.0.contains(name)
    }

    /// Whether the store belongs to another repository.
    pub fn is_shared(&self) -> bool {
        self.contains(SHARED) || self.contains(RELSHARED)
    }

    /// All names, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(Vec::as_slice)
    }

    /// Makes these, of a share, those that it has when it is of the kind of its source.
    pub(crate) fn follow(&mut self, source: Requirements) {
        if source.contains(SHARE_SAFE) {
            self.0.insert(SHARE_SAFE.to_vec());
            return;
        }
        self.0.remove(SHARE_SAFE);
        let own = |name: &Vec<u8>| OF_THE_WORKING_COPY.contains(&name.as_slice());
        self.0
            .extend(source.0.into_iter().filter(|name| !own(name)));
    }

    /// Adds the requirements of another file.
    pub fn extend(&mut self, other: Requirements) {
        self.0.extend(other.0);
    }
}

/// Refuses what this program cannot read.
///
/// # Errors
/// [`ErrorId::CorruptRequirement`] for an entry that does not begin with a letter or digit,
/// [`ErrorId::UnknownRequirement`] (fact `features`, sorted) for others that are not supported,
/// [`ErrorId::IncompatibleRequirements`] for two that exclude each other, [`ErrorId::SparseNotEnabled`] for a sparse
/// working directory.
pub fn gate(requirements: &Requirements, path: &Path) -> Result<()> {
    let unknown: Vec<&[u8]> = requirements
        .iter()
        .filter(|name| !SUPPORTED.contains(name) && *name != SPARSE)
        .collect();
    let is_name = |name: &&[u8]| name.first().is_some_and(u8::is_ascii_alphanumeric);
    if !unknown.iter().all(is_name) {
        return Err(Error::new(ErrorId::CorruptRequirement).with("path", path));
    }
    if !unknown.is_empty() {
        let features = unknown.join(b" ".as_slice());
        return Err(Error::new(ErrorId::UnknownRequirement).with("features", features));
    }
    if requirements.contains(SPARSE) {
        return Err(Error::new(ErrorId::SparseNotEnabled));
    }
    if requirements.contains(DOTENCODE) && requirements.contains(PLAIN_ENCODE) {
        return Err(Error::new(ErrorId::IncompatibleRequirements)
            .with("first", DOTENCODE)
            .with("second", PLAIN_ENCODE));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyg_base::Fact;
    use proptest::prelude::*;

    fn refuse(data: &[u8]) -> Error {
        gate(&Requirements::parse(data), Path::new("r")).unwrap_err()
    }

    #[test]
    fn the_defaults_pass() {
        let data = b"dotencode\nfncache\ngeneraldelta\nrevlog-compression-zstd\nrevlogv1\nsparserevlog\nstore\n";
        let requirements = Requirements::parse(data);
        assert_eq!(requirements.iter().count(), 7);
        gate(&requirements, Path::new("r")).unwrap();
        gate(&Requirements::parse(b""), Path::new("r")).unwrap();
    }

    #[test]
    fn unknown_ones_are_named_sorted() {
        let error = refuse(b"store\nzebra\ninternal-phase-2\nexp-archived-phase\nfileindex-v1\n");
        assert_eq!(error.id(), ErrorId::UnknownRequirement);
        let expected = Fact::from("fileindex-v1 zebra");
        assert_eq!(error.fact("features"), Some(&expected));
        for name in ["narrowhg-experimental", "lfs", "exp-revlogv2.2"] {
            assert_eq!(refuse(name.as_bytes()).id(), ErrorId::UnknownRequirement);
        }
    }

    #[test]
    fn entries_that_cannot_be_names_are_corruption() {
        for data in [
            b"store\n\nfncache\n".as_slice(),
            b"\0store\n",
            b"zebra\n-x\n",
            b"\xe9\n",
        ] {
            let error = refuse(data);
            assert_eq!(error.id(), ErrorId::CorruptRequirement);
            assert_eq!(error.fact("path"), Some(&Fact::from("r")));
        }
    }

    #[test]
    fn some_known_ones_are_refused_in_their_own_words() {
        assert_eq!(
            refuse(b"exp-sparse\nstore\n").id(),
            ErrorId::SparseNotEnabled
        );
        let both = [DOTENCODE, PLAIN_ENCODE].join(b"\n".as_slice());
        assert_eq!(refuse(&both).id(), ErrorId::IncompatibleRequirements);
    }

    #[test]
    fn lines_may_end_in_carriage_returns() {
        let found = Requirements::parse(b"store\r\nfncache\rrevlogv1");
        assert_eq!(found.iter().collect::<Vec<_>>(), [FNCACHE, REVLOGV1, STORE]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(data in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _answer = gate(&Requirements::parse(&data), Path::new("r"));
        }
    }
}

//! The list of files in the store (format: `docs/formats/fncache.md`).
//! How their names are encoded on disk is `encode`; which revlogs they make up is for those who walk the store.

use hyg_base::{Error, PathList, RepoPath, Result};

use crate::encode::decode_dirs;
use crate::vfs::Vfs;

/// The names in `fncache`, sorted, without duplicates.
///
/// # Errors
/// [`hyg_base::ErrorId::CorruptFile`] where the file does not end with a newline (fact `offset`) or holds an empty
/// entry (fact `line`); [`hyg_base::ErrorId::Io`].
pub fn load(vfs: &dyn Vfs) -> Result<PathList> {
    let Some(data) = vfs.read(b"fncache")? else {
        return Ok(PathList::new());
    };
    parse(&data).map_err(|error| error.with("path", vfs.path(b"fncache").as_path()))
}

/// The names in a damaged `fncache` that can be read: of whole lines that are not empty.
///
/// # Errors
/// [`hyg_base::ErrorId::Io`].
pub fn load_readable(vfs: &dyn Vfs) -> Result<PathList> {
    let data = vfs.read(b"fncache")?.unwrap_or_default();
    let mut names = PathList::new();
    for line in data.split_inclusive(|byte| *byte == b'\n') {
        match line.split_last() {
            Some((b'\n', name)) if !name.is_empty() => {
                names.push(RepoPath::new(&decode_dirs(name)))?
            }
            _ => {}
        }
    }
    names.sort();
    without_repeats(names)
}

fn parse(data: &[u8]) -> Result<PathList> {
    let Some((last, lines)) = data.split_last() else {
        return Ok(PathList::new());
    };
    if *last != b'\n' {
        return Err(corrupt("fncache does not ends with a newline").with("offset", data.len()));
    }
    let mut names = PathList::new();
    for (index, line) in lines.split(|b| *b == b'\n').enumerate() {
        if line.is_empty() {
            return Err(corrupt("invalid entry in fncache").with("line", index + 1));
        }
        names.push(RepoPath::new(&decode_dirs(line)))?;
    }
    names.sort();
    without_repeats(names)
}

fn without_repeats(names: PathList) -> Result<PathList> {
    if (1..names.len()).all(|index| names.at(index - 1) != names.at(index)) {
        return Ok(names);
    }
    let mut unique = PathList::with_capacity(names.len(), names.data().len());
    for (index, name) in names.iter().enumerate() {
        if index == 0 || names.at(index - 1) != name {
            unique.push(name)?;
        }
    }
    Ok(unique)
}

fn corrupt(problem: &'static str) -> Error {
    Error::new(hyg_base::ErrorId::CorruptFile).with("problem", problem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vfs::DiskVfs;
    use hyg_base::{ErrorId, Fact};
    use proptest::prelude::*;

    #[test]
    fn names_are_decoded_and_sorted() {
        let names = parse(b"data/b.i\ndata/a.i.hg/x.i\ndata/b.i\n").unwrap();
        let names: Vec<String> = names.iter().map(RepoPath::to_string).collect();
        assert_eq!(names, ["data/a.i/x.i", "data/b.i"]);
        assert!(parse(b"").unwrap().is_empty());
    }

    #[test]
    fn truncation_and_empty_entries_are_errors() {
        let dir = tempfile::tempdir().unwrap();
        let vfs = DiskVfs::new(dir.path());
        assert!(load(&vfs).unwrap().is_empty());
        std::fs::write(dir.path().join("fncache"), "data/a.i\ndata/b").unwrap();
        let error = load(&vfs).unwrap_err();
        assert_eq!(error.id(), ErrorId::CorruptFile);
        assert_eq!(error.fact("offset"), Some(&Fact::Int(15)));
        assert_eq!(
            error.fact("path"),
            Some(&Fact::from(dir.path().join("fncache").as_path()))
        );
        std::fs::write(dir.path().join("fncache"), "data/a.i\n\ndata/b.i\n").unwrap();
        let error = load(&vfs).unwrap_err();
        assert_eq!(
            (error.id(), error.fact("line")),
            (ErrorId::CorruptFile, Some(&Fact::Int(2)))
        );
        std::fs::write(dir.path().join("fncache"), "data/b.i\n\ndata/a.i\ndata").unwrap();
        let names = load_readable(&vfs).unwrap();
        let names: Vec<String> = names.iter().map(RepoPath::to_string).collect();
        assert_eq!(names, ["data/a.i", "data/b.i"]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(data in proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b'/'), any::<u8>()], 0..60)) {
            if let Ok(names) = parse(&data) {
                prop_assert!((1..names.len()).all(|i| names.at(i - 1) < names.at(i)));
            }
        }
    }
}

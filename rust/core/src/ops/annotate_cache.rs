//! Annotations among the caches: of each file the one that was asked for last, by file revisions and therefore never
//! stale (format: `docs/formats/annotations.md`). Walking history, and what is shown, belong elsewhere.

use std::fs;
use std::path::PathBuf;

use hyg_base::{Node, RepoPath, RepoPathBuf};
use hyg_store::revlog::hash::sha1;
use hyg_store::shelf::keep_youngest;
use rustix::io::Errno;

use crate::repo::Repo;

/// The directory among the caches.
const DIRECTORY: &str = "hydrargyrum-annotate";
/// Magic and version.
const MAGIC: &[u8; 8] = b"HYGANNO\x01";
/// So many annotations are kept, the youngest.
const MOST: usize = 256;

/// A file revision, by the number of its name.
pub(super) type FileNode = (usize, Node);

/// Where the lines of one file revision are from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    /// The file revision.
    pub(super) node: Node,
    /// The names that the file had, its own first.
    pub(super) names: Vec<RepoPathBuf>,
    /// The revisions that brought lines.
    pub(super) revisions: Vec<FileNode>,
    /// Which of them, the number of the first line there, and how many lines follow one another here and there.
    pub(super) runs: Vec<(usize, u32, u32)>,
}

fn place(repo: &Repo, path: &RepoPath, follow: bool) -> PathBuf {
    let name = sha1(&[&[u8::from(follow)], path.as_bytes()]).to_string();
    repo.layout().cache().join(DIRECTORY).join(name)
}

/// What is known of a file; nothing where that is damaged, or about another one.
pub(super) fn load(repo: &Repo, path: &RepoPath, follow: bool) -> Option<Kept> {
    let data = fs::read(place(repo, path, follow)).ok()?;
    let (body, sum) = data.split_last_chunk::<20>()?;
    if sha1(&[body]).0 != *sum {
        return None;
    }
    let mut reader = Reader(body);
    let head = reader.take(MAGIC.len() + 1)?;
    if head != [&MAGIC[..], &[u8::from(follow)]].concat() {
        return None;
    }
    let node = reader.node()?;
    let kept = Kept {
        node,
        names: reader.list(|reader| {
            let len = reader.number()? as usize;
            Some(RepoPathBuf::new(reader.take(len)?.to_vec()))
        })?,
        revisions: reader.list(|reader| Some((reader.number()? as usize, reader.node()?)))?,
        runs: reader.list(|reader| {
            let revision = reader.number()? as usize;
            Some((revision, reader.number()?, reader.number()?))
        })?,
    };
    let is_whole = kept.names.first().is_some_and(|name| **name == *path)
        && kept
            .revisions
            .iter()
            .all(|(name, _)| *name < kept.names.len())
        && kept
            .runs
            .iter()
            .all(|(one, _, _)| *one < kept.revisions.len());
    is_whole.then_some(kept)
}

/// Keeps an annotation for the next time, where that is possible.
pub(super) fn save(repo: &Repo, follow: bool, kept: &Kept) {
    let Some(path) = kept.names.first() else {
        return;
    };
    let place = place(repo, path, follow);
    let Some(directory) = place.parent() else {
        return;
    };
    let number = |out: &mut Vec<u8>, value: usize| {
        out.extend_from_slice(&u32::try_from(value).unwrap_or(u32::MAX).to_le_bytes());
    };
    let mut out = [&MAGIC[..], &[u8::from(follow)], kept.node.as_bytes()].concat();
    number(&mut out, kept.names.len());
    for name in &kept.names {
        number(&mut out, name.as_bytes().len());
        out.extend_from_slice(name.as_bytes());
    }
    number(&mut out, kept.revisions.len());
    for (name, node) in &kept.revisions {
        number(&mut out, *name);
        out.extend_from_slice(node.as_bytes());
    }
    number(&mut out, kept.runs.len());
    for (revision, first, count) in &kept.runs {
        number(&mut out, *revision);
        number(&mut out, *first as usize);
        number(&mut out, *count as usize);
    }
    let sum = sha1(&[&out]);
    out.extend_from_slice(sum.as_bytes());
    let fresh = place.with_extension(format!("{}~", std::process::id()));
    let made = match fs::create_dir(directory) {
        Err(error) if error.raw_os_error() != Some(Errno::EXIST.raw_os_error()) => Err(error),
        _ => fs::write(&fresh, out).and_then(|()| fs::rename(&fresh, &place)),
    };
    match made {
        Ok(()) => keep_youngest(directory, MOST),
        // Nobody minds that it is not kept.
        Err(_) => drop(fs::remove_file(&fresh)),
    }
}

/// Takes a file apart from its front.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn node(&mut self) -> Option<Node> {
        Some(Node(self.take(20)?.try_into().ok()?))
    }

    fn list<T>(&mut self, mut one: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.number()? as usize;
        if count > self.0.len() {
            return None;
        }
        (0..count).map(|_| one(self)).collect()
    }
}

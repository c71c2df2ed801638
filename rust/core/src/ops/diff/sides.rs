//! The contents that a patch is about: in memory, or where they are long only opened, because most of what is said about a
//! binary file can be told while it is read once. What is said is `patch`.

use std::fs::{File, Metadata};
use std::io::{Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;

use hyg_base::{Error, RepoPath, Result, Rev};
use hyg_store::filelog::Filelog;
use hyg_store::revlog::hash::BlobHasher;
use hyg_store::revlog::{PIECE, Streamed};
use hyg_text::binary::{LiteralPatch, literal_patch};

use super::patch::{Compress, Contents, Tree};
use crate::contents::{self, Opened};
use crate::repo::Repo;

/// One content.
#[derive(Debug)]
pub(super) enum Side {
    /// In memory.
    Text(Vec<u8>),
    /// A long revision, and from which length on revisions are that.
    Stored(Arc<Filelog>, Rev, u64),
    /// A long file.
    OnDisk(PathBuf, File, Metadata),
}

/// Both contents; none where the file is not.
pub(super) struct Sides {
    pub(super) old: Option<Side>,
    pub(super) new: Option<Side>,
}

impl Side {
    pub(super) fn open(
        repo: &Repo,
        tree: &Tree,
        path: &RepoPath,
        filelog: Option<&Arc<Filelog>>,
    ) -> Result<Side> {
        let Tree::Revision(manifest) = tree else {
            let full = repo.root().join(path.as_path());
            let failed = |error: std::io::Error| Error::io(&full, "read", &error);
            let data = match contents::open(&full).map_err(failed)? {
                Opened::Link(target, _) => target,
                Opened::File(file, about)
                    if contents::is_long(&about, repo.options()) && repo.filter().is_none() =>
                {
                    return Ok(Side::OnDisk(full, file, about));
                }
                Opened::File(file, about) => contents::read_all(&file, &about).map_err(failed)?,
            };
            return repo.read_filtered(path, data).map(Side::Text);
        };
        let Some(entry) = manifest.get(path)? else {
            return Ok(Side::Text(Vec::new()));
        };
        let filelog = match filelog {
            Some(filelog) => filelog.clone(),
            None => Arc::new(repo.filelog(path)?),
        };
        let rev = filelog.revlog().rev(&entry.node)?;
        let from = repo.options().long_from;
        let is_long = !rev.is_null()
            && u64::try_from(filelog.revlog().entry(rev)?.uncompressed_len())
                .is_ok_and(|len| len >= from);
        match is_long {
            true => Ok(Side::Stored(filelog, rev, from)),
            false => Ok(Side::Text(filelog.read(rev)?.into_vec())),
        }
    }

    /// Hands the content to `sink`, piece by piece, until it answers `false`.
    fn each(&self, sink: &mut dyn FnMut(&[u8]) -> bool) -> Result<()> {
        match self {
            Side::Text(data) => {
                sink(data);
            }
            Side::Stored(filelog, rev, from) => {
                if filelog.stream(*rev, *from, &mut |bytes| Ok(sink(bytes)))? == Streamed::No {
                    sink(&filelog.read(*rev)?);
                }
            }
            Side::OnDisk(path, file, _) => {
                let failed = |error: std::io::Error| Error::io(path, "read", &error);
                let mut start = file;
                start.seek(SeekFrom::Start(0)).map_err(failed)?;
                let mut piece = vec![0; PIECE];
                loop {
                    let count = contents::read_some(file, &mut piece).map_err(failed)?;
                    if count == 0 || !sink(&piece[..count]) {
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    fn len(&self) -> Result<u64> {
        match self {
            Side::Text(data) => Ok(data.len() as u64),
            Side::Stored(filelog, rev, _) => filelog.size(*rev),
            Side::OnDisk(_, _, about) => Ok(about.len()),
        }
    }

    fn is_binary(&self) -> Result<bool> {
        let mut found = false;
        self.each(&mut |bytes| {
            found = memchr::memchr(0, bytes).is_some();
            !found
        })?;
        Ok(found)
    }

    /// The hash that git gives a file's content.
    fn hash(&self) -> Result<Vec<u8>> {
        let mut hasher = BlobHasher::new(self.len()?);
        self.each(&mut |bytes| {
            hasher.update(bytes);
            true
        })?;
        Ok(hasher.finish().to_hex().to_vec())
    }

    fn into_whole(self) -> Result<Vec<u8>> {
        match self {
            Side::Text(data) => Ok(data),
            Side::Stored(filelog, rev, _) => Ok(filelog.read(rev)?.into_vec()),
            Side::OnDisk(..) => {
                let mut data = Vec::with_capacity(usize::try_from(self.len()?).unwrap_or(0) + 1);
                self.each(&mut |bytes| {
                    data.extend_from_slice(bytes);
                    true
                })?;
                Ok(data)
            }
        }
    }

    fn text(&self) -> Option<&[u8]> {
        match self {
            Side::Text(data) => Some(data),
            _ => None,
        }
    }
}

impl Sides {
    /// Whether one of them has a zero byte in it.
    pub(super) fn are_binary(&self) -> Result<bool> {
        for side in [&self.new, &self.old].into_iter().flatten() {
            if side.is_binary()? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes both into memory.
    pub(super) fn read_whole(&mut self) -> Result<()> {
        for side in [&mut self.old, &mut self.new] {
            *side = match side.take() {
                Some(side) => Some(Side::Text(side.into_whole()?)),
                None => None,
            };
        }
        Ok(())
    }

    /// Both, where both are in memory.
    pub(super) fn texts(&self) -> Option<[Option<&[u8]>; 2]> {
        let text = |side: &'_ Option<Side>| side.as_ref().is_none_or(|side| side.text().is_some());
        match text(&self.old) && text(&self.new) {
            true => Some([
                self.old.as_ref().and_then(Side::text),
                self.new.as_ref().and_then(Side::text),
            ]),
            false => None,
        }
    }

    /// Short contents that are the same if both are, and else differ.
    pub(super) fn stand_ins(&self) -> Result<Contents<'static>> {
        let same = match (&self.old, &self.new) {
            (Some(old), Some(new)) => old.len()? == new.len()? && old.hash()? == new.hash()?,
            _ => false,
        };
        Ok(Contents {
            old: self.old.as_ref().map(|_| &b"\0"[..]),
            new: self
                .new
                .as_ref()
                .map(|_| if same { &b"\0"[..] } else { b"\0\0" }),
        })
    }

    /// The hashes that git gives both.
    pub(super) fn hashes(&self) -> Result<[Vec<u8>; 2]> {
        let hash = |side: &Option<Side>| match side {
            Some(side) => side.hash(),
            None => Ok(vec![b'0'; 40]),
        };
        Ok([hash(&self.old)?, hash(&self.new)?])
    }

    /// The new one, without the other.
    pub(super) fn into_new(self) -> Side {
        self.new.unwrap_or(Side::Text(Vec::new()))
    }
}

/// Compresses what it is given, and gives the rest where it is given nothing.
pub type Pack<'a> = dyn FnMut(Option<&[u8]>) -> Result<Vec<u8>> + 'a;

/// The patch that makes a long content of whatever is there; only its headers are written yet.
#[derive(Debug)]
pub struct LongPatch {
    pub(super) head: Vec<u8>,
    pub(super) content: Side,
}

impl LongPatch {
    /// Hands the patch to `sink` in pieces that end where lines end.
    ///
    /// # Errors
    /// Whatever reading the content answers, and whatever `pack` and `sink` do.
    pub fn write(
        self,
        pack: &mut Pack<'_>,
        sink: &mut dyn FnMut(Vec<u8>) -> Result<()>,
    ) -> Result<()> {
        let mut out = self.head;
        let mut lines = LiteralPatch::begin(self.content.len()?, &mut out);
        let mut done = Ok(());
        self.content.each(&mut |bytes| {
            done = pack(Some(bytes)).and_then(|packed| {
                lines.push(&packed, &mut out);
                match out.len() < PIECE / 4 {
                    true => Ok(()),
                    false => sink(std::mem::take(&mut out)),
                }
            });
            done.is_ok()
        })?;
        done?;
        lines.push(&pack(None)?, &mut out);
        lines.finish(&mut out);
        sink(out)
    }

    pub(super) fn whole(self, compress: &Compress<'_>) -> Result<Vec<u8>> {
        let mut out = self.head;
        // Who cannot compress says so before the content is read.
        compress(&[])?;
        let data = self.content.into_whole()?;
        let (len, packed) = (data.len(), compress(&data)?);
        drop(data);
        literal_patch(len, &packed, &mut out);
        Ok(out)
    }
}

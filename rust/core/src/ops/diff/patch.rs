//! The patch of one pair of files: headers of either form, then hunks, the sentence about a binary file, or a binary
//! patch. Which files are paired is `pairs`.

use std::collections::HashMap;
use std::fs;
use std::sync::{Arc, Mutex};

use hyg_base::{Error, RepoPath, RepoPathBuf, Result};
use hyg_store::filelog::Filelog;
use hyg_store::manifest::{Flags, Manifest};
use hyg_text::diff;
use hyg_text::lines::Lines;
use hyg_text::unified::{Side, file_diff};

use super::sides::{LongPatch, Side as Content, Sides};
use super::{DiffRequest, Pair};
use crate::contents;
use crate::ops::status::flags_of;
use crate::repo::Repo;

/// Compresses for a binary patch. Its bytes depend on the library, so the caller decides which one that is.
pub type Compress<'a> = dyn Fn(&[u8]) -> Result<Vec<u8>> + Sync + 'a;

/// The patch of a file.
#[derive(Debug)]
pub enum Patch {
    /// All of it.
    Whole(Vec<u8>),
    /// It is long, and still to be written.
    Long(Box<LongPatch>),
}

impl Default for Patch {
    fn default() -> Patch {
        Patch::Whole(Vec::new())
    }
}

impl Patch {
    /// How many bytes it has; `None` for a long one.
    pub(super) fn known_len(&self) -> Option<usize> {
        match self {
            Patch::Whole(text) => Some(text.len()),
            Patch::Long(_) => None,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Patch::Whole(text) if text.is_empty())
    }
}

/// Files by path.
#[derive(Clone, Debug)]
pub enum Tree {
    /// Of a revision.
    Revision(Manifest),
    /// On disk.
    WorkingCopy,
}

impl Tree {
    /// The flags of a file; none where it is not there.
    ///
    /// # Errors
    /// Whatever reading the manifest answers.
    pub fn flags(&self, repo: &Repo, path: &RepoPath) -> Result<Option<Flags>> {
        match self {
            Tree::Revision(manifest) => Ok(manifest.get(path)?.map(|entry| entry.flags)),
            Tree::WorkingCopy => {
                let about = fs::symlink_metadata(repo.root().join(path.as_path()));
                Ok(about.ok().map(|about| flags_of(&about)))
            }
        }
    }

    pub(crate) fn data(&self, repo: &Repo, path: &RepoPath) -> Result<Vec<u8>> {
        match self {
            Tree::Revision(manifest) => match manifest.get(path)? {
                Some(entry) => Ok(repo.filelog(path)?.read_node(&entry.node)?.into_vec()),
                None => Ok(Vec::new()),
            },
            Tree::WorkingCopy => {
                let full = repo.root().join(path.as_path());
                let read = contents::read(&full);
                let data = read.map_err(|error| Error::io(&full, "read", &error))?;
                repo.read_filtered(path, data)
            }
        }
    }
}

pub(super) struct Writer<'a> {
    pub(super) repo: &'a Repo,
    pub(super) old: &'a Tree,
    pub(super) new: &'a Tree,
    pub(super) request: &'a DiffRequest,
    pub(super) compress: &'a Compress<'a>,
    pub(super) filelogs: &'a Filelogs,
}

/// Filelogs that patches of several changesets have in common, with the texts read last.
#[derive(Debug, Default)]
pub struct Filelogs(Mutex<HashMap<RepoPathBuf, Arc<Filelog>>>);

impl Filelogs {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.lock().map_or(0, |known| known.len())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn get(&self, repo: &Repo, path: &RepoPath) -> Result<Arc<Filelog>> {
        let lock = || {
            self.0
                .lock()
                .map_err(|_| Error::internal("poisoned filelogs"))
        };
        if let Some(known) = lock()?.get(path) {
            return Ok(known.clone());
        }
        let opened = Arc::new(repo.filelog(path)?.keeping_texts());
        Ok(lock()?.entry(path.to_buf()).or_insert(opened).clone())
    }
}

/// The contents of both sides; none where the file is not.
#[derive(Clone, Copy)]
pub(super) struct Contents<'a> {
    pub(super) old: Option<&'a [u8]>,
    pub(super) new: Option<&'a [u8]>,
}

impl Contents<'_> {
    /// Stand-ins that differ as the contents do: only that matters of a binary file.
    fn summed_up(self) -> Contents<'static> {
        let same = self.old.is_some() && self.old == self.new;
        Contents {
            old: self.old.map(|_| &b"\0"[..]),
            new: self.new.map(|_| if same { &b"\0"[..] } else { b"\0\0" }),
        }
    }
}

impl Writer<'_> {
    /// The patch; empty where there is nothing to say.
    pub(super) fn patch(&self, pair: &Pair) -> Result<Patch> {
        let style = &self.request.style;
        let mut sides = self.sides(pair)?;
        let measured = style.similarity && pair.operation.is_some();
        let binary = !style.as_text && sides.are_binary()?;
        if !binary || measured {
            sides.read_whole()?;
        }
        let mut contents = match sides.texts() {
            Some([old, new]) => Contents { old, new },
            None => sides.stand_ins()?,
        };
        let names = self.names(pair);
        let mut out = Vec::new();
        let mut headers = self.first_headers(pair, names, contents, &mut out)?;
        if binary && style.text.git && !style.no_binary {
            let same = contents.old.unwrap_or_default() == contents.new.unwrap_or_default();
            if !same {
                let [old, new] = sides.hashes()?;
                line(&mut out, &[b"index ", &old, b"..", &new]);
                let content = sides.into_new();
                let is_short = matches!(content, Content::Text(_));
                let patch = LongPatch { head: out, content };
                return match is_short {
                    true => patch.whole(self.compress).map(Patch::Whole),
                    false => Ok(Patch::Long(Box::new(patch))),
                };
            }
            return Ok(Patch::Whole(if headers < 2 { Vec::new() } else { out }));
        }
        if style.text.git && style.index > 0 {
            self.index_line(pair, sides.hashes()?, &mut out)?;
            headers += 1;
        }
        if binary {
            contents = contents.summed_up();
        }
        let [old_date, new_date] = &self.request.dates;
        let found = file_diff(
            Side {
                text: contents.old,
                name: names[0],
                date: old_date,
            },
            Side {
                text: contents.new,
                name: names[1],
                date: new_date,
            },
            binary,
            &style.text,
        )?;
        headers += found.headers.len();
        if headers == 0 || (found.hunks.is_empty() && headers < 2) {
            return Ok(Patch::default());
        }
        out.extend(found.to_bytes());
        Ok(Patch::Whole(out))
    }

    /// Both contents. Of a file that keeps its name between two revisions the second is often stored as what changed in the
    /// first.
    fn sides(&self, pair: &Pair) -> Result<Sides> {
        let shared = match (self.old, self.new, &pair.new) {
            (Tree::Revision(_), Tree::Revision(_), Some(path)) if pair.old == pair.new => {
                Some(self.filelogs.get(self.repo, path)?)
            }
            _ => None,
        };
        let side = |tree: &Tree, path: &Option<_>| -> Result<Option<Content>> {
            let path: Option<&RepoPath> = path.as_deref();
            path.map(|path| Content::open(self.repo, tree, path, shared.as_ref()))
                .transpose()
        };
        Ok(Sides {
            old: side(self.old, &pair.old)?,
            new: side(self.new, &pair.new)?,
        })
    }

    /// Both names as they are shown.
    fn names<'p>(&self, pair: &'p Pair) -> [&'p [u8]; 2] {
        let cut = self.request.root.len();
        let shown = |one: &'p Option<_>, other: &'p Option<_>| -> &'p [u8] {
            let path: Option<&hyg_base::RepoPathBuf> = one.as_ref().or(other.as_ref());
            path.map_or(&[], |path| &path.as_bytes()[cut..])
        };
        [shown(&pair.old, &pair.new), shown(&pair.new, &pair.old)]
    }

    /// Everything before `index`, `---` and `+++`; how many lines it is.
    fn first_headers(
        &self,
        pair: &Pair,
        names: [&[u8]; 2],
        contents: Contents<'_>,
        out: &mut Vec<u8>,
    ) -> Result<usize> {
        let style = &self.request.style;
        if !style.text.git {
            if self.request.names.is_empty() {
                return Ok(0);
            }
            out.extend_from_slice(b"diff");
            for name in &self.request.names {
                out.extend_from_slice(b" -r ");
                out.extend_from_slice(name);
            }
            line(out, &[b" ", names[0]]);
            return Ok(1);
        }
        let [a, b]: [&[u8]; 2] = match style.text.no_prefix {
            true => [b"", b""],
            false => [b"a/", b"b/"],
        };
        line(out, &[b"diff --git ", a, names[0], b" ", b, names[1]]);
        let old_mode = self.mode(self.old, pair.old.as_deref())?;
        let new_mode = self.mode(self.new, pair.new.as_deref())?;
        if pair.old.is_none() {
            line(out, &[b"new file mode ", new_mode]);
            return Ok(2);
        }
        if pair.new.is_none() {
            line(out, &[b"deleted file mode ", old_mode]);
            return Ok(2);
        }
        let mut count = 1;
        if old_mode != new_mode {
            line(out, &[b"old mode ", old_mode]);
            line(out, &[b"new mode ", new_mode]);
            count += 2;
        }
        if let Some(operation) = pair.operation {
            if style.similarity {
                let percent = similarity(
                    contents.old.unwrap_or_default(),
                    contents.new.unwrap_or_default(),
                )?;
                let percent = percent.to_string();
                line(out, &[b"similarity index ", percent.as_bytes(), b"%"]);
                count += 1;
            }
            line(out, &[operation.word(), b" from ", names[0]]);
            line(out, &[operation.word(), b" to ", names[1]]);
            count += 2;
        }
        Ok(count)
    }

    fn index_line(&self, pair: &Pair, hashes: [Vec<u8>; 2], out: &mut Vec<u8>) -> Result<()> {
        let digits = self.request.style.index.min(40);
        let mode = match &pair.old {
            Some(path) => self.mode(self.old, Some(path))?,
            None => self.mode(self.new, pair.new.as_deref())?,
        };
        let [old, new] = [&hashes[0][..digits], &hashes[1][..digits]];
        line(out, &[b"index ", old, b"..", new, b" ", mode]);
        Ok(())
    }

    fn mode(&self, tree: &Tree, path: Option<&RepoPath>) -> Result<&'static [u8]> {
        let flags = match path {
            Some(path) => tree.flags(self.repo, path)?.unwrap_or(Flags::NONE),
            None => Flags::NONE,
        };
        Ok(if flags.is_link() {
            b"120000"
        } else if flags.is_exec() {
            b"100755"
        } else {
            b"100644"
        })
    }
}

fn line(out: &mut Vec<u8>, parts: &[&[u8]]) {
    for part in parts {
        out.extend_from_slice(part);
    }
    out.push(b'\n');
}

/// How much two texts have in common, in percent: twice the bytes of their equal lines by all their bytes.
fn similarity(old: &[u8], new: &[u8]) -> Result<u64> {
    let total = old.len() + new.len();
    if total == 0 {
        return Ok(100);
    }
    let (a, b) = (Lines::split(old)?, Lines::split(new)?);
    let equal: usize = diff::blocks(&a, &b)
        .iter()
        .map(|block| a.slice(block.a1..block.a2).len())
        .sum();
    Ok((equal as f64 * 2.0 / total as f64 * 100.0) as u64)
}

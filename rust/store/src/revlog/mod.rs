//! Revlogs of version 1: opening them, reading revisions with their hashes checked, and finding nodes
//! (format: `docs/formats/revlog.md`). What the texts mean is for changelog, manifest and filelog; writing comes here.

mod append;
#[cfg(test)]
pub(crate) mod build;
mod chain;
mod chunk;
mod compress;
mod delta;
pub mod hash;
mod index;
mod lookup;
mod stream;
#[cfg(test)]
mod tests;
mod window;

use std::sync::{Arc, Mutex, OnceLock};

use hyg_base::{Error, ErrorId, Node, Result, Rev};
use hyg_graph::Graph;

use crate::Blob;
use crate::vfs::{ReadAt, Vfs};
pub use append::{Appender, NewRevision, Packed, Piece};
pub use compress::Compression;
pub use delta::DeltaPolicy;
pub use index::{ENTRY_SIZE, Entry, Header, Index};
pub use lookup::{NodeMapState, PrefixMatch};
pub use stream::{LONG, LongRevision, PIECE, Streamed};
pub use window::Window;

/// The content was removed on purpose.
pub const FLAG_CENSORED: u16 = 1 << 15;
/// The hash does not match the text (narrow clones).
pub const FLAG_ELLIPSIS: u16 = 1 << 14;
/// The content is stored elsewhere.
pub const FLAG_EXTERNAL: u16 = 1 << 13;
/// The revision is a snapshot, where the index header says that flags describe deltas.
pub const FLAG_SNAPSHOT: u16 = 1 << 10;
/// The text begins with metadata, where the index header says that this flag is kept.
pub const FLAG_HAS_META: u16 = 1 << 11;
/// Flags that describe the revision or its delta and do not change how the text is read.
const NEUTRAL_FLAGS: u16 = 0b0001_1111_1100_0000;

/// So many texts are kept (manifests: of many branches that grow side by side), where they are not longer than this
/// together.
const KEPT: usize = 12;
const KEPT_MANIFESTS: usize = 64;
const MOST_KEPT: usize = 8 << 20;

/// What a revlog holds; decides how it is named in errors and a few old rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Changesets.
    Changelog,
    /// Manifests.
    Manifest,
    /// Revisions of one file.
    Filelog,
}

/// How to open a revlog.
#[derive(Clone, Debug)]
pub struct Options {
    /// What it holds.
    pub kind: Kind,
    /// Its name in errors: the radix, or for a filelog the path of the file.
    pub name: Vec<u8>,
    /// Whether a persistent node map may be used.
    pub nodemap: bool,
}

/// An open revlog.
pub struct Revlog {
    vfs: Arc<dyn Vfs>,
    radix: Vec<u8>,
    options: Options,
    index: Index,
    data: OnceLock<Box<dyn ReadAt>>,
    lookup: lookup::Lookup,
    /// Texts read before, the last one at the end: the next one is often a delta against it, and comparisons come back to
    /// those before. By itself only manifests are worth keeping.
    last: Mutex<Vec<(Rev, Blob)>>,
    keeps: bool,
    tail: Tail,
}

/// Chunks that are not in the files yet.
#[derive(Clone, Debug)]
struct Tail {
    /// Where they begin among the chunks.
    start: u64,
    data: Vec<u8>,
}

impl Default for Tail {
    fn default() -> Tail {
        Tail {
            start: u64::MAX,
            data: Vec::new(),
        }
    }
}

impl std::fmt::Debug for Revlog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = String::from_utf8_lossy(&self.options.name);
        write!(f, "Revlog({name}, {} revisions)", self.index.len())
    }
}

impl Revlog {
    /// Opens the revlog whose index is `radix` with `.i`; one without files is empty.
    ///
    /// # Errors
    /// [`ErrorId::CorruptIndex`], [`ErrorId::Unsupported`] for version 0, [`ErrorId::Io`].
    pub fn open(vfs: Arc<dyn Vfs>, radix: &[u8], options: Options) -> Result<Revlog> {
        let data = vfs.map(&[radix, b".i"].concat())?.unwrap_or_default();
        let index = Index::parse(data).map_err(|error| error.with("path", options.name.clone()))?;
        Ok(Revlog {
            vfs,
            radix: radix.to_vec(),
            options,
            index,
            data: OnceLock::new(),
            lookup: lookup::Lookup::default(),
            last: Mutex::new(Vec::new()),
            keeps: false,
            tail: Tail::default(),
        })
    }

    /// The same revlog as it is in memory, to be read by others while this one grows.
    pub fn snapshot(&self) -> Revlog {
        Revlog {
            vfs: self.vfs.clone(),
            radix: self.radix.clone(),
            options: self.options.clone(),
            index: self.index.clone(),
            data: OnceLock::new(),
            lookup: lookup::Lookup::default(),
            last: Mutex::new(Vec::new()),
            keeps: false,
            tail: self.tail.clone(),
        }
    }

    /// The index.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// How many revisions there are.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// The last revision, [`Rev::NULL`] where there is none.
    pub fn tip(&self) -> Rev {
        Rev(i32::try_from(self.index.len()).map_or(i32::MAX, |len| len - 1))
    }

    /// The name it has in errors.
    pub fn name(&self) -> &[u8] {
        &self.options.name
    }

    /// What the names of its files begin with, below the store.
    pub fn radix(&self) -> &[u8] {
        &self.radix
    }

    /// The entry of a revision.
    ///
    /// # Errors
    /// [`ErrorId::UnknownRevision`] outside the revlog (the null revision has no entry).
    pub fn entry(&self, rev: Rev) -> Result<Entry<'_>> {
        self.index.entry(rev).ok_or_else(|| {
            Error::new(ErrorId::UnknownRevision)
                .with("name", rev.to_string())
                .with("path", self.options.name.clone())
        })
    }

    /// The node of a revision; that of [`Rev::NULL`] is the null node.
    ///
    /// # Errors
    /// As [`Revlog::entry`].
    pub fn node(&self, rev: Rev) -> Result<Node> {
        match rev {
            Rev::NULL => Ok(Node::NULL),
            rev => Ok(self.entry(rev)?.node()),
        }
    }

    /// The parents of a revision. Except in filelogs, whose order means something, a lone parent comes first.
    ///
    /// # Errors
    /// As [`Revlog::entry`]; [`ErrorId::CorruptIndex`] for parents that do not come before the revision.
    pub fn parents(&self, rev: Rev) -> Result<[Rev; 2]> {
        if rev.is_null() {
            return Ok([Rev::NULL; 2]);
        }
        let parents = self.entry(rev)?.parents();
        if parents
            .iter()
            .any(|parent| *parent < Rev::NULL || *parent >= rev)
        {
            return Err(self.corrupt_index("a parent is out of range", rev));
        }
        match parents {
            [Rev::NULL, second] if self.options.kind != Kind::Filelog => Ok([second, Rev::NULL]),
            parents => Ok(parents),
        }
    }

    /// The text of a revision after its hash was checked.
    ///
    /// # Errors
    /// [`ErrorId::CensoredRevision`] and [`ErrorId::ExternalRevision`] for content that is not here;
    /// [`ErrorId::CorruptRevision`], [`ErrorId::CorruptIndex`]; [`ErrorId::Io`]; as [`Revlog::entry`].
    pub fn revision(&self, rev: Rev) -> Result<Blob> {
        if rev.is_null() {
            return Ok(Blob::default());
        }
        let (text, checked) = self.kept_or_rebuilt(rev)?;
        let entry = self.entry(rev)?;
        self.check_flags(&entry)?;
        if !checked {
            self.check_hash(&entry, &text)?;
            self.keep(rev, &text);
        }
        Ok(text)
    }

    /// As [`Revlog::revision`] for who reads one revision after the other and has each of them checked by
    /// [`Revlog::check`] before anything that is made of them is used; whether that was done already.
    ///
    /// # Errors
    /// As [`Revlog::revision`], but for those that hashes cause.
    pub fn revision_to_check(&self, rev: Rev) -> Result<(Blob, bool)> {
        if rev.is_null() {
            return Ok((Blob::default(), true));
        }
        let (text, checked) = self.kept_or_rebuilt(rev)?;
        self.check_flags(&self.entry(rev)?)?;
        self.keep(rev, &text);
        Ok((text, checked))
    }

    /// Checks the hash of a text that [`Revlog::revision_to_check`] gave.
    ///
    /// # Errors
    /// Those of [`Revlog::revision`] that hashes cause.
    pub fn check(&self, rev: Rev, text: &[u8]) -> Result<()> {
        self.check_hash(&self.entry(rev)?, text)
    }

    /// As [`Revlog::revision`]; while the hash is checked, another thread does `work` with the text, which may turn out
    /// to be wrong. Without an answer of `work` the text was known already.
    ///
    /// # Errors
    /// As [`Revlog::revision`].
    pub fn revision_while<T: Send>(
        &self,
        rev: Rev,
        work: impl FnOnce(&Blob) -> T + Send,
    ) -> Result<(Blob, Option<T>)> {
        let (text, checked) = self.kept_or_rebuilt(rev)?;
        let entry = self.entry(rev)?;
        self.check_flags(&entry)?;
        if checked {
            return Ok((text, None));
        }
        let (done, answer) = std::thread::scope(|scope| {
            let other = scope.spawn(|| work(&text));
            (self.check_hash(&entry, &text), other.join())
        });
        done?;
        let answer = answer.map_err(|_| Error::internal("a thread panicked"))?;
        self.keep(rev, &text);
        Ok((text, Some(answer)))
    }

    /// Whether no flag says that the text is anything but what is stored.
    pub fn is_plain(&self, entry: &Entry<'_>) -> bool {
        entry.flags() & !NEUTRAL_FLAGS == 0
    }

    /// The text of a revision as stored, with neither its hash nor its flags looked at.
    ///
    /// # Errors
    /// As [`Revlog::revision`], but for those that hash and flags cause.
    pub fn raw_text(&self, rev: Rev) -> Result<Blob> {
        match rev {
            Rev::NULL => Ok(Blob::default()),
            rev => Ok(self.kept_or_rebuilt(rev)?.0),
        }
    }

    /// As [`Revlog::raw_text`] for who reads one revision after the other and does not ask for hashes later.
    ///
    /// # Errors
    /// As [`Revlog::raw_text`].
    pub fn raw_text_in_order(&self, rev: Rev) -> Result<Blob> {
        let text = self.raw_text(rev)?;
        self.remember(rev, &text);
        Ok(text)
    }

    /// The text, and whether its hash is known to be right.
    fn kept_or_rebuilt(&self, rev: Rev) -> Result<(Blob, bool)> {
        let known = self.last.lock().map_or(Vec::new(), |kept| kept.clone());
        match known.iter().find(|(kept, _)| *kept == rev) {
            Some((_, text)) => Ok((text.clone(), true)),
            None => Ok((self.rebuild(rev, &known)?, false)),
        }
    }

    /// Keeps the text read last, because many will be read in the order of their history.
    #[must_use]
    pub fn keeping_texts(mut self) -> Revlog {
        self.keeps = true;
        self
    }

    /// As [`Revlog::revision`] for who reads one revision after the other: the next one is made from this one's text.
    ///
    /// # Errors
    /// As [`Revlog::revision`].
    pub fn revision_in_order(&self, rev: Rev) -> Result<Blob> {
        let text = self.revision(rev)?;
        self.remember(rev, &text);
        Ok(text)
    }

    fn keep(&self, rev: Rev, text: &Blob) {
        if self.options.kind == Kind::Manifest || (self.keeps && text.len() < MOST_KEPT / 2) {
            self.remember(rev, text);
        }
    }

    fn remember(&self, rev: Rev, text: &Blob) {
        let Ok(mut last) = self.last.lock() else {
            return;
        };
        last.retain(|(kept, _)| *kept != rev);
        last.push((rev, text.clone()));
        let bytes = |last: &[(Rev, Blob)]| last.iter().map(|(_, text)| text.len()).sum::<usize>();
        let most = match self.options.kind {
            Kind::Manifest => KEPT_MANIFESTS,
            _ => KEPT,
        };
        while last.len() > most || (last.len() > 1 && bytes(&last) > MOST_KEPT) {
            last.remove(0);
        }
    }

    fn check_flags(&self, entry: &Entry<'_>) -> Result<()> {
        let flags = entry.flags();
        let known = NEUTRAL_FLAGS | FLAG_CENSORED | FLAG_ELLIPSIS | FLAG_EXTERNAL;
        if flags & !known != 0 {
            return Err(self
                .corrupt("incompatible revision flag", entry)
                .with("flags", i32::from(flags & !known)));
        }
        // In the order in which the peer would process them.
        for external in [FLAG_ELLIPSIS, FLAG_EXTERNAL] {
            if flags & external != 0 {
                return Err(Error::new(ErrorId::ExternalRevision)
                    .with("path", self.options.name.clone())
                    .with("node", entry.node())
                    .with("flags", i32::from(external)));
            }
        }
        Ok(())
    }

    fn check_hash(&self, entry: &Entry<'_>, text: &[u8]) -> Result<()> {
        let [first, second] = self.parents(entry.rev())?;
        let parents = [self.node(first)?, self.node(second)?];
        if hash::stored_node(text, &parents) == entry.node() {
            return Ok(());
        }
        if self.options.kind == Kind::Filelog
            && let Some(tombstone) = crate::filelog::tombstone(text)
        {
            return Err(Error::new(ErrorId::CensoredRevision)
                .with("path", self.options.name.clone())
                .with("node", entry.node())
                .with("tombstone", tombstone));
        }
        Err(self.corrupt("integrity check failed", entry))
    }

    /// [`ErrorId::CorruptRevision`] about one revision.
    pub fn corrupt(&self, problem: &'static str, entry: &Entry<'_>) -> Error {
        self.place(
            Error::new(ErrorId::CorruptRevision).with("problem", problem),
            entry,
        )
    }

    /// Adds what identifies a revision to an error about it.
    pub fn place(&self, error: Error, entry: &Entry<'_>) -> Error {
        error
            .with("path", self.options.name.clone())
            .with("rev", entry.rev().0)
            .with("node", entry.node())
    }

    fn corrupt_index(&self, problem: &'static str, rev: Rev) -> Error {
        index::corrupt(problem, self.index.offset(rev).unwrap_or(0))
            .with("path", self.options.name.clone())
            .with("rev", rev.0)
    }
}

impl Graph for Revlog {
    fn parents(&self, rev: Rev) -> Result<[Rev; 2]> {
        Revlog::parents(self, rev)
    }
    fn len(&self) -> usize {
        self.index.len()
    }
}

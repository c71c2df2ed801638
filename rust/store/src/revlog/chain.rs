//! Rebuilds a text from its chain of deltas: which chunks it takes, reading them in few pieces, applying them at once.
//! Undoing compression is `chunk`, applying deltas `hyg_text`, checking hashes the revlog itself.

use std::borrow::Cow;

use hyg_base::{Error, ErrorId, Result, Rev, patience};
use hyg_text::patch;

use super::Revlog;
use super::chunk::{decompress, decompress_start};
use super::index::{ENTRY_SIZE, Entry};
use crate::Blob;
use crate::vfs::ReadAt;

/// Chunks this close to each other are read together with what lies between.
const MAX_GAP: u64 = 64 * 1024;
/// And no more than this at once.
const MAX_READ: u64 = 16 * 1024 * 1024;

/// What a text is made from.
struct Chain<'a> {
    /// A text that is already there; else the first link holds a whole text.
    start: Start,
    /// The chunks to apply, oldest first; empty ones are left out.
    links: Vec<Entry<'a>>,
}

enum Start {
    Text(Blob),
    /// A text that nobody needs, only its length.
    Length(usize),
    FirstLink,
}

/// Where a chunk lies in its file.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) start: u64,
    pub(super) len: u64,
}

impl Span {
    pub(super) fn end(self) -> u64 {
        self.start.saturating_add(self.len)
    }
}

impl Revlog {
    /// Rebuilds the text of `rev`, not checked; `known` are texts that may shorten the way.
    pub(super) fn rebuild(&self, rev: Rev, known: &[(Rev, Blob)]) -> Result<Blob> {
        patience::ask()?;
        let target = self.entry(rev)?;
        let chain = self.chain(target, known)?;
        let chunks = self.read_chunks(&chain)?;
        let (base, deltas) = match &chain.start {
            Start::Text(text) => (&**text, chunks.as_slice()),
            Start::Length(_) => return Err(Error::internal("a chain without a text")),
            Start::FirstLink => match chunks.split_first() {
                Some((first, deltas)) => (&**first, deltas),
                None => (&[][..], &[][..]),
            },
        };
        let wanted = usize::try_from(target.uncompressed_len()).ok();
        let text = if deltas.is_empty() {
            match &chain.start {
                Start::Text(text) => text.clone(),
                Start::Length(_) | Start::FirstLink => chunks
                    .into_iter()
                    .next()
                    .map_or_else(Blob::default, |chunk| chunk.into_owned().into()),
            }
        } else {
            let deltas: Vec<&[u8]> = deltas.iter().map(|delta| &**delta).collect();
            let limit = wanted.unwrap_or(i32::MAX as usize);
            let text = patch::apply(base, &deltas, limit);
            Blob::from(text.map_err(|error| self.place(error, &target))?)
        };
        match wanted {
            Some(wanted) if wanted != text.len() => Err(self
                .corrupt("the text has another length than the index says", &target)
                .with("expected", wanted)
                .with("got", text.len())),
            _ => Ok(text),
        }
    }

    /// The delta that a revision is stored as, and the revision that it applies to; none for a whole text, and for what
    /// does not make the text that the index promises. Nothing but the form of the delta is looked at.
    ///
    /// # Errors
    /// As [`Revlog::raw_text`] for a chunk that cannot be read.
    pub fn stored_delta(&self, rev: Rev) -> Result<Option<(Rev, Vec<u8>)>> {
        let entry = self.entry(rev)?;
        let base = match self.index.header().has_general_delta() {
            true => entry.base(),
            false => Rev(rev.0 - 1),
        };
        if entry.base() == rev || base >= rev || base < Rev(0) {
            return Ok(None);
        }
        let before = usize::try_from(self.entry(base)?.uncompressed_len());
        let after = usize::try_from(entry.uncompressed_len());
        let (Ok(before), Ok(after)) = (before, after) else {
            return Ok(None);
        };
        if entry.compressed_len() == 0 {
            return Ok((before == after).then(|| (base, Vec::new())));
        }
        let chain = Chain {
            start: Start::Length(before),
            links: vec![entry],
        };
        let chunks = self.read_chunks(&chain)?;
        let delta = chunks.into_iter().next().map(Cow::into_owned);
        let fits =
            |delta: &Vec<u8>| patch::patched_len(before, delta).is_ok_and(|len| len == after);
        Ok(delta.filter(fits).map(|delta| (base, delta)))
    }

    fn chain<'a>(&'a self, target: Entry<'a>, known: &[(Rev, Blob)]) -> Result<Chain<'a>> {
        let general = self.index.header().has_general_delta();
        let mut links = Vec::new();
        let mut entry = target;
        let start = loop {
            let rev = entry.rev();
            if let Some((_, text)) = known.iter().find(|(kept, _)| *kept == rev) {
                break Start::Text(text.clone());
            }
            let base = entry.base();
            if base == rev {
                links.push(entry);
                break Start::FirstLink;
            }
            // Bases only ever descend, so a chain cannot run in a circle.
            if base > rev || base < Rev::NULL {
                return Err(self.corrupt_index("the base of a delta is out of range", rev));
            }
            if entry.compressed_len() != 0 {
                links.push(entry);
            }
            let next = if general { base } else { Rev(rev.0 - 1) };
            if next.is_null() {
                break Start::Text(Blob::default());
            }
            entry = self.entry(next)?;
        };
        links.reverse();
        Ok(Chain { start, links })
    }

    fn read_chunks(&self, chain: &Chain<'_>) -> Result<Vec<Cow<'_, [u8]>>> {
        let mut chunks = Vec::with_capacity(chain.links.len());
        let mut before = match &chain.start {
            Start::Text(text) => Some(text.len()),
            Start::Length(len) => Some(*len),
            Start::FirstLink => None,
        };
        if self.index.header().is_inline() {
            for entry in &chain.links {
                let stored = self.inline_chunk(entry)?;
                let limit = chunk_limit(entry, &mut before);
                chunks.push(
                    decompress(stored, limit).map_err(|problem| self.corrupt(problem, entry))?,
                );
            }
            return Ok(chunks);
        }
        let is_new = |entry: &&Entry<'_>| entry.data_offset() >= self.tail.start;
        let on_disk = chain.links.len() - chain.links.iter().rev().take_while(is_new).count();
        let mut rest = &chain.links[..on_disk];
        while !rest.is_empty() {
            let (count, range) = self.run(rest)?;
            let file = self.data_file()?;
            let bytes = file.read_at(
                range.start,
                usize::try_from(range.len).unwrap_or(usize::MAX),
            )?;
            for entry in &rest[..count] {
                let span = self.span(entry)?;
                let Some(stored) = slice(&bytes, range.start, span) else {
                    return Err(self.partial_read(entry, span, file.size()?));
                };
                let limit = chunk_limit(entry, &mut before);
                let text =
                    decompress(stored, limit).map_err(|problem| self.corrupt(problem, entry))?;
                chunks.push(Cow::Owned(text.into_owned()));
            }
            rest = &rest[count..];
        }
        for entry in &chain.links[on_disk..] {
            let limit = chunk_limit(entry, &mut before);
            let stored = match self.new_chunk(entry) {
                Some(stored) => stored,
                None => return Err(self.partial_read(entry, self.span(entry)?, 0)),
            };
            chunks.push(decompress(stored, limit).map_err(|problem| self.corrupt(problem, entry))?);
        }
        Ok(chunks)
    }

    /// The first `len` bytes of a long text that is stored whole, without reading all of it and therefore not
    /// checked; `None` where the usual way is better, or something is odd.
    pub(crate) fn unchecked_start(&self, rev: Rev, len: usize) -> Option<Vec<u8>> {
        /// A block of zstd is decompressed at once.
        const BLOCK: usize = 132 * 1024;
        let entry = self.entry(rev).ok()?;
        let is_long = usize::try_from(entry.uncompressed_len()).is_ok_and(|size| size > 2 * BLOCK);
        let is_stored = entry.base() == rev && entry.data_offset() < self.tail.start;
        if !is_long || !is_stored || !self.is_plain(&entry) || self.index.header().is_inline() {
            return None;
        }
        let span = self.span(&entry).ok()?;
        let wanted = usize::try_from(span.len).ok()?.min(BLOCK);
        let start = self.data_file().ok()?.read_at(span.start, wanted).ok()?;
        decompress_start(&start, len)
    }

    /// What the delta of a revision brings, one hunk after the other; the whole text where it is stored whole. Not
    /// checked against anything.
    ///
    /// # Errors
    /// As [`Revlog::raw_text`].
    pub fn new_bytes(&self, rev: Rev) -> Result<Blob> {
        let entry = self.entry(rev)?;
        if entry.base() == rev {
            return self.raw_text(rev);
        }
        let limit = i32::MAX as usize;
        let stored = self.chunk_of(&entry)?;
        let delta = decompress(&stored, limit).map_err(|problem| self.corrupt(problem, &entry))?;
        let literals = patch::literals(&delta).map_err(|error| self.place(error, &entry));
        literals.map(Blob::from)
    }

    /// The chunk of a revision as it is stored: a mark of its compression and what was compressed.
    ///
    /// # Errors
    /// As [`Revlog::raw_text`].
    pub fn chunk(&self, rev: Rev) -> Result<Cow<'_, [u8]>> {
        self.chunk_of(&self.entry(rev)?)
    }

    fn chunk_of(&self, entry: &Entry<'_>) -> Result<Cow<'_, [u8]>> {
        if let Some(stored) = self.stored_here(entry)? {
            return Ok(Cow::Borrowed(stored));
        }
        let span = self.span(entry)?;
        let len = usize::try_from(span.len).unwrap_or(usize::MAX);
        if len == 0 {
            return Ok(Cow::Borrowed(&[]));
        }
        let file = self.data_file()?;
        let read = file.read_at(span.start, len)?;
        match read.len() == len {
            true => Ok(Cow::Owned(read.to_vec())),
            false => Err(self.partial_read(entry, span, file.size()?)),
        }
    }

    /// Whether the chunk of a revision is in a file of data.
    pub(super) fn is_on_disk(&self, entry: &Entry<'_>) -> bool {
        !self.index.header().is_inline() && entry.data_offset() < self.tail.start
    }

    /// The chunk of a revision that is not in the files yet.
    fn new_chunk(&self, entry: &Entry<'_>) -> Option<&[u8]> {
        let len = u64::try_from(entry.compressed_len()).ok()?;
        let start = entry.data_offset();
        slice(&self.tail.data, self.tail.start, Span { start, len })
    }

    /// The chunk of a revision where it lies in memory or beside its entry; else it is in the data file.
    pub(super) fn stored_here(&self, entry: &Entry<'_>) -> Result<Option<&[u8]>> {
        match self.index.header().is_inline() {
            true => self.inline_chunk(entry).map(Some),
            false => Ok(self.new_chunk(entry)),
        }
    }

    /// The chunk of a revision as stored in an inline revlog.
    pub(super) fn inline_chunk(&self, entry: &Entry<'_>) -> Result<&[u8]> {
        let span = self.span(entry)?;
        let stored = match entry.data_offset() >= self.tail.start {
            true => self.new_chunk(entry),
            false => slice(self.index.data(), 0, span),
        };
        stored.ok_or_else(|| self.partial_read(entry, span, self.index.data().len() as u64))
    }

    /// How many of the next links to read at once, and where they lie.
    fn run(&self, links: &[Entry<'_>]) -> Result<(usize, Span)> {
        let mut range: Option<Span> = None;
        for (count, entry) in links.iter().enumerate() {
            let span = self.span(entry)?;
            range = match range {
                None => Some(span),
                Some(range) => {
                    let is_near = span.start >= range.end() && span.start - range.end() <= MAX_GAP;
                    let len = span.end() - range.start.min(span.end());
                    if !is_near || len > MAX_READ {
                        return Ok((count, range));
                    }
                    Some(Span { len, ..range })
                }
            };
        }
        let range = range.ok_or_else(|| Error::internal("no chunks to read"))?;
        Ok((links.len(), range))
    }

    /// Where the chunk of an entry lies in its file.
    pub(super) fn span(&self, entry: &Entry<'_>) -> Result<Span> {
        let Ok(len) = u64::try_from(entry.compressed_len()) else {
            return Err(self.corrupt_index("the length of a chunk is negative", entry.rev()));
        };
        let entries_before = match self.index.header().is_inline() {
            true => (i64::from(entry.rev().0) + 1).unsigned_abs() * ENTRY_SIZE as u64,
            false => 0,
        };
        Ok(Span {
            start: entry.data_offset() + entries_before,
            len,
        })
    }

    pub(super) fn data_file(&self) -> Result<&dyn ReadAt> {
        if let Some(file) = self.data.get() {
            return Ok(&**file);
        }
        let name = [&self.radix[..], b".d"].concat();
        let Some(file) = self.vfs.open(&name)? else {
            let not_found =
                std::io::Error::from_raw_os_error(rustix::io::Errno::NOENT.raw_os_error());
            return Err(Error::io(&self.vfs.path(&name), "open", &not_found));
        };
        Ok(&**self.data.get_or_init(|| file))
    }

    pub(super) fn partial_read(&self, entry: &Entry<'_>, span: Span, size: u64) -> Error {
        let suffix: &[u8] = match self.index.header().is_inline() {
            true => b".i",
            false => b".d",
        };
        let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        let file = self.vfs.path(&[&self.radix[..], suffix].concat());
        Error::new(ErrorId::CorruptRevision)
            .with("problem", "partial read of revlog")
            .with("file", file.as_path())
            .with("offset", number(span.start))
            .with("expected", number(span.len))
            .with("got", number(size.saturating_sub(span.start).min(span.len)))
            .with("path", self.options.name.clone())
            .with("rev", entry.rev().0)
            .with("node", entry.node())
    }
}

/// The part of `bytes`, which begin at `offset` of the file, that `span` names.
pub(super) fn slice(bytes: &[u8], offset: u64, span: Span) -> Option<&[u8]> {
    let start = usize::try_from(span.start.checked_sub(offset)?).ok()?;
    let end = start.checked_add(usize::try_from(span.len).ok()?)?;
    bytes.get(start..end)
}

/// How long the content of a chunk may be: a whole text as long as the index says; a delta at most the new text and a
/// hunk header for each byte that it takes away or adds. `before` is the length of the text before.
fn chunk_limit(entry: &Entry<'_>, before: &mut Option<usize>) -> usize {
    let Ok(text) = usize::try_from(entry.uncompressed_len()) else {
        *before = Some(i32::MAX as usize);
        return i32::MAX as usize;
    };
    let limit = match *before {
        None => text,
        Some(before) => text.saturating_add(12 * (text.saturating_add(before).saturating_add(1))),
    };
    *before = Some(text);
    limit
}

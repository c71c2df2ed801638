//! Long texts piece by piece: revisions that are stored whole are read, and new ones written, without ever being in memory
//! as a whole (format: `docs/formats/revlog.md`). What is shorter, or stored as a delta, goes the usual way.

use std::io;

use flate2::{Compress, Decompress, FlushCompress, FlushDecompress, Status};
use hyg_base::{Error, Node, Result, Rev};
use zstd::stream::raw::{Decoder, Encoder, InBuffer, Operation, OutBuffer};

use super::chain::Span;
use super::hash::{NodeHasher, StoredHasher};
use super::index::{Entry, Fields};
use super::{Appender, Compression, FLAG_SNAPSHOT, Revlog};
use crate::write::StoreFiles;

/// Texts from this length on are worth the trouble, unless somebody says otherwise.
pub const LONG: u64 = 16 << 20;
/// Length of the pieces that a text is handed out in, but for the last one.
pub const PIECE: usize = 1 << 20;
/// So much compressed output is written at once.
const WRITTEN: usize = 4 << 20;
/// How many bytes of room a decoder gets.
const ROOM: usize = 128 * 1024;

/// How handing out a text ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Streamed {
    /// Not even begun: the revision is short, or is not stored whole.
    No,
    /// Whoever took the pieces had enough.
    Stopped,
    /// At the end, and the hash was right.
    Whole,
}

/// Where the stored bytes come from.
enum Stored<'a> {
    Here(&'a [u8]),
    InFile(Span),
}

impl Revlog {
    /// Hands the text of a revision of at least `from` bytes that is stored whole to `sink`, piece by piece, until it
    /// answers `false`. The hash is checked at the end: what was handed out by then may turn out to be wrong.
    ///
    /// # Errors
    /// As [`Revlog::revision`], and what `sink` answers.
    pub fn stream(
        &self,
        rev: Rev,
        from: u64,
        sink: &mut dyn FnMut(&[u8]) -> Result<bool>,
    ) -> Result<Streamed> {
        let entry = self.entry(rev)?;
        let is_long = u64::try_from(entry.uncompressed_len()).is_ok_and(|len| len >= from);
        if !is_long || entry.base() != rev || !self.is_plain(&entry) {
            return Ok(Streamed::No);
        }
        let [first, second] = self.parents(rev)?;
        let parents = [self.node(first)?, self.node(second)?];
        let mut out = Pieces {
            revlog: self,
            entry: &entry,
            hasher: StoredHasher::new(&parents),
            left: u64::try_from(entry.uncompressed_len()).unwrap_or(0),
            piece: Vec::with_capacity(PIECE),
            sink,
        };
        let stored = match self.stored_here(&entry)? {
            Some(bytes) => Stored::Here(bytes),
            None => Stored::InFile(self.span(&entry)?),
        };
        match self.undo_compression(&entry, &stored, &mut out)? && out.hand_out()? {
            false => Ok(Streamed::Stopped),
            true => out.check().map(|()| Streamed::Whole),
        }
    }

    fn undo_compression(
        &self,
        entry: &Entry<'_>,
        stored: &Stored<'_>,
        out: &mut Pieces<'_>,
    ) -> Result<bool> {
        let mut decoder = None;
        let mut each = |bytes: &[u8]| -> Result<bool> {
            let decoder = match &mut decoder {
                Some(decoder) => decoder,
                None => decoder.insert(
                    ChunkReader::new(bytes).map_err(|problem| self.corrupt(problem, entry))?,
                ),
            };
            decoder.feed(bytes, out)
        };
        match stored {
            Stored::Here(bytes) => {
                for piece in bytes.chunks(PIECE) {
                    if !each(piece)? {
                        return Ok(false);
                    }
                }
            }
            Stored::InFile(span) => {
                let file = self.data_file()?;
                let mut at = span.start;
                while at < span.end() {
                    let wanted = usize::try_from(span.end() - at).map_or(PIECE, |n| n.min(PIECE));
                    let bytes = file.read_at(at, wanted)?;
                    if bytes.len() != wanted {
                        return Err(self.partial_read(entry, *span, file.size()?));
                    }
                    if !each(&bytes)? {
                        return Ok(false);
                    }
                    at += wanted as u64;
                }
            }
        }
        match decoder.is_some_and(|decoder| decoder.is_done()) {
            true => Ok(true),
            false => Err(self.corrupt("a chunk is cut short", entry)),
        }
    }
}

/// Collects what was decompressed until a piece is full.
struct Pieces<'a> {
    revlog: &'a Revlog,
    entry: &'a Entry<'a>,
    hasher: StoredHasher,
    /// How much is still to come.
    left: u64,
    piece: Vec<u8>,
    sink: &'a mut dyn FnMut(&[u8]) -> Result<bool>,
}

impl Pieces<'_> {
    fn take(&mut self, mut bytes: &[u8]) -> Result<bool> {
        let Some(left) = self.left.checked_sub(bytes.len() as u64) else {
            return Err(self
                .revlog
                .corrupt("a chunk is longer than it may be", self.entry));
        };
        self.left = left;
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(PIECE - self.piece.len()));
            self.piece.extend_from_slice(now);
            bytes = later;
            if self.piece.len() == PIECE && !self.hand_out()? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn hand_out(&mut self) -> Result<bool> {
        if self.piece.is_empty() {
            return Ok(true);
        }
        self.hasher.update(&self.piece);
        let goes_on = (self.sink)(&self.piece)?;
        self.piece.clear();
        Ok(goes_on)
    }

    fn check(self) -> Result<()> {
        let problem = match self.left {
            0 if self.hasher.finish() == self.entry.node() => return Ok(()),
            0 => "integrity check failed",
            _ => "the text has another length than the index says",
        };
        Err(self.revlog.corrupt(problem, self.entry))
    }
}

/// Undoes the compression of one chunk.
enum ChunkReader {
    Plain { marked: bool },
    Zlib(Box<Decompress>, bool),
    Zstd(Box<Decoder<'static>>, bool),
}

impl ChunkReader {
    fn new(start: &[u8]) -> std::result::Result<ChunkReader, &'static str> {
        match start.first() {
            None | Some(0) => Ok(ChunkReader::Plain { marked: false }),
            Some(b'u') => Ok(ChunkReader::Plain { marked: true }),
            Some(b'x') => Ok(ChunkReader::Zlib(Box::new(Decompress::new(true)), false)),
            Some(b'(') => match Decoder::new() {
                Ok(decoder) => Ok(ChunkReader::Zstd(Box::new(decoder), false)),
                Err(_) => Err("no memory for a zstd context"),
            },
            Some(_) => Err("unknown compression type"),
        }
    }

    fn feed(&mut self, bytes: &[u8], out: &mut Pieces<'_>) -> Result<bool> {
        match self {
            ChunkReader::Plain { marked } => {
                let skipped = usize::from(std::mem::take(marked));
                out.take(&bytes[skipped..])
            }
            ChunkReader::Zlib(inflater, done) => inflate(inflater, done, bytes, out),
            ChunkReader::Zstd(decoder, done) => unzstd(decoder, done, bytes, out),
        }
    }

    fn is_done(&self) -> bool {
        match self {
            ChunkReader::Plain { .. } => true,
            ChunkReader::Zlib(_, done) | ChunkReader::Zstd(_, done) => *done,
        }
    }
}

fn inflate(
    inflater: &mut Decompress,
    done: &mut bool,
    bytes: &[u8],
    out: &mut Pieces<'_>,
) -> Result<bool> {
    let mut room = vec![0; ROOM];
    let mut rest = bytes;
    while !*done {
        let before = (inflater.total_in(), inflater.total_out());
        let status = inflater
            .decompress(rest, &mut room, FlushDecompress::None)
            .map_err(|_| {
                out.revlog
                    .corrupt("a zlib chunk cannot be decompressed", out.entry)
            })?;
        let taken = usize::try_from(inflater.total_in() - before.0).unwrap_or(rest.len());
        let made = usize::try_from(inflater.total_out() - before.1).unwrap_or(ROOM);
        rest = &rest[taken..];
        *done = status == Status::StreamEnd;
        if !out.take(&room[..made])? {
            return Ok(false);
        }
        if made < ROOM && rest.is_empty() {
            break;
        }
    }
    Ok(true)
}

fn unzstd(
    decoder: &mut Decoder<'static>,
    done: &mut bool,
    bytes: &[u8],
    out: &mut Pieces<'_>,
) -> Result<bool> {
    let mut room = vec![0; ROOM];
    let mut input = InBuffer::around(bytes);
    while !*done {
        let mut output = OutBuffer::around(&mut room[..]);
        let hint = decoder.run(&mut input, &mut output).map_err(|_| {
            out.revlog
                .corrupt("a zstd chunk cannot be decompressed", out.entry)
        })?;
        *done = hint == 0;
        let made = output.as_slice().len();
        if !out.take(&room[..made])? {
            return Ok(false);
        }
        if made < ROOM && input.pos() == bytes.len() {
            break;
        }
    }
    Ok(true)
}

/// Makes a chunk of a text that comes in pieces.
enum ChunkMaker {
    Plain { begun: bool },
    Zlib(Box<Compress>),
    Zstd(Box<Encoder<'static>>),
}

impl ChunkMaker {
    fn new(compression: Compression) -> Result<ChunkMaker> {
        Ok(match compression {
            Compression::None => ChunkMaker::Plain { begun: false },
            Compression::Zlib(level) => {
                let level = flate2::Compression::new(level);
                ChunkMaker::Zlib(Box::new(Compress::new(level, true)))
            }
            Compression::Zstd(level) => {
                ChunkMaker::Zstd(Box::new(Encoder::new(level).map_err(failed)?))
            }
        })
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<()> {
        match self {
            ChunkMaker::Plain { begun } => {
                if !std::mem::replace(begun, true) && bytes.first() != Some(&0) {
                    out.push(b'u');
                }
                out.extend_from_slice(bytes);
                Ok(())
            }
            ChunkMaker::Zlib(deflater) => deflate(deflater, bytes, FlushCompress::None, out),
            ChunkMaker::Zstd(encoder) => {
                let mut input = InBuffer::around(bytes);
                let mut room = vec![0; ROOM];
                while input.pos() < bytes.len() {
                    let mut output = OutBuffer::around(&mut room[..]);
                    encoder.run(&mut input, &mut output).map_err(failed)?;
                    out.extend_from_slice(output.as_slice());
                }
                Ok(())
            }
        }
    }

    fn finish(&mut self, out: &mut Vec<u8>) -> Result<()> {
        match self {
            ChunkMaker::Plain { .. } => Ok(()),
            ChunkMaker::Zlib(deflater) => deflate(deflater, &[], FlushCompress::Finish, out),
            ChunkMaker::Zstd(encoder) => {
                let mut room = vec![0; ROOM];
                loop {
                    let mut output = OutBuffer::around(&mut room[..]);
                    let left = encoder.finish(&mut output, true).map_err(failed)?;
                    out.extend_from_slice(output.as_slice());
                    if left == 0 {
                        return Ok(());
                    }
                }
            }
        }
    }
}

fn deflate(
    deflater: &mut Compress,
    bytes: &[u8],
    flush: FlushCompress,
    out: &mut Vec<u8>,
) -> Result<()> {
    let mut rest = bytes;
    loop {
        out.reserve(ROOM);
        let before = deflater.total_in();
        let status = deflater.compress_vec(rest, out, flush).map_err(failed)?;
        let taken = usize::try_from(deflater.total_in() - before).unwrap_or(rest.len());
        rest = &rest[taken..];
        let is_over = match flush {
            FlushCompress::Finish => status == Status::StreamEnd,
            _ => rest.is_empty() && out.len() < out.capacity(),
        };
        if is_over {
            return Ok(());
        }
    }
}

fn failed(error: impl Into<io::Error>) -> Error {
    Error::internal("a text cannot be compressed").with("cause", error.into().to_string())
}

/// A long revision to append.
#[derive(Clone, Copy, Debug)]
pub struct LongRevision<'a> {
    /// What its text begins with.
    pub start: &'a [u8],
    /// Its parents in this revlog.
    pub parents: [Rev; 2],
    /// The changeset that it belongs to.
    pub link: Rev,
    /// Its flags.
    pub flags: u16,
    /// Compressing it does not make it shorter.
    pub is_noise: bool,
}

impl Appender {
    /// Appends a long text, whose pieces `read` puts into the buffer that it gets (how many bytes; none at the end), to the
    /// files at once: hashed and compressed on the way, stored whole. The entry waits as those of other revisions do.
    /// The revision, its node, and how long the text is.
    ///
    /// # Errors
    /// As [`StoreFiles::write`]; [`hyg_base::ErrorId::TextTooLong`]; what `read` answers. What was written by then is
    /// cut off by whoever takes the transaction back.
    pub fn add_long(
        &mut self,
        files: &StoreFiles,
        new: &LongRevision<'_>,
        read: &mut dyn FnMut(&mut [u8]) -> Result<usize>,
    ) -> Result<(Rev, Node, u64)> {
        self.leave_inline(files)?;
        let start = self.end();
        let name = self.data_name();
        files.note_append(&name, start)?;
        let parents = [
            self.revlog().node(new.parents[0])?,
            self.revlog().node(new.parents[1])?,
        ];
        let mut hasher = NodeHasher::new(&parents);
        let mut maker = ChunkMaker::new(match new.is_noise {
            true => Compression::None,
            false => self.compression(),
        })?;
        let (mut len, mut end) = (new.start.len() as u64, start);
        let mut out = Vec::with_capacity(WRITTEN + 2 * PIECE);
        hasher.update(new.start);
        if !new.start.is_empty() {
            maker.push(new.start, &mut out)?;
        }
        let mut piece = vec![0; PIECE];
        loop {
            let count = read(&mut piece)?;
            if count == 0 {
                maker.finish(&mut out)?;
            } else {
                hasher.update(&piece[..count]);
                maker.push(&piece[..count], &mut out)?;
                len += count as u64;
            }
            if out.len() >= WRITTEN || count == 0 {
                files.vfs().append(&name, end, &out)?;
                end += out.len() as u64;
                out.clear();
            }
            self.refuse_length(len.max(end - start))?;
            if count == 0 {
                break;
            }
        }
        let node = hasher.finish()?;
        if let Some(known) = self.revlog().find(&node)? {
            files.vfs().cut(&name, start)?;
            return Ok((known, node, len));
        }
        let rev = Rev(self.revlog().tip().0 + 1);
        let has_info = self.revlog().index().header().has_delta_info();
        let count = |bytes: u64| i32::try_from(bytes).unwrap_or(i32::MAX);
        let fields = Fields {
            data_offset: start,
            flags: self.flags_of_others(new.flags) | if has_info { FLAG_SNAPSHOT } else { 0 },
            stored: count(end - start),
            text: count(len),
            base: rev,
            link: new.link,
            parents: new.parents,
            node,
        };
        self.push_written(rev, fields, end);
        Ok((rev, node, len))
    }
}

//! Revisions of one file: the content apart from the metadata before it, and where it was copied from
//! (format: `docs/formats/filelog.md`). Finding which revision a changeset has is the manifest's work.

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

use hyg_base::{Node, RepoPath, RepoPathBuf, Result, Rev};

use crate::Blob;
use crate::revlog::hash::NodeHasher;
use crate::revlog::{FLAG_CENSORED, FLAG_HAS_META, Kind, LONG, Options, PIECE, Revlog, Streamed};
use crate::vfs::Vfs;

/// What metadata begins and ends with.
const MARKER: &[u8] = b"\x01\n";

/// Whether a text that is stored begins with metadata.
pub(crate) fn has_marker(text: &[u8]) -> bool {
    text.starts_with(MARKER)
}

/// The revlog of one file.
#[derive(Debug)]
pub struct Filelog {
    revlog: Revlog,
}

/// The content of a file revision.
#[derive(Clone, Debug)]
pub struct FileContent {
    text: Blob,
    start: usize,
}

impl Deref for FileContent {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        self.text.get(self.start..).unwrap_or_default()
    }
}

impl From<Vec<u8>> for FileContent {
    fn from(content: Vec<u8>) -> FileContent {
        FileContent {
            text: content.into(),
            start: 0,
        }
    }
}

impl FileContent {
    /// The content as a vector, without a copy where there is no metadata and nobody else holds it.
    pub fn into_vec(self) -> Vec<u8> {
        let mut text = self.text.into_vec();
        text.drain(..self.start.min(text.len()));
        text
    }
}

/// Where a file revision was copied from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopySource {
    /// The path of the source.
    pub path: RepoPathBuf,
    /// The file revision that was copied.
    pub node: Node,
}

impl Filelog {
    /// Opens the revlog of `path`; a file that was never stored has an empty one.
    ///
    /// # Errors
    /// As [`Revlog::open`].
    pub fn open(vfs: Arc<dyn Vfs>, path: &RepoPath) -> Result<Filelog> {
        let options = Options {
            kind: Kind::Filelog,
            name: path.as_bytes().to_vec(),
            nodemap: false,
        };
        let radix = [b"data/", path.as_bytes()].concat();
        let revlog = Revlog::open(vfs, &radix, options)?;
        Ok(Filelog { revlog })
    }

    /// The revlog.
    pub fn revlog(&self) -> &Revlog {
        &self.revlog
    }

    /// The same, to be read in the order of its history.
    #[must_use]
    pub fn keeping_texts(self) -> Filelog {
        Filelog {
            revlog: self.revlog.keeping_texts(),
        }
    }

    /// The revlog, to be appended to.
    pub fn into_revlog(self) -> Revlog {
        self.revlog
    }

    /// Whether a revision has this content.
    ///
    /// # Errors
    /// As [`Filelog::read`].
    pub fn is_same(&self, rev: Rev, data: &[u8]) -> Result<bool> {
        let text = u64::try_from(self.revlog.entry(rev)?.uncompressed_len()).ok();
        // Metadata makes a text longer, so a shorter one cannot hold the content.
        if text.is_some_and(|len| len < data.len() as u64) {
            return Ok(false);
        }
        Ok(*self.read(rev)? == *data)
    }

    /// As [`Filelog::is_same`] for a content that `read` gives, piece by piece as [`fill`] takes it, without either of them
    /// being in memory where that can be avoided.
    ///
    /// # Errors
    /// As [`Filelog::read`], and what `read` answers.
    pub fn holds(
        &self,
        rev: Rev,
        from: u64,
        read: &mut dyn FnMut(&mut [u8]) -> Result<usize>,
    ) -> Result<bool> {
        let mut buffer = vec![0; PIECE];
        let mut compare = |bytes: &[u8], read: &mut dyn FnMut(&mut [u8]) -> Result<usize>| {
            for piece in bytes.chunks(PIECE) {
                let count = fill(&mut buffer[..piece.len()], read)?;
                if buffer[..count] != *piece {
                    return Ok(false);
                }
            }
            Ok(true)
        };
        let same = match self.stream(rev, from, &mut |bytes| compare(bytes, read))? {
            Streamed::Whole => true,
            Streamed::Stopped => false,
            Streamed::No if self.node_tells(rev)? => return self.hash_is(rev, read),
            Streamed::No => compare(&self.read(rev)?, read)?,
        };
        Ok(same && read(&mut [0; 1])? == 0)
    }

    /// Whether the node of a revision is the hash of its content.
    fn node_tells(&self, rev: Rev) -> Result<bool> {
        Ok(self.revlog.is_plain(&self.revlog.entry(rev)?) && !self.has_meta(rev)?)
    }

    fn hash_is(&self, rev: Rev, read: &mut dyn FnMut(&mut [u8]) -> Result<usize>) -> Result<bool> {
        let [first, second] = self.revlog.parents(rev)?;
        let parents = [self.revlog.node(first)?, self.revlog.node(second)?];
        let mut hasher = NodeHasher::new(&parents);
        let mut buffer = vec![0; PIECE];
        loop {
            match read(&mut buffer)? {
                0 => {
                    let node = self.revlog.node(rev)?;
                    return Ok(hasher.finish().is_ok_and(|found| found == node));
                }
                count => hasher.update(&buffer[..count]),
            }
        }
    }

    /// Hands the content of a revision of at least `from` bytes that is stored whole to `sink`, piece by piece, until it
    /// answers `false`.
    ///
    /// # Errors
    /// As [`Revlog::stream`]; [`hyg_base::ErrorId::CorruptRevision`] for metadata that does not end.
    pub fn stream(
        &self,
        rev: Rev,
        from: u64,
        sink: &mut dyn FnMut(&[u8]) -> Result<bool>,
    ) -> Result<Streamed> {
        let mut is_first = true;
        self.revlog.stream(rev, from, &mut |bytes| {
            let start = match std::mem::replace(&mut is_first, false) {
                true => split(bytes).map_err(|NoEnd| self.endless(rev))?,
                false => None,
            };
            sink(start.map_or(bytes, |(_, start)| &bytes[start..]))
        })
    }

    /// The content of a revision, without metadata.
    ///
    /// # Errors
    /// As [`Revlog::revision`]; [`hyg_base::ErrorId::CorruptRevision`] for metadata that does not end.
    pub fn read(&self, rev: Rev) -> Result<FileContent> {
        self.content(rev, self.revlog.revision(rev)?)
    }

    /// The same, to be checked by [`Filelog::check`] as [`Revlog::revision_to_check`] has it.
    ///
    /// # Errors
    /// As [`Filelog::read`], but for those that hashes cause.
    pub fn read_to_check(&self, rev: Rev) -> Result<(FileContent, bool)> {
        let (text, checked) = self.revlog.revision_to_check(rev)?;
        Ok((self.content(rev, text)?, checked))
    }

    /// Checks what [`Filelog::read_to_check`] gave.
    ///
    /// # Errors
    /// As [`Revlog::check`].
    pub fn check(&self, rev: Rev, content: &FileContent) -> Result<()> {
        self.revlog.check(rev, &content.text)
    }

    fn content(&self, rev: Rev, text: Blob) -> Result<FileContent> {
        let start = match split(&text) {
            Ok(Some((_, start))) => start,
            Ok(None) => 0,
            Err(NoEnd) => return Err(self.endless(rev)),
        };
        Ok(FileContent { text, start })
    }

    /// The same for the revision that has `node`.
    ///
    /// # Errors
    /// As [`Filelog::read`]; [`hyg_base::ErrorId::UnknownNode`].
    pub fn read_node(&self, node: &Node) -> Result<FileContent> {
        self.read(self.revlog.rev(node)?)
    }

    /// Whether the text of a revision begins with metadata.
    ///
    /// # Errors
    /// As [`Revlog::raw_text`].
    pub fn has_meta(&self, rev: Rev) -> Result<bool> {
        if rev.is_null() {
            return Ok(false);
        }
        if self.revlog.index().header().has_filelog_meta() {
            return Ok(self.revlog.entry(rev)?.flags() & FLAG_HAS_META != 0);
        }
        if !self.revlog.parents(rev)?[0].is_null() {
            return Ok(false);
        }
        match self.revlog.unchecked_start(rev, MARKER.len()) {
            Some(start) => Ok(start == MARKER),
            None => Ok(self.revlog.raw_text(rev)?.starts_with(MARKER)),
        }
    }

    /// Where a revision was copied from, if it was.
    ///
    /// # Errors
    /// As [`Filelog::read`].
    pub fn copy_source(&self, rev: Rev) -> Result<Option<CopySource>> {
        // A copy has no first parent, so most revisions are answered by the index.
        if rev.is_null() || !self.revlog.parents(rev)?[0].is_null() {
            return Ok(None);
        }
        if self.revlog.index().header().has_filelog_meta() && !self.has_meta(rev)? {
            return Ok(None);
        }
        let text = self.start(rev)?;
        let lines = match split(&text) {
            Ok(Some((lines, _))) => lines,
            Ok(None) => return Ok(None),
            Err(NoEnd) => return Err(self.endless(rev)),
        };
        let value = |key| {
            fields(lines)
                .filter(|(name, _)| *name == key)
                .last()
                .map(|(_, value)| value)
        };
        let (Some(path), Some(hex)) = (value(b"copy".as_slice()), value(b"copyrev")) else {
            return Ok(None);
        };
        match Node::from_hex(hex) {
            Some(node) => Ok(Some(CopySource {
                path: RepoPathBuf::new(path.to_vec()),
                node,
            })),
            None => Err(self.problem("the node of a copy source is not hexadecimal", rev)),
        }
    }

    /// The text of a revision; of a long one maybe only its first piece, which is verified where it has metadata.
    fn start(&self, rev: Rev) -> Result<Blob> {
        let mut first = None;
        let streamed = self.revlog.stream(rev, LONG, &mut |bytes| {
            let piece = first.get_or_insert_with(|| bytes.to_vec());
            Ok(has_marker(piece))
        })?;
        match (streamed, first) {
            (Streamed::No, _) | (_, None) => self.revlog.revision(rev),
            (_, Some(first)) => Ok(Blob::from(first)),
        }
    }

    /// Length of the content, without rebuilding it where the index knows.
    ///
    /// # Errors
    /// As [`Filelog::read`].
    pub fn size(&self, rev: Rev) -> Result<u64> {
        if rev.is_null() {
            return Ok(0);
        }
        let entry = self.revlog.entry(rev)?;
        if entry.flags() & FLAG_CENSORED != 0 {
            return Ok(0);
        }
        match u64::try_from(entry.uncompressed_len()) {
            Ok(len) if !self.has_meta(rev)? => Ok(len),
            _ => Ok(self.read(rev)?.len() as u64),
        }
    }

    fn endless(&self, rev: Rev) -> hyg_base::Error {
        self.problem("the metadata before the content does not end", rev)
    }

    fn problem(&self, problem: &'static str, rev: Rev) -> hyg_base::Error {
        match self.revlog.entry(rev) {
            Ok(entry) => self.revlog.corrupt(problem, &entry),
            Err(error) => error,
        }
    }
}

/// What is stored for a file: metadata in front where it was copied, or where it looks like metadata itself.
pub fn stored_text<'a>(data: &'a [u8], source: Option<&CopySource>) -> Cow<'a, [u8]> {
    match metadata(data, source) {
        before if before.is_empty() => Cow::Borrowed(data),
        before => Cow::Owned([&before, data].concat()),
    }
}

/// What stands before a content that begins like this.
pub fn metadata(start: &[u8], source: Option<&CopySource>) -> Vec<u8> {
    match source {
        None if start.starts_with(MARKER) => [MARKER, MARKER].concat(),
        None => Vec::new(),
        Some(source) => {
            let hex = source.node.to_hex();
            let lines: [&[u8]; 5] = [
                b"copy: ",
                source.path.as_bytes(),
                b"\ncopyrev: ",
                &hex,
                b"\n",
            ];
            [MARKER, &lines.concat(), MARKER].concat()
        }
    }
}

/// Fills a buffer as far as there is something to read.
///
/// # Errors
/// What `read` answers.
pub fn fill(buffer: &mut [u8], read: &mut dyn FnMut(&mut [u8]) -> Result<usize>) -> Result<usize> {
    let mut done = 0;
    while done < buffer.len() {
        match read(&mut buffer[done..])? {
            0 => break,
            count => done += count,
        }
    }
    Ok(done)
}

/// Metadata begins but does not end.
#[derive(Debug)]
struct NoEnd;

/// The lines of metadata and where the content begins; `None` without metadata.
fn split(text: &[u8]) -> Result<Option<(&[u8], usize)>, NoEnd> {
    let Some(rest) = text.strip_prefix(MARKER) else {
        return Ok(None);
    };
    let end = memchr::memmem::find(rest, MARKER).ok_or(NoEnd)?;
    Ok(Some((&rest[..end], MARKER.len() + end + MARKER.len())))
}

fn fields(lines: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    lines.split(|b| *b == b'\n').filter_map(|line| {
        let colon = memchr::memmem::find(line, b": ")?;
        Some((&line[..colon], &line[colon + 2..]))
    })
}

/// Why content was censored, where `text` says that it was.
pub(crate) fn tombstone(text: &[u8]) -> Option<&[u8]> {
    let (lines, _) = split(text).ok()??;
    fields(lines)
        .find(|(key, _)| *key == b"censored")
        .map(|(_, reason)| reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::revlog::build::{Row, inline_index};
    use crate::vfs::DiskVfs;
    use hyg_base::{ErrorId, Fact};
    use proptest::prelude::*;

    fn filelog(rows: &[Row], header: u32) -> (tempfile::TempDir, Filelog) {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("data")).unwrap();
        std::fs::write(dir.path().join("data/f.i"), inline_index(rows, header)).unwrap();
        let vfs = Arc::new(DiskVfs::new(dir.path()));
        let log = Filelog::open(vfs, RepoPath::new(b"f")).unwrap();
        (dir, log)
    }

    const COPY: &[u8] =
        b"\x01\ncopy: old name\ncopyrev: 0123456789abcdef0123456789abcdef01234567\n\x01\nbody";

    #[test]
    fn content_and_copies() {
        let rows = [
            Row::text(b"plain"),
            Row::text(COPY),
            Row::text(b"\x01\n\x01\n\x01\nescaped"),
            Row::text(b""),
        ];
        let (_dir, log) = filelog(&rows, 0x0002_0001);
        assert_eq!(&*log.read(Rev(0)).unwrap(), b"plain");
        assert_eq!(&*log.read(Rev(1)).unwrap(), b"body");
        assert_eq!(log.read(Rev(2)).unwrap().into_vec(), b"\x01\nescaped");
        assert_eq!(&*log.read_node(&rows[3].node).unwrap(), b"");
        let source = log.copy_source(Rev(1)).unwrap().unwrap();
        assert_eq!(source.path.as_bytes(), b"old name");
        assert_eq!(source.node.to_hex()[..4], *b"0123");
        assert_eq!(log.copy_source(Rev(0)).unwrap(), None);
        assert_eq!(log.copy_source(Rev(2)).unwrap(), None);
        let sizes: Vec<u64> = (0..4).map(|rev| log.size(Rev(rev)).unwrap()).collect();
        assert_eq!(sizes, [5, 4, 9, 0]);
        assert_eq!(log.copy_source(Rev::NULL).unwrap(), None);
        assert!(log.read(Rev::NULL).unwrap().is_empty());
    }

    #[test]
    fn with_the_header_flag_the_entry_says_whether_there_is_metadata() {
        let mut flagged = Row::text(COPY);
        flagged.flags = FLAG_HAS_META;
        let rows = [flagged, Row::text(COPY)];
        let (_dir, log) = filelog(&rows, 0x0006_0001);
        assert!(log.copy_source(Rev(0)).unwrap().is_some());
        assert!(log.copy_source(Rev(1)).unwrap().is_none());
        assert!(log.has_meta(Rev(0)).unwrap() && !log.has_meta(Rev(1)).unwrap());
    }

    #[test]
    fn bad_metadata_is_corruption_with_the_path() {
        let rows = [
            Row::text(b"\x01\ncopy: x\nand no end"),
            Row::text(b"\x01\ncopy: x\ncopyrev: xyz\n\x01\n"),
        ];
        let (_dir, log) = filelog(&rows, 1);
        for error in [
            log.read(Rev(0)).unwrap_err(),
            log.copy_source(Rev(0)).unwrap_err(),
            log.copy_source(Rev(1)).unwrap_err(),
        ] {
            assert_eq!(error.id(), ErrorId::CorruptRevision);
            assert_eq!(error.fact("path"), Some(&Fact::from("f")));
        }
    }

    #[test]
    fn censored_content_is_told_apart_from_corruption() {
        let mut censored = Row::text(b"\x01\ncensored: by request\n\x01\n");
        censored.node = Node([7; 20]);
        censored.flags = FLAG_CENSORED;
        let mut broken = Row::text(b"some text");
        broken.node = Node([8; 20]);
        let (_dir, log) = filelog(&[censored, broken], 1);
        let error = log.read(Rev(0)).unwrap_err();
        assert_eq!(error.id(), ErrorId::CensoredRevision);
        assert_eq!(error.fact("tombstone"), Some(&Fact::from("by request")));
        assert_eq!(error.fact("node"), Some(&Fact::from(Node([7; 20]))));
        assert_eq!(log.size(Rev(0)).unwrap(), 0);
        assert_eq!(log.read(Rev(1)).unwrap_err().id(), ErrorId::CorruptRevision);
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "(\x01\n)?(copy: |copyrev: |[a-f0-9\n:]){0,9}(\x01\n)?[a-z]{0,4}") {
            let (_dir, log) = filelog(&[Row::text(text.as_bytes())], 1);
            match log.read(Rev(0)) {
                Ok(content) => prop_assert!(text.as_bytes().ends_with(&content)),
                Err(error) => prop_assert_eq!(error.id(), ErrorId::CorruptRevision),
            }
            let _answer = log.copy_source(Rev(0));
        }
    }
}

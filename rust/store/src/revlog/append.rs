//! Appends revisions to a revlog in memory and writes them out in few pieces; an inline revlog that grows gets a data file
//! (format: `docs/formats/revlog.md`). How a revision is stored is chosen in `delta`.

use std::collections::HashSet;

use hyg_base::{Error, ErrorId, Node, Result, Rev};

use super::delta::{Chains, Search};
use super::index::{Fields, Header, Index};
use super::{DeltaPolicy, FLAG_CENSORED, FLAG_HAS_META, FLAG_SNAPSHOT, Kind, Revlog, hash};
use crate::Blob;
use crate::filelog::has_marker;
use crate::write::StoreFiles;

/// From so many bytes of chunks on a revlog has a data file.
const MAX_INLINE: u64 = 131_072;
/// So many bytes of chunks are kept before they are written.
const MAX_PENDING: usize = 16 << 20;
/// Flags that describe the delta; they are ours to set.
const DELTA_FLAGS: u16 = 0b0111_1100_0000;

/// A revision to append.
#[derive(Clone, Debug)]
pub struct NewRevision<'a> {
    /// Its text.
    pub text: &'a [u8],
    /// Its parents in this revlog.
    pub parents: [Rev; 2],
    /// The changeset that it belongs to.
    pub link: Rev,
    /// Its flags.
    pub flags: u16,
    /// A delta that is known already, and what it applies to.
    pub known: Option<(Rev, &'a [u8])>,
    /// What it applies to is tried before anything else.
    pub known_first: bool,
    /// A chunk that is made already.
    pub packed: Packed,
}

/// What of a revision is compressed already.
#[derive(Clone, Debug, Default)]
pub enum Packed {
    /// Nothing.
    #[default]
    Nothing,
    /// The whole text.
    Text(Vec<u8>),
    /// The delta that is known.
    Delta(Vec<u8>),
}

/// What one revlog adds to the files of a store.
#[derive(Debug)]
pub enum Piece {
    /// Bytes behind a file that is so long.
    Append(Vec<u8>, u64, Vec<u8>),
    /// A new content.
    Replace(Vec<u8>, Vec<u8>),
}

/// A revlog that grows.
#[derive(Debug)]
pub struct Appender {
    revlog: Revlog,
    policy: DeltaPolicy,
    chains: Chains,
    /// Revisions whose entries are in the files.
    written: usize,
    /// Length of the index file.
    index_len: u64,
    /// End of the chunks.
    end: u64,
    /// Entries of the changelog wait for [`Appender::publish`].
    delayed: bool,
    /// Entries before this one are in the index file.
    published: usize,
}

impl Appender {
    /// For a revlog as it is on disk.
    ///
    /// # Errors
    /// None yet.
    pub fn new(mut revlog: Revlog, policy: DeltaPolicy) -> Result<Appender> {
        let kind = revlog.options.kind;
        if revlog.is_empty() {
            let general = policy.general_delta && kind != Kind::Changelog;
            let header = Header::new(
                kind != Kind::Changelog,
                general,
                policy.delta_info && kind == Kind::Filelog,
                policy.delta_info && general,
            );
            revlog.index.set_header(header);
        }
        let end = match revlog.index.entry(revlog.tip()) {
            None => 0,
            Some(entry) => entry.data_offset() + u64::try_from(entry.compressed_len()).unwrap_or(0),
        };
        revlog.tail.start = end;
        let (written, index_len) = (revlog.len(), revlog.index.data().len() as u64);
        Ok(Appender {
            revlog,
            policy,
            chains: Chains::default(),
            written,
            index_len,
            end,
            delayed: kind == Kind::Changelog,
            published: written,
        })
    }

    /// The revlog with what was added.
    pub fn revlog(&self) -> &Revlog {
        &self.revlog
    }

    /// Prepares for many revisions.
    pub fn expect_many(&self) {
        self.revlog.expect_many();
    }

    /// How a text of a filelog that begins with metadata is marked.
    pub fn parents_with_meta(&self, parents: [Rev; 2]) -> [Rev; 2] {
        // Without a flag for it, a null first parent is the sign to look for metadata.
        match parents {
            [first, Rev::NULL] if !self.revlog.index.header().has_filelog_meta() => {
                [Rev::NULL, first]
            }
            parents => parents,
        }
    }

    /// Appends a text; its revision and node. One that is there already stays as it is.
    ///
    /// # Errors
    /// As [`Revlog::revision`] for bases; [`ErrorId::TextTooLong`].
    pub fn add(&mut self, new: &NewRevision<'_>) -> Result<(Rev, Node)> {
        let [first, second] = new.parents;
        let parents = [self.revlog.node(first)?, self.revlog.node(second)?];
        let node = hash::revision_node(new.text, &parents)?;
        if let Some(known) = self.revlog.find(&node)? {
            return Ok((known, node));
        }
        Ok((self.add_known(node, new)?, node))
    }

    /// Appends a revision whose node is known to be right and new.
    ///
    /// # Errors
    /// As [`Appender::add`].
    pub fn add_known(&mut self, node: Node, new: &NewRevision<'_>) -> Result<Rev> {
        let rev = Rev(self.revlog.tip().0 + 1);
        self.refuse_length(new.text.len() as u64)?;
        let text = i32::try_from(new.text.len()).unwrap_or(i32::MAX);
        let search = Search {
            revlog: &self.revlog,
            policy: &self.policy,
            chains: &mut self.chains,
            text: new.text,
            parents: new.parents,
            known: new.known,
            known_first: new.known_first,
            packed: &new.packed,
            tested: HashSet::new(),
        };
        let stored = search.choose()?;
        let header = self.revlog.index.header();
        let mut flags = self.flags_of_others(new.flags);
        if header.has_filelog_meta() && flags & FLAG_CENSORED == 0 && has_marker(new.text) {
            flags |= FLAG_HAS_META;
        }
        if stored.snapshot.is_some() && header.has_delta_info() {
            flags |= FLAG_SNAPSHOT;
        }
        let fields = Fields {
            data_offset: self.end,
            flags,
            stored: i32::try_from(stored.chunk.len()).unwrap_or(i32::MAX),
            text,
            base: stored.base,
            link: new.link,
            parents: new.parents,
            node,
        };
        self.end += stored.chunk.len() as u64;
        match self.revlog.tail.data.is_empty() {
            true => self.revlog.tail.data = stored.chunk,
            false => self.revlog.tail.data.extend_from_slice(&stored.chunk),
        }
        self.revlog.index.push(fields.pack());
        self.revlog.found_later(rev);
        Ok(rev)
    }

    /// Refuses a text that is longer than an entry can say.
    ///
    /// # Errors
    /// [`ErrorId::TextTooLong`].
    pub fn refuse_length(&self, len: u64) -> Result<()> {
        match i32::try_from(len) {
            Ok(_) => Ok(()),
            Err(_) => Err(Error::new(ErrorId::TextTooLong)
                .with("path", self.revlog.name())
                .with("size", len as i64)),
        }
    }

    /// Those of the flags that do not describe the delta.
    pub(super) fn flags_of_others(&self, flags: u16) -> u16 {
        match self.revlog.index.header().has_filelog_meta() {
            true => flags & !DELTA_FLAGS,
            false => flags & !(DELTA_FLAGS | FLAG_HAS_META),
        }
    }

    /// Where the next chunk begins.
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    pub(super) fn compression(&self) -> super::Compression {
        self.policy.compression
    }

    pub(super) fn data_name(&self) -> Vec<u8> {
        self.name(b".d")
    }

    /// Writes what waits, and sees to it that there is a data file to append to.
    pub(super) fn leave_inline(&mut self, files: &StoreFiles) -> Result<()> {
        self.flush(files)?;
        let header = self.revlog.index.header();
        match (header.is_inline(), self.revlog.is_empty()) {
            (true, true) => self.revlog.index.set_header(header.split()),
            (true, false) => files.write(&self.split()?)?,
            (false, _) => {}
        }
        Ok(())
    }

    /// Appends an entry whose chunk is in the data file already and ends there.
    pub(super) fn push_written(&mut self, rev: Rev, fields: Fields, end: u64) {
        self.end = end;
        self.revlog.tail.start = end;
        self.revlog.index.push(fields.pack());
        self.revlog.found_later(rev);
    }

    /// Appends a revision with a text that is likely to be the base of the next one.
    pub fn remember(&self, rev: Rev, text: &Blob) {
        self.revlog.remember(rev, text);
    }

    /// How long its files are when everything is written.
    pub fn size(&self) -> u64 {
        self.end + (self.revlog.len() * super::ENTRY_SIZE) as u64
    }

    /// Whether so much waits that it is better written.
    pub fn is_full(&self) -> bool {
        self.revlog.tail.data.len() > MAX_PENDING
            || (self.revlog.index.header().is_inline() && self.end >= MAX_INLINE)
    }

    fn name(&self, suffix: &[u8]) -> Vec<u8> {
        [&self.revlog.radix, suffix].concat()
    }

    /// Entries as a file without chunks between them has them.
    fn entries(&self, from: usize) -> Vec<u8> {
        let mut out = Vec::with_capacity((self.revlog.len() - from) * super::ENTRY_SIZE);
        for at in from..self.revlog.len() {
            out.extend_from_slice(&self.entry(at));
        }
        out
    }

    fn entry(&self, at: usize) -> [u8; super::ENTRY_SIZE] {
        let rev = Rev(i32::try_from(at).unwrap_or(i32::MAX));
        let mut raw = self.revlog.index.raw(rev).unwrap_or([0; super::ENTRY_SIZE]);
        if at == 0 {
            raw[..4].copy_from_slice(&self.revlog.index.header().to_bytes());
        }
        raw
    }

    /// What is to be written so that the files hold everything; afterwards it counts as written.
    ///
    /// # Errors
    /// As [`Revlog::revision`] for chunks of an inline revlog that is split.
    pub fn take_pieces(&mut self) -> Result<Vec<Piece>> {
        let from = self.written;
        if from == self.revlog.len() {
            return Ok(Vec::new());
        }
        self.written = self.revlog.len();
        let index = self.name(b".i");
        if self.revlog.index.header().is_inline() {
            if self.end >= MAX_INLINE {
                return self.split();
            }
            let mut bytes = Vec::new();
            for at in from..self.revlog.len() {
                bytes.extend_from_slice(&self.entry(at));
                let entry = self.revlog.entry(Rev(at as i32))?;
                bytes.extend_from_slice(self.revlog.inline_chunk(&entry)?);
            }
            let before = self.index_len;
            self.index_len += bytes.len() as u64;
            return Ok(vec![Piece::Append(index, before, bytes)]);
        }
        let data = std::mem::take(&mut self.revlog.tail.data);
        let start = self.revlog.tail.start;
        self.revlog.tail.start = self.end;
        let mut pieces = Vec::new();
        if !data.is_empty() || start == 0 {
            pieces.push(Piece::Append(self.name(b".d"), start, data));
        }
        if !self.delayed {
            pieces.push(self.index_piece(from));
        }
        Ok(pieces)
    }

    fn index_piece(&mut self, from: usize) -> Piece {
        let bytes = self.entries(from);
        let before = self.index_len;
        self.index_len += bytes.len() as u64;
        self.published = self.revlog.len();
        Piece::Append(self.name(b".i"), before, bytes)
    }

    /// Gives an inline revlog a data file.
    fn split(&mut self) -> Result<Vec<Piece>> {
        let data = match self.revlog.tail.start {
            // nothing is in the files yet
            0 => std::mem::take(&mut self.revlog.tail.data),
            _ => {
                let mut data = Vec::new();
                for at in 0..self.revlog.len() {
                    let entry = self.revlog.entry(Rev(at as i32))?;
                    data.extend_from_slice(self.revlog.inline_chunk(&entry)?);
                }
                data
            }
        };
        let header = self.revlog.index.header().split();
        self.revlog.index.set_header(header);
        let entries = self.entries(0);
        let is_new = self.index_len == 0;
        self.index_len = entries.len() as u64;
        self.published = self.revlog.len();
        self.revlog.index = Index::parse(entries.clone().into())?;
        self.revlog.tail.data = Vec::new();
        self.revlog.tail.start = self.end;
        let index = self.name(b".i");
        Ok(vec![
            Piece::Append(self.name(b".d"), 0, data),
            match is_new {
                true => Piece::Append(index, 0, entries),
                false => Piece::Replace(index, entries),
            },
        ])
    }

    /// Gives a changelog that is inline, as old programs made them, its data file.
    ///
    /// # Errors
    /// As [`StoreFiles::write`].
    pub fn split_now(&mut self, files: &StoreFiles) -> Result<()> {
        match self.delayed && self.revlog.index.header().is_inline() {
            true => files.write(&self.split()?),
            false => Ok(()),
        }
    }

    /// Writes what waits, the entries of a changelog excepted.
    ///
    /// # Errors
    /// As [`StoreFiles::write`].
    pub fn flush(&mut self, files: &StoreFiles) -> Result<()> {
        let pieces = self.take_pieces()?;
        files.write(&pieces)
    }

    /// Whether entries of a changelog wait.
    pub fn is_pending(&self) -> bool {
        self.published < self.revlog.len()
    }

    /// The whole index with the entries that wait.
    pub fn whole_index(&self) -> Vec<u8> {
        self.entries(0)
    }

    /// Writes what waits and appends the entries of a changelog.
    ///
    /// # Errors
    /// As [`StoreFiles::write`].
    pub fn publish(&mut self, files: &StoreFiles) -> Result<()> {
        self.flush(files)?;
        if !self.is_pending() {
            return Ok(());
        }
        let piece = self.index_piece(self.published);
        files.write(&[piece])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::RepoLayout;
    use crate::revlog::{Compression, Options};
    use proptest::prelude::*;

    fn policy(compression: Compression, general: bool, sparse: bool, info: bool) -> DeltaPolicy {
        DeltaPolicy {
            compression,
            general_delta: general,
            sparse,
            delta_info: info,
            max_chain: if sparse { 1000 } else { 0 },
        }
    }

    fn files(dir: &std::path::Path) -> StoreFiles {
        std::fs::create_dir_all(dir.join(".hg/store")).unwrap();
        std::fs::write(dir.join(".hg/requires"), "store\nrevlogv1\n").unwrap();
        let layout = RepoLayout::open(dir).unwrap();
        StoreFiles::new(&layout, &dir.join(".hg/store/journal"))
    }

    fn open(files: &StoreFiles, kind: Kind) -> Revlog {
        let options = Options {
            kind,
            name: b"x".to_vec(),
            nodemap: false,
        };
        Revlog::open(files.vfs().clone(), b"data/x", options).unwrap()
    }

    fn add(appender: &mut Appender, text: &[u8], parents: [i32; 2]) -> Rev {
        let new = NewRevision {
            text,
            parents: parents.map(Rev),
            link: Rev(0),
            flags: 0,
            known: None,
            known_first: false,
            packed: Packed::Nothing,
        };
        appender.add(&new).unwrap().0
    }

    /// Lines of which a few change from revision to revision.
    fn texts(count: usize, lines: usize) -> Vec<Vec<u8>> {
        let mut state = 1u64;
        let mut next = move || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) as usize
        };
        let mut text: Vec<String> = (0..lines)
            .map(|n| format!("line {n} {}\n", next()))
            .collect();
        let step = |_: usize| {
            for _ in 0..3 {
                let at = next() % text.len();
                text[at] = format!("changed {}\n", next());
            }
            text.concat().into_bytes()
        };
        (0..count).map(step).collect()
    }

    #[test]
    fn what_is_appended_is_read_in_memory_and_from_files() {
        for (general, sparse, info) in [
            (false, false, false),
            (true, false, false),
            (true, true, false),
            (true, true, true),
        ] {
            let dir = tempfile::tempdir().unwrap();
            let files = files(dir.path());
            let policy = policy(Compression::Zstd(3), general, sparse, info);
            let mut appender = Appender::new(open(&files, Kind::Filelog), policy).unwrap();
            let texts = texts(150, 60);
            for (at, text) in texts.iter().enumerate() {
                let at = at as i32;
                // now and then two branches that are merged
                let parents = match at % 10 {
                    8 => [at - 2, -1],
                    9 => [at - 1, at - 2],
                    _ => [at - 1, -1],
                };
                assert_eq!(add(&mut appender, text, parents), Rev(at));
                if at % 40 == 7 {
                    appender.flush(&files).unwrap();
                }
                assert_eq!(
                    &*appender.revlog().revision(Rev(at)).unwrap(),
                    text.as_slice()
                );
            }
            appender.flush(&files).unwrap();
            let again = open(&files, Kind::Filelog);
            assert!(again.index().header().is_inline());
            assert_eq!(again.len(), texts.len());
            let mut whole = 0;
            for (at, text) in texts.iter().enumerate() {
                let rev = Rev(at as i32);
                assert_eq!(&*again.revision(rev).unwrap(), text.as_slice());
                assert_eq!(&*appender.revlog().revision(rev).unwrap(), text.as_slice());
                whole += usize::from(again.entry(rev).unwrap().base() == rev);
            }
            // Without general delta a whole text is needed again and again, else hardly ever.
            let most = if general { 20 } else { 40 };
            assert!((1..most).contains(&whole), "{general} {sparse} {whole}");
            assert_eq!(again.index().header().has_delta_info(), info);
        }
    }

    #[test]
    fn a_revlog_that_grows_is_split_and_known_nodes_stay() {
        let dir = tempfile::tempdir().unwrap();
        let files = files(dir.path());
        let policy = policy(Compression::None, true, true, false);
        let mut appender = Appender::new(open(&files, Kind::Filelog), policy).unwrap();
        let texts = texts(3, 3000);
        add(&mut appender, &texts[0], [-1, -1]);
        assert_eq!(add(&mut appender, &texts[0], [-1, -1]), Rev(0));
        appender.flush(&files).unwrap();
        assert!(appender.revlog().index().header().is_inline());
        let noise: Vec<u8> = texts.concat();
        add(&mut appender, &noise[1000..], [-1, -1]);
        appender.flush(&files).unwrap();
        assert!(!appender.revlog().index().header().is_inline());
        add(&mut appender, b"", [1, -1]);
        appender.flush(&files).unwrap();
        let again = open(&files, Kind::Filelog);
        assert_eq!(again.len(), 3);
        assert_eq!(&*again.revision(Rev(0)).unwrap(), texts[0].as_slice());
        assert_eq!(&*again.revision(Rev(1)).unwrap(), &noise[1000..]);
        assert!(again.revision(Rev(2)).unwrap().is_empty());
        let journal = std::fs::read(dir.path().join(".hg/store/journal")).unwrap();
        assert_eq!(journal, b"data/x.i\x000\ndata/x.d\x000\n");
    }

    #[test]
    fn entries_of_a_changelog_wait() {
        let dir = tempfile::tempdir().unwrap();
        let files = files(dir.path());
        let policy = policy(Compression::Zlib(6), true, true, true);
        let mut appender = Appender::new(open(&files, Kind::Changelog), policy).unwrap();
        add(&mut appender, b"one", [-1, -1]);
        add(&mut appender, b"one two", [0, -1]);
        appender.flush(&files).unwrap();
        assert!(appender.is_pending());
        assert!(open(&files, Kind::Changelog).is_empty());
        assert_eq!(
            &*appender.revlog().snapshot().revision(Rev(1)).unwrap(),
            b"one two"
        );
        appender.publish(&files).unwrap();
        assert!(!appender.is_pending());
        let again = open(&files, Kind::Changelog);
        assert_eq!(&**again.index().data(), appender.whole_index());
        let header = again.index().header();
        assert!(!header.is_inline() && !header.has_general_delta());
        assert_eq!(again.entry(Rev(1)).unwrap().base(), Rev(1));
    }

    proptest! {
        #[test]
        fn any_texts_are_read_back(texts in proptest::collection::vec("[ab\n]{0,12}", 1..30), sparse: bool, general: bool, seed: u32) {
            let dir = tempfile::tempdir().unwrap();
            let files = files(dir.path());
            let policy = policy(Compression::Zlib(1), general || sparse, sparse, false);
            let mut appender = Appender::new(open(&files, Kind::Manifest), policy).unwrap();
            let mut revs = Vec::new();
            for (at, text) in texts.iter().enumerate() {
                let len = appender.revlog().len() as i32;
                let pick = |salt: u32| (seed.wrapping_mul(salt + at as u32) >> 7) as i32 % (len + 1) - 1;
                let parents = [pick(2_654_435_761), pick(40_503)];
                revs.push((add(&mut appender, text.as_bytes(), parents), text));
            }
            appender.flush(&files).unwrap();
            let again = open(&files, Kind::Manifest);
            for (rev, text) in revs {
                prop_assert_eq!(&*again.revision(rev).unwrap(), text.as_bytes());
            }
        }
    }
}

//! Takes over whole revlogs of another repository, for one that changes its format.
//! Which ones, and in which order, is decided by the caller.

use hyg_base::{Error, Interrupt, RepoPath, Result, Rev};
use hyg_store::Blob;
use hyg_store::filelog::Filelog;
use hyg_store::manifest::open_revlog;
use hyg_store::revlog::{
    Appender, Compression, FLAG_CENSORED, FLAG_HAS_META, Kind, NewRevision, Packed, Revlog,
};

use super::{StoreWriter, TrimSlash, WORTH_A_TABLE};
use crate::incoming::in_parts;
use crate::repo::Repo;

/// So many revisions, and bytes of their texts, are prepared at once.
const MOST: usize = 512;
const MOST_BYTES: usize = 8 << 20;

/// What becomes of a delta as it is stored in the other repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reuse {
    /// It is taken where it is good.
    First,
    /// It is taken where its base would be chosen anyway.
    IfChosen,
    /// All deltas are made anew.
    Never,
}

/// A revlog by its size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measure {
    /// How many revisions it has.
    pub revisions: usize,
    /// How long its files are.
    pub stored: u64,
    /// How long all texts are.
    pub texts: u64,
}

/// A revision on its way.
struct Moving {
    rev: Rev,
    text: Blob,
    delta: Option<(Rev, Vec<u8>)>,
    packed: Packed,
}

impl Repo {
    /// A revlog of the repository, as its files are; `path` is the file, or the directory of a tree manifest.
    ///
    /// # Errors
    /// Whatever opening it answers.
    pub fn revlog(&self, kind: Kind, path: &[u8]) -> Result<Revlog> {
        let vfs = self.layout().store_vfs();
        match kind {
            Kind::Changelog => Ok(self.changelog()?.revlog().snapshot()),
            Kind::Manifest => open_revlog(&vfs, &directory(path), false),
            Kind::Filelog => Ok(Filelog::open(vfs, RepoPath::new(path))?.into_revlog()),
        }
    }

    /// How large a revlog is.
    ///
    /// # Errors
    /// As [`Repo::revlog`]; as [`Revlog::raw_text`] for a text whose length the index does not say.
    pub fn measure(&self, kind: Kind, path: &[u8]) -> Result<Measure> {
        let revlog = self.revlog(kind, path)?;
        let mut measure = Measure {
            revisions: revlog.len(),
            ..Measure::default()
        };
        for suffix in [b".i", b".d"] {
            let name = [revlog.radix(), suffix].concat();
            if let Some(file) = self.layout().store_vfs().open(&name)? {
                measure.stored += file.size()?;
            }
        }
        for rev in (0..=revlog.tip().0).map(Rev) {
            measure.texts += match u64::try_from(revlog.entry(rev)?.uncompressed_len()) {
                Ok(len) => len,
                Err(_) => revlog.raw_text(rev)?.len() as u64,
            };
        }
        Ok(measure)
    }
}

fn directory(path: &[u8]) -> Vec<u8> {
    match path {
        b"" => Vec::new(),
        path => [path.trim_suffix_slash(), b"/"].concat(),
    }
}

impl StoreWriter {
    /// Appends all revisions of a revlog of another repository to the same one here, which is empty: in their order, with
    /// their nodes, flags and links. How long its files will be.
    ///
    /// # Errors
    /// Whatever reading and writing answers.
    pub fn copy_revlog(
        &mut self,
        source: &Repo,
        kind: Kind,
        path: &[u8],
        reuse: Reuse,
        interrupt: &dyn Interrupt,
    ) -> Result<u64> {
        let from = source.revlog(kind, path)?;
        let dir = directory(path);
        match kind {
            Kind::Changelog => {}
            Kind::Manifest => {
                self.manifest_appender(&dir)?;
            }
            Kind::Filelog => self.open_filelog(path)?,
        }
        let appender = self.appender(kind, &dir)?;
        if !appender.revlog().is_empty() {
            return Err(Error::internal("a revlog to be filled is not empty"));
        }
        if from.len() > WORTH_A_TABLE {
            appender.expect_many();
        }
        let (compression, threads) = (self.policy.compression, crate::ops::threads(&self.view));
        let mut next = Rev(0);
        while next <= from.tip() {
            interrupt.check()?;
            let batch = some(&from, next, reuse)?;
            next = Rev(next.0 + batch.len() as i32);
            let bytes: usize = batch.iter().map(|one| one.text.len()).sum();
            let threads = if bytes < MOST_BYTES / 64 { 1 } else { threads };
            let pack = |one| pack(one, compression, kind);
            for one in in_parts(batch, threads, &pack) {
                let (files, appender) = self.files_and_appender(kind, &dir)?;
                append(appender, &from, one, kind, reuse)?;
                if appender.is_full() {
                    appender.flush(files)?;
                }
            }
        }
        Ok(self.appender(kind, &dir)?.size())
    }
}

/// The next revisions with their texts.
fn some(from: &Revlog, first: Rev, reuse: Reuse) -> Result<Vec<Moving>> {
    let mut found = Vec::new();
    let mut bytes = 0;
    for rev in (first.0..=from.tip().0).map(Rev) {
        if found.len() >= MOST || bytes > MOST_BYTES {
            break;
        }
        let text = from.raw_text_in_order(rev)?;
        bytes += text.len();
        let censored = from.entry(rev)?.flags() & FLAG_CENSORED != 0;
        let delta = match reuse {
            Reuse::Never => None,
            _ if censored => None,
            _ => from.stored_delta(rev)?,
        };
        found.push(Moving {
            rev,
            text,
            delta,
            packed: Packed::Nothing,
        });
    }
    Ok(found)
}

fn pack(mut one: Moving, compression: Compression, kind: Kind) -> Moving {
    one.packed = match &one.delta {
        Some((_, delta)) if kind != Kind::Changelog && !delta.is_empty() => {
            Packed::Delta(compression.chunk(delta))
        }
        _ => Packed::Text(compression.chunk(&one.text)),
    };
    one
}

fn append(
    appender: &mut Appender,
    from: &Revlog,
    one: Moving,
    kind: Kind,
    reuse: Reuse,
) -> Result<()> {
    let entry = from.entry(one.rev)?;
    let [before, now] =
        [from, appender.revlog()].map(|revlog| revlog.index().header().has_filelog_meta());
    let mut parents = entry.parents();
    if kind == Kind::Filelog {
        // Where no flag says that there is metadata, a null first parent does.
        let is_marked = before && !now && entry.flags() & FLAG_HAS_META != 0;
        if is_marked && parents[1].is_null() {
            parents.reverse();
        }
    }
    let known = one.delta.as_ref();
    let known = known.filter(|(base, delta)| !base.is_null() && !delta.is_empty());
    let rev = appender.add_known(
        entry.node(),
        &NewRevision {
            text: &one.text,
            parents,
            link: entry.link_rev(),
            flags: entry.flags(),
            known: known.map(|(base, delta)| (*base, delta.as_slice())),
            known_first: reuse == Reuse::First && from.index().header().has_general_delta(),
            packed: one.packed,
        },
    )?;
    appender.remember(rev, &one.text);
    Ok(())
}

//! Appends revisions from elsewhere to many files at once: each file is made by one thread, the journal is written once
//! for all of them. What a single revlog needs is in `incoming`.

use std::collections::HashSet;
use std::sync::Arc;

use hyg_base::{Interrupt, RepoPath, Result};
use hyg_store::filelog::Filelog;
use hyg_store::revlog::{Appender, DeltaPolicy, Kind, Piece, Revlog};
use hyg_store::vfs::Vfs;

use super::adding::add_one;
use super::{Incoming, StoreWriter, WORTH_A_TABLE};
use crate::incoming::prepare;
use crate::ops::parallel::{answers, each};

/// Revisions of one file.
#[derive(Clone, Debug)]
pub struct IncomingFile {
    /// The file.
    pub path: Vec<u8>,
    /// What comes, in order.
    pub revisions: Vec<Incoming>,
}

/// How many revisions are new, and what is to be written.
type Made = (usize, Vec<Piece>);

/// What making one file needs.
struct Maker<'a> {
    vfs: &'a Arc<dyn Vfs>,
    policy: DeltaPolicy,
    changelog: &'a Revlog,
}

impl StoreWriter {
    /// Adds revisions of many files; how many are new of each.
    ///
    /// # Errors
    /// As [`StoreWriter::add`], of the first file with one.
    pub fn add_files(
        &mut self,
        files: &[IncomingFile],
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<usize>> {
        if let Some((_, mut open)) = self.filelog.take() {
            open.flush(&self.files)?;
        }
        self.changelog.expect_many();
        let mut added = Vec::with_capacity(files.len());
        let mut rest = files;
        while !rest.is_empty() {
            interrupt.check()?;
            let (now, later) = rest.split_at(apart(rest));
            let made = self.make(now)?;
            self.files
                .note(made.iter().flat_map(|(_, pieces)| pieces))?;
            each(&self.view, &made, |(_, pieces)| {
                pieces
                    .iter()
                    .try_for_each(|piece| self.files.perform(piece))
            })?;
            added.extend(made.iter().map(|(count, _)| *count));
            rest = later;
        }
        Ok(added)
    }

    /// Makes the files, the longest ones first so that no thread is left with one at the end.
    fn make(&self, files: &[IncomingFile]) -> Result<Vec<Made>> {
        let size = |file: &IncomingFile| {
            let deltas = file.revisions.iter().map(|one| one.delta.len() + 200);
            deltas.sum::<usize>()
        };
        let mut order: Vec<usize> = (0..files.len()).collect();
        order.sort_by_cached_key(|at| std::cmp::Reverse(size(&files[*at])));
        let maker = Maker {
            vfs: self.files.vfs(),
            policy: self.policy,
            changelog: self.changelog.revlog(),
        };
        let made = answers(&self.view, &order, |at| maker.file(&files[*at]));
        let mut placed: Vec<_> = order.into_iter().zip(made).collect();
        placed.sort_by_key(|(at, _)| *at);
        placed.into_iter().map(|(_, made)| made).collect()
    }
}

/// How many of the files have names of their own.
fn apart(files: &[IncomingFile]) -> usize {
    let mut seen: HashSet<&[u8]> = HashSet::with_capacity(files.len());
    let own = files.iter().take_while(|file| seen.insert(&file.path));
    own.count()
}

impl Maker<'_> {
    fn file(&self, file: &IncomingFile) -> Result<Made> {
        let filelog = Filelog::open(self.vfs.clone(), RepoPath::new(&file.path))?;
        let mut appender = Appender::new(filelog.into_revlog(), self.policy)?;
        if file.revisions.len() > WORTH_A_TABLE {
            appender.expect_many();
        }
        let mut added = 0;
        let mut rest = file.revisions.as_slice();
        while !rest.is_empty() {
            let compression = self.policy.compression;
            let prepared = prepare(appender.revlog(), Kind::Filelog, rest, compression, 1);
            let (now, later) = rest.split_at(prepared.len().min(rest.len()));
            for (revision, ready) in now.iter().zip(prepared) {
                let link = self.changelog.rev(&revision.link)?;
                if let Some(ready) = ready? {
                    added += usize::from(add_one(&mut appender, revision, ready, link)?);
                }
            }
            rest = later;
        }
        Ok((added, appender.take_pieces()?))
    }
}

//! Cuts the revlogs of a store, and says which revisions that takes along.
//! Saving these first is the business of whoever strips.

use std::collections::{BTreeSet, HashSet};

use hyg_base::{Error, RepoPath, RepoPathBuf, Result, Rev};
use hyg_store::changelog::Changelog;
use hyg_store::filelog::Filelog;
use hyg_store::manifest::{open_revlog, radix};
use hyg_store::requirements as req;
use hyg_store::revlog::{Appender, Revlog};

use super::StoreWriter;

impl StoreWriter {
    /// Cuts all revlogs so that no revision links to `first` or a later changeset. Revisions above a cut that link to
    /// earlier changesets go, too: saving them is the caller's business.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::Internal`] where changesets of this transaction would go; whatever reading and cutting answer.
    pub fn strip(&mut self, first: Rev) -> Result<()> {
        if self.changelog.is_pending() {
            return Err(Error::internal("new changesets are to be stripped"));
        }
        self.settle()?;
        let len = self.changelog.revlog().len() as i32;
        if first.0 < 0 || first.0 >= len {
            return Ok(());
        }
        let mut cuts = Vec::new();
        self.above(first, |radix, revlog, from| {
            note_cut(&mut cuts, radix, revlog, from)
        })?;
        let changelog = self.changelog.revlog().snapshot();
        note_cut(&mut cuts, b"00changelog", &changelog, Some(first))?;
        self.files.cut(&cuts)?;
        self.manifests.clear();
        let changelog = Changelog::of(self.view.layout())?;
        self.changelog = Appender::new(changelog.revlog().snapshot(), self.policy)?;
        self.stale = true;
        self.settle()
    }

    /// Changesets before `first`, ascending, that [`Writer::strip`] takes revisions from, because those were appended later.
    ///
    /// # Errors
    /// Whatever reading answers.
    pub fn broken_by_strip(&mut self, first: Rev) -> Result<Vec<Rev>> {
        self.settle()?;
        let mut found = BTreeSet::new();
        if first.0 >= 0 && (first.0 as usize) < self.changelog.revlog().len() {
            self.above(first, |_, revlog, from| {
                for rev in from.map_or(0..0, |from| from.0..revlog.len() as i32) {
                    let link = revlog.entry(Rev(rev))?.link_rev();
                    if link < first {
                        found.insert(link);
                    }
                }
                Ok(())
            })?;
        }
        Ok(found.into_iter().collect())
    }

    /// Calls `visit` for each manifest and filelog that may have revisions to be cut, with where the cut is.
    fn above(
        &self,
        first: Rev,
        mut visit: impl FnMut(&[u8], &Revlog, Option<Rev>) -> Result<()>,
    ) -> Result<()> {
        let len = self.changelog.revlog().len() as i32;
        let mut paths: HashSet<RepoPathBuf> = HashSet::new();
        for rev in (first.0..len).map(Rev) {
            let changeset = self.view.changelog()?.changeset(rev)?;
            paths.extend(changeset.files().map(RepoPath::to_buf));
        }
        let mut dirs: BTreeSet<Vec<u8>> = BTreeSet::from([Vec::new()]);
        if self.view.layout().requirements.contains(req::TREEMANIFEST) {
            for path in &paths {
                let above = path.ancestors().filter(|dir| !dir.is_root());
                dirs.extend(above.map(|dir| [dir.as_bytes(), b"/"].concat()));
            }
        }
        let vfs = self.files.vfs().clone();
        for dir in dirs {
            let revlog = open_revlog(&vfs, &dir, false)?;
            visit(&radix(&dir), &revlog, first_linked(&revlog, first)?)?;
        }
        let mut paths: Vec<RepoPathBuf> = paths.into_iter().collect();
        paths.sort_unstable();
        for path in paths {
            let filelog = Filelog::open(vfs.clone(), &path)?;
            let revlog = filelog.revlog();
            let from = first_linked(revlog, first)?;
            visit(&[b"data/", path.as_bytes()].concat(), revlog, from)?;
        }
        Ok(())
    }
}

/// Notes to what sizes the files of a revlog are to be cut so that it ends before `from`.
fn note_cut(
    cuts: &mut Vec<(Vec<u8>, u64)>,
    radix: &[u8],
    revlog: &Revlog,
    from: Option<Rev>,
) -> Result<()> {
    let Some(from) = from else { return Ok(()) };
    let [index, data] = [b".i", b".d"].map(|suffix| [radix, suffix].concat());
    let entry = revlog.entry(from)?;
    if !revlog.index().header().is_inline() {
        cuts.push((data, entry.data_offset()));
    }
    cuts.push((index, revlog.index().offset(from).unwrap_or(0) as u64));
    Ok(())
}

/// The first revision that links to `first` or a later changeset.
fn first_linked(revlog: &Revlog, first: Rev) -> Result<Option<Rev>> {
    for rev in (0..=revlog.tip().0).map(Rev) {
        if revlog.entry(rev)?.link_rev() >= first {
            return Ok(Some(rev));
        }
    }
    Ok(None)
}

//! Revisions that come from elsewhere (bundles, other repositories), appended under the nodes that they have there.
//! Rebuilding and checking their texts is `crate::incoming`.

use hyg_base::{Interrupt, Result, Rev};
use hyg_store::revlog::{Appender, Kind, NewRevision};

use super::{StoreWriter, TrimSlash, WORTH_A_TABLE};
use crate::incoming::{Incoming, Prepared, prepare};

impl StoreWriter {
    /// Adds revisions that come from elsewhere; `path` is the file, or the directory of a tree manifest. How many are
    /// new.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::CorruptRevision`] where a node does not match; [`hyg_base::ErrorId::UnknownNode`] for a base, a parent or a changeset that
    /// is not there.
    pub fn add(
        &mut self,
        kind: Kind,
        path: &[u8],
        revisions: &[Incoming],
        interrupt: &dyn Interrupt,
    ) -> Result<usize> {
        let mut added = 0;
        let dir = match path {
            b"" => Vec::new(),
            path => [path.trim_suffix_slash(), b"/"].concat(),
        };
        match kind {
            Kind::Changelog => {}
            Kind::Manifest => {
                self.manifest_appender(&dir)?;
            }
            Kind::Filelog => self.open_filelog(path)?,
        }
        let (compression, threads) = (self.policy.compression, crate::ops::threads(&self.view));
        let mut rest = revisions;
        let mut is_first = true;
        while !rest.is_empty() {
            interrupt.check()?;
            let appender = self.appender(kind, &dir)?;
            if std::mem::take(&mut is_first) && rest.len() > WORTH_A_TABLE {
                appender.expect_many();
            }
            let prepared = prepare(appender.revlog(), kind, rest, compression, threads);
            let (now, later) = rest.split_at(prepared.len().min(rest.len()));
            for (revision, ready) in now.iter().zip(prepared) {
                let link = match kind {
                    Kind::Changelog => Rev(self.changelog.revlog().tip().0 + 1),
                    _ => self.changelog.revlog().rev(&revision.link)?,
                };
                let Some(ready) = ready? else {
                    continue;
                };
                let appender = self.appender(kind, &dir)?;
                added += usize::from(add_one(appender, revision, ready, link)?);
                if appender.is_full() {
                    let (files, appender) = self.files_and_appender(kind, &dir)?;
                    appender.flush(files)?;
                }
            }
            rest = later;
        }
        Ok(added)
    }

    /// Makes what [`StoreWriter::add`] added visible to the view.
    ///
    /// # Errors
    /// Whatever writing answers.
    pub fn added(&mut self) -> Result<()> {
        self.settle()
    }
}

/// Adds one revision; `false` where it is known.
pub(super) fn add_one(
    appender: &mut Appender,
    new: &Incoming,
    ready: Prepared,
    link: Rev,
) -> Result<bool> {
    let revlog = appender.revlog();
    if revlog.find(&new.node)?.is_some() {
        return Ok(false);
    }
    let parents = [revlog.rev(&new.parents[0])?, revlog.rev(&new.parents[1])?];
    let base = revlog.rev(&new.base)?;
    let known = (!base.is_null() && !new.delta.is_empty()).then_some((base, new.delta.as_slice()));
    let rev = appender.add_known(
        new.node,
        &NewRevision {
            text: &ready.text,
            parents,
            link,
            flags: new.flags,
            known,
            known_first: true,
            packed: ready.packed,
        },
    )?;
    appender.remember(rev, &ready.text);
    Ok(true)
}

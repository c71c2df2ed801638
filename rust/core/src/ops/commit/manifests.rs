//! Writes the manifest of a commit: one list, or the directories of a tree that changed.
//! Which revision of a file it names was decided in `files`.

use std::collections::HashMap;
use std::sync::Arc;

use hyg_base::{Node, Result, Rev};
use hyg_store::Blob;
use hyg_store::manifest::edit::{Edit, edit};
use hyg_store::manifest::{FileEntry, Flags, Lines, open_revlog};
use hyg_store::revlog::{Appender, DeltaPolicy, NewRevision};
use hyg_store::vfs::Vfs;

/// Appends a manifest that is one list; its node.
///
/// # Errors
/// Whatever reading the parents answers.
pub(crate) fn write_flat(
    appender: &mut Appender,
    parents: [Node; 2],
    edits: &[Edit<'_>],
    link: Rev,
) -> Result<Node> {
    let revlog = appender.revlog();
    let revs = [revlog.rev(&parents[0])?, revlog.rev(&parents[1])?];
    let old = revlog.revision(revs[0])?;
    let edited = edit(&old, edits)?;
    drop(old);
    append(
        appender,
        &Blob::from(edited.text),
        revs,
        link,
        &edited.delta,
    )
}

fn append(
    appender: &mut Appender,
    text: &Blob,
    parents: [Rev; 2],
    link: Rev,
    delta: &[u8],
) -> Result<Node> {
    let known = (!parents[0].is_null() && !delta.is_empty()).then_some((parents[0], delta));
    let (rev, node) = appender.add(&NewRevision {
        text,
        parents,
        link,
        flags: 0,
        known,
        known_first: true,
        packed: hyg_store::revlog::Packed::Nothing,
    })?;
    appender.remember(rev, text);
    Ok(node)
}

/// The appenders of the directories of a tree, opened when they are needed.
pub(crate) struct TreeWriter<'a> {
    pub(crate) vfs: &'a Arc<dyn Vfs>,
    pub(crate) nodemap: bool,
    pub(crate) policy: DeltaPolicy,
    pub(crate) appenders: &'a mut HashMap<Vec<u8>, Appender>,
    pub(crate) link: Rev,
}

impl TreeWriter<'_> {
    fn appender(&mut self, dir: &[u8]) -> Result<&mut Appender> {
        if !self.appenders.contains_key(dir) {
            let revlog = open_revlog(self.vfs, dir, self.nodemap)?;
            let appender = Appender::new(revlog, self.policy)?;
            self.appenders.insert(dir.to_vec(), appender);
        }
        match self.appenders.get_mut(dir) {
            Some(appender) => Ok(appender),
            None => Err(hyg_base::Error::internal("a directory went away")),
        }
    }

    fn text(&mut self, dir: &[u8], node: &Node) -> Result<Blob> {
        let revlog = self.appender(dir)?.revlog();
        revlog.revision(revlog.rev(node)?)
    }

    /// Writes a directory (path with a slash at the end; empty for the root) after its edits, whose paths begin below
    /// it; its node, `None` where nothing is left in it.
    ///
    /// # Errors
    /// Whatever reading the parents answers.
    pub(crate) fn write(
        &mut self,
        dir: &[u8],
        parents: [Node; 2],
        edits: &[Edit<'_>],
    ) -> Result<Option<Node>> {
        let [old, other] = [self.text(dir, &parents[0])?, self.text(dir, &parents[1])?];
        let mut own: Vec<Edit<'_>> = Vec::new();
        let mut rest = edits;
        while let Some((path, entry)) = rest.first() {
            let Some(slash) = memchr::memchr(b'/', path) else {
                own.push((path, *entry));
                rest = &rest[1..];
                continue;
            };
            let below = &path[..=slash];
            let count = rest
                .iter()
                .take_while(|(path, _)| path.starts_with(below))
                .count();
            let inner: Vec<Edit<'_>> = rest[..count]
                .iter()
                .map(|(path, entry)| (&path[slash + 1..], *entry))
                .collect();
            rest = &rest[count..];
            let name = &path[..slash];
            let nodes = [directory(&old, name)?, directory(&other, name)?];
            let written = self.write(&[dir, below].concat(), nodes, &inner)?;
            own.push((
                name,
                written.map(|node| FileEntry {
                    node,
                    flags: Flags::DIR,
                }),
            ));
        }
        own.sort_by_key(|(name, _)| *name);
        // A file that gave way to a directory of its name, or the other way round: what is there counts.
        own.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same && earlier.1.is_none() {
                earlier.1 = later.1;
            }
            same
        });
        let edited = edit(&old, &own)?;
        if !dir.is_empty() {
            if edited.text.is_empty() {
                return Ok(None);
            }
            if edited.text == *old {
                return Ok(Some(parents[0]));
            }
            if edited.text == *other {
                return Ok(Some(parents[1]));
            }
        }
        let swapped = parents[0].is_null() && !dir.is_empty();
        let nodes = match swapped {
            true => [parents[1], parents[0]],
            false => parents,
        };
        let link = self.link;
        let appender = self.appender(dir)?;
        let revlog = appender.revlog();
        let revs = [revlog.rev(&nodes[0])?, revlog.rev(&nodes[1])?];
        let delta: &[u8] = if swapped { b"" } else { &edited.delta };
        append(appender, &Blob::from(edited.text), revs, link, delta).map(Some)
    }
}

/// The node of a directory in the text above it; the null node where it has none of that name.
fn directory(text: &[u8], name: &[u8]) -> Result<Node> {
    match Lines::find(text, name)?.filter(|line| line.flags().is_dir()) {
        Some(line) => Ok(line.entry()?.node),
        None => Ok(Node::NULL),
    }
}

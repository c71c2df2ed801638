//! Bookmarks: names that the user moves, and which of them is active (format: `docs/formats/bookmarks.md`).
//! Moving them belongs to Python.

use std::sync::Arc;

use hyg_base::{Node, Result};

use super::{History, read_file};

/// The bookmarks of a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bookmarks {
    /// Sorted by name.
    list: Vec<(Vec<u8>, Node)>,
    /// Lines that are no bookmark, which the user may want to know of.
    pub malformed: Vec<Vec<u8>>,
}

impl Bookmarks {
    /// The node of a bookmark.
    pub fn node(&self, name: &[u8]) -> Option<Node> {
        let at = self
            .list
            .binary_search_by(|(known, _)| known.as_slice().cmp(name))
            .ok()?;
        Some(self.list[at].1)
    }

    /// Names and nodes, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], Node)> {
        self.list
            .iter()
            .map(|(name, node)| (name.as_slice(), *node))
    }
}

/// The bookmarks as they are now; those of unknown nodes are left out.
///
/// # Errors
/// [`hyg_base::ErrorId::Io`]; where the changelog cannot be opened.
pub fn read(history: &impl History) -> Result<Arc<Bookmarks>> {
    history.bookmarks()
}

/// The same from their file, whatever is known already.
///
/// # Errors
/// As [`read`].
pub fn load<H: History + ?Sized>(history: &H) -> Result<Bookmarks> {
    let data = read_file(&history.layout().bookmarks())?;
    let mut bookmarks = Bookmarks::default();
    for line in data.split(|b| *b == b'\n').map(<[u8]>::trim_ascii) {
        if line.is_empty() {
            continue;
        }
        let mut fields = line.splitn(2, |b| *b == b' ');
        let (node, name) = (fields.next().and_then(Node::from_hex), fields.next());
        match (node, name) {
            (Some(node), Some(name)) => {
                if history.changelog()?.revlog().find(&node)?.is_some() {
                    bookmarks.list.push((name.to_vec(), node));
                }
            }
            _ => bookmarks.malformed.push(line.to_vec()),
        }
    }
    // Of several lines for a name, the last one counts.
    bookmarks.list.reverse();
    bookmarks.list.sort_by(|a, b| a.0.cmp(&b.0));
    bookmarks.list.dedup_by(|later, first| later.0 == first.0);
    Ok(bookmarks)
}

/// The active bookmark, where it exists.
///
/// # Errors
/// As [`read`].
pub fn active(history: &impl History, bookmarks: &Bookmarks) -> Result<Option<Vec<u8>>> {
    let data = read_file(&history.layout().dot_hg.join("bookmarks.current"))?;
    let first = data.split(|b| *b == b'\n').next().unwrap_or_default();
    Ok(bookmarks.node(first).map(|_| first.to_vec()))
}

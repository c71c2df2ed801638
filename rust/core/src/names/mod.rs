//! From a plain name to a revision: `.`, `tip`, `null`, a number, a node, bookmark, tag, branch, a node's beginning.
//! Revision sets are parsed elsewhere.

pub mod bookmarks;
pub mod branches;
mod fate;
pub mod hidden;
mod merge_state;
pub mod tags;
#[cfg(test)]
mod tests;
mod warnings;

use std::sync::Arc;

use hyg_base::{Error, ErrorId, Node, NodePrefix, Result, Rev};
use hyg_store::changelog::Changelog;
use hyg_store::history::HistoryIndex;
use hyg_store::layout::RepoLayout;
use hyg_store::manifest::ManifestLog;
use hyg_store::obsstore::Markers;
use hyg_store::revlog::PrefixMatch;

use self::hidden::Hidden;
pub use self::merge_state::unresolved_count;
pub use self::warnings::warnings;
use crate::repo::Repo;

/// What names are resolved against. Everything is asked for only where a name needs it.
pub trait History {
    /// Where the files lie.
    fn layout(&self) -> &RepoLayout;

    /// The changelog.
    ///
    /// # Errors
    /// Where it cannot be opened.
    fn changelog(&self) -> Result<&Changelog>;

    /// The manifests.
    ///
    /// # Errors
    /// Where they cannot be opened.
    fn manifests(&self) -> Result<&Arc<ManifestLog>>;

    /// The parents of the working directory.
    ///
    /// # Errors
    /// Where the dirstate cannot be read.
    fn working_parents(&self) -> Result<[Node; 2]>;

    /// The obsolescence markers as they are now.
    ///
    /// # Errors
    /// As [`Markers::load`].
    fn markers(&self) -> Result<Arc<Markers>> {
        Markers::load(&*self.layout().store_vfs()).map(Arc::new)
    }

    /// The bookmarks as they are now.
    ///
    /// # Errors
    /// As [`bookmarks::read`].
    fn bookmarks(&self) -> Result<Arc<bookmarks::Bookmarks>> {
        bookmarks::load(self).map(Arc::new)
    }

    /// What is known of changesets without reading them, where that is worth it.
    fn history_index(&self) -> Option<&HistoryIndex> {
        None
    }

    /// Whether hidden changesets are to be treated as any other (`--hidden`).
    fn shows_hidden(&self) -> bool {
        false
    }
}

impl History for Repo {
    fn layout(&self) -> &RepoLayout {
        Repo::layout(self)
    }
    fn changelog(&self) -> Result<&Changelog> {
        Repo::changelog(self)
    }
    fn manifests(&self) -> Result<&Arc<ManifestLog>> {
        Repo::manifests(self)
    }
    fn working_parents(&self) -> Result<[Node; 2]> {
        Ok(self.dirstate()?.parents())
    }
    fn markers(&self) -> Result<Arc<Markers>> {
        Repo::markers(self)
    }
    fn bookmarks(&self) -> Result<Arc<bookmarks::Bookmarks>> {
        Repo::bookmarks(self)
    }
    fn history_index(&self) -> Option<&HistoryIndex> {
        self.history()
    }
    fn shows_hidden(&self) -> bool {
        self.options().show_hidden
    }
}

/// The symbol that a revision argument consists of, where it is nothing but one: no operator, range, function, string or
/// alias argument. `None` for everything that needs the revision set parser, and for some that might.
///
/// Aliases of the user (`[revsetalias]`) may still give the symbol another meaning; the caller knows whether there are
/// any.
pub fn plain_symbol(spec: &[u8]) -> Option<&[u8]> {
    let is_word =
        |byte: &u8| byte.is_ascii_alphanumeric() || b"._@$".contains(byte) || *byte >= 128;
    let digits = spec.strip_prefix(b"-").unwrap_or(spec);
    let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    let is_keyword = matches!(spec, b"and" | b"or" | b"not");
    let has_range = spec.windows(2).any(|pair| pair == b"..");
    let is_symbol = !spec.is_empty() && spec.iter().all(is_word) && !has_range && !is_keyword;
    (is_number || is_symbol).then_some(spec)
}

/// The revision that `symbol` stands for: [`Rev::NULL`] and [`Rev::WDIR`] are possible answers.
///
/// # Errors
/// [`ErrorId::UnknownRevision`] (fact `name`); [`ErrorId::AmbiguousPrefix`] (fact `name`: the digits);
/// [`ErrorId::FilteredRevision`] for a hidden one; errors of what has to be read.
pub fn resolve(history: &impl History, symbol: &[u8]) -> Result<Rev> {
    if symbol == b"null" {
        return Ok(Rev::NULL);
    }
    let changelog = history.changelog()?;
    if symbol == b"." {
        // A parent that is not in the history counts as none.
        let [parent, _] = history.working_parents()?;
        return Ok(changelog.revlog().find(&parent)?.unwrap_or(Rev::NULL));
    }
    let hidden = hidden::read(history)?;
    if symbol == b"tip" {
        return Ok(hidden.tip(changelog));
    }
    let Some(rev) = find(history, &hidden, symbol)? else {
        return Err(Error::new(ErrorId::UnknownRevision).with("name", symbol));
    };
    if !hidden.contains(rev) {
        return Ok(rev);
    }
    let markers = history.markers()?;
    Err(fate::filtered(changelog, &markers, &hidden, symbol, rev)?)
}

/// What a symbol stands for, which may be hidden: a number, a node, a name (of something that is shown), or the
/// beginning of a node.
fn find(history: &impl History, hidden: &Hidden, symbol: &[u8]) -> Result<Option<Rev>> {
    let changelog = history.changelog()?.revlog();
    if let Some(rev) = number(symbol, changelog.len()) {
        return Ok(Some(rev));
    }
    if let Some(node) = Node::from_hex(symbol) {
        if node == Node::WDIR {
            return Ok(Some(Rev::WDIR));
        }
        if let Some(rev) = changelog.find(&node)? {
            return Ok(Some(rev));
        }
    }
    if let Some(node) = named(history, hidden, symbol)?
        && let Some(rev) = changelog.find(&node)?
        && !hidden.contains(rev)
    {
        return Ok(Some(rev));
    }
    prefix(history, symbol.strip_prefix(b"x").unwrap_or(symbol))
}

/// A revision number as it is written; negative ones count from the end.
fn number(symbol: &[u8], count: usize) -> Option<Rev> {
    let text = std::str::from_utf8(symbol).ok()?;
    let number: i64 = text.parse().ok()?;
    if number.to_string() != text {
        return None;
    }
    if number == i64::from(Rev::WDIR.0) {
        return Some(Rev::WDIR);
    }
    let count = i64::try_from(count).ok()?;
    let rev = if number < 0 { number + count } else { number };
    (0..count)
        .contains(&rev)
        .then(|| i32::try_from(rev).ok().map(Rev))?
}

/// The node of a bookmark, else of a tag (which may be unknown), else of a branch.
fn named(history: &impl History, hidden: &Hidden, symbol: &[u8]) -> Result<Option<Node>> {
    let bookmarks = bookmarks::read(history)?;
    if let Some(node) = bookmarks.node(symbol) {
        return Ok(Some(node));
    }
    if let Some(node) = tags::read_in(history, hidden)?.node(symbol) {
        return Ok(Some(node));
    }
    branches::tip_in(history, hidden, symbol)
}

/// The revision whose node begins with `digits`; the working directory has a node of only `f`.
fn prefix(history: &impl History, digits: &[u8]) -> Result<Option<Rev>> {
    let ambiguous = || Error::new(ErrorId::AmbiguousPrefix).with("name", digits);
    if digits.is_empty() {
        return Err(ambiguous().with("path", history.changelog()?.revlog().name()));
    }
    let Some(prefix) = NodePrefix::from_hex(digits) else {
        return Ok(None);
    };
    let found = history.changelog()?.revlog().find_prefix(&prefix)?;
    let is_wdir = prefix.matches(&Node::WDIR);
    match found {
        PrefixMatch::None => Ok(is_wdir.then_some(Rev::WDIR)),
        PrefixMatch::One(rev) if !is_wdir => Ok(Some(rev)),
        _ => Err(ambiguous().with("path", history.changelog()?.revlog().name())),
    }
}

/// The whole content of a file of names; nothing where it is missing.
pub(crate) fn read_file(path: &std::path::Path) -> Result<Vec<u8>> {
    match std::fs::read(path) {
        Ok(data) => Ok(data),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(Error::io(path, "read", &error)),
    }
}

/// The content of a cache; nothing where it cannot be read for whatever reason.
fn read_cache(history: &impl History, name: &str) -> Vec<u8> {
    std::fs::read(history.layout().cache().join(name)).unwrap_or_default()
}

/// Whether the fields of a cache's first line say that it was written for exactly this tip, with nothing left out.
fn is_for_tip(changelog: &Changelog, rev: Option<&[u8]>, node: Option<&[u8]>) -> Result<bool> {
    let revlog = changelog.revlog();
    let tip = revlog.tip();
    let is_rev = rev == Some(tip.to_string().as_bytes());
    Ok(is_rev && node.and_then(Node::from_hex) == Some(revlog.node(tip)?))
}

//! Which revision this is, in one line or as a row.
//! What it says of the working directory is found by the caller.

use hyg_base::{Node, Result, Rev};

use super::{Rows, Value};

/// What is shown of an identity.
#[derive(Clone, Debug, Default)]
pub struct IdentityView {
    /// Numbers.
    pub numbers: bool,
    /// Hashes.
    pub hashes: bool,
    /// The branch.
    pub branch: bool,
    /// Tags.
    pub tags: bool,
    /// Bookmarks.
    pub bookmarks: bool,
    /// Only the hash, where nothing in particular is wanted.
    pub quiet: bool,
    /// The revisions: one, or the parents of the working directory.
    pub revs: Vec<(Rev, Node)>,
    /// For the working directory, whether something is not committed.
    pub dirty: Option<bool>,
    /// The name of the branch.
    pub branch_name: Vec<u8>,
    /// Tags and bookmarks of the revisions.
    pub names: [Vec<Vec<u8>>; 2],
}

/// Adds the one row.
///
/// # Errors
/// Where the row cannot be shown.
pub fn identity(view: &IdentityView, rows: &mut Rows<'_>) -> Result<()> {
    rows.start()?;
    let by_default = !(view.numbers || view.hashes || view.branch || view.tags || view.bookmarks);
    let plus = if view.dirty == Some(true) { "+" } else { "" };
    let joined = |parts: Vec<Vec<u8>>| [&parts.join(&b'+')[..], plus.as_bytes()].concat();
    let hashes: Vec<Vec<u8>> = view.revs.iter().map(|(_, node)| rows.node(node)).collect();
    let id = joined(hashes.clone());
    let mut words: Vec<Vec<u8>> = Vec::new();
    if by_default || view.hashes {
        words.push(id.clone());
    }
    if view.numbers {
        let numbers = view.revs.iter().map(|(rev, _)| rev.0.to_string());
        words.push(joined(numbers.map(String::into_bytes).collect()));
    }
    let [tags, bookmarks] = &view.names;
    if by_default && !view.quiet {
        if view.branch_name != b"default" {
            words.push([b"(", view.branch_name.as_slice(), b")"].concat());
        }
        let joined = [tags, bookmarks].map(|names| names.join(&b'/'));
        words.extend(joined.into_iter().filter(|names| !names.is_empty()));
    } else if !by_default {
        words.extend(view.branch.then(|| view.branch_name.clone()));
        words.extend(tags.iter().filter(|_| view.tags).cloned());
        words.extend(bookmarks.iter().filter(|_| view.bookmarks).cloned());
    }
    rows.data("id", id);
    rows.data("branch", view.branch_name.as_slice());
    rows.data("tags", Value::named("tag", ":", tags));
    rows.data("bookmarks", Value::named("bookmark", " ", bookmarks));
    match (view.dirty, view.revs.first()) {
        (None, Some((rev, node))) => {
            rows.changeset(*rev);
            rows.data("node", node.to_hex().to_vec());
        }
        _ => {
            rows.data("node", Node::WDIR.to_hex().to_vec());
            rows.data("dirty", plus);
            rows.data("parents", Value::named("node", " ", &hashes));
        }
    }
    rows.plain(&words.join(&b' '), "");
    rows.plain(b"\n", "");
    Ok(())
}

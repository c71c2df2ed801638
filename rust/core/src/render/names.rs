//! Branches, tags, bookmarks and manifests as rows.
//! Names outside ASCII take a number of columns that only Python knows; whoever asks sees to that.

use hyg_base::{Node, Phase, Result, Rev};
use hyg_store::manifest::{Flags, Manifest};

use super::{Rows, Value};
use crate::names::bookmarks::Bookmarks;
use crate::names::branches::ListedBranch;
use crate::names::tags::ListedTag;

fn padding(width: usize, used: usize) -> Vec<u8> {
    vec![b' '; width.saturating_sub(used)]
}

/// The branches of a repository.
///
/// # Errors
/// Where a phase or a node cannot be read.
pub fn branches(
    branches: &[ListedBranch],
    current: &[u8],
    quiet: bool,
    about: &dyn Fn(Rev) -> Result<(Node, Phase)>,
    rows: &mut Rows<'_>,
) -> Result<()> {
    for branch in branches {
        let (state, notice) = match (branch.active, branch.open) {
            (true, _) => ("active", ""),
            (_, true) => ("inactive", " (inactive)"),
            _ => ("closed", " (closed)"),
        };
        let is_current = branch.name == current;
        let (node, phase) = about(branch.rev)?;
        rows.start()?;
        rows.changeset(branch.rev);
        let label = match is_current {
            true => "branches.current".to_owned(),
            false => format!("branches.{state}"),
        };
        rows.field("branch", branch.name.as_slice(), &branch.name, &label);
        let number = branch.rev.0.to_string();
        if quiet {
            rows.data("rev", i64::from(branch.rev.0));
        } else {
            let mut text = padding(31, number.len() + branch.name.len());
            text.extend_from_slice(format!(" {number}:").as_bytes());
            text.extend_from_slice(&rows.node(&node));
            let label = format!("log.changeset changeset.{}", phase.name());
            rows.field("rev", i64::from(branch.rev.0), &text, &label);
            rows.plain(notice.as_bytes(), "");
        }
        rows.data("node", node.to_hex().to_vec());
        rows.data("active", branch.active);
        rows.data("closed", !branch.open);
        rows.data("current", is_current);
        rows.plain(b"\n", "");
    }
    Ok(())
}

/// The tags of a repository.
///
/// # Errors
/// Where a row cannot be shown.
pub fn tags(tags: &[ListedTag], quiet: bool, verbose: bool, rows: &mut Rows<'_>) -> Result<()> {
    for tag in tags {
        let kind = if tag.local { "local" } else { "" };
        let label = match tag.local {
            true => "tags.local",
            false => "tags.normal",
        };
        rows.start()?;
        rows.field("tag", tag.name.as_slice(), &tag.name, label);
        if quiet {
            rows.data("rev", i64::from(tag.rev.0));
        } else {
            let mut text = padding(30, tag.name.len());
            text.extend_from_slice(format!(" {:5}:", tag.rev.0).as_bytes());
            text.extend_from_slice(&rows.node(&tag.node));
            rows.field("rev", i64::from(tag.rev.0), &text, label);
        }
        rows.data("node", tag.node.to_hex().to_vec());
        match verbose && tag.local {
            true => rows.field("type", kind, format!(" {kind}").as_bytes(), label),
            false => rows.data("type", kind),
        }
        rows.plain(b"\n", "");
    }
    Ok(())
}

/// Bookmarks with the revisions of their changesets; the active one is marked.
///
/// # Errors
/// Where a changeset is not there.
pub fn bookmarks(
    bookmarks: &Bookmarks,
    active: Option<&[u8]>,
    wanted: &dyn Fn(&[u8]) -> bool,
    quiet: bool,
    rev_of: &dyn Fn(&Node) -> Result<Rev>,
    rows: &mut Rows<'_>,
) -> Result<()> {
    for (name, node) in bookmarks.iter().filter(|(name, _)| wanted(name)) {
        let is_active = active == Some(name);
        let label = match is_active {
            true => "bookmarks.active bookmarks.current",
            false => "",
        };
        let rev = rev_of(&node)?;
        rows.start()?;
        if !quiet {
            rows.plain(if is_active { b" * " } else { b"   " }, label);
        }
        rows.field("bookmark", name, name, label);
        if quiet {
            rows.data("rev", i64::from(rev.0));
        } else {
            let mut text = padding(25, name.len());
            text.extend_from_slice(format!(" {}:", rev.0).as_bytes());
            text.extend_from_slice(&rows.node(&node));
            rows.field("rev", i64::from(rev.0), &text, label);
        }
        rows.data("node", node.to_hex().to_vec());
        rows.data("active", is_active);
        rows.plain(b"\n", "");
    }
    Ok(())
}

/// The files of a revision, with their permissions where `verbose`.
///
/// # Errors
/// Where the manifest cannot be read.
pub fn manifest(manifest: &Manifest, rev: Rev, verbose: bool, rows: &mut Rows<'_>) -> Result<()> {
    let mut walk = manifest.walk()?;
    while let Some((path, entry)) = walk.advance()? {
        let (mode, mark, shown) = match entry.flags {
            Flags::EXEC => ("755", "*", "755 * "),
            Flags::LINK => ("644", "@", "644 @ "),
            _ => ("644", "", "644   "),
        };
        rows.start()?;
        rows.changeset(rev);
        if verbose {
            rows.plain(shown.as_bytes(), "");
        }
        if !rows.is_plain() {
            rows.data("hash", entry.node.to_hex().to_vec());
            rows.data("mode", mode);
            rows.data("type", mark);
            rows.data("path", Value::from(path.as_bytes()));
        }
        rows.plain(path.as_bytes(), "");
        rows.plain(b"\n", "");
    }
    Ok(())
}

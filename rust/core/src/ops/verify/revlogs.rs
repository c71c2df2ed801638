//! What any revlog can be asked: whether its files have the right sizes, and whether an entry's changeset, parents and place are right.
//! What its revisions contain is for those who know what kind of revlog it is.

use std::collections::HashMap;
use std::io::ErrorKind;

use hyg_base::{Error, Node, Result, Rev};
use hyg_store::revlog::Revlog;

use super::{Finding, Verification, short};
use crate::repo::Repo;

/// The length of an entry.
const ENTRY: usize = 64;

/// What is wrong with the sizes of a revlog's files.
pub(super) fn check_revlog(
    repo: &Repo,
    revlog: &Revlog,
    name: &[u8],
    link: Option<Rev>,
    found: &mut Vec<Finding>,
) -> Result<()> {
    if revlog.index().header().is_inline() || revlog.is_empty() {
        return Ok(()); // bytes that are too many could not have been read as an index
    }
    let last = revlog.entry(revlog.tip())?;
    let end = last.data_offset() as i64 + i64::from(last.compressed_len());
    let path = repo.store().path(&data_file(revlog));
    let size = match std::fs::metadata(&path) {
        Ok(about) => about.len() as i64,
        Err(error) if error.kind() == ErrorKind::NotFound => end,
        Err(error) => return Err(Error::io(&path, "stat", &error)),
    };
    let off = size - end.max(0);
    if off != 0 {
        found.push(
            Finding::new("data-length")
                .fact("bytes", off)
                .about(name)
                .at(link),
        );
    }
    let extra = revlog.index().data().len() % ENTRY;
    if extra != 0 {
        found.push(
            Finding::new("index-length")
                .fact("bytes", extra)
                .about(name)
                .at(link),
        );
    }
    Ok(())
}

fn data_file(revlog: &Revlog) -> Vec<u8> {
    [revlog.radix(), b".d"].concat()
}

/// Names of the files of a revlog.
pub(super) fn files_of(revlog: &Revlog) -> Vec<Vec<u8>> {
    let mut names = vec![[revlog.radix(), b".i"].concat()];
    if !revlog.index().header().is_inline() && !revlog.is_empty() {
        names.push(data_file(revlog));
    }
    names
}

impl Verification<'_, '_> {
    /// What entries of this repository are held against.
    pub(super) fn limits(&self) -> Result<Limits> {
        Ok(Limits {
            changesets: self.repo.changelog()?.revlog().len() as i32,
            has_changesets: self.has_changesets,
        })
    }
}

/// What entries are held against.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    changesets: i32,
    pub(super) has_changesets: bool,
}

impl Limits {
    /// Whether a revision's changeset, parents and place are right; its changeset, if that can be trusted.
    pub(super) fn entry(
        self,
        revlog: &Revlog,
        rev: Rev,
        seen: &mut HashMap<Node, Rev>,
        links: &[Rev],
        name: &[u8],
        found: &mut Vec<Finding>,
    ) -> Result<Option<Rev>> {
        let node = revlog.node(rev)?;
        let named = revlog.entry(rev)?.link_rev();
        let mut link = Some(named);
        if named.0 < 0 || (self.has_changesets && !links.contains(&named)) {
            let there = (0..self.changesets).contains(&named.0);
            let wrong = Finding::new("wrong-link")
                .fact("rev", rev.0)
                .fact("changeset", named.0)
                .fact(
                    "what",
                    if there { "unexpected" } else { "nonexistent" }.as_bytes(),
                );
            found.push(wrong.about(name));
            if let [first, rest @ ..] = links {
                // Of several none is shown, because Mercurial forgets them on the way.
                let shown = match rest {
                    [] => first.to_string(),
                    _ => String::new(),
                };
                found.push(Finding::new("expected-link").fact("changeset", shown.as_bytes()));
            }
            link = None;
        }
        match revlog.parents(rev) {
            Ok(parents) => {
                for (number, parent) in (1..).zip(parents) {
                    if parent.is_null() || seen.contains_key(&revlog.node(parent)?) {
                        continue;
                    }
                    let unknown = Finding::new("unknown-parent")
                        .fact("number", number)
                        .fact("parent", &short(&revlog.node(parent)?)[..])
                        .node(&node);
                    found.push(unknown.about(name).at(link));
                }
            }
            Err(problem) => {
                let wrong = Finding::new("unread-parents").node(&node);
                found.push(wrong.about(name).at(link).because(problem));
            }
        }
        if let Some(other) = seen.insert(node, rev) {
            let twice = Finding::new("duplicate")
                .fact("rev", rev.0)
                .fact("other", other.0);
            found.push(twice.about(name).at(link));
        }
        Ok(link)
    }
}

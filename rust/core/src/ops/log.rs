//! What `log` says about changesets: their records with parents and names, one after the other.
//! Which changesets are shown is decided elsewhere; what became of obsolete ones is Python's to tell.

use std::cell::OnceCell;
use std::collections::HashMap;

use hyg_base::{Node, Phase, Result, Rev};
use hyg_graph::Graph;
use hyg_store::changelog::Changeset;
use hyg_store::phases::Phases;
use hyg_store::revlog::Window;

use crate::names::{bookmarks, hidden, tags};
use crate::repo::Repo;

/// What is known about the changesets of a repository beside their records, each read when first asked for.
pub struct Teller<'r> {
    repo: &'r Repo,
    names: OnceCell<NamesByNode>,
    phases: OnceCell<Vec<Phase>>,
}

impl<'r> Teller<'r> {
    /// Nothing is read yet.
    pub fn new(repo: &'r Repo) -> Teller<'r> {
        Teller {
            repo,
            names: OnceCell::new(),
            phases: OnceCell::new(),
        }
    }

    /// Whose changesets these are.
    pub fn repo(&self) -> &'r Repo {
        self.repo
    }

    /// Bookmarks and tags.
    ///
    /// # Errors
    /// As [`NamesByNode::read`].
    pub fn names(&self) -> Result<&NamesByNode> {
        if let Some(known) = self.names.get() {
            return Ok(known);
        }
        let read = NamesByNode::read(self.repo)?;
        Ok(self.names.get_or_init(|| read))
    }

    /// The phase of a changeset; the null revision is public.
    ///
    /// # Errors
    /// Where phases or the history cannot be read.
    pub fn phase(&self, rev: Rev) -> Result<Phase> {
        let phases = match self.phases.get() {
            Some(known) => known,
            None => {
                let changelog = self.repo.changelog()?;
                let phases = Phases::load(&*self.repo.store(), changelog)?;
                let read = match phases.has_non_public() {
                    true => phases.all(changelog)?,
                    false => Vec::new(),
                };
                self.phases.get_or_init(|| read)
            }
        };
        let known = rev.index().and_then(|index| phases.get(index));
        Ok(known.copied().unwrap_or(Phase::Public))
    }
}

/// Bookmarks and tags by node, read once for any number of changesets.
#[derive(Debug, Default)]
pub struct NamesByNode {
    bookmarks: HashMap<Node, Vec<Vec<u8>>>,
    tags: HashMap<Node, Vec<Vec<u8>>>,
}

impl NamesByNode {
    /// The bookmarks of a changeset, sorted.
    pub fn bookmarks(&self, node: &Node) -> &[Vec<u8>] {
        self.bookmarks.get(node).map_or(&[], Vec::as_slice)
    }

    /// The tags of a changeset, sorted.
    pub fn tags(&self, node: &Node) -> &[Vec<u8>] {
        self.tags.get(node).map_or(&[], Vec::as_slice)
    }

    /// Reads the names of a repository; the last visible changeset has the tag `tip`.
    ///
    /// # Errors
    /// Where bookmarks or tags cannot be read.
    pub fn read(repo: &Repo) -> Result<NamesByNode> {
        let mut names = NamesByNode::default();
        for (name, node) in bookmarks::read(repo)?.iter() {
            names.bookmarks.entry(node).or_default().push(name.to_vec());
        }
        for (name, node) in tags::shown(repo)? {
            names.tags.entry(node).or_default().push(name);
        }
        let changelog = repo.changelog()?;
        let tip = hidden::read(repo)?.tip(changelog);
        let tags = names.tags.entry(changelog.revlog().node(tip)?).or_default();
        if !tags.iter().any(|name| name == b"tip") {
            tags.push(b"tip".to_vec());
            tags.sort();
        }
        Ok(names)
    }
}

/// One changeset as it is shown.
#[derive(Debug)]
pub struct ShownChangeset<'a> {
    /// Its number.
    pub rev: Rev,
    /// Its node.
    pub node: Node,
    /// Its record.
    pub changeset: Changeset,
    /// The parents that are worth mentioning: both of a merge, or one that is not the changeset before.
    pub parents: Vec<(Rev, Node)>,
    /// Its bookmarks, sorted.
    pub bookmarks: &'a [Vec<u8>],
    /// Its tags, sorted.
    pub tags: &'a [Vec<u8>],
}

/// Reads a changeset; `window` goes along with those that are shown one after the other.
///
/// # Errors
/// Where the changelog cannot be read.
pub fn shown_changeset<'a>(
    repo: &Repo,
    names: &'a NamesByNode,
    rev: Rev,
    window: &mut Window,
) -> Result<ShownChangeset<'a>> {
    let changelog = repo.changelog()?;
    let revlog = changelog.revlog();
    let node = revlog.node(rev)?;
    let [first, second] = changelog.parents(rev)?;
    let mut parents = Vec::new();
    if second != Rev::NULL || first.0 < rev.0 - 1 {
        parents.push((first, revlog.node(first)?));
    }
    if second != Rev::NULL {
        parents.push((second, revlog.node(second)?));
    }
    Ok(ShownChangeset {
        rev,
        node,
        changeset: changelog.changeset_near(rev, window)?,
        parents,
        bookmarks: names.bookmarks(&node),
        tags: names.tags(&node),
    })
}

//! Where files were copied from between two revisions, or a revision and the working directory: traced through filelogs.
//! Copies that the dirstate records come in; merging with copies and guessing them belong elsewhere.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use hyg_base::{Node, RepoPath, RepoPathBuf, Result, Rev};
use hyg_graph::common_ancestor_heads;
use hyg_matcher::{AlwaysMatcher, Matcher};
use hyg_store::filelog::Filelog;
use hyg_store::manifest::Manifest;

use crate::repo::Repo;

/// Source by destination.
pub type Copies = BTreeMap<RepoPathBuf, RepoPathBuf>;

/// The working directory as the end of a trace.
#[derive(Clone, Copy)]
pub struct WorkingCopy<'a> {
    /// Its first parent.
    pub parent: Rev,
    /// Copies that the dirstate records for tracked files.
    pub copies: &'a Copies,
    /// Whether a file is tracked.
    pub tracks: &'a dyn Fn(&RepoPath) -> Result<bool>,
}

/// Copies from `base` to `target` of files that `matcher` means.
///
/// # Errors
/// Whatever reading history, manifests and filelogs answers.
pub fn between(repo: &Repo, base: Rev, target: Rev, matcher: &dyn Matcher) -> Result<Copies> {
    Tracer::new(repo, None).copies(base, target, matcher)
}

/// Copies from `base` to the working directory of files that `matcher` means.
///
/// # Errors
/// As [`between`].
pub fn to_working_copy(
    repo: &Repo,
    base: Rev,
    working: WorkingCopy<'_>,
    matcher: &dyn Matcher,
) -> Result<Copies> {
    Tracer::new(repo, Some(working)).copies(base, working.parent, matcher)
}

/// A file revision and its ancestors, also through copies: changeset, path and node, the newest changesets first.
///
/// # Errors
/// As [`between`].
pub fn file_ancestors(
    repo: &Repo,
    path: &RepoPath,
    node: &Node,
) -> Result<Vec<(Rev, RepoPathBuf, Node)>> {
    let tracer = Tracer::new(repo, None);
    let filelog = tracer.filelog(path)?;
    let revlog = filelog.revlog();
    let link = revlog.entry(revlog.rev(node)?)?.link_rev();
    let mut found = vec![(link, path.to_buf(), *node)];
    tracer.visit_ancestors(path, *node, &mut |link, path, node| {
        found.push((link, path.to_buf(), node));
        Ok(true)
    })?;
    Ok(found)
}

/// One question, with what was read for it.
struct Tracer<'a> {
    repo: &'a Repo,
    working: Option<WorkingCopy<'a>>,
    manifests: RefCell<HashMap<Rev, Manifest>>,
    filelogs: RefCell<HashMap<RepoPathBuf, Rc<Filelog>>>,
}

impl<'a> Tracer<'a> {
    fn new(repo: &'a Repo, working: Option<WorkingCopy<'a>>) -> Tracer<'a> {
        Tracer {
            repo,
            working,
            manifests: RefCell::default(),
            filelogs: RefCell::default(),
        }
    }

    /// `target` is the first parent where the working directory is the end.
    fn copies(&self, base: Rev, target: Rev, matcher: &dyn Matcher) -> Result<Copies> {
        if base.is_null() || target.is_null() {
            return Ok(Copies::new());
        }
        if base == target {
            return match self.working {
                Some(working) => meant(working.copies, matcher),
                None => Ok(Copies::new()),
            };
        }
        let common = self.common(base, target)?;
        let found = if common == base {
            self.forward(base, target, base, matcher)?
        } else if common == target && self.working.is_none() {
            let back = self.committed(target, base, target, &AlwaysMatcher)?;
            self.reversed(&back, base, matcher)?
        } else {
            let mut ours = self.committed(common, base, common, &AlwaysMatcher)?;
            let traced_to = if common.is_null() { common } else { base };
            let mut theirs = self.forward(common, target, traced_to, matcher)?;
            let shared = ours
                .iter()
                .filter(|(path, source)| theirs.get(*path) == Some(*source));
            let shared: Vec<RepoPathBuf> = shared.map(|(path, _)| path.clone()).collect();
            for path in shared {
                ours.remove(&path);
                theirs.remove(&path);
            }
            chain(self.reversed(&ours, base, matcher)?, theirs)
        };
        self.valid(base, target, found)
    }

    /// The ancestor that both share; of several the one with the smallest node, the null revision for none.
    fn common(&self, one: Rev, two: Rev) -> Result<Rev> {
        let changelog = self.repo.changelog()?;
        let mut best: Option<(Node, Rev)> = None;
        for rev in common_ancestor_heads(changelog, &[one, two])? {
            let node = changelog.revlog().node(rev)?;
            if best.is_none_or(|(known, _)| node < known) {
                best = Some((node, rev));
            }
        }
        Ok(best.map_or(Rev::NULL, |(_, rev)| rev))
    }

    fn manifest(&self, rev: Rev) -> Result<Manifest> {
        if let Some(known) = self.manifests.borrow().get(&rev) {
            return Ok(known.clone());
        }
        let read = self.repo.manifest_of(rev)?;
        self.manifests.borrow_mut().insert(rev, read.clone());
        Ok(read)
    }

    fn filelog(&self, path: &RepoPath) -> Result<Rc<Filelog>> {
        if let Some(known) = self.filelogs.borrow().get(path) {
            return Ok(known.clone());
        }
        let opened = Rc::new(self.repo.filelog(path)?);
        self.filelogs
            .borrow_mut()
            .insert(path.to_buf(), opened.clone());
        Ok(opened)
    }

    /// Copies from an ancestor to the end of the trace, traced back to `base` too.
    fn forward(
        &self,
        ancestor: Rev,
        target: Rev,
        base: Rev,
        matcher: &dyn Matcher,
    ) -> Result<Copies> {
        let found = self.committed(ancestor, target, base, matcher)?;
        match self.working {
            Some(working) => Ok(chain(found, meant(working.copies, matcher)?)),
            None => Ok(found),
        }
    }

    fn committed(
        &self,
        ancestor: Rev,
        target: Rev,
        base: Rev,
        matcher: &dyn Matcher,
    ) -> Result<Copies> {
        let (old, new) = (self.manifest(ancestor)?, self.manifest(target)?);
        let other = self.manifest(base)?;
        let mut found = Copies::new();
        old.diff(&new, &mut |difference| {
            let path = difference.path;
            if let (None, Some(entry)) = (difference.left, difference.right)
                && matcher.matches(path)?
                && let Some(source) = self.trace(path, entry.node, &[&old, &other])?
            {
                found.insert(path.to_buf(), source);
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// The name under which an ancestor of a file revision is in one of the manifests; the newest changesets first.
    fn trace(
        &self,
        path: &RepoPath,
        node: Node,
        manifests: &[&Manifest],
    ) -> Result<Option<RepoPathBuf>> {
        let mut found = None;
        self.visit_ancestors(path, node, &mut |_, path, node| {
            for manifest in manifests {
                if manifest.get(path)?.is_some_and(|entry| entry.node == node) {
                    found = Some(path.to_buf());
                    return Ok(false);
                }
            }
            Ok(true)
        })?;
        Ok(found)
    }

    /// Calls `visit` for the ancestors of a file revision, the newest changesets first, until it answers false.
    fn visit_ancestors(
        &self,
        path: &RepoPath,
        node: Node,
        visit: &mut dyn FnMut(Rev, &RepoPath, Node) -> Result<bool>,
    ) -> Result<()> {
        // As in the peer, of two files with one node and one changeset the one that is found later counts.
        let mut pending: BTreeMap<(Rev, Node), RepoPathBuf> = BTreeMap::new();
        let (mut path, mut node) = (path.to_buf(), node);
        loop {
            for (parent_path, parent_node) in self.file_parents(&path, &node)? {
                let filelog = self.filelog(&parent_path)?;
                let revlog = filelog.revlog();
                let link = revlog.entry(revlog.rev(&parent_node)?)?.link_rev();
                pending.insert((link, parent_node), parent_path);
            }
            let Some(((link, next_node), next_path)) = pending.pop_last() else {
                return Ok(());
            };
            if !visit(link, &next_path, next_node)? {
                return Ok(());
            }
            (path, node) = (next_path, next_node);
        }
    }

    fn file_parents(&self, path: &RepoPath, node: &Node) -> Result<Vec<(RepoPathBuf, Node)>> {
        let filelog = self.filelog(path)?;
        let rev = filelog.revlog().rev(node)?;
        let mut found = Vec::new();
        if let Some(source) = filelog.copy_source(rev)? {
            found.push((source.path, source.node));
        }
        for parent in filelog
            .revlog()
            .parents(rev)?
            .into_iter()
            .filter(|parent| !parent.is_null())
        {
            found.push((path.to_buf(), filelog.revlog().node(parent)?));
        }
        Ok(found)
    }

    /// Renames back from `rev`; of several new names of a file the last one counts.
    fn reversed(&self, copies: &Copies, rev: Rev, matcher: &dyn Matcher) -> Result<Copies> {
        let manifest = self.manifest(rev)?;
        let mut found = Copies::new();
        for (path, source) in copies {
            if matcher.matches(source)? && manifest.get(source)?.is_none() {
                found.insert(source.clone(), path.clone());
            }
        }
        Ok(found)
    }

    /// Without those whose source the base lacks, or whose destination the end of the trace lacks.
    fn valid(&self, base: Rev, target: Rev, copies: Copies) -> Result<Copies> {
        let (old, new) = (self.manifest(base)?, self.manifest(target)?);
        let mut kept = Copies::new();
        for (path, source) in copies {
            let present = match self.working {
                Some(working) => (working.tracks)(&path)?,
                None => new.get(&path)?.is_some(),
            };
            if present && path != source && old.get(&source)?.is_some() {
                kept.insert(path, source);
            }
        }
        Ok(kept)
    }
}

fn meant(copies: &Copies, matcher: &dyn Matcher) -> Result<Copies> {
    let mut found = Copies::new();
    for (path, source) in copies {
        if matcher.matches(path)? {
            found.insert(path.clone(), source.clone());
        }
    }
    Ok(found)
}

/// Copies through both steps.
fn chain(first: Copies, second: Copies) -> Copies {
    let mut found = first.clone();
    for (path, source) in second {
        let source = first.get(&source).cloned().unwrap_or(source);
        found.insert(path, source);
    }
    found
}

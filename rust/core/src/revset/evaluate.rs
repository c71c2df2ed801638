//! Evaluation of trees to lists of revisions, in the order that the expression defines.
//! Where only membership counts, the same lists are used as sets; what predicates mean is `predicates`'.

use std::cell::OnceCell;

use hyg_base::{Result, Rev};
use hyg_graph::Graph;
use hyg_store::changelog::Changelog;

use super::syntax::Tree;
use super::{predicates, refused};
use crate::names;
use crate::names::hidden::{self, Hidden};
use crate::repo::Repo;

/// One evaluation in one repository.
pub struct Query<'r> {
    pub(super) repo: &'r Repo,
    pub(super) changelog: &'r Changelog,
    pub(super) hidden: Hidden,
    working_parents: [Rev; 2],
    all: OnceCell<Vec<Rev>>,
}

/// Which revisions belong to a set.
pub(super) struct Members(Vec<bool>);

impl Members {
    pub(super) fn of(count: usize, revs: &[Rev]) -> Members {
        let mut flags = vec![false; count];
        for index in revs.iter().filter_map(|rev| rev.index()) {
            if let Some(flag) = flags.get_mut(index) {
                *flag = true;
            }
        }
        Members(flags)
    }

    pub(super) fn has(&self, rev: Rev) -> bool {
        let flag = rev.index().and_then(|index| self.0.get(index));
        flag.copied().unwrap_or(false)
    }
}

impl<'r> Query<'r> {
    /// Nothing is evaluated yet.
    ///
    /// # Errors
    /// Where the history, or what is hidden of it, cannot be read.
    pub fn new(repo: &'r Repo, working_parents: [Rev; 2]) -> Result<Query<'r>> {
        Ok(Query {
            repo,
            changelog: repo.changelog()?,
            hidden: hidden::read(repo)?,
            working_parents,
            all: OnceCell::new(),
        })
    }

    /// The revisions that an expression means, in its order.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::Unsupported`] for what only Python evaluates; what resolving names and reading changesets answers.
    pub fn evaluate(&self, tree: &Tree) -> Result<Vec<Rev>> {
        match tree {
            Tree::Name(name) => {
                let rev = names::resolve(self.repo, name)?;
                if rev == Rev::WDIR {
                    refused()
                } else {
                    Ok(vec![rev])
                }
            }
            tree => self.revisions(tree),
        }
    }

    /// All revisions that are shown, ascending.
    pub fn all(&self) -> &[Rev] {
        self.all.get_or_init(|| {
            let count = i32::try_from(self.changelog.len()).unwrap_or(i32::MAX);
            let revs = (0..count).map(Rev);
            match self.hidden.is_empty() {
                true => revs.collect(),
                false => revs.filter(|rev| !self.hidden.contains(*rev)).collect(),
            }
        })
    }

    /// The repository that is asked about.
    pub fn repo(&self) -> &'r Repo {
        self.repo
    }

    /// All revisions that are shown, the newest first, found one after the other.
    pub fn newest(&self) -> impl Iterator<Item = Rev> + '_ {
        let count = i32::try_from(self.changelog.len()).unwrap_or(i32::MAX);
        let shown = |rev: &Rev| self.hidden.is_empty() || !self.hidden.contains(*rev);
        (0..count).rev().map(Rev).filter(shown)
    }

    /// Whether nothing is hidden.
    pub fn is_plain(&self) -> bool {
        self.hidden.is_empty()
    }

    /// How many revisions there are, hidden ones included.
    pub(super) fn count(&self) -> usize {
        self.changelog.len()
    }

    /// The parents of the working directory that are changesets.
    pub(super) fn working_parents(&self) -> [Option<Rev>; 2] {
        self.working_parents
            .map(|rev| (!rev.is_null()).then_some(rev))
    }

    /// Without hidden revisions.
    pub(super) fn shown(&self, mut revs: Vec<Rev>) -> Vec<Rev> {
        if !self.hidden.is_empty() {
            revs.retain(|rev| !self.hidden.contains(*rev));
        }
        revs
    }

    pub(super) fn members(&self, tree: &Tree) -> Result<Members> {
        Ok(Members::of(self.count(), &self.revisions(tree)?))
    }

    /// Those of `revs` that an expression means, in their order.
    ///
    /// # Errors
    /// As [`Query::evaluate`].
    pub fn among(&self, tree: &Tree, revs: Vec<Rev>) -> Result<Vec<Rev>> {
        match tree {
            Tree::And(left, right) => self.among(right, self.among(left, revs)?),
            Tree::Or(left, right) => {
                let one = Members::of(self.count(), &self.among(left, revs.clone())?);
                let other = Members::of(self.count(), &self.among(right, revs.clone())?);
                let has = |rev: &Rev| one.has(*rev) || other.has(*rev);
                Ok(revs.into_iter().filter(has).collect())
            }
            Tree::Not(inside) => {
                let without = Members::of(self.count(), &self.among(inside, revs.clone())?);
                Ok(revs.into_iter().filter(|rev| !without.has(*rev)).collect())
            }
            Tree::Call(name, arguments) => match predicates::among(self, name, arguments, &revs)? {
                Some(found) => Ok(found),
                None => self.kept(tree, revs),
            },
            tree => self.kept(tree, revs),
        }
    }

    fn kept(&self, tree: &Tree, mut revs: Vec<Rev>) -> Result<Vec<Rev>> {
        let members = self.members(tree)?;
        revs.retain(|rev| members.has(*rev));
        Ok(revs)
    }

    /// What an expression means, without the null revision and the working directory, which are refused.
    pub(super) fn revisions(&self, tree: &Tree) -> Result<Vec<Rev>> {
        match tree {
            Tree::Name(name) => {
                let rev = names::resolve(self.repo, name)?;
                if rev == Rev::WDIR || rev.is_null() {
                    refused()
                } else {
                    Ok(vec![rev])
                }
            }
            Tree::Or(left, right) => {
                let mut found = self.revisions(left)?;
                let known = Members::of(self.count(), &found);
                let more = self.revisions(right)?;
                found.extend(more.into_iter().filter(|rev| !known.has(*rev)));
                Ok(found)
            }
            Tree::And(left, right) => self.among(right, self.revisions(left)?),
            Tree::Minus(left, right) => {
                let revs = self.revisions(left)?;
                let without = Members::of(self.count(), &self.among(right, revs.clone())?);
                Ok(revs.into_iter().filter(|rev| !without.has(*rev)).collect())
            }
            Tree::Not(_) => self.among(tree, self.all().to_vec()),
            Tree::Range(first, last) => self.range(first.as_deref(), last.as_deref()),
            Tree::Ways(roots, heads) => self.ways(roots.as_deref(), heads.as_deref()),
            Tree::Parent(inside, number) => {
                let revs = self.revisions(inside)?;
                match number {
                    0 => Ok(self.sorted(revs)),
                    1 => self.parents_with_null(&revs),
                    _ => self.parents(&revs, &[1]),
                }
            }
            Tree::Ancestor(inside, number) => {
                let mut found = self.revisions(inside)?;
                for _ in 0..*number {
                    if found.is_empty() {
                        break;
                    }
                    found = self.parents_with_null(&found)?;
                }
                Ok(self.sorted(found))
            }
            Tree::Only(left, right) => {
                let (heads, bases) = (self.revisions(left)?, self.revisions(right)?);
                hyg_graph::missing_ancestors(self.changelog, &heads, &bases)
            }
            Tree::Call(name, arguments) => predicates::call(self, name, arguments),
        }
    }

    /// Ascending, each once.
    pub(super) fn sorted(&self, mut revs: Vec<Rev>) -> Vec<Rev> {
        revs.sort_unstable();
        revs.dedup();
        revs
    }

    fn range(&self, first: Option<&Tree>, last: Option<&Tree>) -> Result<Vec<Rev>> {
        let all = self.all();
        let end = |tree: Option<&Tree>, usual: Option<&Rev>, at_end: bool| match tree {
            None => Ok(usual.copied()),
            Some(tree) => {
                let revs = self.revisions(tree)?;
                Ok::<_, hyg_base::Error>(if at_end { revs.last() } else { revs.first() }.copied())
            }
        };
        let (Some(first), Some(last)) = (
            end(first, all.first(), false)?,
            end(last, all.last(), true)?,
        ) else {
            return Ok(Vec::new());
        };
        let (low, high) = (first.min(last), first.max(last));
        let start = all.partition_point(|rev| *rev < low);
        let stop = all.partition_point(|rev| *rev <= high);
        let mut found = all[start..stop].to_vec();
        if first > last {
            found.reverse();
        }
        Ok(found)
    }

    fn ways(&self, roots: Option<&Tree>, heads: Option<&Tree>) -> Result<Vec<Rev>> {
        match (roots, heads) {
            (None, None) => Ok(self.all().to_vec()),
            (None, Some(heads)) => self.ancestors(&self.revisions(heads)?),
            (Some(roots), None) => {
                let roots = self.revisions(roots)?;
                Ok(self.shown(hyg_graph::descendants(self.changelog, &roots, false)?))
            }
            (Some(roots), Some(heads)) => {
                let (roots, heads) = (self.revisions(roots)?, self.revisions(heads)?);
                Ok(self.shown(hyg_graph::paths_between(self.changelog, &roots, &heads)?))
            }
        }
    }

    /// Revisions and their ancestors, ascending.
    pub(super) fn ancestors(&self, revs: &[Rev]) -> Result<Vec<Rev>> {
        hyg_graph::missing_ancestors(self.changelog, revs, &[])
    }

    /// First parents, ascending; refused where one is the null revision.
    fn parents_with_null(&self, revs: &[Rev]) -> Result<Vec<Rev>> {
        for rev in revs {
            if self.changelog.parents(*rev)?[0].is_null() {
                return refused();
            }
        }
        self.parents(revs, &[0])
    }

    /// First (0) and second (1) parents, ascending.
    pub(super) fn parents(&self, revs: &[Rev], which: &[usize]) -> Result<Vec<Rev>> {
        let mut found = Vec::with_capacity(revs.len());
        for rev in revs {
            let parents = self.changelog.parents(*rev)?;
            found.extend(
                which
                    .iter()
                    .map(|at| parents[*at])
                    .filter(|rev| !rev.is_null()),
            );
        }
        Ok(self.sorted(found))
    }
}

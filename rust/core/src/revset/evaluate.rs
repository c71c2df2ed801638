//! Evaluation of trees: what every operator means. An expression that is asked to define the order may change it, one
//! that follows keeps the order of the revisions that it is asked about. What predicates mean is `predicates`'.

use std::sync::{Arc, OnceLock};

use hyg_base::{Phase, Result, Rev};
use hyg_graph::{Graph, Towards};
use hyg_store::changelog::Changelog;
use hyg_store::phases::Phases;

use super::sets::{Direction, Set};
use super::tree::Tree;
use super::{Outside, predicates, refused};
use crate::names;
use crate::names::hidden::{self, Hidden};
use crate::repo::Repo;

/// Who decides about the order of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The expression.
    Define,
    /// The revisions that it is asked about.
    Follow,
    /// Nobody: only membership counts.
    Any,
}

impl Order {
    fn following(self) -> Order {
        match self {
            Order::Any => Order::Any,
            _ => Order::Follow,
        }
    }
}

/// What is known of the repository that is asked about, found out once.
pub struct Facts {
    hidden: Hidden,
    working_parents: OnceLock<[Rev; 2]>,
    /// Of all changesets, where one of them can still change.
    phases: OnceLock<Option<Vec<Phase>>>,
    branch_points: OnceLock<Vec<Rev>>,
}

impl Facts {
    /// Reads what is hidden; the working directory's parents are read when they are needed, unless somebody has them.
    ///
    /// # Errors
    /// Where that cannot be read.
    pub fn of(repo: &Repo, working_parents: Option<[Rev; 2]>) -> Result<Facts> {
        let known = OnceLock::new();
        if let Some(parents) = working_parents {
            let _ = known.set(parents);
        }
        Ok(Facts {
            hidden: hidden::read(repo)?,
            working_parents: known,
            phases: OnceLock::new(),
            branch_points: OnceLock::new(),
        })
    }
}

/// One evaluation in one repository.
pub struct Query<'r> {
    pub(super) repo: &'r Repo,
    pub(super) changelog: &'r Changelog,
    pub(super) outside: &'r dyn Outside,
    facts: Arc<Facts>,
}

impl<'r> Query<'r> {
    /// Nothing is evaluated yet.
    ///
    /// # Errors
    /// Where the history cannot be read.
    pub fn new(repo: &'r Repo, facts: Arc<Facts>, outside: &'r dyn Outside) -> Result<Query<'r>> {
        Ok(Query {
            repo,
            changelog: repo.changelog()?,
            outside,
            facts,
        })
    }

    /// The revisions that an expression means, in its order; as membership alone is concerned, what it means among all.
    ///
    /// # Errors
    /// [`hyg_base::ErrorId::Unsupported`] for what only Python evaluates; what resolving names and reading answers.
    pub fn revisions(&self, tree: &Tree, order: Order) -> Result<Set> {
        self.evaluate(tree, &self.all(), order)
    }

    /// Those of a set that an expression means, in the order of the set.
    ///
    /// # Errors
    /// As [`Query::revisions`].
    pub fn among(&self, tree: &Tree, subset: &Set) -> Result<Set> {
        self.evaluate(tree, subset, Order::Follow)
    }

    /// All revisions that are shown, ascending.
    pub fn all(&self) -> Set {
        Set::whole(self.count())
    }

    /// The repository that is asked about.
    pub fn repo(&self) -> &'r Repo {
        self.repo
    }

    /// Whether nothing is hidden.
    pub fn is_plain(&self) -> bool {
        self.facts.hidden.is_empty()
    }

    /// Whether a revision is shown.
    pub(super) fn shows(&self, rev: Rev) -> bool {
        self.facts.hidden.is_empty() || !self.facts.hidden.contains(rev)
    }

    /// What is hidden.
    pub(super) fn hidden(&self) -> &Hidden {
        &self.facts.hidden
    }

    /// How many revisions there are, hidden ones included.
    pub(super) fn count(&self) -> i32 {
        i32::try_from(self.changelog.len()).unwrap_or(i32::MAX)
    }

    /// The revisions that the working copy is based on: one, or two in a merge.
    pub(super) fn working_parents(&self) -> Result<Vec<Rev>> {
        let known = &self.facts.working_parents;
        if known.get().is_none() {
            let (parents, warnings) = self.repo.parents_of(&self.repo.dirstate()?)?;
            if !warnings.is_empty() {
                return refused();
            }
            let _ = known.set(parents);
        }
        Ok(match known.get() {
            None => vec![Rev::NULL],
            Some([one, Rev::NULL]) => vec![*one],
            Some(both) => both.to_vec(),
        })
    }

    /// The phases of all changesets; nothing where all of them are public.
    pub(super) fn phases(&self) -> Result<Option<&[Phase]>> {
        if self.facts.phases.get().is_none() {
            let phases = Phases::load(&*self.repo.store(), self.changelog)?;
            let found = match phases.has_non_public() {
                true => Some(phases.all(self.changelog)?),
                false => None,
            };
            let _ = self.facts.phases.set(found);
        }
        Ok(self.facts.phases.get().and_then(Option::as_deref))
    }

    /// Revisions with several children that are shown, ascending.
    pub(super) fn branch_points(&self) -> Result<&[Rev]> {
        if self.facts.branch_points.get().is_none() {
            let mut children = vec![0u8; self.changelog.len()];
            for rev in self.all().revs(self)? {
                for parent in self.changelog.parents(rev)? {
                    if let Some(known) = parent.index().and_then(|at| children.get_mut(at)) {
                        *known = known.saturating_add(1);
                    }
                }
            }
            let all = (0..self.count()).zip(children);
            let found = all.filter(|(_, children)| *children > 1);
            let found = found.map(|(rev, _)| Rev(rev)).collect();
            let _ = self.facts.branch_points.set(found);
        }
        Ok(self.facts.branch_points.get().map_or(&[], Vec::as_slice))
    }

    // -- evaluating -------------------------------------------------------------------------------------------

    /// The revisions of `subset` that an expression means.
    pub(super) fn evaluate(&self, tree: &Tree, subset: &Set, order: Order) -> Result<Set> {
        match tree {
            Tree::Name(name) => self.named(name, subset),
            Tree::Given(revs) => self.within(revs.clone(), subset, order),
            Tree::Dates(first, last) => {
                let condition = super::conditions::Condition::Dates(*first..=*last);
                Ok(subset.clone().that(condition))
            }
            Tree::Or(parts) if order == Order::Follow => {
                let either = self.union(parts, &self.all(), Order::Any)?;
                subset.clone().and(self, either)
            }
            Tree::Or(parts) => self.union(parts, subset, order),
            Tree::And(left, right) => {
                if let Tree::Not(without) = &**right {
                    return self.difference(left, without, subset, order);
                }
                let following = order.following();
                if left.weight() > right.weight() {
                    let inside = self.evaluate(right, subset, following)?;
                    return self.evaluate(left, &inside, order);
                }
                self.evaluate(right, &self.evaluate(left, subset, order)?, following)
            }
            Tree::Difference(left, without) => self.difference(left, without, subset, order),
            Tree::Not(inside) => match inside.ancestors_of() {
                Some(bases) if subset.is_whole() => self.beside(bases, subset),
                _ => {
                    let without = self.evaluate(inside, subset, Order::Any)?;
                    Ok(subset.clone().minus(without))
                }
            },
            Tree::Range(first, last) => {
                self.range(first.as_deref(), last.as_deref(), subset, order)
            }
            Tree::Ways(roots, heads) => {
                let (roots, heads) = (self.revs_of(roots)?, self.revs_of(heads)?);
                let mut found = hyg_graph::paths_between(self.changelog, &roots, &heads)?;
                if roots.contains(&Rev::NULL) && !heads.is_empty() {
                    found.insert(0, Rev::NULL);
                }
                self.ascending_within(found, subset)
            }
            Tree::Parent(inside, number) => self.parent(inside, *number, subset),
            Tree::Ancestor(inside, steps) => {
                let mut found = self.revs_of(inside)?;
                for _ in 0..*steps {
                    if found.iter().all(|rev| rev.is_null()) {
                        break;
                    }
                    found = self.parents(&found, 0)?;
                    found.sort_unstable();
                    found.dedup();
                }
                self.ascending_within(found, subset)
            }
            Tree::Generations(inside, first, last) => self.related(inside, *first, *last, subset),
            Tree::Call(name, arguments) => predicates::call(self, name, arguments, subset, order),
            Tree::Keyed(..) => refused(),
        }
    }

    /// What an expression means among all revisions, in its order: for arguments of predicates.
    pub(super) fn revs_of(&self, tree: &Tree) -> Result<Vec<Rev>> {
        self.revisions(tree, Order::Define)?.revs(self)
    }

    /// Those of a set that are asked about, in the order that counts.
    pub(super) fn within(&self, found: Set, subset: &Set, order: Order) -> Result<Set> {
        match order {
            Order::Follow => subset.clone().and(self, found),
            _ => found.and(self, subset.clone()),
        }
    }

    /// Those of revisions without an order of their own that are asked about.
    pub(super) fn ascending_within(&self, found: Vec<Rev>, subset: &Set) -> Result<Set> {
        subset.clone().and(self, Set::ascending(found))
    }

    fn named(&self, name: &[u8], subset: &Set) -> Result<Set> {
        if name.is_empty() {
            return refused();
        }
        let rev = names::resolve(self.repo, name)?;
        if rev == Rev::WDIR {
            return refused();
        }
        self.single(rev, subset)
    }

    /// One revision, where it is asked about.
    pub(super) fn single(&self, rev: Rev, subset: &Set) -> Result<Set> {
        let belongs = (rev.is_null() && subset.is_whole()) || subset.contains(self, rev)?;
        Ok(if belongs { Set::one(rev) } else { Set::empty() })
    }

    fn union(&self, parts: &[Tree], subset: &Set, order: Order) -> Result<Set> {
        match parts {
            [] => Ok(Set::empty()),
            [one] => self.evaluate(one, subset, order),
            _ => {
                let (one, other) = parts.split_at(parts.len() / 2);
                let one = self.union(one, subset, order)?;
                Ok(one.plus(self.union(other, subset, order)?))
            }
        }
    }

    fn difference(&self, left: &Tree, without: &Tree, subset: &Set, order: Order) -> Result<Set> {
        if let Some(bases) = without.ancestors_of() {
            if let Some(heads) = left.ancestors_of() {
                let (heads, bases) = (self.revs_of(heads)?, self.revs_of(bases)?);
                let found = hyg_graph::missing_ancestors(self.changelog, &heads, &bases)?;
                return self.ascending_within(found, subset);
            }
            let is_all = matches!(left, Tree::Call(name, none) if name == "all" && none.is_empty());
            if is_all && subset.is_whole() {
                return self.beside(bases, subset);
            }
        }
        let found = self.evaluate(left, subset, order)?;
        Ok(found.minus(self.evaluate(without, subset, Order::Any)?))
    }

    /// Everything but the ancestors of something: a walk from the heads, which ends where nothing else is left.
    fn beside(&self, bases: &Tree, subset: &Set) -> Result<Set> {
        let heads = self.facts.hidden.heads(self.changelog)?;
        let bases = self.revs_of(bases)?;
        let found = hyg_graph::missing_ancestors(self.changelog, &heads, &bases)?;
        self.ascending_within(found, subset)
    }

    fn range(
        &self,
        first: Option<&Tree>,
        last: Option<&Tree>,
        subset: &Set,
        order: Order,
    ) -> Result<Set> {
        let first = match first {
            None => Some(Rev(0)),
            Some(tree) => self.revisions(tree, Order::Define)?.first(self)?,
        };
        let last = match last {
            None => Some(self.facts.hidden.tip(self.changelog)),
            Some(tree) => self.revisions(tree, Order::Define)?.last(self)?,
        };
        if self.changelog.is_empty() {
            return refused();
        }
        let (Some(first), Some(last)) = (first, last) else {
            return Ok(Set::empty());
        };
        let found = if first == last {
            Set::one(first)
        } else if first < last {
            Set::span(first.0, last.0 + 1, Direction::Up)
        } else {
            Set::span(last.0, first.0 + 1, Direction::Down)
        };
        match order {
            Order::Define => found.and(self, subset.clone()),
            _ => subset.clone().and(self, found),
        }
    }

    fn parent(&self, inside: &Tree, number: Option<u8>, subset: &Set) -> Result<Set> {
        let revs = self.revs_of(inside)?;
        let mut found = match number {
            Some(0) => return self.ascending_within(revs, subset),
            Some(1) => return self.ascending_within(self.parents(&revs, 0)?, subset),
            Some(_) => self.parents(&revs, 1)?,
            None => self.parents(&revs, 0)?,
        };
        found.retain(|rev| !rev.is_null());
        self.ascending_within(found, subset)
    }

    /// First (0) or second (1) parents, in the order of `revs`, the null revision among them.
    pub(super) fn parents(&self, revs: &[Rev], which: usize) -> Result<Vec<Rev>> {
        let mut found = Vec::with_capacity(revs.len());
        for rev in revs {
            found.push(match rev.is_null() {
                true => Rev::NULL,
                false => self.changelog.parents(*rev)?[which],
            });
        }
        Ok(found)
    }

    // -- generations ------------------------------------------------------------------------------------------

    fn related(&self, inside: &Tree, first: i64, last: i64, subset: &Set) -> Result<Set> {
        let revs = self.revs_of(inside)?;
        if revs.is_empty() {
            return Ok(Set::empty());
        }
        let upwards = (last > 0).then(|| (first.max(0), last.saturating_add(1)));
        let downwards = match (first, last) {
            (0, 0) => Some((0, 1)),
            (first, last) if first < 0 => Some((-last.min(0), 1 - first)),
            _ => None,
        };
        let span = |(start, stop): (i64, i64)| (start.unsigned_abs(), stop.unsigned_abs());
        let below = downwards
            .map(|limits| self.generations(&revs, Towards::Ancestors, span(limits), false))
            .transpose()?;
        let above = upwards
            .map(|limits| self.generations(&revs, Towards::Descendants, span(limits), false))
            .transpose()?;
        let found = match (below, above) {
            (Some(below), Some(above)) => below.plus(above),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => Set::empty(),
        };
        subset.clone().and(self, found)
    }

    /// Ancestors or descendants within a span of generations; without limits all of them.
    pub(super) fn generations(
        &self,
        revs: &[Rev],
        towards: Towards,
        (start, stop): (u64, u64),
        first_parent: bool,
    ) -> Result<Set> {
        let with_null = revs.contains(&Rev::NULL);
        let endless = stop > u64::from(u32::MAX >> 1);
        if start == 0 && endless && towards == Towards::Ancestors && !first_parent {
            return Ok(Set::below(revs.to_vec()));
        }
        let mut found = match start == 0 && endless && towards == Towards::Descendants {
            true => hyg_graph::descendants(self.changelog, revs, first_parent)?,
            false => {
                let span = (start, if endless { u64::MAX } else { stop });
                hyg_graph::generations(self.changelog, revs, span, towards, first_parent)?
            }
        };
        if with_null && start == 0 && stop > 0 {
            found.insert(0, Rev::NULL);
        }
        Ok(Set::list(found, Direction::Up))
    }
}

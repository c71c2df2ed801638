//! Ordered sets of revisions that are evaluated as far as somebody reads: ranges, lists, ancestors, kept and joined ones.
//! A set never changes; what a condition asks of revisions is `conditions`'.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock};

use hyg_base::{Error, Result, Rev};
use hyg_graph::Descent;
use hyg_matcher::Matcher;

use super::conditions::Condition;
use super::evaluate::Query;

/// In which order the members come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Ascending.
    Up,
    /// Descending.
    Down,
    /// Neither is known.
    Unknown,
}

impl Direction {
    fn turned(self) -> Direction {
        match self {
            Direction::Up => Direction::Down,
            Direction::Down => Direction::Up,
            Direction::Unknown => Direction::Unknown,
        }
    }

    /// That of revisions one after the other.
    pub fn of(revs: &[Rev]) -> Direction {
        if revs.is_sorted_by(|a, b| a < b) {
            Direction::Up
        } else if revs.is_sorted_by(|a, b| a > b) {
            Direction::Down
        } else {
            Direction::Unknown
        }
    }
}

/// Which revisions belong to something, the null revision too.
#[derive(Debug, Default)]
pub(super) struct Members {
    flags: Vec<bool>,
    null: bool,
}

impl Members {
    pub(super) fn of(revs: &[Rev]) -> Members {
        let mut members = Members::default();
        members.extend(revs);
        members
    }

    pub(super) fn extend(&mut self, revs: &[Rev]) {
        let most = revs.iter().filter_map(|rev| rev.index()).max();
        if let Some(most) = most.filter(|most| *most >= self.flags.len()) {
            self.flags.resize(most + 1, false);
        }
        for rev in revs {
            match rev.index() {
                Some(index) => self.flags[index] = true,
                None => self.null |= rev.is_null(),
            }
        }
    }

    pub(super) fn has(&self, rev: Rev) -> bool {
        match rev.index() {
            Some(index) => self.flags.get(index).copied().unwrap_or(false),
            None => self.null && rev.is_null(),
        }
    }
}

/// A set of revisions with an order.
#[derive(Clone)]
pub struct Set {
    direction: Direction,
    pub(super) kind: Kind,
}

#[derive(Clone)]
pub(super) enum Kind {
    /// Shown revisions from one to before another; `whole`: all of them, and what is intersected is believed to be
    /// part of it, so that the null revision survives where somebody named it.
    Span { low: i32, high: i32, whole: bool },
    /// In this order, or backwards.
    List(Arc<List>, bool),
    /// Some revisions and all ancestors, found in descending order.
    Below(Arc<Below>),
    /// Those that a condition keeps.
    Kept(Arc<(Set, Condition)>),
    /// One after the other, or merged where the set has a direction.
    Joined(Arc<(Set, Set)>),
}

pub(super) struct List {
    pub(super) revs: Vec<Rev>,
    members: OnceLock<Members>,
}

pub(super) struct Below {
    pub(super) heads: Vec<Rev>,
    /// A walk, and what it has given so far.
    known: Mutex<(Descent, Vec<Rev>)>,
}

impl Below {
    fn keep(&self, query: &Query<'_>, revs: &mut Vec<Rev>) -> Result<()> {
        let poisoned = |_| Error::internal("a walk over ancestors panicked before");
        let mut known = self.known.lock().map_err(poisoned)?;
        let (walk, seen) = &mut *known;
        let lowest = revs.iter().filter(|rev| !rev.is_null()).min().copied();
        while let Some(lowest) = lowest
            && walk.upper_bound().is_some_and(|bound| bound >= lowest)
            && let Some(rev) = walk.advance(query.changelog)?
        {
            seen.push(rev);
        }
        revs.retain(|rev| seen.binary_search_by(|one| rev.cmp(one)).is_ok());
        Ok(())
    }
}

impl fmt::Debug for Set {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.kind {
            Kind::Span { low, high, .. } => format!("{low}..{high}"),
            Kind::List(list, _) => format!("{:?}", list.revs),
            Kind::Below(below) => format!("::{:?}", below.heads),
            Kind::Kept(kept) => format!("{:?} that {:?}", kept.0, kept.1),
            Kind::Joined(parts) => format!("{:?} + {:?}", parts.0, parts.1),
        };
        write!(formatter, "{:?} {kind}", self.direction)
    }
}

impl Set {
    fn new(direction: Direction, kind: Kind) -> Set {
        Set { direction, kind }
    }

    /// Nothing.
    pub fn empty() -> Set {
        Set::list(Vec::new(), Direction::Up)
    }

    /// One revision.
    pub fn one(rev: Rev) -> Set {
        Set::list(vec![rev], Direction::Up)
    }

    /// Revisions, each once, in an order that is known.
    pub fn list(revs: Vec<Rev>, direction: Direction) -> Set {
        let members = OnceLock::new();
        Set::new(
            direction,
            Kind::List(Arc::new(List { revs, members }), false),
        )
    }

    /// Revisions, each once, in whatever order they are.
    pub fn ordered(revs: Vec<Rev>) -> Set {
        let direction = Direction::of(&revs);
        Set::list(revs, direction)
    }

    /// Revisions without an order of their own.
    pub fn ascending(mut revs: Vec<Rev>) -> Set {
        revs.sort_unstable();
        revs.dedup();
        Set::list(revs, Direction::Up)
    }

    /// The shown revisions from `low` to before `high`.
    pub(super) fn span(low: i32, high: i32, direction: Direction) -> Set {
        let whole = false;
        Set::new(direction, Kind::Span { low, high, whole })
    }

    /// All shown revisions.
    pub(super) fn whole(high: i32) -> Set {
        let (low, whole) = (0, true);
        Set::new(Direction::Up, Kind::Span { low, high, whole })
    }

    /// Some revisions and all their ancestors.
    pub fn below(heads: Vec<Rev>) -> Set {
        let with_null = heads.iter().any(|rev| rev.is_null());
        let walk = Descent::new(heads.iter().copied(), Rev(0));
        let known = Mutex::new((walk, Vec::new()));
        let below = Set::new(
            Direction::Down,
            Kind::Below(Arc::new(Below { heads, known })),
        );
        match with_null {
            true => Set::joined(below, Set::one(Rev::NULL), Direction::Down),
            false => below,
        }
    }

    fn joined(left: Set, right: Set, direction: Direction) -> Set {
        Set::new(direction, Kind::Joined(Arc::new((left, right))))
    }

    /// In which order the members come.
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// Whether the set is that of all shown revisions, which takes what it is asked for at its word.
    pub(super) fn is_whole(&self) -> bool {
        matches!(self.kind, Kind::Span { whole: true, .. })
    }

    // -- algebra ----------------------------------------------------------------------------------------------

    /// Those that a condition keeps.
    pub(super) fn that(self, condition: Condition) -> Set {
        Set::new(self.direction, Kind::Kept(Arc::new((self, condition))))
    }

    /// Those that list a file which matches.
    pub fn touching(self, matcher: Arc<dyn Matcher>) -> Set {
        self.that(Condition::Touches(matcher))
    }

    /// The revisions of both, in the order of this one.
    ///
    /// # Errors
    /// Where members have to be found out, and cannot be.
    pub fn and(self, query: &Query<'_>, other: Set) -> Result<Set> {
        if other.is_whole() {
            return Ok(self);
        }
        if !self.is_whole() {
            return Ok(self.that(Condition::In(other)));
        }
        let shown = match query.is_plain() || matches!(other.kind, Kind::Span { .. }) {
            true => other,
            false => other.that(Condition::Shown),
        };
        shown.sorted(query, self.direction == Direction::Down)
    }

    /// The revisions that the other one lacks.
    pub fn minus(self, other: Set) -> Set {
        self.that(Condition::NotIn(other))
    }

    /// This one, then what else the other one has.
    pub fn plus(self, other: Set) -> Set {
        Set::joined(self, other, Direction::Unknown)
    }

    /// Those of `revs` that belong to it, in their order.
    ///
    /// # Errors
    /// Where what a condition asks for cannot be read.
    pub fn select(&self, query: &Query<'_>, mut revs: Vec<Rev>) -> Result<Vec<Rev>> {
        match &self.kind {
            Kind::Span { low, high, .. } => {
                revs.retain(|rev| (*low..*high).contains(&rev.0) && query.shows(*rev));
            }
            Kind::List(list, _) => {
                let members = list.members.get_or_init(|| Members::of(&list.revs));
                revs.retain(|rev| members.has(*rev));
            }
            Kind::Below(below) => below.keep(query, &mut revs)?,
            Kind::Kept(kept) => {
                let inside = kept.0.select(query, revs)?;
                return kept.1.select(query, inside);
            }
            Kind::Joined(parts) => {
                let mut inside = Members::of(&parts.0.select(query, revs.clone())?);
                let mut rest = revs.clone();
                rest.retain(|rev| !inside.has(*rev));
                inside.extend(&parts.1.select(query, rest)?);
                revs.retain(|rev| inside.has(*rev));
            }
        }
        Ok(revs)
    }

    /// Whether a revision belongs to it.
    ///
    /// # Errors
    /// As [`Set::select`].
    pub fn contains(&self, query: &Query<'_>, rev: Rev) -> Result<bool> {
        Ok(!self.select(query, vec![rev])?.is_empty())
    }

    // -- order ------------------------------------------------------------------------------------------------

    /// The same revisions in the opposite order.
    ///
    /// # Errors
    /// Where they have to be found out for that, and cannot be.
    pub fn reversed(&self, query: &Query<'_>) -> Result<Set> {
        let turned = self.direction.turned();
        let kind = match &self.kind {
            Kind::Span { .. } | Kind::Below(_) => self.kind.clone(),
            Kind::List(list, backwards) => Kind::List(list.clone(), !backwards),
            Kind::Kept(kept) => {
                let base = kept.0.reversed(query)?;
                Kind::Kept(Arc::new((base, kept.1.clone())))
            }
            Kind::Joined(_) if self.direction != Direction::Unknown => self.kind.clone(),
            Kind::Joined(_) => {
                let mut revs = self.revs(query)?;
                revs.reverse();
                return Ok(Set::list(revs, turned));
            }
        };
        Ok(Set::new(turned, kind))
    }

    /// The same revisions, ascending or descending.
    ///
    /// # Errors
    /// As [`Set::reversed`].
    pub fn sorted(&self, query: &Query<'_>, descending: bool) -> Result<Set> {
        let wanted = match descending {
            true => Direction::Down,
            false => Direction::Up,
        };
        if self.direction == wanted {
            return Ok(self.clone());
        }
        match &self.kind {
            Kind::Kept(kept) => {
                let base = kept.0.sorted(query, descending)?;
                let direction = base.direction;
                let kept = Arc::new((base, kept.1.clone()));
                Ok(Set::new(direction, Kind::Kept(kept)))
            }
            Kind::Joined(_) => Ok(Set::new(wanted, self.kind.clone())),
            _ if self.direction == wanted.turned() => self.reversed(query),
            _ => {
                let mut revs = self.revs(query)?;
                revs.sort_unstable();
                if descending {
                    revs.reverse();
                }
                Ok(Set::list(revs, wanted))
            }
        }
    }

    /// The revisions from place `start` on, at most `count` of them.
    ///
    /// # Errors
    /// As [`Walk::batch`].
    pub fn between(&self, query: &Query<'_>, start: usize, count: usize) -> Result<Set> {
        let mut walk = self.walk(query)?;
        let (mut skipped, mut found) = (0, Vec::new());
        while found.len() < count {
            let wanted = (start - skipped).saturating_add(count - found.len());
            let batch = walk.batch(query, wanted)?;
            if batch.is_empty() {
                break;
            }
            let passed = batch.len().min(start - skipped);
            skipped += passed;
            let room = count - found.len();
            found.extend(batch.into_iter().skip(passed).take(room));
        }
        Ok(Set::list(found, self.direction))
    }

    /// The first revision in order.
    ///
    /// # Errors
    /// As [`Walk::batch`].
    pub fn first(&self, query: &Query<'_>) -> Result<Option<Rev>> {
        Ok(self.walk(query)?.batch(query, 1)?.first().copied())
    }

    /// The last revision in order.
    ///
    /// # Errors
    /// As [`Walk::batch`].
    pub fn last(&self, query: &Query<'_>) -> Result<Option<Rev>> {
        self.reversed(query)?.first(query)
    }

    /// The smallest revision, or the greatest.
    ///
    /// # Errors
    /// As [`Walk::batch`].
    pub fn extreme(&self, query: &Query<'_>, greatest: bool) -> Result<Option<Rev>> {
        self.sorted(query, greatest)?.first(query)
    }

    /// All revisions in order.
    ///
    /// # Errors
    /// As [`Walk::batch`].
    pub fn revs(&self, query: &Query<'_>) -> Result<Vec<Rev>> {
        if let Kind::List(list, false) = &self.kind {
            return Ok(list.revs.clone());
        }
        let mut walk = self.walk(query)?;
        walk.hurry();
        let mut found = walk.batch(query, usize::MAX)?;
        loop {
            let more = walk.batch(query, usize::MAX)?;
            if more.is_empty() {
                return Ok(found);
            }
            found.extend(more);
        }
    }
}

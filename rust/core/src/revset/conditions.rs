//! Conditions that keep some of many revisions: membership, texts, phases, branches, dates, files, extra fields.
//! They are asked about many revisions at once; which ones is the sets' business.

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;

use hyg_base::{Phase, Result, Rev};
use hyg_graph::Graph;
use hyg_matcher::Matcher;
use hyg_store::revlog::Window;

use super::copied;
use super::evaluate::Query;
use super::fields::{self, Likeness};
use super::files::{self, Change, Wanted};
use super::sets::Set;
use crate::names::branches::BranchReader;
use crate::ops::history::{self, Fields, TextTest};

/// A test of one text that several owners share.
pub(super) type SharedTest = Arc<TextTest<'static>>;

/// What is asked of revisions.
#[derive(Clone)]
pub(super) enum Condition {
    /// To be shown.
    Shown,
    /// To belong to a set.
    In(Set),
    /// Not to belong to a set.
    NotIn(Set),
    /// To have a text that fits.
    Texts(Fields, SharedTest),
    /// To be in none of the phases that can still change.
    Public,
    /// To have two parents.
    Merge,
    /// To have two children that are shown.
    BranchPoint,
    /// To close a branch.
    Closed,
    /// To be on one of these branches.
    Branches(Arc<Vec<Vec<u8>>>),
    /// To be on a branch whose name fits.
    BranchFits(SharedTest),
    /// To be made in a span of time.
    Dates(RangeInclusive<i64>),
    /// To list a file that matches.
    Touches(Arc<dyn Matcher>),
    /// To have done something to a file that matches, compared with the first parent.
    Changed(Change, Arc<dyn Matcher>),
    /// To have a file.
    Has(Wanted),
    /// To be made by copying, over however many steps, one of a set.
    MadeFrom(Set),
    /// To be like some changesets in some fields.
    Alike(Arc<Likeness>),
    /// To have a label, with a value that fits.
    Extra(Arc<Vec<u8>>, Option<SharedTest>),
}

impl fmt::Debug for Condition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Condition::In(set) => write!(formatter, "in {set:?}"),
            Condition::NotIn(set) => write!(formatter, "not in {set:?}"),
            Condition::Dates(span) => write!(formatter, "dates {span:?}"),
            Condition::Branches(names) => write!(formatter, "branches {names:?}"),
            Condition::Touches(matcher) => write!(formatter, "touches {matcher:?}"),
            Condition::Changed(change, matcher) => write!(formatter, "{change:?} {matcher:?}"),
            Condition::Has(wanted) => write!(formatter, "has {wanted:?}"),
            Condition::MadeFrom(set) => write!(formatter, "made from {set:?}"),
            _ => formatter.write_str("fits"),
        }
    }
}

impl Condition {
    /// Those of `revs` that are as asked, in their order.
    pub(super) fn select(&self, query: &Query<'_>, mut revs: Vec<Rev>) -> Result<Vec<Rev>> {
        let (repo, changelog) = (query.repo, query.changelog);
        match self {
            Condition::Shown => revs.retain(|rev| query.shows(*rev)),
            Condition::In(set) => return set.select(query, revs),
            Condition::NotIn(set) => {
                let inside = set.select(query, revs.clone())?;
                if !inside.is_empty() {
                    // both are in the same order
                    let mut inside = inside.iter().peekable();
                    revs.retain(|rev| inside.next_if_eq(&rev).is_none());
                }
            }
            Condition::Texts(fields, fits) => {
                return history::search(repo, &revs, *fields, &**fits);
            }
            Condition::Public => {
                if let Some(phases) = query.phases()? {
                    let of = |rev: &Rev| rev.index().and_then(|at| phases.get(at));
                    revs.retain(|rev| of(rev).is_none_or(|phase| *phase == Phase::Public));
                }
            }
            Condition::Merge => {
                return kept(revs, |rev| {
                    Ok(!rev.is_null() && !changelog.parents(rev)?[1].is_null())
                });
            }
            Condition::BranchPoint => {
                let points = query.branch_points()?;
                revs.retain(|rev| points.binary_search(rev).is_ok());
            }
            Condition::Closed => {
                let reader = reader_for(query, &revs)?;
                return kept(revs, |rev| Ok(!rev.is_null() && reader.branch(rev)?.1));
            }
            Condition::Branches(names) => {
                let reader = reader_for(query, &revs)?;
                return kept(revs, |rev| {
                    Ok(names.binary_search(&branch_of(&reader, rev)?).is_ok())
                });
            }
            Condition::BranchFits(fits) => {
                let reader = reader_for(query, &revs)?;
                let mut known: Vec<(Vec<u8>, bool)> = Vec::new();
                return kept(revs, |rev| {
                    let name = branch_of(&reader, rev)?;
                    if let Some((_, answer)) = known.iter().find(|(known, _)| *known == name) {
                        return Ok(*answer);
                    }
                    let answer = fits(&name)?;
                    known.push((name, answer));
                    Ok(answer)
                });
            }
            Condition::Dates(span) => {
                let dates = history::dates(repo, &revs)?;
                let mut fits = dates.iter().map(|date| span.contains(date));
                revs.retain(|_| fits.next() == Some(true));
            }
            Condition::Touches(matcher) => return history::touching(repo, &revs, &**matcher),
            Condition::Changed(change, matcher) => {
                return kept(revs, |rev| {
                    files::has_changed(query, rev, *change, &**matcher)
                });
            }
            Condition::Has(wanted) => {
                return kept(revs, |rev| files::has(query, rev, wanted));
            }
            Condition::MadeFrom(set) => return copied::made_from(query, set, revs),
            Condition::Alike(wanted) => return fields::alike(query, wanted, revs),
            Condition::Extra(label, fits) => return labelled(query, revs, label, fits.as_ref()),
        }
        Ok(revs)
    }
}

/// Those with a label, and with a value that fits where one is asked for; a branch is always there.
fn labelled(
    query: &Query<'_>,
    revs: Vec<Rev>,
    label: &[u8],
    fits: Option<&SharedTest>,
) -> Result<Vec<Rev>> {
    let mut window = Window::default();
    kept(revs, |rev| {
        let extras = match rev.is_null() {
            true => Vec::new(),
            false => query.changelog.changeset_near(rev, &mut window)?.extras()?,
        };
        let found = extras.iter().rev().find(|(name, _)| *name == label);
        match (found, fits) {
            (Some((_, value)), Some(fits)) => fits(value),
            (Some(_), None) => Ok(true),
            (None, Some(fits)) if label == b"branch" => fits(b"default"),
            (None, _) => Ok(label == b"branch"),
        }
    })
}

fn kept(revs: Vec<Rev>, mut fits: impl FnMut(Rev) -> Result<bool>) -> Result<Vec<Rev>> {
    let mut found = Vec::new();
    for rev in revs {
        if fits(rev)? {
            found.push(rev);
        }
    }
    Ok(found)
}

/// Of so many changesets.
pub(super) fn reader_for<'q>(query: &Query<'q>, revs: &[Rev]) -> Result<BranchReader<'q>> {
    match history::worth_an_index(revs) {
        true => BranchReader::for_many(query.repo),
        false => BranchReader::new(query.repo),
    }
}

/// The branch of a changeset; the null revision is on the usual one.
pub(super) fn branch_of(reader: &BranchReader<'_>, rev: Rev) -> Result<Vec<u8>> {
    match rev.is_null() {
        true => Ok(b"default".to_vec()),
        false => Ok(reader.branch(rev)?.0),
    }
}

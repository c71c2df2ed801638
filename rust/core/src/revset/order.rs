//! Predicates about order and number: sort, reverse, limits, lists of names, what may be absent.
//! What a sort for graphs is, is `topology`'s; sorting by chance is Python's.

use hyg_base::{ErrorId, Result, Rev};
use hyg_store::revlog::Window;

use super::conditions::{branch_of, reader_for};
use super::evaluate::{Order, Query};
use super::sets::{Direction, Members, Set};
use super::tree::{Tree, arguments};
use super::{refused, topology};
use crate::names;
use crate::ops::history;

/// What a predicate of this module means; `None` for others.
pub(super) fn call(
    query: &Query<'_>,
    name: &str,
    given: &[Tree],
    subset: &Set,
    order: Order,
) -> Result<Option<Set>> {
    let found = match (name, given) {
        ("first" | "limit" | "last", _) => limited(query, name, given, subset, order)?,
        ("reverse", [of]) => {
            let found = query.evaluate(of, subset, order)?;
            match order {
                Order::Define => found.reversed(query)?,
                _ => found,
            }
        }
        ("present", [of]) => match query.evaluate(of, subset, order) {
            Err(error)
                if matches!(
                    error.id(),
                    ErrorId::UnknownRevision | ErrorId::FilteredRevision
                ) =>
            {
                Set::empty()
            }
            answer => answer?,
        },
        ("revset", [of]) => query.evaluate(of, subset, order)?,
        ("expectsize", _) => {
            let [of, size] = arguments(given, ["set", "size"])?;
            let (Some(of), Some(size)) = (of, size) else {
                return refused();
            };
            let (low, high) = sizes(query, size)?;
            let found = query.revisions(of, order)?;
            let size = found.revs(query)?.len();
            if size < low || size > high {
                return refused();
            }
            query.within(found, subset, order)?
        }
        ("sort", _) => {
            let [of, keys, first] = arguments(given, ["set", "keys", "topo.firstbranch"])?;
            let Some(of) = of else { return refused() };
            if let Some(text) = keys
                && let text @ (b"topo" | b"-topo") = text.text()?.trim_ascii()
            {
                let revs = query.evaluate(of, subset, order)?;
                return match order {
                    Order::Define => {
                        for_graph(query, &revs, first, subset, text[0] == b'-').map(Some)
                    }
                    _ => Ok(Some(revs)),
                };
            }
            if first.is_some() {
                return refused();
            }
            let keys = Key::all(keys)?;
            let revs = query.evaluate(of, subset, order)?;
            match keys.as_slice() {
                _ if order != Order::Define => revs,
                [] => revs,
                [(Key::Rev, descending)] => revs.sorted(query, *descending)?,
                keys => Set::ordered(sorted(query, keys, revs.revs(query)?)?),
            }
        }
        ("_list" | "_intlist" | "_hexlist", [of]) => {
            let revs = listed(query, name, of.text()?, subset, order)?;
            match order {
                Order::Follow => subset.clone().and(query, Set::ordered(revs))?,
                _ => Set::ordered(revs),
            }
        }
        _ => return Ok(None),
    };
    Ok(Some(found))
}

/// A set branch by branch, beginning with the one that leads to `first`.
fn for_graph(
    query: &Query<'_>,
    revs: &Set,
    first: Option<&Tree>,
    subset: &Set,
    turned: bool,
) -> Result<Set> {
    let first = match first {
        None => Vec::new(),
        Some(tree) => query.evaluate(tree, subset, Order::Define)?.revs(query)?,
    };
    let descending = revs.sorted(query, true)?.revs(query)?;
    if descending.contains(&Rev::NULL) {
        return refused();
    }
    let mut found = topology::branch_by_branch(query, &descending, &first)?;
    if turned {
        found.reverse();
    }
    Ok(Set::list(found, Direction::Unknown))
}

/// The first members of a set, or the last ones.
fn limited(
    query: &Query<'_>,
    name: &str,
    given: &[Tree],
    subset: &Set,
    order: Order,
) -> Result<Set> {
    let number = |tree: Option<&Tree>, usual| tree.map_or(Ok(usual), Tree::number);
    let is_last = name == "last";
    let [of, count, offset] = match (is_last, given) {
        (false, _) => arguments(given, ["set", "n", "offset"])?,
        (true, [of]) => [Some(of), None, None],
        (true, [of, count]) => [Some(of), Some(count), None],
        _ => return refused(),
    };
    let Some(of) = of else { return refused() };
    let (count, start) = (number(count, 1)? as usize, number(offset, 0)? as usize);
    let mut revs = query.revisions(of, Order::Define)?;
    if is_last {
        revs = revs.reversed(query)?;
    }
    let mut chosen = revs.between(query, start, count)?;
    if order == Order::Follow && count > 1 {
        return subset.clone().and(query, chosen);
    }
    if is_last {
        chosen = chosen.reversed(query)?;
    }
    chosen.and(query, subset.clone())
}

/// Revisions by names (or numbers, or nodes) with NUL between them: those that are asked about, or with an order to
/// follow all that are shown.
fn listed(
    query: &Query<'_>,
    name: &str,
    text: &[u8],
    subset: &Set,
    order: Order,
) -> Result<Vec<Rev>> {
    let mut found: Vec<Rev> = Vec::new();
    let names = text.split(|byte| *byte == 0).filter(|_| !text.is_empty());
    for one in names {
        if one.is_empty() {
            return refused();
        }
        if name == "_hexlist" && one.len() != 40 {
            return refused();
        }
        let rev = names::resolve(query.repo, one)?;
        if rev == Rev::WDIR || (rev.is_null() && name != "_list") {
            return refused();
        }
        found.push(rev);
    }
    let mut once = Vec::with_capacity(found.len());
    let mut known = Members::default();
    for rev in found {
        if !known.has(rev) {
            known.extend(&[rev]);
            once.push(rev);
        }
    }
    if order == Order::Follow {
        return Ok(once);
    }
    let null = once
        .iter()
        .position(|rev| rev.is_null())
        .filter(|_| subset.is_whole());
    match null {
        None => subset.select(query, once),
        Some(at) => {
            // named, so it belongs to everything
            let rest = once.split_off(at + 1);
            once.pop();
            let mut kept = subset.select(query, once)?;
            kept.push(Rev::NULL);
            kept.extend(subset.select(query, rest)?);
            Ok(kept)
        }
    }
}

fn sizes(query: &Query<'_>, size: &Tree) -> Result<(usize, usize)> {
    let most = query.count() as usize + 1;
    match size {
        Tree::Range(low, high) => {
            let end = |side: &Option<Box<Tree>>, usual| match side {
                None => Ok(usual),
                Some(tree) => tree.number().map(|number| number as usize),
            };
            let (low, high) = (end(low, 0)?, end(high, most)?);
            Ok((low, high))
        }
        one => {
            let number = one.number()? as usize;
            Ok((number, number))
        }
    }
}

/// What revisions are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Rev,
    Branch,
    Description,
    User,
    Date,
    Node,
}

impl Key {
    /// The keys of a text, each with whether it descends.
    fn all(text: Option<&Tree>) -> Result<Vec<(Key, bool)>> {
        let Some(text) = text else {
            return Ok(vec![(Key::Rev, false)]);
        };
        let mut found = Vec::new();
        let words = text.text()?.split(u8::is_ascii_whitespace);
        for word in words.filter(|word| !word.is_empty()) {
            let (name, descending) = match word.strip_prefix(b"-") {
                Some(name) => (name, true),
                None => (word, false),
            };
            let key = match name {
                b"rev" => Key::Rev,
                b"branch" => Key::Branch,
                b"desc" => Key::Description,
                b"user" | b"author" => Key::User,
                b"date" => Key::Date,
                b"node" => Key::Node,
                _ => return refused(),
            };
            found.push((key, descending));
        }
        Ok(found)
    }

    /// Values that compare as the revisions do, in the order of these.
    fn values(self, query: &Query<'_>, revs: &[Rev]) -> Result<Vec<Vec<u8>>> {
        let ordered = |number: i64| (number ^ i64::MIN).to_be_bytes().to_vec();
        let mut window = Window::default();
        let mut record = |rev: Rev| query.changelog.changeset_near(rev, &mut window);
        let mut found = Vec::with_capacity(revs.len());
        match self {
            Key::Rev => found.extend(revs.iter().map(|rev| ordered(i64::from(rev.0)))),
            Key::Date => {
                let dates = history::dates(query.repo, revs)?;
                found.extend(dates.into_iter().map(ordered));
            }
            Key::Branch => {
                let reader = reader_for(query, revs)?;
                for rev in revs {
                    found.push(branch_of(&reader, *rev)?);
                }
            }
            Key::User => {
                for rev in revs {
                    found.push(record(*rev)?.user().to_vec());
                }
            }
            Key::Description => {
                for rev in revs {
                    found.push(record(*rev)?.description().to_vec());
                }
            }
            Key::Node => {
                for rev in revs {
                    found.push(query.changelog.revlog().node(*rev)?.0.to_vec());
                }
            }
        }
        Ok(found)
    }
}

fn sorted(query: &Query<'_>, keys: &[(Key, bool)], mut revs: Vec<Rev>) -> Result<Vec<Rev>> {
    if revs.contains(&Rev::NULL) {
        return refused();
    }
    for (key, descending) in keys.iter().rev() {
        let values = key.values(query, &revs)?;
        let mut keyed: Vec<(Vec<u8>, Rev)> = values.into_iter().zip(revs).collect();
        keyed.sort_by(|one, other| match descending {
            true => other.0.cmp(&one.0),
            false => one.0.cmp(&other.0),
        });
        revs = keyed.into_iter().map(|(_, rev)| rev).collect();
    }
    Ok(revs)
}

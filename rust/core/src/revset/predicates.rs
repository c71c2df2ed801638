//! Predicates about the graph, phases, names and what is obsolete: what `name(...)` means in an expression.
//! Those about order are `order`'s, those that look at each changeset by itself `selecting`'s; others are refused.

use hyg_base::{Phase, Result, Rev};
use hyg_graph::{Ancestors, Graph, Towards};

use super::evaluate::{Order, Query};
use super::sets::{Direction, Members, Set};
use super::tree::{Tree, arguments};
use super::{bisecting, copied, files, order, refused, selecting};
use crate::names::branches;
use crate::names::hidden;

/// The predicates that are not refused whatever their arguments.
pub(super) const KNOWN: [&str; 74] = [
    "adds",
    "bisect",
    "bisected",
    "contains",
    "destination",
    "matching",
    "modifies",
    "origin",
    "removes",
    "_commonancestorheads",
    "_firstancestors",
    "_firstdescendants",
    "_followfirst",
    "_hexlist",
    "_intlist",
    "_list",
    "_notpublic",
    "_phaseandancestors",
    "_rev",
    "all",
    "ancestor",
    "ancestors",
    "author",
    "bookmark",
    "branch",
    "branchpoint",
    "children",
    "closed",
    "commonancestors",
    "desc",
    "descendants",
    "draft",
    "expectsize",
    "extinct",
    "extra",
    "file",
    "filelog",
    "first",
    "follow",
    "grep",
    "head",
    "heads",
    "hidden",
    "id",
    "keyword",
    "last",
    "limit",
    "max",
    "merge",
    "min",
    "named",
    "none",
    "obsolete",
    "only",
    "orphan",
    "p1",
    "p2",
    "parents",
    "present",
    "public",
    "rev",
    "reverse",
    "revset",
    "roots",
    "secret",
    "sort",
    "stack",
    "successors",
    "tag",
    "tagged",
    "user",
    "date",
    "_phase",
    "_internal",
];

/// The revisions of `subset` that a predicate means.
pub(super) fn call(
    query: &Query<'_>,
    name: &str,
    given: &[Tree],
    subset: &Set,
    order: Order,
) -> Result<Set> {
    if let Some(found) = order::call(query, name, given, subset, order)? {
        return Ok(found);
    }
    if let Some(condition) = selecting::condition(query, name, given)? {
        return Ok(subset.clone().that(condition));
    }
    if let Some(found) = selecting::named(query, name, given, subset)? {
        return Ok(found);
    }
    let listed = match related(query, name, given)? {
        None => phases(query, name, given)?,
        found => found,
    };
    if let Some(revs) = listed {
        return query.ascending_within(revs, subset);
    }
    match (name, given) {
        ("adds" | "modifies" | "removes", [pattern]) => {
            files::changing(query, name, pattern.text()?, subset.clone())
        }
        ("all", []) => {
            let all = Set::span(0, query.count(), Direction::Up);
            subset.clone().and(query, all)
        }
        ("none", []) => Ok(Set::empty()),
        ("ancestors" | "descendants", _) => relatives(query, name, given, subset),
        ("_firstancestors" | "_firstdescendants", [of]) => {
            let revs = query.revs_of(of)?;
            let found = query.generations(&revs, towards(name), (0, u64::MAX), true)?;
            subset.clone().and(query, found)
        }
        ("follow" | "_followfirst", []) => {
            let revs = &query.working_parents()?[..1];
            let first = name == "_followfirst";
            let found = query.generations(revs, Towards::Ancestors, (0, u64::MAX), first)?;
            subset.clone().and(query, found)
        }
        ("commonancestors", [of]) => {
            let revs = query.revisions(of, Order::Any)?.revs(query)?;
            let heads = hyg_graph::common_ancestor_heads(query.changelog, &revs)?;
            match revs.is_empty() {
                true => Ok(Set::empty()),
                false => subset.clone().and(query, Set::below(heads)),
            }
        }
        ("heads", [of]) => {
            let inner = match order {
                Order::Define => Order::Follow,
                other => other,
            };
            let revs = query.revisions(of, inner)?.revs(query)?;
            query.ascending_within(hyg_graph::childless(query.changelog, &revs)?, subset)
        }
        ("roots", [of]) => {
            let found = Set::ordered(roots(query, query.revs_of(of)?)?);
            subset.clone().and(query, found)
        }
        ("max" | "min", [of]) => {
            let revs = query.revisions(of, Order::Define)?;
            one_of(query, revs.extreme(query, name == "max")?, subset)
        }
        ("ancestor", _) => {
            let parts = Tree::Or(given.to_vec());
            let revs = query.revisions(&parts, Order::Any)?.revs(query)?;
            one_of(query, common_to_all(query, &revs)?, subset)
        }
        _ => refused(),
    }
}

/// The greatest common ancestor of revisions, taken one after the other.
fn common_to_all(query: &Query<'_>, revs: &[Rev]) -> Result<Option<Rev>> {
    let mut found = revs.first().copied();
    for rev in revs.iter().skip(1) {
        let known = found.unwrap_or(Rev::NULL);
        found = Some(greatest_common_ancestor(query, known, *rev)?);
    }
    Ok(found)
}

/// A revision, if there is one and it is asked about.
fn one_of(query: &Query<'_>, found: Option<Rev>, subset: &Set) -> Result<Set> {
    match found {
        Some(rev) if subset.contains(query, rev)? => Ok(Set::one(rev)),
        _ => Ok(Set::empty()),
    }
}

/// Relatives that are found as one list.
fn related(query: &Query<'_>, name: &str, given: &[Tree]) -> Result<Option<Vec<Rev>>> {
    let changelog = query.changelog;
    let or_working = |given: &[Tree]| match given {
        [] => Ok(None),
        [of] => query.revs_of(of).map(Some),
        _ => refused(),
    };
    let mut found = match (name, given) {
        ("p1" | "p2" | "parents", _) => {
            let both = match or_working(given)? {
                Some(revs) => [query.parents(&revs, 0)?, query.parents(&revs, 1)?],
                None => {
                    let parents = query.working_parents()?;
                    [
                        parents[..1].to_vec(),
                        parents.get(1).copied().into_iter().collect(),
                    ]
                }
            };
            let [mut first, second] = both;
            let mut found = match name {
                "p1" => first,
                "p2" => second,
                _ => {
                    first.extend(second);
                    first
                }
            };
            found.retain(|rev| !rev.is_null());
            found
        }
        ("children", [of]) => hyg_graph::children(changelog, &query.revs_of(of)?)?,
        ("_commonancestorheads", [of]) => {
            let revs = query.revisions(of, Order::Any)?.revs(query)?;
            hyg_graph::common_ancestor_heads(changelog, &revs)?
        }
        ("only", [of]) => {
            let heads = query.revs_of(of)?;
            if heads.is_empty() {
                return Ok(Some(heads));
            }
            let below = Members::of(&hyg_graph::descendants(changelog, &heads, false)?);
            let mut others = query.hidden().heads(changelog)?;
            others.retain(|rev| !below.has(*rev));
            hyg_graph::missing_ancestors(changelog, &heads, &others)?
        }
        ("only", [of, but]) => {
            let (heads, bases) = (query.revs_of(of)?, query.revs_of(but)?);
            hyg_graph::missing_ancestors(changelog, &heads, &bases)?
        }
        ("origin", _) => {
            let made = match or_working(given)? {
                Some(revs) => revs,
                None => query.all().revs(query)?,
            };
            copied::origins(query, &made)?
        }
        ("bisect" | "bisected", [status]) => {
            bisecting::marked(query, &status.text()?.to_ascii_lowercase())?
        }
        ("stack", []) => stack(query, query.working_parents()?[0])?,
        ("head", []) => {
            let heads = branches::all_heads_in(query.repo, query.hidden())?.into_values();
            heads.flatten().map(|(rev, _)| rev).collect()
        }
        ("obsolete", []) => query.hidden().obsolete().to_vec(),
        ("orphan", []) => orphans(query)?,
        ("extinct", []) => extinct(query)?,
        ("hidden", []) => hidden::hideable(query.repo)?.revs().to_vec(),
        ("successors", [of]) => successors(query, &query.revs_of(of)?)?,
        _ => return Ok(None),
    };
    found.sort_unstable();
    found.dedup();
    Ok(Some(found))
}

/// What is obsolete, but for what others that are not still stand upon.
fn extinct(query: &Query<'_>) -> Result<Vec<Rev>> {
    let mut needed = Vec::new();
    let mut walk = Ancestors::new(query.changelog, orphans(query)?, Rev(0), false)?;
    while let Some(rev) = walk.advance()? {
        needed.push(rev);
    }
    let needed = Members::of(&needed);
    let mut found = query.hidden().obsolete().to_vec();
    found.retain(|rev| !needed.has(*rev));
    Ok(found)
}

fn towards(name: &str) -> Towards {
    match name {
        "ancestors" | "_firstancestors" => Towards::Ancestors,
        _ => Towards::Descendants,
    }
}

fn relatives(query: &Query<'_>, name: &str, given: &[Tree], subset: &Set) -> Result<Set> {
    let [of, depth, start] = arguments(given, ["set", "depth", "startdepth"])?;
    let Some(of) = of else { return refused() };
    let number = |tree: Option<&Tree>| tree.map(Tree::number).transpose();
    let start = number(start)?.map_or(0, u64::from);
    let stop = number(depth)?.map_or(u64::MAX, |depth| u64::from(depth) + 1);
    let revs = query.revs_of(of)?;
    if revs.is_empty() {
        return Ok(Set::empty());
    }
    let found = query.generations(&revs, towards(name), (start, stop), false)?;
    subset.clone().and(query, found)
}

/// What is in some phases.
fn phases(query: &Query<'_>, name: &str, given: &[Tree]) -> Result<Option<Vec<Rev>>> {
    let kept_back: &[Phase] = &[Phase::Secret, Phase::Archived, Phase::Internal];
    let mutable: &[Phase] = &[
        Phase::Draft,
        Phase::Secret,
        Phase::Archived,
        Phase::Internal,
    ];
    let (wanted, heads) = match (name, given) {
        ("draft", []) => (&mutable[..1], None),
        ("secret", []) => (&kept_back[..1], None),
        ("_notpublic", []) => (mutable, None),
        ("_internal", []) => (&kept_back[1..], None),
        ("_phase", [number]) => match number.number()? {
            1 => (&mutable[..1], None),
            2 => (&kept_back[..1], None),
            32 => (&kept_back[1..2], None),
            96 => (&kept_back[2..], None),
            _ => return refused(),
        },
        ("_phaseandancestors", [phase, heads]) => {
            let wanted = match phase.text()? {
                b"draft" => &mutable[..1],
                b"secret" => kept_back,
                b"_notpublic" => mutable,
                _ => return refused(),
            };
            (wanted, Some(query.revs_of(heads)?))
        }
        _ => return Ok(None),
    };
    let Some(all) = query.phases()? else {
        return Ok(Some(Vec::new()));
    };
    let fits = |rev: &Rev| {
        let phase = rev.index().and_then(|at| all.get(at));
        phase.is_some_and(|phase| wanted.contains(phase))
    };
    let mut found: Vec<Rev> = (0..query.count()).map(Rev).filter(fits).collect();
    if let Some(mut heads) = heads {
        heads.retain(|rev| !rev.is_null());
        found = hyg_graph::paths_between(query.changelog, &found, &heads)?;
        found.retain(fits);
    }
    Ok(Some(found))
}

fn roots(query: &Query<'_>, mut revs: Vec<Rev>) -> Result<Vec<Rev>> {
    let mut members = revs.clone();
    members.retain(|rev| !rev.is_null());
    let members = Members::of(&members);
    let (first, second) = (query.parents(&revs, 0)?, query.parents(&revs, 1)?);
    let mut above = first.into_iter().zip(second);
    revs.retain(|_| match above.next() {
        Some((one, two)) => !members.has(one) && !members.has(two),
        None => false,
    });
    Ok(revs)
}

/// Changesets that can still change, are not obsolete, and descend from an obsolete one.
fn orphans(query: &Query<'_>) -> Result<Vec<Rev>> {
    let outdated = query.hidden().obsolete();
    let mut found = hyg_graph::descendants(query.changelog, outdated, false)?;
    found.retain(|rev| !query.hidden().is_obsolete(*rev));
    Ok(found)
}

/// The ancestors of a revision that can still change, above every merge and every other head.
fn stack(query: &Query<'_>, rev: Rev) -> Result<Vec<Rev>> {
    let only = Tree::call("only", vec![Tree::Given(Set::one(rev))]);
    let merges = Tree::call("ancestors", vec![Tree::call("merge", Vec::new())]);
    let mutable = Tree::call("_notpublic", Vec::new());
    let tree = Tree::Difference(
        Box::new(Tree::And(Box::new(only), Box::new(mutable))),
        Box::new(merges),
    );
    query.revs_of(&tree)
}

fn successors(query: &Query<'_>, revs: &[Rev]) -> Result<Vec<Rev>> {
    use hyg_base::Node;
    use std::collections::{HashMap, HashSet};

    let revlog = query.changelog.revlog();
    let markers = query.repo.markers()?;
    let mut known: HashMap<&[u8], Vec<&[u8]>> = HashMap::new();
    for marker in markers.iter() {
        let next = known.entry(marker.predecessor).or_default();
        next.extend(marker.successors());
    }
    let mut seen: HashSet<Vec<u8>> = HashSet::new();
    let mut pending = Vec::new();
    for rev in revs {
        pending.push(revlog.node(*rev)?.0.to_vec());
    }
    let mut found = Vec::new();
    while let Some(node) = pending.pop() {
        if !seen.insert(node.clone()) {
            continue;
        }
        if let Some(node) = Node::from_slice(&node) {
            found.extend(revlog.find(&node)?);
        }
        for next in known.get(node.as_slice()).into_iter().flatten() {
            pending.push(next.to_vec());
        }
    }
    found.retain(|rev| query.shows(*rev));
    Ok(found)
}

/// Of the heads of the common ancestors the one with the longest history, then with the smallest node.
fn greatest_common_ancestor(query: &Query<'_>, first: Rev, second: Rev) -> Result<Rev> {
    let changelog = query.changelog;
    let heads = hyg_graph::common_ancestor_heads(changelog, &[first, second])?;
    if heads.len() < 2 {
        return Ok(heads.first().copied().unwrap_or(Rev::NULL));
    }
    let below = hyg_graph::missing_ancestors(changelog, &heads, &[])?;
    let mut lengths = vec![0u32; changelog.len()];
    for rev in below {
        let of = |rev: Rev| rev.index().map_or(0, |at| lengths[at]);
        let [one, two] = changelog.parents(rev)?;
        let length = of(one).max(of(two)) + 1;
        if let Some(index) = rev.index() {
            lengths[index] = length;
        }
    }
    let mut best: Option<(u32, hyg_base::Node, Rev)> = None;
    for rev in heads {
        let length = rev.index().map_or(0, |at| lengths[at]);
        let node = changelog.revlog().node(rev)?;
        let better = best.as_ref().is_none_or(|(longest, smallest, _)| {
            length > *longest || (length == *longest && node < *smallest)
        });
        if better {
            best = Some((length, node, rev));
        }
    }
    Ok(best.map_or(Rev::NULL, |(_, _, rev)| rev))
}

//! Predicates: what `name(...)` means in an expression.
//! Those that are not known here are refused.

use hyg_base::{Phase, Result, Rev};
use hyg_graph::Graph;
use hyg_store::phases::Phases;

use super::evaluate::{Members, Query};
use super::refused;
use super::syntax::Tree;
use crate::names::branches::{self, BranchReader};
use crate::names::{bookmarks, tags};
use crate::ops::history::{self, Fields};

/// The revisions that a predicate means: ascending, unless it is about order.
pub(super) fn call(query: &Query<'_>, name: &str, arguments: &[Tree]) -> Result<Vec<Rev>> {
    if let Some(found) = among(query, name, arguments, query.all())? {
        return Ok(found);
    }
    let changelog = query.changelog;
    let found = match (name, arguments) {
        ("all", []) => query.all().to_vec(),
        ("none", []) => Vec::new(),
        ("p1", []) => query.working_parents()[0].into_iter().collect(),
        ("p2", []) => query.working_parents()[1].into_iter().collect(),
        ("parents", []) => {
            let parents = query.working_parents().into_iter().flatten();
            query.sorted(parents.collect())
        }
        ("p1", [of]) => query.parents(&query.revisions(of)?, &[0])?,
        ("p2", [of]) => query.parents(&query.revisions(of)?, &[1])?,
        ("parents", [of]) => query.parents(&query.revisions(of)?, &[0, 1])?,
        ("children", [of]) => query.shown(hyg_graph::children(changelog, &query.revisions(of)?)?),
        ("ancestors", [of]) => query.ancestors(&query.revisions(of)?)?,
        ("descendants", [of]) => {
            let found = hyg_graph::descendants(changelog, &query.revisions(of)?, false)?;
            query.shown(found)
        }
        ("only", [of]) => {
            let heads = query.revisions(of)?;
            if heads.is_empty() {
                return Ok(heads);
            }
            let below = hyg_graph::descendants(changelog, &heads, false)?;
            let below = Members::of(query.count(), &below);
            let mut others = query.hidden.heads(changelog)?;
            others.retain(|rev| !below.has(*rev));
            hyg_graph::missing_ancestors(changelog, &heads, &others)?
        }
        ("only", [of, but]) => {
            let (heads, bases) = (query.revisions(of)?, query.revisions(but)?);
            hyg_graph::missing_ancestors(changelog, &heads, &bases)?
        }
        ("heads", [of]) => hyg_graph::childless(changelog, &query.revisions(of)?)?,
        ("roots", [of]) => roots(query, &query.revisions(of)?)?,
        ("head", []) => {
            let heads = branches::all_heads_in(query.repo, &query.hidden)?.into_values();
            query.sorted(heads.flatten().map(|(rev, _)| rev).collect())
        }
        ("max", [of]) => query.revisions(of)?.into_iter().max().into_iter().collect(),
        ("min", [of]) => query.revisions(of)?.into_iter().min().into_iter().collect(),
        ("tag", []) => {
            let known = tags::listed(query.repo)?.into_iter();
            let named = known.filter(|tag| tag.name != b"tip");
            query.sorted(named.map(|tag| tag.rev).collect())
        }
        ("bookmark", []) => {
            let mut found = Vec::new();
            for (_, node) in bookmarks::read(query.repo)?.iter() {
                found.extend(changelog.revlog().find(&node)?);
            }
            let found = query.sorted(found);
            query.shown(found)
        }
        ("rev", [Tree::Name(number)]) => {
            let number = std::str::from_utf8(number)
                .ok()
                .and_then(|text| text.parse().ok());
            match number.map(Rev) {
                Some(rev) if rev.0 >= 0 => {
                    let known = query.all().binary_search(&rev).is_ok();
                    known.then_some(rev).into_iter().collect()
                }
                _ => return refused(),
            }
        }
        ("first" | "last" | "limit" | "reverse" | "sort", _) => {
            return ordered(query, name, arguments);
        }
        _ => return refused(),
    };
    Ok(found)
}

/// What is about order.
fn ordered(query: &Query<'_>, name: &str, arguments: &[Tree]) -> Result<Vec<Rev>> {
    let Some((of, rest)) = arguments.split_first() else {
        return refused();
    };
    let number = |tree: &Tree| match tree {
        Tree::Name(text) => match std::str::from_utf8(text)
            .ok()
            .and_then(|text| text.parse().ok())
        {
            Some(number) => Ok::<usize, hyg_base::Error>(number),
            None => refused(),
        },
        _ => refused(),
    };
    let mut found = query.revisions(of)?;
    match (name, rest) {
        ("reverse", []) => found.reverse(),
        ("first" | "limit", []) => found.truncate(1),
        ("first" | "limit", [count]) => found.truncate(number(count)?),
        ("limit", [count, skipped]) => {
            let (count, skipped) = (number(count)?, number(skipped)?);
            found = found.into_iter().skip(skipped).take(count).collect();
        }
        ("last", []) => found = found.split_off(found.len().saturating_sub(1)),
        ("last", [count]) => found = found.split_off(found.len().saturating_sub(number(count)?)),
        ("sort", []) => found.sort_unstable(),
        ("sort", [Tree::Name(keys)]) => sort(query, keys, &mut found)?,
        _ => return refused(),
    }
    Ok(found)
}

fn sort(query: &Query<'_>, keys: &[u8], revs: &mut Vec<Rev>) -> Result<()> {
    let keys: Vec<&[u8]> = keys
        .split(u8::is_ascii_whitespace)
        .filter(|key| !key.is_empty())
        .collect();
    for key in keys.into_iter().rev() {
        let (key, backwards) = match key.strip_prefix(b"-") {
            Some(key) => (key, true),
            None => (key, false),
        };
        let changelog = query.changelog;
        // all keys as bytes that compare as the values do
        let mut keyed = Vec::with_capacity(revs.len());
        for rev in revs.iter() {
            let record = || changelog.changeset(*rev);
            let ordered = |number: i64| (number ^ i64::MIN).to_be_bytes().to_vec();
            let value = match key {
                b"rev" => ordered(i64::from(rev.0)),
                b"user" | b"author" => record()?.user().to_vec(),
                b"desc" => record()?.description().to_vec(),
                b"branch" => record()?.branch()?.name.into_owned(),
                b"date" => ordered(record()?.date()?.seconds),
                _ => return refused(),
            };
            keyed.push((value, *rev));
        }
        keyed.sort_by(|a, b| {
            if backwards {
                b.0.cmp(&a.0)
            } else {
                a.0.cmp(&b.0)
            }
        });
        *revs = keyed.into_iter().map(|(_, rev)| rev).collect();
    }
    Ok(())
}

fn roots(query: &Query<'_>, revs: &[Rev]) -> Result<Vec<Rev>> {
    let members = Members::of(query.count(), revs);
    let mut found = Vec::new();
    for rev in query.sorted(revs.to_vec()) {
        if !query
            .changelog
            .parents(rev)?
            .iter()
            .any(|parent| members.has(*parent))
        {
            found.push(rev);
        }
    }
    Ok(found)
}

/// Those of `revs` that a predicate means which looks at each by itself; `None` for other predicates.
pub(super) fn among(
    query: &Query<'_>,
    name: &str,
    arguments: &[Tree],
    revs: &[Rev],
) -> Result<Option<Vec<Rev>>> {
    let found = match (name, arguments) {
        ("author" | "user" | "desc" | "keyword", [Tree::Name(text)]) => {
            if text.starts_with(b"re:") || text.starts_with(b"literal:") {
                return refused();
            }
            let all = name == "keyword";
            let fields = Fields {
                user: all || name == "author" || name == "user",
                description: all || name == "desc",
                files: all,
            };
            let fits = history::contains(text, true);
            history::search(query.repo, revs, fields, &*fits)?
        }
        ("public" | "draft" | "secret", []) => {
            let wanted = match name {
                "public" => Phase::Public,
                "draft" => Phase::Draft,
                _ => Phase::Secret,
            };
            let phases = Phases::load(&*query.repo.store(), query.changelog)?;
            let all = phases.all(query.changelog)?;
            let has = |rev: &&Rev| rev.index().and_then(|at| all.get(at)) == Some(&wanted);
            revs.iter().filter(has).copied().collect()
        }
        ("merge", []) => {
            let mut found = Vec::new();
            for rev in revs {
                if !query.changelog.parents(*rev)?[1].is_null() {
                    found.push(*rev);
                }
            }
            found
        }
        ("closed", []) => {
            let reader = reader_for(query, revs)?;
            let mut found = Vec::new();
            for rev in revs {
                if reader.branch(*rev)?.1 {
                    found.push(*rev);
                }
            }
            found
        }
        ("branch", [of]) => {
            let reader = reader_for(query, revs)?;
            let mut wanted = Vec::new();
            match of {
                Tree::Name(name) if name.contains(&b':') => return refused(),
                Tree::Name(name) if branches::tips(query.repo)?.contains_key(name) => {
                    wanted.push(name.clone());
                }
                of => {
                    for rev in query.revisions(of)? {
                        wanted.push(reader.branch(rev)?.0);
                    }
                }
            }
            let mut found = Vec::new();
            for rev in revs {
                if wanted.contains(&reader.branch(*rev)?.0) {
                    found.push(*rev);
                }
            }
            found
        }
        _ => return Ok(None),
    };
    Ok(Some(found))
}

/// Of so many changesets.
fn reader_for<'q>(query: &Query<'q>, revs: &[Rev]) -> Result<BranchReader<'q>> {
    match history::worth_an_index(revs) {
        true => BranchReader::for_many(query.repo),
        false => BranchReader::new(query.repo),
    }
}

//! Predicates that look at each changeset by itself, and those that look names up.
//! How many of them are looked at together is the sets' business.

use std::sync::Arc;

use hyg_base::{Error, ErrorId, Node, RepoPath, Result, Rev};
use hyg_store::phases::Phases;

use super::conditions::{Condition, SharedTest, branch_of, reader_for};
use super::evaluate::{Order, Query};
use super::sets::Set;
use super::tree::{Tree, arguments};
use super::{fields, files, refused};
use crate::names::{self, bookmarks, branches, tags};
use crate::ops::history::{self, Fields};

/// A pattern for texts: what names have to be, or a test of them.
enum Pattern<'t> {
    Literal(&'t [u8]),
    Search(SharedTest),
}

fn pattern<'t>(query: &Query<'_>, text: &'t [u8], ignore_case: bool) -> Result<Pattern<'t>> {
    if let Some(expression) = text.strip_prefix(b"re:") {
        let search = query.outside.search(expression, ignore_case)?;
        return Ok(Pattern::Search(search.into()));
    }
    Ok(Pattern::Literal(
        text.strip_prefix(b"literal:").unwrap_or(text),
    ))
}

/// The condition that a predicate means which looks at each changeset by itself; `None` for other predicates.
pub(super) fn condition(
    query: &Query<'_>,
    name: &str,
    given: &[Tree],
) -> Result<Option<Condition>> {
    let everything = Fields {
        user: true,
        description: true,
        files: true,
    };
    let found = match (name, given) {
        ("author" | "user" | "desc", [text]) => {
            let fields = Fields {
                user: name != "desc",
                description: name == "desc",
                files: false,
            };
            let fits = match pattern(query, text.text()?, true)? {
                Pattern::Search(search) => search,
                Pattern::Literal(text) => history::contains(text, true).into(),
            };
            Condition::Texts(fields, fits)
        }
        ("keyword", [text]) => {
            Condition::Texts(everything, history::contains(text.text()?, true).into())
        }
        ("grep", [text]) => {
            let search = query.outside.search(text.text()?, false)?;
            Condition::Texts(everything, search.into())
        }
        ("date", [text]) => Condition::Dates(query.outside.dates(text.text()?)?),
        ("public", []) => {
            // read now, so that what is wrong with phases is told now
            Phases::load(&*query.repo.store(), query.changelog)?;
            Condition::Public
        }
        ("merge", []) => Condition::Merge,
        ("branchpoint", []) => Condition::BranchPoint,
        ("closed", []) => Condition::Closed,
        ("branch", [of]) => branch(query, of)?,
        ("file", [text]) => Condition::Touches(query.outside.matcher(query.repo, text.text()?)?),
        ("contains", [text]) => files::having(query, text.text()?)?,
        ("destination", []) => Condition::MadeFrom(query.all()),
        ("destination", [of]) => Condition::MadeFrom(query.revisions(of, Order::Define)?),
        ("matching", [of]) => fields::like(query, &query.revs_of(of)?, b"metadata")?,
        ("matching", [of, names]) => fields::like(query, &query.revs_of(of)?, names.text()?)?,
        ("extra", _) => {
            let [label, value] = arguments(given, ["label", "value"])?;
            let Some(label) = label else { return refused() };
            let fits: Option<SharedTest> = match value {
                None => None,
                Some(value) => Some(match pattern(query, value.text()?, false)? {
                    Pattern::Search(search) => search,
                    Pattern::Literal(text) => {
                        let text = text.to_vec();
                        Arc::new(move |value: &[u8]| Ok(value == text))
                    }
                }),
            };
            Condition::Extra(Arc::new(label.text()?.to_vec()), fits)
        }
        _ => return Ok(None),
    };
    Ok(Some(found))
}

fn branch(query: &Query<'_>, of: &Tree) -> Result<Condition> {
    let mut names = Vec::new();
    if let Tree::Name(text) = of {
        match pattern(query, text, false)? {
            Pattern::Search(search) => return Ok(Condition::BranchFits(search)),
            Pattern::Literal(name) if branches::tips(query.repo)?.contains_key(name) => {
                names.push(name.to_vec());
            }
            Pattern::Literal(_) if text.starts_with(b"literal:") => return refused(),
            Pattern::Literal(_) => {}
        }
    }
    if names.is_empty() {
        let revs = query.revs_of(of)?;
        let reader = reader_for(query, &revs)?;
        for rev in revs {
            names.push(branch_of(&reader, rev)?);
        }
        names.sort_unstable();
        names.dedup();
    }
    Ok(Condition::Branches(Arc::new(names)))
}

/// Revisions that have a name, a number or a hash, or whose files have a history; `None` for other predicates.
pub(super) fn named(
    query: &Query<'_>,
    name: &str,
    given: &[Tree],
    subset: &Set,
) -> Result<Option<Set>> {
    let found = match (name, given) {
        ("rev" | "_rev", [number]) => match known_number(query, number.text()?)? {
            Ok(rev) => vec![rev],
            Err(_) if name == "rev" => Vec::new(),
            Err(error) => return Err(error),
        },
        ("id", [text]) => {
            let found = by_hash(query, text.text()?)?;
            let found = found.map_or_else(Set::empty, Set::one);
            return query.within(found, subset, Order::Define).map(Some);
        }
        ("tag" | "tagged", [..]) if given.len() < 2 => tagged(query, given.first())?,
        ("bookmark", [..]) if given.len() < 2 => bookmarked(query, given.first())?,
        ("named", [sort]) => match sort.text()? {
            b"tags" => revs_of(
                query,
                tags::shown(query.repo)?.iter().map(|(_, node)| *node),
            )?,
            b"bookmarks" => bookmarked(query, None)?,
            b"branches" => revs_of(query, branches::tips(query.repo)?.into_values())?,
            _ => return refused(),
        },
        ("filelog", [path]) => filelog(query, path.text()?)?,
        _ => return Ok(None),
    };
    query.ascending_within(found, subset).map(Some)
}

/// The revisions of nodes, as far as they are there.
fn revs_of(query: &Query<'_>, nodes: impl Iterator<Item = Node>) -> Result<Vec<Rev>> {
    let mut found = Vec::new();
    for node in nodes {
        found.extend(query.changelog.revlog().find(&node)?);
    }
    found.retain(|rev| !rev.is_null());
    Ok(found)
}

/// A revision by number, or the error that says why it is not shown.
fn known_number(query: &Query<'_>, text: &[u8]) -> Result<Result<Rev>> {
    let number = std::str::from_utf8(text).ok();
    let number = number.and_then(|text| text.parse::<i32>().ok());
    match number.map(Rev) {
        None | Some(Rev::WDIR) => refused(),
        Some(Rev::NULL) => Ok(Ok(Rev::NULL)),
        Some(rev) if (0..query.count()).contains(&rev.0) => {
            Ok(names::resolve(query.repo, rev.to_string().as_bytes()))
        }
        Some(rev) => {
            let name = rev.to_string().into_bytes();
            Ok(Err(Error::new(ErrorId::UnknownRevision).with("name", name)))
        }
    }
}

/// The revision whose hash begins with some digits; `None` where there is not exactly one.
fn by_hash(query: &Query<'_>, digits: &[u8]) -> Result<Option<Rev>> {
    if digits.is_empty() || digits.len() > 40 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return Ok(None);
    }
    // a letter in front keeps short numbers from being taken for revision numbers
    let asked = match digits.len() {
        40 => digits.to_vec(),
        _ => [b"x", digits].concat(),
    };
    match names::resolve(query.repo, &asked) {
        Ok(Rev::WDIR) => refused(),
        Ok(rev) => Ok(Some(rev)),
        Err(error) => match error.id() {
            ErrorId::UnknownRevision | ErrorId::FilteredRevision | ErrorId::AmbiguousPrefix => {
                Ok(None)
            }
            _ => Err(error),
        },
    }
}

fn tagged(query: &Query<'_>, asked: Option<&Tree>) -> Result<Vec<Rev>> {
    let known = tags::shown(query.repo)?;
    let of = |fits: &dyn Fn(&[u8]) -> Result<bool>| {
        let mut nodes = Vec::new();
        for (name, node) in &known {
            if fits(name)? {
                nodes.push(*node);
            }
        }
        revs_of(query, nodes.into_iter())
    };
    let tip = query.hidden().tip(query.changelog);
    let Some(asked) = asked else {
        return of(&|_| Ok(true));
    };
    match pattern(query, asked.text()?, false)? {
        Pattern::Literal(b"tip") => Ok(vec![tip]),
        Pattern::Literal(name) if known.iter().any(|(known, _)| known == name) => {
            of(&|known| Ok(known == name))
        }
        Pattern::Literal(_) => refused(),
        Pattern::Search(search) => {
            let mut found = of(&|name| search(name))?;
            if search(b"tip")? && !tip.is_null() {
                found.push(tip);
            }
            Ok(found)
        }
    }
}

fn bookmarked(query: &Query<'_>, asked: Option<&Tree>) -> Result<Vec<Rev>> {
    let known = bookmarks::read(query.repo)?;
    let Some(asked) = asked else {
        return revs_of(query, known.iter().map(|(_, node)| node));
    };
    match pattern(query, asked.text()?, false)? {
        Pattern::Literal(b".") => refused(),
        Pattern::Literal(name) => match known.node(name) {
            Some(node) => revs_of(query, std::iter::once(node)),
            None => refused(),
        },
        Pattern::Search(search) => {
            let mut nodes = Vec::new();
            for (name, node) in known.iter() {
                if search(name)? {
                    nodes.push(node);
                }
            }
            revs_of(query, nodes.into_iter())
        }
    }
}

/// The changesets that the log of a file names.
fn filelog(query: &Query<'_>, path: &[u8]) -> Result<Vec<Rev>> {
    let is_plain = !path.is_empty() && !path.contains(&b':') && query.is_plain();
    let path = match is_plain {
        true => query.outside.path(query.repo, path)?,
        false => return refused(),
    };
    let filelog = query.repo.filelog(RepoPath::new(&path))?;
    let revlog = filelog.revlog();
    let mut found = Vec::new();
    for rev in 0..i32::try_from(revlog.len()).unwrap_or(i32::MAX) {
        found.push(revlog.entry(Rev(rev))?.link_rev());
    }
    Ok(found)
}

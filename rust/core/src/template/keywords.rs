//! The keywords of changesets.
//! Those that need more than the record, names and phases of a changeset are Python's.

use hyg_base::{Result, Rev};
use hyg_graph::Graph;

use super::evaluate::{Got, Item, Names};
use super::syntax::refused;
use crate::names::bookmarks;
use crate::ops::log::Teller;
use crate::render::{Value, local, strip};

/// The keywords that are known here.
const KNOWN: [&str; 24] = [
    "rev",
    "node",
    "author",
    "user",
    "branch",
    "branches",
    "date",
    "desc",
    "phase",
    "phaseidx",
    "tags",
    "bookmarks",
    "activebookmark",
    "currentbookmark",
    "parents",
    "p1rev",
    "p1node",
    "p2rev",
    "p2node",
    "p1",
    "p2",
    "files",
    "closesbranch",
    "reporoot",
];

/// Whether a keyword is about a changeset.
pub(super) fn is_keyword(name: &str) -> bool {
    KNOWN.contains(&name)
}

/// The value of a keyword.
pub(super) fn keyword(name: &str, names: &Names<'_>) -> Result<Got> {
    let (Some(teller), true) = (names.scope.teller, is_keyword(name)) else {
        return refused();
    };
    let Some(rev) = names.rev else {
        return refused();
    };
    let changelog = teller.repo().changelog()?;
    let node = |rev: Rev| changelog.revlog().node(rev);
    let parents = || match rev.is_null() {
        true => Ok([Rev::NULL; 2]),
        false => changelog.parents(rev),
    };
    let hex = |rev: Rev| Ok::<Value, hyg_base::Error>(Value::from(node(rev)?.to_hex().to_vec()));
    let number = |rev: Rev| Value::Int(i64::from(rev.0));
    let one = match name {
        "rev" => number(rev),
        "node" => hex(rev)?,
        "author" | "user" => Value::from(&*local(names.record()?.user())),
        "branch" => Value::from(&*local(&names.record()?.branch()?.name)),
        "date" => {
            let date = names.record()?.date()?;
            Value::Date(date.seconds, date.offset)
        }
        "desc" => Value::from(strip(&local(names.record()?.description()))),
        "phase" => Value::from(teller.phase(rev)?.name()),
        "phaseidx" => Value::Int(i64::from(teller.phase(rev)?.number())),
        "p1rev" => number(parents()?[0]),
        "p2rev" => number(parents()?[1]),
        "p1node" => hex(parents()?[0])?,
        "p2node" => hex(parents()?[1])?,
        "reporoot" => Value::from(crate::environment::path_bytes(teller.repo().root())),
        "closesbranch" => match names.record()?.branch()?.closes {
            true => Value::from("true"),
            false => return refused(),
        },
        "activebookmark" | "currentbookmark" => {
            let known = bookmarks::read(teller.repo())?;
            let active = bookmarks::active(teller.repo(), &known)?.unwrap_or_default();
            let is_here = teller.names()?.bookmarks(&node(rev)?).contains(&active);
            Value::from(if is_here { active } else { Vec::new() })
        }
        _ => return list_keyword(name, rev, teller, names),
    };
    Ok(Got::One(one))
}

/// The value of a keyword that is a list.
fn list_keyword(name: &str, rev: Rev, teller: &Teller<'_>, names: &Names<'_>) -> Result<Got> {
    let changelog = teller.repo().changelog()?;
    let node = |rev: Rev| changelog.revlog().node(rev);
    match name {
        "tags" => Ok(listed(teller.names()?.tags(&node(rev)?), &["tag"])),
        "bookmarks" => {
            // an item knows which bookmark is active as well
            let mut got = listed(teller.names()?.bookmarks(&node(rev)?), &["bookmark"]);
            let known = bookmarks::read(teller.repo())?;
            let active = bookmarks::active(teller.repo(), &known)?;
            if let Got::Many(items, _) = &mut got {
                for item in items {
                    let value = active.clone().map_or(Value::Null, Value::Text);
                    item.names.push(("active", value.clone()));
                    item.names.push(("current", value));
                }
            }
            Ok(got)
        }
        "branches" => {
            let branch = local(&names.record()?.branch()?.name).into_owned();
            let shown = if branch == b"default" {
                Vec::new()
            } else {
                vec![branch]
            };
            Ok(listed(&shown, &["branch"]))
        }
        "files" => {
            let record = names.record()?;
            let files: Vec<&[u8]> = record.files().map(|path| path.as_bytes()).collect();
            Ok(Got::texts(&files, b" ", &["file", "path"]))
        }
        "parents" => {
            let [first, second] = match rev.is_null() {
                true => [Rev::NULL; 2],
                false => changelog.parents(rev)?,
            };
            let revs = match (second.is_null(), first.0 >= rev.0 - 1) {
                (false, _) => vec![first, second],
                (true, true) => Vec::new(),
                (true, false) => vec![first],
            };
            parent_list(&revs, &node)
        }
        _ => refused(),
    }
}

fn listed(texts: &[Vec<u8>], names: &[&'static str]) -> Got {
    let texts: Vec<&[u8]> = texts.iter().map(Vec::as_slice).collect();
    Got::texts(&texts, b" ", names)
}

fn parent_list(revs: &[Rev], node: &dyn Fn(Rev) -> Result<hyg_base::Node>) -> Result<Got> {
    let mut items = Vec::new();
    let mut shown = Vec::new();
    for rev in revs {
        let hex = node(*rev)?.to_hex();
        let text = [rev.0.to_string().as_bytes(), b":", &hex[..12]].concat();
        shown.extend_from_slice(&text);
        shown.push(b' ');
        items.push(Item {
            value: Value::Int(i64::from(rev.0)),
            shown: text,
            names: Vec::new(),
            rev: Some(*rev),
        });
    }
    Ok(Got::Many(items, shown))
}

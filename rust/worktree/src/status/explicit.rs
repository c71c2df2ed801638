//! Paths that the user named and that nothing is known about: telling why they cannot be answered for.
//! Files that are there are found by the walk like all others.

use hyg_base::{RepoPathBuf, Result};

use super::findings::{Bad, Reason};
use super::listing::{Kind, kind_of, look};
use super::plan::Plan;

/// Looks at each named path that the dirstate does not know; what is missing or of a strange type, in byte order.
pub(crate) fn check(plan: &Plan<'_>) -> Result<Vec<Bad>> {
    let mut bad = Vec::new();
    for named in plan.matcher.explicit_paths() {
        let path = named.as_bytes();
        let inside = plan.subrepositories.iter().any(|sub| named.is_under(sub));
        if named.is_root() || inside || path == b".hg" || plan.dirstate.has_node(named)? {
            continue;
        }
        let reason = match look(plan.root, path) {
            Ok(stat) => match kind_of(&stat) {
                Kind::Other(kind) => Reason::Kind(kind),
                _ => continue,
            },
            Err(error) => Reason::Errno(error.raw_os_error()),
        };
        bad.push(Bad {
            path: path.to_vec(),
            reason,
        });
    }
    bad.sort();
    bad.dedup();
    Ok(bad)
}

/// Whether nothing below the named paths is answered for. This is so where the matcher is nothing but named paths, one of
/// them was a directory and is something else now, and none of them is a directory or a known directory that is gone: the
/// peer looks at the named paths only then, and says nothing about files that were below.
pub(crate) fn answers_for_named_only(plan: &Plan<'_>) -> Result<bool> {
    let named = plan.matcher.explicit_paths();
    if plan.always || plan.exact || !plan.matcher.is_prefix() {
        return Ok(false);
    }
    let mut replaced = false;
    for path in named {
        if plan.dirstate.has_directory(path)? {
            match look(plan.root, path.as_bytes()) {
                Ok(stat) if kind_of(&stat) != Kind::Directory => replaced = true,
                _ => return Ok(false),
            }
        }
    }
    let is_directory = |path: &RepoPathBuf| {
        look(plan.root, path.as_bytes()).is_ok_and(|stat| kind_of(&stat) == Kind::Directory)
    };
    Ok(replaced && !named.iter().any(is_directory))
}

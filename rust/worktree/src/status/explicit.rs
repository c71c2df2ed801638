//! Paths that the user named and that nothing is known about: telling why they cannot be answered for.
//! Files that are there are found by the walk like all others.

use hyg_base::Result;

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

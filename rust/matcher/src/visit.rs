//! What a walk should look at inside a directory, and how two such answers combine.
//! Computing the answer for a set of patterns belongs to the matchers.

use std::collections::BTreeSet;
use std::sync::Arc;

/// Names of direct children of a directory.
pub type Names = BTreeSet<Vec<u8>>;

/// Which children of a directory can matter to a matcher. Never leaves out one that could hold a match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VisitChildren {
    /// Nothing in or below the directory matches.
    None,
    /// Any child may match or hold matches; ask again for each subdirectory.
    All,
    /// Only these children may match or hold matches (never empty).
    Set(Arc<Names>),
    /// Everything below matches: there is no need to ask again.
    Recursive,
}

impl VisitChildren {
    /// `Set` of these names, or `None` for no names.
    pub fn of(names: Names) -> VisitChildren {
        if names.is_empty() {
            VisitChildren::None
        } else {
            VisitChildren::Set(Arc::new(names))
        }
    }

    /// Whether the child called `name` has to be looked at.
    pub fn includes(&self, name: &[u8]) -> bool {
        match self {
            VisitChildren::None => false,
            VisitChildren::All | VisitChildren::Recursive => true,
            VisitChildren::Set(names) => names.contains(name),
        }
    }

    /// What matters to a matcher that asks for both conditions.
    #[must_use]
    pub fn intersection(self, other: VisitChildren) -> VisitChildren {
        use VisitChildren::{All, None, Recursive, Set};
        match (self, other) {
            (None, _) | (_, None) => None,
            (Recursive, visit) | (visit, Recursive) => visit,
            (All, _) | (_, All) => All,
            (Set(left), Set(right)) => {
                VisitChildren::of(left.intersection(&right).cloned().collect())
            }
        }
    }

    /// What matters to a matcher that asks for either condition.
    #[must_use]
    pub fn union(self, other: VisitChildren) -> VisitChildren {
        use VisitChildren::{All, None, Recursive, Set};
        match (self, other) {
            (Recursive, _) | (_, Recursive) => Recursive,
            (None, visit) | (visit, None) => visit,
            (All, _) | (_, All) => All,
            (Set(left), Set(right)) => VisitChildren::of(left.union(&right).cloned().collect()),
        }
    }

    /// What matters to a matcher of what `self` matches and `excluded` does not.
    #[must_use]
    pub fn difference(self, excluded: &VisitChildren) -> VisitChildren {
        match (self, excluded) {
            (_, VisitChildren::Recursive) => VisitChildren::None,
            (visit, VisitChildren::None) => visit,
            // Something below may be excluded, so "everything matches" holds no longer. A set of the excluding side
            // says nothing about its other children and is not subtracted.
            (VisitChildren::Recursive, _) => VisitChildren::All,
            (visit, _) => visit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::VisitChildren as V;

    fn set(names: &[&str]) -> V {
        V::of(names.iter().map(|name| name.as_bytes().to_vec()).collect())
    }

    #[test]
    fn combinations_never_lose_a_child() {
        let all = [
            V::None,
            V::All,
            V::Recursive,
            set(&["a"]),
            set(&["a", "b"]),
            set(&["c"]),
        ];
        for left in &all {
            for right in &all {
                for name in [b"a", b"b", b"c", b"d"] {
                    let both = left.includes(name) && right.includes(name);
                    let either = left.includes(name) || right.includes(name);
                    let meet = left.clone().intersection(right.clone());
                    assert_eq!(
                        meet.includes(name),
                        both || meet == V::All,
                        "{left:?} {right:?}"
                    );
                    let join = left.clone().union(right.clone());
                    assert_eq!(join.includes(name), either || join == V::All);
                    let rest = left.clone().difference(right);
                    let gone = *right == V::Recursive;
                    assert_eq!(rest.includes(name), left.includes(name) && !gone);
                }
            }
        }
    }

    #[test]
    fn recursive_is_kept_only_where_it_is_true() {
        assert_eq!(V::Recursive.intersection(V::All), V::All);
        assert_eq!(V::Recursive.intersection(set(&["a"])), set(&["a"]));
        assert_eq!(V::All.union(V::Recursive), V::Recursive);
        assert_eq!(V::Recursive.difference(&set(&["a"])), V::All);
        assert_eq!(V::Recursive.difference(&V::None), V::Recursive);
        assert_eq!(set(&["a"]).intersection(set(&["b"])), V::None);
    }
}

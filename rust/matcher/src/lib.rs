//! File patterns, include and exclude options, and ignore files, compiled into path matchers that answer as the peer's do.
//! Nothing here does I/O: pattern files come through [`PatternSource`], and regular expressions that an automaton
//! cannot express go through [`ExoticRegex`].

mod exotic;
mod kind;
mod matcher;
mod source;
mod visit;

pub use exotic::{ExoticFn, ExoticRegex, NoExotic};
pub use kind::PatternKind;
pub use matcher::{
    AlwaysMatcher, DifferenceMatcher, ExactMatcher, IntersectionMatcher, Matcher, NeverMatcher,
    UnionMatcher,
};
pub use source::{MemorySource, NoSource, PatternSource};
pub use visit::{Names, VisitChildren};

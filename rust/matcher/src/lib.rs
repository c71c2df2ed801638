//! File patterns, include and exclude options, and ignore files, compiled into path matchers that answer as the peer's do.
//! Nothing here does I/O: pattern files come through [`PatternSource`], and regular expressions that an automaton
//! cannot express go through [`ExoticRegex`]. The formats are described in `docs/formats/patterns.md` and `hgignore.md`.

mod automaton;
mod compiled;
mod exotic;
mod expand;
mod fast;
mod glob;
mod group;
pub mod ignore;
mod ignore_file;
mod kind;
mod line_search;
mod matcher;
mod normalize;
mod pattern;
mod pyregex;
mod request;
mod roots;
mod source;
mod visit;

pub use exotic::{ExoticFn, ExoticRegex, NoExotic};
pub use ignore::IgnoreMatcher;
pub use kind::PatternKind;
pub use line_search::{FoundLine, LineSearch};
pub use matcher::{
    AlwaysMatcher, DifferenceMatcher, ExactMatcher, IntersectionMatcher, Matcher, NeverMatcher,
    UnionMatcher,
};
pub use normalize::audit;
pub use request::{Built, MatchRequest, build};
pub use source::{MemorySource, NoSource, PatternSource};
pub use visit::{Names, VisitChildren};

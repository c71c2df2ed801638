//! Builds a matcher from what a user wrote: patterns, `-I` and `-X`.
//! Reading options and configuration belongs to the callers.

use hyg_base::{RepoPath, RepoPathBuf, Result, Warning};

use crate::compiled::{Compiled, World};
use crate::exotic::ExoticRegex;
use crate::expand::Expander;
use crate::fast::Reach;
use crate::kind::PatternKind;
use crate::matcher::{
    AlwaysMatcher, DifferenceMatcher, IntersectionMatcher, Matcher, NeverMatcher,
};
use crate::pattern::{Follow, Pattern};
use crate::roots::Roots;
use crate::source::PatternSource;
use crate::visit::VisitChildren;

/// What to match.
#[derive(Clone, Debug)]
pub struct MatchRequest {
    /// Absolute path of the repository's root, as it is to be shown.
    pub root: Vec<u8>,
    /// Absolute path (or one from the root) of the directory that relative names start from.
    pub cwd: Vec<u8>,
    /// Patterns; none means everything.
    pub patterns: Vec<Vec<u8>>,
    /// `-I`: only what one of these matches. Plain ones are globs.
    pub include: Vec<Vec<u8>>,
    /// `-X`: not what one of these matches. Plain ones are globs.
    pub exclude: Vec<Vec<u8>>,
    /// The kind of a pattern that names none.
    pub default_kind: PatternKind,
}

impl MatchRequest {
    /// A request for everything below `root`, standing there, plain patterns being paths from the current directory.
    pub fn new(root: impl Into<Vec<u8>>) -> MatchRequest {
        let root = root.into();
        MatchRequest {
            cwd: root.clone(),
            root,
            patterns: Vec::new(),
            include: Vec::new(),
            exclude: Vec::new(),
            default_kind: PatternKind::RelPath,
        }
    }
}

/// A matcher, and what was odd about the files of patterns that it was made from.
#[derive(Debug)]
pub struct Built {
    /// The matcher.
    pub matcher: Box<dyn Matcher>,
    /// The peer is silent about these for patterns of the command line.
    pub warnings: Vec<Warning>,
}

/// Builds the matcher for a request.
///
/// # Errors
/// [`hyg_base::ErrorId`]: `InvalidPattern`, `UnsupportedPattern`, `UnreadablePatternFile`,
/// `PathOutsideRepository`, `IllegalPath`, and `Unsupported` for filesets. A fact `within` names the pattern file.
pub fn build(
    request: &MatchRequest,
    source: &dyn PatternSource,
    exotic: &dyn ExoticRegex,
) -> Result<Built> {
    let mut warnings = Vec::new();
    let mut expand = |written: &[Vec<u8>], default: PatternKind| {
        let mut expander = Expander::new(&request.root, &request.cwd, source, default);
        expander.warnings = Some(&mut warnings);
        expander.patterns(written)
    };
    let world = World {
        root: &request.root,
        source,
        exotic,
    };
    let mut matcher: Box<dyn Matcher> = Box::new(AlwaysMatcher);
    if !request.patterns.is_empty() {
        let patterns = expand(&request.patterns, request.default_kind)?;
        matcher = for_patterns(patterns, world)?;
    }
    if !request.include.is_empty() {
        let included = for_includes(&expand(&request.include, PatternKind::Glob)?, world)?;
        matcher = if matcher.is_always() {
            included
        } else {
            Box::new(IntersectionMatcher::new(matcher, included)?)
        };
    }
    if !request.exclude.is_empty() {
        let excluded = for_includes(&expand(&request.exclude, PatternKind::Glob)?, world)?;
        matcher = Box::new(DifferenceMatcher::new(matcher, excluded)?);
    }
    Ok(Built { matcher, warnings })
}

fn for_patterns(mut patterns: Vec<Pattern>, world: World<'_>) -> Result<Box<dyn Matcher>> {
    if patterns.iter().all(Pattern::is_everything) {
        return Ok(Box::new(AlwaysMatcher));
    }
    patterns.sort();
    let compiled = Compiled::new(&patterns, Follow::End, world)?;
    Ok(Box::new(PatternMatcher {
        roots: Roots::new(&patterns),
        compiled,
    }))
}

fn for_includes(patterns: &[Pattern], world: World<'_>) -> Result<Box<dyn Matcher>> {
    if patterns.is_empty() {
        return Ok(Box::new(NeverMatcher));
    }
    let compiled = Compiled::new(patterns, Follow::EndOrBelow, world)?;
    Ok(Box::new(IncludeMatcher {
        roots: Roots::new(patterns),
        compiled,
    }))
}

/// Patterns of the command line: what they name literally counts as matched.
#[derive(Debug)]
struct PatternMatcher {
    roots: Roots,
    compiled: Compiled,
}

impl Matcher for PatternMatcher {
    fn matches(&self, path: &RepoPath) -> Result<bool> {
        if self.roots.names(path) {
            return Ok(true);
        }
        self.compiled.matches(path.as_bytes(), Reach::Anywhere)
    }
    fn visit_children(&self, dir: &RepoPath) -> VisitChildren {
        self.roots.visit_for_patterns(dir)
    }
    fn explicit_paths(&self) -> &[RepoPathBuf] {
        &self.roots.recursive
    }
    fn is_explicit(&self, path: &RepoPath) -> bool {
        self.roots.names(path)
    }
    fn is_prefix(&self) -> bool {
        self.roots.prefix
    }
}

/// Include or exclude patterns.
#[derive(Debug)]
struct IncludeMatcher {
    roots: Roots,
    compiled: Compiled,
}

impl Matcher for IncludeMatcher {
    fn matches(&self, path: &RepoPath) -> Result<bool> {
        self.compiled.matches(path.as_bytes(), Reach::Anywhere)
    }
    fn visit_children(&self, dir: &RepoPath) -> VisitChildren {
        self.roots.visit_for_includes(dir)
    }
}

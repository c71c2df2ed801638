//! Which directories a walk has to enter for a list of patterns.
//! What it then finds there is matched elsewhere.

use std::collections::{BTreeMap, HashSet};

use hyg_base::{RepoPath, RepoPathBuf};

use crate::kind::PatternKind;
use crate::matcher::children_by_directory;
use crate::pattern::Pattern;
use crate::visit::VisitChildren;

/// The places that patterns name.
#[derive(Debug, Default)]
pub(crate) struct Roots {
    /// Matched with everything below, in pattern order; the root stands for patterns that may match anywhere.
    pub(crate) recursive: Vec<RepoPathBuf>,
    /// Whether all patterns name a place and everything below, and nothing else.
    pub(crate) prefix: bool,
    recursive_set: HashSet<RepoPathBuf>,
    /// Directories whose own files are meant.
    shallow: HashSet<RepoPathBuf>,
    /// Directories on the way to the others, with the children that lead on.
    on_the_way: BTreeMap<RepoPathBuf, VisitChildren>,
}

impl Roots {
    pub(crate) fn new(patterns: &[Pattern]) -> Roots {
        let mut recursive = Vec::new();
        let mut shallow = HashSet::new();
        for pattern in patterns {
            let place = RepoPathBuf::new(place_of(pattern));
            match pattern.kind {
                PatternKind::RootFilesIn => {
                    shallow.insert(place);
                }
                _ => recursive.push(place),
            }
        }
        let prefix = patterns
            .iter()
            .all(|pattern| matches!(pattern.kind, PatternKind::Path | PatternKind::RelPath));
        Roots {
            on_the_way: children_by_directory(recursive.iter().chain(&shallow)),
            recursive_set: recursive.iter().cloned().collect(),
            recursive,
            prefix,
            shallow,
        }
    }

    /// Whether `path` is named itself.
    pub(crate) fn names(&self, path: &RepoPath) -> bool {
        self.recursive_set.contains(path)
    }

    fn below_a_recursive_one(&self, dir: &RepoPath) -> bool {
        !self.recursive_set.is_empty()
            && (self.names(dir) || dir.ancestors().any(|above| self.names(above)))
    }

    /// Whether a directory lies on the way (the root always does where there is a pattern at all).
    fn is_on_the_way(&self, dir: &RepoPath) -> bool {
        self.on_the_way.contains_key(dir)
            || (dir.is_root() && !(self.recursive.is_empty() && self.shallow.is_empty()))
    }

    /// The answer for patterns on the command line.
    pub(crate) fn visit_for_patterns(&self, dir: &RepoPath) -> VisitChildren {
        if self.prefix && self.names(dir) {
            return VisitChildren::Recursive;
        }
        let shallow =
            || self.shallow.contains(dir) || dir.ancestors().any(|up| self.shallow.contains(up));
        if self.is_on_the_way(dir) || self.below_a_recursive_one(dir) || shallow() {
            VisitChildren::All
        } else {
            VisitChildren::None
        }
    }

    /// The answer for include and exclude patterns.
    pub(crate) fn visit_for_includes(&self, dir: &RepoPath) -> VisitChildren {
        if self.prefix && self.names(dir) {
            return VisitChildren::Recursive;
        }
        if self.shallow.contains(dir) || self.below_a_recursive_one(dir) {
            return VisitChildren::All;
        }
        self.on_the_way
            .get(dir)
            .cloned()
            .unwrap_or(VisitChildren::None)
    }
}

/// The place below which a pattern can match: a name, or a glob up to its first component with a wildcard.
fn place_of(pattern: &Pattern) -> Vec<u8> {
    let text = &pattern.text;
    match pattern.kind {
        PatternKind::Glob | PatternKind::RootGlob => {
            let parts = text.split(|byte| *byte == b'/');
            let fixed = parts.take_while(|part| !part.iter().any(|byte| b"[{*?".contains(byte)));
            fixed.collect::<Vec<_>>().join(&b'/')
        }
        PatternKind::RelPath
        | PatternKind::Path
        | PatternKind::FilePath
        | PatternKind::RootFilesIn
            if text != b"." =>
        {
            text.clone()
        }
        _ => Vec::new(),
    }
}

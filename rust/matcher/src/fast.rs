//! Look-ups that stand for whole crowds of patterns: names, endings, beginnings, trees and exact files.
//! Paths that hold a newline are none of its business (`.` does not match one), nor is anything with a real wildcard.

use std::collections::{HashMap, HashSet};

use crate::glob::{self, Shape};
use crate::kind::PatternKind;
use crate::pattern::{Follow, Pattern};

/// Byte strings that are looked for at one end of a text, by length.
#[derive(Debug, Default)]
struct Ends {
    lengths: Vec<usize>,
    texts: HashSet<Vec<u8>>,
}

impl Ends {
    fn add(&mut self, text: Vec<u8>) {
        if let Err(at) = self.lengths.binary_search(&text.len()) {
            self.lengths.insert(at, text.len());
        }
        self.texts.insert(text);
    }

    fn merge(&mut self, other: Ends) {
        other.texts.into_iter().for_each(|text| self.add(text));
    }

    fn any_at_end_of(&self, text: &[u8]) -> bool {
        let fitting = self
            .lengths
            .iter()
            .take_while(|length| **length <= text.len());
        fitting
            .into_iter()
            .any(|length| self.texts.contains(&text[text.len() - length..]))
    }

    fn any_at_start_of(&self, text: &[u8]) -> bool {
        let fitting = self
            .lengths
            .iter()
            .take_while(|length| **length <= text.len());
        fitting
            .into_iter()
            .any(|length| self.texts.contains(&text[..*length]))
    }
}

/// The look-ups of one matcher.
#[derive(Debug, Default)]
pub(crate) struct FastSets {
    everything: bool,
    /// Whether a match of a name, ending or beginning may be followed by `/` and more.
    below: bool,
    /// These files.
    exact: HashSet<Vec<u8>>,
    /// These paths and everything below.
    trees: HashSet<Vec<u8>>,
    /// All files directly inside these directories.
    files_in: HashSet<Vec<u8>>,
    /// Names of one component.
    names: HashSet<Vec<u8>>,
    /// Several components, by the last one.
    tails: HashMap<Vec<u8>, Vec<Vec<u8>>>,
    /// Endings, and beginnings of a component.
    endings: Ends,
    beginnings: Ends,
}

/// How far up a match may end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// At the path itself or any directory above it.
    Anywhere,
    /// At the path itself: the directories above are known not to match.
    PathOnly,
}

impl FastSets {
    pub(crate) fn new(follow: Follow) -> FastSets {
        FastSets {
            below: follow == Follow::EndOrBelow,
            ..FastSets::default()
        }
    }

    /// Adds the look-ups of another set for the same kind of matcher.
    pub(crate) fn merge(&mut self, other: FastSets) {
        self.everything |= other.everything;
        self.exact.extend(other.exact);
        self.trees.extend(other.trees);
        self.files_in.extend(other.files_in);
        self.names.extend(other.names);
        for (name, tails) in other.tails {
            self.tails.entry(name).or_default().extend(tails);
        }
        self.endings.merge(other.endings);
        self.beginnings.merge(other.beginnings);
    }

    /// Takes the pattern in, where a look-up answers it.
    pub(crate) fn take(&mut self, pattern: &Pattern) -> bool {
        let text = &pattern.text;
        match pattern.kind {
            PatternKind::FilePath => self.exact.insert(text.clone()),
            PatternKind::Path | PatternKind::RelPath if text.is_empty() || text == b"." => {
                self.everything |= pattern.is_everything() || text == b".";
                return self.everything;
            }
            PatternKind::Path | PatternKind::RelPath => self.trees.insert(text.clone()),
            PatternKind::RootFilesIn => {
                let dir = if text == b"." {
                    Vec::new()
                } else {
                    text.clone()
                };
                self.files_in.insert(dir)
            }
            PatternKind::Glob if text.is_empty() => {
                self.everything = true;
                true
            }
            PatternKind::Glob | PatternKind::RootGlob => match glob::shape(text) {
                Some(Shape::Literal(path)) if self.below => self.trees.insert(path),
                Some(Shape::Literal(path)) => self.exact.insert(path),
                _ => return false,
            },
            PatternKind::RelGlob => return self.take_unrooted(text),
            _ => return false,
        };
        true
    }

    fn take_unrooted(&mut self, glob: &[u8]) -> bool {
        match glob::shape(glob) {
            Some(Shape::Literal(text) | Shape::DirectoriesLiteral(text)) => {
                match text.iter().rposition(|byte| *byte == b'/') {
                    _ if text.is_empty() => return false,
                    None => {
                        self.names.insert(text);
                    }
                    Some(slash) if slash + 1 < text.len() => {
                        self.tails
                            .entry(text[slash + 1..].to_vec())
                            .or_default()
                            .push(text);
                    }
                    Some(_) => return false,
                }
            }
            Some(Shape::StarLiteral(text) | Shape::AnythingLiteral(text)) => self.endings.add(text),
            Some(Shape::LiteralStar(text)) if !text.contains(&b'/') => self.beginnings.add(text),
            _ => return false,
        }
        true
    }

    /// Whether a look-up finds `path`.
    pub(crate) fn matches(&self, path: &[u8], reach: Reach) -> bool {
        if self.everything || self.exact.contains(path) {
            return true;
        }
        if !self.files_in.is_empty() {
            let slash = path.iter().rposition(|byte| *byte == b'/');
            let (dir, name) = slash.map_or((&path[..0], path), |at| (&path[..at], &path[at + 1..]));
            let rooted = slash != Some(0);
            if rooted && !name.is_empty() && self.files_in.contains(dir) {
                return true;
            }
        }
        if self.ends_at(path, true) {
            return true;
        }
        if reach == Reach::PathOnly {
            return false;
        }
        let mut above = path;
        while let Some(slash) = above.iter().rposition(|byte| *byte == b'/') {
            above = &above[..slash];
            if self.ends_at(above, self.below) {
                return true;
            }
        }
        false
    }

    /// Whether `path` is listed as an exact file (true of paths with a newline, too).
    pub(crate) fn holds_file(&self, path: &[u8]) -> bool {
        self.exact.contains(path)
    }

    /// Whether a match ends where `path` ends.
    fn ends_at(&self, path: &[u8], unrooted: bool) -> bool {
        if self.trees.contains(path) {
            return true;
        }
        if !unrooted {
            return false;
        }
        let name = &path[path
            .iter()
            .rposition(|byte| *byte == b'/')
            .map_or(0, |slash| slash + 1)..];
        if self.names.contains(name) || self.endings.any_at_end_of(path) {
            return true;
        }
        if let Some(tails) = self.tails.get(name)
            && tails.iter().any(|tail| ends_with_components(path, tail))
        {
            return true;
        }
        self.beginnings.any_at_start_of(name)
    }
}

fn ends_with_components(path: &[u8], tail: &[u8]) -> bool {
    match path.strip_suffix(tail) {
        Some(rest) => rest.is_empty() || rest.ends_with(b"/"),
        None => false,
    }
}

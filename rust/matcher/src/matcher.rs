//! The matcher trait and the matchers that need no pattern: always, never, exact files, and combinations.
//! Matchers made from patterns live with the patterns.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use hyg_base::{RepoPath, RepoPathBuf, Result};

use crate::visit::{Names, VisitChildren};

/// Decides which paths of a repository are meant.
pub trait Matcher: Send + Sync + fmt::Debug {
    /// Whether the file `path` is meant.
    ///
    /// # Errors
    /// Only what an exotic regular expression answers; matchers without one never fail.
    fn matches(&self, path: &RepoPath) -> Result<bool>;

    /// What to look at inside the directory `dir` (the root is empty).
    fn visit_children(&self, dir: &RepoPath) -> VisitChildren;

    /// The paths that the patterns name literally (files, directories or the fixed start of a glob), in pattern
    /// order; the root stands for patterns without one. Walks report those that are not there.
    fn explicit_paths(&self) -> &[RepoPathBuf] {
        &[]
    }

    /// The complete list of files, where the matcher is nothing but a list.
    fn exact_files(&self) -> Option<&BTreeSet<RepoPathBuf>> {
        None
    }

    /// Whether `path` is one of [`Matcher::explicit_paths`].
    fn is_explicit(&self, path: &RepoPath) -> bool {
        self.explicit_paths().iter().any(|named| **named == *path)
    }

    /// Whether every path is meant.
    fn is_always(&self) -> bool {
        false
    }

    /// Whether no path is meant.
    fn is_never(&self) -> bool {
        false
    }

    /// Whether exactly the explicit paths and all below them are meant.
    fn is_prefix(&self) -> bool {
        false
    }
}

/// Means every path.
#[derive(Clone, Copy, Debug, Default)]
pub struct AlwaysMatcher;

impl Matcher for AlwaysMatcher {
    fn matches(&self, _path: &RepoPath) -> Result<bool> {
        Ok(true)
    }
    fn visit_children(&self, _dir: &RepoPath) -> VisitChildren {
        VisitChildren::Recursive
    }
    fn is_always(&self) -> bool {
        true
    }
}

/// Means no path.
#[derive(Clone, Copy, Debug, Default)]
pub struct NeverMatcher;

static NO_FILES: BTreeSet<RepoPathBuf> = BTreeSet::new();

impl Matcher for NeverMatcher {
    fn matches(&self, _path: &RepoPath) -> Result<bool> {
        Ok(false)
    }
    fn visit_children(&self, _dir: &RepoPath) -> VisitChildren {
        VisitChildren::None
    }
    fn exact_files(&self) -> Option<&BTreeSet<RepoPathBuf>> {
        Some(&NO_FILES)
    }
    fn is_never(&self) -> bool {
        true
    }
    fn is_prefix(&self) -> bool {
        true
    }
}

/// Means exactly the given files.
#[derive(Clone, Debug, Default)]
pub struct ExactMatcher {
    listed: Vec<RepoPathBuf>,
    files: BTreeSet<RepoPathBuf>,
    children: BTreeMap<RepoPathBuf, VisitChildren>,
}

impl ExactMatcher {
    /// A matcher of these files.
    pub fn new(files: impl IntoIterator<Item = RepoPathBuf>) -> ExactMatcher {
        let listed: Vec<RepoPathBuf> = files.into_iter().collect();
        let files: BTreeSet<RepoPathBuf> = listed.iter().cloned().collect();
        ExactMatcher {
            children: children_by_directory(files.iter()),
            listed,
            files,
        }
    }
}

impl Matcher for ExactMatcher {
    fn matches(&self, path: &RepoPath) -> Result<bool> {
        Ok(self.files.contains(path))
    }
    fn visit_children(&self, dir: &RepoPath) -> VisitChildren {
        self.children
            .get(dir)
            .cloned()
            .unwrap_or(VisitChildren::None)
    }
    fn explicit_paths(&self) -> &[RepoPathBuf] {
        &self.listed
    }
    fn is_explicit(&self, path: &RepoPath) -> bool {
        self.files.contains(path)
    }
    fn exact_files(&self) -> Option<&BTreeSet<RepoPathBuf>> {
        Some(&self.files)
    }
    fn is_never(&self) -> bool {
        self.files.is_empty()
    }
}

/// For each directory on the way to one of `paths`: the names on the way.
pub(crate) fn children_by_directory<'a>(
    paths: impl Iterator<Item = &'a RepoPathBuf>,
) -> BTreeMap<RepoPathBuf, VisitChildren> {
    let mut names: BTreeMap<RepoPathBuf, Names> = BTreeMap::new();
    for path in paths {
        let mut below: &RepoPath = path;
        while !below.is_root() {
            let (parent, name) = below.split_last();
            if !names
                .entry(parent.to_buf())
                .or_default()
                .insert(name.to_vec())
            {
                break;
            }
            below = parent;
        }
    }
    let named = names.into_iter();
    named
        .map(|(dir, names)| (dir, VisitChildren::of(names)))
        .collect()
}

/// Means what the first matcher means and the second does not.
#[derive(Debug)]
pub struct DifferenceMatcher {
    base: Box<dyn Matcher>,
    excluded: Box<dyn Matcher>,
    files: Option<BTreeSet<RepoPathBuf>>,
}

impl DifferenceMatcher {
    /// `base` without `excluded`.
    ///
    /// # Errors
    /// What matching the files of an exact `base` answers.
    pub fn new(base: Box<dyn Matcher>, excluded: Box<dyn Matcher>) -> Result<DifferenceMatcher> {
        let files = match base.exact_files() {
            Some(files) => Some(filtered(files, |path| Ok(!excluded.matches(path)?))?),
            None => None,
        };
        Ok(DifferenceMatcher {
            base,
            excluded,
            files,
        })
    }
}

impl Matcher for DifferenceMatcher {
    fn matches(&self, path: &RepoPath) -> Result<bool> {
        Ok(self.base.matches(path)? && !self.excluded.matches(path)?)
    }
    fn visit_children(&self, dir: &RepoPath) -> VisitChildren {
        let excluded = self.excluded.visit_children(dir);
        if excluded == VisitChildren::Recursive {
            return VisitChildren::None;
        }
        self.base.visit_children(dir).difference(&excluded)
    }
    fn explicit_paths(&self) -> &[RepoPathBuf] {
        self.base.explicit_paths()
    }
    fn is_explicit(&self, path: &RepoPath) -> bool {
        self.base.is_explicit(path)
    }
    fn exact_files(&self) -> Option<&BTreeSet<RepoPathBuf>> {
        self.files.as_ref()
    }
    fn is_never(&self) -> bool {
        self.base.is_never()
    }
}

/// Means what both matchers mean.
#[derive(Debug)]
pub struct IntersectionMatcher {
    left: Box<dyn Matcher>,
    right: Box<dyn Matcher>,
    named: Vec<RepoPathBuf>,
    files: Option<BTreeSet<RepoPathBuf>>,
}

impl IntersectionMatcher {
    /// What is in `left` and in `right`.
    ///
    /// # Errors
    /// What matching the files of an exact side answers.
    pub fn new(left: Box<dyn Matcher>, right: Box<dyn Matcher>) -> Result<IntersectionMatcher> {
        let files = match (left.exact_files(), right.exact_files()) {
            (Some(files), _) => Some(filtered(files, |path| right.matches(path))?),
            (None, Some(files)) => Some(filtered(files, |path| left.matches(path))?),
            (None, None) => None,
        };
        let named = match &files {
            Some(files) => files.iter().cloned().collect(),
            None => [left.explicit_paths(), right.explicit_paths()].concat(),
        };
        Ok(IntersectionMatcher {
            left,
            right,
            named,
            files,
        })
    }
}

impl Matcher for IntersectionMatcher {
    fn matches(&self, path: &RepoPath) -> Result<bool> {
        Ok(self.left.matches(path)? && self.right.matches(path)?)
    }
    fn visit_children(&self, dir: &RepoPath) -> VisitChildren {
        let left = self.left.visit_children(dir);
        if left == VisitChildren::None {
            return left;
        }
        left.intersection(self.right.visit_children(dir))
    }
    fn explicit_paths(&self) -> &[RepoPathBuf] {
        &self.named
    }
    fn exact_files(&self) -> Option<&BTreeSet<RepoPathBuf>> {
        self.files.as_ref()
    }
    fn is_always(&self) -> bool {
        self.left.is_always() && self.right.is_always()
    }
    fn is_never(&self) -> bool {
        self.left.is_never() || self.right.is_never()
    }
}

/// Means what any of its matchers means.
#[derive(Debug)]
pub struct UnionMatcher {
    parts: Vec<Box<dyn Matcher>>,
}

impl UnionMatcher {
    /// What is in at least one of `parts`.
    pub fn new(parts: Vec<Box<dyn Matcher>>) -> UnionMatcher {
        UnionMatcher { parts }
    }
}

impl Matcher for UnionMatcher {
    fn matches(&self, path: &RepoPath) -> Result<bool> {
        for part in &self.parts {
            if part.matches(path)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
    fn visit_children(&self, dir: &RepoPath) -> VisitChildren {
        let answers = self.parts.iter().map(|part| part.visit_children(dir));
        answers.fold(VisitChildren::None, VisitChildren::union)
    }
    fn is_always(&self) -> bool {
        self.parts.iter().any(|part| part.is_always())
    }
    fn is_never(&self) -> bool {
        self.parts.iter().all(|part| part.is_never())
    }
}

fn filtered(
    files: &BTreeSet<RepoPathBuf>,
    wanted: impl Fn(&RepoPath) -> Result<bool>,
) -> Result<BTreeSet<RepoPathBuf>> {
    let mut kept = BTreeSet::new();
    for file in files {
        if wanted(file)? {
            kept.insert(file.clone());
        }
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> RepoPathBuf {
        RepoPathBuf::new(text.as_bytes().to_vec())
    }

    fn exact(files: &[&str]) -> Box<dyn Matcher> {
        Box::new(ExactMatcher::new(files.iter().map(|file| path(file))))
    }

    fn names(visit: &VisitChildren) -> Vec<String> {
        match visit {
            VisitChildren::Set(names) => {
                let names = names.iter();
                names
                    .map(|name| String::from_utf8(name.clone()).unwrap())
                    .collect()
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn exact_files_and_the_way_to_them() {
        let matcher = exact(&["a/b/c", "a/d", "e"]);
        assert!(matcher.matches(&path("a/d")).unwrap());
        assert!(!matcher.matches(&path("a")).unwrap());
        assert_eq!(names(&matcher.visit_children(&path(""))), ["a", "e"]);
        assert_eq!(names(&matcher.visit_children(&path("a"))), ["b", "d"]);
        assert_eq!(matcher.visit_children(&path("e")), VisitChildren::None);
        assert_eq!(matcher.visit_children(&path("a/b/c")), VisitChildren::None);
    }

    #[test]
    fn combined_exact_matchers_stay_exact() {
        let both = IntersectionMatcher::new(exact(&["a", "b"]), exact(&["b", "c"])).unwrap();
        assert_eq!(
            both.exact_files().unwrap().iter().collect::<Vec<_>>(),
            [&path("b")]
        );
        assert!(both.matches(&path("b")).unwrap() && !both.matches(&path("a")).unwrap());
        let rest = DifferenceMatcher::new(exact(&["a", "b"]), exact(&["b"])).unwrap();
        assert_eq!(
            rest.exact_files().unwrap().iter().collect::<Vec<_>>(),
            [&path("a")]
        );
        let none = DifferenceMatcher::new(exact(&["a"]), Box::new(AlwaysMatcher)).unwrap();
        assert_eq!(none.visit_children(&path("")), VisitChildren::None);
        let any = UnionMatcher::new(vec![exact(&["x/y"]), exact(&["x/z"])]);
        assert_eq!(names(&any.visit_children(&path("x"))), ["y", "z"]);
        assert!(any.matches(&path("x/z")).unwrap() && !any.matches(&path("x")).unwrap());
    }
}

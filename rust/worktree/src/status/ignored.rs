//! Whether a directory is ignored, itself or through a directory above it, remembering the last answers.
//! The patterns themselves belong to the matcher.

use hyg_base::{RepoPath, Result};

/// Answers for directories, fast where one question follows another in the same region of the tree.
#[derive(Debug, Default)]
pub(crate) struct IgnoredDirectories {
    /// The directory asked for last.
    path: Vec<u8>,
    /// How much of it is known not to be ignored (a prefix that ends with a component).
    clear: usize,
    /// The directory above it, or itself, that is ignored.
    ignored: Option<usize>,
}

impl IgnoredDirectories {
    /// Whether `path` or a directory above it is ignored. The root never is.
    pub(crate) fn contains(
        &mut self,
        rules: impl Fn(&RepoPath) -> Result<bool>,
        path: &RepoPath,
    ) -> Result<bool> {
        let bytes = path.as_bytes();
        let shared = shared_components(&self.path, bytes);
        if self.ignored.is_some_and(|length| length <= shared) {
            return Ok(true);
        }
        let mut clear = self.clear.min(shared);
        self.path.clear();
        self.path.extend_from_slice(bytes);
        self.ignored = None;
        while clear < bytes.len() {
            let from = if clear == 0 { 0 } else { clear + 1 };
            let end = bytes[from..].iter().position(|byte| *byte == b'/');
            let end = end.map_or(bytes.len(), |length| from + length);
            self.clear = clear;
            if rules(RepoPath::new(&bytes[..end]))? {
                self.ignored = Some(end);
                return Ok(true);
            }
            clear = end;
        }
        self.clear = clear;
        Ok(false)
    }
}

/// Length of the longest common start of two paths that ends with a whole component in both.
fn shared_components(left: &[u8], right: &[u8]) -> usize {
    let pairs = left.iter().zip(right);
    let same = pairs.take_while(|(a, b)| a == b).count();
    let ends = |path: &[u8]| path.len() == same || path[same] == b'/';
    if ends(left) && ends(right) {
        return same;
    }
    left[..same]
        .iter()
        .rposition(|byte| *byte == b'/')
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn answers_are_right_and_remembered() {
        let asked = Cell::new(0);
        let rules = |path: &RepoPath| {
            asked.set(asked.get() + 1);
            Ok(path.split_last().1 == b"build")
        };
        let mut memo = IgnoredDirectories::default();
        let mut ask = |path: &[u8]| memo.contains(rules, RepoPath::new(path)).unwrap();
        assert!(!ask(b""));
        assert!(!ask(b"a/b/c"));
        assert_eq!(asked.get(), 3);
        assert!(!ask(b"a/b/d"));
        assert!(!ask(b"a/b"));
        assert_eq!(asked.get(), 4);
        assert!(ask(b"a/build"));
        assert!(ask(b"a/build/x/y"));
        assert!(!ask(b"a/builder"));
        assert!(ask(b"a/builder/build"));
        assert!(!ask(b"a"));
        assert!(ask(b"build"));
    }
}

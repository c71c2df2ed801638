//! A growing list of repository paths in one buffer, laid out as Arrow lays out binary columns.
//! It exists so that a hundred thousand paths are two allocations, and reach Python without a copy.

use crate::{Error, ErrorId, RepoPath, Result};

/// Paths in one data buffer; `offsets[i]..offsets[i + 1]` is path `i`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathList {
    offsets: Vec<i32>,
    data: Vec<u8>,
}

impl Default for PathList {
    fn default() -> PathList {
        PathList {
            offsets: vec![0],
            data: Vec::new(),
        }
    }
}

impl PathList {
    /// An empty list.
    pub fn new() -> PathList {
        PathList::default()
    }

    /// An empty list with room for `paths` paths of `bytes` bytes altogether.
    pub fn with_capacity(paths: usize, bytes: usize) -> PathList {
        let mut offsets = Vec::with_capacity(paths + 1);
        offsets.push(0);
        PathList {
            offsets,
            data: Vec::with_capacity(bytes),
        }
    }

    /// How many paths there are.
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a path at the end.
    ///
    /// # Errors
    /// [`ErrorId::Unsupported`] past 2 GiB of path bytes.
    pub fn push(&mut self, path: &RepoPath) -> Result<()> {
        self.push_joined(RepoPath::new(b""), path.as_bytes())
    }

    /// Adds `directory/name` at the end without building it elsewhere first.
    ///
    /// # Errors
    /// [`ErrorId::Unsupported`] past 2 GiB of path bytes.
    pub fn push_joined(&mut self, directory: &RepoPath, name: &[u8]) -> Result<()> {
        let before = self.data.len();
        self.data.extend_from_slice(directory.as_bytes());
        if !directory.is_root() {
            self.data.push(b'/');
        }
        self.data.extend_from_slice(name);
        match i32::try_from(self.data.len()) {
            Ok(end) => {
                self.offsets.push(end);
                Ok(())
            }
            Err(_) => {
                self.data.truncate(before);
                Err(Error::new(ErrorId::Unsupported).with("feature", "more than 2 GiB of paths"))
            }
        }
    }

    /// Adds all paths of another list.
    ///
    /// # Errors
    /// [`ErrorId::Unsupported`] past 2 GiB of path bytes.
    pub fn append(&mut self, other: &PathList) -> Result<()> {
        other.iter().try_for_each(|path| self.push(path))
    }

    /// Path `index`; panics past the end.
    pub fn at(&self, index: usize) -> &RepoPath {
        let range = self.offsets[index] as usize..self.offsets[index + 1] as usize;
        RepoPath::new(&self.data[range])
    }

    /// All paths in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &RepoPath> + ExactSizeIterator {
        (0..self.len()).map(|index| self.at(index))
    }

    /// Brings the paths into byte order (no work where they already are).
    pub fn sort(&mut self) {
        if (1..self.len()).all(|i| self.at(i - 1) <= self.at(i)) {
            return;
        }
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_unstable_by(|a, b| self.at(*a).cmp(self.at(*b)));
        let mut sorted = PathList::with_capacity(self.len(), self.data.len());
        for index in order {
            sorted.data.extend_from_slice(self.at(index).as_bytes());
            sorted.offsets.push(sorted.data.len() as i32);
        }
        *self = sorted;
    }

    /// Where a sorted list holds `path`.
    pub fn position_sorted(&self, path: &RepoPath) -> Option<usize> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            match self.at(middle).cmp(path) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(middle),
            }
        }
        None
    }

    /// Whether a sorted list holds `path`.
    pub fn contains_sorted(&self, path: &RepoPath) -> bool {
        self.position_sorted(path).is_some()
    }

    /// The offsets column (`len() + 1` numbers, the first is 0).
    pub fn offsets(&self) -> &[i32] {
        &self.offsets
    }

    /// The data column.
    pub fn data(&self) -> &[u8] {
        &self.data
    }
}

impl<'a> FromIterator<&'a RepoPath> for PathList {
    /// Panics past 2 GiB of path bytes; for tests and small lists.
    fn from_iter<I: IntoIterator<Item = &'a RepoPath>>(paths: I) -> PathList {
        let mut list = PathList::new();
        for path in paths {
            let pushed = list.push(path);
            assert!(pushed.is_ok(), "more than 2 GiB of paths");
        }
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_and_finds() {
        let mut list: PathList = [b"b/x".as_slice(), b"a", b"b"]
            .map(RepoPath::new)
            .into_iter()
            .collect();
        list.sort();
        let names: Vec<_> = list.iter().map(RepoPath::to_string).collect();
        assert_eq!(names, ["a", "b", "b/x"]);
        assert!(list.contains_sorted(RepoPath::new(b"b")));
        assert!(!list.contains_sorted(RepoPath::new(b"c")));
        assert_eq!(list.offsets(), [0, 1, 2, 5]);
    }
}

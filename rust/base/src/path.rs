//! Paths inside a repository: bytes, separated by `/`, relative to the root, byte order.
//! Encoding them for the store or for the file system belongs to other crates.

use std::borrow::Borrow;
use std::ffi::OsStr;
use std::fmt;
use std::ops::Deref;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// A borrowed repository path.
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct RepoPath([u8]);

/// An owned repository path.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RepoPathBuf(Vec<u8>);

impl RepoPath {
    /// Views bytes as a repository path, without checking them.
    pub fn new(bytes: &[u8]) -> &RepoPath {
        // SAFETY-free view: `RepoPath` is `repr(transparent)` over `[u8]`; the cast below is the only way
        // stable Rust offers for an unsized newtype.
        #[expect(unsafe_code, reason = "view of a transparent unsized newtype")]
        // SAFETY: same layout, guaranteed by repr(transparent).
        unsafe {
            &*(std::ptr::from_ref::<[u8]>(bytes) as *const RepoPath)
        }
    }

    /// The bytes of the path.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The path as the file system spells it (the same bytes).
    pub fn as_path(&self) -> &Path {
        Path::new(OsStr::from_bytes(&self.0))
    }

    /// Whether this is the root (empty).
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Parent directory (the root for a path without `/`) and last component.
    pub fn split_last(&self) -> (&RepoPath, &[u8]) {
        match self.0.iter().rposition(|b| *b == b'/') {
            Some(slash) => (RepoPath::new(&self.0[..slash]), &self.0[slash + 1..]),
            None => (RepoPath::new(b""), &self.0),
        }
    }

    /// The directories above the path, nearest first, the root last; nothing for the root itself.
    pub fn ancestors(&self) -> impl Iterator<Item = &RepoPath> {
        let mut rest = (!self.is_root()).then_some(self);
        std::iter::from_fn(move || {
            let (parent, _) = rest?.split_last();
            rest = (!parent.is_root()).then_some(parent);
            Some(parent)
        })
    }

    /// The components, from the root downwards.
    pub fn components(&self) -> impl Iterator<Item = &[u8]> {
        self.0.split(|b| *b == b'/').filter(|part| !part.is_empty())
    }

    /// Whether `self` is `directory` or lies below it.
    pub fn is_under(&self, directory: &RepoPath) -> bool {
        let dir = directory.as_bytes();
        dir.is_empty()
            || (self.0.starts_with(dir) && (self.0.len() == dir.len() || self.0[dir.len()] == b'/'))
    }

    /// The path of `name` inside this directory.
    pub fn join(&self, name: &[u8]) -> RepoPathBuf {
        let mut out = Vec::with_capacity(self.0.len() + name.len() + 1);
        out.extend_from_slice(&self.0);
        if !out.is_empty() {
            out.push(b'/');
        }
        out.extend_from_slice(name);
        RepoPathBuf(out)
    }

    /// An owned copy.
    pub fn to_buf(&self) -> RepoPathBuf {
        RepoPathBuf(self.0.to_vec())
    }
}

impl RepoPathBuf {
    /// Takes bytes as a repository path, without checking them.
    pub fn new(bytes: Vec<u8>) -> RepoPathBuf {
        RepoPathBuf(bytes)
    }

    /// Gives the bytes back.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl Deref for RepoPathBuf {
    type Target = RepoPath;
    fn deref(&self) -> &RepoPath {
        RepoPath::new(&self.0)
    }
}

impl Borrow<RepoPath> for RepoPathBuf {
    fn borrow(&self) -> &RepoPath {
        self
    }
}

impl AsRef<RepoPath> for RepoPathBuf {
    fn as_ref(&self) -> &RepoPath {
        self
    }
}

impl ToOwned for RepoPath {
    type Owned = RepoPathBuf;
    fn to_owned(&self) -> RepoPathBuf {
        self.to_buf()
    }
}

impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        String::from_utf8_lossy(&self.0).fmt(f)
    }
}

impl fmt::Debug for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Debug for RepoPathBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        RepoPath::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walks_up_and_down() {
        let path = RepoPath::new(b"a/b/c");
        let up: Vec<_> = path.ancestors().map(|p| p.to_string()).collect();
        assert_eq!(up, ["a/b", "a", ""]);
        assert_eq!(RepoPath::new(b"").ancestors().count(), 0);
        assert_eq!(path.components().count(), 3);
        assert!(path.is_under(RepoPath::new(b"a/b")));
        assert!(!RepoPath::new(b"a/bc").is_under(RepoPath::new(b"a/b")));
        assert_eq!(RepoPath::new(b"").join(b"x").as_bytes(), b"x");
    }
}

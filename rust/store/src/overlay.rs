//! A store that lies over others: what its own directory lacks is read from theirs, and copied up before it is changed.
//! Which stores lie over each other is the layout's business; nothing is ever written to the lower ones.

use std::collections::HashSet;
use std::path::PathBuf;

use hyg_base::Result;

use crate::blob::Blob;
use crate::vfs::{DirEntry, DiskVfs, ReadAt, Vfs};

/// A directory over others, which are only read.
#[derive(Clone, Debug)]
pub struct OverlayVfs {
    upper: DiskVfs,
    lower: Vec<DiskVfs>,
}

impl OverlayVfs {
    /// The files of `upper`, and where it has none of a name, those of the first of `lower` that has one.
    pub fn new(upper: PathBuf, lower: &[PathBuf]) -> OverlayVfs {
        OverlayVfs {
            upper: DiskVfs::new(upper),
            lower: lower.iter().map(DiskVfs::new).collect(),
        }
    }

    fn layers(&self) -> impl Iterator<Item = &DiskVfs> {
        std::iter::once(&self.upper).chain(&self.lower)
    }

    /// What the first layer that has a file answers.
    fn first<T>(&self, ask: impl Fn(&DiskVfs) -> Result<Option<T>>) -> Result<Option<T>> {
        for layer in self.layers() {
            if let Some(found) = ask(layer)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Makes a file of a lower layer one of the upper layer; whether there is one now.
    fn copy_up(&self, name: &[u8]) -> Result<bool> {
        if self.upper.path(name).exists() {
            return Ok(true);
        }
        for layer in &self.lower {
            if let Some(bytes) = layer.read(name)? {
                self.upper.publish(name, &bytes)?;
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Vfs for OverlayVfs {
    fn path(&self, name: &[u8]) -> PathBuf {
        let there = self.layers().map(|layer| layer.path(name));
        there
            .into_iter()
            .find(|path| path.exists())
            .unwrap_or_else(|| self.upper.path(name))
    }

    fn read(&self, name: &[u8]) -> Result<Option<Blob>> {
        self.first(|layer| layer.read(name))
    }

    fn map(&self, name: &[u8]) -> Result<Option<Blob>> {
        self.first(|layer| layer.map(name))
    }

    fn open(&self, name: &[u8]) -> Result<Option<Box<dyn ReadAt>>> {
        self.first(|layer| layer.open(name))
    }

    fn list(&self, name: &[u8]) -> Result<Option<Vec<DirEntry>>> {
        let mut known = HashSet::new();
        let mut found: Option<Vec<DirEntry>> = None;
        for layer in self.layers() {
            if let Some(entries) = layer.list(name)? {
                let fresh = entries
                    .into_iter()
                    .filter(|entry| known.insert(entry.name.clone()));
                found.get_or_insert_default().extend(fresh);
            }
        }
        Ok(found)
    }

    fn append(&self, name: &[u8], expected: u64, bytes: &[u8]) -> Result<()> {
        if expected > 0 {
            self.copy_up(name)?;
        }
        self.upper.append(name, expected, bytes)
    }

    fn publish(&self, name: &[u8], bytes: &[u8]) -> Result<()> {
        self.upper.publish(name, bytes)
    }

    fn keep_as(&self, name: &[u8], copy: &[u8]) -> Result<bool> {
        Ok(self.copy_up(name)? && self.upper.keep_as(name, copy)?)
    }

    fn cut(&self, name: &[u8], size: u64) -> Result<()> {
        self.copy_up(name)?;
        self.upper.cut(name, size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_is_copied_up_and_the_rest_is_read_below() {
        let dir = tempfile::tempdir().unwrap();
        let (upper, lower) = (dir.path().join("upper"), dir.path().join("lower"));
        std::fs::create_dir_all(lower.join("data")).unwrap();
        std::fs::create_dir(&upper).unwrap();
        std::fs::write(lower.join("data/a"), "aa").unwrap();
        std::fs::write(lower.join("data/b"), "bb").unwrap();
        std::fs::write(lower.join("c"), "cc").unwrap();
        let vfs = OverlayVfs::new(upper.clone(), std::slice::from_ref(&lower));
        assert_eq!(&*vfs.read(b"data/a").unwrap().unwrap(), b"aa");
        assert!(vfs.open(b"data/x").unwrap().is_none());
        vfs.append(b"data/a", 2, b"+").unwrap();
        vfs.append(b"data/n", 0, b"new").unwrap();
        vfs.publish(b"c", b"dd").unwrap();
        assert!(vfs.keep_as(b"data/b", b"data/kept").unwrap());
        assert!(!vfs.keep_as(b"data/x", b"data/kept").unwrap());
        vfs.cut(b"data/b", 1).unwrap();
        for (name, above, below) in [
            ("data/a", Some("aa+"), Some("aa")),
            ("data/b", Some("b"), Some("bb")),
            ("data/kept", Some("bb"), None),
            ("data/n", Some("new"), None),
            ("c", Some("dd"), Some("cc")),
        ] {
            let text = |dir: &PathBuf| std::fs::read_to_string(dir.join(name)).ok();
            assert_eq!(text(&upper).as_deref(), above, "{name}");
            assert_eq!(text(&lower).as_deref(), below, "{name}");
            assert_eq!(
                vfs.read(name.as_bytes()).unwrap().as_deref(),
                above.map(str::as_bytes)
            );
        }
        let mut names: Vec<Vec<u8>> = vfs
            .list(b"data")
            .unwrap()
            .unwrap()
            .into_iter()
            .map(|entry| entry.name)
            .collect();
        names.sort();
        assert_eq!(names, [&b"a"[..], b"b", b"kept", b"n"]);
        assert!(vfs.list(b"nothing").unwrap().is_none());
    }
}

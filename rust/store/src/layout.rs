//! Where the parts of a repository lie: its own `.hg`, the store, and for a share the repository it belongs to
//! (format: `docs/formats/requires.md`). Reading the configuration that lies beside them is core's work.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hyg_base::{Error, ErrorId, Result};

use crate::encode::PathEncoding;
use crate::overlay::OverlayVfs;
use crate::requirements::{self, Requirements};
use crate::vfs::{DiskVfs, StoreVfs, Vfs};

/// The directories of an opened repository.
#[derive(Clone, Debug)]
pub struct RepoLayout {
    /// The root of the working directory.
    pub working_dir: PathBuf,
    /// Its `.hg`: dirstate, own configuration, bookmarks.
    pub dot_hg: PathBuf,
    /// The `.hg` that owns the store: the same, or that of a share's source. Its `hgrc` is read by share-safe shares.
    pub store_owner_dot_hg: PathBuf,
    /// Where revlogs and phaseroots lie.
    pub store: PathBuf,
    /// What the repository requires, from all files that say so.
    pub requirements: Requirements,
    /// Whether store requirements and configuration are shared safely.
    pub share_safe: bool,
    /// What a running transaction shows to its hooks is there already.
    pub pending: bool,
    /// Stores whose files are there where this one has none, the nearest first; they are only read.
    pub beneath: Vec<PathBuf>,
}

impl RepoLayout {
    /// Opens the repository whose working directory is `root`.
    ///
    /// # Errors
    /// [`ErrorId::RepositoryNotFound`] without a directory `.hg`; [`ErrorId::ShareSourceMissing`] and
    /// [`ErrorId::ShareSafeMismatch`] for a share whose source is gone or of another kind; what
    /// [`requirements::gate`] refuses; [`ErrorId::Io`].
    pub fn open(root: &Path) -> Result<RepoLayout> {
        RepoLayout::open_share(root, false)
    }

    /// The same; with `lenient`, a share whose source is of another kind is read as what the source is.
    ///
    /// # Errors
    /// As [`RepoLayout::open`].
    pub fn open_share(root: &Path, lenient: bool) -> Result<RepoLayout> {
        let layout = RepoLayout::locate(root, lenient)?;
        requirements::gate(&layout.requirements, &layout.dot_hg.join("requires"))?;
        Ok(layout)
    }

    /// The same without the gate.
    fn locate(root: &Path, lenient: bool) -> Result<RepoLayout> {
        let dot_hg = root.join(".hg");
        if !dot_hg.is_dir() {
            return Err(Error::new(ErrorId::RepositoryNotFound).with("path", root));
        }
        let mut requirements = read_requires(&dot_hg)?.unwrap_or_default();
        let store_owner_dot_hg = match requirements.is_shared() {
            true => share_source(&dot_hg, requirements.contains(requirements::RELSHARED))?,
            false => dot_hg.clone(),
        };
        if requirements.is_shared() {
            match check_share(&store_owner_dot_hg, &requirements)? {
                None => {}
                Some(theirs) if lenient => requirements.follow(theirs),
                Some(_) => return Err(mismatch(&store_owner_dot_hg, &requirements)),
            }
        }
        let share_safe = requirements.contains(requirements::SHARE_SAFE);
        if share_safe {
            let store = store_owner_dot_hg.join("store");
            requirements.extend(required_requires(&store)?);
        }
        let store = match requirements.contains(requirements::STORE) {
            true => store_owner_dot_hg.join("store"),
            false => store_owner_dot_hg.clone(),
        };
        Ok(RepoLayout {
            working_dir: root.to_path_buf(),
            dot_hg,
            store_owner_dot_hg,
            store,
            requirements,
            share_safe,
            pending: false,
            beneath: Vec::new(),
        })
    }

    /// The same working directory with the history of another `.hg`.
    #[must_use]
    pub fn with_history(mut self, dot_hg: &Path) -> RepoLayout {
        self.store = match self.requirements.contains(requirements::STORE) {
            true => dot_hg.join("store"),
            false => dot_hg.to_path_buf(),
        };
        self.store_owner_dot_hg = dot_hg.to_path_buf();
        self
    }

    /// Whether the store belongs to another repository.
    pub fn is_share(&self) -> bool {
        self.requirements.is_shared()
    }

    /// Where caches of the store lie (shared with the source).
    pub fn cache(&self) -> PathBuf {
        self.store_owner_dot_hg.join("cache")
    }

    /// Where caches of the working directory lie.
    pub fn wcache(&self) -> PathBuf {
        self.dot_hg.join("wcache")
    }

    /// The file that holds the bookmarks.
    pub fn bookmarks(&self) -> PathBuf {
        let in_store = self.requirements.contains(requirements::BOOKMARKS_IN_STORE);
        let dir = match in_store {
            true => &self.store,
            false => &self.dot_hg,
        };
        let pending = dir.join("bookmarks.pending");
        if self.pending && pending.exists() {
            pending
        } else if !in_store && self.shares_bookmarks() {
            self.store_owner_dot_hg.join("bookmarks")
        } else {
            dir.join("bookmarks")
        }
    }

    /// Whether this is a share whose bookmarks are those of its source (format: `docs/formats/bookmarks.md`).
    fn shares_bookmarks(&self) -> bool {
        self.is_share()
            && std::fs::read(self.dot_hg.join("shared")).is_ok_and(|items| {
                items
                    .split(|&byte| byte == b'\n')
                    .any(|item| item == b"bookmarks")
            })
    }

    /// How names in the store are encoded.
    pub fn encoding(&self) -> PathEncoding {
        let has = |name| self.requirements.contains(name);
        if !has(requirements::STORE) {
            PathEncoding::Basic
        } else if !has(requirements::FNCACHE) {
            PathEncoding::Escaped
        } else if has(requirements::DOTENCODE) {
            PathEncoding::Hashed { dot: true }
        } else if has(requirements::PLAIN_ENCODE) {
            PathEncoding::Plain
        } else {
            PathEncoding::Hashed { dot: false }
        }
    }

    /// The files of the store by their unencoded names.
    pub fn store_vfs(&self) -> Arc<dyn Vfs> {
        let disk: Arc<dyn Vfs> = match self.beneath.is_empty() {
            true => Arc::new(DiskVfs::new(&self.store)),
            false => Arc::new(OverlayVfs::new(self.store.clone(), &self.beneath)),
        };
        Arc::new(StoreVfs::new(disk, self.encoding()).with_pending(self.pending))
    }
}

fn read_requires(dir: &Path) -> Result<Option<Requirements>> {
    let data = DiskVfs::new(dir).read(b"requires")?;
    Ok(data.map(|data| Requirements::parse(&data)))
}

/// A requires file that has to exist.
fn required_requires(dir: &Path) -> Result<Requirements> {
    match read_requires(dir)? {
        Some(requirements) => Ok(requirements),
        None => Err(missing(&dir.join("requires"))),
    }
}

fn missing(path: &Path) -> Error {
    let not_found = std::io::Error::from_raw_os_error(rustix::io::Errno::NOENT.raw_os_error());
    Error::io(path, "open", &not_found)
}

/// The `.hg` that `sharedpath` names: absolute, or relative to the sharing `.hg`.
fn share_source(dot_hg: &Path, relative: bool) -> Result<PathBuf> {
    let file = dot_hg.join("sharedpath");
    let Some(data) = DiskVfs::new(dot_hg).read(b"sharedpath")? else {
        return Err(missing(&file));
    };
    let end = data
        .iter()
        .rposition(|b| *b != b'\n')
        .map_or(0, |last| last + 1);
    let named = Path::new(OsStr::from_bytes(&data[..end]));
    let target = match relative {
        true => tidy(&dot_hg.join(named)),
        false => named.to_path_buf(),
    };
    let real = resolve(&target);
    if real.exists() {
        return Ok(real);
    }
    Err(Error::new(ErrorId::ShareSourceMissing)
        .with("path", file.as_path())
        .with("target", real.as_path()))
}

/// Resolves symbolic links as far as the path exists.
fn resolve(path: &Path) -> PathBuf {
    for known in path.ancestors() {
        if let Ok(real) = std::fs::canonicalize(known) {
            let rest = path.strip_prefix(known).unwrap_or(Path::new(""));
            return real.join(rest);
        }
    }
    path.to_path_buf()
}

/// Resolves `.` and `..` by name only.
fn tidy(path: &Path) -> PathBuf {
    use std::path::Component;

    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if out.file_name().is_some() => {
                out.pop();
            }
            Component::ParentDir if out.has_root() => {}
            other => out.push(other),
        }
    }
    out
}

/// What the source of a share requires, where it is of another kind.
fn check_share(source: &Path, own: &Requirements) -> Result<Option<Requirements>> {
    let share_safe = own.contains(requirements::SHARE_SAFE);
    let theirs = match share_safe {
        true => read_requires(source)?.unwrap_or_default(),
        false => required_requires(source)?,
    };
    let same = theirs.contains(requirements::SHARE_SAFE) == share_safe;
    Ok((!same).then_some(theirs))
}

fn mismatch(source: &Path, own: &Requirements) -> Error {
    let share_safe = own.contains(requirements::SHARE_SAFE);
    Error::new(ErrorId::ShareSafeMismatch)
        .with("path", source)
        .with("unsafe", if share_safe { "source" } else { "share" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyg_base::Fact;
    use std::fs;

    fn repo(dir: &Path, name: &str, requires: &str, store_requires: Option<&str>) -> PathBuf {
        let root = dir.join(name);
        fs::create_dir_all(root.join(".hg/store")).unwrap();
        fs::write(root.join(".hg/requires"), requires).unwrap();
        if let Some(text) = store_requires {
            fs::write(root.join(".hg/store/requires"), text).unwrap();
        }
        root
    }

    #[test]
    fn plain_and_share_safe_repositories() {
        let dir = tempfile::tempdir().unwrap();
        let root = repo(
            dir.path(),
            "a",
            "share-safe\n",
            Some("store\nfncache\ndotencode\nrevlogv1\n"),
        );
        let layout = RepoLayout::open(&root).unwrap();
        assert!(layout.share_safe && !layout.is_share());
        assert_eq!(layout.store, root.join(".hg/store"));
        assert_eq!(layout.encoding(), PathEncoding::Hashed { dot: true });
        let old = repo(dir.path(), "old", "", None);
        let layout = RepoLayout::open(&old).unwrap();
        assert_eq!(
            (layout.store.clone(), layout.encoding()),
            (old.join(".hg"), PathEncoding::Basic)
        );
        assert_eq!(layout.bookmarks(), old.join(".hg/bookmarks"));
    }

    #[test]
    fn no_repository_and_refused_requirements() {
        let dir = tempfile::tempdir().unwrap();
        let error = RepoLayout::open(dir.path()).unwrap_err();
        assert_eq!(error.id(), ErrorId::RepositoryNotFound);
        let root = repo(dir.path(), "new", "store\nfuture\n", None);
        assert_eq!(
            RepoLayout::open(&root).unwrap_err().id(),
            ErrorId::UnknownRequirement
        );
        assert!(
            RepoLayout::locate(&root, false)
                .unwrap()
                .requirements
                .contains(b"future")
        );
        let half = repo(dir.path(), "half", "share-safe\n", None);
        let error = RepoLayout::open(&half).unwrap_err();
        assert_eq!((error.id(), error.errno()), (ErrorId::Io, Some(2)));
    }

    #[test]
    fn shares_find_their_source() {
        let dir = tempfile::tempdir().unwrap();
        let dir = fs::canonicalize(dir.path()).unwrap();
        let source = repo(
            &dir,
            "source",
            "share-safe\n",
            Some("store\nrevlogv1\nbookmarksinstore\n"),
        );
        let share = repo(&dir, "share", "share-safe\nshared\n", None);
        let path = source.join(".hg");
        fs::write(
            share.join(".hg/sharedpath"),
            format!("{}\n", path.display()),
        )
        .unwrap();
        let layout = RepoLayout::open(&share).unwrap();
        assert!(layout.is_share());
        assert_eq!(layout.store_owner_dot_hg, path);
        assert_eq!(layout.cache(), path.join("cache"));
        assert_eq!(layout.bookmarks(), path.join("store/bookmarks"));
        let relative = repo(&dir, "deep/relative", "share-safe\nrelshared\n", None);
        fs::write(relative.join(".hg/sharedpath"), "../../../source/.hg").unwrap();
        assert_eq!(RepoLayout::open(&relative).unwrap().store, layout.store);
    }

    #[test]
    fn shares_of_nothing_or_of_another_kind_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let share = repo(dir.path(), "share", "shared\nstore\n", None);
        fs::write(share.join(".hg/sharedpath"), "/nowhere/at/all\n").unwrap();
        let error = RepoLayout::open(&share).unwrap_err();
        assert_eq!(error.id(), ErrorId::ShareSourceMissing);
        assert_eq!(error.fact("target"), Some(&Fact::from("/nowhere/at/all")));
        let safe = repo(dir.path(), "safe", "share-safe\n", Some("store\n"));
        let target = safe.join(".hg");
        fs::write(
            share.join(".hg/sharedpath"),
            target.as_os_str().as_encoded_bytes(),
        )
        .unwrap();
        let error = RepoLayout::open(&share).unwrap_err();
        assert_eq!(error.fact("unsafe"), Some(&Fact::from("share")));
        fs::write(target.join("requires"), "store\n").unwrap();
        fs::write(share.join(".hg/requires"), "shared\nshare-safe\n").unwrap();
        let error = RepoLayout::open(&share).unwrap_err();
        assert_eq!(error.id(), ErrorId::ShareSafeMismatch);
        assert_eq!(error.fact("unsafe"), Some(&Fact::from("source")));
    }
}

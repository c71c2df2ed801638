//! The ignore files of a repository: the matcher made from them, and the hash by which caches know them again.
//! Which files there are (the configuration's), and the walk that asks, belong to the callers.
//! The format is described in `docs/formats/hgignore.md`.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use hyg_base::{RepoPath, Result, Warning};
use sha1dc::Hasher;

use crate::compiled::{Compiled, World};
use crate::exotic::ExoticRegex;
use crate::expand::Expander;
use crate::fast::Reach;
use crate::ignore_file;
use crate::kind::PatternKind;
use crate::normalize::{as_path, join, normalize, parent};
use crate::pattern::Follow;
use crate::source::PatternSource;

/// Includes deeper than this, and more files than this, leave the hash alone.
const MAX_DEPTH: usize = 40;
const MAX_HASHED: usize = 4096;
/// What stands for "no hash": nothing cached under it is valid.
const NO_HASH: [u8; 20] = [0; 20];

/// Tells whether paths are ignored.
#[derive(Debug)]
pub struct IgnoreMatcher {
    compiled: Option<Compiled>,
}

/// What [`load`] gives.
#[derive(Debug)]
pub struct Loaded {
    /// The matcher.
    pub matcher: IgnoreMatcher,
    /// Unreadable files and unknown syntaxes, in the order the peer prints them.
    pub warnings: Vec<Warning>,
    /// The hash of all files, as dirstate-v2 stores it.
    pub hash: [u8; 20],
}

impl IgnoreMatcher {
    /// Ignores nothing.
    pub fn never() -> IgnoreMatcher {
        IgnoreMatcher { compiled: None }
    }

    /// Whether nothing is ever ignored.
    pub fn is_never(&self) -> bool {
        self.compiled.is_none()
    }

    /// Whether the file `path` is ignored, where no directory above it is (a walk knows that, as it does not enter
    /// ignored directories).
    ///
    /// # Errors
    /// What an exotic expression or a broken sub-included file answers.
    pub fn ignores_file(&self, path: &RepoPath) -> Result<bool> {
        match &self.compiled {
            Some(compiled) => compiled.matches(path.as_bytes(), Reach::PathOnly),
            None => Ok(false),
        }
    }

    /// Whether the directory `path`, and with it everything below, is ignored, where no directory above it is.
    ///
    /// # Errors
    /// As for [`IgnoreMatcher::ignores_file`].
    pub fn ignores_dir(&self, path: &RepoPath) -> Result<bool> {
        self.ignores_file(path)
    }

    /// Whether `path` or any directory above it is ignored, the root included.
    ///
    /// # Errors
    /// As for [`IgnoreMatcher::ignores_file`].
    pub fn ignores_or_above(&self, path: &RepoPath) -> Result<bool> {
        let Some(compiled) = &self.compiled else {
            return Ok(false);
        };
        if compiled.matches(path.as_bytes(), Reach::Anywhere)? {
            return Ok(true);
        }
        for above in path.ancestors() {
            if compiled.matches(above.as_bytes(), Reach::PathOnly)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Reads the ignore files of the repository at `root` (absolute): its `.hgignore`, where there is one, and then
/// `files` (absolute or from the root).
///
/// # Errors
/// As for [`crate::build`].
pub fn load(
    root: &[u8],
    files: &[Vec<u8>],
    source: &dyn PatternSource,
    exotic: &dyn ExoticRegex,
) -> Result<Loaded> {
    let source = Remembering {
        source,
        read: Mutex::default(),
    };
    let own = join(root, b".hgignore");
    let own_exists = !matches!(
        source.read(as_path(&own)),
        Err(error) if matches!(error.raw_os_error(), Some(2 | 20 | 40))
    );
    let mut paths = Vec::with_capacity(files.len() + 1);
    if own_exists {
        paths.push(own);
    }
    paths.extend(files.iter().map(|file| join(root, file)));
    let mut warnings = Vec::new();
    let mut expander = Expander::new(root, root, &source, PatternKind::Glob);
    expander.warnings = Some(&mut warnings);
    let mut patterns = Vec::new();
    for path in &paths {
        patterns.extend(expander.include(path)?);
    }
    let compiled = if patterns.is_empty() {
        None
    } else {
        let world = World {
            root,
            source: &source,
            exotic,
        };
        Some(Compiled::new(&patterns, Follow::EndOrBelow, world)?)
    };
    let hash = hash(root, paths, &source);
    Ok(Loaded {
        matcher: IgnoreMatcher { compiled },
        warnings,
        hash,
    })
}

/// Hashes name and contents of every file, the outermost ones in the order of their names and each followed by what
/// it includes.
fn hash(root: &[u8], mut paths: Vec<Vec<u8>>, source: &dyn PatternSource) -> [u8; 20] {
    paths.sort_unstable();
    let mut hashing = Hashing {
        root,
        source,
        hasher: Hasher::new(),
        broken: false,
        files: 0,
        open: Vec::new(),
    };
    for path in paths {
        hashing.add(&path, root);
    }
    match hashing.hasher.finalize() {
        Ok(hash) if !hashing.broken => hash.to_bytes(),
        _ => NO_HASH,
    }
}

struct Hashing<'a> {
    root: &'a [u8],
    source: &'a dyn PatternSource,
    hasher: Hasher,
    /// A file was made to collide with another one.
    broken: bool,
    files: usize,
    open: Vec<Vec<u8>>,
}

impl Hashing<'_> {
    /// Adds a file; the names of files that it includes start from `base`.
    fn add(&mut self, path: &[u8], base: &[u8]) {
        self.files += 1;
        let again = self.open.iter().any(|open| open == path);
        if again || self.files > MAX_HASHED || self.open.len() > MAX_DEPTH {
            return;
        }
        let Ok(contents) = self.source.read(as_path(path)) else {
            return;
        };
        self.hasher.update(name_in(self.root, path));
        self.hasher.update(b" ");
        match sha1dc::digest(&contents) {
            Ok(digest) => self.hasher.update(digest.as_bytes()),
            Err(_) => self.broken = true,
        }
        self.hasher.update(b"\n");
        self.open.push(path.to_vec());
        for line in ignore_file::parse(&contents, path, drop) {
            match PatternKind::split(&line, PatternKind::Glob) {
                (PatternKind::Include, name) => self.add(&join(base, name), base),
                (PatternKind::SubInclude, name) => {
                    let file = join(parent(&normalize(path)), name);
                    let base = parent(&file).to_vec();
                    self.add(&file, &base);
                }
                _ => {}
            }
        }
        self.open.pop();
    }
}

/// How a file is called in the hash: from the root where it is below.
fn name_in<'a>(root: &[u8], path: &'a [u8]) -> &'a [u8] {
    use std::os::unix::ffi::OsStrExt;
    match as_path(path).strip_prefix(as_path(root)) {
        Ok(inside) => inside.as_os_str().as_bytes(),
        Err(_) => path,
    }
}

/// Contents of a file, or the error number.
type Remembered = std::result::Result<Arc<[u8]>, i32>;

/// Reads each file once, so that matcher and hash are made from the same contents.
struct Remembering<'a> {
    source: &'a dyn PatternSource,
    read: Mutex<HashMap<PathBuf, Remembered>>,
}

impl PatternSource for Remembering<'_> {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut read = self
            .read
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let found = read
            .entry(path.to_owned())
            .or_insert_with(|| match self.source.read(path) {
                Ok(contents) => Ok(contents.into()),
                Err(error) => Err(error.raw_os_error().unwrap_or(5)),
            });
        match found {
            Ok(contents) => Ok(contents.to_vec()),
            Err(errno) => Err(io::Error::from_raw_os_error(*errno)),
        }
    }

    fn same_file(&self, left: &Path, right: &Path) -> bool {
        self.source.same_file(left, right)
    }

    fn audit(&self, path: &RepoPath) -> Result<()> {
        self.source.audit(path)
    }
}

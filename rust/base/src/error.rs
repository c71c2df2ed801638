//! Errors as facts: an id from one closed list and named facts (path, offset, node, revision ...), never a sentence.
//! The sentences, hints and exit codes are declared once, in Python's `errors.py`, under the same ids.

use std::fmt;

use crate::Node;

/// What every fallible operation of the Rust half returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

macro_rules! error_ids {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)*) => {
        /// The closed list of error kinds. `errors.py` declares a class for each; a test compares the lists.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorId { $($(#[$doc])* $variant,)* }

        impl ErrorId {
            /// Every id, in declaration order.
            pub const ALL: &'static [ErrorId] = &[$(ErrorId::$variant,)*];

            /// The stable name that Python knows the error by.
            pub fn as_str(self) -> &'static str {
                match self { $(ErrorId::$variant => $text,)* }
            }
        }
    };
}

error_ids! {
    /// A file under `.hg` does not follow its format. Facts: `path`, `offset` (bytes, where known), `problem`.
    CorruptFile = "corrupt-file",
    /// A revlog index is not valid. Facts: `path` (radix such as `00changelog`), `offset`, `problem`.
    CorruptIndex = "corrupt-index",
    /// A revision could not be rebuilt or its hash differs. Facts: `path` (radix), `rev`, `node`, `problem`.
    CorruptRevision = "corrupt-revision",
    /// A text is longer than a revlog can say. Facts: `path` (radix, or the file), `size` (bytes).
    TextTooLong = "text-too-long",
    /// The content of a revision was removed on purpose. Facts: `path` (radix), `node`.
    CensoredRevision = "censored-revision",
    /// The content is stored elsewhere by an extension. Facts: `path` (radix), `node`, `flags`.
    ExternalRevision = "external-revision",
    /// The operating system said no. Facts: `path`, `errno`, `operation`.
    Io = "io",
    /// No repository was found. Facts: `path`.
    RepositoryNotFound = "repository-not-found",
    /// A repository needs features that this program lacks. Facts: `features` (space separated, sorted).
    UnknownRequirement = "unknown-requirement",
    /// The requires file holds an entry that cannot be one. Facts: `path`.
    CorruptRequirement = "corrupt-requirement",
    /// Two requirements exclude each other. Facts: `first`, `second`.
    IncompatibleRequirements = "incompatible-requirements",
    /// The working directory is sparse and nothing that understands it is enabled.
    SparseNotEnabled = "sparse-not-enabled",
    /// A share and its source disagree about share-safe. Facts: `path`, `unsafe` (`source` or `share`).
    ShareSafeMismatch = "share-safe-mismatch",
    /// A share points to a place that is gone. Facts: `path`, `target`.
    ShareSourceMissing = "share-source-missing",
    /// A name stands for no revision. Facts: `name`.
    UnknownRevision = "unknown-revision",
    /// A hexadecimal prefix stands for several revisions. Facts: `name`.
    AmbiguousPrefix = "ambiguous-prefix",
    /// A node is not in a revlog. Facts: `path` (radix), `node`.
    UnknownNode = "unknown-node",
    /// A revision exists but is hidden. Facts: `name`; for an obsolete one `fate` (`pruned`, `diverged`, `superseded`,
    /// `split`), `successors` (short nodes, at most two) and `more` (how many further ones there are).
    FilteredRevision = "filtered-revision",
    /// Obsolescence markers have a version that this program does not know. Facts: `path`, `version`.
    UnknownMarkerVersion = "unknown-marker-version",
    /// An obsolescence marker says what cannot be. Facts: `path`, `offset`.
    InvalidMarker = "invalid-marker",
    /// A pattern cannot be compiled. Facts: `kind`, `pattern`, `problem`.
    InvalidPattern = "invalid-pattern",
    /// A pattern needs an engine this side does not have. Facts: `kind`, `pattern`.
    UnsupportedPattern = "unsupported-pattern",
    /// A pattern names a file that cannot be read. Facts: `path`, `errno`.
    UnreadablePatternFile = "unreadable-pattern-file",
    /// A path is outside the repository. Facts: `path`, `root`.
    PathOutsideRepository = "path-outside-repository",
    /// A path may not be used (contains `.hg`, `..`, and so on). Facts: `path`, `problem`.
    IllegalPath = "illegal-path",
    /// A file would have the name of a directory of another one. Facts: `directory` (that the new file would be), or
    /// `file` and `path`.
    PathClash = "path-clash",
    /// A configuration file does not follow its format. Facts: `path`, `line`, `text`.
    ConfigParse = "config-parse",
    /// A configuration value does not have its type. Facts: `section`, `name`, `value`, `type`.
    ConfigValue = "config-value",
    /// A lock is held by someone else. Facts: `path`, `holder`.
    LockHeld = "lock-held",
    /// What was read changed on disk while it was used. Facts: `path`.
    ChangedUnderneath = "changed-underneath",
    /// Something this version does not support yet. Facts: `feature`.
    Unsupported = "unsupported",
    /// The user asked to stop.
    Interrupted = "interrupted",
    /// A bug: a broken invariant or a caught panic. Facts: `problem`.
    Internal = "internal",
}

/// One fact of an error or a warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// A path, name, pattern or word, in the bytes it came in.
    Bytes(Vec<u8>),
    /// A number: offset, revision, errno, line.
    Int(i64),
}

impl From<&str> for Fact {
    fn from(text: &str) -> Fact {
        Fact::Bytes(text.as_bytes().to_vec())
    }
}
impl From<String> for Fact {
    fn from(text: String) -> Fact {
        Fact::Bytes(text.into_bytes())
    }
}
impl From<&[u8]> for Fact {
    fn from(bytes: &[u8]) -> Fact {
        Fact::Bytes(bytes.to_vec())
    }
}
impl From<Vec<u8>> for Fact {
    fn from(bytes: Vec<u8>) -> Fact {
        Fact::Bytes(bytes)
    }
}
impl From<&std::path::Path> for Fact {
    fn from(path: &std::path::Path) -> Fact {
        use std::os::unix::ffi::OsStrExt;
        Fact::Bytes(path.as_os_str().as_bytes().to_vec())
    }
}
impl From<Node> for Fact {
    fn from(node: Node) -> Fact {
        Fact::Bytes(node.to_hex().to_vec())
    }
}
impl From<i64> for Fact {
    fn from(number: i64) -> Fact {
        Fact::Int(number)
    }
}
impl From<i32> for Fact {
    fn from(number: i32) -> Fact {
        Fact::Int(number.into())
    }
}
impl From<usize> for Fact {
    fn from(number: usize) -> Fact {
        Fact::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

/// An error: an id and its facts. Small to move (one pointer) so that hot paths can return it.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    id: ErrorId,
    facts: Vec<(&'static str, Fact)>,
}

impl Error {
    /// An error without facts yet.
    pub fn new(id: ErrorId) -> Error {
        Error(Box::new(Inner {
            id,
            facts: Vec::new(),
        }))
    }

    /// The same error with one more fact (a name already present keeps its first value).
    #[must_use]
    pub fn with(mut self, name: &'static str, fact: impl Into<Fact>) -> Error {
        if self.fact(name).is_none() {
            self.0.facts.push((name, fact.into()));
        }
        self
    }

    /// A file that does not follow its format; `problem` is a short fixed phrase.
    pub fn corrupt_file(path: &std::path::Path, problem: &'static str) -> Error {
        Error::new(ErrorId::CorruptFile)
            .with("path", path)
            .with("problem", problem)
    }

    /// What the operating system answered when `operation` was tried on `path`.
    pub fn io(path: &std::path::Path, operation: &'static str, source: &std::io::Error) -> Error {
        Error::new(ErrorId::Io)
            .with("path", path)
            .with("operation", operation)
            .with("errno", source.raw_os_error().unwrap_or(5))
    }

    /// A broken invariant of our own.
    pub fn internal(problem: &'static str) -> Error {
        Error::new(ErrorId::Internal).with("problem", problem)
    }

    /// The id.
    pub fn id(&self) -> ErrorId {
        self.0.id
    }

    /// All facts in the order they were added.
    pub fn facts(&self) -> &[(&'static str, Fact)] {
        &self.0.facts
    }

    /// One fact by name.
    pub fn fact(&self, name: &str) -> Option<&Fact> {
        self.0
            .facts
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, fact)| fact)
    }

    /// The errno of an [`ErrorId::Io`] error.
    pub fn errno(&self) -> Option<i32> {
        match self.fact("errno") {
            Some(Fact::Int(number)) => i32::try_from(*number).ok(),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id().as_str())?;
        for (name, fact) in self.facts() {
            match fact {
                Fact::Bytes(bytes) => write!(f, " {name}={:?}", String::from_utf8_lossy(bytes))?,
                Fact::Int(number) => write!(f, " {name}={number}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({self})")
    }
}

impl std::error::Error for Error {}

/// Something worth telling the user that does not stop the operation: an id of `errors.WARNINGS` and its facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Name under which the sentence is declared in Python.
    pub id: &'static str,
    /// Named facts.
    pub facts: Vec<(&'static str, Fact)>,
}

impl Warning {
    /// A warning without facts yet.
    pub fn new(id: &'static str) -> Warning {
        Warning {
            id,
            facts: Vec::new(),
        }
    }

    /// The same warning with one more fact.
    #[must_use]
    pub fn with(mut self, name: &'static str, fact: impl Into<Fact>) -> Warning {
        self.facts.push((name, fact.into()));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_fact_of_a_name_wins() {
        let error = Error::new(ErrorId::CorruptFile)
            .with("path", "a")
            .with("path", "b");
        assert_eq!(error.fact("path"), Some(&Fact::Bytes(b"a".to_vec())));
        assert_eq!(error.to_string(), "corrupt-file path=\"a\"");
    }

    #[test]
    fn ids_are_distinct() {
        let mut names: Vec<_> = ErrorId::ALL.iter().map(|id| id.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ErrorId::ALL.len());
    }
}

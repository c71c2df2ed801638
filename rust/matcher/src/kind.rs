//! The kinds of patterns and how a kind is split off the text before the first colon.
//! What a kind means is decided where patterns are normalised and compiled.

use hyg_base::{Error, ErrorId, Result};

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// How the text of a pattern is to be read. Ordered by name, as the peer sorts patterns.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum PatternKind { $($(#[$doc])* $variant,)* }

        impl PatternKind {
            /// Every kind, in the order of their names.
            pub const ALL: &'static [PatternKind] = &[$(PatternKind::$variant,)*];

            /// The word before the colon.
            pub fn as_str(self) -> &'static str {
                match self { $(PatternKind::$variant => $name,)* }
            }
        }
    };
}

kinds! {
    /// One exact file, from the root.
    FilePath = "filepath",
    /// A glob that starts at the current directory.
    Glob = "glob",
    /// A file of patterns, read as if they had been given one by one.
    Include = "include",
    /// A file with one pattern per line.
    ListFile = "listfile",
    /// A file with patterns separated by NUL.
    ListFile0 = "listfile0",
    /// A file or directory from the root, recursively.
    Path = "path",
    /// A regular expression anchored at the root.
    Re = "re",
    /// A glob that may start below any directory.
    RelGlob = "relglob",
    /// A file or directory from the current directory, recursively.
    RelPath = "relpath",
    /// A regular expression that may match anywhere.
    RelRe = "relre",
    /// The files directly inside a directory, from the root.
    RootFilesIn = "rootfilesin",
    /// A glob that starts at the root.
    RootGlob = "rootglob",
    /// A fileset expression (not served here).
    Set = "set",
    /// A file of patterns that apply below that file's directory.
    SubInclude = "subinclude",
}

impl PatternKind {
    /// The kind called `name`.
    pub fn from_name(name: &[u8]) -> Option<PatternKind> {
        PatternKind::ALL
            .iter()
            .copied()
            .find(|kind| kind.as_str().as_bytes() == name)
    }

    /// Splits `kind:text`; text without a known kind before its first colon is of kind `default`.
    pub fn split(pattern: &[u8], default: PatternKind) -> (PatternKind, &[u8]) {
        if let Some(colon) = pattern.iter().position(|byte| *byte == b':')
            && let Some(kind) = PatternKind::from_name(&pattern[..colon])
        {
            return (kind, &pattern[colon + 1..]);
        }
        (default, pattern)
    }

    /// The error for an invalid pattern of this kind; `problem` is a short fixed phrase.
    pub(crate) fn invalid(self, text: &[u8], problem: &'static str) -> Error {
        Error::new(ErrorId::InvalidPattern)
            .with("kind", self.as_str())
            .with("pattern", text)
            .with("problem", problem)
    }

    /// Refuses the kinds that this crate does not serve.
    pub(crate) fn check_served(self) -> Result<()> {
        match self {
            PatternKind::Set => Err(Error::new(ErrorId::Unsupported).with("feature", "filesets")),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_only_known_kinds() {
        let default = PatternKind::RelPath;
        let split = |text: &'static str| PatternKind::split(text.as_bytes(), default);
        assert_eq!(split("glob:*.c"), (PatternKind::Glob, b"*.c".as_slice()));
        assert_eq!(split("re:a:b"), (PatternKind::Re, b"a:b".as_slice()));
        assert_eq!(split("c:glob:x"), (default, b"c:glob:x".as_slice()));
        assert_eq!(split("GLOB:x"), (default, b"GLOB:x".as_slice()));
        assert_eq!(split(""), (default, b"".as_slice()));
    }

    #[test]
    fn kinds_sort_by_name() {
        let names: Vec<_> = PatternKind::ALL.iter().map(|kind| kind.as_str()).collect();
        assert!(names.is_sorted());
        assert!(PatternKind::ALL.is_sorted());
    }
}

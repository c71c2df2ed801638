//! One normalised pattern and its spelling as a regular expression.
//! Reading pattern files and joining expressions are done elsewhere.

use crate::glob;
use crate::kind::PatternKind;

/// A pattern whose text is normalised and, where its kind says so, moved to the root.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pattern {
    pub(crate) kind: PatternKind,
    pub(crate) text: Vec<u8>,
    /// The file it was read from, as named there; empty for the command line.
    pub(crate) source: Vec<u8>,
}

/// What may follow a glob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Follow {
    /// Nothing: patterns on the command line.
    End,
    /// Nothing, or anything below: include, exclude and ignore patterns.
    EndOrBelow,
}

impl Follow {
    fn as_regex(self) -> &'static [u8] {
        match self {
            Follow::End => b"$",
            Follow::EndOrBelow => b"(?:/|$)",
        }
    }
}

impl Pattern {
    /// Whether the pattern alone matches everything, as the peer recognises it.
    pub(crate) fn is_everything(&self) -> bool {
        self.text.is_empty() && matches!(self.kind, PatternKind::RelPath | PatternKind::Glob)
    }

    /// The expression that the peer would join with others; `None` for kinds that are looked up instead.
    pub(crate) fn to_regex(&self, follow: Follow) -> Option<Vec<u8>> {
        let text = &self.text;
        Some(match self.kind {
            PatternKind::Re => text.clone(),
            PatternKind::RelRe => unanchored(text),
            PatternKind::Glob | PatternKind::RelPath if text.is_empty() => Vec::new(),
            PatternKind::Path | PatternKind::RelPath if text == b"." => Vec::new(),
            PatternKind::Path | PatternKind::RelPath => {
                let mut out = escaped(text);
                out.extend(b"(?:/|$)");
                out
            }
            PatternKind::RootFilesIn => {
                let mut out = Vec::new();
                if text != b"." {
                    out = escaped(text);
                    out.push(b'/');
                }
                out.extend(b"[^/]+$");
                out
            }
            PatternKind::RelGlob => {
                let glob = glob::to_regex(text);
                let mut out = Vec::with_capacity(glob.len() + 16);
                match glob.strip_prefix(b"[^/]*") {
                    Some(rest) => {
                        out.extend(b".*");
                        out.extend(rest);
                    }
                    None => {
                        out.extend(b"(?:|.*/)");
                        out.extend(&glob);
                    }
                }
                out.extend(follow.as_regex());
                out
            }
            PatternKind::Glob | PatternKind::RootGlob => {
                let mut out = glob::to_regex(text);
                out.extend(follow.as_regex());
                out
            }
            PatternKind::FilePath
            | PatternKind::Include
            | PatternKind::ListFile
            | PatternKind::ListFile0
            | PatternKind::Set
            | PatternKind::SubInclude => return None,
        })
    }
}

fn escaped(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 16);
    glob::escape_into(&mut out, text);
    out
}

/// An expression that may start anywhere: leading flags keep to it, and what does not start with `^` gets `.*`.
fn unanchored(text: &[u8]) -> Vec<u8> {
    let (flags, rest) = match leading_flags(text) {
        Some((flags, rest)) => (Some(flags), rest),
        None => (None, text),
    };
    let mut out = Vec::with_capacity(text.len() + 4);
    if let Some(flags) = flags {
        out.extend(b"(?");
        out.extend(flags);
        out.push(b':');
    }
    if !rest.starts_with(b"^") {
        out.extend(b".*");
    }
    out.extend(rest);
    if flags.is_some() {
        out.push(b')');
    }
    out
}

/// Splits `(?flags)` off; behind flags the peer reads no further than the first newline.
fn leading_flags(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = text.strip_prefix(b"(?")?;
    let letters = rest
        .iter()
        .take_while(|byte| b"aiLmsux".contains(byte))
        .count();
    let after = rest[letters..].strip_prefix(b")")?;
    if letters == 0 {
        return None;
    }
    let line = after.split(|byte| *byte == b'\n').next().unwrap_or(after);
    Some((&rest[..letters], line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regex(kind: PatternKind, text: &str, follow: Follow) -> String {
        let pattern = Pattern {
            kind,
            text: text.as_bytes().to_vec(),
            source: Vec::new(),
        };
        String::from_utf8(pattern.to_regex(follow).unwrap()).unwrap()
    }

    #[test]
    fn spelling_by_kind() {
        use PatternKind::*;
        let end = |kind, text| regex(kind, text, Follow::End);
        let below = |kind, text| regex(kind, text, Follow::EndOrBelow);
        assert_eq!(end(Path, "a.b"), r"a\.b(?:/|$)");
        assert_eq!(end(Path, "."), "");
        assert_eq!(end(RelPath, ""), "");
        assert_eq!(end(RootFilesIn, "."), "[^/]+$");
        assert_eq!(end(RootFilesIn, "a b"), r"a\ b/[^/]+$");
        assert_eq!(end(RelGlob, "*.c"), r".*\.c$");
        assert_eq!(below(RelGlob, "x"), r"(?:|.*/)x(?:/|$)");
        assert_eq!(below(Glob, "x*"), r"x[^/]*(?:/|$)");
        assert_eq!(below(RootGlob, ""), "(?:/|$)");
        assert_eq!(below(Re, "x*"), "x*");
        assert_eq!(end(RelRe, "x"), ".*x");
        assert_eq!(end(RelRe, "^x"), "^x");
        assert_eq!(end(RelRe, "(?i)^x"), "(?i:^x)");
        assert_eq!(end(RelRe, "(?ix)a\nb"), "(?ix:.*a)");
        assert_eq!(end(RelRe, "(?)x"), ".*(?)x");
    }
}

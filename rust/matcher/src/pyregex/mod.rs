//! Reads the regular expressions of Python's `re` (on bytes) and gives them as an automaton's syntax tree.
//! Joining the expressions of several patterns and running the automaton belong to the callers.
//!
//! The tree for paths is to be run on a path in which a newline at the very end is written as NUL (see [`NEWLINE_AT_END`]):
//! Python's `$` holds at the end and before such a newline, and an automaton whose line terminator is NUL says the
//! same by its end-of-line assertion. A path never holds a NUL of its own.

mod class;
mod flags;
mod parser;
mod tokens;

use flags::Flags;
use regex_syntax::hir::Hir;

/// Stands for a newline that ends a path; the line terminator to compile automata with.
pub(crate) const NEWLINE_AT_END: u8 = 0;

/// Why an expression has no syntax tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Only a backtracking engine can run it (or tell whether it is valid).
    Exotic,
    /// Python refuses it; the phrase says why.
    Invalid(&'static str),
}

/// What an expression is run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// A path whose last newline is NUL.
    Path,
    /// Bytes as they are.
    Content,
}

/// A translated expression.
#[derive(Debug)]
pub(crate) struct Expression {
    /// What matches, anchored at the start of the path, not at its end.
    pub(crate) hir: Hir,
    /// Whether joining it with others by `|` could change what any of them means: it sets flags for the whole
    /// expression or names a group.
    pub(crate) reaches_out: bool,
}

/// Translates one expression.
pub(crate) fn translate(text: &[u8]) -> Result<Expression, Refusal> {
    parser::Parser::new(text, Flags::default(), Subject::Path)?.parse()
}

/// Translates an expression whose `^` and `$` are about lines, to be searched for in contents of files.
pub(crate) fn translate_for_lines(text: &[u8], ignore_case: bool) -> Result<Hir, Refusal> {
    let flags = match ignore_case {
        true => Flags::MULTI_LINE.with(Flags::IGNORE_CASE),
        false => Flags::MULTI_LINE,
    };
    let expression = parser::Parser::new(text, flags, Subject::Content)?.parse()?;
    Ok(expression.hir)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> Option<Refusal> {
        translate(text.as_bytes()).err()
    }

    #[test]
    fn exotic_features_are_recognised() {
        for text in [
            "(?=a)b",
            "(?!a)",
            "(?<=a)b",
            "(?<!a)b",
            r"(a)\1",
            "(?P<x>a)(?P=x)",
            "(a)(?(1)b|c)",
            "(?>a)",
            "a*+",
            "a{2}+",
            "(?m)^a",
            "(?m:a$)",
            r"\B",
            "(?L)a",
            r"a\z",
        ] {
            assert_eq!(refusal(text), Some(Refusal::Exotic), "{text}");
        }
    }

    #[test]
    fn what_python_refuses_is_invalid() {
        for text in [
            "(",
            ")",
            "a)",
            "[",
            "[]",
            "[a",
            r"[\q]",
            r"[\8]",
            "[z-a]",
            r"[a-\d]",
            "*",
            "^*",
            r"\b+",
            "a**",
            "a{2}*",
            "a{3,2}",
            "a|*",
            r"\q",
            r"\u1234",
            r"\N{x}",
            r"\x1",
            r"\777",
            "(?u)a",
            "(?P<1>a)",
            "(?P<>a)",
            "(?P<a",
            "(?P<x>a)(?P<x>b)",
            "(?Px)",
            "(?<x)",
            "(?k)",
            "(?",
            "(?#",
            "a(?i)",
            "b|(?i)a",
            "(?i-i:a)",
            "(?-a:b)",
            "(?i",
            "(?iz)",
            "(?-)",
            "(?i-",
            "\\",
            "[a\\",
            "a{4294967295}",
        ] {
            assert!(matches!(refusal(text), Some(Refusal::Invalid(_))), "{text}");
        }
    }

    #[test]
    fn plain_syntax_is_translated() {
        for text in [
            "",
            "|",
            "a|",
            "[]a]",
            "[^]a]",
            "[a-]",
            "[-a]",
            r"[\d-]",
            "a{",
            "a{}",
            "a{,}",
            "a{,2}",
            "{",
            "a{2",
            "]",
            "}",
            r"\Z",
            r"\A",
            r"\0",
            r"\012",
            r"\101",
            "(?:)*",
            "(?#x)",
            "a(?#b)*",
            "(?i)a",
            "(?#c)(?i)a",
            "(?x) a # b",
            "(?i:a)",
            "(?i-s:a)",
            "(?-i:a)",
            "(?s).",
            "[[a]",
            "()+",
            "(a*)*",
            "\u{e9}",
            r"\é",
            "(?a)\\w",
            "^a|b$",
        ] {
            assert_eq!(refusal(text), None, "{text}");
        }
    }

    #[test]
    fn deep_nesting_is_left_to_the_other_engine() {
        let text = [vec![b'('; 5000], vec![b')'; 5000]].concat();
        assert_eq!(translate(&text).err(), Some(Refusal::Exotic));
    }
}

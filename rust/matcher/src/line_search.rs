//! Lines of a text in which matches of one of Python's expressions begin, found in time linear in the text.
//! Reading texts and showing lines belong elsewhere; expressions that no automaton can express are refused.

use std::ops::Range;

use hyg_base::{Error, ErrorId, Result};
use regex_automata::Input;
use regex_automata::meta::{Builder, Config, Regex};

use crate::pyregex::{Refusal, translate_for_lines};

/// Bytes that a compiled expression may take.
const MAX_PROGRAM: usize = 2 << 20;

/// A line in which a match begins; of several in a line the first counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundLine {
    /// From 1.
    pub number: usize,
    /// Where the line lies in the text, without its end; a match that goes on brings along the lines that it reaches.
    pub place: Range<usize>,
    /// Where the match lies in the line.
    pub found: Range<usize>,
}

/// An expression to be searched for.
#[derive(Clone, Debug)]
pub struct LineSearch {
    regex: Regex,
}

impl LineSearch {
    /// Compiles an expression of Python's `re` on bytes, with `re.MULTILINE`, and `re.IGNORECASE` where asked for.
    ///
    /// # Errors
    /// [`ErrorId::InvalidPattern`] for what Python refuses, [`ErrorId::UnsupportedPattern`] for what only a
    /// backtracking engine can run.
    pub fn new(expression: &[u8], ignore_case: bool) -> Result<LineSearch> {
        let unsupported = || Error::new(ErrorId::UnsupportedPattern).with("pattern", expression);
        let hir =
            translate_for_lines(expression, ignore_case).map_err(|refusal| match refusal {
                Refusal::Exotic => unsupported(),
                Refusal::Invalid(problem) => Error::new(ErrorId::InvalidPattern)
                    .with("pattern", expression)
                    .with("problem", problem),
            })?;
        let config = Config::new()
            .utf8_empty(false)
            .nfa_size_limit(Some(MAX_PROGRAM));
        let built = Builder::new().configure(config).build_from_hir(&hir);
        Ok(LineSearch {
            regex: built.map_err(|_| unsupported())?,
        })
    }

    /// The lines of a text in which matches begin.
    pub fn lines(&self, text: &[u8]) -> Vec<FoundLine> {
        let mut found = Vec::new();
        let (mut number, mut at) = (0, 0);
        while at < text.len()
            && let Some(hit) = self.regex.find(Input::new(text).range(at..))
        {
            let before = &text[at..hit.start()];
            number += memchr::memchr_iter(b'\n', before).count() + 1;
            let first = memchr::memrchr(b'\n', before).map_or(at, |place| at + place + 1);
            let rest = memchr::memchr(b'\n', &text[hit.end()..]);
            let stop = rest.map_or(text.len(), |place| hit.end() + place);
            found.push(FoundLine {
                number,
                place: first..stop,
                found: hit.start() - first..hit.end() - first,
            });
            at = stop + 1;
        }
        found
    }

    /// Where in one line matches lie: `first`, and whatever is found behind it in this line alone.
    pub fn matches_from(&self, line: &[u8], first: Range<usize>) -> Vec<Range<usize>> {
        let mut at = first.end;
        let mut found = vec![first];
        while at < line.len()
            && let Some(hit) = self.regex.find(Input::new(line).range(at..))
        {
            if hit.end() > at {
                found.push(hit.range());
            }
            at = hit.end().max(at + 1);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers and texts of lines.
    fn found(expression: &str, text: &str) -> Vec<(usize, String)> {
        let search = LineSearch::new(expression.as_bytes(), false).unwrap();
        let lines = search.lines(text.as_bytes());
        let shown = |line: &FoundLine| (line.number, text[line.place.clone()].to_owned());
        lines.iter().map(shown).collect()
    }

    fn line(number: usize, text: &str) -> (usize, String) {
        (number, text.to_owned())
    }

    #[test]
    fn lines_with_matches() {
        let text = "one\ntwo\n\nthree two\nfour";
        assert_eq!(found("two", text), [line(2, "two"), line(4, "three two")]);
        assert_eq!(found("^t", text), [line(2, "two"), line(4, "three two")]);
        assert_eq!(found("o$", text), [line(2, "two"), line(4, "three two")]);
        assert_eq!(found("r$", text), [line(5, "four")]);
        assert_eq!(found("^$", text), [line(3, "")]);
        assert_eq!(
            found(r"\Aone|four\Z", text),
            [line(1, "one"), line(5, "four")]
        );
        assert_eq!(found("x*", "a\n\n"), [line(1, "a"), line(2, "")]);
        assert_eq!(found("x", ""), []);
    }

    #[test]
    fn all_matches_of_a_line() {
        let places = |expression: &str, line: &str| {
            let search = LineSearch::new(expression.as_bytes(), false).unwrap();
            let first = search.lines(line.as_bytes())[0].found.clone();
            search.matches_from(line.as_bytes(), first)
        };
        assert_eq!(places("a", "banana"), [1..2, 3..4, 5..6]);
        assert_eq!(places("^b|n", "banana"), [0..1, 2..3, 4..5]);
        assert_eq!(places("^a|c", "aac"), [0..1, 2..3]);
        assert_eq!(places("x*", "axx"), [0..0, 1..3]);
        assert_eq!(places("$|^", "ab"), [0..0, 2..2]);
    }

    #[test]
    fn matches_that_reach_into_other_lines() {
        let text = "ab\ncd\nab\n";
        // Mercurial counts one line for a match, however many it reaches.
        assert_eq!(found(r"b\s", text), [line(1, "ab\ncd"), line(2, "ab\n")]);
        assert_eq!(found(r"b\s*?", text), [line(1, "ab"), line(3, "ab")]);
        assert_eq!(found("[^x]+", text), [line(1, text)]);
    }

    #[test]
    fn case_and_bytes() {
        let search = LineSearch::new(b"(?s)K.\xe9", true).unwrap();
        let text = b"k\n\xe9";
        assert_eq!(search.lines(text)[0].found, 0..3);
        let nul = LineSearch::new(br"a\x00", false).unwrap();
        assert_eq!(nul.lines(b"a\0").len(), 1);
    }

    #[test]
    fn exotic_and_wrong_ones_are_told_apart() {
        let refused = |text: &[u8]| LineSearch::new(text, false).unwrap_err().id();
        for exotic in [
            &b"(?=a)"[..],
            br"(a)\1",
            b"(?-m:$)",
            b"((a{1000}){1000}){1000}",
        ] {
            assert_eq!(refused(exotic), ErrorId::UnsupportedPattern);
        }
        assert_eq!(refused(b"("), ErrorId::InvalidPattern);
    }

    #[test]
    fn an_expression_that_explodes_elsewhere_is_linear() {
        let search = LineSearch::new(b"^(a+)+$|(a|a|aa)*b", false).unwrap();
        let text = [vec![b'a'; 50_000], b"c\n".to_vec()].concat();
        assert_eq!(search.lines(&text), []);
    }
}

//! The line grammar of configuration files: what one line is, and whether it continues the one before.
//! Which layer wins, where files come from and what values mean belong to the sibling modules.

use std::ops::Range;

/// What one line of a configuration file says. Ranges point into the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// `[name]`
    Section(Range<usize>),
    /// `name = value`
    Item(Range<usize>, Range<usize>),
    /// An indented line after an item: one more line of its value.
    Continuation(Range<usize>),
    /// `%unset name`
    Unset(Range<usize>),
    /// `%include path`
    Include(Range<usize>),
    /// None of these: the line without its trailing white space.
    Bad(Range<usize>),
}

/// The lines of a file that say something, with their numbers (from 1).
pub(super) struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    number: u32,
    in_item: bool,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a [u8]) -> Lines<'a> {
        let at = if text.starts_with(b"\xef\xbb\xbf") {
            3
        } else {
            0
        };
        Lines {
            text,
            at,
            number: 0,
            in_item: false,
        }
    }

    /// The next line without its end (`\n`, `\r\n` or a lone `\r`).
    fn next_raw(&mut self) -> Option<Range<usize>> {
        if self.at >= self.text.len() {
            return None;
        }
        let start = self.at;
        let rest = &self.text[start..];
        let length = rest
            .iter()
            .position(|byte| matches!(byte, b'\n' | b'\r'))
            .unwrap_or(rest.len());
        let ending = match rest.get(length) {
            Some(b'\r') if rest.get(length + 1) == Some(&b'\n') => 2,
            Some(_) => 1,
            None => 0,
        };
        self.at = start + length + ending;
        self.number += 1;
        Some(start..start + length)
    }

    fn trimmed(&self, range: Range<usize>) -> Range<usize> {
        let bytes = &self.text[range.clone()];
        let lead = bytes.iter().take_while(|byte| is_space(**byte)).count();
        let tail = bytes[lead..]
            .iter()
            .rev()
            .take_while(|byte| is_space(**byte))
            .count();
        range.start + lead..range.end - tail
    }

    /// What follows `word` and white space in the line, trimmed; `None` where the line is something else.
    fn directive(&self, line: &Range<usize>, word: &[u8]) -> Option<Range<usize>> {
        let rest = self.text[line.clone()].strip_prefix(word)?;
        if !rest.first().copied().is_some_and(is_space) {
            return None;
        }
        let argument = self.trimmed(line.start + word.len()..line.end);
        (!argument.is_empty()).then_some(argument)
    }

    /// `[name]`: up to the last `]` before any further `[`.
    fn section(&self, line: &Range<usize>) -> Option<Range<usize>> {
        let inner = self.text[line.clone()].strip_prefix(b"[")?;
        let limit = inner
            .iter()
            .position(|byte| *byte == b'[')
            .unwrap_or(inner.len());
        let close = inner[..limit].iter().rposition(|byte| *byte == b']')?;
        (close > 0).then(|| line.start + 1..line.start + 1 + close)
    }

    fn item(&self, line: &Range<usize>) -> Option<Line> {
        let bytes = &self.text[line.clone()];
        let equals = bytes.iter().position(|byte| *byte == b'=')?;
        if equals == 0 || is_space(bytes[0]) {
            return None;
        }
        let name = self.trimmed(line.start..line.start + equals);
        let value = self.trimmed(line.start + equals + 1..line.end);
        Some(Line::Item(name, value))
    }

    fn unset(&self, line: &Range<usize>) -> Option<Line> {
        let argument = self.directive(line, b"%unset")?;
        let word = self.text[argument.clone()]
            .iter()
            .take_while(|byte| !is_space(**byte))
            .count();
        Some(Line::Unset(argument.start..argument.start + word))
    }

    /// Says what a line is; `None` for an empty line or a comment.
    fn classify(&mut self, line: &Range<usize>) -> Option<Line> {
        let first = self.text[line.clone()].first().copied();
        let comment = matches!(first, Some(b';' | b'#'));
        if self.in_item {
            if comment {
                return None;
            }
            let content = self.trimmed(line.clone());
            if first.is_some_and(is_space) && !content.is_empty() {
                return Some(Line::Continuation(content));
            }
            self.in_item = false;
        }
        if let Some(path) = self.directive(line, b"%include") {
            return Some(Line::Include(path));
        }
        if comment || self.trimmed(line.clone()).is_empty() {
            return None;
        }
        if let Some(name) = self.section(line) {
            return Some(Line::Section(name));
        }
        if let Some(item) = self.item(line) {
            self.in_item = true;
            return Some(item);
        }
        self.unset(line).or_else(|| {
            let kept = self.trimmed(line.clone()).end;
            Some(Line::Bad(line.start..kept))
        })
    }
}

impl Iterator for Lines<'_> {
    type Item = (u32, Line);

    fn next(&mut self) -> Option<(u32, Line)> {
        loop {
            let line = self.next_raw()?;
            if let Some(said) = self.classify(&line) {
                return Some((self.number, said));
            }
        }
    }
}

/// White space of the grammar: blank, tab, line ends, vertical tab, form feed.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let at = |range: Range<usize>| &text[range];
        Lines::new(text.as_bytes())
            .map(|(number, line)| match line {
                Line::Section(name) => format!("{number} section {}", at(name)),
                Line::Item(name, value) => format!("{number} item {}|{}", at(name), at(value)),
                Line::Continuation(value) => format!("{number} more {}", at(value)),
                Line::Unset(name) => format!("{number} unset {}", at(name)),
                Line::Include(path) => format!("{number} include {}", at(path)),
                Line::Bad(text) => format!("{number} bad {}", at(text)),
            })
            .collect()
    }

    #[test]
    fn reads_every_kind_of_line() {
        let text = "\u{feff}[ui]\n# c\nname  = a = b \n\t more\n; c\n  last\t\n\nx=\r\n%unset y z\n%include ~/f g \n";
        assert_eq!(
            shown(text),
            [
                "1 section ui",
                "3 item name|a = b",
                "4 more more",
                "6 more last",
                "8 item x|",
                "9 unset y",
                "10 include ~/f g",
            ]
        );
    }

    #[test]
    fn odd_lines_as_the_peer_reads_them() {
        assert_eq!(shown("[a]b]c"), ["1 section a]b"]);
        assert_eq!(shown("[a[b]"), ["1 bad [a[b]"]);
        assert_eq!(shown("[a = [b]"), ["1 item [a|[b]"]);
        assert_eq!(shown("[]"), ["1 bad []"]);
        assert_eq!(shown("%unset a=b"), ["1 item %unset a|b"]);
        assert_eq!(shown("%include a=b"), ["1 include a=b"]);
        assert_eq!(shown("%include"), ["1 bad %include"]);
        assert_eq!(shown(" a=b "), ["1 bad  a=b"]);
        assert_eq!(shown("=b"), ["1 bad =b"]);
        assert_eq!(shown("word\n"), ["1 bad word"]);
        assert_eq!(
            shown("a=1\rb=2\r\nc=3"),
            ["1 item a|1", "2 item b|2", "3 item c|3"]
        );
        assert_eq!(shown("a=1\n\n more"), ["1 item a|1", "3 bad  more"]);
        assert_eq!(
            shown("a=1\n[s]\n more"),
            ["1 item a|1", "2 section s", "3 bad  more"]
        );
    }
}

//! A text and where its lines end: split once, shared by every algorithm of this crate. What lines mean, and which of
//! them are equal, belongs elsewhere.

use std::ops::Range;

use hyg_base::{Error, ErrorId, Result};

/// A text split after each newline byte; the last line may lack one. An empty text has no line.
#[derive(Clone, Debug)]
pub struct Lines<'a> {
    text: &'a [u8],
    /// Where each line ends; the first starts at 0.
    ends: Vec<u32>,
}

impl<'a> Lines<'a> {
    /// Splits `text`.
    ///
    /// # Errors
    /// [`ErrorId::Unsupported`] for a text of 4 GiB or more: deltas cannot address it.
    pub fn split(text: &'a [u8]) -> Result<Lines<'a>> {
        if u32::try_from(text.len()).is_err() {
            return Err(Error::new(ErrorId::Unsupported).with("feature", "a text of 4 GiB or more"));
        }
        let mut ends: Vec<u32> = memchr::memchr_iter(b'\n', text)
            .map(|at| at as u32 + 1)
            .collect();
        if ends.last().is_none_or(|&end| (end as usize) < text.len()) && !text.is_empty() {
            ends.push(text.len() as u32);
        }
        Ok(Lines { text, ends })
    }

    /// The whole text.
    pub fn text(&self) -> &'a [u8] {
        self.text
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether the text is empty.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Where line `index` starts; the length of the text for the line after the last and beyond.
    pub fn offset(&self, index: usize) -> usize {
        match index.checked_sub(1) {
            None => 0,
            Some(before) => self
                .ends
                .get(before)
                .map_or(self.text.len(), |&end| end as usize),
        }
    }

    /// The bytes of line `index`, its newline included; empty beyond the last line.
    pub fn get(&self, index: usize) -> &'a [u8] {
        &self.text[self.offset(index)..self.offset(index + 1)]
    }

    /// The bytes of some consecutive lines, cut to the lines there are; empty for a range that runs backwards.
    pub fn slice(&self, lines: Range<usize>) -> &'a [u8] {
        let start = self.offset(lines.start);
        &self.text[start..self.offset(lines.end).max(start)]
    }

    /// The lines in `range`, cut to the lines there are.
    pub fn range(&self, range: Range<usize>) -> impl DoubleEndedIterator<Item = &'a [u8]> + '_ {
        (range.start..range.end.min(self.len())).map(|index| self.get(index))
    }

    /// Whether the last line ends with a newline; an empty text has no last line.
    pub fn ends_with_newline(&self) -> bool {
        self.text.last() == Some(&b'\n')
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(text: &[u8]) -> Vec<&[u8]> {
        let lines = Lines::split(text).unwrap();
        (0..lines.len()).map(|index| lines.get(index)).collect()
    }

    #[test]
    fn newlines_end_lines_and_nothing_else_does() {
        assert_eq!(all(b""), Vec::<&[u8]>::new());
        assert_eq!(all(b"\n"), [b"\n"]);
        assert_eq!(all(b"a\r\n\nb"), [&b"a\r\n"[..], b"\n", b"b"]);
        assert_eq!(all(b"a\x0c\rb\n"), [b"a\x0c\rb\n"]);
    }

    #[test]
    fn ranges_are_cut_to_what_there_is() {
        let lines = Lines::split(b"a\nb\nc").unwrap();
        assert_eq!(lines.slice(1..9), b"b\nc");
        let (start, end) = (2, 1);
        assert_eq!(lines.slice(start..end), b"");
        assert_eq!(lines.slice(7..9), b"");
        assert_eq!(lines.get(9), b"");
        assert_eq!(lines.range(1..9).count(), 2);
        assert!(!lines.ends_with_newline());
    }

    proptest! {
        #[test]
        fn lines_join_to_the_text(text in proptest::collection::vec(proptest::sample::select(b"a\n\r".to_vec()), 0..30)) {
            let pieces = all(&text);
            prop_assert_eq!(&pieces.concat(), &text);
            prop_assert!(pieces.iter().all(|line| !line.is_empty()));
            prop_assert!(pieces.iter().all(|line| !line[..line.len() - 1].contains(&b'\n')));
        }
    }
}

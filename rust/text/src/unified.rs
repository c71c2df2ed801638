//! Unified diffs: stretches of two texts as hunks with context, and the two lines that name the files. Which files
//! are compared, and the lines of git's extended headers, belong to the caller (`docs/formats/diff.md`).

use std::ops::Range;

use hyg_base::Result;

use crate::compare::{Comparison, Kind, Stretch};
use crate::lines::Lines;

/// What stands after the last line of a text that lacks its newline.
pub const MISSING_NEWLINE: &[u8] = b"\\ No newline at end of file\n";

/// The date of a file that does not exist.
const EPOCH: &[u8] = b"Thu Jan 01 00:00:00 1970 +0000";

/// Function names are cut to so many bytes, the space before them included, where they are ASCII.
const FUNCTION_WIDTH: usize = 41;

/// How a diff is made and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How lines are compared.
    pub comparison: Comparison,
    /// Lines of context around each change.
    pub context: usize,
    /// Name the function that a hunk is in.
    pub show_function: bool,
    /// Git's format: no dates.
    pub git: bool,
    /// No dates in any format.
    pub no_dates: bool,
    /// No `a/` and `b/` before names.
    pub no_prefix: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            comparison: Comparison::default(),
            context: 3,
            show_function: false,
            git: false,
            no_dates: false,
            no_prefix: false,
        }
    }
}

/// One side of a file's diff.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// The content; none where the file does not exist.
    pub text: Option<&'a [u8]>,
    /// The name, with slashes.
    pub name: &'a [u8],
    /// The date as written in the header.
    pub date: &'a [u8],
}

/// The lines that a hunk covers, counted from 1; an empty side names the line before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HunkRange {
    /// First line on the old side.
    pub a_start: usize,
    /// Lines on the old side.
    pub a_len: usize,
    /// First line on the new side.
    pub b_start: usize,
    /// Lines on the new side.
    pub b_len: usize,
}

/// One hunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// The lines it covers; none for the sentence about a binary file.
    pub range: Option<HunkRange>,
    /// The `@@` line and all others, each with its newline.
    pub text: Vec<u8>,
}

/// The diff of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileDiff {
    /// The `---` and `+++` lines without newlines; none for a binary file.
    pub headers: Vec<Vec<u8>>,
    /// The hunks; none where nothing differs.
    pub hunks: Vec<Hunk>,
}

impl FileDiff {
    /// Headers and hunks as they are written.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for header in &self.headers {
            out.extend_from_slice(header);
            out.push(b'\n');
        }
        for hunk in &self.hunks {
            out.extend_from_slice(&hunk.text);
        }
        out
    }
}

/// The unified diff of one file; `binary` says that either side is not text.
///
/// # Errors
/// Only for a text that [`Lines::split`] refuses.
pub fn file_diff(
    old: Side<'_>,
    new: Side<'_>,
    binary: bool,
    options: &Options,
) -> Result<FileDiff> {
    let (a, b) = (old.text.unwrap_or_default(), new.text.unwrap_or_default());
    if a.is_empty() && b.is_empty() || binary && a == b {
        return Ok(FileDiff::default());
    }
    if binary {
        let text = [b"Binary file ", old.name, b" has changed\n"].concat();
        return Ok(FileDiff {
            headers: Vec::new(),
            hunks: vec![Hunk { range: None, text }],
        });
    }
    let (a, b) = (Lines::split(a)?, Lines::split(b)?);
    let hunks = if a.is_empty() {
        vec![whole(&b, b'+')]
    } else if b.is_empty() {
        vec![whole(&a, b'-')]
    } else {
        hunks(&a, &b, options)?
    };
    if hunks.is_empty() {
        return Ok(FileDiff::default());
    }
    let headers = vec![
        header(b"--- ", b"a/", old, options),
        header(b"+++ ", b"b/", new, options),
    ];
    Ok(FileDiff { headers, hunks })
}

fn header(mark: &[u8], prefix: &[u8], side: Side<'_>, options: &Options) -> Vec<u8> {
    let (name, date) = match side.text {
        Some(_) => (side.name, side.date),
        None => (&b"/dev/null"[..], EPOCH),
    };
    let mut out = mark.to_vec();
    if side.text.is_some() && !options.no_prefix {
        out.extend_from_slice(prefix);
    }
    out.extend_from_slice(name);
    if !options.git && !options.no_dates {
        out.push(b'\t');
        out.extend_from_slice(date);
    } else if name.contains(&b' ') {
        out.push(b'\t');
    }
    out
}

/// The one hunk of a text that is all new (`+`) or all gone (`-`).
fn whole(lines: &Lines<'_>, sign: u8) -> Hunk {
    let len = lines.len();
    let (range, head) = if sign == b'+' {
        ((0, 0, 1, len), format!("@@ -0,0 +1,{len} @@\n"))
    } else {
        ((1, len, 0, 0), format!("@@ -1,{len} +0,0 @@\n"))
    };
    let mut text = head.into_bytes();
    push_lines(&mut text, sign, lines, 0..len);
    if !lines.ends_with_newline() {
        text.push(b'\n');
        text.extend_from_slice(MISSING_NEWLINE);
    }
    Hunk {
        range: Some(HunkRange {
            a_start: range.0,
            a_len: range.1,
            b_start: range.2,
            b_len: range.3,
        }),
        text,
    }
}

fn push_lines(out: &mut Vec<u8>, sign: u8, lines: &Lines<'_>, range: Range<usize>) {
    for line in lines.range(range) {
        out.push(sign);
        out.extend_from_slice(line);
    }
}

/// The hunks of a headerless diff of two texts.
///
/// # Errors
/// Only for a text that [`Lines::split`] refuses.
pub fn hunks(a: &Lines<'_>, b: &Lines<'_>, options: &Options) -> Result<Vec<Hunk>> {
    let mut writer = Writer {
        a,
        b,
        options,
        function: Vec::new(),
        searched: 0,
        out: Vec::new(),
    };
    let mut open: Option<Open<'_>> = None;
    // Context comes from the first text, so ignorable stretches count as if they had its size on both sides.
    let mut shift = 0isize;
    for Stretch { block, kind } in options.comparison.stretches(a, b)? {
        match kind {
            Kind::Equal => continue,
            Kind::Ignorable => {
                shift += (block.b2 - block.b1) as isize - (block.a2 - block.a1) as isize;
                continue;
            }
            Kind::Changed => {}
        }
        let in_a = |line: usize| line.saturating_add_signed(-shift);
        let a_start = block.a1.saturating_sub(options.context);
        let mut hunk = match open.take() {
            Some(hunk) if a_start < hunk.a_end + options.context + 1 => hunk,
            before => {
                if let Some(before) = before {
                    writer.finish(before);
                }
                Open {
                    a_start,
                    a_end: a_start,
                    b_start: in_a(block.b1).saturating_sub(options.context),
                    b_end: 0,
                    body: Vec::new(),
                }
            }
        };
        hunk.push(b' ', a, hunk.a_end..block.a1);
        hunk.push(b'-', a, block.a1..block.a2);
        hunk.push(b'+', b, block.b1..block.b2);
        hunk.a_end = block.a2;
        hunk.b_end = in_a(block.b2);
        open = Some(hunk);
    }
    if let Some(hunk) = open {
        writer.finish(hunk);
    }
    Ok(writer.out)
}

/// A hunk that later changes may still join.
struct Open<'a> {
    a_start: usize,
    a_end: usize,
    b_start: usize,
    b_end: usize,
    body: Vec<(u8, &'a [u8])>,
}

impl<'a> Open<'a> {
    fn push(&mut self, sign: u8, lines: &Lines<'a>, range: Range<usize>) {
        self.body
            .extend(lines.range(range).map(|line| (sign, line)));
    }
}

/// Finished hunks, and what is known about the function that the next one is in.
struct Writer<'t, 'a> {
    a: &'t Lines<'a>,
    b: &'t Lines<'a>,
    options: &'t Options,
    function: Vec<u8>,
    /// Lines of the first text before this one were searched for a function already.
    searched: usize,
    out: Vec<Hunk>,
}

impl<'a> Writer<'_, 'a> {
    fn finish(&mut self, mut hunk: Open<'a>) {
        if self.options.show_function {
            self.find_function(hunk.a_start);
        }
        let a_end = hunk
            .a_end
            .saturating_add(self.options.context)
            .min(self.a.len());
        hunk.push(b' ', self.a, hunk.a_end..a_end);
        let a_len = a_end - hunk.a_start;
        let b_len = (hunk.b_end + a_end).saturating_sub(hunk.b_start + hunk.a_end);
        // An empty range names the line before it.
        let range = HunkRange {
            a_start: hunk.a_start + usize::from(a_len > 0),
            a_len,
            b_start: hunk.b_start + usize::from(b_len > 0),
            b_len,
        };
        let text = self.render(range, &hunk.body);
        self.out.push(Hunk {
            range: Some(range),
            text,
        });
    }

    fn render(&self, range: HunkRange, body: &[(u8, &[u8])]) -> Vec<u8> {
        let HunkRange {
            a_start,
            a_len,
            b_start,
            b_len,
        } = range;
        let mut text = format!("@@ -{a_start},{a_len} +{b_start},{b_len} @@").into_bytes();
        text.extend_from_slice(&self.function);
        text.push(b'\n');
        let unfinished = self.unfinished(range, body);
        for (index, (sign, line)) in body.iter().enumerate() {
            text.push(*sign);
            text.extend_from_slice(line);
            if unfinished.contains(&Some(index)) {
                text.push(b'\n');
                text.extend_from_slice(MISSING_NEWLINE);
            }
        }
        text
    }

    /// Which lines of the hunk end a text without a newline. A line that both sides end with is marked once.
    fn unfinished(&self, range: HunkRange, body: &[(u8, &[u8])]) -> [Option<usize>; 2] {
        let mut marks = [None; 2];
        let last = |signs: &[u8]| body.iter().rposition(|(sign, _)| signs.contains(sign));
        if !self.a.ends_with_newline() && range.a_start + range.a_len == self.a.len() + 1 {
            marks[0] = last(b"- ");
            if marks[0].is_some_and(|index| body[index].0 == b' ') {
                return marks;
            }
        }
        if !self.b.ends_with_newline() && range.b_start + range.b_len == self.b.len() + 1 {
            marks[1] = last(b"+");
        }
        marks
    }

    /// Looks upwards for a line that starts with a letter, `_` or `$`, no further than the search before did.
    fn find_function(&mut self, start: usize) {
        let names = |line: &&[u8]| {
            line.first()
                .is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$'))
        };
        if let Some(line) = self.a.range(self.searched..start).rev().find(names) {
            let mut function = [b" ", line].concat();
            function.truncate(trimmed_len(&function));
            if function.is_ascii() {
                function.truncate(FUNCTION_WIDTH);
            }
            self.function = function;
        }
        self.searched = start;
    }
}

/// The length of `line` without the white space at its end.
fn trimmed_len(line: &[u8]) -> usize {
    let white = |byte: &u8| matches!(byte, b' ' | b'\t'..=b'\r');
    line.iter()
        .rposition(|byte| !white(byte))
        .map_or(0, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diff(a: &[u8], b: &[u8], options: &Options) -> String {
        let side = |text, name| Side {
            text: Some(text),
            name,
            date: b"D",
        };
        let made = file_diff(side(a, b"f"), side(b, b"g h"), false, options).unwrap();
        String::from_utf8(made.to_bytes()).unwrap()
    }

    #[test]
    fn context_function_and_missing_newline() {
        let options = Options {
            context: 1,
            show_function: true,
            git: true,
            ..Options::default()
        };
        assert_eq!(
            diff(b"f:\n 1\n 2\n 3", b"f:\n 1\n 2\n 4", &options),
            "--- a/f\n+++ b/g h\t\n@@ -3,2 +3,2 @@ f:\n  2\n- 3\n\\ No newline at end of file\n\
             + 4\n\\ No newline at end of file\n"
        );
        assert_eq!(diff(b"x", b"x", &options), "");
    }

    #[test]
    fn texts_that_appear_or_go() {
        let options = Options::default();
        assert_eq!(
            diff(b"", b"x\n", &options),
            "--- a/f\tD\n+++ b/g h\tD\n@@ -0,0 +1,1 @@\n+x\n"
        );
        assert_eq!(
            diff(b"x", b"", &options),
            "--- a/f\tD\n+++ b/g h\tD\n@@ -1,1 +0,0 @@\n-x\n\\ No newline at end of file\n"
        );
    }
}

//! The lines of one manifest text, read in place: path, node in hexadecimal, flag.
//! What a line with the directory flag leads to is `tree`.

use std::cmp::Ordering;

use hyg_base::{Error, ErrorId, Node, RepoPath, Result};

use super::FileEntry;

/// The flag of a manifest line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(u8);

impl Flags {
    /// A regular file.
    pub const NONE: Flags = Flags(0);
    /// An executable file.
    pub const EXEC: Flags = Flags(b'x');
    /// A symbolic link.
    pub const LINK: Flags = Flags(b'l');
    /// A directory with a manifest of its own.
    pub const DIR: Flags = Flags(b't');

    /// From what users see; anything else than `x` and `l` is neither.
    pub fn from_name(name: &[u8]) -> Flags {
        match name {
            b"x" => Flags::EXEC,
            b"l" => Flags::LINK,
            _ => Flags::NONE,
        }
    }

    /// Whether the file is executable.
    pub fn is_exec(self) -> bool {
        self == Flags::EXEC
    }

    /// Whether it is a symbolic link.
    pub fn is_link(self) -> bool {
        self == Flags::LINK
    }

    /// Whether it is a directory.
    pub fn is_dir(self) -> bool {
        self == Flags::DIR
    }

    /// As users see it: empty or one letter.
    pub fn as_str(self) -> &'static str {
        match self.0 {
            b'x' => "x",
            b'l' => "l",
            b't' => "t",
            _ => "",
        }
    }
}

/// One line.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    path: &'a [u8],
    hex: &'a [u8; 40],
    flags: Flags,
    offset: usize,
}

impl<'a> Line<'a> {
    /// The path (within the directory, in a tree).
    pub fn path(&self) -> &'a RepoPath {
        RepoPath::new(self.path)
    }

    /// The flag.
    pub fn flags(&self) -> Flags {
        self.flags
    }

    /// The node as it is written.
    pub fn node_hex(&self) -> &'a [u8; 40] {
        self.hex
    }

    /// Node and flag.
    ///
    /// # Errors
    /// [`ErrorId::CorruptRevision`] where the node is not hexadecimal.
    pub fn entry(&self) -> Result<FileEntry> {
        match Node::from_hex(self.hex) {
            Some(node) => Ok(FileEntry {
                node,
                flags: self.flags,
            }),
            None => Err(corrupt(
                "a node of a manifest is not hexadecimal",
                self.offset,
            )),
        }
    }
}

pub(super) fn corrupt(problem: &'static str, offset: usize) -> Error {
    Error::new(ErrorId::CorruptRevision)
        .with("problem", problem)
        .with("offset", offset)
}

/// Reads the line that begins at `offset`; also says where the next one begins.
pub(super) fn read_line(text: &[u8], offset: usize) -> Result<(Line<'_>, usize)> {
    let rest = text.get(offset..).unwrap_or_default();
    let Some(path_len) = memchr::memchr(0, rest) else {
        return Err(corrupt("a manifest line is cut short", offset));
    };
    if path_len == 0 {
        return Err(corrupt("a manifest line has no path", offset));
    }
    let (path, after) = rest.split_at(path_len);
    let Some((hex, end)) = after[1..].split_first_chunk::<40>() else {
        return Err(corrupt("a manifest line is cut short", offset));
    };
    let (flags, width) = match end {
        [b'\n', ..] => (Flags::NONE, 0),
        [flag @ (b'x' | b'l' | b't'), b'\n', ..] => (Flags(*flag), 1),
        [] | [b'x' | b'l' | b't'] => {
            return Err(corrupt("a manifest does not end with a newline", offset));
        }
        _ => return Err(corrupt("a manifest line is malformed", offset)),
    };
    if memchr::memchr(b'\n', path).is_some() {
        return Err(corrupt("a manifest line is malformed", offset));
    }
    let line = Line {
        path,
        hex,
        flags,
        offset,
    };
    Ok((line, offset + path_len + 1 + 40 + width + 1))
}

/// The lines of a manifest text from top to bottom; each is checked to come after the one before.
#[derive(Clone, Debug)]
pub struct Lines<'a> {
    text: &'a [u8],
    offset: usize,
    last: &'a [u8],
}

impl<'a> Lines<'a> {
    /// All lines of `text`.
    pub fn new(text: &'a [u8]) -> Lines<'a> {
        Lines {
            text,
            offset: 0,
            last: b"",
        }
    }

    /// The next line, `None` at the end.
    ///
    /// # Errors
    /// [`ErrorId::CorruptRevision`] (facts `problem`, `offset`).
    pub fn advance(&mut self) -> Result<Option<Line<'a>>> {
        if self.offset >= self.text.len() {
            return Ok(None);
        }
        let (line, next) = read_line(self.text, self.offset)?;
        if line.path <= self.last {
            return Err(corrupt(
                "the lines of a manifest are not sorted",
                self.offset,
            ));
        }
        self.last = line.path;
        self.offset = next;
        Ok(Some(line))
    }

    /// What has not been read yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.text.get(self.offset..).unwrap_or_default()
    }

    /// Leaves out `len` bytes, which must be whole lines.
    pub(super) fn skip(&mut self, len: usize) {
        self.offset += len;
    }

    /// The line of `path`, found by halving the text.
    ///
    /// # Errors
    /// [`ErrorId::CorruptRevision`] for a malformed line on the way.
    pub fn find(text: &'a [u8], path: &[u8]) -> Result<Option<Line<'a>>> {
        Lines::find_with(text, path, &|offset| read_line(text, offset))
    }

    /// The same where `read` reads the line that begins at an offset.
    pub(super) fn find_with(
        text: &'a [u8],
        path: &[u8],
        read: &dyn Fn(usize) -> Result<(Line<'a>, usize)>,
    ) -> Result<Option<Line<'a>>> {
        let (mut low, mut high) = (0, text.len());
        while low < high {
            let middle = low.midpoint(high);
            let start = memchr::memrchr(b'\n', &text[low..middle]).map_or(low, |at| low + at + 1);
            let (line, next) = read(start)?;
            match line.path.cmp(path) {
                Ordering::Equal => return Ok(Some(line)),
                Ordering::Less => low = next,
                Ordering::Greater => high = start,
            }
        }
        Ok(None)
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Result<Line<'a>>;

    fn next(&mut self) -> Option<Result<Line<'a>>> {
        let line = self.advance();
        if line.is_err() {
            self.offset = self.text.len();
        }
        line.transpose()
    }
}

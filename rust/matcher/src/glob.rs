//! Globs: their spelling as a regular expression, and the simple shapes that need none.
//! Where a glob is rooted and what may follow it is decided by the kinds of patterns.

/// The bytes that the peer writes behind a backslash in a regular expression.
const SPECIAL: &[u8] = b"()[]{}?*+-|^$\\.&~# \t\n\r\x0b\x0c";

/// Adds `text` with everything special escaped.
pub(crate) fn escape_into(out: &mut Vec<u8>, text: &[u8]) {
    for byte in text {
        if SPECIAL.contains(byte) {
            out.push(b'\\');
        }
        out.push(*byte);
    }
}

/// One piece of a glob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    Byte(u8),
    /// `*`
    Star,
    /// `**`
    Anything,
    /// `**/`
    Directories,
    /// `?`
    AnyByte,
    /// What stands between brackets.
    Set(&'a [u8]),
    /// `{`
    Open,
    /// `,` inside braces
    Or,
    /// `}`
    Close,
}

/// Cuts a glob into pieces.
struct Pieces<'a> {
    rest: &'a [u8],
    open: usize,
}

impl<'a> Pieces<'a> {
    fn new(glob: &'a [u8]) -> Pieces<'a> {
        Pieces {
            rest: glob,
            open: 0,
        }
    }

    fn accept(&mut self, wanted: u8) -> bool {
        let found = self.rest.first() == Some(&wanted);
        if found {
            self.rest = &self.rest[1..];
        }
        found
    }

    /// The inside of a set whose `[` has been taken; `None` where no `]` closes it. A `]` or `!` at its start does
    /// not.
    fn set(&mut self) -> Option<&'a [u8]> {
        let skip = usize::from(matches!(self.rest.first(), Some(b'!' | b']')));
        let end = skip
            + self
                .rest
                .get(skip..)?
                .iter()
                .position(|byte| *byte == b']')?;
        let inside = &self.rest[..end];
        self.rest = &self.rest[end + 1..];
        Some(inside)
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(match byte {
            b'*' if !self.accept(b'*') => Piece::Star,
            b'*' if self.accept(b'/') => Piece::Directories,
            b'*' => Piece::Anything,
            b'?' => Piece::AnyByte,
            b'[' => self.set().map_or(Piece::Byte(b'['), Piece::Set),
            b'{' => {
                self.open += 1;
                Piece::Open
            }
            b'}' if self.open > 0 => {
                self.open -= 1;
                Piece::Close
            }
            b',' if self.open > 0 => Piece::Or,
            b'\\' => match self.rest.split_first() {
                Some((escaped, rest)) => {
                    self.rest = rest;
                    Piece::Byte(*escaped)
                }
                None => Piece::Byte(b'\\'),
            },
            _ => Piece::Byte(*byte),
        })
    }
}

/// A glob as a regular expression of Python's, without anything that says what may follow.
pub(crate) fn to_regex(glob: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(glob.len() * 2);
    for piece in Pieces::new(glob) {
        match piece {
            Piece::Byte(byte) => escape_into(&mut out, &[byte]),
            Piece::Star => out.extend(b"[^/]*"),
            Piece::Anything => out.extend(b".*"),
            Piece::Directories => out.extend(b"(?:.*/)?"),
            Piece::AnyByte => out.push(b'.'),
            Piece::Set(inside) => set_to_regex(&mut out, inside),
            Piece::Open => out.extend(b"(?:"),
            Piece::Or => out.push(b'|'),
            Piece::Close => out.push(b')'),
        }
    }
    out
}

fn set_to_regex(out: &mut Vec<u8>, inside: &[u8]) {
    out.push(b'[');
    for (index, byte) in inside.iter().enumerate() {
        match byte {
            b'!' if index == 0 => out.push(b'^'),
            b'^' if index == 0 => out.extend(b"\\^"),
            b'\\' => out.extend(b"\\\\"),
            _ => out.push(*byte),
        }
    }
    out.push(b']');
}

/// Globs that a look-up answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// No wildcard.
    Literal(Vec<u8>),
    /// `**/` and then no wildcard.
    DirectoriesLiteral(Vec<u8>),
    /// `*` and then no wildcard.
    StarLiteral(Vec<u8>),
    /// `**` and then no wildcard.
    AnythingLiteral(Vec<u8>),
    /// `*` behind what has no wildcard.
    LiteralStar(Vec<u8>),
}

/// The simple shape of a glob, if it has one.
pub(crate) fn shape(glob: &[u8]) -> Option<Shape> {
    let mut pieces = Pieces::new(glob).peekable();
    let lead =
        pieces.next_if(|piece| matches!(piece, Piece::Star | Piece::Anything | Piece::Directories));
    let mut literal = Vec::with_capacity(glob.len());
    while let Some(piece) = pieces.next() {
        match piece {
            Piece::Byte(byte) => literal.push(byte),
            Piece::Star if lead.is_none() && pieces.peek().is_none() => {
                return Some(Shape::LiteralStar(literal));
            }
            _ => return None,
        }
    }
    Some(match lead {
        None => Shape::Literal(literal),
        Some(Piece::Star) => Shape::StarLiteral(literal),
        Some(Piece::Anything) => Shape::AnythingLiteral(literal),
        _ => Shape::DirectoriesLiteral(literal),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regex(glob: &str) -> String {
        String::from_utf8(to_regex(glob.as_bytes())).unwrap()
    }

    #[test]
    fn spelling_as_regex() {
        assert_eq!(regex("*.c"), r"[^/]*\.c");
        assert_eq!(regex("a/**/b**c***/"), r"a/(?:.*/)?b.*c.*[^/]*/");
        assert_eq!(regex("?[ab][!c][^d][]e][\\]"), r".[ab][^c][\^d][]e][\\]");
        assert_eq!(regex("{a,b{c,}}d}"), r"(?:a|b(?:c|))d\}");
        assert_eq!(regex(r"a,\*\"), r"a,\*\\");
        assert_eq!(regex("[a"), r"\[a");
        assert_eq!(regex("[!"), r"\[!");
        assert_eq!(regex("[!]"), r"[^]");
    }

    #[test]
    fn simple_shapes() {
        let lit = |text: &str| text.as_bytes().to_vec();
        assert_eq!(shape(b"build"), Some(Shape::Literal(lit("build"))));
        assert_eq!(shape(b"\\*a"), Some(Shape::Literal(lit("*a"))));
        assert_eq!(shape(b"*.o"), Some(Shape::StarLiteral(lit(".o"))));
        assert_eq!(
            shape(b"**/x/y"),
            Some(Shape::DirectoriesLiteral(lit("x/y")))
        );
        assert_eq!(shape(b"**.o"), Some(Shape::AnythingLiteral(lit(".o"))));
        assert_eq!(shape(b"core.*"), Some(Shape::LiteralStar(lit("core."))));
        assert_eq!(shape(b"*"), Some(Shape::StarLiteral(lit(""))));
        for glob in ["*a*", "a*b", "a?", "[ab]", "{a,b}", "a**"] {
            assert_eq!(shape(glob.as_bytes()), None, "{glob}");
        }
    }
}

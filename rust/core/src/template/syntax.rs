//! Template text to a tree, by the precedences of `view/templates/syntax.py`.
//! Whatever is malformed or unusual is refused without a sentence: Python parses it again and says what is wrong.

use hyg_base::{Error, ErrorId, Result};

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tree {
    /// Text as it is.
    Text(Vec<u8>),
    /// Text with expressions in it.
    Template(Vec<Tree>),
    /// A number inside an expression.
    Integer(i64),
    /// A name.
    Symbol(String),
    /// In parentheses.
    Group(Box<Tree>),
    /// `name(arguments)`
    Call(String, Vec<Tree>),
    /// `value|name`
    Filter(Box<Tree>, String),
    /// `list % template`
    Map(Box<Tree>, Box<Tree>),
    /// `value.name`
    Member(Box<Tree>, String),
    /// `name=value` among arguments
    Named(String, Box<Tree>),
}

/// Refuses what only Python serves.
pub(super) fn refused<T>() -> Result<T> {
    Err(Error::new(ErrorId::Unsupported).with("feature", "this template"))
}

/// Deeper nesting than this is Python's to refuse.
const DEEPEST: usize = 40;

/// Parses a whole template.
pub(super) fn parse(text: &[u8]) -> Result<Tree> {
    let (pieces, _) = nested(text, 0, None, 0)?;
    Ok(simplified(pieces))
}

fn simplified(mut pieces: Vec<Tree>) -> Tree {
    match pieces.as_slice() {
        [] => Tree::Text(Vec::new()),
        [Tree::Text(_)] => pieces.remove(0),
        _ => Tree::Template(pieces),
    }
}

/// Template text up to the quote, or the end; its pieces and where it ends.
fn nested(
    text: &[u8],
    start: usize,
    quote: Option<u8>,
    depth: usize,
) -> Result<(Vec<Tree>, usize)> {
    if depth > DEEPEST {
        return refused();
    }
    let mut pieces = Vec::new();
    let mut at = start;
    let mut from = start;
    loop {
        let Some(byte) = text.get(at).copied() else {
            if quote.is_some() {
                return refused();
            }
            push_text(&text[from..], &mut pieces)?;
            return Ok((pieces, at));
        };
        if byte != b'{' && Some(byte) != quote {
            at += 1;
            continue;
        }
        let before = &text[from..at];
        let slashes = before.iter().rev().take_while(|b| **b == b'\\').count();
        if slashes % 2 == 1 {
            let mut literal = unescape(&before[..before.len() - 1])?;
            literal.push(byte);
            pieces.push(Tree::Text(literal));
            at += 1;
            from = at;
            continue;
        }
        push_text(before, &mut pieces)?;
        if Some(byte) == quote {
            return Ok((pieces, at + 1));
        }
        let mut parser = Parser {
            text,
            at: at + 1,
            depth: depth + 1,
        };
        pieces.push(parser.expression(0)?);
        parser.skip_space();
        if text.get(parser.at) != Some(&b'}') {
            return refused();
        }
        at = parser.at + 1;
        from = at;
    }
}

fn push_text(text: &[u8], pieces: &mut Vec<Tree>) -> Result<()> {
    if !text.is_empty() {
        pieces.push(Tree::Text(unescape(text)?));
    }
    Ok(())
}

/// Backslash escapes as in a literal of Python; unusual ones are refused.
fn unescape(text: &[u8]) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        match bytes.next() {
            Some(b'n') => out.push(b'\n'),
            Some(b't') => out.push(b'\t'),
            Some(b'r') => out.push(b'\r'),
            Some(b'a') => out.push(7),
            Some(b'b') => out.push(8),
            Some(b'f') => out.push(12),
            Some(b'v') => out.push(11),
            Some(b'0') if !bytes.peek().is_some_and(u8::is_ascii_digit) => out.push(0),
            Some(byte @ (b'\\' | b'\'' | b'"')) => out.push(byte),
            Some(b'x') => {
                let digits = [bytes.next().unwrap_or(0), bytes.next().unwrap_or(0)];
                let number = std::str::from_utf8(&digits).ok();
                let number = number.and_then(|digits| u8::from_str_radix(digits, 16).ok());
                match number {
                    Some(number) => out.push(number),
                    None => return refused(),
                }
            }
            _ => return refused(),
        }
    }
    Ok(out)
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn skip_space(&mut self) {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn peek(&mut self) -> Option<u8> {
        self.skip_space();
        self.text.get(self.at).copied()
    }

    fn takes(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self) -> &[u8] {
        let start = self.at;
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        while self.text.get(self.at).is_some_and(is_word) {
            self.at += 1;
        }
        &self.text[start..self.at]
    }

    fn name(&mut self) -> Result<String> {
        self.skip_space();
        let word = self.word();
        match word.first() {
            Some(first) if !first.is_ascii_digit() => {
                Ok(String::from_utf8_lossy(word).into_owned())
            }
            _ => refused(),
        }
    }

    fn expression(&mut self, binding: usize) -> Result<Tree> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return refused();
        }
        let mut tree = self.operand()?;
        loop {
            match self.peek() {
                Some(b'(') if binding < 20 => {
                    let Tree::Symbol(name) = tree else {
                        return refused();
                    };
                    self.at += 1;
                    tree = Tree::Call(name, self.arguments()?);
                }
                Some(b'.') if binding < 18 => {
                    self.at += 1;
                    tree = Tree::Member(Box::new(tree), self.name()?);
                }
                Some(b'%') if binding < 15 => {
                    self.at += 1;
                    tree = Tree::Map(Box::new(tree), Box::new(self.expression(15)?));
                }
                Some(b'|') if binding < 15 => {
                    self.at += 1;
                    tree = Tree::Filter(Box::new(tree), self.name()?);
                }
                Some(b'=') if binding < 3 => {
                    self.at += 1;
                    let Tree::Symbol(name) = tree else {
                        return refused();
                    };
                    tree = Tree::Named(name, Box::new(self.expression(3)?));
                }
                Some(b'+' | b'-' | b'*' | b'/') => return refused(),
                _ => break,
            }
        }
        self.depth -= 1;
        Ok(tree)
    }

    /// Arguments after an opening parenthesis.
    fn arguments(&mut self) -> Result<Vec<Tree>> {
        let mut found = Vec::new();
        if self.takes(b')') {
            return Ok(found);
        }
        loop {
            found.push(self.expression(2)?);
            if self.takes(b')') {
                return Ok(found);
            }
            if !self.takes(b',') {
                return refused();
            }
        }
    }

    fn operand(&mut self) -> Result<Tree> {
        match self.peek() {
            Some(b'(') => {
                self.at += 1;
                let inside = self.expression(1)?;
                match self.takes(b')') {
                    true => Ok(Tree::Group(Box::new(inside))),
                    false => refused(),
                }
            }
            Some(quote @ (b'"' | b'\'')) => {
                let (pieces, end) = nested(self.text, self.at + 1, Some(quote), self.depth)?;
                self.at = end;
                Ok(simplified(pieces))
            }
            Some(b'r') if matches!(self.text.get(self.at + 1), Some(b'"' | b'\'')) => {
                let quote = self.text[self.at + 1];
                let rest = &self.text[self.at + 2..];
                let end = rest.iter().position(|byte| *byte == quote);
                let inside = end.map(|end| &rest[..end]);
                match inside.filter(|inside| !inside.contains(&b'\\')) {
                    Some(inside) => {
                        self.at += 3 + inside.len();
                        Ok(Tree::Text(inside.to_vec()))
                    }
                    None => refused(),
                }
            }
            Some(byte) if byte.is_ascii_digit() => {
                let word = String::from_utf8_lossy(self.word()).into_owned();
                match word.parse() {
                    Ok(number) => Ok(Tree::Integer(number)),
                    Err(_) => refused(),
                }
            }
            Some(byte) if byte.is_ascii_alphabetic() || byte == b'_' => {
                Ok(Tree::Symbol(self.name()?))
            }
            _ => refused(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_expressions() {
        let text = |text: &str| Tree::Text(text.as_bytes().to_vec());
        let symbol = |name: &str| Tree::Symbol(name.to_owned());
        assert_eq!(
            parse(b"a\\n\\{b").unwrap(),
            Tree::Template(vec![text("a\n{"), text("b")])
        );
        let filtered = Tree::Filter(Box::new(symbol("node")), "short".to_owned());
        assert_eq!(
            parse(b"{ node | short }\\t").unwrap(),
            Tree::Template(vec![filtered, text("\t")])
        );
        let mapped = Tree::Map(
            Box::new(symbol("tags")),
            Box::new(Tree::Template(vec![symbol("tag"), text("!")])),
        );
        assert_eq!(
            parse(b"{tags % '{tag}!'}").unwrap(),
            Tree::Template(vec![mapped])
        );
        let call = Tree::Call(
            "pad".to_owned(),
            vec![
                symbol("rev"),
                Tree::Integer(4),
                Tree::Named("left".to_owned(), Box::new(symbol("True"))),
            ],
        );
        assert_eq!(
            parse(b"{pad(rev, 4, left=True)}").unwrap(),
            Tree::Template(vec![call])
        );
    }

    #[test]
    fn what_is_odd_is_refused() {
        for text in [
            "{", "{}", "{a", "{a b}", "{'a}", "{1+2}", "\\q", "{a|}", "{f(a}", "{-1}", "{a|1}",
        ] {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
        let deep = format!(
            "{}a{}",
            "{(".to_owned() + &"(".repeat(100),
            ")".repeat(101) + "}"
        );
        assert!(parse(deep.as_bytes()).is_err());
    }
}

//! Revision expressions to trees, with the precedences of `query/revset/syntax.py`.
//! What the trees mean is `evaluate`'s.

use hyg_base::Result;

use super::refused;
use super::tree::Tree;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(Vec<u8>),
    Quoted(Vec<u8>),
    Sign(&'static str),
}

/// Deeper nesting than this is Python's to refuse.
const DEEPEST: usize = 60;

const SIGNS: [&str; 15] = [
    "::", "..", ":", "(", ")", "~", "^", "-", "+", "|", "&", "!", "%", ",", "=",
];

pub(super) fn parse(text: &[u8], is_name: &dyn Fn(&[u8]) -> bool) -> Result<Tree> {
    let tokens = match whole_names(text, is_name) {
        Some(tokens) => tokens,
        None => tokens(text, is_name)?,
    };
    let mut parser = Parser {
        tokens: &tokens,
        at: 0,
        depth: 0,
    };
    let tree = parser.expression(0)?;
    match parser.at == tokens.len() {
        true => Ok(tree),
        false => refused(),
    }
}

/// Names that hold signs, alone or on both sides of a colon, are names before they are anything else.
fn whole_names(text: &[u8], is_name: &dyn Fn(&[u8]) -> bool) -> Option<Vec<Token>> {
    let in_word = |byte: &u8| begins_word(*byte) || b"-/".contains(byte);
    let mut sides = text.splitn(2, |byte| *byte == b':');
    let (first, last) = (sides.next().unwrap_or_default(), sides.next());
    let all = [Some(first), last];
    let given = || all.iter().flatten().filter(|side| !side.is_empty());
    if given().all(|side| side.iter().all(in_word)) || !given().all(|side| is_name(side)) {
        return None;
    }
    let word = |side: &[u8]| (!side.is_empty()).then(|| Token::Word(side.to_vec()));
    let mut tokens: Vec<Token> = word(first).into_iter().collect();
    tokens.extend(last.map(|_| Token::Sign(":")));
    tokens.extend(last.and_then(word));
    Some(tokens)
}

fn begins_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._@$".contains(&byte) || byte >= 128
}

fn tokens(text: &[u8], is_name: &dyn Fn(&[u8]) -> bool) -> Result<Vec<Token>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(byte) = text.get(at).copied() {
        if byte.is_ascii_whitespace() {
            at += 1;
            continue;
        }
        let sign = SIGNS
            .iter()
            .find(|sign| text[at..].starts_with(sign.as_bytes()));
        if let Some(sign) = sign {
            at += sign.len();
            found.push(Token::Sign(match *sign {
                ".." => "::",
                "|" => "+",
                "&" => "and",
                "!" => "not",
                other => other,
            }));
            continue;
        }
        if matches!(byte, b'"' | b'\'') {
            let rest = &text[at + 1..];
            let end = rest.iter().position(|other| *other == byte);
            match end.map(|end| &rest[..end]) {
                Some(inside) if !inside.contains(&b'\\') => {
                    found.push(Token::Quoted(inside.to_vec()));
                    at += inside.len() + 2;
                }
                _ => return refused(),
            }
            continue;
        }
        if !begins_word(byte) {
            return refused();
        }
        let start = at;
        while let Some(byte) = text.get(at)
            && (begins_word(*byte) || b"-/".contains(byte))
            && !text[at..].starts_with(b"..")
        {
            at += 1;
        }
        word(&text[start..at], is_name, &mut found);
    }
    Ok(found)
}

/// A word, or with hyphens several with minus between, unless it is a name as a whole.
fn word(word: &[u8], is_name: &dyn Fn(&[u8]) -> bool, found: &mut Vec<Token>) {
    match word {
        b"and" => found.push(Token::Sign("and")),
        b"or" => found.push(Token::Sign("+")),
        b"not" => found.push(Token::Sign("not")),
        word if !word.contains(&b'-') || is_name(word) => found.push(Token::Word(word.to_vec())),
        word => {
            for (index, part) in word.split(|byte| *byte == b'-').enumerate() {
                if index > 0 {
                    found.push(Token::Sign("-"));
                }
                if !part.is_empty() {
                    found.push(Token::Word(part.to_vec()));
                }
            }
        }
    }
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn sign(&self) -> Option<&'static str> {
        match self.tokens.get(self.at) {
            Some(Token::Sign(sign)) => Some(sign),
            _ => None,
        }
    }

    /// Whether an expression can begin here.
    fn begins(&self) -> bool {
        match self.tokens.get(self.at) {
            Some(Token::Sign(sign)) => ["(", "::", ":", "-", "not"].contains(sign),
            other => other.is_some(),
        }
    }

    fn boxed(&mut self, binding: usize) -> Result<Box<Tree>> {
        self.expression(binding).map(Box::new)
    }

    fn expression(&mut self, binding: usize) -> Result<Tree> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return refused();
        }
        let mut tree = self.operand()?;
        while let Some(sign) = self.sign() {
            let strength = match sign {
                "~" | "^" => 18,
                "::" => 17,
                ":" => 15,
                "-" | "and" | "%" => 5,
                "+" => 4,
                _ => break,
            };
            if binding >= strength {
                break;
            }
            self.at += 1;
            let left = Box::new(tree);
            tree = match sign {
                "~" => match self.number() {
                    Some(number) => Tree::Ancestor(left, number),
                    None => return refused(),
                },
                "^" => match self.number() {
                    Some(number @ 0..=2) => Tree::Parent(left, u8::try_from(number).ok()),
                    Some(_) => return refused(),
                    None => match self.tokens.get(self.at) {
                        Some(
                            Token::Word(_) | Token::Quoted(_) | Token::Sign("(" | "-" | "not"),
                        ) => {
                            return refused();
                        }
                        _ => Tree::Parent(left, None),
                    },
                },
                "::" if self.begins() => Tree::Ways(left, self.boxed(17)?),
                "::" => Tree::call("descendants", vec![*left]),
                ":" if self.begins() => Tree::Range(Some(left), Some(self.boxed(15)?)),
                ":" => Tree::Range(Some(left), None),
                "-" => Tree::Difference(left, self.boxed(5)?),
                "%" => Tree::call("only", vec![*left, self.expression(5)?]),
                "and" => Tree::And(left, self.boxed(5)?),
                _ => {
                    let right = self.expression(4)?;
                    match *left {
                        Tree::Or(mut parts) => {
                            parts.push(right);
                            Tree::Or(parts)
                        }
                        left => Tree::Or(vec![left, right]),
                    }
                }
            };
        }
        self.depth -= 1;
        Ok(tree)
    }

    fn number(&mut self) -> Option<u32> {
        let Some(Token::Word(word)) = self.tokens.get(self.at) else {
            return None;
        };
        let number = std::str::from_utf8(word).ok()?.parse().ok()?;
        self.at += 1;
        Some(number)
    }

    fn operand(&mut self) -> Result<Tree> {
        let token = self.tokens.get(self.at);
        self.at += 1;
        match token {
            Some(Token::Word(word)) if self.sign() == Some("(") => {
                self.at += 1;
                let name = String::from_utf8_lossy(word).into_owned();
                Ok(Tree::Call(name, self.arguments()?))
            }
            Some(Token::Word(word) | Token::Quoted(word)) => Ok(Tree::Name(word.clone())),
            Some(Token::Sign("(")) => {
                let inside = self.expression(1)?;
                match self.sign() {
                    Some(")") => {
                        self.at += 1;
                        Ok(inside)
                    }
                    _ => refused(),
                }
            }
            Some(Token::Sign("-")) => match self.tokens.get(self.at) {
                Some(Token::Word(word)) => {
                    self.at += 1;
                    Ok(Tree::Name([b"-", word.as_slice()].concat()))
                }
                _ => refused(),
            },
            Some(Token::Sign("not")) => Ok(Tree::Not(self.boxed(10)?)),
            Some(Token::Sign("::")) if self.begins() => {
                Ok(Tree::call("ancestors", vec![self.expression(17)?]))
            }
            Some(Token::Sign(":")) if self.begins() => Ok(Tree::Range(None, Some(self.boxed(15)?))),
            Some(Token::Sign(":")) => Ok(Tree::Range(None, None)),
            _ => refused(),
        }
    }

    /// Arguments after an opening parenthesis.
    fn arguments(&mut self) -> Result<Vec<Tree>> {
        let mut found = Vec::new();
        if self.sign() == Some(")") {
            self.at += 1;
            return Ok(found);
        }
        loop {
            let key = match (self.tokens.get(self.at), self.tokens.get(self.at + 1)) {
                (Some(Token::Word(key)), Some(Token::Sign("="))) => Some(key),
                _ => None,
            };
            match key {
                None => found.push(self.expression(2)?),
                Some(key) => {
                    self.at += 2;
                    let key = String::from_utf8_lossy(key).into_owned();
                    found.push(Tree::Keyed(key, self.boxed(3)?));
                }
            }
            let sign = self.sign();
            self.at += 1;
            match sign {
                Some(")") => return Ok(found),
                Some(",") => {}
                _ => return refused(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(tree: &Tree) -> String {
        let side = |side: &Option<Box<Tree>>| side.as_ref().map_or(String::new(), |one| shown(one));
        match tree {
            Tree::Name(name) => String::from_utf8_lossy(name).into_owned(),
            Tree::Or(parts) => {
                let parts: Vec<_> = parts.iter().map(shown).collect();
                format!("({})", parts.join(" or "))
            }
            Tree::And(a, b) => format!("({} and {})", shown(a), shown(b)),
            Tree::Difference(a, b) => format!("({} minus {})", shown(a), shown(b)),
            Tree::Not(a) => format!("(not {})", shown(a)),
            Tree::Range(a, b) => format!("({}:{})", side(a), side(b)),
            Tree::Ways(a, b) => format!("({}::{})", shown(a), shown(b)),
            Tree::Parent(a, None) => format!("{}^", shown(a)),
            Tree::Parent(a, Some(n)) => format!("{}^{n}", shown(a)),
            Tree::Ancestor(a, n) => format!("{}~{n}", shown(a)),
            Tree::Keyed(key, value) => format!("{key}={}", shown(value)),
            Tree::Call(name, items) => {
                let items: Vec<_> = items.iter().map(shown).collect();
                format!("{name}({})", items.join(","))
            }
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn precedence() {
        for (text, wanted) in [
            ("p1() + p2()", "(p1() or p2())"),
            ("a or b and not c", "(a or (b and (not c)))"),
            ("1:3 - 2", "((1:3) minus 2)"),
            ("::a^ and b::", "(ancestors(a^) and descendants(b))"),
            ("a^:b", "(a^:b)"),
            ("reverse(a::b) & 'x y'", "(reverse((a::b)) and x y)"),
            (".^^2~3", ".^^2~3"),
            ("-1", "-1"),
            ("a-b", "(a minus b)"),
            ("na-me", "na-me"),
            ("a..b", "(a::b)"),
            ("a or b + c", "(a or b or c)"),
            ("a % b/c", "only(a,b/c)"),
            ("limit(all(), 3)", "limit(all(),3)"),
            ("limit(all(), n=3)", "limit(all(),n=3)"),
            (":", "(:)"),
            ("not a:b", "(not (a:b))"),
            ("x+y", "x+y"),
            ("x+y:b", "(x+y:b)"),
            ("x+y:c", "(x or (y:c))"),
        ] {
            let known: [&[u8]; 3] = [b"na-me", b"x+y", b"b"];
            let tree = parse(text.as_bytes(), &|name| known.contains(&name));
            assert_eq!(
                tree.map(|tree| shown(&tree)).ok().as_deref(),
                Some(wanted),
                "{text}"
            );
        }
        for text in [
            "", "a b", "a(", "a[0]", "a#b", "a##b", "f(a=b", "a=b", "::", "'a\\n'", "a^3", "a^b",
            "a^ - b", "(a",
        ] {
            assert!(parse(text.as_bytes(), &|_| false).is_err(), "{text}");
        }
    }
}

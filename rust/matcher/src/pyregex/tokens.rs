//! The tokens of an expression: single bytes, and a backslash together with the byte after it.
//! What a token means depends on where it stands and is decided by the parser.

use super::Refusal;

/// A byte, or a byte behind a backslash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Byte(u8),
    Escape(u8),
}

/// A reader with one token of foresight.
pub(super) struct Tokens<'a> {
    text: &'a [u8],
    /// Where the token in `next` ends.
    end: usize,
    next: Option<Token>,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a [u8]) -> Result<Tokens<'a>, Refusal> {
        let mut tokens = Tokens {
            text,
            end: 0,
            next: None,
        };
        tokens.advance()?;
        Ok(tokens)
    }

    fn advance(&mut self) -> Result<(), Refusal> {
        self.next = match self.text.get(self.end) {
            None => None,
            Some(b'\\') => match self.text.get(self.end + 1) {
                None => return Err(Refusal::Invalid("bad escape (end of pattern)")),
                Some(byte) => {
                    self.end += 2;
                    Some(Token::Escape(*byte))
                }
            },
            Some(byte) => {
                self.end += 1;
                Some(Token::Byte(*byte))
            }
        };
        Ok(())
    }

    /// The token that `take` would give.
    pub(super) fn peek(&self) -> Option<Token> {
        self.next
    }

    /// The plain byte that comes next, if it is one.
    pub(super) fn peek_byte(&self) -> Option<u8> {
        match self.next {
            Some(Token::Byte(byte)) => Some(byte),
            _ => None,
        }
    }

    pub(super) fn take(&mut self) -> Result<Option<Token>, Refusal> {
        let token = self.next;
        self.advance()?;
        Ok(token)
    }

    /// Takes the plain byte `wanted` if it comes next.
    pub(super) fn accept(&mut self, wanted: u8) -> Result<bool, Refusal> {
        let found = self.next == Some(Token::Byte(wanted));
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    /// Takes at most `limit` plain bytes that `wanted` accepts.
    pub(super) fn take_while(
        &mut self,
        limit: usize,
        wanted: impl Fn(u8) -> bool,
    ) -> Result<Vec<u8>, Refusal> {
        let mut taken = Vec::new();
        while taken.len() < limit
            && let Some(byte) = self.peek_byte()
            && wanted(byte)
        {
            taken.push(byte);
            self.advance()?;
        }
        Ok(taken)
    }

    /// Takes everything up to the plain byte `end`, which is dropped; `None` where it is missing or nothing is
    /// before it.
    pub(super) fn take_until(&mut self, end: u8) -> Result<Option<Vec<u8>>, Refusal> {
        let mut taken = Vec::new();
        loop {
            match self.take()? {
                None => return Ok(None),
                Some(Token::Byte(byte)) if byte == end => {
                    return Ok((!taken.is_empty()).then_some(taken));
                }
                Some(Token::Byte(byte)) => taken.push(byte),
                Some(Token::Escape(byte)) => taken.extend([b'\\', byte]),
            }
        }
    }

    /// A position to come back to.
    pub(super) fn mark(&self) -> (usize, Option<Token>) {
        (self.end, self.next)
    }

    pub(super) fn return_to(&mut self, (end, next): (usize, Option<Token>)) {
        self.end = end;
        self.next = next;
    }
}

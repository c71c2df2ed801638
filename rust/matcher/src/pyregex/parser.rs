//! The grammar of Python's expressions, from alternations down to single items.
//! Sets of bytes and inline flags have files of their own.

use std::collections::HashSet;

use regex_syntax::hir::{ClassBytes, ClassBytesRange, Hir, Look, Repetition};

use super::flags::{self, Flags, Inline};
use super::tokens::{Token, Tokens};
use super::{Expression, Refusal, Subject, class};

/// Groups deeper than this are left to the other engine (the automaton's compiler recurses).
const MAX_DEPTH: usize = 120;

const UNTERMINATED_GROUP: Refusal = Refusal::Invalid("missing ), unterminated subpattern");

/// What an item is, as far as a repetition behind it cares.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Plain,
    Assertion,
    Repeated,
}

/// The state while one expression is read.
pub(super) struct Parser<'a> {
    tokens: Tokens<'a>,
    /// Flags set for the whole expression.
    global: Flags,
    names: HashSet<Vec<u8>>,
    reaches_out: bool,
    subject: Subject,
}

impl<'a> Parser<'a> {
    pub(super) fn new(
        text: &'a [u8],
        global: Flags,
        subject: Subject,
    ) -> Result<Parser<'a>, Refusal> {
        Ok(Parser {
            tokens: Tokens::new(text)?,
            global,
            names: HashSet::new(),
            reaches_out: false,
            subject,
        })
    }

    pub(super) fn parse(mut self) -> Result<Expression, Refusal> {
        let hir = self.alternation(self.global, 0)?;
        if self.tokens.peek().is_some() {
            return Err(Refusal::Invalid("unbalanced parenthesis"));
        }
        Ok(Expression {
            hir,
            reaches_out: self.reaches_out,
        })
    }

    fn alternation(&mut self, flags: Flags, depth: usize) -> Result<Hir, Refusal> {
        if depth > MAX_DEPTH {
            return Err(Refusal::Exotic);
        }
        let mut branches = vec![self.sequence(flags, depth, depth == 0)?];
        while self.tokens.accept(b'|')? {
            // Flags for the whole expression were set by the first branch.
            let flags = if depth == 0 { self.global } else { flags };
            branches.push(self.sequence(flags, depth, false)?);
        }
        Ok(Hir::alternation(branches))
    }

    fn sequence(&mut self, mut flags: Flags, depth: usize, first: bool) -> Result<Hir, Refusal> {
        let mut items: Vec<(Sort, Hir)> = Vec::new();
        while let Some(token) = self.tokens.peek() {
            if matches!(token, Token::Byte(b'|' | b')')) {
                break;
            }
            self.tokens.take()?;
            let byte = match token {
                Token::Escape(letter) => {
                    items.push(self.escape(letter, flags)?);
                    continue;
                }
                Token::Byte(byte) => byte,
            };
            if flags.has(Flags::VERBOSE) && self.skip_verbose(byte)? {
                continue;
            }
            match byte {
                b'(' => match self.group(flags, depth)? {
                    Group::Item(hir) => items.push((Sort::Plain, hir)),
                    Group::Comment => {}
                    Group::Global(_) if !first || !items.is_empty() => {
                        return Err(Refusal::Invalid(
                            "global flags not at the start of the expression",
                        ));
                    }
                    Group::Global(added) => {
                        self.global = self.global.with(added);
                        self.reaches_out = true;
                        flags = self.global;
                    }
                },
                b'*' | b'+' | b'?' | b'{' => self.repetition(byte, &mut items)?,
                _ => items.push(self.plain(byte, flags)?),
            }
        }
        Ok(Hir::concat(items.into_iter().map(|(_, hir)| hir).collect()))
    }

    /// Skips blanks and comments of a verbose expression.
    fn skip_verbose(&mut self, byte: u8) -> Result<bool, Refusal> {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' | 11 | 12 => Ok(true),
            b'#' => {
                while !matches!(self.tokens.take()?, None | Some(Token::Byte(b'\n'))) {}
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    fn plain(&mut self, byte: u8, flags: Flags) -> Result<(Sort, Hir), Refusal> {
        let ignore_case = flags.has(Flags::IGNORE_CASE);
        Ok(match byte {
            b'^' | b'$' => (
                Sort::Assertion,
                self.anchor(byte, flags.has(Flags::MULTI_LINE))?,
            ),
            b'.' => (Sort::Plain, self.subject.set(dot(flags))),
            b'[' => {
                let class = class::read(&mut self.tokens, ignore_case)?;
                (Sort::Plain, self.subject.set(class))
            }
            _ => (Sort::Plain, self.subject.byte(byte, ignore_case)),
        })
    }

    fn anchor(&self, byte: u8, multi_line: bool) -> Result<Hir, Refusal> {
        Ok(Hir::look(match (self.subject, byte, multi_line) {
            (_, b'^', false) => Look::Start,
            (Subject::Content, b'^', true) => Look::StartLF,
            (Subject::Content, _, true) => Look::EndLF,
            // before the newline that ends the path, or at its end
            (Subject::Path, _, false) => Look::EndLF,
            _ => return Err(Refusal::Exotic),
        }))
    }

    fn escape(&mut self, letter: u8, flags: Flags) -> Result<(Sort, Hir), Refusal> {
        if let Some(category) = class::category(letter) {
            return Ok((Sort::Plain, self.subject.set(category)));
        }
        let byte = match letter {
            b'A' => return Ok((Sort::Assertion, Hir::look(Look::Start))),
            b'Z' => return Ok((Sort::Assertion, Hir::look(Look::End))),
            b'b' => return Ok((Sort::Assertion, Hir::look(Look::WordAscii))),
            // Versions of Python differ about `\B` on nothing and about `\z`.
            b'B' | b'z' => return Err(Refusal::Exotic),
            b'x' => class::hexadecimal(&mut self.tokens)?,
            b'0' => class::octal(&self.tokens.take_while(2, class::is_octal)?)?,
            b'1'..=b'9' => self.three_octal_digits(letter)?,
            _ => match class::control(letter) {
                Some(byte) => byte,
                None if letter.is_ascii_alphabetic() => return Err(Refusal::Invalid("bad escape")),
                None => letter,
            },
        };
        Ok((
            Sort::Plain,
            self.subject.byte(byte, flags.has(Flags::IGNORE_CASE)),
        ))
    }

    /// Digits behind a backslash are a byte only if they are three octal ones, else a back-reference.
    fn three_octal_digits(&mut self, first: u8) -> Result<u8, Refusal> {
        let mut digits = vec![first];
        if class::is_octal(first) {
            digits.extend(self.tokens.take_while(2, class::is_octal)?);
        }
        if digits.len() == 3 {
            class::octal(&digits)
        } else {
            Err(Refusal::Exotic)
        }
    }

    fn repetition(&mut self, byte: u8, items: &mut Vec<(Sort, Hir)>) -> Result<(), Refusal> {
        let (min, max) = match byte {
            b'?' => (0, Some(1)),
            b'*' => (0, None),
            b'+' => (1, None),
            _ => match self.bounds()? {
                Some(bounds) => bounds,
                None => {
                    items.push((Sort::Plain, Hir::literal([byte])));
                    return Ok(());
                }
            },
        };
        let sub = match items.last_mut() {
            None | Some((Sort::Assertion, _)) => return Err(Refusal::Invalid("nothing to repeat")),
            Some((Sort::Repeated, _)) => return Err(Refusal::Invalid("multiple repeat")),
            Some((sort, hir)) => {
                *sort = Sort::Repeated;
                hir
            }
        };
        let greedy = !self.tokens.accept(b'?')?;
        if greedy && self.tokens.accept(b'+')? {
            return Err(Refusal::Exotic);
        }
        let taken = Box::new(std::mem::replace(sub, Hir::empty()));
        *sub = Hir::repetition(Repetition {
            min,
            max,
            greedy,
            sub: taken,
        });
        Ok(())
    }

    /// The numbers of `{min,max}`, whose brace has been taken; `None` where the brace is just a brace.
    fn bounds(&mut self) -> Result<Option<(u32, Option<u32>)>, Refusal> {
        if self.tokens.peek() == Some(Token::Byte(b'}')) {
            return Ok(None);
        }
        let mark = self.tokens.mark();
        let low = self
            .tokens
            .take_while(usize::MAX, |byte| byte.is_ascii_digit())?;
        let high = if self.tokens.accept(b',')? {
            self.tokens
                .take_while(usize::MAX, |byte| byte.is_ascii_digit())?
        } else {
            low.clone()
        };
        if !self.tokens.accept(b'}')? {
            self.tokens.return_to(mark);
            return Ok(None);
        }
        let min = number(&low)?.unwrap_or(0);
        let max = number(&high)?;
        if max.is_some_and(|max| max < min) {
            return Err(Refusal::Invalid("min repeat greater than max repeat"));
        }
        Ok(Some((min, max)))
    }

    /// Reads what follows an opening parenthesis.
    fn group(&mut self, flags: Flags, depth: usize) -> Result<Group, Refusal> {
        let mut inner = flags;
        if self.tokens.accept(b'?')? {
            let byte = match self.tokens.take()? {
                Some(Token::Byte(byte)) => byte,
                Some(Token::Escape(_)) => return Err(Refusal::Invalid("unknown extension")),
                None => return Err(Refusal::Invalid("unexpected end of pattern")),
            };
            match byte {
                b':' => {}
                b'P' => self.group_name()?,
                b'#' => return self.comment(),
                b'<' if !matches!(self.tokens.peek_byte(), Some(b'=' | b'!')) => {
                    return Err(Refusal::Invalid("unknown extension ?<"));
                }
                b'=' | b'!' | b'<' | b'(' | b'>' => return Err(Refusal::Exotic),
                _ if flags::begins_flags(byte) => match flags::read(&mut self.tokens, byte)? {
                    Inline::Global(added) => return Ok(Group::Global(added)),
                    Inline::Scoped { added, removed } => inner = flags.with(added).without(removed),
                },
                _ => return Err(Refusal::Invalid("unknown extension")),
            }
        }
        let hir = self.alternation(inner, depth + 1)?;
        if !self.tokens.accept(b')')? {
            return Err(UNTERMINATED_GROUP);
        }
        Ok(Group::Item(hir))
    }

    fn comment(&mut self) -> Result<Group, Refusal> {
        loop {
            match self.tokens.take()? {
                None => return Err(Refusal::Invalid("missing ), unterminated comment")),
                Some(Token::Byte(b')')) => return Ok(Group::Comment),
                Some(_) => {}
            }
        }
    }

    /// Reads `<name>` behind `(?P`.
    fn group_name(&mut self) -> Result<(), Refusal> {
        if self.tokens.accept(b'=')? {
            return Err(Refusal::Exotic);
        }
        if !self.tokens.accept(b'<')? {
            return Err(Refusal::Invalid("unknown extension ?P"));
        }
        let Some(name) = self.tokens.take_until(b'>')? else {
            return Err(Refusal::Invalid("missing group name"));
        };
        if !name.is_ascii() {
            return Err(Refusal::Exotic); // versions of Python differ
        }
        let wordy = name
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        if !wordy || name[0].is_ascii_digit() {
            return Err(Refusal::Invalid("bad character in group name"));
        }
        self.reaches_out = true;
        if !self.names.insert(name) {
            return Err(Refusal::Invalid("redefinition of group name"));
        }
        Ok(())
    }
}

/// What a parenthesis turned out to open.
enum Group {
    Item(Hir),
    Comment,
    Global(Flags),
}

fn dot(flags: Flags) -> ClassBytes {
    let mut class = ClassBytes::new([ClassBytesRange::new(0, 0xff)]);
    if !flags.has(Flags::DOT_ALL) {
        class.difference(&ClassBytes::new([ClassBytesRange::new(b'\n', b'\n')]));
    }
    class
}

fn number(digits: &[u8]) -> Result<Option<u32>, Refusal> {
    if digits.is_empty() {
        return Ok(None);
    }
    let digits = digits.iter().map(|digit| u32::from(digit - b'0'));
    let number = digits.fold(0u32, |sum, digit| {
        sum.saturating_mul(10).saturating_add(digit)
    });
    if number == u32::MAX {
        return Err(Refusal::Invalid("the repetition number is too large"));
    }
    Ok(Some(number))
}

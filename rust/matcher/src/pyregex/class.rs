//! Sets of bytes: `[...]`, the classes behind a backslash, and escapes for single bytes.
//! Sequences and repetitions belong to the parser.

use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, Hir};

use super::tokens::{Token, Tokens};
use super::{NEWLINE_AT_END, Refusal, Subject};

const UNTERMINATED: Refusal = Refusal::Invalid("unterminated character set");
const BAD_RANGE: Refusal = Refusal::Invalid("bad character range");
const BAD_ESCAPE: Refusal = Refusal::Invalid("bad escape");

/// The bytes of `\d`, `\s`, `\w` and their opposites.
pub(super) fn category(letter: u8) -> Option<ClassBytes> {
    let ranges: &[(u8, u8)] = match letter.to_ascii_lowercase() {
        b'd' => &[(b'0', b'9')],
        b's' => &[(b'\t', b'\r'), (b' ', b' ')],
        b'w' => &[(b'0', b'9'), (b'A', b'Z'), (b'_', b'_'), (b'a', b'z')],
        _ => return None,
    };
    let ranges = ranges.iter();
    let mut class = ClassBytes::new(ranges.map(|(low, high)| ClassBytesRange::new(*low, *high)));
    if letter.is_ascii_uppercase() {
        class.negate();
    }
    Some(class)
}

/// The byte of an escape that stands for one control character everywhere.
pub(super) fn control(letter: u8) -> Option<u8> {
    Some(match letter {
        b'a' => 7,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'\\' => b'\\',
        _ => return None,
    })
}

/// The byte of `\xHH`, of which `\x` has been taken.
pub(super) fn hexadecimal(tokens: &mut Tokens<'_>) -> Result<u8, Refusal> {
    let digits = tokens.take_while(2, |byte| byte.is_ascii_hexdigit())?;
    if digits.len() != 2 {
        return Err(Refusal::Invalid("incomplete escape"));
    }
    let digits = digits.iter();
    let number = digits
        .filter_map(|digit| char::from(*digit).to_digit(16))
        .fold(0, |sum, digit| sum * 16 + digit);
    u8::try_from(number).map_err(|_| BAD_ESCAPE)
}

/// The byte that octal digits stand for.
pub(super) fn octal(digits: &[u8]) -> Result<u8, Refusal> {
    let number = digits
        .iter()
        .fold(0, |sum, digit| sum * 8 + u32::from(digit - b'0'));
    u8::try_from(number)
        .map_err(|_| Refusal::Invalid("octal escape value outside of range 0-0o377"))
}

/// Whether the byte is an octal digit.
pub(super) fn is_octal(byte: u8) -> bool {
    (b'0'..=b'7').contains(&byte)
}

/// One thing inside brackets.
enum Member {
    Byte(u8),
    Class(ClassBytes),
}

/// Reads a set whose `[` has been taken, up to and with its `]`.
pub(super) fn read(tokens: &mut Tokens<'_>, ignore_case: bool) -> Result<ClassBytes, Refusal> {
    let negated = tokens.accept(b'^')?;
    let mut class = ClassBytes::empty();
    let mut first = true;
    loop {
        let token = tokens.take()?.ok_or(UNTERMINATED)?;
        if token == Token::Byte(b']') && !first {
            break;
        }
        first = false;
        let member = read_member(tokens, token)?;
        if !tokens.accept(b'-')? {
            add(&mut class, member);
            continue;
        }
        let other = tokens.take()?.ok_or(UNTERMINATED)?;
        if other == Token::Byte(b']') {
            add(&mut class, member);
            add(&mut class, Member::Byte(b'-'));
            break;
        }
        match (member, read_member(tokens, other)?) {
            (Member::Byte(low), Member::Byte(high)) if low <= high => {
                class.push(ClassBytesRange::new(low, high));
            }
            _ => return Err(BAD_RANGE),
        }
    }
    if ignore_case {
        class.case_fold_simple();
    }
    if negated {
        class.negate();
    }
    Ok(class)
}

fn add(class: &mut ClassBytes, member: Member) {
    match member {
        Member::Byte(byte) => class.push(ClassBytesRange::new(byte, byte)),
        Member::Class(other) => class.union(&other),
    }
}

fn read_member(tokens: &mut Tokens<'_>, token: Token) -> Result<Member, Refusal> {
    let letter = match token {
        Token::Byte(byte) => return Ok(Member::Byte(byte)),
        Token::Escape(letter) => letter,
    };
    if let Some(class) = category(letter) {
        return Ok(Member::Class(class));
    }
    if let Some(byte) = control(letter) {
        return Ok(Member::Byte(byte));
    }
    Ok(Member::Byte(match letter {
        b'b' => 8,
        b'x' => hexadecimal(tokens)?,
        b'0'..=b'7' => {
            let mut digits = vec![letter];
            digits.extend(tokens.take_while(2, is_octal)?);
            octal(&digits)?
        }
        b'8' | b'9' => return Err(BAD_ESCAPE),
        _ if letter.is_ascii_alphabetic() => return Err(BAD_ESCAPE),
        _ => letter,
    }))
}

impl Subject {
    /// The tree of a set.
    pub(super) fn set(self, mut class: ClassBytes) -> Hir {
        if self == Subject::Path {
            let newline = ClassBytes::new([ClassBytesRange::new(b'\n', b'\n')]);
            let end = ClassBytes::new([ClassBytesRange::new(NEWLINE_AT_END, NEWLINE_AT_END)]);
            let mut without_newline = class.clone();
            without_newline.difference(&newline);
            if without_newline == class {
                class.difference(&end);
            } else {
                class.union(&end);
            }
        }
        Hir::class(Class::Bytes(class))
    }

    /// The tree of a single byte.
    pub(super) fn byte(self, byte: u8, ignore_case: bool) -> Hir {
        let varies = ignore_case && byte.is_ascii_alphabetic();
        let is_special = self == Subject::Path && (byte == b'\n' || byte == NEWLINE_AT_END);
        if !varies && !is_special {
            return Hir::literal([byte]);
        }
        let mut class = ClassBytes::new([ClassBytesRange::new(byte, byte)]);
        if ignore_case {
            class.case_fold_simple();
        }
        self.set(class)
    }
}

//! Inline flags: `(?i)` for the whole expression and `(?i-s:...)` for a group.
//! Applying them belongs to the parser.

use super::Refusal;
use super::tokens::{Token, Tokens};

/// Flags as bits, so that sets of them combine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Flags(u8);

impl Flags {
    pub(super) const IGNORE_CASE: Flags = Flags(1);
    pub(super) const MULTI_LINE: Flags = Flags(2);
    pub(super) const DOT_ALL: Flags = Flags(4);
    pub(super) const VERBOSE: Flags = Flags(8);
    const ASCII: Flags = Flags(16);

    pub(super) fn has(self, other: Flags) -> bool {
        self.0 & other.0 != 0
    }
    pub(super) fn with(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }
    pub(super) fn without(self, other: Flags) -> Flags {
        Flags(self.0 & !other.0)
    }

    fn from_letter(letter: u8) -> Result<Option<Flags>, Refusal> {
        Ok(Some(match letter {
            b'i' => Flags::IGNORE_CASE,
            b'm' => Flags::MULTI_LINE,
            b's' => Flags::DOT_ALL,
            b'x' => Flags::VERBOSE,
            b'a' => Flags::ASCII,
            b'u' => return Err(Refusal::Invalid("cannot use 'u' flag with a bytes pattern")),
            // the locale's classes are not ours to know; `t` exists in some versions only
            b'L' | b't' => return Err(Refusal::Exotic),
            _ => return Ok(None),
        }))
    }
}

/// What stood between `(?` and the character that ended the flags.
pub(super) enum Inline {
    /// `(?flags)`
    Global(Flags),
    /// `(?added-removed:`
    Scoped { added: Flags, removed: Flags },
}

/// Whether `letter` begins inline flags.
pub(super) fn begins_flags(letter: u8) -> bool {
    b"iLmsxatu-".contains(&letter)
}

/// Reads inline flags whose first letter (or `-`) has been taken.
pub(super) fn read(tokens: &mut Tokens<'_>, first: u8) -> Result<Inline, Refusal> {
    let mut added = Flags::default();
    let mut letter = first;
    while letter != b'-' {
        let Some(flag) = Flags::from_letter(letter)? else {
            return Err(Refusal::Invalid("unknown flag"));
        };
        added = added.with(flag);
        letter = next_letter(tokens, "missing -, : or )")?;
        match letter {
            b')' => return Ok(Inline::Global(added)),
            b':' => {
                return Ok(Inline::Scoped {
                    added,
                    removed: Flags::default(),
                });
            }
            _ => {}
        }
    }
    let removed = read_removed(tokens)?;
    if added.0 & removed.0 != 0 {
        return Err(Refusal::Invalid("flag turned on and off"));
    }
    Ok(Inline::Scoped { added, removed })
}

fn read_removed(tokens: &mut Tokens<'_>) -> Result<Flags, Refusal> {
    let mut removed = Flags::default();
    let mut letter = next_letter(tokens, "missing flag")?;
    loop {
        match Flags::from_letter(letter)? {
            None => return Err(Refusal::Invalid("unknown flag")),
            Some(Flags::ASCII) => {
                return Err(Refusal::Invalid("cannot turn off flags 'a', 'u' and 'L'"));
            }
            Some(flag) => removed = removed.with(flag),
        }
        letter = next_letter(tokens, "missing :")?;
        if letter == b':' {
            return Ok(removed);
        }
    }
}

fn next_letter(tokens: &mut Tokens<'_>, missing: &'static str) -> Result<u8, Refusal> {
    match tokens.take()? {
        Some(Token::Byte(letter)) => Ok(letter),
        _ => Err(Refusal::Invalid(missing)),
    }
}

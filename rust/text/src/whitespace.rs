//! White space that a comparison shall not see: the peer's clean-up of texts before lines are matched, and of
//! changed stretches when blank lines do not count (`docs/formats/diff.md`). Matching itself belongs to `diff`.

/// Which white space does not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ignored {
    /// No white space counts (`-w`).
    pub all: bool,
    /// The amount of white space does not count (`-b`); `all` wins.
    pub amount: bool,
    /// White space at the end of a line does not count (`-Z`).
    pub at_end: bool,
    /// Changes whose lines are all blank do not count (`-B`).
    pub blank_lines: bool,
}

impl Ignored {
    /// Whether lines are compared in another form than the one they have.
    pub fn changes_lines(self) -> bool {
        self.all || self.amount || self.at_end
    }

    /// `text` in the form in which lines are compared; each newline stays where it is.
    pub fn clean_lines(self, text: &[u8]) -> Vec<u8> {
        let mut text = self.fix(text);
        if self.at_end {
            text = strip_ends(&text);
        }
        text
    }

    /// A changed stretch in the form in which two of them are the same but for blank lines.
    pub fn clean_stretch(self, text: &[u8]) -> Vec<u8> {
        let mut text = self.fix(text);
        if self.blank_lines {
            text = squeeze_newlines(&text);
        }
        if self.at_end {
            text = strip_ends(&text);
        }
        text
    }

    fn fix(self, text: &[u8]) -> Vec<u8> {
        if self.all {
            let kept = text
                .iter()
                .filter(|byte| !matches!(byte, b' ' | b'\t' | b'\r'));
            kept.copied().collect()
        } else if self.amount {
            fix_amount(text)
        } else {
            text.to_vec()
        }
    }
}

/// Each run of blanks becomes one space, and none before a newline. A run that ends the text stays as one space.
fn fix_amount(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for &byte in text {
        let after_space = out.last() == Some(&b' ');
        match byte {
            b' ' | b'\t' | b'\r' if after_space => {}
            b' ' | b'\t' | b'\r' => out.push(b' '),
            b'\n' => {
                if after_space {
                    out.pop();
                }
                out.push(b'\n');
            }
            _ => out.push(byte),
        }
    }
    out
}

/// Removes blanks and form feeds before each newline, not at the end of a text without one.
fn strip_ends(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for piece in text.split_inclusive(|&byte| byte == b'\n') {
        let Some(line) = piece.strip_suffix(b"\n") else {
            out.extend_from_slice(piece);
            continue;
        };
        let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\x0c');
        let kept = line
            .iter()
            .rposition(|byte| !blank(byte))
            .map_or(0, |at| at + 1);
        out.extend_from_slice(&line[..kept]);
        out.push(b'\n');
    }
    out
}

/// One newline for each run of newlines inside, none at either end.
fn squeeze_newlines(text: &[u8]) -> Vec<u8> {
    let pieces = text
        .split(|&byte| byte == b'\n')
        .filter(|piece| !piece.is_empty());
    pieces.collect::<Vec<_>>().join(&b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Ignored = Ignored {
        all: false,
        amount: false,
        at_end: false,
        blank_lines: false,
    };

    #[test]
    fn each_option_removes_its_kind() {
        let text = b" a \t b\r\n\n\n\x0c\t\nc  ";
        assert_eq!(NOTHING.clean_lines(text), text);
        let all = Ignored {
            all: true,
            amount: true,
            ..NOTHING
        };
        assert_eq!(all.clean_lines(text), b"ab\n\n\n\x0c\nc");
        let amount = Ignored {
            amount: true,
            ..NOTHING
        };
        assert_eq!(amount.clean_lines(text), b" a b\n\n\n\x0c\nc ");
        let at_end = Ignored {
            at_end: true,
            ..NOTHING
        };
        assert_eq!(at_end.clean_lines(text), b" a \t b\n\n\n\nc  ");
        let blank = Ignored {
            blank_lines: true,
            ..NOTHING
        };
        assert_eq!(blank.clean_lines(text), text);
        assert_eq!(blank.clean_stretch(b"\n\na\n\nb\n"), b"a\nb");
    }
}

//! Two texts as an alternation of equal, changed and ignorable stretches, under the options of a diff. How they are
//! written, as hunks, tokens or attribution, belongs to the callers (`docs/formats/diff.md`).

use hyg_base::Result;

use crate::diff::{self, Block};
use crate::lines::Lines;
use crate::whitespace::Ignored;
use crate::xdiff;

/// What a stretch of lines on both sides is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Equal, line by line.
    Equal,
    /// Changed.
    Changed,
    /// Different only in blank lines, which do not count.
    Ignorable,
}

impl Kind {
    /// The peer's mark: `=`, `!` or `~`.
    pub fn mark(self) -> char {
        match self {
            Kind::Equal => '=',
            Kind::Changed => '!',
            Kind::Ignorable => '~',
        }
    }
}

/// A stretch of both texts; only equal ones are as long on both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The lines on both sides.
    pub block: Block,
    /// What they are to each other.
    pub kind: Kind,
}

/// How lines are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// White space that does not count.
    pub ignored: Ignored,
    /// Match lines as `experimental.xdiff` does.
    pub xdiff: bool,
}

impl Comparison {
    /// The matching blocks of two texts as they are, white space included.
    pub fn blocks(self, a: &Lines<'_>, b: &Lines<'_>) -> Vec<Block> {
        if self.xdiff {
            xdiff::blocks(a, b)
        } else {
            diff::blocks(a, b)
        }
    }

    /// All stretches of two texts in ascending order; changed ones are never empty on both sides.
    ///
    /// Line numbers are those of the texts with ignored white space removed; only a last line without a newline that
    /// is nothing but such white space makes a difference, it then has no number.
    ///
    /// # Errors
    /// Only for a text that [`Lines::split`] refuses.
    pub fn stretches(self, a: &Lines<'_>, b: &Lines<'_>) -> Result<Vec<Stretch>> {
        if !self.ignored.changes_lines() {
            return Ok(self.between(&self.blocks(a, b), a, b));
        }
        let (clean_a, clean_b) = (
            self.ignored.clean_lines(a.text()),
            self.ignored.clean_lines(b.text()),
        );
        let blocks = self.blocks(&Lines::split(&clean_a)?, &Lines::split(&clean_b)?);
        Ok(self.between(&blocks, a, b))
    }

    fn between(self, blocks: &[Block], a: &Lines<'_>, b: &Lines<'_>) -> Vec<Stretch> {
        alternate(blocks, |gap| {
            self.kind(a.slice(gap.a1..gap.a2), b.slice(gap.b1..gap.b2))
        })
    }

    fn kind(self, old: &[u8], new: &[u8]) -> Kind {
        let clean = |text| self.ignored.clean_stretch(text);
        if self.ignored.blank_lines && clean(old) == clean(new) {
            Kind::Ignorable
        } else {
            Kind::Changed
        }
    }
}

/// Matching blocks and what lies between them, which is of the kind that `kind` says.
pub(crate) fn alternate(blocks: &[Block], kind: impl Fn(Block) -> Kind) -> Vec<Stretch> {
    let mut out = Vec::with_capacity(2 * blocks.len());
    let mut done = Block::default();
    for &block in blocks {
        let gap = Block {
            a1: done.a2,
            a2: block.a1,
            b1: done.b2,
            b2: block.b1,
        };
        if gap.a1 != gap.a2 || gap.b1 != gap.b2 {
            out.push(Stretch {
                block: gap,
                kind: kind(gap),
            });
        }
        out.push(Stretch {
            block,
            kind: Kind::Equal,
        });
        done = block;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(comparison: Comparison, a: &[u8], b: &[u8]) -> String {
        let (a, b) = (Lines::split(a).unwrap(), Lines::split(b).unwrap());
        let stretches = comparison.stretches(&a, &b).unwrap();
        stretches
            .iter()
            .map(|stretch| stretch.kind.mark())
            .collect()
    }

    #[test]
    fn blank_lines_are_ignored_only_when_asked() {
        let (a, b) = (b"x\ny\nz\n", b"x\n\n\ny\nZ\n");
        assert_eq!(marks(Comparison::default(), a, b), "=!=!=");
        let ignored = Ignored {
            blank_lines: true,
            ..Ignored::default()
        };
        let comparison = Comparison {
            ignored,
            xdiff: false,
        };
        assert_eq!(marks(comparison, a, b), "=~=!=");
    }
}

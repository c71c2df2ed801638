//! Three-way merge of lines: which regions of two descendants of a text are unchanged, changed on one side, changed
//! alike, or in conflict. How a conflict is written belongs to `conflict` (`docs/formats/merge-markers.md`).

use std::ops::Range;

use crate::diff::{Block, blocks};
use crate::lines::Lines;

/// A region of the merge, in lines of the text named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Region {
    /// Lines of the base that both sides kept.
    Unchanged(Range<usize>),
    /// Lines of the first side, which alone changed the base here.
    A(Range<usize>),
    /// Lines of the second side, which alone changed the base here.
    B(Range<usize>),
    /// Lines of the first side; the second changed the base to the same.
    Same(Range<usize>),
    /// Both sides changed the base, to different lines.
    Conflict {
        /// Lines of the base.
        base: Range<usize>,
        /// Lines of the first side.
        a: Range<usize>,
        /// Lines of the second side.
        b: Range<usize>,
    },
}

/// Which of the texts to merge is not text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// The first side.
    Local,
    /// The common ancestor.
    Base,
    /// The second side.
    Other,
}

/// Whether a content counts as binary: it holds a zero byte.
pub fn is_binary(text: &[u8]) -> bool {
    memchr::memchr(0, text).is_some()
}

/// The first text that is binary, in the order in which a refusal names them.
pub fn binary_input(local: &[u8], base: &[u8], other: &[u8]) -> Option<Input> {
    [
        (Input::Local, local),
        (Input::Base, base),
        (Input::Other, other),
    ]
    .into_iter()
    .find(|(_, text)| is_binary(text))
    .map(|(input, _)| input)
}

/// Three texts to merge.
#[derive(Debug)]
pub struct Merge<'t, 'a> {
    pub(crate) base: &'t Lines<'a>,
    pub(crate) a: &'t Lines<'a>,
    pub(crate) b: &'t Lines<'a>,
    relaxed: bool,
}

/// Lines that both sides kept: so many from these places on.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Sync {
    base: usize,
    a: usize,
    b: usize,
    len: usize,
}

impl<'t, 'a> Merge<'t, 'a> {
    /// `relaxed` lets changes that only touch each other be merged (`experimental.relaxed-block-sync-merge`).
    pub fn new(base: &'t Lines<'a>, a: &'t Lines<'a>, b: &'t Lines<'a>, relaxed: bool) -> Self {
        Merge {
            base,
            a,
            b,
            relaxed,
        }
    }

    /// The regions in order.
    pub fn regions(&self) -> Vec<Region> {
        let mut out = Vec::new();
        let (mut base, mut a, mut b) = (0, 0, 0);
        for sync in self.syncs() {
            let between = (base..sync.base, a..sync.a, b..sync.b);
            out.extend(self.between(between.0, between.1, between.2));
            if sync.len > 0 {
                out.push(Region::Unchanged(sync.base..sync.base + sync.len));
            }
            base = sync.base + sync.len;
            a = sync.a + sync.len;
            b = sync.b + sync.len;
        }
        out
    }

    /// What lies between two places where all three texts agree; nothing where both sides only deleted.
    fn between(&self, base: Range<usize>, a: Range<usize>, b: Range<usize>) -> Option<Region> {
        if a.is_empty() && b.is_empty() {
            return None;
        }
        let in_base = self.base.slice(base.clone());
        let in_a = self.a.slice(a.clone());
        let in_b = self.b.slice(b.clone());
        Some(if in_a == in_b {
            Region::Same(a)
        } else if in_a == in_base {
            Region::B(b)
        } else if in_b == in_base {
            Region::A(a)
        } else {
            Region::Conflict { base, a, b }
        })
    }

    /// Where both sides match the base, closed by the ends of all three texts.
    fn syncs(&self) -> Vec<Sync> {
        let a_blocks = blocks(self.base, self.a);
        let b_blocks = blocks(self.base, self.b);
        let mut out = Vec::new();
        let (mut i, mut j) = (0, 0);
        while let (Some(a), Some(b)) = (a_blocks.get(i), b_blocks.get(j)) {
            let (start, end) = (a.a1.max(b.a1), a.a2.min(b.a2));
            if start < end || self.relaxed && start == end {
                out.push(Sync {
                    base: start,
                    a: a.b1 + start - a.a1,
                    b: b.b1 + start - b.a1,
                    len: end - start,
                });
            }
            let next = [a_blocks.get(i + 1), b_blocks.get(j + 1)];
            let (step_a, step_b) = self.advance(a, b, next);
            i += usize::from(step_a);
            j += usize::from(step_b);
        }
        let end = Sync {
            base: self.base.len(),
            a: self.a.len(),
            b: self.b.len(),
            len: 0,
        };
        if out.last() != Some(&end) {
            out.push(end);
        }
        out
    }

    /// Which side goes on to its next block: the one whose block ends first in the base.
    fn advance(&self, a: &Block, b: &Block, next: [Option<&Block>; 2]) -> (bool, bool) {
        if a.a2 != b.a2 {
            return (a.a2 < b.a2, a.a2 > b.a2);
        }
        if !self.relaxed {
            return (false, true);
        }
        // Both end here, and either may touch the next block of the other.
        match next {
            [None, _] => (false, true),
            [_, None] => (true, false),
            [Some(a), Some(b)] => (a.a1 <= b.a1, a.a1 >= b.a1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text() -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(proptest::sample::select(b"ab\n\n\n".to_vec()), 0..60)
    }

    fn lines(text: &[u8]) -> Lines<'_> {
        Lines::split(text).unwrap()
    }

    #[test]
    fn each_kind_of_region() {
        let (base, a, b) = (
            lines(b"1\n2\n3\n4\n5\n6\n7\n8\n9\n"),
            lines(b"1\nA\n3\n4\n5\nS\n7\nX\n9\n"),
            lines(b"1\n2\n3\nB\n5\nS\n7\nY\n9\n"),
        );
        assert_eq!(
            Merge::new(&base, &a, &b, false).regions(),
            [
                Region::Unchanged(0..1),
                Region::A(1..2),
                Region::Unchanged(2..3),
                Region::B(3..4),
                Region::Unchanged(4..5),
                Region::Same(5..6),
                Region::Unchanged(6..7),
                Region::Conflict {
                    base: 7..8,
                    a: 7..8,
                    b: 7..8
                },
                Region::Unchanged(8..9),
            ]
        );
    }

    #[test]
    fn binary_texts_are_named_in_order() {
        assert_eq!(binary_input(b"a", b"\0", b"\0"), Some(Input::Base));
        assert_eq!(binary_input(b"\0", b"\0", b""), Some(Input::Local));
        assert_eq!(binary_input(b"a", b"", b"x"), None);
    }

    proptest! {
        #[test]
        fn one_changed_side_wins(base in text(), a in text(), relaxed in any::<bool>()) {
            for (left, right) in [(&a, &base), (&base, &a), (&a, &a)] {
                let (base, left, right) = (lines(&base), lines(left), lines(right));
                let mut out = Vec::new();
                for region in Merge::new(&base, &left, &right, relaxed).regions() {
                    match region {
                        Region::Unchanged(range) => out.extend_from_slice(base.slice(range)),
                        Region::A(range) | Region::Same(range) => out.extend_from_slice(left.slice(range)),
                        Region::B(range) => out.extend_from_slice(right.slice(range)),
                        Region::Conflict { .. } => prop_assert!(false, "a conflict with itself"),
                    }
                }
                prop_assert_eq!(&out, &a);
            }
        }
    }
}

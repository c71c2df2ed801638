//! Which lines of two texts match, as `experimental.xdiff` chooses: a shortest edit script with the limits and the
//! sliding rules of the peer's bundled library (`docs/formats/diff.md`). The default matching is `diff`.

mod myers;
mod prepare;
mod slide;

use crate::diff::Block;
use crate::lines::Lines;
use prepare::Prepared;

/// The matching blocks of two texts in ascending order; the last one ends both texts and may be empty.
pub fn blocks(a: &Lines<'_>, b: &Lines<'_>) -> Vec<Block> {
    let mut prepared = Prepared::of(a, b);
    let kept = prepared.keep_comparable();
    myers::mark_changes(&mut prepared, kept);
    slide::compact(&prepared.a_lines, &mut prepared.a, &prepared.b);
    slide::compact(&prepared.b_lines, &mut prepared.b, &prepared.a);
    unchanged(&prepared, a.len(), b.len())
}

/// The flags of changed lines on one side, with an unchanged place before the first and after the last.
#[derive(Clone, Debug)]
struct Changed(Vec<bool>);

impl Changed {
    fn none(len: usize) -> Changed {
        Changed(vec![false; len + 2])
    }

    fn len(&self) -> usize {
        self.0.len() - 2
    }

    /// Whether line `index` is changed.
    fn at(&self, index: usize) -> bool {
        self.0[index + 1]
    }

    /// Whether the line before `index` is changed.
    fn before(&self, index: usize) -> bool {
        self.0[index]
    }

    fn set(&mut self, index: usize, changed: bool) {
        self.0[index + 1] = changed;
    }
}

/// What lies between the changes, in lines of the whole texts.
fn unchanged(prepared: &Prepared<'_>, a_len: usize, b_len: usize) -> Vec<Block> {
    let (a, b) = (&prepared.a, &prepared.b);
    let mut out = Vec::new();
    let mut block = Block::default();
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        if !a.at(i) && !b.at(j) {
            i += 1;
            j += 1;
            continue;
        }
        (block.a2, block.b2) = (i + prepared.prefix, j + prepared.prefix);
        if block.a2 > block.a1 || block.b2 > block.b1 {
            out.push(block);
        }
        while a.at(i) {
            i += 1;
        }
        while b.at(j) {
            j += 1;
        }
        (block.a1, block.b1) = (i + prepared.prefix, j + prepared.prefix);
    }
    (block.a2, block.b2) = (a_len, b_len);
    out.push(block);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text() -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(proptest::sample::select(b"ab\n\n\n \t".to_vec()), 0..120)
    }

    #[test]
    fn an_inserted_function_is_not_torn() {
        let a = Lines::split(b"def a():\n  x\n\ndef b():\n  x\n\n").unwrap();
        let b = Lines::split(b"def a():\n  x\n\ndef c():\n  x\n\ndef b():\n  x\n\n").unwrap();
        let found: Vec<_> = blocks(&a, &b)
            .iter()
            .map(|m| (m.a1, m.a2, m.b1, m.b2))
            .collect();
        assert_eq!(found, [(0, 3, 0, 3), (3, 6, 6, 9)]);
    }

    proptest! {
        #[test]
        fn blocks_ascend_and_match(a in text(), b in text()) {
            let (a, b) = (Lines::split(&a).unwrap(), Lines::split(&b).unwrap());
            let (mut at, mut bt) = (0, 0);
            for block in blocks(&a, &b) {
                prop_assert!(block.a1 >= at && block.b1 >= bt);
                prop_assert_eq!(block.a2 - block.a1, block.b2 - block.b1);
                prop_assert_eq!(a.slice(block.a1..block.a2), b.slice(block.b1..block.b2));
                (at, bt) = (block.a2, block.b2);
            }
            prop_assert_eq!((at, bt), (a.len(), b.len()));
        }
    }
}

//! Which lines of two texts match, to the peer's exact choice: its popularity limit, ties and window
//! (`docs/formats/binary-delta.md`). What is made of the matches, deltas, diffs or merges, belongs elsewhere.

mod ends;
mod equate;
mod longest;

use crate::lines::Lines;
pub use ends::{Ends, blocks_between};
pub use equate::{Classes, Dense, NO_CLASS};
use longest::Matcher;

/// Lines `a1..a2` of the first text equal lines `b1..b2` of the second, as many on each side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// First line in the first text.
    pub a1: usize,
    /// Line after the last in the first text.
    pub a2: usize,
    /// First line in the second text.
    pub b1: usize,
    /// Line after the last in the second text.
    pub b2: usize,
}

impl Block {
    /// How many lines match.
    pub fn len(&self) -> usize {
        self.a2 - self.a1
    }

    /// Whether the block marks a place only.
    pub fn is_empty(&self) -> bool {
        self.a1 == self.a2
    }
}

/// The matching blocks of two texts in ascending order, closed by an empty block at the ends of both.
///
/// Empty blocks also remain in between, where a block was absorbed by the one before it.
pub fn blocks(a: &Lines<'_>, b: &Lines<'_>) -> Vec<Block> {
    blocks_of(&Classes::of(a, b))
}

/// The same for lines that are numbers: equal lines, in whichever text, have the same.
pub fn blocks_of_numbers(a: &[u32], b: &[u32], dense: &mut Dense) -> Vec<Block> {
    blocks_of(&Classes::of_numbers(a, b, dense))
}

fn blocks_of(classes: &Classes) -> Vec<Block> {
    let mut found = search(classes);
    found.push(Block {
        a1: classes.a.len(),
        a2: classes.a.len(),
        b1: classes.b.len(),
        b2: classes.b.len(),
    });
    push_down(&mut found, &classes.a, &classes.b);
    found
}

/// A step of the search: look into a rectangle, or hand over what lies between two of them.
enum Step {
    Look(Area),
    Found(Block),
}

/// A rectangle of lines to be matched: `a1..a2` against `b1..b2`.
#[derive(Clone, Copy, Debug)]
struct Area {
    a1: usize,
    a2: usize,
    b1: usize,
    b2: usize,
}

impl Area {
    fn is_empty(&self) -> bool {
        self.a1 == self.a2 || self.b1 == self.b2
    }
}

/// Takes the longest match, then searches before it and after it. The stack is on the heap: depth is not bounded by
/// the thread's stack.
fn search(classes: &Classes) -> Vec<Block> {
    let mut matcher = Matcher::new(classes);
    let mut found = Vec::new();
    let mut steps = vec![Step::Look(Area {
        a1: 0,
        a2: classes.a.len(),
        b1: 0,
        b2: classes.b.len(),
    })];
    while let Some(step) = steps.pop() {
        let area = match step {
            Step::Found(block) => {
                found.push(block);
                continue;
            }
            Step::Look(area) => area,
        };
        if area.is_empty() {
            continue;
        }
        let Some(block) = matcher.longest(area) else {
            continue;
        };
        steps.push(Step::Look(Area {
            a1: block.a2,
            b1: block.b2,
            ..area
        }));
        steps.push(Step::Found(block));
        steps.push(Step::Look(Area {
            a2: block.a1,
            b2: block.b1,
            ..area
        }));
    }
    found
}

/// Moves each block's end as far down as it goes where it touches the next block on either side, at that block's
/// expense.
fn push_down(found: &mut [Block], a: &[u32], b: &[u32]) {
    for index in 1..found.len() {
        let (before, after) = found.split_at_mut(index);
        let (Some(block), Some(next)) = (before.last_mut(), after.first_mut()) else {
            return;
        };
        if block.a2 != next.a1 && block.b2 != next.b1 {
            continue;
        }
        while !next.is_empty()
            && block.a2 < a.len()
            && block.b2 < b.len()
            && a[block.a2] == b[block.b2]
        {
            block.a2 += 1;
            block.b2 += 1;
            next.a1 += 1;
            next.b1 += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(a: &[u8], b: &[u8]) -> Vec<(usize, usize, usize, usize)> {
        blocks(&Lines::split(a).unwrap(), &Lines::split(b).unwrap())
            .iter()
            .map(|block| (block.a1, block.a2, block.b1, block.b2))
            .collect()
    }

    #[test]
    fn a_change_in_the_middle() {
        assert_eq!(
            of(b"a\nb\nc\nd\n", b"a\nx\nc\nd\n"),
            [(0, 1, 0, 1), (2, 4, 2, 4), (4, 4, 4, 4)]
        );
        assert_eq!(of(b"", b""), [(0, 0, 0, 0)]);
        assert_eq!(of(b"a", b"a\n"), [(1, 1, 1, 1)]);
    }

    #[test]
    fn ten_thousand_single_matches_need_no_deep_stack() {
        let mut a = Vec::new();
        let mut b = Vec::new();
        for number in 0..10_000 {
            a.extend_from_slice(format!("same {number}\nold {number}\n").as_bytes());
            b.extend_from_slice(format!("same {number}\nnew {number}\n").as_bytes());
        }
        assert_eq!(of(&a, &b).len(), 10_001);
    }

    proptest! {
        #[test]
        fn numbers_match_as_lines_do(
            a in proptest::collection::vec(0u32..6, 0..60),
            b in proptest::collection::vec(0u32..6, 0..60),
        ) {
            let text = |numbers: &[u32]| -> Vec<u8> {
                numbers.iter().flat_map(|number| format!("{number}\n").into_bytes()).collect()
            };
            let (first, second) = (text(&a), text(&b));
            let lines = blocks(&Lines::split(&first).unwrap(), &Lines::split(&second).unwrap());
            let mut dense = Dense::default();
            blocks_of_numbers(&b, &a, &mut dense);
            prop_assert_eq!(blocks_of_numbers(&a, &b, &mut dense), lines);
        }

        #[test]
        fn blocks_ascend_and_match(
            a in proptest::collection::vec(proptest::sample::select(b"ab\n\n".to_vec()), 0..80),
            b in proptest::collection::vec(proptest::sample::select(b"ab\n\n".to_vec()), 0..80),
        ) {
            let (a, b) = (Lines::split(&a).unwrap(), Lines::split(&b).unwrap());
            let (mut at, mut bt) = (0, 0);
            for block in blocks(&a, &b) {
                prop_assert!(block.a1 >= at && block.b1 >= bt);
                prop_assert_eq!(a.slice(block.a1..block.a2), b.slice(block.b1..block.b2));
                (at, bt) = (block.a2, block.b2);
            }
            prop_assert_eq!((at, bt), (a.len(), b.len()));
        }
    }
}

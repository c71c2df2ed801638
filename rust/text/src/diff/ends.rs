//! Texts that begin and end alike, as most revisions do: where it can be proved that the search would find these ends
//! first, only what lies between them is searched. Who knows where two texts are alike is the caller.

use super::equate::Dense;
use super::longest::popularity_limit;
use super::{Block, Classes, push_down, search};

/// Texts with more lines than this are searched as usual.
const MOST_LINES: usize = 30_000;

/// How many lines two texts have in common at either end. Both are counted as far as they go, so that they may overlap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ends {
    /// Lines at the beginning.
    pub first: usize,
    /// Lines at the end.
    pub last: usize,
}

/// The blocks of [`super::blocks_of_numbers`], where the ends prove to be the longest runs; `count` says how often a number
/// occurs in `b`.
///
/// A line that `b` has once can only be in a run that lies on its own diagonal. So a run beside both ends has no such line
/// of theirs: it is at most as long as what lies between the ends and the longest stretches of other lines on either side
/// of it. An end that is longer than that, and than the other end, is the longest run of all, and so is the other
/// end in what is left if it is longer than that, too. Popular lines and long texts follow other rules.
pub fn blocks_between(
    a: &[u32],
    b: &[u32],
    ends: Ends,
    count: &dyn Fn(u32) -> u32,
    dense: &mut Dense,
) -> Option<Vec<Block>> {
    let Ends { first, last } = cut(a, b, ends, count)?;
    let (inner_a, inner_b) = (&a[first..a.len() - last], &b[first..b.len() - last]);
    let mut found = Vec::with_capacity(8);
    if first > 0 {
        found.push(Block {
            a1: 0,
            a2: first,
            b1: 0,
            b2: first,
        });
    }
    if !inner_a.is_empty() && !inner_b.is_empty() {
        let inner = search(&Classes::of_numbers(inner_a, inner_b, dense));
        found.extend(inner.into_iter().map(|block| Block {
            a1: block.a1 + first,
            a2: block.a2 + first,
            b1: block.b1 + first,
            b2: block.b2 + first,
        }));
    }
    let end = |left: usize| Block {
        a1: a.len() - left,
        a2: a.len(),
        b1: b.len() - left,
        b2: b.len(),
    };
    if last > 0 {
        found.push(end(last));
    }
    found.push(end(0));
    push_down(&mut found, a, b);
    Some(found)
}

/// How many lines may be cut off at either end.
fn cut(a: &[u32], b: &[u32], ends: Ends, count: &dyn Fn(u32) -> u32) -> Option<Ends> {
    let Ends { first, last } = ends;
    let shorter = a.len().min(b.len());
    if a.len().max(b.len()) > MOST_LINES || first.max(last) > shorter {
        return None;
    }
    let limit = popularity_limit(b.len());
    if b.iter().any(|number| count(*number) as usize > limit) {
        return None;
    }
    let gap = longest_gap(&a[..first], count).max(longest_gap(&a[a.len() - last..], count));
    let others = a.len().saturating_sub(first + last) + 2 * gap;
    let overlap = (first + last).saturating_sub(shorter);
    if first == last && overlap > 0 {
        return None;
    }
    let is_first = first >= last;
    let (longer, other) = if is_first {
        (first, last)
    } else {
        (last, first)
    };
    if longer <= others {
        return None;
    }
    let other = Some(other - overlap.min(other)).filter(|other| *other > others);
    let (longer, other) = (longer, other.unwrap_or_default());
    let (first, last) = if is_first {
        (longer, other)
    } else {
        (other, longer)
    };
    Some(Ends { first, last })
}

/// The longest stretch of lines that the second text has several times.
fn longest_gap(lines: &[u32], count: &dyn Fn(u32) -> u32) -> usize {
    let (mut longest, mut now) = (0, 0);
    for number in lines {
        now = if count(*number) == 1 { 0 } else { now + 1 };
        longest = longest.max(now);
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::blocks_of_numbers;
    use proptest::prelude::*;

    fn ends_of(a: &[u32], b: &[u32]) -> Ends {
        let first = a.iter().zip(b).take_while(|(a, b)| a == b).count();
        let last = a.iter().rev().zip(b.iter().rev());
        let last = last.take_while(|(a, b)| a == b).count();
        Ends { first, last }
    }

    fn between(a: &[u32], b: &[u32]) -> Option<Vec<Block>> {
        let count = |number: u32| b.iter().filter(|one| **one == number).count() as u32;
        blocks_between(a, b, ends_of(a, b), &count, &mut Dense::default())
    }

    /// Two texts that differ in a few places; lines below 20 come again and again.
    fn texts() -> impl Strategy<Value = (Vec<u32>, Vec<u32>)> {
        let line = prop_oneof![0u32..3, 0u32..20, 100u32..100_000];
        let edit = (
            0usize..60,
            0usize..6,
            proptest::collection::vec(0u32..25, 0..6),
        );
        (
            proptest::collection::vec(line, 0..60),
            proptest::collection::vec(edit, 0..3),
            proptest::option::of((0usize..60, 0usize..20, 0usize..60)),
        )
            .prop_map(|(a, edits, copied)| {
                let mut b = a.clone();
                for (at, removed, added) in edits {
                    let start = at.min(b.len());
                    b.splice(start..(start + removed).min(b.len()), added);
                }
                if let Some((from, len, to)) = copied {
                    let start = from.min(b.len());
                    let part = b[start..(start + len).min(b.len())].to_vec();
                    let to = to.min(b.len());
                    b.splice(to..to, part);
                }
                (a, b)
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]
        #[test]
        fn what_is_proved_is_so((a, b) in texts(), swapped: bool) {
            let (a, b) = if swapped { (b, a) } else { (a, b) };
            if let Some(found) = between(&a, &b) {
                prop_assert_eq!(found, blocks_of_numbers(&a, &b, &mut Dense::default()));
            }
        }
    }

    #[test]
    fn usual_changes_are_proved() {
        let a: Vec<u32> = (0..200)
            .map(|at| if at % 4 == 0 { 0 } else { at })
            .collect();
        for (at, removed) in [
            (0, 0),
            (1, 0),
            (100, 0),
            (199, 1),
            (200, 0),
            (50, 7),
            (3, 20),
        ] {
            let mut b = a.clone();
            b.splice(at..at + removed, [1000, 0, 1001, 0]);
            let expected = blocks_of_numbers(&a, &b, &mut Dense::default());
            assert_eq!(between(&a, &b), Some(expected), "{at} {removed}");
            let expected = blocks_of_numbers(&b, &a, &mut Dense::default());
            assert_eq!(between(&b, &a), Some(expected), "{at} {removed} backwards");
        }
        assert!(between(&a, &a).is_none(), "two ends that are the same run");
        assert!(between(&[], &[]).is_none());
    }
}

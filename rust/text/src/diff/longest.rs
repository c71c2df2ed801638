//! The longest run of equal lines inside a rectangle of two texts, with the peer's limits and ties. What is done
//! before and after that run belongs to the caller.

use super::equate::{Classes, NO_CLASS};
use super::{Area, Block};

/// How many lines of the first text are looked at, counted from the end of the area.
const WINDOW: usize = 30_000;

/// No line: marks places of the second text that no run reached.
const NOWHERE: u32 = u32::MAX;

/// A run of equal lines that ends at a certain line of the second text.
#[derive(Clone, Copy)]
struct Run {
    /// The line of the first text where it ends.
    end: u32,
    len: u32,
}

/// The best run so far: where it ends on both sides.
#[derive(Clone, Copy)]
struct Best {
    i: usize,
    j: usize,
    len: usize,
}

/// The search, with the memory that is used anew for each area.
pub(super) struct Matcher<'c> {
    classes: &'c Classes,
    /// More occurrences than this make a line too popular to start from.
    limit: usize,
    /// Whether line 0 of the first text is too popular.
    first_is_popular: bool,
    /// The run last seen ending at each line of the second text.
    runs: Vec<Run>,
}

impl<'c> Matcher<'c> {
    pub(super) fn new(classes: &'c Classes) -> Self {
        let limit = popularity_limit(classes.b.len());
        let first = classes.a.first().copied().unwrap_or(NO_CLASS);
        Matcher {
            classes,
            limit,
            first_is_popular: classes.places(first).len() > limit,
            runs: vec![
                Run {
                    end: NOWHERE,
                    len: 0
                };
                classes.b.len()
            ],
        }
    }

    /// The longest match inside `area`, or else what its first lines have in common.
    pub(super) fn longest(&mut self, area: Area) -> Option<Block> {
        let bottom = if area.a2 - area.a1 > WINDOW {
            area.a2 - WINDOW
        } else {
            area.a1
        };
        let window = Area { a1: bottom, ..area };
        let mut best = Best {
            i: area.a1,
            j: area.b1,
            len: 0,
        };
        for i in bottom..area.a2 {
            self.visit(i, window, &mut best);
        }
        // Without any run the start of the area is tried: popular lines start no run, but they continue even none.
        let (a1, b1) = match best.len {
            0 => (best.i, best.j),
            len => (best.i + 1 - len, best.j + 1 - len),
        };
        let (mut a2, mut b2) = (a1 + best.len, b1 + best.len);
        while a2 < area.a2 && b2 < area.b2 && self.classes.a[a2] == self.classes.b[b2] {
            a2 += 1;
            b2 += 1;
        }
        if a1 == a2 {
            return None;
        }
        Some(Block { a1, a2, b1, b2 })
    }

    /// Looks at all runs that end at line `i` of the first text, from the last place in the second to the first.
    fn visit(&mut self, i: usize, window: Area, best: &mut Best) {
        let places = self.classes.places(self.classes.a[i]);
        if places.is_empty() || places.len() > self.limit {
            return;
        }
        let places = match places.last() {
            Some(&last) if (last as usize) < window.b2 => places,
            _ => &places[..places.partition_point(|&place| (place as usize) < window.b2)],
        };
        let middle = (window.a1 + window.a2 - 1) / 2;
        let b_middle = (window.b1 + window.b2 - 1) / 2;
        for &place in places.iter().rev() {
            let j = place as usize;
            if j < window.b1 {
                return;
            }
            let len = self.run_len(i, j, window);
            self.runs[j] = Run {
                end: i as u32,
                len: len as u32,
            };
            if len > best.len {
                *best = Best { i, j, len };
            } else if len == best.len {
                // Equal runs: the one nearer to the middle keeps the two halves alike.
                if i > best.i && i <= middle && j > window.b1 {
                    (best.i, best.j) = (i, j);
                } else if i == best.i && (best.j > b_middle || i == window.a1) {
                    best.j = j;
                }
            }
        }
    }

    /// How long the run of equal lines is that ends at `i` and `j`, inside the window.
    fn run_len(&self, i: usize, j: usize, window: Area) -> usize {
        let most = (i - window.a1).min(j - window.b1);
        for back in 1..=most {
            let (line, place) = (i - back, j - back);
            let run = self.runs[place];
            if run.end as usize == line {
                return back + run.len as usize;
            }
            let popular_start = line == 0 && self.first_is_popular;
            if self.classes.a[line] != self.classes.b[place] || popular_start {
                return back;
            }
        }
        most + 1
    }
}

/// Lines that occur more often than this in a second text of `len` lines start no run.
fn popularity_limit(len: usize) -> usize {
    if len >= 31_000 {
        len / 1000
    } else {
        1_000_000 / (len + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::blocks;
    use crate::lines::Lines;

    #[test]
    fn the_limit_grows_again_for_long_texts() {
        assert_eq!(popularity_limit(0), 1_000_000);
        assert_eq!(popularity_limit(999), 1000);
        assert_eq!(popularity_limit(30_999), 32);
        assert_eq!(popularity_limit(31_000), 31);
        assert_eq!(popularity_limit(100_000), 100);
    }

    #[test]
    fn popular_lines_match_only_where_a_run_or_the_area_starts() {
        let of = |a: &[u8], b: &[u8]| {
            let (a, b) = (Lines::split(a).unwrap(), Lines::split(b).unwrap());
            let found = blocks(&a, &b);
            found.iter().map(Block::len).collect::<Vec<_>>()
        };
        let popular = b"x\n".repeat(2000);
        assert_eq!(of(&popular, &popular), [2000, 0]);
        assert_eq!(of(&[b"a\n", &popular[..]].concat(), &popular), [0]);
        assert_eq!(of(&[&popular, &b"a\n"[..]].concat(), &popular), [2000, 0]);
    }
}

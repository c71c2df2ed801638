//! The longest run of equal lines inside a rectangle of two texts, with the peer's limits and ties. What is done
//! before and after that run belongs to the caller.

use super::equate::{Classes, NO_CLASS};
use super::{Area, Block};

/// How many lines of the first text are looked at, counted from the end of the area.
const WINDOW: usize = 30_000;

/// Before a line that has to be the end of a long run, so many lines are looked at for the rarest one.
const RARE: usize = 8;

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
    /// The run last seen in this area ending at each line of the second text.
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
        // Runs of a larger area may reach beyond this one.
        let forgotten = Run {
            end: NOWHERE,
            len: 0,
        };
        self.runs[area.b1..area.b2].fill(forgotten);
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
    ///
    /// Shorter ones than the best so far do not matter. So the lines before `i` have to be there, too: it is enough to
    /// look where the rarest of them is.
    fn visit(&mut self, i: usize, window: Area, best: &mut Best) {
        let class = self.classes.a[i];
        let mut places = self.classes.places(class);
        if places.is_empty() || places.len() > self.limit {
            return;
        }
        let mut back = 0;
        let least = best.len.min(RARE).min(i - window.a1 + 1);
        for before in 1..least {
            if places.len() < 2 {
                break;
            }
            let others = self.classes.places(self.classes.a[i - before]);
            if others.len() < places.len() {
                (places, back) = (others, before);
            }
        }
        let stop = window.b2 - back.min(window.b2);
        let places = match places.last() {
            Some(&last) if (last as usize) < stop => places,
            _ => &places[..places.partition_point(|&place| (place as usize) < stop)],
        };
        let middle = (window.a1 + window.a2 - 1) / 2;
        let b_middle = (window.b1 + window.b2 - 1) / 2;
        for &place in places.iter().rev() {
            if (place as usize) < window.b1 {
                return;
            }
            let j = place as usize + back;
            if back > 0 && self.classes.b[j] != class {
                continue;
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
pub(super) fn popularity_limit(len: usize) -> usize {
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
    use proptest::prelude::*;

    /// Looks at every place, as the peer does.
    fn all_places(classes: &Classes, area: Area) -> Option<Block> {
        let mut matcher = Matcher::new(classes);
        let mut best = Best {
            i: area.a1,
            j: area.b1,
            len: 0,
        };
        for i in area.a1..area.a2 {
            let places: Vec<usize> = classes
                .places(classes.a[i])
                .iter()
                .map(|at| *at as usize)
                .collect();
            if places.is_empty() || places.len() > matcher.limit {
                continue;
            }
            let (middle, b_middle) = ((area.a1 + area.a2 - 1) / 2, (area.b1 + area.b2 - 1) / 2);
            for j in places
                .into_iter()
                .rev()
                .filter(|j| (area.b1..area.b2).contains(j))
            {
                let len = matcher.run_len(i, j, area);
                matcher.runs[j] = Run {
                    end: i as u32,
                    len: len as u32,
                };
                if len > best.len {
                    best = Best { i, j, len };
                } else if len == best.len {
                    if i > best.i && i <= middle && j > area.b1 {
                        (best.i, best.j) = (i, j);
                    } else if i == best.i && (best.j > b_middle || i == area.a1) {
                        best.j = j;
                    }
                }
            }
        }
        let len = best.len;
        (len > 0).then(|| Block {
            a1: best.i + 1 - len,
            a2: best.i + 1,
            b1: best.j + 1 - len,
            b2: best.j + 1,
        })
    }

    proptest! {
        #[test]
        fn the_rarest_line_leads_to_the_same_run(
            a in proptest::collection::vec(0u32..5, 1..70),
            b in proptest::collection::vec(0u32..5, 1..70),
            cut in (0usize..30, 0usize..30),
        ) {
            let mut dense = crate::diff::Dense::default();
            let classes = Classes::of_numbers(&a, &b, &mut dense);
            let area = Area {
                a1: cut.0.min(a.len() - 1),
                a2: a.len(),
                b1: cut.1.min(b.len() - 1),
                b2: b.len(),
            };
            let found = Matcher::new(&classes).longest(area);
            let naive = all_places(&classes, area);
            if let Some(naive) = naive {
                let found = found.unwrap();
                prop_assert_eq!((found.a1, found.b1), (naive.a1, naive.b1));
                prop_assert!(found.a2 >= naive.a2);
            }
        }
    }

    #[test]
    fn runs_of_a_larger_area_are_forgotten() {
        // lines 1, 18, 2, 0, 1 come twice in the second text
        let mut a = [0; 42];
        (a[13], a[27]) = (4, 3);
        a[34..].copy_from_slice(&[1, 18, 2, 0, 1, 0, 18, 2]);
        let b = [&a[..39], &[1, 18, 2, 0, 1], &a[39..]].concat();
        let a = a.to_vec();
        for (a, b) in [(&a, &b), (&b, &a)] {
            let mut at = (0, 0);
            for block in crate::diff::blocks_of_numbers(a, b, &mut crate::diff::Dense::default()) {
                assert!(
                    block.a1 >= at.0 && block.b1 >= at.1 && block.a2 <= a.len(),
                    "{block:?}"
                );
                at = (block.a2, block.b2);
            }
        }
    }

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

//! Myers' search for an edit script, from both corners at once, given up in favour of a good guess where it gets
//! dear. Which lines are searched, and where changes finally stand, belongs elsewhere.

use super::prepare::{Kept, Prepared, rough_root};

/// A run of more equal lines than this makes a diagonal interesting.
const SNAKE: i64 = 20;
/// From this cost on, an interesting diagonal ends the search.
const GUESS_FROM: i64 = 256;
/// How much further than its cost a diagonal must reach to be interesting.
const REACH: i64 = 4;
/// At this cost at least the search goes on, however small the texts.
const PATIENCE: i64 = 256;

/// Marks what has to change to make the second side of the first.
pub(super) fn mark_changes(prepared: &mut Prepared<'_>, kept: [Kept; 2]) {
    let [a, b] = &kept;
    let mut search = Search::new(&a.classes, &b.classes);
    let mut boxes = vec![Area {
        a1: 0,
        a2: a.classes.len() as i64,
        b1: 0,
        b2: b.classes.len() as i64,
        thorough: false,
    }];
    while let Some(area) = boxes.pop() {
        let area = search.shrink(area);
        if area.a1 == area.a2 {
            for index in area.b1..area.b2 {
                prepared.b.set(b.index[index as usize], true);
            }
        } else if area.b1 == area.b2 {
            for index in area.a1..area.a2 {
                prepared.a.set(a.index[index as usize], true);
            }
        } else {
            let split = search.split(area);
            boxes.push(Area {
                a2: split.i,
                b2: split.j,
                thorough: split.thorough_before,
                ..area
            });
            boxes.push(Area {
                a1: split.i,
                b1: split.j,
                thorough: split.thorough_after,
                ..area
            });
        }
    }
}

/// A rectangle of lines; `thorough` forbids guesses.
#[derive(Clone, Copy)]
struct Area {
    a1: i64,
    a2: i64,
    b1: i64,
    b2: i64,
    thorough: bool,
}

/// Where a rectangle is cut in two.
#[derive(Clone, Copy)]
struct Split {
    i: i64,
    j: i64,
    thorough_before: bool,
    thorough_after: bool,
}

impl Split {
    fn exact(i: i64, j: i64) -> Split {
        Split {
            i,
            j,
            thorough_before: true,
            thorough_after: true,
        }
    }

    fn guess(i: i64, j: i64, forward: bool) -> Split {
        Split {
            i,
            j,
            thorough_before: forward,
            thorough_after: !forward,
        }
    }
}

/// The diagonals (line of `a` minus line of `b`) reached from one corner.
#[derive(Clone, Copy)]
struct Reached {
    middle: i64,
    min: i64,
    max: i64,
}

/// The furthest line of `a` reached on each diagonal.
struct Diagonals {
    furthest: Vec<i64>,
    zero: i64,
}

impl Diagonals {
    fn get(&self, diagonal: i64) -> i64 {
        self.furthest[(diagonal + self.zero) as usize]
    }

    fn set(&mut self, diagonal: i64, line: i64) {
        self.furthest[(diagonal + self.zero) as usize] = line;
    }

    /// Widens the range by one diagonal on either side, or narrows it where the rectangle ends.
    fn widen(&mut self, reached: &mut Reached, area: &Area, outside: i64) {
        if reached.min > area.a1 - area.b2 {
            reached.min -= 1;
            self.set(reached.min - 1, outside);
        } else {
            reached.min += 1;
        }
        if reached.max < area.a2 - area.b1 {
            reached.max += 1;
            self.set(reached.max + 1, outside);
        } else {
            reached.max -= 1;
        }
    }
}

/// Every second diagonal, from the highest to the lowest.
fn downwards(reached: Reached) -> impl Iterator<Item = i64> {
    let count = (reached.max - reached.min + 2) / 2;
    (0..count).map(move |index| reached.max - 2 * index)
}

struct Search<'k> {
    a: &'k [u32],
    b: &'k [u32],
    forward: Diagonals,
    backward: Diagonals,
    patience: i64,
}

impl<'k> Search<'k> {
    fn new(a: &'k [u32], b: &'k [u32]) -> Self {
        let count = a.len() + b.len() + 3;
        let diagonals = || Diagonals {
            furthest: vec![0; count + 1],
            zero: b.len() as i64 + 1,
        };
        Search {
            a,
            b,
            forward: diagonals(),
            backward: diagonals(),
            patience: (rough_root(count) as i64).max(PATIENCE),
        }
    }

    fn same(&self, i: i64, j: i64) -> bool {
        self.a[i as usize] == self.b[j as usize]
    }

    /// Cuts off what is equal at both ends.
    fn shrink(&self, mut area: Area) -> Area {
        while area.a1 < area.a2 && area.b1 < area.b2 && self.same(area.a1, area.b1) {
            area.a1 += 1;
            area.b1 += 1;
        }
        while area.a1 < area.a2 && area.b1 < area.b2 && self.same(area.a2 - 1, area.b2 - 1) {
            area.a2 -= 1;
            area.b2 -= 1;
        }
        area
    }

    fn split(&mut self, area: Area) -> Split {
        let corner = |diagonal| Reached {
            middle: diagonal,
            min: diagonal,
            max: diagonal,
        };
        let mut fore = corner(area.a1 - area.b1);
        let mut back = corner(area.a2 - area.b2);
        let odd = (fore.middle - back.middle) & 1 != 0;
        self.forward.set(fore.middle, area.a1);
        self.backward.set(back.middle, area.a2);
        let mut cost = 0;
        loop {
            cost += 1;
            let mut snake = false;
            self.forward.widen(&mut fore, &area, -1);
            for d in downwards(fore) {
                let (i, run) = self.step_forward(d, &area);
                snake |= run > SNAKE;
                if odd && (back.min..=back.max).contains(&d) && self.backward.get(d) <= i {
                    return Split::exact(i, i - d);
                }
            }
            self.backward.widen(&mut back, &area, i64::MAX);
            for d in downwards(back) {
                let (i, run) = self.step_backward(d, &area);
                snake |= run > SNAKE;
                if !odd && (fore.min..=fore.max).contains(&d) && i <= self.forward.get(d) {
                    return Split::exact(i, i - d);
                }
            }
            if area.thorough {
                continue;
            }
            if snake && cost > GUESS_FROM {
                let found = self.interesting_forward(fore, &area, cost);
                if let Some(split) = found.or_else(|| self.interesting_backward(back, &area, cost))
                {
                    return split;
                }
            }
            if cost >= self.patience {
                return self.furthest(fore, back, &area);
            }
        }
    }

    /// One edit further on diagonal `d`, then along equal lines: the line reached, and how many were equal.
    fn step_forward(&mut self, d: i64, area: &Area) -> (i64, i64) {
        let (below, above) = (self.forward.get(d - 1), self.forward.get(d + 1));
        let start = if below >= above { below + 1 } else { above };
        let mut i = start;
        while i < area.a2 && i - d < area.b2 && self.same(i, i - d) {
            i += 1;
        }
        self.forward.set(d, i);
        (i, i - start)
    }

    fn step_backward(&mut self, d: i64, area: &Area) -> (i64, i64) {
        let (below, above) = (self.backward.get(d - 1), self.backward.get(d + 1));
        let start = if below < above { below } else { above - 1 };
        let mut i = start;
        while i > area.a1 && i - d > area.b1 && self.same(i - 1, i - d - 1) {
            i -= 1;
        }
        self.backward.set(d, i);
        (i, start - i)
    }

    /// The diagonal that went furthest for its cost, if it ends in a long enough run of equal lines.
    fn interesting_forward(&self, fore: Reached, area: &Area, cost: i64) -> Option<Split> {
        let mut best = 0;
        let mut split = None;
        for d in downwards(fore) {
            let i = self.forward.get(d);
            let j = i - d;
            let value = (i - area.a1) + (j - area.b1) - (d - fore.middle).abs();
            let inside = area.a1 + SNAKE <= i && i < area.a2 && area.b1 + SNAKE <= j && j < area.b2;
            if value > REACH * cost
                && value > best
                && inside
                && (1..=SNAKE).all(|back| self.same(i - back, j - back))
            {
                best = value;
                split = Some(Split::guess(i, j, true));
            }
        }
        split
    }

    fn interesting_backward(&self, back: Reached, area: &Area, cost: i64) -> Option<Split> {
        let mut best = 0;
        let mut split = None;
        for d in downwards(back) {
            let i = self.backward.get(d);
            let j = i - d;
            let value = (area.a2 - i) + (area.b2 - j) - (d - back.middle).abs();
            let inside = area.a1 < i && i <= area.a2 - SNAKE && area.b1 < j && j <= area.b2 - SNAKE;
            if value > REACH * cost
                && value > best
                && inside
                && (0..SNAKE).all(|on| self.same(i + on, j + on))
            {
                best = value;
                split = Some(Split::guess(i, j, false));
            }
        }
        split
    }

    /// Gives up: the point furthest from its corner, whichever corner that is.
    fn furthest(&self, fore: Reached, back: Reached, area: &Area) -> Split {
        let (mut fore_best, mut fore_line) = (-1, -1);
        for d in downwards(fore) {
            let mut i = self.forward.get(d).min(area.a2);
            if area.b2 < i - d {
                i = area.b2 + d;
            }
            if fore_best < 2 * i - d {
                (fore_best, fore_line) = (2 * i - d, i);
            }
        }
        let (mut back_best, mut back_line) = (i64::MAX, i64::MAX);
        for d in downwards(back) {
            let mut i = self.backward.get(d).max(area.a1);
            if i - d < area.b1 {
                i = area.b1 + d;
            }
            if 2 * i - d < back_best {
                (back_best, back_line) = (2 * i - d, i);
            }
        }
        if area.a2 + area.b2 - back_best < fore_best - (area.a1 + area.b1) {
            Split::guess(fore_line, fore_best - fore_line, true)
        } else {
            Split::guess(back_line, back_best - back_line, false)
        }
    }
}

//! What is left out before an edit script is searched: far common ends, lines without a counterpart, and very
//! frequent lines among such lines. The search itself belongs to `myers`.

use super::Changed;
use crate::delta::{common_prefix, common_suffix};
use crate::diff::{Classes, NO_CLASS};
use crate::lines::Lines;

/// Common lines at either end that are kept, so that changes have room to slide.
const RESERVED: usize = 100;
/// Lines with more counterparts than this are frequent, whatever the size of the text.
const FREQUENT: usize = 1024;
/// How far around a frequent line its neighbours are looked at.
const NEIGHBOURS: usize = 100;

/// The lines of one side without the trimmed ends.
pub(super) struct Side<'a> {
    texts: Vec<&'a [u8]>,
    classes: Vec<u32>,
}

impl<'a> Side<'a> {
    pub(super) fn text(&self, index: usize) -> &'a [u8] {
        self.texts[index]
    }

    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether two lines of this side are equal.
    pub(super) fn equal(&self, one: usize, other: usize) -> bool {
        self.classes[one] == self.classes[other]
            && (self.classes[one] != NO_CLASS || self.texts[one] == self.texts[other])
    }
}

/// Both sides, ready to be searched.
pub(super) struct Prepared<'a> {
    pub(super) a_lines: Side<'a>,
    pub(super) b_lines: Side<'a>,
    pub(super) a: Changed,
    pub(super) b: Changed,
    /// Lines trimmed at the start.
    pub(super) prefix: usize,
}

/// The lines of one side that take part in the search: their classes and their indexes.
#[derive(Default)]
pub(super) struct Kept {
    pub(super) classes: Vec<u32>,
    pub(super) index: Vec<usize>,
}

impl<'a> Prepared<'a> {
    pub(super) fn of(a: &Lines<'a>, b: &Lines<'a>) -> Prepared<'a> {
        let (prefix, suffix) = trimmed(a, b);
        let side = |lines: &Lines<'a>, classes: &[u32]| {
            let range = prefix..lines.len() - suffix;
            Side {
                classes: classes[range.clone()].to_vec(),
                texts: lines.range(range).collect(),
            }
        };
        let classes = Classes::of(a, b);
        let (a_lines, b_lines) = (side(a, &classes.a), side(b, &classes.b));
        Prepared {
            a: Changed::none(a_lines.len()),
            b: Changed::none(b_lines.len()),
            a_lines,
            b_lines,
            prefix,
        }
    }

    /// Chooses the lines that are searched and marks the others as changed, common ends aside.
    pub(super) fn keep_comparable(&mut self) -> [Kept; 2] {
        let (a, b) = (&self.a_lines.classes, &self.b_lines.classes);
        let start = a.iter().zip(b).take_while(|(x, y)| x == y).count();
        let rest = a[start..].iter().rev().zip(b[start..].iter().rev());
        let end = rest.take_while(|(x, y)| x == y).count();
        let highest = a.iter().chain(b).filter(|&&class| class != NO_CLASS).max();
        let mut counts = vec![[0usize; 2]; highest.map_or(0, |&class| class as usize + 1)];
        for (side, classes) in [a, b].into_iter().enumerate() {
            for &class in classes {
                if let Some(count) = counts.get_mut(class as usize) {
                    count[side] += 1;
                }
            }
        }
        let grades = |classes: &[u32], other: usize| -> Vec<Grade> {
            let limit = rough_root(classes.len()).min(FREQUENT);
            let counterparts =
                |&class: &u32| counts.get(class as usize).map_or(0, |count| count[other]);
            let middle = &classes[start..classes.len() - end];
            middle
                .iter()
                .map(|class| Grade::of(counterparts(class), limit))
                .collect()
        };
        let (a_grades, b_grades) = (grades(a, 1), grades(b, 0));
        [
            keep(&a_grades, start, a, &mut self.a),
            keep(&b_grades, start, b, &mut self.b),
        ]
    }
}

/// How many counterparts a line has on the other side.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Grade {
    None,
    Some,
    Many,
}

impl Grade {
    fn of(counterparts: usize, limit: usize) -> Grade {
        match counterparts {
            0 => Grade::None,
            many if many >= limit => Grade::Many,
            _ => Grade::Some,
        }
    }
}

fn keep(grades: &[Grade], start: usize, classes: &[u32], changed: &mut Changed) -> Kept {
    let mut kept = Kept::default();
    for (at, grade) in grades.iter().enumerate() {
        let index = start + at;
        let keeps = match grade {
            Grade::Some => true,
            Grade::None => false,
            Grade::Many => !drowns(grades, at),
        };
        if keeps {
            kept.classes.push(classes[index]);
            kept.index.push(index);
        } else {
            changed.set(index, true);
        }
    }
    kept
}

/// Whether a frequent line stands among so many lines without counterpart that a match would be chance.
fn drowns(grades: &[Grade], at: usize) -> bool {
    let run = |neighbours: &mut dyn Iterator<Item = &Grade>| {
        let mut counts = (0, 0);
        for grade in neighbours.take(NEIGHBOURS) {
            match grade {
                Grade::None => counts.0 += 1,
                Grade::Many => counts.1 += 1,
                Grade::Some => break,
            }
        }
        counts
    };
    let (none_before, many_before) = run(&mut grades[..at].iter().rev());
    let (none_after, many_after) = run(&mut grades[at + 1..].iter());
    if none_before == 0 || none_after == 0 {
        return false;
    }
    // The line itself counts once with either run.
    let many = many_before + many_after + 2;
    many * 4 < many + none_before + none_after
}

/// A power of two near the square root.
pub(super) fn rough_root(number: usize) -> usize {
    let mut root = 1;
    let mut rest = number;
    while rest > 0 {
        root <<= 1;
        rest >>= 2;
    }
    root
}

/// How many whole lines are left out at the start and at the end of both texts.
fn trimmed(a: &Lines<'_>, b: &Lines<'_>) -> (usize, usize) {
    let (a_text, b_text) = (a.text(), b.text());
    let same = common_prefix(a_text, b_text);
    let newlines = |text: &[u8]| memchr::memchr_iter(b'\n', text).count();
    let leading = newlines(&a_text[..same]);
    let prefix = if leading > RESERVED + 1 {
        leading - RESERVED
    } else {
        0
    };
    // One byte after the common start never belongs to the common end.
    let most = (a_text.len().min(b_text.len()) - same).saturating_sub(1);
    let tail = &a_text[a_text.len() - common_suffix(a_text, b_text).min(most)..];
    let trailing = newlines(tail);
    let suffix = if trailing > RESERVED + 1 {
        trailing - RESERVED - usize::from(tail.last() == Some(&b'\n'))
    } else {
        0
    };
    (prefix, suffix)
}

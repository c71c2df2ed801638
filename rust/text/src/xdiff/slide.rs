//! Where a change stands when equal lines around it allow several places: beside a change of the other side, or
//! where indentation and blank lines suggest a border. Which lines change belongs to `myers`.

use super::Changed;
use super::prepare::Side;

/// Indentation beyond this is not told apart.
const MAX_INDENT: i32 = 200;
/// So many blank lines are looked at around a border.
const MAX_BLANKS: i32 = 20;
/// After so many places without improvement the search for a better one ends.
const MAX_BORING: usize = 100;

/// A run of changed lines, or the empty run before an unchanged line.
#[derive(Clone, Copy)]
struct Group {
    start: usize,
    end: usize,
}

impl Group {
    fn first(changed: &Changed) -> Group {
        Group { start: 0, end: 0 }.grown(changed)
    }

    fn grown(mut self, changed: &Changed) -> Group {
        while changed.at(self.end) {
            self.end += 1;
        }
        self
    }

    fn len(self) -> usize {
        self.end - self.start
    }

    fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The next group, if this one does not end the text.
    fn next(self, changed: &Changed) -> Option<Group> {
        if self.end == changed.len() {
            return None;
        }
        let start = self.end + 1;
        Some(Group { start, end: start }.grown(changed))
    }

    fn step_back(&mut self, changed: &Changed) {
        if self.start == 0 {
            return;
        }
        self.end = self.start - 1;
        self.start = self.end;
        while changed.before(self.start) {
            self.start -= 1;
        }
    }

    fn step_on(&mut self, changed: &Changed) {
        if let Some(next) = self.next(changed) {
            *self = next;
        }
    }

    /// Moves the change one line down if the lines allow it, and takes in a change it then touches.
    fn slide_down(&mut self, lines: &Side<'_>, changed: &mut Changed) -> bool {
        if self.end >= lines.len() || !lines.equal(self.start, self.end) {
            return false;
        }
        changed.set(self.start, false);
        changed.set(self.end, true);
        self.start += 1;
        self.end += 1;
        *self = self.grown(changed);
        true
    }

    fn slide_up(&mut self, lines: &Side<'_>, changed: &mut Changed) -> bool {
        if self.start == 0 || !lines.equal(self.start - 1, self.end - 1) {
            return false;
        }
        self.start -= 1;
        self.end -= 1;
        changed.set(self.start, true);
        changed.set(self.end, false);
        while changed.before(self.start) {
            self.start -= 1;
        }
        true
    }
}

/// Gives each change of one side its place; `other` tells where the other side changes.
pub(super) fn compact(lines: &Side<'_>, changed: &mut Changed, other: &Changed) {
    let mut group = Group::first(changed);
    let mut beside = Group::first(other);
    loop {
        if !group.is_empty() {
            place(lines, changed, &mut group, other, &mut beside);
        }
        match group.next(changed) {
            Some(next) => group = next,
            None => return,
        }
        beside.step_on(other);
    }
}

fn place(
    lines: &Side<'_>,
    changed: &mut Changed,
    group: &mut Group,
    other: &Changed,
    beside: &mut Group,
) {
    // Up and down as far as it goes, again when it took in a neighbour.
    let (highest_end, aligned) = loop {
        let size = group.len();
        while group.slide_up(lines, changed) {
            beside.step_back(other);
        }
        let highest_end = group.end;
        let mut aligned = !beside.is_empty();
        while group.slide_down(lines, changed) {
            beside.step_on(other);
            aligned |= !beside.is_empty();
        }
        if group.len() == size {
            break (highest_end, aligned);
        }
    };
    if group.end == highest_end {
        return;
    }
    if aligned {
        while beside.is_empty() && group.slide_up(lines, changed) {
            beside.step_back(other);
        }
        return;
    }
    let best = best_end(lines, *group, highest_end);
    while group.end > best && group.slide_up(lines, changed) {
        beside.step_back(other);
    }
}

/// The end between `highest_end` and the group's own at which both of its borders look best, the lowest of equals.
fn best_end(lines: &Side<'_>, group: Group, highest_end: usize) -> usize {
    let mut best: Option<(usize, Score)> = None;
    let mut boring = 0;
    for end in (highest_end..=group.end).rev() {
        let mut score = Score::default();
        score.add(&Border::at(lines, end));
        score.add(&Border::at(lines, end - group.len()));
        match best {
            Some((_, known)) if !score.is_better(known) => {
                boring += 1;
                if boring >= MAX_BORING {
                    break;
                }
            }
            _ => {
                boring = 0;
                best = Some((end, score));
            }
        }
    }
    best.map_or(group.end, |(end, _)| end)
}

/// What surrounds a place between two lines. Indentation -1 stands for a blank line or for none.
struct Border {
    end_of_text: bool,
    indent: i32,
    blanks_before: i32,
    indent_before: i32,
    blanks_after: i32,
    indent_after: i32,
}

impl Border {
    fn at(lines: &Side<'_>, place: usize) -> Border {
        let (blanks_before, indent_before) = nearest(lines, (0..place).rev());
        let (blanks_after, indent_after) = nearest(lines, place + 1..lines.len());
        let end_of_text = place >= lines.len();
        Border {
            end_of_text,
            indent: if end_of_text {
                -1
            } else {
                indent(lines.text(place))
            },
            blanks_before,
            indent_before,
            blanks_after,
            indent_after,
        }
    }
}

/// How many blank lines come first, and the indentation of the line after them.
fn nearest(lines: &Side<'_>, indexes: impl Iterator<Item = usize>) -> (i32, i32) {
    let mut blanks = 0;
    for index in indexes {
        let found = indent(lines.text(index));
        if found != -1 {
            return (blanks, found);
        }
        blanks += 1;
        if blanks == MAX_BLANKS {
            return (blanks, 0);
        }
    }
    (blanks, -1)
}

fn indent(line: &[u8]) -> i32 {
    let mut columns = 0;
    for byte in line {
        match byte {
            b' ' => columns += 1,
            b'\t' => columns += 8 - columns % 8,
            b'\n' | b'\x0b' | b'\x0c' | b'\r' => {}
            _ => return columns,
        }
        if columns >= MAX_INDENT {
            return MAX_INDENT;
        }
    }
    -1
}

/// How bad the borders of a change are; smaller is better.
#[derive(Clone, Copy, Default)]
struct Score {
    indent: i32,
    penalty: i32,
}

impl Score {
    fn is_better(self, than: Score) -> bool {
        60 * (self.indent - than.indent).signum() + (self.penalty - than.penalty) < 0
    }

    fn add(&mut self, border: &Border) {
        if border.indent_before == -1 && border.blanks_before == 0 {
            self.penalty += 1;
        }
        if border.end_of_text {
            self.penalty += 21;
        }
        let blanks_below = if border.indent == -1 {
            1 + border.blanks_after
        } else {
            0
        };
        let blanks = border.blanks_before + blanks_below;
        self.penalty += -30 * blanks + 6 * blanks_below;
        let indent = if border.indent == -1 {
            border.indent_after
        } else {
            border.indent
        };
        self.indent += indent;
        if indent == -1 || border.indent_before == -1 {
            return;
        }
        let deeper_below = border.indent_after != -1 && border.indent_after > indent;
        self.penalty += match (indent.cmp(&border.indent_before), blanks != 0) {
            (std::cmp::Ordering::Equal, _) => 0,
            (std::cmp::Ordering::Greater, false) => -4,
            (std::cmp::Ordering::Greater, true) => 10,
            (std::cmp::Ordering::Less, true) => 17,
            (std::cmp::Ordering::Less, false) if deeper_below => 24,
            (std::cmp::Ordering::Less, false) => 23,
        };
    }
}

//! Changesets and the lines between them drawn with characters, one row of columns above the other.
//! The same as `view/graph.py` draws; which changesets there are, and their text, come from the caller.

use std::collections::HashMap;

use hyg_base::Rev;

/// What a line between two changesets stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A parent.
    Parent,
    /// An ancestor, with changesets between that are not shown.
    Grandparent,
    /// A parent none of whose ancestors is shown.
    Missing,
}

/// A line from a changeset to one further down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// What it stands for.
    pub sort: Sort,
    /// Where it leads.
    pub to: Rev,
}

/// A character of the drawing; none where a line ends that leads out of what is shown.
type Cell = Option<u8>;

/// What the lines look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looks {
    /// To parents.
    pub parent: Option<u8>,
    /// To further ancestors.
    pub grandparent: Option<u8>,
    /// To what is not shown.
    pub missing: Option<u8>,
    /// Rows in which nothing happens are left out.
    pub short: bool,
}

impl Default for Looks {
    fn default() -> Looks {
        Looks {
            parent: Some(b'|'),
            grandparent: Some(b':'),
            missing: None,
            short: false,
        }
    }
}

/// One changeset in the drawing, or a row that only spreads the lines of many parents.
#[derive(Clone, Debug)]
pub struct Row {
    symbol: u8,
    column: usize,
    /// From column to column.
    moves: Vec<(usize, usize)>,
    columns: usize,
    /// How many columns are added (or taken away, -1) below.
    more: isize,
    width: usize,
}

impl Row {
    /// How wide the drawing is, in characters.
    pub fn width(&self) -> usize {
        self.width
    }
}

/// The state of a drawing.
#[derive(Debug, Default)]
pub struct Graph {
    looks: Looks,
    /// The changesets that are expected below, by column.
    expected: Vec<Rev>,
    lines: HashMap<Rev, Cell>,
    last_more: isize,
    last_column: usize,
}

/// `cells[start..end]` as far as it is there.
fn part(cells: &[Cell], start: usize, end: usize) -> &[Cell] {
    let end = end.min(cells.len());
    &cells[start.min(end)..end]
}

/// A character and a space, several times.
fn repeated(cell: u8, count: usize) -> impl Iterator<Item = Cell> {
    std::iter::repeat_n([Some(cell), Some(b' ')], count).flatten()
}

fn put(cells: &mut [Cell], at: usize, cell: Cell) {
    if let Some(place) = cells.get_mut(at) {
        *place = cell;
    }
}

impl Graph {
    /// An empty drawing.
    pub fn new(looks: Looks) -> Graph {
        Graph {
            looks,
            ..Graph::default()
        }
    }

    fn look(&self, sort: Sort) -> Cell {
        match sort {
            Sort::Parent => self.looks.parent,
            Sort::Grandparent => self.looks.grandparent,
            Sort::Missing => self.looks.missing,
        }
    }

    /// The rows of a changeset, to be drawn one after the other before the next changeset; there is at least one.
    pub fn rows(&mut self, rev: Rev, symbol: u8, edges: &[Edge]) -> (Row, Vec<Row>) {
        let place = self.expected.iter().position(|known| *known == rev);
        let mut column = place.unwrap_or_else(|| {
            self.expected.push(rev);
            self.expected.len() - 1
        });
        let (mut known, mut fresh) = (Vec::new(), Vec::new());
        for edge in edges.iter().filter(|edge| edge.to != rev) {
            if self.expected.contains(&edge.to) {
                known.push(edge.to);
            } else {
                fresh.push(edge.to);
                let look = self.look(edge.sort);
                self.lines.insert(edge.to, look);
            }
        }
        let mut columns = self.expected.len();
        self.expected.splice(column..=column, fresh.iter().copied());
        let place = |rev: &Rev| self.expected.iter().position(|known| known == rev);
        let mut moves: Vec<(usize, usize)> = known
            .iter()
            .filter_map(|parent| Some((column, place(parent)?)))
            .collect();
        let mut width = 1 + 2 * columns;
        let mut rows = Vec::new();
        let mut symbol = symbol;
        for _ in 2..fresh.len() {
            // A row can add one column; further parents get rows of their own before.
            width += 2;
            moves.extend([(column, column), (column, column + 1)]);
            rows.push(Row {
                symbol,
                column,
                moves: std::mem::take(&mut moves),
                columns,
                more: 1,
                width,
            });
            symbol = b'\\';
            column += 1;
            columns += 1;
        }
        if !fresh.is_empty() {
            moves.push((column, column));
        }
        if fresh.len() > 1 {
            moves.push((column, column + 1));
        }
        let more = self.expected.len() as isize - columns as isize;
        self.lines.remove(&rev);
        let last = Row {
            symbol,
            column,
            moves,
            columns,
            more,
            width: width + if more > 0 { 2 } else { 0 },
        };
        if rows.is_empty() {
            return (last, rows);
        }
        rows.push(last);
        (rows.remove(0), rows)
    }

    /// Appends the lines of a row, with the lines of `text` to the right.
    pub fn draw(&mut self, row: &Row, text: &[u8], out: &mut Vec<u8>) {
        let mut texts: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
        if texts.last().is_some_and(|last| last.is_empty()) {
            texts.pop();
        }
        let lines = self.lines_of(row, texts.len());
        let width = 2 * row.columns.max(row.columns.saturating_add_signed(row.more));
        for (at, line) in lines.iter().enumerate() {
            let start = out.len();
            out.extend(line.iter().flatten());
            let drawn = out.len() - start;
            out.extend(std::iter::repeat_n(b' ', width.saturating_sub(drawn) + 1));
            out.extend_from_slice(texts.get(at).copied().unwrap_or_default());
            let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c);
            let kept = out[start..].iter().rposition(|byte| !blank(byte));
            out.truncate(start + kept.map_or(0, |at| at + 1));
            out.push(b'\n');
        }
    }

    /// The characters of each line beside `count` lines of text, at least as many.
    fn lines_of(&mut self, row: &Row, count: usize) -> Vec<Vec<Cell>> {
        let (column, columns, more) = (row.column, row.columns, row.more);
        let below = columns.saturating_add_signed(more);
        let mut cells: Vec<Cell> = Vec::with_capacity(2 * below);
        for rev in &self.expected {
            let look = self.lines.get(rev).copied().unwrap_or(Some(b'|'));
            cells.extend([look, Some(b' ')]);
        }
        cells.extend(repeated(b'|', below.saturating_sub(self.expected.len())));
        let mut moves = row.moves.clone();
        if more == -1 {
            for (start, end) in &mut moves {
                *end += usize::from(*end > *start);
            }
        }
        let is_long = |(start, end): &(usize, usize)| start + 1 < *end;
        let padded = count > 2 && more == -1 && moves.iter().any(is_long);
        let mut node_line = part(&cells, 0, 2 * column).to_vec();
        node_line.extend([Some(row.symbol), Some(b' ')]);
        self.tail(&cells, row, count > 2 || padded, &mut node_line);
        let mut between = between(&cells, row);
        draw_moves(&cells, &moves, &mut node_line, &mut between);
        let mut lines = vec![node_line];
        if padded {
            lines.push(padding(&cells, row, &moves));
        }
        let slants = between
            .iter()
            .any(|cell| matches!(cell, Some(b'\\' | b'/')));
        if !self.looks.short || slants {
            lines.push(between);
        }
        let plain = part(&cells, 0, 2 * below).to_vec();
        while lines.len() < count {
            lines.push(plain.clone());
        }
        self.end_lines(&mut lines, &plain);
        (self.last_more, self.last_column) = (more, column);
        lines
    }

    /// The line of the symbol to the right of it; lines that go on slanting do so already here.
    fn tail(&self, cells: &[Cell], row: &Row, straight: bool, out: &mut Vec<Cell>) {
        let rest = row.columns - row.column - 1;
        if straight || row.more != self.last_more || row.more == 0 {
            let from = cells.len().saturating_sub(2 * rest);
            out.extend_from_slice(part(cells, from, cells.len()));
        } else if row.more == -1 {
            let start = (row.column + 1).max(self.last_column);
            out.extend_from_slice(part(cells, 2 * row.column, 2 * (start - 1)));
            out.extend(repeated(b'/', row.columns.saturating_sub(start)));
        } else {
            out.extend(repeated(b'\\', rest));
        }
    }

    /// Lets lines end that lead to what is not shown, and moves those to the right of them.
    fn end_lines(&mut self, lines: &mut Vec<Vec<Cell>>, plain: &[Cell]) {
        if self.lines.values().all(Option::is_some) {
            return;
        }
        let mut ends: Vec<Cell> = plain.iter().step_by(2).copied().collect();
        while ends.last() == Some(&None) {
            ends.pop();
        }
        let ending = ends.iter().filter(|cell| cell.is_none()).count();
        let shift = (2 * ending).saturating_sub(1);
        let least = if self.looks.short { 2 } else { 3 };
        while lines.len() < least + shift {
            lines.push(plain.to_vec());
        }
        if shift > 0 {
            let from = lines.len() - shift;
            shift_left(&mut lines[from..], plain);
        }
        for (at, line) in lines.iter_mut().enumerate() {
            let mark = match (self.looks.short, at) {
                (true, 1) | (false, 2) => b'~',
                (false, 1) => b'|',
                _ => b' ',
            };
            for cell in line {
                cell.get_or_insert(mark);
            }
        }
        let lines = &mut self.lines;
        self.expected.retain(|rev| lines.get(rev) != Some(&None));
        lines.retain(|_, look| look.is_some());
    }
}

/// Moves the lines to the right of those that ended, one column in each line.
fn shift_left(lines: &mut [Vec<Cell>], plain: &[Cell]) {
    let Some(first) = plain.iter().position(Option::is_none) else {
        return;
    };
    let moving: Vec<usize> = (first..plain.len())
        .step_by(2)
        .filter(|at| plain[*at].is_some())
        .collect();
    let mut places = moving.clone();
    for line in lines {
        for cell in line.iter_mut().skip(first) {
            *cell = Some(b' ');
        }
        for (number, from) in moving.iter().enumerate() {
            let target = first + 2 * number;
            let place = places[number].saturating_sub(1);
            places[number] = place.max(target);
            let cell = if place > target {
                Some(b'/')
            } else {
                plain[*from]
            };
            put(line, place, cell);
        }
    }
}

/// The line below the symbol, in which columns move.
fn between(cells: &[Cell], row: &Row) -> Vec<Cell> {
    let (column, rest) = (row.column, row.columns - row.column - 1);
    let mut line = part(cells, 0, 2 * column).to_vec();
    let spaces = 2usize.saturating_add_signed(row.more);
    line.extend(std::iter::repeat_n(Some(b' '), spaces));
    match row.more {
        0 => line.extend_from_slice(part(cells, 2 * (column + 1), 2 * row.columns)),
        more => line.extend(repeated(if more < 0 { b'/' } else { b'\\' }, rest)),
    }
    line
}

/// Puts the lines from a symbol to its parents into both lines.
fn draw_moves(
    cells: &[Cell],
    moves: &[(usize, usize)],
    node_line: &mut [Cell],
    between: &mut [Cell],
) {
    for (start, end) in moves.iter().copied() {
        if start == end + 1 {
            put(between, 2 * end + 1, Some(b'/'));
        } else if start + 1 == end {
            put(between, 2 * start + 1, Some(b'\\'));
        } else if start == end {
            let straight = cells.get(2 * start).copied().flatten();
            put(between, 2 * start, straight);
        } else if 2 * end < node_line.len() {
            node_line[2 * end] = Some(b'+');
            let (left, right) = (start.min(end), start.max(end));
            for at in 2 * left + 1..2 * right {
                if let Some(cell) = node_line.get_mut(at)
                    && *cell != Some(b'+')
                {
                    *cell = Some(b'-');
                }
            }
        }
    }
}

/// A line between a long horizontal one and the slanting ones below.
fn padding(cells: &[Cell], row: &Row, moves: &[(usize, usize)]) -> Vec<Cell> {
    let (column, rest) = (row.column, row.columns - row.column - 1);
    let mut line = part(cells, 0, 2 * column).to_vec();
    let goes_on =
        |(start, end): &(usize, usize)| *start == column && (*end == column || *end + 1 == column);
    match moves.iter().any(goes_on) {
        true => line.extend_from_slice(part(cells, 2 * column, 2 * (column + 1))),
        false => line.extend([Some(b' '); 2]),
    }
    let from = cells.len().saturating_sub(2 * rest);
    line.extend_from_slice(part(cells, from, cells.len()));
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Number, lines of text, and lines to others.
    type Drawn = (i32, usize, &'static [(Sort, i32)]);

    fn drawn(looks: Looks, changesets: &[Drawn]) -> String {
        let mut graph = Graph::new(looks);
        let mut out = Vec::new();
        for (rev, lines, parents) in changesets {
            let edges: Vec<Edge> = parents
                .iter()
                .map(|(sort, to)| Edge {
                    sort: *sort,
                    to: Rev(*to),
                })
                .collect();
            let text = format!("{rev}\n").repeat(*lines);
            let (first, more) = graph.rows(Rev(*rev), b'o', &edges);
            graph.draw(&first, text.as_bytes(), &mut out);
            for row in more {
                graph.draw(&row, b"", &mut out);
            }
        }
        String::from_utf8(out).unwrap()
    }

    use Sort::{Grandparent, Missing, Parent};

    #[test]
    fn a_merge_and_its_sides() {
        let history: [Drawn; 4] = [
            (3, 3, &[(Parent, 1), (Parent, 2)]),
            (2, 1, &[(Parent, 0)]),
            (1, 1, &[(Parent, 0)]),
            (0, 1, &[]),
        ];
        let wanted = "o    3\n|\\   3\n| |  3\n| o  2\n| |\no |  1\n|/\no  0\n\n";
        assert_eq!(drawn(Looks::default(), &history), wanted);
        let looks = Looks {
            short: true,
            ..Looks::default()
        };
        let wanted = "o    3\n|\\   3\n| |  3\n| o  2\no |  1\n|/\no  0\n";
        assert_eq!(drawn(looks, &history), wanted);
    }

    #[test]
    fn lines_that_lead_out_end() {
        let wanted = "o  5\n:\no  3\n|\n~\no  2\n|\n~\n";
        let found = drawn(
            Looks::default(),
            &[
                (5, 1, &[(Grandparent, 3)]),
                (3, 1, &[(Missing, 1)]),
                (2, 1, &[(Missing, 1)]),
            ],
        );
        assert_eq!(found, wanted);
    }
}

//! Writes the result of a three-way merge: conflicts with markers in one of the peer's styles, or resolved for a
//! side. Finding the conflicts belongs to `merge3` (`docs/formats/merge-markers.md`).

use std::ops::Range;

use hyg_base::Result;

use crate::compare::{Comparison, Kind, Stretch};
use crate::lines::Lines;
use crate::merge3::{Merge, Region};

/// What becomes of a conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Both sides between markers, without the lines they share at either end (`:merge`).
    Minimized,
    /// Both sides and the base between markers (`:merge3`).
    WithBase,
    /// One side whole, the other as a diff from the base (`:mergediff`).
    AsDiff,
    /// Both sides one after the other (`:union`).
    Union,
    /// The second side, then the first.
    UnionOtherFirst,
    /// The first side.
    Local,
    /// The second side.
    Other,
}

/// What stands behind the markers; already padded and cut.
#[derive(Clone, Copy, Debug, Default)]
pub struct Labels<'a> {
    /// Names the first side.
    pub local: &'a [u8],
    /// Names the second side.
    pub other: &'a [u8],
    /// Names the common ancestor.
    pub base: &'a [u8],
}

/// A merged text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The text, markers included.
    pub text: Vec<u8>,
    /// How many conflicts were written with markers.
    pub conflicts: usize,
}

/// Merges and writes conflicts in the given style.
///
/// # Errors
/// Only for texts that [`Lines::split`] refuses.
pub fn render(merge: &Merge<'_, '_>, style: Style, labels: Labels<'_>) -> Result<Merged> {
    let mut writer = Writer {
        merge,
        labels,
        newline: newline(merge.a),
        out: Vec::new(),
    };
    let mut conflicts = 0;
    for region in merge.regions() {
        let Region::Conflict { base, a, b } = region else {
            writer.resolved(region);
            continue;
        };
        match style {
            Style::Minimized => writer.minimized(a, b),
            Style::WithBase => writer.with_base(base, a, b),
            Style::AsDiff => writer.as_diff(base, a, b)?,
            Style::Union => writer.sides(merge.a.slice(a), merge.b.slice(b)),
            Style::UnionOtherFirst => writer.sides(merge.b.slice(b), merge.a.slice(a)),
            Style::Local => writer.sides(merge.a.slice(a), b""),
            Style::Other => writer.sides(merge.b.slice(b), b""),
        }
        if matches!(style, Style::Minimized | Style::WithBase | Style::AsDiff) {
            conflicts += 1;
        }
    }
    Ok(Merged {
        text: writer.out,
        conflicts,
    })
}

/// Markers end as the first line of the first side does.
fn newline(lines: &Lines<'_>) -> &'static [u8] {
    let first = lines.get(0);
    if first.ends_with(b"\r\n") {
        b"\r\n"
    } else if first.ends_with(b"\r") {
        b"\r"
    } else {
        b"\n"
    }
}

struct Writer<'m, 't, 'a> {
    merge: &'m Merge<'t, 'a>,
    labels: Labels<'m>,
    newline: &'static [u8],
    out: Vec<u8>,
}

impl Writer<'_, '_, '_> {
    fn resolved(&mut self, region: Region) {
        let lines = match region {
            Region::Unchanged(range) => self.merge.base.slice(range),
            Region::A(range) | Region::Same(range) => self.merge.a.slice(range),
            Region::B(range) => self.merge.b.slice(range),
            Region::Conflict { .. } => return,
        };
        self.out.extend_from_slice(lines);
    }

    fn sides(&mut self, first: &[u8], second: &[u8]) {
        self.out.extend_from_slice(first);
        self.out.extend_from_slice(second);
    }

    fn marker(&mut self, mark: u8, label: &[u8]) {
        self.out.extend_from_slice(&[mark; 7]);
        if !label.is_empty() {
            self.out.push(b' ');
            self.out.extend_from_slice(label);
        }
        self.out.extend_from_slice(self.newline);
    }

    /// Equal lines at the start and at the end of both sides stand outside the markers. The two ends are counted
    /// independently, as the peer does, and may overlap in the shorter side.
    fn minimized(&mut self, a: Range<usize>, b: Range<usize>) {
        let (left, right) = (self.merge.a, self.merge.b);
        let pairs = left.range(a.clone()).zip(right.range(b.clone()));
        let before = pairs.take_while(|(x, y)| x == y).count();
        let pairs = left
            .range(a.clone())
            .rev()
            .zip(right.range(b.clone()).rev());
        let after = pairs.take_while(|(x, y)| x == y).count();
        self.out
            .extend_from_slice(left.slice(a.start..a.start + before));
        self.marker(b'<', self.labels.local);
        self.out
            .extend_from_slice(left.slice(a.start + before..a.end - after));
        self.marker(b'=', b"");
        self.out
            .extend_from_slice(right.slice(b.start + before..b.end - after));
        self.marker(b'>', self.labels.other);
        self.out.extend_from_slice(left.slice(a.end - after..a.end));
    }

    fn with_base(&mut self, base: Range<usize>, a: Range<usize>, b: Range<usize>) {
        self.marker(b'<', self.labels.local);
        self.out.extend_from_slice(self.merge.a.slice(a));
        self.marker(b'|', self.labels.base);
        self.out.extend_from_slice(self.merge.base.slice(base));
        self.marker(b'=', b"");
        self.out.extend_from_slice(self.merge.b.slice(b));
        self.marker(b'>', self.labels.other);
    }

    /// The side that is nearer to the base is shown as a diff; the first where both are as near.
    fn as_diff(&mut self, base: Range<usize>, a: Range<usize>, b: Range<usize>) -> Result<()> {
        let base = Lines::split(self.merge.base.slice(base))?;
        let a = Lines::split(self.merge.a.slice(a))?;
        let b = Lines::split(self.merge.b.slice(b))?;
        let to_a = Comparison::default().stretches(&base, &a)?;
        let to_b = Comparison::default().stretches(&base, &b)?;
        self.marker(b'<', b"");
        if equal_lines(&to_a) < equal_lines(&to_b) {
            self.marker(b'=', self.labels.local);
            self.out.extend_from_slice(a.text());
            self.marker(b'-', self.labels.base);
            self.marker(b'+', self.labels.other);
            self.diff(&to_b, &base, &b);
        } else {
            self.marker(b'-', self.labels.base);
            self.marker(b'+', self.labels.local);
            self.diff(&to_a, &base, &a);
            self.marker(b'=', self.labels.other);
            self.out.extend_from_slice(b.text());
        }
        self.marker(b'>', b"");
        Ok(())
    }

    fn diff(&mut self, stretches: &[Stretch], old: &Lines<'_>, new: &Lines<'_>) {
        for Stretch { block, kind } in stretches {
            let old_sign = if *kind == Kind::Equal { b' ' } else { b'-' };
            for line in old.range(block.a1..block.a2) {
                self.out.push(old_sign);
                self.out.extend_from_slice(line);
            }
            if *kind == Kind::Equal {
                continue;
            }
            for line in new.range(block.b1..block.b2) {
                self.out.push(b'+');
                self.out.extend_from_slice(line);
            }
        }
    }
}

fn equal_lines(stretches: &[Stretch]) -> usize {
    let equal = stretches
        .iter()
        .filter(|stretch| stretch.kind == Kind::Equal);
    equal.map(|stretch| stretch.block.len()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LABELS: Labels<'_> = Labels {
        local: b"L",
        other: b"O",
        base: b"B",
    };

    fn merged(base: &[u8], a: &[u8], b: &[u8], style: Style) -> (String, usize) {
        let (base, a, b) = (
            Lines::split(base).unwrap(),
            Lines::split(a).unwrap(),
            Lines::split(b).unwrap(),
        );
        let made = render(&Merge::new(&base, &a, &b, false), style, LABELS).unwrap();
        (String::from_utf8(made.text).unwrap(), made.conflicts)
    }

    #[test]
    fn styles_of_one_conflict() {
        let of = |style| merged(b"x\nold\n", b"x\ns\nleft\n", b"x\ns\nright\n", style);
        let expected = "x\ns\n<<<<<<< L\nleft\n=======\nright\n>>>>>>> O\n";
        assert_eq!(of(Style::Minimized), (expected.to_owned(), 1));
        let expected = "x\n<<<<<<< L\ns\nleft\n||||||| B\nold\n=======\ns\nright\n>>>>>>> O\n";
        assert_eq!(of(Style::WithBase), (expected.to_owned(), 1));
        let expected =
            "x\n<<<<<<<\n------- B\n+++++++ L\n-old\n+s\n+left\n======= O\ns\nright\n>>>>>>>\n";
        assert_eq!(of(Style::AsDiff), (expected.to_owned(), 1));
        assert_eq!(of(Style::Union), ("x\ns\nleft\ns\nright\n".to_owned(), 0));
        assert_eq!(of(Style::Other), ("x\ns\nright\n".to_owned(), 0));
    }

    #[test]
    fn markers_end_as_the_text_does() {
        let (text, _) = merged(b"a\r\n", b"b\r\n", b"c\r\n", Style::Minimized);
        assert_eq!(text, "<<<<<<< L\r\nb\r\n=======\r\nc\r\n>>>>>>> O\r\n");
    }
}

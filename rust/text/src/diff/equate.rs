//! Gives equal lines of two texts the same small number, and says where each number occurs in the second text.
//! Which of the occurrences match belongs to the search.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::lines::Lines;

/// The class of a line of the first text that the second does not have.
pub const NO_CLASS: u32 = u32::MAX;

/// Lines as numbers: two lines are equal exactly when their numbers are, [`NO_CLASS`] aside.
pub struct Classes {
    /// The class of each line of the first text.
    pub a: Vec<u32>,
    /// The class of each line of the second text, never [`NO_CLASS`].
    pub b: Vec<u32>,
    /// Where the places of each class start in `places`; one more than there are classes.
    starts: Vec<u32>,
    /// The lines of the second text, ordered by class and then ascending.
    places: Vec<u32>,
}

impl Classes {
    /// Numbers the lines of both texts.
    pub fn of(a: &Lines<'_>, b: &Lines<'_>) -> Classes {
        let mut table = Table::new(b);
        let b_classes: Vec<u32> = (0..b.len()).map(|index| table.insert(index)).collect();
        let mut a_classes = Vec::with_capacity(a.len());
        // Texts of one history run in parallel: the line after the last equal one is tried before any hashing.
        let mut guess = 0;
        for index in 0..a.len() {
            let line = a.get(index);
            if guess < b.len() && b.get(guess) == line {
                a_classes.push(b_classes[guess]);
                guess += 1;
                continue;
            }
            match table.find(line) {
                Some((class, first)) => {
                    a_classes.push(class);
                    guess = first as usize + 1;
                }
                None => a_classes.push(NO_CLASS),
            }
        }
        let (starts, places) = places(&table.counts, &b_classes);
        Classes {
            a: a_classes,
            b: b_classes,
            starts,
            places,
        }
    }

    /// The same for lines that have numbers already: equal ones, in whichever text, the same.
    pub fn of_numbers(a: &[u32], b: &[u32], dense: &mut Dense) -> Classes {
        dense.round += 1;
        let mut counts: Vec<u32> = Vec::new();
        let mut b_classes = Vec::with_capacity(b.len());
        for &number in b {
            let class = dense.class(number, counts.len() as u32);
            match counts.get_mut(class as usize) {
                Some(count) => *count += 1,
                None => counts.push(1),
            }
            b_classes.push(class);
        }
        let a_classes = a.iter().map(|&number| dense.known(number)).collect();
        let (starts, places) = places(&counts, &b_classes);
        Classes {
            a: a_classes,
            b: b_classes,
            starts,
            places,
        }
    }

    /// The lines of the second text that are in `class`, ascending; none for [`NO_CLASS`].
    pub fn places(&self, class: u32) -> &[u32] {
        match self.starts.get(class as usize..) {
            Some([start, end, ..]) => &self.places[*start as usize..*end as usize],
            _ => &[],
        }
    }
}

/// The distinct lines of one text.
struct Table<'t, 'a> {
    lines: &'t Lines<'a>,
    /// Class, and its first line.
    table: HashTable<(u32, u32)>,
    hasher: DefaultHashBuilder,
    /// How many lines are in each class.
    counts: Vec<u32>,
}

impl<'t, 'a> Table<'t, 'a> {
    fn new(lines: &'t Lines<'a>) -> Self {
        Table {
            lines,
            table: HashTable::with_capacity(lines.len()),
            hasher: DefaultHashBuilder::default(),
            counts: Vec::new(),
        }
    }

    fn insert(&mut self, index: usize) -> u32 {
        let line = self.lines.get(index);
        let (lines, hasher) = (self.lines, &self.hasher);
        let entry = self.table.entry(
            hasher.hash_one(line),
            |&(_, first)| lines.get(first as usize) == line,
            |&(_, first)| hasher.hash_one(lines.get(first as usize)),
        );
        let class = self.counts.len() as u32;
        let (class, _) = *entry.or_insert((class, index as u32)).get();
        match self.counts.get_mut(class as usize) {
            Some(count) => *count += 1,
            None => self.counts.push(1),
        }
        class
    }

    fn find(&self, line: &[u8]) -> Option<(u32, u32)> {
        self.table
            .find(self.hasher.hash_one(line), |&(_, first)| {
                self.lines.get(first as usize) == line
            })
            .copied()
    }
}

/// Where the places of each class start, and the places.
fn places(counts: &[u32], classes: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let mut starts = Vec::with_capacity(counts.len() + 1);
    let mut total = 0;
    for count in counts {
        starts.push(total);
        total += count;
    }
    starts.push(total);
    let mut next = starts.clone();
    let mut places = vec![0; classes.len()];
    for (index, &class) in classes.iter().enumerate() {
        let slot = &mut next[class as usize];
        places[*slot as usize] = index as u32;
        *slot += 1;
    }
    (starts, places)
}

/// From the numbers of lines to those of classes, used anew for each pair of texts.
#[derive(Default)]
pub struct Dense {
    round: u32,
    /// The round in which a number was seen, and its class.
    seen: Vec<(u32, u32)>,
}

impl Dense {
    fn class(&mut self, number: u32, fresh: u32) -> u32 {
        let at = number as usize;
        if at >= self.seen.len() {
            self.seen.resize(at + 1, (0, 0));
        }
        let seen = &mut self.seen[at];
        if seen.0 != self.round {
            *seen = (self.round, fresh);
        }
        seen.1
    }

    fn known(&self, number: u32) -> u32 {
        match self.seen.get(number as usize) {
            Some((round, class)) if *round == self.round => *class,
            _ => NO_CLASS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_lines_share_a_class_and_know_their_places() {
        let a = Lines::split(b"x\n\ny\nz").unwrap();
        let b = Lines::split(b"\nz\n\nx\n").unwrap();
        let classes = Classes::of(&a, &b);
        assert_eq!(classes.a, [2, 0, NO_CLASS, NO_CLASS]);
        assert_eq!(classes.b, [0, 1, 0, 2]);
        assert_eq!(classes.places(0), [0, 2]);
        assert_eq!(classes.places(2), [3]);
        assert_eq!(classes.places(3), []);
        assert_eq!(classes.places(NO_CLASS), []);
    }
}

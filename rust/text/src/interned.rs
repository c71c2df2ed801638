//! Lines as numbers that stay the same over many texts: two lines have the same number exactly when they are equal.
//! Matching the numbers of two texts is `diff`.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::lines::Lines;

/// How far ahead in a similar text a line is looked for that stands there too.
const AHEAD: usize = 64;

/// All lines that were seen.
#[derive(Default)]
pub(crate) struct Interner {
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Interner {
    fn line(&self, number: u32) -> &[u8] {
        line(&self.bytes, &self.ends, number)
    }

    /// The numbers of the lines; `like` are those of a text that is likely to have most of them in the same order.
    pub(crate) fn numbers(&mut self, lines: &Lines<'_>, like: &[u32]) -> Vec<u32> {
        let mut found = Vec::with_capacity(lines.len());
        let mut next = 0;
        for index in 0..lines.len() {
            let line = lines.get(index);
            if let Some(&number) = like.get(next)
                && self.line(number) == line
            {
                found.push(number);
                next += 1;
                continue;
            }
            let number = self.number(line);
            let ahead = &like[next..like.len().min(next + AHEAD)];
            if let Some(at) = ahead.iter().position(|one| *one == number) {
                next += at + 1;
            }
            found.push(number);
        }
        found
    }

    fn number(&mut self, text: &[u8]) -> u32 {
        let Interner {
            table,
            hasher,
            bytes,
            ends,
        } = self;
        let entry = table.entry(
            hasher.hash_one(text),
            |&number| line(bytes, ends, number) == text,
            |&number| hasher.hash_one(line(bytes, ends, number)),
        );
        let fresh = ends.len() as u32;
        let number = *entry.or_insert(fresh).get();
        if number == fresh {
            bytes.extend_from_slice(text);
            ends.push(bytes.len());
        }
        number
    }
}

fn line<'a>(bytes: &'a [u8], ends: &[usize], number: u32) -> &'a [u8] {
    let at = number as usize;
    let start = at.checked_sub(1).map_or(0, |before| ends[before]);
    &bytes[start..ends[at]]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_are_equal_where_lines_are(
            texts in proptest::collection::vec(
                proptest::collection::vec(proptest::sample::select(b"ab\n\n".to_vec()), 0..40), 2..5,
            ),
        ) {
            let mut interner = Interner::default();
            let mut all: Vec<(Vec<u8>, u32)> = Vec::new();
            let mut like = Vec::new();
            for text in &texts {
                let lines = Lines::split(text).unwrap();
                like = interner.numbers(&lines, &like);
                all.extend((0..lines.len()).map(|at| (lines.get(at).to_vec(), like[at])));
            }
            for (line, number) in &all {
                for (other, another) in &all {
                    prop_assert_eq!(line == other, number == another);
                }
            }
        }
    }
}
